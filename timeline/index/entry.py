"""What one event is in the tables of an index, by itself: from the event, or from a line that says nothing new.

Most lines of a large log differ from others in nothing but their id, their dates and their remarks
(`timeline.index.familiar`), and decoding is most of what a line costs. So what the own fields of a
line come to, the pattern of their rows and their words, is kept in mind by their text, the source
likewise, and such a line is read without making an event of it: to the very entry that the event
has.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from attrs import field, frozen

from timeline.domain.city import City
from timeline.domain.events import EVENT_TYPES, SourceId
from timeline.domain.timed_event import TimedEvent
from timeline.domain.wording import Wording
from timeline.errors import TimelineError
from timeline.index.familiar import LONG, Shapes, plain, shapes, window
from timeline.index.patterns import KEPT, Pattern, Patterns, patterned, patterns
from timeline.index.rows import micros, span_of
from timeline.log import fast_decode as admitted
from timeline.log.admission import admitted_event
from timeline.log.chunks import Unusual
from timeline.replay.projection import Projection

Projections = Sequence[Projection[Any, Any]]

_MINUTE = 60_000_000
_SPAN = span_of(_MINUTE)


class Told(NamedTuple):
    """What an event tells of itself in the tables; of a batch of events, their columns.

    Attributes:
        id, type, occurred, reported, recorded, source: as they are written; `recorded` may be None.
        begin: the byte at which its line begins; None where `line` is kept.
        line: the line itself, where it is not in the log as it counts.
        known: when it was made public, as the rest in microseconds since 1970.
        latest: the end of its window.
        earliest: the beginning of its window.
        span: how long the window is, as `rows.span_of` has it.
        grade: the Admiralty code, or None.
    """

    id: Any
    type: Any
    occurred: Any
    reported: Any
    recorded: Any
    source: Any
    begin: Any
    line: Any
    known: Any
    latest: Any
    earliest: Any
    span: Any
    grade: Any

    def of(self, events: Iterable[int]) -> "Told":
        """Return, of the columns of a batch, those of rows that belong to its events with these numbers."""
        return Told(*(map(column.__getitem__, events) for column in self))


class Entry(NamedTuple):
    """What an event is in the tables as far as it stands by itself.

    Attributes:
        told: what it tells of itself.
        words: what a search finds it by.
        pattern: its pattern; None where there is none, and its rows are found out from the event.
        fact: the event, or the line that holds it.
    """

    told: Told
    words: str
    pattern: Pattern | None
    fact: TimedEvent | bytes


class _Said(NamedTuple):
    """What own fields come to that were decoded: their type, the pattern of their rows, and their words."""

    type: str
    pattern: Pattern
    words: str


@frozen(slots=False)
class Making:
    """What entries are made with, and what was found out for one that the next can use.

    Attributes:
        city: the city of the log.
        projections: the questions that are kept.
    """

    city: City
    projections: Projections
    _sources: dict[str, SourceId] = field(factory=dict, init=False)
    _said: dict[str, _Said] = field(factory=dict, init=False)

    @cached_property
    def pattern(self) -> Patterns:
        """What gives the patterns of events."""
        return patterns(self.projections)

    @cached_property
    def words(self) -> Wording:
        """What gives the words of events."""
        return Wording(self.city)

    @cached_property
    def _shapes(self) -> Shapes:
        return shapes(kind for kind in EVENT_TYPES if patterned(kind, self.projections))

    def entry(self, fact: TimedEvent, begin: int | None, line: str | None = None) -> Entry:
        """Return the entry of an event whose line begins at a byte, or is kept itself where it is not in the log as it counts."""
        event, window, known, _ = fact
        recorded = None if event.recorded is None else str(event.recorded)
        texts = (
            event.id,
            event.type,
            str(event.occurred),
            str(event.reported),
            recorded,
            event.source,
        )
        told = Told(
            *texts,
            begin,
            line,
            micros(known),
            *_measured(micros(window.latest), micros(window.earliest)),
            event.grade,
        )
        return Entry(told, self.words(event), self.pattern(event), fact)

    def read(self, raw: bytes, begin: int) -> Entry:
        """Return the entry of a line, given with its newline; raise `Unusual` where the plain way of reading must judge."""
        found = plain(self._shapes, raw)
        told = None if found is None else self._told(found.groups(), raw, begin)
        if told is not None:
            return told
        fact = self.fact(raw)
        one = self.entry(fact, begin)
        if found is not None and one.pattern is not None:
            said = _Said(fact.event.type, one.pattern, self.words.own(fact.event))
            self._remember(found["source"], found["own"], fact.event.source, said)
        return one

    def fact(self, raw: bytes) -> TimedEvent:
        """Return the event of a line, given with its newline; raise as `read` does."""
        event = admitted.decode(raw[:-1])
        if event is None:
            raise Unusual
        try:
            return admitted_event(event, self.city)
        except TimelineError:
            raise Unusual from None

    def _told(self, groups: tuple[Any, ...], raw: bytes, begin: int) -> Entry | None:
        """Return the entry of a plain line (see `familiar.shapes`) whose source and own fields are known; None for what must be judged."""
        (
            id,
            minute,
            vague,
            reported,
            recorded,
            source,
            own,
            outlet,
            locator,
            grade,
            wording,
            note,
        ) = groups
        voice, said = self._sources.get(source), self._said.get(own)
        when = _minute(minute) if minute else self._vague(vague)
        known = _micros(reported)
        if voice is None or said is None or when is None or known < when[1]:
            return None
        told = Told(
            id,
            said.type,
            minute or vague,
            reported,
            recorded,
            voice,
            begin,
            None,
            known,
            *when,
            grade,
        )
        return Entry(
            told,
            f"{said.words} {self.words.envelope(voice, (outlet, locator, wording, note))}",
            said.pattern,
            raw,
        )

    @cached_property
    def _vague(self) -> Callable[[str], tuple[int, int, int] | None]:
        """What gives the window of any date, as `Told` has it; None for what is no date."""

        @lru_cache(maxsize=4096)
        def read(vague: str) -> tuple[int, int, int] | None:
            found = window(vague, self.city.zone)
            return (
                None if found is None else _measured(micros(found.latest), micros(found.earliest))
            )

        return read

    def _remember(self, source: str, own: str, voice: SourceId, said: _Said) -> None:
        if len(own) <= LONG:
            if len(self._said) >= KEPT:
                self._said.clear()
            self._sources[source], self._said[own] = voice, said


def _measured(latest: int, earliest: int) -> tuple[int, int, int]:
    return latest, earliest, span_of(latest - earliest)


def _minute(text: str) -> tuple[int, int, int]:
    """Return the window of a minute of UTC, as `Told` has it."""
    earliest = _micros(text)
    return earliest + _MINUTE, earliest, _SPAN


def _micros(minute: str) -> int:
    """Return when a minute of UTC begins, as a log writes it, in microseconds since 1970."""
    return _day(minute[:10]) + _time(minute[11:16])


@lru_cache(maxsize=4096)
def _day(text: str) -> int:
    return micros(datetime.fromisoformat(text).replace(tzinfo=UTC))


@lru_cache(maxsize=1440)
def _time(text: str) -> int:
    return (int(text[:2]) * 60 + int(text[3:])) * _MINUTE
