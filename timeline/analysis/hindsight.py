"""Hindsight: where knowledge of the time differs from that of today, and whose claims held.

A **gap** is a stretch in which the answer known at the time differs from the one at the cut, apart
from its sureness. A **claim** is judged at the last instant of its window (the first, if its end is
open): `retracted` or `replaced` by the log; `overturned` where its own side took it back, or where
an undisputed answer excludes it; `upheld` where an undisputed answer says the same by two
independent speakers who looked at its time; else `open`. A denial fares as its claim does not.
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

from timeline.domain.events import EventId, PlaceId, Retraction, SourceId, Statement
from timeline.domain.timed_event import TimedEvent
from timeline.replay import engine, sweep
from timeline.replay.cells import Claim, Testimony
from timeline.replay.policies import Verdict
from timeline.replay.projection import Context, Projection
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
    """A claim, or the denial of one, with its outcome and its `delay`, as known at the cut."""

    event: EventId
    source: SourceId
    key: Any
    outcome: Outcome
    delay: timedelta | None
    denies: bool = False


@frozen
class Score:
    """The claims of one source, or on one place: their number, outcomes and median delay."""

    claims: int
    outcomes: Mapping[Outcome, int]
    delay: timedelta | None


def gaps(
    projection: Projection[Any, Any, Any],
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
    projection: Projection[Any, Any, Any],
    events: Sequence[TimedEvent],
    context: Context,
    places: Sequence[PlaceId] | None = None,
) -> Iterator[Judged]:
    """Yield every claim and denial made public by the cut with its outcome, in order of id."""
    known = list(filter(context.cut.sees, events))
    by_id = {fact.event.id: fact for fact in known}
    outcomes = _withdrawn_outcomes(projection, known)
    outcomes |= _standing_outcomes(projection, known, context)
    outcomes |= _denial_outcomes(by_id, outcomes)
    for id, (key, outcome) in sorted(outcomes.items()):
        if places is None or engine.concerns(projection, key, places, context.city):
            fact = by_id[id]
            denies = isinstance(fact.event, Statement)
            yield Judged(id, fact.event.source, key, outcome, delay(fact), denies)


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
    case, testimonies = verdict.case, verdict.testimonies
    if claim.id in testimonies.taken or _contradicted_by_its_own(claim, verdict):
        return "overturned"
    if case is None or case.leading is None or verdict.ruling == "withhold":
        return "open"
    if case.status == "disputed":
        return "open"
    head = testimonies.vantage.head
    if case.leading.value.affirms(claim.value, head):
        return "upheld" if _looked_at_its_time(claim, verdict) >= 2 else "open"
    return "overturned" if case.leading.value.rivals(claim.value, head) else "open"


def _contradicted_by_its_own(claim: Claim[Any], verdict: Verdict[Any]) -> bool:
    """Return whether a claim's own speaker told otherwise of its time, later."""
    if not getattr(claim.value, "whole", True):
        return False
    counted = {word.claim.id for word in verdict.testimonies.speakers.words}
    return claim.id not in counted and claim.id not in {aside.id for aside in verdict.set_aside}


def _looked_at_its_time(claim: Claim[Any], verdict: Verdict[Any]) -> int:
    """Return how many independent speakers of the leading tenure looked at a claim's time."""
    tenure = verdict.case.tenure if verdict.case else None
    words = [word for stand in tenure.stands for word in stand.words] if tenure else []
    since = claim.window.earliest
    return len({word.bloc for word in words if word.window.latest > since})


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
    projection: Projection[Any, Any, Any],
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
    projection: Projection[Any, Any, Any], key: Any, instant: datetime, answers: Answers
) -> Gap | None:
    then, now = (line.get(key) for line in answers)
    gap = Gap(key, instant, FUTURE, then, now)
    a, b = _said(projection, gap)
    return None if a == b else gap


def _goes_on(projection: Projection[Any, Any, Any], before: Gap | None, gap: Gap | None) -> bool:
    if before is None or gap is None:
        return False
    return _said(projection, before) == _said(projection, gap)


def _said(projection: Projection[Any, Any, Any], gap: Gap) -> tuple[Hashable, Hashable]:
    """Return the substance of both answers, without how sure they were."""
    return _substance(projection, gap.then), _substance(projection, gap.now)


def _substance(projection: Projection[Any, Any, Any], answer: Any) -> Hashable:
    return None if answer is None else projection.substance(answer)


# Outcomes -----------------------------------------------------------------------------------------


Outcomes = dict[EventId, tuple[Any, Outcome]]
"""The outcomes of claims, each with the key that it is about."""


def _withdrawn_outcomes(
    projection: Projection[Any, Any, Any], known: Sequence[TimedEvent]
) -> Outcomes:
    """Return the outcomes of the claims that were withdrawn."""
    by_id, outcomes = {fact.event.id: fact for fact in known}, Outcomes()
    for id, withdrawal in engine.withdrawals(known).items():
        retracted = isinstance(by_id[withdrawal.by].event, Retraction)
        for key, claim in _asserted(projection, by_id.get(id)):
            outcomes[claim.id] = key, "retracted" if retracted else "replaced"
    return outcomes


def _asserted(
    projection: Projection[Any, Any, Any], fact: TimedEvent | None
) -> Iterator[tuple[Any, Claim[Any]]]:
    """Yield the claims that an event asserts, each with its key."""
    if fact is None:
        return
    for _, effect in engine.effects_of((projection,), fact, lambda _: None):
        if isinstance(effect.cell, Testimony):
            yield from ((effect.key, claim) for claim in effect.cell.claims if claim.original)


def _standing_outcomes(
    projection: Projection[Any, Any, Any], known: Sequence[TimedEvent], context: Context
) -> Outcomes:
    """Return the outcomes of the standing claims, each judged at its own instant."""
    standing = engine.visible(known, context.cut)
    cells = engine.replay(projection, standing.values(), standing.get, context.cut.instant)
    due: dict[tuple[Any, datetime], list[Claim[Any]]] = {}
    for fact in standing.values():
        for key, claim in _asserted(projection, fact):
            at = _judged_at(claim.window) or PAST
            if at <= context.cut.instant:
                due.setdefault((key, at), []).append(claim)
    outcomes = Outcomes()
    for (key, at), claims in due.items():
        here = _at(at, standing, context)
        found = engine.cells_of(projection, key, cells, context.city)
        (verdict,) = projection.judge(key, found, here)
        outcomes |= {claim.id: (key, outcome(claim, verdict)) for claim in claims}
    return outcomes


def _at(at: datetime, standing: Mapping[EventId, TimedEvent], context: Context) -> Context:
    """Return the context of an earlier instant."""
    editions = engine.editions(standing.values(), context.city, at) if context.editions else {}
    return evolve(context, cut=evolve(context.cut, at=at), editions=editions)


INVERSE: Mapping[Outcome, Outcome] = {
    "upheld": "overturned",
    "overturned": "upheld",
    "retracted": "upheld",
}
"""The outcome of a denial by that of the claim; of others nothing follows."""


def _denial_outcomes(by_id: Mapping[EventId, TimedEvent], outcomes: Outcomes) -> Outcomes:
    """Return the outcomes of denials: as those of the claims that they deny are not.

    Of a denial of several claims all must have been overturned for it to be upheld.
    """
    withdrawn = engine.withdrawals(by_id.values())
    denials = Outcomes()
    for id, fact in by_id.items():
        event = fact.event
        if not isinstance(event, Statement) or event.stance != "disagree":
            continue
        judged = [outcomes[about] for about in event.about if about in outcomes]
        if judged:
            outcome = _withdrawn(id, withdrawn, by_id) or _inverse(judged)
            denials[id] = judged[0][0], outcome
    return denials


def _inverse(judged: Iterable[tuple[Any, Outcome]]) -> Outcome:
    """Return the outcome of a denial by those of the claims that it denies."""
    found = {INVERSE.get(outcome, "open") for _, outcome in judged}
    mixed: Outcome = "overturned" if "overturned" in found else "open"
    return found.pop() if len(found) == 1 else mixed


def _withdrawn(
    id: EventId,
    withdrawn: Mapping[EventId, engine.Withdrawal],
    by_id: Mapping[EventId, TimedEvent],
) -> Outcome | None:
    """Return how an event was withdrawn; None for one that stands."""
    if id not in withdrawn:
        return None
    retracted = isinstance(by_id[withdrawn[id].by].event, Retraction)
    return "retracted" if retracted else "replaced"
