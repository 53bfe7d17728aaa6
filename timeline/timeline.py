"""The library's front door: a log beside its city, opened once and asked many times."""

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import evolve, frozen

from timeline.domain import city_file as cityfile
from timeline.domain.city import City
from timeline.domain.events import Event, EventId, PlaceId
from timeline.domain.timed_event import TimedEvent, timed
from timeline.errors import (
    InvalidEvent,
)
from timeline.log import admission as intake
from timeline.log.ids import find_id
from timeline.log.load import admitted_events
from timeline.replay import engine
from timeline.replay.engine import Withdrawal
from timeline.replay.hypothesis import Hypothesis
from timeline.replay.policies import find_policy
from timeline.replay.projection import A, Cells, Context, Projection
from timeline.replay.state import State, origin
from timeline.temporal.as_of import AsOf
from timeline.temporal.dates import PAST

Id = TypeVar("Id", bound=str)

if TYPE_CHECKING:
    from timeline.analysis.diff import Difference
    from timeline.analysis.explain import Explanation
    from timeline.index.reader import Store
    from timeline.log.merge import Merged
    from timeline.log.reader import Log
    from timeline.log.writer import Receipt
    from timeline.replay.sweep import Along, Change


@frozen(kw_only=True)
class Timeline:
    """A log and its city as they were when it was opened.

    Attributes:
        city: the places, actors and sources.
        projections: the questions that a state answers.
        hypothesis: what is supposed beyond the log, or against it; None for the log as it is.
        city_file: the file that the city was read from; None for a city that was not.
        index: what answers for the log, which is then read only when something asks for all events;
            None where there is none.
        unread: the log, where it has no index and is read only when something asks for all events;
            None where all of it was read.
    """

    city: City
    _log: "Log | None" = None
    _dated: tuple[TimedEvent, ...] | None = None
    projections: tuple[Projection[Any, Any], ...]
    hypothesis: Hypothesis | None = None
    city_file: Path | None = None
    index: "Store | None" = None
    unread: Path | None = None

    @classmethod
    def open(
        cls,
        path: str | Path,
        projections: Iterable[Projection[Any, Any]],
        *,
        city: str | Path | None = None,
    ) -> "Timeline":
        """Read a log and the city file beside it, or the one given.

        Raises `TimelineError` for a missing or faulty city file, and `InvalidLog` at the first line
        of the log that may not stand in it.
        """
        from timeline.log import (
            reader as log,
        )  # with what it needs to read lines: not needed where an index answers

        path = Path(path)
        city_file = Path(city) if city else intake.beside(path)
        return cls.of(log.read(path), cityfile.load(city_file), projections, city_file)

    @classmethod
    def of(
        cls,
        read: "Log",
        city: City,
        projections: Iterable[Projection[Any, Any]],
        city_file: Path | None = None,
    ) -> "Timeline":
        """Return the timeline of a log that was read; raise `InvalidLog` at the first line that may not stand in it."""
        with collector_paused():
            admitted = tuple(admitted_events(read, city))
        return cls(
            city=city, log=read, dated=admitted, projections=tuple(projections), city_file=city_file
        )

    @property
    def log(self) -> "Log":
        """The log as it was read."""
        return self._whole.log if self._log is None else self._log

    @property
    def dated(self) -> tuple[TimedEvent, ...]:
        """The events, their names as ids and their clocks read, in the order of the log."""
        return self._whole.dated if self._dated is None else self._dated

    @cached_property
    def _whole(self) -> "Timeline":
        from timeline.log import reader as log

        path = self.index.log if self.index else self.unread
        assert path is not None  # what is neither was read when it was opened
        return Timeline.of(log.read(path), self.city, self.projections, self.city_file)

    @property
    def count(self) -> int:
        """How many events there are, those that are only supposed among them."""
        return self.index.count() if self.index else len(self.dated)

    @property
    def ids(self) -> list[EventId]:
        """The ids of all events."""
        return self.index.ids() if self.index else [event.id for event, *_ in self.dated]

    @property
    def events(self) -> tuple[Event, ...]:
        """The events in the order of the log, their names as ids."""
        return tuple(event for event, *_ in self.dated)

    def cut(
        self, at: str | None = None, known: str | None = None, recorded: str | None = None
    ) -> AsOf:
        """Return the cut that texts describe, read in the city's time zone; raise `UsageError` for what is no date."""
        return AsOf.parse(at, known, recorded, zone=self.city.zone)

    def origin(self, cut: AsOf, policy: str) -> dict[str, Any]:
        """Return what answers come from, as the JSON values that they begin with: city, cut, policy, log, hypothesis."""
        events, sha256 = (
            (self.index.count(), self.index.sha256())
            if self.index
            else (len(self.log.events), self.log.sha256)
        )
        return origin(self.context(cut, policy), events, sha256, self.hypothesis)

    def state(
        self,
        at: str | None = None,
        known: str | None = None,
        recorded: str | None = None,
        *,
        cut: AsOf | None = None,
        policy: str = "latest",
        places: Iterable[str] | None = None,
    ) -> State:
        """Return the state of the city at a cut, given as texts or as a `AsOf`, read with a policy.

        With `places`, by any of their names, only what concerns them is answered. Raises
        `UsageError` for what is no date, and for an unknown policy or place.
        """
        context = self.context(cut or self.cut(at, known, recorded), policy)
        chosen = self.places(places)
        with collector_paused():
            replayed = self.replayed(context.cut, chosen)
            sections = {
                one.name: engine.answer(one, replayed(one), context, chosen)
                for one in self.projections
            }
        events, sha256 = (
            (self.index.count(), self.index.sha256)
            if self.index
            else (len(self.log.events), self.log.sha256)
        )
        return State(
            context=context,
            sections=sections,
            events=events,
            log_sha256=sha256,
            hypothesis=self.hypothesis,
        )

    def streamed(
        self, cut: AsOf, *, policy: str = "latest", places: Iterable[str] | None = None
    ) -> State | None:
        """Return the state at a cut from a log that is unread, without holding it; None where only reading all of it can judge it.

        Raises what `state` raises.
        """
        from timeline.index import streaming

        assert self.unread is not None
        return streaming.answered(
            self.unread, self.projections, self.context(cut, policy), self.places(places)
        )

    def replayed(
        self, cut: AsOf, places: Sequence[PlaceId] | None = None
    ) -> Callable[[Projection[Any, Any]], Mapping[Any, Cells]]:
        """Return what gives the cells of a projection at a cut, from the index or by replay; with `places` at least what concerns them."""
        if self.index is not None:
            return (
                partial(self.index.cells, cut=cut, places=places)
                if cut.recorded is None
                else self._streamed(cut)
            )
        return self._plainly(cut)

    def _plainly(self, cut: AsOf) -> Callable[[Projection[Any, Any]], Mapping[Any, Cells]]:
        standing = engine.standing(self.dated, cut)
        return lambda projection: engine.replay(
            projection, standing.values(), standing.get, cut.instant
        )

    def _streamed(self, cut: AsOf) -> Callable[[Projection[Any, Any]], Mapping[Any, Cells]]:
        """Return what gives the cells at a cut on the clock of the log, which no index keeps: found without holding the log in memory."""
        from timeline.index import streaming
        from timeline.log import chunks as bulk

        assert self.index is not None
        try:
            _, cells = streaming.replay(self.index.log, self.projections, self.city, cut)
        except bulk.Unusual:
            return self._plainly(cut)
        return lambda projection: cells[projection.name]

    def supposing(
        self,
        added: Sequence[Event] = (),
        *,
        without_sources: Iterable[str] = (),
        without_events: Iterable[str] = (),
    ) -> "Timeline":
        """Return this timeline with events added, and without some; nothing is written.

        Events are added as `append` would, sources and events are found by any of their names.
        Raises `InvalidEvent` with everything that is wrong with the events, `UsageError` for an
        unknown source, and `NothingFound` for an unknown event.
        """
        before = self.hypothesis or Hypothesis()
        new = self._addable([*before.added, *added]) if added else before.added
        more = (
            timed(event, self.city.zone)._replace(recorded=PAST)
            for event in new
            if event not in before.added
        )
        extended = evolve(self, log=self.log, dated=(*self.dated, *more), index=None)
        hypothesis = Hypothesis(
            added=tuple(new),
            without_sources=_once(
                before.without_sources, (self.city.source(name).id for name in without_sources)
            ),
            without_events=_once(
                before.without_events, (extended.event(id).id for id in without_events)
            ),
        )
        return evolve(
            extended,
            dated=tuple(one for one in extended.dated if hypothesis.keeps(one.event)),
            hypothesis=hypothesis,
        )

    def search(self, wanted: str) -> Iterable[TimedEvent]:
        """Return the events that have all of some words, in the order of the log; see `timeline.domain.wording`."""
        from timeline.domain.wording import Wording
        from timeline.domain.words import matches, words

        sought = words(wanted)
        if self.index is not None and sought:
            return self._read(self.index.search(sought))
        words_of = Wording(self.city)
        return [one for one in self.dated if matches(sought, words_of(one.event).split())]

    def _read(self, places: Iterable[tuple[int | None, str | None]]) -> list[TimedEvent]:
        """Return events of the log from the bytes at which their lines begin, or from the lines that the index keeps."""
        from timeline.index.growing import Reader

        assert self.index is not None
        with Reader(self.index.log, self.city) as fact:
            return [fact(begin, line) for begin, line in places]

    def changes(
        self,
        projection: Projection[A, Any],
        cut: AsOf | None = None,
        *,
        along: "Along" = "valid",
        policy: str = "latest",
        places: Iterable[str] | None = None,
    ) -> "Iterator[Change[A]]":
        """Yield every change of a projection's answers, along valid time, knowledge time or both; see `timeline.replay.sweep.changes`."""
        from timeline.replay.sweep import changes

        return changes(
            projection,
            self.dated,
            self.context(cut, policy),
            along=along,
            places=self.places(places),
        )

    def explain(
        self,
        projection: Projection[Any, Any],
        key: Any,
        cut: AsOf | None = None,
        *,
        policy: str = "latest",
    ) -> "Explanation":
        """Return why an answer is what it is; `timeline.analysis.counterfactuals.flips` finds what would change it."""
        from timeline.analysis.explain import explain
        from timeline.analysis.subject import subject

        return explain(subject(projection, key, self.dated, self.context(cut, policy)), self.dated)

    def differences(
        self, a: AsOf, b: AsOf, *, policy: str = "latest", other: "Timeline | None" = None
    ) -> "Iterator[Difference]":
        """Yield every answer in which the states at two cuts differ, the second one of another timeline where that is given."""
        from timeline.analysis.diff import Side, differences

        sides = (
            Side(self.dated, self.context(a, policy)),
            Side((other or self).dated, self.context(b, policy)),
        )
        return differences(self.projections, *sides)

    def places(self, names: Iterable[str] | None) -> list[PlaceId] | None:
        """Return the ids of places, None for all; raise `UsageError` for an unknown one."""
        return None if names is None else [self.city.place(name).id for name in names]

    def _addable(self, events: Sequence[Event]) -> Sequence[Event]:
        """Return those of some events that the log does not hold; raise `InvalidEvent` with everything that is wrong with any of them."""
        from timeline.log.writer import admissible

        named, problems = intake.admit_each(events, self.city)
        try:
            new, _ = admissible(self.log, named, self.city)
        except InvalidEvent as error:
            problems += error.problems
        if problems:
            raise InvalidEvent(problems)
        return new

    def event(self, id: str) -> Event:
        """Return the event of that id, or of the only one that begins so; raise `NothingFound` or `UsageError` with what comes near."""
        ids = [event.id for event, *_ in self.dated]
        found = find_id(id, ids)
        return self.dated[ids.index(found)].event

    def context(self, cut: AsOf | None = None, policy: str = "latest") -> Context:
        """Return what an answer is read in: the city, a cut and a policy; raise `UsageError` for an unknown policy."""
        return Context(self.city, cut or AsOf(), find_policy(policy))

    def withdrawals(self) -> Mapping[EventId, Withdrawal]:
        """Return when, and by which event, each withdrawn event was withdrawn."""
        return self.index.withdrawals() if self.index else engine.withdrawals(self.dated)

    def append(self, events: Sequence[Event], *, dry_run: bool = False) -> "Receipt":
        """Append events to the log, all of them or none, with their names as ids; this object stays as it was opened.

        Raises `InvalidEvent` with every problem found. An event that is there already with the same
        content is left alone.
        """
        from timeline.log.writer import (
            append,
        )  # with what it needs for ids and locks, as slow to import as a small log is to read

        with collector_paused():
            return append(
                self.log.path, intake.admit_all(events, self.city), city=self.city, dry_run=dry_run
            )

    def merge(self, theirs: str | Path, *, dry_run: bool = False) -> "Merged":
        """Add to the log what another log of this city holds and it lacks; this object stays as it was opened; see `merging.merge`."""
        from timeline.log.merge import merge

        return merge(self.log.path, Path(theirs), self.city, dry_run=dry_run)

    @contextmanager
    def writing(self) -> "Iterator[Callable[[Sequence[Event]], Receipt]]":
        """Keep the log open and give what appends to it as `append` does, without reading anew what was read; see `append.Writer`."""
        from timeline.log.writer import Writer

        with closing(Writer(self.log.path, self.city)) as writer:
            yield lambda events: writer.append(intake.admit_all(events, self.city))


@contextmanager
def collector_paused() -> Iterator[None]:
    """Keep the collector from walking a growing heap without garbage: it would cost more than the work."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _once(ids: Iterable[Id], more: Iterable[Id]) -> tuple[Id, ...]:
    """Return ids and more ids, each once."""
    return tuple(dict.fromkeys((*ids, *more)))
