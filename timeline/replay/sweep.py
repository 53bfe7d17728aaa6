"""Every change of an answer, in one sweep over valid time, knowledge time, or both at once.

A sweep puts each effect into the cells when it begins to act, drops it when it ends, and reads anew
only the keys that are touched. So the cost grows with the events, and not with events × dates.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from itertools import groupby
from typing import Any, Generic, Literal, NamedTuple

from attrs import evolve, frozen

from timeline.domain.city import City
from timeline.domain.events import EventId, PlaceId, SourceId
from timeline.domain.timed_event import TimedEvent
from timeline.replay import engine
from timeline.replay.answers import named
from timeline.replay.cells import Testimony
from timeline.replay.incremental import IncrementalCells
from timeline.replay.lifetimes import NEVER, EffectLifetime, effect_lifetimes, settles
from timeline.replay.projection import A, Context, Projection
from timeline.temporal.as_of import AsOf
from timeline.temporal.dates import END_OF_TIME, PAST, TICK

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
    """A turn of an effect in a sweep: it begins to act, acts otherwise, or acts no more.

    Attributes:
        instant: when, in UTC.
        lifetime: the lifetime of the effect.
        was: how it was in the cells before: True for certain, False for possible, None for not.
        now: how it is in the cells from now on.
        cause: the event that brings this about.
        of_all: whether it bears on all that its source says, whose map it shows to be kept.
    """

    instant: datetime
    lifetime: EffectLifetime
    was: bool | None
    now: bool | None
    cause: EventId
    of_all: bool = False


class Stop(NamedTuple):
    """An instant of a sweep at which effects moved, and the cells from then on."""

    instant: datetime
    cells: IncrementalCells
    moves: Mapping[Hashable, Sequence[Move]]


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
    keys = Keys(projection, context, places, Editions.of(events, context, along))
    answers = {
        key: projection.read(key, {}, keys.at(PAST, along))
        for key in projection.keys(context.city)
        if keys.asked(key)
    }
    for instant, cells, moves in walk(projection, events, context, along):
        here = keys.at(instant, along)
        touched = keys.touched(moves, cells)
        for key in sorted(touched, key=str):
            before, after = answers.pop(key, None), keys.read(key, cells, here)
            if after is not None:
                answers[key] = after
            if before != after:
                yield Change(instant, key, before, after, causes(touched[key], before, after))


def walk(
    projection: Projection[Any, Any, Any],
    events: Sequence[TimedEvent],
    context: Context,
    along: Along,
) -> Iterator[Stop]:
    """Yield each instant at which effects move or age, with the cells, which all share."""
    cells = IncrementalCells()
    moves = _all_moves(projection, events, context, along)
    for instant, together in groupby(moves, key=lambda move: move.instant):
        yield Stop(instant, cells, _moved(cells, together))


def _all_moves(
    projection: Projection[Any, Any, Any],
    events: Sequence[TimedEvent],
    context: Context,
    along: Along,
) -> list[Move]:
    """Return the moves of all effects along a line of cuts, in order of time."""
    moves: list[Move] = []
    alliances = context.city.turning_points if along != "known" else ()
    for lifetime in effect_lifetimes(projection, events):
        of_all = _shows_map(lifetime, context.city)
        stays = isinstance(lifetime.effect.cell, Testimony)
        own = _claim_moves if stays else _count_moves
        moves += [move._replace(of_all=of_all) for move in own(lifetime, context, along)]
        if stays:
            moves += _turns(lifetime, context, along, alliances)
    return sorted(moves, key=lambda move: (move.instant, move.lifetime.number))


def _shows_map(lifetime: EffectLifetime, city: City) -> bool:
    return city.sources[lifetime.effect.voice].maintained


def _moved(cells: IncrementalCells, moves: Iterable[Move]) -> Mapping[Hashable, Sequence[Move]]:
    """Carry out moves on the cells; return them by the key of their effects."""
    by_key: dict[Hashable, list[Move]] = {}
    for move in moves:
        lifetime = move.lifetime
        by_key.setdefault(lifetime.effect.key, []).append(move)
        if move.was is not None and move.was != move.now:
            cells.drop(lifetime.number, lifetime.effect, move.was)
        if move.now is not None and move.was != move.now:
            cells.put(lifetime.number, lifetime.effect, move.now)
    return by_key


def causes(moves: Iterable[Move], before: Any, after: Any) -> tuple[EventId, ...]:
    """Return the events behind moves: those that either answer names, or else all."""
    moves = list(moves)
    ids = named(before) | named(after)
    telling = [move for move in moves if move.lifetime.event in ids] or moves
    return tuple(sorted({move.cause for move in telling}))


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

    Answers turn as its window begins and ends, and as its telling ages.
    """
    begun, ended = _knowledge(lifetime, context.cut, along)
    if begun >= min(ended, END_OF_TIME):
        return
    yield Move(begun, lifetime, None, True, lifetime.begun.by)
    if along != "known":
        window = lifetime.effect.window
        for instant in (window.earliest, settles(lifetime), _aged(lifetime, context)):
            if begun < instant < min(ended, END_OF_TIME):
                yield Move(instant, lifetime, True, True, lifetime.event)
    if ended < NEVER:
        yield Move(ended, lifetime, True, None, lifetime.ended.by)


def _aged(lifetime: EffectLifetime, context: Context) -> datetime:
    """Return the first instant at which a telling is no longer fresh."""
    cell = lifetime.effect.cell
    assert isinstance(cell, Testimony)
    return _later(cell.claims[0].known, context.city.fresh + TICK)


def _later(instant: datetime, by: timedelta) -> datetime:
    return NEVER if instant >= NEVER - by else instant + by


def _turns(
    lifetime: EffectLifetime, context: Context, along: Along, instants: Iterable[datetime]
) -> Iterator[Move]:
    """Yield the instants at which alliances begin or end while a claim is known."""
    begun, ended = _knowledge(lifetime, context.cut, along)
    for instant in instants:
        if begun < instant < min(ended, END_OF_TIME):
            yield Move(instant, lifetime, True, True, lifetime.event)


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


@frozen
class Editions:
    """When maps that are kept current spoke, on each clock, by source.

    Along ``valid`` an edition counts once its window begins, and otherwise from its report until
    it is withdrawn.

    Attributes:
        along: the clock that runs.
        spoken: of each source (from when it counts, until when, when it was reported), in order.
    """

    along: Along
    spoken: Mapping[SourceId, Sequence[tuple[datetime, datetime, datetime]]]

    @classmethod
    def of(cls, events: Sequence[TimedEvent], context: Context, along: Along) -> "Editions":
        """Return the editions among events that can count in a sweep."""
        maintained = {id for id, source in context.city.sources.items() if source.maintained}
        spoken: dict[SourceId, list[tuple[datetime, datetime, datetime]]] = {}
        if maintained:
            ended = engine.withdrawals(events)
            for timed in events:
                if timed.event.source in maintained and engine.is_edition(timed):
                    over = ended[timed.event.id].known if timed.event.id in ended else NEVER
                    if interval := _counts(timed, over, context.cut, along):
                        spoken.setdefault(timed.event.source, []).append((*interval, timed.known))
        return cls(along, {source: sorted(times) for source, times in spoken.items()})

    def at(self, instant: datetime) -> dict[SourceId, datetime]:
        """Return when each source last spoke, as far as an instant of the sweep goes."""
        last: dict[SourceId, datetime] = {}
        for source, times in self.spoken.items():
            known = [known for begun, over, known in times if begun <= instant < over]
            if known:
                last[source] = max(known)
        return last


def _counts(
    timed: TimedEvent, over: datetime, cut: AsOf, along: Along
) -> tuple[datetime, datetime] | None:
    """Return from when until when an edition counts along a clock; None for never."""
    known, over = _as_known(timed.known, cut), _as_known(over, cut)
    if known >= over:
        return None
    if along == "valid":
        return (timed.window.earliest, NEVER) if over == NEVER else None
    if along == "known" and not timed.window.began(cut.instant):
        return None
    return known, over


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
        at = self.context.cut.instant if along == "known" else instant
        cut = AsOf(at, self.context.cut.known, self.context.cut.recorded)
        return evolve(self.context, cut=cut, editions=self.editions.at(instant))

    def touched(
        self, moves: Mapping[Hashable, Sequence[Move]], cells: IncrementalCells
    ) -> dict[Any, list[Move]]:
        """Return the moves that bear on each key whose answer they can change."""
        moves = self._spread(moves, cells)
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

    def _spread(
        self, moves: Mapping[Hashable, Sequence[Move]], cells: IncrementalCells
    ) -> Mapping[Hashable, Sequence[Move]]:
        """Return moves with those of kept maps on every key that the map speaks of."""
        everywhere = [move for moved in moves.values() for move in moved if move.of_all]
        if not everywhere:
            return moves
        spread = {key: list(moved) for key, moved in moves.items()}
        by_voice: dict[SourceId, list[Move]] = {}
        for move in everywhere:
            by_voice.setdefault(move.lifetime.effect.voice, []).append(move)
        for key, slots in cells.cells.items():
            for voice in {slot.voice for slot in slots} & by_voice.keys():
                spread.setdefault(key, []).extend(by_voice[voice])
        return spread

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
