"""How sure a claim is: who could have known, who supports or disputes it, and until when."""

from attrs import evolve
from claims import (
    EARLIER,
    OWN,
    TOOK,
    agreement,
    case_of,
    claim,
    decide,
    denial,
    doubt,
    leader,
    names,
    observes,
    status,
)
from strategies import CITY

from timeline.replay.cells import Claim
from timeline.replay.weighing import speaks_of, weigh
from timeline.temporal.dates import TICK, When, Window

# To speak of that time, and to have been able to know ---------------------------------------------


def test_a_map_of_2012_does_not_dispute_a_capture_of_2016():
    case = case_of(TOOK, observes("map", "second-monitor", "opposition", "2012", "2012-12-31"))
    assert (case.leading, case.status, case.against) == (TOOK, "reported", ())


def test_an_article_of_2016_that_tells_of_2012_does_not_dispute_it_either():
    case = case_of(TOOK, claim("article", "paper", "opposition", "2012-22", "2016-12-01"))
    assert (case.leading, case.status, case.against) == (TOOK, "reported", ())


def test_an_article_that_tells_of_2012_does_not_corroborate():
    case = case_of(TOOK, claim("article", "paper", "government", "2012-22", "2016-12-01"))
    assert (case.status, names(case.support)) == ("reported", {"took"})


def test_who_spoke_before_it_can_have_happened_could_not_have_known():
    foretold = observes("foretold", "second-monitor", "opposition", "2016-11-20/..", "2016-11-26")
    assert not speaks_of(foretold, TOOK)
    assert (
        case_of(
            TOOK,
            claim("early", "second-monitor", "opposition", "2016-11-20/2016-11-30", "2016-11-26"),
        ).status
        == "reported"
    )


def test_who_spoke_before_it_can_have_happened_does_not_corroborate():
    assert (
        status(
            TOOK,
            claim("early", "second-monitor", "government", "2016-11-20/2016-11-30", "2016-11-26"),
        )
        == "reported"
    )


def test_who_spoke_as_it_may_have_begun_could_have_known():
    at_once = evolve(
        observes("map", "paper", "opposition", "2016-11-20/2016-11-27"), known=TOOK.window.earliest
    )
    assert speaks_of(evolve(at_once, window=TOOK.window), TOOK)
    assert not speaks_of(
        evolve(at_once, window=TOOK.window, known=TOOK.window.earliest - TICK), TOOK
    )


def test_a_window_that_ends_as_the_claims_begins_does_not_speak_of_its_time():
    day_before = claim("before", "second-monitor", "opposition", "2016-11-26", "2016-12-01")
    assert not speaks_of(day_before, TOOK)
    assert speaks_of(
        evolve(day_before, window=Window(day_before.window.earliest, TOOK.window.earliest + TICK)),
        TOOK,
    )


def test_a_denial_spoken_before_the_claims_window_began_is_no_denial_of_it():
    assert status(TOOK, denial("no", "rebel-official", TOOK, "2016-11-26")) == "reported"


# How sure -----------------------------------------------------------------------------------------


def test_nobody_said_anything():
    assert decide().case is None


def test_only_the_beneficiary_says_so_it_is_claimed():
    assert status(OWN) == "claimed"


def test_one_disinterested_voice_says_so_it_is_reported():
    assert status(TOOK) == "reported"


def test_one_voice_against_its_own_interest_says_so_it_is_reported():
    assert status(claim("lost", "rebel-official")) == "reported"


def test_two_independent_voices_corroborate():
    assert status(TOOK, claim("also", "paper")) == "corroborated"


def test_the_beneficiary_and_a_disinterested_voice_are_two_independent_voices():
    assert status(OWN, TOOK) == "corroborated"


def test_an_agreement_corroborates_as_a_claim_does():
    assert status(TOOK, agreement("yes", "paper", TOOK)) == "corroborated"


def test_two_voices_of_one_side_are_one():
    assert status(OWN, claim("army-says", "army")) == "claimed"
    assert status(claim("lost", "rebel-official"), claim("lost-too", "rebel-council")) == "reported"


def test_one_voice_through_two_outlets_is_one():
    assert status(TOOK, claim("took-in-another-paper", "monitor")) == "reported"


def test_a_place_that_nobody_holds_favours_nobody():
    assert status(claim("left", "monitor", None)) == "reported"


# Disputes -----------------------------------------------------------------------------------------


def test_a_denial_of_the_very_claim_disputes_it():
    case = case_of(TOOK, denial("no", "rebel-official", TOOK))
    assert (case.leading, case.status, names(case.against)) == (TOOK, "disputed", {"no"})


def test_a_denial_of_what_another_voice_says_of_the_same_holder_and_time_disputes_it_too():
    also = claim("also", "paper")
    assert names(case_of(TOOK, also, denial("no", "rebel-official", also)).against) == {"no"}


def test_a_denial_of_another_holder_disputes_nothing():
    rival = claim("rival", "paper", "opposition", "2016-11-20")
    assert status(TOOK, rival, denial("no", "second-monitor", rival, "2016-12-01")) == "reported"


def test_unclear_alone_does_not_dispute():
    case = case_of(TOOK, doubt("hm", "rebel-official", TOOK))
    assert (case.status, names(case.unclear), case.against) == ("reported", {"hm"}, ())


def test_two_changes_that_name_different_holders_over_overlapping_windows_dispute_each_other():
    vague = claim("vague", "paper", "opposition", "2016-11-25/2016-11-30", "2016-12-01")
    assert names(case_of(TOOK, vague).against) == {"vague"}
    assert names(weigh(vague, [TOOK, vague], CITY).against) == {"took"}


def test_two_changes_that_name_different_holders_one_after_the_other_do_not():
    case = case_of(claim("first", "paper", "opposition", "2016-11-26", "2016-11-28"), TOOK)
    assert (case.leading, case.against) == (TOOK, ())


def test_a_place_that_nobody_holds_disputes_that_somebody_does():
    assert names(case_of(TOOK, claim("nobody", "paper", None)).against) == {"nobody"}


def test_an_observation_of_another_holder_at_that_time_disputes():
    assert (
        status(TOOK, observes("map", "paper", "opposition", "2016-11-26/2016-11-27")) == "disputed"
    )


def test_an_observation_of_the_same_holder_supports_but_does_not_say_since_when():
    case = case_of(TOOK, observes("map", "paper", occurred="2016-11-30", reported="2016-12-01"))
    assert (case.leading, case.status, names(case.support)) == (
        TOOK,
        "corroborated",
        {"took", "map"},
    )
    assert case.since == TOOK.window


def test_only_observations_do_not_say_since_when():
    case = case_of(observes("map", "paper"), observes("table", "monitor"))
    assert (case.status, case.since) == ("corroborated", None)


def test_since_is_the_hull_of_the_windows_of_the_supporting_changes():
    case = case_of(
        TOOK, claim("also", "paper", occurred="2016-11-25/2016-11-28", reported="2016-11-29")
    )
    assert case.since == When("2016-11-25/2016-11-28").window(CITY.zone)


def test_a_change_that_is_in_dispute_says_nothing_of_since_when():
    assert (
        case_of(TOOK, claim("rival", "paper", "opposition", "2016-11-20/2016-11-28")).since
        == TOOK.window
    )


# Lapse: its own side says otherwise later ---------------------------------------------------------


def test_a_dispute_lapses_once_its_own_voice_says_otherwise_later():
    assert (
        status(
            OWN,
            denial("no", "rebel-official", OWN),
            claim("lost", "rebel-official", reported="2016-11-30"),
        )
        == "corroborated"
    )


def test_a_dispute_lapses_once_another_voice_of_its_side_says_otherwise_later():
    case = case_of(
        OWN,
        denial("no", "rebel-official", OWN),
        agreement("yes", "rebel-council", OWN, "2016-11-30"),
    )
    assert (case.against, names(case.lapsed)) == ((), {"no"})


def test_a_doubt_lapses_once_its_side_says_otherwise_later():
    case = case_of(
        OWN,
        doubt("hm", "rebel-official", OWN),
        agreement("yes", "rebel-council", OWN, "2016-11-30"),
    )
    assert (case.unclear, names(case.lapsed)) == ((), {"hm"})


def test_a_doubt_of_its_own_side_does_not_make_a_dispute_lapse():
    assert (
        status(
            OWN,
            denial("no", "rebel-official", OWN),
            doubt("hm", "rebel-council", OWN, "2016-11-30"),
        )
        == "disputed"
    )


def test_a_dispute_does_not_lapse_by_what_its_side_said_before_or_at_the_same_time():
    for reported in ("2016-11-28", "2016-11-29"):
        yes = agreement("yes", "rebel-council", OWN, reported)
        assert status(OWN, yes, denial("no", "rebel-official", OWN, "2016-11-29")) == "disputed"


def test_a_dispute_does_not_lapse_because_another_side_says_otherwise_later():
    assert (
        status(
            TOOK,
            denial("no", "rebel-official", TOOK),
            agreement("yes", "state-tv", TOOK, "2016-11-30"),
        )
        == "disputed"
    )


def test_a_rival_claim_lapses_once_its_side_says_otherwise_later():
    rival = claim("ours", "rebel-official", "opposition")
    assert status(OWN, rival) == "disputed"
    assert case_of(OWN, rival, agreement("yes", "rebel-council", OWN, "2016-11-30")).against == ()


def test_a_voice_that_takes_its_agreement_back_disputes():
    case = case_of(
        TOOK,
        agreement("yes", "rebel-official", TOOK),
        denial("no", "rebel-official", TOOK, "2016-11-30"),
    )
    assert (case.status, names(case.support), names(case.against)) == ("disputed", {"took"}, {"no"})


def test_a_side_that_takes_its_agreement_back_does_not_support_any_more():
    case = case_of(
        TOOK,
        agreement("yes", "rebel-council", TOOK),
        denial("no", "rebel-official", TOOK, "2016-11-30"),
    )
    assert (case.status, names(case.support), names(case.lapsed)) == ("disputed", {"took"}, {"yes"})


def test_a_voice_takes_its_own_claim_back_only_by_what_it_says_later():
    assert leader(EARLIER, TOOK, denial("not-yet", "monitor", TOOK)) == "took"


def test_a_voice_that_takes_its_own_claim_back_leads_no_more():
    assert (
        leader(EARLIER, TOOK, denial("not-after-all", "monitor", TOOK, "2016-11-30")) == "earlier"
    )


# Lapse: two independent voices not of the holder's side -------------------------------------------


def after(*support: Claim, denied: str = "2016-11-29") -> str:
    """Return the status of the monitor's claim of the 28th, denied on a day, with more support."""
    return status(TOOK, denial("no", "rebel-official", TOOK, denied), *support)


def test_a_dispute_lapses_once_two_independent_voices_assert_the_holder_one_of_them_after_it():
    assert after(claim("also", "paper", reported="2016-11-30")) == "corroborated"


def test_a_dispute_does_not_lapse_when_both_spoke_before_it():
    assert after(claim("also", "paper", reported="2016-11-28")) == "disputed"


def test_a_dispute_does_not_lapse_when_the_other_spoke_at_the_same_time():
    assert after(claim("also", "paper", reported="2016-11-29")) == "disputed"


def test_a_dispute_does_not_lapse_by_one_voice_alone_however_often_it_speaks():
    assert (
        after(observes("again", "monitor", occurred="2016-11-29", reported="2016-11-30"))
        == "disputed"
    )


def test_a_dispute_does_not_lapse_when_one_of_the_two_is_of_the_holders_side():
    assert after(claim("also", "army", reported="2016-11-30")) == "disputed"
    assert (
        after(
            claim("also", "army", reported="2016-11-30"),
            claim("too", "state-tv", reported="2016-11-30"),
        )
        == "disputed"
    )


def test_a_voice_of_the_holders_side_after_the_dispute_does_not_help_one_that_spoke_before():
    assert (
        after(claim("also", "paper"), claim("again", "army", reported="2016-11-30")) == "disputed"
    )


def test_two_voices_of_one_side_do_not_outweigh_a_dispute():
    took = claim("took", "rebel-official")
    assert (
        status(
            took,
            denial("no", "monitor", took),
            claim("too", "rebel-council", reported="2016-11-30"),
        )
        == "disputed"
    )


def test_each_dispute_lapses_by_what_was_said_after_it():
    again = denial("no-again", "resident", TOOK, "2016-12-02")
    case = case_of(
        TOOK,
        denial("no", "rebel-official", TOOK, "2016-11-29"),
        claim("also", "paper", reported="2016-11-30"),
        again,
    )
    assert (names(case.against), names(case.lapsed)) == ({"no-again"}, {"no"})
