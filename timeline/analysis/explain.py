"""Explanations: who says so, who disputes it, which rules decided, and what was left out.

They read what replay reads and change no answer.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Literal, get_args

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
from timeline.replay.projection import Context
from timeline.replay.speakers import Word, words_of
from timeline.replay.weighing import Case

Bearing = Literal["for", "against", "unclear"]
Interest = Literal["disinterested", "self_serving", "against_own_side", "partisan"]
Part = Literal["leads", "supports", "disputes", "left out"]
PARTS: tuple[Part, ...] = get_args(Part)


@frozen
class Standpoint:
    """An event that bears on an answer, and what its source has to gain by it."""

    fact: TimedEvent
    bearing: Bearing
    interest: Interest


@frozen
class SpeakerStand:
    """The last thing that a speaker says, and its part in the answer.

    Attributes:
        speaker: the side, or ``@`` and the source that has none.
        sentence: the event by which it would lead: the change that it tells of, or its last look.
        turned: whether it tells of a change, so that it says since when.
        told: when it last spoke, in UTC.
        part: whether it leads, supports or disputes the answer, or is left out.
        rule: the name of the rule by which it leads; None for one that does not.
    """

    speaker: str
    sentence: TimedEvent
    turned: bool
    told: datetime
    part: Part
    rule: str | None = None


@frozen(kw_only=True)
class Explanation:
    """An answer and its reasons.

    Standpoints are sorted by bearing, then as they became known; speakers by their part.
    """

    subject: Subject
    answer: Any
    standpoints: tuple[Standpoint, ...]
    speakers: tuple[SpeakerStand, ...]
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
        speakers=tuple(_speakers(verdicts, subject)),
        rules=tuple(rules(answer, verdicts, cells)),
        left_out=tuple(left_out(unused, verdicts, events, subject)),
    )


def _speakers(verdicts: Sequence[Verdict[Any]], subject: Subject) -> Iterator[SpeakerStand]:
    """Yield the stands of all speakers, those that lead first."""
    stands = [stand for verdict in verdicts for stand in _stands_of(verdict, subject)]
    yield from sorted(stands, key=lambda stand: (PARTS.index(stand.part), stand.speaker))


def _stands_of(verdict: Verdict[Any], subject: Subject) -> Iterator[SpeakerStand]:
    """Yield the stands that a verdict weighed, shares of a place among them."""
    case, stands = verdict.case, list(verdict.testimonies.speakers.stands.values())
    if case and case.rule == "on_top" and case.tenure:
        stands += case.tenure.stands
    parts = _parts_of(case)
    for stand in stands:
        here = {parts[word.claim.id] for word in stand.words if word.claim.id in parts}
        part = min(here, key=PARTS.index, default=PARTS[-1])
        rule = case.rule if case and part == "leads" else None
        sentence = subject.standing[stand.sentence.claim.id]
        turned = stand.turn is not None
        yield SpeakerStand(stand.speaker, sentence, turned, stand.told, part, rule)


def _parts_of(case: Case[Any] | None) -> dict[EventId, Part]:
    """Return the part that each claim has in a case."""
    if case is None:
        return {}
    parts: dict[EventId, Part] = {}
    parts |= dict.fromkeys(_ids([*case.against, *case.overruled]), "disputes")
    parts |= dict.fromkeys(_ids([*case.support, *case.seconded]), "supports")
    if case.leading:
        parts[case.leading.id] = "leads"
    return parts


def interest(fact: TimedEvent, word: Word[Any] | None, city: City) -> Interest:
    """Return the stake of an event's source; a denial serves whoever the claim does not."""
    if city.side_of(fact.event.source, fact.known) is None:
        return "disinterested"
    if word is None:
        return "partisan"
    if not word.claim.asserts:
        return "against_own_side" if word.serving else "self_serving"
    if word.serving:
        return "self_serving"
    return "against_own_side" if word.admits else "partisan"


def _standpoints(
    answer: Any, verdicts: Sequence[Verdict[Any]], subject: Subject
) -> Iterator[Standpoint]:
    """Yield the events for, against and unclear about an answer, each group as it became known."""
    claims, words = _claims(verdicts), _words(verdicts, subject.context)
    ids: dict[Bearing, set[EventId]] = {bearing: _ids(claims[bearing]) for bearing in claims}
    ids["for"] |= _parts(answer, subject) - ids["against"] - ids["unclear"]
    ids["for"] |= set(getattr(answer, "because", ()))
    for bearing in claims:
        facts = [subject.standing[id] for id in ids[bearing] if id in subject.standing]
        for fact in sorted(facts, key=lambda fact: (fact.known, fact.event.id)):
            stake = interest(fact, words.get(fact.event.id), subject.context.city)
            yield Standpoint(fact, bearing, stake)


def _words(verdicts: Sequence[Verdict[Any]], context: Context) -> dict[EventId, Word[Any]]:
    """Return the words that verdicts weighed or set aside, by event."""
    heard = [word for verdict in verdicts for word in verdict.testimonies.words]
    aside = [claim for verdict in verdicts for claim in verdict.set_aside]
    every = [*words_of(aside, context.vantage), *heard]
    return {word.claim.id: word for word in every}


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


def _ids(claims: Iterable[Claim[Any]]) -> set[EventId]:
    return {claim.id for claim in claims}


def _parts(answer: Any, subject: Subject) -> set[EventId]:
    """Return the events that an answer names and that concern it, and those that it adds up."""
    concerned = {fact.event.id for fact in subject.events}  # others may be spoken of in a statement
    standing = (fact for fact in subject.events if fact.event.id in subject.standing)
    counted = {fact.event.id for fact in standing if _is_counted(fact, subject)}
    return named(answer) & concerned | counted


def _is_counted(fact: TimedEvent, subject: Subject) -> bool:
    return any(isinstance(effect.cell, Count) for effect in subject.begun(fact))
