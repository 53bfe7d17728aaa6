"""Whose word a claim is, and who gains by it."""

import pytest
from attrs import evolve
from claims import EARLIER, claim, observes, status, words
from strategies import CITY

from timeline.domain.events import SourceId
from timeline.replay.shares import Hold


def speaker(voice: str, reported: str = "2016-11-28", cites: tuple[str, ...] = ()) -> str:
    """Return whose word it is that a voice says something."""
    return words(claim("said", voice, reported=reported, cites=cites))["said"].speaker


# Whose word ---------------------------------------------------------------------------------------


def test_all_sources_of_one_side_speak_as_one_and_a_source_without_side_for_itself():
    assert speaker("army") == speaker("state-tv") == "government"
    assert speaker("monitor") == "@monitor"


def test_a_source_speaks_for_the_side_that_it_was_on_when_it_spoke():
    assert speaker("militiaman", "2016-11-28") == "opposition"
    assert speaker("militiaman", "2016-11-29") == "militia"


def test_whoever_cites_another_passes_on_that_sources_word():
    assert speaker("resident", cites=("army",)) == "government"
    assert speaker("resident", cites=("paper", "army")) == "@paper"


def test_of_several_cited_sources_the_first_counts_that_spoke_here_itself():
    passed = claim("passed", "resident", cites=("paper", "relief"))
    assert words(passed)["passed"].speaker == "@paper"
    assert words(passed, claim("own-word", "relief"))["passed"].speaker == "@relief"


def test_a_source_that_relies_on_another_passes_on_its_word_as_long_as_it_does():
    assert speaker("wire") == "@monitor"
    assert speaker("echo", "2016-11-26") == "@echo"
    assert speaker("echo", "2016-11-28") == "government"


def test_a_source_that_is_named_as_an_actor_is_not_on_its_side():
    """The ids of sources and of actors are apart."""
    namesake = evolve(CITY.sources["monitor"], id=SourceId("government"))
    city = evolve(CITY, sources={**CITY.sources, namesake.id: namesake})
    assert status(claim("took", "government"), city=city) == "reported"


def test_a_word_that_is_passed_on_gives_way_to_the_speakers_own():
    own, passed = claim("own-word", "monitor"), claim("passed", "wire", reported="2016-12-05")
    told = words(own, passed)
    assert [told[id].own for id in ("own-word", "passed")] == [True, False]
    assert told["own-word"].told > told["passed"].told


def test_allied_sides_are_one_bloc_while_they_are_allied():
    word = words(claim("lost", "militiaman", reported="2016-11-30"), at="2016-12-31")["lost"]
    assert (word.speaker, word.bloc) == ("militia", "government")
    later = words(claim("lost", "militiaman", reported="2016-11-30"), at="2017-12-31")["lost"]
    assert (later.speaker, later.bloc) == ("militia", "militia")


def test_the_holder_is_the_head_of_its_alliance_as_of_the_instant_asked_about():
    theirs = claim("theirs", "paper", "militia", "2016-11-24", "2016-11-25")
    assert words(theirs, at="2016-11-25")["theirs"].substance == "opposition"
    assert words(theirs, at="2016-11-30")["theirs"].substance == "government"


# Who gains by it ----------------------------------------------------------------------------------


def serving(*claims) -> bool:
    """Return whether the last of some claims is self-serving."""
    return words(*claims)[claims[-1].id].serving


def test_to_name_oneself_or_ones_ally_is_self_serving():
    assert serving(claim("ours", "army", "government"))
    assert serving(claim("theirs", "army", "russia"))
    assert not serving(claim("lost", "army", "opposition"))
    assert not serving(claim("took", "monitor", "government"))


@pytest.mark.parametrize("actor", ["opposition", "kurdish"])
def test_that_nobody_holds_it_any_more_is_self_serving_of_what_an_opponent_holds(actor):
    held = claim("held", "paper", actor, "2016-11-20", "2016-11-20")
    assert serving(held, claim("left", "army", None))


def test_that_nobody_holds_it_any_more_admits_a_loss_of_what_ones_own_side_holds():
    word = words(EARLIER, claim("left", "rebel-official", None))["left"]
    assert (word.serving, word.admits) == (False, True)


def test_a_loss_is_admitted_only_of_what_ones_own_side_held():
    assert words(EARLIER, claim("lost", "rebel-official", "government"))["lost"].admits
    assert not words(claim("lost", "rebel-official", "government"))["lost"].admits


def test_who_held_it_before_is_not_taken_from_a_self_serving_wider_sentence():
    held = claim("held", "monitor", "opposition", "2016-11-01", "2016-11-02")
    boast = claim("boast", "army", "government", "2016-11-20", "2016-11-20", subject="testopolis")
    left = claim("left", "rebel-official", None)
    assert words(held, boast, left)["left"].admits


def test_who_held_it_before_may_be_taken_from_an_outsiders_wider_sentence():
    held = claim("held", "monitor", "opposition", "2016-11-01", "2016-11-02", subject="east")
    assert words(held, claim("left", "rebel-official", None))["left"].admits


def test_who_held_it_before_is_found_though_a_word_in_between_has_an_open_beginning():
    """The open word had begun by its end, 10 November, at the latest: that is its place."""
    held = claim("held", "monitor", "opposition", "2016-11-01", "2016-11-02")
    opened = observes("opened", "relief", "kurdish", "../2016-11-10", "2016-11-11")
    lost = claim("lost", "rebel-official", "government", "2016-11-05", "2016-11-28")
    assert words(held, opened, lost)["lost"].admits


def test_a_loss_is_admitted_though_others_have_told_of_it_before():
    told = (
        claim("told", "paper", occurred="2016-11-20", reported="2016-11-21"),
        claim("told-too", "monitor", occurred="2016-11-22", reported="2016-11-23"),
    )
    assert words(EARLIER, *told, claim("lost", "rebel-official", "government"))["lost"].admits


def test_who_claimed_the_place_before_admits_no_loss_by_saying_that_the_enemy_left_it():
    ours, theirs = (Hold((actor,), "held") for actor in ("government", "opposition"))
    boast = claim("boast", "army", occurred="2016-11-20", reported="2016-11-20")
    left = evolve(claim("left", "army"), value=Hold((), "held"))
    word = words(evolve(EARLIER, value=theirs), evolve(boast, value=ours), left)["left"]
    assert (word.serving, word.admits) == (True, False)


def test_an_outsider_never_serves_itself_nor_admits_anything():
    word = words(EARLIER, observes("left", "monitor", None))["left"]
    assert (word.serving, word.admits) == (False, False)


# The order of telling and of what is told of ------------------------------------------------------


def test_words_of_one_telling_are_ordered_by_how_close_they_are_and_then_by_their_lines():
    wide, close = claim("a", "paper", subject="east"), claim("b", "paper")
    told = words(wide, close, claim("0", "paper"))
    assert sorted(told, key=lambda id: told[id].told) == ["a", "b", "0"]
