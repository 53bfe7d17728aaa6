"""The events of a log, admitted to its city: all at once, in one pass, or one by one."""

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, NamedTuple, Self

from attrs import evolve

from timeline.domain.city import City
from timeline.domain.events import Event
from timeline.domain.timed_event import TimedEvent
from timeline.errors import InvalidEvent, InvalidLog, TimelineError
from timeline.log.admission import admitted_event
from timeline.log.reader import Log, decode
from timeline.log.rules import dangling
from timeline.storage.disk import SYSTEM, Disk, opened


class Irregular(Exception):
    """A log holds torn bytes, a repair, copies or an error; all of it must be read to judge."""


class StoredEvent(NamedTuple):
    """An event, and where in the log it stands.

    `begin` is the byte at which its line begins, or None where `line` counts instead, because
    copies in the log differ.
    """

    timed: TimedEvent
    begin: int | None
    line: str | None = None


def admitted_events(log: Log, city: City) -> Iterator[TimedEvent]:
    """Yield the events of a log; raise `InvalidLog` at the first that does not fit city or log."""
    for number, event in enumerate(log.events, 1):
        try:
            yield admitted_event(event, city, number)
        except InvalidEvent as error:
            raise InvalidLog(evolve(error.problems[0], where=log.where(event))) from None
    for problem in dangling(log):
        raise InvalidLog(problem)


def streamed(
    path: Path, city: City, *, since: int = 0, before: int = 0, disk: Disk = SYSTEM
) -> Iterator[tuple[StoredEvent, int]]:
    """Yield the events of a log from a byte on, each with the byte after its line; hold none.

    `before` is how many events stand before that byte. Raises `Irregular` at the first line that
    is no whole event of the city. Copies are not joined.
    """
    begin = since
    with opened(path, disk=disk) as file:
        for number, raw in enumerate(file.lines(since), before + 1):
            end = begin + len(raw)
            yield StoredEvent(_admitted(raw, city, number), begin), end
            begin = end


def _admitted(raw: bytes, city: City, number: int) -> TimedEvent:
    try:
        record = decode(raw.removesuffix(b"\n"))
        if raw.endswith(b"\n") and isinstance(record, Event):
            return admitted_event(record, city, number)
    except TimelineError:
        raise Irregular from None
    raise Irregular


class EventFile:
    """A log from which single events are read anew, each by where its line begins."""

    def __init__(self, path: Path, city: City) -> None:
        """Take the log and its city; the file is opened by ``with``."""
        self._path, self._city = path, city
        self._file: BinaryIO

    def __enter__(self) -> Self:
        self._file = open(self._path, "rb")  # closed at the end
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def read(self, number: int, begin: int | None, line: str | None) -> TimedEvent:
        """Return the event of that number whose line begins at a byte, or is given."""
        if begin is not None:
            self._file.seek(begin)
        raw = self._file.readline()[:-1] if line is None else line.encode()
        event = decode(raw)
        assert isinstance(event, Event)  # as it was when the index was built
        return admitted_event(event, self._city, number)
