"""What events are in the tables of an index: made from a part of a log, wherever that is done, and handed over as one flat batch.

An event goes in as one row of `events` and one row for each of its effects, as it stands by itself; what others do to it comes after
(`timeline.filling`). A statement is about other events: where these are in the same part, its rows are made here, else it stays bare until
all events are there. This is most of the work of building an index, and is done by several processes; a batch is made of nothing but
texts and numbers, so that handing it over costs little.
"""

import marshal
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple
from zlib import crc32

from attrs import frozen

from timeline import bulk
from timeline.bulk import Part, Unusual
from timeline.city import City
from timeline.engine import Withdrawal, about, withdraws
from timeline.errors import TimelineError
from timeline.events import Event, EventId, SourceId
from timeline.patterns import Pattern, Patterns, patterns, stamp, standing_rows
from timeline.projection import Dated, Projection
from timeline.rows import ClaimRow, CountRow, Place, row
from timeline.sweep import NOT_WITHDRAWN, Life, stretches
from timeline.timeline import admitted_event
from timeline.words import Wording

Projections = Sequence[Projection[Any, Any]]


class Placed(NamedTuple):
    """An event, with the byte at which its line begins, or with the line where that is not in the log as it counts."""

    fact: Dated
    begin: int | None
    line: str | None = None


Column = Sequence[Any]


class Batch(NamedTuple):
    """What some events are in the tables as far as each stands by itself, by column. Events and cells are numbered within it, from 0.

    Attributes:
        events: id, type, occurred, reported, recorded, source, the byte at which the line begins, the line where that is kept, and when
            the event was known.
        words: what a search finds each event by.
        withdraws: which event retracts or replaces which: numbers, and ids.
        mentions: which event is about which, likewise.
        bare: the events whose rows are not here.
        places: the cells, as `rows.Place` has them, one perhaps more than once.
        sayings: what is claimed, each once.
        claims: of each share of the cells (see `share`) the numbers of cells, the ends of windows, the numbers of events, those of
            effects, and the rest of `ClaimRow`, with the number of what is claimed.
        counts: the same of `CountRow`.
    """

    events: Sequence[Column]
    words: Column
    withdraws: Sequence[Column]
    mentions: Sequence[Column]
    bare: Column
    places: Column
    sayings: Column
    claims: Sequence[Sequence[Column]]
    counts: Sequence[Sequence[Column]]


SHARES = 16
"""In how many shares the rows of a whole log are put in order: one small enough for the caches of a processor takes half the time."""


def share(key: str) -> int:
    """Return to which share the cells of a key belong, in every process the same."""
    return crc32(key.encode()) % SHARES


@frozen(slots=False, eq=False, repr=False)
class Making:
    """What batches are made with, and what was found out for one that the next can use.

    Attributes:
        city: the city of the log.
        projections: the questions that are kept.
    """

    city: City
    projections: Projections

    @cached_property
    def pattern(self) -> Patterns:
        """What gives the patterns of events."""
        return patterns(self.projections)

    @cached_property
    def words(self) -> Wording:
        """What gives the words of events."""
        return Wording(self.city)


class _Effects(NamedTuple):
    """The effects of some events, row by row; cells and sayings are numbered as they come.

    Attributes:
        places: the cells, one perhaps more than once.
        cells: their numbers and shares, by what they were found by.
        sayings: the numbers of what is claimed.
        claims, counts: the rows of each share, one value after the other.
    """

    places: list[tuple[Any, ...]]
    cells: dict[Any, tuple[int, int]]
    sayings: dict[str, int]
    claims: list[list[Any]]
    counts: list[list[Any]]


def batch_of(placed: Iterable[Placed], making: Making) -> Batch:
    """Return the batch of some events, in their order."""
    effects, every = _no_effects(), list[Dated]()
    events, words, others = list[Any](), list[str](), list[int]()
    for number, (fact, begin, line) in enumerate(placed):
        event, stamped = fact.event, stamp(fact)
        every.append(fact)
        events += _event(event, begin, line, stamped)
        words.append(making.words(event))
        pattern = making.pattern(event)
        if pattern is None:
            others.append(number)
        else:
            _stamp(effects, number, event.source, stamped, pattern)
    facts = {fact.event.id: fact for fact in every}
    bare = [number for number in others if not _put(effects, number, _rows(every[number], facts, making.projections))]
    return Batch(_columns(events, 9), words, *_pointing(every), bare, *_effected(effects))


def effects_of(rows: Mapping[int, Iterable[ClaimRow | CountRow]]) -> Batch:
    """Return a batch of no event that has the effects of some, by their numbers."""
    effects = _no_effects()
    for number, some in rows.items():
        _put(effects, number, some)
    return Batch([()] * 9, (), [()] * 2, [()] * 2, (), *_effected(effects))


def batch(part: Part, making: Making) -> Batch:
    """Return the batch of a part of a log; raise `Unusual` where the plain way of reading must judge."""
    try:
        return batch_of((Placed(admitted_event(event, making.city), begin) for begin, event in bulk.decoded(part)), making)
    except TimelineError:
        raise Unusual from None


def packed(part: Part, making: Making) -> bytes:
    """Return the batch of a part of a log for another process of this program; raise as `batch` does."""
    made: Any = tuple(batch(part, making))
    return marshal.dumps(made)


def unpacked(data: bytes) -> Batch:
    """Return a batch that was packed."""
    return Batch(*marshal.loads(data))  # noqa: S302  # from a process that this one started


def rows_of(life: Life, lives: Mapping[EventId, Life], projections: Projections) -> Iterator[ClaimRow | CountRow]:
    """Yield the rows of an event, in an order of which its effects are numbered; `lives` holds the events that it is about."""
    listening = [projection for projection in projections if type(life.fact.event) in projection.listens]
    spells = list(stretches(life, lives)) if listening else []
    for projection in listening:
        for begun, ended, lookup in spells:
            for effect in projection.effects(life.fact, lookup):
                yield row(projection, effect, begun.known, ended.known)


def alone(fact: Dated) -> Life:
    """Return the life of an event that no other has withdrawn."""
    return Life(fact, Withdrawal(fact.known, fact.event.id), NOT_WITHDRAWN)


def _rows(fact: Dated, facts: Mapping[EventId, Dated], projections: Projections) -> Iterable[ClaimRow | CountRow] | None:
    """Return the rows of an event as long as nothing is withdrawn; None where it is about an event that is not among the given."""
    others = about(fact.event)
    if not others:
        return standing_rows(fact, projections)
    if not all(one in facts for one in others):
        return None
    lives = {one: alone(facts[one]) for one in (fact.event.id, *others)}
    return rows_of(lives[fact.event.id], lives, projections)


def _no_effects() -> _Effects:
    return _Effects([], {}, {}, [[] for _ in range(SHARES)], [[] for _ in range(SHARES)])


def _put(effects: _Effects, number: int, rows: Iterable[ClaimRow | CountRow] | None) -> bool:
    """Add the rows of an event; return whether it has them yet."""
    _, cells, sayings, claims, counts = effects
    for part, one in enumerate(rows or ()):
        cell, mine = cells.get(one.place) or _cell(effects, one.place, one.place)
        if isinstance(one, ClaimRow):
            claims[mine] += cell, one.latest, number, part, *one[2:-1], sayings.setdefault(one.said, len(sayings))
        else:
            counts[mine] += cell, one.latest, number, part, *one[2:]
    return rows is not None


def _stamp(effects: _Effects, number: int, voice: SourceId, stamped: tuple[Any, ...], pattern: Pattern) -> None:
    """Add the rows of an event that stands, by its pattern."""
    _, cells, sayings, claims, counts = effects
    for part, (mark, place, said, counted) in enumerate(pattern):
        cell, mine = cells.get((mark, voice)) or _cell(effects, (mark, voice), place._replace(voice=voice))
        if counted:
            counts[mine] += cell, stamped[0], number, part, *stamped[1:6], *counted
        else:
            claims[mine] += cell, stamped[0], number, part, *stamped[1:], sayings.setdefault(said, len(sayings))


def _cell(effects: _Effects, by: Any, place: Place) -> tuple[int, int]:
    """Return the number and share of a cell that was not there yet, to be found by something."""
    effects.places.append(tuple(place))
    return effects.cells.setdefault(by, (len(effects.places) - 1, share(place.key)))


def _effected(effects: _Effects) -> tuple[Column, Column, Sequence[Sequence[Column]], Sequence[Sequence[Column]]]:
    """Return the end of a batch."""
    claims, counts = ([_columns(rows, width) for rows in shares] for shares, width in ((effects.claims, 14), (effects.counts, 13)))
    return effects.places, list(effects.sayings), claims, counts


def _columns(values: list[Any], width: int) -> Sequence[Column]:
    """Return the columns of rows that were put down one value after the other."""
    return [values[column::width] for column in range(width)]


def _pointing(facts: Iterable[Dated]) -> tuple[Sequence[Column], Sequence[Column]]:
    """Return which events withdraw which, and which are about which."""
    events = list(enumerate(fact.event for fact in facts))
    withdrawals = [one for number, event in events if (target := withdraws(event)) is not None for one in (number, target)]
    mentions = [one for number, event in events for target in dict.fromkeys(about(event)) for one in (number, target)]
    return _columns(withdrawals, 2), _columns(mentions, 2)


def _event(event: Event, begin: int | None, line: str | None, stamped: tuple[Any, ...]) -> tuple[Any, ...]:
    recorded = None if event.recorded is None else str(event.recorded)
    return event.id, event.type, stamped[8], str(event.reported), recorded, event.source, begin, line, stamped[3]
