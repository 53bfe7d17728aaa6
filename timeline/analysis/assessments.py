"""Assessments: what a source says of the whole, held against the replay, and reported as agreement, disagreement or not decidable.

"The opposition lost more than a third of what it held" changes no district, so nothing of it is
ever applied. It is compared:

- **When.** The state is replayed at the last instant of the assessment's window (at the cut's
  instant, where its end is open), as known and as recorded at the cut and with its policy; for
  `share_lost` also at the instant before its `since` begins. Where `since` is missing, is open at
  its beginning, or begins after the assessment's own time, nothing can be compared.
- **Where.** A place counts by its districts: the places within it that have no places inside them,
  or itself if it has none. They are counted twice: each as one, and each by its area in km²; the
  latter only if every one of them has an area.
- **How much.** Of each district the actor's share is a range. Where the answer is certain, it is
  what the answer's shares say; an actor whom they do not name may hold what they leave over. Where
  the answer may not have happened yet, the range also covers the answer that is left without those
  who say so, and so on back to one that is certain. Disputed, contested or unknown ground may be
  anyone's, from 0 to 1, and so may ground whose division may not have happened yet.
- **share_held** is the sum of the shares over the number, or the area, of the districts.
  **share_lost** is the sum of what each district lost, ``max(0, then - now)``, over the sum of what
  was held then: ground gained elsewhere makes up for none. Both are exact: the least and the
  greatest value of all choices within the ranges by which anything was held then. If there is no
  such choice, nothing can be compared.
- **Verdict.** It `agrees` if all that the replay allows lies within what is claimed, `disagrees` if
  the two have no value in common, and is `undecidable` otherwise. Both are rounded to eight digits
  before, one fewer than the shares of an answer have, so that thirds add up.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from itertools import accumulate
from typing import Any, Literal, Protocol

from attrs import evolve, frozen

from timeline.domain.events import ActorId, Assessment, EventId, PlaceId
from timeline.domain.timed_event import TimedEvent
from timeline.replay import engine
from timeline.replay.cells import Position
from timeline.replay.projection import Cells, Context, Projection
from timeline.temporal.dates import FUTURE, PAST, TICK
from timeline.text import phrases


class Part(Protocol):
    """What an actor holds of a place, 1 being all of it."""

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
    """What is read of an answer about who holds a place."""

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
        """What each actor holds of it."""

    @property
    def because(self) -> Sequence[EventId]:
        """The events that say so."""


@frozen
class Range:
    """All numbers from `low` to `high`, both included."""

    low: float
    high: float


OPEN, WHOLE = Range(0.0, 1.0), Range(1.0, 1.0)
"""A share of which nothing is known, and all of a place."""
Box = tuple[float, Range, Range]
"""A district: its weight, and the shares of it that may have been held then and may be held now."""


@frozen
class Measured:
    """What came of an assessment by one measure.

    Attributes:
        verdict: whether the replay agrees with it.
        claimed: the share that the source says, from 0 to 1.
        replayed: the share that the replay allows; None where it gives none.
        of: what it is a share of, in districts or km²: all of them, or for `share_lost` those that
            were held then; None where not known.
        reason: why it is not decidable; empty where it is.
    """

    verdict: Literal["agrees", "disagrees", "undecidable"]
    claimed: Range
    replayed: Range | None = None
    of: Range | None = None
    reason: str = ""


@frozen
class Finding:
    """An assessment and what came of it, each district counting as one and each by its area."""

    event: Assessment
    by_districts: Measured
    by_area: Measured


def assess(
    events: Sequence[TimedEvent], control: Projection[Any, Any], context: Context
) -> tuple[Finding, ...]:
    """Return what comes of each assessment that stands at the context's cut, in the order of their reports.

    `control` answers who holds each place, as a `Holding`. An assessment is compared at its own
    time, even if that lies after the cut's.
    """
    standing = engine.visible(events, context.cut)

    @cache
    def replayed(at: datetime) -> Mapping[Any, Cells]:
        return engine.replay(control, standing.values(), standing.get, at)

    def share(place: PlaceId, actor: ActorId, at: datetime) -> Range:
        then = evolve(context, cut=evolve(context.cut, at=at))
        return _share(
            actor,
            engine.cells_of(control, place, replayed(at), context.city),
            lambda cells: control.read(place, cells, then),
        )

    found = sorted(
        (one.known, id) for id, one in standing.items() if isinstance(one.event, Assessment)
    )
    return tuple(_finding(standing[id], context, share) for _, id in found)


def _finding(
    fact: TimedEvent, context: Context, share: Callable[[PlaceId, ActorId, datetime], Range]
) -> Finding:
    event, city = fact.event, context.city
    assert isinstance(event, Assessment)
    claimed, instants = _range(event.share.least, event.share.most), _instants(event, fact, context)
    if isinstance(instants, str):
        return Finding(event, *2 * [Measured("undecidable", claimed, reason=instants)])
    districts = [one for one in city.within(event.place) if city.within(one) == (one,)]
    then, now = (
        [share(one, event.actor, at) if at else WHOLE for one in districts] for at in instants
    )
    areas = [city.places[one].area or 0.0 for one in districts]
    lacking = sum(area <= 0 for area in areas)
    measure = _lost if event.measure == "share_lost" else _held
    by_districts = _measured(claimed, [(1.0, *one) for one in zip(then, now, strict=True)], measure)
    if lacking:
        reason = f"no area is known of {lacking} of {phrases.count(len(districts), 'district')}"
        return Finding(event, by_districts, Measured("undecidable", claimed, reason=reason))
    return Finding(
        event, by_districts, _measured(claimed, list(zip(areas, then, now, strict=True)), measure)
    )


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


def _share(actor: ActorId, cells: Cells, read: Callable[[Cells], Holding]) -> Range:
    """Return what an actor may hold of a place: by the answer, and as long as that is only possible, by the one left without its events."""
    found = []
    while cells:
        answer = read(cells)
        if answer.status in ("unknown", "disputed") or answer.ground == "contested":
            return OPEN
        found.append(_part(actor, answer.shares))
        if answer.certain:
            return Range(min(one.low for one in found), max(one.high for one in found))
        cells = {} if answer.ground == "divided" else _without(cells, answer.because)
    return OPEN


def _without(cells: Cells, out: Sequence[EventId]) -> Cells:
    """Return cells without the claims that some events make; none where there were no such claims."""
    positions = ((slot, cell.claims) for slot, cell in cells.items() if isinstance(cell, Position))
    kept = {
        slot: Position(tuple(claim for claim in claims if claim.id not in out))
        for slot, claims in positions
    }
    return {} if kept == cells else kept


def _part(actor: ActorId, shares: Sequence[Part]) -> Range:
    """Return an actor's own share, or for one whom the shares do not name, what they leave over if none of them is itself the rest."""
    for one in shares:
        if one.actor == actor:
            return Range(one.low, one.high)
    low, high = sum(one.low for one in shares), sum(one.high for one in shares)
    full = not shares or any(
        _range(one.low, one.high) == _range(_rest(high - one.high), _rest(low - one.low))
        for one in shares
    )
    return Range(0.0, 0.0 if full else _rest(low))


def _rest(taken: float) -> float:
    return max(0.0, 1 - taken)


def _range(low: float, high: float) -> Range:
    return Range(round(low, 8), round(high, 8))


def _measured(
    claimed: Range, boxes: Sequence[Box], measure: Callable[[Sequence[Box]], Range]
) -> Measured:
    """Return what came of a claim, held against what a measure gives over all that may have been so."""
    of = _range(
        sum(weight * then.low for weight, then, _ in boxes),
        sum(weight * then.high for weight, then, _ in boxes),
    )
    if not of.high:
        return Measured("undecidable", claimed, of=of, reason="nothing was held then")
    found = measure(boxes)
    if claimed.low <= found.low and found.high <= claimed.high:
        return Measured("agrees", claimed, found, of)
    if found.high < claimed.low or claimed.high < found.low:
        return Measured("disagrees", claimed, found, of)
    return Measured("undecidable", claimed, found, of, "the replay leaves room for both")


def _held(boxes: Sequence[Box]) -> Range:
    """Return the share that is held now of all that there is."""
    least, most, there = (
        sum(column)
        for column in zip(*((w * now.low, w * now.high, w) for w, _, now in boxes), strict=True)
    )
    return _range(least / there, most / there)


def _lost(boxes: Sequence[Box]) -> Range:
    """Return the share of what was held then that is lost now; something may have been held then.

    The least is lost where as much as possible is held now, and was held then as nearly as
    possible. The most is lost where as little as possible is held now. What was held then is at one
    end of its range: of all that may be added to the least, the loss is added first of which the
    greatest part is lost, for as long as that part exceeds the share.
    """
    least = sum(w * max(0.0, then.low - now.high) for w, then, now in boxes)
    of = sum(w * min(max(then.low, now.high), then.high) for w, then, now in boxes)
    ends = [
        [(w * max(0.0, end - now.low), w * end) for end in (then.low, then.high)]
        for w, then, now in boxes
    ]
    more = [(high[0] - low[0], high[1] - low[1]) for low, high in ends if high[1] > low[1]]
    more.sort(key=lambda step: step[0] / step[1], reverse=True)
    surely = sum(low[0] for low, _ in ends), sum(low[1] for low, _ in ends)
    sums = accumulate(more, lambda a, b: (a[0] + b[0], a[1] + b[1]), initial=surely)
    return _range(least / of if of else 1.0, max(lost / held for lost, held in sums if held))
