"""Everything that is wrong with a log, all at once, and what is merely odd about it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from attrs import evolve, frozen

from timeline.domain import city_file
from timeline.domain.city import City
from timeline.domain.events import Event, LogRepaired, Retraction
from timeline.domain.references import about
from timeline.errors import InvalidEvent, Problem
from timeline.log import admission as intake
from timeline.log import reader as log
from timeline.log import rules
from timeline.log.duplicates import Copies, reason
from timeline.log.reader import Log
from timeline.storage.paths import city_path


@frozen
class Findings:
    """What a check found.

    Attributes:
        events: how many events the log holds.
        problems: what may not be there; the log is invalid while there are any.
        warnings: what may be there, and should be looked at.
        repairs: the torn ends that earlier writers found and recorded.
    """

    events: int
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    repairs: tuple[LogRepaired, ...] = ()

    def json(self) -> dict[str, Any]:
        """Return the report as JSON values."""
        listed = {"problems": self.problems, "warnings": self.warnings}
        repairs = [
            {"id": one.id, "recorded": one.recorded, "length": one.length, "sha256": one.sha256}
            for one in self.repairs
        ]
        return (
            {"events": self.events}
            | {name: [_plain(one) for one in found] for name, found in listed.items()}
            | {"repairs": repairs}
        )


def check(path: Path) -> Findings:
    """Return everything found in a log and, in the light of the city file beside it, in its events."""
    city = city_file.load(city_path(path))
    city.check_names()
    copies = Copies(log.gate)
    read, problems = log.check(path, decode=copies)
    found = (*problems, *_city_problems(read, city), *rules.dangling(read))
    return Findings(
        len(read.events), found, (*_warnings(read, city), *_doubled(copies, path)), read.repairs
    )


def _city_problems(read: Log, city: City) -> Iterator[Problem]:
    for event in read.events:
        try:
            intake.admit(event, city)
        except InvalidEvent as error:
            yield from (evolve(problem, where=read.where(event)) for problem in error.problems)


def _warnings(read: Log, city: City) -> Iterator[Problem]:
    if read.torn:
        yield read.torn
    yield from read.strays
    known = {event.id: event for event in read.events}
    yield from rules.circular(read.events, known)
    yield from rules.too_early(read.events, known, city.zone)
    for target, by in rules.retractions(read.events).items():
        if len(by) > 1:
            yield Problem(
                f"{target} is retracted by {' and by '.join(by)}; the earliest report counts",
                hint="two copies of a log were merged?",
            )
    withdrawn = _withdrawn(read)
    for event in read.events:
        for target in about(event):
            if target in withdrawn:
                found = f"{event.id} speaks of {target}, which was withdrawn by {withdrawn[target]}"
                yield Problem(
                    found,
                    where=read.where(event),
                    hint="it has no effect; say again what it means for the new event",
                )


def _doubled(copies: Copies, path: Path) -> Iterator[Problem]:
    """Yield the events that stand on several lines, each with the line that counts and why."""
    for found in copies.doubled():
        numbers = [str(copy.number) for copy in found]
        told = f"{found[0].event.id} stands on lines {', '.join(numbers[:-1])} and {numbers[-1]} with the same content; {reason(found)}"
        yield Problem(told, where=f"{path}:{numbers[-1]}", hint="two copies of a log were merged?")


def _withdrawn(read: Log) -> dict[str, str]:
    """Return what withdrew each event that a retraction or a later version withdrew."""
    by: dict[str, Event] = {event.supersedes: event for event in read.events if event.supersedes}
    by |= {event.target: event for event in read.events if isinstance(event, Retraction)}
    return {target: event.id for target, event in by.items()}


def _plain(problem: Problem) -> dict[str, str]:
    named = {
        "where": problem.where,
        "path": problem.path,
        "found": problem.found,
        "expected": problem.expected,
        "hint": problem.hint,
    }
    return {name: text for name, text in named.items() if text}
