"""Rows of CSV and TSV, one at a time; a row that cannot be read costs only itself."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import TextIO

from timeline.errors import TimelineError
from timeline.imports.table_rows import (
    MAX_LINES,
    MAX_ROW,
    Damaged,
    Lines,
    Record,
    Row,
    shortened,
)

_SEARCHED = 27
"""How many rows are searched for HXL tags."""
_OPEN = "unexpected end of data"
"""The error of the module csv for a row within a quotation mark."""
_UNCLOSED = "a quotation mark is opened and never closed"


def read(file: TextIO, delimiter: str, *, tags: bool) -> tuple[tuple[str, ...], Iterator[Record]]:
    """Return the columns and rows of a file; raise `TimelineError` where it names no columns."""
    records = _records(file, delimiter)
    heading = next(records, None)
    if heading is None or isinstance(heading, Damaged):
        why = heading.why if heading else "the file is empty"
        found, expected = f"no heading can be read: {why}", "a first row that names the columns"
        raise TimelineError.because(found, expected)
    if not tags:
        columns = _names(heading)
        return columns, _rows(_untagged(records), columns)
    for record in islice(chain([heading], records), _SEARCHED):
        if not isinstance(record, Damaged) and is_tags(record):
            cells = enumerate(record, 1)
            columns = _names([cell or f"untagged {number}" for number, cell in cells])
            return columns, _rows(records, columns)
    found = "no row of HXL tags in the first 25 rows"
    raise TimelineError.because(found, "cells such as #adm1+name and #date")


def is_tags(cells: Iterable[str]) -> bool:
    """Return whether each cell is empty or an HXL tag (HXL 1.1, section 1.2)."""
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
    for number, cell in enumerate(cells, 1):
        name = cell.strip() or f"column {number}"
        again = sum(1 for other in cells[: number - 1] if other.strip() == name)
        names.append(f"{name}#{again + 1}" if again else name)
    return tuple(names)


def _rows(records: Iterator[list[str] | Damaged], columns: Sequence[str]) -> Iterator[Record]:
    width = len(columns)
    for number, record in enumerate(records, 1):
        if isinstance(record, Damaged):
            yield Damaged(number, record.text, record.why)
        elif len(record) != width:
            why = f"{len(record)} cells; expected {width}, as the heading has"
            yield Damaged(number, shortened(",".join(record)), why)
        else:
            yield Row(number, dict(zip(columns, map(str.strip, record), strict=True)))


def _records(file: TextIO, delimiter: str) -> Iterator[list[str] | Damaged]:
    """Yield the cells of each row that is not blank."""
    lines = Lines(file)
    blank = " \r\n" if delimiter == "\t" else " \t\r\n"
    while (line := lines.take()) is not None:
        if isinstance(line, Damaged):
            yield line
        elif line.strip(blank):
            yield _record(line, lines, delimiter)


def _record(line: str, lines: Lines, delimiter: str) -> list[str] | Damaged:
    """Return the cells of a row; a quotation mark that is never closed costs one line alone."""
    joined, more = line, list[str]()
    while True:
        closes = not more or '"' in more[-1]
        cells = _cells(joined, delimiter) if closes else _OPEN
        if isinstance(cells, list):
            return cells
        if cells != _OPEN:
            lines.back(more)
            return Damaged(0, shortened(line), _UNCLOSED if more else f"not CSV: {cells}")
        following = lines.take() if len(more) < MAX_LINES and len(joined) < MAX_ROW else None
        if not isinstance(following, str):
            lines.back([*more, *filter(None, [following])])
            return Damaged(0, shortened(line), _UNCLOSED)
        more.append(following)
        joined += following


def _cells(text: str, delimiter: str) -> list[str] | str:
    """Return the cells of a row, or the reason why there are none."""
    try:
        return next(csv.reader([text], delimiter=delimiter, strict=True))
    except csv.Error as error:
        return str(error)
