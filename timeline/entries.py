"""What events are in the tables of an index: made from a part of a log, wherever that is done, and handed over as one flat batch.

An event goes in as one row of `events` and one row for each of its effects, as it stands by itself; what others do to it comes after
(`timeline.filling`). A statement is about other events: where these are in the same part, its rows are made here, else it stays bare until
all events are there. This is most of the work of building an index, and is done by several processes; a batch is made of nothing but
texts and numbers, so that handing it over costs little.
"""

import marshal
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from timeline import bulk
from timeline.bulk import Part, Unusual
from timeline.city import City
from timeline.engine import Withdrawal, withdraws
from timeline.errors import TimelineError
from timeline.events import Event, EventId
from timeline.projection import Dated, Projection
from timeline.rows import ClaimRow, CountRow, micros, row
from timeline.sweep import NOT_WITHDRAWN, Life, about, known_effects
from timeline.timeline import admitted_event
from timeline.when import FUTURE
from timeline.words import words_of

Projections = Sequence[Projection[Any, Any]]


class Placed(NamedTuple):
    """An event, with the byte at which its line begins, or with the line where that is not in the log as it counts."""

    fact: Dated
    begin: int | None
    line: str | None = None


class Batch(NamedTuple):
    """What some events are in the tables as far as each stands by itself. Events and cells are numbered within the batch, from 0.

    Attributes:
        events: id, type, occurred, reported, recorded, source, the byte at which the line begins, the line where that is kept, and when
            the event was known.
        words: what a search finds each event by.
        withdraws: which event retracts or replaces which: a number, and an id.
        mentions: which event is about which, likewise.
        bare: the events whose rows are not here.
        places: the cells, as `rows.Place` has them.
        sayings: what is claimed, each once.
        claims: the number of the cell, the end of the window, the number of the event, that of the effect, and the rest of `ClaimRow`,
            with the number of what is claimed.
        counts: the same of `CountRow`.
    """

    events: list[tuple[Any, ...]]
    words: list[str]
    withdraws: list[tuple[int, str]]
    mentions: list[tuple[int, str]]
    bare: list[int]
    places: list[tuple[Any, ...]]
    sayings: list[str]
    claims: list[tuple[Any, ...]]
    counts: list[tuple[Any, ...]]


def batch_of(placed: Sequence[Placed], city: City, projections: Projections) -> Batch:
    """Return the batch of some events, in their order."""
    facts = {one.fact.event.id: one.fact for one in placed}
    made = Batch([], [], [], [], [], [], [], [], [])
    effects: list[Iterable[ClaimRow | CountRow]] = []
    for number, (fact, begin, line) in enumerate(placed):
        made.events.append(_columns(fact, begin, line))
        made.words.append(" ".join(words_of(fact.event, city)))
        _point(made, number, fact.event)
        rows = _rows(fact, facts, projections)
        made.bare.extend([number] if rows is None else [])
        effects.append(rows or ())
    return _effected(made, effects)


def effects_of(rows: Iterable[ClaimRow | CountRow]) -> Batch:
    """Return a batch of no event that has the effects of one."""
    return _effected(Batch([], [], [], [], [], [], [], [], []), [rows])


def batch(part: Part, city: City, projections: Projections) -> Batch:
    """Return the batch of a part of a log; raise `Unusual` where the plain way of reading must judge."""
    try:
        placed = [Placed(admitted_event(event, city), begin) for begin, event in bulk.decoded(part)]
    except TimelineError:
        raise Unusual from None
    return batch_of(placed, city, projections)


def packed(part: Part, city: City, projections: Projections) -> bytes:
    """Return the batch of a part of a log for another process of this program; raise as `batch` does."""
    return marshal.dumps(tuple(batch(part, city, projections)))


def unpacked(data: bytes) -> Batch:
    """Return a batch that was packed."""
    return Batch(*marshal.loads(data))  # noqa: S302  # from a process that this one started


def rows_of(life: Life, lives: Mapping[EventId, Life], projections: Projections) -> Iterator[ClaimRow | CountRow]:
    """Yield the rows of an event, in an order of which its effects are numbered; `lives` holds the events that it is about."""
    for projection in projections:
        for effect, begun, ended in known_effects(projection, life, lives):
            yield row(projection, effect, begun.known, ended.known)


def alone(fact: Dated) -> Life:
    """Return the life of an event that no other has withdrawn."""
    return Life(fact, Withdrawal(fact.known, fact.event.id), NOT_WITHDRAWN)


def _rows(fact: Dated, facts: Mapping[EventId, Dated], projections: Projections) -> Iterable[ClaimRow | CountRow] | None:
    """Return the rows of an event as long as nothing is withdrawn; None where it is about an event that is not among the given."""
    others = about(fact.event)
    if not others:
        return _standing(fact, projections)
    if not all(one in facts for one in others):
        return None
    lives = {one: alone(facts[one]) for one in (fact.event.id, *others)}
    return rows_of(lives[fact.event.id], lives, projections)


def _standing(fact: Dated, projections: Projections) -> Iterator[ClaimRow | CountRow]:
    """Yield the rows of an event that is about no other: `rows_of`, without looking for when others come and go."""
    kind = type(fact.event)
    for projection in projections:
        if kind in projection.listens:
            for effect in projection.effects(fact, _nothing):
                yield row(projection, effect, fact.known, FUTURE)


def _nothing(_: EventId) -> None:
    return None


def _point(made: Batch, number: int, event: Event) -> None:
    """Note which others an event withdraws and is about."""
    target = withdraws(event)
    if target is not None:
        made.withdraws.append((number, target))
    made.mentions.extend((number, one) for one in dict.fromkeys(about(event)))


def _effected(made: Batch, effects: Iterable[Iterable[ClaimRow | CountRow]]) -> Batch:
    """Return a batch with the effects of its events in it, those of each event by itself; cells and sayings are numbered as they come."""
    cells: dict[tuple[Any, ...], int] = {}
    sayings: dict[str, int] = {}
    for event, rows in enumerate(effects):
        for part, one in enumerate(rows):
            head = (cells.setdefault(one.place, len(cells)), one.latest, event, part)
            if isinstance(one, ClaimRow):
                made.claims.append((*head, *one[2:-1], sayings.setdefault(one.said, len(sayings))))
            else:
                made.counts.append((*head, *one[2:]))
    made.places.extend(map(tuple, cells))
    made.sayings.extend(sayings)
    return made


def _columns(fact: Dated, begin: int | None, line: str | None) -> tuple[Any, ...]:
    event = fact.event
    recorded = None if event.recorded is None else str(event.recorded)
    return event.id, event.type, str(event.occurred), str(event.reported), recorded, event.source, begin, line, micros(fact.known)
