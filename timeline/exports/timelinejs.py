"""TimelineJS 3: one slide an event, in the JSON that Knight Lab documents (timeline.knightlab.com/docs/json-format.html).

Texts of slides are HTML, so every text of the log is escaped in them. Dates there are bare numbers
without a time zone: they are the city's wall clock. What a date cannot say as numbers stands in
``display_date``, which TimelineJS shows in their place.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from timeline.exports import attribution as telling
from timeline.exports.request import Export, Told
from timeline.exports.serialization import markup, paragraphs
from timeline.reports.sentences import describe
from timeline.temporal.dates import FUTURE, PAST, TICK
from timeline.text import phrases
from timeline.text.tables import to_json

LOST = (
    "Slides have no time zone: their dates are the city's wall clock. They lie on the line at the first and the last instant at which the "
    "event may have occurred; the date shown is that of the source. An event whose time has no beginning lies at its end, and one that has "
    "no end either, at its report. Withdrawn events are left out."
)


def write(export: Export) -> str:
    """Return the events that stand as slides, behind a title that says where they come from."""
    return to_json(
        {"title": _title(export), "events": [_slide(one, export) for one in export.standing]}
    )


def count(export: Export) -> int:
    """Return how many slides there are."""
    return sum(1 for _ in export.standing)


def _title(export: Export) -> dict[str, Any]:
    log, withdrawn = export.origin["log"], sum(one.withdrawn is not None for one in export.events)
    lines = [
        export.heading,
        export.hypothetical,
        f"Log of {log['events']} events, SHA-256 {log['sha256']}",
    ]
    lines += [f"Chosen by {to_json(chosen)}"] if (chosen := export.origin.get("chosen")) else []
    lines += (
        [f"{phrases.count(withdrawn, 'event')} withdrawn by then left out"] if withdrawn else []
    )
    return {
        "unique_id": "title",
        "text": {"headline": markup(export.city.name), "text": paragraphs([*lines, LOST])},
        "autolink": False,
    }


def _slide(one: Told, export: Export) -> dict[str, Any]:
    event = one.event
    return {
        "unique_id": event.id,
        **_dates(one, export),
        "display_date": markup(phrases.date(event.occurred)),
        "group": event.type.replace("_", " "),
        "text": {"headline": markup(describe(event, export.city)), "text": _text(one, export)},
        "autolink": False,
    }


def _text(one: Told, export: Export) -> str:
    url = one.event.url
    link = (
        f'<p><a href="{markup(url)}" rel="noopener noreferrer">{markup(url)}</a></p>' if url else ""
    )
    return paragraphs(telling.lines(one, export)) + link


def _dates(one: Told, export: Export) -> Mapping[str, Any]:
    """Return the first and the last day, or the times, between which an event lies on the line."""
    begin, end = one.fact.window.earliest, one.fact.window.latest
    if begin == PAST:
        return {"start_date": _date(telling.moment(one), export, whole=True)}
    if end == FUTURE:
        return {"start_date": _date(begin, export, whole=_midnight(begin, export))}
    whole = _midnight(begin, export) and _midnight(end, export)
    start, last = (
        _date(begin, export, whole=whole),
        _date(end - (TICK if whole else timedelta()), export, whole=whole),
    )
    return {"start_date": start} if start == last else {"start_date": start, "end_date": last}


def _midnight(instant: datetime, export: Export) -> bool:
    local = export.local(instant)
    return (local.hour, local.minute, local.second, local.microsecond) == (0, 0, 0, 0)


def _date(instant: datetime, export: Export, *, whole: bool) -> dict[str, int]:
    """Return an instant as TimelineJS writes a date: a whole day, or with the time of day."""
    local = export.local(instant)
    day = {"year": local.year, "month": local.month, "day": local.day}
    return (
        day if whole else day | {"hour": local.hour, "minute": local.minute, "second": local.second}
    )
