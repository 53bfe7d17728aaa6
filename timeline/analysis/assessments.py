"""Assessments: claims about the whole, compared with the replay and never applied.

The state is replayed at the last instant of the window (at the cut's, if its end is open), for
`share_lost` also just before its `since`. Districts count as one each, and by area (km²) if all
have one. **share_lost** is the sum of ``max(0, then - now)`` over the sum held then. The verdict is
`agrees` if all that the replay allows lies within the claim, `disagrees` if the two have nothing
in common, else `undecidable`. Both are rounded to eight digits first, so that thirds add up.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from itertools import accumulate
from typing import Any, Literal, Protocol

from attrs import evolve, frozen

from timeline.domain.city import City
from timeline.domain.events import ActorId, Assessment, EventId, PlaceId
from timeline.domain.timed_event import TimedEvent
from timeline.replay import engine
from timeline.replay.cells import Testimony
from timeline.replay.projection import Cells, Context, Projection
from timeline.temporal.dates import FUTURE, PAST, TICK
from timeline.text import phrases


class Part(Protocol):
    """The share of a place that an actor holds, 1 being all of it."""

    @property
    def actor(self) -> ActorId:
        """Who holds it."""

    @property
    def low(self) -> float:
        """The least share."""

    @property
    def high(self) -> float:
        """The greatest share."""


class Holding(Protocol):
    """An answer about who holds a place, as far as it is read here."""

    @property
    def status(self) -> str:
        """How sure it is."""

    @property
    def certain(self) -> bool:
        """Whether it has happened, if it is true."""

    @property
    def ground(self) -> str:
        """How the place is held."""

    @property
    def shares(self) -> Sequence[Part]:
        """The shares that actors hold of it."""

    @property
    def because(self) -> Sequence[EventId]:
        """The events that say so."""


@frozen
class Range:
    """All numbers from `low` to `high`, both included."""

    low: float
    high: float


OPEN, WHOLE, NOTHING = Range(0.0, 1.0), Range(1.0, 1.0), Range(0.0, 0.0)
"""A share of which nothing is known, all of a place, and nothing of it."""
Box = tuple[float, Range, Range]
"""A district: its weight, and the shares of it that may have been held then and may be held now."""
ShareAt = Callable[[PlaceId, ActorId, datetime], Range]
"""Returns what an actor may hold of a place at an instant."""


@frozen
class Loss:
    """An amount that was held, and the part of it that is lost."""

    lost: float
    held: float

    def __add__(self, other: "Loss") -> "Loss":
        return Loss(self.lost + other.lost, self.held + other.held)

    def __sub__(self, other: "Loss") -> "Loss":
        return Loss(self.lost - other.lost, self.held - other.held)

    @property
    def share(self) -> float:
        """The lost part of all that was held, which is something."""
        return self.lost / self.held


@frozen
class Measured:
    """The outcome of an assessment by one measure; shares are from 0 to 1.

    `replayed` is None where the replay gives no share. `of` is the whole, in districts or km², held
    then for `share_lost`; None if unknown. `reason` is empty for a decided verdict.
    """

    verdict: Literal["agrees", "disagrees", "undecidable"]
    claimed: Range
    replayed: Range | None = None
    of: Range | None = None
    reason: str = ""


@frozen
class Finding:
    """An assessment and its outcomes, by the number of districts and by their areas."""

    event: Assessment
    by_districts: Measured
    by_area: Measured


def assess(
    events: Sequence[TimedEvent], control: Projection[Any, Any, Any], context: Context
) -> tuple[Finding, ...]:
    """Return the findings on standing assessments, in order of report, each at its own time."""
    standing = engine.visible(events, context.cut)

    @cache
    def replayed(at: datetime) -> Mapping[Any, Cells]:
        return engine.replay(control, standing.values(), standing.get, at)

    def share(place: PlaceId, actor: ActorId, at: datetime) -> Range:
        then = evolve(context, cut=evolve(context.cut, at=at))
        cells = engine.cells_of(control, place, replayed(at), context.city)
        return _share(actor, cells, lambda left: control.read(place, left, then))

    assessments = [fact for fact in standing.values() if isinstance(fact.event, Assessment)]
    assessments.sort(key=lambda fact: (fact.known, fact.event.id))
    return tuple(_finding(fact, context, share) for fact in assessments)


def _finding(fact: TimedEvent, context: Context, share: ShareAt) -> Finding:
    event, city = fact.event, context.city
    assert isinstance(event, Assessment)
    claimed, instants = _range(event.share.least, event.share.most), _instants(event, fact, context)
    if isinstance(instants, str):
        undecidable = Measured("undecidable", claimed, reason=instants)
        return Finding(event, undecidable, undecidable)
    districts = _districts(event.place, city)
    areas = [city.places[district].area or 0.0 for district in districts]
    then, now = (_shares(districts, event.actor, at, share) for at in instants)
    measure = _lost if event.measure == "share_lost" else _held
    boxes = [(1.0, *shares) for shares in zip(then, now, strict=True)]
    by_districts = _measured(claimed, boxes, measure)
    if min(areas) <= 0:
        return Finding(event, by_districts, _without_areas(claimed, areas))
    boxes = list(zip(areas, then, now, strict=True))
    return Finding(event, by_districts, _measured(claimed, boxes, measure))


def _districts(place: PlaceId, city: City) -> list[PlaceId]:
    return [inner for inner in city.within(place) if city.within(inner) == (inner,)]


def _without_areas(claimed: Range, areas: Sequence[float]) -> Measured:
    lacking = sum(area <= 0 for area in areas)
    reason = f"no area is known of {lacking} of {phrases.count(len(areas), 'district')}"
    return Measured("undecidable", claimed, reason=reason)


def _instants(
    event: Assessment, fact: TimedEvent, context: Context
) -> tuple[datetime | None, datetime] | str:
    """Return then, if anything is asked of then, and now; or why there is nothing to compare."""
    now = context.cut.instant if fact.window.latest == FUTURE else fact.window.latest - TICK
    if event.measure == "share_held":
        return None, now
    if event.since is None:
        return "it does not say since when"
    begun = event.since.window(context.city.zone).earliest
    if begun == PAST:
        return "it does not say from when on"
    return (begun - TICK, now) if begun <= now else "it counts from a time after its own"


def _shares(
    districts: Sequence[PlaceId], actor: ActorId, at: datetime | None, share: ShareAt
) -> list[Range]:
    """Return what an actor may hold of each district at an instant; all of it without one."""
    if at is None:
        return [WHOLE] * len(districts)
    return [share(district, actor, at) for district in districts]


def _share(actor: ActorId, cells: Cells, read: Callable[[Cells], Holding]) -> Range:
    """Return the range that an actor may hold of a place by the answer.

    Unknown, disputed and contested ground may be anyone's. An answer that is only possible is
    joined by the answer without its events.
    """
    parts = []
    while cells:
        answer = read(cells)
        if answer.status in ("unknown", "disputed") or answer.ground == "contested":
            return OPEN
        parts.append(NOTHING if _is_nobodys(answer) else _part(actor, answer.shares))
        if answer.certain:
            lows, highs = zip(*((part.low, part.high) for part in parts), strict=True)
            return Range(min(lows), max(highs))
        cells = {} if answer.ground == "divided" else _without(cells, answer.because)
    return OPEN


def _without(cells: Cells, out: Sequence[EventId]) -> Cells:
    """Return cells without the claims of some events; none if they made no such claims."""
    before = {slot: cell for slot, cell in cells.items() if isinstance(cell, Testimony)}
    left = {slot: _left(position, out) for slot, position in before.items()}
    return {} if left == cells else left


def _left(testimony: Testimony[Any], out: Sequence[EventId]) -> Testimony[Any]:
    return Testimony(tuple(claim for claim in testimony.claims if claim.id not in out))


def _is_nobodys(answer: Holding) -> bool:
    """Return whether a place is said to be held by nobody; of a divided one the rest is unknown."""
    return answer.ground == "held" and all(part.actor is None for part in answer.shares)


def _part(actor: ActorId, shares: Sequence[Part]) -> Range:
    """Return an actor's own share, or what the shares leave over; nothing if one is the rest."""
    for part in shares:
        if part.actor == actor:
            return Range(part.low, part.high)
        if part.actor is None:  # what nobody names may be anybody's
            return Range(0.0, part.high)
    low = sum(part.low for part in shares)
    high = sum(part.high for part in shares)
    full = not shares or any(_is_rest(part, low, high) for part in shares)
    return Range(0.0, 0.0 if full else _rest(low))


def _is_rest(part: Part, low: float, high: float) -> bool:
    """Return whether a part is what the others leave over; all add up to `low` and `high`."""
    others_low, others_high = low - part.low, high - part.high
    return _range(part.low, part.high) == _range(_rest(others_high), _rest(others_low))


def _rest(taken: float) -> float:
    return max(0.0, 1 - taken)


def _range(low: float, high: float) -> Range:
    return Range(round(low, 8), round(high, 8))


def _measured(
    claimed: Range, boxes: Sequence[Box], measure: Callable[[Sequence[Box]], Range]
) -> Measured:
    """Return the outcome of a claim by a measure of all that may have been so."""
    low = sum(weight * then.low for weight, then, _ in boxes)
    high = sum(weight * then.high for weight, then, _ in boxes)
    of = _range(low, high)
    if not of.high:
        return Measured("undecidable", claimed, of=of, reason="nothing was held then")
    replayed = measure(boxes)
    if claimed.low <= replayed.low and replayed.high <= claimed.high:
        return Measured("agrees", claimed, replayed, of)
    if replayed.high < claimed.low or claimed.high < replayed.low:
        return Measured("disagrees", claimed, replayed, of)
    return Measured("undecidable", claimed, replayed, of, "the replay leaves room for both")


def _held(boxes: Sequence[Box]) -> Range:
    """Return the share that is held now of all that there is."""
    whole = sum(weight for weight, _, _ in boxes)
    least = sum(weight * now.low for weight, _, now in boxes)
    most = sum(weight * now.high for weight, _, now in boxes)
    return _range(least / whole, most / whole)


def _lost(boxes: Sequence[Box]) -> Range:
    """Return the range of the share lost of the ground held before; some must possibly be held."""
    least = sum(weight * max(0.0, then.low - now.high) for weight, then, now in boxes)
    of = sum(weight * min(max(then.low, now.high), then.high) for weight, then, now in boxes)
    return _range(least / of if of else 1.0, _most_lost(boxes))


def _most_lost(boxes: Sequence[Box]) -> float:
    """Return the greatest share that may be lost.

    Possible ground counts as held, highest rate of loss first, while that rate exceeds the share.
    """
    surely, more = Loss(0.0, 0.0), []
    for weight, then, now in boxes:
        low, high = (_loss(weight, end, now) for end in (then.low, then.high))
        surely += low
        if high.held > low.held:
            more.append(high - low)
    more.sort(key=lambda loss: loss.share, reverse=True)
    return max(loss.share for loss in accumulate(more, initial=surely) if loss.held)


def _loss(weight: float, then: float, now: Range) -> Loss:
    """Return the most that is lost of a share that was held."""
    return Loss(weight * max(0.0, then - now.low), weight * then)
