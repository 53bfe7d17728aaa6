"""TimelineJS 3 shows one slide an event (JSON: timeline.knightlab.com/docs/json-format.html).

Texts are escaped HTML. Dates are numbers on the city's wall clock, or else a ``display_date``.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from timeline.exports import attribution
from timeline.exports.quotes import Quote
from timeline.exports.request import Export
from timeline.exports.serialization import markup, paragraphs
from timeline.reports.sentences import describe
from timeline.temporal.dates import FUTURE, PAST, TICK
from timeline.text import phrases
from timeline.text.tables import to_json

LOST = (
    "Slides have no time zone: their dates are the city's wall clock. They lie on the line at the "
    "first and the last instant at which the event may have occurred; the date shown is that of "
    "the source. An event whose time has no beginning lies at its end, and one that has no end "
    "either, at its report. Withdrawn events are left out."
)


def write(export: Export) -> str:
    """Return the events that stand as slides, behind a title slide with their origin."""
    slides = [_slide(quote, export) for quote in export.standing]
    return to_json({"title": _title(export), "events": slides})


def count(export: Export) -> int:
    """Return how many slides there are."""
    return sum(1 for _ in export.standing)


def _title(export: Export) -> dict[str, Any]:
    text = {"headline": markup(export.city.name), "text": paragraphs(_origin(export))}
    return {"unique_id": "title", "text": text, "autolink": False}


def _origin(export: Export) -> Iterator[str]:
    log, withdrawn = export.origin["log"], [quote for quote in export.events if quote.withdrawn]
    yield export.heading
    yield export.hypothetical
    yield f"Log of {log['events']} events, SHA-256 {log['sha256']}"
    if chosen := export.origin.get("chosen"):
        yield f"Chosen by {to_json(chosen)}"
    if withdrawn:
        yield f"{phrases.count(len(withdrawn), 'event')} withdrawn by then left out"
    yield LOST


def _slide(quote: Quote, export: Export) -> dict[str, Any]:
    event = quote.event
    text = {"headline": markup(describe(event, export.city)), "text": _text(quote, export)}
    return {
        "unique_id": event.id,
        **_dates(quote, export),
        "display_date": markup(phrases.date(event.occurred)),
        "group": event.type.replace("_", " "),
        "text": text,
        "autolink": False,
    }


def _text(quote: Quote, export: Export) -> str:
    text = paragraphs(attribution.lines(quote, export))
    if not quote.event.url:
        return text
    url = markup(quote.event.url)
    return f'{text}<p><a href="{url}" rel="noopener noreferrer">{url}</a></p>'


def _dates(quote: Quote, export: Export) -> dict[str, dict[str, int]]:
    """Return the first and the last day, or times of day, of an event on the line."""
    begin, end = quote.timed.window.earliest, quote.timed.window.latest
    if begin == PAST:
        return {"start_date": _day(attribution.moment(quote), export)}
    if end == FUTURE:
        whole = _midnight(begin, export)
        return {"start_date": _day(begin, export) if whole else _time(begin, export)}
    if _midnight(begin, export) and _midnight(end, export):
        first, last = _day(begin, export), _day(end - TICK, export)
    else:
        first, last = _time(begin, export), _time(end, export)
    return {"start_date": first} if first == last else {"start_date": first, "end_date": last}


def _midnight(instant: datetime, export: Export) -> bool:
    local = export.local(instant)
    return (local.hour, local.minute, local.second, local.microsecond) == (0, 0, 0, 0)


def _day(instant: datetime, export: Export) -> dict[str, int]:
    """Return the day of an instant as TimelineJS writes a date."""
    local = export.local(instant)
    return {"year": local.year, "month": local.month, "day": local.day}


def _time(instant: datetime, export: Export) -> dict[str, int]:
    """Return an instant as TimelineJS writes a date with a time of day."""
    local = export.local(instant)
    clock = {"hour": local.hour, "minute": local.minute, "second": local.second}
    return _day(instant, export) | clock
