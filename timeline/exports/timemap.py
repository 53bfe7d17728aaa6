"""TimeMap (Forensic Architecture) fetches these events, associations and sources.

They follow the schemas of its ``src/reducers/validate``: all values are texts, ``date`` MM/DD/YYYY
and ``time`` HH:mm on the city's wall clock. TimeMap escapes texts itself.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from timeline.domain.city import Source
from timeline.exports import attribution
from timeline.exports.quotes import Quote
from timeline.exports.request import Export
from timeline.reports.sentences import describe
from timeline.storage.output import Files
from timeline.temporal.dates import FUTURE, PAST
from timeline.text import phrases
from timeline.text.phrases import safe
from timeline.text.tables import to_json

LOST = (
    "TimeMap has one moment for an event: the first instant at which it may have occurred, on the "
    "city's wall clock; time_display holds the date as it was said, and time_precision how long "
    "the event's time is. An event whose time has no beginning stands at its end, and one that has "
    "no end either, at its report. Events without a point have an empty latitude and longitude. "
    "Withdrawn events are left out."
)


def write(export: Export) -> Files:
    """Return events.json, associations.json and sources.json for TimeMap, and origin.json."""
    quotes = list(export.standing)
    sources = _sources(quotes, export)
    events = [_event(quote, export) for quote in quotes]
    descriptions = {source.id: _description(source, export) for source in sources}
    files = {
        "events.json": events,
        "associations.json": [*_categories(quotes), *map(_filter, sources)],
        "sources.json": descriptions,
        "origin.json": {"title": export.heading, "origin": export.origin, "note": LOST},
    }
    return {name: f"{to_json(value)}\n".encode() for name, value in files.items()}


def count(export: Export) -> int:
    """Return how many events there are."""
    return sum(1 for _ in export.standing)


def _event(quote: Quote, export: Export) -> dict[str, Any]:
    event, time = quote.event, export.local(attribution.moment(quote))
    return {
        "id": event.id,
        "description": safe(describe(event, export.city)),
        "date": f"{time:%m/%d/}{time.year:04}",
        "time": f"{time:%H:%M}",
        "time_precision": _precision(quote),
        "time_display": safe(phrases.date(event.occurred)),
        **_location(quote, export),
        "type": event.type,
        "category": event.type,
        "associations": [event.type, f"source.{event.source}"],
        "sources": [event.source],
        "comments": _comments(quote, export),
    }


def _precision(quote: Quote) -> str:
    """Return the length of the time within which an event occurred, and the date as it was said."""
    begin, end = quote.timed.window.earliest, quote.timed.window.latest
    length = "open" if begin == PAST or end == FUTURE else str(end - begin)
    return f"{length} ({quote.event.occurred})"


def _location(quote: Quote, export: Export) -> dict[str, str]:
    place = export.place(quote)
    if place is None:
        return {"location": "", "latitude": "", "longitude": ""}
    lat, lon = (_number(degrees) for degrees in (place.lat, place.lon))
    return {"location": safe(place.name), "latitude": lat, "longitude": lon}


def _number(degrees: float | None) -> str:
    return "" if degrees is None else str(degrees)


def _comments(quote: Quote, export: Export) -> str:
    lines = attribution.lines(quote, export)
    return safe("; ".join([*lines, quote.event.url] if quote.event.url else lines))


def _sources(quotes: Sequence[Quote], export: Export) -> list[Source]:
    """Return the sources of some events, each once, in the order in which they first speak."""
    ids = dict.fromkeys(quote.event.source for quote in quotes)
    return [export.city.sources[id] for id in ids]


def _categories(quotes: Sequence[Quote]) -> Iterator[dict[str, Any]]:
    """Yield an association for each type of event."""
    for type in dict.fromkeys(quote.event.type for quote in quotes):
        yield {"id": type, "title": type.replace("_", " "), "desc": "", "mode": "CATEGORY"}


def _filter(source: Source) -> dict[str, Any]:
    """Return the association by which the events of a source are chosen."""
    label = safe(source.label)
    return {
        "id": f"source.{source.id}",
        "title": label,
        "desc": "",
        "mode": "FILTER",
        "filter_paths": ["Source", label],
    }


def _description(source: Source, export: Export) -> dict[str, Any]:
    side = source.newest_side
    serves = f", serves {export.city.actors[side].label}" if side else ""
    return {
        "id": source.id,
        "title": safe(source.label),
        "type": source.kind,
        "paths": [],
        "description": safe(f"{source.kind}{serves}"),
    }
