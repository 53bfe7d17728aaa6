"""Every change of an answer, in one sweep over time: along valid time, along knowledge time, or along both at once.

Replay answers for one cut. A sweep answers for a line of them: what was so from day to day, as
known at one time (`valid`); what was believed about one day from report to report (`known`); what
anyone could have said on each day about that day (`both`). An effect acts on such a line from one
instant to another, so the line is swept by putting each effect on a board and taking it off again,
and reading anew only the keys that it touches. The cost grows with the events, and not with events
× dates.
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
        when: the instant from which the answer is `after`, in UTC; `PAST` for what was always so.
        key: what the answer is about, as the place.
        before: the answer until then; None where there was no question yet.
        after: the answer from then on; None where nobody speaks of it any more.
        because: the events that made the change: those whose time began or had run out, that were
            reported, or that withdrew others.
    """

    when: datetime
    key: Any
    before: A | None
    after: A | None
    because: tuple[EventId, ...]


class Move(NamedTuple):
    """What happens at an instant of a sweep: a tenure begins to act, is certain from now on, or acts no more.

    Attributes:
        instant: when, in UTC.
        tenure: whose.
        was: as what it acted before: certain, possible, or None for not at all.
        now: as what it acts from now on.
        cause: the event that brings it about.
    """

    instant: datetime
    tenure: EffectLifetime
    was: bool | None
    now: bool | None
    cause: EventId


class Stop(NamedTuple):
    """An instant of a sweep at which something moved, and the board as it is from then on."""

    instant: datetime
    board: IncrementalCells
    moves: Mapping[Hashable, Sequence[Move]]


def changes(
    projection: Projection[A, Any],
    events: Iterable[TimedEvent],
    context: Context,
    *,
    along: Along = "valid",
    places: Sequence[PlaceId] | None = None,
) -> Iterator[Change[A]]:
    """Yield every change of every answer of a projection, in order of time and, within one instant, of key.

    Along ``valid`` the knowledge stands still at the context's cut; along ``known`` the valid time
    does; along ``both`` the two run together, up to the knowledge of the cut. Folded forward from
    the answers to no events at all, the changes up to an instant give the answers of a replay at
    that instant. With `places` only the keys that concern them are answered.
    """
    keys = Keys(projection, context, places)
    answers = {
        key: projection.read(key, {}, keys.at(PAST, along))
        for key in projection.keys(context.city)
        if keys.asked(key)
    }
    for instant, board, moves in walk(projection, events, context, along):
        here = keys.at(instant, along)
        touched = {
            key: found
            for moved in moves
            for key in keys.touched_by(moved)
            if (found := keys.on(key, moves))
        }
        for key in sorted(touched, key=str):
            before, after = answers.pop(key, None), keys.read(key, board, here)
            if after is not None:
                answers[key] = after
            if before != after:
                yield Change(instant, key, before, after, causes(touched[key], before, after))


def walk(
    projection: Projection[Any, Any], events: Iterable[TimedEvent], context: Context, along: Along
) -> Iterator[Stop]:
    """Yield the instants at which effects begin or end to act, with the board after each; the board is one and the same, and goes on."""
    board = IncrementalCells()
    recorded = engine.recorded_by(events, context.cut)
    every = [
        move
        for tenure in effect_lifetimes(projection, recorded)
        for move in _moves(tenure, context.cut, along)
    ]
    every.sort(key=lambda move: (move.instant, move.tenure.number))
    for instant, together in groupby(every, key=lambda move: move.instant):
        moves: dict[Hashable, list[Move]] = {}
        for move in together:
            moves.setdefault(move.tenure.effect.key, []).append(move)
            if move.was is not None:
                board.drop(move.tenure.number, move.tenure.effect, move.was)
            if move.now is not None:
                board.put(move.tenure.number, move.tenure.effect, move.now)
        yield Stop(instant, board, moves)


def causes(moves: Iterable[Move], before: Any, after: Any) -> tuple[EventId, ...]:
    """Return the events behind some moves: of those that the answer before or after names, or of all where it names none of them."""
    moves = list(moves)
    ids = named(before) | named(after)
    telling = [move for move in moves if move.tenure.event in ids] or moves
    return tuple(sorted({move.cause for move in telling}))


def _moves(tenure: EffectLifetime, cut: AsOf, along: Along) -> Iterator[Move]:
    """Yield what a tenure does along a line of cuts."""
    enters, certain = (
        _valid(tenure, cut)
        if along == "known"
        else (tenure.effect.window.earliest, settles(tenure))
    )
    begun, ended = (_still if along == "valid" else _running)(tenure, cut)
    start, end = max(enters, begun), ended
    if start >= min(end, END_OF_TIME):
        return
    settled = max(certain, start)
    by_report = along != "valid" and begun >= enters
    yield Move(
        start, tenure, None, settled == start, tenure.begun.by if by_report else tenure.event
    )
    if start < settled < end:
        yield Move(settled, tenure, False, True, tenure.event)
    if end < NEVER:
        yield Move(end, tenure, settled < end, None, tenure.ended.by)


def _valid(tenure: EffectLifetime, cut: AsOf) -> tuple[datetime, datetime]:
    """Return when an effect may have happened and when it has, as seen from one instant of valid time: always, or never."""
    window, at = tenure.effect.window, cut.instant
    return PAST if window.began(at) else NEVER, PAST if window.ended(at) else NEVER


def _running(tenure: EffectLifetime, cut: AsOf) -> tuple[datetime, datetime]:
    """Return from when and until when a tenure is known, as far as the cut knows."""
    begun, ended = tenure.begun.known, tenure.ended.known
    if cut.known is None:
        return begun, ended
    return begun if begun <= cut.known else NEVER, ended if ended <= cut.known else NEVER


def _still(tenure: EffectLifetime, cut: AsOf) -> tuple[datetime, datetime]:
    """Return whether a tenure is known at the cut, as always or never."""
    begun, ended = _running(tenure, cut)
    return (PAST, NEVER) if begun != NEVER and ended == NEVER else (NEVER, NEVER)


@frozen(slots=False)
class Keys:
    """Which keys a sweep answers for, and how: those of a projection, or those that concern some places."""

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

    def touched_by(self, key: Any) -> list[Any]:
        """Return the keys whose answers an effect on a key can change: itself, or all places within it."""
        keys = self.context.city.within(key) if self.projection.inherits else (key,)
        return [one for one in keys if self.asked(one)]

    def on(self, key: Any, moves: Mapping[Hashable, Sequence[Move]]) -> list[Move]:
        """Return the moves that bear on a key."""
        sources = self.context.city.lineage(key) if self.projection.inherits else (key,)
        return [move for source in sources for move in moves.get(source, ())]

    def read(self, key: Any, board: IncrementalCells, context: Context) -> Any:
        """Return the answer of a key as a board has it; None where nobody speaks of it and no answer is due."""
        if key not in board.cells and key not in self._always:
            return None
        return self.projection.read(key, self.cells(key, board), context)

    def cells(self, key: Any, board: IncrementalCells) -> Any:
        """Return the cells of a key as a board has them, inherited ones among them."""
        return engine.cells_of(self.projection, key, board.cells, self.context.city)

    @cached_property
    def _asked(self) -> dict[Any, bool]:
        return {}

    @cached_property
    def _always(self) -> frozenset[Any]:
        return frozenset(self.projection.keys(self.context.city))
