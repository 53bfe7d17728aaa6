"""The events that concern an answer and have no part in it, each with its reason."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from attrs import frozen

from timeline.analysis.subject import Subject
from timeline.domain.events import EventId, Retraction
from timeline.domain.references import about
from timeline.domain.timed_event import TimedEvent
from timeline.replay import engine
from timeline.replay.cells import Claim, Testimony
from timeline.replay.policies import Verdict
from timeline.replay.projection import Context
from timeline.replay.speakers import Word
from timeline.replay.stands import Stand
from timeline.replay.weighing import Case

REASONS: Mapping[str, str] = {
    "not_recorded": "was not in the log yet",
    "not_known": "was not known yet",
    "retracted": "was retracted",
    "replaced": "was replaced",
    "about_nothing": "speaks of what does not stand",
    "not_begun": "had not happened yet",
    "share_of_more": "is a share of a wider place, which says nothing about a part of it",
    "excepted": "is about a wider place, and leaves this one out",
    "taken_back": "was taken back by its own side, so that it never led",
    "overtaken": "is replaced by what its own speaker told later of the same time",
    "ended": "is no longer said by its speaker, who says otherwise of a later time",
    "not_on_top": "is a claim to a part that does not count on top of the claim to the whole",
    "lapsed": (
        "has lapsed: its own side says otherwise since, or two independent speakers outweigh it"
    ),
    "parted": "belongs to an earlier tenure: another held it in between",
    "not_looked_since": "is by a speaker who has not looked since the tenure began",
    "wider_denial": "denies a sentence about a wider place, on which this answer does not rest",
    "outlived_denial": "denies an earlier claim: an outsider has told of a later change",
    "of_no_claim": "is about a claim on which the answer does not rest",
    "no_lead": "can be weighed against nothing, for nobody leads",
    "own_claim": "is about a claim of its own side",
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
    verdicts: Sequence[Verdict[Any]],
    events: Sequence[TimedEvent],
    subject: Subject,
) -> Iterator[LeftOut]:
    """Yield the events without part in an answer, as they became known, with the reasons.

    `verdicts` are those of the answer, and `events` are all of the log.
    """
    unseen = _unseen(events, subject.context)
    for fact in sorted(facts, key=lambda fact: (fact.known, fact.event.id)):
        if fact.event.id in unseen:
            yield LeftOut(fact, *unseen[fact.event.id])
        else:
            yield _unheard(fact, verdicts, subject)


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


def _unheard(fact: TimedEvent, verdicts: Sequence[Verdict[Any]], subject: Subject) -> LeftOut:
    """Return why a standing event has no part in the answer; its first claim tells."""
    if not subject.effects(fact):
        return LeftOut(fact, "about_nothing", _lost(fact, subject))
    testimonies = (effect.cell for effect in subject.begun(fact))
    made = (cell.claims for cell in testimonies if isinstance(cell, Testimony))
    claim = next((claim for claims in made for claim in claims), None)
    if claim is None:
        return LeftOut(fact, "not_begun")
    return LeftOut(fact, *_unweighed(claim, _verdict_on(claim, verdicts)))


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


def _unweighed(claim: Claim[Any], verdict: Verdict[Any] | None) -> Why:
    """Return why a claim that has begun was not weighed."""
    if verdict is None:
        return "no_lead", None
    word = _find(claim, verdict.testimonies.words)
    if word is None:
        whole = getattr(claim.value, "whole", True)
        return ("excepted" if whole else "share_of_more"), None
    if claim.asserts:
        return _unweighed_word(word, verdict)
    return _unweighed_stance(word, verdict), None


def _find(claim: Claim[Any], words: Iterable[Word[Any]]) -> Word[Any] | None:
    wanted = claim.id, claim.about
    return next((word for word in words if (word.claim.id, word.claim.about) == wanted), None)


def _unweighed_word(word: Word[Any], verdict: Verdict[Any]) -> Why:
    """Return why a word on the holder neither supports nor disputes the answer."""
    testimonies, claim = verdict.testimonies, word.claim
    if claim.id in testimonies.taken:
        return "taken_back", testimonies.taken[claim.id]
    if not getattr(claim.value, "whole", True):
        return "not_on_top", None
    own = testimonies.speakers.histories.get(word.speaker, ())
    if _find(claim, own) is None:
        return "overtaken", _later_word(word, own)
    stand = testimonies.speakers.stands.get(word.speaker)
    if stand is None or _find(claim, stand.words) is None:
        return "ended", _next_word(word, own)
    return _unweighed_stand(stand, verdict.case), None


def _unweighed_stand(stand: Stand[Any], case: Case[Any] | None) -> str:
    """Return why a speaker's stand neither supports nor disputes the answer."""
    if case is None or case.tenure is None:
        return "no_lead"
    lapsed = {claim.id for claim in case.lapsed}
    if any(word.claim.id in lapsed for word in stand.words):
        return "lapsed"
    holder = case.tenure.stands[0].substance
    return "parted" if stand.substance == holder else "not_looked_since"


def _later_word(word: Word[Any], own: Iterable[Word[Any]]) -> EventId | None:
    """Return the word of the same speaker that replaces another."""
    later = [other for other in own if other.told > word.told and _meets(other, word)]
    newest = max(later, key=lambda other: other.told, default=None)
    return newest.claim.id if newest else None


def _meets(other: Word[Any], word: Word[Any]) -> bool:
    apart = other.window.precedes(word.window) or word.window.precedes(other.window)
    together = other.known == word.known and other.depth > word.depth
    return together or not apart


def _next_word(word: Word[Any], own: Iterable[Word[Any]]) -> EventId | None:
    """Return the next word of the same speaker that ends a run."""
    after = (other for other in own if other.spoken_of > word.spoken_of)
    ending = (other for other in after if other.denies or other.excluding(word) or other.changes)
    return next((other.claim.id for other in ending), None)


def _unweighed_stance(word: Word[Any], verdict: Verdict[Any]) -> str:
    """Return why a denial or a doubt does not count against the answer."""
    case, testimonies = verdict.case, verdict.testimonies
    if case is None or case.tenure is None:
        return "no_lead"
    if word.claim.id in {claim.id for claim in case.lapsed}:
        return "lapsed"
    targets = [other for other in testimonies.words if other.claim.id == word.claim.about]
    if any(target.speaker == word.speaker for target in targets):
        return "own_claim"
    if word.substance != case.tenure.stands[0].substance:
        return "of_no_claim"
    if word.depth < case.tenure.closest:
        return "wider_denial"
    supported = {claim.id for claim in case.support} | testimonies.taken.keys()
    return "outlived_denial" if word.claim.about in supported else "of_no_claim"
