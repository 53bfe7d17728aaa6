"""Hindsight: where, and for how long, what was known at the time differs from what is known now, and whose claims held.

*Known at the time* is the answer about each instant as known at that very instant; *known now* is
the answer about it as known at the cut. A **gap** is a stretch of time in which the two say
different things about a key: another holder, or an answer where there was none.

A **claim** is an event that asserts something of a key. It is judged at the last instant of its
window (at the first, where the end is open), as known at the cut, and has exactly one **outcome**:

- `retracted`: a retraction withdrew it; `replaced`: a later version of it did;
- `upheld`: the answer says what the claim says, undisputed, and at least two independent voices say
  so;
- `overturned`: the answer, undisputed, says what cannot be true together with the claim;
- `open`: anything else: nobody else has confirmed it, a dispute stands, or no answer is given.

The **delay** of a claim is the time from the end of its window (from its beginning, where the end
is open) to its report, and no less than nothing; what has no beginning either has none. No share of
anything is given without the counts that it is made of.

All this is asked of a projection whose every key rests on one verdict, as control does.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from heapq import merge
from itertools import groupby
from statistics import median
from typing import Any, Literal, get_args

from attrs import evolve, frozen

from timeline.domain.events import EventId, PlaceId, Retraction, SourceId
from timeline.domain.timed_event import TimedEvent
from timeline.replay import engine, sweep
from timeline.replay.cells import Claim, Position
from timeline.replay.policies import Verdict
from timeline.replay.projection import Context, Projection
from timeline.temporal.dates import FUTURE, PAST, TICK, Window

Outcome = Literal["upheld", "overturned", "open", "retracted", "replaced"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)


@frozen
class Gap:
    """A stretch of time about which something else is known now than was at the time.

    Attributes:
        key: what it is about, as the place.
        begin: its first instant, in UTC; `PAST` where it has no beginning.
        end: the first instant after it.
        then: the answer that could be given at the time, as it was when the gap began; None for
            none.
        now: the answer that is given now about that time; None for none.
    """

    key: Any
    begin: datetime
    end: datetime
    then: Any
    now: Any

    @property
    def length(self) -> timedelta | None:
        """How long it lasted; None where it has no beginning."""
        return None if self.begin == PAST else self.end - self.begin


@frozen
class Judged:
    """A claim with its outcome, as known at the cut.

    Attributes:
        event: the event that makes the claim.
        key: what the claim is about.
        outcome: what became of it.
        delay: from the end of its window to its report; None where the window has neither end.
    """

    event: EventId
    source: SourceId
    key: Any
    outcome: Outcome
    delay: timedelta | None


@frozen
class Score:
    """What became of the claims of one source, or on one place: how many, by outcome, and their median delay."""

    claims: int
    outcomes: Mapping[Outcome, int]
    delay: timedelta | None


def gaps(
    projection: Projection[Any, Any],
    events: Sequence[TimedEvent],
    context: Context,
    places: Sequence[PlaceId] | None = None,
) -> Iterator[Gap]:
    """Yield the gaps between what was known at the time and what is known at the cut, in the order in which they end.

    There is none where everything was reported as it happened and nothing was withdrawn.
    """
    lines = [_told(projection, events, context, along, places) for along in ("both", "valid")]
    empty = evolve(context, cut=evolve(context.cut, at=PAST))
    start = {key: projection.read(key, {}, empty) for key in projection.keys(context.city)}
    answers: tuple[dict[Any, Any], dict[Any, Any]] = (dict(start), dict(start))
    open_gaps: dict[Any, Gap] = {}
    for instant, together in _by_instant(merge(*lines, key=lambda told: told[0])):
        for _, line, change in together:
            answers[line][change.key] = change.after
        for key in sorted({change.key for _, _, change in together}, key=str):
            gap = _gap(projection, key, instant, answers[0].get(key), answers[1].get(key))
            before = open_gaps.pop(key, None)
            if before and gap and _said(projection, before) == _said(projection, gap):
                gap = before
            elif before:
                yield evolve(before, end=instant)
            if gap:
                open_gaps[key] = gap
    yield from open_gaps.values()


def judged(
    projection: Projection[Any, Any],
    events: Sequence[TimedEvent],
    context: Context,
    places: Sequence[PlaceId] | None = None,
) -> Iterator[Judged]:
    """Yield every claim that was made public by the cut with its outcome, in order of id."""
    cut = context.cut
    known = [
        one
        for one in engine.recorded_by(events, cut)
        if cut.known is None or one.known <= cut.known
    ]
    by_id = {one.event.id: one for one in known}
    withdrawn: dict[EventId, Outcome] = {}
    for id, withdrawal in engine.withdrawals(known).items():
        withdrawn[id] = (
            "retracted" if isinstance(by_id[withdrawal.by].event, Retraction) else "replaced"
        )
    keys = sweep.Keys(projection, context, places)
    found = {
        claim.id: (key, withdrawn[claim.id])
        for key, claim in _asserted(projection, known, withdrawn)
        if keys.asked(key)
    }
    found |= _standing_outcomes(projection, known, context, keys)
    for id in sorted(found):
        key, outcome = found[id]
        yield Judged(id, by_id[id].event.source, key, outcome, delay(by_id[id]))


def score(claims: Iterable[Judged]) -> Score:
    """Return the counts of some claims, and their median delay."""
    claims = list(claims)
    delays = [claim.delay.total_seconds() for claim in claims if claim.delay is not None]
    outcomes = {outcome: sum(claim.outcome == outcome for claim in claims) for outcome in OUTCOMES}
    return Score(len(claims), outcomes, timedelta(seconds=median(delays)) if delays else None)


def delay(fact: TimedEvent) -> timedelta | None:
    """Return the time from when something had happened to its report, and no less than nothing; None for what has no date."""
    window, known = fact.window, fact.known
    happened = _judged_at(window)
    return None if happened is None else max(known - happened, timedelta())


def _judged_at(window: Window) -> datetime | None:
    """Return the last instant of a window; the first, where the end is open; None where neither is known."""
    if window.latest != FUTURE:
        return window.latest - TICK
    return None if window.earliest == PAST else window.earliest


def _told(
    projection: Projection[Any, Any],
    events: Sequence[TimedEvent],
    context: Context,
    along: sweep.Along,
    places: Sequence[PlaceId] | None,
) -> Iterator[tuple[datetime, int, sweep.Change[Any]]]:
    line = 0 if along == "both" else 1
    for change in sweep.changes(projection, events, context, along=along, places=places):
        yield change.when, line, change


def _by_instant(
    told: Iterable[tuple[datetime, int, Any]],
) -> Iterator[tuple[datetime, list[tuple[datetime, int, Any]]]]:
    for instant, together in groupby(told, key=lambda one: one[0]):
        yield instant, list(together)


def _gap(
    projection: Projection[Any, Any], key: Any, instant: datetime, then: Any, now: Any
) -> Gap | None:
    gap = Gap(key, instant, FUTURE, then, now)
    a, b = _said(projection, gap)
    return None if a == b else gap


def _said(projection: Projection[Any, Any], gap: Gap) -> tuple[Hashable, Hashable]:
    """Return what was said then and what is said now, without how sure it was."""
    return tuple(
        None if answer is None else projection.substance(answer) for answer in (gap.then, gap.now)
    )  # type: ignore[return-value]


def _asserted(
    projection: Projection[Any, Any], known: Iterable[TimedEvent], ids: Iterable[EventId]
) -> Iterator[tuple[Any, Claim[Any]]]:
    """Yield the claims that some events assert, each with its key."""
    wanted = set(ids)
    for fact in known:
        if fact.event.id in wanted and type(fact.event) in projection.listens:
            for effect in projection.effects(fact, lambda _: None):
                for claim in effect.cell.claims if isinstance(effect.cell, Position) else ():
                    if claim.asserts:
                        yield effect.key, claim


def _standing_outcomes(
    projection: Projection[Any, Any],
    known: Sequence[TimedEvent],
    context: Context,
    keys: sweep.Keys,
) -> dict[EventId, tuple[Any, Outcome]]:
    """Return the outcomes of the claims that stand, each judged when the sweep comes by the instant at which it is judged."""
    found: dict[EventId, tuple[Any, Outcome]] = {}
    for instant, board, moves in sweep.walk(projection, known, context, "valid"):
        here = keys.at(instant, "valid")
        for key in moves:
            due = (
                [claim for move in moves[key] for claim in _due(move, instant)]
                if keys.asked(key)
                else []
            )
            if due:
                (verdict,) = projection.judge(key, keys.cells(key, board), here)
                found |= {claim.id: (key, outcome(claim, verdict)) for claim in due}
    return found


def _due(move: sweep.Move, instant: datetime) -> Sequence[Claim[Any]]:
    """Return the claims that are to be judged as an effect moves."""
    effect = move.lifetime.effect
    at = _judged_at(effect.window) or PAST
    if move.now is None or at != instant or not isinstance(effect.cell, Position):
        return ()
    return [claim for claim in effect.cell.claims if claim.asserts]


def outcome(claim: Claim[Any], verdict: Verdict[Any]) -> Outcome:
    """Return what the verdict on a key at the time of a claim makes of it."""
    case = verdict.case
    if case is None or verdict.ruling == "withhold" or case.status == "disputed":
        return "open"
    if case.leading.value.affirms(claim.value):
        return "upheld" if case.status == "corroborated" else "open"
    return "overturned" if case.leading.value.rivals(claim.value) else "open"
