"""Appending: the one way in which a log grows.

The file is locked, everything is checked against everything before the first byte, all lines are written at once, and only when they are on
the disk is it said that they are. What stands in the log is never altered.
"""

import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from attrs import evolve, frozen

from timeline.city import City
from timeline.codec import CODEC
from timeline.errors import InvalidEvent, InvalidLog, Problem, TimelineError
from timeline.events import Event, EventId
from timeline.log import (
    Log,
    circular,
    clash,
    dangling,
    decode,
    opened,
    parse,
    reference_problems,
    references,
    retractions,
    same_content,
    too_early,
)
from timeline.when import Moment


@frozen
class Receipt:
    """What an append did: the events that were written, and those that were there already."""

    written: tuple[Event, ...]
    present: tuple[Event, ...]


def append(path: Path, events: Sequence[Event], *, city: City | None = None, dry_run: bool = False) -> Receipt:
    """Write events to the end of a log, all of them or none, and return once they are on the disk; with `dry_run` only what would be.

    An event that the log holds already, with the same content, is not written again; `city` says which names and dates are the same. Raises
    `InvalidEvent` with every problem of the events, seen from the log as it is under the lock, and `InvalidLog` for a log that is damaged;
    in both cases the file is as it was.
    """
    with opened(path, os.O_RDWR | os.O_APPEND) as descriptor:
        _lock(descriptor)
        log = parse(path, descriptor)
        if log.torn:
            raise InvalidLog(evolve(log.torn, hint="finish that line or remove it, then append again"))
        new, present = admissible(log, events, city)
        written = _stamped(new, log.events)
        lines = _lines(written)
        if written and not dry_run:
            _write(descriptor, path, lines)
    return Receipt(tuple(new) if dry_run else written, present)


def admissible(log: Log, events: Sequence[Event], city: City | None = None) -> tuple[list[Event], tuple[Event, ...]]:
    """Return which of some events may be added to a log, each once, and which of its events are the same as the others.

    Raises `InvalidEvent` with every problem of the events, seen from the log, and `InvalidLog` for a log that readers would not take.
    """
    held = _held(log, city)
    present = tuple(held[event.id] for event in events if event.id in held and same_content(event, held[event.id]))
    new = _unwritten(events, held)
    if problems := _problems(events, new, held, city.zone if city else UTC):
        raise InvalidEvent(problems)
    return new, present


def new_id(event_type: type[Event]) -> EventId:
    """Return a random id for an event: its type and 60 bits, so that writers who do not know of each other do not collide."""
    return EventId(f"{event_type.type.replace('_', '-')}-{secrets.token_hex(8)[:15]}")


def _held(log: Log, city: City | None) -> dict[EventId, Event]:
    """Return the events of a log by id, their names as ids; raise `InvalidLog` for a log that readers would not take."""
    held = {}
    for event in log.events:
        try:
            held[event.id] = city.canonical(event) if city else event
        except InvalidEvent as error:
            raise InvalidLog(evolve(error.problems[0], where=log.where(event))) from None
    for problem in dangling(log):
        raise InvalidLog(problem)
    return held


def _unwritten(events: Sequence[Event], held: Mapping[EventId, Event]) -> list[Event]:
    """Return the events that the log does not hold, each once."""
    return list({event.id: event for event in events if event.id not in held}.values())


def _problems(events: Sequence[Event], new: Sequence[Event], held: Mapping[EventId, Event], zone: tzinfo) -> list[Problem]:
    known = dict(held) | {event.id: event for event in new}
    clashes = [
        clash(event, "in the log" if event.id in held else "in this batch", where=event.id)
        for event in events
        if not same_content(event, known[event.id])
    ]
    dated = [
        Problem(f"recorded {event.recorded}", "no such field: the log sets it", "$.recorded", event.id) for event in new if event.recorded
    ]
    lost = [evolve(problem, where=event.id) for event, problem in reference_problems(new, known)]
    return [*clashes, *dated, *lost, *_withdrawn_again(new, held), *circular(new, known), *too_early(new, known, zone)]


def _withdrawn_again(new: Sequence[Event], held: Mapping[EventId, Event]) -> Iterator[Problem]:
    """Yield a problem for each new event that withdraws what is retracted already, in the log or in the same batch."""
    retracted = {target: by[0] for target, by in retractions([*held.values(), *new]).items()}
    for event in new:
        for path, target in references(event):
            by = retracted.get(target, event.id)
            if by != event.id and path in ("$.target", "$.supersedes"):
                yield Problem(f"{target} was retracted already, by {by}", "an event that stands", path, event.id)


def _lines(events: Sequence[Event]) -> bytes:
    """Return the lines of events; raise `InvalidEvent` for one that would not be read back as it is."""
    lines = []
    for event in events:
        try:
            line = CODEC.encode(event)
            if decode(line) != event:
                raise InvalidEvent(Problem("would be read back as another event", where=event.id))
        except (UnicodeEncodeError, TypeError, ValueError) as error:
            raise InvalidEvent(Problem(f"cannot be written: {error}", where=event.id)) from None
        except InvalidEvent as error:
            raise InvalidEvent([evolve(problem, where=event.id) for problem in error.problems]) from None
        lines.append(line + b"\n")
    return b"".join(lines)


def _stamped(events: Sequence[Event], held: Sequence[Event]) -> tuple[Event, ...]:
    """Return events with the time of recording: now, to the second, and never before what was recorded last."""
    last = max((event.recorded.instant(UTC) for event in held if event.recorded), default=datetime.min.replace(tzinfo=UTC))
    now = max(datetime.now(UTC).replace(microsecond=0), last)
    recorded = Moment(now.isoformat().replace("+00:00", "Z"))
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
