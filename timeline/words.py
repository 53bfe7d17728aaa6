"""The words of an event, as a search finds them: with an index and without one, the same.

A search asks for words, and finds the events that have all of them, each at least as the beginning of one of theirs. Case, accents, vowel
marks and the signs within names do not matter (`city.fold`); nor do, in Arabic, the forms of alef, ya and ta marbuta, and the article,
with or without the letters that are written before it.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from operator import attrgetter
from typing import Any

from timeline.city import Actor, City, Place, Source, fold
from timeline.events import EVENT_TYPES, ActorId, Event, PlaceId, SourceId, Text, fields_of

_WORD = re.compile(r"\w+")
_ALIKE = str.maketrans("ىةؤئ", "يهوي")
_ARTICLE = re.compile(r"(?:[وبكف]?ال|لل)(?=\w{2})")


@lru_cache(maxsize=1 << 12)
def words(text: str) -> tuple[str, ...]:
    """Return the words of a text, folded."""
    return tuple(_ARTICLE.sub("", word, count=1) if _ARTICLE.match(word) else word for word in _WORD.findall(fold(text).translate(_ALIKE)))


def matches(wanted: Iterable[str], found: Iterable[str]) -> bool:
    """Return whether each of the words wanted is the beginning of one of those found."""
    found = list(found)
    return all(any(word.startswith(one) for word in found) for one in wanted)


def wording(city: City) -> Callable[[Event], str]:
    """Return what gives the words of an event as one text: of its texts, and of all names of its places, actors and source.

    A word may stand there twice. It keeps in mind what the names of a city come to, for the same ones stand together again and again.
    """
    texts = {kind: attrgetter(*fields_of(kind, Text)) for kind in EVENT_TYPES}
    names = {kind: [(name, _Named(getattr(city, known))) for name, known in _namings(kind)] for kind in EVENT_TYPES}

    def text(event: Event) -> str:
        kind = type(event)
        named = [known[getattr(event, name)] for name, known in names[kind]]
        return " ".join([*map(_together, filter(None, texts[kind](event))), *filter(None, named)])

    return text


class _Named(dict[Any, str]):
    """The words of what fields name, by their value: an id, several or none."""

    def __init__(self, known: Mapping[Any, Place | Actor | Source]) -> None:
        super().__init__({None: "", (): ""})
        self._known = known

    def __missing__(self, value: Any) -> str:
        names = [name for id in (value if type(value) is tuple else (value,)) for name in self._known[id].names]
        found = " ".join(dict.fromkeys(word for name in names for word in words(name)))
        if type(value) is not tuple:  # of those there are no more than the city has
            self[value] = found
        return found


@lru_cache(maxsize=1 << 12)
def _together(text: str) -> str:
    return " ".join(dict.fromkeys(words(text)))


def _namings(event_type: type[Event]) -> tuple[tuple[str, str], ...]:
    """Return the fields of a type that name something, each with what of the city it names."""
    kinds = ((PlaceId, "places"), (ActorId, "actors"), (SourceId, "sources"))
    return tuple((name, known) for kind, known in kinds for name in fields_of(event_type, kind))
