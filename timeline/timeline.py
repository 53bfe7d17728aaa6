"""The library's front door: a log beside its city, opened once and asked many times."""

import gc
import os
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from attrs import evolve, field, frozen

from timeline.analysis.diff import Difference, Side, differences
from timeline.analysis.explain import Explanation, explain
from timeline.analysis.subject import subject
from timeline.domain import city_file
from timeline.domain.city import City
from timeline.domain.events import Event, EventId, PlaceId
from timeline.domain.timed_event import TimedEvent, timed
from timeline.domain.words import words
from timeline.errors import InvalidEvent, Problem
from timeline.index import lifecycle
from timeline.index.build import Progress
from timeline.index.lifecycle import Index
from timeline.log import admission, merge, reader, writer
from timeline.log.ids import find_id
from timeline.log.load import admitted_events
from timeline.log.merge import Merged
from timeline.log.reader import Log
from timeline.log.writer import Receipt, Writer
from timeline.replay import engine, sweep
from timeline.replay.engine import Withdrawal
from timeline.replay.hypothesis import Hypothesis
from timeline.replay.policies import find_policy
from timeline.replay.projection import A, Cells, Context, Projection
from timeline.replay.state import State, origin
from timeline.replay.store import EventStore, LogIdentity, MemoryStore
from timeline.replay.sweep import Along, Change
from timeline.storage.paths import city_path
from timeline.temporal.as_of import AsOf
from timeline.temporal.dates import PAST

Id = TypeVar("Id", bound=str)


@frozen(kw_only=True, slots=False)
class Timeline:
    """A log and its city as they were when it was opened.

    Attributes:
        path: the log.
        city: the places, actors and sources.
        projections: the questions that a state answers.
        store: the source of the events.
        hypothesis: the suppositions beyond the log, or against it; None for the log as it is.
        city_file: the file that the city was read from, if any.
    """

    path: Path
    city: City
    projections: tuple[Projection[Any, Any, Any], ...]
    store: EventStore
    hypothesis: Hypothesis | None = None
    city_file: Path | None = None
    _log: Log | None = field(default=None, repr=False)

    @classmethod
    def open(
        cls,
        path: str | Path,
        projections: Iterable[Projection[Any, Any, Any]],
        *,
        city: str | Path | None = None,
    ) -> "Timeline":
        """Return the timeline of a log and the city file beside it, or the one given.

        Raises `TimelineError` for a missing or faulty city file, `InvalidLog` for a faulty line.
        """
        path = Path(path)
        file = Path(city) if city else city_path(path)
        with collector_paused():
            return cls.of(reader.read(path), city_file.load(file), projections, file)

    @classmethod
    def of(
        cls,
        log: Log,
        city: City,
        projections: Iterable[Projection[Any, Any, Any]],
        file: Path | None = None,
    ) -> "Timeline":
        """Return the timeline of a log that was read; raise `InvalidLog` at its first fault."""
        with collector_paused():
            events = tuple(admitted_events(log, city))
        store = MemoryStore(city, events, LogIdentity(len(log.events), log.sha256))
        return cls(
            path=log.path,
            city=city,
            projections=tuple(projections),
            store=store,
            city_file=file,
            log=log,
        )

    @classmethod
    @contextmanager
    def indexed(
        cls,
        path: str | Path,
        projections: Iterable[Projection[Any, Any, Any]],
        *,
        city: str | Path | None = None,
        build: bool | None = None,
        progress: Progress | None = None,
    ) -> "Iterator[Timeline]":
        """Give a timeline that answers from the index of its log, where that fits or can be made.

        A missing or unfit index is made if `build` says so, by default for a log of at least
        `lifecycle.WORTHWHILE` bytes; else the log is read. Raises what `Timeline.open` raises.
        """
        index = index_of(path, projections, city=city)
        file = Path(city) if city else city_path(index.log)
        large = _size(index.log) >= lifecycle.WORTHWHILE
        with index.opened(build=large if build is None else build, progress=progress) as store:
            if store is None:  # the city file was read for the index already
                with collector_paused():
                    whole = cls.of(reader.read(index.log), index.city, index.projections, file)
                yield whole
            else:
                yield cls(
                    path=index.log,
                    city=index.city,
                    projections=index.projections,
                    store=store,
                    city_file=file,
                )

    @cached_property
    def log(self) -> Log:
        """The log as it was read; of an indexed one, as it is read now."""
        return self._log or reader.read(self.path)

    @property
    def torn(self) -> Problem | None:
        """The fault of a torn end, as far as the log was read for this timeline."""
        return self._log.torn if self._log else None

    @property
    def timed_events(self) -> Sequence[TimedEvent]:
        """The events, their names as ids and their clocks read, in the order of the log."""
        return self.store.events()

    @property
    def events(self) -> tuple[Event, ...]:
        """The events in the order of the log, their names as ids."""
        return tuple(timed.event for timed in self.timed_events)

    @property
    def count(self) -> int:
        """The number of events, those that are only supposed among them."""
        return self.store.count()

    def cut(
        self, at: str | None = None, known: str | None = None, recorded: str | None = None
    ) -> AsOf:
        """Return the cut that texts describe in the city's zone; raise `UsageError` for no date."""
        return AsOf.parse(at, known, recorded, zone=self.city.zone)

    def context(self, cut: AsOf | None = None, policy: str = "latest") -> Context:
        """Return the context of answers; raise `UsageError` for an unknown policy."""
        cut = cut or AsOf()
        return Context(self.city, cut, find_policy(policy), self.store.editions(cut))

    def places(self, names: Iterable[str] | None) -> list[PlaceId] | None:
        """Return the ids of places, None for all; raise `UsageError` for an unknown one."""
        return None if names is None else [self.city.place(name).id for name in names]

    def origin(self, cut: AsOf, policy: str) -> dict[str, Any]:
        """Return the JSON values that answers begin with: city, cut, policy, log, hypothesis."""
        return origin(self.context(cut, policy), *self.store.identity(), self.hypothesis)

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
        """Return the state of the city at a cut, given as texts or as `AsOf`, read with a policy.

        With `places`, by any of their names, only what concerns them is answered. Raises
        `UsageError` for what is no date, and for an unknown policy or place.
        """
        context = self.context(cut or self.cut(at, known, recorded), policy)
        chosen = self.places(places)
        with collector_paused():
            cells = self.cells(context.cut, chosen)
            sections = {
                one.name: engine.answer(one, cells[one.name], context, chosen)
                for one in self.projections
            }
        events, sha256 = self.store.identity()
        return State(
            context=context,
            sections=sections,
            events=events,
            log_sha256=sha256,
            hypothesis=self.hypothesis,
        )

    def cells(
        self, cut: AsOf, places: Sequence[PlaceId] | None = None
    ) -> Mapping[str, Mapping[Hashable, Cells]]:
        """Return the cells of all projections by name; with `places`, at least those concerned."""
        return self.store.cells(self.projections, cut, places)

    def supposing(
        self,
        added: Sequence[Event] = (),
        *,
        without_sources: Iterable[str] = (),
        without_events: Iterable[str] = (),
    ) -> "Timeline":
        """Return this timeline with events added, and without some; nothing is written.

        Events are added as `append` would; sources and events go by any of their names. Raises
        `InvalidEvent` with every problem of the events, `UsageError` for an unknown source, and
        `NothingFound` for an unknown event.
        """
        before = self.hypothesis or Hypothesis()
        new = self._addable([*before.added, *added]) if added else before.added
        fresh = [event for event in new if event not in before.added]
        present = self.timed_events
        every = [*present, *self._numbered(fresh, present)]
        ids = [one.event.id for one in every]
        sources = [self.city.source(name).id for name in without_sources]
        left_out = [find_id(id, ids) for id in without_events]
        hypothesis = Hypothesis(
            added=tuple(new),
            without_sources=_once(before.without_sources, sources),
            without_events=_once(before.without_events, left_out),
        )
        return evolve(self, store=self._supposed(every, hypothesis), hypothesis=hypothesis)

    def _numbered(
        self, supposed: Sequence[Event], present: Sequence[TimedEvent]
    ) -> Iterator[TimedEvent]:
        """Yield supposed events with their clocks read, numbered after all others."""
        numbers = (one.number for one in present)
        last = max(self.store.identity().events, *numbers, 0)
        for number, event in enumerate(supposed, last + 1):
            yield timed(event, self.city.zone, number)._replace(recorded=PAST)

    def _supposed(self, events: Sequence[TimedEvent], hypothesis: Hypothesis) -> MemoryStore:
        """Return the store of those events that a hypothesis keeps."""
        kept = tuple(one for one in events if hypothesis.keeps(one.event))
        left_out = tuple(one for one in events if not hypothesis.keeps(one.event))
        return MemoryStore(self.city, kept, self.store.identity(), left_out)

    def search(self, wanted: str) -> Sequence[TimedEvent]:
        """Return the events that have all of some words, in the order of the log."""
        return self.store.search(words(wanted))

    def event(self, id: str) -> Event:
        """Return the event of that id, or the only one that begins so.

        Raises `NothingFound` or `UsageError` with what comes near.
        """
        events = {event.id: event for event in self.events}
        return events[find_id(id, list(events))]

    def changes(
        self,
        projection: Projection[Any, A, Any],
        cut: AsOf | None = None,
        *,
        along: Along = "valid",
        policy: str = "latest",
        places: Iterable[str] | None = None,
    ) -> Iterator[Change[A]]:
        """Yield every change of a projection's answers along one clock or both; see `sweep`."""
        context, chosen = self.context(cut, policy), self.places(places)
        return sweep.changes(projection, self.timed_events, context, along=along, places=chosen)

    def explain(
        self,
        projection: Projection[Any, Any, Any],
        key: Any,
        cut: AsOf | None = None,
        *,
        policy: str = "latest",
    ) -> Explanation:
        """Return why an answer is what it is; see `counterfactuals` for what would change it."""
        context, events = self.context(cut, policy), self.timed_events
        return explain(subject(projection, key, events, context), events)

    def differences(
        self, a: AsOf, b: AsOf, *, policy: str = "latest", other: "Timeline | None" = None
    ) -> Iterator[Difference]:
        """Yield every answer in which two states differ, the second perhaps of another timeline."""
        here = Side(self.timed_events, self.context(a, policy))
        there = Side((other or self).timed_events, self.context(b, policy))
        return differences(self.projections, here, there)

    def withdrawals(self) -> Mapping[EventId, Withdrawal]:
        """Return when, and by which event, each withdrawn event was withdrawn."""
        return self.store.withdrawals()

    def append(self, events: Sequence[Event], *, dry_run: bool = False) -> Receipt:
        """Append events to the log, all of them or none; this object stays as it was opened.

        Events already there are left alone. Raises `InvalidEvent` with every problem found.
        """
        with collector_paused():
            named = admission.admit_all(events, self.city)
            return writer.append(self.path, named, city=self.city, dry_run=dry_run)

    def merge(self, theirs: str | Path, *, dry_run: bool = False) -> Merged:
        """Add what another log of this city has beyond this; the object stays as it was opened."""
        return merge.merge(self.path, Path(theirs), self.city, dry_run=dry_run)

    @contextmanager
    def writing(self) -> Iterator[Callable[[Sequence[Event]], Receipt]]:
        """Keep the log open and give a function that appends as `append` does, but faster."""
        with closing(Writer(self.path, self.city)) as open_log:
            yield lambda events: open_log.append(admission.admit_all(events, self.city))

    def _addable(self, events: Sequence[Event]) -> Sequence[Event]:
        """Return those events that the log lacks; raise `InvalidEvent` with every problem."""
        named, problems = admission.admit_each(events, self.city)
        try:
            new, _ = writer.admissible(self.log, named, self.city)
        except InvalidEvent as error:
            problems += error.problems
        if problems:
            raise InvalidEvent(problems)
        return new


def index_of(
    path: str | Path,
    projections: Iterable[Projection[Any, Any, Any]],
    *,
    city: str | Path | None = None,
) -> Index:
    """Return the index of a log, there or not; raise `TimelineError` for a faulty city file."""
    path = Path(path)
    file = Path(city) if city else city_path(path)
    known = city_file.load(file)
    place = os.environ.get("TIMELINE_INDEX")
    return lifecycle.find(path, known, file.read_bytes(), tuple(projections), place)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


@contextmanager
def collector_paused() -> Iterator[None]:
    """Keep the collector from walking a growing heap that holds no garbage."""
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
