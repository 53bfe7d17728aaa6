"""The three tables: events, states and changes, with a meaning and an HXL hashtag for each column.

They are written as CSV and as Parquet and go into packages; this is the one place that says which
columns there are. HXL is the Humanitarian Exchange Language 1.1
(hxlstandard.org/standard/1-1final): hashtags of its core schema, with attributes.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Literal, get_args, get_origin

import attrs
from attrs import frozen

from timeline.domain.event_fields import field_names
from timeline.domain.events import EVENT_TYPES, Archive, Estimate, Event, Share
from timeline.errors import Problem, UsageError, nearest, quoted
from timeline.exports.request import Export, Spell, Told
from timeline.reports.sentences import describe
from timeline.temporal.dates import FUTURE, PAST

Kind = Literal["string", "integer", "number", "boolean", "datetime", "strings"]
"""What a column holds; of ``datetime`` an instant, of ``strings`` a list of ids or of words without blanks."""
Row = dict[str, Any]


@frozen
class Column:
    """A column of a table: its name, what it holds, what it means, and its HXL hashtag."""

    name: str
    kind: Kind
    meaning: str
    hxl: str = ""


@frozen
class Sheet:
    """A table: its name, what it is, its columns, and its rows by name of column."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


PLACE = (
    Column("place", "string", "id of the place", "#loc+code"),
    Column("name", "string", "its name", "#loc+name+i_en"),
    Column("arabic", "string", "its Arabic name", "#loc+name+i_ar"),
    Column("parent", "string", "id of the place that it lies in", "#loc+code+parent"),
    Column("lat", "number", "latitude of a point in it, WGS 84", "#geo+lat"),
    Column("lon", "number", "longitude of that point", "#geo+lon"),
    Column("area_km2", "number", "its area in km²", "#indicator+area+num"),
)
ANSWER = (
    Column(
        "holder",
        "string",
        "id of the actor who holds it; empty for nobody, or nobody known",
        "#org+armed+code",
    ),
    Column("holder_label", "string", "the holder's label", "#org+armed+name"),
    Column(
        "status",
        "string",
        "how sure that is: unknown, claimed, reported, corroborated, disputed",
        "#status+certainty",
    ),
    Column(
        "certain", "boolean", "whether it has happened by then, if it is true", "#status+certain"
    ),
    Column("ground", "string", "held, divided, contested or none", "#status+ground"),
    Column("shares", "strings", "each actor's share, as actor=LOW..HIGH", "#org+armed+share+list"),
    Column(
        "since",
        "string",
        "since when, in the words of the grammar of dates (EDTF)",
        "#date+since+edtf",
    ),
    Column(
        "since_earliest",
        "datetime",
        "the first instant of that; empty for an open end",
        "#date+since+start",
    ),
    Column(
        "since_latest",
        "datetime",
        "the instant that it ends before; empty for an open end",
        "#date+since+end",
    ),
    Column(
        "before",
        "string",
        "id of who held it before, while the answer is only possible",
        "#org+armed+before+code",
    ),
    Column("because", "strings", "ids of the events that say so", "#event+code+because+list"),
    Column("against", "strings", "ids of the events that dispute it", "#event+code+against+list"),
    Column(
        "unclear", "strings", "ids of the events that call it unclear", "#event+code+unclear+list"
    ),
    Column(
        "inherited_from",
        "string",
        "id of the place around it that was spoken of",
        "#loc+code+inherited",
    ),
)
SPELL = (
    Column("start", "datetime", "from when the answer is so; empty for always", "#date+start"),
    Column(
        "end",
        "datetime",
        "until when, and no more at that instant; empty for what still is",
        "#date+end",
    ),
)
CHANGE = (
    Column("holder_before", "string", "id of who held it until then", "#org+armed+until+code"),
    Column("status_before", "string", "how sure that was", "#status+certainty+until"),
    Column(
        "causes",
        "strings",
        "ids of the events that brought the change about",
        "#event+code+cause+list",
    ),
)
ORIGIN = (
    Column("city", "string", "id of the city", "#meta+city"),
    Column(
        "asked_at",
        "datetime",
        "the state is that at this instant; empty for the end of the log",
        "#date+asked",
    ),
    Column(
        "asked_known",
        "datetime",
        "only what had been made public by then; empty for all",
        "#date+asked+known",
    ),
    Column(
        "asked_recorded",
        "datetime",
        "only what had been appended by then; empty for all",
        "#date+asked+recorded",
    ),
    Column("policy", "string", "how claims were read", "#meta+method"),
    Column("log_events", "integer", "how many events the log holds", "#meta+log+num"),
    Column("log_sha256", "string", "the digest of the log", "#meta+log+id"),
    Column(
        "hypothetical",
        "string",
        "what was supposed beyond the log; empty for the log as it is",
        "#meta+hypothesis",
    ),
    Column(
        "chosen", "string", "by what it was narrowed, as JSON; empty for all of it", "#meta+filter"
    ),
)
TOLD = (
    Column("said", "string", "what it says, in a sentence", "#description"),
    Column("speaker", "string", "the label of its source", "#meta+source+name"),
    Column(
        "occurred_earliest",
        "datetime",
        "the first instant at which it may have occurred; empty for an open end",
        "#date+occurred+start",
    ),
    Column(
        "occurred_latest",
        "datetime",
        "the instant that it occurred before; empty for an open end",
        "#date+occurred+end",
    ),
    Column("known", "datetime", "from when it was known", "#date+reported+instant"),
    Column(
        "lat",
        "number",
        "latitude of its place, or of the place of what it speaks of, WGS 84",
        "#geo+lat",
    ),
    Column("lon", "number", "longitude of that point", "#geo+lon"),
    Column(
        "withdrawn",
        "datetime",
        "when it was withdrawn; empty for an event that stands",
        "#date+withdrawn",
    ),
    Column("withdrawn_by", "string", "id of the event that withdrew it", "#event+code+withdrawn"),
    Column("agreed", "strings", "ids of the statements that confirm it", "#event+code+agreed+list"),
    Column("denied", "strings", "ids of the statements that deny it", "#event+code+denied+list"),
    Column(
        "doubted",
        "strings",
        "ids of the statements that call it unclear",
        "#event+code+doubted+list",
    ),
)
HXL = {
    "id": "#event+code", "type": "#event+type", "occurred": "#date+occurred+edtf", "reported": "#date+reported+edtf",
    "recorded": "#date+recorded", "source": "#meta+source+code", "outlet": "#meta+outlet", "url": "#meta+url", "grade": "#severity+grade",
    "wording": "#description+wording", "note": "#meta+note", "place": "#loc+code", "actor": "#org+armed+code", "origin": "#loc+origin+code",
    "destination": "#loc+destination+code", "summary": "#description+summary", "party": "#org+party+code", "cause": "#cause",
    "group": "#affected+group",
    "people_low": "#affected+displaced+min+num", "people_best": "#affected+displaced+num", "people_high": "#affected+displaced+max+num",
    "killed_low": "#affected+killed+min+num", "killed_best": "#affected+killed+num", "killed_high": "#affected+killed+max+num",
    "injured_low": "#affected+injured+min+num", "injured_best": "#affected+injured+num", "injured_high": "#affected+injured+max+num",
    "trapped_low": "#affected+trapped+min+num", "trapped_best": "#affected+trapped+num", "trapped_high": "#affected+trapped+max+num",
}  # fmt: skip
"""The hashtags of the fields of events; a field that is not listed is one of the event: ``#event+topic``."""


def sheet(export: Export, otherwise: str = "events") -> Sheet:
    """Return the table that is asked for, or another where none is; raise `UsageError` for an unknown one."""
    name = export.table or otherwise
    if name not in SHEETS:
        raise UsageError(
            Problem(
                f"unknown table {quoted(name)}",
                f"one of {', '.join(SHEETS)}",
                hint=nearest(name, SHEETS),
            )
        )
    return SHEETS[name](export)


def events(export: Export) -> Sheet:
    """Return the events as a table, each field and each part of a field in a column of its own."""
    rows = (fields_of(one.event) | told(one, export) | origin(export) for one in export.events)
    return Sheet("events", "What was said, one event a row", (*EVENT, *TOLD, *ORIGIN), tuple(rows))


def states(export: Export) -> Sheet:
    """Return who holds each place at the cut as a table."""
    rows = (
        place_row(place, export) | answer_row(answer, export) | origin(export)
        for place, answer in export.holdings()
    )
    return Sheet(
        "states", "Who holds each place at the cut", (*PLACE, *ANSWER, *ORIGIN), tuple(rows)
    )


def changes(export: Export) -> Sheet:
    """Return every change of the answer who holds a place as a table, with how long the new answer held."""
    rows = (change_row(spell, export) | origin(export) for spell in export.spells)
    return Sheet(
        "changes",
        "Who held each place from when until when",
        (*SPELL, *PLACE, *ANSWER, *CHANGE, *ORIGIN),
        tuple(rows),
    )


SHEETS: Mapping[str, Callable[[Export], Sheet]] = {
    "events": events,
    "states": states,
    "changes": changes,
}
"""The tables, by name."""


def place_row(place: Any, export: Export) -> Row:
    """Return what the city file says of a place, and its area."""
    own = {name: getattr(place, name) for name in ("name", "arabic", "parent", "lat", "lon")}
    return {"place": place.id, **own, "area_km2": export.area(place)}


def answer_row(answer: Any, export: Export) -> Row:
    """Return who holds a place by the names of the columns."""
    since, actors = answer.since, export.city.actors
    return {
        "holder": answer.holder,
        "holder_label": None if answer.holder is None else actors[answer.holder].label,
        **{name: getattr(answer, name) for name in ("status", "certain", "ground")},
        "shares": [f"{one.actor}={_number(one.low)}..{_number(one.high)}" for one in answer.shares],
        "since": since and since.text,
        "since_earliest": since and since.earliest,
        "since_latest": since and since.latest,
        "before": answer.before,
        **{name: list(getattr(answer, name)) for name in ("because", "against", "unclear")},
        "inherited_from": answer.inherited_from,
    }


def change_row(spell: Spell, export: Export) -> Row:
    """Return one change by the names of the columns."""
    before = spell.before
    return {
        "start": spell.start,
        "end": spell.end,
        **place_row(spell.place, export),
        **answer_row(spell.answer, export),
        "holder_before": before and before.holder,
        "status_before": before and before.status,
        "causes": list(spell.because),
    }


def told(one: Told, export: Export) -> Row:
    """Return what the log says of an event by the names of the columns."""
    fact, place = one.fact, export.city.places[one.place] if one.place else None
    return {
        "said": describe(one.event, export.city),
        "speaker": export.speaker(one.event),
        "occurred_earliest": None if fact.window.earliest == PAST else fact.window.earliest,
        "occurred_latest": None if fact.window.latest == FUTURE else fact.window.latest,
        "known": fact.known,
        "lat": place and place.lat,
        "lon": place and place.lon,
        "withdrawn": one.withdrawn and one.withdrawn.known,
        "withdrawn_by": one.withdrawn and one.withdrawn.by,
        **{name: list(getattr(one, name)) for name in ("agreed", "denied", "doubted")},
    }


def origin(export: Export) -> Row:
    """Return where a row comes from by the names of the columns."""
    cut, log, chosen = export.cut, export.origin["log"], export.origin.get("chosen")
    return {
        "city": export.city.id,
        **{f"asked_{clock}": getattr(cut, clock) for clock in ("at", "known", "recorded")},
        "policy": export.policy,
        "log_events": log["events"],
        "log_sha256": log["sha256"],
        "hypothetical": export.hypothetical or None,
        "chosen": json.dumps(chosen, ensure_ascii=False) if chosen else None,
    }


def fields_of(event: Event) -> Row:
    """Return the fields of an event by the names of the columns; a number of people by its bounds."""
    row: Row = {"type": event.type}
    for name in field_names(type(event)):
        value = getattr(event, name)
        if attrs.has(type(value)):
            row |= {
                f"{name}_{part.name}": getattr(value, part.name)
                for part in attrs.fields(type(value))
            }
        else:
            row[name] = (
                list(value) if isinstance(value, tuple) else None if value is None else str(value)
            )
    return row


def _event_columns() -> Iterator[Column]:
    """Yield a column for each field of any type of event, and for each part of a field that has parts; the same name once."""
    yield Column("type", "string", "type of the event", HXL["type"])
    for event_type in EVENT_TYPES:
        named = {f.name: f for f in attrs.fields(event_type)}
        for name in field_names(event_type):
            yield from _columns(name, _inner(named[name].type), named[name].metadata["help"])


def _columns(name: str, kind: Any, meaning: str) -> Iterator[Column]:
    if kind in (Estimate, Share, Archive):
        parts: Kind = "integer" if kind is Estimate else "number" if kind is Share else "string"
        for part in attrs.fields(kind):
            yield _column(f"{name}_{part.name}", parts, f"{meaning}: {part.metadata['help']}")
    else:
        yield _column(name, "strings" if get_origin(kind) is tuple else "string", meaning)


def _column(name: str, kind: Kind, meaning: str) -> Column:
    return Column(
        name,
        kind,
        meaning,
        HXL.get(name, f"#event+{name.replace('_', '+')}{'+list' if kind == 'strings' else ''}"),
    )


def _inner(annotation: Any) -> Any:
    """Return what a field holds where it holds anything."""
    kinds = [kind for kind in get_args(annotation) if kind is not type(None)]
    return kinds[0] if type(None) in get_args(annotation) and kinds else annotation


def _number(share: float) -> str:
    return str(int(share) if share in (0, 1) else share)


def _once(columns: Iterable[Column]) -> tuple[Column, ...]:
    """Return columns, of those of one name the first: a field that several types have is one column."""
    named: dict[str, Column] = {}
    for column in columns:
        named.setdefault(column.name, column)
    return tuple(named.values())


EVENT = _once(_event_columns())
"""The columns of an event's own fields, those of the envelope among them."""
