"""The claims as the page tells them: their words, sources, prints and dates, by number."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from itertools import pairwise
from operator import sub
from typing import Any

from attrs import frozen

from timeline.domain.city import City
from timeline.domain.events import (
    EVENT_TYPES,
    ActorId,
    Event,
    EventId,
    PlaceId,
    Retraction,
    Statement,
)
from timeline.domain.references import about
from timeline.domain.selection import named
from timeline.domain.timed_event import TimedEvent
from timeline.replay.lifetimes import Span, withdrawn_spans
from timeline.reports.briefing import shortened
from timeline.reports.sentences import STANCES, describe
from timeline.text import phrases
from timeline.timeline import Timeline
from timeline.visual.page.encoding import EPOCH, NONE, Instants, Listed
from timeline.visual.page.patches import Grid

TYPES = tuple(kind.type for kind in EVENT_TYPES)
_TO_THE_MINUTE = re.compile(r"(?:19[7-9]|20\d)\d-\d\d-\d\dT\d\d:\d\dZ", re.ASCII)
MANY = 2_000
"""From how many events on random ids are cut to what tells them apart, as `timeline show` takes."""


@frozen(slots=False)
class Claims:
    """The events of a timeline in the order in which they became known, each with its number."""

    timeline: Timeline
    events: Sequence[TimedEvent]
    numbers: dict[EventId, int]
    grid: Grid

    @classmethod
    def of(cls, timeline: Timeline, events: Iterable[TimedEvent], grid: Grid) -> "Claims":
        """Return some events of a timeline, in order."""
        ordered = sorted(events, key=lambda timed: (timed.known, timed.event.id))
        numbers = {timed.event.id: number for number, timed in enumerate(ordered)}
        return cls(timeline, ordered, numbers, grid)

    @cached_property
    def withdrawn(self) -> dict[EventId, list[Span]]:
        """The spans in which events are withdrawn, in order."""
        spans = withdrawn_spans(self.events)
        return {id: sorted(found) for id, found in spans.items()}

    def of_ids(self, ids: Iterable[EventId]) -> tuple[int, ...]:
        """Return the numbers of some events."""
        return tuple(self.numbers[id] for id in ids)

    def instants(self) -> Iterable[datetime]:
        """Yield the clocks of the events and when they were withdrawn, on the grid."""
        for timed in self.events:
            yield self.grid(timed.window.earliest)
            yield self.grid(timed.known)
        for spans in self.withdrawn.values():
            yield from (self.grid(report.known) for span in spans for report in span)

    def json(self, texts: Listed[str], instants: Instants) -> dict[str, Any]:
        """Return the events as columns of numbers, with the lists that these refer to."""
        events = [timed.event for timed in self.events]
        locators = (_safe(event.locator) for event in events)
        kinds, prints = Listed[tuple[Any, ...]](), Listed[tuple[int, ...]]()
        return {
            "id": " ".join(self._ids()),
            "kind": [kinds.number(self._kind(event, texts)) for event in events],
            "kinds": kinds.items,
            "print": [prints.number(self._print(event, texts)) for event in events],
            "prints": prints.items,
            "locator": list(map(texts.of, locators)),
            **_dates(events, texts),
            **self._clocks(instants),
            "withdrawn": self._withdrawn(instants),
            "about": list(self._abouts()),
            **{name: self._some(name, texts) for name in ("url", "wording", "note")},
        }

    def _ids(self) -> Iterable[str]:
        """Return the ids of the events, short where there are many."""
        if len(self.events) < MANY:
            return self.numbers
        short = shortened(self.numbers)
        return (short.get(id, id) for id in self.numbers)

    def _clocks(self, instants: Instants) -> dict[str, list[int]]:
        """Return when events were known, from event to event, and how much earlier they begin."""
        known = [instants.number(self.grid(timed.known)) for timed in self.events]
        begins = [instants.number(self.grid(timed.window.earliest)) for timed in self.events]
        steps = [after - before for before, after in pairwise([0, *known])]
        return {"known": steps, "begins": list(map(sub, known, begins))}

    def _kind(self, event: Event, texts: Listed[str]) -> tuple[Any, ...]:
        city = self.timeline.city
        actors, places = list[str](city.actors), list[str](city.places)
        return (
            TYPES.index(event.type),
            texts.number(phrases.safe(_says(event, city))),
            tuple(sorted(map(actors.index, named(event, ActorId)))),
            tuple(sorted(map(places.index, named(event, PlaceId)))),
        )

    def _print(self, event: Event, texts: Listed[str]) -> tuple[int, ...]:
        return (
            list(self.timeline.city.sources).index(event.source),
            texts.of(_safe(event.outlet)),
            texts.of(event.grade),
        )

    def _some(self, name: str, texts: Listed[str]) -> dict[int, int]:
        """Return the texts of a field that few events have, by the number of the event."""
        values = (getattr(timed.event, name) for timed in self.events)
        numbered = ((number, value) for number, value in enumerate(values) if value is not None)
        return {number: texts.number(phrases.safe(value)) for number, value in numbered}

    def _abouts(self) -> Iterator[list[int]]:
        """Yield how far events about others are from the last, and from those others."""
        last = 0
        for number, timed in enumerate(self.events):
            event = timed.event
            subjects = (event.target,) if isinstance(event, Retraction) else about(event)
            steps = [number - self.numbers[id] for id in subjects if id in self.numbers]
            if steps:
                yield [number - last, *steps]
                last = number

    def _withdrawn(self, instants: Instants) -> dict[int, list[list[int]]]:
        """Return since when each withdrawn event was known as such, by which event, until when.

        The last is missing where that event was never retracted.
        """
        withdrawn: dict[int, list[list[int]]] = {}
        for id, number in self.numbers.items():
            for begun, ended in self.withdrawn.get(id, ()):
                clocks = [instants.number(self.grid(report.known)) for report in (begun, ended)]
                if begun.by in self.numbers and clocks[0] < clocks[1]:
                    until = clocks[1:] if ended.by else []
                    span = [clocks[0], self.numbers[begun.by], *until]
                    withdrawn.setdefault(number, []).append(span)
        return withdrawn


def _says(event: Event, city: City) -> str:
    """Return an event in words, without the names of its subjects, which the page shows."""
    if isinstance(event, Statement) and event.about:
        return f"{STANCES[event.stance].format('this')}: {event.summary}"
    if isinstance(event, Retraction):
        return f"withdraws this: {event.reason}"
    return describe(event, city)


def _dates(events: Sequence[Event], texts: Listed[str]) -> dict[str, Any]:
    """Return when events were reported and occurred, in minutes or, for other dates, in words.

    A report is given by minutes after the one before, an occurrence by minutes before its report.
    """
    names = ("reported", "reportedWords", "occurred", "occurredWords")
    columns: dict[str, list[int]] = {name: [] for name in names}
    last = 0
    for event in events:
        reported, occurred = _minute(event.reported), _minute(event.occurred)
        columns["reported"].append(0 if reported is None else reported - last)
        columns["reportedWords"].append(_words(event.reported, reported, texts))
        last = last if reported is None else reported
        columns["occurred"].append(0 if occurred is None else last - occurred)
        columns["occurredWords"].append(_words(event.occurred, occurred, texts))
    return columns


def _words(date: str, minute: int | None, texts: Listed[str]) -> int:
    """Return the number of a date in words; `NONE` where its minute says it all."""
    return texts.number(phrases.date(date)) if minute is None else NONE


def _minute(date: str) -> int | None:
    """Return a date to the minute, in UTC, as minutes since 1970; None for any other."""
    if not _TO_THE_MINUTE.fullmatch(date):
        return None
    return (datetime.fromisoformat(date) - EPOCH) // timedelta(minutes=1)


def _safe(text: str | None) -> str | None:
    return None if text is None else phrases.safe(text)
