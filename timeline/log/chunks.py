"""Large logs: decoded in parts of whole lines, in several processes, and faster than line by line with all that a reader keeps in mind.

`timeline.log.reader` is the way to read a log: it tells torn bytes from damage, joins copies, and
says what is wrong on which line. What is here reads the logs that need none of that, and takes a
line only if `timeline.log.fast_decode` does; for any other it raises `Unusual`, and whoever asked
reads the log the plain way. So nothing here can read a line in another sense than the rest of the
program.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

from attrs import frozen

from timeline.domain.events import Event
from timeline.log import fast_decode as admitted
from timeline.storage.disk import SYSTEM, Disk, LogFile, Stamp, opened

STEP = 4 << 20
"""How many bytes a part holds by default, about 12,000 events: little to keep in memory, and much for one message between processes."""


class Unusual(Exception):
    """A log holds what only the plain way of reading judges: torn bytes, a repair, a line that somebody typed, or an error."""


@frozen
class Part:
    """Some whole lines of a log that are read by themselves.

    Attributes:
        path: the log.
        begin: the byte at which its first line begins.
        end: the byte after its last line.
        stamp: which file it was a part of.
    """

    path: Path
    begin: int
    end: int
    stamp: Stamp


def parts(path: Path, *, since: int = 0, step: int = STEP, disk: Disk = SYSTEM) -> list[Part]:
    """Return a log, from the byte `since` on, as parts of about `step` bytes that each end with a line; none if nothing was added.

    Raises `Unusual` for a log whose last line is unfinished, and `TimelineError` for one that
    cannot be read.
    """
    with opened(path, disk=disk) as file:
        stamp = file.stamp()
        ends = [since]
        while ends[-1] < stamp.size:
            near = min(ends[-1] + step, stamp.size)
            line = next(iter(file.lines(near - 1)), b"")
            if line[-1:] != b"\n":
                raise Unusual
            ends.append(near - 1 + len(line))
    return [Part(path, begin, end, stamp) for begin, end in pairwise(ends)]


def decoded(part: Part, *, disk: Disk = SYSTEM) -> Iterator[tuple[int, Event]]:
    """Yield the events of a part, each with the byte at which its line begins; copies of an event are not joined.

    Raises `Unusual` at the first line that does not read exactly as we write it, and where the file
    is another, or shorter, by now.
    """
    offset, decode = part.begin, admitted.decode
    for raw in lines(part, disk=disk):
        event = decode(raw[:-1])
        if event is None:
            raise Unusual
        yield offset, event
        offset += len(raw)


def lines(part: Part, *, disk: Disk = SYSTEM) -> Iterator[bytes]:
    """Yield the lines of a part, each with its newline; raise `Unusual` where the file is another, or shorter, by now."""
    left = part.end - part.begin
    with _same(part, disk) as file:
        for raw in file.lines(part.begin) if left else ():
            yield raw
            left -= len(raw)
            if left <= 0:
                break
    if left:
        raise Unusual


def content(part: Part, *, disk: Disk = SYSTEM) -> bytes:
    """Return the bytes of a part; raise `Unusual` where the file is another, or shorter, by now."""
    with _same(part, disk) as file:
        data = file.read(part.begin, part.end - part.begin)
    if len(data) < part.end - part.begin:
        raise Unusual
    return data


@contextmanager
def _same(part: Part, disk: Disk) -> Iterator[LogFile]:
    """Give the file that a part is of; raise `Unusual` where another stands in its place."""
    with opened(part.path, disk=disk) as file:
        if file.stamp().file != part.stamp.file:
            raise Unusual
        yield file


def divided(given: Sequence[Part], count: int) -> list[Part]:
    """Return neighbouring parts joined to at most `count` of about the same size."""
    size = -(-len(given) // count) if given else 1
    together = (given[start : start + size] for start in range(0, len(given), size))
    return [Part(some[0].path, some[0].begin, some[-1].end, some[0].stamp) for some in together]
