"""Tables and trees as text for a pipe, and records for a spreadsheet or another program."""

import csv
import io
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from timeline.text.document import Brief, Cell, Table, Tree, text_of
from timeline.text.phrases import safe, safe_lines

_SIGNS = ("=", "+", "-", "@", "\u2212")
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?", re.ASCII)


# Briefings for a pipe -----------------------------------------------------------------------------


def briefing(briefs: Iterable[Brief]) -> str:
    """Return the parts of a briefing: tables and trees, then lines behind their headings."""
    briefs = list(briefs)
    parts = [_part(brief) for brief in briefs if brief.table or brief.tree]
    headed = [brief for brief in briefs if brief.lines]
    if headed:
        width = max(len(safe(brief.heading)) for brief in headed)
        parts.append("\n".join(_headed(brief, width) for brief in headed))
    return "\n\n".join(parts)


def to_text(table: Table) -> str:
    """Return a table as aligned columns without colour, one row a line."""
    heading, *rows = (_safe_row(row) for row in (table.columns, *table.rows))
    widths = [max(map(len, cells)) for cells in zip(heading, *rows, strict=True)]
    rule = "  ".join("─" * width for width in widths)
    lines = [_aligned(row, widths) for row in rows]
    return "\n".join([_aligned(heading, widths), rule, *lines])


def tree_text(tree: Tree | None) -> str:
    """Return a tree, one line for each of its parts, with lines drawn from whole to part."""
    return "" if tree is None else "\n".join(_branches(tree, "", ""))


def as_it_stands(line: bytes) -> str:
    """Return a log's line as written, with blanks for tabs and escapes for what is unsafe."""
    return safe(line.decode().replace("\t", " "))


def _part(brief: Brief) -> str:
    above = f"{safe_lines(brief.above)}\n\n" if brief.above else ""
    return above + (to_text(brief.table) if brief.table else tree_text(brief.tree))


def _headed(brief: Brief, width: int) -> str:
    headings = [safe(brief.heading), *[""] * (len(brief.lines) - 1)]
    lines = zip(headings, map(safe, brief.lines), strict=True)
    return "\n".join(f"{heading:<{width}}  {line}" for heading, line in lines)


def _safe_row(row: Iterable[Cell]) -> list[str]:
    return [safe(text_of(cell)) for cell in row]


def _aligned(row: Iterable[str], widths: Iterable[int]) -> str:
    cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
    return "  ".join(cells).rstrip()


def _branches(tree: Tree, first: str, rest: str) -> Iterator[str]:
    yield first + safe(tree.text)
    *children, last = tree.children or (None,)
    for child in children:
        yield from _branches(child, f"{rest}├── ", f"{rest}│   ")
    if last:
        yield from _branches(last, f"{rest}└── ", f"{rest}    ")


# Records for other programs -----------------------------------------------------------------------


def to_delimited(
    records: Sequence[Mapping[str, Any]], delimiter: str, columns: Sequence[str] = ()
) -> str:
    """Return records as CSV (RFC 4180) or TSV with a heading; formulas are defused.

    The columns are those given, even where there are no records, else those of the records.
    """
    columns = columns or list(dict.fromkeys(name for record in records for name in record))
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator="\n")
    writer.writerow(columns)
    for record in records:
        writer.writerow([spreadsheet(record.get(name)) for name in columns])
    return buffer.getvalue().rstrip("\n")


def to_json(value: Any) -> str:
    """Return a JSON value indented, in every script as it is."""
    text = _indented(value, "\n")
    return text if text.replace("\n", "").isprintable() else safe_lines(text)


def to_lines(records: Iterable[Any]) -> str:
    """Return records as newline-delimited JSON."""
    return "\n".join(safe_lines(json.dumps(record, ensure_ascii=False)) for record in records)


WRITERS: Mapping[str, Callable[[Sequence[Mapping[str, Any]]], str]] = {
    "json": to_json,
    "nl": to_lines,
    "csv": lambda records: to_delimited(records, ","),
    "tsv": lambda records: to_delimited(records, "\t"),
}
"""The writers of records, by the name of the option that asks for each."""


_QUOTED = json.encoder.encode_basestring
_SCALARS: dict[type, Callable[[Any], str]] = {
    str: _QUOTED,
    int: int.__repr__,
    bool: lambda value: "true" if value else "false",
    type(None): lambda _: "null",
}
"""The writers of JSON values that hold no others."""


def _indented(value: Any, end: str) -> str:
    """Return a JSON value, an item a line; `end` is the break before its closing bracket."""
    if not value or not isinstance(value, dict | list | tuple):
        return json.dumps(value, ensure_ascii=False)
    inner = end + "  "
    if isinstance(value, dict):
        items = [f"{_QUOTED(name)}: {_item(item, inner)}" for name, item in value.items()]
        return f"{{{inner}{f',{inner}'.join(items)}{end}}}"
    items = [_item(item, inner) for item in value]
    return f"[{inner}{f',{inner}'.join(items)}{end}]"


def _item(value: Any, end: str) -> str:
    scalar = _SCALARS.get(type(value))
    return scalar(value) if scalar else _indented(value, end)


def spreadsheet(value: Any) -> Any:
    """Return a value as the cell of a spreadsheet, which shows a formula as a text behind ``'``."""
    if isinstance(value, dict | list):
        return safe(json.dumps(value, ensure_ascii=False))
    if isinstance(value, bool):
        return str(value).lower()
    text = "" if value is None else safe(str(value))
    return f"'{text}" if _begins_formula(text) and not _NUMBER.fullmatch(text) else text


def _begins_formula(text: str) -> bool:
    """Return whether the first character that can be seen, wide or narrow, begins a formula."""
    visible = (c for c in text if not c.isspace() and unicodedata.category(c) != "Cf")
    return unicodedata.normalize("NFKC", next(visible, ""))[:1] in _SIGNS
