"""The words of an event, so that a search finds the same with an index and without one.

A search finds the events that have all of its words, each at least as the beginning of a word. How
Latin and Arabic spellings are made alike is the matter of `timeline.domain.words`.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import chain
from operator import attrgetter
from typing import Any

from timeline.domain.city import Actor, City, Place, Source
from timeline.domain.event_fields import fields_of, own_names, several
from timeline.domain.events import EVENT_TYPES, ActorId, Event, PlaceId, SourceId, Text
from timeline.domain.words import words

_ENVELOPE_TEXTS = attrgetter(*fields_of(Event, Text))


class Wording:
    """The words of events, one text each, from their own texts and all names of what they name.

    A word may stand in a text twice, and two blanks in a row.
    """

    def __init__(self, city: City) -> None:
        """Take the city that has the names."""
        self._sources = _Named(city.sources)
        self._own = {kind: self._namings(city, kind) for kind in EVENT_TYPES}

    def __call__(self, event: Event) -> str:
        """Return the words of an event."""
        return f"{self.own(event)} {self.envelope(event.source, _ENVELOPE_TEXTS(event))}"

    def own(self, event: Event) -> str:
        """Return the words of the fields that its type adds, and of whom it cites."""
        texts, names = self._own[type(event)]
        parts = [_together(text) for name in texts if (text := getattr(event, name))]
        parts += [known[getattr(event, name)] for name, known in names]
        return " ".join(parts)

    def envelope(self, source: SourceId, texts: Iterable[str | None]) -> str:
        """Return the words of a source and of the texts of an envelope, such as its note."""
        return " ".join([*map(_together, filter(None, texts)), self._sources[source]])

    def _namings(
        self, city: City, kind: type[Event]
    ) -> tuple[tuple[str, ...], list[tuple[str, "_Named"]]]:
        """Return a type's text fields, and its naming fields with the words of those names."""
        own = {*own_names(kind), "cites"}
        texts = tuple(name for name in fields_of(kind, Text) if name in own)
        names: list[tuple[str, _Named]] = []
        for named, known in (
            (PlaceId, _Named(city.places)),
            (ActorId, _Named(city.actors)),
            (SourceId, self._sources),
        ):
            names += [(name, known) for name in fields_of(kind, named) if name in own]
        return texts, names


class _Named(dict[Any, str]):
    """The words of what fields name, by their value: an id, several or none."""

    def __init__(self, known: Mapping[Any, Place | Actor | Source]) -> None:
        super().__init__({None: "", (): ""})
        self._known = known

    def __missing__(self, value: Any) -> str:
        names = chain.from_iterable(self._known[id].names for id in several(value))
        text = " ".join(dict.fromkeys(chain.from_iterable(map(words, names))))
        if type(value) is not tuple:  # of single ids there are no more than the city has
            self[value] = text
        return text


@lru_cache(maxsize=1 << 12)
def _together(text: str) -> str:
    return " ".join(dict.fromkeys(words(text)))
