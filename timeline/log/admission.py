"""Events from outside are checked whole, and refused with a list of everything that is wrong."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from attrs import evolve

from timeline.domain.city import City
from timeline.domain.events import TYPES, Assessment, ControlChange, Displacement, Event
from timeline.domain.timed_event import TimedEvent, timed
from timeline.errors import InvalidEvent, Problem, UsageError
from timeline.log.codec import CODEC
from timeline.log.ids import new_id


def from_object(raw: Mapping[str, Any], city: City) -> Event:
    """Return the event of an object, with a random id if it has none; raise `InvalidEvent`."""
    event_type = TYPES.get(str(raw.get("type")))
    named = raw if "id" in raw or event_type is None else {"id": new_id(event_type), **raw}
    return admit(CODEC.decode(_line(named)), city)


def from_lines(name: str, lines: Iterable[bytes], city: City) -> list[Event]:
    """Return the events of a file, one a line.

    Every line needs an id, so that appending the file twice doubles nothing. Raises `InvalidEvent`
    with every problem, by line.
    """
    events: list[Event] = []
    problems: list[Problem] = []
    for number, line in enumerate(lines, 1):
        try:
            events.append(admit(CODEC.decode(line.removesuffix(b"\n")), city))
        except InvalidEvent as error:
            problems += _placed(error, f"{name}:{number}")
    if problems:
        raise InvalidEvent(problems)
    return events


def as_options(problems: Iterable[Problem]) -> list[Problem]:
    """Return problems of an event that options describe as problems of the options, each once."""
    named = [evolve(problem, path=_option(problem.path), where="") for problem in problems]
    # Of problems that say the same the first counts.
    unique = {(problem.found, problem.expected): problem for problem in reversed(named)}
    return list(reversed(unique.values()))


def _option(path: str) -> str:
    """Return the option that fills in the field, or the part of an archived copy, at a path."""
    names = path.removeprefix("$").removeprefix(".").partition("[")[0].split(".")
    if names == ["target"]:
        return "ID"
    flag = "-".join(names[:2] if names[0] == "archive" else names[:1]).replace("_", "-")
    return f"--{flag}" if flag else ""


def admit(event: Event, city: City) -> Event:
    """Return an event with its names as ids; raise `InvalidEvent` for what the city refuses."""
    named = city.canonical(event)
    if problems := city.problems(named):
        raise InvalidEvent(problems)
    return named


def admit_all(events: Sequence[Event], city: City) -> list[Event]:
    """Return events with their names as ids; raise `InvalidEvent` with all problems, by id."""
    admitted, problems = admit_each(events, city)
    if problems:
        raise InvalidEvent(problems)
    return admitted


def admit_each(events: Sequence[Event], city: City) -> tuple[list[Event], list[Problem]]:
    """Return events with their names as ids, and what is wrong with those that stay as they are."""
    admitted: list[Event] = []
    problems: list[Problem] = []
    for event in events:
        try:
            admitted.append(admit(event, city))
        except InvalidEvent as error:
            admitted.append(event)
            problems += _placed(error, event.id)
    return admitted, problems


def _placed(error: InvalidEvent, where: str) -> list[Problem]:
    return [evolve(problem, where=where) for problem in error.problems]


def _line(raw: Mapping[str, Any]) -> bytes:
    """Return an object as a line, so that what is typed is held to the rules of what is read."""
    return json.dumps(raw, ensure_ascii=True).encode()


def admitted_event(event: Event, city: City, number: int) -> TimedEvent:
    """Return an event that `admit` admits, with its clocks read; raise what `admit` raises.

    `number` is its place in the log.
    """
    named = city.canonical(event)
    try:
        timed_event = timed(named, city.zone, number)
    except UsageError:
        return timed(admit(event, city), city.zone, number)
    if timed_event.known < timed_event.window.earliest or _needs_city(event):
        admit(named, city)
    return timed_event


def _needs_city(event: Event) -> bool:
    """Return whether the city may refuse an event for more than its names and dates."""
    if isinstance(event, Displacement):
        return bool(event.parts)
    if isinstance(event, ControlChange):
        return bool(event.excepting)
    return isinstance(event, Assessment)
