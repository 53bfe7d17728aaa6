"""Every change of an answer, in one sweep over valid time, knowledge time, or both at once.

A sweep puts each effect into the cells when it begins to act, drops it when it ends, and reads anew
only the keys that are touched. So the cost grows with the events, and not with events × dates.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from itertools import groupby
from typing import Any, Generic, Literal, NamedTuple

from attrs import evolve, frozen

from timeline.domain.events import EventId, PlaceId
from timeline.domain.timed_event import TimedEvent
from timeline.replay import engine
from timeline.replay.answers import named
from timeline.replay.incremental import IncrementalCells
from timeline.replay.lifetimes import NEVER, EffectLifetime, effect_lifetimes, settles
from timeline.replay.projection import A, Context, Projection
from timeline.temporal.as_of import AsOf
from timeline.temporal.dates import END_OF_TIME, PAST

Along = Literal["valid", "known", "both"]
"""The clocks that run in a sweep; the other stands still at the cut."""


@frozen
class Change(Generic[A]):
    """One change of one answer.

    Attributes:
        when: the instant from which the answer is `after`, in UTC; `PAST` if it was always so.
        key: the key that the answer is about, such as the place.
        before: the answer until then; None where there was no question yet.
        after: the answer from then on; None where nobody speaks of it any more.
        because: the events whose time began or ran out, that were reported or withdrew others.
    """

    when: datetime
    key: Any
    before: A | None
    after: A | None
    because: tuple[EventId, ...]


class Move(NamedTuple):
    """A turn of an effect in a sweep: it begins to act, becomes certain, or acts no more.

    Attributes:
        instant: when, in UTC.
        lifetime: the lifetime of the effect.
        was: how it acted before: True for certain, False for possible, None for not at all.
        now: how it acts from now on.
        cause: the event that brings this about.
    """

    instant: datetime
    lifetime: EffectLifetime
    was: bool | None
    now: bool | None
    cause: EventId


class Stop(NamedTuple):
    """An instant of a sweep at which effects moved, and the cells from then on."""

    instant: datetime
    cells: IncrementalCells
    moves: Mapping[Hashable, Sequence[Move]]


def changes(
    projection: Projection[A, Any],
    events: Iterable[TimedEvent],
    context: Context,
    *,
    along: Along = "valid",
    places: Sequence[PlaceId] | None = None,
) -> Iterator[Change[A]]:
    """Yield every change of every answer of a projection, in order of time and then of key.

    Along ``valid`` the knowledge stands still at the context's cut; along ``known`` the valid
    time does; along ``both`` the two run together, up to the knowledge of the cut. Folded
    forward, the changes up to an instant give the answers of a replay at that instant.
    """
    keys = Keys(projection, context, places)
    answers = {
        key: projection.read(key, {}, keys.at(PAST, along))
        for key in projection.keys(context.city)
        if keys.asked(key)
    }
    for instant, cells, moves in walk(projection, events, context, along):
        here = keys.at(instant, along)
        touched = keys.touched(moves)
        for key in sorted(touched, key=str):
            before, after = answers.pop(key, None), keys.read(key, cells, here)
            if after is not None:
                answers[key] = after
            if before != after:
                yield Change(instant, key, before, after, causes(touched[key], before, after))


def walk(
    projection: Projection[Any, Any], events: Iterable[TimedEvent], context: Context, along: Along
) -> Iterator[Stop]:
    """Yield each instant at which effects begin or end to act, with the cells, which all share."""
    cells = IncrementalCells()
    recorded = engine.recorded_by(events, context.cut)
    lifetimes = effect_lifetimes(projection, recorded)
    moves = [move for lifetime in lifetimes for move in _moves(lifetime, context.cut, along)]
    moves.sort(key=lambda move: (move.instant, move.lifetime.number))
    for instant, together in groupby(moves, key=lambda move: move.instant):
        yield Stop(instant, cells, _moved(cells, together))


def _moved(cells: IncrementalCells, moves: Iterable[Move]) -> Mapping[Hashable, Sequence[Move]]:
    """Carry out moves on the cells; return them by the key of their effects."""
    by_key: dict[Hashable, list[Move]] = {}
    for move in moves:
        lifetime = move.lifetime
        by_key.setdefault(lifetime.effect.key, []).append(move)
        if move.was is not None:
            cells.drop(lifetime.number, lifetime.effect, move.was)
        if move.now is not None:
            cells.put(lifetime.number, lifetime.effect, move.now)
    return by_key


def causes(moves: Iterable[Move], before: Any, after: Any) -> tuple[EventId, ...]:
    """Return the events behind moves: those that either answer names, or else all."""
    moves = list(moves)
    ids = named(before) | named(after)
    telling = [move for move in moves if move.lifetime.event in ids] or moves
    return tuple(sorted({move.cause for move in telling}))


def _moves(lifetime: EffectLifetime, cut: AsOf, along: Along) -> Iterator[Move]:
    """Yield the moves of an effect along a line of cuts."""
    possible, certain = _happening(lifetime, cut, along)
    begun, ended = _knowledge(lifetime, cut, along)
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


def _happening(lifetime: EffectLifetime, cut: AsOf, along: Along) -> tuple[datetime, datetime]:
    """Return since when an effect may have happened, and since when it certainly has."""
    window, at = lifetime.effect.window, cut.instant
    if along == "known":
        return _always_if(window.began(at)), _always_if(window.ended(at))
    return window.earliest, settles(lifetime)


def _knowledge(lifetime: EffectLifetime, cut: AsOf, along: Along) -> tuple[datetime, datetime]:
    """Return from when and until when an effect is known, as far as the cut knows."""
    begun, ended = (_as_known(report.known, cut) for report in (lifetime.begun, lifetime.ended))
    if along == "valid":
        return _always_if(begun != NEVER and ended == NEVER), NEVER
    return begun, ended


def _as_known(report: datetime, cut: AsOf) -> datetime:
    """Return when a report was made; `NEVER` for one that the cut does not know."""
    return report if cut.knows(report) else NEVER


def _always_if(condition: bool) -> datetime:
    return PAST if condition else NEVER


@frozen(slots=False)
class Keys:
    """The keys that a sweep answers for: all of a projection, or those that concern some places."""

    projection: Projection[Any, Any]
    context: Context
    places: Sequence[PlaceId] | None = None

    def asked(self, key: Any) -> bool:
        """Return whether a key is answered for."""
        if self.places is None:
            return True
        if key not in self._asked:
            self._asked[key] = engine.concerns(self.projection, key, self.places, self.context.city)
        return self._asked[key]

    def at(self, instant: datetime, along: Along) -> Context:
        """Return the context in which the answers of a stop are read."""
        at = self.context.cut.instant if along == "known" else instant
        return evolve(self.context, cut=AsOf(at, self.context.cut.known, self.context.cut.recorded))

    def touched(self, moves: Mapping[Hashable, Sequence[Move]]) -> dict[Any, list[Move]]:
        """Return the moves that bear on each key whose answer they can change."""
        touched = (key for moved in moves for key in self._reached(moved) if self.asked(key))
        return {key: self._moves_on(key, moves) for key in dict.fromkeys(touched)}

    def read(self, key: Any, cells: IncrementalCells, context: Context) -> Any:
        """Return the answer of a key; None where nobody speaks of it and no answer is due."""
        if key not in cells.cells and key not in self._always:
            return None
        return self.projection.read(key, self.cells(key, cells), context)

    def cells(self, key: Any, cells: IncrementalCells) -> Any:
        """Return the cells of a key, inherited ones among them."""
        return engine.cells_of(self.projection, key, cells.cells, self.context.city)

    def _reached(self, key: Any) -> Sequence[Any]:
        """Return the keys that an effect on a key reaches: itself, or all places within it."""
        return self.context.city.within(key) if self.projection.inherits else (key,)

    def _moves_on(self, key: Any, moves: Mapping[Hashable, Sequence[Move]]) -> list[Move]:
        """Return the moves whose effects reach a key."""
        origins = self.context.city.lineage(key) if self.projection.inherits else (key,)
        return [move for origin in origins for move in moves.get(origin, ())]

    @cached_property
    def _asked(self) -> dict[Any, bool]:
        return {}

    @cached_property
    def _always(self) -> frozenset[Any]:
        return frozenset(self.projection.keys(self.context.city))
