"""An index comes about and grows in one plain pass over the lines of its log."""

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from timeline.domain.city import City
from timeline.errors import TimelineError
from timeline.index import fingerprint
from timeline.index.reader import remember
from timeline.index.schema import create
from timeline.index.writer import IndexWriter
from timeline.log import reader
from timeline.log.codec import CODEC
from timeline.log.load import EventFile, Irregular, StoredEvent, admitted_events, streamed
from timeline.replay.projection import Projection
from timeline.storage.file_stamp import FileStamp

Projections = Sequence[Projection[Any, Any, Any]]
Progress = Callable[[int, int], None]
"""Is told how many bytes of how many are in the index."""


def silent(done: int, size: int) -> None:
    """Take what is told of the progress, and keep it."""


def build(
    path: Path,
    new: Path,
    city: City,
    projections: Projections,
    basis: list[Any],
    progress: Progress,
) -> int | None:
    """Write the index of a log to a new file; return its stamp, None for a torn or faulty log."""
    status = os.stat(path)
    for events in (streamed(path, city), _whole(path, city)):
        new.unlink(missing_ok=True)
        with suppress(Irregular), closing(create(new)) as db, EventFile(path, city) as file:
            db.execute("BEGIN")
            writer = IndexWriter(db, city, projections, file.read)
            size = _fill(writer, events, status.st_size, progress)
            writer.settle(0)
            known = {"basis": basis, "file": _way(path, new), "events": writer.number}
            known |= _described(path, FileStamp.of(status), size)
            return _finish(db, new, known)
    return None


def catch_up(
    path: Path,
    db: sqlite3.Connection,
    known: Mapping[str, Any],
    city: City,
    projections: Projections,
) -> int | None:
    """Take in what was appended; return the new stamp, None where a new index is needed."""
    status, before = os.stat(path), int(known["events"])
    if not fingerprint.holds(path, known):
        return None
    try:
        with EventFile(path, city) as file:
            db.execute("BEGIN IMMEDIATE")
            writer = IndexWriter(db, city, projections, file.read, before)
            size = FileStamp(*known["log"]).size
            size = _fill(writer, streamed(path, city, since=size, before=before), size, silent)
            writer.settle(before)
            grown = {"events": writer.number} | _described(path, FileStamp.of(status), size)
            remember(db, grown)
            db.execute("COMMIT")
    except (Irregular, TimelineError):
        return None
    return int(grown["stamp"])


def _fill(
    writer: IndexWriter,
    events: Iterable[tuple[StoredEvent, int]],
    size: int,
    progress: Progress,
) -> int:
    """Put events in; return the byte after the last of them, or `size` where there is none."""
    end, shown = 0, 0
    for stored, end in events:
        writer.add(stored)
        if end - shown > size // 100:
            progress(shown := end, size)
    progress(size, size)
    return end or size


def _finish(db: sqlite3.Connection, new: Path, known: Mapping[str, Any]) -> int:
    remember(db, known)
    db.execute("COMMIT")
    db.execute("PRAGMA analysis_limit = 1000")  # roughly, which is all that is asked
    db.execute("ANALYZE")
    os.utime(new, ns=(known["stamp"], known["stamp"]))
    return int(known["stamp"])


def _whole(path: Path, city: City) -> Iterator[tuple[StoredEvent, int]]:
    """Yield the events of a log read as a whole; raise `Irregular` if torn, changing or invalid."""
    size = os.stat(path).st_size
    try:
        log = reader.read(path)
        admitted = list(admitted_events(log, city))
    except TimelineError:
        raise Irregular from None
    if log.torn or log.size != size:
        raise Irregular
    begins = _line_begins(path)
    with EventFile(path, city) as file:
        for event, timed in zip(log.events, admitted, strict=True):
            begin = begins[log.lines[event.id] - 1]
            if file.read(timed.number, begin, None) == timed:
                yield StoredEvent(timed, begin), size
            else:
                yield StoredEvent(timed, None, CODEC.encode(event).decode()), size


def _line_begins(path: Path) -> list[int]:
    begins = [0]
    with open(path, "rb") as file:
        for raw in file:
            begins.append(begins[-1] + len(raw))
    return begins


def _described(path: Path, stamp: FileStamp, size: int) -> dict[str, Any]:
    """Return what an index says of the log that it was made from: its first `size` bytes."""
    return {
        "log": stamp._replace(size=size),
        "tail": fingerprint.tail(path, size),
        "sha256": fingerprint.sha256(path, size),
        # every file system keeps even seconds
        "stamp": stamp.modified // 2_000_000_000 * 2_000_000_000,
    }


def _way(path: Path, index: Path) -> str:
    """Return where the log lies, as seen from its index: its name beside it, else its path."""
    path = path.absolute()
    beside = path.parent.resolve() == index.absolute().parent.resolve()
    return path.name if beside else str(path)
