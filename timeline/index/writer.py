"""Events become rows of an index: each by itself first, then by what others do to it.

A withdrawal ends the rows of its target, and the retraction of what replaced an event begins others
of that event; a statement has rows once its subject is there. So a late event is a few rows more,
wherever in time it lies.
"""

import json
import sqlite3
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Any

from attrs import define, field

from timeline.domain.city import City
from timeline.domain.events import EventId, Retraction
from timeline.domain.references import about, withdraws
from timeline.domain.timed_event import TimedEvent
from timeline.domain.wording import Wording
from timeline.index.rows import ClaimRow, CountRow, Place, instant, micros, read, row
from timeline.log.load import Irregular, StoredEvent
from timeline.replay.engine import Withdrawal
from timeline.replay.lifetimes import NOT_WITHDRAWN, EventLifetime, Span, known_effects
from timeline.replay.projection import Projection

Read = Callable[[int, int | None, str | None], TimedEvent]
"""Reads the event of a number anew, by the byte where its line begins or from a line kept."""

_BATCH = 4096
"""How many events are put in at a time."""
_REMEMBERED = 100_000
"""How many cells, keys and sayings are remembered by their numbers."""
_INSERT = {
    "events": "INSERT INTO events (number, id, type, occurred, reported, recorded, source, begin,"
    " line, known) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    "search": "INSERT INTO search (rowid, words) VALUES (?, ?)",
    "withdrawals": "INSERT INTO withdrawals (event, target) VALUES (?, ?)",
    "mentions": "INSERT INTO mentions (event, target) VALUES (?, ?)",
    "claims": "INSERT INTO claims (slot, latest, event, part, key, earliest, begun, ended, id,"
    " reported, about, text, grade, recorded, said)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    "counts": "INSERT INTO counts (slot, latest, event, part, key, earliest, span, begun, ended,"
    " id, reported, numbers, low, best, high)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
}
_MEASURE = """INSERT INTO key_spans (key, span, longest) VALUES (?, ?, ?)
    ON CONFLICT (key, span) DO UPDATE SET longest = max(longest, excluded.longest)"""
_WITHDRAWN = """SELECT t.type, t.number, t.id
    FROM withdrawals w LEFT JOIN events t ON t.id = w.target WHERE w.event > :since
    UNION SELECT x.type, x.number, x.id
    FROM withdrawals w JOIN events r ON r.number = w.event AND r.type = 'retraction'
    JOIN events t ON t.id = w.target JOIN withdrawals v ON v.event = t.number
    LEFT JOIN events x ON x.id = v.target WHERE w.event > :since"""
"""What new events withdraw, and what was replaced by an event that one of them retracts."""
_WITHDRAW = "UPDATE events SET withdrawn = ?, withdrawn_by = ? WHERE number = ?"
_WITHDRAWING = """SELECT e.known, e.id, r.known, r.id
    FROM withdrawals w JOIN events e ON e.number = w.event
    LEFT JOIN withdrawals v ON v.target = e.id
    LEFT JOIN events r ON r.number = v.event AND r.type = 'retraction'
    WHERE w.target = ? ORDER BY e.number, r.known IS NULL, r.known, r.id"""
"""What withdraws an event, each with what retracted that; the first retraction comes first."""
_LOST = """SELECT 1 FROM mentions m LEFT JOIN events e ON e.id = m.target
    WHERE m.event > ? AND e.id IS NULL LIMIT 1"""
_STATEMENTS = """SELECT event FROM mentions WHERE event > ?
    UNION SELECT m.event FROM json_each(?) j JOIN events e ON e.number = j.value
    JOIN mentions m ON m.target = e.id"""
_LIFETIMES = """WITH asked (number) AS (SELECT value FROM json_each(?))
    SELECT a.number, 0, e.number, e.begin, e.line, e.id
    FROM asked a JOIN events e ON e.number = a.number
    UNION ALL SELECT a.number, 1, e.number, e.begin, e.line, e.id
    FROM asked a JOIN mentions m ON m.event = a.number JOIN events e ON e.id = m.target
    ORDER BY 1, 2"""


@define
class IndexWriter:
    """Puts events into the tables of an index, within a transaction of its connection."""

    db: sqlite3.Connection
    city: City
    projections: Sequence[Projection[Any, Any, Any]]
    read: Read
    number: int = 0
    _wording: Wording = field(init=False)
    _pending: dict[str, list[tuple[Any, ...]]] = field(init=False)
    _slots: dict[Place, tuple[int, int]] = field(factory=dict, init=False)
    _sayings: dict[str, int] = field(factory=dict, init=False)
    _longest: dict[tuple[int, int], int] = field(factory=dict, init=False)

    def __attrs_post_init__(self) -> None:
        self._wording = Wording(self.city)
        self._pending = {table: [] for table in _INSERT}

    def add(self, stored: StoredEvent) -> None:
        """Take in an event; raise `Irregular` for one that is there already."""
        self.number += 1
        timed, event = stored.timed, stored.timed.event
        recorded = None if event.recorded is None else str(event.recorded)
        dates = str(event.occurred), str(event.reported), recorded
        place = event.source, stored.begin, stored.line, micros(timed.known)
        self._put("events", self.number, event.id, event.type, *dates, *place)
        self._put("search", self.number, self._wording(event))
        if target := withdraws(event):
            self._put("withdrawals", self.number, target)
        subjects = dict.fromkeys(about(event))
        for subject in subjects:
            self._put("mentions", self.number, subject)
        if not subjects:
            self._put_effects(self.number, [EventLifetime.of(timed)])
        if len(self._pending["events"]) >= _BATCH:
            self._flush()

    def settle(self, since: int) -> None:
        """Let the events after a number act on others; raise `Irregular` if a reference is lost."""
        self._flush()
        if self.db.execute(_LOST, (since,)).fetchone():
            raise Irregular
        withdrawn = self._withdraw(since)
        numbers = json.dumps(withdrawn)
        statements = [event for (event,) in self.db.execute(_STATEMENTS, (since, numbers))]
        for number, lifetimes in self._lifetimes({*withdrawn, *statements}):
            self._delete_effects(number, lifetimes)
            self._put_effects(number, lifetimes)
        self._flush()

    def _put(self, table: str, *values: Any) -> None:
        self._pending[table].append(values)

    def _flush(self) -> None:
        """Write what is pending; rows in the order of their keys, which is faster."""
        try:
            for table, rows in self._pending.items():
                if table in ("claims", "counts"):
                    rows.sort(key=lambda values: values[:4])
                self.db.executemany(_INSERT[table], rows)
                rows.clear()
            spans = [(*place, length) for place, length in self._longest.items()]
            self.db.executemany(_MEASURE, spans)
            self._longest.clear()
        except sqlite3.IntegrityError:
            raise Irregular from None

    def _put_effects(self, number: int, lifetimes: Sequence[EventLifetime]) -> None:
        for part, found in enumerate(self._rows(lifetimes)):
            slot, key = self._slot(found.place)
            at = slot, found.latest, number, part, key
            if isinstance(found, ClaimRow):
                self._put("claims", *at, *found[2:-1], self._saying(found.said))
                continue
            self._put("counts", *at, *found[2:])
            length = found.latest - found.earliest
            self._longest[key, found.span] = max(length, self._longest.get((key, found.span), 0))

    def _delete_effects(self, number: int, lifetimes: Sequence[EventLifetime]) -> None:
        """Delete the rows of an event: at most those that it has while nothing is withdrawn."""
        for found in self._rows([EventLifetime.of(lifetime.timed) for lifetime in lifetimes]):
            table = "counts" if found.place.counts else "claims"
            slot, _ = self._slot(found.place)
            where = f"DELETE FROM {table} WHERE slot = ? AND latest = ? AND event = ?"
            self.db.execute(where, (slot, found.latest, number))

    def _rows(self, lifetimes: Sequence[EventLifetime]) -> Iterator[ClaimRow | CountRow]:
        """Yield the rows of an event, whose lifetime comes first, then those of its subjects."""
        known = {lifetime.timed.event.id: lifetime for lifetime in lifetimes}
        for projection, effect, begun, ended in known_effects(
            self.projections, lifetimes[0], known
        ):
            yield row(projection, effect, begun.known, ended.known)

    def _withdraw(self, since: int) -> list[int]:
        """Write at each event which other withdraws it for good, if any; return the news.

        Raises `Irregular` where an event withdraws one that is not there, or a retraction.
        """
        found = self.db.execute(_WITHDRAWN, {"since": since}).fetchall()
        if not {kind for kind, _, _ in found}.isdisjoint((None, Retraction.type)):
            raise Irregular
        for _, number, id in found:
            lasting = [begun for begun, ended in self._spans(id) if ended == NOT_WITHDRAWN]
            first = min(lasting, default=None)
            columns = (micros(first.known), first.by) if first else (None, None)
            self.db.execute(_WITHDRAW, (*columns, number))
        return [number for _, number, _ in found]

    def _spans(self, id: str) -> list[Span]:
        """Return the spans in which an event is withdrawn, one for each that withdraws it."""
        spans: dict[str, Span] = {}
        for known, by, over, over_by in self.db.execute(_WITHDRAWING, (id,)):
            ended = NOT_WITHDRAWN if over is None else _withdrawal(over, over_by)
            spans.setdefault(by, Span(_withdrawal(known, by), ended))
        return list(spans.values())

    def _lifetimes(self, numbers: Collection[int]) -> Iterator[tuple[int, list[EventLifetime]]]:
        """Yield events by number, each with its lifetime followed by those of its subjects."""
        lifetime = lru_cache(maxsize=_BATCH)(self._lifetime)
        found = self.db.execute(_LIFETIMES, (json.dumps(sorted(numbers)),)).fetchall()
        for number, group in groupby(found, key=lambda columns: columns[0]):
            yield number, [lifetime(*columns) for _, _, *columns in group]

    def _lifetime(self, number: int, begin: int | None, line: str | None, id: str) -> EventLifetime:
        return EventLifetime.of(self.read(number, begin, line), self._spans(id))

    def _saying(self, text: str) -> int:
        """Return the number of a saying; one of long ago may be written down again."""
        if text not in self._sayings:
            _bound(self._sayings)
            self._sayings[text] = self._made("INSERT INTO sayings (json) VALUES (?)", text)
        return self._sayings[text]

    def _slot(self, place: Place) -> tuple[int, int]:
        """Return the numbers of a cell and of its key, written down where they are new."""
        if place not in self._slots:
            _bound(self._slots)
            key = self._key(place.projection, place.key)
            cell = key, place.voice, place.register
            found = "SELECT slot FROM slots WHERE key = ? AND voice = ? AND register = ?"
            made = "INSERT INTO slots (key, voice, register, counts) VALUES (?, ?, ?, ?)"
            slot = self._number(found, *cell) or self._made(made, *cell, place.counts)
            self._slots[place] = slot, key
        return self._slots[place]

    def _key(self, projection: str, key: str) -> int:
        found = "SELECT key FROM keys WHERE projection = ? AND json = ?"
        if number := self._number(found, projection, key):
            return number
        number = self._made("INSERT INTO keys (projection, json) VALUES (?, ?)", projection, key)
        (asked,) = (one for one in self.projections if one.name == projection)
        places = sorted(set(asked.places(read(key))))
        insert = "INSERT INTO key_places (place, key) VALUES (?, ?)"
        self.db.executemany(insert, [(place, number) for place in places])
        return number

    def _number(self, statement: str, *values: Any) -> int | None:
        found = self.db.execute(statement, values).fetchone()
        return None if found is None else int(found[0])

    def _made(self, statement: str, *values: Any) -> int:
        return int(self.db.execute(statement, values).lastrowid or 0)


def _withdrawal(known: int, by: str) -> Withdrawal:
    return Withdrawal(instant(known), EventId(by))


def _bound(remembered: dict[Any, Any]) -> None:
    """Forget everything where too much is remembered: it can be found in the tables again."""
    if len(remembered) >= _REMEMBERED:
        remembered.clear()
