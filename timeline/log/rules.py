"""The rules of a log that events keep together, besides being valid each by itself.

References lead to events of the log, on any line; a retraction is final, and never made public
before what it withdraws.
"""

from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import tzinfo

from attrs import evolve

from timeline.domain.events import Event, EventId, Retraction
from timeline.domain.references import references
from timeline.errors import Problem, nearest
from timeline.log.reader import Log

_WITHDRAWING = ("$.target", "$.supersedes")
"""The paths of the fields by which an event withdraws another."""


def reference_problems(
    events: Iterable[Event], known: Mapping[EventId, Event]
) -> Iterator[tuple[Event, Problem]]:
    """Yield the faulty references of events, seen from all known events, which include them."""
    for event in events:
        for path, target in references(event):
            if problem := _reference_problem(path, target, known):
                yield event, problem


def _reference_problem(
    path: str, target: EventId, known: Mapping[EventId, Event]
) -> Problem | None:
    if target not in known:
        expected, hint = "the id of an event of this log", nearest(target, known)
        return Problem(f"no event {target}", expected, path, hint=hint)
    if isinstance(known[target], Retraction) and path in _WITHDRAWING:
        found, hint = (
            f"{target} is a retraction, which is final",
            "assert again what was retracted in error",
        )
        return Problem(found, "another event", path, hint=hint)
    return None


def dangling(read: Log) -> Iterator[Problem]:
    """Yield the faulty references of a log one by one, since each costs a search."""
    known = {event.id: event for event in read.events}
    for event, problem in reference_problems(read.events, known):
        yield evolve(problem, where=read.where(event))


def retractions(events: Iterable[Event]) -> dict[EventId, list[EventId]]:
    """Return the retractions of each retracted event, several where copies were merged."""
    by_target: dict[EventId, list[EventId]] = {}
    for event in events:
        if isinstance(event, Retraction):
            by_target.setdefault(event.target, []).append(event.id)
    return by_target


def withdrawn_again(new: Sequence[Event], retracted: dict[EventId, EventId]) -> Iterator[Problem]:
    """Yield a problem for each new event that withdraws a retracted one."""
    by_new = {target: ids[0] for target, ids in retractions(new).items()}
    retracting = ChainMap(retracted, by_new)
    for event in new:
        for path, target in references(event):
            by = retracting.get(target, event.id)
            if by != event.id and path in _WITHDRAWING:
                found = f"{target} was retracted already, by {by}"
                yield Problem(found, "an event that stands", path, event.id)


def too_early(
    new: Sequence[Event], known: Mapping[EventId, Event], zone: tzinfo
) -> Iterator[Problem]:
    """Yield a problem for each retraction made public, by clocks of `zone`, before its event."""
    for event in new:
        target = known.get(event.target) if isinstance(event, Retraction) else None
        if target is not None and event.reported.instant(zone) < target.reported.instant(zone):
            found = f"reported {event.reported}, before {target.id} was, {target.reported}"
            yield Problem(found, "a withdrawal after the report", "$.reported", event.id)


def circular(new: Sequence[Event], known: Mapping[EventId, Event]) -> Iterator[Problem]:
    """Yield a problem for each new event that replaces itself, at however many removes."""
    for event in new:
        passed, target = {event.id}, event.supersedes
        while target is not None and target not in passed:
            passed.add(target)
            target = known[target].supersedes if target in known else None
        if target == event.id:
            found = f"{event.id} replaces itself, by way of {event.supersedes}"
            yield Problem(found, "an earlier event", "$.supersedes", event.id)
