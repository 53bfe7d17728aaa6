"""The index read: an SQLite database that stands for the events of its log.

A question seeks, of each cell, only the rows that may count at an instant, as known at another. The
tables are described in docs/index.md, for people who open the file themselves.
"""

import json
import sqlite3
from collections.abc import Hashable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property, lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

from attrs import frozen

from timeline.domain.city import City
from timeline.domain.events import EventId, PlaceId, SourceId
from timeline.domain.timed_event import TimedEvent
from timeline.index.rows import ALWAYS, COUNTED, Rows, counted, instant, micros, read
from timeline.index.schema import APPLICATION, SCHEMA
from timeline.log.load import EventFile
from timeline.replay import batches, engine
from timeline.replay.cells import Count
from timeline.replay.engine import Withdrawal
from timeline.replay.projection import Cell, Cells, Projection, Slot
from timeline.replay.store import LogIdentity
from timeline.temporal.as_of import AsOf

_ALL = "SELECT number, begin, line FROM events ORDER BY number"
_FOUND = """SELECT number, begin, line FROM events
    WHERE number IN (SELECT rowid FROM search WHERE search MATCH ?) ORDER BY number"""
_KEYS = """SELECT DISTINCT p.key FROM json_each(?) j
    CROSS JOIN key_places p ON p.place = j.value JOIN keys k ON k.key = p.key
    WHERE k.projection = ?"""
_SLOT = """SELECT s.slot, k.json, s.voice, s.register
    FROM keys k CROSS JOIN slots s ON s.key = k.key"""
_COUNTING = """SELECT DISTINCT k.projection FROM keys k
    WHERE EXISTS (SELECT 1 FROM counts c WHERE c.key = k.key)"""
_WITHDRAWN = "SELECT id, withdrawn, withdrawn_by FROM events WHERE withdrawn IS NOT NULL"
_CLAIM = """c.slot, c.latest, c.earliest, c.begun, c.id, c.reported, c.about, c.text, c.grade,
    c.recorded, c.said, c.event"""
_COUNT = f"c.slot, c.latest <= :certain AS certain, {COUNTED}"
_VISIBLE = "c.begun <= :known AND c.ended > :known"
_SLOTS = "keys k CROSS JOIN slots s ON s.key = k.key AND s.counts = {counts}"
_SAID = f"{_SLOTS.format(counts=0)} CROSS JOIN claims c ON c.slot = s.slot AND {_VISIBLE}"
"""The claims of any time: a later one may take an earlier one back."""
_EDITIONS = f"""SELECT s.voice, max(coalesce(c.reported, c.begun))
    FROM json_each(:maintained) j CROSS JOIN keys k ON k.projection = 'control'
    CROSS JOIN slots s ON s.key = k.key AND s.voice = j.value
    CROSS JOIN claims c ON c.slot = s.slot AND {_VISIBLE} AND c.earliest <= :now
    WHERE c.about IS NULL GROUP BY s.voice"""
_COUNTED_OVER = f"""{_SLOTS.format(counts=1)} CROSS JOIN counts c
    ON c.slot = s.slot AND c.latest <= :over AND {_VISIBLE}"""
_COUNTED_MET = """keys k CROSS JOIN key_spans p ON p.key = k.key
    CROSS JOIN counts c ON c.key = k.key AND c.span = p.span
    AND c.earliest > :now - p.longest AND c.earliest <= :now
    AND c.latest > :over AND c.begun <= :known AND c.ended > :known"""
"""The rows whose windows hold an instant: a longer window may have begun earlier."""
_OF = "k.projection = :projection"
_AMONG = " AND k.key IN (SELECT value FROM json_each(:keys))"


@frozen(slots=False)
class SqliteStore:
    """An open index, which stands for the events of its log.

    Attributes:
        log: the log.
        db: the connection, in one transaction, so that it reads one state of the file.
        city: the city of the log.
        projections: the questions that are kept in it.
        meta: the index's description of itself, by name; see docs/index.md.
    """

    log: Path
    db: sqlite3.Connection
    city: City
    projections: Sequence[Projection[Any, Any, Any]]
    meta: Mapping[str, Any]

    @cached_property
    def rows(self) -> Rows:
        """The reader of rows, which remembers the values that they share."""
        return Rows(self.projections, self._saying)

    @cached_property
    def counting(self) -> frozenset[str]:
        """The projections that count, by name."""
        found = self.db.execute(_COUNTING)
        return frozenset(name for (name,) in found)

    def identity(self) -> LogIdentity:
        """Return which log is indexed, as far as it is."""
        return LogIdentity(self.count(), str(self.meta["sha256"]))

    def count(self) -> int:
        """Return how many events there are."""
        return int(self.meta["events"])

    def ids(self) -> Sequence[EventId]:
        """Return the ids of all events, in no order."""
        return [EventId(id) for (id,) in self.db.execute("SELECT id FROM events")]

    def source(self, id: EventId) -> SourceId:
        """Return who said what an event says."""
        ((source,),) = self.db.execute("SELECT source FROM events WHERE id = ?", (id,))
        return SourceId(source)

    def events(self) -> Sequence[TimedEvent]:
        """Return all events in the order of the log."""
        return list(self._events(_ALL))

    def search(self, words: Sequence[str]) -> Sequence[TimedEvent]:
        """Return the events that have all of some folded words, in the order of the log."""
        if not words:
            return self.events()
        return list(self._events(_FOUND, " ".join(f'"{word}" *' for word in words)))

    def withdrawals(self) -> Mapping[EventId, Withdrawal]:
        """Return when, and by which event, each withdrawn event was withdrawn."""
        return {
            EventId(id): Withdrawal(instant(withdrawn), EventId(by))
            for id, withdrawn, by in self.db.execute(_WITHDRAWN)
        }

    def cells(
        self,
        projections: Sequence[Projection[Any, Any, Any]],
        as_of: AsOf,
        places: Sequence[PlaceId] | None = None,
    ) -> Mapping[str, Mapping[Hashable, Cells]]:
        """Return the cells of projections by name; with `places` those that concern them.

        For a cut on the clock of the log, which the index does not keep, the log is replayed.
        """
        if as_of.recorded is not None:
            return batches.replayed(projections, lambda: self._events(_ALL), as_of)
        return {one.name: self._cells(one, as_of, places) for one in projections}

    def editions(self, as_of: AsOf) -> Mapping[SourceId, datetime]:
        """Return when each map that is kept current last spoke, as far as a cut goes, in UTC."""
        maintained = [id for id, source in self.city.sources.items() if source.maintained]
        if not maintained:
            return {}
        if as_of.recorded is not None:
            visible = engine.visible(self._events(_ALL), as_of)
            return engine.editions(visible.values(), self.city, as_of.instant)
        question = {"maintained": json.dumps(maintained), **_clocks(as_of)}
        found = self.db.execute(_EDITIONS, question)
        return {SourceId(voice): instant(known) for voice, known in found}

    def _events(self, statement: str, *values: str) -> Iterator[TimedEvent]:
        """Yield the events whose places in the log a statement gives."""
        found = self.db.execute(statement, values)
        with EventFile(self.log, self.city) as file:
            for number, begin, line in found:
                yield file.read(number, begin, line)

    def _cells(
        self, projection: Projection[Any, Any, Any], as_of: AsOf, places: Sequence[PlaceId] | None
    ) -> Mapping[Hashable, Cells]:
        """Return the cells of a projection as `engine.replay` would."""
        question, only = _question(projection, as_of), _OF
        if places is not None:
            keys = self._keys(projection, places)
            if not keys:
                return {}
            question["keys"], only = json.dumps(keys), _OF + _AMONG
        cells: dict[Hashable, dict[Slot, Cell]] = {}
        slots = self._slots(only, question)
        counts = self._counts(only, question) if projection.name in self.counting else ()
        for number, certain, cell in chain(self._testimonies(only, question, slots), counts):
            key, voice, register = slots[number]
            cells.setdefault(key, {})[Slot(voice, register, certain)] = cell
        return cells

    def _keys(self, projection: Projection[Any, Any, Any], places: Sequence[PlaceId]) -> list[int]:
        """Return the numbers of the keys that bear on places; as `engine.concerns`, or more."""
        concerned = {around for place in places for around in self.city.lineage(place)}
        if not projection.inherits:
            concerned |= {inside for place in places for inside in self.city.within(place)}
        found = self.db.execute(_KEYS, (json.dumps(sorted(concerned)), projection.name))
        return [key for (key,) in found]

    def _slots(
        self, only: str, question: Mapping[str, Any]
    ) -> dict[int, tuple[Hashable, SourceId, Hashable]]:
        """Return the key, the voice and the register of slots by number."""
        found = self.db.execute(f"{_SLOT} WHERE {only}", question)
        return {
            number: (_read(key), SourceId(voice), _read(register))
            for number, key, voice, register in found
        }

    def _testimonies(
        self,
        only: str,
        question: Mapping[str, Any],
        slots: Mapping[int, tuple[Hashable, SourceId, Hashable]],
    ) -> Iterator[tuple[int, bool, Cell]]:
        """Yield testimonies: the number of the slot, that it counts as certain, and the cell."""
        rows: dict[int, list[tuple[Any, ...]]] = {}
        for row in self.db.execute(f"SELECT {_CLAIM} FROM {_SAID} WHERE {only}", question):
            rows.setdefault(row[0], []).append(row)
        for number, found in rows.items():
            yield number, True, self.rows.testimony(slots[number][1], found)

    def _counts(self, only: str, question: Mapping[str, Any]) -> Iterator[tuple[int, bool, Cell]]:
        """Yield counts as `_testimonies` does; of a slot that is there twice the merged one."""
        cells: dict[tuple[int, bool], Count] = {}
        for where in (_COUNTED_OVER, _COUNTED_MET):
            grouped = f"SELECT {_COUNT} FROM {where} WHERE {only} GROUP BY c.slot, certain"
            for number, certain, *row in self.db.execute(grouped, question):
                cell, before = counted(*row), cells.get((number, certain))
                cells[number, certain] = before.merge(cell) if before else cell
        for (number, certain), cell in cells.items():
            yield number, bool(certain), cell

    def _saying(self, number: int) -> str:
        ((text,),) = self.db.execute("SELECT json FROM sayings WHERE saying = ?", (number,))
        return str(text)


def _question(projection: Projection[Any, Any, Any], as_of: AsOf) -> dict[str, Any]:
    """Return the values that the statements of a projection ask with, in microseconds."""
    return {"projection": projection.name, **_clocks(as_of)}


def _clocks(as_of: AsOf) -> dict[str, int]:
    """Return the instants of a cut as statements ask for them, in microseconds."""
    at, known = micros(as_of.instant), ALWAYS - 1
    if as_of.known is not None:
        known = micros(as_of.known)
    # nothing is made public before its window begins
    now = min(at, known)
    return {"now": now, "over": now + 1, "certain": at + 1, "known": known}


@lru_cache(maxsize=1 << 15)
def _read(text: str) -> Hashable:
    """Return a key or a register."""
    value: Hashable = read(text)
    return value


def connect(path: Path, *, writing: bool = False) -> sqlite3.Connection:
    """Return a connection to an existing index; raise `sqlite3.Error` or `OSError` if it fails."""
    mode = "rw" if writing else "ro"
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    db = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=2)
    # as far as SQLite was built to: pages are read where they lie, and not copied
    db.execute(f"PRAGMA mmap_size = {1 << 40}")
    return db


def meta(db: sqlite3.Connection) -> dict[str, Any]:
    """Return what an index says of itself; raise `sqlite3.Error` for one of another version."""
    (application,) = db.execute("PRAGMA application_id").fetchone()
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if (application, version) != (APPLICATION, SCHEMA):
        raise sqlite3.DatabaseError("not an index of this version")
    return {name: json.loads(value) for name, value in db.execute("SELECT name, value FROM meta")}


def remember(db: sqlite3.Connection, values: Mapping[str, Any]) -> None:
    """Write what an index says of itself."""
    db.executemany(
        "INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)",
        ((name, json.dumps(value)) for name, value in values.items()),
    )
