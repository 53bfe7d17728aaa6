"""Every answer at every cut, as patches on the plane of the two clocks: what a page needs that must not hold a rule.

The answer to one question about one key depends on two instants, when it is asked about and when it
was known. Over that plane it is constant on rectangles. They are found from report to report: what
becomes known, or is withdrawn, changes the answers from the beginning of its window on, and what
has changed is laid over what was there before as a `Patch`. So the answer at a cut is that of the
last patch that covers it, and whoever looks it up compares instants and does nothing else.

Events that are reported as they happen cost a patch or two each. Many that are reported late, over
one place, cost as many as there are later events that they come before; a `Grid` of whole days
bounds that, by answering only for cuts at the ends of days.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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
"""The first cut that is answered for, of those at or after an instant; neither end of time moves."""


class Patch(NamedTuple, Generic[T]):
    """A rectangle of cuts that have one answer, unless a later patch covers it.

    Attributes:
        known: from which knowledge time on.
        begin: from which valid time on.
        end: up to which valid time, that itself not included.
        answer: the answer there; None where nobody speaks of the key.
    """

    known: datetime
    begin: datetime
    end: datetime
    answer: T | None


Reading = Callable[[Any, Cells, Context], T]
"""What is read from the cells of a key in a context: an answer, or more than that."""


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
    """Return the answer of the last patch that covers a cut; this, in the words of another language, is all that the page does."""
    found = None
    for patch in patches:
        if patch.known <= known and patch.begin <= at < patch.end:
            found = patch.answer
    return found


def patches(
    projection: Projection[Any, Any],
    events: Iterable[TimedEvent],
    context: Context,
    read: Reading[T],
    grid: Grid = every_instant,
    keys: Iterable[Any] | None = None,
) -> dict[Any, list[Patch[T]]]:
    """Return the patches of every key that somebody spoke of or that always has an answer, each key's in order of knowledge.

    The clocks of the context do not matter, except that of record. With `keys`, only those are
    answered for.
    """
    recorded = engine.recorded_by(events, context.cut)
    by_key: dict[Any, list[EffectLifetime]] = {}
    for tenure in effect_lifetimes(projection, recorded):
        if tenure.effect.window.earliest < END_OF_TIME:
            by_key.setdefault(tenure.effect.key, []).append(tenure)
    due = list(projection.keys(context.city))
    wanted = [*due, *sorted(by_key.keys() - set(due), key=str)] if keys is None else keys
    found = {}
    for key in wanted:
        sources = context.city.lineage(key) if projection.inherits else (key,)
        mine = [tenure for source in sources for tenure in by_key.get(source, ())]
        found[key] = list(
            _Plane(projection, key, context, read, grid, always=key in due).patches(mine)
        )
    return found


def gathered(
    lines: Mapping[Any, Sequence[Patch[Any]]],
    summary: Callable[[Mapping[Any, Any], datetime], T],
    most: int,
) -> list[Patch[T]] | None:
    """Return the patches of what all answers of a question come to together, such as a total.

    `lines` are the patches of each key, and `summary` is given the answers of those that have one,
    and the valid time. Returns None where that means going through more than `most` answers.
    """
    turns = sorted({patch.known for mine in lines.values() for patch in mine})
    at_turn = {
        known: [
            (key, patch) for key, mine in lines.items() for patch in mine if patch.known == known
        ]
        for known in turns
    }
    planes = {key: _Line[Any]([PAST], [None]) for key in lines}
    line, found, readings = _Line[T]([PAST], [None]), list[Patch[T]](), 0
    for known, new in at_turn.items():
        for key, patch in new:
            planes[key] = planes[key].overlaid(patch)
        first = min(patch.begin for _, patch in new)
        stops = sorted(
            {
                first,
                *(
                    instant
                    for plane in planes.values()
                    for instant in plane.instants
                    if instant > first
                ),
            }
        )
        readings += len(stops) * len(planes)
        if readings > most:
            return None
        after = _Line(
            stops,
            [
                summary(
                    {
                        key: answer
                        for key, plane in planes.items()
                        if (answer := plane.at(stop)) is not None
                    },
                    stop,
                )
                for stop in stops
            ],
        )
        found += [
            Patch(known, begin, end, answer)
            for begin, end, answer in line.since(first).differing(after)
        ]
        line = line.until(first).joined(after)
    return found


class _Act(NamedTuple):
    """What a tenure does along valid time, on a grid: it may have happened from `enters` on, and has certainly from `settled` on."""

    enters: datetime
    settled: datetime
    tenure: EffectLifetime


class _Move(NamedTuple):
    """What happens at an instant of valid time: a tenure comes to act as certain or as possible, having acted otherwise or not at all."""

    instant: datetime
    tenure: EffectLifetime
    was: bool | None
    now: bool


@define
class _Line(Generic[T]):
    """Answers along valid time: each holds from its instant up to the next; the first instant is the first that is asked about."""

    instants: list[datetime]
    answers: list[T | None]

    def at(self, instant: datetime) -> T | None:
        """Return the answer at an instant that is not before the first."""
        return self.answers[bisect_right(self.instants, instant) - 1]

    def since(self, instant: datetime) -> "_Line[T]":
        """Return the line from an instant on."""
        after = bisect_right(self.instants, instant)
        return _Line([instant, *self.instants[after:]], [self.at(instant), *self.answers[after:]])

    def until(self, instant: datetime) -> "_Line[T]":
        """Return the line up to an instant."""
        before = bisect_left(self.instants, instant)
        return _Line(self.instants[:before], self.answers[:before])

    def overlaid(self, patch: Patch[T]) -> "_Line[T]":
        """Return the line with the answer of a patch where it lies."""
        laid = self.until(patch.begin).joined(_Line([patch.begin], [patch.answer]))
        return laid if patch.end == NEVER else laid.joined(self.since(patch.end))

    def joined(self, other: "_Line[T]") -> "_Line[T]":
        """Return this line with one that goes on from its end."""
        return _Line([*self.instants, *other.instants], [*self.answers, *other.answers])

    def differing(self, other: "_Line[T]") -> Iterator[tuple[datetime, datetime, T | None]]:
        """Yield the stretches in which another line, which begins where this does, has other answers, and which they are."""
        stops = sorted({*self.instants, *other.instants})
        runs: list[tuple[datetime, T | None]] = []
        for stop in stops:
            before, after = self.at(stop), other.at(stop)
            here = _SAME if before == after else after
            if not runs or runs[-1][1] != here:
                runs.append((stop, here))
        for (begin, answer), end in zip(
            runs, [*(begin for begin, _ in runs[1:]), NEVER], strict=True
        ):
            if answer is not _SAME:
                yield begin, end, answer


_SAME: Any = object()
"""What stands for an answer that has not changed."""


@define
class _Plane(Generic[T]):
    """The answers of one key: the line of them along valid time as it is known so far, and what acts on it."""

    projection: Projection[Any, Any]
    key: Any
    context: Context
    read: Reading[T]
    grid: Grid
    always: bool
    acts: list[_Act] = field(factory=list)
    line: _Line[T] = field(factory=lambda: _Line([PAST], [None]))

    def patches(self, mine: Sequence[EffectLifetime]) -> Iterator[Patch[T]]:
        """Yield the patches that the tenures of the key come to, from report to report."""
        yield from self._turn(PAST, [], [])
        turns = [(self.grid(tenure.begun.known), True, tenure) for tenure in mine]
        turns += [
            (self.grid(tenure.ended.known), False, tenure)
            for tenure in mine
            if tenure.ended.known < NEVER
        ]
        turns.sort(key=lambda turn: (turn[0], turn[2].number))
        for known, together in groupby(turns, key=lambda turn: turn[0]):
            comes, goes = dict[int, _Act](), dict[int, _Act]()
            for _, begins, tenure in together:
                act = _Act(
                    self.grid(tenure.effect.window.earliest), self.grid(settles(tenure)), tenure
                )
                (comes if begins else goes)[tenure.number] = act
            brief = comes.keys() & goes.keys()  # known and withdrawn between two cuts of the grid
            yield from self._turn(
                known,
                *(
                    [act for number, act in acts.items() if number not in brief]
                    for acts in (comes, goes)
                ),
            )

    def _turn(
        self, known: datetime, comes: Sequence[_Act], goes: Sequence[_Act]
    ) -> Iterator[Patch[T]]:
        """Let tenures become known and others be withdrawn; yield the stretches of the line that have changed."""
        gone = {act.tenure.number for act in goes}
        self.acts = [act for act in (*self.acts, *comes) if act.tenure.number not in gone]
        first = min((act.enters for act in (*comes, *goes)), default=PAST)
        before, after = self.line.since(first), self._line_from(first)
        self.line = self.line.until(first).joined(after)
        for begin, end, answer in before.differing(after):
            yield Patch(known, begin, end, answer)

    def _line_from(self, first: datetime) -> _Line[T]:
        """Return the answers from an instant on, by what is known now."""
        board, line = IncrementalCells(), _Line[T]([first], [])
        moves = sorted(
            (move for act in self.acts for move in _moves(act, first)),
            key=lambda move: move.instant,
        )
        for instant, together in groupby(moves, key=lambda move: move.instant):
            if instant > line.instants[-1]:
                line.answers.append(self._answer(board, line.instants[-1]))
                line.instants.append(instant)
            for _, tenure, was, now in together:
                if was is not None:
                    board.drop(tenure.number, tenure.effect, was)
                board.put(tenure.number, tenure.effect, now)
        line.answers.append(self._answer(board, line.instants[-1]))
        return line

    def _answer(self, board: IncrementalCells, at: datetime) -> T | None:
        """Return the answer that a board has at an instant; None where nobody speaks of the key and no answer is due."""
        if not self.always and self.key not in board.cells:
            return None
        cells = engine.cells_of(self.projection, self.key, board.cells, self.context.city)
        return self.read(
            self.key, cells, evolve(self.context, cut=AsOf(at, None, self.context.cut.recorded))
        )


def _moves(act: _Act, first: datetime) -> Iterator[_Move]:
    """Yield what a tenure does along valid time, seen from an instant on: what has happened before, at that instant."""
    enters, settled = max(act.enters, first), max(act.settled, first)
    yield _Move(enters, act.tenure, None, settled == enters)
    if enters < settled < END_OF_TIME:
        yield _Move(settled, act.tenure, False, True)
