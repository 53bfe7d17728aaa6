"""Which stands for one holder belong together, and since when it holds the place."""

import pytest
from claims import EARLIER, OWN, TOOK, case_of, claim, denial, names, observes
from strategies import CITY

from timeline.replay.cells import Claim
from timeline.temporal.dates import When, Window


def spans(text: str) -> Window:
    """Return the window of a date in the city."""
    return When(text).window(CITY.zone)


THREE = tuple(
    claim(f"on-{day}", voice, occurred=f"2017-03-0{day}", reported=f"2017-03-0{day}")
    for day, voice in ((5, "monitor"), (6, "relief"), (7, "resident"))
)
"""Three reporters date one capture 5, 6 and 7 March."""


def test_three_reporters_who_date_one_capture_differently_corroborate_each_other():
    case = case_of(*THREE, at="2017-04")
    assert (case.status, names(case.support)) == ("corroborated", {"on-5", "on-6", "on-7"})
    assert case.since == spans("2017-03-05/2017-03-07")


def supporters(*claims: Claim, at: str = "2017-12") -> set[str]:
    """Return the ids of the claims of the leading tenure."""
    return names(case_of(*claims, at=at).support)


def test_a_change_to_another_holder_that_anybody_told_of_parts_two_tenures():
    first = claim("first", "monitor", occurred="2016-11-01", reported="2016-11-02")
    lost = claim("lost", "rebel-official", "opposition", "2016-11-15", "2016-11-16")
    again = claim("again", "relief", occurred="2016-11-27")
    assert supporters(first, again) == {"first", "again"}
    assert supporters(first, lost, again) == {"again"}


def test_another_holder_whom_an_outsider_saw_parts_them_too_and_a_look_by_who_gains_does_not():
    first = claim("first", "monitor", occurred="2016-11-01", reported="2016-11-02")
    again = claim("again", "relief", occurred="2016-11-27")
    seen = observes("seen", "resident", "opposition", "2016-11-15")
    own = observes("own-look", "rebel-official", "opposition", "2016-11-15")
    assert supporters(first, seen, again) == {"again"}
    assert supporters(first, own, again) == {"first", "again"}


def test_the_look_of_an_outsider_who_has_come_round_by_looking_parts_nothing():
    first = claim("first", "monitor", occurred="2016-11-01", reported="2016-11-02")
    again = claim("again", "relief", occurred="2016-11-27")
    seen = observes("seen", "resident", "opposition", "2016-11-15")
    round_again = observes("round", "resident", "government", "2016-12-01")
    assert supporters(first, seen, again, round_again) == {"first", "again", "round"}


def test_a_sentence_that_may_not_lead_parts_nothing():
    first = claim("first", "monitor", occurred="2016-11-01", reported="2016-11-02")
    boast = claim(
        "boast", "rebel-official", "opposition", "2016-11-15", "2016-11-16", subject="east"
    )
    again = claim("again", "relief", occurred="2016-11-27")
    assert supporters(first, boast, again) == {"first", "again"}


def test_whoever_was_joined_joins_those_whom_only_the_leader_was_parted_from():
    """The Relief Office looks before and after what the Paper saw between."""
    onwards = [
        observes(f"relief-{on}", "relief", occurred=on) for on in ("2016-11-27", "2016-12-10")
    ]
    between = observes("seen", "paper", "opposition", "2016-12-05")
    after = observes("after", "resident", occurred="2016-12-20")
    assert supporters(TOOK, between, after) == {"took"}
    assert "after" in supporters(TOOK, between, after, *onwards)


def test_whoever_was_joined_joins_those_of_an_earlier_time_as_well():
    back = [observes(f"relief-{on}", "relief", occurred=on) for on in ("2016-11-10", "2016-11-27")]
    between = observes("seen", "paper", "opposition", "2016-11-20")
    before = observes("before", "resident", occurred="2016-11-01")
    assert supporters(TOOK, between, before) == {"took"}
    assert "before" in supporters(TOOK, between, before, *back)


def test_since_is_dated_by_the_turns_on_the_closest_place():
    wide = claim("wide", "relief", occurred="2016-11-20", reported="2016-11-21", subject="east")
    case = case_of(wide, TOOK)
    assert names(case.support) == {"wide", "took"}
    assert (case.since, names(case.dating)) == (TOOK.window, {"took"})


def test_a_sides_sentence_about_the_whole_city_dates_it_where_no_outsider_speaks():
    speech = claim("speech", "army", subject="testopolis")
    assert case_of(speech).since == speech.window


def test_a_sides_sentence_dates_nothing_where_any_outsider_speaks_of_a_closer_place():
    wide = claim("wide", "army", subject="east")
    around = observes("around", "relief", occurred="2016-11-30", subject="east")
    closer = observes("closer", "monitor", occurred="2016-11-30")
    assert case_of(wide, around).since == wide.window
    assert case_of(wide, around, closer).since is None


def test_what_was_only_seen_has_no_since():
    case = case_of(observes("map", "paper"), observes("table", "monitor"))
    assert (case.status, case.since) == ("corroborated", None)


def test_a_look_supports_a_tenure_and_does_not_date_it():
    seen = observes("map", "paper", occurred="2016-11-30")
    case = case_of(TOOK, seen)
    assert (names(case.support), case.since) == ({"took", "map"}, TOOK.window)


def test_a_turn_that_was_contradicted_at_its_time_does_not_date_it_while_another_does():
    boast = claim("boast", "army", occurred="2016-11-20", reported="2016-11-20")
    no = denial("no", "rebel-official", boast, "2016-11-21")
    assert case_of(boast, no, TOOK).since == TOOK.window
    assert case_of(boast, no).since == boast.window
    assert case_of(boast, TOOK).since == spans("2016-11-20/2016-11-27")


@pytest.mark.parametrize("voice", ["army", "state-tv", "militiaman"])
def test_allies_who_tell_of_one_capture_are_one_voice(voice):
    also = claim("also", voice, "government", reported="2016-11-30")
    assert case_of(OWN, also).status == "claimed"


def test_an_ally_who_admits_a_loss_makes_it_more_than_claimed():
    fought = claim("fought", "army", None, "2016-11-29", "2016-12-01")
    held = observes("held", "militiaman", "government", "2016-12-03")
    admitted = claim("admitted", "militiaman", None, "2016-12-05", "2016-12-05")
    assert case_of(EARLIER, fought).status == "claimed"
    case = case_of(EARLIER, fought, held, admitted)
    assert names(case.support) == {"fought", "admitted"}
    assert case.status == "reported"


def test_what_is_told_of_another_holder_before_belongs_to_no_tenure():
    assert supporters(EARLIER, TOOK) == {"took"}
