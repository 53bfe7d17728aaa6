"""Every change of an answer, in one sweep over valid time, knowledge time, or both at once.

A sweep puts each effect into the cells when it begins to act, drops it when it ends, and reads anew
only the keys that are touched. So the cost grows with the events, and not with events × dates.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, Generic, NamedTuple

from attrs import evolve, frozen

from timeline.domain.events import EventId, PlaceId, SourceId
from timeline.domain.timed_event import TimedEvent
from timeline.replay import engine
from timeline.replay.answers import named
from timeline.replay.incremental import IncrementalCells
from timeline.replay.lifetimes import effect_lifetimes
from timeline.replay.moves import Along, Editions, Move, Turn, moves_of
from timeline.replay.projection import A, Context, Projection
from timeline.temporal.as_of import AsOf
from timeline.temporal.dates import PAST


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


class Stop(NamedTuple):
    """An instant of a sweep at which effects moved, and the cells from then on.

    Attributes:
        instant: when, in UTC.
        cells: the cells, which all stops share.
        moves: the moves of effects, by the key that they are on.
        turns: the turns of maps that are kept current.
    """

    instant: datetime
    cells: IncrementalCells
    moves: Mapping[Hashable, Sequence[Move]]
    turns: Sequence[Turn]


def changes(
    projection: Projection[Any, A, Any],
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
    events = engine.recorded_by(events, context.cut)
    editions = Editions.of(events, context.city)
    keys = Keys(projection, context, places, editions)
    answers = {
        key: projection.read(key, {}, keys.at(PAST, along))
        for key in projection.keys(context.city)
        if keys.asked(key)
    }
    for stop in walk(projection, events, context, along, editions):
        here = keys.at(stop.instant, along)
        touched = keys.touched(stop)
        for key in sorted(touched, key=str):
            before, after = answers.pop(key, None), keys.read(key, stop.cells, here)
            if after is not None:
                answers[key] = after
            if before != after:
                yield Change(stop.instant, key, before, after, causes(touched[key], before, after))


def walk(
    projection: Projection[Any, Any, Any],
    events: Sequence[TimedEvent],
    context: Context,
    along: Along,
    editions: Editions,
) -> Iterator[Stop]:
    """Yield each instant at which effects move or age, with the cells, which all share."""
    cells = IncrementalCells()
    by_instant: dict[datetime, tuple[list[Move], list[Turn]]] = {}
    for lifetime in effect_lifetimes(projection, events):
        for move in moves_of(lifetime, context, along):
            by_instant.setdefault(move.instant, ([], []))[0].append(move)
    for turn in editions.turns(context, along):
        by_instant.setdefault(turn.instant, ([], []))[1].append(turn)
    for instant in sorted(by_instant):
        moves, turns = by_instant[instant]
        yield Stop(instant, cells, _moved(cells, moves), turns)


def _moved(cells: IncrementalCells, moves: Iterable[Move]) -> Mapping[Hashable, Sequence[Move]]:
    """Carry out moves on the cells; return them by the key of their effects."""
    by_key: dict[Hashable, list[Move]] = {}
    for move in moves:
        by_key.setdefault(move.lifetime.effect.key, []).append(move)
        cells.carry_out(move)
    return by_key


def causes(moves: Iterable[Move | Turn], before: Any, after: Any) -> tuple[EventId, ...]:
    """Return the events behind moves: those that either answer names, or else all."""
    moves = list(moves)
    ids = named(before) | named(after)
    telling = [move for move in moves if move.event in ids] or moves
    return tuple(sorted({move.cause for move in telling}))


@frozen(slots=False)
class Keys:
    """The keys that a sweep answers for: all of a projection, or those that concern some places."""

    projection: Projection[Any, Any, Any]
    context: Context
    places: Sequence[PlaceId] | None
    editions: Editions

    def asked(self, key: Any) -> bool:
        """Return whether a key is answered for."""
        if self.places is None:
            return True
        if key not in self._asked:
            self._asked[key] = engine.concerns(self.projection, key, self.places, self.context.city)
        return self._asked[key]

    def at(self, instant: datetime, along: Along) -> Context:
        """Return the context in which the answers of a stop are read."""
        cut = self.context.cut
        known = cut.known if along == "valid" else _earlier(instant, cut.known)
        at = cut.instant if along == "known" else instant
        editions = self.editions.at(AsOf(at, known))
        return evolve(self.context, cut=evolve(cut, at=at), editions=editions)

    def touched(self, stop: Stop) -> dict[Any, list[Move | Turn]]:
        """Return the moves that bear on each key whose answer they can change."""
        moves = self._spread(stop)
        touched = (key for moved in moves for key in self._reached(moved) if self.asked(key))
        return {key: self._moves_on(key, moves) for key in dict.fromkeys(touched)}

    def read(self, key: Any, cells: IncrementalCells, context: Context) -> Any:
        """Return the answer of a key; None where nobody speaks of it and no answer is due."""
        own = cells.cells.get(key, {})
        if key not in self._always and not engine.due(own, context.cut.instant):
            return None
        return self.projection.read(key, self.cells(key, cells), context)

    def cells(self, key: Any, cells: IncrementalCells) -> Any:
        """Return the cells of a key, inherited ones among them."""
        return engine.cells_of(self.projection, key, cells.cells, self.context.city)

    def _spread(self, stop: Stop) -> Mapping[Hashable, Sequence[Move | Turn]]:
        """Return moves by key, with the turns of kept maps on every key that the map speaks of."""
        if not stop.turns:
            return stop.moves
        moves: dict[Hashable, list[Move | Turn]]
        moves = {key: list(moved) for key, moved in stop.moves.items()}
        by_source: dict[SourceId, list[Turn]] = {}
        for turn in stop.turns:
            by_source.setdefault(turn.source, []).append(turn)
        for key, slots in stop.cells.cells.items():
            for voice in {slot.voice for slot in slots} & by_source.keys():
                moves.setdefault(key, []).extend(by_source[voice])
        return moves

    def _reached(self, key: Any) -> Sequence[Any]:
        """Return the keys that an effect on a key reaches: itself, or all places within it."""
        return self.context.city.within(key) if self.projection.inherits else (key,)

    def _moves_on(
        self, key: Any, moves: Mapping[Hashable, Sequence[Move | Turn]]
    ) -> list[Move | Turn]:
        """Return the moves whose effects reach a key."""
        origins = self.context.city.lineage(key) if self.projection.inherits else (key,)
        return [move for origin in origins for move in moves.get(origin, ())]

    @cached_property
    def _asked(self) -> dict[Any, bool]:
        return {}

    @cached_property
    def _always(self) -> frozenset[Any]:
        return frozenset(self.projection.keys(self.context.city))


def _earlier(instant: datetime, known: datetime | None) -> datetime:
    return instant if known is None else min(instant, known)


__all__ = ["Along", "Change", "Keys", "Stop", "causes", "changes", "walk"]
