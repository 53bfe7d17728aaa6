"""How sure an answer is: who supports it, who stands against it, and what lapses."""

import pytest
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
    names,
    observes,
    status,
)

from timeline.replay.cells import Claim

# How sure -----------------------------------------------------------------------------------------


def test_nobody_said_anything():
    assert decide().case is None


def test_only_who_gains_by_it_says_so_it_is_claimed():
    assert status(OWN) == "claimed"


def test_one_disinterested_speaker_says_so_it_is_reported():
    assert status(TOOK) == "reported"


def test_one_speaker_against_its_own_interest_says_so_it_is_reported():
    assert status(claim("lost", "rebel-official")) == "reported"


def test_two_independent_speakers_corroborate():
    assert status(TOOK, claim("also", "paper")) == "corroborated"


def test_a_party_and_one_outsider_are_two_independent_speakers():
    assert status(OWN, TOOK) == "corroborated"


def test_an_agreement_corroborates_as_a_claim_does():
    assert status(TOOK, agreement("yes", "paper", TOOK)) == "corroborated"


def test_two_sources_of_one_side_are_one():
    assert status(OWN, claim("army-says", "army")) == "claimed"
    assert status(claim("lost", "rebel-official"), claim("lost-too", "rebel-council")) == "reported"


def test_a_source_that_relies_on_another_is_no_second():
    assert status(TOOK, claim("printed", "wire", reported="2016-11-29")) == "reported"
    assert status(TOOK, claim("cited", "paper", cites=("monitor",))) == "reported"


def test_a_place_that_nobody_holds_favours_nobody():
    assert status(claim("left", "monitor", None)) == "reported"


# Against: who looked since ------------------------------------------------------------------------


def against(*claims: Claim, at: str = "2016-12-31") -> set[str]:
    """Return the ids of the claims against the leading tenure."""
    return names(case_of(*claims, at=at).against)


def test_a_map_of_2012_does_not_dispute_a_capture_of_2016_whenever_it_was_told():
    for reported in ("2012-12-31", "2016-12-01"):
        map_of_2012 = observes("map", "relief", "opposition", "2012", reported)
        assert (against(TOOK, map_of_2012), status(TOOK, map_of_2012)) == (set(), "reported")


def test_a_change_to_another_that_began_no_earlier_stands_against_a_tenure():
    vague = claim("vague", "paper", "opposition", "2016-11-25/2016-11-30", "2016-12-01")
    assert against(TOOK, vague) == set()
    later = claim("later", "relief", "government", "2016-11-25/2016-11-27", "2016-11-26")
    assert against(later, claim("same", "paper", "opposition", "2016-11-25", "2016-11-25")) == {
        "same"
    }


@pytest.mark.parametrize(("seen_on", "disputes"), [("2016-11-27", False), ("2016-11-28", True)])
def test_a_look_at_another_that_ends_later_stands_against_a_tenure(seen_on, disputes):
    assert bool(against(TOOK, observes("map", "paper", "opposition", seen_on))) == disputes


def test_so_throughout_stands_against_a_tenure_if_it_ends_after_the_turn():
    ends_after = claim(
        "through", "paper", "opposition", "2016-11-20/2016-11-29", "2016-11-30", "throughout"
    )
    assert against(TOOK, ends_after) == {"through"}
    ends_before = claim(
        "through", "paper", "opposition", "2016-11-20/2016-11-26", "2016-11-30", "throughout"
    )
    assert against(TOOK, ends_before) == set()


def test_a_map_kept_current_looked_until_its_newest_telling():
    kept = observes("map-says", "map", "opposition", "2016-11-20")
    assert case_of(TOOK, kept).status == "reported"
    case = case_of(TOOK, kept, map="2016-12-05")
    assert (case.status, names(case.against)) == ("disputed", {"map-says"})


def test_a_map_kept_until_the_turn_has_ended_and_no_longer_has_not_looked_since():
    kept = observes("map-says", "map", "opposition", "2016-11-20")
    assert case_of(TOOK, kept, map="2016-11-28T00:00").against == ()
    assert names(case_of(TOOK, kept, map="2016-11-28T00:01").against) == {"map-says"}


def test_where_only_looks_lead_what_was_told_within_fresh_before_stands_against_it():
    led = observes("led", "relief", "opposition", "2016-12-20")
    lately = observes("lately", "paper", "government", "2016-11-20")
    assert against(led, lately) == {"lately"}
    long_ago = observes("long-ago", "paper", "government", "2016-09-20")
    assert against(led, long_ago) == set()


def test_what_was_told_just_fresh_before_a_look_stands_against_it_to_the_minute():
    """Sixty days before the end of 30 December, the first of November begins."""
    led = observes("led", "relief", "opposition", "2016-12-30")
    just = observes("just", "paper", "government", "2016-10-30", "2016-11-01T00:00")
    since = observes("since", "paper", "government", "2016-11-03")
    assert against(led, just) == {"just"}
    assert against(led, just, since) == {"just", "since"}
    too_old = observes("too-old", "paper", "government", "2016-10-30", "2016-10-31T23:59")
    assert against(led, too_old) == set()
    assert against(led, too_old, since) == {"since"}


def test_where_only_looks_lead_a_map_kept_lately_stands_against_them_by_its_last_look():
    led = observes("led", "relief", "opposition", "2016-12-20")
    kept = observes("map-says", "map", "government", "2016-06-20")
    assert case_of(led, kept, map="2016-09-05").against == ()
    assert names(case_of(led, kept, map="2016-12-05").against) == {"map-says"}


def test_a_look_that_contradicted_a_capture_stands_against_its_repetition():
    seen = observes("seen", "relief", "opposition", "2016-11-28")
    again = claim("again", "army", occurred="2016-12-03", reported="2016-12-03")
    case = case_of(OWN, seen, again)
    assert (case.leading.id, case.status, names(case.against)) == ("again", "disputed", {"seen"})
    told_since = claim("told-since", "paper", occurred="2016-12-03", reported="2016-12-04")
    assert case_of(OWN, seen, again, told_since).against == ()


# Against: denials ---------------------------------------------------------------------------------


def test_a_denial_of_the_leading_claim_disputes_it():
    case = case_of(TOOK, denial("no", "rebel-official", TOOK))
    assert (case.leading, case.status, names(case.against)) == (TOOK, "disputed", {"no"})


def test_a_denial_of_any_claim_of_the_tenure_disputes_it():
    also = claim("also", "paper")
    assert against(TOOK, also, denial("no", "rebel-official", also)) == {"no"}


def test_a_denial_of_another_holder_disputes_nothing():
    rival = claim("rival", "paper", "opposition", "2016-11-20")
    assert status(TOOK, rival, denial("no", "resident", rival, "2016-12-01")) == "reported"


def test_a_denial_of_a_wider_sentence_bears_on_a_part_only_while_its_answer_rests_on_that():
    boast = claim("boast", "army", subject="east")
    no = denial("no", "rebel-official", boast, "2016-11-29")
    assert status(boast, no) == "disputed"
    assert status(boast, no, TOOK) == "corroborated"


def test_a_denial_stands_against_repetitions_until_an_outsider_tells_of_a_later_turn():
    no = denial("no", "rebel-official", OWN, "2016-11-29")
    again = claim("again", "army", occurred="2016-12-03", reported="2016-12-03")
    assert against(OWN, no, again) == {"no"}
    told_since = claim("told-since", "paper", occurred="2016-12-03", reported="2016-12-04")
    assert status(OWN, no, again, told_since) == "corroborated"


def test_a_doubt_alone_does_not_dispute():
    case = case_of(TOOK, doubt("hm", "rebel-official", TOOK))
    assert (case.status, names(case.unclear), case.against) == ("reported", {"hm"}, ())


# Lapse: its own side says otherwise later ---------------------------------------------------------


def test_a_dispute_lapses_once_its_own_side_says_otherwise_later():
    no = denial("no", "rebel-official", OWN)
    assert status(OWN, no, claim("lost", "rebel-official", reported="2016-11-30")) == "corroborated"
    case = case_of(OWN, no, agreement("yes", "rebel-council", OWN, "2016-11-30"))
    assert (case.against, names(case.lapsed)) == ((), {"no"})


def test_a_doubt_lapses_once_its_side_says_otherwise_later():
    yes = agreement("yes", "rebel-council", OWN, "2016-11-30")
    case = case_of(OWN, doubt("hm", "rebel-official", OWN), yes)
    assert (case.unclear, names(case.lapsed)) == ((), {"hm"})


def test_a_doubt_of_its_own_side_does_not_make_a_dispute_lapse():
    no = denial("no", "rebel-official", OWN)
    assert status(OWN, no, doubt("hm", "rebel-council", OWN, "2016-11-30")) == "disputed"


def test_a_dispute_does_not_lapse_by_what_its_side_said_before_or_at_the_same_time():
    for reported in ("2016-11-28", "2016-11-29"):
        yes = agreement("yes", "rebel-council", OWN, reported)
        assert status(OWN, yes, denial("no", "rebel-official", OWN, "2016-11-29")) == "disputed"


def test_of_a_denial_and_an_agreement_told_together_the_later_line_counts():
    no, yes = denial("no", "paper", OWN), agreement("yes", "paper", OWN)
    assert status(OWN, no, yes) == "corroborated"
    yes, no = agreement("yes", "paper", OWN), denial("no", "paper", OWN)
    assert status(OWN, yes, no) == "disputed"


def test_of_one_telling_the_last_line_counts_whatever_its_speaker_said_in_lines_before():
    seen = observes("seen", "paper", occurred="2016-11-28")
    no, yes = denial("no", "paper", OWN), agreement("yes", "paper", OWN)
    case = case_of(OWN, seen, no, yes)
    assert (case.status, names(case.lapsed)) == ("corroborated", {"no"})


def test_a_dispute_does_not_lapse_because_another_side_says_otherwise_later():
    yes = agreement("yes", "state-tv", TOOK, "2016-11-30")
    assert status(TOOK, denial("no", "rebel-official", TOOK), yes) == "disputed"


def test_a_speaker_that_takes_its_agreement_back_disputes():
    yes = agreement("yes", "rebel-council", TOOK)
    case = case_of(TOOK, yes, denial("no", "rebel-official", TOOK, "2016-11-30"))
    assert (case.status, names(case.support), names(case.against)) == ("disputed", {"took"}, {"no"})


# Lapse: two independent speakers not of the holder's side -----------------------------------------


def after(*support: Claim, denied: str = "2016-11-29") -> str:
    """Return how sure the monitor's claim of the 28th is, denied on a day, with more support."""
    return status(TOOK, denial("no", "rebel-official", TOOK, denied), *support)


def test_a_dispute_lapses_once_two_outsiders_assert_the_holder_one_of_them_after_it():
    assert after(claim("also", "paper", reported="2016-11-30")) == "corroborated"


@pytest.mark.parametrize("reported", ["2016-11-28", "2016-11-29"])
def test_a_dispute_does_not_lapse_when_both_spoke_before_it_or_at_the_same_time(reported):
    assert after(claim("also", "paper", reported=reported)) == "disputed"


def test_a_dispute_does_not_lapse_by_one_speaker_alone_however_often_it_speaks():
    assert after(observes("again", "monitor", occurred="2016-11-29")) == "disputed"


def test_a_dispute_does_not_lapse_when_one_of_the_two_is_of_the_holders_side():
    also = claim("also", "army", reported="2016-11-30")
    too = claim("too", "state-tv", reported="2016-11-30")
    assert after(also) == after(also, too) == "disputed"


def test_two_sources_of_one_side_do_not_outweigh_a_dispute():
    took = claim("took", "rebel-official")
    too = claim("too", "rebel-council", reported="2016-11-30")
    assert status(took, denial("no", "monitor", took), too) == "disputed"


def test_a_rivals_look_lapses_only_by_those_who_looked_since():
    seen = observes("seen", "resident", "opposition", "2016-12-05")
    also = claim("also", "paper", reported="2016-12-10")
    assert status(TOOK, also, seen) == "disputed"
    looked = observes("looked", "paper", occurred="2016-12-09", reported="2016-12-10")
    assert status(TOOK, also, looked, seen) == "disputed"
    both = observes("both", "monitor", occurred="2016-12-09", reported="2016-12-10")
    assert status(TOOK, also, looked, both, seen) == "corroborated"


def test_each_dispute_lapses_by_what_was_said_after_it():
    no = denial("no", "rebel-official", TOOK, "2016-11-29")
    also = claim("also", "paper", reported="2016-11-30")
    case = case_of(TOOK, no, also, denial("no-again", "resident", TOOK, "2016-12-02"))
    assert (names(case.against), names(case.lapsed)) == ({"no-again"}, {"no"})


# Who says so, and how certain ---------------------------------------------------------------------


def test_a_tenure_that_led_before_and_is_led_over_is_neither_for_nor_against():
    case = case_of(EARLIER, TOOK)
    assert (names(case.support), case.against, case.lapsed) == ({"took"}, (), ())


def test_a_tenure_is_certain_once_the_window_of_any_of_its_claims_has_ended():
    vague = claim("vague", "paper", occurred="2016-11-26/2016-11-28", reported="2016-11-29")
    at = TOOK.window.latest
    assert not case_of(vague, at="2016-11-27").certain(at)
    assert case_of(vague, TOOK).certain(at)
