"""The words of an event, as a search finds them: with an index and without one, the same.

A search asks for words, and finds the events that have all of them, each at least as the beginning of one of theirs. Case, accents, vowel
marks and the signs within names do not matter (`city.fold`); nor do, in Arabic, the forms of alef, ya and ta marbuta, and the article,
with or without the letters that are written before it.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from timeline.city import City, fold
from timeline.events import ActorId, Event, PlaceId, SourceId, Text, fields_of

_WORD = re.compile(r"\w+")
_ALIKE = str.maketrans("ىةؤئ", "يهوي")
_ARTICLE = re.compile(r"(?:[وبكف]?ال|لل)(?=\w{2})")


@lru_cache(maxsize=1 << 12)
def words(text: str) -> tuple[str, ...]:
    """Return the words of a text, folded."""
    return tuple(_ARTICLE.sub("", word, count=1) if _ARTICLE.match(word) else word for word in _WORD.findall(fold(text).translate(_ALIKE)))


def words_of(event: Event, city: City) -> list[str]:
    """Return the words of an event, each once: of its texts, and of all names of its places, actors and source."""
    return list(dict.fromkeys(word for text in _texts(event, city) for word in words(text)))


def matches(wanted: Iterable[str], found: Iterable[str]) -> bool:
    """Return whether each of the words wanted is the beginning of one of those found."""
    found = list(found)
    return all(any(word.startswith(one) for word in found) for one in wanted)


def _texts(event: Event, city: City) -> Iterator[str]:
    for name in fields_of(type(event), Text):
        if text := getattr(event, name):
            yield text
    for kind, known in ((PlaceId, city.places), (ActorId, city.actors), (SourceId, city.sources)):
        for name in fields_of(type(event), kind):
            value = getattr(event, name)
            for id in value if isinstance(value, tuple) else (value,):
                if id is not None:
                    yield from known[id].names
