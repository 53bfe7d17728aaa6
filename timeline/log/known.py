"""What a writer knows of a log: what its rules ask of the events that are there, kept up as the log grows."""

from collections import ChainMap
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, tzinfo

from attrs import define, evolve, field

from timeline.domain.city import City
from timeline.domain.events import Event, EventId, Retraction
from timeline.domain.references import references
from timeline.errors import InvalidEvent, InvalidLog
from timeline.log.reader import Reading, reference_problems


@define
class Known:
    """The events of a log as its rules see them.

    Attributes:
        city: says which names are the same; None for names as they stand.
        events: the events by id, their names as ids.
        retracted: which event retracted each retracted one.
        recorded: when the last was recorded, in UTC.
    """

    city: City | None = None
    events: dict[EventId, Event] = field(factory=dict)
    retracted: dict[EventId, EventId] = field(factory=dict)
    recorded: datetime = datetime.min.replace(tzinfo=UTC)
    _lost: list[tuple[Event, str]] = field(factory=list)

    @property
    def zone(self) -> tzinfo:
        """The zone in which dates without an offset are read."""
        return self.city.zone if self.city else UTC

    def take(self, reading: Reading) -> None:
        """Hold what was read since; raise `InvalidLog` for what readers would not take."""
        fresh, reading.fresh = reading.fresh, []
        self.hold(fresh, lambda event: reading.where(reading.numbers[event.id]))

    def hold(self, events: Sequence[Event], where: Callable[[Event], str]) -> None:
        """Hold more events; raise `InvalidLog` for one whose names the city does not know."""
        for event in events:
            self._hold(event, where)
        referring = [(event, where(event)) for event in events if any(references(event))]
        self._lost = [
            (event, line)
            for event, line in (*self._lost, *referring)
            if any(reference_problems([event], self.events))
        ]

    def require_whole(self, new: Sequence[Event]) -> None:
        """Raise `InvalidLog` for a reference that leads nowhere, unless one of the new events is what it refers to."""
        if self._lost:
            known = ChainMap({event.id: event for event in new}, self.events)
            for event, line in self._lost:
                for _, problem in reference_problems([event], known):
                    raise InvalidLog(evolve(problem, where=line))

    def _hold(self, event: Event, where: Callable[[Event], str]) -> None:
        try:
            named = self.city.canonical(event) if self.city else event
        except InvalidEvent as error:
            raise InvalidLog(evolve(error.problems[0], where=where(event))) from None
        self.events[named.id] = named
        if isinstance(named, Retraction):
            self.retracted.setdefault(named.target, named.id)
        if named.recorded:
            self.recorded = max(self.recorded, named.recorded.instant(UTC))
