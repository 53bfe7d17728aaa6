"""Effects and events on the clock of knowledge: from which report on they stood, until which."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple

from timeline.domain.events import EventId
from timeline.domain.references import about, withdraws
from timeline.domain.timed_event import TimedEvent
from timeline.replay import engine
from timeline.replay.engine import Withdrawal
from timeline.replay.projection import Effect, Lookup, Projection
from timeline.temporal.dates import FUTURE, TICK

NEVER = FUTURE
"""An instant that no question is asked at."""
NOT_WITHDRAWN = Withdrawal(NEVER, EventId(""))
"""The withdrawal of an event that stands: by no event, never."""


class Span(NamedTuple):
    """A span of knowledge: from one report until another, each with its event."""

    begun: Withdrawal
    ended: Withdrawal


class EventLifetime(NamedTuple):
    """An event, and the spans of knowledge in which it stands.

    Most events have one span. An event that was replaced has another once what replaced it is
    retracted; one that was withdrawn before it was known may have none.
    """

    timed: TimedEvent
    spans: tuple[Span, ...]

    @classmethod
    def of(cls, timed: TimedEvent, withdrawn: Iterable[Span] = ()) -> "EventLifetime":
        """Return the lifetime of an event, given the spans in which others withdraw it."""
        report = Withdrawal(timed.known, timed.event.id)
        return cls(timed, tuple(_spans(report, withdrawn)))

    def stands(self, known: datetime) -> bool:
        """Return whether the event stands as known at an instant."""
        during = any(span.begun.known <= known < span.ended.known for span in self.spans)
        return during and engine.stands(self.timed.event, ())


def _spans(begun: Withdrawal, withdrawn: Iterable[Span]) -> Iterator[Span]:
    """Yield the spans from a report on that are left by those in which others withdraw it."""
    for gap in sorted(withdrawn):
        if gap.ended.known <= max(gap.begun.known, begun.known):  # over before it mattered
            continue
        if begun.known < gap.begun.known:
            yield Span(begun, gap.begun)
        begun = gap.ended
    if begun.known < NEVER:
        yield Span(begun, NOT_WITHDRAWN)


def withdrawn_spans(events: Iterable[TimedEvent]) -> dict[EventId, list[Span]]:
    """Return the spans in which each withdrawn event is, one for each event that withdraws it.

    A span ends with the retraction of the event that replaced another; a retraction is final.
    """
    withdrawing = [timed for timed in events if withdraws(timed.event) is not None]
    retracted = engine.retractions(withdrawing)
    withdrawn: dict[EventId, list[Span]] = {}
    for timed in withdrawing:
        target, id = withdraws(timed.event), timed.event.id
        if target is not None:
            span = Span(Withdrawal(timed.known, id), retracted.get(id, NOT_WITHDRAWN))
            withdrawn.setdefault(target, []).append(span)
    return withdrawn


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
    withdrawn = withdrawn_spans(events)
    lifetimes = {
        timed.event.id: EventLifetime.of(timed, withdrawn.get(timed.event.id, ()))
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
) -> Iterator[tuple[Withdrawal, Withdrawal]]:
    """Yield the intervals of knowledge in which an event stands and its subjects stay the same."""
    turns = [turn for other in others for span in other.spans for turn in span]
    first = {turn.known: turn for turn in sorted(turns, reverse=True)}
    for begun, ended in lifetime.spans:
        inner = [known for known in sorted(first) if begun.known < known < ended.known]
        yield from pairwise([begun, *(first[known] for known in inner), ended])


def settles(lifetime: EffectLifetime) -> datetime:
    """Return from when an effect has certainly happened."""
    latest = lifetime.effect.window.latest
    return NEVER if latest == FUTURE else latest - TICK
