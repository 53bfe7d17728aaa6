"""The grammar of dates: no other text is taken, and each is refused with its fault."""

from contextlib import suppress
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from effort import times
from hypothesis import given
from hypothesis import strategies as st

from timeline.errors import UsageError
from timeline.temporal import edtf
from timeline.temporal.dates import Moment, When

DAMASCUS = ZoneInfo("Asia/Damascus")

SPANS = {
    "2016": ("2016-01-01", "2017-01-01", None),
    "2016-11": ("2016-11-01", "2016-12-01", None),
    "2016-12": ("2016-12-01", "2017-01-01", None),
    "2016-02-29": ("2016-02-29", "2016-03-01", None),
    "2016-11-28T18:00": ("2016-11-28T18:00", "2016-11-28T18:01", timedelta(minutes=1)),
    "2016-11-28T23:59": ("2016-11-28T23:59", "2016-11-29T00:00", timedelta(minutes=1)),
    "2016-11-28T18:00:05": ("2016-11-28T18:00:05", "2016-11-28T18:00:06", timedelta(seconds=1)),
    "2016-11-28T18:00Z": ("2016-11-28T18:00Z", "2016-11-28T18:01Z", timedelta(minutes=1)),
    "2016-11-28T18:00+02:30": ("2016-11-28T15:30Z", "2016-11-28T15:31Z", timedelta(minutes=1)),
    "2016-11-28T18:00:05-14:00": (
        "2016-11-29T08:00:05Z",
        "2016-11-29T08:00:06Z",
        timedelta(seconds=1),
    ),
}

NONSENSE = {
    "2016-13": "2016-13 is not a month; expected 01 to 12, or a season",
    "2016-00": "2016-00 is not a month",
    "2016-20": "2016-20 is not a month",
    "2016-25": "2016-25 is not a month",
    "2016-3X": "2016-3X is not a month",
    "0000": "0000 is not a year; expected 0001 to 9999",
    "2016-02-30": "2016-02-30 is not a day; expected a day of that month, 01 to 29",
    "2015-02-29": "2015-02-29 is not a day; expected a day of that month, 01 to 28",
    "2016-11-31": "2016-11-31 is not a day; expected a day of that month, 01 to 30",
    "2016-11-00": "2016-11-00 is not a day",
    "2016-02-3X": "2016-02-3X is not a day",
    "2016-13-01": "2016-13 is not a month",
    "2016-1X-05": "2016-1X-05 has a known digit after an unknown one",
    "2016-24-05": "2016-24-05 has a day of an unknown month",
    "2016-X1": "2016-X1 has a known digit after an unknown one; expected X only at the end",
    "2016-XX-05": "has a known digit after an unknown one",
    "2X16": "has a known digit after an unknown one",
    "201X-05": "has a known digit after an unknown one",
    "2016-11-X8": "has a known digit after an unknown one",
    "2016-11-2XT10:00": (
        "is a time of day on an unknown day; expected a time only after a full date"
    ),
    "2016-11-28T24:00": "24 is no hour",
    "2016-11-28T24:00Z": "2016-11-28T24:00Z",
    "2016-11-28T18:60": "60 is no minute; expected 00 to 59",
    "2016-11-28T18:00:60": "60 is no second; expected 00 to 59",
    "2016-11-28T18:60Z": "2016-11-28T18:60Z",
    "2016-13-28T18:00": "2016-13 is not a month",
    "2016-11-31T18:00": "2016-11-31 is not a day",
    "2016-11-31T18:00Z": "2016-11-31",
    "2016-11-28T18:00+15:00": "+15:00 is not an offset from UTC; expected -14:00 to +14:00",
    "2016-11-28T18:00-14:01": "-14:01 is not an offset from UTC",
    "2016-11-28T18:00+14:30": "+14:30 is not an offset from UTC",
    "2016-11-28T18:00+14:30~": "+14:30 is not an offset from UTC",
    "2016-11-28T18:00+02:60": "+02:60 is not an offset from UTC",
    "2016-11-28T18:00+2": "is not a date",
    "2016-11-28T18": "is not a date",
    "2016-11-28T18:00:00.5": "is not a date",
    "2016-11-28 18:00": "is not a date",
    "2016-11-28t18:00": "is not a date",
    "2016-11-28T18:00z": "is not a date",
    "2016-11-28~~": "is not a date",
    "~2016": "is not a date",
    "2016-11-28/2016-11-27": (
        "2016-11-28/2016-11-27 ends before it begins; expected the earlier end first"
    ),
    "2017/2016": "ends before it begins",
    "2016-12/2016-11-15": "ends before it begins",
    "2016-11-28T18:00/2016-11-28T17:59": "ends before it begins",
    "2016-11-28T18:00Z/2016-11-28T18:00+01:00": "ends before it begins",
    "2016-11-28T23:00Z/2016-11-26T10:00": "ends before it begins",
    "2016/11/28": "2016/11/28 has more than one slash; expected two ends",
    "2016/2017/2018/2019": "has more than one slash",
    "2016//2017": "has more than one slash",
    "/2016": "an empty end in /2016",
    "2016/": "an empty end in 2016/; expected a date such as 2016-11-28",
    "../": "an empty end in ../",
    "/": "write .. for an open end",
    "2016/tomorrow": "'tomorrow' in 2016/tomorrow is not a date",
    "..": "'..' is not a date",
    ".../2016": "is not a date",
    "31-11-2016": "31-11-2016 does not begin with the year; expected a date such as 2016-11-28",
    "28.11.2016": "28.11.2016 does not begin with the year",
    "1 11 2016": "does not begin with the year",
    "2016/31-11-2016": "31-11-2016 in 2016/31-11-2016 does not begin with the year",
    "": "'' is not a date",
    " 2016": "' 2016' is not a date",
    "2016\n": "is not a date",
    "20161128": "is not a date",
    "16-11-28": "is not a date",
    "2016-1": "is not a date",
    "-2016": "is not a date",
    "12016": "is not a date",
    "٢٠١٦": "is not a date",
    "2016-11-２８": "is not a date",
    "2016-11-28T1８:00": "is not a date",
    "2016-11-28T18:00+0２:00": "is not a date",
    "November 2016": "is not a date",
    "0001-01-01T00:00+14:00": "lies outside the years 0001 to 9999",
    "0001-01-01T00:00+14:00~": "0001-01-01T00:00+14:00~",
    "9999-12-31T23:59-01:00?": "9999-12-31T23:59-01:00?",
}

VAGUE = (
    "201X",
    "2016-XX",
    "2016-11-2X",
    "2016~",
    "2016-11-28?",
    "2016-11-28T18:00%",
    "2016/2017",
    "2016-11-28/..",
    "2016-21",
    "2016-24",
)


def wall(text):
    return datetime.fromisoformat(text)


@pytest.mark.parametrize("text", SPANS)
def test_one_plain_date_is_the_same_span_at_both_ends_and_as_a_moment(text):
    begin, end, unit = SPANS[text]
    span = edtf.Span(wall(begin), wall(end), unit)
    assert edtf.interval(text) == (span, span)
    assert edtf.moment(text) == span


def test_an_open_end_has_no_span():
    year, _ = edtf.interval("2016")
    assert edtf.interval("../2016") == (None, year)
    assert edtf.interval("2016/..") == (year, None)
    assert edtf.interval("../..") == (None, None)


@pytest.mark.parametrize("text", NONSENSE, ids=repr)
def test_nonsense_is_refused_with_its_reason(text):
    with pytest.raises(UsageError) as refused:
        edtf.interval(text)
    assert NONSENSE[text] in str(refused.value)


@pytest.mark.parametrize("text", VAGUE)
def test_a_moment_is_never_vague(text):
    edtf.interval(text)
    with pytest.raises(UsageError, match="is vague; expected one plain date or time"):
        edtf.moment(text)


@pytest.mark.parametrize(
    "text",
    ["", "tomorrow", "..", "2016-13", "2016-02-30", "2016-11-28T25:00", "28-11-2016"],
    ids=repr,
)
def test_a_moment_that_is_no_date_is_refused(text):
    with pytest.raises(UsageError):
        edtf.moment(text)


@pytest.mark.parametrize("by", [timedelta(days=1), -timedelta(days=1)])
@pytest.mark.parametrize("end", [datetime.min, datetime.max])
def test_a_shift_stays_within_the_calendar(end, by):
    """A shift past an end of the calendar stops there, and any other is exact."""
    inward = (end == datetime.min) == (by > timedelta())
    assert edtf.shift(end, by) == (end + by if inward else end)


ALPHABET = st.text("0123456789X-/T:~?%.Z+ ", max_size=26)
EDITS = st.lists(
    st.tuples(st.integers(0, 40), st.sampled_from([*"0123456789X-/T:~?%.Z+ ", ""])), max_size=3
)


@st.composite
def nearly_dates(draw):
    """A date, or a span of two, with a few characters replaced, dropped or put in."""
    good = [
        *SPANS,
        *VAGUE,
        "2016-02-29~",
        "0001",
        "9999-12-31T23:59",
        "0001-01-01T00:00+14:00",
        "2016-11-28T18:00:05-13:59%",
        "..",
    ]
    text = "/".join(draw(st.lists(st.sampled_from(good), min_size=1, max_size=2)))
    for place, character in draw(EDITS):
        text = text[:place] + character + text[place + draw(st.integers(0, 1)) :]
    return text


@times(30)
@given(st.one_of(nearly_dates(), ALPHABET))
def test_any_text_is_a_date_with_a_window_or_a_usage_error(text):
    with suppress(UsageError):
        date = When(text)
        window = date.window(DAMASCUS)
        assert str(date) == text
        assert window.earliest < window.latest


@times(20)
@given(st.one_of(nearly_dates(), ALPHABET))
def test_any_text_is_a_moment_within_its_date_or_a_usage_error(text):
    with suppress(UsageError):
        moment = Moment(text)
        window = When(text).window(DAMASCUS)
        assert str(moment) == text
        assert window.earliest <= moment.instant(DAMASCUS) < window.latest
