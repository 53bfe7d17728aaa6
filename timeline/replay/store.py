"""Where events come from: a log held in memory, or its index; both give the same answers."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple, Protocol

from attrs import frozen

from timeline.domain.city import City
from timeline.domain.events import EventId, PlaceId, SourceId
from timeline.domain.timed_event import TimedEvent
from timeline.domain.wording import Wording
from timeline.domain.words import matches
from timeline.replay import engine
from timeline.replay.engine import Withdrawal
from timeline.replay.projection import Cells, Projection
from timeline.temporal.as_of import AsOf


class LogIdentity(NamedTuple):
    """Which log it is: how many events it holds, and the SHA-256 of its bytes."""

    events: int
    sha256: str


class EventStore(Protocol):
    """The events of a log, whole or as cells."""

    def identity(self) -> LogIdentity:
        """Return which log it is."""

    def count(self) -> int:
        """Return how many events there are."""

    def ids(self) -> Sequence[EventId]:
        """Return the ids of all events."""

    def source(self, id: EventId) -> SourceId:
        """Return who said what an event says."""

    def events(self) -> Sequence[TimedEvent]:
        """Return all events in the order of the log."""

    def search(self, words: Sequence[str]) -> Sequence[TimedEvent]:
        """Return the events that have all of some folded words, in the order of the log."""

    def withdrawals(self) -> Mapping[EventId, Withdrawal]:
        """Return when, and by which event, each withdrawn event was withdrawn."""

    def cells(
        self,
        projections: Sequence[Projection[Any, Any, Any]],
        as_of: AsOf,
        places: Sequence[PlaceId] | None = None,
    ) -> Mapping[str, Mapping[Hashable, Cells]]:
        """Return the cells of projections by name; with `places`, at least those concerned."""

    def editions(self, as_of: AsOf) -> Mapping[SourceId, datetime]:
        """Return when each map that is kept current last spoke, as far as a cut goes, in UTC."""


@frozen(slots=False)
class MemoryStore:
    """Events held in memory: those of a log, or of a hypothesis that leaves some out."""

    city: City
    timed_events: tuple[TimedEvent, ...]
    log: LogIdentity
    left_out: tuple[TimedEvent, ...] = ()

    def identity(self) -> LogIdentity:
        """Return which log the events come from."""
        return self.log

    def count(self) -> int:
        """Return how many events there are, those that are only supposed among them."""
        return len(self.timed_events)

    def ids(self) -> Sequence[EventId]:
        """Return the ids of all events."""
        return [timed.event.id for timed in self.timed_events]

    def source(self, id: EventId) -> SourceId:
        """Return who said what an event says, also one that is left out."""
        return self._sources[id]

    def events(self) -> Sequence[TimedEvent]:
        """Return all events in the order of the log."""
        return self.timed_events

    def search(self, words: Sequence[str]) -> Sequence[TimedEvent]:
        """Return the events that have all of some folded words, in the order of the log."""
        wording = Wording(self.city)
        every = self.timed_events
        return [timed for timed in every if matches(words, wording(timed.event).split())]

    def withdrawals(self) -> Mapping[EventId, Withdrawal]:
        """Return when, and by which event, each withdrawn event was withdrawn."""
        return engine.withdrawals(self.timed_events)

    def cells(
        self,
        projections: Sequence[Projection[Any, Any, Any]],
        as_of: AsOf,
        places: Sequence[PlaceId] | None = None,
    ) -> Mapping[str, Mapping[Hashable, Cells]]:
        """Return the cells of projections by name, by the plain replay."""
        return replayed(projections, self.timed_events, as_of)

    def editions(self, as_of: AsOf) -> Mapping[SourceId, datetime]:
        """Return when each map that is kept current last spoke, as far as a cut goes, in UTC."""
        if not any(source.maintained for source in self.city.sources.values()):
            return {}
        visible = engine.visible(self.timed_events, as_of)
        return engine.editions(visible.values(), self.city, as_of.instant)

    @cached_property
    def _sources(self) -> Mapping[EventId, SourceId]:
        every = (*self.left_out, *self.timed_events)
        return {timed.event.id: timed.event.source for timed in every}


def replayed(
    projections: Iterable[Projection[Any, Any, Any]], events: Iterable[TimedEvent], as_of: AsOf
) -> dict[str, Mapping[Hashable, Cells]]:
    """Return the cells of projections by name, as a replay of events gives them."""
    visible = engine.visible(events, as_of)
    return {
        projection.name: engine.replay(projection, visible.values(), visible.get, as_of.instant)
        for projection in projections
    }
