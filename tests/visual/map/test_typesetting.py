"""Lines of text: what may be shown, where a line is broken, and which pieces it is drawn in."""

from collections import Counter
from unicodedata import bidirectional

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mixed import LINES, MARKS

from timeline.visual.map.metrics import width
from timeline.visual.map.typesetting import apart, breaks, pieces, shown, wrapped


@pytest.mark.parametrize(
    ("line", "drawn"),
    [
        ("", []),
        ("Aleppo, 28 Nov 2016", ["Aleppo, 28 Nov 2016"]),
        ("الشيخ مقصود", ["الشيخ مقصود"]),
        ("aلا", ["a", "لا"]),
        ("Aleppo (حلب) fell", ["Aleppo (", "حلب", ") fell"]),
        ("\u2068حي 15 (شمال)\u2069", ["(", "شمال", ") 15 ", "حي"]),
        ("\u2068«حلب»\u2069", ["«", "حلب", "»"]),
        ("\u2068(حلب!\u2069", ["!", "حلب", ")"]),
        ("a\u061cلا", ["a", "لا"]),
        ("٢٠١٦/١١", ["٢٠١٦", "/", "١١"]),
    ],
)
def test_a_line_is_drawn_in_pieces_of_one_direction_and_one_font(line, drawn):
    """From left to right, with brackets as they are seen."""
    assert [piece.text for piece in pieces(line)] == drawn


@given(LINES)
def test_nothing_of_a_line_is_lost_and_no_piece_is_mixed(line):
    """Brackets may be mirrored; marks of direction have done their work."""
    drawn = pieces(line)
    assert _counted("".join(piece.text for piece in drawn)) == _counted(line)
    for piece in drawn:
        kinds = set(map(bidirectional, piece.text))
        assert kinds.isdisjoint({"R", "AL"}) or kinds.isdisjoint({"L", "EN", "AN"})
        assert kinds.isdisjoint({"R", "AL", "AN"}) or piece.alone


def _counted(text):
    """Return how often each character occurs, brackets of both directions together."""
    drawn = (character for character in text if character not in MARKS)
    return Counter("".join(drawn).translate(str.maketrans(")]}>»›", "([{<«‹")))


@given(LINES, LINES)
def test_what_is_set_apart_moves_nothing(before, after):
    """A name has its own direction, and the line goes on beside it."""
    line = f"{apart(shown(before))} | {apart(shown(after))}"
    assert [piece.text for piece in pieces(line) if " | " in piece.text] or line.count("|") > 1


@given(st.text(max_size=120), st.floats(20, 300))
def test_lines_are_no_wider_than_their_room(written, room):
    """A word that is wider is broken; nothing is lost but blanks."""
    plain = shown(written)
    lines = wrapped(plain, 10, room)
    assert "".join(lines).replace(" ", "") == plain.replace(" ", "")
    for line in lines:
        if line.isascii():
            assert width(line, 10) <= room or len(line.strip()) <= 2


@given(st.text(max_size=300))
def test_what_is_shown_is_one_line_of_bounded_length(written):
    """No control character, no override, at most eighty characters."""
    plain = shown(written)
    assert len(plain) <= 80
    assert plain.isprintable() or not any(ord(c) < 32 or c in "\u202e\u2028" for c in plain)


def test_names_are_broken_evenly():
    """Two words on two lines, three on one, two or three."""
    assert list(breaks("Masaken Hanano")) == [("Masaken Hanano",), ("Masaken", "Hanano")]
    assert [len(way) for way in breaks("Aleppo International Airport")] == [1, 2, 3]


def test_arabic_is_as_wide_as_its_letters_are_joined():
    """Noto Sans Arabic at a size of 1000: beh alone, at the ends of a word, and lam with alef."""
    alone, word = width("ب", 1000), width("ببب", 1000)
    assert word < 2 * alone
    assert width("ب ب", 1000) == 2 * alone + width(" ", 1000)
    assert width("ب\u200cب", 1000) == 2 * alone
    assert width("لا", 1000) < width("ل", 1000) + width("ا", 1000)
    assert width("بَبِبّ", 1000) == word
