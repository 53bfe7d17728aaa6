"""Tables of TOML are read strictly: key by key, with every fault gathered under its path.

Keys that were never asked for are unknown. An empty value of the right type stands in for a faulty
one, so that all faults of a file are told at once.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, Self

from attrs import define, field

from timeline.errors import Problem, TimelineError, nearest, quoted

MAX_INTEGER = 2**63 - 1
"""The largest integer that readers of TOML keep exactly (TOML 1.0, section Integer)."""
MAX_DEPTH = 32
"""How deep tables and lists may be nested; no file of this program needs more than six levels."""
_MISSING: Any = object()


def loads(text: str) -> dict[str, Any]:
    """Return the tables of a text; raise `TimelineError` for text that is not TOML."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TimelineError.because(f"not TOML: {error}") from None
    except RecursionError:
        raise _too_deep() from None
    except ValueError:  # Python reads no integer of more than 4300 digits
        raise _too_large("") from None
    _check_limits(tables)
    return tables


def _check_limits(tables: dict[str, Any]) -> None:
    """Raise `TimelineError` for integers and nesting that the program cannot handle."""
    level: list[tuple[str, Any]] = [("", tables)]
    for _ in range(MAX_DEPTH):
        level = list(chain.from_iterable(_children(path, value) for path, value in level))
        for path, value in level:
            if isinstance(value, int) and abs(value) > MAX_INTEGER:
                raise _too_large(path)
        if not level:
            return
    raise _too_deep()


def _children(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        yield from ((joined(path, key), child) for key, child in value.items())
    elif isinstance(value, list):
        yield from ((f"{path}[{index}]", child) for index, child in enumerate(value))


def _too_large(path: str) -> TimelineError:
    return TimelineError.because("a number beyond 64 bits", "a smaller one", path=path)


def _too_deep() -> TimelineError:
    return TimelineError.because("nested too deep", f"at most {MAX_DEPTH} levels")


def joined(path: str, key: str) -> str:
    """Return the path of a key in the table at a path; either may be empty."""
    return ".".join(part for part in (path, key) if part)


@define
class Section:
    """A table of a file; a subclass words its faults as its kind of file needs.

    Attributes:
        raw: the table as TOML has it.
        path: its path in the file, empty for the file as a whole.
        problems: the faults found so far, shared by all sections of a file.
    """

    raw: Mapping[str, Any]
    path: str
    problems: list[Problem]
    _taken: dict[str, None] = field(factory=dict)

    # How faults are worded

    @property
    def name(self) -> str:
        """The path of the table, as a fault of the whole table has it."""
        return self.path

    @property
    def known(self) -> list[str]:
        """The keys that were asked for, in that order."""
        return list(self._taken)

    @property
    def untaken(self) -> list[str]:
        """The keys that stand in the table and were not asked for."""
        return [key for key in self.raw if key not in self._taken]

    def shown(self, value: object) -> str:
        """Return a value as a message shows it."""
        return quoted(value)

    def fits(self, value: object, kind: type) -> bool:
        """Return whether a value is of a type."""
        return type(value) is kind

    def missing(self, key: str) -> None:
        """Note that a key is missing."""
        self.wrong(key, "missing", "a value", nearest(key, self.untaken))

    def unknown(self, key: str) -> None:
        """Note that a key is none of the known ones."""
        expected = f"one of {', '.join(sorted(self.known))}"
        self.wrong(key, "unknown key", expected, nearest(key, self.known))

    def wrong(self, key: str, found: str, expected: str, hint: str = "") -> None:
        """Note a fault of a key."""
        self.problems.append(Problem(found, expected, joined(self.path, key), hint=hint))

    def fault(self, found: str, expected: str, hint: str = "") -> None:
        """Note a fault of the table as a whole."""
        self.problems.append(Problem(found, expected, self.name, hint=hint))

    # How values are taken

    def take(self, key: str, default: Any = _MISSING) -> Any:
        """Return the value of a key, or the default; without a default the key must be there."""
        self._taken[key] = None
        if key in self.raw:
            return self.raw[key]
        if default is _MISSING:
            self.missing(key)
            return None
        return default

    def typed(self, key: str, kind: type, expected: str, default: Any = _MISSING) -> Any:
        """Return a value of a type, or the default; an empty one of the type for a fault."""
        value = self.take(key, default)
        if key not in self.raw:
            return kind() if default is _MISSING else default
        if self.fits(value, kind):
            return value
        self.wrong(key, self.shown(value), expected)
        return kind()

    def text(self, key: str, default: Any = _MISSING) -> Any:
        """Return a text."""
        return self.typed(key, str, "a text", default)

    def texts(self, key: str) -> list[str]:
        """Return a list of texts, empty where there is none."""
        value = self.take(key, [])
        if isinstance(value, list) and all(self.fits(item, str) for item in value):
            return value
        self.wrong(key, self.shown(value), "a list of texts")
        return []

    def flag(self, key: str, *, default: bool = False) -> bool:
        """Return true or false."""
        return bool(self.typed(key, bool, "true or false", default))

    def choice(self, key: str, words: Sequence[str], default: str | None) -> str | None:
        """Return one of some words, or the default."""
        value = self.take(key, default)
        if key in self.raw and value not in words:
            expected = f"one of {', '.join(map(self.shown, words))}"
            self.wrong(key, self.shown(value), expected, nearest(str(value), words))
        return value if isinstance(value, str) else default

    def table(self, key: str, default: Any = _MISSING) -> dict[str, Any]:
        """Return a table as it is."""
        return dict(self.typed(key, dict, "a table", default))

    def section(self, key: str, expected: str = "a table") -> Self | None:
        """Return a table that is to be read; None where there is none, or no table."""
        if key not in self.raw:
            self._taken[key] = None
            return None
        value = self.take(key)
        if isinstance(value, dict):
            return self.inner(key, value)
        self.inner(key, {}).fault(self.shown(value), expected)
        return None

    def sections(self, key: str) -> list[Self]:
        """Return the tables of a list of them."""
        value = self.take(key, [])
        if isinstance(value, list) and all(isinstance(item, dict) for item in value):
            return [self.inner(f"{key}[{index}]", item) for index, item in enumerate(value)]
        self.wrong(key, self.shown(value), f"tables, [[{key}]]")
        return []

    def inner(self, key: str, raw: Mapping[str, Any]) -> Self:
        """Return a table within this one, whose faults are gathered with those of this one."""
        return type(self)(raw, joined(self.path, key), self.problems)

    def done(self) -> None:
        """Note every key that was never asked for."""
        for key in self.untaken:
            self.unknown(key)
