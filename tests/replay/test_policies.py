"""Policies: how each reads the same claims, and what becomes of those that it sets aside."""

import pytest
from attrs import evolve
from claims import (
    EARLIER,
    OWN,
    TOOK,
    Holder,
    Neither,
    agreement,
    case_of,
    claim,
    decide,
    denial,
    doubt,
    leader,
    names,
    observes,
    vantage,
)

from timeline.domain.events import EventId, Grade
from timeline.replay.cells import Claim
from timeline.replay.policies import POLICIES, settle

# Policies -----------------------------------------------------------------------------------------


def test_the_default_is_latest():
    assert next(iter(POLICIES)) == "latest"
    assert list(POLICIES) == ["latest", "cautious", "reliable", "majority", "unanimous"]


def test_cautious_leaves_the_earlier_holder_while_only_the_beneficiary_says_so():
    assert leader(EARLIER, OWN, policy="cautious") == "earlier"
    assert leader(EARLIER, OWN, claim("again", "army"), policy="cautious") == "earlier"


def test_cautious_leaves_the_earlier_holder_also_when_that_is_inherited():
    assert leader(evolve(EARLIER, subject="east"), OWN, policy="cautious") == "earlier"


def test_cautious_counts_a_change_once_it_is_reported_even_while_it_is_disputed():
    assert leader(EARLIER, TOOK, policy="cautious") == "took"
    assert leader(EARLIER, OWN, TOOK, policy="cautious") == "took"
    assert leader(EARLIER, TOOK, denial("no", "rebel-official", TOOK), policy="cautious") == "took"
    assert leader(EARLIER, claim("lost", "rebel-official"), policy="cautious") == "lost"


def test_cautious_knows_nobody_where_only_the_beneficiary_ever_spoke():
    verdict = decide(OWN, policy="cautious")
    assert (verdict.case, verdict.set_aside) == (None, (OWN,))


def test_what_cautious_sets_aside_is_still_in_the_answer_against():
    case = case_of(EARLIER, OWN, policy="cautious")
    assert (names(case.overruled), case.status) == ({"own"}, "disputed")


def seen(id: str, voice: str, grade: str | None = None) -> Claim:
    """Return a look at the opposition there, after the hill was taken."""
    return evolve(observes(id, voice, "opposition", "2016-11-29"), grade=grade and Grade(grade))


def test_reliable_follows_the_better_grade():
    took = evolve(TOOK, grade=Grade("C3"))
    rival = seen("rival", "paper", "B2")
    assert leader(took, rival, policy="latest") == "took"
    assert leader(took, rival, policy="reliable") == "rival"
    assert leader(evolve(took, grade=Grade("A1")), rival, policy="reliable") == "took"


def test_reliable_lets_the_newest_lead_where_grades_are_alike():
    rival = seen("rival", "paper", "B2")
    assert leader(evolve(TOOK, grade=Grade("B2")), rival, policy="reliable") == "took"


def test_reliable_takes_the_best_grade_on_each_side():
    took = evolve(TOOK, grade=Grade("D4"))
    rival, yes = seen("rival", "paper", "B2"), agreement("yes", "relief", took, grade="A1")
    assert leader(took, rival, policy="reliable") == "rival"
    assert leader(took, rival, yes, policy="reliable") in ("took", "yes")


def test_reliable_trusts_what_has_no_grade_least():
    assert leader(TOOK, seen("rival", "paper", "E5"), policy="reliable") == "rival"
    graded = evolve(TOOK, grade=Grade("E5"))
    assert leader(graded, seen("rival", "paper"), policy="reliable") == "took"


def test_reliable_asks_only_those_who_looked_since():
    took = evolve(TOOK, grade=Grade("C3"))
    assert leader(took, evolve(EARLIER, grade=Grade("A1")), policy="reliable") == "took"
    before = evolve(seen("before", "relief", "A1"), window=EARLIER.window)
    assert leader(took, before, policy="reliable") == "took"


def test_reliable_gives_the_place_back_to_the_earlier_holder_when_a_better_source_denies():
    took = evolve(TOOK, grade=Grade("C3"))
    assert (
        leader(EARLIER, took, denial("no", "relief", took, grade="A1"), policy="reliable")
        == "earlier"
    )


def rivals(*voices: str) -> list[Claim]:
    """Return the looks of voices that saw the opposition there since."""
    return [seen(f"rival-{voice}", voice) for voice in voices]


def holder(*claims: Claim, policy: str = "majority") -> str | None:
    """Return who holds the hill by a policy."""
    leading = case_of(*claims, policy=policy).leading
    return leading and leading.value.actor


def test_majority_counts_independent_speakers():
    two, also = rivals("paper", "relief"), claim("also", "second-monitor")
    assert holder(TOOK, *two) == "opposition"
    assert holder(TOOK, also, *two) == "government"


def test_majority_counts_two_sources_of_one_side_once():
    assert holder(TOOK, *rivals("rebel-official", "rebel-council")) == "government"
    assert holder(TOOK, *rivals("rebel-official", "resident")) == "opposition"


def test_majority_lets_the_newest_lead_at_a_tie():
    assert leader(TOOK, *rivals("paper"), policy="majority") == "took"


def test_what_majority_sets_aside_does_not_come_back_by_what_supports_it():
    again = observes("again", "monitor", occurred="2016-11-30")
    assert holder(TOOK, again, *rivals("paper", "relief")) == "opposition"


def test_majority_counts_denials():
    denials = [denial(f"no-{voice}", voice, TOOK) for voice in ("paper", "relief")]
    assert leader(EARLIER, TOOK, *denials, policy="majority") == "earlier"


def test_majority_does_not_add_up_voices_for_two_other_holders():
    kurdish = [evolve(each, value=Holder("kurdish")) for each in rivals("resident", "map")]
    also = claim("also", "second-monitor")
    assert holder(TOOK, also, *rivals("paper", "relief"), *kurdish) == "government"
    one_more = rivals("paper", "relief", "state-tv")
    assert holder(TOOK, also, *one_more, *kurdish) == "opposition"


def test_unanimous_names_a_holder_only_where_nobody_disputes():
    assert leader(TOOK, policy="unanimous") == "took"
    assert leader(TOOK, doubt("hm", "paper", TOOK), policy="unanimous") == "took"
    assert leader(EARLIER, TOOK, denial("no", "rebel-official", TOOK), policy="unanimous") is None


def test_unanimous_still_says_who_disputes():
    case = case_of(TOOK, denial("no", "rebel-official", TOOK), policy="unanimous")
    assert (names(case.support), names(case.against)) == ({"took"}, {"no"})


def test_unanimous_names_a_holder_once_the_dispute_has_lapsed():
    yes = agreement("yes", "rebel-council", TOOK, "2016-11-30")
    assert holder(TOOK, denial("no", "rebel-official", TOOK), yes, policy="unanimous") == (
        "government"
    )


def told(*claims: Claim, policy: str) -> set[str]:
    """Return the ids of all the claims that an answer names, on whatever side."""
    verdict = decide(*claims, policy=policy)
    case = verdict.case
    groups = (
        (case.support, case.seconded, case.against, case.overruled, case.unclear)
        if case
        else (verdict.set_aside,)
    )
    return set().union(*(names(group) for group in groups))


@pytest.mark.parametrize("policy", POLICIES)
def test_no_claim_that_speaks_of_the_time_is_lost_to_a_policy(policy):
    claims = (
        EARLIER,
        OWN,
        denial("no", "rebel-official", OWN),
        doubt("hm", "resident", OWN),
        *rivals("relief"),
    )
    assert told(*claims, policy=policy) >= {"own", "rival-relief"}


def test_no_claim_is_lost_to_a_policy_that_leaves_the_same_holder():
    assert "own" in told(evolve(EARLIER, value=Holder("government")), OWN, policy="cautious")


def test_no_stance_on_a_claim_is_lost_with_it():
    claims = (EARLIER, OWN, denial("no", "rebel-official", OWN), doubt("hm", "resident", OWN))
    assert told(*claims, policy="cautious") >= {"own", "no", "hm"}


def test_what_its_own_speaker_has_denied_since_disputes_nothing():
    claims = (EARLIER, TOOK, denial("not-so", "monitor", TOOK, "2016-11-30"))
    case = decide(*claims, policy="latest").case
    assert (case.leading.id, names(case.against), case.status) == (EARLIER.id, set(), "reported")


# What a policy sets aside -------------------------------------------------------------------------


def test_who_agrees_with_what_was_set_aside_is_against_and_who_denies_it_is_for():
    yes, no = agreement("yes", "army", OWN), denial("no", "resident", OWN)
    case = case_of(EARLIER, OWN, yes, no, policy="cautious")
    aside = names(case.overruled), names(case.seconded)
    assert (case.leading, *aside) == (EARLIER, {"own", "yes"}, {"no"})


def barred(*claims: Claim, aside: Claim, at: str = "2016-12-31"):
    """Return the case of claims of which one was set aside from the start."""
    case = settle([*claims, aside], vantage(at), POLICIES["latest"], barred=[aside.id]).case
    assert case is not None
    return case


def test_what_was_barred_from_the_start_is_for_or_against_by_what_it_says():
    assert names(barred(TOOK, aside=OWN).seconded) == {"own"}
    assert names(barred(EARLIER, aside=OWN).overruled) == {"own"}
    neither = evolve(OWN, value=Neither("government"))
    case = barred(EARLIER, aside=neither)
    assert (case.overruled, case.seconded) == ((), ())


def test_what_was_set_aside_is_unclear_only_where_it_is_neither_for_nor_against():
    neither = evolve(OWN, value=Neither("government"))
    assert names(barred(EARLIER, aside=neither).unclear) == {"own"}
    for led in (TOOK, EARLIER):
        assert barred(led, aside=OWN).unclear == ()


def test_what_was_set_aside_is_against_who_was_only_seen_there_before_too():
    seen_before = observes("seen-before", "paper", "opposition", "2016-11-20")
    assert names(barred(seen_before, aside=OWN).overruled) == {"own"}


def test_what_was_set_aside_and_has_not_begun_by_then_is_not_against():
    later = claim("later", "paper", "opposition", "2016-12-05", "2016-12-06")
    assert names(barred(TOOK, aside=later).overruled) == {"later"}
    assert barred(TOOK, aside=later, at="2016-11-30").overruled == ()


def test_what_was_set_aside_and_speaks_of_another_time_is_neither_for_nor_against():
    same = evolve(EARLIER, id=EventId("same"), value=TOOK.value)
    for aside in (EARLIER, same):
        case = barred(TOOK, aside=aside)
        assert (case.overruled, case.seconded) == ((), ())


def test_what_supports_a_claim_that_is_set_aside_does_not_lead_in_its_place():
    lost = claim("lost", "paper", "opposition", "2016-11-20", "2016-11-21")
    vague = claim("vague", "army", occurred="2016-11-21/2016-11-28", reported="2016-11-28")
    case = case_of(lost, OWN, vague, policy="cautious")
    assert (case.leading, case.status) == (lost, "disputed")
    assert names(case.overruled) == {"own", "vague"}


def test_reliable_trusts_what_has_no_grade_as_little_as_the_worst_grade():
    assert leader(TOOK, seen("rival", "paper", "F6"), policy="reliable") == "took"


def test_a_policy_decides_nothing_where_nobody_leads():
    theirs = claim("theirs", "paper", "opposition", grade="A1")
    for policy in POLICIES:
        assert leader(TOOK, theirs, policy=policy) is None
