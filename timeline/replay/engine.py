"""Replay: pure functions from the events of a log and a cut to answers.

    events ─visible─▶ standing events ─effects─▶ effects ─merge─▶ cells ─read─▶ answers

This plain replay looks at every event, and is the oracle that every faster path must equal.
Retractions and supersessions are applied once, in `visible`; what comes after never sees one.
"""

from collections.abc import Container, Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from timeline.domain.city import City
from timeline.domain.events import (
    ControlChange,
    Event,
    EventId,
    PlaceId,
    Retraction,
    SourceId,
)
from timeline.domain.references import withdraws
from timeline.domain.timed_event import TimedEvent
from timeline.replay.cells import Testimony
from timeline.replay.projection import A, Cell, Cells, Context, Effect, Lookup, Projection, S, Slot
from timeline.temporal.as_of import AsOf


class Withdrawal(NamedTuple):
    """When an event was withdrawn, in UTC, and by which event."""

    known: datetime
    by: EventId


def visible(events: Iterable[TimedEvent], as_of: AsOf) -> dict[EventId, TimedEvent]:
    """Return the events that stand at a cut, by id: seen by then, and not withdrawn by then."""
    seen = [timed for timed in events if as_of.sees(timed)]
    withdrawn = withdrawals(seen)
    return {timed.event.id: timed for timed in seen if stands(timed.event, withdrawn)}


def stands(event: Event, withdrawn: Container[EventId]) -> bool:
    """Return whether an event counts, given the withdrawn ids; a retraction never does."""
    return event.id not in withdrawn and not isinstance(event, Retraction)


def withdrawals(events: Iterable[TimedEvent]) -> dict[EventId, Withdrawal]:
    """Return when, and by which event, each withdrawn event was first retracted or superseded.

    An event that replaced another and is itself retracted withdraws nothing any more.
    """
    withdrawing = [timed for timed in events if withdraws(timed.event) is not None]
    retracted = retractions(withdrawing)
    return _first(timed for timed in withdrawing if timed.event.id not in retracted)


def retractions(events: Iterable[TimedEvent]) -> dict[EventId, Withdrawal]:
    """Return when, and by which event, each retracted event was first retracted."""
    return _first(timed for timed in events if isinstance(timed.event, Retraction))


def _first(withdrawing: Iterable[TimedEvent]) -> dict[EventId, Withdrawal]:
    """Return the first withdrawal of each event that some events withdraw."""
    withdrawn: dict[EventId, Withdrawal] = {}
    for timed in withdrawing:
        target = withdraws(timed.event)
        if target is not None:
            withdrawal = Withdrawal(timed.known, timed.event.id)
            withdrawn[target] = min(withdrawal, withdrawn.get(target, withdrawal))
    return withdrawn


def recorded_by(events: Iterable[TimedEvent], as_of: AsOf) -> list[TimedEvent]:
    """Return the events that had been appended by a cut."""
    return [timed for timed in events if as_of.recorded_by(timed)]


def replay(
    projection: Projection[Any, A, S], events: Iterable[TimedEvent], lookup: Lookup, at: datetime
) -> dict[Hashable, dict[Slot, Cell]]:
    """Return the cells of one projection, merged by key and slot.

    Numbers count once they have begun by `at`. Claims are kept whatever time they speak of: a later
    one changes no answer of an earlier time, but may take an earlier one back.
    """
    gathered: dict[Hashable, dict[Slot, list[Cell]]] = {}
    for timed in events:
        for _, effect in effects_of((projection,), timed, lookup):
            if acts(effect, at):
                slot = slot_of(effect, effect.window.ended(at))
                gathered.setdefault(effect.key, {}).setdefault(slot, []).append(effect.cell)
    return _merged(gathered)


def acts(effect: Effect, at: datetime) -> bool:
    """Return whether an effect is in the cells at an instant."""
    return isinstance(effect.cell, Testimony) or effect.window.began(at)


def slot_of(effect: Effect, certain: bool) -> Slot:
    """Return the slot of an effect; a claim's window tells by itself whether it has happened."""
    return Slot(effect.voice, effect.register, certain or isinstance(effect.cell, Testimony))


def due(cells: Cells, at: datetime) -> bool:
    """Return whether anything in some cells has begun by an instant, so that an answer is due."""
    return any(_begun(cell, at) for cell in cells.values())


def _begun(cell: Cell, at: datetime) -> bool:
    if isinstance(cell, Testimony):
        return any(claim.window.began(at) for claim in cell.claims)
    return True


def editions(events: Iterable[TimedEvent], city: City, at: datetime) -> dict[SourceId, datetime]:
    """Return when each maintained map among some events last spoke of a time begun by `at`."""
    maintained = {id for id, source in city.sources.items() if source.maintained}
    spoken: dict[SourceId, datetime] = {}
    for timed in events:
        source = timed.event.source
        if source in maintained and is_edition(timed) and timed.window.began(at):
            spoken[source] = max(timed.known, spoken.get(source, timed.known))
    return spoken


def is_edition(timed: TimedEvent) -> bool:
    """Return whether an event is of the kind that a map shows: who holds a place."""
    return isinstance(timed.event, ControlChange)


def effects_of(
    projections: Iterable[Projection[Any, Any, Any]], timed: TimedEvent, lookup: Lookup
) -> Iterator[tuple[Projection[Any, Any, Any], Effect]]:
    """Yield the effects of an event on the projections that listen to its type."""
    for projection in projections:
        if type(timed.event) in projection.listens:
            for effect in projection.effects(timed, lookup):
                yield projection, effect


def merge(
    a: Mapping[Hashable, Cells], b: Mapping[Hashable, Cells]
) -> dict[Hashable, dict[Slot, Cell]]:
    """Return the cells of two replays of different events together."""
    gathered: dict[Hashable, dict[Slot, list[Cell]]] = {}
    for state in (a, b):
        for key, cells in state.items():
            for slot, cell in cells.items():
                gathered.setdefault(key, {}).setdefault(slot, []).append(cell)
    return _merged(gathered)


def answer(
    projection: Projection[Any, A, S],
    state: Mapping[Hashable, Cells],
    context: Context,
    places: Sequence[PlaceId] | None = None,
) -> S:
    """Return a projection's section of the state; with `places`, only what concerns them."""
    return projection.gather(read(projection, state, context, places), context)


def read(
    projection: Projection[Any, A, Any],
    state: Mapping[Hashable, Cells],
    context: Context,
    places: Sequence[PlaceId] | None = None,
) -> dict[Any, A]:
    """Return the answers of a projection by key: those always due, then those spoken of."""
    city = context.city
    at = context.cut.instant
    spoken = [key for key in sorted(state, key=str) if due(state[key], at)]
    keys = dict.fromkeys([*projection.keys(city), *spoken])
    if places is not None:
        keys = {key: None for key in keys if concerns(projection, key, places, city)}
    return {
        key: projection.read(key, cells_of(projection, key, state, city), context) for key in keys
    }


def cells_of(
    projection: Projection[Any, Any, Any], key: Any, state: Mapping[Hashable, Cells], city: City
) -> Cells:
    """Return the cells that answer a key: its own, and those of places around it if they count."""
    return _inherited(key, state, city) if projection.inherits else state.get(key, {})


def concerns(
    projection: Projection[Any, Any, Any], key: Any, places: Sequence[PlaceId], city: City
) -> bool:
    """Return whether a key concerns some places: is one of them, or lies in them or around them."""
    own = list(projection.places(key))
    if projection.inherits:
        return not set(own).isdisjoint(places)
    return any(city.related(place, other) for place in places for other in own)


def _merged(
    gathered: Mapping[Hashable, Mapping[Slot, Sequence[Any]]],
) -> dict[Hashable, dict[Slot, Cell]]:
    """Return one cell for each slot; all cells of a slot are of one kind."""
    return {
        key: {slot: _together(cells) for slot, cells in slots.items()}
        for key, slots in gathered.items()
    }


def _together(cells: Sequence[Any]) -> Cell:
    cell: Cell = cells[0] if len(cells) == 1 else cells[0].merge(*cells[1:])
    return cell


def _inherited(place: Any, state: Mapping[Hashable, Cells], city: City) -> Cells:
    """Return the cells on a place and on its ancestors, merged by voice."""
    cells: Mapping[Hashable, Cells] = {}
    for holder in city.lineage(place):
        if holder in state:
            cells = merge(cells, {place: state[holder]}) if cells else {place: state[holder]}
    return cells.get(place, {})
