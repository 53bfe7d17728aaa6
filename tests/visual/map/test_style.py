"""Faces: they show the engine's answers, with the same doubt, in colour and without."""

import re
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from strategies import CITY, cuts_around, logs, timeline_of

from projections import CONTROL
from projections.control import UNKNOWN as UNKNOWN_ANSWER
from timeline import Timeline
from timeline.domain.events import ControlChange, Displacement, Siege, Statement
from timeline.errors import TimelineError
from timeline.replay.policies import POLICIES
from timeline.replay.shares import holders
from timeline.visual.map.legend import of_faces
from timeline.visual.map.style import (
    DARK,
    NOBODY,
    PAPER,
    QUIET,
    UNKNOWN,
    Palette,
    contrast,
    ink,
    mixed,
)

ROOT = Path(__file__).parents[3]
COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06X}")
KINDS = (ControlChange, Statement, Displacement, Siege)


@given(COLOURS)
def test_letters_can_be_read_on_every_colour(colour):
    """WCAG 2.2, 1.4.3: a contrast of at least 4.5 to 1, plain and lightened."""
    for ground in (colour, mixed(colour, PAPER, 0.58)):
        assert contrast(ink(ground), ground) >= 4.5


def test_small_print_and_letters_can_be_read():
    """So can the colours that stand on paper, on grey and on what is nobody's."""
    assert contrast(QUIET, PAPER) >= 4.5
    assert min(contrast(DARK, ground) for ground in (PAPER, UNKNOWN, NOBODY)) >= 4.5
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@given(st.data(), logs(kinds=KINDS), st.sampled_from(sorted(POLICIES)))
def test_a_face_says_what_the_engine_says(data, log, policy):
    """Unknown is grey, doubt a pattern, the merely claimed or possible light, actors coloured."""
    state = timeline_of(log).state(cut=data.draw(cuts_around(log)), policy=policy)
    palette, events = Palette.of(CITY), {event.id: event for event in log}
    for answer in state[CONTROL].values():
        face = palette.face(answer, events, CITY)
        assert (face.colours == (UNKNOWN,)) == (answer.status == "unknown")
        if answer.status != "unknown":
            assert face.light == (answer.status == "claimed" or not answer.certain)
            assert_actors_shown(face, answer, palette)
            assert_doubt_shown(face, answer)


def assert_actors_shown(face, answer, palette):
    """Fail unless a face names the holder, or those who share the ground."""
    if answer.ground == "divided":
        assert (face.kind, sum(face.shares)) == ("bands", pytest.approx(1))
        assert {share.actor for share in answer.shares} <= set(face.actors)
    elif answer.holder is not None:
        is_striped = answer.status == "disputed" and answer.ground != "contested"
        held = holders(answer.holder)
        assert face.actors[: len(held)] == held
        assert all(palette.letters[actor] in face.letters for actor in held)
        assert (face.kind == "stripes") == is_striped


def assert_doubt_shown(face, answer):
    """Fail unless a face shows contest, dispute and uncertainty."""
    assert (face.kind == "checks") == (answer.ground == "contested")
    if answer.status == "disputed":
        assert face.disputed or face.letters.endswith("?")
    if not answer.certain and answer.holder and face.kind == "plain":
        assert face.letters.endswith("?")


@given(logs(kinds=KINDS), st.sampled_from(sorted(POLICIES)))
def test_faces_differ_without_colour_where_answers_differ(log, policy):
    """Faces alike in black and white have the same holder, the same ground and the same doubt."""
    palette, events, answers = Palette.of(CITY), {event.id: event for event in log}, {}
    for answer in timeline_of(log).state(policy=policy)[CONTROL].values():
        face = palette.face(answer, events, CITY)
        doubts = [answer.status == doubt for doubt in ("unknown", "disputed", "claimed")]
        meaning = (answer.holder, answer.ground, *doubts)
        if face.kind == "plain" and answer.certain:
            assert answers.setdefault((face.kind, face.letters), meaning) == meaning


def test_several_who_hold_a_place_together_have_bands_of_equal_width():
    """Their letters are joined, and the legend says that they hold it together."""
    palette = Palette.of(CITY)
    answer = evolve(UNKNOWN_ANSWER, holder=("government", "russia"), status="reported")
    face = palette.face(evolve(answer, ground="held", certain=True), {}, CITY)
    assert (face.kind, face.letters, face.shares) == ("bands", "G+R", (0.5, 0.5))
    labels = {id: actor.label for id, actor in CITY.actors.items()}
    (entry,) = of_faces([face], palette, labels)
    assert re.sub("[\u2068\u2069]", "", entry.words) == "Government and Russia, held together"
    disputed = palette.face(evolve(answer, status="disputed", ground="held"), {}, CITY)
    assert (disputed.kind, disputed.letters) == ("stripes", "G+R / ?")


def test_the_faces_of_the_seed():
    """Sakhour is striped in both colours; Masaken Hanano, only possible, is light."""
    aleppo = Timeline.open(ROOT / "events.jsonl", (CONTROL,))
    palette, events = Palette.of(aleppo.city), {event.id: event for event in aleppo.events}

    def face(place, at):
        return palette.face(aleppo.state(at=at)[CONTROL][place], events, aleppo.city)

    sakhour = face("sakhour", "2016-11-28")
    assert (sakhour.kind, sakhour.letters) == ("stripes", "G / O?")
    assert sakhour.colours == ("#A93F3F", "#6CA6C1")
    hanano = face("masaken-hanano", "2016-11-26T18:00")
    assert (hanano.kind, hanano.light, hanano.letters) == ("plain", True, "O›G?")
    assert hanano.ways == ("O›G?", "O›G?", "G?", "G")
    assert sakhour.ways == ("G / O?", "G/O?", "G?", "G")
    assert face("sheikh-maqsoud", "2016-11-28").letters == "K"
    assert face("youth-housing", "2016-11-28").colours == (UNKNOWN,)


def test_actors_without_letter_or_colour_are_told_apart():
    """Each has letters and a colour of its own."""
    actors = {id: evolve(actor, letter=None, colour=None) for id, actor in CITY.actors.items()}
    twin = evolve(actors["russia"], id="rural", label="Rural guard")
    palette = Palette.of(evolve(CITY, actors={**actors, "rural": twin}))
    assert sorted(palette.letters.values()) == ["G", "K", "O", "R", "Ru", "T"]
    assert len(set(palette.colours.values())) == 6


NO_COLOURS = ["red", "url(http://example.org)", "#12345", "#GGGGGG", '#fff" onload="']


@pytest.mark.parametrize("colour", NO_COLOURS)
def test_a_colour_that_is_none_is_refused(colour):
    """It never reaches a picture."""
    actors = {**CITY.actors, "russia": evolve(CITY.actors["russia"], colour=colour)}
    with pytest.raises(TimelineError, match=r"actors\.russia\.colour"):
        Palette.of(evolve(CITY, actors=actors))
    russia = evolve(CITY.actors["russia"], colour="#a9F")
    palette = Palette.of(evolve(CITY, actors={"russia": russia}))
    assert palette.colours["russia"] == "#AA99FF"
