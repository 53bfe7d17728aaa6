"""Wikipedia's table of who held which town of Ukraine, 2022 to 2024, as the mapping reads it."""

import csv
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from attrs import frozen

from timeline.domain import city_file
from timeline.domain.city import City
from timeline.domain.events import Event, PlaceId
from timeline.imports import mapping, table_files
from timeline.imports.builder import Outcome, Source
from timeline.imports.gazetteer import draft_places
from timeline.imports.mapping import bind
from timeline.imports.revisions import History
from timeline.imports.table_rows import Row as TableRow

FILE = (
    Path(__file__).parents[3]
    / "shared/data/ukraine_control_wikipedia/control_observations_changes.csv"
)
BARE = '[city]\nid = "all-ukraine"\nname = "All of Ukraine"\ntimezone = "Europe/Kyiv"\n'
MAPPING = mapping.find("control-revisions")
Row = Mapping[str, str]


@frozen
class Converted:
    """A table as a city and events in the order of the rows.

    Rows that were set aside come with the reason; others say nothing new.
    """

    city: City
    events: tuple[Event, ...]
    rejects: list[tuple[Row, str]]
    unchanged: list[Row]


def read(path: Path = FILE) -> list[Row]:
    """Return the rows of the file as they stand there, read by no code of ours."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def city() -> City:
    """Return the city file that is drafted for the table."""
    return city_file.parse_text(city_text())


@cache
def city_text() -> str:
    """Return a city file with the places that `import --draft-places` adds."""
    return BARE + draft_places(MAPPING, FILE, city_file.parse_text(BARE))


@cache
def place_id(name: str) -> PlaceId:
    """Return the id of a place by the city file."""
    return city().place(name).id


def convert() -> Converted:
    """Convert the table.

    Each row is in `rejects`, in `unchanged`, or has events, which name its number as `locator`.
    """
    with table_files.opened(FILE, MAPPING.layout) as table:
        rows = outcomes([row.cells for row in table.rows])
    events = tuple(event for row in rows for event in row.events)
    rejects = [(row.row.cells, row.fault.why) for row in rows if row.fault]
    unchanged = [row.row.cells for row in rows if not (row.fault or row.events)]
    return Converted(city(), events, rejects, unchanged)


def outcomes(cells: Sequence[Row]) -> list[Outcome]:
    """Return the outcome of each row of one table."""
    source = Source(MAPPING, bind(MAPPING, list(cells[0])), city(), "2024-12-31")
    rows = [TableRow(number, row) for number, row in enumerate(cells, 1)]
    return list(History(source).outcomes(rows))
