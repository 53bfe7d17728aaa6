"""Why an answer is what it is: who says so, who disputes it, which rules decided, what was left out and for what reason.

An explanation reads what replay reads – standing events, cells, verdicts – and keeps what an answer
leaves out. It decides nothing: were it wrong, no answer would change. What would change the answer
is in `timeline.analysis.counterfactuals`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal

from attrs import frozen

from timeline.domain.city import City
from timeline.domain.events import EventId, Retraction
from timeline.domain.references import about
from timeline.domain.timed_event import TimedEvent
from timeline.replay import engine
from timeline.replay.answers import named
from timeline.replay.cells import Claim, Count, Position
from timeline.replay.leading import last_words
from timeline.replay.policies import Verdict
from timeline.replay.projection import Cells, Context, Effect, Projection, claims
from timeline.replay.weighing import Case, speaks_of

Bearing = Literal["for", "against", "unclear"]
Interest = Literal["disinterested", "self_serving", "against_own_side", "partisan"]

RULES: Mapping[str, str] = {
    "nobody": "nobody has said anything that counts",
    "newest_change": "of the changes that no other is known to follow, the one whose time begins last leads",
    "seen_last": "nobody tells of a change, so what was seen last leads",
    "seen_since": "the voice that told of the change has seen otherwise since, and nobody tells of the change between: what it saw leads",
    "on_top": "a claim to a part counts on top of the claim to the whole, and the newer of the two leads",
    "inherited": "what is said of the place around it holds while nobody says more of this one",
    "set_aside": "the policy sets aside what it does not accept, and what is left leads",
    "withheld": "the policy gives no answer while a dispute stands",
    "disputed": "who could have known speaks of that time and says otherwise, and that still stands",
    "corroborated": "two independent voices or more say so",
    "reported": "one voice says so, and not only the side that gains by it",
    "claimed": "only the side that gains by it says so",
    "possible": "its time has not run out: it may not have happened yet",
    "contested": "a voice that counts says that it is fought over",
    "range": "the figures of one voice are added up, those of several are not: the answer is the range that covers all voices",
    "listed": "what each voice said last is listed, and not weighed",
}
"""The rules by which an answer comes about, in the words that explain it; `docs/method.md` shows each at work."""

REASONS: Mapping[str, str] = {
    "not_recorded": "was not in the log yet",
    "not_known": "was not known yet",
    "retracted": "was retracted",
    "replaced": "was replaced",
    "about_nothing": "speaks of what does not stand",
    "not_begun": "had not happened yet",
    "overtaken": "has been overtaken by its own voice's later word",
    "taken_back": "has been denied by its own voice",
    "lapsed": "has lapsed: its own side says otherwise since, or two independent voices outweigh it",
    "no_lead": "can be weighed against nothing, for nothing leads",
    "earlier_time": "speaks of an earlier time",
    "could_not_know": "was said before it can have happened",
    "not_on_top": "is a claim to a part that does not count on top of the claim to the whole",
    "silent": "neither says nor denies what the leading claim says",
}
"""Why an event that concerns an answer is left out of it."""


@frozen
class Standpoint:
    """An event on which an answer rests, or that disputes or doubts it.

    Attributes:
        fact: the event with its clocks.
        bearing: for the answer, against it, or unclear about it.
        interest: what its source has to gain by it: nothing; what it says serves its own side;
            speaks against its own side; or its source serves a side that has no stake in this.
    """

    fact: TimedEvent
    bearing: Bearing
    interest: Interest


@frozen
class Rule:
    """A rule that decided something, by its name in `RULES`, and the events that it was applied to."""

    name: str
    events: tuple[EventId, ...] = ()


@frozen
class LeftOut:
    """An event that concerns the answer and has no part in it.

    Attributes:
        fact: the event with its clocks.
        reason: why, by its name in `REASONS`.
        by: the event that brought that about, where there is one.
    """

    fact: TimedEvent
    reason: str
    by: EventId | None = None


@frozen
class Subject:
    """One key of one projection, with everything that an explanation of it reads.

    Attributes:
        projection: the question.
        key: what the answer is about.
        events: the events of the log that concern it, whatever became of them.
        standing: those that stand at the cut, and those that they speak of.
        withdrawn: the events that the log withdraws at any time.
        context: the city, the cut and the policy.
    """

    projection: Projection[Any, Any]
    key: Any
    events: tuple[TimedEvent, ...]
    standing: Mapping[EventId, TimedEvent]
    withdrawn: frozenset[EventId]
    context: Context

    @property
    def sources(self) -> frozenset[Any]:
        """The keys that the answer is read from: itself, and the places around it where they count."""
        return frozenset(
            self.context.city.lineage(self.key) if self.projection.inherits else (self.key,)
        )

    def effects(self, fact: TimedEvent) -> list[Effect]:
        """Return what a standing event does to the answer."""
        return [
            effect
            for effect in self.projection.effects(fact, self.standing.get)
            if effect.key in self.sources
        ]

    def begun(self, fact: TimedEvent) -> list[Effect]:
        """Return what a standing event does to the answer that may have happened by the time asked about."""
        return [
            effect for effect in self.effects(fact) if effect.window.began(self.context.cut.instant)
        ]

    def cells(self, standing: Mapping[EventId, TimedEvent], context: Context) -> Cells:
        """Return the cells of the key by some standing events."""
        cells = engine.replay(self.projection, standing.values(), standing.get, context.cut.instant)
        return engine.cells_of(self.projection, self.key, cells, context.city)


@frozen(kw_only=True)
class Explanation:
    """An answer, and why it is what it is.

    Attributes:
        subject: what it is an answer to, and everything that it was read from.
        answer: the answer.
        standpoints: the events for it, against it and unclear about it, each in the order in which
            they became known.
        rules: the rules that decided.
        left_out: the events that have no part in it.
    """

    subject: Subject
    answer: Any
    standpoints: tuple[Standpoint, ...]
    rules: tuple[Rule, ...]
    left_out: tuple[LeftOut, ...]

    def of(self, bearing: Bearing) -> list[Standpoint]:
        """Return the standpoints of one bearing."""
        return [one for one in self.standpoints if one.bearing == bearing]


def subject(
    projection: Projection[Any, Any], key: Any, events: Sequence[TimedEvent], context: Context
) -> Subject:
    """Return what an explanation of one answer reads, out of all events."""
    every = {one.event.id: one for one in events if not isinstance(one.event, Retraction)}
    sources = set(context.city.lineage(key)) if projection.inherits else {key}
    concerned = tuple(one for one in every.values() if _concerns(one, sources, projection, every))
    wanted = {id for one in concerned for id in (one.event.id, *about(one.event))}
    standing = {id: one for id, one in engine.visible(events, context.cut).items() if id in wanted}
    return Subject(
        projection, key, concerned, standing, frozenset(engine.withdrawals(events)), context
    )


def explain(subject: Subject, events: Sequence[TimedEvent]) -> Explanation:
    """Return why an answer is what it is; `events` are all of the log."""
    projection, key, context = subject.projection, subject.key, subject.context
    cells = subject.cells(subject.standing, context)
    answer, verdicts = projection.read(key, cells, context), projection.judge(key, cells, context)
    standpoints = tuple(_standpoints(answer, verdicts, subject))
    used = {one.fact.event.id for one in standpoints}
    left = (one for one in subject.events if one.event.id not in used)
    return Explanation(
        subject=subject,
        answer=answer,
        standpoints=standpoints,
        rules=tuple(rules(answer, verdicts, cells)),
        left_out=tuple(_left_out(left, cells, verdicts, events, subject)),
    )


def _concerns(
    fact: TimedEvent,
    sources: set[Any],
    projection: Projection[Any, Any],
    every: Mapping[EventId, TimedEvent],
) -> bool:
    if type(fact.event) not in projection.listens:
        return False
    return any(effect.key in sources for effect in projection.effects(fact, every.get))


# Who says so --------------------------------------------------------------------------------------


def _standpoints(
    answer: Any, verdicts: Sequence[Verdict[Any]], subject: Subject
) -> Iterator[Standpoint]:
    """Yield the events that an answer rests on, then those against it, then those unclear about it, as they became known."""
    cases = [verdict.case for verdict in verdicts if verdict.case]
    said: Mapping[Bearing, list[Claim[Any]]] = {
        "for": [claim for case in cases for claim in (*case.support, *case.seconded)],
        "against": [claim for case in cases for claim in (*case.against, *case.overruled)],
        "unclear": [
            *(claim for case in cases for claim in case.unclear),
            *(claim for verdict in verdicts if verdict.case is None for claim in verdict.set_aside),
        ],
    }
    ids: dict[Bearing, set[EventId]] = {
        bearing: {claim.id for claim in found} for bearing, found in said.items()
    }
    ids["for"] |= set(getattr(answer, "because", ())) | (
        _parts(answer, subject) - ids["against"] - ids["unclear"]
    )
    for bearing, found in said.items():
        claims_of = {claim.id: claim for verdict in verdicts for claim in verdict.accepted} | {
            claim.id: claim for claim in found
        }
        facts = [subject.standing[id] for id in ids[bearing] if id in subject.standing]
        for fact in sorted(facts, key=lambda fact: (fact.known, fact.event.id)):
            yield Standpoint(
                fact, bearing, interest(fact, claims_of.get(fact.event.id), subject.context.city)
            )


def _parts(answer: Any, subject: Subject) -> set[EventId]:
    """Return the events that an answer names and that concern it, and those that it adds up, which may be too many to be named."""
    concerned = {one.event.id for one in subject.events}  # a statement also names what it is about
    counted = (one for one in subject.events if one.event.id in subject.standing)
    return named(answer) & concerned | {
        one.event.id
        for one in counted
        if any(isinstance(e.cell, Count) for e in subject.begun(one))
    }


def interest(fact: TimedEvent, claim: Claim[Any] | None, city: City) -> Interest:
    """Return what the source of an event gains by what it says there; a denial serves whoever the claim does not."""
    side = city.sources[fact.event.source].side
    favours = claim.value.favours if claim else None
    if side is None:
        return "disinterested"
    if favours is None:
        return "partisan"
    denies = claim is not None and claim.mode in ("disagree", "unclear")
    return "self_serving" if (side == favours) != denies else "against_own_side"


# Which rules decided ------------------------------------------------------------------------------


def rules(answer: Any, verdicts: Sequence[Verdict[Any]], cells: Cells) -> Iterator[Rule]:
    """Yield the rules by which an answer came about, given the verdicts that it rests on and the cells that it was read from."""
    for verdict in verdicts:
        yield from _rules_of(verdict)
    if not verdicts:
        yield Rule("nobody" if not cells else "listed" if isinstance(answer, tuple) else "range")
    if (
        getattr(answer, "certain", True) is False
        and getattr(answer, "status", "unknown") != "unknown"
    ):
        yield Rule("possible")
    if getattr(answer, "inherited_from", None):
        yield Rule("inherited")
    if getattr(answer, "ground", None) == "contested":
        yield Rule("contested")


def _rules_of(verdict: Verdict[Any]) -> Iterator[Rule]:
    """Yield the rules behind one verdict: which claim leads, what the policy did, how sure it is."""
    case = verdict.case
    if verdict.set_aside:
        yield Rule("set_aside", tuple(claim.id for claim in verdict.set_aside))
    if case is None:
        yield Rule("nobody")
        return
    whole = getattr(case.leading.value, "whole", True)
    yield Rule(_lead(verdict, case.leading) if whole else "on_top", (case.leading.id,))
    grounds = (*case.against, *case.overruled) if case.status == "disputed" else case.support
    yield Rule(case.status, tuple(claim.id for claim in grounds))
    if verdict.ruling == "withhold":
        yield Rule("withheld")


def _lead(verdict: Verdict[Any], leading: Claim[Any]) -> str:
    """Return the name of the rule by which a claim to the whole leads."""
    if leading.mode == "change":
        return "newest_change"
    return (
        "seen_since" if any(claim.mode == "change" for claim in verdict.accepted) else "seen_last"
    )


# What was left out --------------------------------------------------------------------------------


def _left_out(
    facts: Iterable[TimedEvent],
    cells: Cells,
    verdicts: Sequence[Verdict[Any]],
    events: Sequence[TimedEvent],
    subject: Subject,
) -> Iterator[LeftOut]:
    """Yield the events that concern a subject and have no part in its answer, with the reason, in the order in which they became known."""
    recorded = {one.event.id for one in engine.recorded_by(events, subject.context.cut)}
    cut = subject.context.cut
    withdrawn = engine.withdrawals(
        one
        for one in events
        if one.event.id in recorded and (cut.known is None or one.known <= cut.known)
    )
    by_id = {one.event.id: one for one in events}
    for fact in sorted(facts, key=lambda one: (one.known, one.event.id)):
        id = fact.event.id
        if id not in recorded:
            yield LeftOut(fact, "not_recorded")
        elif cut.known is not None and fact.known > cut.known:
            yield LeftOut(fact, "not_known")
        elif id in withdrawn:
            by = withdrawn[id].by
            yield LeftOut(
                fact, "retracted" if isinstance(by_id[by].event, Retraction) else "replaced", by
            )
        else:
            yield _unheard(fact, cells, verdicts, subject)


def _unheard(
    fact: TimedEvent, cells: Cells, verdicts: Sequence[Verdict[Any]], subject: Subject
) -> LeftOut:
    """Return why an event that stands has no part in the answer; of several claims of it, why the first has none."""
    if not subject.effects(fact):
        concerned = {one.event.id for one in subject.events}
        lost = [id for id in about(fact.event) if id not in subject.standing and id in concerned]
        return LeftOut(fact, "about_nothing", lost[0] if lost else None)
    own = [
        claim
        for effect in subject.begun(fact)
        if isinstance(effect.cell, Position)
        for claim in effect.cell.claims
    ]
    if not own:
        return LeftOut(fact, "not_begun")
    reasons = [
        _unweighed(claim, _verdict_on(claim, verdicts), claims(cells), subject.context)
        for claim in own
    ]
    return LeftOut(fact, *reasons[0])


def _verdict_on(claim: Claim[Any], verdicts: Sequence[Verdict[Any]]) -> Verdict[Any] | None:
    """Return the verdict that a claim belongs to: the only one, or the one that was given it or another claim on the same question."""
    if len(verdicts) == 1:
        return verdicts[0]
    own = (
        verdict
        for verdict in verdicts
        if any(one.id == claim.id or one.question == claim.question for one in verdict.claims)
    )
    return next(own, None)


def _unweighed(
    claim: Claim[Any], verdict: Verdict[Any] | None, said: Sequence[Claim[Any]], context: Context
) -> tuple[str, EventId | None]:
    """Return why a claim was not weighed, and by which event that came about."""
    case: Case[Any] | None = verdict.case if verdict else None
    if case and claim.id in {one.id for one in case.lapsed}:
        return "lapsed", None
    spoken = last_words(said, context.city, context.cut.instant)
    if (claim.id, claim.about) not in {(one.id, one.about) for one in spoken}:
        return "overtaken", _later_word(claim, spoken) or _later_word(claim, said)
    denials = (
        one
        for one in spoken
        if one.mode == "disagree" and one.voice == claim.voice and one.about == claim.id
    )
    denial = next((one.id for one in denials if one.known > claim.known), None)
    if denial and claim.asserts:
        return "taken_back", denial
    if case is None:
        return "no_lead", None
    if not speaks_of(claim, case.leading):
        return (
            "earlier_time"
            if claim.window.latest <= case.leading.window.earliest
            else "could_not_know"
        ), None
    return ("silent" if getattr(claim.value, "whole", True) else "not_on_top"), None


def _later_word(claim: Claim[Any], among: Iterable[Claim[Any]]) -> EventId | None:
    """Return the claim of the same voice on the same question that took a claim's place, the newest where there are several."""
    own = (
        one
        for one in among
        if one.voice == claim.voice and one.question == claim.question and one.id != claim.id
    )
    later = [
        one
        for one in own
        if claim.window.precedes(one.window) or (_overlap(claim, one) and one.known >= claim.known)
    ]
    return (
        max(later, key=lambda one: (one.window.earliest, one.known, one.id)).id if later else None
    )


def _overlap(a: Claim[Any], b: Claim[Any]) -> bool:
    return not (a.window.precedes(b.window) or b.window.precedes(a.window))
