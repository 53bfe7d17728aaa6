"""Appending is the one way in which a log grows, and never alters what stands in it.

The file is locked, all is checked before the first byte, all lines are written at once, each after
those that it refers to, so that whatever a crash leaves can be read and the batch appended again. A
torn line is ended, and a `LogRepaired` before the next event says which bytes are none.
"""

import hashlib
from collections import ChainMap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from attrs import define, evolve, field, frozen

from timeline.domain.city import City
from timeline.domain.events import Event, EventId, LogRepaired, Retraction, Text
from timeline.domain.references import references
from timeline.errors import InvalidEvent, InvalidLog, Problem
from timeline.log.codec import CODEC, RECORDS
from timeline.log.duplicates import clash, same_content
from timeline.log.ids import new_id
from timeline.log.reader import CANCEL, Log, Reading, decode
from timeline.log.rules import circular, reference_problems, too_early, withdrawn_again
from timeline.storage.disk import SYSTEM, Disk, LogFile
from timeline.storage.file_stamp import FileStamp
from timeline.temporal.dates import Moment


@frozen
class Receipt:
    """The outcome of an append, with the events `present` before and the repair recorded first."""

    written: tuple[Event, ...]
    present: tuple[Event, ...]
    repaired: LogRepaired | None = None


def append(
    path: Path,
    events: Sequence[Event],
    *,
    city: City | None = None,
    dry_run: bool = False,
    disk: Disk = SYSTEM,
) -> Receipt:
    """Write events to the end of a log, all or none, and return once they are on the disk.

    With `dry_run` nothing is written. Events that the log holds already are not written again;
    `city` says which names and dates are the same. Raises `InvalidEvent` with every problem of the
    events and `InvalidLog` for a damaged log, and leaves the file as it was. Raises `TimelineError`
    where the disk fails: the same append, run again, completes what is there.
    """
    with closing(Writer(path, city, disk)) as writer:
        return writer.append(events, dry_run=dry_run)


@define
class Known:
    """The events of a log as its rules see them, kept up as the log grows.

    Names stand as ids, or as they are where `city` is None; `recorded` is the last time, in UTC.
    """

    city: City | None = None
    events: dict[EventId, Event] = field(factory=dict)
    retracted: dict[EventId, EventId] = field(factory=dict)
    recorded: datetime = datetime.min.replace(tzinfo=UTC)
    _lost: list[tuple[Event, str]] = field(factory=list)

    @property
    def zone(self) -> tzinfo:
        """The zone in which dates without an offset are read."""
        return self.city.zone if self.city else UTC

    def take(self, reading: Reading) -> None:
        """Hold what was read since; raise `InvalidLog` for what readers would not take."""
        fresh, reading.fresh = reading.fresh, []
        self.hold(fresh, lambda event: reading.where(reading.numbers[event.id]))

    def hold(self, events: Sequence[Event], where: Callable[[Event], str]) -> None:
        """Hold more events; raise `InvalidLog` for one whose names the city does not know."""
        for event in events:
            self._hold(event, where)
        self._lost += [(event, where(event)) for event in events if any(references(event))]
        self._lost = [(event, line) for event, line in self._lost if self._is_lost(event)]

    def require_whole(self, new: Iterable[Event]) -> None:
        """Raise `InvalidLog` for a reference that leads nowhere, not even to a new event."""
        if not self._lost:
            return
        known = ChainMap({event.id: event for event in new}, self.events)
        for event, line in self._lost:
            for _, problem in reference_problems([event], known):
                raise InvalidLog(evolve(problem, where=line))

    def _is_lost(self, event: Event) -> bool:
        return any(reference_problems([event], self.events))

    def _hold(self, event: Event, where: Callable[[Event], str]) -> None:
        try:
            named = self.city.canonical(event) if self.city else event
        except InvalidEvent as error:
            raise InvalidLog(evolve(error.problems[0], where=where(event))) from None
        self.events[named.id] = named
        if isinstance(named, Retraction):
            self.retracted.setdefault(named.target, named.id)
        if named.recorded:
            self.recorded = max(self.recorded, named.recorded.instant(UTC))


@define
class Writer:
    """A log that is kept open to be appended to, so that it is not read again each time.

    Under the lock, each append reads what others wrote. The log is read anew where it is another
    file, is shorter, changed without growing, or lost the last line read. Only a reader of the
    whole log sees that an earlier line was altered while the log grew.
    """

    path: Path
    city: City | None = None
    disk: Disk = SYSTEM
    _file: LogFile = field(init=False)
    _reading: Reading = field(init=False)
    _known: Known = field(init=False)
    _stamp: FileStamp | None = field(init=False, default=None)
    _own: tuple[Sequence[bytes], Sequence[Event]] = field(init=False, default=((), ()))

    def __attrs_post_init__(self) -> None:
        self._file = LogFile.open(self.path, writing=True, disk=self.disk)
        self._reading, self._known = Reading(self.path), Known(self.city)

    def close(self) -> None:
        """Close the log."""
        self._file.close()

    def known(self) -> Known:
        """Return what the log holds now; appends keep it up, and nobody else may alter it."""
        with self._file.locked():
            self._read_on()
            self._known.require_whole(())
            return self._known

    def append(self, events: Sequence[Event], *, dry_run: bool = False) -> Receipt:
        """Append events as `append` does."""
        with self._file.locked():
            self._read_on()
            new, present = _admissible(self._known, events)
            recorded = now(self._known.recorded)
            repair, start = mending(self._reading, recorded) if new else (None, b"")
            lines, written = _written(in_order(new), recorded)
            if dry_run:
                return Receipt(tuple(new), present, repair)
            if written:
                self._write(start, lines, written)
            elif present:
                # Whoever wrote them may have died before they were on the disk.
                self._file.sync(folder=True)
        return Receipt(written, present, repair)

    def _write(self, start: bytes, lines: Sequence[bytes], written: Sequence[Event]) -> None:
        """Write all at once, and remember it unless others wrote to the log meanwhile."""
        data = start + b"".join(lines)
        self._file.append(data, folder=self._reading.size == 0)
        stamp = self._file.stamp()
        if not start and stamp.size == self._reading.size + len(data):
            self._own, self._stamp = (lines, written), stamp

    def _read_on(self) -> None:
        """Take in what was written since, or everything where what was read may have changed."""
        stamp = self._file.stamp()
        if self._stamp:
            self._reading.wrote(*self._own)
        self._own = ((), ())
        if stamp != self._stamp:
            if not self._grew(stamp):
                self._reading, self._known = Reading(self.path), Known(self.city)
            self._stamp = None
            self._reading.read(self._file)
        self._known.take(self._reading)
        self._stamp = stamp

    def _grew(self, stamp: FileStamp) -> bool:
        """Return whether the last line that was read is where it was, with more behind it."""
        before, last = self._stamp, self._reading.last
        if before is None or stamp.size <= before.size or not stamp.same_file(before):
            return False
        return not last or next(self._file.lines(self._reading.offset - len(last)), b"") == last


def admissible(
    log: Log, events: Sequence[Event], city: City | None = None
) -> tuple[list[Event], tuple[Event, ...]]:
    """Return the events that may be added to a log, each once, and those that it holds already.

    Raises `InvalidEvent` with every problem of the events, and `InvalidLog` for a damaged log.
    """
    known = Known(city)
    known.hold(log.events, log.where)
    return _admissible(known, events)


def in_order(events: Sequence[Event]) -> list[Event]:
    """Return events with each after those that it refers to, but for circles, else as they were."""
    new = {event.id: event for event in events}
    ahead = {event.id: _among(new, event) for event in events}
    if not any(ahead.values()):
        return list(events)
    waiting, entered, ordered = list(reversed(events)), set[EventId](), dict[EventId, Event]()
    while waiting:
        event = waiting.pop()
        entered.add(event.id)
        missing = [target for target in ahead[event.id] if target.id not in entered]
        if missing:
            waiting += [event, *reversed(missing)]
        else:
            ordered.setdefault(event.id, event)
    return list(ordered.values())


def _among(new: Mapping[EventId, Event], event: Event) -> list[Event]:
    """Return the new events that an event refers to."""
    return [new[target] for _, target in references(event) if target in new]


def _admissible(known: Known, events: Sequence[Event]) -> tuple[list[Event], tuple[Event, ...]]:
    held = known.events
    copies = [(event, held[event.id]) for event in events if event.id in held]
    present = tuple(copy for event, copy in copies if same_content(event, copy))
    new = list({event.id: event for event in events if event.id not in held}.values())
    known.require_whole(new)
    if problems := _problems(events, new, known):
        raise InvalidEvent(problems)
    return new, present


def _problems(events: Sequence[Event], new: Sequence[Event], log: Known) -> list[Problem]:
    """Return everything that is wrong with events, of which some are new to a log."""
    known = ChainMap({event.id: event for event in new}, log.events)
    lost = reference_problems(new, known)
    return [
        *_clashes(events, known, log),
        *_dated(new),
        *(evolve(problem, where=event.id) for event, problem in lost),
        *withdrawn_again(new, log.retracted),
        *circular(new, known),
        *too_early(new, known, log.zone),
    ]


def _clashes(
    events: Iterable[Event], known: Mapping[EventId, Event], log: Known
) -> Iterator[Problem]:
    """Yield the ids that stand in the log, or in the batch, with other content."""
    for event in events:
        held = known[event.id]
        if event is not held and not same_content(event, held):
            other = "in the log" if event.id in log.events else "in this batch"
            yield clash(event, held, other, where=event.id, hint="")


def _dated(new: Iterable[Event]) -> Iterator[Problem]:
    """Yield a problem for each new event that says when it was recorded."""
    for event in new:
        if event.recorded:
            found = f"recorded {event.recorded}"
            yield Problem(found, "no such field: the log sets it", "$.recorded", event.id)


def _written(events: Iterable[Event], recorded: Moment) -> tuple[list[bytes], tuple[Event, ...]]:
    """Return the lines of events with the time of recording, and the events read from them.

    Raises `InvalidEvent` for an event that would be read as something else.
    """
    lines, written = [], []
    for event in events:
        try:
            line, read = _line(event, recorded)
        except InvalidEvent as error:
            problems = [evolve(problem, where=event.id) for problem in error.problems]
            raise InvalidEvent(problems) from None
        lines.append(line + b"\n")
        written.append(read)
    return lines, tuple(written)


def _line(event: Event, recorded: Moment) -> tuple[bytes, Event]:
    try:
        line = CODEC.encode(event, recorded=recorded)
        read = decode(line)
    except (UnicodeEncodeError, TypeError, ValueError) as error:
        raise InvalidEvent(Problem(f"cannot be written: {error}")) from None
    if not isinstance(read, Event) or not same_content(read, event):
        raise InvalidEvent(Problem("would be read back as another event"))
    return line, read


def mending(reading: Reading, recorded: Moment) -> tuple[LogRepaired | None, bytes]:
    """Return the record of a torn tail, and the bytes to write: a line's end and the record."""
    tail = reading.tail
    if not tail:
        return None, b""
    repair = LogRepaired(
        id=new_id(LogRepaired),
        recorded=recorded,
        offset=reading.size - len(tail),
        length=len(tail),
        sha256=Text(hashlib.sha256(tail).hexdigest()),
    )
    ending = b"" if tail.endswith(b"\n") else CANCEL + b"\n"
    return repair, ending + RECORDS.encode(repair) + b"\n"


def now(last: datetime) -> Moment:
    """Return the present in UTC, to the second, and never before the last time of recording."""
    instant = max(datetime.now(UTC).replace(microsecond=0), last)
    return Moment(instant.isoformat().replace("+00:00", "Z"))
