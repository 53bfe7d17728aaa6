"""Explanations: they explain the answer that is given, leave nothing out unsaid, and every reason and every rule that they give is true."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pytest
from attrs import evolve, frozen
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject
from strategies import CITY, cuts, cuts_around, logs, timeline_of

from projections import CONTROL, DISPLACEMENT, PROJECTIONS, SIEGE, STATEMENTS
from timeline import AsOf, Moment, Timeline, When
from timeline.analysis.explain import Explanation
from timeline.analysis.omissions import REASONS, LeftOut
from timeline.analysis.rules import RULES
from timeline.domain.events import (
    ControlChange,
    Displacement,
    Estimate,
    Event,
    EventId,
    Retraction,
    Share,
    Siege,
    Statement,
)
from timeline.domain.references import references
from timeline.domain.timed_event import TimedEvent
from timeline.replay import engine
from timeline.replay.answers import named
from timeline.replay.cells import Claim, Position
from timeline.replay.policies import POLICIES
from timeline.replay.projection import Context, Effect, Projection

EVERY_PROJECTION = pytest.mark.parametrize(
    "projection", PROJECTIONS, ids=lambda projection: projection.name
)


@frozen
class Asked:
    """A question that was put to a timeline, and the explanation of its answer."""

    timeline: Timeline
    projection: Projection[Any, Any]
    key: Any
    context: Context
    explanation: Explanation

    @property
    def standing(self) -> dict[EventId, TimedEvent]:
        """The events that stand at the cut."""
        return engine.visible(self.timeline.timed_events, self.context.cut)

    @property
    def known(self) -> dict[EventId, TimedEvent]:
        """The events that had been recorded and made public by the cut, withdrawals among them."""
        cut = self.context.cut
        recorded = engine.recorded_by(self.timeline.timed_events, cut)
        return {
            one.event.id: one for one in recorded if cut.known is None or one.known <= cut.known
        }

    def effects(
        self, fact: TimedEvent, among: Mapping[EventId, TimedEvent] | None = None
    ) -> list[Effect]:
        """Return what an event effects on the key, by what stands or among other events."""
        if type(fact.event) not in self.projection.listens:
            return []
        sources = CITY.lineage(self.key) if self.projection.inherits else (self.key,)
        lookup = (self.standing if among is None else among).get
        return [effect for effect in self.projection.effects(fact, lookup) if effect.key in sources]

    def claims(self, fact: TimedEvent) -> list[Claim[Any]]:
        """Return what an event claims that has begun, as far as it concerns the key."""
        begun = [
            effect for effect in self.effects(fact) if effect.window.began(self.context.cut.instant)
        ]
        return [
            claim
            for effect in begun
            if isinstance(effect.cell, Position)
            for claim in effect.cell.claims
        ]

    def leading(self, claim: Claim[Any]) -> list[Claim[Any]]:
        """Return the claim that leads on the question of a claim; none where nothing does."""
        cells = engine.replay(
            self.projection, self.standing.values(), self.standing.get, self.context.cut.instant
        )
        verdicts = self.projection.judge(
            self.key, engine.cells_of(self.projection, self.key, cells, CITY), self.context
        )
        leading = [verdict.case.leading for verdict in verdicts if verdict.case]
        return [
            one for one in leading if self.projection.name != "siege" or kind(one) == kind(claim)
        ]


def kind(claim: Claim[Any]) -> str:
    """Return what a claim about a siege is about: the siege, a corridor, or the trapped."""
    text = str(claim.question)
    return next(word for word in ("corridor", "siege", "trapped") if word in text)


def ask(
    timeline: Timeline,
    projection: Projection[Any, Any],
    key: Any,
    cut: AsOf,
    policy: str = "latest",
) -> Asked:
    """Ask a timeline why."""
    explanation = timeline.explain(projection, key, cut, policy=policy)
    return Asked(timeline, projection, key, Context(CITY, cut, POLICIES[policy]), explanation)


def questions(data: DataObject, projection: Projection[Any, Any]) -> Iterator[Asked]:
    """Ask a random log at a random cut, with a random policy, why two of the answers that it gives are what they are."""
    log = data.draw(logs(kinds=projection.listens, min_size=4, max_size=14) | logs(max_size=16))
    timeline, cut, policy = (
        timeline_of(log),
        data.draw(cuts_around(log) | cuts()),
        data.draw(st.sampled_from(list(POLICIES))),
    )
    keys = keys_of(timeline, projection)
    for key in (
        data.draw(st.lists(st.sampled_from(keys), min_size=1, max_size=2, unique=True))
        if keys
        else []
    ):
        yield ask(timeline, projection, key, cut, policy)


def keys_of(timeline: Timeline, projection: Projection[Any, Any]) -> list[Any]:
    """Return the keys that somebody spoke of, whatever became of that, and those that are always answered for."""
    every = {one.event.id: one for one in timeline.timed_events}
    listened = [one for one in timeline.timed_events if type(one.event) in projection.listens]
    spoken_of = [effect.key for one in listened for effect in projection.effects(one, every.get)]
    return list(dict.fromkeys([*spoken_of, *spoken_of, *projection.keys(CITY)]))


def replayed(asked: Asked, timeline: Timeline | None = None) -> Any:
    """Return the answer of the plain replay."""
    facts = engine.visible((timeline or asked.timeline).timed_events, asked.context.cut)
    cells = engine.replay(asked.projection, facts.values(), facts.get, asked.context.cut.instant)
    mine = engine.cells_of(asked.projection, asked.key, cells, CITY)
    return asked.projection.read(asked.key, mine, asked.context)


def ids(facts: Iterable[Any]) -> list[EventId]:
    """Return the ids of standpoints, or of events left out."""
    return [one.fact.event.id for one in facts]


# Who says so --------------------------------------------------------------------------------------


@EVERY_PROJECTION
@given(data=st.data())
def test_what_is_explained_is_the_answer_of_the_replay(projection, data: DataObject):
    """An explanation decides nothing."""
    for asked in questions(data, projection):
        assert asked.explanation.answer == replayed(asked)


@given(data=st.data())
def test_who_is_for_and_against_and_unclear_is_who_the_answer_names(data: DataObject):
    """Each list holds exactly the ids of the answer's own, in the order in which they became known."""
    for asked in questions(data, CONTROL):
        answer, explained = asked.explanation.answer, asked.explanation
        assert (ids(explained.of("for")), ids(explained.of("against")), ids(explained.of("unclear"))) == (
            list(answer.because), list(answer.against), list(answer.unclear),
        )  # fmt: skip


def test_who_agrees_with_both_of_two_claims_that_contradict_each_other_is_for_and_against():
    """The answer names such a statement on both sides, and so does its explanation."""
    log = [
        took("a", "monitor"),
        took("b", "paper", "opposition", "2016-11-26/2016-11-27"),
        said("c", "resident", "a", "b", stance="agree"),
    ]
    explained = ask(timeline_of(log), CONTROL, "hill", AsOf()).explanation
    assert (explained.answer.because, explained.answer.against) == (("a", "c"), ("b", "c"))
    assert (ids(explained.of("for")), ids(explained.of("against"))) == (["a", "c"], ["b", "c"])


def test_what_the_policy_set_aside_is_against_what_leads_instead():
    """The cautious desk keeps to the earlier holder; the government's own word for its success speaks against that."""
    explained = ask(timeline_of([OWN, EARLIER]), CONTROL, "hill", AsOf(), "cautious").explanation
    assert (explained.answer.because, explained.answer.against) == (("e",), ("a",))
    assert (ids(explained.of("for")), ids(explained.of("against"))) == (["e"], ["a"])


@EVERY_PROJECTION
@given(data=st.data())
def test_every_event_that_concerns_an_answer_has_a_part_in_it_or_is_left_out(
    projection, data: DataObject
):
    """None is missing, none is both, and what is neither does not concern it."""
    for asked in questions(data, projection):
        every = {one.event.id: one for one in asked.timeline.timed_events}
        concerned = {one.event.id for one in every.values() if asked.effects(one, every)}
        used, left = ids(asked.explanation.standpoints), ids(asked.explanation.left_out)
        assert len(left) == len(set(left))
        assert not set(used) & set(left)
        assert set(used) | set(left) == concerned
        assert set(used) <= asked.standing.keys()
        assert named(asked.explanation.answer) & concerned <= set(used)


@pytest.mark.parametrize(
    ("source", "actor", "interest"),
    [
        ("monitor", "government", "disinterested"),
        ("state-tv", "government", "self_serving"),
        ("rebel-official", "government", "against_own_side"),
        ("army", None, "partisan"),  # nobody holds it, says a side
    ],
)
def test_what_a_source_gains_by_its_claim(source, actor, interest):
    """What serves its own side, what speaks against it, and who has no side."""
    (standpoint,) = ask(
        timeline_of([took("a", source, actor)]), CONTROL, "hill", AsOf()
    ).explanation.standpoints
    assert (standpoint.bearing, standpoint.interest) == ("for", interest)


@pytest.mark.parametrize(
    ("source", "interest"),
    [("rebel-official", "self_serving"), ("army", "against_own_side"), ("paper", "disinterested")],
)
@pytest.mark.parametrize("stance", ["disagree", "unclear"])
def test_what_a_source_gains_by_a_denial(source, interest, stance):
    """A denial serves whoever the claim does not, and so does a doubt."""
    explained = ask(
        timeline_of([took("a", "monitor"), said("c", source, "a", stance=stance)]),
        CONTROL,
        "hill",
        AsOf(),
    ).explanation
    (against,) = explained.of("against" if stance == "disagree" else "unclear")
    assert against.interest == interest


# What was left out --------------------------------------------------------------------------------


@EVERY_PROJECTION
@given(data=st.data())
def test_every_reason_for_leaving_an_event_out_is_true_of_it(projection, data: DataObject):
    """Each by what the reason says, from the events alone and the claim that leads."""
    for asked in questions(data, projection):
        for left in asked.explanation.left_out:
            assert fault(left, asked) == "", (
                f"{left.fact.event.id} {REASONS[left.reason]} (by {left.by})"
            )


def fault(left: LeftOut, asked: Asked) -> str:
    """Return what is wrong with the reason for leaving an event out; nothing, the empty text."""
    id, cut = left.fact.event.id, asked.context.cut
    recorded = {one.event.id for one in engine.recorded_by(asked.timeline.timed_events, cut)}
    hidden = (
        "not_recorded" if id not in recorded else "not_known" if id not in asked.known else None
    )
    if hidden or left.reason in ("not_recorded", "not_known"):
        return "" if left.reason == hidden else f"it was {hidden}"
    if left.reason in ("retracted", "replaced"):
        return not_withdrawn_by(left, asked)
    return not_unheard(left, asked) if id in asked.standing else "it does not stand"


def not_withdrawn_by(left: LeftOut, asked: Asked) -> str:
    """Return what is wrong with an event's being withdrawn by another."""
    by = asked.known.get(left.by)
    if by is None:
        return "nobody had withdrawn it"
    if left.fact.event.id not in [
        target for path, target in references(by.event) if path in ("$.target", "$.supersedes")
    ]:
        return "that withdrew something else"
    return (
        ""
        if isinstance(by.event, Retraction) == (left.reason == "retracted")
        else "it was withdrawn otherwise"
    )


def speaks_of_something(left: LeftOut, asked: Asked) -> str:
    """Return what is wrong with an event's speaking of nothing that stands."""
    event, every = left.fact.event, {one.event.id: one for one in asked.timeline.timed_events}
    if not isinstance(event, Statement) or left.by not in event.about:
        return "it does not speak of that"
    if asked.effects(left.fact):
        return "what it speaks of stands"
    if left.by in asked.standing:
        return "that stands"
    return "" if asked.effects(every[left.by], every) else "that does not concern the answer"


def not_unheard(left: LeftOut, asked: Asked) -> str:
    """Return what is wrong with the reason for which an event that stands was not weighed."""
    if left.reason == "about_nothing":
        return speaks_of_something(left, asked)
    effects = asked.effects(left.fact)
    if left.reason == "not_begun":
        return (
            ""
            if effects
            and all(effect.window.earliest > asked.context.cut.instant for effect in effects)
            else "it has begun"
        )
    claims, check = asked.claims(left.fact), UNWEIGHED[left.reason]
    return (
        ""
        if any(check(claim, left, asked) for claim in claims)
        else f"no claim of it {REASONS[left.reason]}"
    )


def overtaken(claim: Claim[Any], left: LeftOut, asked: Asked) -> bool:
    """Return whether a later word of the same voice on the same question takes a claim's place."""
    by = asked.standing.get(left.by)
    if by is None or by.event.id == claim.id:
        return False
    later = [
        one
        for one in asked.claims(by)
        if (one.voice, one.question) == (claim.voice, claim.question)
    ]
    return any(
        claim.window.precedes(one.window)
        or (not one.window.precedes(claim.window) and one.known >= claim.known)
        for one in later
    )


def taken_back(claim: Claim[Any], left: LeftOut, asked: Asked) -> bool:
    """Return whether the voice of a claim has denied it since."""
    by = asked.standing.get(left.by)
    if by is None or not isinstance(by.event, Statement):
        return False
    return (
        (by.event.stance, by.event.source) == ("disagree", claim.voice)
        and claim.id in by.event.about
        and by.known > claim.known
    )


def lapsed(claim: Claim[Any], left: LeftOut, asked: Asked) -> bool:
    """Return whether a claim's own side has said otherwise since, or two independent voices outweigh it, one of them since."""
    bloc, spoken = (
        CITY.bloc(claim.voice),
        [one for one in asked.standing.values() if asked.claims(one) and one.event.id != claim.id],
    )
    if any(CITY.bloc(one.event.source) == bloc and one.known > claim.known for one in spoken):
        return True
    support = [one.fact for one in asked.explanation.of("for")]
    return len({CITY.bloc(one.event.source) for one in support}) >= 2 and any(
        one.known > claim.known for one in support
    )


def earlier_time(claim: Claim[Any], left: LeftOut, asked: Asked) -> bool:
    """Return whether a claim's time had run out when that of the leading one began."""
    return any(claim.window.latest <= leading.window.earliest for leading in asked.leading(claim))


def could_not_know(claim: Claim[Any], left: LeftOut, asked: Asked) -> bool:
    """Return whether a claim was made public before what leads can have happened."""
    return any(claim.known < leading.window.earliest for leading in asked.leading(claim))


def not_on_top(claim: Claim[Any], left: LeftOut, asked: Asked) -> bool:
    """Return whether a claim is one to a part, and a claim to the whole has not been followed by it."""
    others = [other for one in asked.standing.values() for other in asked.claims(one)]
    wholes = [other for other in others if other.asserts and other.value.whole]
    return not claim.value.whole and any(not one.window.precedes(claim.window) for one in wholes)


def no_lead(claim: Claim[Any], left: LeftOut, asked: Asked) -> bool:
    """Return whether nothing leads on the question of a claim."""
    return not asked.leading(claim)


def silent(claim: Claim[Any], left: LeftOut, asked: Asked) -> bool:
    """Return whether something leads, and a claim neither says nor denies it."""
    for leading in asked.leading(claim):
        if claim.about == leading.id or claim.value.affirms(leading.value):
            return False
        if claim.value.rivals(leading.value) and claim.mode not in ("disagree", "unclear"):
            return False
    return bool(asked.leading(claim))


UNWEIGHED = {
    "overtaken": overtaken,
    "taken_back": taken_back,
    "lapsed": lapsed,
    "no_lead": no_lead,
    "earlier_time": earlier_time,
    "could_not_know": could_not_know,
    "not_on_top": not_on_top,
    "silent": silent,
}
"""What makes each reason true of a claim that stands and has begun."""


@EVERY_PROJECTION
@given(data=st.data())
def test_without_what_was_left_out_the_answer_is_the_same(projection, data: DataObject):
    """It has no part in the answer: its figures are not counted, and who says so does not rest on it.

    Left aside is what has others follow from it: what others speak of, what withdraws others, what
    a voice says of its own claims, what may have taken the place of its own voice's other word; and
    what weighs through its order in time.
    """
    for asked in questions(data, projection):
        spoken_of = {target for event in asked.timeline.events for _, target in references(event)}
        sources = {event.id: event.source for event in asked.timeline.events}
        changed_its_word = {
            left.fact.event.source
            for left in asked.explanation.left_out
            if left.reason == "overtaken"
        }
        for left in asked.explanation.left_out:
            event = left.fact.event
            about = event.about if isinstance(event, Statement) else ()
            takes_back = any(CITY.bloc(sources[id]) == CITY.bloc(event.source) for id in about)
            follows = (
                event.id in spoken_of
                or event.supersedes
                or takes_back
                or left.reason in ("earlier_time", "could_not_know")
            )
            if not follows and (left.reason == "overtaken" or event.source not in changed_its_word):
                without = asked.timeline.supposing(without_events=[event.id])
                assert whole(replayed(asked, without)) == whole(asked.explanation.answer)


def whole(answer: Any) -> Any:
    """Return an answer but for who held a place before, which rests on claims that have been overtaken since."""
    return evolve(answer, before=None) if hasattr(answer, "before") else answer


# By hand ------------------------------------------------------------------------------------------


def took(
    id: str,
    source: str,
    actor: str | None = "government",
    occurred: str = "2016-11-27",
    reported: str = "2016-11-28",
    **own: Any,
):
    """Return a claim that an actor took the hill."""
    envelope = {
        "id": EventId(id),
        "occurred": When(occurred),
        "reported": Moment(reported),
        "source": source,
    }
    return ControlChange(**envelope, **{"place": "hill", "actor": actor, **own})


def said(
    id: str, source: str, *about: str, stance: str = "disagree", reported: str = "2016-11-28"
) -> Statement:
    """Return a stance on some events."""
    envelope = {
        "id": EventId(id),
        "occurred": When(reported),
        "reported": Moment(reported),
        "source": source,
    }
    return Statement(**envelope, stance=stance, about=about, topic="hill", summary="Says so.")


def retracted(id: str, target: str, reported: str = "2016-11-29") -> Retraction:
    """Return a retraction of the monitor."""
    dates = {"occurred": When(reported), "reported": Moment(reported)}
    return Retraction(
        id=EventId(id), **dates, source="monitor", target=EventId(target), reason="An error."
    )


def siege(id: str, source: str, move: str, occurred: str, reported: str, **own: Any) -> Siege:
    """Return a move in the siege of the east."""
    return Siege(
        id=EventId(id),
        occurred=When(occurred),
        reported=Moment(reported),
        source=source,
        place="east",
        move=move,
        **own,
    )


def fled(id: str, source: str = "relief", occurred: str = "2016-11-27", **own: Any) -> Displacement:
    """Return a hundred people who fled from the hill to the garden."""
    envelope = {
        "id": EventId(id),
        "occurred": When(occurred),
        "reported": Moment("2016-11-28"),
        "source": source,
    }
    return Displacement(
        **envelope, origin="hill", destination="garden", people=Estimate(low=100, high=100), **own
    )


A = took("a", "monitor")
"""The monitor says that the government took the hill on the 27th."""
PART = Share(low=0.25, high=0.5)

LEFT_OUT: Mapping[str, tuple[Sequence[Event], AsOf, str | None]] = {
    "not_recorded": (
        [A, took("x", "paper", recorded=Moment("2016-12-05T00:00:00Z"))],
        AsOf.parse(None, None, "2016-12-01", zone=CITY.zone),
        None,
    ),
    "not_known": (
        [A, took("x", "paper", reported="2016-12-05")],
        AsOf.parse(None, "2016-12-04", zone=CITY.zone),
        None,
    ),
    "retracted": ([A, took("x", "paper"), retracted("r", "x")], AsOf(), "r"),
    "replaced": (
        [
            took("x", "monitor"),
            took("b", "monitor", occurred="2016-11-26", supersedes=EventId("x")),
        ],
        AsOf(),
        "b",
    ),
    "about_nothing": (
        [A, took("b", "paper"), said("x", "resident", "b"), retracted("r", "b")],
        AsOf(),
        "b",
    ),
    "not_begun": (
        [A, took("x", "paper", occurred="2016-12-05", reported="2016-12-05")],
        AsOf.parse("2016-12-04", zone=CITY.zone),
        None,
    ),
    "overtaken": (
        [
            took("x", "monitor", occurred="2016-11-20"),
            took("b", "monitor", "opposition", reported="2016-11-29"),
        ],
        AsOf(),
        "b",
    ),
    "taken_back": (
        [
            took("x", "monitor"),
            took("b", "paper"),
            said("c", "monitor", "x", reported="2016-11-29"),
        ],
        AsOf(),
        "c",
    ),
    "lapsed": (
        [A, said("x", "rebel-official", "a"), took("b", "paper", reported="2016-11-29")],
        AsOf(),
        None,
    ),
    "no_lead": (
        [
            A,
            said("x", "paper", "a", stance="agree"),
            said("c", "monitor", "a", reported="2016-11-29"),
        ],
        AsOf(),
        None,
    ),
    "earlier_time": ([A, took("x", "paper", "opposition", "2012", "2013")], AsOf(), None),
    "could_not_know": (
        [
            A,
            took(
                "x", "paper", "opposition", "2016-11-20/2016-11-30", "2016-11-26", how="observation"
            ),
        ],
        AsOf(),
        None,
    ),
    "not_on_top": ([A, took("x", "monitor", "opposition", extent=PART)], AsOf(), None),
    "silent": (
        [A, took("b", "paper", "opposition", "2016-11-26/2016-11-27"), said("x", "resident", "b")],
        AsOf(),
        None,
    ),
}
"""For each reason a log of the hill from which the event x is left out for it, when it is asked, and by which event that came about."""


def test_every_reason_is_shown():
    """The examples are those of the table of reasons."""
    assert list(LEFT_OUT) == list(REASONS)


@pytest.mark.parametrize("reason", LEFT_OUT)
def test_an_event_is_left_out_for_that_reason(reason):
    """And the reason is true of it."""
    log, cut, by = LEFT_OUT[reason]
    asked = ask(timeline_of([first(event) for event in log]), CONTROL, "hill", cut)
    (left,) = [one for one in asked.explanation.left_out if one.fact.event.id == "x"]
    assert (left.reason, left.by) == (reason, by)
    assert fault(left, asked) == ""


def test_who_takes_back_its_only_claim_leaves_nothing_to_weigh_its_denial_against():
    """Both are left out; the denial is what took the claim back, so that the answer does rest on it."""
    explanation = ask(
        timeline_of([A, said("b", "monitor", "a", reported="2016-11-29")]), CONTROL, "hill", AsOf()
    ).explanation
    assert explanation.answer.holder is None
    assert [(one.fact.event.id, one.reason, one.by) for one in explanation.left_out] == [
        ("a", "taken_back", "b"),
        ("b", "no_lead", None),
    ]


def first(event: Event) -> Event:
    """Return an event as one that was recorded before all else, unless it says when."""
    return event if event.recorded else evolve(event, recorded=Moment("2016-11-30T00:00:00Z"))


OWN = took("a", "state-tv")
"""The government's own television says that the government took the hill."""
EARLIER = took("e", "paper", "opposition", "2016-11-01", "2016-11-02")
DENIED = said("c", "rebel-official", "a")

DECIDED: Mapping[str, tuple[Sequence[Event], Any, str, tuple[str, ...]]] = {
    "nobody": ([], "hill", "latest", ()),
    "newest_change": ([A, EARLIER], "hill", "latest", ("a",)),
    "seen_last": (
        [evolve(A, how="observation"), evolve(EARLIER, how="observation")],
        "hill",
        "latest",
        ("a",),
    ),
    "seen_since": (
        [A, took("s", "monitor", "opposition", "2016-11-29", "2016-11-30", how="observation")],
        "hill",
        "latest",
        ("s",),
    ),
    "on_top": ([EARLIER, took("a", "monitor", extent=PART)], "hill", "latest", ("a",)),
    "inherited": ([evolve(A, place="east")], "hill", "latest", ()),
    "set_aside": ([OWN, EARLIER], "hill", "cautious", ("a",)),
    "withheld": ([A, DENIED], "hill", "unanimous", ()),
    "disputed": ([A, DENIED], "hill", "latest", ("c",)),
    "corroborated": ([A, took("b", "paper")], "hill", "latest", ("a", "b")),
    "reported": ([A, EARLIER], "hill", "latest", ("a",)),
    "claimed": ([OWN, EARLIER], "hill", "latest", ("a",)),
    "possible": ([took("a", "monitor", occurred="2016-11-27/..")], "hill", "latest", ()),
    "contested": ([took("a", "monitor", None, ground="contested")], "hill", "latest", ()),
    "range": ([fled("a"), fled("b", "paper")], ("hill", "garden"), "latest", ()),
    "listed": ([A, DENIED], "hill", "latest", ()),
}
"""For each rule a log, the key asked about, the policy, and the events that the rule was applied to."""


def test_every_rule_is_shown():
    """The examples are those of the table of rules."""
    assert list(DECIDED) == list(RULES)


@pytest.mark.parametrize("rule", DECIDED)
def test_a_rule_decided(rule):
    """And it names the events that it was applied to."""
    log, key, policy, events = DECIDED[rule]
    projection = {"range": DISPLACEMENT, "listed": STATEMENTS}.get(rule, CONTROL)
    rules = ask(timeline_of(log), projection, key, AsOf(), policy).explanation.rules
    assert {one.name: one.events for one in rules}[rule] == events


@given(data=st.data())
def test_the_rules_are_those_of_the_answer(data: DataObject):
    """How sure it is, whether it is certain, whether it is inherited, contested or withheld: the rule is there exactly where it is so."""
    for asked in questions(data, CONTROL):
        answer, rules = (
            asked.explanation.answer,
            {rule.name: rule.events for rule in asked.explanation.rules},
        )
        assert rules.keys() <= RULES.keys()
        assert ("nobody" in rules) == (answer.status == "unknown")
        assert [
            name for name in rules if name in ("disputed", "corroborated", "reported", "claimed")
        ] == ([] if answer.status == "unknown" else [answer.status])
        assert ("inherited" in rules) == (answer.inherited_from is not None)
        assert ("contested" in rules) == (answer.ground == "contested")
        if answer.status == "disputed":
            assert set(rules["disputed"]) == set(answer.against)
        if "withheld" in rules:
            assert (answer.holder, asked.context.policy.name) == (None, "unanimous")
        assert {id for events in rules.values() for id in events} <= asked.standing.keys()


@given(data=st.data())
def test_what_may_not_have_happened_yet_is_said_to_be_possible(data: DataObject):
    """Exactly where the answer is not certain."""
    for asked in questions(data, CONTROL):
        answer, rules = asked.explanation.answer, [rule.name for rule in asked.explanation.rules]
        assert ("possible" in rules) == (answer.status != "unknown" and not answer.certain)


# What random logs seldom hold ---------------------------------------------------------------------


def test_of_a_long_sum_what_is_not_named_any_more_is_counted_all_the_same():
    """Forty reports are added up and the latest 32 are named; the first eight are not left out for that."""
    log = [
        fled(f"e{n:02}", occurred=f"2016-10-{n // 2 + 1:02}T{12 * (n % 2):02}:00")
        for n in range(40)
    ]
    asked = ask(timeline_of(log), DISPLACEMENT, ("hill", "garden"), AsOf())
    assert asked.explanation.answer.people.low == 4000
    assert (ids(asked.explanation.of("for")), asked.explanation.left_out) == (
        [event.id for event in log],
        (),
    )


def test_a_denial_that_came_before_the_claim_does_not_take_it_back():
    """What a voice denied on the 27th and said itself on the 28th stands; it is left out for speaking of an earlier time."""
    log = [
        took("x", "monitor", occurred="2016-11-20"),
        said("c", "monitor", "x", reported="2016-11-27"),
        took("b", "paper", "opposition", "2016-11-25"),
    ]
    asked = ask(timeline_of(log), CONTROL, "hill", AsOf())
    (left,) = [one for one in asked.explanation.left_out if one.fact.event.id == "x"]
    assert (left.reason, left.by) == ("earlier_time", None)


def test_what_is_about_nothing_names_the_event_that_is_lost_to_this_answer():
    """A statement denied a siege and a capture; of the hill the capture is what is missing."""
    log = [
        siege("s", "paper", "begin", "2016-11-27", "2016-11-28"),
        took("b", "paper"),
        said("x", "resident", "s", "b"),
        retracted("r1", "s"),
        retracted("r2", "b"),
    ]
    asked = ask(timeline_of(log), CONTROL, "hill", AsOf())
    assert [
        (one.reason, one.by) for one in asked.explanation.left_out if one.fact.event.id == "x"
    ] == [("about_nothing", "b")]


def test_what_took_the_place_of_a_word_is_the_word_that_did():
    """The newest word of the same voice is not always the one: it may speak of another time, and have come earlier."""
    log = [
        took("x", "monitor", "government", "2016-11-01/2016-11-10", "2016-11-20"),
        took("later", "monitor", "opposition", "2016-11-05/2016-11-08", "2016-11-25"),
        took("other", "monitor", "kurdish", "2016-11-09", "2016-11-15"),
    ]
    asked = ask(timeline_of(log), CONTROL, "hill", AsOf.parse("2016-11-09T12:00", zone=CITY.zone))
    assert [
        (one.reason, one.by) for one in asked.explanation.left_out if one.fact.event.id == "x"
    ] == [("overtaken", "later")]


def test_what_is_said_of_a_corridor_is_held_against_what_leads_on_the_corridor():
    """That the siege began only after the denial does not make the denial one of an earlier time: two voices have outweighed it."""
    log = [
        siege("open", "monitor", "open_corridor", "2016-09-01", "2016-09-02"),
        said("x", "rebel-official", "open", reported="2016-09-03"),
        said("agreed", "paper", "open", stance="agree", reported="2016-09-05"),
        siege("ring", "monitor", "begin", "2016-10-01", "2016-10-02"),
    ]
    asked = ask(timeline_of(log), SIEGE, "east", AsOf())
    assert [(one.fact.event.id, one.reason) for one in asked.explanation.left_out] == [
        ("x", "lapsed")
    ]


def test_who_counts_the_trapped_has_a_part_in_the_answer():
    """The number trapped is that of an older report, of which nothing else is taken."""
    log = [
        siege("x", "relief", "begin", "2016-08-20", "2016-08-21", trapped=Estimate(low=250_000)),
        siege("ring", "monitor", "begin", "2016-08-25", "2016-08-26"),
    ]
    asked = ask(timeline_of(log), SIEGE, "east", AsOf())
    assert asked.explanation.answer.trapped.low == 250_000
    assert "x" not in ids(asked.explanation.left_out)


def test_who_has_denied_it_since_does_not_help_to_outweigh_the_denial():
    """The Paper said so and has denied it since: its own denial is not outweighed by its earlier word and one other voice."""
    log = [
        took("a", "monitor"),
        took("x", "paper", occurred="2016-11-26/2016-11-27"),
        said("c", "paper", "a", reported="2016-11-30"),
        said("d", "monitor", "a", stance="agree", reported="2016-12-01"),
    ]
    answers = [
        ask(timeline_of(events), CONTROL, "hill", AsOf()).explanation.answer
        for events in (log, [log[0], *log[2:]])
    ]
    assert [(answer.status, answer.against) for answer in answers] == [("disputed", ("c",))] * 2


def test_where_nothing_leads_nothing_is_silent_about_what_leads():
    """The only claim was taken back; who had agreed with it is not told to be silent about a claim that is not there."""
    log = [
        took("a", "monitor"),
        said("x", "paper", "a", stance="agree"),
        said("c", "monitor", "a", reported="2016-11-29"),
    ]
    asked = ask(timeline_of(log), CONTROL, "hill", AsOf())
    assert asked.explanation.answer.status == "unknown"
    assert "silent" not in {one.reason for one in asked.explanation.left_out}
