"""Differences between two states, in clocks or hypothetical events, and what caused them."""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from attrs import frozen

from timeline.domain.events import EventId, PlaceId, Statement
from timeline.domain.timed_event import TimedEvent
from timeline.replay import engine
from timeline.replay.answers import named
from timeline.replay.projection import Cells, Context, Effect, Projection

Acting = dict[Hashable, set[tuple[EventId, Effect, bool]]]
"""The effects on each key, with their events, and whether each has certainly happened."""


@frozen
class Difference:
    """One answer that differs, None on a side where nobody speaks of the key.

    `because` names the events that make the difference, such as a withdrawal.
    """

    projection: Projection[Any, Any, Any]
    key: Any
    before: Any
    after: Any
    because: tuple[EventId, ...]


@frozen(slots=False)
class Side:
    """One of the two: events, and the context in which they are read."""

    events: Sequence[TimedEvent]
    context: Context

    @cached_property
    def standing(self) -> dict[EventId, TimedEvent]:
        """The events that stand at the cut."""
        return engine.visible(self.events, self.context.cut)

    @cached_property
    def withdrawals(self) -> dict[EventId, EventId]:
        """The events that were withdrawn by the cut, each with the event that withdrew it."""
        known = filter(self.context.cut.sees, self.events)
        return {id: withdrawal.by for id, withdrawal in engine.withdrawals(known).items()}

    @cached_property
    def retractions(self) -> dict[EventId, EventId]:
        """The events that were retracted by the cut, each with the event that retracted it."""
        known = filter(self.context.cut.sees, self.events)
        return {id: retraction.by for id, retraction in engine.retractions(known).items()}

    def answers(self, projection: Projection[Any, Any, Any]) -> dict[Any, Any]:
        """Return the answers of a projection, by key."""
        standing, at = self.standing, self.context.cut.instant
        cells = engine.replay(projection, standing.values(), standing.get, at)
        return engine.read(projection, cells, self.context)

    def acting(self, projection: Projection[Any, Any, Any]) -> Acting:
        """Return the effects that act on each key by themselves, with their events."""
        at, acting = self.context.cut.instant, Acting()
        for fact in self.standing.values():
            for _, effect in engine.effects_of((projection,), fact, self.standing.get):
                if effect.window.began(at):
                    act = fact.event.id, effect, effect.window.ended(at)
                    acting.setdefault(effect.key, set()).add(act)
        return acting


def differences(
    projections: Iterable[Projection[Any, Any, Any]], a: Side, b: Side
) -> Iterator[Difference]:
    """Yield every answer in which two sides differ; none exactly where their digests agree."""
    for projection in projections:
        before, after = a.answers(projection), b.answers(projection)
        differing = [key for key in (before | after) if before.get(key) != after.get(key)]
        acting = (a.acting(projection), b.acting(projection)) if differing else (Acting(), Acting())
        for key in differing:
            sources = a.context.city.lineage(key) if projection.inherits else (key,)
            moved = _moved(sources, *acting)
            told = named(before.get(key)) | named(after.get(key))
            because = tuple(sorted(_because(moved, told, a, b)))
            yield Difference(projection, key, before.get(key), after.get(key), because)


def disagreements(
    projections: Iterable[Projection[Any, Any, Any]],
    cells: Mapping[str, Mapping[Hashable, Cells]],
    contexts: Mapping[str, Context],
    places: Sequence[PlaceId] | None = None,
) -> Iterator[tuple[Projection[Any, Any, Any], Any, dict[str, Any]]]:
    """Yield a projection, a key and all answers by context, wherever these differ at one cut."""
    for projection in projections:
        answers = {
            name: engine.read(projection, cells[projection.name], context, places)
            for name, context in contexts.items()
        }
        for key, first in next(iter(answers.values())).items():
            by_context = {name: own[key] for name, own in answers.items()}
            if any(answer != first for answer in by_context.values()):
                yield projection, key, by_context


def _moved(sources: Iterable[Hashable], before: Acting, after: Acting) -> set[EventId]:
    """Return the events that act on a key otherwise on one side than on the other."""
    moved = set[EventId]()
    for source in sources:
        moved |= {id for id, *_ in before.get(source, set()) ^ after.get(source, set())}
    return moved


def _because(moved: set[EventId], told: set[EventId], a: Side, b: Side) -> set[EventId]:
    """Return the events behind a difference, of which `told` are those that the answers name."""
    # the answers also name the events that a statement was about
    causes = {_cause(id, a, b) for id in told if (id in a.standing) != (id in b.standing)}
    for id in moved & told or moved:
        causes |= _causes(id, a, b)
    return causes


def _causes(id: EventId, a: Side, b: Side) -> set[EventId]:
    """Return an event that acts otherwise on one side, or what came or went of its subjects."""
    fact = a.standing.get(id) if id in b.standing else None
    about = fact.event.about if fact and isinstance(fact.event, Statement) else ()
    moved = {_cause(one, a, b) for one in about if (one in a.standing) != (one in b.standing)}
    return moved or {_cause(id, a, b)}


def _cause(id: EventId, a: Side, b: Side) -> EventId:
    """Return the event that withdrew an event between the two sides, else the event itself.

    Where what replaced it is there on both sides, and was retracted on one, that is the cause.
    """
    for side, other in ((a, b), (b, a)):
        by = side.withdrawals.get(id)
        if by is not None and id not in other.withdrawals:
            return other.retractions.get(by, by)
    return id
