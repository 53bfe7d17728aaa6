"""Tables as data, and the ways in which they are written: for a terminal, a pipe, a spreadsheet or another program."""

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from timeline.text.document import Brief, Cell, Mark, Table, Tree
from timeline.text.phrases import safe

_SIGNS = ("=", "+", "-", "@", "\u2212")
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?", re.ASCII)

LONGEST_WORD = 14
"""Up to how many characters a column is kept wide enough for its longest word on a narrow terminal."""


def to_text(table: Table) -> str:
    """Return a table as aligned columns for a pipe: two spaces between, no colour, one row a line."""
    rows = [[safe(_text(cell)) for cell in row] for row in (table.columns, *table.rows)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(table.columns))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    return "\n".join([lines[0], "  ".join("─" * width for width in widths), *lines[1:]])


def briefing(briefs: Iterable[Brief]) -> str:
    """Return the parts of a briefing as text for a pipe: tables as they are, lines behind their headings."""
    briefs = list(briefs)
    width = max((len(safe(brief.heading)) for brief in briefs if brief.lines), default=0)
    parts = [_part(brief) for brief in briefs if brief.table or brief.tree]
    lines = [_headed(brief, width) for brief in briefs if brief.lines]
    return "\n\n".join([*parts, *(["\n".join(lines)] if lines else [])])


def tree_text(tree: Tree | None) -> str:
    """Return a tree for a pipe: one line each, with lines drawn from what belongs to what."""
    return "" if tree is None else "\n".join(_branches(tree, "", ""))


def laid_out(briefs: Iterable[Brief]) -> str:
    """Return a briefing for a terminal: in its width, with colours unless ``NO_COLOR`` is set."""
    from rich.padding import Padding
    from rich.table import Table as Grid
    from rich.text import Text

    console = _console()
    briefs = list(briefs)
    for brief in briefs:
        if brief.above:
            console.print(Text(_lines(brief.above)))
        if brief.table or brief.tree:
            console.print(_grid(brief.table, console.width) if brief.table else _branch(brief.tree))
    grid = Grid.grid(padding=(0, 2))
    for brief in briefs:
        if brief.lines:
            grid.add_row(
                Text(safe(brief.heading), style="bold"), Text("\n".join(map(safe, brief.lines)))
            )
    if grid.row_count:
        console.print(Padding(grid, (1, 0, 0, 1)))
    text: str = console.file.getvalue()
    return text


def to_delimited(
    records: Sequence[Mapping[str, Any]], delimiter: str, columns: Sequence[str] = ()
) -> str:
    """Return records as CSV (RFC 4180) or TSV with a heading; a value that a spreadsheet would take for a formula is quoted with ``'``.

    The columns are those given, even where there are no records, else those of the records.
    """
    import csv
    import io

    columns = columns or list(dict.fromkeys(name for record in records for name in record))
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([spreadsheet(record.get(name)) for name in columns] for record in records)
    return buffer.getvalue().rstrip("\n")


_QUOTED = json.encoder.encode_basestring
_SCALARS: dict[type, Callable[[Any], str]] = {
    str: _QUOTED,
    int: int.__repr__,
    bool: lambda value: "true" if value else "false",
    type(None): lambda _: "null",
}
"""What writes the values of JSON that hold no others."""


def to_json(value: Any) -> str:
    """Return a JSON value indented, text as it is."""
    text = _indented(value, "\n")
    return text if text.replace("\n", "").isprintable() else _lines(text)


def _indented(value: Any, end: str) -> str:
    """Return a JSON value with a line for each of its items, `end` being the break and the indentation before its closing bracket."""
    if not value or not isinstance(value, dict | list | tuple):
        return json.dumps(value, ensure_ascii=False)
    inner = end + "  "
    if isinstance(value, dict):
        items = [
            f"{_QUOTED(name)}: {scalar(item) if (scalar := _SCALARS.get(type(item))) else _indented(item, inner)}"
            for name, item in value.items()
        ]
        return f"{{{inner}{f',{inner}'.join(items)}{end}}}"
    items = [
        scalar(item) if (scalar := _SCALARS.get(type(item))) else _indented(item, inner)
        for item in value
    ]
    return f"[{inner}{f',{inner}'.join(items)}{end}]"


def to_lines(records: Iterable[Any]) -> str:
    """Return records as newline-delimited JSON."""
    return "\n".join(_lines(json.dumps(record, ensure_ascii=False)) for record in records)


def as_it_stands(line: bytes) -> str:
    """Return a line of a log as it is written there, but for what could steer a terminal: inside texts as an escape, a tab as a blank."""
    return safe(line.decode().replace("\t", " "))


WRITERS: Mapping[str, Callable[[Sequence[Mapping[str, Any]]], str]] = {
    "json": to_json,
    "nl": to_lines,
    "csv": lambda records: to_delimited(records, ","),
    "tsv": lambda records: to_delimited(records, "\t"),
}
"""How records are written, by the name of the option that asks for it."""


def _console() -> Any:
    """Return what lays out text in the width and the colours of the terminal, to be written later."""
    import io

    from rich.console import Console  # only on a terminal: it costs as much as the answer

    return Console(
        file=io.StringIO(), force_terminal=True, highlight=False, emoji=False, markup=False
    )


def _branches(tree: Tree, first: str, rest: str) -> Iterable[str]:
    yield first + safe(tree.text)
    for number, child in enumerate(tree.children, 1):
        last = number == len(tree.children)
        yield from _branches(
            child, rest + ("└── " if last else "├── "), rest + ("    " if last else "│   ")
        )


def _branch(tree: Tree | None) -> Any:
    from rich.text import Text
    from rich.tree import Tree as Branch

    assert tree is not None  # asked only of what has a tree
    branch = Branch(Text(safe(tree.text), style=tree.style), guide_style="dim")
    for child in tree.children:
        branch.add(_branch(child))
    return branch


def _part(brief: Brief) -> str:
    above = f"{_lines(brief.above)}\n\n" if brief.above else ""
    return above + (to_text(brief.table) if brief.table else tree_text(brief.tree))


def _lines(text: str) -> str:
    """Return lines with what could steer a terminal written by its number, which in a text of JSON means the same."""
    return "\n".join(map(safe, text.split("\n")))


def _grid(table: Table, width: int) -> Any:
    from rich import box
    from rich.table import Table as Grid
    from rich.text import Text

    padding, widths = _widths(table, width)
    grid = Grid(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False, padding=(0, padding))
    for column, wide in zip(table.columns, widths, strict=True):
        grid.add_column(Text(safe(column)), overflow="fold", width=wide)
    for row in table.rows:
        grid.add_row(*(_rich(cell, Text) for cell in row))
    return grid


def _widths(table: Table, width: int) -> tuple[int, list[int]]:
    """Return the padding and the widths of columns that fill a terminal: whole words first, then whole lines, as far as there is room."""
    columns = list(zip(table.columns, *table.rows, strict=True))
    whole = [max(map(_length, cells)) for cells in columns]
    words = [
        max((_length(word) for cell in cells for word in _words(cell)), default=1)
        for cells in columns
    ]
    for padding, most in (
        (1, LONGEST_WORD),
        (0, LONGEST_WORD),
        *((0, most) for most in range(LONGEST_WORD - 1, 0, -1)),
    ):
        widths = [max(1, min(longest, most)) for longest in words]
        spare = width - sum(widths) - (2 * padding + 1) * (len(widths) - 1) - 2
        if spare >= 0:
            break
    while spare > 0 and widths != whole:
        neediest = max(
            range(len(widths)), key=lambda n: (whole[n] > widths[n], whole[n] / widths[n])
        )
        widths[neediest], spare = widths[neediest] + 1, spare - 1
    return padding, widths


def _length(cell: Cell) -> int:
    """Return how many columns a cell takes in one line, with the mark of its colour."""
    return len(safe(_text(cell))) + (2 if isinstance(cell, Mark) and cell.colour else 0)


def _words(cell: Cell) -> list[Cell]:
    """Return the words of a cell, the first with the mark of its colour."""
    first, *rest = _text(cell).split() or [""]
    return [Mark(first, cell.colour) if isinstance(cell, Mark) else first, *rest]


def _rich(cell: Cell, text: Any) -> Any:
    if isinstance(cell, Mark) and cell.colour:
        return text.assemble(("■ ", cell.colour), safe(cell.text))
    return text(safe(_text(cell)))


def _headed(brief: Brief, width: int) -> str:
    first, *rest = map(safe, brief.lines)
    return "\n".join(
        [f"{safe(brief.heading):<{width}}  {first}", *(f"{'':<{width}}  {line}" for line in rest)]
    )


def _text(cell: Cell) -> str:
    return cell.text if isinstance(cell, Mark) else cell


def spreadsheet(value: Any) -> Any:
    """Return a value as the cell of a spreadsheet: text that shows itself, and never a formula."""
    if isinstance(value, dict | list):
        return safe(json.dumps(value, ensure_ascii=False))
    if isinstance(value, bool):
        return str(value).lower()
    text = "" if value is None else safe(str(value))
    return f"'{text}" if _begins_formula(text) and not _NUMBER.fullmatch(text) else text


def _begins_formula(text: str) -> bool:
    """Return whether a spreadsheet may compute a text: after what cannot be seen comes a sign that begins a formula, wide or narrow."""
    seen = next((c for c in text if not c.isspace() and unicodedata.category(c) != "Cf"), "")
    return unicodedata.normalize("NFKC", seen)[:1] in _SIGNS
