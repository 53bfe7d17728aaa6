"""Effects and events on the clock of knowledge: from which report on they stood, and until which."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple

from timeline.domain.events import EventId, Retraction
from timeline.domain.references import about
from timeline.domain.timed_event import TimedEvent
from timeline.replay import engine
from timeline.replay.engine import Withdrawal
from timeline.replay.projection import Effect, Lookup, Projection
from timeline.temporal.dates import FUTURE, TICK

NEVER = FUTURE
"""An instant that no question is asked at."""


class EffectLifetime(NamedTuple):
    """An effect on both clocks: its window is that of the effect, and it was known from one report until another withdrew it.

    Attributes:
        number: its own, by which it is put and dropped.
        event: the event that it is an effect of.
        effect: the effect.
        begun: from when it was known, and by which event that came about.
        ended: from when it was not known any more, and by which event; at `NEVER` when it stands.
    """

    number: int
    event: EventId
    effect: Effect
    begun: Withdrawal
    ended: Withdrawal


def effect_lifetimes(
    projection: Projection[Any, Any], events: Sequence[TimedEvent]
) -> Iterator[EffectLifetime]:
    """Yield the effects of all events with the time during which they were known.

    What an event effects depends on it and on the events that it is about, as far as they stand: a
    denial has no effect before the claim that it denies is known, nor after that is withdrawn.
    Between those instants its effects are the same.
    """
    ended = engine.withdrawals(events)
    lives = {
        one.event.id: EventLifetime(
            one, Withdrawal(one.known, one.event.id), ended.get(one.event.id, NOT_WITHDRAWN)
        )
        for one in events
    }
    number = 0
    for life in lives.values():
        for _, effect, begun, over in known_effects([projection], life, lives):
            yield EffectLifetime(number, life.fact.event.id, effect, begun, over)
            number += 1


def known_effects(
    projections: Iterable[Projection[Any, Any]],
    life: "EventLifetime",
    lives: Mapping[EventId, "EventLifetime"],
) -> Iterator[tuple[Projection[Any, Any], Effect, Withdrawal, Withdrawal]]:
    """Yield the effects of one event, each with when it became known and when it no longer was; `lives` holds what the event is about."""
    listening = [
        projection for projection in projections if type(life.fact.event) in projection.listens
    ]
    known = list(_stretches(life, lives)) if listening else []
    for projection in listening:
        for begun, over, lookup in known:
            for effect in projection.effects(life.fact, lookup):
                yield projection, effect, begun, over


def _stretches(
    life: "EventLifetime", lives: Mapping[EventId, "EventLifetime"]
) -> Iterator[tuple[Withdrawal, Withdrawal, Lookup]]:
    """Yield the stretches of knowledge time in which an event has the same effects, each with what finds the events that then stand."""
    others = [lives[id] for id in about(life.fact.event) if id in lives]
    for begun, over in _spells(life, others):
        standing = {
            other.fact.event.id: other.fact for other in others if other.stands(begun.known)
        }
        yield begun, over, standing.get


NOT_WITHDRAWN = Withdrawal(NEVER, EventId(""))
"""What stands is withdrawn by no event, never."""


class EventLifetime(NamedTuple):
    """An event, from when it was known, and when it was withdrawn."""

    fact: TimedEvent
    begun: Withdrawal
    ended: Withdrawal

    def stands(self, known: datetime) -> bool:
        """Return whether the event stands as known at an instant; a retraction acts, and never stands."""
        return self.begun.known <= known < self.ended.known and not isinstance(
            self.fact.event, Retraction
        )


def _spells(
    life: EventLifetime, others: Sequence[EventLifetime]
) -> Iterable[tuple[Withdrawal, Withdrawal]]:
    """Return the stretches of knowledge time in which an event stands and what it is about neither comes nor goes."""
    begun, ended = life.begun, life.ended
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


def settles(tenure: EffectLifetime) -> datetime:
    """Return from when a tenure's effect has certainly happened."""
    latest = tenure.effect.window.latest
    return NEVER if latest == FUTURE else latest - TICK
