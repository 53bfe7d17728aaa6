"""Everything that is wrong with a log, all at once, and what is merely odd about it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from attrs import evolve, frozen

from timeline.domain import city_file
from timeline.domain.city import City
from timeline.domain.events import EventId, LogRepaired
from timeline.domain.references import about
from timeline.errors import InvalidEvent, Problem
from timeline.log import admission, reader, rules
from timeline.log.duplicates import Copies, reason
from timeline.log.reader import Log
from timeline.storage.paths import city_path

_COPIED = "two copies of a log were merged?"


@frozen
class Findings:
    """The outcome of a check: a log with `problems` is invalid, one with `warnings` is not."""

    events: int
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    repairs: tuple[LogRepaired, ...] = ()

    def json(self) -> dict[str, Any]:
        """Return the findings as JSON values."""
        return {
            "events": self.events,
            "problems": list(map(_plain, self.problems)),
            "warnings": list(map(_plain, self.warnings)),
            "repairs": list(map(_plain_repair, self.repairs)),
        }


def check(path: Path) -> Findings:
    """Return all that is wrong or odd in a log, its events seen from its city file."""
    city = city_file.load(city_path(path))
    city.check_names()
    copies = Copies(reader.gate)
    log, problems = reader.check(path, decode=copies)
    found = (*problems, *_city_problems(log, city), *rules.dangling(log))
    warnings = (*_warnings(log, city), *_doubled(copies, path))
    return Findings(len(log.events), found, warnings, log.repairs)


def _city_problems(log: Log, city: City) -> Iterator[Problem]:
    for event in log.events:
        try:
            admission.admit(event, city)
        except InvalidEvent as error:
            yield from (evolve(problem, where=log.where(event)) for problem in error.problems)


def _warnings(log: Log, city: City) -> Iterator[Problem]:
    if log.torn:
        yield log.torn
    yield from log.strays
    known = {event.id: event for event in log.events}
    yield from rules.circular(log.events, known)
    yield from rules.too_early(log.events, known, city.zone)
    yield from _retracted_again(log)
    yield from _about_withdrawn(log)


def _retracted_again(log: Log) -> Iterator[Problem]:
    for target, ids in rules.retractions(log.events).items():
        if len(ids) > 1:
            by = " and by ".join(ids)
            found = f"{target} is retracted by {by}; the earliest report counts"
            yield Problem(found, hint=_COPIED)


def _about_withdrawn(log: Log) -> Iterator[Problem]:
    withdrawn = _withdrawn(log)
    hint = "it has no effect; say again what it means for the new event"
    for event in log.events:
        for target in about(event):
            if target in withdrawn:
                found = f"{event.id} speaks of {target}, which was withdrawn by {withdrawn[target]}"
                yield Problem(found, where=log.where(event), hint=hint)


def _withdrawn(log: Log) -> dict[EventId, EventId]:
    """Return the id of what retracted, or else replaced, each withdrawn event.

    What replaced another and was itself retracted withdraws nothing any more.
    """
    retracted = {target: ids[-1] for target, ids in rules.retractions(log.events).items()}
    replacing = [event for event in log.events if event.id not in retracted]
    replaced = {event.supersedes: event.id for event in replacing if event.supersedes}
    return {**replaced, **retracted}


def _doubled(copies: Copies, path: Path) -> Iterator[Problem]:
    """Yield the events that stand on several lines, each with the line that counts and why."""
    for lines in copies.doubled():
        *numbers, last = [str(copy.number) for copy in lines]
        stands = f"{lines[0].event.id} stands on lines {', '.join(numbers)} and {last}"
        found = f"{stands} with the same content; {reason(lines)}"
        yield Problem(found, where=f"{path}:{last}", hint=_COPIED)


def _plain(problem: Problem) -> dict[str, str]:
    named = {
        "where": problem.where,
        "path": problem.path,
        "found": problem.found,
        "expected": problem.expected,
        "hint": problem.hint,
    }
    return {name: text for name, text in named.items() if text}


def _plain_repair(repair: LogRepaired) -> dict[str, Any]:
    names = ("id", "recorded", "length", "sha256")
    return {name: getattr(repair, name) for name in names}
