"""Replay: a log and a cut become standing events, effects, cells and answers; pure functions from end to end.

    events ──standing(cut)──▶ standing events ──effects──▶ effects ──group by slot, merge──▶ cells ──read──▶ answers

Retractions and supersessions are applied once, in `standing`; what comes after never sees one. This is the plain in-memory replay, the
oracle that every faster path must equal: it looks at every event, and it is as short as it can be.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any, Generic, NamedTuple, TypeVar

from attrs import frozen

from timeline.cells import Claim, Count, Position, Value
from timeline.city import City
from timeline.events import Event, EventId, PlaceId, Retraction, SourceId, Statement
from timeline.policies import Policy
from timeline.when import Cut, Window

Cell = Position[Any] | Count
A = TypeVar("A")
S = TypeVar("S")


class Dated(NamedTuple):
    """An event with its two clocks read: its window, and when it was made public, in UTC."""

    event: Event
    window: Window
    known: datetime


Lookup = Callable[[EventId], Dated | None]
"""Finds a standing event by its id."""


class Effect(NamedTuple):
    """What one event does to one cell of the state, and who says so."""

    key: Hashable
    voice: SourceId
    register: Hashable
    window: Window
    cell: Cell


class Slot(NamedTuple):
    """Which cell of a key an effect belongs to: one for each voice, register, and whether it has certainly happened by the cut.

    What is merely possible must not supersede what is certain, for it may not have happened yet; so the two never meet in a cell.
    """

    voice: SourceId
    register: Hashable
    certain: bool


Cells = Mapping[Slot, Cell]
"""The cells of one key."""


@frozen
class Context:
    """What an answer is read in: the city, the cut and the policy."""

    city: City
    cut: Cut
    policy: Policy


def _no_keys(_: City) -> Iterable[Hashable]:
    return ()


@frozen(kw_only=True)
class Projection(Generic[A, S]):
    """One question asked of the log, as pure functions.

    Attributes:
        name: the section of the state.
        listens: the types of event that can have an effect here.
        effects: from a standing event to its effects.
        read: from a key and its cells to an answer.
        gather: from all answers by key to the section.
        places: the places that a key lies in or between; none for a key that is not about a place.
        keys: keys that have an answer even when nobody said anything.
        inherits: whether a place's positions include those on the places around it; only for keys that are places.
    """

    name: str
    listens: tuple[type[Event], ...]
    effects: Callable[[Dated, Lookup], Iterable[Effect]]
    read: Callable[[Any, Cells, Context], A]
    gather: Callable[[Mapping[Any, A], Context], S]
    places: Callable[[Any], Iterable[PlaceId]]
    keys: Callable[[City], Iterable[Hashable]] = _no_keys
    inherits: bool = False


def dated(event: Event, zone: tzinfo) -> Dated:
    """Return an event with its clocks read; what it wrote without an offset is read in `zone`."""
    return Dated(event, event.occurred.window(zone), event.reported.instant(zone))


def standing(events: Iterable[Dated], cut: Cut) -> dict[EventId, Dated]:
    """Return the events that stand at a cut: recorded and made public by then, and neither retracted nor superseded by then."""
    recorded = [one for one in events if _recorded(one.event, cut)]
    known = recorded if cut.known is None else [one for one in recorded if one.known <= cut.known]
    withdrawn = withdrawals(known)
    return {one.event.id: one for one in known if one.event.id not in withdrawn and not isinstance(one.event, Retraction)}


def withdrawals(events: Iterable[Dated]) -> dict[EventId, datetime]:
    """Return when each withdrawn event was withdrawn: at the earliest report of a retraction or supersession of it."""
    withdrawn: dict[EventId, datetime] = {}
    for event, _, known in events:
        target = event.target if isinstance(event, Retraction) else event.supersedes
        if target is not None:
            withdrawn[target] = min(known, withdrawn.get(target, known))
    return withdrawn


def replay(projection: Projection[A, S], facts: Iterable[Dated], lookup: Lookup, at: datetime) -> dict[Hashable, dict[Slot, Cell]]:
    """Return the cells of one projection: the effects that may have happened by `at`, grouped by key and slot and merged."""
    gathered: dict[Hashable, dict[Slot, list[Cell]]] = {}
    for fact in facts:
        if type(fact.event) in projection.listens:
            for effect in projection.effects(fact, lookup):
                if effect.window.began(at):
                    slot = Slot(effect.voice, effect.register, effect.window.ended(at))
                    gathered.setdefault(effect.key, {}).setdefault(slot, []).append(effect.cell)
    return _merged(gathered)


def merge(a: Mapping[Hashable, Cells], b: Mapping[Hashable, Cells]) -> dict[Hashable, dict[Slot, Cell]]:
    """Return the cells of two replays of different events together."""
    gathered: dict[Hashable, dict[Slot, list[Cell]]] = {}
    for state in (a, b):
        for key, cells in state.items():
            for slot, cell in cells.items():
                gathered.setdefault(key, {}).setdefault(slot, []).append(cell)
    return _merged(gathered)


def answer(projection: Projection[A, S], state: Mapping[Hashable, Cells], context: Context, places: Sequence[PlaceId] | None = None) -> S:
    """Return a projection's section of the state; with `places`, only what concerns them: themselves, what lies in them or around them."""
    keys = dict.fromkeys([*projection.keys(context.city), *sorted(state, key=str)])
    chosen = [key for key in keys if places is None or _concerns(projection, key, places, context.city)]
    cells = {key: _inherited(key, state, context.city) if projection.inherits else state.get(key, {}) for key in chosen}
    return projection.gather({key: projection.read(key, cells[key], context) for key in chosen}, context)


def claims(cells: Cells, register: Callable[[Hashable], bool] = lambda _: True) -> list[Claim[Any]]:
    """Return the claims in the positions among cells, of the registers that are asked for."""
    chosen = (cell for slot, cell in cells.items() if isinstance(cell, Position) and register(slot.register))
    return [claim for cell in chosen for claim in cell.claims]


def assertion(fact: Dated, key: Hashable, mode: str, register: Hashable, value: Value, subject: str | None = None) -> Effect:
    """Return the effect of an event that asserts a value of a key."""
    event = fact.event
    claim = Claim(
        event.id, event.source, fact.window, event.occurred, fact.known, str(key if subject is None else subject),
        mode, register, value, grade=event.grade,
    )  # fmt: skip
    return Effect(key, event.source, register, fact.window, Position((claim,)))


def stances(fact: Dated, lookup: Lookup, effects: Callable[[Dated, Lookup], Iterable[Effect]]) -> Iterable[Effect]:
    """Yield the effects of a statement: a stance on each claim that it is about, over that claim's window and in a register of its own.

    `effects` gives the effects of the event spoken of, so that what a denial bears on is defined by the projection alone.
    """
    event = fact.event
    if not isinstance(event, Statement) or event.stance not in ("agree", "disagree", "unclear"):
        return
    spoken_of = (lookup(about) for about in event.about)
    for target in spoken_of:
        if target is None or isinstance(target.event, Statement):
            continue
        for effect in effects(target, lookup):
            yield from _stance(fact, event, effect)


def _stance(fact: Dated, event: Statement, effect: Effect) -> Iterable[Effect]:
    if not isinstance(effect.cell, Position):
        return
    (claim,) = effect.cell.claims
    register = ("stance", claim.register, claim.value)
    stance: Claim[Any] = Claim(
        event.id,
        event.source,
        claim.window,
        claim.text,
        fact.known,
        claim.subject,
        event.stance,
        register,
        claim.value,
        claim.id,
        event.grade,
    )
    yield Effect(effect.key, event.source, register, claim.window, Position((stance,)))


def _recorded(event: Event, cut: Cut) -> bool:
    if cut.recorded is None:
        return True
    return event.recorded is not None and event.recorded.instant(UTC) <= cut.recorded


def _merged(gathered: Mapping[Hashable, Mapping[Slot, Sequence[Any]]]) -> dict[Hashable, dict[Slot, Cell]]:
    """Return one cell for each slot; a register holds one kind of cell, whose `merge` takes any number."""
    return {
        key: {slot: cells[0].merge(*cells[1:]) if len(cells) > 1 else cells[0] for slot, cells in slots.items()}
        for key, slots in gathered.items()
    }


def _inherited(place: Any, state: Mapping[Hashable, Cells], city: City) -> Cells:
    """Return the cells on a place and on its ancestors, merged by voice."""
    cells: Mapping[Hashable, Cells] = {}
    for holder in city.lineage(place):
        cells = merge(cells, {place: state.get(holder, {})})
    return cells.get(place, {})


def _concerns(projection: Projection[Any, Any], key: Any, places: Sequence[PlaceId], city: City) -> bool:
    mine = list(projection.places(key))
    if projection.inherits:
        return any(place in mine for place in places)
    return any(place in city.lineage(one) or one in city.lineage(place) for place in places for one in mine)
