"""What events that are alike do alike: the rows of one, but for dates and voice, are those of all with the same fields of their own.

Many events of a large log say the same of the same place, at another time or by another voice. Of
the types for which every projection declares it (`Projection.patterned`), what they do is found out
once, by the plain way: the effects of an event that is made of nothing but the fields that they
share. So a pattern cannot depend on anything else, and is no second account of what an event does.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC
from functools import lru_cache
from itertools import count
from operator import attrgetter
from typing import Any, NamedTuple

from timeline.domain.event_fields import own_names
from timeline.domain.events import EVENT_TYPES, Event, EventId, SourceId
from timeline.domain.timed_event import TimedEvent
from timeline.index.rows import ALWAYS, ClaimRow, CountRow, Place, micros, row, span_of
from timeline.replay.projection import Projection
from timeline.temporal.dates import FUTURE, Moment, When

KEPT = 1 << 15
"""How many patterns are kept in mind."""


class Mark(NamedTuple):
    """What one row holds of an event but for its dates and its voice: which cell it belongs to, and what is claimed or counted there.

    Attributes:
        number: its own, which no other mark has.
        place: which cell, of no voice.
        said: what is claimed, as `ClaimRow` has it; empty for a row that counts.
        counted: what is counted, as the end of `CountRow` has it; empty for a claim.
    """

    number: int
    place: Place
    said: str
    counted: tuple[int | None, ...]


Pattern = tuple[Mark, ...]
"""The marks of the rows of an event, in the order in which its effects are numbered."""

Patterns = Callable[[Event], Pattern | None]
"""Returns the pattern of an event; None for one of a type that has none, whose effects are found out for each by itself."""


def patterns(projections: Sequence[Projection[Any, Any]]) -> Patterns:
    """Return what gives the patterns of events, and keeps in mind those that were asked for last.

    It raises `TypeError` for an event of a type that a projection declares, and whose effects have
    other dates or another voice than it.
    """
    heard = {kind for projection in projections for kind in projection.listens}
    getters = {
        kind: attrgetter(*own_names(kind)) for kind in EVENT_TYPES if patterned(kind, projections)
    }
    numbers = count()

    @lru_cache(maxsize=KEPT)
    def made(kind: type[Event], own: Any) -> Pattern:
        fact = TimedEvent(
            kind(
                id=_ID, source=_VOICE, occurred=_OCCURRED, reported=_REPORTED, **_values(kind, own)
            ),
            _WINDOW,
            _KNOWN,
        )
        return tuple(_mark(next(numbers), fact, one) for one in standing_rows(fact, projections))

    def pattern(event: Event) -> Pattern | None:
        kind: Any = type(event)
        own = getters.get(kind)
        if own is None:
            return None if kind in heard else ()
        return made(kind, own(event))

    return pattern


def standing_rows(
    fact: TimedEvent, projections: Sequence[Projection[Any, Any]]
) -> Iterator[ClaimRow | CountRow]:
    """Yield the rows of an event that is about no other and stands, by the plain way."""
    kind = type(fact.event)
    for projection in projections:
        if kind in projection.listens:
            for effect in projection.effects(fact, _nothing):
                yield row(projection, effect, fact.known, FUTURE)


def patterned(kind: type[Event], projections: Sequence[Projection[Any, Any]]) -> bool:
    """Return whether events of a type have patterns: each projection that listens to it declares it."""
    listening = [projection for projection in projections if kind in projection.listens]
    return bool(listening) and all(kind in projection.patterned for projection in listening)


def _nothing(_: EventId) -> None:
    return None


def _mark(number: int, fact: TimedEvent, one: ClaimRow | CountRow) -> Mark:
    """Return the mark of a row of an event; raise `TypeError` where it has other dates or another voice than the event."""
    said, counted = (one.said, ()) if isinstance(one, ClaimRow) else ("", one[7:])
    event, window, known, _ = fact
    latest, earliest = micros(window.latest), micros(window.earliest)
    times = latest, earliest, span_of(latest - earliest), micros(known), ALWAYS, event.id
    if one != (
        one.place._replace(voice=_VOICE),
        *times,
        *(counted or (None, None, str(event.occurred), event.grade, said)),
    ):
        raise TypeError(
            f"what {one.place.projection} makes of {event.type} has dates or a voice of its own, and no pattern"
        )
    return Mark(number, one.place, said, counted)


def _values(kind: type[Event], own: Any) -> dict[str, Any]:
    """Return the fields of an event of a type by name, given as `attrgetter` gives all that are its own."""
    names = own_names(kind)
    return dict(zip(names, own if len(names) > 1 else (own,), strict=True))


_VOICE = SourceId("pattern")
_ID, _OCCURRED, _REPORTED = EventId("pattern"), When("2000-01-01"), Moment("2000-01-02")
_WINDOW, _KNOWN = _OCCURRED.window(UTC), _REPORTED.instant(UTC)
