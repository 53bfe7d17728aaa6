"""Replay: pure functions from the events of a log and a cut to answers.

    events ─visible─▶ standing events ─effects─▶ effects ─merge─▶ cells ─read─▶ answers

This plain replay looks at every event, and is the oracle that every faster path must equal.
Retractions and supersessions are applied once, in `visible`; what comes after never sees one.
"""

from collections.abc import Container, Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from timeline.domain.city import City
from timeline.domain.events import Event, EventId, PlaceId, Retraction
from timeline.domain.references import withdraws
from timeline.domain.timed_event import TimedEvent
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
    """Return when, and by which event, each withdrawn event was first retracted or superseded."""
    withdrawn: dict[EventId, Withdrawal] = {}
    for timed in events:
        target = withdraws(timed.event)
        if target is not None:
            withdrawal = Withdrawal(timed.known, timed.event.id)
            withdrawn[target] = min(withdrawal, withdrawn.get(target, withdrawal))
    return withdrawn


def recorded_by(events: Iterable[TimedEvent], as_of: AsOf) -> list[TimedEvent]:
    """Return the events that had been appended by a cut."""
    return [timed for timed in events if as_of.recorded_by(timed)]


def replay(
    projection: Projection[A, S], events: Iterable[TimedEvent], lookup: Lookup, at: datetime
) -> dict[Hashable, dict[Slot, Cell]]:
    """Return the cells of one projection: the effects begun by `at`, merged by key and slot."""
    gathered: dict[Hashable, dict[Slot, list[Cell]]] = {}
    for timed in events:
        for _, effect in effects_of((projection,), timed, lookup):
            if effect.window.began(at):
                slot = Slot(effect.voice, effect.register, effect.window.ended(at))
                gathered.setdefault(effect.key, {}).setdefault(slot, []).append(effect.cell)
    return _merged(gathered)


def effects_of(
    projections: Iterable[Projection[Any, Any]], timed: TimedEvent, lookup: Lookup
) -> Iterator[tuple[Projection[Any, Any], Effect]]:
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
    projection: Projection[A, S],
    state: Mapping[Hashable, Cells],
    context: Context,
    places: Sequence[PlaceId] | None = None,
) -> S:
    """Return a projection's section of the state; with `places`, only what concerns them."""
    return projection.gather(read(projection, state, context, places), context)


def read(
    projection: Projection[A, Any],
    state: Mapping[Hashable, Cells],
    context: Context,
    places: Sequence[PlaceId] | None = None,
) -> dict[Any, A]:
    """Return the answers of a projection by key: those always due, then those spoken of."""
    city = context.city
    keys = dict.fromkeys([*projection.keys(city), *sorted(state, key=str)])
    if places is not None:
        keys = {key: None for key in keys if concerns(projection, key, places, city)}
    return {
        key: projection.read(key, cells_of(projection, key, state, city), context) for key in keys
    }


def cells_of(
    projection: Projection[Any, Any], key: Any, state: Mapping[Hashable, Cells], city: City
) -> Cells:
    """Return the cells that answer a key: its own, and those of places around it if they count."""
    return _inherited(key, state, city) if projection.inherits else state.get(key, {})


def concerns(
    projection: Projection[Any, Any], key: Any, places: Sequence[PlaceId], city: City
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
