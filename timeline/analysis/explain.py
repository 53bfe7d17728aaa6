"""Explanations: who says so, who disputes it, which rules decided, and what was left out.

They read what replay reads and change no answer.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Literal

from attrs import frozen

from timeline.analysis.omissions import LeftOut, left_out
from timeline.analysis.rules import Rule, rules
from timeline.analysis.subject import Subject
from timeline.domain.city import City
from timeline.domain.events import EventId
from timeline.domain.timed_event import TimedEvent
from timeline.replay.answers import named
from timeline.replay.cells import Claim, Count
from timeline.replay.policies import Verdict

Bearing = Literal["for", "against", "unclear"]
Interest = Literal["disinterested", "self_serving", "against_own_side", "partisan"]


@frozen
class Standpoint:
    """An event that bears on an answer, and what its source has to gain by it."""

    fact: TimedEvent
    bearing: Bearing
    interest: Interest


@frozen(kw_only=True)
class Explanation:
    """An answer and its reasons; standpoints are sorted by bearing, then as they became known."""

    subject: Subject
    answer: Any
    standpoints: tuple[Standpoint, ...]
    rules: tuple[Rule, ...]
    left_out: tuple[LeftOut, ...]

    def of(self, bearing: Bearing) -> list[Standpoint]:
        """Return the standpoints of one bearing."""
        return [point for point in self.standpoints if point.bearing == bearing]


def explain(subject: Subject, events: Sequence[TimedEvent]) -> Explanation:
    """Return why an answer is what it is; `events` are all of the log."""
    projection, key, context = subject.projection, subject.key, subject.context
    cells = subject.cells(subject.standing, context)
    answer, verdicts = projection.read(key, cells, context), projection.judge(key, cells, context)
    standpoints = tuple(_standpoints(answer, verdicts, subject))
    used = {point.fact.event.id for point in standpoints}
    unused = (fact for fact in subject.events if fact.event.id not in used)
    return Explanation(
        subject=subject,
        answer=answer,
        standpoints=standpoints,
        rules=tuple(rules(answer, verdicts, cells)),
        left_out=tuple(left_out(unused, cells, verdicts, events, subject)),
    )


def interest(fact: TimedEvent, claim: Claim[Any] | None, city: City) -> Interest:
    """Return the stake of an event's source; a denial serves whoever the claim does not."""
    side = city.side_of(fact.event.source, fact.known)
    favours = claim.value.favours if claim else None
    if side is None:
        return "disinterested"
    if favours is None:
        return "partisan"
    denies = claim is not None and claim.mode in ("disagree", "unclear")
    return "self_serving" if (side == favours) != denies else "against_own_side"


def _standpoints(
    answer: Any, verdicts: Sequence[Verdict[Any]], subject: Subject
) -> Iterator[Standpoint]:
    """Yield the events for, against and unclear about an answer, each group as it became known."""
    claims, accepted = _claims(verdicts), _by_id(*(verdict.accepted for verdict in verdicts))
    ids: dict[Bearing, set[EventId]] = {bearing: set(_by_id(claims[bearing])) for bearing in claims}
    ids["for"] |= _parts(answer, subject) - ids["against"] - ids["unclear"]
    ids["for"] |= set(getattr(answer, "because", ()))
    for bearing in claims:
        claim_of = accepted | _by_id(claims[bearing])
        facts = [subject.standing[id] for id in ids[bearing] if id in subject.standing]
        for fact in sorted(facts, key=lambda fact: (fact.known, fact.event.id)):
            stake = interest(fact, claim_of.get(fact.event.id), subject.context.city)
            yield Standpoint(fact, bearing, stake)


def _claims(verdicts: Sequence[Verdict[Any]]) -> dict[Bearing, list[Claim[Any]]]:
    """Return the claims that verdicts weighed, by their bearing on the answer."""
    claims: dict[Bearing, list[Claim[Any]]] = {"for": [], "against": [], "unclear": []}
    for case in (verdict.case for verdict in verdicts if verdict.case):
        claims["for"] += [*case.support, *case.seconded]
        claims["against"] += [*case.against, *case.overruled]
        claims["unclear"] += case.unclear
    for verdict in verdicts:
        if verdict.case is None:
            claims["unclear"] += verdict.set_aside
    return claims


def _by_id(*claims: Sequence[Claim[Any]]) -> dict[EventId, Claim[Any]]:
    return {claim.id: claim for group in claims for claim in group}


def _parts(answer: Any, subject: Subject) -> set[EventId]:
    """Return the events that an answer names and that concern it, and those that it adds up."""
    concerned = {fact.event.id for fact in subject.events}  # others may be spoken of in a statement
    standing = (fact for fact in subject.events if fact.event.id in subject.standing)
    counted = {fact.event.id for fact in standing if _is_counted(fact, subject)}
    return named(answer) & concerned | counted


def _is_counted(fact: TimedEvent, subject: Subject) -> bool:
    return any(isinstance(effect.cell, Count) for effect in subject.begun(fact))
