"""An export tells of an event what the other events say of it: withdrawal, place and stances."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from attrs import frozen

from timeline.domain.events import Event, EventId, PlaceId, Statement
from timeline.domain.references import about
from timeline.domain.timed_event import TimedEvent
from timeline.replay.engine import Withdrawal

_STANCES = ("agree", "disagree", "unclear")
_DEPTH = 4
"""How many statements about statements are followed to the place of their subject."""


@frozen
class Quote:
    """An event as an export quotes it, with the standing statements that speak of it.

    `withdrawn` is None if nobody withdrew it as far as known; `place` is that of `place_of`.
    """

    timed: TimedEvent
    withdrawn: Withdrawal | None
    place: PlaceId | None
    agreed: tuple[EventId, ...]
    denied: tuple[EventId, ...]
    doubted: tuple[EventId, ...]

    @property
    def event(self) -> Event:
        """The event."""
        return self.timed.event


def quotes(
    chosen: Iterable[TimedEvent],
    events: Sequence[TimedEvent],
    withdrawals: Mapping[EventId, Withdrawal],
) -> Iterator[Quote]:
    """Yield the chosen of some events as quotes."""
    by_id = {timed.event.id: timed.event for timed in events}
    statements = _statements(timed.event for timed in events if timed.event.id not in withdrawals)
    for timed in chosen:
        id = timed.event.id
        stances = (statements.get((id, stance), ()) for stance in _STANCES)
        yield Quote(timed, withdrawals.get(id), place_of(timed.event, by_id), *stances)


def place_of(event: Event, events: Mapping[EventId, Event], depth: int = _DEPTH) -> PlaceId | None:
    """Return where an event was: a flight's origin, else destination; a statement's subject."""
    for name in ("place", "origin", "destination"):
        if place := getattr(event, name, None):
            return PlaceId(place)
    subjects = about(event) if depth else ()
    places = (place_of(events[id], events, depth - 1) for id in subjects if id in events)
    return next((place for place in places if place), None)


def _statements(events: Iterable[Event]) -> dict[tuple[EventId, str], tuple[EventId, ...]]:
    """Return the statements by the event that they are about and their stance on it."""
    statements: dict[tuple[EventId, str], tuple[EventId, ...]] = {}
    for event in events:
        if isinstance(event, Statement):
            for subject in event.about:
                key = (subject, event.stance)
                statements[key] = (*statements.get(key, ()), event.id)
    return statements
