"""Every answer at every cut, as patches on the plane of two clocks: a page needs no rule.

Answers are constant on rectangles of valid time and knowledge time. Each report lays a `Patch` over
those before it, and the last patch over a cut has its answer. A patch may begin before the time
that its report speaks of, where a capture is taken back. Many late reports over one place cost many
patches; a `Grid` of whole days bounds that, by answering only at the ends of days.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from itertools import groupby
from typing import Any, Generic, NamedTuple, TypeVar

from attrs import define, evolve, field, frozen

from timeline.domain.timed_event import TimedEvent
from timeline.replay import engine
from timeline.replay.cells import Claim, Testimony
from timeline.replay.incremental import IncrementalCells
from timeline.replay.lifetimes import NEVER, EffectLifetime, effect_lifetimes
from timeline.replay.moves import Editions, Known, Move, moves_of
from timeline.replay.projection import Cells, Context, Projection
from timeline.replay.taking_back import in_doubt_from
from timeline.temporal.as_of import AsOf
from timeline.temporal.dates import END_OF_TIME, FUTURE, PAST, Moment

T = TypeVar("T")
Grid = Callable[[datetime], datetime]
"""The first answered cut at or after an instant; neither end of time moves."""


class Patch(NamedTuple, Generic[T]):
    """A rectangle of cuts with one answer, unless a later patch covers it.

    `end` is not included; the answer is None where nobody speaks of the key.
    """

    known: datetime
    begin: datetime
    end: datetime
    answer: T | None


Reading = Callable[[Any, Cells, Context], T]
"""A reading of the cells of a key in a context: an answer, or more than that."""


def every_instant(instant: datetime) -> datetime:
    """Return an instant as it is: the grid on which every cut is answered for."""
    return instant


def ends_of_days(zone: tzinfo) -> Grid:
    """Return the grid of the last instants of days in a zone, at which a date is asked about."""

    def up(instant: datetime) -> datetime:
        if instant == PAST or instant >= END_OF_TIME:
            return instant
        return Moment(instant.astimezone(zone).date().isoformat()).instant(zone)

    return up


def answer_at(patches: Iterable[Patch[T]], at: datetime, known: datetime) -> T | None:
    """Return the answer of the last patch that covers a cut, as the script of the page does."""
    answer = None
    for patch in patches:
        if patch.known <= known and patch.begin <= at < patch.end:
            answer = patch.answer
    return answer


def patches(
    projection: Projection[Any, Any, Any],
    events: Iterable[TimedEvent],
    context: Context,
    read: Reading[T],
    grid: Grid = every_instant,
    keys: Iterable[Any] | None = None,
    memory: "Memory[T] | None" = None,
) -> dict[Any, list[Patch[T]]]:
    """Return the patches of each key, or of `keys` alone, in order of knowledge.

    A memory may come from other events, in the same context and on the same grid.
    """
    recorded, city = engine.recorded_by(events, context.cut), context.city
    lifetimes, editions = _by_key(projection, recorded), Editions.of(recorded, city)
    due = list(projection.keys(city))
    if keys is None:
        keys = [*due, *sorted(lifetimes.keys() - set(due), key=str)]
    planes, memory = {}, memory or Memory()
    for key in keys:
        sources = city.lineage(key) if projection.inherits else (key,)
        relevant = [lifetime for source in sources for lifetime in lifetimes.get(source, ())]
        shown = editions.among(lifetime.effect.voice for lifetime in relevant)
        subject = _Subject(projection, key, read, always=key in due)
        plane = _Plane(subject, context, grid, relevant, shown, memory)
        planes[key] = memory.plane(plane.basis, plane.patches)
    return planes


def _by_key(
    projection: Projection[Any, Any, Any], events: Sequence[TimedEvent]
) -> dict[Any, list[EffectLifetime]]:
    """Return the effects that ever begin, by the key that they speak of."""
    by_key = defaultdict(list)
    for lifetime in effect_lifetimes(projection, events):
        if lifetime.effect.window.earliest < END_OF_TIME:
            by_key[lifetime.effect.key].append(lifetime)
    return by_key


def gathered(
    planes: Mapping[Any, Sequence[Patch[Any]]],
    summary: Callable[[Mapping[Any, Any], datetime], T],
    limit: int,
) -> list[Patch[T]] | None:
    """Return the patches of a summary of all keys, or None if it reads over `limit` answers."""
    news = [(key, patch) for key, plane in planes.items() for patch in plane]
    news.sort(key=lambda new: new[1].known)
    lines = {key: _Line[Any]([PAST], [None]) for key in planes}
    total, summed, readings = _Line[T]([PAST], [None]), list[Patch[T]](), 0
    for known, together in groupby(news, key=lambda new: new[1].known):
        first = NEVER
        for key, patch in together:
            lines[key] = lines[key].overlaid(patch)
            first = min(first, patch.begin)
        stops = _stops(lines.values(), first)
        readings += len(stops) * len(lines)
        if readings > limit:
            return None
        after = _Line(stops, [summary(_answers(lines, stop), stop) for stop in stops])
        summed += total.changes(after, known)
        total = total.replaced(after)
    return summed


def _stops(lines: Collection["_Line[Any]"], first: datetime) -> list[datetime]:
    """Return an instant and those after it at which any line changes."""
    later = {stop for line in lines for stop in line.instants if stop > first}
    return [first, *sorted(later)]


def _answers(lines: Mapping[Any, "_Line[Any]"], at: datetime) -> dict[Any, Any]:
    """Return the answers of the keys that have one at an instant."""
    answers = {key: line.at(at) for key, line in lines.items()}
    return {key: answer for key, answer in answers.items() if answer is not None}


@define
class _Line(Generic[T]):
    """Answers along valid time: each holds from its instant up to the next."""

    instants: list[datetime]
    answers: list[T | None]

    def at(self, instant: datetime) -> T | None:
        """Return the answer at an instant that is not before the first."""
        return self.answers[bisect_right(self.instants, instant) - 1]

    def since(self, instant: datetime) -> "_Line[T]":
        """Return the line from an instant on."""
        after = bisect_right(self.instants, instant)
        return _Line([instant, *self.instants[after:]], [self.at(instant), *self.answers[after:]])

    def overlaid(self, patch: Patch[T]) -> "_Line[T]":
        """Return the line with the answer of a patch where it lies."""
        laid = self.replaced(_Line([patch.begin], [patch.answer]))
        return laid if patch.end == NEVER else laid.replaced(self.since(patch.end))

    def replaced(self, after: "_Line[T]") -> "_Line[T]":
        """Return the line up to the first instant of another, and that from there on."""
        kept = bisect_left(self.instants, after.instants[0])
        instants = [*self.instants[:kept], *after.instants]
        return _Line(instants, [*self.answers[:kept], *after.answers])

    def changes(self, after: "_Line[T]", known: datetime) -> list[Patch[T]]:
        """Return the patches by which the line becomes another from that one's first instant on."""
        before = self.since(after.instants[0])
        runs: list[tuple[datetime, T | None]] = []
        for stop in sorted({*before.instants, *after.instants}):
            answer = after.at(stop)
            change = _SAME if before.at(stop) == answer else answer
            if not runs or runs[-1][1] != change:
                runs.append((stop, change))
        ends = [*(begin for begin, _ in runs[1:]), NEVER]
        return [
            Patch(known, begin, end, answer)
            for (begin, answer), end in zip(runs, ends, strict=True)
            if answer is not _SAME
        ]


_SAME: Any = object()
"""A mark for an answer that has not changed."""


@define
class Memory(Generic[T]):
    """The planes and answers that were made before, by all that they depend on."""

    _planes: dict[Hashable, list[Patch[T]]] = field(factory=dict)
    _answers: dict[Hashable, T | None] = field(factory=dict)
    _numbers: dict[Hashable, int] = field(factory=dict)

    def plane(self, basis: Hashable, make: Callable[[], Iterable[Patch[T]]]) -> list[Patch[T]]:
        """Return the plane on a basis, made where it is new."""
        if basis not in self._planes:
            self._planes[basis] = list(make())
        return self._planes[basis]

    def answer(self, basis: Hashable, make: Callable[[], T | None]) -> T | None:
        """Return the answer on a basis, made where it is new."""
        if basis not in self._answers:
            self._answers[basis] = make()
        return self._answers[basis]

    def number(self, lifetime: EffectLifetime) -> int:
        """Return the number of an effect with its event, whatever else there is."""
        return self._numbers.setdefault((lifetime.event, lifetime.effect), len(self._numbers))


@frozen
class _Subject(Generic[T]):
    """The key of a plane and how it is read; `always` if it is even when nobody said anything."""

    projection: Projection[Any, Any, Any]
    key: Any
    read: Reading[T]
    always: bool

    def answer(self, state: IncrementalCells, context: Context) -> T | None:
        """Return the answer; None where nobody speaks of the key and none is due."""
        own = state.cells.get(self.key, {})
        if not self.always and not engine.due(own, context.cut.instant):
            return None
        cells = engine.cells_of(self.projection, self.key, state.cells, context.city)
        return self.read(self.key, cells, context)


@define
class _Plane(Generic[T]):
    """The answers of one key along valid time as known so far, with what bears on them.

    Attributes:
        lifetimes: the effects on the key and, where it inherits, on the places around it.
        editions: the editions of the maps that speak of it.
        line: the answers along valid time.
    """

    subject: _Subject[T]
    context: Context
    grid: Grid
    lifetimes: Sequence[EffectLifetime]
    editions: Editions
    memory: Memory[T]
    line: _Line[T] = field(factory=lambda: _Line([PAST], [None]))
    _doubt: datetime = FUTURE

    @property
    def basis(self) -> Hashable:
        """Everything that the patches depend on, besides the context and the grid."""
        editions = [(one.timed.event.id, one.begun, one.ended) for one in self.editions.lifetimes]
        lifetimes = [(self.memory.number(one), one.begun, one.ended) for one in self.lifetimes]
        return self.subject.projection.name, self.subject.key, (*lifetimes,), (*editions,)

    def patches(self) -> Iterator[Patch[T]]:
        """Yield the patches of the key, from report to report."""
        beginnings = defaultdict[datetime, list[datetime]](list, {PAST: [PAST]})
        for lifetime in self.lifetimes:
            for known in self._reports(lifetime):
                beginnings[known].append(lifetime.effect.window.earliest)
        for edition in self.editions.lifetimes:
            for known in self._reports(edition):
                beginnings[known].append(edition.timed.window.earliest)
        for known in sorted(beginnings):
            yield from self._turn(known, min(beginnings[known]))

    def _reports(self, known: Known) -> list[datetime]:
        """Return the cuts at which a thing becomes known, and is known no more."""
        begun, ended = self.grid(known.begun.known), self.grid(known.ended.known)
        if begun == ended:  # withdrawn before the next cut
            return []
        return [begun] if ended == NEVER else [begun, ended]

    def _turn(self, known: datetime, first: datetime) -> list[Patch[T]]:
        """Take in what is known at a cut; return the patches of the line's changes.

        What is told of a time changes no earlier answer, but where a capture may be taken back.
        """
        here = evolve(self.context, cut=evolve(self.context.cut, known=known))
        lifetimes = [lifetime for lifetime in self.lifetimes if _is_known(lifetime, known)]
        before, self._doubt = self._doubt, in_doubt_from(_claims(lifetimes), self.context.city)
        after = self._line_from(self.grid(min(first, before, self._doubt)), lifetimes, here)
        changes = self.line.changes(after, known)
        self.line = self.line.replaced(after)
        return changes

    def _line_from(
        self, first: datetime, lifetimes: Sequence[EffectLifetime], context: Context
    ) -> _Line[T]:
        """Return the answers from an instant on, as known at the cut of a context."""
        moves = [move for lifetime in lifetimes for move in moves_of(lifetime, context, "valid")]
        by_instant: dict[datetime, list[Move]] = {first: []}
        for turn in self.editions.turns(context, "valid"):
            by_instant.setdefault(max(first, self.grid(turn.instant)), [])
        for move in sorted(moves, key=lambda move: move.instant):
            by_instant.setdefault(max(first, self.grid(move.instant)), []).append(move)
        cells, stops = IncrementalCells(), sorted(by_instant)
        answers = list[T | None]()
        for instant in stops:
            for move in by_instant[instant]:
                cells.carry_out(move)
            answers.append(self._answer(cells, lifetimes, evolve(context.cut, at=instant)))
        return _Line(stops, answers)

    def _answer(
        self, cells: IncrementalCells, lifetimes: Iterable[EffectLifetime], cut: AsOf
    ) -> T | None:
        """Return the answer at a cut, from memory where the same bears on it."""
        at, editions = cut.instant, self.editions.at(cut)
        here = evolve(self.context, cut=evolve(cut, known=None), editions=editions)
        bearing = [one for one in lifetimes if at >= self._doubt or one.effect.window.began(at)]
        numbers = frozenset(map(self.memory.number, bearing))
        basis = self.subject.projection.name, self.subject.key, at, numbers, (*editions.items(),)
        return self.memory.answer(basis, lambda: self.subject.answer(cells, here))


def _is_known(lifetime: EffectLifetime, known: datetime) -> bool:
    return lifetime.begun.known <= known < lifetime.ended.known


def _claims(lifetimes: Iterable[EffectLifetime]) -> list[Claim[Any]]:
    """Return the claims among effects."""
    cells = (lifetime.effect.cell for lifetime in lifetimes)
    return [claim for cell in cells if isinstance(cell, Testimony) for claim in cell.claims]
