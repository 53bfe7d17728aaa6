"""Outcomes in hindsight: every claim has one, as the plain replay judges it, and a delay."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from attrs import evolve
from hill import retracted, said, took
from hindsights import answers_of, contexts, dated, known_by, logs_of
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject
from strategies import CITY, logs

from projections import CONTROL
from projections.control import holders
from timeline.analysis import hindsight
from timeline.analysis.hindsight import OUTCOMES, Judged, judged, score
from timeline.domain.events import ActorId, ControlChange, Event, EventId, Retraction
from timeline.domain.references import references
from timeline.domain.timed_event import TimedEvent, timed
from timeline.replay.policies import POLICIES
from timeline.replay.projection import Context
from timeline.temporal.as_of import AsOf
from timeline.temporal.dates import FUTURE, PAST, TICK


@given(data=st.data())
def test_every_claim_made_public_by_the_cut_has_one_outcome(data: DataObject):
    """None is missing, and none counts twice."""
    log = data.draw(logs_of(CONTROL))
    events, context = dated(log), data.draw(contexts(log))
    claims = [claim for claim in judged(CONTROL, events, context) if not claim.denies]
    known = [fact.event for fact in known_by(events, context.cut)]
    changes = [event for event in known if isinstance(event, ControlChange)]
    judgements = [(claim.event, claim.source, claim.key) for claim in claims]
    assert judgements == sorted((event.id, event.source, event.place) for event in changes)


@given(st.lists(st.sampled_from(OUTCOMES)))
def test_the_counts_of_outcomes_add_up_to_the_claims(outcomes: list[str]):
    """A score counts every outcome, those that no claim has among them."""
    claims = [Judged(f"e{n}", "monitor", "hill", each, None) for n, each in enumerate(outcomes)]
    total = score(claims)
    assert total.claims == len(claims)
    assert total.outcomes == {outcome: outcomes.count(outcome) for outcome in OUTCOMES}


@given(data=st.data())
def test_a_claim_is_judged_by_the_replay_at_the_end_of_its_time(data: DataObject):
    """What was withdrawn is not judged."""
    log = data.draw(logs(kinds=CONTROL.listens, max_size=10))
    events, context = dated(log), data.draw(contexts(log))
    facts = {fact.event.id: fact for fact in events}
    withdrawn = withdrawn_by(known_by(events, context.cut))
    for claim in judged(CONTROL, events, context):
        if claim.denies:
            continue
        if claim.event in withdrawn:
            retracted = isinstance(facts[withdrawn[claim.event]].event, Retraction)
            assert claim.outcome == ("retracted" if retracted else "replaced")
        else:
            assert claim.outcome in expected(facts[claim.event], events, context)


def withdrawn_by(known: Iterable[TimedEvent]) -> dict[EventId, EventId]:
    """Return the first event to withdraw each withdrawn one; a retracted one withdraws nothing."""
    known = list(known)
    withdrawn: dict[EventId, EventId] = {}
    void = {fact.event.target for fact in known if isinstance(fact.event, Retraction)}
    for fact in sorted(known, key=lambda fact: (fact.known, fact.event.id)):
        for path, target in references(fact.event):
            withdraws = path in ("$.target", "$.supersedes")
            if withdraws and fact.event.id not in void:
                withdrawn.setdefault(target, fact.event.id)
    return withdrawn


def expected(fact: TimedEvent, events: Sequence[TimedEvent], context: Context) -> set[str]:
    """Return the outcomes that a claim may have, by the answer at the time when it is judged.

    Its own side may have overturned any. A claim to a share may have several.
    """
    window, event = fact.window, fact.event
    assert isinstance(event, ControlChange)
    at = window.latest - TICK if window.latest != FUTURE else window.earliest
    answer = answers_of(CONTROL, events, evolve(context, cut=evolve(context.cut, at=at)))[
        event.place
    ]
    if answer.status in ("unknown", "disputed"):
        return {"open", "overturned"}
    affirmed = {"open", "overturned", *(["upheld"] if answer.status == "corroborated" else [])}
    if event.extent is not None or is_divided(answer):
        return affirmed
    claimed = "contested" if event.ground == "contested" else heads(event.actors, at)
    named = heads(holders(answer.holder), at)
    answered = "contested" if answer.ground == "contested" else named
    return affirmed if claimed == answered else {"overturned"}


def heads(actors: Iterable[ActorId], at: datetime) -> frozenset[ActorId]:
    """Return the heads of the alliances of some actors."""
    return frozenset(CITY.head(actor, at) for actor in actors)


def is_divided(answer: Any) -> bool:
    return any(share.low < 1 for share in answer.shares)


@given(data=st.data())
def test_claims_are_judged_for_the_places_asked_about(data: DataObject):
    """They are those of all claims that are about the place."""
    log, place = data.draw(logs_of(CONTROL)), data.draw(st.sampled_from(list(CITY.places)))
    events, context = dated(log), data.draw(contexts(log))
    own = [claim for claim in judged(CONTROL, events, context) if claim.key == place]
    assert list(judged(CONTROL, events, context, [place])) == own


# Delays -------------------------------------------------------------------------------------------


@given(log=logs(max_size=12))
def test_no_delay_is_less_than_nothing_and_what_has_no_date_has_none(log):
    """It runs from the end of the window, or from its beginning if the end is open."""
    for fact in dated(log):
        window, delay = fact.window, hindsight.delay(fact)
        if (window.earliest, window.latest) == (PAST, FUTURE):
            assert delay is None
        else:
            assert delay is not None
            assert delay >= timedelta()
            happened = window.earliest if window.latest == FUTURE else window.latest - TICK
            assert delay == timedelta() or happened + delay == fact.known


@pytest.mark.parametrize(
    ("occurred", "reported", "delay"),
    [
        ("2016-11-27", "2016-11-27", timedelta()),
        ("2016-11-27", "2016-11-29", timedelta(days=2)),
        ("2016-11-26/2016-11-27", "2016-11-28", timedelta(days=1)),
        ("2016-11", "2016-11-10", timedelta()),  # of a month, within that month
        ("../2016-11-27", "2016-11-28", timedelta(days=1)),
        ("2016-11-27T12:00:00Z/..", "2016-11-27T18:00:00Z", timedelta(hours=6)),
        ("../..", "2016-11-28", None),
    ],
)
def test_the_delay_of_a_claim_is_counted_from_the_end_of_its_time(occurred, reported, delay):
    """A day's news on that day is not late."""
    fact = timed(took("a", "monitor", occurred=occurred, reported=reported), CITY.zone)
    assert hindsight.delay(fact) == delay


@pytest.mark.parametrize(
    ("days", "median"),
    [
        ([], None),
        ([None], None),
        ([3], 3),
        ([1, 2], 1.5),
        ([5, 0, 1], 1),
        ([4, None, 1, 0, 3], 2),
        ([0, 0, 0, 9], 0),
    ],
)
def test_the_delay_of_several_claims_is_their_median(days, median):
    """A claim without a date is counted, but has no part in the median."""
    claims = [
        Judged(f"e{n}", "monitor", "hill", "open", length(delay)) for n, delay in enumerate(days)
    ]
    assert score(claims).delay == length(median)
    assert score(claims).claims == len(days)


def length(days: float | None) -> timedelta | None:
    return None if days is None else timedelta(days=days)


# By hand ------------------------------------------------------------------------------------------


ALONE = took("a", "monitor")
OWN = took("a", "state-tv")
"""The government's own television says that the government took the hill."""

LONG_AGO = took("e", "paper", "opposition", "2012", "2015")
SEEN = {"how": "observation"}

OUTCOME_OF_A: Mapping[str, tuple[Sequence[Event], str]] = {
    "nobody else says so": ([ALONE], "open"),
    "two independent voices say so": ([ALONE, took("b", "paper")], "upheld"),
    "one voice twice is one voice": (
        [ALONE, took("b", "monitor", occurred="2016-11-27T12:00", reported="2016-11-29")],
        "open",
    ),
    "two voices of one side are one": ([OWN, took("b", "army")], "open"),
    "a dispute stands": (
        [ALONE, took("b", "paper"), said("c", "rebel-official", "a", reported="2016-11-29")],
        "open",
    ),
    "a dispute has lapsed": (
        [ALONE, said("c", "rebel-official", "a"), took("b", "paper", reported="2016-11-29")],
        "upheld",
    ),
    "two independent voices name another holder since": (
        [
            OWN,
            took("b", "monitor", "opposition", "2016-11-27T12:00", "2016-11-29"),
            took("c", "paper", "opposition", "2016-11-27T12:00", "2016-11-29"),
        ],
        "overturned",
    ),
    "its own side names another holder": (
        [OWN, took("b", "army", "opposition", "2016-11-27T12:00", "2016-11-29")],
        "overturned",
    ),
    "one voice names another holder and it stands against that": (
        [ALONE, took("b", "paper", "opposition", "2016-11-26/2016-11-27", "2016-11-29")],
        "open",
    ),
    "one voice tells of another change later that day, and nobody disputes it": (
        [ALONE, took("b", "paper", "opposition", "2016-11-27T12:00", "2016-11-29")],
        "overturned",
    ),
    "its place changed hands after its time": (
        [ALONE, took("b", "paper", "opposition", "2016-12-03", "2016-12-03")],
        "open",
    ),
    "it was taken back by its own voice, and nobody says more": (
        [ALONE, said("c", "monitor", "a", reported="2016-11-29")],
        "overturned",
    ),
    "its own side saw the enemy there a week later, and tells of no loss": (
        [LONG_AGO, OWN, took("b", "army", "opposition", "2016-12-04", "2016-12-04", **SEEN)],
        "overturned",
    ),
    "its own side saw the enemy there two years later": (
        [LONG_AGO, OWN, took("b", "army", "opposition", "2018-12-04", "2018-12-04", **SEEN)],
        "open",
    ),
    "it was denied, and its own side announced it again": (
        [
            LONG_AGO,
            OWN,
            said("c", "rebel-official", "a"),
            took("b", "army", "government", "2016-12-09", "2016-12-09"),
            took("d", "monitor", "government", "2016-12-09", "2016-12-09"),
        ],
        "overturned",
    ),
    "what is told of another year upholds nothing": (
        [LONG_AGO, took("a", "rebel-official", "opposition", **SEEN)],
        "open",
    ),
    "it was retracted": ([ALONE, took("b", "paper"), retracted("r", "a")], "retracted"),
    "it was replaced": (
        [ALONE, took("b", "monitor", occurred="2016-11-26", supersedes=EventId("a"))],
        "replaced",
    ),
    "it was replaced and then retracted": (
        [
            ALONE,
            took("b", "monitor", reported="2016-11-29", supersedes=EventId("a")),
            retracted("r", "a", "2016-11-30"),
        ],
        "replaced",
    ),
    "it is judged at the beginning of its time where the end is open, and others speak of later": (
        [
            took("a", "monitor", occurred="2016-11-27/.."),
            took("b", "paper", occurred="2016-11-28", reported="2016-11-29"),
        ],
        "open",
    ),
    "another speaks of that very beginning": (
        [took("a", "monitor", occurred="2016-11-27/.."), took("b", "paper")],
        "upheld",
    ),
}


OUTCOME_OF_A_DENIAL: Mapping[str, tuple[Sequence[Event], str]] = {
    "the claim is open": ([OWN, said("x", "rebel-official", "a")], "open"),
    "the claim was taken back": (
        [LONG_AGO, OWN, said("x", "rebel-official", "a"), took("b", "army", "opposition", **SEEN)],
        "upheld",
    ),
    "the claim was retracted": (
        [OWN, said("x", "rebel-official", "a"), retracted("r", "a")],
        "upheld",
    ),
    "the claim was upheld": (
        [
            ALONE,
            said("x", "rebel-official", "a"),
            took("b", "paper", reported="2016-11-29"),
            took("c", "relief", reported="2016-11-29"),
        ],
        "overturned",
    ),
    "the denial was retracted": (
        [OWN, said("x", "rebel-official", "a"), retracted("r", "x")],
        "retracted",
    ),
    "of two claims one was taken back": (
        [
            OWN,
            took("b", "monitor"),
            said("x", "rebel-official", "a", "b"),
            said("c", "army", "a", reported="2016-11-29"),
        ],
        "open",
    ),
}


@pytest.mark.parametrize("case", OUTCOME_OF_A_DENIAL)
def test_what_became_of_a_denial(case):
    """It fares as the claim that it denies does not."""
    log, outcome = OUTCOME_OF_A_DENIAL[case]
    claims = judged(CONTROL, dated(log), Context(CITY, AsOf(), POLICIES["latest"]))
    (denial,) = [claim for claim in claims if claim.event == "x"]
    assert (denial.outcome, denial.denies) == (outcome, True)


@pytest.mark.parametrize("case", OUTCOME_OF_A)
def test_what_became_of_a_claim(case):
    """Each outcome by a log of a line or two."""
    log, outcome = OUTCOME_OF_A[case]
    claims = judged(CONTROL, dated(log), Context(CITY, AsOf(), POLICIES["latest"]))
    assert {claim.event: claim.outcome for claim in claims}["a"] == outcome


def test_every_outcome_is_shown():
    """The examples leave none out."""
    assert {outcome for _, outcome in OUTCOME_OF_A.values()} == set(OUTCOMES)


def test_an_answer_that_the_policy_withholds_leaves_a_claim_open():
    """Where nobody disputes, the same claims are upheld."""
    log = [ALONE, took("b", "paper"), said("c", "rebel-official", "a", reported="2016-11-29")]
    for known, outcome in (("2016-11-28", "upheld"), ("2016-11-29", "open")):
        context = Context(CITY, AsOf.parse(None, known, zone=CITY.zone), POLICIES["unanimous"])
        every = judged(CONTROL, dated(log), context)
        outcomes = [claim.outcome for claim in every if not claim.denies]
        assert outcomes == [outcome, outcome]
