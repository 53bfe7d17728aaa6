"""Filling the index: what batches of events put into its tables, and what the events then do to each other there.

An event that goes in stands by itself. A withdrawal ends the rows of what it withdraws, and a
statement has rows once what it is about is there. So a late event is a few rows more, wherever in
time it lies, and whatever it touches is written anew from the log.
"""

import json
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from itertools import count, groupby, product
from operator import itemgetter
from typing import Any

from attrs import define, field

from timeline.domain.events import EventId, Retraction, Statement
from timeline.domain.timed_event import TimedEvent
from timeline.index.entries import (
    SHARES,
    Batch,
    Column,
    alone,
    claims_of,
    counts_of,
    effects_of,
    rows_of,
    share,
)
from timeline.index.rows import ALWAYS, ClaimRow, CountRow, instant, read
from timeline.log.chunks import Unusual
from timeline.replay.engine import Withdrawal
from timeline.replay.lifetimes import NOT_WITHDRAWN, EventLifetime
from timeline.replay.projection import Projection

_Kept = tuple[Any, ...]
"""The number of an event, whether the rest is of another that it is about, and the rest: how to read it, and its withdrawal."""
Fact = Callable[[int | None, str | None], TimedEvent]
"""Reads an event anew: from the byte at which its line begins, or from the line that was kept."""

_NEVER_BEGUN = -ALWAYS
"""The end of rows that are not to be: it lies before they begin."""

_UNIQUE = "CREATE UNIQUE INDEX events_by_id ON events (id)"
_LAST = (
    "CREATE INDEX mentions_by_target ON mentions (target)",
    "CREATE INDEX claims_by_span ON claims (key, span, earliest)",
    "CREATE INDEX counts_by_span ON counts (key, span, earliest)",
    *(
        f"INSERT INTO key_spans SELECT key, span, max(latest - earliest) FROM {table} WHERE true GROUP BY key, span "  # noqa: S608  # ours
        "ON CONFLICT (key, span) DO UPDATE SET longest = max(longest, excluded.longest)"
        for table in ("claims", "counts")
    ),
)
"""What is cheaper to make, or to measure, when everything is there."""

_CELL = "slot, key, latest, event, part, earliest, span, begun, ended, id"
_CLAIM = "about, reported, text, grade, said"
_COUNT = "numbers, low, best, high"
_REMEMBERED = 100_000
"""How many sayings are kept in mind."""


@define
class Filling:
    """Puts batches into the tables of an index, within a transaction of its connection.

    Attributes:
        db: the connection.
        projections: the questions that are kept.
        fact: reads an event anew.
        number: how many events there are.
        before: what stands before the names of the tables that rows go into: nothing, unless a
            whole log is taken in.
    """

    db: sqlite3.Connection
    projections: Sequence[Projection[Any, Any]]
    fact: Fact
    number: int = 0
    before: str = ""
    _bare: list[int] = field(factory=list)
    _slots: dict[tuple[Any, ...], tuple[int, int]] = field(factory=dict)
    _sayings: dict[str, int] = field(factory=dict)
    _keys: dict[tuple[str, str], int] = field(factory=dict)
    _named: dict[str, Projection[Any, Any]] = field(init=False)
    _life: Callable[..., EventLifetime] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._named = {one.name: one for one in self.projections}
        self._life = lru_cache(maxsize=4096)(self._read_life)

    def add(self, batch: Batch) -> None:
        """Take in events; raise `Unusual` for one that is there already, which a whole log is only found to hold by `order`."""
        first = self.number + 1
        self.number += len(batch.words)
        self._many(
            "events (number, id, type, occurred, reported, recorded, source, begin, line, known)",
            [count(first), *batch.events[:9]],
        )
        self._many("search (rowid, words)", [count(first), batch.words])
        for table, (events, targets) in (
            ("withdrawals", batch.withdraws),
            ("mentions", batch.mentions),
        ):
            self._many(f"{table} (event, target)", [map(first.__add__, events), targets])
        self._bare += map(first.__add__, batch.bare)
        self._effect(batch, first)

    def settle(self, since: int) -> None:
        """Let the events after the number `since` act on others and be acted on; raise `Unusual` for one that names what is not there."""
        self._check(since)
        changed = dict.fromkeys(self._withdraw(since))
        for number in list(changed):
            changed |= dict.fromkeys(self._speaking_of(number))
        kept, bare = self._kept({*changed, *self._bare}), set(self._bare)
        for number, lives in self._lives(kept):
            if number not in bare:
                self._delete(number, lives)
        self._effect(self._renewed(kept), 0)

    def begin(self) -> None:
        """Take rows in, from now on, without an order: for a whole log, at the end of which `order` is called."""
        self.before = "new_"
        for table, number in product(
            ("claims", "counts"), range(SHARES)
        ):  # they end with the connection
            self.db.execute(
                f"CREATE TEMP TABLE {self._share(table, number)} AS SELECT * FROM {table}"
            )  # noqa: S608  # names of our own

    def order(self) -> None:
        """Put the rows of a whole log into their tables, all at once and in order, and let its events act on each other.

        The rows of a withdrawn event end with it; only those of statements, which depend on other
        events, are then written anew. Raises `Unusual` for an event that is there twice, or that
        names what is not there.
        """
        self.db.execute(
            "PRAGMA cache_size = -4096"
        )  # what does not fit is sorted in pieces, and those by a thread of their own
        try:
            self.db.execute(_UNIQUE)
        except sqlite3.IntegrityError:
            raise Unusual from None
        self._check(0)
        self._end(self._withdraw(0))
        self._sort()
        with ThreadPoolExecutor(
            1
        ) as beside:  # what follows is done by SQLite, which lets others work meanwhile
            renewed = beside.submit(self._renewed, self._kept({*self._bare}))
            for table, number in product(("claims", "counts"), range(SHARES)):
                self._move(table, self._share(table, number))
            self.before = ""
            for statement in _LAST:
                self.db.execute(statement)
            self._effect(renewed.result(), 0)

    def _share(self, table: str, number: int) -> str:
        """Return the name of the table that takes in a share of the rows of another."""
        return f"{self.before}{table}_{number}" if self.before else table

    def _end(self, withdrawn: Mapping[int, int]) -> None:
        """Note when the rows of events end, and leave bare the statements whose rows depend on when: their rows are written anew."""
        self.db.execute("CREATE TEMP TABLE new_ends (event INTEGER PRIMARY KEY, ended INTEGER)")
        self._many("new_ends (event, ended)", [withdrawn, withdrawn.values()])
        found = self.db.execute(
            "SELECT number FROM new_ends JOIN events ON number = event WHERE type = ? "
            "UNION SELECT m.event FROM mentions m JOIN events e ON e.id = m.target JOIN new_ends n ON n.event = e.number",
            (Statement.type,),
        )
        self._bare += [number for (number,) in found]
        self.db.executemany(
            "INSERT OR REPLACE INTO new_ends VALUES (?, ?)",
            ((number, _NEVER_BEGUN) for number in self._bare),
        )

    def _sort(self) -> None:
        """Note down the cells, those of one key one after the other, so that what answers a question lies together in the file."""
        cells = sorted(
            (share(asked), key, voice, register, counts, old)
            for (_, asked, voice, register, counts), (old, key) in self._slots.items()
        )
        _, *columns, olds = zip(*cells, strict=True) if cells else [()] * 6
        self._many("slots (key, voice, register, counts, slot)", [*columns, count(1)])
        self.db.execute("CREATE TEMP TABLE new_slots (old INTEGER PRIMARY KEY, slot INTEGER)")
        self._many("new_slots (old, slot)", [olds, count(1)])
        self._slots.clear()

    def _move(self, table: str, some: str) -> None:
        """Move a share of the rows to where they belong, those of withdrawn events with their end; what is bare has none yet."""
        names = [name for _, name, *_ in self.db.execute(f"PRAGMA table_info({table})")]
        others = {"slot": "n.slot", "ended": "coalesce(e.ended, c.ended)"}
        columns = ", ".join(others.get(name, f"c.{name}") for name in names)
        self.db.execute(
            f"INSERT INTO {table} SELECT {columns} FROM {some} c JOIN new_slots n ON n.old = c.slot "  # noqa: S608  # names of our own
            "LEFT JOIN new_ends e ON e.event = c.event WHERE e.event IS NULL OR c.begun < e.ended "
            "ORDER BY n.slot, c.latest, c.event, c.part"
        )

    def _many(self, into: str, columns: Iterable[Iterable[Any]]) -> None:
        """Insert rows into a table, given with its columns; raise `Unusual` for one that is there already."""
        values = ", ".join("?" * (into.count(",") + 1))
        try:
            self.db.executemany(f"INSERT INTO {into} VALUES ({values})", zip(*columns))  # noqa: B905, S608  # some go on; names of our own
        except sqlite3.IntegrityError:
            raise Unusual from None

    def _effect(self, batch: Batch, first: int) -> None:
        """Put in the rows of a batch: each with the numbers of its cell and key, of its event, and of what it says."""
        slots = [self._slot(place) for place in batch.places]
        sayings = [self._saying(text) for text in batch.sayings]
        slot, key = zip(*slots, strict=True) if slots else ((), ())
        for number, (*columns, said) in claims_of(batch):
            placed = self._placed(columns, slot, key, first)
            self._many(
                f"{self._share('claims', number)} ({_CELL}, {_CLAIM})",
                [*placed, map(sayings.__getitem__, said)],
            )
        for number, counts in counts_of(batch):
            self._many(
                f"{self._share('counts', number)} ({_CELL}, {_COUNT})",
                self._placed(counts, slot, key, first),
            )
        if not self.before:
            self._measure(batch, key)

    def _placed(
        self, columns: Iterable[Iterable[Any]], slot: Column, key: Column, first: int
    ) -> list[Iterable[Any]]:
        """Return the columns of rows with the numbers that their cells, keys and events have in the tables."""
        cells, latest, events, *rest = columns
        return [
            map(slot.__getitem__, cells),
            map(key.__getitem__, cells),
            latest,
            map(first.__add__, events),
            *rest,
        ]

    def _measure(self, batch: Batch, keys: Sequence[int]) -> None:
        """Note how long the windows of keys are at the most, by class of length."""
        longest: dict[tuple[int, int], int] = {}
        for _, (cells, latest, _, _, earliest, spans, *_) in (*claims_of(batch), *counts_of(batch)):
            for cell, end, begin, span in zip(cells, latest, earliest, spans, strict=True):
                place = keys[cell], span
                longest[place] = max(end - begin, longest.get(place, 0))
        self.db.executemany(
            "INSERT INTO key_spans (key, span, longest) VALUES (?, ?, ?) "
            "ON CONFLICT (key, span) DO UPDATE SET longest = max(longest, excluded.longest)",
            ((*place, length) for place, length in longest.items()),
        )

    def _saying(self, text: str) -> int:
        """Return the number of what is said; what was said long before may be noted down again under another."""
        number = self._sayings.get(text)
        if number is None:
            if len(self._sayings) >= _REMEMBERED:
                self._sayings.clear()
            number = self._sayings[text] = self._made(
                "INSERT INTO sayings (json) VALUES (?)", (text,)
            )
        return number

    def _slot(self, place: tuple[Any, ...]) -> tuple[int, int]:
        """Return the numbers of a cell and of its key; while a whole log is taken in, that of the cell is only for the time being."""
        found = self._slots.get(place)
        if found is None:
            projection, key, *cell = place
            number = self._key(projection, key)
            found = self._slots[place] = (
                (len(self._slots) + 1 if self.before else self._cell(number, *cell)),
                number,
            )
        return found

    def _cell(self, key: int, voice: str, register: str, counts: bool) -> int:
        """Return the number of a cell, which is noted down where it has none yet."""
        there = self.db.execute(
            "SELECT slot FROM slots WHERE key = ? AND voice = ? AND register = ?",
            (key, voice, register),
        )
        return next((one for (one,) in there), None) or self._made(
            "INSERT INTO slots (key, voice, register, counts) VALUES (?, ?, ?, ?)",
            (key, voice, register, counts),
        )

    def _key(self, projection: str, key: str) -> int:
        number = self._keys.get((projection, key))
        if number is None:
            found = self.db.execute(
                "SELECT key FROM keys WHERE projection = ? AND json = ?", (projection, key)
            )
            number = next((one for (one,) in found), None)
            if number is None:
                number = self._made(
                    "INSERT INTO keys (projection, json) VALUES (?, ?)", (projection, key)
                )
                places = sorted(set(self._named[projection].places(read(key))))
                self.db.executemany(
                    "INSERT INTO key_places (place, key) VALUES (?, ?)",
                    ((place, number) for place in places),
                )
            self._keys[projection, key] = number
        return number

    def _made(self, statement: str, values: tuple[Any, ...]) -> int:
        return int(self.db.execute(statement, values).lastrowid or 0)

    def _check(self, since: int) -> None:
        """Raise `Unusual` where an event is about one that is not there."""
        lost = "SELECT 1 FROM mentions m LEFT JOIN events e ON e.id = m.target WHERE m.event > ? AND e.id IS NULL LIMIT 1"
        if self.db.execute(lost, (since,)).fetchone():
            raise Unusual

    def _withdraw(self, since: int) -> dict[int, int]:
        """Write at each event by which other it was withdrawn first, and return when, by number, where that is news.

        Raises `Unusual` where an event withdraws one that is not there, or a retraction.
        """
        news: dict[int, tuple[int, str]] = {}
        found = self.db.execute(
            "SELECT t.type, t.number, e.known, e.id, t.withdrawn, t.withdrawn_by FROM withdrawals w JOIN events e ON e.number = w.event "
            "LEFT JOIN events t ON t.id = w.target WHERE w.event > ?",
            (since,),
        )
        for kind, number, known, by, before, before_by in found:
            if kind in (None, Retraction.type):
                raise Unusual
            held = news.get(number) or ((before, before_by) if before is not None else (known, by))
            news[number] = min((known, by), held)
        self.db.executemany(
            "UPDATE events SET withdrawn = ?, withdrawn_by = ? WHERE number = ?",
            ((*w, n) for n, w in news.items()),
        )
        return {number: known for number, (known, _) in news.items()}

    def _speaking_of(self, number: int) -> list[int]:
        found = self.db.execute(
            "SELECT m.event FROM events e JOIN mentions m ON m.target = e.id WHERE e.number = ?",
            (number,),
        )
        return [event for (event,) in found]

    def _delete(self, number: int, lives: Sequence[EventLifetime]) -> None:
        """Delete the rows of an event, which are those that it has as long as nothing is withdrawn, or some of them."""
        for place, latest, *_ in self._rows([alone(life.fact) for life in lives]):
            table = "counts" if place.counts else "claims"
            where = (self._slot(place)[0], latest, number)
            self.db.execute(
                f"DELETE FROM {table} WHERE slot = ? AND latest = ? AND event = ?", where
            )  # noqa: S608  # names of our own

    def _renewed(self, kept: Iterable[_Kept]) -> Batch:
        """Return the rows of events, from the log, as others now act on them: a batch of no event."""
        return effects_of({number: self._rows(lives) for number, lives in self._lives(kept)})

    def _rows(self, lives: Sequence[EventLifetime]) -> Iterator[ClaimRow | CountRow]:
        """Return the rows of an event, whose life comes first, with those of the events that it is about."""
        return rows_of(lives[0], {life.fact.event.id: life for life in lives}, self.projections)

    def _lives(self, kept: Iterable[_Kept]) -> Iterator[tuple[int, list[EventLifetime]]]:
        """Yield the numbers of events that were kept, with their lives and those of the events that they are about."""
        for number, found in groupby(kept, key=itemgetter(0)):
            yield number, [self._life(*one) for _, _, *one in found]

    def _kept(self, numbers: Collection[int]) -> list[_Kept]:
        """Return what the table says of the lives of events, each followed by those that it is about."""
        asked = "WITH asked (number) AS (SELECT value FROM json_each(?))"
        life = "e.begin, e.line, e.withdrawn, e.withdrawn_by FROM asked a"
        found = self.db.execute(
            f"{asked} SELECT a.number, 0, {life} JOIN events e ON e.number = a.number UNION ALL SELECT a.number, 1, {life} "
            "JOIN mentions m ON m.event = a.number JOIN events e ON e.id = m.target ORDER BY 1, 2",
            (json.dumps([*numbers]),),
        )
        return found.fetchall()

    def _read_life(
        self, begin: int | None, line: str | None, withdrawn: int | None, by: str
    ) -> EventLifetime:
        fact = self.fact(begin, line)
        ended = NOT_WITHDRAWN if withdrawn is None else Withdrawal(instant(withdrawn), EventId(by))
        return EventLifetime(fact, Withdrawal(fact.known, fact.event.id), ended)
