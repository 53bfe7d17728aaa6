"""The replay of a log that is too large to hold: its events in batches, whose cells are merged."""

from collections.abc import Callable, Container, Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

from timeline.domain.events import EventId
from timeline.domain.references import about, withdraws
from timeline.domain.timed_event import TimedEvent
from timeline.replay import engine
from timeline.replay.projection import Cell, Lookup, Projection, Slot
from timeline.temporal.as_of import AsOf

SIZE = 2048
"""How many events are replayed at a time."""

CellsByKey = dict[Hashable, dict[Slot, Cell]]


def replayed(
    projections: Sequence[Projection[Any, Any, Any]],
    events: Callable[[], Iterable[TimedEvent]],
    as_of: AsOf,
) -> Mapping[str, CellsByKey]:
    """Return the cells of projections by name, from events that can be read twice.

    Of the events only statements, withdrawals and the subjects of statements are held.
    """
    cells: dict[str, CellsByKey] = {projection.name: {} for projection in projections}
    seen = _references(filter(as_of.sees, events()))
    subjects: dict[EventId, TimedEvent] = {}
    for batch in _batches(_standing(filter(as_of.sees, events()), seen.withdrawn)):
        subjects |= {timed.event.id: timed for timed in batch if timed.event.id in seen.subjects}
        alone = [timed for timed in batch if not about(timed.event)]
        _absorb(cells, projections, alone, subjects.get, as_of)
    for batch in _batches(_standing(seen.statements, seen.withdrawn)):
        _absorb(cells, projections, batch, subjects.get, as_of)
    return cells


class _References(NamedTuple):
    """The references among events: what is withdrawn, which statements there are, about what."""

    withdrawn: Container[EventId]
    statements: Sequence[TimedEvent]
    subjects: Container[EventId]


def _references(events: Iterable[TimedEvent]) -> _References:
    withdrawing, statements, subjects = [], [], set[EventId]()
    for timed in events:
        if withdraws(timed.event) is not None:
            withdrawing.append(timed)
        if about(timed.event):
            statements.append(timed)
            subjects |= {*about(timed.event)}
    return _References(engine.withdrawals(withdrawing), statements, subjects)


def _standing(events: Iterable[TimedEvent], withdrawn: Container[EventId]) -> Iterator[TimedEvent]:
    """Return those of the seen events that stand, given the ids withdrawn by then."""
    return (timed for timed in events if engine.stands(timed.event, withdrawn))


def _batches(events: Iterator[TimedEvent]) -> Iterator[list[TimedEvent]]:
    while batch := list(islice(events, SIZE)):
        yield batch


def _absorb(
    cells: Mapping[str, CellsByKey],
    projections: Sequence[Projection[Any, Any, Any]],
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
