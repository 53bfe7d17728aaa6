"""Who holds which town of Ukraine, as a table on Wikipedia told it from 2022 to 2024: the changes of its rows become events.

Every event is an *observation*: the date in a row is the last day for which its holder is documented. It moves on while the holder stays,
and a new holder stands for hours or months beside the old date. So a row without a date, or with one left untouched beside a new holder, is
of the day of the table's update, unless it says again what stands of that date. "By then" (`../DATE`) would be honest, too, but possible at
every earlier time, where it would replace what the table had said of that time.

A row joins what the table had said of other days. What would be newer and names another holder yields to it, as does what names another for
the same day. A place that leaves the table takes back all that stands of it: without the last alone, a holder long overtaken would lead.
"""

import csv
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import cache
from itertools import groupby
from pathlib import Path
from zoneinfo import ZoneInfo

from attrs import frozen

from timeline.city import Actor, City, Place, Source
from timeline.events import ActorId, ControlChange, Event, Ground, PlaceId, Retraction, SourceId
from timeline.when import Moment, When

FILE = Path(__file__).parents[2] / "shared/data/ukraine_control_wikipedia/control_observations_changes.csv"
ZONE, ROOT, WIKIPEDIA = ZoneInfo("Europe/Kyiv"), PlaceId("ukraine"), SourceId("wikipedia")
ACTORS = {ActorId(id): label for id, label in (("ukraine", "Ukraine"), ("russia", "Russia"), ("dpr", "Donetsk PR"), ("lpr", "Luhansk PR"))}
Row = Mapping[str, str]
Hold = tuple[ActorId | None, Ground]
HOLDERS: Mapping[str, Hold] = {
    **{label.casefold(): (id, "held") for id, label in ACTORS.items()},
    "dpr": (ActorId("dpr"), "held"),
    **dict.fromkeys(("contested", "contested ukraine"), (None, "contested")),
    **dict.fromkeys(("gray zone", "uncontrolled"), (None, "held")),  # nobody's: where it is fought over, the table says so
}
"""Every text of the holder column that names who holds a place, or nobody, in lower case with plain spaces; all others are rejected."""


@frozen
class Standing:
    """What stands of a place: the events by day, of which the last names the holder in its row, and the date in the row, if any."""

    events: tuple[ControlChange, ...] = ()
    written: str = ""


@frozen
class Converted:
    """The table as a city and its events in the order of the rows; rows rejected, with the reason; rows that say nothing new."""

    city: City
    events: tuple[Event, ...]
    rejects: list[tuple[Row, str]]
    unchanged: list[Row]


def read(path: Path = FILE) -> list[Row]:
    """Return the rows of the file, in the order of the revisions."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def convert(rows: Sequence[Row]) -> Converted:
    """Return what the rows come to: each is in `rejects`, in `unchanged`, or has events, which name its number as their `locator`."""
    standing: dict[PlaceId, Standing] = {}
    told: list[tuple[Row, str, Sequence[Event]]] = []
    for _, revision in groupby(rows, key=lambda row: row["commit_time"]):
        changes = [(place_id(row["name"]), row) for row in revision]
        stays = {place for place, row in changes if row["change"] != "remove"}
        for place, row in changes:
            reason, new = fault(row), ()
            if not reason and not (row["change"] == "remove" and place in stays):  # else only the name is spelt otherwise
                standing[place], new = step(standing.get(place, Standing()), row)
            told.append((row, reason, new))
    rejects, unchanged = [(row, why) for row, why, _ in told if why], [row for row, why, new in told if not (why or new)]
    return Converted(_city(rows), tuple(event for _, _, new in told for event in new), rejects, unchanged)


def fault(row: Row) -> str:
    """Return why a row is no claim about a place, the empty text for one that is."""
    if not row["name"][:1].isalpha():
        return f"no place: {row['name']!r}"
    if row["change"] != "remove" and holder(row) is None:
        return f"no holder: {row['held_by']!r}"
    late = day(row["as_of"]) > datetime.fromisoformat(row["commit_time"]).astimezone(ZONE).date().isoformat()
    return f"dated {row['as_of']!r}, after its revision" if late else ""


def step(before: Standing, row: Row) -> tuple[Standing, Sequence[Event]]:
    """Return what stands of a place after a row without a fault, and the events of the row."""
    hold, written, events = holder(row), day(row["as_of"]), before.events
    if hold is None:
        return Standing(), _retractions(events, row)
    holds = [(event.actor, event.ground) for event in events]
    if events and (holds[-1], before.written) == (hold, written):
        return before, []
    said = {(event.occurred, held) for event, held in zip(events, holds, strict=True)}
    seen = written if written and (written != before.written or (written, hold) in said) else day(row["wiki_update"])
    last = max((n for n, event in enumerate(events) if holds[n] == hold or event.occurred < seen), default=-1)
    gone = [event for n, event in enumerate(events) if holds[n] != hold and (n > last or event.occurred == seen)]
    kept = [event for event in events if event not in gone]
    if (seen, hold) in said:
        return Standing(tuple(kept), written), _retractions(gone, row)
    place, head = place_id(row["name"]), _envelope(f"{place_id(row['name'])}.{row['seq']}", seen, row)
    replaced = gone[-1].id if gone else None
    new = ControlChange(**head, place=place, actor=hold[0], ground=hold[1], how="observation", supersedes=replaced)
    return Standing(tuple(sorted([*kept, new], key=lambda event: event.occurred)), written), [new, *_retractions(gone[:-1], row)]


def holder(row: Row) -> Hold | None:
    """Return who holds a place by a row; None for a row that names no holder, as one that leaves the table."""
    return HOLDERS.get(" ".join(row["held_by"].split()).casefold())  # split() takes no-break spaces, too


@cache
def place_id(name: str) -> PlaceId:
    """Return a place's id: its name in plain letters; of places of one name, the second is ``name-2``."""
    letters = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode().replace("'", "")
    return PlaceId("-".join("".join(c if c.isalnum() else " " for c in letters).split()))


@cache
def day(text: str) -> str:
    """Return the day in Kyiv of a date or of an update of the table, as YYYY-MM-DD; the empty text for whatever else is written there."""
    time = " ".join((text if "UTC" in text else f"{text} 12h00 UTC").split()).replace("UTC", "+0000")  # noon is of that day in Kyiv, too
    for form in ("%d %B %Y", "%d %b %Y", "%d-%b-%y", "%B %d %Y"):
        with suppress(ValueError):
            return datetime.strptime(time, f"{form} %Hh%M %z").astimezone(ZONE).date().isoformat()
    return ""


def _retractions(gone: Iterable[Event], row: Row) -> Sequence[Event]:
    reason = "The place left the table." if row["change"] == "remove" else "The table went back on it."
    return [Retraction(**_envelope(f"not-{one.id}", day(row["wiki_update"]), row), target=one.id, reason=reason) for one in gone]


def _envelope(id: str, seen: str, row: Row) -> dict[str, str]:
    return {"id": id, "occurred": When(seen), "reported": Moment(row["commit_time"]), "source": WIKIPEDIA, "locator": f"row {row['seq']}"}


def _city(rows: Iterable[Row]) -> City:
    names = {place_id(row["name"]): row["name"] for row in rows if holder(row) and not fault(row)}
    places = {ROOT: Place(id=ROOT, name="Ukraine")} | {id: Place(id=id, name=name, parent=ROOT) for id, name in names.items()}
    actors = {id: Actor(id=id, label=label) for id, label in ACTORS.items()}
    sources = {WIKIPEDIA: Source(id=WIKIPEDIA, label="Wikipedia", kind="other")}
    return City(id=ROOT, name="Ukraine", zone=ZONE, places=places, actors=actors, sources=sources)
