"""Every failure that a person is told about, and the exit code that each one means.

An error here is a sentence: what was found, where, what was expected and what to do. The classes
are the exit codes of the command line, so a caller of the library can tell the same cases apart.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Self

from attrs import evolve, frozen


@frozen
class Problem:
    """One thing that is wrong, as data, so that a check can gather many and show them all.

    Attributes:
        found: what stood there, as it was written.
        expected: what may stand there.
        path: where inside the event, as ``$.people.low``; empty when it concerns the whole line.
        where: which line of which file, as ``events.jsonl:7``; empty while that is not known.
        hint: what to do, or the word that was probably meant.
    """

    found: str
    expected: str = ""
    path: str = ""
    where: str = ""
    hint: str = ""

    def __str__(self) -> str:
        place = ": ".join(part for part in (self.where, self.path) if part)
        sentence = f"{self.found}; expected {self.expected}" if self.expected else self.found
        hint = f" ({self.hint})" if self.hint else ""
        return f"{place}: {sentence}{hint}" if place else f"{sentence}{hint}"


class TimelineError(Exception):
    """Something failed; exit code 1. Carries one `Problem` or several."""

    exit_code = 1

    def __init__(self, problems: Problem | str | Iterable[Problem]) -> None:
        if isinstance(problems, str):
            problems = Problem(problems)
        self.problems = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))

    @classmethod
    def because(
        cls, found: str, expected: str = "", *, path: str = "", where: str = "", hint: str = ""
    ) -> Self:
        """Return the error of one problem; see `Problem` for what each text says."""
        return cls(Problem(found, expected, path, where, hint))

    def located(self, **place: str) -> Self:
        """Return the same error, each problem of it with another ``where`` or ``path``."""
        return type(self)(evolve(problem, **place) for problem in self.problems)

    def __reduce__(self) -> "tuple[type[TimelineError], tuple[tuple[Problem, ...]]]":
        return type(self), (self.problems,)


class UsageError(TimelineError):
    """A question or a value that makes no sense as it was put; exit code 2."""

    exit_code = 2


class InvalidEvent(TimelineError):
    """An event that may not enter the log; exit code 1."""


class InvalidLog(TimelineError):
    """The log itself is damaged or holds what it may not hold; exit code 3."""

    exit_code = 3


class NotVerified(TimelineError):
    """A log, checkpoint or proof is not what was sealed, signed or proved; exit code 3."""

    exit_code = 3


class NothingFound(TimelineError):
    """The question was understood and nothing answers it; exit code 4."""

    exit_code = 4


@contextmanager
def needing(library: str, extra: str = "seals") -> Iterator[None]:
    """Name the library that an import within lacks, and the extra of ours that installs it."""
    try:
        yield
    except ImportError:
        found = f"this needs the library {library}"
        hint = f"pip install 'conflict-timeline[{extra}]'"
        raise TimelineError.because(found, hint=hint) from None


def quoted(value: object) -> str:
    """Return a value as a message names it: a text in quotation marks, as it is.

    It is made safe for terminals where it is shown.
    """
    return f"'{value}'" if isinstance(value, str) else repr(value)


def closest(word: str, words: Iterable[str]) -> str | None:
    """Return the closest of `words`, or None when none is close."""
    from difflib import get_close_matches  # only on the way to an error: it is slow to import

    matches = get_close_matches(word, list(words), n=1, cutoff=0.6)
    return matches[0] if matches else None


def nearest(word: str, words: Iterable[str]) -> str:
    """Return a hint that names the closest of `words`, or an empty string when none is close."""
    match = closest(word, words)
    return f"did you mean {match}?" if match else ""
