"""Events with their clocks read, as the replay takes them."""

from datetime import UTC, datetime, tzinfo
from typing import NamedTuple

from timeline.domain.events import Event
from timeline.temporal.dates import Window


class TimedEvent(NamedTuple):
    """An event with its three clocks read, in UTC.

    Attributes:
        event: the event.
        window: when it became true in the city.
        known: when it was made public.
        recorded: when it was appended; None if its line does not say, `PAST` if only supposed.
        number: its place among the events of the log, 1 being the first; 0 if it is of no log.
    """

    event: Event
    window: Window
    known: datetime
    recorded: datetime | None = None
    number: int = 0


def timed(event: Event, zone: tzinfo, number: int = 0) -> TimedEvent:
    """Return an event with its clocks read; what it wrote without an offset is read in `zone`."""
    window, known = event.occurred.window(zone), event.reported.instant(zone)
    recorded = event.recorded.instant(UTC) if event.recorded else None
    return TimedEvent(event, window, known, recorded, number)
