"""Plain words: dates, numbers and shares in briefings, and texts that a terminal can show."""

import unicodedata
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import estimates, shares, texts, whens

from timeline.domain.events import Estimate
from timeline.temporal.as_of import AsOf
from timeline.text import phrases

DAMASCUS = ZoneInfo("Asia/Damascus")

DATES = {
    # one date
    "2016": "2016",
    "2016-11": "Nov 2016",
    "2016-11-28": "28 Nov 2016",
    "2016-11-03": "3 Nov 2016",
    "2016-11-28T18:00": "28 Nov 2016 18:00",
    "2016-11-28T18:00:05": "28 Nov 2016 18:00:05",
    "2016-11-28T18:00Z": "28 Nov 2016 18:00 UTC",
    "2016-11-28T18:00+02:00": "28 Nov 2016 18:00 (+02:00)",
    # seasons
    "2012-21": "spring 2012",
    "2012-22": "summer 2012",
    "2012-23": "autumn 2012",
    "2012-24": "winter 2012",
    # flags
    "2016~": "about 2016",
    "2016-08~": "about Aug 2016",
    "2016-08?": "Aug 2016 (uncertain)",
    "2016-08-21%": "about 21 Aug 2016 (uncertain)",
    "2012-22~": "about summer 2012",
    "2016-11-28T18:00~": "about 28 Nov 2016 18:00",
    # digits left open
    "201X": "2010s",
    "2016-XX": "2016",
    "2016-XX-XX": "2016",
    "2016-11-XX": "Nov 2016",
    "2016-0X": "Jan–Sep 2016",
    "2016-1X": "Oct–Dec 2016",
    "2016-11-1X": "10–19 Nov 2016",
    "2016-11-2X": "20–29 Nov 2016",
    # somewhere between, with what both ends share said once
    "2016-11-26/2016-11-27": "26–27 Nov 2016",
    "2016-10-26/2016-11-03": "26 Oct – 3 Nov 2016",
    "2016-11-27/2017-01-02": "27 Nov 2016 – 2 Jan 2017",
    "2016-11/2016-12": "Nov–Dec 2016",
    "2016-11/2017-02": "Nov 2016 – Feb 2017",
    "2016/2017": "2016–2017",
    "2012-22/2012-23": "summer–autumn 2012",
    "2016/2016-11": "2016–Nov 2016",
    "2016-11/2016-11-28": "Nov 2016 – 28 Nov 2016",
    "2016-11-27T06:00/2016-11-27T11:59": "27 Nov 2016 06:00–11:59",
    "2016-11-28/2016-11-28T09:00": "28 Nov 2016 – 28 Nov 2016 09:00",
    "2016-11-26T22:00/2017-11-27T22:00": "26 Nov 2016 22:00 – 27 Nov 2017 22:00",
    "2016-11-26T22:00Z/2016-11-27T23:00Z": "26 Nov 2016 22:00 UTC – 27 Nov 2016 23:00 UTC",
    "2016-11~/2016-11-27": "about Nov 2016 – 27 Nov 2016",
    "2016-11-27T22:00/2016-11-28T02:00": "27 Nov 2016 22:00 – 28 Nov 2016 02:00",
    "2016-11-26?/2016-11-27?": "26–27 Nov 2016 (uncertain)",
    # open ends
    "../2016-11-28": "by 28 Nov 2016",
    "../2016-08~": "by about Aug 2016",
    "2016-11-28/..": "28 Nov 2016 or later",
    "../..": "some time",
}
WRONG_DATES = {
    "2016-11-0X": ("1–9 Nov 2016", "a nought before the last day"),
    "2016-11-3X": ("30 Nov 2016", "days that the month does not have"),
    "2016-12-3X": ("30–31 Dec 2016", "days that the month does not have"),
    "2016-11-1X/2016-11-2X": ("10–29 Nov 2016", "four numbers for two ends"),
    "2016-11-28/2016-11-28": ("28 Nov 2016", "one day said twice"),
    "2016-11-27T06:00Z/2016-11-27T11:59Z": (
        "27 Nov 2016 06:00–11:59 UTC",
        "the first time reads as one of the city's zone",
    ),
}
RANGES = {
    "nothing": ({}, "an unknown number"),
    "low": ({"low": 219}, "219 or more"),
    "low, the best of it": ({"low": 219, "best": 219}, "219 or more"),
    "low and best": ({"low": 200, "best": 250}, "200 or more, most likely 250"),
    "best": ({"best": 250_000}, "about 250,000"),
    "high": ({"high": 2000}, "up to 2,000"),
    "none at the least": ({"low": 0, "high": 2000}, "up to 2,000"),
    "best and high": ({"best": 500, "high": 2000}, "up to 2,000, most likely 500"),
    "low and high": ({"low": 6000, "high": 10_000}, "6,000–10,000"),
    "all three": ({"low": 6000, "best": 7000, "high": 10_000}, "6,000–10,000, most likely 7,000"),
    "exact": ({"low": 7, "best": 7, "high": 7}, "7"),
    "none": ({"low": 0, "high": 0}, "0"),
}
SHARES = {
    "whole": (1, 1, "all"),
    "exact": (0.67, 0.67, "67 %"),
    "a range": (0.33, 0.4, "33–40 %"),
    "nothing": (0, 0, "0 %"),
    "anything": (0, 1, "0–100 %"),
    "a third": (1 / 3, 1 / 3, "33 %"),
    "alike when rounded": (0.331, 0.334, "33 %"),
}
CUTS = {
    "everything": ((), "by the whole log"),
    "a day": (("2016-11-28",), "on 28 Nov 2016"),
    "a month": (("2016-11",), "on 30 Nov 2016"),
    "a time": (("2016-11-28T18:00",), "on 28 Nov 2016 at 18:00"),
    "a second": (("2016-11-28T18:00:05",), "on 28 Nov 2016 at 18:00:05"),
    "a time elsewhere": (("2016-11-28T23:30Z",), "on 29 Nov 2016 at 01:30"),
    "as known": (("2016-11-28@2016-12-01",), "on 28 Nov 2016, as known on 1 Dec 2016"),
    "as recorded": ((None, None, "2017"), "by the whole log, as recorded on 31 Dec 2017"),
}
SAFE = {
    "plain": ("Plain words.", "Plain words."),
    "escape": ("\x1b[31mred", "\\u001b[31mred"),
    "one-byte escape": ("\x9b31mred", "\\u009b31mred"),
    "newline": ("one\ntwo\r\tthree", "one\\u000atwo\\u000d\\u0009three"),
    "line separators": ("a\u2028b\u2029c", "a\\u2028b\\u2029c"),
    "override": ("a\u202eb\u2066c", "a\\u202eb\\u2066c"),
    "delete": ("a\x7f", "a\\u007f"),
    "half a character": ("a\ud800", "a\\ud800"),
    "arabic": ("حلب الشرقية", "حلب الشرقية"),
    "joiners": ("می‌خواهم 👩‍👧", "می‌خواهم 👩‍👧"),
    "accents": ("François – “so”", "François – “so”"),
}


def table(rows):
    return [pytest.param(text, *columns(row), id=text) for text, row in rows.items()]


def columns(row):
    return row if isinstance(row, tuple) else (row,)


@pytest.mark.parametrize(("text", "words"), table(DATES))
def test_dates_in_words(text, words):
    """A date of the log's grammar reads as a person would write it."""
    assert phrases.date(text) == words


@pytest.mark.parametrize(("text", "words", "why"), table(WRONG_DATES))
def test_vague_dates_in_words(text, words, why):
    """Digits left open, and ends that say the same, read as well as other dates do."""
    assert phrases.date(text) == words, why


def test_a_century_is_not_called_a_decade():
    """A date in 20XX may be in 2016; one in 200X may not."""
    assert phrases.date("20XX") != phrases.date("200X")


@given(whens())
def test_every_date_has_words(text):
    """Whatever the grammar allows comes out as one safe line without a sign of the grammar."""
    words = phrases.date(text)
    assert words
    assert words == phrases.safe(words)
    assert not set(words) & {"/", "X", "~", "%"}


@pytest.mark.parametrize(
    ("given_", "words"), [pytest.param(*row, id=name) for name, row in RANGES.items()]
)
def test_numbers_in_words(given_, words):
    """An estimate says what is known of it, and no more."""
    assert phrases.number_of(Estimate(**given_)) == words


@given(estimates())
def test_every_number_has_words(people):
    """Each bound that says something stands in the words."""
    words = phrases.number_of(people)
    assert words
    for bound in (people.high, people.low or None):
        assert bound is None or f"{bound:,}" in words
    if people.best is not None and people.low == people.high is None:
        assert f"{people.best:,}" in words


@pytest.mark.parametrize(
    ("low", "high", "words"), [pytest.param(*row, id=name) for name, row in SHARES.items()]
)
def test_shares_in_words(low, high, words):
    """A share reads as a percentage, a range of them as one."""
    assert phrases.share(low, high) == words


@given(shares())
def test_every_share_has_words(part):
    """A share of a place is "all" only when it is."""
    words = phrases.share(part.least, part.most)
    assert words.endswith((" %", " % or more")) or (words == "all" and part.least == 1)


def test_a_range_that_rounds_to_one_number_is_that_number():
    """Nobody writes 100–100 %."""
    assert phrases.share(0.995, 1) != "100–100 %"


@pytest.mark.parametrize(
    ("clocks", "words"), [pytest.param(*row, id=name) for name, row in CUTS.items()]
)
def test_cuts_in_words(clocks, words):
    """A cut says which clocks were turned back, in the city's time."""
    at, known, recorded = (*clocks, None, None, None)[:3]
    assert phrases.cut(AsOf.parse(at, known, recorded, zone=DAMASCUS), DAMASCUS) == words


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0 events"), (1, "1 event"), (2, "2 events"), (1234, "1,234 events")]
)
def test_counts_in_words(number, words):
    """One is one, and the rest are several."""
    assert phrases.count(number, "event") == words


@pytest.mark.parametrize(
    ("text", "shown"), [pytest.param(*row, id=name) for name, row in SAFE.items()]
)
def test_texts_made_safe(text, shown):
    """A character that could steer a terminal is shown as its number; scripts stay whole."""
    assert phrases.safe(text) == shown


@given(texts())
def test_no_text_steers_a_terminal(text):
    """No control character and no override of writing direction is left."""
    shown = phrases.safe(text)
    assert not {"Cc", "Zl", "Zp"} & set(map(unicodedata.category, shown))
    assert not {"LRO", "RLO"} & set(map(unicodedata.bidirectional, shown))
    assert phrases.safe(shown) == shown


@given(st.text(st.characters(categories=("L", "M", "N", "S", "Zs"), include_characters="‌‍")))
def test_letters_of_every_script_stay_as_they_are(text):
    """Letters, marks, numbers, symbols and joiners pass."""
    assert phrases.safe(text) == text
