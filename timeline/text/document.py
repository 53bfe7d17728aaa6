"""Laid-out text as data: tables, trees, and the parts of a briefing."""

from typing import NamedTuple


class Mark(NamedTuple):
    """A cell that is shown in a colour where there are colours."""

    text: str
    colour: str | None = None


Cell = str | Mark


class Table(NamedTuple):
    """Columns with headings, and rows of cells."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


class Tree(NamedTuple):
    """A line and the parts that belong to it; where there are colours, the line is in `style`."""

    text: str
    children: tuple["Tree", ...] = ()
    style: str = ""


class Brief(NamedTuple):
    """A part of a briefing: a table or a tree, with a text `above` it, or lines under a heading."""

    heading: str
    lines: tuple[str, ...] = ()
    table: Table | None = None
    tree: Tree | None = None
    above: str = ""


def text_of(cell: Cell) -> str:
    """Return the text of a cell without its colour."""
    return cell.text if isinstance(cell, Mark) else cell
