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
)
from strategies import CITY

from timeline.domain.events import EventId, Grade, SourceId
from timeline.replay.cells import Claim, ids
from timeline.replay.policies import POLICIES
from timeline.replay.weighing import weigh

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


def test_reliable_follows_the_better_grade():
    took = evolve(TOOK, grade=Grade("C3"))
    rival = claim("rival", "paper", "opposition", "2016-11-26/2016-11-27", grade="B2")
    assert leader(took, rival, policy="latest") == "took"
    assert leader(took, rival, policy="reliable") == "rival"
    assert leader(evolve(took, grade=Grade("A1")), rival, policy="reliable") == "took"


def test_reliable_lets_the_newest_lead_where_grades_are_alike():
    rival = claim("rival", "paper", "opposition", "2016-11-26/2016-11-27", grade="B2")
    assert leader(evolve(TOOK, grade=Grade("B2")), rival, policy="reliable") == "took"


def test_reliable_takes_the_best_grade_on_each_side():
    took = evolve(TOOK, grade=Grade("D4"))
    rival = claim("rival", "paper", "opposition", "2016-11-26/2016-11-27", grade="B2")
    assert (
        leader(took, rival, agreement("yes", "relief", took, grade="A1"), policy="reliable")
        == "took"
    )


def test_reliable_trusts_what_has_no_grade_least():
    rival = claim("rival", "paper", "opposition", "2016-11-26/2016-11-27", grade="E5")
    assert leader(TOOK, rival, policy="reliable") == "rival"
    assert (
        leader(evolve(TOOK, grade=Grade("E5")), evolve(rival, grade=None), policy="reliable")
        == "took"
    )


def test_reliable_asks_only_those_who_could_have_known():
    took = evolve(TOOK, grade=Grade("C3"))
    assert leader(took, evolve(EARLIER, grade=Grade("A1")), policy="reliable") == "took"
    unknowing = claim(
        "unknowing",
        "second-monitor",
        "opposition",
        "2016-11-20/2016-11-30",
        "2016-11-26",
        grade="A1",
    )
    assert leader(took, unknowing, policy="reliable") == "took"


def test_reliable_gives_the_place_back_to_the_earlier_holder_when_a_better_source_denies():
    took = evolve(TOOK, grade=Grade("C3"))
    assert (
        leader(EARLIER, took, denial("no", "relief", took, grade="A1"), policy="reliable")
        == "earlier"
    )


def rivals(*voices: str) -> list[Claim]:
    """Return the claims of voices that the opposition took the hill about then."""
    return [
        claim(f"rival-{voice}", voice, "opposition", "2016-11-26/2016-11-27") for voice in voices
    ]


def test_majority_counts_independent_voices():
    assert leader(TOOK, *rivals("paper", "relief"), policy="majority") == "rival-relief"
    assert (
        leader(
            TOOK,
            claim("also", "second-monitor"),
            claim("too", "resident"),
            *rivals("paper", "relief"),
            policy="majority",
        )
        == "took"
    )


def test_majority_counts_two_voices_of_one_side_once():
    assert leader(TOOK, *rivals("rebel-official", "rebel-council"), policy="majority") == "took"
    assert (
        leader(OWN, claim("again", "army"), *rivals("paper", "relief"), policy="majority")
        == "rival-relief"
    )


def test_majority_lets_the_newest_lead_at_a_tie():
    assert leader(TOOK, *rivals("paper"), policy="majority") == "took"


def test_what_majority_sets_aside_does_not_come_back_by_what_supports_it():
    again = observes("again", "monitor", occurred="2016-11-30", reported="2016-12-01")
    assert leader(TOOK, again, *rivals("paper", "relief"), policy="majority") == "rival-relief"


def test_majority_counts_denials():
    denials = [denial(f"no-{voice}", voice, TOOK) for voice in ("paper", "relief")]
    assert leader(EARLIER, TOOK, *denials, policy="majority") == "earlier"


def test_majority_does_not_prefer_a_holder_that_fewer_voices_name():
    kurdish = [
        claim(f"kurdish-{voice}", voice, "kurdish", "2016-11-26/2016-11-27")
        for voice in ("army", "resident")
    ]
    case = case_of(
        *(claim(f"took-{voice}", voice) for voice in ("monitor", "second-monitor", "relief")),
        *rivals("paper", "rebel-official"),
        *kurdish,
        policy="majority",
    )
    assert case.leading.value.favours == "government"


def test_unanimous_names_a_holder_only_where_nobody_disputes():
    assert leader(TOOK, policy="unanimous") == "took"
    assert leader(TOOK, doubt("hm", "paper", TOOK), policy="unanimous") == "took"
    assert leader(EARLIER, TOOK, denial("no", "rebel-official", TOOK), policy="unanimous") is None


def test_unanimous_still_says_who_disputes():
    case = case_of(TOOK, denial("no", "rebel-official", TOOK), policy="unanimous")
    assert (names(case.support), names(case.against)) == ({"took"}, {"no"})


def test_unanimous_names_a_holder_once_the_dispute_has_lapsed():
    yes = agreement("yes", "rebel-council", TOOK, "2016-11-30")
    assert leader(TOOK, denial("no", "rebel-official", TOOK), yes, policy="unanimous") == "took"


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


def test_what_is_set_aside_and_neither_rivals_nor_affirms_the_leading_claim_is_unclear():
    other = evolve(OWN, value=Neither("government"))
    assert names(weigh(EARLIER, [EARLIER], CITY, [other]).unclear) == {"own"}


def test_what_its_own_voice_has_denied_since_disputes_nothing():
    claims = (EARLIER, TOOK, denial("not-so", "monitor", TOOK, "2016-11-30"))
    case = decide(*claims, policy="latest").case
    assert (case.leading.id, names(case.against), case.status) == (EARLIER.id, set(), "reported")


def test_a_leading_claim_is_its_own_support_whatever_was_barred():
    case = weigh(TOOK, [TOOK], CITY, [OWN])
    assert (names(case.support), case.overruled, case.strength) == ({"took"}, (), "reported")


def test_ids_are_told_in_the_order_in_which_they_became_known():
    assert ids([TOOK, EARLIER, OWN, TOOK]) == ("earlier", "own", "took")


# What a policy sets aside -------------------------------------------------------------------------


def test_who_agrees_with_what_was_set_aside_is_against_and_who_denies_it_is_for():
    case = case_of(
        EARLIER,
        OWN,
        agreement("yes", "army", OWN),
        denial("no", "resident", OWN),
        policy="cautious",
    )
    assert (case.leading, names(case.overruled), names(case.seconded)) == (
        EARLIER,
        {"own", "yes"},
        {"no"},
    )


def test_who_agrees_with_what_was_barred_from_the_start_is_against():
    yes = agreement("yes", "paper", OWN)
    case = weigh(EARLIER, [EARLIER, yes], CITY, [OWN])
    assert (names(case.overruled), case.seconded) == ({"own", "yes"}, ())


def test_what_was_set_aside_and_speaks_of_another_time_is_neither_for_nor_against():
    case = weigh(
        TOOK, [TOOK], CITY, [EARLIER, evolve(EARLIER, id=EventId("same"), value=TOOK.value)]
    )
    assert (case.overruled, case.seconded) == ((), ())


def test_what_supports_a_claim_that_is_set_aside_does_not_lead_in_its_place():
    vague = claim("vague", "army", occurred="2016-11-20/2016-11-28")
    before = claim("before", "paper", occurred="2016-11-20/2016-11-26")
    case = case_of(OWN, vague, before, policy="cautious")
    assert (case.leading, case.status, names(case.seconded)) == (
        before,
        "reported",
        {"own", "vague"},
    )


def test_the_voices_behind_what_was_set_aside_are_counted_by_side_too():
    case = case_of(EARLIER, OWN, claim("again", "army"), policy="cautious")
    assert (names(case.overruled), case.independent(case.overruled)) == ({"own", "again"}, 1)


def test_majority_asks_whether_any_one_other_holder_has_more_voices():
    both = TOOK, claim("also", "second-monitor")
    others = (
        *rivals("paper", "relief", "resident"),
        claim("kurdish", "rebel-official", "kurdish", "2016-11-26/2016-11-27"),
    )
    assert case_of(*both, *others, policy="majority").leading.value.favours == "opposition"


def test_reliable_trusts_what_has_no_grade_as_little_as_the_worst_grade():
    rival = claim("rival", "paper", "opposition", "2016-11-26/2016-11-27", grade="F6")
    assert leader(TOOK, rival, policy="reliable") == "took"


def test_a_source_that_is_called_as_an_actor_is_not_on_its_side():
    """The ids of sources and of actors are apart."""
    named_alike = evolve(CITY.sources["monitor"], id=SourceId("government"))
    city = evolve(CITY, sources={**CITY.sources, named_alike.id: named_alike})
    case = weigh(claim("took", "government"), [claim("took", "government")], city)
    assert case.strength == "reported"
