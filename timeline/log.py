"""The log: an append-only file of one event a line, read whole and written one line after another, never altered.

Reading splits at the newline byte and nowhere else. What follows the last one is a line that was never finished: readers leave it out and
say so. Writing locks the file, checks everything against everything before the first byte, writes once, and only then says it is done.
"""

import gc
import hashlib
import os
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from attrs import evolve, frozen

from timeline import admitted
from timeline.codec import CODEC
from timeline.errors import InvalidEvent, InvalidLog, Problem, TimelineError
from timeline.events import Event, EventId, Retraction, Statement
from timeline.when import Moment


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


@frozen
class Receipt:
    """What an append did: the events that were written, and those that were there already."""

    written: tuple[Event, ...]
    present: tuple[Event, ...]


def read(path: Path) -> Log:
    """Return a log; raise `InvalidLog` at the first line that may not stand in it."""
    with _opened(path, os.O_RDONLY) as descriptor:
        return _parse(path, _read_all(descriptor))


def check(path: Path) -> tuple[Log, list[Problem]]:
    """Return a log as far as it can be read, every line read by the gate, and every problem that its lines have."""
    problems: list[Problem] = []
    with _opened(path, os.O_RDONLY) as descriptor:
        log = _parse(path, _read_all(descriptor), decode=CODEC.decode, report=problems.append)
    return log, problems


def append(path: Path, events: Sequence[Event], *, dry_run: bool = False) -> Receipt:
    """Write events to the end of a log, all of them or none, and return once they are on the disk.

    An event that the log holds already, with the same content, is not written again. Raises `InvalidEvent` with every problem of the
    events, seen from the log as it is under the lock, and `InvalidLog` for a log that is damaged; in both cases the file is as it was.
    """
    with _opened(path, os.O_RDWR | os.O_APPEND) as descriptor:
        _lock(descriptor)
        log = _parse(path, _read_all(descriptor))
        if log.torn:
            raise InvalidLog(evolve(log.torn, hint="finish that line or remove it, then append again"))
        held = {event.id: event for event in log.events}
        present = tuple(held[event.id] for event in events if event.id in held and same_content(event, held[event.id]))
        new = _unwritten(events, held)
        if problems := _problems(events, new, held):
            raise InvalidEvent(problems)
        written = _stamped(new, log.events)
        if written and not dry_run:
            _write(descriptor, path, b"".join(CODEC.encode(event) + b"\n" for event in written))
    return Receipt(written, present)


def reference_problems(events: Iterable[Event], known: Mapping[EventId, Event]) -> Iterator[tuple[Event, Problem]]:
    """Yield what is wrong with the references of `events`, seen from all `known` events, which include them.

    A reference may name a later line, for order does not matter in a log.
    """
    retracted: dict[EventId, EventId] = {}
    for event in known.values():
        if isinstance(event, Retraction):
            retracted.setdefault(event.target, event.id)
    for event in events:
        for path, target in references(event):
            if problem := _reference_problem(event, target, known, retracted):
                yield event, evolve(problem, path=path)


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


def new_id(event_type: type[Event]) -> EventId:
    """Return a random id for an event: its type and 60 bits, so that writers who do not know of each other do not collide."""
    return EventId(f"{event_type.type.replace('_', '-')}-{secrets.token_hex(8)[:15]}")


# Reading --------------------------------------------------------------------------------------------------------------------------


def _decode(line: bytes) -> Event:
    return admitted.decode(line) or CODEC.decode(line)


def _raise(problem: Problem) -> None:
    raise InvalidLog(evolve(problem, hint=problem.hint or "`timeline check` lists everything that is wrong"))


def _parse(
    path: Path, data: bytes, decode: Callable[[bytes], Event] = _decode, report: Callable[[Problem], None] = _raise
) -> Log:  # fmt: skip
    """Return the log that some bytes hold, without the events that `report` was told of."""
    *lines, tail = data.split(b"\n")
    events: dict[EventId, Event] = {}
    numbers: dict[EventId, int] = {}
    with _collector_paused():
        for number, line in enumerate(lines, 1):
            try:
                event = decode(line)
            except InvalidEvent as error:
                for problem in error.problems:
                    report(evolve(problem, where=f"{path}:{number}"))
                continue
            _add(event, number, events, numbers, path, report)
    torn = Problem(f"an unfinished last line of {len(tail)} bytes is left out", where=f"{path}:{len(lines) + 1}") if tail else None
    return Log(path=path, events=tuple(events.values()), lines=numbers, sha256=hashlib.sha256(data).hexdigest(), torn=torn)


def _add(
    event: Event, number: int, events: dict[EventId, Event], numbers: dict[EventId, int], path: Path, report: Callable[[Problem], None]
) -> None:
    held = events.get(event.id)
    if held is None:
        events[event.id], numbers[event.id] = event, number
    elif not same_content(held, event):
        report(_clash(event, f"on line {numbers[event.id]}", where=f"{path}:{number}"))
    elif event.recorded and (held.recorded is None or event.recorded.instant(UTC) < held.recorded.instant(UTC)):
        events[event.id] = event


def _clash(event: Event, other: str, where: str = "") -> Problem:
    return Problem(f"the id {event.id} stands {other} too, with other content", "one content for one id", "$.id", where)


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Keep the garbage collector from walking a growing heap in which there is no garbage: it costs more than the decoding."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@contextmanager
def _opened(path: Path, flags: int) -> Iterator[int]:
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


def _read_all(descriptor: int) -> bytes:
    with os.fdopen(os.dup(descriptor), "rb") as file:
        file.seek(0)
        return file.read()


# Writing --------------------------------------------------------------------------------------------------------------------------


def _unwritten(events: Sequence[Event], held: Mapping[EventId, Event]) -> list[Event]:
    """Return the events that the log does not hold, each once."""
    return list({event.id: event for event in events if event.id not in held}.values())


def _problems(events: Sequence[Event], new: Sequence[Event], held: Mapping[EventId, Event]) -> list[Problem]:
    known = dict(held) | {event.id: event for event in new}
    clashes = [
        _clash(event, "in the log" if event.id in held else "in this batch", where=event.id)
        for event in events
        if not same_content(event, known[event.id])
    ]
    dated = [
        Problem(f"recorded {event.recorded}", "no such field: the log sets it", "$.recorded", event.id) for event in new if event.recorded
    ]
    return [*clashes, *dated, *(evolve(problem, where=event.id) for event, problem in reference_problems(new, known))]


def _reference_problem(
    event: Event, target: EventId, known: Mapping[EventId, Event], retracted: Mapping[EventId, EventId]
) -> Problem | None:
    if target not in known:
        return Problem(f"no event {target}", "the id of an event of this log")
    if isinstance(event, Statement) and event.supersedes != target:
        return None
    if isinstance(known[target], Retraction):
        return Problem(f"{target} is a retraction, which is final", "another event", hint="assert again what was retracted in error")
    if target in retracted and retracted[target] != event.id:
        return Problem(f"{target} was retracted already, by {retracted[target]}", "an event that stands")
    return None


def _stamped(events: Sequence[Event], held: Sequence[Event]) -> tuple[Event, ...]:
    """Return events with the time of recording: now, to the second, and never before what was recorded last."""
    last = max((event.recorded.instant(UTC) for event in held if event.recorded), default=datetime.min.replace(tzinfo=UTC))
    now = max(datetime.now(UTC).replace(microsecond=0), last)
    recorded = Moment.parse(now.isoformat().replace("+00:00", "Z"))
    return tuple(evolve(event, recorded=recorded) for event in events)


def _write(descriptor: int, path: Path, data: bytes) -> None:
    written = os.write(descriptor, data)
    if written != len(data):
        raise TimelineError(Problem(f"only {written} of {len(data)} bytes were written to {path}", hint="the last line is unfinished"))
    os.fsync(descriptor)


def _lock(descriptor: int) -> None:
    """Wait for the exclusive lock of the log, which the system frees when the file is closed or the process dies."""
    try:
        import fcntl
    except ImportError:
        raise TimelineError(Problem("appending needs a POSIX system, for its file locks")) from None
    fcntl.flock(descriptor, fcntl.LOCK_EX)
