"""The replay of a log that is too large to hold: its events in batches, whose cells are merged."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from timeline.domain.events import EventId
from timeline.domain.references import about, withdraws
from timeline.domain.timed_event import TimedEvent
from timeline.replay import engine
from timeline.replay.projection import Cell, Lookup, Projection, Slot
from timeline.temporal.dates import AsOf

SIZE = 2048
"""How many events are replayed at a time."""

CellsByKey = dict[Hashable, dict[Slot, Cell]]


def replayed(
    projections: Sequence[Projection[Any, Any]],
    events: Callable[[], Iterable[TimedEvent]],
    as_of: AsOf,
) -> Mapping[str, CellsByKey]:
    """Return the cells of projections by name, from events that can be read twice.

    Held are the events that refer to others and those that statements are about, a small part of
    most logs. They are found by the first reading; the second replays what refers to no other.
    """
    cells: dict[str, CellsByKey] = {projection.name: {} for projection in projections}
    referring = [timed for timed in events() if as_of.sees(timed) and _refers(timed)]
    withdrawn = engine.withdrawals(referring)

    def visible(timed: TimedEvent) -> bool:
        return as_of.sees(timed) and engine.stands(timed.event, withdrawn)

    subjects = {id for timed in referring for id in about(timed.event)}
    found: dict[EventId, TimedEvent] = {}
    for batch in _batches(filter(visible, events())):
        found |= {timed.event.id: timed for timed in batch if timed.event.id in subjects}
        alone = [timed for timed in batch if not about(timed.event)]
        _absorb(cells, projections, alone, found.get, as_of)
    for batch in _batches(filter(visible, referring)):
        statements = [timed for timed in batch if about(timed.event)]
        _absorb(cells, projections, statements, found.get, as_of)
    return cells


def _refers(timed: TimedEvent) -> bool:
    """Return whether an event withdraws another or is about others."""
    return withdraws(timed.event) is not None or bool(about(timed.event))


def _batches(events: Iterator[TimedEvent]) -> Iterator[list[TimedEvent]]:
    while batch := list(islice(events, SIZE)):
        yield batch


def _absorb(
    cells: Mapping[str, CellsByKey],
    projections: Sequence[Projection[Any, Any]],
    events: Sequence[TimedEvent],
    lookup: Lookup,
    as_of: AsOf,
) -> None:
    """Merge the cells of some events into those of all before them."""
    for projection in projections:
        merged = cells[projection.name]
        for key, slots in engine.replay(projection, events, lookup, as_of.instant).items():
            mine = merged.setdefault(key, {})
            for slot, cell in slots.items():
                mine[slot] = mine[slot].merge(cell) if slot in mine else cell  # type: ignore[arg-type]  # one register, one kind
