"""Which of its own words a speaker's later telling replaces."""

from claims import TOOK, agreement, claim, denial, doubt, observes, vantage
from hypothesis import given
from hypothesis import strategies as st

from timeline.replay.cells import Claim
from timeline.replay.histories import Chronicle, Spans, history
from timeline.replay.speakers import words_of
from timeline.temporal.dates import FUTURE, Window


def kept(*claims: Claim) -> list[str]:
    """Return the ids of the claims of one speaker that count, in order."""
    return [word.claim.id for word in history(words_of(claims, vantage()))]


def test_a_history_is_in_the_order_of_the_time_spoken_of_whatever_was_told_first():
    later = claim("later", "paper", occurred="2016-11-27", reported="2016-11-28")
    earlier = claim("earlier", "paper", occurred="2016-11-20", reported="2016-12-05")
    assert kept(later, earlier) == ["earlier", "later"]


def test_of_two_that_overlap_and_name_different_holders_the_later_told_counts():
    corrected = claim("corrected", "monitor", "opposition", "2016-11-26/2016-11-28", "2016-11-30")
    assert kept(TOOK, corrected) == kept(corrected, TOOK) == ["corrected"]


def test_of_two_that_do_not_overlap_both_count():
    lost = claim("lost", "monitor", "opposition", "2016-11-28", "2016-11-30")
    assert kept(TOOK, lost) == ["took", "lost"]


def test_the_same_holder_told_again_of_the_same_time_replaces_nothing():
    assert kept(TOOK, claim("again", "monitor", reported="2016-12-05")) == ["took", "again"]


def test_what_was_replaced_replaces_nothing_itself():
    first = claim("first", "monitor", "government", "2016-11-20/2016-11-25", "2016-11-26")
    second = claim("second", "monitor", "opposition", "2016-11-24/2016-11-28", "2016-11-29")
    third = claim("third", "monitor", "government", "2016-11-27/2016-11-30", "2016-12-01")
    assert kept(first, second, third) == ["first", "third"]


def test_of_one_telling_the_closer_place_counts_and_then_the_later_line():
    wide = claim("wide", "monitor", "opposition", subject="east")
    assert kept(wide, TOOK) == kept(TOOK, wide) == ["took"]
    first, second = claim("b", "monitor", "opposition"), claim("a", "monitor")
    assert kept(second, first) == ["a"], "the later line counts, whatever the ids"


def test_a_look_at_a_closer_place_excepts_it_from_the_wider_sentence_even_of_a_later_day():
    """As of one telling; a look told on another day leaves the sentence as it is."""
    wide = claim("wide", "monitor", "government", "2016-11-26", "2016-11-30", subject="east")
    pocket = observes("pocket", "monitor", "opposition", "2016-11-29", "2016-11-30")
    assert kept(wide, pocket) == ["pocket"]
    next_day = observes("next-day", "monitor", "opposition", "2016-11-29", "2016-12-01")
    assert kept(wide, next_day) == ["wide", "next-day"]


def test_a_look_that_ended_before_the_wider_sentence_began_excepts_nothing():
    wide = claim("wide", "monitor", "government", "2016-11-26", "2016-11-30", subject="east")
    before = observes("before", "monitor", "opposition", "2016-11-25", "2016-11-30")
    assert kept(wide, before) == ["before", "wide"]


def test_a_change_told_of_a_closer_place_excepts_nothing_of_another_day():
    wide = claim("wide", "monitor", "government", "2016-11-26", "2016-11-30", subject="east")
    took = claim("theirs", "monitor", "opposition", "2016-11-29", "2016-11-30")
    assert kept(wide, took) == ["wide", "theirs"]


def test_who_denies_a_claim_of_a_holder_ends_his_own_word_for_it_over_that_time():
    theirs = claim("theirs", "paper")
    assert kept(TOOK, denial("no", "monitor", theirs, "2016-11-30")) == ["no"]
    earlier = denial("no", "monitor", theirs, "2016-11-27")
    assert set(kept(TOOK, earlier)) == {"took", "no"}


def test_a_denial_of_another_time_or_another_holder_ends_nothing():
    other_time = claim("other-time", "paper", occurred="2016-11-20")
    assert "took" in kept(TOOK, denial("no", "monitor", other_time, "2016-11-30"))
    other_holder = claim("other-holder", "paper", "opposition")
    assert "took" in kept(TOOK, denial("no", "monitor", other_holder, "2016-11-30"))


def test_who_denies_a_sentence_about_a_wider_place_has_said_nothing_of_the_closer_one():
    boast = claim("boast", "army", subject="east")
    assert set(kept(TOOK, denial("no", "monitor", boast, "2016-11-30"))) == {"took", "no"}


def test_a_doubt_is_no_part_of_a_history_and_an_agreement_is():
    theirs = claim("theirs", "paper")
    assert kept(doubt("hm", "monitor", theirs), agreement("yes", "monitor", theirs)) == ["yes"]


def test_what_is_passed_on_gives_way_to_the_speakers_own_word_though_it_is_told_later():
    passed = claim("passed", "wire", "opposition", reported="2016-12-05")
    assert kept(TOOK, passed) == ["took"]


# Spans and chronicles -----------------------------------------------------------------------------

START = TOOK.window.earliest
DAY = TOOK.window.latest - START
WINDOWS = st.tuples(st.integers(0, 12), st.integers(1, 4)).map(
    lambda pair: Window(START + pair[0] * DAY, START + sum(pair) * DAY)
)


@given(st.lists(WINDOWS), WINDOWS)
def test_spans_meet_a_window_that_any_of_their_windows_overlaps(windows, asked):
    spans = Spans()
    for window in windows:
        spans.add(window)
    overlaps = [
        window
        for window in windows
        if window.earliest < asked.latest and asked.earliest < window.latest
    ]
    assert spans.meet(asked) == bool(overlaps)


def test_a_chronicle_knows_whether_anybody_else_told_of_a_change_to_another_between():
    lost = claim("lost", "paper", "opposition", "2016-11-29", "2016-11-30")
    chronicle = Chronicle.of(words_of([TOOK, lost], vantage()))
    after, late = TOOK.window.earliest, (FUTURE, FUTURE)
    assert chronicle.told_between(after, late, "government")
    assert not chronicle.told_between(after, late, "opposition")
    assert not chronicle.told_between(after, late, "government", "@paper")
    assert not chronicle.told_between(lost.window.earliest, late, "government")
    assert chronicle.told_between(after, (lost.window.earliest, lost.known), "government")
    assert not chronicle.told_between(after, (lost.window.earliest, TOOK.known), "government")


def test_a_look_is_no_change_in_a_chronicle():
    seen = observes("seen", "paper", "opposition", "2016-11-29")
    chronicle = Chronicle.of(words_of([seen], vantage()))
    assert not chronicle.told_between(TOOK.window.earliest, (FUTURE, FUTURE), "government")
