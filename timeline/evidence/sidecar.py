"""The files beside a log hold one JSON object a line, only grow, and are as durable as it.

Writers hold the file's lock and return once the record is on the disk. What follows the last
newline was never acknowledged: readers leave it out, and the next writer replaces it.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from attrs import frozen

from timeline.errors import InvalidEvent, NotVerified, TimelineError
from timeline.log import strict_json as strictjson
from timeline.storage.disk import SYSTEM, Disk, LogFile, ensure, opened

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
        """The values that the line holds; raises `NotVerified` for a line that is no record."""
        try:
            return strictjson.loads(self.line, LONGEST)
        except InvalidEvent as error:
            raise NotVerified(error.located(where=self.where).problems) from None


def records(path: Path) -> Iterator[Record]:
    """Yield the records of a file, none of one that is not there."""
    if path.exists():
        for number, line in enumerate(lines(path), 1):
            yield Record(f"{path}:{number}", line)


def lines(path: Path, begin: int = 0, end: int | None = None) -> Iterator[bytes]:
    """Yield the whole lines of a file between two places in it, without their newlines."""
    for chunk in chunks(path, begin, end):
        yield from chunk


def chunks(path: Path, begin: int = 0, end: int | None = None) -> Iterator[list[bytes]]:
    """Yield the lines that `lines` yields, many at a time."""
    with opened(path) as file:
        end = file.stamp().size if end is None else end
        rest = b""
        while begin < end and (block := file.read(begin, min(CHUNK, end - begin))):
            begin += len(block)
            *whole, rest = (rest + block).split(b"\n")
            if whole:
                yield whole


def settled(path: Path) -> int:
    """Return the length of a file that may be sealed: nobody writes to it, it is on the disk."""
    with opened(path) as file, file.locked():
        file.sync()
        return file.stamp().size


@contextmanager
def adding(path: Path, disk: Disk = SYSTEM) -> Iterator[LogFile]:
    """Open a file to add records to, made if it is not there, and hold its lock."""
    ensure(path, disk)
    with opened(path, writing=True, disk=disk) as file, file.locked():
        yield file


def add(file: LogFile, values: Mapping[str, Any]) -> None:
    """Add a record, and return once it is on the disk; the name of a new file too."""
    begin = sum(len(line) + 1 for line in lines(file.path))
    line = json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    if len(line) > LONGEST:
        found, most = f"a record of {len(line)} bytes", f"at most {LONGEST}"
        raise TimelineError.because(found, most, where=str(file.path))
    put(file, line, begin)


def put(file: LogFile, data: bytes, begin: int) -> None:
    """Write data at a place of a file, where it then ends, and return once it is on the disk."""
    if begin < file.stamp().size:
        file.cut(begin)
    file.append(data, folder=begin == 0)
