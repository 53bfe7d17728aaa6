"""Captures that were taken back, and what confirms or contradicts a capture."""

import pytest
from claims import EARLIER, OWN, TOOK, claim, decide, denial, leader, observes, words
from harbour import GUILD_DOCKS, denied, fates, holder, saw, took
from strategies import CITY

from timeline.replay.cells import Claim
from timeline.replay.taking_back import Contradictions, in_doubt_from
from timeline.temporal.dates import FUTURE

RETREAT = observes("retreat", "army", "opposition", "2016-12-01")
"""The army admits, without telling of a loss, that the opposition is there."""


def taken(*claims: Claim, at: str = "2016-12-31") -> dict[str, str]:
    """Return the captures that were taken back, each with the event by which."""
    return dict(decide(*claims, at=at).testimonies.taken)


# By its own side ----------------------------------------------------------------------------------


def test_a_capture_of_which_only_its_side_told_is_taken_back_when_that_side_says_otherwise():
    assert taken(OWN, RETREAT) == {"own": "retreat"}


def test_it_never_led_so_that_with_hindsight_the_earlier_holder_stays():
    before_retreat = "2016-11-29"
    assert leader(EARLIER, OWN, at=before_retreat) == "own"
    assert leader(EARLIER, OWN, RETREAT, at=before_retreat) == "earlier"


def test_a_side_that_tells_of_a_loss_since_takes_nothing_back():
    assert taken(OWN, claim("lost", "army", "opposition", "2016-12-01", "2016-12-01")) == {}


def test_a_side_that_says_otherwise_after_the_claim_is_no_longer_fresh_takes_nothing_back():
    late = observes("late", "army", "opposition", "2017-03-01")
    assert taken(OWN, late, at="2017-12-31") == {}
    in_time = observes("in-time", "army", "opposition", "2017-01-20")
    assert taken(OWN, in_time, at="2017-12-31") == {"own": "in-time"}


def test_a_side_that_denies_its_own_capture_does_not_stand_by_it():
    no = denial("no", "army", OWN, "2016-11-30")
    assert leader(EARLIER, OWN, no) == leader(EARLIER, OWN, no, at="2016-11-27") == "earlier"


def test_a_side_that_denies_that_it_still_holds_it_takes_its_capture_back():
    theirs = claim("theirs", "monitor", occurred="2016-11-30", reported="2016-11-30")
    assert taken(OWN, theirs, denial("no", "army", theirs, "2016-12-01")) == {"own": "no"}


def test_a_side_that_denies_what_its_enemy_claims_takes_nothing_back():
    enemy = claim("enemy", "rebel-official", "opposition", "2016-11-30", "2016-11-30")
    assert taken(OWN, enemy, denial("no", "army", enemy, "2016-12-01")) == {}


def test_a_capture_that_an_outsider_told_of_may_have_been_lost_untold_and_stays():
    assert taken(OWN, TOOK, RETREAT) == {}
    assert taken(OWN, observes("seen", "relief", "government", "2016-11-28"), RETREAT) == {}


def test_what_an_outsider_tells_of_an_earlier_time_confirms_no_capture():
    before = observes("before", "relief", "government", "2016-11-20")
    assert taken(OWN, before, RETREAT) == {"own": "retreat"}


def test_what_an_outsider_tells_of_the_time_after_it_was_taken_back_confirms_none():
    before = observes("before", "relief", "government", "2016-11-20")
    after = observes("after", "relief", "government", "2016-12-05")
    assert taken(OWN, before, RETREAT, after) == {"own": "retreat"}


def test_an_ally_is_no_outsider():
    ally = claim("ally", "militiaman", "government", "2016-11-27", "2016-11-30")
    assert taken(OWN, ally, RETREAT)["own"] == "retreat"


def test_what_a_speaker_without_gain_tells_is_never_taken_back():
    assert taken(TOOK, observes("otherwise", "monitor", "opposition", "2016-12-01")) == {}


BOAST = took("boast", "fleet-staff", "quay", "fleet", "2016-05-01")
LEFT = took("left", "fleet-staff", "quay", None, "2016-05-02")
"""The Fleet says that it took the Quay from the Guild, and then that the enemy has left it."""


def test_that_the_enemy_left_takes_no_capture_back():
    no = denied("no", "guild-staff", "boast", "2016-05-02")
    assert fates([GUILD_DOCKS, BOAST, LEFT])["boast"] == "open"
    assert fates([GUILD_DOCKS, BOAST, no, LEFT])["boast"] == "open", "it announces nothing again"


ENEMY = took("enemy", "guild-staff", "quay", "guild", "2016-04-28")
NOT_THEIRS = denied("not-theirs", "fleet-staff", "enemy", "2016-04-29")


@pytest.mark.parametrize("before", [(), (BOAST,), (ENEMY, NOT_THEIRS)])
def test_that_the_enemy_left_is_taken_back_by_admitting_that_it_is_there(before):
    back = saw("back", "fleet-staff", "quay", "guild", "2016-05-05")
    log = [GUILD_DOCKS, *before, LEFT, back]
    assert fates(log)["left"] == "overturned"
    assert holder(log, "quay", "2016-05-03").holder == "guild"


def test_who_denies_that_it_holds_a_place_does_not_take_back_that_the_enemy_left_it():
    theirs = took("theirs", "lookout", "quay", "fleet", "2016-05-04")
    no = denied("no", "fleet-staff", "theirs", "2016-05-06")
    outcomes = fates([GUILD_DOCKS, BOAST, LEFT, theirs, no])
    assert (outcomes["boast"], outcomes["left"]) == ("overturned", "open")


# By announcing it again ---------------------------------------------------------------------------

AGAIN = claim("again", "army", occurred="2016-12-03", reported="2016-12-03")
DENIED = denial("no", "rebel-official", OWN, "2016-11-29")


def test_a_capture_that_others_denied_is_taken_back_when_its_side_announces_it_again():
    assert taken(OWN, DENIED, AGAIN) == {"own": "again"}
    assert leader(EARLIER, OWN, DENIED, AGAIN, at="2016-11-30") == "earlier"
    assert leader(EARLIER, OWN, DENIED, AGAIN) == "again"


def test_a_capture_that_nobody_contradicted_is_only_told_again():
    assert taken(OWN, AGAIN) == {}
    assert leader(EARLIER, OWN, AGAIN) == "own"


def test_a_look_otherwise_within_the_day_or_the_next_contradicts_a_capture():
    for seen_on, back in (("2016-11-27", True), ("2016-11-28", True), ("2016-11-29", False)):
        seen = observes("seen", "relief", "opposition", seen_on)
        assert bool(taken(OWN, seen, AGAIN)) == back


def test_a_change_that_others_tell_of_contradicts_no_capture():
    lost = claim("lost", "relief", "opposition", "2016-11-28", "2016-11-28")
    assert taken(OWN, lost, AGAIN) == {}


def test_a_capture_of_a_wider_place_is_taken_back_by_that_of_a_closer_one_and_not_the_reverse():
    wide = claim("wide", "army", subject="east")
    denied = denial("no", "rebel-official", wide, "2016-11-29")
    assert taken(wide, denied, AGAIN) == {"wide": "again"}
    wide_again = claim(
        "wide-again", "army", occurred="2016-12-03", reported="2016-12-03", subject="east"
    )
    assert taken(OWN, DENIED, wide_again) == {}


def test_a_capture_told_again_of_the_same_beginning_is_not_announced_again():
    assert taken(OWN, DENIED, claim("same", "army", reported="2016-12-03")) == {}


# Contradictions -----------------------------------------------------------------------------------


def contradicted(capture: Claim, *others: Claim) -> bool:
    """Return whether others contradicted a capture at its time."""
    every = words(capture, *others)
    return Contradictions.of(list(every.values())).at_its_time(every[capture.id])


def test_a_side_does_not_contradict_itself_nor_its_ally():
    assert contradicted(OWN, denial("no", "rebel-official", OWN))
    assert not contradicted(OWN, denial("no", "army", OWN))
    assert not contradicted(OWN, denial("no", "militiaman", OWN, "2016-11-30"))


def test_a_look_at_a_wider_place_contradicts_no_capture():
    wide = observes("wide", "relief", "opposition", "2016-11-27", subject="east")
    assert not contradicted(OWN, wide)


def test_a_look_that_ended_when_the_capture_began_contradicts_none():
    before = observes("before", "relief", "opposition", "2016-11-26")
    assert before.window.latest == OWN.window.earliest
    assert not contradicted(OWN, before)


def test_a_denial_of_what_its_side_claims_of_another_time_contradicts_no_capture():
    for occurred in ("2016-11-20", "2016-11-29"):
        other = claim("other", "army", occurred=occurred, reported="2016-11-30")
        no = denial("no", "rebel-official", other, "2016-12-01")
        assert contradicted(other, no)
        assert not contradicted(OWN, other, no)


# In doubt -----------------------------------------------------------------------------------------


def doubtful(*claims: Claim) -> bool:
    """Return whether any capture may have been taken back, as is told cheaply."""
    return in_doubt_from(claims, CITY) != FUTURE


def test_answers_are_in_doubt_from_the_first_capture_that_may_have_been_taken_back():
    later = claim("later", "rebel-official", "opposition", "2016-12-05", "2016-12-05")
    admits = observes("admits", "rebel-council", "government", "2016-12-09")
    for log in ([OWN, RETREAT, later, admits], [later, admits, OWN, RETREAT]):
        assert in_doubt_from(log, CITY) == OWN.window.earliest
    assert in_doubt_from([OWN, later, admits], CITY) == later.window.earliest


def test_a_capture_is_in_doubt_where_its_side_soon_tells_of_anything_but_a_change():
    before = observes("before", "army", "opposition", "2016-11-20")
    assert doubtful(OWN, RETREAT, before)
    assert doubtful(OWN, denial("no", "army", OWN, "2016-11-30"))
    assert not doubtful(OWN, before)
    assert not doubtful(OWN, observes("late", "army", "opposition", "2017-03-01"))
    assert not doubtful(OWN, claim("lost", "army", "opposition", "2016-12-01", "2016-12-01"))


def test_what_a_speaker_without_gain_tells_is_never_in_doubt():
    assert not doubtful(TOOK, observes("otherwise", "monitor", "opposition", "2016-12-01"))


def test_a_capture_that_is_announced_again_is_in_doubt_where_others_contradicted_it():
    assert doubtful(OWN, DENIED, AGAIN)
    assert not doubtful(OWN, DENIED)
    assert not doubtful(OWN, AGAIN)


def test_a_look_within_the_day_or_the_next_makes_a_capture_doubtful():
    for seen_on, back in (("26", False), ("27", True), ("28", True), ("29", False)):
        seen = observes("seen", "relief", "opposition", f"2016-11-{seen_on}")
        assert doubtful(OWN, seen, AGAIN) == back
