"""What is told of an event beside what it says: who says so, when, in which words, and who speaks for it and against it."""

from datetime import datetime

from timeline.exports.request import Export, Told
from timeline.temporal.dates import FUTURE, PAST, TICK
from timeline.text.phrases import date


def lines(one: Told, export: Export) -> list[str]:
    """Return it in lines, those that say nothing left out; the last one is what is supposed, where anything is."""
    event = one.event
    where = ", ".join(part for part in (event.outlet, event.locator) if part)
    said = [
        f"{export.speaker(event)}{f' – {where}' if where else ''}{f' ({event.grade})' if event.grade else ''}",
        f"occurred {date(event.occurred)} ({event.occurred}), reported {date(event.reported)} ({event.reported})",
        f"“{event.wording}”" if event.wording else "",
        event.note or "",
        *(
            f"{name} by {', '.join(ids)}"
            for name in ("agreed", "denied", "doubted")
            if (ids := getattr(one, name))
        ),
        export.hypothetical,
    ]
    return [line for line in said if line]


def moment(one: Told) -> datetime:
    """Return the one instant of an event, for what knows no more: the first at which it may have occurred, else the last, or its report."""
    begin, end = one.fact.window.earliest, one.fact.window.latest
    return begin if begin != PAST else end - TICK if end != FUTURE else one.fact.known
