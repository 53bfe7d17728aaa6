"""The events that concern an answer and have no part in it, each with its reason."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from attrs import frozen

from timeline.analysis.subject import Subject
from timeline.analysis.unweighed import Unweighed, Why
from timeline.domain.events import EventId, Retraction
from timeline.domain.references import about
from timeline.domain.timed_event import TimedEvent
from timeline.replay import engine
from timeline.replay.cells import Claim, Testimony
from timeline.replay.policies import Verdict
from timeline.replay.projection import Context
from timeline.replay.shares import bearing_on

REASONS: Mapping[str, str] = {
    "not_recorded": "was not in the log yet",
    "not_known": "was not known yet",
    "retracted": "was retracted",
    "replaced": "was replaced",
    "about_nothing": "speaks of what does not stand",
    "not_begun": "had not happened yet",
    "share_of_more": "is about a share of a wider place, which says nothing about a part of it",
    "excepted": "is about a wider place, and leaves this one out",
    "set_aside": "is set aside by the policy, and bears on nothing that is left",
    "taken_back": "was taken back by its own side, so that it never led",
    "announced_again": (
        "was contradicted at its time, and its own side announced it anew, so that it never led"
    ),
    "not_on_top": (
        "is a claim to a part that does not count: its speaker has said otherwise,"
        " or it does not follow the claim to the whole"
    ),
    "own_word": "passes on a word, and gives way to what its speaker says itself",
    "closer_look": "gives way to its own speaker's look at a closer place, told together with it",
    "overtaken": "is replaced by what its own speaker told later of the same time",
    "denied_since": "is no longer said by its speaker, who has denied it",
    "ended": "is no longer said by its speaker, who says otherwise of a later time",
    "said_anew": (
        "is from before another holder was told of; its speaker has told of the change anew since"
    ),
    "lapsed": (
        "has lapsed: its own side says otherwise since, or two independent speakers outweigh it"
    ),
    "parted": "belongs to an earlier tenure: another held it in between",
    "not_told_lately": "was told too long before the last look to stand against it",
    "earlier_time": "speaks of a time before the tenure had begun",
    "of_the_whole": "is about the whole of the place; a share leads that counts on top of it",
    "own_claim": "is about a claim of its own side, and disputes nobody else's",
    "wider_sentence": "is about a sentence on a wider place, on which this answer does not rest",
    "outlived": "is about an earlier claim; an outsider has told of a later change",
    "of_no_claim": "is about a claim on which the answer does not rest",
    "no_lead": "can be weighed against nothing, for nobody leads",
}
"""Why an event that concerns an answer is left out of it."""


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
    unweighed = list(map(Unweighed.of, verdicts))
    for fact in sorted(facts, key=lambda fact: (fact.known, fact.event.id)):
        if fact.event.id in unseen:
            yield LeftOut(fact, *unseen[fact.event.id])
        else:
            yield LeftOut(fact, *_unheard(fact, unweighed, subject))


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


def _unheard(fact: TimedEvent, unweighed: Sequence[Unweighed], subject: Subject) -> Why:
    """Return why a standing event has no part in the answer; its first claim tells."""
    if not subject.effects(fact):
        return "about_nothing", _lost(fact, subject)
    claim = next(_begun_claims(fact, subject), None)
    if claim is None:
        return "not_begun", None
    if subject.projection.inherits and not _bears_on(claim, subject):
        return ("excepted" if claim.value.whole else "share_of_more"), None
    verdict = next((verdict for verdict in unweighed if verdict.answers(claim)), None)
    return verdict.why(claim) if verdict else ("no_lead", None)


def _begun_claims(fact: TimedEvent, subject: Subject) -> Iterator[Claim[Any]]:
    for effect in subject.begun(fact):
        if isinstance(effect.cell, Testimony):
            yield from effect.cell.claims


def _bears_on(claim: Claim[Any], subject: Subject) -> bool:
    return bool(bearing_on([claim], subject.key, subject.context.city))


def _lost(fact: TimedEvent, subject: Subject) -> EventId | None:
    """Return the first event that another is about and that does not stand."""
    concerned = {other.event.id for other in subject.events}
    lost = (id for id in about(fact.event) if id in concerned and id not in subject.standing)
    return next(lost, None)
