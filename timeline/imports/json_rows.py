"""Rows of JSON, one at a time: a document a line, or the elements of an array in a document."""

import json
from collections.abc import Iterator, Mapping
from itertools import chain, islice
from typing import Any, TextIO

from attrs import define

from timeline.errors import TimelineError, nearest
from timeline.imports.table_rows import (
    CHUNK,
    MAX_ROW,
    SAMPLE,
    Damaged,
    Lines,
    Record,
    Row,
    shortened,
)


def sampled(objects: Iterator[Any]) -> tuple[tuple[str, ...], Iterator[Record]]:
    """Return the columns that the first rows have, and all rows with at least these."""
    rows = (_flat(number, value) for number, value in enumerate(objects, 1))
    first = list(islice(rows, SAMPLE))
    names = chain.from_iterable(row.cells for row in first if isinstance(row, Row))
    blank = dict.fromkeys(names, "")

    def completed(row: Record) -> Record:
        return Row(row.number, {**blank, **row.cells}) if isinstance(row, Row) else row

    return tuple(blank), map(completed, chain(first, rows))


def _flat(number: int, value: Any) -> Record:
    if isinstance(value, Damaged):
        return Damaged(number, value.text, value.why)
    if not isinstance(value, dict):
        text = shortened(json.dumps(value, ensure_ascii=False))
        return Damaged(number, text, "no object; expected {…}")
    return Row(number, dict(_cells("", value)))


def _cells(prefix: str, value: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the texts of an object, those of an object within it as ``outer.inner``."""
    for name, inner in value.items():
        if isinstance(inner, dict):
            yield from _cells(f"{prefix}{name}.", inner)
        else:
            yield f"{prefix}{name}", _text(inner).strip()


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list) and not any(isinstance(item, dict | list) for item in value):
        return "; ".join(map(_text, value))
    return "" if value is None else json.dumps(value, ensure_ascii=False)


def objects(file: TextIO) -> Iterator[Any]:
    """Yield the value of each line that is not blank, or why there is none."""
    lines = Lines(file)
    while (line := lines.take()) is not None:
        if isinstance(line, Damaged):
            yield line
        elif line.strip():
            try:
                yield _JSON.decode(line)
            except (ValueError, RecursionError) as error:
                yield Damaged(0, shortened(line), f"not JSON: {error}")


def elements(file: TextIO, key: str | None) -> Iterator[Any]:
    """Yield the elements of an array, or of a key's; raise `TimelineError` if it is not JSON."""
    text = _Window(file)
    if key is not None:
        _seek(text, key)
    if text.next() != "[":
        found = f"no array under {key!r}" if key is not None else "the document is no array"
        hint = "records = … in the mapping names the key of the array"
        raise TimelineError.because(found, "[ … ]", hint=hint)
    text.skip()
    while text.next() != "]":
        yield text.value()
        if text.next() == ",":
            text.skip()
        elif text.next() != "]":
            found = f"not JSON after the element that ends at character {text.offset:,}"
            raise TimelineError.because(found, "a comma or the array's end")


def _seek(text: "_Window", key: str) -> None:
    """Go to the value of a key of the document's outermost object."""
    if text.next() != "{":
        expected = f"one with the key {key!r}, which the mapping names as records"
        raise TimelineError.because("the document is no object", expected)
    text.skip()
    seen = []
    while text.next() == '"':
        seen.append(str(text.value()))
        if text.next() != ":":
            break
        text.skip()
        if seen[-1] == key:
            return
        text.value()
        if text.next() == ",":
            text.skip()
    expected = f"one of {', '.join(seen)}" if seen else ""
    found = f"no key {key!r} in the document"
    raise TimelineError.because(found, expected, hint=nearest(key, seen))


@define
class _Window:
    """A part of a JSON text, moved along it."""

    file: TextIO
    offset: int = 0
    _held: str = ""
    _place: int = 0

    def next(self) -> str:
        """Return the next character that is no space, the empty text at the end."""
        while True:
            while self._place < len(self._held):
                if self._held[self._place] not in " \t\r\n":
                    return self._held[self._place]
                self._place += 1
            if not self._more():
                return ""

    def skip(self) -> None:
        """Go past that character."""
        self._place += 1

    def value(self) -> Any:
        """Return the value that stands here, and go past it; raise `TimelineError` if unfit."""
        self.next()
        while True:
            try:
                value, end = _JSON.raw_decode(self._held, self._place)
            except json.JSONDecodeError as error:
                self._go_on(error)
                continue
            except (ValueError, RecursionError) as error:
                found = f"not JSON at {self._here()}: {error}"
                raise TimelineError.because(found, "plain JSON") from None
            if end < len(self._held) or not self._more():  # a number may go on in the next chunk
                self._place = end
                return value

    def _here(self) -> str:
        return f"character {self.offset + self._place:,}"

    def _go_on(self, error: json.JSONDecodeError) -> None:
        """Read more of a value that is not whole yet; raise `TimelineError` where it never is."""
        if len(self._held) - self._place > MAX_ROW:
            found = f"a value of more than {MAX_ROW:,} characters, or no JSON, at {self._here()}"
            raise TimelineError.because(found, "rows of JSON") from None
        if not self._more():
            found = f"not JSON at {self._here()}: {error}"
            raise TimelineError.because(found, "a whole document") from None

    def _more(self) -> bool:
        """Drop what was passed, and read one more chunk; return whether there was any."""
        more = self.file.read(CHUNK)
        self._held = self._held[self._place :] + more
        self.offset += self._place
        self._place = 0
        return bool(more)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return value


def _constant(text: str) -> Any:
    raise ValueError(f"{text} is no number")


_JSON = json.JSONDecoder(
    object_pairs_hook=_object, parse_constant=_constant, parse_int=str, parse_float=str
)
"""Numbers are kept as the texts that they are."""
