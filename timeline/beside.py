"""The files that stand beside a log: records of one JSON object a line, only ever added to, and as durable as the log itself.

Whoever adds to one holds its lock, writes each record with one write, and is done when it is on the disk. What follows the last newline was
never finished and never acknowledged: readers leave it out, and the next writer writes over it.
"""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import Any

from attrs import evolve, frozen

from timeline import strictjson
from timeline.errors import InvalidEvent, NotVerified, Problem, TimelineError
from timeline.log import opened

CHUNK = 1 << 18
LONGEST = 1 << 24
"""The longest record, in bytes: a note of a hundred signatures with as many time stamps."""


@frozen
class Record:
    """A line of such a file, and where it stands, as ``events.jsonl.seals:3``."""

    where: str
    line: bytes

    @property
    def values(self) -> Mapping[str, Any]:
        """What the line holds; raises `NotVerified` for what is no record."""
        try:
            return strictjson.loads(self.line, LONGEST)
        except InvalidEvent as error:
            raise NotVerified([evolve(problem, where=self.where) for problem in error.problems]) from None


def beside(log: Path, what: str) -> Path:
    """Return the file of that kind that belongs to a log: ``events.jsonl.seals``."""
    return log.with_name(f"{log.name}.{what}")


def records(path: Path) -> Iterator[Record]:
    """Yield the records of a file, none of one that is not there."""
    if path.exists():
        yield from (Record(f"{path}:{number}", line) for number, line in enumerate(lines(path), 1))


def lines(path: Path, begin: int = 0, end: int | None = None) -> Iterator[bytes]:
    """Yield the whole lines of a file between two places in it, without their newlines."""
    for chunk in chunks(path, begin, end):
        yield from chunk


def chunks(path: Path, begin: int = 0, end: int | None = None) -> Iterator[list[bytes]]:
    """Yield the whole lines of a file between two places in it, without their newlines, many at a time."""
    with opened(path, os.O_RDONLY) as descriptor, os.fdopen(os.dup(descriptor), "rb") as file:
        file.seek(begin)
        left = (os.fstat(descriptor).st_size if end is None else end) - begin
        while block := _whole(file, left):
            left -= len(block)
            *found, rest = block.split(b"\n")
            yield found
            if rest:
                return


def _whole(file: BufferedReader, left: int) -> bytes:
    """Return a block of whole lines, of at most `left` bytes; only the last one of a file may be unfinished."""
    block = file.read(min(CHUNK, left))
    return block if not block or block.endswith(b"\n") else block + file.readline(left - len(block))


def settled(path: Path) -> int:
    """Return the length of a file once nobody is writing to it, with all of it on the disk: what may be sealed."""
    with opened(path, os.O_RDONLY) as descriptor:
        lock(descriptor)
        os.fsync(descriptor)
        return os.fstat(descriptor).st_size


@contextmanager
def adding(path: Path) -> Iterator[int]:
    """Open a file to add records to, made if it is not there, and hold its lock."""
    with opened(path, os.O_RDWR | os.O_CREAT) as descriptor:
        lock(descriptor)
        yield descriptor


def add(descriptor: int, path: Path, values: Mapping[str, Any]) -> None:
    """Add a record, and return once it is on the disk; the name of a new file too."""
    begin = sum(len(line) + 1 for line in lines(path))
    line = json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    if len(line) > LONGEST:
        raise TimelineError(Problem(f"a record of {len(line)} bytes", f"at most {LONGEST}", where=str(path)))
    put(descriptor, path, line, begin)


def put(descriptor: int, path: Path, data: bytes, begin: int) -> None:
    """Write data at a place of a file, where it then ends, and return once it is on the disk."""
    os.ftruncate(descriptor, begin)
    written = os.pwrite(descriptor, data, begin)
    if written != len(data):
        raise TimelineError(Problem(f"only {written} of {len(data)} bytes were written to {path}", hint="is the disk full?"))
    os.fsync(descriptor)
    if begin == 0:
        with opened(path.parent, os.O_RDONLY) as folder:
            os.fsync(folder)


def lock(descriptor: int) -> None:
    """Wait for the exclusive lock of a file, which the system frees when the file is closed or the process dies."""
    try:
        import fcntl
    except ImportError:
        raise TimelineError(Problem("sealing needs a POSIX system, for its file locks")) from None
    fcntl.flock(descriptor, fcntl.LOCK_EX)
