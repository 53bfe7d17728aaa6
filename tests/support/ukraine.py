"""Who holds which town of Ukraine, as a table on Wikipedia told it from 2022 to 2024, read by the mapping that is shipped for it."""

import csv
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from attrs import frozen

from timeline.domain import city_file as cityfile
from timeline.domain.city import City
from timeline.domain.events import Event, PlaceId
from timeline.imports import mapping
from timeline.imports import table_files as rows
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
    """The table as a city and its events in the order of the rows; rows set aside, with the reason; rows that say nothing new."""

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
    return cityfile.parse_text(city_text())


@cache
def city_text() -> str:
    """Return what `import --draft-places` adds to a city file without places."""
    return BARE + draft_places(MAPPING, FILE, cityfile.parse_text(BARE))


@cache
def place_id(name: str) -> PlaceId:
    """Return the id of a place by the city file."""
    return city().place(name).id


def convert() -> Converted:
    """Return what the rows come to: each is in `rejects`, in `unchanged`, or has events, which name its number as their `locator`."""
    with rows.opened(FILE, MAPPING.layout) as table:
        found = [(one.row.cells, one) for one in outcomes([row.cells for row in table.rows])]
    events = tuple(event for _, one in found for event in one.events)
    rejects = [(cells, one.fault.why) for cells, one in found if one.fault]
    return Converted(
        city(), events, rejects, [cells for cells, one in found if not (one.fault or one.events)]
    )


def outcomes(cells: Sequence[Row]) -> list[Outcome]:
    """Return what becomes of rows, as one table."""
    source = Source(MAPPING, bind(MAPPING, list(cells[0])), city(), "2024-12-31")
    return list(
        History(source).outcomes(TableRow(number, one) for number, one in enumerate(cells, 1))
    )
