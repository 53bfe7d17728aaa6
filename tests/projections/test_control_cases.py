"""Long stories told by many, and who holds what by them: the answers of a careful analyst."""

from collections.abc import Iterable

import pytest
from attrs import evolve
from holdings import control, says, took
from strategies import CITY, timeline_of

from projections import CONTROL
from projections.control import Control, Holder
from timeline.domain.city import Place
from timeline.domain.events import ControlChange, PlaceId
from timeline.replay.answers import Since
from timeline.temporal.as_of import AsOf

# A village taken three times in a week ------------------------------------------------------------

WEEK = (
    took("army-takes", "army", "government", "2017-03-06", "2017-03-06"),
    took("rebels-retake", "rebel-official", "opposition", "2017-03-08", "2017-03-08"),
    took("army-retakes", "army", "government", "2017-03-11", "2017-03-11"),
)
LOOKED = took("walked-in", "relief", "government", "2017-03-12", "2017-03-12", how="observation")


@pytest.mark.parametrize("log", [WEEK, (*WEEK, LOOKED)], ids=["two-sides-alone", "with-a-look"])
@pytest.mark.parametrize(
    ("on", "holder"),
    [
        ("2017-03-06", "government"),
        ("2017-03-07", "government"),
        ("2017-03-08", "opposition"),
        ("2017-03-10", "opposition"),
        ("2017-03-11", "government"),
        ("2017-03-13", "government"),
    ],
)
def test_a_village_taken_three_times_in_a_week_is_with_the_last_that_took_it(log, on, holder):
    assert control(*log, at=on).holder == holder
    assert control(*log, at=on, known=on).holder == holder


def test_an_outsiders_look_at_the_end_of_the_week_makes_the_last_capture_surer():
    before, after = control(*WEEK, at="2017-03-13"), control(*WEEK, LOOKED, at="2017-03-13")
    assert (before.status, after.status) == ("claimed", "corroborated")
    assert before.since is not None
    assert after.since is not None
    assert before.since.text == after.since.text == "2017-03-11"


# Three reporters ----------------------------------------------------------------------------------


def reporters(flag: str = "") -> list[ControlChange]:
    """Return three reporters' words that the hill fell on 5, 6 and 7 March."""
    voices = ("monitor", "relief", "resident")
    days = [f"2017-03-0{number}" for number in (5, 6, 7)]
    return [
        took(f"on-{day}", voice, "government", f"{day}{flag}", day)
        for day, voice in zip(days, voices, strict=True)
    ]


def test_three_reporters_of_three_days_corroborate_each_other_since_those_days():
    answer = control(*reporters(), at="2017-04")
    assert answer.since is not None
    assert (answer.holder, answer.status) == ("government", "corroborated")
    assert answer.since.text == "2017-03-05/2017-03-07"
    assert len(answer.because) == 3


def test_three_who_say_about_are_no_surer_than_three_who_name_their_days():
    answer = control(*reporters("~"), at="2017-04")
    assert answer.since is not None
    assert (answer.status, answer.since.text) == ("corroborated", "2017-03-04/2017-03-08")
    assert not control(*reporters("~"), at="2017-03-05").certain


# Two claims of one voice told together ------------------------------------------------------------


def test_of_two_claims_of_one_voice_told_together_the_later_line_counts_whatever_their_ids():
    ours, theirs = took("b", "monitor", "government"), took("a", "monitor", "opposition")
    assert control(ours, theirs).holder == "opposition"
    assert control(theirs, ours).holder == "government"
    assert control(ours, theirs).status == "reported"


# A city of a hundred districts --------------------------------------------------------------------

DISTRICTS = tuple(PlaceId(f"d{number:02}") for number in range(100))
HUNDRED = evolve(
    CITY,
    places={
        "testopolis": CITY.places[PlaceId("testopolis")],
        **{
            id: Place(id=id, name=f"District {id}", parent=PlaceId("testopolis"))
            for id in DISTRICTS
        },
    },
)
"""A city without sectors."""
AGREEING, DIFFERING, SILENT = DISTRICTS[:5], DISTRICTS[5:10], DISTRICTS[10:]
"""Of ten districts two reporters tell closer things: as the boast will say, or otherwise."""


def closer(holder: str, districts: Iterable[PlaceId]) -> list[ControlChange]:
    """Return the captures of districts that two reporters tell of, before the boast."""
    return [
        took(f"{voice}-{id}", voice, holder, "2017-02-10", "2017-02-11", place=id)
        for id in districts
        for voice in ("monitor", "relief")
    ]


CLOSER = (*closer("government", AGREEING), *closer("opposition", DIFFERING))
BOAST = took("boast", "army", "government", "2017-03-01", "2017-03-01", place="testopolis")
DENIED = says("disagree", "denied", "rebel-official", "boast", "2017-03-02")
CITY_LOG = timeline_of((*CLOSER, BOAST, DENIED), HUNDRED)


def cut(known: str) -> AsOf:
    return AsOf.parse("2017-04-01", known, zone=HUNDRED.zone)


BEFORE, AFTER = cut("2017-02-28"), cut("2017-04-01")


def test_a_boast_changes_no_holder_and_no_since_but_where_nothing_closer_was_said():
    before, after = (CITY_LOG.state(cut=known)[CONTROL] for known in (BEFORE, AFTER))
    for id in SILENT:
        assert (after[id].holder, after[id].status) == ("government", "disputed")
        assert (after[id].inherited_from, after[id].against) == ("testopolis", ("denied",))
    for id in (*AGREEING, *DIFFERING):
        assert (after[id].holder, after[id].since) == (before[id].holder, before[id].since)


def test_a_boast_changes_a_status_only_where_the_closer_report_names_another_holder():
    before, after = (CITY_LOG.state(cut=known)[CONTROL] for known in (BEFORE, AFTER))
    for id in AGREEING:
        assert after[id].status == before[id].status == "corroborated"
    for id in DIFFERING:
        assert (before[id].status, after[id].status) == ("corroborated", "disputed")
        assert after[id].against == ("boast",)


def test_the_difference_before_and_after_a_boast_lists_exactly_what_it_changes():
    differences = list(CITY_LOG.differences(BEFORE, AFTER))
    listed = {each.key: each for each in differences if each.projection is CONTROL}
    turned = {key for key, each in listed.items() if weighed(each.before) != weighed(each.after)}
    assert turned == {"testopolis", *SILENT, *DIFFERING}
    assert listed.keys() - turned == set(AGREEING), "which have one more voice in support"
    for id in AGREEING:
        gained = set(listed[id].after.because) - set(listed[id].before.because)
        assert gained == {"boast"}


def weighed(answer: Control) -> tuple[Holder, Since | None, str]:
    """Return who holds a place, since when, and how sure that is."""
    return answer.holder, answer.since, answer.status
