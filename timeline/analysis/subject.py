"""The subject of an explanation: one key of one projection, and the events that concern it."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from attrs import frozen

from timeline.domain.city import City
from timeline.domain.events import EventId, Retraction
from timeline.domain.references import about, withdraws
from timeline.domain.timed_event import TimedEvent
from timeline.replay import engine
from timeline.replay.projection import Cells, Context, Effect, Projection


@frozen
class Subject:
    """One key of one projection, with everything that an explanation of it reads.

    `standing` has the events that stand at the cut and those they speak of; `seen` has these and
    what withdraws them or was replaced by them, as far as the cut sees; `withdrawn` is of any time;
    `editions` are the standing events of maps that are kept current, wherever they speak of.
    """

    projection: Projection[Any, Any, Any]
    key: Any
    events: tuple[TimedEvent, ...]
    standing: Mapping[EventId, TimedEvent]
    seen: tuple[TimedEvent, ...]
    withdrawn: frozenset[EventId]
    editions: tuple[TimedEvent, ...]
    context: Context

    @property
    def sources(self) -> frozenset[Any]:
        """The keys that the answer is read from, those of the places around it among them."""
        return _sources(self.projection, self.key, self.context)

    def effects(self, fact: TimedEvent) -> list[Effect]:
        """Return the effects of a standing event on the answer."""
        effects = engine.effects_of((self.projection,), fact, self.standing.get)
        return [effect for _, effect in effects if effect.key in self.sources]

    def begun(self, fact: TimedEvent) -> list[Effect]:
        """Return the effects of a standing event that may have happened by the time asked about."""
        at = self.context.cut.instant
        return [effect for effect in self.effects(fact) if effect.window.began(at)]

    def cells(self, standing: Mapping[EventId, TimedEvent], context: Context) -> Cells:
        """Return the cells of the key by some standing events."""
        cells = engine.replay(self.projection, standing.values(), standing.get, context.cut.instant)
        return engine.cells_of(self.projection, self.key, cells, context.city)


def subject(
    projection: Projection[Any, Any, Any], key: Any, events: Sequence[TimedEvent], context: Context
) -> Subject:
    """Return the subject of an explanation of one answer, out of all events."""
    by_id = {fact.event.id: fact for fact in events if not isinstance(fact.event, Retraction)}
    sources = _sources(projection, key, context)

    def concerns(fact: TimedEvent) -> bool:
        effects = engine.effects_of((projection,), fact, by_id.get)
        return any(effect.key in sources for _, effect in effects)

    concerned = tuple(filter(concerns, by_id.values()))
    wanted = {id for fact in concerned for id in (fact.event.id, *about(fact.event))}
    standing = engine.visible(events, context.cut)
    return Subject(
        projection=projection,
        key=key,
        events=concerned,
        standing={id: fact for id, fact in standing.items() if id in wanted},
        seen=tuple(_related(wanted, list(filter(context.cut.sees, events)))),
        withdrawn=frozenset(engine.withdrawals(events)),
        editions=tuple(_editions(standing.values(), context.city)),
        context=context,
    )


def _related(wanted: Collection[EventId], seen: Iterable[TimedEvent]) -> Iterator[TimedEvent]:
    """Yield wanted events, those that they replaced, and all that decides whether these stand."""
    targets = {fact.event.id: target for fact in seen if (target := withdraws(fact.event))}
    asked = {*wanted, *(targets[id] for id in wanted if id in targets)}
    withdrawing = {id for id, target in targets.items() if target in asked}
    for fact in seen:
        id = fact.event.id
        if id in asked or id in withdrawing or targets.get(id) in withdrawing:
            yield fact


def _editions(events: Iterable[TimedEvent], city: City) -> Iterator[TimedEvent]:
    maintained = {id for id, source in city.sources.items() if source.maintained}
    return (fact for fact in events if fact.event.source in maintained and engine.is_edition(fact))


def _sources(projection: Projection[Any, Any, Any], key: Any, context: Context) -> frozenset[Any]:
    return frozenset(context.city.lineage(key) if projection.inherits else (key,))
