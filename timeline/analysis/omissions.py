"""The events that concern an answer and have no part in it, each with its reason."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from attrs import frozen

from timeline.analysis.subject import Subject
from timeline.domain.events import EventId, Retraction
from timeline.domain.references import about
from timeline.domain.timed_event import TimedEvent
from timeline.replay import engine
from timeline.replay.cells import Claim, Position
from timeline.replay.leading import last_words
from timeline.replay.policies import Verdict
from timeline.replay.projection import Cells, Context, claims
from timeline.replay.weighing import Case, speaks_of

REASONS: Mapping[str, str] = {
    "not_recorded": "was not in the log yet",
    "not_known": "was not known yet",
    "retracted": "was retracted",
    "replaced": "was replaced",
    "about_nothing": "speaks of what does not stand",
    "not_begun": "had not happened yet",
    "overtaken": "has been overtaken by its own voice's later word",
    "taken_back": "has been denied by its own voice",
    "lapsed": (
        "has lapsed: its own side says otherwise since, or two independent voices outweigh it"
    ),
    "no_lead": "can be weighed against nothing, for nothing leads",
    "earlier_time": "speaks of an earlier time",
    "could_not_know": "was said before it can have happened",
    "not_on_top": "is a claim to a part that does not count on top of the claim to the whole",
    "silent": "neither says nor denies what the leading claim says",
}
"""Why an event that concerns an answer is left out of it."""

Why = tuple[str, EventId | None]
"""The name of a reason, and the event that brought it about, where there is one."""


@frozen
class LeftOut:
    """An event without part in the answer, the reason in `REASONS`, and what brought it about."""

    fact: TimedEvent
    reason: str
    by: EventId | None = None


def left_out(
    facts: Iterable[TimedEvent],
    cells: Cells,
    verdicts: Sequence[Verdict[Any]],
    events: Sequence[TimedEvent],
    subject: Subject,
) -> Iterator[LeftOut]:
    """Yield the events without part in an answer, as they became known, with the reasons.

    `cells` and `verdicts` are those of the answer, and `events` are all of the log.
    """
    unseen = _unseen(events, subject.context)
    for fact in sorted(facts, key=lambda fact: (fact.known, fact.event.id)):
        if fact.event.id in unseen:
            yield LeftOut(fact, *unseen[fact.event.id])
        else:
            yield _unheard(fact, cells, verdicts, subject)


def _unseen(events: Sequence[TimedEvent], context: Context) -> dict[EventId, Why]:
    """Return the events that do not stand at a cut, with the reasons."""
    by_id = {fact.event.id: fact.event for fact in events}
    recorded = engine.recorded_by(events, context.cut)
    known = list(filter(context.cut.sees, events))
    unseen: dict[EventId, Why] = dict.fromkeys(by_id, ("not_recorded", None))
    unseen |= dict.fromkeys((fact.event.id for fact in recorded), ("not_known", None))
    for fact in known:
        del unseen[fact.event.id]
    for id, withdrawal in engine.withdrawals(known).items():
        reason = "retracted" if isinstance(by_id[withdrawal.by], Retraction) else "replaced"
        unseen.setdefault(id, (reason, withdrawal.by))
    return unseen


def _unheard(
    fact: TimedEvent, cells: Cells, verdicts: Sequence[Verdict[Any]], subject: Subject
) -> LeftOut:
    """Return why a standing event has no part in the answer; its first claim tells."""
    if not subject.effects(fact):
        return LeftOut(fact, "about_nothing", _lost(fact, subject))
    positions = (effect.cell for effect in subject.begun(fact))
    made = (cell.claims for cell in positions if isinstance(cell, Position))
    claim = next((claim for claims in made for claim in claims), None)
    if claim is None:
        return LeftOut(fact, "not_begun")
    verdict = _verdict_on(claim, verdicts)
    return LeftOut(fact, *_unweighed(claim, verdict, claims(cells), subject.context))


def _lost(fact: TimedEvent, subject: Subject) -> EventId | None:
    """Return the first event that another is about and that does not stand."""
    concerned = {other.event.id for other in subject.events}
    lost = (id for id in about(fact.event) if id in concerned and id not in subject.standing)
    return next(lost, None)


def _verdict_on(claim: Claim[Any], verdicts: Sequence[Verdict[Any]]) -> Verdict[Any] | None:
    """Return the only verdict, or the one that weighed a claim or another on the same question."""
    if len(verdicts) == 1:
        return verdicts[0]
    return next((verdict for verdict in verdicts if _bears_on(verdict, claim)), None)


def _bears_on(verdict: Verdict[Any], claim: Claim[Any]) -> bool:
    return any(other.id == claim.id or other.question == claim.question for other in verdict.claims)


def _unweighed(
    claim: Claim[Any], verdict: Verdict[Any] | None, made: Sequence[Claim[Any]], context: Context
) -> Why:
    """Return why a claim was not weighed; `made` are all claims on the subject."""
    case = verdict.case if verdict else None
    if case and claim.id in {lapsed.id for lapsed in case.lapsed}:
        return "lapsed", None
    spoken = last_words(made, context.city, context.cut.instant)
    if (claim.id, claim.about) not in {(other.id, other.about) for other in spoken}:
        return "overtaken", _later_word(claim, spoken) or _later_word(claim, made)
    if claim.asserts and (denial := _own_denial(claim, spoken)):
        return "taken_back", denial
    return _irrelevance(claim, case), None


def _own_denial(claim: Claim[Any], spoken: Iterable[Claim[Any]]) -> EventId | None:
    """Return the later event by which a voice denies its own claim."""
    for other in spoken:
        denies = other.mode == "disagree" and other.about == claim.id
        if denies and other.voice == claim.voice and other.known > claim.known:
            return other.id
    return None


def _irrelevance(claim: Claim[Any], case: Case[Any] | None) -> str:
    """Return why a claim that still stands says nothing for or against the leading one."""
    if case is None:
        return "no_lead"
    if not speaks_of(claim, case.leading):
        earlier = claim.window.latest <= case.leading.window.earliest
        return "earlier_time" if earlier else "could_not_know"
    return "silent" if getattr(claim.value, "whole", True) else "not_on_top"


def _later_word(claim: Claim[Any], others: Iterable[Claim[Any]]) -> EventId | None:
    """Return the newest claim by which its own voice took a claim's place."""
    later = [other for other in others if _takes_the_place(other, claim)]
    newest = max(later, key=lambda one: (one.window.earliest, one.known, one.id), default=None)
    return newest.id if newest else None


def _takes_the_place(other: Claim[Any], claim: Claim[Any]) -> bool:
    if other.voice != claim.voice or other.question != claim.question or other.id == claim.id:
        return False
    if claim.window.precedes(other.window):
        return True
    return other.known >= claim.known and not other.window.precedes(claim.window)
