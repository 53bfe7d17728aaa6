"""A history shows each answer for as long as it held."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from attrs import frozen

from timeline.domain.city import Place
from timeline.domain.events import EventId
from timeline.replay.answers import named
from timeline.replay.sweep import Change
from timeline.temporal.dates import PAST


@frozen
class Spell:
    """The time in UTC for which one answer held, from `start` until just before `end`.

    None stands for an open start or end, and for no answer `before`.
    """

    place: Place
    start: datetime | None
    end: datetime | None
    before: Any
    answer: Any
    because: tuple[EventId, ...]


def spells(place: Place, changes: Sequence[Change[Any]]) -> Iterator[Spell]:
    """Yield the spells between the changes of a place's answer, but those that rest on no event."""
    ends = [*(change.when for change in changes[1:]), None]
    for change, end in zip(changes, ends[: len(changes)], strict=True):
        if change.after is not None and named(change.after):
            start = None if change.when == PAST else change.when
            yield Spell(place, start, end, change.before, change.after, change.because)
