"""The log is read as an append-only file of one event a line, split at the newline byte alone.

A *torn tail* is the unfinished end that a killed writer left: without newline, with control
characters or not UTF-8. It is left out with a warning. *Repaired* bytes are a tail that a later
writer ended with `CANCEL` and a newline, and named by length and digest in the `LogRepaired` right
after them. Anything else that cannot be read is damage.
"""

import codecs
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from attrs import define, evolve, field, frozen

from timeline.domain.events import Event, EventId, LogRepaired, Record
from timeline.errors import InvalidEvent, InvalidLog, Problem
from timeline.log import fast_decode
from timeline.log.codec import RECORDS
from timeline.log.duplicates import clash, earlier, same_content
from timeline.storage.disk import SYSTEM, Disk, LogFile, opened

Decode = Callable[[bytes], Record]
Report = Callable[[Problem], None]

CANCEL = b"\x18"
"""The control character for data in error (ECMA-48), so that no torn line can become an event."""
_CONTROLS = frozenset(range(32)) - frozenset(b"\t\r\n")
_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@frozen(kw_only=True)
class Log:
    """A log as it was read: each event once, of its copies the earliest recorded.

    `lines` count from 1. `torn` says what is wrong with the end of the file, whose `tail` is left
    out, `repairs` which torn ends writers recorded, and `strays` what is odd about these.
    """

    path: Path
    events: tuple[Event, ...]
    lines: Mapping[EventId, int]
    sha256: str
    size: int = 0
    torn: Problem | None = None
    tail: bytes = b""
    repairs: tuple[LogRepaired, ...] = ()
    strays: tuple[Problem, ...] = ()

    def where(self, event: Event) -> str:
        """Return the line of an event, as an error message names it."""
        return f"{self.path}:{self.lines[event.id]}"


def read(path: Path, disk: Disk = SYSTEM) -> Log:
    """Return a log; raise `InvalidLog` at the first line that may not stand in it."""
    with opened(path, disk=disk) as file:
        return parse(file)


def gate(line: bytes) -> Record:
    """Return the record of a line by the strictest reading; raise `InvalidEvent` for any fault."""
    return RECORDS.decode(line)


def decode(line: bytes) -> Record:
    """Return the record of a line, fast where we wrote it, else by the strictest reading."""
    return fast_decode.decode(line) or gate(line)


def check(path: Path, disk: Disk = SYSTEM, decode: Decode = gate) -> tuple[Log, list[Problem]]:
    """Return a log as far as it can be read, and every problem that its lines have."""
    problems: list[Problem] = []
    with opened(path, disk=disk) as file:
        return parse(file, decode, problems.append), problems


def _raise(problem: Problem) -> None:
    hint = problem.hint or "`timeline check` lists everything that is wrong"
    raise InvalidLog(evolve(problem, hint=hint))


def parse(file: LogFile, decode: Decode = decode, report: Report = _raise) -> Log:
    """Return the log in an open file, without the lines that are told to `report`.

    By default `report` raises `InvalidLog` at the first problem.
    """
    reading = Reading(file.path, decode, report)
    reading.read(file)
    return reading.log()


@frozen
class _Line:
    """A line that is no event, or was one already, and may be torn or damaged."""

    number: int
    raw: bytes
    problems: tuple[Problem, ...]


@define
class Reading:
    """A log as far as it has been read; what is appended to it later is read from there on.

    Attributes:
        fresh: the events that were read since somebody emptied this list.
        number: how many finished lines were read, in `offset` bytes; `last` is the last of them.
        torn: what is wrong with the end; None where it is as it should be.
    """

    path: Path
    decode: Decode = decode
    report: Report = _raise
    events: dict[EventId, Event] = field(factory=dict)
    numbers: dict[EventId, int] = field(factory=dict)
    fresh: list[Event] = field(factory=list)
    number: int = 0
    offset: int = 0
    last: bytes = b""
    torn: Problem | None = None
    tail: bytes = b""
    _digest: "hashlib._Hash" = field(factory=hashlib.sha256)
    _piece: bytes = b""
    _loose: list[_Line] = field(factory=list)
    _repairs: dict[EventId, LogRepaired] = field(factory=dict)
    _strays: list[Problem] = field(factory=list)

    def read(self, file: LogFile) -> None:
        """Read on to the end of the file."""
        self._piece = b""
        for raw in file.lines(self.offset):
            if raw[-1:] != b"\n":
                self._piece = raw
                break
            self._count(raw)
            self._line(raw)
        self._finish()

    def wrote(self, lines: Iterable[bytes], events: Iterable[Event]) -> None:
        """Take in the lines that were just appended where reading ended, and their events."""
        for raw, event in zip(lines, events, strict=True):
            self._count(raw)
            self._take(event)

    def log(self) -> Log:
        """Return what was read."""
        digest = self._digest.copy()
        digest.update(self._piece)
        return Log(
            path=self.path,
            events=tuple(self.events.values()),
            lines=self.numbers,
            sha256=digest.hexdigest(),
            size=self.size,
            torn=self.torn,
            tail=self.tail,
            repairs=tuple(self._repairs.values()),
            strays=tuple(self._strays),
        )

    @property
    def size(self) -> int:
        """How many bytes were read, with those of an unfinished line."""
        return self.offset + len(self._piece)

    def where(self, number: int) -> str:
        """Return a line as an error message names it."""
        return f"{self.path}:{number}"

    def _count(self, raw: bytes) -> None:
        self._digest.update(raw)
        self.number, self.offset, self.last = self.number + 1, self.offset + len(raw), raw

    def _line(self, raw: bytes) -> None:
        try:
            record = self.decode(raw[:-1])
        except InvalidEvent as error:
            self._loose.append(_Line(self.number, raw, error.problems))
            return
        if self._loose and self._known(record) and not self._named(record):
            # Stale bytes may be an old line, which tells nothing new.
            self._loose.append(_Line(self.number, raw, ()))
        elif isinstance(record, Event):
            if self._loose:
                self._release()
            self._take(record)
        elif isinstance(record, LogRepaired):
            self._repaired(record)

    def _known(self, record: Record) -> bool:
        return record in (self.events.get(record.id), self._repairs.get(record.id))

    def _take(self, event: Event) -> None:
        held = self.events.get(event.id)
        if held is None:
            self.numbers[event.id] = self.number
        elif not same_content(held, event):
            other = f"on line {self.numbers[event.id]}"
            self.report(clash(event, held, other, where=self.where(self.number)))
            return
        elif not earlier(event, held):
            return
        self.events[event.id] = event
        self.fresh.append(event)

    def _repaired(self, repair: LogRepaired) -> None:
        """Leave out the bytes that a repair names, if they stand right before it."""
        named = self._named(repair)
        if not named and repair.id not in self._repairs:
            found = f"{repair.id} names {repair.length} bytes that do not stand before it"
            hint = "they were altered or taken out"
            self._strays.append(Problem(found, where=self.where(self.number), hint=hint))
        self._release(len(named) - repair.length)
        self._repairs.setdefault(repair.id, repair)

    def _named(self, record: Record) -> bytes:
        """Return the loose bytes up to the end of those that a repair names, if it names any."""
        if not isinstance(record, LogRepaired):
            return b""
        before = b"".join(line.raw for line in self._loose)
        ends = (before, before.removesuffix(CANCEL + b"\n"))
        return next((end for end in ends if _names(record, end)), b"")

    def _release(self, upto: int = -1) -> None:
        """Forget the loose lines; report those that begin before byte `upto`, all if negative."""
        position, loose = 0, self._loose
        self._loose = []
        for line in loose:
            if upto < 0 or position < upto:
                self._report(line)
            position += len(line.raw)

    def _report(self, line: _Line) -> None:
        for problem in line.problems:
            self.report(evolve(problem, where=self.where(line.number)))

    def _finish(self) -> None:
        """Tell the torn tail from damage."""
        begin = self._after_damage()
        lines = self._loose[begin:]
        self.tail = b"".join(line.raw for line in lines) + self._piece
        if not self._piece and _is_text(self.tail):
            self.tail, begin = b"", len(self._loose)
        damaged, self._loose = self._loose[:begin], self._loose[begin:]
        for line in damaged:
            self._report(line)
        self.torn = self._torn(lines) if self.tail else None

    def _after_damage(self) -> int:
        """Return the place of the first faulty loose line after the last finished one."""
        numbered = list(enumerate(self._loose))
        begin = next((place + 1 for place, line in reversed(numbered) if _is_whole(line)), 0)
        faulty = (place for place, line in numbered[begin:] if line.problems)
        return next(faulty, len(self._loose))

    def _torn(self, lines: Sequence[_Line]) -> Problem:
        if lines:
            found = f"{len(self.tail)} bytes at the end that hold no event are left out"
            return Problem(found, where=self.where(lines[0].number))
        found = f"an unfinished last line of {len(self.tail)} bytes is left out"
        return Problem(found, where=self.where(self.number + 1))


def _names(repair: LogRepaired, before: bytes) -> bool:
    """Return whether a repair speaks of the last lines of some bytes, from a line's start on."""
    start = len(before) - repair.length
    begins = start == 0 or (start > 0 and before[start - 1 : start] == b"\n")
    return begins and hashlib.sha256(before[start:]).hexdigest() == repair.sha256


def _is_whole(line: _Line) -> bool:
    """Return whether somebody finished a line, which is then damaged and not torn."""
    if not line.problems:
        return False
    try:
        value = json.loads(line.raw.decode("latin-1"))
    except (ValueError, RecursionError):
        return line.raw.startswith(_MARKS)
    return isinstance(value, dict) and {"id", "type"} <= set(value)


def _is_text(data: bytes) -> bool:
    """Return whether bytes could be typed: UTF-8 with no controls but those that lay out a text."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return _CONTROLS.isdisjoint(data)
