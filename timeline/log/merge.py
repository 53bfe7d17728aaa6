"""Merging adds to a log what another copy of it holds; the other log is only read.

Lines are added byte for byte, with their times of recording, also where the other log recorded an
event earlier. Only where names differ is our own line added with the other's time, since readers
compare lines as written. Repairs stay with their file; two contents under one id stop the merge.
"""

from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import starmap
from pathlib import Path

from attrs import evolve, frozen

from timeline.domain import city_file
from timeline.domain.city import City
from timeline.domain.events import Event, EventId, LogRepaired
from timeline.errors import InvalidEvent, InvalidLog, Problem, TimelineError
from timeline.log import admission
from timeline.log.codec import RECORDS
from timeline.log.duplicates import Copies, Copy, clash, counting, earlier, same_content
from timeline.log.reader import Log, Reading, decode, parse
from timeline.log.rules import reference_problems
from timeline.log.writer import Known, in_order, mending, now
from timeline.storage.disk import SYSTEM, Disk, LogFile, opened
from timeline.storage.paths import city_path


@frozen
class Line:
    """An event where it stands: `copy` as it is written there, `event` with its names as ids."""

    where: str
    copy: Copy
    event: Event

    @property
    def raw(self) -> bytes:
        """The bytes of the line, without its newline."""
        return self.copy.raw


Pair = tuple[Line, Line]
"""The lines of one event in our log and in the other."""


@frozen
class Conflict:
    """An id under which two logs say different things."""

    ours: Line
    theirs: Line

    @property
    def problem(self) -> Problem:
        """The fault, and what can be done about it."""
        return clash(self.theirs.event, self.ours.event, f"at {self.ours.where}", self.theirs.where)


class Conflicting(TimelineError):
    """Two logs cannot be merged; exit code 1. Carries every `Conflict`, and nothing was written."""

    def __init__(self, conflicts: tuple[Conflict, ...]) -> None:
        self.conflicts = conflicts
        super().__init__([conflict.problem for conflict in conflicts])


@frozen
class MergePlan:
    """The lines that one log lacks of another; `sooner` holds those recorded earlier there."""

    new: tuple[Line, ...]
    sooner: tuple[Line, ...]
    present: tuple[EventId, ...]
    conflicts: tuple[Conflict, ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines that are to be added, in their order."""
        return (*self.new, *self.sooner)


@frozen
class Merged:
    """The outcome of a merge, with the repair that had to be recorded first."""

    joined: MergePlan
    theirs: Log
    repaired: LogRepaired | None = None


def join(ours: Mapping[EventId, Line], theirs: Mapping[EventId, Line]) -> MergePlan:
    """Return what a log lacks of another, given the line that counts for each of their events."""
    both = [(ours[id], line) for id, line in theirs.items() if id in ours]
    same, other = _apart(both)
    lacking = in_order([line.event for id, line in theirs.items() if id not in ours])
    sooner = [_dated_as(own, line) for own, line in same if earlier(line.event, own.event)]
    return MergePlan(
        new=tuple(theirs[event.id] for event in lacking),
        sooner=tuple(sooner),
        present=tuple(own.event.id for own, _ in same),
        conflicts=tuple(starmap(Conflict, other)),
    )


def _apart(both: Iterable[Pair]) -> tuple[list[Pair], list[Pair]]:
    """Return the pairs of lines that say the same, and the others."""
    same: list[Pair] = []
    other: list[Pair] = []
    for own, line in both:
        (same if same_content(own.event, line.event) else other).append((own, line))
    return same, other


def merge(
    ours: Path, theirs: Path, city: City, *, dry_run: bool = False, disk: Disk = SYSTEM
) -> Merged:
    """Add to a log what it lacks of another, all or nothing, and return once it is on the disk.

    With `dry_run` nothing is written. Raises `Conflicting` with every id that has two contents,
    `InvalidLog` for a log that is damaged or would be by the merge, and `TimelineError` for another
    city's log; then nothing is written. Raises it also where the disk fails: the same merge, run
    again, completes what is there.
    """
    _require_city(theirs, city)
    other, wanted = _read(theirs, city, disk)
    with opened(ours, writing=True, disk=disk) as file, file.locked():
        copies = Copies(decode)
        reading, known = Reading(ours, copies), Known(city)
        reading.read(file)
        known.take(reading)
        own = {id: _line(ours, copies.of[id], event) for id, event in known.events.items()}
        joined = join(own, wanted)
        if joined.conflicts:
            raise Conflicting(joined.conflicts)
        _require_whole(joined, known)
        repair, start = mending(reading, now(known.recorded)) if joined.lines else (None, b"")
        if not dry_run:
            data = b"".join(line.raw + b"\n" for line in joined.lines)
            _write(file, start + data, folder=reading.size == 0)
    return Merged(joined, other, repair)


def _read(path: Path, city: City, disk: Disk) -> tuple[Log, dict[EventId, Line]]:
    """Return a log and the line that counts for each event; raise `InvalidLog` for bad names."""
    copies = Copies(decode)
    with opened(path, disk=disk) as file:
        read = parse(file, copies)
    lines, problems = {}, list[Problem]()
    for event in read.events:
        line = _line(path, copies.of[event.id], event)
        try:
            lines[event.id] = evolve(line, event=admission.admit(event, city))
        except InvalidEvent as error:
            problems += [evolve(problem, where=line.where) for problem in error.problems]
    if problems:
        raise InvalidLog(problems)
    return read, lines


def _line(path: Path, copies: list[Copy], event: Event) -> Line:
    copy = counting(copies)
    return Line(f"{path}:{copy.number}", copy, event)


def _dated_as(own: Line, line: Line) -> Line:
    """Return a line of the other log, or ours with its time where it uses other names."""
    if same_content(own.copy.event, line.copy.event):
        return line
    dated = evolve(own.copy.event, recorded=line.event.recorded)
    return evolve(line, copy=evolve(line.copy, raw=RECORDS.encode(dated), event=dated))


def _require_city(theirs: Path, city: City) -> None:
    """Raise `TimelineError` for a log beside which stands the file of another city."""
    path = city_path(theirs)
    with suppress(FileNotFoundError, NotADirectoryError):
        if path.stat() and (other := city_file.load(path)).id != city.id:
            raise TimelineError(Problem(f"{theirs} is a log of {other.id}", f"one of {city.id}"))


def _require_whole(joined: MergePlan, known: Known) -> None:
    """Raise `InvalidLog` with every reference that would lead nowhere in the merged log."""
    new = {line.event.id: line for line in joined.new}
    known.require_whole([line.event for line in joined.new])
    if problems := list(_lost(new, known)):
        raise InvalidLog(problems)


def _lost(new: Mapping[EventId, Line], known: Known) -> Iterator[Problem]:
    events = {id: line.event for id, line in new.items()}
    for event, problem in reference_problems(events.values(), ChainMap(events, known.events)):
        yield evolve(problem, where=new[event.id].where)


def _write(file: LogFile, data: bytes, *, folder: bool) -> None:
    if data:
        file.append(data, folder=folder)
    else:
        # Whoever wrote what is there may have died before it was on the disk.
        file.sync(folder=True)
