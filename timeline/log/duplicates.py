"""Copies of an event, in one log or in two, are joined, and the earliest recorded counts.

Copies agree in all but the time of recording. An id with two contents is a conflict, never decided
here.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC
from functools import cache
from operator import attrgetter
from typing import Any

from attrs import define, field, frozen

from timeline.domain.event_fields import field_names
from timeline.domain.events import TYPES, Event, EventId, Record
from timeline.errors import Problem

RESOLVE = "give one of them an id of its own, and then retract the one that is wrong, if one is"
"""The advice about an id with two contents, by which nothing that was said is lost."""


@frozen
class Copy:
    """A line that holds an event: its number from 1, and its bytes without the newline."""

    number: int
    raw: bytes
    event: Event


@define
class Copies:
    """Decodes the lines of a log, and keeps every copy `of` each event in their order."""

    decode: Callable[[bytes], Record]
    number: int = 0
    of: dict[EventId, list[Copy]] = field(factory=dict)

    def __call__(self, line: bytes) -> Record:
        """Return what a line holds."""
        self.number += 1
        record = self.decode(line)
        if isinstance(record, Event):
            self.of.setdefault(record.id, []).append(Copy(self.number, line, record))
        return record

    def doubled(self) -> Iterator[list[Copy]]:
        """Yield the copies of each event that stands on several lines with the same content."""
        for copies in self.of.values():
            same = [copy for copy in copies if same_content(copy.event, copies[0].event)]
            if len(same) > 1:
                yield same


def counting(copies: Sequence[Copy]) -> Copy:
    """Return the copy that counts: the earliest recorded, and of equals the first."""
    best, *rest = copies
    for copy in rest:
        best = copy if earlier(copy.event, best.event) else best
    return best


def reason(copies: Sequence[Copy]) -> str:
    """Return which of the copies of an event counts, and why, in words."""
    best = counting(copies)
    others = [copy for copy in copies if copy is not best]
    recorded, counts = best.event.recorded, f"line {best.number} counts"
    if recorded is None:
        return f"{counts}: none says when it was recorded, and it stands first"
    if all(earlier(best.event, copy.event) for copy in others):
        return f"{counts}: it was recorded first, {recorded}"
    return f"{counts}: none was recorded before {recorded}, and it stands first"


def earlier(event: Event, held: Event) -> bool:
    """Return whether an event was recorded before another, which may not say when it was."""
    if event.recorded is None:
        return False
    return held.recorded is None or event.recorded.instant(UTC) < held.recorded.instant(UTC)


def same_content(a: Event, b: Event) -> bool:
    """Return whether two events of one id say the same, whenever they were recorded."""
    content = _content(a.type)
    return type(a) is type(b) and bool(content(a) == content(b))


@cache
def _content(tag: str) -> Callable[[Event], Any]:
    return attrgetter(*(name for name in field_names(TYPES[tag]) if name != "recorded"))


def clash(event: Event, held: Event, other: str, where: str = "", hint: str = RESOLVE) -> Problem:
    """Return the problem of an id that stands somewhere else with other content."""
    found = f"the id {event.id} stands {other} too, with other content"
    differ = f"they differ in {', '.join(_differences(event, held))}"
    advice = f"{differ}; {hint}" if hint else differ
    return Problem(found, "one content for one id", "$.id", where, advice)


def _differences(a: Event, b: Event) -> list[str]:
    """Return the names of the fields in which two events differ."""
    if type(a) is not type(b):
        return ["type"]
    names = (name for name in field_names(type(a)) if name != "recorded")
    return [name for name in names if getattr(a, name) != getattr(b, name)]
