"""Moves along a line of cuts: when effects begin to act, turn, age, and are known no more.

The sweep and the page walk along the same moves, so that no instant is known to one of them alone.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal, NamedTuple, Protocol

from attrs import frozen

from timeline.domain.city import City
from timeline.domain.events import EventId, SourceId
from timeline.domain.timed_event import TimedEvent
from timeline.replay import engine
from timeline.replay.cells import Testimony
from timeline.replay.engine import Withdrawal
from timeline.replay.lifetimes import (
    NEVER,
    EffectLifetime,
    EventLifetime,
    settles,
    withdrawn_spans,
)
from timeline.replay.projection import Context
from timeline.temporal.as_of import AsOf
from timeline.temporal.dates import END_OF_TIME, PAST, TICK, Window

Along = Literal["valid", "known", "both"]
"""The clocks that run along a line; the other stands still at the cut."""


class Known(Protocol):
    """What is known from one report until another withdraws it."""

    @property
    def begun(self) -> Withdrawal:
        """Since when it was known, and by which event."""

    @property
    def ended(self) -> Withdrawal:
        """Since when it was known no more, and by which event."""


class Move(NamedTuple):
    """A turn of an effect: it begins to act, acts otherwise, or acts no more.

    Attributes:
        instant: when, in UTC.
        lifetime: the lifetime of the effect.
        was: how it was in the cells before: True for certain, False for possible, None for not.
        now: how it is in the cells from now on.
        cause: the event that brings this about.
    """

    instant: datetime
    lifetime: EffectLifetime
    was: bool | None
    now: bool | None
    cause: EventId

    @property
    def event(self) -> EventId:
        """The event that the effect is of."""
        return self.lifetime.event


class Turn(NamedTuple):
    """A turn of a map that is kept current, which bears on all that its source says.

    Attributes:
        instant: when an edition counts, ages, or is known no more, in UTC.
        source: whose map it is.
        event: the event that is the edition.
        cause: the event that brings this about.
    """

    instant: datetime
    source: SourceId
    event: EventId
    cause: EventId


def moves_of(lifetime: EffectLifetime, context: Context, along: Along) -> Iterator[Move]:
    """Yield the moves of an effect along a line of cuts, in no order."""
    counts = not isinstance(lifetime.effect.cell, Testimony)
    return (_count_moves if counts else _claim_moves)(lifetime, context, along)


def _count_moves(lifetime: EffectLifetime, context: Context, along: Along) -> Iterator[Move]:
    """Yield the moves of a number: it may have happened, it certainly has, it is known no more."""
    possible, certain = _happening(lifetime, context.cut, along)
    begun, ended = _knowledge(lifetime, context.cut, along)
    start = max(possible, begun)
    if start >= min(ended, END_OF_TIME):
        return
    settled = max(certain, start)
    reported = along != "valid" and begun >= possible
    cause = lifetime.begun.by if reported else lifetime.event
    yield Move(start, lifetime, None, settled == start, cause)
    if start < settled < ended:
        yield Move(settled, lifetime, False, True, lifetime.event)
    if ended < NEVER:
        yield Move(ended, lifetime, settled < ended, None, lifetime.ended.by)


def _claim_moves(lifetime: EffectLifetime, context: Context, along: Along) -> Iterator[Move]:
    """Yield the moves of a claim, which is there as long as it is known.

    Answers turn as its window begins and ends, as its telling ages, and with the alliances.
    """
    begun, ended = _knowledge(lifetime, context.cut, along)
    if begun >= min(ended, END_OF_TIME):
        return
    yield Move(begun, lifetime, None, True, lifetime.begun.by)
    if along != "known":
        window, city = lifetime.effect.window, context.city
        cell = lifetime.effect.cell
        assert isinstance(cell, Testimony)
        aged = [_aged(claim.known, city) for claim in cell.claims]
        turns = (window.earliest, settles(lifetime), *aged, *city.turning_points)
        for instant in turns:
            if begun < instant < min(ended, END_OF_TIME):
                yield Move(instant, lifetime, True, True, lifetime.event)
    if ended < NEVER:
        yield Move(ended, lifetime, True, None, lifetime.ended.by)


def _aged(told: datetime, city: City) -> datetime:
    """Return the first instant at which a telling is no longer fresh."""
    return _later(told, city.fresh + TICK)


def _later(instant: datetime, by: timedelta) -> datetime:
    return NEVER if instant >= NEVER - by else instant + by


def _happening(lifetime: EffectLifetime, cut: AsOf, along: Along) -> tuple[datetime, datetime]:
    """Return since when an effect may have happened, and since when it certainly has."""
    window, at = lifetime.effect.window, cut.instant
    if along == "known":
        return _always_if(window.began(at)), _always_if(window.ended(at))
    return window.earliest, settles(lifetime)


def _knowledge(known: Known, cut: AsOf, along: Along) -> tuple[datetime, datetime]:
    """Return from when and until when a thing is known, as far as the cut knows."""
    begun, ended = (_as_known(report.known, cut) for report in (known.begun, known.ended))
    if along == "valid":
        return _always_if(begun != NEVER and ended == NEVER), NEVER
    return begun, ended


def _as_known(report: datetime, cut: AsOf) -> datetime:
    """Return when a report was made; `NEVER` for one that the cut does not know."""
    return report if cut.knows(report) else NEVER


def _always_if(condition: bool) -> datetime:
    return PAST if condition else NEVER


class Edition(NamedTuple):
    """An edition of a map that is kept current, in one span of knowledge in which it stands."""

    timed: TimedEvent
    begun: Withdrawal
    ended: Withdrawal


@frozen
class Editions:
    """The editions of maps that are kept current, by source."""

    spoken: Mapping[SourceId, Sequence[Edition]]

    @classmethod
    def of(cls, events: Sequence[TimedEvent], city: City) -> "Editions":
        """Return the editions among events, those that were withdrawn among them."""
        maintained = {id for id, source in city.sources.items() if source.maintained}
        spoken: dict[SourceId, list[Edition]] = {}
        shown = [event for event in events if _shows_map(event, maintained)]
        withdrawn = withdrawn_spans(events) if shown else {}
        for timed in shown:
            lifetime = EventLifetime.of(timed, withdrawn.get(timed.event.id, ()))
            editions = [Edition(timed, *span) for span in lifetime.spans]
            spoken.setdefault(timed.event.source, []).extend(editions)
        return cls(spoken)

    def among(self, sources: Iterable[SourceId]) -> "Editions":
        """Return the editions of some sources."""
        chosen = set(sources)
        return Editions({id: spoken for id, spoken in self.spoken.items() if id in chosen})

    @property
    def lifetimes(self) -> list[Edition]:
        """All editions, each as often as it has spans."""
        return [edition for editions in self.spoken.values() for edition in editions]

    def at(self, cut: AsOf) -> dict[SourceId, datetime]:
        """Return when each source last spoke, as far as a cut goes, in UTC."""
        last: dict[SourceId, datetime] = {}
        for source, editions in self.spoken.items():
            known = [one.timed.known for one in editions if _counts(one, cut)]
            if known:
                last[source] = max(known)
        return last

    def turns(self, context: Context, along: Along) -> Iterator[Turn]:
        """Yield the turns of all maps along a line of cuts, in no order."""
        for source, editions in self.spoken.items():
            for edition in editions:
                for instant, cause in _turns(edition, context, along):
                    yield Turn(instant, source, edition.timed.event.id, cause)


def _shows_map(timed: TimedEvent, maintained: set[SourceId]) -> bool:
    return timed.event.source in maintained and engine.is_edition(timed)


def _counts(edition: Edition, cut: AsOf) -> bool:
    """Return whether an edition stands at a cut, and its window has begun by then."""
    withdrawn = cut.knows(edition.ended.known) and edition.ended.known != NEVER
    seen = cut.knows(edition.begun.known) and not withdrawn
    return seen and _window(edition).began(cut.instant)


def _turns(edition: Edition, context: Context, along: Along) -> Iterator[tuple[datetime, EventId]]:
    """Yield the instants at which an edition counts, ages, or is known no more, with the cause."""
    begun, ended = _knowledge(edition, context.cut, along)
    if begun >= min(ended, END_OF_TIME):
        return
    yield begun, edition.begun.by
    if along != "known":
        for instant in (_window(edition).earliest, _aged(edition.timed.known, context.city)):
            if begun < instant < min(ended, END_OF_TIME):
                yield instant, edition.timed.event.id
    if ended < NEVER:
        yield ended, edition.ended.by


def _window(edition: Edition) -> Window:
    return edition.timed.window
