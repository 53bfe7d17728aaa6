"""The words of an event, as a search finds them: with an index and without one, the same.

A search asks for words, and finds the events that have all of them, each at least as the beginning
of one of theirs. Case, accents, vowel marks and the signs within names do not matter (`city.fold`);
nor do, in Arabic, the forms of alef, ya and ta marbuta, and the article, with or without the
letters that are written before it.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from operator import attrgetter
from typing import Any

from timeline.domain.city import Actor, City, Place, Source
from timeline.domain.event_fields import fields_of, own_names
from timeline.domain.events import EVENT_TYPES, ActorId, Event, PlaceId, SourceId, Text
from timeline.domain.words import words


class Wording:
    """The words of events, as one text each: of their texts, and of all names of their places, actors and source.

    A word may stand there twice, and two blanks in a row. What the names of a city come to is kept
    in mind, for the same ones stand together again and again.
    """

    def __init__(self, city: City) -> None:
        """Take the city that has the names."""
        self._sources = _Named(city.sources)
        self._own = {kind: self._namings(city, kind) for kind in EVENT_TYPES}

    def __call__(self, event: Event) -> str:
        """Return the words of an event."""
        return f"{self.own(event)} {self.envelope(event.source, _TOLD(event))}"

    def own(self, event: Event) -> str:
        """Return the words of the fields that its type adds to the envelope."""
        texts, names = self._own[type(event)]
        found = [_together(text) for name in texts if (text := getattr(event, name))]
        return " ".join([*found, *(known[getattr(event, name)] for name, known in names)])

    def envelope(self, source: SourceId, texts: Iterable[str | None]) -> str:
        """Return the words of a source and of the texts that an envelope may have: outlet, locator, wording and note."""
        return " ".join([*map(_together, filter(None, texts)), self._sources[source]])

    def _namings(
        self, city: City, kind: type[Event]
    ) -> tuple[tuple[str, ...], list[tuple[str, "_Named"]]]:
        """Return which fields of its own a type has that are texts, and which that name something, with the words of what they name."""
        own = set(own_names(kind))
        kinds = (
            (PlaceId, _Named(city.places)),
            (ActorId, _Named(city.actors)),
            (SourceId, self._sources),
        )
        names = [
            (name, known)
            for named, known in kinds
            for name in fields_of(kind, named)
            if name in own
        ]
        return tuple(name for name in fields_of(kind, Text) if name in own), names


class _Named(dict[Any, str]):
    """The words of what fields name, by their value: an id, several or none."""

    def __init__(self, known: Mapping[Any, Place | Actor | Source]) -> None:
        super().__init__({None: "", (): ""})
        self._known = known

    def __missing__(self, value: Any) -> str:
        names = [
            name
            for id in (value if type(value) is tuple else (value,))
            for name in self._known[id].names
        ]
        found = " ".join(dict.fromkeys(word for name in names for word in words(name)))
        if type(value) is not tuple:  # of those there are no more than the city has
            self[value] = found
        return found


@lru_cache(maxsize=1 << 12)
def _together(text: str) -> str:
    return " ".join(dict.fromkeys(words(text)))


_TOLD = attrgetter(*fields_of(Event, Text))
