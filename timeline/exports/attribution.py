"""Slides, balloons and comments name the source of an event and the statements about it alike."""

from collections.abc import Iterator
from datetime import datetime

from timeline.domain.events import Event
from timeline.exports.quotes import Quote
from timeline.exports.request import Export
from timeline.temporal.dates import FUTURE, PAST, TICK
from timeline.text.phrases import date


def lines(quote: Quote, export: Export) -> list[str]:
    """Return the attribution of an event in lines, a hypothesis in the last."""
    event = quote.event
    attribution = [
        _source(event, export),
        _dates(event),
        f"“{event.wording}”" if event.wording else "",
        event.note or "",
        *_stances(quote),
        export.hypothetical,
    ]
    return [line for line in attribution if line]


def moment(quote: Quote) -> datetime:
    """Return an event's one instant: the first possible, else the last, else that of its report."""
    window = quote.timed.window
    if window.earliest != PAST:
        return window.earliest
    return quote.timed.known if window.latest == FUTURE else window.latest - TICK


def _source(event: Event, export: Export) -> str:
    """Return the source of an event, where in the source it stands, and its grade."""
    parts = [part for part in (event.outlet, event.locator) if part]
    where = f" – {', '.join(parts)}" if parts else ""
    grade = f" ({event.grade})" if event.grade else ""
    return f"{export.speaker(event)}{where}{grade}"


def _dates(event: Event) -> str:
    """Return when an event occurred and was reported, in words and in the grammar of dates."""
    occurred, reported = event.occurred, event.reported
    return f"occurred {date(occurred)} ({occurred}), reported {date(reported)} ({reported})"


def _stances(quote: Quote) -> Iterator[str]:
    """Yield a line for each stance on an event, with the statements that take it."""
    for stance in ("agreed", "denied", "doubted"):
        if ids := getattr(quote, stance):
            yield f"{stance} by {', '.join(ids)}"
