"""Faces: what the engine answers is shown, with the same doubt, in colour and without, and can be read."""

from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from strategies import CITY, cuts_around, logs, timeline_of

from projections import CONTROL
from timeline import Timeline
from timeline.domain.events import ControlChange, Displacement, Siege, Statement
from timeline.errors import TimelineError
from timeline.replay.policies import POLICIES
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
    assert (
        min(
            contrast(QUIET, PAPER),
            contrast(DARK, PAPER),
            contrast(DARK, UNKNOWN),
            contrast(DARK, NOBODY),
        )
        >= 4.5
    )
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@given(st.data(), logs(kinds=KINDS), st.sampled_from(sorted(POLICIES)))
def test_a_face_says_what_the_engine_says(data, log, policy):
    """Unknown is grey, doubt is a pattern, what is only claimed or possible is light, and the colours are those of whom it names."""
    state = timeline_of(log).state(cut=data.draw(cuts_around(log)), policy=policy)
    palette, events = Palette.of(CITY), {event.id: event for event in log}
    for answer in state[CONTROL].values():
        face = palette.face(answer, events, CITY)
        assert (face.colours == (UNKNOWN,)) == (answer.status == "unknown")
        if answer.status == "unknown":
            continue
        assert face.light == (answer.status == "claimed" or not answer.certain)
        assert (face.kind == "checks") == (answer.ground == "contested")
        if answer.ground == "divided":
            assert face.kind == "bands"
            assert sum(face.shares) == pytest.approx(1)
            assert {share.actor for share in answer.shares} <= set(face.actors)
        elif answer.holder is not None:
            assert face.actors[0] == answer.holder
            assert palette.letters[answer.holder] in face.letters
            assert (face.kind == "stripes") == (
                answer.status == "disputed" and answer.ground != "contested"
            )
        if answer.status == "disputed":
            assert face.disputed or face.letters.endswith("?")
        if not answer.certain and answer.holder and face.kind == "plain":
            assert face.letters.endswith("?")


@given(logs(kinds=KINDS), st.sampled_from(sorted(POLICIES)))
def test_faces_differ_without_colour_where_answers_differ(log, policy):
    """Two places that look alike in black and white have the same holder, the same ground and the same doubt."""
    palette, events, met = Palette.of(CITY), {event.id: event for event in log}, {}
    for answer in timeline_of(log).state(policy=policy)[CONTROL].values():
        face = palette.face(answer, events, CITY)
        told = (
            answer.status == "unknown",
            answer.holder,
            answer.ground,
            answer.status == "disputed",
            answer.status == "claimed",
        )
        if face.kind == "plain" and answer.certain:
            assert met.setdefault((face.kind, face.letters), told) == told


def test_the_faces_of_the_seed():
    """Sakhour is striped in both colours; Masaken Hanano is light while it is only possible, and says who was there before."""
    aleppo = Timeline.open(ROOT / "events.jsonl", (CONTROL,))
    palette, events = Palette.of(aleppo.city), {event.id: event for event in aleppo.events}

    def face(place, at):
        return palette.face(aleppo.state(at=at)[CONTROL][place], events, aleppo.city)

    sakhour = face("sakhour", "2016-11-28")
    assert (sakhour.kind, sakhour.colours, sakhour.letters) == (
        "stripes",
        ("#A93F3F", "#6CA6C1"),
        "G / O?",
    )
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
    assert sorted(palette.letters.values()) == ["G", "K", "O", "R", "Ru"]
    assert len(set(palette.colours.values())) == 5


@pytest.mark.parametrize(
    "colour", ["red", "url(http://example.org)", "#12345", "#GGGGGG", '#fff" onload="']
)
def test_a_colour_that_is_none_is_refused(colour):
    """It never reaches a picture."""
    actors = {**CITY.actors, "russia": evolve(CITY.actors["russia"], colour=colour)}
    with pytest.raises(TimelineError, match=r"actors\.russia\.colour"):
        Palette.of(evolve(CITY, actors=actors))
    assert (
        Palette.of(
            evolve(CITY, actors={"russia": evolve(CITY.actors["russia"], colour="#a9F")})
        ).colours["russia"]
        == "#AA99FF"
    )
