"""What became of a negotiation: the parties' moves, who disputes them, and what they come to."""

import pytest
from attrs import evolve
from strategies import CITY

from projections.aid import PROJECTION, Negotiation, Stand, outcome
from timeline.domain.events import AidNegotiation, Event, EventId, SourceId, Statement
from timeline.domain.timed_event import timed
from timeline.log.admission import admit
from timeline.replay import engine
from timeline.replay.answers import UNGROUNDED
from timeline.replay.policies import POLICIES
from timeline.replay.projection import Context, Reader
from timeline.temporal.as_of import AsOf
from timeline.temporal.dates import Moment, When

GOVERNMENT, OPPOSITION, RUSSIA = "government", "opposition", "russia"


def move(
    party: str,
    made: str,
    day: int = 24,
    voice: str = "relief",
    reported: int = 0,
    terms: str | None = None,
) -> AidNegotiation:
    """Return a report of a party's move on a day of November."""
    envelope = {
        "id": EventId(f"{party}-{made.replace('_', '-')}-{voice}-{day}"),
        "source": SourceId(voice),
    }
    clocks = {"occurred": When(f"2016-11-{day}"), "reported": Moment(f"2016-11-{reported or day}")}
    return AidNegotiation(
        **envelope, **clocks, negotiation="un-plan", party=party, move=made, terms=terms
    )


def denies(voice: str, about: Event, reported: int = 28) -> Statement:
    """Return a denial of a report."""
    envelope = {
        "id": EventId("no"),
        "source": SourceId(voice),
        "occurred": When("2016-11-28"),
        "reported": Moment(f"2016-11-{reported}"),
    }
    return Statement(
        **envelope, stance="disagree", about=(about.id,), topic="aid", summary="Denies it."
    )


def negotiation(*log: Event, at: str = "2016-12-31", policy: str = "latest") -> Negotiation:
    """Return what became of the plan, by a log."""
    context = Context(CITY, AsOf.parse(at, zone=CITY.zone), POLICIES[policy])
    facts = engine.visible([timed(admit(event, CITY), CITY.zone) for event in log], context.cut)
    return engine.answer(
        PROJECTION,
        engine.replay(PROJECTION, facts.values(), facts.get, context.cut.instant),
        context,
    )["un-plan"]


@pytest.mark.parametrize(
    ("opposition", "government", "expected"),
    [
        ("accept", "accept", "agreed"),
        ("sign", "accept", "agreed"),
        ("resume", "sign", "agreed"),
        ("accept", "accept_with_conditions", "agreed_with_conditions"),
        ("accept", "no_answer", "not_agreed"),
        ("accept", "reject", "not_agreed"),
        ("accept", "propose", "not_agreed"),
        ("accept", "withdraw", "not_agreed"),
        ("accept", "fail", "failed"),
        ("sign", "suspend", "suspended"),
        ("sign", "deliver", "delivered"),
    ],
)
def test_what_two_parties_moves_come_to(opposition, government, expected):
    assert (
        negotiation(move(OPPOSITION, opposition), move(GOVERNMENT, government, 25)).status
        == expected
    )


def test_one_party_alone_agrees_to_nothing():
    assert negotiation(move(OPPOSITION, "accept")).status == "not_agreed"


def test_every_party_that_was_named_must_agree():
    two = move(OPPOSITION, "accept"), move(GOVERNMENT, "accept")
    assert negotiation(*two, move(RUSSIA, "no_answer")).status == "not_agreed"
    assert negotiation(*two, move(RUSSIA, "sign")).status == "agreed"


def test_a_party_stands_by_its_last_move():
    answer = negotiation(
        move(OPPOSITION, "reject", 20), move(OPPOSITION, "accept", 24, terms="48 hours")
    )
    stand = answer.parties[OPPOSITION]
    assert (stand.move, stand.terms, stand.status, stand.against) == (
        "accept",
        "48 hours",
        "reported",
        (),
    )


def test_a_negotiation_that_failed_goes_on_when_a_party_moves_again():
    failed = move(GOVERNMENT, "fail", 20)
    again = move(OPPOSITION, "accept", 24), move(GOVERNMENT, "accept", 24)
    assert negotiation(failed, *again, at="2016-11-20").status == "failed"
    assert negotiation(failed, *again).status == "agreed"


def test_the_newest_move_decides_whoever_made_it():
    assert (
        negotiation(move(GOVERNMENT, "suspend", 20), move(OPPOSITION, "accept", 24)).status
        == "not_agreed"
    )
    assert (
        negotiation(move(GOVERNMENT, "accept", 20), move(OPPOSITION, "suspend", 24)).status
        == "suspended"
    )


def test_a_party_whose_stand_is_not_known_has_not_agreed():
    others = move(OPPOSITION, "accept"), move(GOVERNMENT, "accept")
    accepted = move(RUSSIA, "accept")
    assert negotiation(*others, accepted, policy="unanimous").status == "agreed"
    assert (
        negotiation(*others, accepted, denies("state-tv", accepted), policy="unanimous").status
        == "not_agreed"
    )


def test_an_agreement_is_disputed_while_somebody_denies_that_a_party_agreed():
    accepted, also = move(OPPOSITION, "accept"), move(GOVERNMENT, "accept")
    answer = negotiation(accepted, also, denies("state-tv", accepted))
    assert (
        answer.status,
        answer.parties[OPPOSITION].status,
        answer.parties[OPPOSITION].against,
    ) == ("disputed", "disputed", ("no",))
    assert answer.parties[GOVERNMENT].status == "reported"


def test_a_denial_that_a_party_agreed_does_not_make_an_agreement_of_nothing():
    accepted = move(OPPOSITION, "accept")
    answer = negotiation(accepted, move(GOVERNMENT, "no_answer"), denies("state-tv", accepted))
    assert (answer.status, answer.parties[OPPOSITION].move, answer.parties[OPPOSITION].status) == (
        "not_agreed",
        "accept",
        "disputed",
    )


def test_what_a_party_says_of_its_own_move_is_claimed_until_another_voice_says_so():
    own = move(OPPOSITION, "accept", voice="rebel-council")
    assert negotiation(own).parties[OPPOSITION].status == "claimed"
    assert negotiation(own, move(OPPOSITION, "accept")).parties[OPPOSITION].status == "corroborated"
    assert negotiation(own, policy="cautious").parties[OPPOSITION].move is None


def test_two_reports_of_different_moves_then_dispute_each_other():
    stand = negotiation(
        move(OPPOSITION, "accept"), move(OPPOSITION, "reject", voice="paper", reported=25)
    ).parties[OPPOSITION]
    assert (stand.move, stand.status, stand.against) == (
        "reject",
        "disputed",
        ("opposition-accept-relief-24",),
    )


# Which move is the newest -------------------------------------------------------------------------


def test_a_delivery_that_another_party_has_followed_with_its_agreement_is_an_agreement():
    assert (
        negotiation(move(GOVERNMENT, "deliver", 20), move(OPPOSITION, "accept", 24)).status
        == "agreed"
    )


def test_the_newest_move_is_the_one_that_began_last_however_vague_its_end():
    vague = evolve(
        move(GOVERNMENT, "fail", 20, reported=30), occurred=When("2016-11-20/2016-11-26")
    )
    assert negotiation(vague).status == "failed"
    assert negotiation(vague, move(OPPOSITION, "accept", 24)).status == "not_agreed"
    assert (
        negotiation(
            vague, evolve(move(OPPOSITION, "accept", 24), occurred=When("2016-11-24/.."))
        ).status
        == "not_agreed"
    )


def test_a_move_since_nobody_knows_when_is_older_than_any_other():
    ever = evolve(move(OPPOSITION, "fail", 20), occurred=When("../2016-11-30"))
    assert negotiation(ever).status == "failed"
    assert negotiation(ever, move(GOVERNMENT, "accept", 10)).status == "not_agreed"


def test_a_move_that_is_withheld_is_no_newest_move():
    failed, accepted = move(GOVERNMENT, "fail", 20), move(RUSSIA, "accept", 24)
    log = failed, accepted, denies("state-tv", accepted)
    assert negotiation(*log).status == "not_agreed"
    assert negotiation(*log, policy="unanimous").status == "failed"


def test_a_negotiation_is_certain_once_every_partys_move_is():
    vague = evolve(
        move(GOVERNMENT, "accept", 20, reported=30), occurred=When("2016-11-20/2016-11-26")
    )
    assert not negotiation(move(OPPOSITION, "accept", 20), vague, at="2016-11-24").certain
    assert negotiation(move(OPPOSITION, "accept", 20), vague, at="2016-11-26").certain


@pytest.mark.parametrize(("one", "other"), [(OPPOSITION, GOVERNMENT), (GOVERNMENT, OPPOSITION)])
def test_of_moves_made_at_one_time_the_one_that_decides_counts_whoever_made_it(one, other):
    assert negotiation(move(one, "fail"), move(other, "accept")).status == "failed"
    assert negotiation(move(one, "deliver"), move(other, "suspend")).status == "suspended"


def test_parties_that_agree_each_in_a_way_of_its_own_have_agreed():
    moves = ("accept", "sign", "resume", "accept_with_conditions")
    assert (
        outcome({made: Stand(move=made, terms=None, **UNGROUNDED.given()) for made in moves})
        == "agreed_with_conditions"
    )


# In words -----------------------------------------------------------------------------------------


def told(*log: Event, at: str = "2016-12-31", policy: str = "latest") -> list[str]:
    """Return what a briefing says of the plan, by a log."""
    context = Context(CITY, AsOf.parse(at, zone=CITY.zone), POLICIES[policy])
    reader = Reader(
        context=context,
        speaker={event.id: CITY.sources[event.source].label for event in log}.__getitem__,
    )
    briefs = PROJECTION.presentation.brief(
        {"un-plan": negotiation(*log, at=at, policy=policy)}, reader
    )
    return [line for brief in briefs for line in (brief.heading, *brief.lines)]


def test_parties_whose_moves_rest_on_the_same_grounds_are_told_together():
    log = (
        move(OPPOSITION, "accept"),
        move(GOVERNMENT, "accept"),
        move(RUSSIA, "accept_with_conditions", voice="paper"),
    )
    assert told(*log) == [
        "Aid",
        "un-plan: agreed with conditions",
        "  Government, Opposition: accept (Relief Office)",
        "  Russia: accept with conditions (The Paper)",
    ]


def test_who_disputes_a_move_is_told_with_it_and_what_is_withheld_is_unknown():
    accepted, refused = move(OPPOSITION, "accept"), move(GOVERNMENT, "reject")
    log = accepted, refused, denies("state-tv", accepted)
    assert told(*log)[2:] == [
        "  Government: reject (Relief Office)",
        "  Opposition: accept (Relief Office, disputed by State television)",
    ]
    assert told(*log, policy="unanimous")[2:] == [
        "  Government: reject (Relief Office)",
        "  Opposition: unknown (Relief Office, disputed by State television)",
    ]


def test_a_move_that_may_not_have_been_made_yet_is_told_as_possible():
    vague = evolve(
        move(GOVERNMENT, "suspend", 20, reported=30), occurred=When("2016-11-20/2016-11-26")
    )
    assert told(vague, at="2016-11-24") == [
        "Aid",
        "un-plan: suspended, possible",
        "  Government: suspend, possible (Relief Office)",
    ]
