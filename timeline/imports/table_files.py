"""Tables are read one row at a time: CSV, TSV, lines of JSON, or an array in a document.

No row beyond `MAX_ROW` is held in memory. An unreadable row is given as `Damaged`; an error that
spoils the whole table, such as another encoding, is raised before the first row.
"""

import codecs
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from encodings.aliases import aliases
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TextIO

from attrs import define, field, frozen

from timeline.errors import TimelineError, UsageError, nearest
from timeline.imports import delimited_rows, json_rows
from timeline.imports.table_rows import CHUNK, Damaged, Record, Row

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
    """An open table: `size` and the `position` read in bytes; JSON columns are the first rows'."""

    columns: tuple[str, ...]
    rows: Iterator[Record]
    size: int
    position: Callable[[], int] = field(default=lambda: 0)


@contextmanager
def opened(path: Path, layout: Layout) -> Iterator[Table]:
    """Open a table; raise `TimelineError` if unreadable, `UsageError` for an unknown layout."""
    kind = layout.format or _format_of(path)
    encoding = _encoding(layout.encoding)
    _check_text(path, encoding)
    if kind == "json":
        _check_array(path, encoding, layout.records)
    with _file(path, encoding) as file:
        columns, rows = _rows(file, kind, layout)
        if layout.missing:
            rows = (_without(row, layout.missing) for row in rows)
        yield Table(columns, rows, path.stat().st_size, file.buffer.tell)


def _rows(file: TextIO, kind: str, layout: Layout) -> tuple[tuple[str, ...], Iterator[Record]]:
    """Return the columns of a table and its rows."""
    if kind == "ndjson":
        return json_rows.sampled(json_rows.objects(file))
    if kind == "json":
        return json_rows.sampled(json_rows.elements(file, layout.records))
    delimiter = layout.delimiter or DELIMITERS[kind]
    return delimited_rows.read(file, delimiter, tags=layout.tags)


def _file(path: Path, encoding: str) -> TextIO:
    return path.open(encoding=encoding, newline="")


def _format_of(path: Path) -> str:
    known = FORMATS.get(path.suffix.lower())
    if known is None:
        found = f"the format of {path.name} is not known by its name"
        expected = f"{', '.join(FORMATS)}, or format = … in the mapping"
        raise UsageError.because(found, expected)
    return known


def _encoding(name: str) -> str:
    try:
        encoding = codecs.lookup(name).name
        "".encode(encoding)  # what is no encoding of text, as base64, says so
    except LookupError:
        expected = "one such as utf-8, utf-16 or windows-1256"
        hint = nearest(name.lower().replace("-", "_"), aliases)
        raise UsageError.because(f"unknown encoding {name!r}", expected, hint=hint) from None
    return "utf-8-sig" if encoding == "utf-8" else encoding


def _check_text(path: Path, encoding: str) -> None:
    """Raise `TimelineError` for a file that is not of the encoding throughout."""
    decoder, first, lines = codecs.getincrementaldecoder(encoding)(), b"", 1
    try:
        with path.open("rb") as file:
            if not path.is_file():
                found = f"{path} is no ordinary file"
                raise UsageError.because(found, "a file, which is read twice")
            first = file.read(CHUNK)
            for chunk in chain([first], iter(partial(file.read, CHUNK), b"")):
                lines += decoder.decode(chunk).count("\n")
            decoder.decode(b"", final=True)
    except OSError as error:
        found = f"{path} cannot be read: {error.strerror or error}"
        raise TimelineError.because(found) from None
    except UnicodeError:
        name = encoding.removesuffix("-sig")
        where = f"what cannot be read stands in line {lines} or soon after it"
        raise TimelineError.because(
            f"{path} is not {name} throughout: {where}", f"text in {name}", hint=_guess(first, name)
        ) from None


def _guess(first: bytes, encoding: str) -> str:
    """Return which encoding a file may be of, by its first bytes."""
    if first[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) or first.count(0) > len(first) // 4:
        return "try --encoding utf-16"
    if encoding != "utf-8":
        return "save it as UTF-8, or try --encoding utf-8"
    others = "windows-1252, windows-1256 for Arabic, windows-1251 for Cyrillic"
    return f"save it as UTF-8, or try --encoding {others}"


def _check_array(path: Path, encoding: str, key: str | None) -> None:
    """Raise `TimelineError` for a JSON document that breaks off, before any of it is used."""
    with _file(path, encoding) as file:
        for _ in json_rows.elements(file, key):
            pass


def _without(row: Record, missing: frozenset[str]) -> Record:
    """Return a row with empty cells for the texts that stand for one."""
    if isinstance(row, Damaged) or missing.isdisjoint(row.cells.values()):
        return row
    absent = [name for name, cell in row.cells.items() if cell in missing]
    return Row(row.number, {**row.cells, **dict.fromkeys(absent, "")})
