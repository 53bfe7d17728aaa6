"""Tables as they come, one row at a time: CSV, TSV, newline-delimited JSON, and an array in a JSON document.

No table is held in memory, and no row of it beyond `MAX_ROW`. A row that cannot be read is given as
`Damaged`, with its number, and the next one is read; only what says nothing about rows at all, such
as another encoding, is an error, found before the first row is given.
"""

import codecs
import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import TextIO

from attrs import define, field, frozen

from timeline.errors import Problem, TimelineError, UsageError, nearest
from timeline.imports import json_rows as jsonrows
from timeline.imports.table_rows import (
    CHUNK,
    MAX_LINES,
    MAX_ROW,
    Damaged,
    Lines,
    Record,
    Row,
    shortened,
)

FORMATS = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".json": "json",
}
DELIMITERS = {"csv": ",", "tsv": "\t"}


@frozen(kw_only=True)
class Layout:
    """How a table is written.

    Attributes:
        format: csv, tsv, ndjson or json; None for what the name of the file says.
        delimiter: what stands between cells, where it is not that of the format.
        encoding: by the name that Python knows it by; a byte order mark of UTF-8 is read over.
        records: the key of a JSON document's array of rows; None where the document is the array.
        tags: whether columns are named by a row of HXL tags instead of the heading.
        missing: texts that stand for an empty cell.
    """

    format: str | None = None
    delimiter: str | None = None
    encoding: str = "utf-8"
    records: str | None = None
    tags: bool = False
    missing: frozenset[str] = frozenset()


@define
class Table:
    """An open table.

    Attributes:
        columns: the names of its columns; of a JSON table those of its first rows.
        rows: the rows, each read as it is asked for.
        size: the size of the file in bytes.
        position: returns how many bytes of it were read.
    """

    columns: tuple[str, ...]
    rows: Iterator[Record]
    size: int
    position: Callable[[], int] = field(default=lambda: 0)


@contextmanager
def opened(path: Path, layout: Layout) -> Iterator[Table]:
    """Open a table; raise `TimelineError` for what cannot be read at all, and `UsageError` for a format or an encoding that is unknown."""
    kind = layout.format or _format_of(path)
    encoding = _encoding(layout.encoding)
    _check_text(path, encoding)
    with _file(path, encoding) as file:
        if kind in DELIMITERS:
            columns, rows = _delimited(file, layout.delimiter or DELIMITERS[kind], layout)
        else:
            if kind == "json":
                _check_array(path, encoding, layout.records)
            found = (
                jsonrows.objects(file)
                if kind == "ndjson"
                else jsonrows.elements(file, layout.records)
            )
            columns, rows = jsonrows.sampled(found)
        missing = layout.missing
        yield Table(
            columns,
            (_without(row, missing) for row in rows) if missing else rows,
            path.stat().st_size,
            file.buffer.tell,
        )


def _file(path: Path, encoding: str) -> TextIO:
    return path.open(encoding=encoding, newline="")


def _format_of(path: Path) -> str:
    known = FORMATS.get(path.suffix.lower())
    if known is None:
        found = f"the format of {path.name} is not known by its name"
        raise UsageError(Problem(found, f"{', '.join(FORMATS)}, or format = … in the mapping"))
    return known


def _encoding(name: str) -> str:
    try:
        found = codecs.lookup(name).name
        "".encode(found)  # what is no encoding of text, as base64, says so
    except LookupError:
        raise UsageError(
            Problem(
                f"unknown encoding {name!r}",
                "one such as utf-8, utf-16 or windows-1256",
                hint=_alike(name),
            )
        ) from None
    return "utf-8-sig" if found == "utf-8" else found


def _alike(name: str) -> str:
    from encodings.aliases import aliases

    return nearest(name.lower().replace("-", "_"), aliases)


def _check_text(path: Path, encoding: str) -> None:
    """Raise `TimelineError` for a file that is not of the encoding throughout, before anything of it is used."""
    decoder, read, lines = codecs.getincrementaldecoder(encoding)(), 0, 1
    try:
        with path.open("rb") as file:
            if not path.is_file():
                raise UsageError(
                    Problem(f"{path} is no ordinary file", "a file, which is read twice")
                )
            first = file.read(CHUNK)
            for chunk in chain([first], iter(lambda: file.read(CHUNK), b"")):
                lines += decoder.decode(chunk).count("\n")
                read += len(chunk)
            decoder.decode(b"", final=True)
    except OSError as error:
        raise TimelineError(Problem(f"{path} cannot be read: {error.strerror or error}")) from None
    except UnicodeError:
        name = encoding.removesuffix("-sig")
        found = f"{path} is not {name} throughout: what cannot be read stands in line {lines} or soon after it"
        raise TimelineError(Problem(found, f"text in {name}", hint=_guess(first, name))) from None


def _guess(first: bytes, encoding: str) -> str:
    """Return which encoding a file may be of, by its first bytes."""
    if first[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) or first.count(0) > len(first) // 4:
        return "try --encoding utf-16"
    others = (
        ("utf-8",)
        if encoding != "utf-8"
        else ("windows-1252", "windows-1256 for Arabic", "windows-1251 for Cyrillic")
    )
    return f"save it as UTF-8, or try --encoding {', '.join(others)}"


# CSV and TSV --------------------------------------------------------------------------------------


def _delimited(
    file: TextIO, delimiter: str, layout: Layout
) -> tuple[tuple[str, ...], Iterator[Record]]:
    records = _records(file, delimiter)
    heading = next(records, None)
    if heading is None or isinstance(heading, Damaged):
        why = heading.why if heading else "the file is empty"
        raise TimelineError(
            Problem(f"no heading can be read: {why}", "a first row that names the columns")
        )
    if not layout.tags:
        columns = _names(heading)
        return columns, _rows(_untagged(records), columns)
    for number, record in enumerate(chain([heading], records)):
        if not isinstance(record, Damaged) and is_tags(record):
            columns = _names([cell or f"untagged {place}" for place, cell in enumerate(record, 1)])
            return columns, _rows(records, columns)
        if number > 25:
            break
    raise TimelineError(
        Problem("no row of HXL tags in the first 25 rows", "cells such as #adm1+name and #date")
    )


def is_tags(cells: Iterable[str]) -> bool:
    """Return whether a row holds HXL tags: a hash sign and a letter begin each cell that is not empty (HXL 1.1, section 1.2)."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    return bool(filled) and all(cell[0] == "#" and cell[1:2].isalpha() for cell in filled)


def _untagged(records: Iterator[list[str] | Damaged]) -> Iterator[list[str] | Damaged]:
    """Leave out a row of HXL tags below the heading, which is none of data."""
    first = next(records, None)
    if first is None:
        return
    if isinstance(first, Damaged) or not is_tags(first):
        yield first
    yield from records


def _names(cells: Sequence[str]) -> tuple[str, ...]:
    """Return the names of columns; of two that are called the same, the second is ``name#2``."""
    names: list[str] = []
    for place, cell in enumerate(cells, 1):
        name = cell.strip() or f"column {place}"
        again = sum(1 for other in cells[: place - 1] if other.strip() == name)
        names.append(f"{name}#{again + 1}" if again else name)
    return tuple(names)


def _rows(records: Iterator[list[str] | Damaged], columns: Sequence[str]) -> Iterator[Record]:
    width = len(columns)
    for number, record in enumerate(records, 1):
        if isinstance(record, Damaged):
            yield Damaged(number, record.text, record.why)
        elif len(record) != width:
            yield Damaged(
                number,
                shortened(",".join(record)),
                f"{len(record)} cells; expected {width}, as the heading has",
            )
        else:
            yield Row(number, dict(zip(columns, map(str.strip, record), strict=True)))


def _records(file: TextIO, delimiter: str) -> Iterator[list[str] | Damaged]:
    """Yield the cells of each row that is not blank.

    A row whose quotation mark is never closed ends with its first line: what stands below it is
        read as rows, not swallowed.
    """
    lines = Lines(file)
    while (line := lines.take()) is not None:
        if isinstance(line, Damaged):
            yield line
        elif line.strip(" \t\r\n" if delimiter != "\t" else " \r\n"):
            yield _record(line, lines, delimiter)


def _record(line: str, lines: "Lines", delimiter: str) -> list[str] | Damaged:
    joined, error = line, ""
    more: list[str | Damaged] = []
    while True:
        try:
            if not more or '"' in str(more[-1]):
                return next(csv.reader([joined], delimiter=delimiter, strict=True))
        except csv.Error as raised:
            error = str(raised)
            if error != "unexpected end of data":
                break
        following = lines.take() if len(more) < MAX_LINES and len(joined) < MAX_ROW else None
        if following is None or isinstance(following, Damaged):
            lines.back([*more, *([following] if following else [])])
            return Damaged(0, shortened(line), "a quotation mark is opened and never closed")
        more.append(following)
        joined += following
    lines.back(more)
    why = "a quotation mark is opened and never closed" if more else f"not CSV: {error}"
    return Damaged(0, shortened(line), why)


def _check_array(path: Path, encoding: str, key: str | None) -> None:
    """Read a JSON document to its end, so that what breaks off is refused before any of it is used."""
    with _file(path, encoding) as file:
        for _ in jsonrows.elements(file, key):
            pass


def _without(row: Record, missing: frozenset[str]) -> Record:
    """Return a row with empty cells for the texts that stand for one."""
    if isinstance(row, Damaged) or missing.isdisjoint(row.cells.values()):
        return row
    return Row(
        row.number, {name: "" if cell in missing else cell for name, cell in row.cells.items()}
    )
