"""Who leads: the newest turn among those that may lead, or the last look."""

import pytest
from attrs import evolve
from claims import (
    EARLIER,
    OWN,
    TOOK,
    agreement,
    case_of,
    claim,
    day,
    denial,
    doubt,
    leader,
    names,
    observes,
)
from hypothesis import given
from hypothesis import strategies as st

from timeline.replay.cells import Claim
from timeline.temporal.dates import Window


def rule(*claims: Claim, at: str = "2016-12-31") -> str:
    """Return the name of the rule by which the leading stand leads."""
    return case_of(*claims, at=at).rule


# newest_turn --------------------------------------------------------------------------------------


def test_the_newest_turn_leads_whoever_tells_of_it():
    assert (leader(EARLIER, OWN), rule(EARLIER, OWN)) == ("own", "newest_turn")


def test_a_turn_that_another_follows_does_not_lead_though_it_was_told_later():
    assert leader(TOOK, evolve(EARLIER, known=day("2017"))) == "took"


def test_the_turn_leads_that_a_later_look_confirms():
    assert leader(EARLIER, TOOK, observes("map", "paper", occurred="2016-12-31")) == "took"


def test_of_turns_that_began_together_the_last_told_leads_and_then_the_closer_one():
    theirs = claim("theirs", "paper", "opposition", reported="2016-11-29")
    assert leader(TOOK, theirs) == "theirs"
    wide = claim("wide", "paper", "opposition", subject="east")
    assert leader(TOOK, wide) == "took"


def test_a_village_that_two_sides_take_in_turn_is_with_the_last_that_took_it():
    sides = ("army", "government"), ("rebel-official", "opposition")
    told = [
        claim(f"take-{number}", *sides[number % 2], f"2016-11-{20 + 2 * number}", "2016-11-30")
        for number in range(4)
    ]
    for number in range(4):
        assert leader(*told, at=f"2016-11-{20 + 2 * number}") == f"take-{number}"


# more_outsiders, tied -----------------------------------------------------------------------------


def test_of_turns_that_nothing_tells_apart_that_leads_which_more_outsiders_tell_of():
    theirs = claim("theirs", "rebel-official", "opposition")
    assert (leader(TOOK, theirs), rule(TOOK, theirs)) == ("took", "more_outsiders")


def test_of_turns_that_nothing_tells_apart_none_leads_where_outsiders_are_divided():
    theirs = claim("theirs", "paper", "opposition")
    case = case_of(TOOK, theirs)
    assert (case.leading, case.rule, case.status) == (None, "tied", "disputed")
    assert names(case.against) == {"took", "theirs"}


def test_a_third_outsider_breaks_the_tie():
    theirs, too = claim("theirs", "paper", "opposition"), claim("too", "relief", "opposition")
    assert case_of(TOOK, theirs, too).leading.value.actor == "opposition"


# Stands that bar one another ----------------------------------------------------------------------


def seen_and_told(mode: str, wider: str) -> list[Claim]:
    """Return two outsiders' looks at the hill, and what each then said of the east: they differ."""
    told = []
    for voice, actor in ("paper", "opposition"), ("monitor", "government"):
        told.append(observes(f"{voice}-seen", voice, actor, "2016-11-05"))
        told.append(claim(f"{voice}-wide", voice, actor, wider, "2016-11-07", mode, subject="east"))
    return told


@pytest.mark.parametrize("mode", ["change", "observation"])
def test_where_each_of_two_bars_the_other_neither_is_barred_and_they_dispute(mode):
    case = case_of(*seen_and_told(mode, "2016-11-01/2016-11-06"))
    assert (case.leading, case.rule, case.status) == (None, "tied", "disputed")


@pytest.mark.parametrize("mode", ["change", "observation"])
def test_where_each_of_two_bars_the_other_the_later_leads_and_the_other_disputes(mode):
    *told, later = seen_and_told(mode, "2016-11-01/2016-11-06")
    later = evolve(later, window=Window(later.window.earliest, day("2016-11-08")))
    later = evolve(later, known=day("2016-11-09"))
    case = case_of(*told, later)
    assert (case.leading.id, case.status) == ("monitor-wide", "disputed")
    assert case.against


VOICES = ["paper", "monitor", "relief", "army", "rebel-official"]
DAYS = [f"2016-11-{number:02}" for number in range(1, 6)]


@st.composite
def told_of_three_places(draw: st.DrawFn) -> list[Claim]:
    """Return changes and looks at the hill, the east and the city, by all kinds of speakers."""
    told = []
    for number in range(draw(st.integers(1, 6))):
        first, last = sorted(draw(st.tuples(st.sampled_from(DAYS), st.sampled_from(DAYS))))
        told.append(
            claim(
                f"claim-{number}",
                draw(st.sampled_from(VOICES)),
                draw(st.sampled_from(["government", "opposition", "kurdish"])),
                f"{first}/{last}",
                draw(st.sampled_from(["2016-11-06", "2016-11-07"])),
                draw(st.sampled_from(["change", "observation"])),
                subject=draw(st.sampled_from(["hill", "east", "testopolis"])),
            )
        )
    return told


@given(told_of_three_places())
def test_whatever_is_told_there_is_a_case_and_some_claim_speaks_in_it(told):
    case = case_of(*told)
    assert case.support or case.against


# seen_last ----------------------------------------------------------------------------------------


def test_where_nobody_tells_of_a_change_the_last_look_leads():
    first = observes("first", "paper", "opposition", "2016-11-20")
    last = observes("last", "monitor", "government", "2016-11-25")
    assert (leader(first, last), rule(first, last)) == ("last", "seen_last")


def test_a_look_is_last_by_the_time_that_it_reaches_and_not_by_when_it_was_told():
    late = observes("told-late", "paper", "opposition", "2016-11-20", "2016-12-20")
    last = observes("last", "monitor", "government", "2016-11-25")
    assert leader(late, last) == "last"


# seen_since ---------------------------------------------------------------------------------------

SEEN_SINCE = observes("map", "monitor", "opposition", "2016-12-10")
"""The monitor, which said that the government took the hill, has since seen others there."""


def test_where_the_speaker_of_the_newest_turn_has_seen_it_ended_that_look_leads():
    assert (leader(TOOK, SEEN_SINCE), rule(TOOK, SEEN_SINCE)) == ("map", "seen_since")
    assert leader(EARLIER, TOOK, SEEN_SINCE) == "map"


def test_the_place_turned_between_the_change_and_the_look():
    between = Window(TOOK.window.earliest, SEEN_SINCE.window.latest)
    assert case_of(EARLIER, TOOK, SEEN_SINCE).since == between


def test_it_does_not_lead_while_somebody_else_stands_by_the_change_or_by_a_newer_one():
    also = claim("also", "relief")
    assert leader(TOOK, SEEN_SINCE, also) == "also"
    newer = claim("newer", "relief", "opposition", "2016-12-05", "2016-12-06")
    assert leader(TOOK, SEEN_SINCE, newer) == "newer"


# seen_later ---------------------------------------------------------------------------------------


def test_an_outsiders_later_look_leads_over_a_turn_that_only_who_gains_by_it_tells_of():
    seen = observes("seen", "relief", "opposition", "2016-11-30")
    assert (leader(OWN, seen), rule(OWN, seen)) == ("seen", "seen_later")


def test_a_look_that_ends_with_the_turn_or_before_is_not_later():
    for on in ("2016-11-26", "2016-11-27"):
        assert leader(OWN, observes("seen", "relief", "opposition", on)) == "own"


def test_a_look_by_who_gains_by_it_does_not_lead_over_a_turn():
    assert leader(OWN, observes("seen", "rebel-official", "opposition", "2016-11-30")) == "own"


def test_a_turn_that_an_outsider_tells_of_too_is_disputed_by_a_later_look_and_leads():
    seen = observes("seen", "relief", "opposition", "2016-11-30")
    case = case_of(TOOK, seen)
    assert (case.leading.id, case.status, names(case.against)) == ("took", "disputed", {"seen"})


def test_a_turn_that_who_gains_and_an_outsider_tell_of_leads_over_a_later_look():
    seen = observes("seen", "relief", "opposition", "2016-11-30")
    assert case_of(OWN, TOOK, seen).leading.value.actor == "government"


def test_who_saw_the_holder_there_only_until_the_turn_began_does_not_tell_of_it():
    seen = observes("seen", "relief", "opposition", "2016-11-30")
    day_before = observes("day-before", "paper", "government", "2016-11-26")
    same_day = observes("same-day", "paper", "government", "2016-11-27")
    assert leader(day_before, OWN, seen) == "seen"
    assert leader(same_day, OWN, seen) == "own"


# stale --------------------------------------------------------------------------------------------


def test_an_outsiders_look_leads_over_a_change_that_nobody_tells_of_for_longer_than_fresh():
    seen = observes("seen", "relief", "opposition", "2016-12-20")
    assert leader(TOOK, seen, at="2017-01-27") == "took"
    assert leader(TOOK, seen, at="2017-01-28") == "seen"
    assert rule(TOOK, seen, at="2017-02-28") == "stale"


def test_a_change_that_is_told_again_stays_fresh():
    seen = observes("seen", "relief", "opposition", "2016-12-20")
    again = observes("again", "monitor", "government", "2016-12-15")
    assert leader(TOOK, again, seen, at="2017-01-28") == "took"
    assert leader(TOOK, again, seen, at="2017-02-28") == "seen"


def test_a_change_that_another_speaker_tells_of_lately_stays_fresh():
    seen = observes("seen", "relief", "opposition", "2016-12-20")
    also = claim("also", "paper", reported="2016-12-15")
    assert leader(TOOK, also, seen, at="2017-01-28") == "also"
    assert leader(TOOK, also, seen, at="2017-02-28") == "seen"


@pytest.mark.parametrize(
    "look",
    [
        observes("own-look", "rebel-official", "opposition", "2016-12-20"),
        observes("earlier-look", "relief", "opposition", "2016-11-20", "2016-12-20"),
        observes("told-before", "relief", "opposition", "2016-11-26/2016-12-20", "2016-11-27"),
        observes("told-together", "relief", "opposition", "2016-11-28"),
    ],
    ids=lambda look: look.id,
)
def test_no_look_leads_over_a_stale_change_that_is_partial_or_older_or_not_told_since(look):
    assert leader(TOOK, look, at="2017-12-31") == "took"


# Barred -------------------------------------------------------------------------------------------

CLOSE = observes("close", "relief", "opposition", "2016-11-29")


def wide(voice: str, occurred: str = "2016-11-28", actor: str = "government") -> Claim:
    """Return a sentence about the east."""
    return claim("wide", voice, actor, occurred, "2016-12-05", subject="east")


def test_a_self_serving_wider_sentence_is_barred_by_a_closer_stand_of_another_holder():
    case = case_of(CLOSE, wide("army", "2016-12-01"))
    assert (case.leading.id, case.status, names(case.against)) == ("close", "disputed", {"wide"})


def test_a_disinterested_wider_sentence_leads_if_it_began_after_that_stands_last_look():
    assert leader(CLOSE, wide("monitor", "2016-11-28")) == "close"
    assert leader(CLOSE, wide("monitor", "2016-12-01")) == "wide"


def test_a_self_serving_closer_stand_bars_nothing():
    own = observes("own-look", "rebel-official", "opposition", "2016-11-29")
    assert leader(own, wide("army", "2016-12-01")) == "wide"


def test_a_closer_stand_of_the_same_holder_bars_nothing():
    same = observes("same", "relief", "government", "2016-11-29")
    assert leader(same, wide("army", "2016-12-01")) == "wide"


def test_a_stand_on_the_same_wider_place_bars_nothing():
    also_wide = observes("also", "relief", "opposition", "2016-11-26", subject="east")
    assert leader(also_wide, wide("army", "2016-12-01")) == "wide"


def test_a_stand_on_the_same_wider_place_bars_nothing_though_others_speak_of_a_closer_one():
    also_wide = observes("also", "paper", "opposition", "2016-11-26", subject="east")
    same = observes("same", "relief", "government", "2016-11-29")
    assert leader(also_wide, same, wide("army", "2016-12-01")) == "wide"


# Who stands by what -------------------------------------------------------------------------------


def test_a_speaker_that_says_its_own_claim_again_or_doubts_it_does_not_take_it_back():
    assert leader(EARLIER, TOOK, agreement("yes", "monitor", TOOK, "2016-11-30")) == "took"
    assert leader(EARLIER, TOOK, doubt("hm", "monitor", TOOK, "2016-11-30")) == "took"


def test_a_speaker_that_takes_its_own_claim_back_leads_no_more():
    no = denial("not-after-all", "monitor", TOOK, "2016-11-30")
    case = case_of(EARLIER, TOOK, no)
    assert (case.leading.id, names(case.against), case.status) == ("earlier", set(), "reported")


def test_what_has_not_begun_by_then_leads_nowhere():
    assert leader(EARLIER, TOOK, at="2016-11-26") == "earlier"
