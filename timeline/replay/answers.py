"""The parts that all answers share: how sure, since when, and who says so."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, tzinfo
from functools import cache
from typing import Any

import attrs
from attrs import evolve, frozen

from timeline.domain.event_fields import fields_of
from timeline.domain.events import EventId
from timeline.replay.cells import Claim, V, ids
from timeline.replay.projection import Context, verdict_on
from timeline.replay.weighing import Case, Status
from timeline.temporal.dates import FUTURE, PAST, TICK, Window, rfc3339


@frozen
class Since:
    """When something began, as text and as the window [earliest, latest); None for an open end."""

    text: str
    earliest: datetime | None
    latest: datetime | None


@frozen(kw_only=True)
class Grounds:
    """The grounds of an answer: how sure it is, and the events behind it.

    Attributes:
        status: how sure the leading claims are.
        certain: whether it has certainly happened, if they are true.
        since: the hull of the changes that date it; None when it was only seen.
        last_heard: when it was last told of, in UTC; None where nobody says it.
        rule: the name of the rule by which it leads; None where nobody says anything.
        because: the events that say so.
        against: the events that dispute it.
        unclear: the events that call it unclear.
    """

    status: Status
    certain: bool
    since: Since | None
    last_heard: datetime | None
    rule: str | None
    because: tuple[EventId, ...]
    against: tuple[EventId, ...]
    unclear: tuple[EventId, ...]

    def given(self) -> dict[str, Any]:
        """Return the fields by name, for an answer that rests on them."""
        return {f.name: getattr(self, f.name) for f in attrs.fields(Grounds)}


_PLAIN = frozenset({str, int, bool, type(None)})
"""The types of JSON values, which stay as they are."""

UNGROUNDED = Grounds(
    status="unknown",
    certain=False,
    since=None,
    last_heard=None,
    rule=None,
    because=(),
    against=(),
    unclear=(),
)
"""The grounds of an answer when nobody said anything."""


def settled(claims: Iterable[Claim[V]], context: Context) -> tuple[V | None, Grounds]:
    """Return the value that the context's policy accepts, None for none, with its grounds."""
    verdict = verdict_on(claims, context)
    case = verdict.case
    if case is None:
        return None, evolve(UNGROUNDED, unclear=ids(verdict.set_aside))
    accepted = case.leading is not None and verdict.ruling == "accept"
    value = case.leading.value if case.leading and accepted else None
    return value, grounds(case, context.cut.instant, context.city.zone)


def grounds(case: Case[Any], at: datetime, zone: tzinfo) -> Grounds:
    """Return the grounds of the leading tenure of a case, at an instant."""
    return Grounds(
        status=case.status,
        certain=case.certain(at),
        since=since(case, zone),
        last_heard=last_heard(case),
        rule=case.rule,
        because=ids((*case.support, *case.seconded)),
        against=ids((*case.against, *case.overruled)),
        unclear=ids(case.unclear),
    )


def last_heard(case: Case[Any]) -> datetime | None:
    """Return when a tenure was last told of; of several that are tied, the last telling."""
    if case.tenure is not None:
        return case.tenure.told
    return max((claim.known for claim in case.against), default=None)


def since(case: Case[Any], zone: tzinfo) -> Since | None:
    """Return when a tenure began, in a source's words or as dates in `zone`."""
    window = case.since
    if window is None:
        return None
    texts = [claim.text for claim in case.dating if claim.window == window]
    return span(min(texts) if texts else _interval(window, zone), window)


def span(text: str, window: Window) -> Since:
    """Return a window as an answer, with None for its open ends."""
    earliest = None if window.earliest == PAST else window.earliest
    latest = None if window.latest == FUTURE else window.latest
    return Since(text, earliest, latest)


def named(answer: Any) -> set[EventId]:
    """Return the events that an answer names anywhere in it, as the types of its fields tell."""
    if isinstance(answer, Mapping):
        return _named_in(answer.values())
    if isinstance(answer, tuple):
        return _named_in(answer)
    return _named_in_fields(answer) if attrs.has(type(answer)) else set()


def _named_in_fields(answer: Any) -> set[EventId]:
    kind = type(answer)
    own = fields_of(kind, EventId)
    ids = {id for name in own for id in _several(getattr(answer, name))}
    others = [getattr(answer, f.name) for f in attrs.fields(kind) if f.name not in own]
    return ids | _named_in(others)


def _named_in(answers: Iterable[Any]) -> set[EventId]:
    return {id for answer in answers for id in named(answer)}


def _several(value: EventId | tuple[EventId, ...]) -> tuple[EventId, ...]:
    return value if isinstance(value, tuple) else (value,)


Form = Callable[[Any, tzinfo], Any]
"""Makes JSON values of a value, with its instants in a time zone."""


def plain(value: Any, zone: tzinfo) -> Any:
    """Return an answer as JSON values, a class's own fields before those that it inherits.

    Instants become RFC 3339 text in `zone`, whole floats integers.
    """
    kind: Any = type(value)
    return value if kind in _PLAIN else _form(kind)(value, zone)


@cache
def _form(kind: Any) -> Form:
    """Return the form of the values of a class."""
    for base, form in _FORMS.items():
        if issubclass(kind, base):
            return form
    return _fields_form(kind) if attrs.has(kind) else _as_it_is


def _number(value: float, _: tzinfo) -> float:
    return int(value) if value.is_integer() else value


def _object(value: Mapping[Any, Any], zone: tzinfo) -> dict[Any, Any]:
    return {key: plain(item, zone) for key, item in value.items()}


def _array(value: Iterable[Any], zone: tzinfo) -> list[Any]:
    return [plain(item, zone) for item in value]


def _as_it_is(value: Any, _: tzinfo) -> Any:
    return value


_FORMS: Mapping[type, Form] = {datetime: rfc3339, float: _number, Mapping: _object, tuple: _array}


def _fields_form(kind: Any) -> Form:
    """Return the form that makes an object of the fields of a class, the inherited ones last."""
    names = [f.name for f in sorted(attrs.fields(kind), key=lambda f: f.inherited)]

    def form(value: Any, zone: tzinfo) -> dict[str, Any]:
        return {name: plain(getattr(value, name), zone) for name in names}

    return form


def _interval(window: Window, zone: tzinfo) -> str:
    first = ".." if window.earliest == PAST else _date_or_time(window.earliest, zone)
    last = ".." if window.latest == FUTURE else _date_or_time(window.latest - TICK, zone)
    return f"{first}/{last}"


def _date_or_time(instant: datetime, zone: tzinfo) -> str:
    """Return the date of an instant that begins or ends a day in `zone`, else its time."""
    local = instant.astimezone(zone)
    first = local.replace(hour=0, minute=0, second=0, microsecond=0)
    last = local.replace(hour=23, minute=59, second=59, microsecond=999_999)
    if local in (first, last):
        return local.date().isoformat()
    return local.isoformat(timespec="seconds").replace("+00:00", "Z")
