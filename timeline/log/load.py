"""The events of a log, admitted to its city, with their clocks read."""

from collections.abc import Iterator

from attrs import evolve

from timeline.domain.city import City
from timeline.domain.timed_event import TimedEvent
from timeline.errors import InvalidEvent, InvalidLog
from timeline.log.admission import admitted_event
from timeline.log.reader import Log, dangling


def admitted_events(log: Log, city: City) -> Iterator[TimedEvent]:
    """Yield the events of a log with their clocks read; raise `InvalidLog` at the first that does not fit the city or the others."""
    for event in log.events:
        try:
            yield admitted_event(event, city)
        except InvalidEvent as error:
            raise InvalidLog(evolve(error.problems[0], where=log.where(event))) from None
    for problem in dangling(log):
        raise InvalidLog(problem)
