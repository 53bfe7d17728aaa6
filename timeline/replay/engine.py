"""Replay: a log and a cut become standing events, effects, cells and answers; pure functions from end to end.

    events ──standing(cut)──▶ standing events ──effects──▶ effects ──group by slot, merge──▶ cells
    ──read──▶ answers

Retractions and supersessions are applied once, in `standing`; what comes after never sees one. This
is the plain in-memory replay, the oracle that every faster path must equal: it looks at every
event, and it is as short as it can be.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from timeline.domain.city import City
from timeline.domain.events import EventId, PlaceId, Retraction
from timeline.domain.references import withdraws
from timeline.domain.timed_event import TimedEvent
from timeline.replay.projection import A, Cell, Cells, Context, Lookup, Projection, S, Slot
from timeline.temporal.as_of import AsOf


class Withdrawal(NamedTuple):
    """When an event was withdrawn, in UTC, and by which event."""

    known: datetime
    by: EventId


def standing(events: Iterable[TimedEvent], cut: AsOf) -> dict[EventId, TimedEvent]:
    """Return the events that stand at a cut: recorded and made public by then, and neither retracted nor superseded by then."""
    recorded = recorded_by(events, cut)
    known = recorded if cut.known is None else [one for one in recorded if one.known <= cut.known]
    withdrawn = withdrawals(known)
    return {
        one.event.id: one
        for one in known
        if one.event.id not in withdrawn and not isinstance(one.event, Retraction)
    }


def withdrawals(events: Iterable[TimedEvent]) -> dict[EventId, Withdrawal]:
    """Return when, and by which event, each withdrawn event was withdrawn: the earliest report of a retraction or supersession of it."""
    withdrawn: dict[EventId, Withdrawal] = {}
    for event, _, known, _ in events:
        target = withdraws(event)
        if target is not None:
            one = Withdrawal(known, event.id)
            withdrawn[target] = min(one, withdrawn.get(target, one))
    return withdrawn


def recorded_by(events: Iterable[TimedEvent], cut: AsOf) -> list[TimedEvent]:
    """Return the events that had been appended by a cut."""
    return [one for one in events if _recorded(one, cut)]


def replay(
    projection: Projection[A, S], facts: Iterable[TimedEvent], lookup: Lookup, at: datetime
) -> dict[Hashable, dict[Slot, Cell]]:
    """Return the cells of one projection: the effects that may have happened by `at`, grouped by key and slot and merged."""
    gathered: dict[Hashable, dict[Slot, list[Cell]]] = {}
    for fact in facts:
        if type(fact.event) in projection.listens:
            for key, voice, register, window, cell in projection.effects(fact, lookup):
                if window.began(at):
                    slots = gathered.setdefault(key, {})
                    slots.setdefault(Slot(voice, register, window.ended(at)), []).append(cell)
    return _merged(gathered)


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
    """Return a projection's section of the state; with `places`, only what concerns them: themselves, what lies in them or around them."""
    return projection.gather(read(projection, state, context, places), context)


def read(
    projection: Projection[A, Any],
    state: Mapping[Hashable, Cells],
    context: Context,
    places: Sequence[PlaceId] | None = None,
) -> dict[Any, A]:
    """Return the answers of a projection by key: those that are always due, then those that somebody spoke of."""
    keys = dict.fromkeys([*projection.keys(context.city), *sorted(state, key=str)])
    chosen = [
        key for key in keys if places is None or concerns(projection, key, places, context.city)
    ]
    return {
        key: projection.read(key, cells_of(projection, key, state, context.city), context)
        for key in chosen
    }


def cells_of(
    projection: Projection[Any, Any], key: Any, state: Mapping[Hashable, Cells], city: City
) -> Cells:
    """Return the cells that the answer of a key is read from: its own, merged with those of the places around it where they count."""
    return _inherited(key, state, city) if projection.inherits else state.get(key, {})


def concerns(
    projection: Projection[Any, Any], key: Any, places: Sequence[PlaceId], city: City
) -> bool:
    """Return whether a key concerns some places: is one of them, or lies in them or around them."""
    mine = list(projection.places(key))
    if projection.inherits:
        return any(place in mine for place in places)
    return any(
        place in city.lineage(one) or one in city.lineage(place) for place in places for one in mine
    )


def _recorded(one: TimedEvent, cut: AsOf) -> bool:
    return cut.recorded is None or (one.recorded is not None and one.recorded <= cut.recorded)


def _merged(
    gathered: Mapping[Hashable, Mapping[Slot, Sequence[Any]]],
) -> dict[Hashable, dict[Slot, Cell]]:
    """Return one cell for each slot; a register holds one kind of cell, whose `merge` takes any number."""
    return {
        key: {
            slot: cells[0].merge(*cells[1:]) if len(cells) > 1 else cells[0]
            for slot, cells in slots.items()
        }
        for key, slots in gathered.items()
    }


def _inherited(place: Any, state: Mapping[Hashable, Cells], city: City) -> Cells:
    """Return the cells on a place and on its ancestors, merged by voice."""
    cells: Mapping[Hashable, Cells] = {}
    for holder in city.lineage(place):
        if holder in state:
            cells = merge(cells, {place: state[holder]}) if cells else {place: state[holder]}
    return cells.get(place, {})
