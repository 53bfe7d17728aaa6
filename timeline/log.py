"""The log as it is read: an append-only file of one event a line.

A log is split at the newline byte and nowhere else. What follows the last one is a line that was never finished: it is left out, and that
is said. The order of lines means nothing; a reference may name a later line, and a line that stands twice counts once.
"""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, tzinfo
from pathlib import Path

from attrs import define, evolve, field, frozen

from timeline import admitted
from timeline.errors import InvalidEvent, InvalidLog, Problem, TimelineError, nearest
from timeline.events import Event, EventId, Retraction, Statement
from timeline.memory import collector_paused

Decode = Callable[[bytes], Event]
Report = Callable[[Problem], None]


@frozen(kw_only=True)
class Log:
    """A log as it was read.

    Attributes:
        path: the file.
        events: its events in the order of the lines, each once; of copies the earliest recorded counts.
        lines: the line of each event, 1 being the first.
        sha256: the digest of the bytes read.
        torn: what is wrong with the end of the file; None for a log that ends with a newline.
    """

    path: Path
    events: tuple[Event, ...]
    lines: Mapping[EventId, int]
    sha256: str
    torn: Problem | None = None

    def where(self, event: Event) -> str:
        """Return the line of an event, as an error message names it."""
        return f"{self.path}:{self.lines[event.id]}"


def read(path: Path) -> Log:
    """Return a log; raise `InvalidLog` at the first line that may not stand in it."""
    with opened(path, os.O_RDONLY) as descriptor:
        return parse(path, descriptor)


def check(path: Path) -> tuple[Log, list[Problem]]:
    """Return a log as far as it can be read, every line read by the gate, and every problem that its lines have."""
    problems: list[Problem] = []
    with opened(path, os.O_RDONLY) as descriptor:
        return parse(path, descriptor, _gate, problems.append), problems


def decode(line: bytes) -> Event:
    """Return the event of a line, fast where it has our shape, else by the gate; raise `InvalidEvent` for what may not stand in a log."""
    return admitted.decode(line) or _gate(line)


def _gate(line: bytes) -> Event:
    from timeline.codec import CODEC  # not needed while every line has our shape

    return CODEC.decode(line)


def _raise(problem: Problem) -> None:
    raise InvalidLog(evolve(problem, hint=problem.hint or "`timeline check` lists everything that is wrong"))


def parse(path: Path, descriptor: int, decode: Decode = decode, report: Report = _raise) -> Log:
    """Return the log in an open file, without the events that `report` was told of; by default it raises `InvalidLog` at the first."""
    gathered = _Gathered(path, report)
    digest, number, torn = hashlib.sha256(), 0, None
    with collector_paused(), os.fdopen(os.dup(descriptor), "rb") as file:
        file.seek(0)
        for number, line in enumerate(file, 1):  # the last number is used below
            digest.update(line)
            if not line.endswith(b"\n"):
                torn = Problem(f"an unfinished last line of {len(line)} bytes is left out", where=f"{path}:{number}")
                break
            gathered.line(number, line[:-1], decode)
    return Log(path=path, events=tuple(gathered.events.values()), lines=gathered.numbers, sha256=digest.hexdigest(), torn=torn)


@define
class _Gathered:
    """The events read so far, each once, with the line on which it first stood."""

    path: Path
    report: Report
    events: dict[EventId, Event] = field(factory=dict)
    numbers: dict[EventId, int] = field(factory=dict)

    def line(self, number: int, line: bytes, decode: Decode) -> None:
        """Take in the event of a line, or report what is wrong with it."""
        try:
            event = decode(line)
        except InvalidEvent as error:
            for problem in error.problems:
                self.report(evolve(problem, where=f"{self.path}:{number}"))
            return
        if event.id in self.events:
            self._copy(number, event, self.events[event.id])
        else:
            self.events[event.id], self.numbers[event.id] = event, number

    def _copy(self, number: int, event: Event, held: Event) -> None:
        if not same_content(held, event):
            self.report(clash(event, f"on line {self.numbers[event.id]}", where=f"{self.path}:{number}"))
        elif event.recorded and (held.recorded is None or event.recorded.instant(UTC) < held.recorded.instant(UTC)):
            self.events[event.id] = event


@contextmanager
def opened(path: Path, flags: int) -> Iterator[int]:
    """Open a log and give its descriptor; raise `TimelineError` for a file that is not there, and for what the system refuses."""
    try:
        descriptor = os.open(path, flags)
    except FileNotFoundError:
        raise TimelineError(Problem(f"no log {path}", hint="name one with --log, or make one with `timeline init FOLDER`")) from None
    except OSError as error:
        raise TimelineError(Problem(f"{path} cannot be opened: {error.strerror}")) from None
    try:
        yield descriptor
    except OSError as error:
        raise TimelineError(Problem(f"{path}: {error.strerror or error}")) from None
    finally:
        os.close(descriptor)


def reference_problems(events: Iterable[Event], known: Mapping[EventId, Event]) -> Iterator[tuple[Event, Problem]]:
    """Yield what is wrong with the references of `events`, seen from all `known` events, which include them.

    A reference may name a later line, for order does not matter in a log.
    """
    for event in events:
        for path, target in references(event):
            if target not in known:
                yield event, Problem(f"no event {target}", "the id of an event of this log", path, hint=nearest(target, known))
            elif isinstance(known[target], Retraction) and path in ("$.target", "$.supersedes"):
                hint = "assert again what was retracted in error"
                yield event, Problem(f"{target} is a retraction, which is final", "another event", path, hint=hint)


def dangling(read: Log) -> Iterator[Problem]:
    """Yield the references of a log that lead nowhere, by line; one at a time, for each costs a search for what was meant."""
    known = {event.id: event for event in read.events}
    for event, problem in reference_problems(read.events, known):
        yield evolve(problem, where=read.where(event))


def retractions(events: Iterable[Event]) -> dict[EventId, list[EventId]]:
    """Return the retractions of each retracted event, in the order of the log: one, or several where copies of a log were merged."""
    found: dict[EventId, list[EventId]] = {}
    for event in events:
        if isinstance(event, Retraction):
            found.setdefault(event.target, []).append(event.id)
    return found


def too_early(new: Sequence[Event], known: Mapping[EventId, Event], zone: tzinfo) -> Iterator[Problem]:
    """Yield a problem for each retraction that was made public before what it withdraws; dates without an offset are read in `zone`."""
    for event in new:
        target = known.get(event.target) if isinstance(event, Retraction) else None
        if target is not None and event.reported.instant(zone) < target.reported.instant(zone):
            found = f"reported {event.reported}, before {target.id} was, {target.reported}"
            yield Problem(found, "a withdrawal after the report", "$.reported", event.id)


def circular(new: Sequence[Event], known: Mapping[EventId, Event]) -> Iterator[Problem]:
    """Yield a problem for each new event that replaces, at however many removes, itself."""
    for event in new:
        seen, target = {event.id}, event.supersedes
        while target is not None and target not in seen:
            seen.add(target)
            target = known[target].supersedes if target in known else None
        if target == event.id:
            yield Problem(f"{event.id} replaces itself, by way of {event.supersedes}", "an earlier event", "$.supersedes", event.id)


def references(event: Event) -> Iterator[tuple[str, EventId]]:
    """Yield the events that an event refers to, each with the path of the field that does."""
    if event.supersedes is not None:
        yield "$.supersedes", event.supersedes
    if isinstance(event, Retraction):
        yield "$.target", event.target
    if isinstance(event, Statement):
        yield from ((f"$.about[{index}]", about) for index, about in enumerate(event.about))


def same_content(a: Event, b: Event) -> bool:
    """Return whether two events of one id say the same: all but when they were recorded."""
    return type(a) is type(b) and evolve(a, recorded=None) == evolve(b, recorded=None)


def clash(event: Event, other: str, where: str = "") -> Problem:
    """Return the problem of an id that stands somewhere else with other content."""
    return Problem(f"the id {event.id} stands {other} too, with other content", "one content for one id", "$.id", where)
