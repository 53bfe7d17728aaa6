"""The three tables – events, states and changes – that CSV, Parquet and the packages hold."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import attrs
from attrs import frozen

from timeline.domain.city import Place
from timeline.domain.event_fields import field_names
from timeline.domain.events import ControlChange, Event
from timeline.errors import Problem, UsageError, nearest, quoted
from timeline.exports.columns import ANSWER, CHANGE, EVENT, ORIGIN, PLACE, QUOTE, SPELL, Column, Row
from timeline.exports.quotes import Quote
from timeline.exports.request import Export
from timeline.exports.spells import Spell
from timeline.replay.shares import codes, names
from timeline.reports.sentences import describe
from timeline.temporal.dates import FUTURE, PAST

UNKNOWN = "unknown"
"""The name of who has a share that nobody is said to have."""


@frozen
class Sheet:
    """A table: its name, its title, its columns, and its rows by name of column."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


def sheet(export: Export, otherwise: str = "events") -> Sheet:
    """Return the table asked for, or another by default; raise `UsageError` if unknown."""
    name = export.table or otherwise
    if name not in SHEETS:
        expected, hint = f"one of {', '.join(SHEETS)}", nearest(name, SHEETS)
        raise UsageError(Problem(f"unknown table {quoted(name)}", expected, hint=hint))
    return SHEETS[name](export)


def events(export: Export) -> Sheet:
    """Return the events as a table, each part of a field in a column of its own."""
    rows = tuple(
        event_row(quote.event) | quote_row(quote, export) | origin_row(export)
        for quote in export.events
    )
    return Sheet("events", "What was said, one event a row", (*EVENT, *QUOTE, *ORIGIN), rows)


def states(export: Export) -> Sheet:
    """Return who holds each place at the cut as a table."""
    rows = tuple(
        place_row(place, export) | answer_row(answer, export) | origin_row(export)
        for place, answer in export.holdings()
    )
    return Sheet("states", "Who holds each place at the cut", (*PLACE, *ANSWER, *ORIGIN), rows)


def changes(export: Export) -> Sheet:
    """Return every change of who holds a place as a table, with how long the new answer held."""
    rows = tuple(change_row(spell, export) | origin_row(export) for spell in export.spells)
    columns = (*SPELL, *PLACE, *ANSWER, *CHANGE, *ORIGIN)
    return Sheet("changes", "Who held each place from when until when", columns, rows)


SHEETS: Mapping[str, Callable[[Export], Sheet]] = {
    "events": events,
    "states": states,
    "changes": changes,
}
"""The tables, by name."""


def place_row(place: Place, export: Export) -> Row:
    """Return the cells of a place: what the city file says of it, and its area."""
    own = {name: getattr(place, name) for name in ("name", "arabic", "parent", "lat", "lon")}
    return {"place": place.id, **own, "area_km2": export.area(place)}


def answer_row(answer: Any, export: Export) -> Row:
    """Return the cells of the answer who holds a place."""
    since = answer.since
    events = {name: list(getattr(answer, name)) for name in ("because", "against", "unclear")}
    return {
        "holder": codes(answer.holder),
        "holder_label": names(answer.holder, export.city) or None,
        "status": answer.status,
        "certain": answer.certain,
        "ground": answer.ground,
        "shares": [_share(share) for share in answer.shares],
        "since": since and since.text,
        "since_earliest": since and since.earliest,
        "since_latest": since and since.latest,
        "last_heard": answer.last_heard,
        "before": codes(answer.before),
        "rule": answer.rule,
        **events,
        "inherited_from": answer.inherited_from,
    }


def change_row(spell: Spell, export: Export) -> Row:
    """Return the cells of one change."""
    before = spell.before
    return {
        "start": spell.start,
        "end": spell.end,
        **place_row(spell.place, export),
        **answer_row(spell.answer, export),
        "holder_before": before and codes(before.holder),
        "status_before": before and before.status,
        "causes": list(spell.because),
    }


def event_row(event: Event) -> Row:
    """Return the cells of an event's own fields."""
    row: Row = {"type": event.type}
    for name in field_names(type(event)):
        row |= _field_cells(name, getattr(event, name))
    if isinstance(event, ControlChange):
        row["actor"] = " ".join(event.actors) or None
    return row


def quote_row(quote: Quote, export: Export) -> Row:
    """Return the cells of an event beside its own fields: times, point, and what others say."""
    window, place, withdrawn = quote.timed.window, export.place(quote), quote.withdrawn
    return {
        "said": describe(quote.event, export.city),
        "speaker": export.speaker(quote.event),
        "occurred_earliest": _closed(window.earliest),
        "occurred_latest": _closed(window.latest),
        "known": quote.timed.known,
        "lat": place and place.lat,
        "lon": place and place.lon,
        "withdrawn": withdrawn and withdrawn.known,
        "withdrawn_by": withdrawn and withdrawn.by,
        "agreed": list(quote.agreed),
        "denied": list(quote.denied),
        "doubted": list(quote.doubted),
    }


def origin_row(export: Export) -> Row:
    """Return the cells of the origin of every row: city, cut, policy, log and filters."""
    cut, log, chosen = export.cut, export.origin["log"], export.origin.get("chosen")
    return {
        "city": export.city.id,
        "asked_at": cut.at,
        "asked_known": cut.known,
        "asked_recorded": cut.recorded,
        "policy": export.policy,
        "log_events": log["events"],
        "log_sha256": log["sha256"],
        "hypothetical": export.hypothetical or None,
        "chosen": json.dumps(chosen, ensure_ascii=False) if chosen else None,
    }


def _field_cells(name: str, value: Any) -> Row:
    """Return the cell of a field, or those of its parts, such as the bounds of a number."""
    if attrs.has(type(value)):
        parts = (part.name for part in attrs.fields(type(value)))
        return {f"{name}_{part}": getattr(value, part) for part in parts}
    if isinstance(value, tuple):
        return {name: list(value)}
    return {name: None if value is None else str(value)}


def _closed(end: datetime) -> datetime | None:
    """Return an end of a window, None for an open one."""
    return None if end in (PAST, FUTURE) else end


def _share(share: Any) -> str:
    return f"{share.actor or UNKNOWN}={_number(share.low)}..{_number(share.high)}"


def _number(share: float) -> str:
    return str(int(share) if share in (0, 1) else share)
