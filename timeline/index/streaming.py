"""Replay from the log itself, without holding it: memory grows with places and voices, not with events, and every processor has its part.

A survey finds what is withdrawn and what is a copy; then the log is read a second time in batches.
Each is replayed as any log is, by `timeline.replay.engine`, and merged into what there is:
replaying parts and merging them is replaying the whole, so there is no second replay here. Where
the log holds anything that only the plain way of reading judges, the plain way is taken.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from attrs import define, field, frozen

from timeline.domain.city import City
from timeline.domain.events import Event, EventId, PlaceId, Statement
from timeline.domain.timed_event import TimedEvent
from timeline.errors import InvalidEvent
from timeline.index import processes
from timeline.index.gathered import Gathered
from timeline.index.scratch import Scratch
from timeline.index.skim import Skim
from timeline.index.survey import GONE, Survey, decoded, event_at, survey
from timeline.log import chunks as bulk
from timeline.log.admission import admitted_event
from timeline.log.chunks import Part, Unusual
from timeline.replay import engine
from timeline.replay.policies import find_policy
from timeline.replay.projection import Context, Projection
from timeline.replay.state import State
from timeline.storage.disk import LogFile, opened
from timeline.temporal.as_of import AsOf
from timeline.timeline import Timeline

BATCH = 2_048
"""How many events are held at a time."""
HELD = 10_240
"""How many cells are held as objects at a time."""
LARGE = 8 << 20
"""How many bytes of a log are worth a process."""

Folded = Mapping[str, Gathered]
"""The cells of each projection, by its name."""


@frozen
class Share:
    """What one process replays: a part of a log, which lines of it do not count, and where the events begin that statements are about."""

    part: Part
    idle: "array[int]"
    about: "array[int]"


@frozen
class Question:
    """What every process is told: whose cells are asked for, and at which cut."""

    city: City
    projections: tuple[Projection[Any, Any], ...]
    cut: AsOf


def replay(
    path: Path,
    projections: Sequence[Projection[Any, Any]],
    city: City,
    cut: AsOf,
    *,
    count: int | None = None,
) -> tuple[Survey, Folded]:
    """Return the survey of a log and the cells of some projections at a cut, found by `count` processes, by default as it is worth it.

    Raises `Unusual` for a log that only the plain way of reading judges.
    """
    wanted = min(processes.processors(), 1 + _size(path) // LARGE) if count is None else count
    with processes.crew(wanted) as crew:
        found = survey(path, partial(counts, city, cut), crew)
        question = Question(city, tuple(projections), cut)
        parts = [
            cells for _, cells in crew.shared(partial(folded, question), _shares(found, wanted))
        ]
    return found, _together(question, parts)


def state(
    path: Path,
    projections: Sequence[Projection[Any, Any]],
    city: City,
    cut: AsOf,
    *,
    policy: str = "latest",
    places: Iterable[str] | None = None,
    count: int | None = None,
) -> State:
    """Return the state of a city at a cut, as `Timeline.state` does, from a log that is not held in memory; see `replay`."""
    context = Context(city, cut, find_policy(policy))
    chosen = None if places is None else [city.place(name).id for name in places]
    found = answered(path, projections, context, chosen, count=count)
    return found or Timeline.open(path, projections).state(cut=cut, policy=policy, places=places)


def answered(
    path: Path,
    projections: Sequence[Projection[Any, Any]],
    context: Context,
    places: Sequence[PlaceId] | None = None,
    *,
    count: int | None = None,
) -> State | None:
    """Return the state in a context, with `places` of those alone; None for a log that only the plain way of reading judges."""
    try:
        found, cells = replay(path, projections, context.city, context.cut, count=count)
    except Unusual:
        return None
    sections = {
        one.name: engine.answer(one, cells[one.name], context, places) for one in projections
    }
    return State(context=context, sections=sections, events=found.events, log_sha256=found.sha256)


def counts(city: City, cut: AsOf, event: Event) -> bool:
    """Return whether an event was recorded and made public by a cut; raise `Unusual` for one that the city does not admit."""
    one = _dated(event, city)
    return bool(engine.recorded_by([one], cut)) and (cut.known is None or one.known <= cut.known)


def folded(question: Question, share: Share) -> Folded:
    """Return the cells that a share of a log comes to."""
    scratch = Scratch()
    cells = {one.name: Gathered(scratch) for one in question.projections}
    with opened(share.part.path) as file:
        for batch in _batches(question, share, file):
            for projection in question.projections:
                cells[projection.name].take(
                    engine.replay(
                        projection, batch.standing.values(), batch.find, question.cut.instant
                    )
                )
            if sum(one.held for one in cells.values()) > HELD:
                for one in cells.values():
                    one.put_aside()
    return cells


@define
class Batch:
    """Some events of a log, one after the other.

    Attributes:
        question: what is asked.
        file: the log, where events of other batches are read that statements of this one are about.
        standing: those of the events that stand.
        about: where the events begin that its statements are about.
    """

    question: Question
    file: LogFile
    standing: dict[EventId, TimedEvent] = field(factory=dict)
    about: dict[EventId, int] = field(factory=dict)
    _others: dict[EventId, TimedEvent | None] = field(factory=dict)

    def find(self, id: EventId) -> TimedEvent | None:
        """Return a standing event that this batch holds or speaks of."""
        return self.standing.get(id) or self._other(id)

    def _other(self, id: EventId) -> TimedEvent | None:
        if id not in self._others:
            if id not in self.about:
                raise Unusual  # a projection that looks further than the statement does
            self._others[id] = None if self.about[id] == GONE else self._read(id)
        return self._others[id]

    def _read(self, id: EventId) -> TimedEvent | None:
        event = event_at(self.file, self.about[id])
        if event.id != id:
            raise Unusual
        return engine.standing([_dated(event, self.question.city)], self.question.cut).get(id)


def _batches(question: Question, share: Share, file: LogFile) -> Iterator[Batch]:
    about = iter(share.about)
    told = _told(question, share, file)
    while some := list(islice(told, BATCH)):
        batch = Batch(question, file)
        for event, _ in some:
            if isinstance(event, Statement):
                batch.about.update(zip(event.about, about, strict=False))
        facts = [(_dated(event, question.city), counting) for event, counting in some]
        batch.standing = engine.standing(
            [fact for fact, counting in facts if counting], question.cut
        )
        yield batch


def _told(question: Question, share: Share, file: LogFile) -> Iterator[tuple[Event, bool]]:
    """Yield the events of a share that may tell something, or have to be judged, each with whether it counts."""
    skim, idle = Skim.of(question.projections, question.cut, question.city.zone), iter(share.idle)
    offset, passed_over = share.part.begin, next(idle, -1)
    for raw in bulk.lines(share.part):
        counting = offset != passed_over
        if not counting:
            passed_over = next(idle, -1)
        if not skim.passes(raw, offset, counting):
            yield decoded(raw), counting
        offset += len(raw)
        if skim.full:
            yield from ((decoded(file.read(*line)), True) for line in skim.kept())
    yield from ((decoded(file.read(*line)), True) for line in skim.kept())


def _dated(event: Any, city: City) -> TimedEvent:
    """Return an event with its clocks read; raise `Unusual` for one that the city does not admit."""
    try:
        return admitted_event(event, city)
    except InvalidEvent:
        raise Unusual from None


def _shares(found: Survey, count: int) -> list[Share]:
    """Return a log as at most `count` shares of about the same size."""
    first = dict(zip((part.begin for part in found.parts), found.first, strict=True))
    parts = bulk.divided(found.parts, count)
    ends = [*(first[part.begin] for part in parts[1:]), len(found.about)][: len(parts)]
    idle = [
        found.idle[bisect_left(found.idle, part.begin) : bisect_left(found.idle, part.end)]
        for part in parts
    ]
    return [
        Share(part, some, found.about[first[part.begin] : end])
        for part, some, end in zip(parts, idle, ends, strict=True)
    ]


def _together(question: Question, parts: Sequence[Folded]) -> Folded:
    """Return the cells of several shares together."""
    if not parts:
        return {one.name: Gathered() for one in question.projections}
    first, *others = sorted(
        parts, key=lambda cells: -sum(one.held for one in cells.values())
    )  # what this process has as objects
    for cells in others:
        for name, one in cells.items():
            first[name].join(one)
    return first


def _size(path: Path) -> int:
    with opened(path) as file:
        return file.stamp().size
