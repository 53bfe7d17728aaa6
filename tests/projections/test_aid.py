"""What became of a negotiation: the parties' moves, who disputes them, and what they come to."""

import pytest
from strategies import CITY

from projections.aid import PROJECTION, Negotiation
from timeline import engine
from timeline.events import AidNegotiation, Event, EventId, SourceId, Statement
from timeline.intake import admit
from timeline.policies import POLICIES
from timeline.projection import Context
from timeline.when import Cut, Moment, When

GOVERNMENT, OPPOSITION, RUSSIA = "government", "opposition", "russia"


def move(party: str, made: str, day: int = 24, voice: str = "relief", reported: int = 0, terms: str | None = None) -> AidNegotiation:
    """Return a report of a party's move on a day of November."""
    envelope = {"id": EventId(f"{party}-{made.replace('_', '-')}-{voice}-{day}"), "source": SourceId(voice)}
    clocks = {"occurred": When(f"2016-11-{day}"), "reported": Moment(f"2016-11-{reported or day}")}
    return AidNegotiation(**envelope, **clocks, negotiation="un-plan", party=party, move=made, terms=terms)


def denies(voice: str, about: Event, reported: int = 28) -> Statement:
    """Return a denial of a report."""
    envelope = {"id": EventId("no"), "source": SourceId(voice), "occurred": When("2016-11-28"), "reported": Moment(f"2016-11-{reported}")}
    return Statement(**envelope, stance="disagree", about=(about.id,), topic="aid", summary="Denies it.")


def negotiation(*log: Event, at: str = "2016-12-31", policy: str = "latest") -> Negotiation:
    """Return what became of the plan, by a log."""
    context = Context(CITY, Cut.parse(at, zone=CITY.zone), POLICIES[policy])
    facts = engine.standing([engine.dated(admit(event, CITY), CITY.zone) for event in log], context.cut)
    return engine.answer(PROJECTION, engine.replay(PROJECTION, facts.values(), facts.get, context.cut.instant), context)["un-plan"]


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
    assert negotiation(move(OPPOSITION, opposition), move(GOVERNMENT, government, 25)).status == expected


def test_one_party_alone_agrees_to_nothing():
    assert negotiation(move(OPPOSITION, "accept")).status == "not_agreed"


def test_every_party_that_was_named_must_agree():
    two = move(OPPOSITION, "accept"), move(GOVERNMENT, "accept")
    assert negotiation(*two, move(RUSSIA, "no_answer")).status == "not_agreed"
    assert negotiation(*two, move(RUSSIA, "sign")).status == "agreed"


def test_a_party_stands_by_its_last_move():
    answer = negotiation(move(OPPOSITION, "reject", 20), move(OPPOSITION, "accept", 24, terms="48 hours"))
    stand = answer.parties[OPPOSITION]
    assert (stand.move, stand.terms, stand.status, stand.against) == ("accept", "48 hours", "reported", ())


def test_a_negotiation_that_failed_goes_on_when_a_party_moves_again():
    failed = move(GOVERNMENT, "fail", 20)
    again = move(OPPOSITION, "accept", 24), move(GOVERNMENT, "accept", 24)
    assert negotiation(failed, *again, at="2016-11-20").status == "failed"
    assert negotiation(failed, *again).status == "agreed"


def test_the_newest_move_decides_whoever_made_it():
    assert negotiation(move(GOVERNMENT, "suspend", 20), move(OPPOSITION, "accept", 24)).status == "not_agreed"
    assert negotiation(move(GOVERNMENT, "accept", 20), move(OPPOSITION, "suspend", 24)).status == "suspended"


def test_a_party_whose_stand_is_not_known_has_not_agreed():
    others = move(OPPOSITION, "accept"), move(GOVERNMENT, "accept")
    accepted = move(RUSSIA, "accept")
    assert negotiation(*others, accepted, policy="unanimous").status == "agreed"
    assert negotiation(*others, accepted, denies("state-tv", accepted), policy="unanimous").status == "not_agreed"


def test_an_agreement_is_disputed_while_somebody_denies_that_a_party_agreed():
    accepted, also = move(OPPOSITION, "accept"), move(GOVERNMENT, "accept")
    answer = negotiation(accepted, also, denies("state-tv", accepted))
    assert (answer.status, answer.parties[OPPOSITION].status, answer.parties[OPPOSITION].against) == ("disputed", "disputed", ("no",))
    assert answer.parties[GOVERNMENT].status == "reported"


def test_a_denial_that_a_party_agreed_does_not_make_an_agreement_of_nothing():
    accepted = move(OPPOSITION, "accept")
    answer = negotiation(accepted, move(GOVERNMENT, "no_answer"), denies("state-tv", accepted))
    assert (answer.status, answer.parties[OPPOSITION].move, answer.parties[OPPOSITION].status) == ("not_agreed", "accept", "disputed")


def test_what_a_party_says_of_its_own_move_is_claimed_until_another_voice_says_so():
    own = move(OPPOSITION, "accept", voice="rebel-council")
    assert negotiation(own).parties[OPPOSITION].status == "claimed"
    assert negotiation(own, move(OPPOSITION, "accept")).parties[OPPOSITION].status == "corroborated"
    assert negotiation(own, policy="cautious").parties[OPPOSITION].move is None


def test_two_reports_of_different_moves_then_dispute_each_other():
    stand = negotiation(move(OPPOSITION, "accept"), move(OPPOSITION, "reject", voice="paper", reported=25)).parties[OPPOSITION]
    assert (stand.move, stand.status, stand.against) == ("reject", "disputed", ("opposition-accept-relief-24",))
