"""Appending: the one way in which a log grows.

The file is locked, everything is checked against everything before the first byte, all lines are
written at once, and only when they are on the disk is it said that they are. What stands in the log
is never altered: where an earlier writer left an unfinished line, it is ended, and a `LogRepaired`
before the next event says which bytes are none.

The lines of a batch are put in such an order that each stands after those that it refers to, so
that whatever beginning of it a crash leaves behind can be read, and the batch be appended again.
"""

import hashlib
from collections import ChainMap
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from attrs import define, evolve, field, frozen

from timeline.domain.city import City
from timeline.domain.events import Event, EventId, LogRepaired, Text
from timeline.domain.references import references
from timeline.errors import InvalidEvent, Problem
from timeline.log.codec import CODEC, RECORDS
from timeline.log.duplicates import clash, same_content
from timeline.log.ids import new_id
from timeline.log.known import Known
from timeline.log.reader import (
    CANCEL,
    Log,
    Reading,
    circular,
    decode,
    reference_problems,
    retractions,
    too_early,
)
from timeline.storage.disk import SYSTEM, Disk, LogFile, Stamp
from timeline.temporal.dates import Moment


@frozen
class Receipt:
    """What an append did: the events that were written, those that were there already, and the repair that had to be recorded first."""

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
    """Write events to the end of a log, all of them or none, and return once they are on the disk; with `dry_run` only what would be.

    An event that the log holds already, with the same content, is not written again; `city` says
    which names and dates are the same. Raises `InvalidEvent` with every problem of the events, seen
    from the log as it is under the lock, and `InvalidLog` for a log that is damaged; in both cases
    the file is as it was. Raises `TimelineError` where the disk fails, and then nothing is
    acknowledged: the same append, run again, completes what is there.
    """
    with closing(Writer(path, city, disk)) as writer:
        return writer.append(events, dry_run=dry_run)


@define
class Writer:
    """A log that is kept open to be appended to: what was read of it once is not read again.

    Under the lock, each append reads what others wrote since the last one. The log is read anew
    from its beginning where it is another file, is shorter, was changed without growing, or no
    longer holds the last line that was read where that stood. That an earlier line was altered in
    place while the log grew is seen by who reads the whole log, such as a new writer.
    """

    path: Path
    city: City | None = None
    disk: Disk = SYSTEM
    _file: LogFile = field(init=False)
    _reading: Reading = field(init=False)
    _known: Known = field(init=False)
    _stamp: Stamp | None = field(init=False, default=None)
    _own: tuple[Sequence[bytes], Sequence[Event]] = field(init=False, default=((), ()))

    def __attrs_post_init__(self) -> None:
        self._file = LogFile.open(self.path, writing=True, disk=self.disk)

    def close(self) -> None:
        """Close the log."""
        self._file.close()

    def known(self) -> Known:
        """Return what the log holds now; it is kept up by each append, and is not to be altered."""
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
                self._file.sync(
                    folder=True
                )  # whoever wrote them may have died before they were on the disk
        return Receipt(written, present, repair)

    def _write(self, start: bytes, lines: Sequence[bytes], written: Sequence[Event]) -> None:
        """Write all at once; remember what was written, unless the log holds more by now than what was read before and that."""
        data = start + b"".join(lines)
        self._file.append(data, folder=self._reading.size == 0)
        now = self._file.stamp()
        if not start and now.size == self._reading.size + len(data):
            self._own, self._stamp = (lines, written), now

    def _read_on(self) -> None:
        """Take in what this writer wrote last and what others wrote since, or everything where what was read may have been altered."""
        now = self._file.stamp()
        if self._stamp:
            self._reading.wrote(*self._own)
        self._own = ((), ())
        if now != self._stamp:
            if not self._grew(now):
                self._reading, self._known = Reading(self.path), Known(self.city)
            self._stamp = None
            self._reading.read(self._file)
        self._known.take(self._reading)
        self._stamp = now

    def _grew(self, now: Stamp) -> bool:
        """Return whether what was read before stands there, followed by more: the last line that was read is where it was."""
        if self._stamp is None or now.file != self._stamp.file or now.size <= self._stamp.size:
            return False
        last = self._reading.last
        return not last or next(self._file.lines(self._reading.offset - len(last)), b"") == last


def admissible(
    log: Log, events: Sequence[Event], city: City | None = None
) -> tuple[list[Event], tuple[Event, ...]]:
    """Return which of some events may be added to a log, each once, and which of its events are the same as the others.

    Raises `InvalidEvent` with every problem of the events, seen from the log, and `InvalidLog` for
    a log that readers would not take.
    """
    known = Known(city)
    known.hold(log.events, log.where)
    return _admissible(known, events)


def in_order(events: Sequence[Event]) -> list[Event]:
    """Return events with each after those among them that it refers to, but for those that refer to each other; else as they were."""
    new = {event.id: event for event in events}
    if not any(target in new for event in events for _, target in references(event)):
        return list(events)
    waiting, entered, ordered = list(reversed(events)), set[EventId](), dict[EventId, Event]()
    while waiting:
        event = waiting.pop()
        ahead = (
            []
            if event.id in entered
            else [
                new[target]
                for _, target in references(event)
                if target in new and target not in ordered
            ]
        )
        entered.add(event.id)
        if any(one.id not in entered for one in ahead):
            waiting += [event, *(one for one in reversed(ahead) if one.id not in entered)]
        else:
            ordered.setdefault(event.id, event)
    return list(ordered.values())


def _admissible(known: Known, events: Sequence[Event]) -> tuple[list[Event], tuple[Event, ...]]:
    held = known.events
    present = tuple(
        held[event.id]
        for event in events
        if event.id in held and same_content(event, held[event.id])
    )
    new = _unwritten(events, held)
    known.require_whole(new)
    if problems := _problems(events, new, known):
        raise InvalidEvent(problems)
    return new, present


def _unwritten(events: Sequence[Event], held: Mapping[EventId, Event]) -> list[Event]:
    """Return the events that the log does not hold, each once."""
    return list({event.id: event for event in events if event.id not in held}.values())


def _problems(events: Sequence[Event], new: Sequence[Event], log: Known) -> list[Problem]:
    known = ChainMap({event.id: event for event in new}, log.events)
    clashes = [
        clash(
            event,
            known[event.id],
            "in the log" if event.id in log.events else "in this batch",
            where=event.id,
            hint="",
        )
        for event in events
        if event is not known[event.id] and not same_content(event, known[event.id])
    ]
    dated = [
        Problem(
            f"recorded {event.recorded}", "no such field: the log sets it", "$.recorded", event.id
        )
        for event in new
        if event.recorded
    ]
    lost = [evolve(problem, where=event.id) for event, problem in reference_problems(new, known)]
    return [
        *clashes,
        *dated,
        *lost,
        *_withdrawn_again(new, log),
        *circular(new, known),
        *too_early(new, known, log.zone),
    ]


def _withdrawn_again(new: Sequence[Event], log: Known) -> Iterator[Problem]:
    """Yield a problem for each new event that withdraws what is retracted already, in the log or in the same batch."""
    retracted = ChainMap(log.retracted, {target: by[0] for target, by in retractions(new).items()})
    for event in new:
        for path, target in references(event):
            by = retracted.get(target, event.id)
            if by != event.id and path in ("$.target", "$.supersedes"):
                yield Problem(
                    f"{target} was retracted already, by {by}",
                    "an event that stands",
                    path,
                    event.id,
                )


def _written(events: Sequence[Event], recorded: Moment) -> tuple[list[bytes], tuple[Event, ...]]:
    """Return the lines of events with the time of recording, and the events as they will be read from them.

    Raises `InvalidEvent` for one that would be read as something else.
    """
    lines, written = [], []
    for event in events:
        try:
            line = CODEC.encode(event, recorded=recorded)
            read = decode(line)
            if not isinstance(read, Event) or not same_content(read, event):
                raise InvalidEvent(Problem("would be read back as another event", where=event.id))
        except (UnicodeEncodeError, TypeError, ValueError) as error:
            raise InvalidEvent(Problem(f"cannot be written: {error}", where=event.id)) from None
        except InvalidEvent as error:
            raise InvalidEvent(
                [evolve(problem, where=event.id) for problem in error.problems]
            ) from None
        lines.append(line + b"\n")
        written.append(read)
    return lines, tuple(written)


def mending(reading: Reading, recorded: Moment) -> tuple[LogRepaired | None, bytes]:
    """Return the record of a torn tail, and what is to be written before anything else: the end of its line, and the record."""
    tail = reading.tail
    if not tail:
        return None, b""
    digest = Text(hashlib.sha256(tail).hexdigest())
    offset = reading.size - len(tail)
    repair = LogRepaired(
        id=new_id(LogRepaired), recorded=recorded, offset=offset, length=len(tail), sha256=digest
    )
    ending = b"" if tail.endswith(b"\n") else CANCEL + b"\n"
    return repair, ending + RECORDS.encode(repair) + b"\n"


def now(last: datetime) -> Moment:
    """Return the time of recording: now, to the second, and never before what was recorded last."""
    instant = max(datetime.now(UTC).replace(microsecond=0), last)
    return Moment(instant.isoformat().replace("+00:00", "Z"))
