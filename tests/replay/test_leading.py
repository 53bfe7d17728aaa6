"""Which claim leads: the newest change, the last word of a voice, and what it has seen since."""

import pytest
from attrs import evolve
from claims import (
    EARLIER,
    OWN,
    TOOK,
    agreement,
    case_of,
    claim,
    denial,
    doubt,
    leader,
    names,
    observes,
)
from strategies import CITY

from timeline.replay.policies import POLICIES, settle
from timeline.replay.weighing import weigh
from timeline.temporal.dates import TICK, Moment, When

# Which claim leads --------------------------------------------------------------------------------


def test_the_newest_change_leads_whoever_says_so():
    assert leader(EARLIER, OWN) == "own"


def test_a_change_that_another_follows_does_not_lead_even_when_it_was_reported_later():
    assert leader(TOOK, evolve(EARLIER, known=Moment("2017").instant(CITY.zone))) == "took"


def test_of_changes_over_one_window_the_one_reported_last_leads_and_at_a_tie_the_last_id():
    assert leader(TOOK, claim("a", "paper", reported="2016-11-29")) == "a"
    assert leader(TOOK, claim("a", "paper")) == "took"


def test_an_observation_leads_where_no_change_is_known():
    assert leader(observes("map", "paper")) == "map"


def test_the_change_leads_that_a_later_observation_confirms():
    assert (
        leader(
            EARLIER, TOOK, observes("map", "paper", occurred="2016-12-31", reported="2016-12-31")
        )
        == "took"
    )


def test_a_change_that_another_follows_does_not_lead_again_because_an_observation_confirms_it():
    retaken = claim("retaken", "paper", "opposition", "2016-11-29", "2016-11-30")
    assert (
        leader(
            TOOK,
            retaken,
            observes("map", "second-monitor", occurred="2016-12-31", reported="2016-12-31"),
        )
        != "took"
    )


def test_the_leading_claim_is_taken_from_the_changes():
    case = case_of(TOOK, observes("map", "paper", "opposition", "2016-11-30", "2016-12-01"))
    assert (case.leading.id, case.status, names(case.against)) == ("took", "disputed", {"map"})


# A voice's last word ------------------------------------------------------------------------------


def test_of_a_voices_own_overlapping_claims_the_last_reported_counts():
    corrected = claim("corrected", "monitor", "opposition", "2016-11-26/2016-11-28", "2016-11-30")
    case = case_of(TOOK, corrected)
    assert (case.leading, case.status) == (corrected, "reported")


def test_of_a_voices_own_overlapping_claims_of_one_report_the_last_id_counts():
    case = case_of(TOOK, claim("b", "monitor", "opposition"))
    assert (case.leading, case.status) == (TOOK, "reported")


def test_a_voice_that_dates_the_same_change_anew_means_its_last_date():
    case = case_of(
        TOOK, claim("corrected", "monitor", occurred="2016-11-25/2016-11-27", reported="2016-11-30")
    )
    assert (names(case.support), case.since) == (
        {"corrected"},
        When("2016-11-25/2016-11-27").window(CITY.zone),
    )


def test_of_two_stances_in_one_report_the_last_id_counts():
    case = case_of(TOOK, agreement("a-yes", "paper", TOOK), denial("b-no", "paper", TOOK))
    assert (names(case.support), names(case.against)) == ({"took"}, {"b-no"})


def test_what_a_voice_says_in_one_report_without_contradicting_itself_all_stays():
    case = case_of(TOOK, claim("too", "monitor", occurred="2016-11-27/2016-11-28"))
    assert names(case.support) == {"took", "too"}


def test_a_claim_on_the_place_itself_goes_before_one_of_the_same_report_on_a_place_around_it():
    around = claim("zone", "monitor", "opposition", subject="east")
    assert leader(TOOK, around) == "took"


# What a voice has since seen, and what it said last -----------------------------------------------


SEEN_SINCE = observes("map", "monitor", "opposition", "2016-12-10", "2016-12-10")
"""The monitor, which said that the government took the hill, has since seen others there."""


def test_what_a_voice_has_since_seen_otherwise_leads_where_nobody_tells_of_the_change():
    assert leader(TOOK, SEEN_SINCE) == "map"
    assert leader(EARLIER, TOOK, SEEN_SINCE) == "map"


def test_a_change_that_was_told_of_leads_before_what_a_voice_has_since_seen():
    retaken = claim("retaken", "relief", "opposition", "2016-12-05", "2016-12-06")
    assert leader(EARLIER, TOOK, SEEN_SINCE, retaken) == "retaken"


def test_a_change_that_began_before_what_it_reversed_tells_of_what_a_voice_has_since_seen_too():
    vague = claim("vague", "paper", "opposition", "2016-11-20/2016-11-30", "2016-12-01")
    assert leader(TOOK, SEEN_SINCE, vague) == "vague"


def test_a_change_to_another_holder_does_not_tell_of_what_a_voice_has_since_seen():
    kurds = claim("kurds", "paper", "kurdish", "2016-12-01", "2016-12-02")
    assert leader(TOOK, SEEN_SINCE, kurds) == "map"


def test_what_a_voice_saw_while_the_change_may_not_have_happened_yet_does_not_reverse_it():
    case = case_of(
        TOOK, observes("map", "monitor", "opposition", "2016-11-20/2016-11-28", "2016-11-29")
    )
    assert (case.leading, names(case.against)) == (TOOK, {"map"})


def test_what_a_voice_saw_before_is_followed_by_what_it_saw_next():
    took = claim("took", "paper", occurred="2016-11-24")
    theirs = [
        observes(f"theirs-{day}", "monitor", "opposition", f"2016-11-{day}") for day in (25, 26)
    ]
    case = case_of(took, *theirs, observes("ours", "monitor", "government", "2016-11-27"))
    assert (case.status, names(case.support), case.against) == (
        "corroborated",
        {"took", "ours"},
        (),
    )


@pytest.mark.parametrize("reported", ["2016-11-28", "2016-11-29"])
def test_what_may_not_have_happened_yet_follows_nothing_that_the_voice_said(reported):
    claims = (
        claim("took", "paper", occurred="2016-11-24"),
        observes("ours", "monitor", "government", "2016-11-26"),
    )
    lost = observes("lost", "monitor", "opposition", "2016-11-27/2016-11-28", reported)
    case = settle(
        [*claims, lost], CITY, POLICIES["latest"], at=Moment("2016-11-27T18:00").instant(CITY.zone)
    ).case
    assert case is not None
    assert {"took", "ours"} <= names((*case.support, *case.lapsed))


def test_a_voice_that_says_its_own_claim_again_or_doubts_it_does_not_take_it_back():
    assert leader(EARLIER, TOOK, agreement("yes", "monitor", TOOK, "2016-11-30")) == "took"
    assert leader(EARLIER, TOOK, doubt("hm", "monitor", TOOK, "2016-11-30")) == "took"


def test_of_two_voices_reports_of_one_time_the_one_on_the_place_itself_leads():
    assert leader(TOOK, claim("zone", "paper", "opposition", subject="east")) == "took"


def test_a_leading_claim_stays_in_support_though_its_own_side_denies_it():
    case = case_of(OWN, denial("no", "army", OWN, "2016-11-29"))
    assert (case.status, names(case.support), names(case.against), case.lapsed) == (
        "disputed",
        {"own"},
        {"no"},
        (),
    )


def test_a_leading_claim_is_its_own_support_whenever_it_was_made_public():
    foretold = evolve(OWN, known=OWN.window.earliest - TICK)
    case = weigh(foretold, [foretold], CITY)
    assert (names(case.support), case.strength) == ({"own"}, "claimed")
