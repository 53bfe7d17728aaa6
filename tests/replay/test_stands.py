"""What a speaker stands by at a time, since when, and what saying it again moves."""

from claims import (
    EARLIER,
    OWN,
    TOOK,
    claim,
    day,
    denial,
    observes,
    speakers_of,
    stand_of,
)

MONITOR = "@monitor"


def turn_of(speaker: str, *claims) -> str | None:
    """Return the id of the change that began a speaker's stand; None where it was only seen."""
    stand = stand_of(speaker, *claims)
    assert stand is not None
    return stand.turn.claim.id if stand.turn else None


# The last run -------------------------------------------------------------------------------------


def test_the_last_run_of_one_holder_is_what_a_speaker_says():
    lost = claim("lost", "monitor", "opposition", "2016-11-30", "2016-12-01")
    seen = observes("seen", "monitor", "opposition", "2016-12-05")
    stand = stand_of(MONITOR, TOOK, lost, seen)
    assert stand is not None
    assert [word.claim.id for word in stand.words] == ["lost", "seen"]
    (ended,) = speakers_of(TOOK, lost, seen).ended[MONITOR]
    assert [word.claim.id for word in ended.words] == ["took"]


def test_it_stands_until_the_speaker_says_otherwise():
    stand = stand_of(MONITOR, EARLIER, TOOK)
    assert stand is not None
    assert (stand.substance, stand.told) == ("government", day("2016-11-28"))


def test_a_speaker_that_takes_its_word_back_stands_by_nothing():
    assert stand_of(MONITOR, TOOK, denial("no", "monitor", TOOK, "2016-11-30")) is None


def test_who_denies_a_wider_sentence_of_the_same_holder_stands_by_its_own_closer_word():
    boast = claim("boast", "army", subject="east")
    assert turn_of(MONITOR, TOOK, boast, denial("no", "monitor", boast, "2016-11-30")) == "took"


# Turns --------------------------------------------------------------------------------------------


def test_the_turn_is_the_change_that_began_the_run():
    again = claim("again", "monitor", occurred="2016-12-03", reported="2016-12-04")
    assert turn_of(MONITOR, TOOK, again) == "took"


def test_of_the_changes_of_a_run_those_on_the_closest_place_date_it():
    wide = claim("wide", "monitor", occurred="2016-11-20", reported="2016-11-21", subject="east")
    assert turn_of(MONITOR, wide) == "wide"
    assert turn_of(MONITOR, wide, TOOK) == "took"


def test_a_run_that_was_only_seen_has_no_turn():
    assert turn_of(MONITOR, observes("seen", "monitor")) is None


def test_saying_it_again_moves_nothing_though_a_look_came_between():
    seen = observes("seen", "paper", "opposition", "2016-11-29")
    again = claim("again", "monitor", occurred="2016-12-03", reported="2016-12-04")
    assert turn_of(MONITOR, TOOK, seen, again) == "took"


def test_a_change_after_another_speaker_told_of_a_change_to_another_holder_is_a_new_one():
    lost = claim("lost", "rebel-official", "opposition", "2016-11-30", "2016-12-01")
    again = claim("again", "army", occurred="2016-12-03", reported="2016-12-04")
    assert turn_of("government", OWN, again) == "own"
    assert turn_of("government", OWN, lost, again) == "again"


def test_a_look_after_such_a_change_begins_no_new_run():
    lost = claim("lost", "rebel-official", "opposition", "2016-11-30", "2016-12-01")
    assert (
        turn_of("government", OWN, lost, observes("seen", "army", "government", "2016-12-03"))
        == "own"
    )


def test_a_sentence_about_a_wider_place_after_such_a_change_begins_no_new_run():
    lost = claim("lost", "rebel-official", "opposition", "2016-11-30", "2016-12-01")
    boast = claim("boast", "army", occurred="2016-12-03", reported="2016-12-04", subject="east")
    assert turn_of("government", OWN, lost, boast) == "own"


def test_a_change_between_that_was_told_only_after_does_not_make_it_a_new_one():
    lost = claim("lost", "rebel-official", "opposition", "2016-12-03", "2016-12-09")
    again = claim("again", "army", occurred="2016-12-03", reported="2016-12-04")
    assert turn_of("government", OWN, lost, again) == "own"


# Until when ---------------------------------------------------------------------------------------


def test_a_stand_was_last_told_of_by_its_newest_telling_and_looked_until_its_last_look():
    seen = observes("seen", "monitor", "government", "2016-12-05", "2016-12-07")
    stand = stand_of(MONITOR, TOOK, seen)
    assert stand is not None
    assert (stand.told, stand.looked) == (day("2016-12-07"), seen.window.latest)
    assert (stand.begins, stand.ends) == (TOOK.window.earliest, seen.window.earliest)


def test_a_map_that_is_kept_current_stands_until_its_newest_telling():
    seen = observes("seen", "map", "government", "2016-11-20")
    stand = stand_of("@map", seen, map="2016-12-24")
    assert stand is not None
    assert stand.told == stand.looked == stand.ends == day("2016-12-24")
    assert stand.begins == seen.window.earliest


def test_of_the_maps_that_a_side_keeps_the_one_that_spoke_last_counts():
    seen = [observes(f"by-{voice}", voice, occurred="2016-11-20") for voice in ("army", "state-tv")]
    stand = stand_of("government", *seen, **{"army": "2016-12-10", "state-tv": "2016-12-20"})
    assert stand is not None
    assert stand.told == day("2016-12-20")


def test_a_speaker_that_also_admits_a_loss_does_not_only_serve_itself():
    fought = claim("fought", "army", None, "2016-11-29", "2016-12-01")
    held = observes("held", "militiaman", "government", "2016-12-03")
    admitted = claim("admitted", "army", None, "2016-12-05", "2016-12-05")
    stands = [stand_of("government", *log) for log in ([fought], [fought, held, admitted])]
    assert [stand and len(stand.words) for stand in stands] == [1, 2]
    assert [stand and stand.serving for stand in stands] == [True, False]


def test_how_closely_a_speaker_looked_counts_the_words_on_closer_places_alone():
    wide = observes("wide", "monitor", "government", "2016-12-05", subject="east")
    stand = stand_of(MONITOR, TOOK, wide)
    assert stand is not None
    assert stand.looked_at(1) == TOOK.window.latest
    assert stand.looked_at(2) is None
    assert stand.closest == 2
