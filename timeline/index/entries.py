"""What events are in the tables of an index: made from a part of a log, wherever that is done, and handed over as one flat batch.

An event goes in as one row of `events` and one row for each of its effects, as it stands by itself;
what others do to it comes after (`timeline.index.filling`). A statement is about other events:
where these are in the same part, its rows are made here, else it stays bare until all events are
there. This is most of the work of building an index, and is done by several processes; a batch is
made of nothing but texts and numbers, so that handing it over costs little.
"""

import marshal
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from itertools import accumulate, repeat
from typing import Any, NamedTuple
from zlib import crc32

from timeline.domain.events import EventId, SourceId
from timeline.domain.references import about, withdraws
from timeline.domain.timed_event import TimedEvent
from timeline.index.entry import Entry, Making, Projections, Told
from timeline.index.patterns import Pattern, standing_rows
from timeline.index.rows import ALWAYS, ClaimRow, CountRow, Place, row
from timeline.log import chunks as bulk
from timeline.log.chunks import Part
from timeline.replay.engine import Withdrawal
from timeline.replay.lifetimes import NOT_WITHDRAWN, EventLifetime, known_effects
from timeline.replay.projection import Lookup

Column = Sequence[Any]


class Batch(NamedTuple):
    """What some events are in the tables as far as each stands by itself, by column. Events and cells are numbered within it, from 0.

    Attributes:
        events: what they tell of themselves.
        words: what a search finds each of them by.
        withdraws: which event retracts or replaces which: numbers, and ids.
        mentions: which event is about which, likewise.
        bare: the events whose rows are not here.
        places: the cells, as `rows.Place` has them, one perhaps more than once.
        sayings: what is claimed, each once.
        claims: of each share of the cells (see `share`) the numbers of cells, the ends of windows,
            the numbers of events, those of effects, and the rest of `ClaimRow`, with the number of
            what is claimed.
        counts: the same of `CountRow`.
        told_claims: those of which the event tells the rest: the numbers of cells, of events, of
            effects, and of what is claimed.
        told_counts: likewise, with what is counted.
    """

    events: Told
    words: Column
    withdraws: Sequence[Column]
    mentions: Sequence[Column]
    bare: Column
    places: Column
    sayings: Column
    claims: Sequence[Sequence[Column]]
    counts: Sequence[Sequence[Column]]
    told_claims: Sequence[Sequence[Column]]
    told_counts: Sequence[Sequence[Column]]


SHARES = 16
"""In how many shares the rows of a whole log are put in order: one small enough for the caches of a processor takes half the time."""


def share(key: str) -> int:
    """Return to which share the cells of a key belong, in every process the same."""
    return crc32(key.encode()) % SHARES


class _Effects(NamedTuple):
    """The effects of some events, row by row; cells and sayings are numbered as they come.

    Attributes:
        places: the cells, one perhaps more than once.
        cells: their numbers and shares, by what they were found by.
        sayings: the numbers of what is claimed.
        claims, counts, told_claims, told_counts: the rows of each share, one value after the other.
    """

    places: list[tuple[Any, ...]]
    cells: dict[Any, tuple[int, int]]
    sayings: dict[str, int]
    claims: list[list[Any]]
    counts: list[list[Any]]
    told_claims: list[list[Any]]
    told_counts: list[list[Any]]


def batch_of(entries: Iterable[Entry], making: Making) -> Batch:
    """Return the batch of some entries, in their order, with the rows of those that are about others where these are among them."""
    effects, every = _no_effects(), list(entries)
    for number, one in enumerate(every):
        if one.pattern is not None:
            _tell(effects, number, one.told.source, one.pattern)
    find = _finding(every, making)
    facts = [
        (number, one.fact) for number, one in enumerate(every) if isinstance(one.fact, TimedEvent)
    ]  # a plain line points to no other
    others = [
        (number, _rows(fact, find, making.projections))
        for number, fact in facts
        if every[number].pattern is None
    ]
    bare = [number for number, rows in others if not _put(effects, number, rows)]
    columns = [*zip(*(one.told for one in every), strict=True)]
    return Batch(
        Told(*columns) if columns else _NOBODY,
        [one.words for one in every],
        *_pointing(facts),
        bare,
        *_effected(effects),
    )


def effects_of(rows: Mapping[int, Iterable[ClaimRow | CountRow]]) -> Batch:
    """Return a batch of no event that has the effects of some, by their numbers."""
    effects = _no_effects()
    for number, some in rows.items():
        _put(effects, number, some)
    return Batch(_NOBODY, (), [()] * 2, [()] * 2, (), *_effected(effects))


def batch(part: Part, making: Making) -> Batch:
    """Return the batch of a part of a log; raise `Unusual` where the plain way of reading must judge."""
    lines = BytesIO(bulk.content(part)).readlines()
    begins = accumulate(map(len, lines), initial=part.begin)
    return batch_of(map(making.read, lines, begins), making)


def packed(part: Part, making: Making) -> bytes:
    """Return the batch of a part of a log for another process of this program; raise as `batch` does."""
    events, *rest = batch(part, making)
    made: Any = (tuple(events), *rest)
    return marshal.dumps(made)


def unpacked(data: bytes) -> Batch:
    """Return a batch that was packed."""
    events, *rest = marshal.loads(data)  # noqa: S302  # from a process that this one started
    return Batch(Told(*events), *rest)


def claims_of(batch: Batch) -> Iterator[tuple[int, list[Iterable[Any]]]]:
    """Yield the rows of claims by column, those that their events tell among them, as `Batch.claims` has them, with their share."""
    yield from enumerate(map(list, batch.claims))
    for number, (cells, events, parts, said) in enumerate(batch.told_claims):
        told = batch.events.of(events)
        times = (
            told.latest,
            events,
            parts,
            told.earliest,
            told.span,
            told.known,
            repeat(ALWAYS),
            told.id,
        )
        yield number, [cells, *times, repeat(None), repeat(None), told.occurred, told.grade, said]


def counts_of(batch: Batch) -> Iterator[tuple[int, list[Iterable[Any]]]]:
    """Yield the rows of what is counted, likewise."""
    yield from enumerate(map(list, batch.counts))
    for number, (cells, events, parts, *counted) in enumerate(batch.told_counts):
        told = batch.events.of(events)
        yield (
            number,
            [
                cells,
                told.latest,
                events,
                parts,
                told.earliest,
                told.span,
                told.known,
                repeat(ALWAYS),
                told.id,
                *counted,
            ],
        )


def rows_of(
    life: EventLifetime, lives: Mapping[EventId, EventLifetime], projections: Projections
) -> Iterator[ClaimRow | CountRow]:
    """Yield the rows of an event, in an order of which its effects are numbered; `lives` holds the events that it is about."""
    for projection, effect, begun, ended in known_effects(projections, life, lives):
        yield row(projection, effect, begun.known, ended.known)


def alone(fact: TimedEvent) -> EventLifetime:
    """Return the life of an event that no other has withdrawn."""
    return EventLifetime(fact, Withdrawal(fact.known, fact.event.id), NOT_WITHDRAWN)


def _finding(entries: Iterable[Entry], making: Making) -> Lookup:
    """Return what finds an event among some, and decodes it if that is still to be done."""
    facts = {one.told.id: one.fact for one in entries}

    def find(id: EventId) -> TimedEvent | None:
        there = facts.get(id)
        if isinstance(there, bytes):
            there = facts[id] = making.fact(there)
        return there

    return find


def _rows(
    fact: TimedEvent, find: Lookup, projections: Projections
) -> Iterable[ClaimRow | CountRow] | None:
    """Return the rows of an event as long as nothing is withdrawn; None where it is about an event that is not found."""
    others = about(fact.event)
    if not others:
        return standing_rows(fact, projections)
    lives = {
        one: alone(there) for one in (fact.event.id, *others) if (there := find(one)) is not None
    }
    return (
        rows_of(lives[fact.event.id], lives, projections)
        if all(one in lives for one in others)
        else None
    )


def _no_effects() -> _Effects:
    return _Effects([], {}, {}, *([[] for _ in range(SHARES)] for _ in range(4)))


def _put(effects: _Effects, number: int, rows: Iterable[ClaimRow | CountRow] | None) -> bool:
    """Add the rows of an event; return whether it has them yet."""
    _, cells, sayings, claims, counts, *_ = effects
    for part, one in enumerate(rows or ()):
        cell, mine = cells.get(one.place) or _cell(effects, one.place, one.place)
        if isinstance(one, ClaimRow):
            claims[mine] += (
                cell,
                one.latest,
                number,
                part,
                *one[2:-1],
                sayings.setdefault(one.said, len(sayings)),
            )
        else:
            counts[mine] += cell, one.latest, number, part, *one[2:]
    return rows is not None


def _tell(effects: _Effects, number: int, voice: SourceId, pattern: Pattern) -> None:
    """Add the rows of an event that stands, by its pattern."""
    _, cells, sayings, _, _, claims, counts = effects
    for part, (mark, place, said, counted) in enumerate(pattern):
        cell, mine = cells.get((mark, voice)) or _cell(
            effects, (mark, voice), place._replace(voice=voice)
        )
        if counted:
            counts[mine] += cell, number, part, *counted
        else:
            claims[mine] += cell, number, part, sayings.setdefault(said, len(sayings))


def _cell(effects: _Effects, by: Any, place: Place) -> tuple[int, int]:
    """Return the number and share of a cell that was not there yet, to be found by something."""
    effects.places.append(tuple(place))
    return effects.cells.setdefault(by, (len(effects.places) - 1, share(place.key)))


def _effected(effects: _Effects) -> tuple[Any, ...]:
    """Return the end of a batch."""
    places, _, sayings, *rows = effects
    return (
        places,
        list(sayings),
        *(
            [_columns(some, width) for some in shares]
            for shares, width in zip(rows, (14, 13, 4, 7), strict=True)
        ),
    )


def _columns(values: list[Any], width: int) -> Sequence[Column]:
    """Return the columns of rows that were put down one value after the other."""
    return [values[column::width] for column in range(width)]


def _pointing(facts: Sequence[tuple[int, TimedEvent]]) -> tuple[Sequence[Column], Sequence[Column]]:
    """Return which events withdraw which, and which are about which."""
    withdrawals = [
        one
        for number, fact in facts
        if (target := withdraws(fact.event)) is not None
        for one in (number, target)
    ]
    mentions = [
        one
        for number, fact in facts
        for target in dict.fromkeys(about(fact.event))
        for one in (number, target)
    ]
    return _columns(withdrawals, 2), _columns(mentions, 2)


_NOBODY = Told(*([()] * len(Told._fields)))
"""What no event tells."""
