"""Hindsight: where knowledge of the time differs from that of today, and whose claims held.

A **gap** is a stretch in which the answer known at the time differs from the one at the cut, apart
from its sureness. A **claim** is judged at the last instant of its window (the first, if its end is
open): `retracted` or `replaced` by the log; `upheld` by an undisputed equal answer with two
independent voices; `overturned` by an undisputed answer that excludes it; else `open`.
Each key of the projection must rest on one verdict, as in control.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from heapq import merge
from itertools import groupby
from statistics import median
from typing import Any, Literal, NamedTuple, get_args

from attrs import evolve, frozen

from timeline.domain.events import EventId, PlaceId, Retraction, SourceId
from timeline.domain.timed_event import TimedEvent
from timeline.replay import engine, sweep
from timeline.replay.cells import Claim, Position
from timeline.replay.policies import Verdict
from timeline.replay.projection import Context, Effect, Projection
from timeline.temporal.dates import FUTURE, PAST, TICK, Window

Outcome = Literal["upheld", "overturned", "open", "retracted", "replaced"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)


@frozen
class Gap:
    """A stretch of time about which something else is known now than was at the time.

    It runs up to `end` in UTC, from `PAST` if it has no beginning; None stands for no answer.
    """

    key: Any
    begin: datetime
    end: datetime
    then: Any
    now: Any

    @property
    def length(self) -> timedelta | None:
        """The time that it lasted; None where it has no beginning."""
        return None if self.begin == PAST else self.end - self.begin


@frozen
class Judged:
    """A claim with its outcome and its `delay`, as known at the cut."""

    event: EventId
    source: SourceId
    key: Any
    outcome: Outcome
    delay: timedelta | None


@frozen
class Score:
    """The claims of one source, or on one place: their number, outcomes and median delay."""

    claims: int
    outcomes: Mapping[Outcome, int]
    delay: timedelta | None


def gaps(
    projection: Projection[Any, Any],
    events: Sequence[TimedEvent],
    context: Context,
    places: Sequence[PlaceId] | None = None,
) -> Iterator[Gap]:
    """Yield the gaps between the knowledge of the time and that of the cut, as they end."""
    lines = [_line(projection, events, context, along, places) for along in ("both", "valid")]
    empty = evolve(context, cut=evolve(context.cut, at=PAST))
    start = {key: projection.read(key, {}, empty) for key in projection.keys(context.city)}
    answers: Answers = (dict(start), dict(start))
    open_gaps: dict[Any, Gap] = {}
    for instant, turns in groupby(merge(*lines, key=_instant), key=_instant):
        changed = {_enter(answers, turn) for turn in turns}
        for key in sorted(changed, key=str):
            before, gap = open_gaps.pop(key, None), _gap(projection, key, instant, answers)
            if _goes_on(projection, before, gap):
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
    known = list(filter(context.cut.sees, events))
    by_id = {fact.event.id: fact for fact in known}
    keys = sweep.Keys(projection, context, places)
    outcomes = _withdrawn_outcomes(projection, known, keys)
    outcomes |= _standing_outcomes(projection, known, context, keys)
    for id, (key, outcome) in sorted(outcomes.items()):
        yield Judged(id, by_id[id].event.source, key, outcome, delay(by_id[id]))


def score(claims: Iterable[Judged]) -> Score:
    """Return the counts of some claims, and their median delay."""
    claims = list(claims)
    delays = [claim.delay.total_seconds() for claim in claims if claim.delay is not None]
    counts = Counter(claim.outcome for claim in claims)
    outcomes = {outcome: counts[outcome] for outcome in OUTCOMES}
    return Score(len(claims), outcomes, timedelta(seconds=median(delays)) if delays else None)


def delay(fact: TimedEvent) -> timedelta | None:
    """Return the time from an event's end (if open, its beginning) to its report, or None."""
    happened = _judged_at(fact.window)
    return None if happened is None else max(fact.known - happened, timedelta())


def outcome(claim: Claim[Any], verdict: Verdict[Any]) -> Outcome:
    """Return the outcome of a claim by the verdict on its key at its own time."""
    case = verdict.case
    if case is None or verdict.ruling == "withhold" or case.status == "disputed":
        return "open"
    if case.leading.value.affirms(claim.value):
        return "upheld" if case.status == "corroborated" else "open"
    return "overturned" if case.leading.value.rivals(claim.value) else "open"


def _judged_at(window: Window) -> datetime | None:
    """Return the last instant of a window; the first, if the end is open; None without either."""
    if window.latest != FUTURE:
        return window.latest - TICK
    return None if window.earliest == PAST else window.earliest


# Gaps ---------------------------------------------------------------------------------------------


class _Turn(NamedTuple):
    """A change of an answer: 0 of the one that was given at the time, 1 of the one given now."""

    line: int
    change: sweep.Change[Any]


Answers = tuple[dict[Any, Any], dict[Any, Any]]
"""The answers by key, as they were given at the time, and as they are given now."""


def _line(
    projection: Projection[Any, Any],
    events: Sequence[TimedEvent],
    context: Context,
    along: sweep.Along,
    places: Sequence[PlaceId] | None,
) -> Iterator[_Turn]:
    line = 0 if along == "both" else 1
    for change in sweep.changes(projection, events, context, along=along, places=places):
        yield _Turn(line, change)


def _instant(turn: _Turn) -> datetime:
    return turn.change.when


def _enter(answers: Answers, turn: _Turn) -> Any:
    """Enter a change into the answers, and return its key."""
    answers[turn.line][turn.change.key] = turn.change.after
    return turn.change.key


def _gap(
    projection: Projection[Any, Any], key: Any, instant: datetime, answers: Answers
) -> Gap | None:
    then, now = (line.get(key) for line in answers)
    gap = Gap(key, instant, FUTURE, then, now)
    a, b = _said(projection, gap)
    return None if a == b else gap


def _goes_on(projection: Projection[Any, Any], before: Gap | None, gap: Gap | None) -> bool:
    if before is None or gap is None:
        return False
    return _said(projection, before) == _said(projection, gap)


def _said(projection: Projection[Any, Any], gap: Gap) -> tuple[Hashable, Hashable]:
    """Return the substance of both answers, without how sure they were."""
    return _substance(projection, gap.then), _substance(projection, gap.now)


def _substance(projection: Projection[Any, Any], answer: Any) -> Hashable:
    return None if answer is None else projection.substance(answer)


# Outcomes -----------------------------------------------------------------------------------------


Outcomes = dict[EventId, tuple[Any, Outcome]]
"""The outcomes of claims, each with the key that it is about."""


def _withdrawn_outcomes(
    projection: Projection[Any, Any], known: Sequence[TimedEvent], keys: sweep.Keys
) -> Outcomes:
    """Return the outcomes of the claims that were withdrawn."""
    by_id, outcomes = {fact.event.id: fact for fact in known}, Outcomes()
    for id, withdrawal in engine.withdrawals(known).items():
        retracted = isinstance(by_id[withdrawal.by].event, Retraction)
        for key, claim in _asserted(projection, by_id.get(id)):
            if keys.asked(key):
                outcomes[claim.id] = key, "retracted" if retracted else "replaced"
    return outcomes


def _asserted(
    projection: Projection[Any, Any], fact: TimedEvent | None
) -> Iterator[tuple[Any, Claim[Any]]]:
    """Yield the claims that an event asserts, each with its key."""
    if fact is None:
        return
    for _, effect in engine.effects_of((projection,), fact, lambda _: None):
        for claim in _assertions(effect):
            yield effect.key, claim


def _standing_outcomes(
    projection: Projection[Any, Any],
    known: Sequence[TimedEvent],
    context: Context,
    keys: sweep.Keys,
) -> Outcomes:
    """Return the outcomes of the standing claims, each judged as the sweep passes its instant."""
    outcomes = Outcomes()
    for instant, board, moves in sweep.walk(projection, known, context, "valid"):
        here = keys.at(instant, "valid")
        for key in filter(keys.asked, moves):
            due = [claim for move in moves[key] for claim in _due(move, instant)]
            if due:
                (verdict,) = projection.judge(key, keys.cells(key, board), here)
                outcomes |= {claim.id: (key, outcome(claim, verdict)) for claim in due}
    return outcomes


def _due(move: sweep.Move, instant: datetime) -> Sequence[Claim[Any]]:
    """Return the claims that are to be judged as an effect moves."""
    effect = move.lifetime.effect
    at = _judged_at(effect.window) or PAST
    return () if move.now is None or at != instant else _assertions(effect)


def _assertions(effect: Effect) -> Sequence[Claim[Any]]:
    """Return the claims that an effect asserts, not counting stances on those of others."""
    if not isinstance(effect.cell, Position):
        return ()
    return [claim for claim in effect.cell.claims if claim.asserts]
