"""What the page tells of each claim: what is said, who says so, where it is printed, when it was so and since when that is known."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from attrs import frozen

from timeline import phrases
from timeline.describe import describe
from timeline.events import EVENT_TYPES, ActorId, EventId, PlaceId, Retraction, Statement
from timeline.page.coding import NONE, Instants, Listed
from timeline.page.points import Grid
from timeline.projection import Dated
from timeline.reports.listing import shortened
from timeline.select import named
from timeline.timeline import Timeline

TYPES = tuple(kind.type for kind in EVENT_TYPES)
MANY = 2_000
"""From how many events on an id that was made at random is cut to what tells it from all others, as `timeline show` takes it."""


@frozen
class Claims:
    """The events of a timeline in order of the time that they speak of, each with its number.

    Attributes:
        facts: the events.
        numbers: the number of each, by its id.
        grid: the cuts that are answered for, to which the clocks are moved up.
    """

    timeline: Timeline
    facts: Sequence[Dated]
    numbers: dict[EventId, int]
    grid: Grid

    @classmethod
    def of(cls, timeline: Timeline, facts: Iterable[Dated], grid: Grid) -> "Claims":
        """Return some events of a timeline, in order."""
        ordered = sorted(facts, key=lambda one: (one.window.earliest, one.known, one.event.id))
        return cls(timeline, ordered, {one.event.id: number for number, one in enumerate(ordered)}, grid)

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
        """Return the events as columns of numbers, texts by their number; what few events have, by the number of the event."""
        events, city = [one.event for one in self.facts], self.timeline.city
        short = shortened(self.numbers) if len(events) >= MANY else {}
        actors, places, sources = (list(names) for names in (city.actors, city.places, city.sources))

        def text(value: str | None) -> int:
            return NONE if value is None else texts.number(phrases.safe(value))

        return {
            "id": [short.get(event.id, event.id) for event in events],
            "type": [TYPES.index(event.type) for event in events],
            "source": [sources.index(event.source) for event in events],
            "actors": [sorted(actors.index(ActorId(one)) for one in named(event, ActorId)) for event in events],
            "places": [sorted(places.index(PlaceId(one)) for one in named(event, PlaceId)) for event in events],
            "says": [text(describe(event, city)) for event in events],
            "occurred": [text(phrases.date(event.occurred)) for event in events],
            "reported": [text(phrases.date(event.reported)) for event in events],
            "begins": _steps(instants.number(self.grid(one.window.earliest)) for one in self.facts),
            "known": [instants.number(self.grid(one.known)) for one in self.facts],
            "withdrawn": self._withdrawn(instants),
            "about": {n: about for n, event in enumerate(events) if (about := self._about(event))},
            **{
                name: {n: text(value) for n, event in enumerate(events) if (value := getattr(event, name)) is not None}
                for name in ("outlet", "locator", "url", "grade", "wording", "note")
            },
        }

    def _about(self, event: Any) -> list[int]:
        about = event.about if isinstance(event, Statement) else (event.target,) if isinstance(event, Retraction) else ()
        return [self.numbers[id] for id in about if id in self.numbers]

    def _withdrawn(self, instants: Instants) -> dict[int, list[int]]:
        """Return from when each withdrawn event was known to be withdrawn, and by which event."""
        ended = self.timeline.withdrawals()
        return {
            number: [instants.number(self.grid(ended[id].known)), self.numbers[ended[id].by]]
            for id, number in self.numbers.items()
            if id in ended and ended[id].by in self.numbers
        }


def _steps(numbers: Iterable[int]) -> list[int]:
    """Return ascending numbers as the step from each to the next."""
    steps, before = list[int](), 0
    for number in numbers:
        steps.append(number - before)
        before = number
    return steps
