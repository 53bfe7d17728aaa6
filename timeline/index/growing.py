"""How an index comes about and grows: from a whole log in parts and processes, from its tail, or from what the plain reader makes of it."""

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import Any

from timeline.domain.city import City
from timeline.domain.events import Event
from timeline.domain.timed_event import TimedEvent
from timeline.errors import TimelineError
from timeline.index import fingerprint
from timeline.index.entries import Batch, batch, batch_of, packed, unpacked
from timeline.index.entry import Entry, Making, Projections
from timeline.index.filling import Fact, Filling
from timeline.index.processes import mapped
from timeline.index.reader import APPLICATION, SCHEMA, remember
from timeline.index.resumable import Hashed, hashed, kept
from timeline.log import chunks as bulk
from timeline.log import reader as log
from timeline.log.admission import admitted_event
from timeline.log.chunks import Unusual
from timeline.timeline import Timeline


def build(
    path: Path,
    new: Path,
    city: City,
    projections: Projections,
    basis: list[Any],
    progress: Callable[[int, int], None] | None,
) -> int | None:
    """Write the index of a log to a new file and return the time that it says of itself; None for a log that cannot be indexed.

    That is one which is torn, or which holds an error that whoever reads it will be told of.
    """
    if _unfinished(path):
        return None
    for fill in (_from_parts, _from_plain):
        new.unlink(missing_ok=True)
        with suppress(Unusual), closing(_created(new)) as db:
            db.execute("BEGIN")
            read = fill(path, db, city, projections, progress or (lambda done, size: None))
            remember(db, {"basis": basis, "file": _way(path, new)} | read)
            db.execute("COMMIT")
            os.utime(new, ns=(read["stamp"], read["stamp"]))
            return int(read["stamp"])
    return None


def catch_up(
    path: Path,
    db: sqlite3.Connection,
    known: Mapping[str, Any],
    city: City,
    projections: Projections,
) -> int | None:
    """Take in what was appended to a log since its index was written; return the time that the file says of itself.

    None where the log is another by now, or where what was appended is not in the shape in which
    the program writes.
    """
    now, size = fingerprint.stamp(os.stat(path)), int(known["log"][2])
    if not fingerprint.holds(path, known):
        return None
    try:
        tail = bulk.parts(path, since=size)
        db.execute("BEGIN IMMEDIATE")
        with Reader(path, city) as fact:
            filling, making = (
                Filling(db, projections, fact, int(known["events"])),
                Making(city, projections),
            )
            for part in tail:
                filling.add(batch(part, making))
            filling.settle(int(known["events"]))
        end = tail[-1].end if tail else size
        grown = {"events": filling.number} | _described(
            path, now, hashed(path, end, kept(known["digest"]))
        )
        remember(db, grown)
        db.execute("COMMIT")
    except (Unusual, TimelineError):
        return None
    return int(grown["stamp"])


def _from_parts(
    path: Path,
    db: sqlite3.Connection,
    city: City,
    projections: Projections,
    progress: Callable[[int, int], None],
) -> dict[str, Any]:
    status = os.stat(path)
    parts = bulk.parts(path)
    end = parts[-1].end if parts else 0
    work = partial(packed, making=Making(city, tuple(projections)))
    with ThreadPoolExecutor(1) as beside:
        digest = beside.submit(hashed, path, end)
        batches = map(unpacked, mapped(work, parts))
        read = _filled(
            path,
            db,
            city,
            projections,
            zip(batches, (part.end for part in parts), strict=True),
            progress,
            end,
        )
        return {**read, **_described(path, fingerprint.stamp(status), digest.result())}


def _from_plain(
    path: Path,
    db: sqlite3.Connection,
    city: City,
    projections: Projections,
    progress: Callable[[int, int], None],
) -> dict[str, Any]:
    """Fill an index with what the plain reader makes of a log; raise `Unusual` for one that is torn, changing, or not valid."""
    status = os.stat(path)
    try:
        timeline = Timeline.of(log.read(path), city, projections)
    except TimelineError:
        raise Unusual from None
    if timeline.log.torn or timeline.log.size != status.st_size:
        raise Unusual
    making = Making(city, projections)
    every = batch_of(_entries(path, timeline, making), making)
    read = _filled(path, db, city, projections, [(every, status.st_size)], progress, status.st_size)
    return {**read, **_described(path, fingerprint.stamp(status), hashed(path, status.st_size))}


def _entries(path: Path, timeline: Timeline, making: Making) -> Iterator[Entry]:
    """Yield the entries of a log that was read the plain way; of copies that differ the line is kept."""
    from timeline.log.codec import CODEC

    begins, place = [0], 0
    with open(path, "rb") as file:
        for raw in file:
            place += len(raw)
            begins.append(place)
    with Reader(path, making.city) as fact:
        for event, one in zip(timeline.log.events, timeline.dated, strict=True):
            begin = begins[timeline.log.lines[event.id] - 1]
            there = fact(begin, None) == one
            yield (
                making.entry(one, begin)
                if there
                else making.entry(one, None, CODEC.encode(event).decode())
            )


def _filled(
    path: Path,
    db: sqlite3.Connection,
    city: City,
    projections: Projections,
    given: Iterable[tuple[Batch, int]],
    progress: Callable[[int, int], None],
    size: int,
) -> dict[str, Any]:
    """Fill the tables of a new index with batches, each of which goes up to a byte of the log."""
    with Reader(path, city) as fact:
        filling = Filling(db, projections, fact)
        filling.begin()
        for one, end in given:
            filling.add(one)
            progress(end, size)
        filling.order()
    db.execute("PRAGMA analysis_limit = 1000")  # roughly, which is all that is asked
    db.execute("ANALYZE")
    return {"events": filling.number}


def _described(path: Path, now: Sequence[int], digest: Hashed) -> dict[str, Any]:
    """Return what an index says of the log that it was made from, by a status of it and the digest of all that is indexed."""
    return {
        "log": [*now[:2], digest.size, now[3]],
        "tail": fingerprint.tail(path, digest.size),
        "digest": digest,
        "stamp": _even(now[3]),
    }


class Reader:
    """Reads events anew from a log, each from the byte at which its line begins, or from a line that was kept."""

    def __init__(self, path: Path, city: City) -> None:
        self._path, self._city = path, city

    def __enter__(self) -> Fact:
        self._file = open(self._path, "rb")  # closed at the end
        return self._fact

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def _fact(self, begin: int | None, line: str | None) -> TimedEvent:
        if begin is not None:
            self._file.seek(begin)
        raw = line.encode() if line is not None else self._file.readline()[:-1]
        event = log.decode(raw)
        assert isinstance(event, Event)
        return admitted_event(event, self._city)


def _created(new: Path) -> sqlite3.Connection:
    """Return a connection to a new index with empty tables."""
    import sqlite_utils

    db = sqlite3.connect(new, isolation_level=None, cached_statements=256)
    for pragma in (
        f"application_id = {APPLICATION}",
        f"user_version = {SCHEMA}",
        "journal_mode = OFF",
        "synchronous = OFF",
        "cache_size = -65536",
        "threads = 2",  # sorts are what is left for one process to do
    ):
        db.execute(f"PRAGMA {pragma}")
    tables = sqlite_utils.Database(db)
    tables["meta"].create({"name": str, "value": str}, pk="name")  # type: ignore[union-attr]
    event = {
        "number": int,
        "id": str,
        "type": str,
        "occurred": str,
        "reported": str,
        "recorded": str,
        "source": str,
    }
    tables["events"].create(
        event | {"begin": int, "line": str, "known": int, "withdrawn": int, "withdrawn_by": str},
        pk="number",
    )  # type: ignore[union-attr]
    tables["withdrawals"].create({"event": int, "target": str}, pk="event")  # type: ignore[union-attr]
    tables["keys"].create({"key": int, "projection": str, "json": str}, pk="key")  # type: ignore[union-attr]
    tables["keys"].create_index(["projection", "json"], unique=True)  # type: ignore[union-attr]
    tables["slots"].create(
        {"slot": int, "key": int, "voice": str, "register": str, "counts": int}, pk="slot"
    )  # type: ignore[union-attr]
    tables["slots"].create_index(["key", "voice", "register"], unique=True)  # type: ignore[union-attr]
    tables["sayings"].create({"saying": int, "json": str}, pk="saying")  # type: ignore[union-attr]
    for statement in _STATEMENTS:
        db.execute(statement)
    return db


_TIMES = "latest INTEGER, event INTEGER, part INTEGER, key INTEGER, earliest INTEGER, span INTEGER, begun INTEGER, ended INTEGER, id TEXT"
_STATEMENTS = (
    f"CREATE TABLE claims (slot INTEGER, {_TIMES}, about TEXT, reported INTEGER, text TEXT, grade TEXT, said INTEGER, "
    "PRIMARY KEY (slot, latest, event, part)) WITHOUT ROWID",
    f"CREATE TABLE counts (slot INTEGER, {_TIMES}, numbers INTEGER, low INTEGER, best INTEGER, high INTEGER, "
    "PRIMARY KEY (slot, latest, event, part)) WITHOUT ROWID",
    "CREATE TABLE key_places (place TEXT, key INTEGER, PRIMARY KEY (place, key)) WITHOUT ROWID",
    "CREATE TABLE key_spans (key INTEGER, span INTEGER, longest INTEGER, PRIMARY KEY (key, span)) WITHOUT ROWID",
    "CREATE TABLE mentions (event INTEGER, target TEXT, PRIMARY KEY (event, target)) WITHOUT ROWID",
    "CREATE VIEW standing_events AS SELECT number, id, type, occurred, reported, source FROM events "
    "WHERE withdrawn IS NULL AND type <> 'retraction'",
    "CREATE VIEW control_claims AS SELECT json_extract(k.json, '$') AS place, s.voice, c.id, c.text AS occurred, "
    "datetime(coalesce(c.reported, c.begun) / 1000000, 'unixepoch') AS reported, c.about, "
    "json_extract(y.json, '$[0]') AS says, json_extract(y.json, '$[3].Hold[0]') AS holder, json_extract(y.json, '$[3].Hold[1]') AS ground "
    "FROM claims c JOIN slots s ON s.slot = c.slot JOIN keys k ON k.key = s.key JOIN sayings y ON y.saying = c.said "
    "WHERE k.projection = 'control' AND c.ended = 1 << 62",
    "CREATE VIRTUAL TABLE search USING fts5 (words, content = '', detail = none, tokenize = 'ascii')",
    "INSERT INTO search (search, rank) VALUES ('hashsize', 1 << 24)",  # few large pieces: to merge many takes longer than to make them
)


def _way(path: Path, index: Path) -> str:
    """Return where the log lies, for whoever finds its index alone: its name where it lies beside it, else its path."""
    path = path.absolute()
    return path.name if path.parent.resolve() == index.absolute().parent.resolve() else str(path)


def _unfinished(path: Path) -> bool:
    with open(path, "rb") as file:
        return (
            file.seek(0, os.SEEK_END) > 0 and (file.seek(-1, os.SEEK_END), file.read(1))[1] != b"\n"
        )


def _even(nanoseconds: int) -> int:
    """Return a time that every file system can keep: in whole seconds, and every other."""
    return nanoseconds // 2_000_000_000 * 2_000_000_000
