"""The parts that answers share: how sure, since when, and who says so, in the shape that `state --json` writes."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, tzinfo
from functools import cache
from typing import Any

import attrs
from attrs import evolve, frozen

from timeline.domain.event_fields import fields_of
from timeline.domain.events import EventId
from timeline.replay.cells import Claim, V
from timeline.replay.policies import Case, Status, Verdict, ids, settle
from timeline.replay.projection import Context
from timeline.temporal.dates import FUTURE, PAST, TICK, Window, rfc3339


@frozen
class Since:
    """When something began: as text in the grammar of dates, and as the window [earliest, latest), None at an open end."""

    text: str
    earliest: datetime | None
    latest: datetime | None


@frozen(kw_only=True)
class Grounds:
    """On what an answer rests: how sure it is, and the ids of the events for it, against it and unclear about it.

    Attributes:
        status: how sure the leading claim is.
        certain: whether, if true, it has happened by the time asked about; False while it only may
            have.
        since: the hull of the windows of the changes in support; None when only observations say
            so.
        because: the events that say so.
        against: the events that dispute it.
        unclear: the events that call it unclear.
    """

    status: Status
    certain: bool
    since: Since | None
    because: tuple[EventId, ...]
    against: tuple[EventId, ...]
    unclear: tuple[EventId, ...]

    def given(self) -> dict[str, Any]:
        """Return the fields by name, for an answer that rests on them."""
        return {f.name: getattr(self, f.name) for f in attrs.fields(Grounds)}


_PLAIN = frozenset({str, int, bool, type(None)})
"""What is a JSON value as it stands."""

UNGROUNDED = Grounds(
    status="unknown", certain=False, since=None, because=(), against=(), unclear=()
)
"""What a question rests on when nobody said anything."""


def verdict_on(said: Iterable[Claim[V]], context: Context) -> Verdict[V]:
    """Return what the context's policy makes of the claims on one subject."""
    return settle(said, context.city, context.policy, at=context.cut.instant)


def settled(said: Iterable[Claim[V]], context: Context) -> tuple[V | None, Grounds]:
    """Return the value that the claims on one subject come to under the context's policy, None for none, and what that rests on."""
    verdict = verdict_on(said, context)
    if verdict.case is None:
        return None, evolve(UNGROUNDED, unclear=ids(verdict.set_aside))
    value = verdict.case.leading.value if verdict.ruling == "accept" else None
    return value, grounds(verdict.case, context.cut.instant, context.city.zone)


def grounds(case: Case[Any], at: datetime, zone: tzinfo) -> Grounds:
    """Return what the leading claim of a case rests on, at an instant."""
    return Grounds(
        status=case.status,
        certain=case.leading.window.ended(at),
        since=since(case, zone),
        because=ids((*case.support, *case.seconded)),
        against=ids((*case.against, *case.overruled)),
        unclear=ids(case.unclear),
    )


def since(case: Case[Any], zone: tzinfo) -> Since | None:
    """Return the hull of the supporting changes: in a source's own text where one covers it, else as an interval in `zone`."""
    window = case.since
    if window is None:
        return None
    own = [claim.text for claim in _changes(case) if claim.window == window]
    return span(min(own) if own else _interval(window, zone), window)


def span(text: str, window: Window) -> Since:
    """Return a window as an answer, with None for its open ends."""
    return Since(
        text,
        None if window.earliest == PAST else window.earliest,
        None if window.latest == FUTURE else window.latest,
    )


def named(answer: Any) -> set[EventId]:
    """Return the events that an answer names anywhere in it, as the types of its fields tell."""
    if isinstance(answer, Mapping):
        return {id for item in answer.values() for id in named(item)}
    if isinstance(answer, tuple):
        return {id for item in answer for id in named(item)}
    if not attrs.has(type(answer)):
        return set()
    own = fields_of(type(answer), EventId)
    ids = {id for name in own for id in _several(getattr(answer, name))}
    return ids | {
        id
        for f in attrs.fields(type(answer))
        if f.name not in own
        for id in named(getattr(answer, f.name))
    }


def plain(value: Any, zone: tzinfo) -> Any:
    """Return an answer as JSON values: instants as RFC 3339 text in `zone`, whole floats as integers, the fields of a class in their order.

    What a class adds comes before what it inherits: the answer first, then what it rests on.
    """
    kind: Any = type(value)
    return _form(kind)(value, zone)


@cache
def _form(kind: Any) -> Callable[[Any, tzinfo], Any]:
    """Return what makes JSON values of a class of values."""
    if issubclass(kind, datetime):
        return rfc3339
    if issubclass(kind, float):
        return lambda value, _: int(value) if value.is_integer() else value
    if issubclass(kind, Mapping):
        return lambda value, zone: {
            key: item if type(item) in _PLAIN else plain(item, zone) for key, item in value.items()
        }
    if issubclass(kind, tuple):
        return lambda value, zone: [
            item if type(item) in _PLAIN else plain(item, zone) for item in value
        ]
    return _fields_form(kind) if attrs.has(kind) else lambda value, _: value


def _fields_form(kind: type) -> Callable[[Any, tzinfo], Any]:
    """Return what makes an object of the fields of a class, those that it inherits last."""
    names = [f.name for f in sorted(attrs.fields(kind), key=lambda f: f.inherited)]

    def form(value: Any, zone: tzinfo) -> dict[str, Any]:
        return {
            name: item if type(item := getattr(value, name)) in _PLAIN else plain(item, zone)
            for name in names
        }

    return form


def _several(value: EventId | tuple[EventId, ...]) -> tuple[EventId, ...]:
    return value if isinstance(value, tuple) else (value,)


def _changes(case: Case[Any]) -> list[Claim[Any]]:
    return [claim for claim in case.support if claim.asserts and claim.mode == "change"]


def _interval(window: Window, zone: tzinfo) -> str:
    first = ".." if window.earliest == PAST else _date_or_time(window.earliest, zone)
    last = ".." if window.latest == FUTURE else _date_or_time(window.latest - TICK, zone)
    return f"{first}/{last}"


def _date_or_time(instant: datetime, zone: tzinfo) -> str:
    """Return the date where an instant begins or ends a day in `zone`, else the time to the second."""
    local = instant.astimezone(zone)
    edges = (
        local.replace(hour=0, minute=0, second=0, microsecond=0),
        local.replace(hour=23, minute=59, second=59, microsecond=999_999),
    )
    return (
        local.date().isoformat()
        if local in edges
        else local.isoformat(timespec="seconds").replace("+00:00", "Z")
    )
