"""The choice of events for a list: by type, place, source, actor, text and time."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import attrs
from attrs import frozen

from timeline.domain.city import City
from timeline.domain.event_fields import fields_of, several
from timeline.domain.events import ActorId, Event, PlaceId, SourceId
from timeline.domain.timed_event import TimedEvent
from timeline.domain.words import fold
from timeline.temporal.dates import Window


@frozen(kw_only=True)
class Selection:
    """The criteria of a choice, all of which an event must meet; an empty one chooses all events.

    Attributes:
        types: one of these types.
        places: in, or of, one of these places.
        sources: said by one of these.
        actors: about one of these.
        text: with this text in any field; case and accents do not matter.
        occurred: may have occurred in this window.
        reported: was made public in this window.
    """

    types: Sequence[str] = ()
    places: Sequence[PlaceId] = ()
    sources: Sequence[SourceId] = ()
    actors: Sequence[ActorId] = ()
    text: str = ""
    occurred: Window | None = None
    reported: Window | None = None

    def choose(self, events: Iterable[TimedEvent], city: City) -> Iterator[TimedEvent]:
        """Yield the events that meet every criterion, in the order given."""
        inside = {place for name in self.places for place in city.within(name)}
        for timed in events:
            event = timed.event
            if self._by_name(event, inside) and self._by_time(timed) and self._by_text(event):
                yield timed

    def _by_name(self, event: Event, inside: set[PlaceId]) -> bool:
        return (
            (not self.types or event.type in self.types)
            and (not self.sources or event.source in self.sources)
            and (not self.actors or not set(self.actors).isdisjoint(named(event, ActorId)))
            and (not inside or not inside.isdisjoint(named(event, PlaceId)))
        )

    def _by_time(self, timed: TimedEvent) -> bool:
        occurred, reported = self.occurred, self.reported
        if occurred and (timed.window.precedes(occurred) or occurred.precedes(timed.window)):
            return False
        return reported is None or reported.earliest <= timed.known < reported.latest

    def _by_text(self, event: Event) -> bool:
        wanted = fold(self.text)
        texts = (event.type, str(event.v), *_texts(event))
        return not wanted or any(wanted in fold(text) for text in texts)


def _texts(value: Any) -> Iterator[str]:
    """Yield the texts that an event holds, without the names of its fields."""
    if attrs.has(type(value)):
        value = attrs.astuple(value, recurse=False)
    if isinstance(value, tuple):
        for item in value:
            yield from _texts(item)
    elif value is not None:
        yield str(value)


def named(event: Event, kind: object) -> set[str]:
    """Return the names of a kind, such as places, that an event holds."""
    names: set[str] = set()
    for field_name in fields_of(type(event), kind):
        names.update(several(getattr(event, field_name)))
    return names
