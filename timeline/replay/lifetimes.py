"""Effects and events on the clock of knowledge: from which report on they stood, until which."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple

from timeline.domain.events import EventId
from timeline.domain.references import about
from timeline.domain.timed_event import TimedEvent
from timeline.replay import engine
from timeline.replay.engine import Withdrawal
from timeline.replay.projection import Effect, Lookup, Projection
from timeline.temporal.dates import FUTURE, TICK

NEVER = FUTURE
"""An instant that no question is asked at."""
NOT_WITHDRAWN = Withdrawal(NEVER, EventId(""))
"""The withdrawal of an event that stands: by no event, never."""


class EventLifetime(NamedTuple):
    """An event, from when it was known, and when it was withdrawn."""

    timed: TimedEvent
    begun: Withdrawal
    ended: Withdrawal

    @classmethod
    def of(cls, timed: TimedEvent, ended: Withdrawal = NOT_WITHDRAWN) -> "EventLifetime":
        """Return the lifetime of an event that ended by a withdrawal."""
        return cls(timed, Withdrawal(timed.known, timed.event.id), ended)

    def stands(self, known: datetime) -> bool:
        """Return whether the event stands as known at an instant."""
        during = self.begun.known <= known < self.ended.known
        return during and engine.stands(self.timed.event, ())


class EffectLifetime(NamedTuple):
    """An effect, known from one report until another withdrew it.

    Attributes:
        number: the number by which it is put and dropped.
        event: the event that it is an effect of.
        effect: the effect.
        begun: since when it was known, and by which event.
        ended: since when it was known no more, and by which event; at `NEVER` when it stands.
    """

    number: int
    event: EventId
    effect: Effect
    begun: Withdrawal
    ended: Withdrawal


def effect_lifetimes(
    projection: Projection[Any, Any, Any], events: Sequence[TimedEvent]
) -> Iterator[EffectLifetime]:
    """Yield the effects of all events with the time during which they were known."""
    ended = engine.withdrawals(events)
    lifetimes = {
        timed.event.id: EventLifetime.of(timed, ended.get(timed.event.id, NOT_WITHDRAWN))
        for timed in events
    }
    number = 0
    for id, lifetime in lifetimes.items():
        for _, effect, begun, over in known_effects((projection,), lifetime, lifetimes):
            yield EffectLifetime(number, id, effect, begun, over)
            number += 1


def known_effects(
    projections: Iterable[Projection[Any, Any, Any]],
    lifetime: EventLifetime,
    lifetimes: Mapping[EventId, EventLifetime],
) -> Iterator[tuple[Projection[Any, Any, Any], Effect, Withdrawal, Withdrawal]]:
    """Yield the effects of an event, each with when it became known and when it no longer was.

    They depend on the events that it is about, too: a denial has an effect only while the
    denied claim, which `lifetimes` holds, is known and stands.
    """
    others = [lifetimes[id] for id in about(lifetime.timed.event) if id in lifetimes]
    for begun, over in _intervals(lifetime, others):
        lookup = _standing(others, begun.known)
        for projection, effect in engine.effects_of(projections, lifetime.timed, lookup):
            yield projection, effect, begun, over


def _standing(others: Iterable[EventLifetime], known: datetime) -> Lookup:
    """Return the lookup of those events that stand as known at an instant."""
    return {other.timed.event.id: other.timed for other in others if other.stands(known)}.get


def _intervals(
    lifetime: EventLifetime, others: Sequence[EventLifetime]
) -> Iterable[tuple[Withdrawal, Withdrawal]]:
    """Return the intervals of knowledge in which an event stands and its subjects stay the same."""
    begun, ended = lifetime.begun, lifetime.ended
    if begun.known >= ended.known:  # withdrawn before it was known
        return ()
    if not others:
        return ((begun, ended),)
    turns = [turn for other in others for turn in (other.begun, other.ended)]
    inner = {
        turn.known: turn
        for turn in sorted(turns, reverse=True)
        if begun.known < turn.known < ended.known
    }
    return pairwise([begun, *(inner[known] for known in sorted(inner)), ended])


def settles(lifetime: EffectLifetime) -> datetime:
    """Return from when an effect has certainly happened."""
    latest = lifetime.effect.window.latest
    return NEVER if latest == FUTURE else latest - TICK
