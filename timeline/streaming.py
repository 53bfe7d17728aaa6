"""Replay from the log itself, without holding it: memory grows with places and voices, not with events, and every processor has its part.

A survey finds what is withdrawn and what is a copy; then the log is read a second time in batches. Each is replayed as any log is, by
`timeline.engine`, and merged into what there is: replaying parts and merging them is replaying the whole, so there is no second replay
here. Where the log holds anything that only the plain way of reading judges, the plain way is taken.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from attrs import define, field, frozen

from timeline import bulk, engine, processes
from timeline.bulk import Part, Unusual
from timeline.city import City
from timeline.errors import InvalidEvent
from timeline.events import Event, EventId, Statement
from timeline.memory import collector_paused
from timeline.projection import Cell, Context, Dated, Projection, Slot
from timeline.skim import Skim
from timeline.state import State
from timeline.storage import LogFile, opened
from timeline.survey import Survey, decoded, event_at, survey
from timeline.timeline import Timeline, admitted_event, find_policy
from timeline.when import Cut

BATCH = 8_192
"""How many events are held at a time."""
LARGE = 8 << 20
"""From how many bytes on a log is worth another process."""

Folded = dict[str, dict[Hashable, dict[Slot, Cell]]]
"""The cells of each projection, by its name."""


@frozen
class Share:
    """What one process replays: some of the log, the copies in it, and where the events begin that its statements are about."""

    part: Part
    copies: frozenset[int]
    about: Sequence[int]


@frozen
class Question:
    """What every process is told: whose cells are asked for, at which cut, and which events were withdrawn by then."""

    city: City
    projections: tuple[Projection[Any, Any], ...]
    cut: Cut
    withdrawn: frozenset[EventId]


def replay(
    path: Path, projections: Sequence[Projection[Any, Any]], city: City, cut: Cut, *, count: int | None = None
) -> tuple[Survey, Folded]:
    """Return the survey of a log and the cells of some projections at a cut, found by `count` processes, by default as it is worth it.

    Raises `Unusual` for a log that only the plain way of reading judges.
    """
    found = survey(path, lambda event: _by(_dated(event, city), cut))
    with collector_paused():
        question = Question(city, tuple(projections), cut, found.withdrawn)
        size = found.parts[-1].end if found.parts else 0
        wanted = (processes.processors() if size >= LARGE else 1) if count is None else count
        parts = list(processes.mapped(partial(folded, question), _shares(found, wanted), processes=wanted))
        return found, {one.name: _together(cells[one.name] for cells in parts) for one in question.projections}


def state(
    path: Path,
    projections: Sequence[Projection[Any, Any]],
    city: City,
    cut: Cut,
    *,
    policy: str = "latest",
    places: Iterable[str] | None = None,
    count: int | None = None,
) -> State:
    """Return the state of a city at a cut, as `Timeline.state` does, from a log that is not held in memory; see `replay`."""
    context = Context(city, cut, find_policy(policy))
    chosen = None if places is None else [city.place(name).id for name in places]
    try:
        found, cells = replay(path, projections, city, cut, count=count)
    except Unusual:
        return Timeline.open(path, projections).state(cut=cut, policy=policy, places=places)
    with collector_paused():
        sections = {one.name: engine.answer(one, cells[one.name], context, chosen) for one in projections}
    return State(context=context, sections=sections, events=found.events, log_sha256=found.sha256)


def folded(question: Question, share: Share) -> Folded:
    """Return the cells that a share of a log comes to."""
    cells: Folded = {one.name: {} for one in question.projections}
    with collector_paused(), opened(share.part.path) as file:
        for batch in _batches(question, share, file):
            for projection in question.projections:
                fresh = engine.replay(projection, batch.standing.values(), batch.find, question.cut.instant)
                cells[projection.name] = _together((cells[projection.name], fresh))
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
    standing: dict[EventId, Dated] = field(factory=dict)
    about: dict[EventId, int] = field(factory=dict)
    _others: dict[EventId, Dated | None] = field(factory=dict)

    def find(self, id: EventId) -> Dated | None:
        """Return a standing event that this batch holds or speaks of."""
        return self.standing.get(id) or self._other(id)

    def _other(self, id: EventId) -> Dated | None:
        if id not in self._others:
            if id not in self.about:
                raise Unusual  # a projection that looks further than the statement does
            event = event_at(self.file, self.about[id])
            if event.id != id:
                raise Unusual
            self._others[id] = _standing([_dated(event, self.question.city)], self.question).get(id)
        return self._others[id]


def _batches(question: Question, share: Share, file: LogFile) -> Iterator[Batch]:
    about = iter(share.about)
    events = _telling(question, share)
    while some := list(islice(events, BATCH)):
        batch = Batch(question, file)
        for _, event in some:
            if isinstance(event, Statement):
                batch.about.update(zip(event.about, about, strict=False))
        counting = (event for offset, event in some if offset not in share.copies)
        batch.standing = _standing([_dated(event, question.city) for event in counting], question)
        yield batch


def _telling(question: Question, share: Share) -> Iterator[tuple[int, Event]]:
    """Yield the events of a share that may tell something, each with the byte at which its line begins."""
    skim = Skim.of(question.projections, question.cut, question.withdrawn)
    if skim is None:
        yield from bulk.decoded(share.part)
        return
    offset = share.part.begin
    for raw in bulk.lines(share.part):
        if offset in share.copies or not skim.passes(raw, offset):
            yield offset, decoded(raw)
        offset += len(raw)
        if skim.full:
            yield from ((where, decoded(line)) for where, line in skim.kept())
    yield from ((where, decoded(line)) for where, line in skim.kept())


def _dated(event: Any, city: City) -> Dated:
    """Return an event with its clocks read; raise `Unusual` for one that the city does not admit."""
    try:
        return admitted_event(event, city)
    except InvalidEvent:
        raise Unusual from None


def _standing(events: Sequence[Dated], question: Question) -> dict[EventId, Dated]:
    """Return those of some events that stand in the whole log."""
    return {id: one for id, one in engine.standing(events, question.cut).items() if id not in question.withdrawn}


def _by(one: Dated, cut: Cut) -> bool:
    """Return whether an event was recorded and made public by a cut."""
    return bool(engine.recorded_by([one], cut)) and (cut.known is None or one.known <= cut.known)


def _shares(found: Survey, count: int) -> list[Share]:
    """Return a log as at most `count` shares of about the same size."""
    first = dict(zip((part.begin for part in found.parts), found.first, strict=True))
    parts = bulk.divided(found.parts, count)
    ends = [*(first[part.begin] for part in parts[1:]), len(found.about)][: len(parts)]
    copies = [frozenset(at for at in found.copies if part.begin <= at < part.end) for part in parts]
    return [Share(part, some, found.about[first[part.begin] : end]) for part, some, end in zip(parts, copies, ends, strict=True)]


def _together(cells: Iterable[Mapping[Hashable, Any]]) -> dict[Hashable, dict[Slot, Cell]]:
    """Return the cells of several replays of different events together."""
    merged: dict[Hashable, dict[Slot, Cell]] = {}
    for some in cells:
        merged = engine.merge(merged, some) if merged else {key: dict(slots) for key, slots in some.items()}
    return merged
