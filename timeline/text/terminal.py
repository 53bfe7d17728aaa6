"""Briefings laid out for a terminal, in its width and colours."""

import io
import re
from collections.abc import Iterable, Iterator, Sequence

from rich import box
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text
from rich.tree import Tree as Branch

from timeline.text.document import Brief, Cell, Mark, Table, Tree, text_of
from timeline.text.phrases import safe, safe_lines

LONGEST_WORD = 14
"""The width, in characters, up to which a narrow column still holds its longest word whole."""
_WORD = re.compile(r"[0-9]{1,2}(?:–[0-9]{1,2})? [A-Z][a-z]{2} [0-9]{4}[,;]?|\S+")
"""A word, or a date, which stays on one line."""


def laid_out(briefs: Iterable[Brief]) -> str:
    """Return a briefing for a terminal, with colours unless ``NO_COLOR`` is set."""
    output, briefs = io.StringIO(), list(briefs)
    console = Console(file=output, force_terminal=True, highlight=False, emoji=False, markup=False)
    for brief in briefs:
        for part in _parts(brief, console.width):
            console.print(part)
    grid = _headed_lines(briefs)
    if grid.row_count:
        console.print(Padding(grid, (1, 0, 0, 1)))
    return output.getvalue()


def _parts(brief: Brief, width: int) -> Iterator[RenderableType]:
    if brief.above:
        yield Text(safe_lines(brief.above))
    if brief.table:
        yield _grid(brief.table, width)
    elif brief.tree:
        yield _branch(brief.tree)


def _headed_lines(briefs: Iterable[Brief]) -> Grid:
    grid = Grid.grid(padding=(0, 2))
    for brief in briefs:
        if brief.lines:
            lines = "\n".join(map(safe, brief.lines))
            grid.add_row(Text(safe(brief.heading), style="bold"), Text(lines))
    return grid


def _branch(tree: Tree) -> Branch:
    branch = Branch(Text(safe(tree.text), style=tree.style), guide_style="dim")
    for child in tree.children:
        branch.add(_branch(child))
    return branch


def _grid(table: Table, width: int) -> Grid:
    padding, widths = _widths(table, width)
    grid = Grid(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False, padding=(0, padding))
    for heading, column_width in zip(table.columns, widths, strict=True):
        grid.add_column(Text(safe(heading)), overflow="fold", width=column_width)
    for row in table.rows:
        grid.add_row(*map(_rich, row, widths))
    return grid


def _rich(cell: Cell, width: int) -> Text:
    if isinstance(cell, Mark) and cell.colour:
        return Text.assemble(("■ ", cell.colour), _wrapped(cell.text, width, 2))
    return Text(_wrapped(text_of(cell), width))


def _wrapped(text: str, width: int, indent: int = 0) -> str:
    """Return a text in lines of at most a width where its words allow it, each date whole.

    The first line begins after an indent.
    """
    lines, room = [""], width - indent
    for word in _WORD.findall(safe(text)):
        if lines[-1] and len(lines[-1]) + 1 + len(word) > room:
            lines.append(word)
            room = width
        else:
            lines[-1] = f"{lines[-1]} {word}".lstrip()
    return "\n".join(lines)


def _widths(table: Table, width: int) -> tuple[int, list[int]]:
    """Return the padding and column widths that fill a terminal, whole words before whole lines."""
    columns = list(zip(table.columns, *table.rows, strict=True))
    whole = [max(map(_length, cells)) for cells in columns]
    padding, widths, spare = _narrow(columns, width)
    while spare > 0 and widths != whole:
        needs = [(full > now, full / now) for full, now in zip(whole, widths, strict=True)]
        widths[needs.index(max(needs))] += 1
        spare -= 1
    return padding, widths


def _narrow(columns: Sequence[Sequence[Cell]], width: int) -> tuple[int, list[int], int]:
    """Return padding, widths that keep words whole as far as they fit, and the width left over."""
    words = [max(map(_longest_word, cells)) for cells in columns]
    dates = [max(map(_longest_date, cells)) for cells in columns]
    tighter = [(0, most) for most in range(LONGEST_WORD, 0, -1)]
    for padding, most in ((1, LONGEST_WORD), *tighter):
        capped = [max(1, min(longest, most)) for longest in words]
        widths = list(map(max, capped, dates))
        spare = width - sum(widths) - (2 * padding + 1) * (len(widths) - 1) - 2
        if spare >= 0:
            return padding, widths, spare
    return padding, capped, width - sum(capped) - len(capped) - 1


def _length(cell: Cell) -> int:
    """Return the width of a cell in one line, with the mark of its colour."""
    mark = 2 if isinstance(cell, Mark) and cell.colour else 0
    return len(safe(text_of(cell))) + mark


def _longest_word(cell: Cell) -> int:
    """Return the width of a cell's longest word, the first with the mark of its colour."""
    first, *rest = _WORD.findall(text_of(cell)) or [""]
    marked = Mark(first, cell.colour) if isinstance(cell, Mark) else first
    return max(map(_length, (marked, *rest)))


def _longest_date(cell: Cell) -> int:
    """Return the width of a cell's longest date, which is never cut unless nothing else helps."""
    return max((len(word) for word in _WORD.findall(text_of(cell)) if " " in word), default=0)
