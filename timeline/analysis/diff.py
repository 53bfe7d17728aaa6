"""What differs between two states, in every projection, and because of which events.

The two sides may differ in any clock, or in the events themselves where one of them is
hypothetical. An event made a difference to an answer if it acts on it on one side and not, or
otherwise, on the other.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from attrs import frozen

from timeline.domain.events import EventId, PlaceId, Statement
from timeline.domain.timed_event import TimedEvent
from timeline.replay import engine
from timeline.replay.answers import named
from timeline.replay.projection import Cells, Context, Projection


@frozen
class Difference:
    """One answer that differs.

    Attributes:
        projection: which question it answers.
        key: what it is about, as the place.
        before: the answer on the first side; None where nobody speaks of it.
        after: the answer on the second side; None where nobody speaks of it.
        because: the events that make the difference; where one was withdrawn in between, the event
            that withdrew it.
    """

    projection: Projection[Any, Any]
    key: Any
    before: Any
    after: Any
    because: tuple[EventId, ...]


@frozen(slots=False)
class Side:
    """One of the two: events, and what they are read in."""

    events: Sequence[TimedEvent]
    context: Context

    @cached_property
    def standing(self) -> dict[EventId, TimedEvent]:
        """The events that stand at the cut."""
        return engine.visible(self.events, self.context.cut)

    @cached_property
    def withdrawals(self) -> dict[EventId, EventId]:
        """Which event withdrew each event that was withdrawn by the cut."""
        cut = self.context.cut
        known = [
            one
            for one in engine.recorded_by(self.events, cut)
            if cut.known is None or one.known <= cut.known
        ]
        return {id: withdrawal.by for id, withdrawal in engine.withdrawals(known).items()}

    def answers(self, projection: Projection[Any, Any]) -> dict[Any, Any]:
        """Return the answers of a projection, by key."""
        cells = engine.replay(
            projection, self.standing.values(), self.standing.get, self.context.cut.instant
        )
        return engine.read(projection, cells, self.context)

    def acting(self, projection: Projection[Any, Any]) -> dict[Hashable, set[Any]]:
        """Return what acts on each key by itself: the events, with what they do there."""
        at, found = self.context.cut.instant, dict[Hashable, set[Any]]()
        for fact in self.standing.values():
            if type(fact.event) in projection.listens:
                for effect in projection.effects(fact, self.standing.get):
                    if effect.window.began(at):
                        found.setdefault(effect.key, set()).add(
                            (fact.event.id, effect, effect.window.ended(at))
                        )
        return found


def differences(
    projections: Iterable[Projection[Any, Any]], a: Side, b: Side
) -> Iterator[Difference]:
    """Yield every answer in which two sides differ; there is none exactly when the digests of their states are the same."""
    for projection in projections:
        before, after = a.answers(projection), b.answers(projection)
        differing = [key for key in (before | after) if before.get(key) != after.get(key)]
        acting = (a.acting(projection), b.acting(projection)) if differing else ({}, {})
        for key in differing:
            sources = a.context.city.lineage(key) if projection.inherits else (key,)
            moved = {
                id
                for source in sources
                for id, *_ in acting[0].get(source, set()) ^ acting[1].get(source, set())
            }
            told = named(before.get(key)) | named(after.get(key))
            gone = {
                _cause(id, a, b) for id in told if (id in a.standing) != (id in b.standing)
            }  # also what a statement was about
            because = gone | {
                cause for id in (moved & told or moved) for cause in _causes(id, a, b)
            }
            yield Difference(
                projection, key, before.get(key), after.get(key), tuple(sorted(because))
            )


def disagreements(
    projections: Iterable[Projection[Any, Any]],
    cells: Mapping[str, Mapping[Hashable, Cells]],
    contexts: Mapping[str, Context],
    places: Sequence[PlaceId] | None = None,
) -> Iterator[tuple[Projection[Any, Any], Any, dict[str, Any]]]:
    """Yield what contexts of one cut answer differently, such as those of several policies: the projection, the key, and each answer.

    `cells` are those of the projections at that cut, by name.
    """
    for projection in projections:
        answers = {
            name: engine.read(projection, cells[projection.name], context, places)
            for name, context in contexts.items()
        }
        for key, first in next(iter(answers.values())).items():
            if any(others[key] != first for others in answers.values()):
                yield projection, key, {name: own[key] for name, own in answers.items()}


def _causes(id: EventId, a: Side, b: Side) -> set[EventId]:
    """Return the events behind what an event does otherwise on one side: itself, or what came or went of the events that it is about."""
    fact = a.standing.get(id) if id in b.standing else None
    about = fact.event.about if fact and isinstance(fact.event, Statement) else ()
    return {_cause(one, a, b) for one in about if (one in a.standing) != (one in b.standing)} or {
        _cause(id, a, b)
    }


def _cause(id: EventId, a: Side, b: Side) -> EventId:
    """Return the event that withdrew an event between the two sides, else the event itself."""
    withdrawn = {side.withdrawals.get(id) for side in (a, b)}
    return next((by for by in withdrawn if by is not None), id) if None in withdrawn else id
