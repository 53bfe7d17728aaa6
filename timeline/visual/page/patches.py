"""Every answer at every cut, as patches on the plane of two clocks: a page needs no rule.

Answers are constant on rectangles of valid time and knowledge time. Each report lays a `Patch` over
those before it, and the last patch over a cut has its answer. Many late reports over one place cost
many patches; a `Grid` of whole days bounds that, by answering only at the ends of days.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from itertools import groupby
from typing import Any, Generic, NamedTuple, TypeVar

from attrs import define, evolve, field

from timeline.domain.timed_event import TimedEvent
from timeline.replay import engine
from timeline.replay.incremental import IncrementalCells
from timeline.replay.lifetimes import NEVER, EffectLifetime, effect_lifetimes, settles
from timeline.replay.projection import Cells, Context, Projection
from timeline.temporal.as_of import AsOf
from timeline.temporal.dates import END_OF_TIME, PAST, Moment

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
) -> dict[Any, list[Patch[T]]]:
    """Return the patches of each key, or of `keys` alone, in order of knowledge."""
    lifetimes = _by_key(projection, engine.recorded_by(events, context.cut))
    due = list(projection.keys(context.city))
    if keys is None:
        keys = [*due, *sorted(lifetimes.keys() - set(due), key=str)]
    planes = {}
    for key in keys:
        sources = context.city.lineage(key) if projection.inherits else (key,)
        relevant = [lifetime for source in sources for lifetime in lifetimes.get(source, ())]
        plane = _Plane(projection, key, context, read, grid, always=key in due)
        planes[key] = list(plane.patches(relevant))
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


class _Act(NamedTuple):
    """An effect along valid time, on a grid: possible at `enters`, certain at `settled`."""

    enters: datetime
    settled: datetime
    lifetime: EffectLifetime

    def toggle(self, acts: dict[int, "_Act"]) -> None:
        """Enter this act by its number, or remove it where it is entered already."""
        if acts.pop(self.lifetime.number, None) is None:
            acts[self.lifetime.number] = self

    def moves(self, first: datetime) -> Iterator["_Move"]:
        """Yield the moves of the effect, those before an instant at that instant."""
        enters, settled = max(self.enters, first), max(self.settled, first)
        yield _Move(enters, self.lifetime, None, settled == enters)
        if enters < settled < END_OF_TIME:
            yield _Move(settled, self.lifetime, False, True)


class _Move(NamedTuple):
    """A change of an effect to certain or to possible, from the other or from nothing."""

    instant: datetime
    lifetime: EffectLifetime
    was: bool | None
    now: bool

    def apply(self, cells: IncrementalCells) -> None:
        """Put the effect into cells as it is now."""
        number, effect = self.lifetime.number, self.lifetime.effect
        if self.was is not None:
            cells.drop(number, effect, self.was)
        cells.put(number, effect, self.now)


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
class _Plane(Generic[T]):
    """The answers of one key along valid time as known so far, and the effects on it."""

    projection: Projection[Any, Any, Any]
    key: Any
    context: Context
    read: Reading[T]
    grid: Grid
    always: bool
    acts: dict[int, _Act] = field(factory=dict)
    line: _Line[T] = field(factory=lambda: _Line([PAST], [None]))

    def patches(self, lifetimes: Sequence[EffectLifetime]) -> Iterator[Patch[T]]:
        """Yield the patches that the effects on the key come to, from report to report."""
        yield from self._turn(PAST, {})
        begun = [(self.grid(lifetime.begun.known), lifetime) for lifetime in lifetimes]
        withdrawn = [lifetime for lifetime in lifetimes if lifetime.ended.known < NEVER]
        ended = [(self.grid(lifetime.ended.known), lifetime) for lifetime in withdrawn]
        turns = sorted([*begun, *ended], key=lambda turn: (turn[0], turn[1].number))
        for known, together in groupby(turns, key=lambda turn: turn[0]):
            changed: dict[int, _Act] = {}
            for _, lifetime in together:  # an effect withdrawn before the next cut toggles twice
                self._act(lifetime).toggle(changed)
            yield from self._turn(known, changed)

    def _act(self, lifetime: EffectLifetime) -> _Act:
        enters = self.grid(lifetime.effect.window.earliest)
        return _Act(enters, self.grid(settles(lifetime)), lifetime)

    def _turn(self, known: datetime, changed: Mapping[int, _Act]) -> list[Patch[T]]:
        """Let effects become known or be withdrawn; return the patches of the line's changes."""
        for act in changed.values():
            act.toggle(self.acts)
        after = self._line_from(min((act.enters for act in changed.values()), default=PAST))
        changes = self.line.changes(after, known)
        self.line = self.line.replaced(after)
        return changes

    def _line_from(self, first: datetime) -> _Line[T]:
        """Return the answers from an instant on, by present knowledge."""
        moves = [move for act in self.acts.values() for move in act.moves(first)]
        by_instant: dict[datetime, list[_Move]] = {first: []}
        for move in sorted(moves, key=lambda move: move.instant):
            by_instant.setdefault(move.instant, []).append(move)
        cells, answers = IncrementalCells(), list[T | None]()
        for instant, together in by_instant.items():
            for move in together:
                move.apply(cells)
            answers.append(self._answer(cells, instant))
        return _Line(list(by_instant), answers)

    def _answer(self, state: IncrementalCells, at: datetime) -> T | None:
        """Return the answer at an instant; None where nobody speaks of the key and none is due."""
        if not self.always and self.key not in state.cells:
            return None
        cells = engine.cells_of(self.projection, self.key, state.cells, self.context.city)
        cut = AsOf(at, None, self.context.cut.recorded)
        return self.read(self.key, cells, evolve(self.context, cut=cut))
