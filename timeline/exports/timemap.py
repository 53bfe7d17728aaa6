"""TimeMap (Forensic Architecture): the files that it fetches – events, associations and sources – in the schemas by which it checks them.

The schemas are those of its ``src/reducers/validate``: all values are texts, ``date`` is MM/DD/YYYY
and ``time`` HH:mm on the city's wall clock, an event's ``associations`` and ``sources`` are ids.
TimeMap shows texts as texts: nothing is escaped but what steers a terminal.
"""

from collections.abc import Iterator
from typing import Any

from timeline.exports import attribution as telling
from timeline.exports.request import Export, Told
from timeline.reports.sentences import describe
from timeline.storage.output import Files
from timeline.temporal.dates import FUTURE, PAST
from timeline.text import phrases
from timeline.text.phrases import safe
from timeline.text.tables import to_json

LOST = (
    "TimeMap has one moment for an event: the first instant at which it may have occurred, on the city's wall clock; time_display holds "
    "the date as it was said, and time_precision how long the event's time is. An event whose time has no beginning stands at its end, and "
    "one that has no end either, at its report. Events without a point have an empty latitude and longitude. Withdrawn events are left out."
)


def write(export: Export) -> Files:
    """Return events.json, associations.json and sources.json for TimeMap, and origin.json, which says where they come from."""
    chosen = list(export.standing)
    origin = {"title": export.heading, "origin": export.origin, "note": LOST}
    files = {
        "events.json": [_event(one, export) for one in chosen],
        "associations.json": list(_associations(chosen, export)),
        "sources.json": {one.event.source: _source(one, export) for one in chosen},
        "origin.json": origin,
    }
    return {name: f"{to_json(value)}\n".encode() for name, value in files.items()}


def count(export: Export) -> int:
    """Return how many events there are."""
    return sum(1 for _ in export.standing)


def _event(one: Told, export: Export) -> dict[str, Any]:
    event, place = one.event, export.city.places[one.place] if one.place else None
    at = export.local(telling.moment(one))
    return {
        "id": event.id,
        "description": safe(describe(event, export.city)),
        "date": f"{at:%m/%d/}{at.year:04}",
        "time": f"{at:%H:%M}",
        "time_precision": _precision(one),
        "time_display": safe(phrases.date(event.occurred)),
        "location": safe(place.name) if place else "",
        "latitude": "" if place is None or place.lat is None else str(place.lat),
        "longitude": "" if place is None or place.lon is None else str(place.lon),
        "type": event.type,
        "category": event.type,
        "associations": [event.type, f"source.{event.source}"],
        "sources": [event.source],
        "comments": safe(
            "; ".join([*telling.lines(one, export), *([event.url] if event.url else [])])
        ),
    }


def _precision(one: Told) -> str:
    """Return how long the time is within which an event occurred, and how it was said."""
    begin, end = one.fact.window.earliest, one.fact.window.latest
    length = "open" if begin == PAST or end == FUTURE else str(end - begin)
    return f"{length} ({one.event.occurred})"


def _associations(chosen: list[Told], export: Export) -> Iterator[dict[str, Any]]:
    """Yield the types as categories, and the sources as filters."""
    for type in dict.fromkeys(one.event.type for one in chosen):
        yield {"id": type, "title": type.replace("_", " "), "desc": "", "mode": "CATEGORY"}
    for one in {one.event.source: one for one in chosen}.values():
        label = safe(export.speaker(one.event))
        yield {
            "id": f"source.{one.event.source}",
            "title": label,
            "desc": "",
            "mode": "FILTER",
            "filter_paths": ["Source", label],
        }


def _source(one: Told, export: Export) -> dict[str, Any]:
    source = export.city.sources[one.event.source]
    serves = f", serves {export.city.actors[source.side].label}" if source.side else ""
    return {
        "id": source.id,
        "title": safe(source.label),
        "type": source.kind,
        "paths": [],
        "description": safe(f"{source.kind}{serves}"),
    }
