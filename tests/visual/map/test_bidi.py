"""The order of a line: as UAX #9 has it, and with every character where it belongs."""

from collections import Counter
from unicodedata import bidirectional

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mixed import MARKS

from timeline.visual.map.bidi import runs_left, visual_runs

CHARACTERS = "ab حلبلا12٣ ()[]{}.,:-+%!؟،«»\u0301\u064b\u200d" + MARKS
MIXED = st.text(st.sampled_from(CHARACTERS), max_size=24)


@pytest.mark.parametrize(
    ("line", "seen"),
    [
        ("car", ["car"]),
        ("حلب", ["<حلب"]),
        ("car حلب car", ["car ", "<حلب", " car"]),
        ("حلب 12", ["12", "< ", "<حلب"]),
        ("حلب 12 car", ["12", "<حلب ", " car"]),
        ("٣ 12", ["٣", " 12"]),
        ("12 + 3", ["12 + 3"]),
        ("حلب 1,5 % لا", ["< % لا", "1,5", "<حلب "]),
        ("car (حلب) 12", ["car (", "<حلب", ") 12"]),
        ("حلب (car)", ["<حلب", " (car)"]),
        ("\u2067حلب (car)!\u2069 12", ["<)!", "car", "<حلب (", " 12"]),
        ("\u2068حلب 12\u2069, \u2068لا 3\u2069", ["12", "<حلب ", ", ", "3", "<لا "]),
        ("\u2066حلب\u2069 \u2066لا\u2069", ["<حلب", " ", "<لا"]),
        ("حلب\u200e!", ["<حلب", "!"]),
        ("حلب!\u200f", ["<حلب!"]),
        ("حلب \t لا", ["<حلب", " \t", "< لا"]),
        ("a\u0301 ب\u064b", ["a\u0301 ", "<ب\u064b"]),
    ],
)
def test_runs_stand_as_unicode_orders_them(line, seen):
    """Of a run from right to left, marked with <, the first character stands last."""
    expected = (_mirrored(run.removeprefix("<"), run.startswith("<")) for run in seen)
    drawn = (_mirrored(run.text, run.right_to_left) for run in visual_runs(line))
    assert "".join(drawn) == "".join(expected)


def _mirrored(text, backwards):
    return text[::-1] if backwards else text


@given(MIXED | st.text(max_size=20))
def test_every_character_but_marks_of_direction_has_its_place(line):
    """Once, and letters in a run of their direction."""
    runs = visual_runs(line)
    drawn = Counter("".join(run.text for run in runs))
    assert drawn == Counter(character for character in line if character not in MARKS)
    for run in runs:
        wrong = {"L", "EN", "AN"} if run.right_to_left else {"R", "AL"}
        assert wrong.isdisjoint(map(bidirectional, run.text))


@given(st.text(st.characters(categories=["Lu", "Ll", "Zs", "Nd"], max_codepoint=0x58F)))
def test_a_line_without_letters_from_right_to_left_is_one_run(line):
    """Nothing of it is moved."""
    assert [run.text for run in visual_runs(line)] == [line] * bool(line)


@given(MIXED)
def test_an_isolate_moves_nothing_outside_it(line):
    """What stands before and after an isolate stays before and after it."""
    inner = "".join(character for character in line if character not in MARKS)
    seen = [run.text for run in visual_runs(f"before \u2068{inner}\u2069 after")]
    assert seen[0].startswith("before ")
    assert seen[-1].endswith(" after")


def test_a_text_has_the_direction_of_its_first_letter():
    """Digits, signs and what is isolated in it do not count."""
    assert runs_left("حلب")
    assert runs_left("12 (حلب) Aleppo")
    assert not runs_left("Aleppo حلب")
    assert not runs_left("\u2068حلب\u2069 Aleppo")
    assert not runs_left("12")
