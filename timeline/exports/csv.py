"""CSV (RFC 4180), in UTF-8, with a heading and if asked for a row of HXL hashtags under it."""

from timeline.exports.columns import Row
from timeline.exports.request import Export
from timeline.exports.serialization import cell
from timeline.exports.tables import Sheet, sheet
from timeline.text.tables import to_delimited

LOST = (
    "Lists stand in one cell with blanks between their items. A text that a spreadsheet would "
    "compute begins with ', and control characters are written by number. Vague dates stand as "
    "they were said, and beside them the first instant and the one after the last."
)


def write(export: Export) -> str:
    """Return the table that is asked for; raises `UsageError` for an unknown one."""
    return text(sheet(export), export)


def text(table: Sheet, export: Export) -> str:
    """Return a table as CSV."""
    tags: Row = {column.name: column.hxl for column in table.columns}
    rows = [_cells(row, table, export) for row in table.rows]
    names = [column.name for column in table.columns]
    return to_delimited([tags, *rows] if export.hxl else rows, ",", names)


def count(export: Export) -> int:
    """Return how many rows there are to write."""
    return len(sheet(export).rows)


def _cells(row: Row, table: Sheet, export: Export) -> Row:
    zone = export.city.zone
    return {column.name: cell(row.get(column.name), zone) for column in table.columns}
