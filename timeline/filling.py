"""Filling the index: what the events of a log are in its tables, for a whole log, for what was appended, and for a log of any other kind.

An event goes in as one row of `events` and one row for each of its effects, as it stands by itself. What others do to it comes after: a
withdrawal ends its rows, and a statement has rows once what it is about is there. So a late event is a few rows more, wherever in time it
lies, and whatever it touches is written anew from the log.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from attrs import define, field

from timeline import bulk
from timeline.bulk import Part, Unusual
from timeline.city import City
from timeline.engine import Withdrawal
from timeline.errors import TimelineError
from timeline.events import EventId, Retraction, Statement
from timeline.projection import Dated, Projection
from timeline.rows import ClaimRow, CountRow, instant, longest, micros, read, row
from timeline.sweep import NOT_WITHDRAWN, Life, known_effects
from timeline.timeline import admitted_event
from timeline.words import words_of

Fact = Callable[[int | None, str | None], Dated]
"""Reads an event anew: from the byte at which its line begins, or from the line that was kept."""


class Entry(NamedTuple):
    """What an event is in the tables, as far as it stands by itself.

    Attributes:
        event: id, type, occurred, reported, recorded, source, the byte at which its line begins, the line where that is kept, and when it
            was known.
        withdraws: the event that it retracts or replaces.
        about: the events that it speaks of.
        words: what a search finds it by.
        rows: its effects; none yet for a statement about others.
    """

    event: tuple[Any, ...]
    withdraws: str | None
    about: tuple[str, ...]
    words: str
    rows: tuple[tuple[Any, ...], ...]


def entry(fact: Dated, begin: int | None, line: str | None, city: City, projections: Sequence[Projection[Any, Any]]) -> Entry:
    """Return what an event is in the tables; its line is found in the log from a byte on, or is kept as it is."""
    event = fact.event
    about = event.about if isinstance(event, Statement) else ()
    withdraws = event.target if isinstance(event, Retraction) else event.supersedes
    recorded = None if event.recorded is None else str(event.recorded)
    columns = (event.id, event.type, str(event.occurred), str(event.reported), recorded, event.source, begin, line, micros(fact.known))
    life = Life(fact, Withdrawal(fact.known, event.id), NOT_WITHDRAWN)
    rows = () if about else tuple(map(tuple, _rows(life, {event.id: life}, projections)))
    return Entry(columns, withdraws, about, " ".join(words_of(event, city)), rows)


def entries(part: Part, city: City, projections: Sequence[Projection[Any, Any]]) -> list[Entry]:
    """Return the entries of a part of a log; raise `Unusual` where the plain way of reading must judge."""
    try:
        return [entry(admitted_event(event, city), begin, None, city, projections) for begin, event in bulk.decoded(part)]
    except TimelineError:
        raise Unusual from None


def _rows(life: Life, lives: dict[EventId, Life], projections: Sequence[Projection[Any, Any]]) -> Iterator[ClaimRow | CountRow]:
    for projection in projections:
        for effect, begun, ended in known_effects(projection, life, lives):
            yield row(projection, effect, begun.known, ended.known)


@define
class Filling:
    """Puts entries into the tables of an index, within a transaction of its connection.

    Attributes:
        db: the connection.
        projections: the questions that are kept.
        fact: reads an event anew.
        number: how many events there are.
        claims: the table that claims go into, one without an order of its own while a whole log is taken in.
        counts: the same for what counts.
    """

    db: sqlite3.Connection
    projections: Sequence[Projection[Any, Any]]
    fact: Fact
    number: int = 0
    claims: str = "claims"
    counts: str = "counts"
    _slots: dict[tuple[str, ...], tuple[int, int]] = field(factory=dict)
    _spans: set[tuple[int, int]] = field(factory=set)
    _keys: dict[tuple[str, str], int] = field(factory=dict)
    _places: dict[str, Projection[Any, Any]] = field(init=False)
    _life: Callable[[str], Life] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._places = {one.name: one for one in self.projections}
        self._life = lru_cache(maxsize=4096)(self._read_life)

    def add(self, given: Sequence[Entry]) -> None:
        """Take in the entries of events that are not there yet; raise `Unusual` for one that is."""
        start = self.number
        self.number += len(given)
        numbered = list(enumerate(given, start + 1))
        try:
            self.db.executemany(
                "INSERT INTO events (number, id, type, occurred, reported, recorded, source, begin, line, known) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                ((number, *one.event) for number, one in numbered),
            )
        except sqlite3.IntegrityError:
            raise Unusual from None
        self.db.executemany("INSERT INTO search (rowid, words) VALUES (?, ?)", ((number, one.words) for number, one in numbered))
        withdrawn = ((number, one.withdraws) for number, one in numbered if one.withdraws is not None)
        self.db.executemany("INSERT INTO withdrawals (event, target) VALUES (?, ?)", withdrawn)
        about = ((number, target) for number, one in numbered for target in dict.fromkeys(one.about))
        self.db.executemany("INSERT INTO mentions (event, target) VALUES (?, ?)", about)
        self._insert((number, part, row) for number, one in numbered for part, row in enumerate(one.rows))

    def settle(self, since: int = 0) -> None:
        """Let the events after the number `since` act on others and be acted on; raise `Unusual` for one that names what is not there."""
        self._check(since)
        withdrawn = self._withdraw(since)
        again = dict.fromkeys(withdrawn)
        changed = [*again, *range(since + 1, self.number + 1)] if since else list(again)
        for number in changed:
            again |= dict.fromkeys(self._speaking_of(number))
        fresh = self.db.execute("SELECT DISTINCT event FROM mentions WHERE event > ?", (since,))
        bare = {number for (number,) in fresh}
        for number in sorted(again.keys() | bare):
            self._renew(number, written=number not in bare)

    def _insert(self, rows: Iterable[tuple[int, int, tuple[Any, ...]]]) -> None:
        claims: list[tuple[Any, ...]] = []
        counts: list[tuple[Any, ...]] = []
        for number, part, (place, latest, *rest) in rows:
            into = counts if len(rest) == len(CountRow._fields) - 2 else claims
            slot, key = self._slot(place, into is counts)
            if (key, rest[1]) not in self._spans:
                self._spans.add((key, rest[1]))
                self.db.execute("INSERT OR IGNORE INTO key_spans (key, span, longest) VALUES (?, ?, ?)", (key, rest[1], longest(rest[1])))
            into.append((slot, latest, number, part, key, *rest))
        self.db.executemany(f"INSERT INTO {self.claims} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", claims)  # noqa: S608
        self.db.executemany(f"INSERT INTO {self.counts} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", counts)  # noqa: S608

    def _slot(self, place: tuple[str, ...], counts: bool) -> tuple[int, int]:
        """Return the numbers of a cell and of its key, which are noted down where they have none yet."""
        found = self._slots.get(place)
        if found is None:
            projection, key, voice, register = place
            number = self._key(projection, key)
            there = self.db.execute("SELECT slot FROM slots WHERE key = ? AND voice = ? AND register = ?", (number, voice, register))
            slot = next((one for (one,) in there), None) or self._made(
                "INSERT INTO slots (key, voice, register, counts) VALUES (?, ?, ?, ?)", (number, voice, register, counts)
            )
            found = self._slots[place] = slot, number
        return found

    def _key(self, projection: str, key: str) -> int:
        number = self._keys.get((projection, key))
        if number is None:
            found = self.db.execute("SELECT key FROM keys WHERE projection = ? AND json = ?", (projection, key))
            number = next((one for (one,) in found), None)
            if number is None:
                number = self._made("INSERT INTO keys (projection, json) VALUES (?, ?)", (projection, key))
                places = sorted(set(self._places[projection].places(read(key))))
                self.db.executemany("INSERT INTO key_places (place, key) VALUES (?, ?)", ((place, number) for place in places))
            self._keys[projection, key] = number
        return number

    def _made(self, statement: str, values: tuple[Any, ...]) -> int:
        return int(self.db.execute(statement, values).lastrowid or 0)

    def _check(self, since: int) -> None:
        """Raise `Unusual` where an event names one that is not there, or withdraws a retraction."""
        lost = (
            "SELECT 1 FROM mentions m LEFT JOIN events e ON e.id = m.target WHERE m.event > ? AND e.id IS NULL LIMIT 1",
            "SELECT 1 FROM withdrawals w LEFT JOIN events e ON e.id = w.target "
            "WHERE w.event > ? AND (e.id IS NULL OR e.type = 'retraction') LIMIT 1",
        )
        if any(self.db.execute(one, (since,)).fetchone() for one in lost):
            raise Unusual

    def _withdraw(self, since: int) -> list[int]:
        """Write at each event by which other it was withdrawn first, and return the numbers of those for which that is news."""
        news: dict[int, tuple[int, str]] = {}
        found = self.db.execute(
            "SELECT t.number, e.known, e.id, t.withdrawn, t.withdrawn_by FROM withdrawals w JOIN events e ON e.number = w.event "
            "JOIN events t ON t.id = w.target WHERE w.event > ?",
            (since,),
        )
        for number, known, by, before, before_by in found:
            held = news.get(number) or ((before, before_by) if before is not None else (known, by))
            news[number] = min((known, by), held)
        self.db.executemany("UPDATE events SET withdrawn = ?, withdrawn_by = ? WHERE number = ?", ((*w, n) for n, w in news.items()))
        return list(news)

    def _speaking_of(self, number: int) -> list[int]:
        found = self.db.execute("SELECT m.event FROM events e JOIN mentions m ON m.target = e.id WHERE e.number = ?", (number,))
        return [event for (event,) in found]

    def _renew(self, number: int, *, written: bool) -> None:
        """Write the rows of an event, from the log, as the others now act on it, in place of those that were `written` before."""
        ((id,),) = self.db.execute("SELECT id FROM events WHERE number = ?", (number,))
        life = self._life(id)
        about = life.fact.event.about if isinstance(life.fact.event, Statement) else ()
        lives = {EventId(id): life} | {one: self._life(one) for one in about}
        alone = {one: Life(other.fact, other.begun, NOT_WITHDRAWN) for one, other in lives.items()}
        for one in _rows(alone[EventId(id)], alone, self.projections) if written else ():
            table, counts = (self.counts, True) if isinstance(one, CountRow) else (self.claims, False)
            where = (self._slot(one.place, counts)[0], one.latest, number)
            self.db.execute(f"DELETE FROM {table} WHERE slot = ? AND latest = ? AND event = ?", where)  # noqa: S608
        self._insert((number, part, one) for part, one in enumerate(_rows(life, lives, self.projections)))

    def _read_life(self, id: str) -> Life:
        found = self.db.execute("SELECT begin, line, withdrawn, withdrawn_by FROM events WHERE id = ?", (id,)).fetchone()
        begin, line, withdrawn, by = found
        fact = self.fact(begin, line)
        ended = NOT_WITHDRAWN if withdrawn is None else Withdrawal(instant(withdrawn), EventId(by))
        return Life(fact, Withdrawal(fact.known, fact.event.id), ended)
