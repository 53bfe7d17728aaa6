"""The derived index as a file: an SQLite database of events, of what each does to the state, and of their words.

A question is answered by seeks: of each cell the rows that may count at an instant, as known at
another, and no others. Which cells there are, what is known when and what an answer is made of is
said elsewhere (`timeline.index.rows`, `timeline.index.lifecycle`); here are the tables and the
statements that read them. The tables are described in docs/index.md, for people who open the file
themselves.
"""

import json
import sqlite3
from collections.abc import Hashable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

from attrs import frozen

from timeline.domain.city import City
from timeline.domain.events import EventId, PlaceId, SourceId
from timeline.index.rows import ALWAYS, COUNTED, Rows, counted, instant, micros, read
from timeline.replay.cells import Count
from timeline.replay.engine import Withdrawal
from timeline.replay.projection import Cell, Projection, Slot
from timeline.temporal.as_of import AsOf

APPLICATION = 0x74_6C_69_78
"""What marks a database as an index of a timeline (``PRAGMA application_id``)."""

SCHEMA = 3
"""The version of the tables; another one is built anew."""

Cells = dict[Hashable, dict[Slot, Cell]]

_CLAIM = "c.slot, c.latest, c.earliest, c.begun, c.id, c.about, c.reported, c.text, c.grade, c.said"
_COUNT = f"c.slot, c.latest <= :certain AS certain, {COUNTED}"
_VISIBLE = "c.begun <= :known AND c.ended > :known"
_SLOTS = "keys k CROSS JOIN slots s ON s.key = k.key AND s.counts = {counts}"
_OVER = f"""{_SLOTS.format(counts=0)} CROSS JOIN claims c ON c.slot = s.slot AND c.latest <= :over
    AND c.latest > (
        SELECT b.earliest FROM claims b
        WHERE b.slot = s.slot AND b.latest <= :over AND b.begun <= :known AND b.ended > :known
        ORDER BY b.latest DESC LIMIT 1
    ) AND {_VISIBLE}"""  # noqa: S608  # made of constants
"""The claims whose windows had ended: of each slot those that reach beyond the beginning of the one that ended last. What the cell keeps
is among them, for whatever ended before that beginning is followed by it."""
_MET = """keys k CROSS JOIN key_spans p ON p.key = k.key
    CROSS JOIN {table} c ON c.key = k.key AND c.span = p.span AND c.earliest > :now - p.longest AND c.earliest <= :now
    AND c.latest > :over AND c.begun <= :known AND c.ended > :known"""
"""The rows whose windows hold an instant, found by the length of the window: one that is longer may have begun earlier."""
_OF = "k.projection = :projection"
_AMONG = " AND k.key IN (SELECT value FROM json_each(:keys))"


@frozen
class Store:
    """An open index.

    Attributes:
        log: the log.
        db: the connection; whoever has it is in one transaction, and so reads one state of the
            file.
        city: the city of the log.
        projections: the questions that are kept in it.
        meta: what the index says of itself, by name; see docs/index.md.
    """

    log: Path
    db: sqlite3.Connection
    city: City
    projections: Sequence[Projection[Any, Any]]
    meta: Mapping[str, Any]

    @cached_property
    def rows(self) -> Rows:
        """What reads rows; it keeps what they hold alike."""
        return Rows(self.projections, self._saying)

    @cached_property
    def counting(self) -> frozenset[str]:
        """The projections that count, by name."""
        found = self.db.execute(
            "SELECT DISTINCT k.projection FROM keys k WHERE EXISTS (SELECT 1 FROM counts c WHERE c.key = k.key)"
        )
        return frozenset(name for (name,) in found)

    def cells(
        self, projection: Projection[Any, Any], cut: AsOf, places: Sequence[PlaceId] | None = None
    ) -> Cells:
        """Return the cells of a projection as `engine.replay` would at a cut without `recorded`; with `places` those that concern them."""
        over, known = micros(cut.instant), ALWAYS - 1 if cut.known is None else micros(cut.known)
        now = min(over, known)
        question = {
            "projection": projection.name,
            "now": now,
            "over": now + 1,
            "certain": over + 1,
            "known": known,
        }
        only = _OF
        if places is not None:
            keys = self._keys(projection, places)
            if not keys:
                return {}
            question["keys"], only = json.dumps(keys), _OF + _AMONG
        cells: Cells = {}
        slots = self._slots(only, question)
        counts = self._counts(only, question) if projection.name in self.counting else ()
        for number, certain, cell in chain(self._positions(only, question, slots), counts):
            key, voice, register = slots[number]
            cells.setdefault(key, {})[Slot(voice, register, certain)] = cell
        return cells

    def count(self) -> int:
        """Return how many events there are."""
        return int(self.meta["events"])

    def sha256(self) -> str:
        """Return the digest of the log up to where it is indexed."""
        return str(self.meta["digest"][1])

    def source(self, id: EventId) -> SourceId:
        """Return who said what an event of the log says."""
        ((source,),) = self.db.execute("SELECT source FROM events WHERE id = ?", (id,))
        return SourceId(source)

    def withdrawals(self) -> dict[EventId, Withdrawal]:
        """Return when, and by which event, each withdrawn event was withdrawn."""
        found = self.db.execute(
            "SELECT id, withdrawn, withdrawn_by FROM events WHERE withdrawn IS NOT NULL"
        )
        return {
            EventId(id): Withdrawal(instant(withdrawn), EventId(by)) for id, withdrawn, by in found
        }

    def ids(self) -> list[EventId]:
        """Return the ids of all events, in no order."""
        return [EventId(id) for (id,) in self.db.execute("SELECT id FROM events")]

    def search(self, wanted: Sequence[str]) -> list[tuple[int | None, str | None]]:
        """Return where in the log the events are that have all of some words, in the order of the log; see `timeline.domain.wording`."""
        match = " ".join(f'"{word}" *' for word in wanted)
        found = self.db.execute(
            "SELECT begin, line FROM events WHERE number IN (SELECT rowid FROM search WHERE search MATCH ?) ORDER BY number",
            (match,),
        )
        return list(found)

    def _keys(self, projection: Projection[Any, Any], places: Sequence[PlaceId]) -> list[int]:
        """Return the numbers of the keys that are read to answer for some places; as `engine.concerns` has it, or more."""
        around = {one for place in places for one in self.city.lineage(place)}
        inside = (
            set()
            if projection.inherits
            else {one for place in places for one in self.city.within(place)}
        )
        found = self.db.execute(
            "SELECT DISTINCT p.key FROM json_each(?) j CROSS JOIN key_places p ON p.place = j.value JOIN keys k ON k.key = p.key "
            "WHERE k.projection = ?",
            (json.dumps(sorted(around | inside)), projection.name),
        )
        return [key for (key,) in found]

    def _slots(
        self, only: str, question: Mapping[str, Any]
    ) -> dict[int, tuple[Hashable, SourceId, Hashable]]:
        """Return the key, the voice and the register of slots by number, of all that some keys have."""
        found = self.db.execute(
            f"SELECT s.slot, k.json, s.voice, s.register FROM keys k CROSS JOIN slots s ON s.key = k.key WHERE {only}",  # noqa: S608  # made of constants
            question,
        )
        return {
            number: (_read(key), SourceId(voice), _read(register))
            for number, key, voice, register in found
        }

    def _positions(
        self,
        only: str,
        question: Mapping[str, Any],
        slots: Mapping[int, tuple[Hashable, SourceId, Hashable]],
    ) -> Iterator[tuple[int, bool, Cell]]:
        """Yield the positions of voices: the number of the slot, whether that has certainly happened, and the cell."""
        certain: dict[int, list[tuple[Any, ...]]] = {}
        possible: dict[int, list[tuple[Any, ...]]] = {}
        limit = question["certain"]
        for row in self._claims(only, question):
            (certain if row[1] <= limit else possible).setdefault(row[0], []).append(row)
        for happened, found in ((True, certain), (False, possible)):
            for number, rows in found.items():
                yield number, happened, self.rows.position(slots[number][1], rows)

    def _claims(self, only: str, question: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
        """Yield all claims that cells keep, and hardly more, as `Rows.claim` takes them."""
        for where in (_OVER, _MET.format(table="claims")):
            yield from self.db.execute(f"SELECT {_CLAIM} FROM {where} WHERE {only}", question)  # noqa: S608  # made of constants

    def _counts(self, only: str, question: Mapping[str, Any]) -> Iterator[tuple[int, bool, Cell]]:
        """Yield what voices counted, as `_positions` does; a slot that is there twice counts as both together."""
        ended = f"{_SLOTS.format(counts=1)} CROSS JOIN counts c ON c.slot = s.slot AND c.latest <= :over AND {_VISIBLE}"
        cells: dict[tuple[int, bool], Count] = {}
        for where in (ended, _MET.format(table="counts")):
            found = self.db.execute(
                f"SELECT {_COUNT} FROM {where} WHERE {only} GROUP BY c.slot, certain", question
            )  # noqa: S608  # made of constants
            for number, certain, *row in found:
                cell, before = counted(*row), cells.get((number, certain))
                cells[number, certain] = before.merge(cell) if before else cell
        return ((number, bool(certain), cell) for (number, certain), cell in cells.items())

    def _saying(self, number: int) -> str:
        ((text,),) = self.db.execute("SELECT json FROM sayings WHERE saying = ?", (number,))
        return str(text)


@lru_cache(maxsize=1 << 15)
def _read(text: str) -> Hashable:
    """Return a key or a register."""
    value: Hashable = read(text)
    return value


def connect(path: Path, *, writing: bool = False) -> sqlite3.Connection:
    """Return a connection to an index that is there; raise `sqlite3.Error` or `OSError` where it cannot be opened."""
    mode = "rw" if writing else "ro"
    db = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None, timeout=2
    )
    db.execute(
        f"PRAGMA mmap_size = {1 << 40}"
    )  # as far as SQLite was built to: pages are read where they lie, and not copied
    return db


def meta(db: sqlite3.Connection) -> dict[str, Any]:
    """Return what an index says of itself; raise `sqlite3.Error` for a file that is none of this version."""
    (application,), (version,) = (
        db.execute("PRAGMA application_id").fetchone(),
        db.execute("PRAGMA user_version").fetchone(),
    )
    if (application, version) != (APPLICATION, SCHEMA):
        raise sqlite3.DatabaseError("not an index of this version")
    return {name: json.loads(value) for name, value in db.execute("SELECT name, value FROM meta")}


def remember(db: sqlite3.Connection, values: Mapping[str, Any]) -> None:
    """Write what an index says of itself."""
    db.executemany(
        "INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)",
        ((name, json.dumps(value)) for name, value in values.items()),
    )


__all__ = ["APPLICATION", "SCHEMA", "Store", "connect", "meta", "remember"]
