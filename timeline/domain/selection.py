"""Which events a list shows: by type, place, source, actor, text, and time on either clock."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import attrs
from attrs import frozen

from timeline.domain.city import City
from timeline.domain.event_fields import fields_of
from timeline.domain.events import ActorId, Event, PlaceId, SourceId
from timeline.domain.timed_event import TimedEvent
from timeline.domain.words import fold
from timeline.temporal.dates import Window


@frozen(kw_only=True)
class Selection:
    """What an event must be to be chosen; an empty criterion chooses all.

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
        for one in events:
            if self._by_name(one.event, inside) and self._by_time(one) and self._by_text(one.event):
                yield one

    def _by_name(self, event: Event, inside: set[PlaceId]) -> bool:
        return (
            (not self.types or event.type in self.types)
            and (not self.sources or event.source in self.sources)
            and (not self.actors or not set(self.actors).isdisjoint(named(event, ActorId)))
            and (not inside or not inside.isdisjoint(named(event, PlaceId)))
        )

    def _by_time(self, one: TimedEvent) -> bool:
        occurred, reported = self.occurred, self.reported
        if occurred and (one.window.precedes(occurred) or occurred.precedes(one.window)):
            return False
        return reported is None or reported.earliest <= one.known < reported.latest

    def _by_text(self, event: Event) -> bool:
        wanted = fold(self.text)
        return not wanted or any(
            wanted in fold(text) for text in (event.type, str(event.v), *_texts(event))
        )


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
    values = [getattr(event, name) for name in fields_of(type(event), kind)]
    return {
        name
        for value in values
        if value
        for name in (value if isinstance(value, tuple) else (value,))
    }
