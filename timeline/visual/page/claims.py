"""What the page tells of each claim: what is said, who says so, where it is printed, when it was so and since when that is known."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
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
from timeline.reports.briefing import shortened
from timeline.reports.sentences import STANCES, describe
from timeline.text import phrases
from timeline.timeline import Timeline
from timeline.visual.page.encoding import EPOCH, NONE, Instants, Listed
from timeline.visual.page.patches import Grid

TYPES = tuple(kind.type for kind in EVENT_TYPES)
_TO_THE_MINUTE = re.compile(r"(?:19[7-9]|20\d)\d-\d\d-\d\dT\d\d:\d\dZ", re.ASCII)
MANY = 2_000
"""From how many events on an id that was made at random is cut to what tells it from all others, as `timeline show` takes it."""


@frozen
class Claims:
    """The events of a timeline in the order in which they became known, each with its number.

    Attributes:
        facts: the events.
        numbers: the number of each, by its id.
        grid: the cuts that are answered for, to which the clocks are moved up.
    """

    timeline: Timeline
    facts: Sequence[TimedEvent]
    numbers: dict[EventId, int]
    grid: Grid

    @classmethod
    def of(cls, timeline: Timeline, facts: Iterable[TimedEvent], grid: Grid) -> "Claims":
        """Return some events of a timeline, in order."""
        ordered = sorted(facts, key=lambda one: (one.known, one.event.id))
        return cls(
            timeline, ordered, {one.event.id: number for number, one in enumerate(ordered)}, grid
        )

    def of_ids(self, ids: Iterable[EventId]) -> tuple[int, ...]:
        """Return the numbers of some events."""
        return tuple(self.numbers[id] for id in ids)

    def instants(self) -> Iterable[datetime]:
        """Yield the clocks of the events and when they were withdrawn, on the grid."""
        for one in self.facts:
            yield self.grid(one.window.earliest)
            yield self.grid(one.known)
        yield from (self.grid(one.known) for one in self.timeline.withdrawals().values())

    def json(self, texts: Listed[str], instants: Instants) -> dict[str, Any]:
        """Return the events as columns; texts are named by their number, and what many events have in common stands once.

        An event has the number of its `kind` (type, what it says, actors, places) and of its
        `print` (source, outlet, grade). When it was known is the step from the event before, and
        when it may have begun how much earlier than that, both in the row of instants.
        """
        events, short = (
            [one.event for one in self.facts],
            shortened(self.numbers) if len(self.facts) >= MANY else {},
        )
        known = [instants.number(self.grid(one.known)) for one in self.facts]
        begins = [instants.number(self.grid(one.window.earliest)) for one in self.facts]
        kinds, prints = Listed[tuple[Any, ...]](), Listed[tuple[int, ...]]()
        return {
            "id": " ".join(short.get(event.id, event.id) for event in events),
            "kind": [kinds.number(self._kind(event, texts)) for event in events],
            "kinds": kinds.items,
            "print": [prints.number(self._print(event, texts)) for event in events],
            "prints": prints.items,
            "locator": [texts.of(_safe(event.locator)) for event in events],
            **_dates(events, texts),
            "known": [after - before for before, after in pairwise([0, *known])],
            "begins": [after - before for before, after in zip(begins, known, strict=True)],
            "withdrawn": self._withdrawn(instants),
            "about": list(self._abouts()),
            **{name: self._some(name, texts) for name in ("url", "wording", "note")},
        }

    def _kind(self, event: Event, texts: Listed[str]) -> tuple[Any, ...]:
        city = self.timeline.city
        actors, places = list[str](city.actors), list[str](city.places)
        named_in = (
            sorted(names.index(one) for one in named(event, kind))
            for names, kind in ((actors, ActorId), (places, PlaceId))
        )
        return (
            TYPES.index(event.type),
            texts.number(phrases.safe(_says(event, city))),
            *map(tuple, named_in),
        )

    def _print(self, event: Event, texts: Listed[str]) -> tuple[int, ...]:
        return (
            list(self.timeline.city.sources).index(event.source),
            texts.of(_safe(event.outlet)),
            texts.of(event.grade),
        )

    def _some(self, name: str, texts: Listed[str]) -> dict[int, int]:
        """Return the texts of a field that few events have, by the number of the event."""
        values = ((number, getattr(one.event, name)) for number, one in enumerate(self.facts))
        return {
            number: texts.number(phrases.safe(value))
            for number, value in values
            if value is not None
        }

    def _abouts(self) -> Iterator[list[int]]:
        """Yield what events speak of other events: how many after the last that did, how many before itself those are."""
        last = 0
        for number, one in enumerate(self.facts):
            event = one.event
            spoken_of = (event.target,) if isinstance(event, Retraction) else about(event)
            if known := [number - self.numbers[id] for id in spoken_of if id in self.numbers]:
                yield [number - last, *known]
                last = number

    def _withdrawn(self, instants: Instants) -> dict[int, list[int]]:
        """Return from when each withdrawn event was known to be withdrawn, and by which event."""
        ended = self.timeline.withdrawals()
        return {
            number: [instants.number(self.grid(ended[id].known)), self.numbers[ended[id].by]]
            for id, number in self.numbers.items()
            if id in ended and ended[id].by in self.numbers
        }


def _says(event: Event, city: City) -> str:
    """Return what an event says; the events that it speaks of, which the page shows beside it, are not named."""
    if isinstance(event, Statement) and event.about:
        return f"{STANCES[event.stance].format('this')}: {event.summary}"
    return (
        f"withdraws this: {event.reason}"
        if isinstance(event, Retraction)
        else describe(event, city)
    )


def _dates(events: Sequence[Event], texts: Listed[str]) -> dict[str, Any]:
    """Return when events were reported and occurred: what was written to the minute, in UTC, as minutes, and all else in words.

    A report is told as minutes after the one before it, an occurrence as minutes before its report.
    """
    columns: dict[str, list[int]] = {
        "reported": [],
        "reportedWords": [],
        "occurred": [],
        "occurredWords": [],
    }
    last = 0
    for event in events:
        reported, occurred = _minute(event.reported), _minute(event.occurred)
        columns["reported"].append(0 if reported is None else reported - last)
        last = last if reported is None else reported
        columns["occurred"].append(0 if occurred is None else last - occurred)
        columns["reportedWords"].append(
            NONE if reported is not None else texts.number(phrases.date(event.reported))
        )
        columns["occurredWords"].append(
            NONE if occurred is not None else texts.number(phrases.date(event.occurred))
        )
    return columns


def _minute(written: str) -> int | None:
    """Return a time that was written to the minute, in UTC, as minutes since 1970; None for any other date."""
    return (
        (datetime.fromisoformat(written) - EPOCH) // timedelta(minutes=1)
        if _TO_THE_MINUTE.fullmatch(written)
        else None
    )


def _safe(text: str | None) -> str | None:
    return None if text is None else phrases.safe(text)
