"""Windows and instants: forms of dates with the instants that they allow, and laws of order."""

import copy
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from effort import times
from hypothesis import assume, given
from hypothesis import strategies as st

from timeline.errors import UsageError
from timeline.temporal.dates import (
    END_OF_TIME,
    FUTURE,
    PAST,
    TICK,
    Moment,
    When,
    Window,
    hull,
    rfc3339,
)

# in 2016: +03:00 from 25 March to 27 October, +02:00 before and after
DAMASCUS = ZoneInfo("Asia/Damascus")
BERLIN = ZoneInfo("Europe/Berlin")
ZONES = [
    ZoneInfo(name)
    for name in (
        *("Asia/Damascus", "Asia/Beirut", "Asia/Gaza", "Asia/Tehran", "Europe/Berlin"),
        *("America/Havana", "America/Sao_Paulo", "America/New_York", "Africa/Casablanca"),
        *("Australia/Lord_Howe", "Pacific/Chatham", "Atlantic/Azores", "UTC"),
    )
]
OPEN = ("0001-01-01T00:00", "9999-12-31T23:59:59.999999")

WINDOWS = {
    # dates
    "2016": ("2015-12-31T22:00", "2016-12-31T22:00"),
    "2016-07": ("2016-06-30T21:00", "2016-07-31T21:00"),
    "2016-10": ("2016-09-30T21:00", "2016-10-31T22:00"),
    "2016-11": ("2016-10-31T22:00", "2016-11-30T22:00"),
    "2016-12": ("2016-11-30T22:00", "2016-12-31T22:00"),
    "2016-11-28": ("2016-11-27T22:00", "2016-11-28T22:00"),
    "2016-08-21": ("2016-08-20T21:00", "2016-08-21T21:00"),
    "2016-02-29": ("2016-02-28T22:00", "2016-02-29T22:00"),
    # times of day
    "2016-11-28T18:00": ("2016-11-28T16:00", "2016-11-28T16:01"),
    "2016-11-28T00:00": ("2016-11-27T22:00", "2016-11-27T22:01"),
    "2016-08-21T23:59": ("2016-08-21T20:59", "2016-08-21T21:00"),
    "2016-11-28T18:00:05": ("2016-11-28T16:00:05", "2016-11-28T16:00:06"),
    "2016-11-28T18:00Z": ("2016-11-28T18:00", "2016-11-28T18:01"),
    "2016-11-28T18:00:05Z": ("2016-11-28T18:00:05", "2016-11-28T18:00:06"),
    "2016-11-28T18:00+00:00": ("2016-11-28T18:00", "2016-11-28T18:01"),
    "2016-11-28T18:00+02:00": ("2016-11-28T16:00", "2016-11-28T16:01"),
    "2016-11-28T18:00-05:30": ("2016-11-28T23:30", "2016-11-28T23:31"),
    "2016-11-28T00:00+14:00": ("2016-11-27T10:00", "2016-11-27T10:01"),
    "2016-11-28T23:00:30-14:00": ("2016-11-29T13:00:30", "2016-11-29T13:00:31"),
    # approximate (~), uncertain (?), both (%)
    "2016~": ("2014-12-31T22:00", "2017-12-31T22:00"),
    "2016-11~": ("2016-09-30T21:00", "2016-12-31T22:00"),
    "2016-11-28~": ("2016-11-26T22:00", "2016-11-29T22:00"),
    "2016-11-28?": ("2016-11-27T22:00", "2016-11-28T22:00"),
    "2016-11-28%": ("2016-11-26T22:00", "2016-11-29T22:00"),
    "2016-11-28T18:00~": ("2016-11-28T15:59", "2016-11-28T16:02"),
    "2016-11-28T18:00?": ("2016-11-28T16:00", "2016-11-28T16:01"),
    "2016-11-28T18:00:05~": ("2016-11-28T16:00:04", "2016-11-28T16:00:07"),
    "2016-11-28T18:00-05:30?": ("2016-11-28T23:30", "2016-11-28T23:31"),
    "2016-11-28T18:00Z~": ("2016-11-28T17:59", "2016-11-28T18:02"),
    "2016-11-28T18:00:05+02:00%": ("2016-11-28T16:00:04", "2016-11-28T16:00:07"),
    # unspecified digits
    "201X": ("2009-12-31T22:00", "2019-12-31T22:00"),
    "XXXX": OPEN,
    "2016-XX": ("2015-12-31T22:00", "2016-12-31T22:00"),
    "2016-XX-XX": ("2015-12-31T22:00", "2016-12-31T22:00"),
    "2016-0X": ("2015-12-31T22:00", "2016-09-30T21:00"),
    "2016-1X": ("2016-09-30T21:00", "2016-12-31T22:00"),
    "2016-1X-XX": ("2016-09-30T21:00", "2016-12-31T22:00"),
    "2016-11-XX": ("2016-10-31T22:00", "2016-11-30T22:00"),
    "2016-11-0X": ("2016-10-31T22:00", "2016-11-09T22:00"),
    "2016-11-2X": ("2016-11-19T22:00", "2016-11-29T22:00"),
    "2016-11-3X": ("2016-11-29T22:00", "2016-11-30T22:00"),
    "2016-02-2X": ("2016-02-19T22:00", "2016-02-29T22:00"),
    "2016-11-2X~": ("2016-11-09T22:00", "2016-12-09T22:00"),
    "201X?": ("2009-12-31T22:00", "2019-12-31T22:00"),
    # seasons
    "2016-21": ("2016-02-29T22:00", "2016-05-31T21:00"),
    "2016-22": ("2016-05-31T21:00", "2016-08-31T21:00"),
    "2016-23": ("2016-08-31T21:00", "2016-11-30T22:00"),
    "2016-24": ("2016-11-30T22:00", "2017-02-28T22:00"),
    "2016-22~": ("2016-02-29T22:00", "2016-11-30T22:00"),
    # somewhere between, and open ends
    "2016-11-26/2016-11-27": ("2016-11-25T22:00", "2016-11-27T22:00"),
    "2016-08-21/2016-08-31": ("2016-08-20T21:00", "2016-08-31T21:00"),
    "2016-11-28/2016-11-28": ("2016-11-27T22:00", "2016-11-28T22:00"),
    "2012/2016-11": ("2011-12-31T22:00", "2016-11-30T22:00"),
    "2016-11-26~/2016-11-28?": ("2016-11-24T22:00", "2016-11-28T22:00"),
    "2016-11-28/2016-11-28T09:00": ("2016-11-27T22:00", "2016-11-28T07:01"),
    "2016-11-28T18:00/2016-11-28T19:30Z": ("2016-11-28T16:00", "2016-11-28T19:31"),
    "2016-11-2X/2016-12-0X": ("2016-11-19T22:00", "2016-12-09T22:00"),
    "../2016-11-28": (OPEN[0], "2016-11-28T22:00"),
    "2016-11-28/..": ("2016-11-27T22:00", OPEN[1]),
    "../..": OPEN,
    # the ends of the calendar
    "0001": (OPEN[0], "0001-12-31T21:34:48"),
    "9999-24": ("9999-11-30T21:00", OPEN[1]),
}

CLOCK_CHANGES = {
    # Damascus: midnight of 25 March becomes 01:00, midnight of 28 October becomes 23:00
    ("2016-03-24", DAMASCUS): ("2016-03-23T22:00", "2016-03-24T22:00"),
    ("2016-03-25", DAMASCUS): ("2016-03-24T22:00", "2016-03-25T21:00"),
    ("2016-03-25T00:30", DAMASCUS): ("2016-03-24T21:30", "2016-03-24T22:31"),
    ("2016-03-25T01:00", DAMASCUS): ("2016-03-24T22:00", "2016-03-24T22:01"),
    ("2016-10-27", DAMASCUS): ("2016-10-26T21:00", "2016-10-27T22:00"),
    ("2016-10-28", DAMASCUS): ("2016-10-27T22:00", "2016-10-28T22:00"),
    ("2016-10-27T22:59", DAMASCUS): ("2016-10-27T19:59", "2016-10-27T20:00"),
    ("2016-10-27T23:30", DAMASCUS): ("2016-10-27T20:30", "2016-10-27T21:31"),
    ("2016-10-27T23:59:59", DAMASCUS): ("2016-10-27T20:59:59", "2016-10-27T22:00"),
    ("2016-10-28T00:00", DAMASCUS): ("2016-10-27T22:00", "2016-10-27T22:01"),
    ("2016-10-27T23:30+03:00", DAMASCUS): ("2016-10-27T20:30", "2016-10-27T20:31"),
    ("2016-10-27T23:30+02:00", DAMASCUS): ("2016-10-27T21:30", "2016-10-27T21:31"),
    # Berlin: 02:00 becomes 03:00 on 27 March, 03:00 becomes 02:00 on 30 October
    ("2016-03-27", BERLIN): ("2016-03-26T23:00", "2016-03-27T22:00"),
    ("2016-03-27T02:30", BERLIN): ("2016-03-27T00:30", "2016-03-27T01:31"),
    ("2016-10-30", BERLIN): ("2016-10-29T22:00", "2016-10-30T23:00"),
    ("2016-10-30T02:30", BERLIN): ("2016-10-30T00:30", "2016-10-30T01:31"),
    ("2016-10-30T03:00", BERLIN): ("2016-10-30T02:00", "2016-10-30T02:01"),
}

MOMENTS = {
    "2016-11-28": "2016-11-28T21:59:59.999999",
    "2016-08-21": "2016-08-21T20:59:59.999999",
    "2016-10-27": "2016-10-27T21:59:59.999999",
    "2016-11": "2016-11-30T21:59:59.999999",
    "2016-02": "2016-02-29T21:59:59.999999",
    "2016": "2016-12-31T21:59:59.999999",
    "2016-11-28T18:00": "2016-11-28T16:00",
    "2016-11-28T00:00": "2016-11-27T22:00",
    "2016-11-28T18:00:05": "2016-11-28T16:00:05",
    "2016-11-28T18:00Z": "2016-11-28T18:00",
    "2016-11-28T18:00:05-05:30": "2016-11-28T23:30:05",
}


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def window(earliest, latest):
    return Window(utc(earliest), utc(latest))


# Dates --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", WINDOWS)
def test_the_window_of_every_form(text):
    assert When(text).window(DAMASCUS) == window(*WINDOWS[text])


@pytest.mark.parametrize("text", WINDOWS)
def test_a_date_keeps_the_text_that_was_written(text):
    assert str(When(text)) == text
    assert When(text) == When(text)
    assert copy.deepcopy(When(text)).window(DAMASCUS) == When(text).window(DAMASCUS)


@pytest.mark.parametrize(("text", "zone"), CLOCK_CHANGES, ids=str)
def test_a_window_holds_both_readings_of_a_repeated_or_skipped_hour(text, zone):
    assert When(text).window(zone) == window(*CLOCK_CHANGES[text, zone])


@pytest.mark.parametrize(
    ("text", "uncertain", "approximate"),
    [
        ("2016", False, False),
        ("2016?", True, False),
        ("2016~", False, True),
        ("2016%", True, True),
        ("2016-11-26?/2016-11-28~", True, True),
        ("2016-11-28T18:00?", True, False),
    ],
)
def test_the_flags_of_a_date(text, uncertain, approximate):
    assert (When(text).uncertain, When(text).approximate) == (uncertain, approximate)


@pytest.mark.parametrize(
    "text", ["2016-11-28T18:00Z/2016-11-28T18:00", "2016-11-28T18:00/2016-11-28T15:00Z"]
)
def test_a_wall_clock_against_an_offset_is_judged_in_the_zone(text):
    """Whether it ends before it begins depends on where the clock hangs."""
    with pytest.raises(UsageError, match="holds no instant in Asia/Damascus"):
        When(text).window(DAMASCUS)
    elsewhere = ZoneInfo("America/New_York" if text.endswith("18:00") else "Asia/Tokyo")
    assert When(text).window(elsewhere).earliest < When(text).window(elsewhere).latest


@pytest.mark.parametrize("zone", ZONES, ids=str)
def test_the_days_of_a_year_follow_each_other_without_gap_or_overlap(zone):
    new_year = date(2016, 1, 1)
    days = [When(str(new_year + timedelta(days=n))).window(zone) for n in range(366)]
    assert all(a.latest == b.earliest and a.precedes(b) for a, b in pairwise(days))
    assert hull(days) == When("2016").window(zone)


@times(10)
@given(st.dates(date(1930, 1, 1), date(2060, 1, 1)), st.sampled_from(ZONES))
def test_any_day_ends_where_the_next_begins(day, zone):
    today, tomorrow = (When(d.isoformat()).window(zone) for d in (day, day + timedelta(days=1)))
    assert today.latest == tomorrow.earliest
    assert timedelta(hours=20) < today.latest - today.earliest < timedelta(hours=28)


UNITS = {
    "%Y-%m-%d": lambda day: (day, day),
    "%Y-%m": lambda day: (day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])),
    "%Y": lambda day: (day.replace(month=1, day=1), day.replace(month=12, day=31)),
}


@given(
    st.dates(date(1930, 1, 1), date(2060, 1, 1)),
    st.sampled_from(ZONES),
    st.sampled_from([*UNITS]),
    st.sampled_from("~%"),
)
def test_an_approximate_date_is_one_unit_wider_on_each_side(day, zone, precision, flag):
    first, last = UNITS[precision](day)
    neighbours = (first - timedelta(days=1), day, last + timedelta(days=1))
    wide = When(f"{day:{precision}}{flag}").window(zone)
    assert wide == hull(When(f"{one:{precision}}").window(zone) for one in neighbours)


@given(
    st.datetimes(datetime(1930, 1, 1), datetime(2060, 1, 1)),
    st.sampled_from([("minutes", "Z"), ("seconds", "+05:30")]),
)
def test_an_approximate_time_is_one_unit_wider_on_each_side(time, kind):
    unit, offset = timedelta(**{kind[0]: 1}), kind[1]
    text = time.isoformat(timespec=kind[0]) + offset
    plain, wide = When(text).window(UTC), When(f"{text}~").window(UTC)
    assert (wide.earliest, wide.latest) == (plain.earliest - unit, plain.latest + unit)
    assert plain.latest - plain.earliest == unit


# Windows ------------------------------------------------------------------------------------------

INSTANTS = st.integers(0, 9).map(lambda n: utc("2016-11-28T00:00") + n * TICK)
SPANS = (
    st.tuples(INSTANTS, INSTANTS)
    .filter(lambda pair: pair[0] < pair[1])
    .map(lambda pair: Window(*pair))
)


@times(8)
@given(SPANS, SPANS, SPANS)
def test_precedes_is_a_strict_partial_order(a, b, c):
    assert not a.precedes(a)
    assert not (a.precedes(b) and b.precedes(a))
    assert a.precedes(c) or not (a.precedes(b) and b.precedes(c))


@times(8)
@given(SPANS, SPANS)
def test_precedes_says_that_no_instant_lies_in_or_after_the_other(a, b):
    assert a.precedes(b) == (a.latest - TICK < b.earliest)


@times(8)
@given(SPANS, INSTANTS)
def test_inside_the_window_is_possible_and_from_its_last_instant_on_certain(span, at):
    assert span.began(at) == (at >= span.earliest)
    assert span.ended(at) == (at >= span.latest - TICK)
    assert span.began(at) or not span.ended(at)


@given(st.lists(SPANS, min_size=1, max_size=5))
def test_a_hull_is_the_smallest_window_that_covers_all(spans):
    cover = hull(iter(spans))
    assert all(cover.earliest <= span.earliest and span.latest <= cover.latest for span in spans)
    assert cover.earliest in [span.earliest for span in spans]
    assert cover.latest in [span.latest for span in spans]


@pytest.mark.parametrize(
    ("at", "began", "ended"),
    [
        ("2016-11-27T21:59:59.999999", False, False),
        ("2016-11-27T22:00", True, False),
        ("2016-11-28T21:59:59.999998", True, False),
        ("2016-11-28T21:59:59.999999", True, True),
        ("2016-11-28T22:00", True, True),
    ],
)
def test_a_day_becomes_possible_with_its_first_instant_and_certain_with_its_last(at, began, ended):
    day = When("2016-11-28").window(DAMASCUS)
    assert (day.began(utc(at)), day.ended(utc(at))) == (began, ended)


def test_an_open_end_never_becomes_certain():
    """A question without a time is asked after every dated window and before the open end."""
    assert not When("2016/..").window(DAMASCUS).ended(END_OF_TIME)
    assert When("../2016").window(DAMASCUS).began(PAST)
    assert When("9998").window(DAMASCUS).ended(END_OF_TIME)
    assert END_OF_TIME < FUTURE


# Moments ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", MOMENTS)
def test_a_date_is_read_as_its_last_instant_and_a_time_as_itself(text):
    assert Moment(text).instant(DAMASCUS) == utc(MOMENTS[text])
    assert str(Moment(text)) == text


@pytest.mark.parametrize(
    ("text", "exact"),
    [
        ("2016", False),
        ("2016-11-28", False),
        ("2016-11-28T18:00", False),
        ("2016-11-28T18:00Z", True),
        ("2016-11-28T18:00:05+03:00", True),
    ],
)
def test_only_a_time_with_an_offset_is_exact(text, exact):
    assert Moment(text).exact is exact


@given(st.dates(date(1930, 1, 1), date(2060, 1, 1)), st.sampled_from(ZONES))
def test_a_question_about_a_day_does_not_see_what_begins_at_the_next_midnight(day, zone):
    asked = Moment(day.isoformat()).instant(zone)
    today, tomorrow = (When(d.isoformat()).window(zone) for d in (day, day + timedelta(days=1)))
    assert today.ended(asked)
    assert not tomorrow.began(asked)
    assert tomorrow.began(asked + TICK)


@given(st.datetimes(datetime(1930, 1, 1), datetime(2060, 1, 1)), st.sampled_from(ZONES))
def test_an_instant_is_written_with_the_offset_of_its_zone(time, zone):
    instant = time.replace(tzinfo=UTC)
    assume(instant.astimezone(zone).utcoffset().seconds % 60 == 0)
    assert datetime.fromisoformat(rfc3339(instant, zone)) == instant


def test_the_offset_is_the_one_of_that_day():
    assert rfc3339(utc("2016-11-28T16:00"), DAMASCUS) == "2016-11-28T18:00:00+02:00"
    assert rfc3339(utc("2016-08-28T15:00"), DAMASCUS) == "2016-08-28T18:00:00+03:00"
