"""Dates as people type them: what has one reading becomes a text of the grammar, and everything else is refused with a reason."""

import re
from datetime import date, timedelta

import pytest
from effort import times
from hypothesis import example, given
from hypothesis import strategies as st
from strategies import CITY, moments, whens

from timeline.errors import UsageError
from timeline.temporal.dates import TICK, Moment, When
from timeline.temporal.freeform import moment, read
from timeline.text import phrases

TODAY = date(2016, 12, 1)  # a Thursday

READ = {
    # one day
    "28 Nov 2016": "2016-11-28",
    "28 November 2016": "2016-11-28",
    "28 NOVEMBER 2016": "2016-11-28",
    "  28   nov  2016 ": "2016-11-28",
    "Nov 28, 2016": "2016-11-28",
    "November 28 2016": "2016-11-28",
    "Nov. 28, 2016": "2016-11-28",
    "28th Nov 2016": "2016-11-28",
    "the 28th of November, 2016": "2016-11-28",
    "November 1st, 2016": "2016-11-01",
    "2nd Sept 2016": "2016-09-02",
    "3rd Sep 2016": "2016-09-03",
    "28-Nov-2016": "2016-11-28",
    "on 28 Nov 2016": "2016-11-28",
    "29 Feb 2016": "2016-02-29",
    "Monday 28 Nov 2016": "2016-11-28",
    "Mon, 28 Nov 2016": "2016-11-28",
    "monday, november 28, 2016": "2016-11-28",
    "Tues 29 Nov 2016": "2016-11-29",
    "Monday 2016-11-28": "2016-11-28",
    "Mon 28/11/2016": "2016-11-28",
    # in numbers
    "2016/11/28": "2016-11-28",
    "2016.11.28": "2016-11-28",
    "2016/1/5": "2016-01-05",
    "28/11/2016": "2016-11-28",
    "28.11.2016": "2016-11-28",
    "28-11-2016": "2016-11-28",
    "11/28/2016": "2016-11-28",
    "05/05/2016": "2016-05-05",
    "1/13/2016": "2016-01-13",
    # months, seasons, years
    "Nov 2016": "2016-11",
    "November, 2016": "2016-11",
    "in Nov 2016": "2016-11",
    "May 2016": "2016-05",
    "early Aug 2016": "2016-08-01/2016-08-10",
    "mid Aug 2016": "2016-08-11/2016-08-20",
    "mid-August 2016": "2016-08-11/2016-08-20",
    "late Aug 2016": "2016-08-21/2016-08-31",
    "Late February 2016": "2016-02-21/2016-02-29",
    "late Dec 9999": "9999-12-21/9999-12-31",
    "spring 2012": "2012-21",
    "the summer of 2012": "2012-22",
    "Autumn 2012": "2012-23",
    "fall 2012": "2012-23",
    "winter 2012": "2012-24",
    "winter 2012/13": "2012-24",
    "winter 2012-2013": "2012-24",
    "in 2016": "2016",
    "during the summer of 2012": "2012-22",
    " 2016 ": "2016",
    "2010s": "201X",
    # times of day
    "28 Nov 2016 18:00": "2016-11-28T18:00",
    "28 Nov 2016, 9:05": "2016-11-28T09:05",
    "28 Nov 2016 at 6 pm": "2016-11-28T18:00",
    "Nov 28, 2016, 6:30pm": "2016-11-28T18:30",
    "28 Nov 2016 6 a.m.": "2016-11-28T06:00",
    "28 Nov 2016 12:30 am": "2016-11-28T00:30",
    "28 Nov 2016 12:30 PM": "2016-11-28T12:30",
    "28 Nov 2016 18:00:30 +02:00": "2016-11-28T18:00:30+02:00",
    "28 Nov 2016 18:00 (+02:00)": "2016-11-28T18:00+02:00",
    "28 Nov 2016 18:00-05:00": "2016-11-28T18:00-05:00",
    "28 Nov 2016 18:00 UTC": "2016-11-28T18:00Z",
    "28 Nov 2016 6 pm GMT": "2016-11-28T18:00Z",
    "Monday 28 Nov 2016 at 18:00": "2016-11-28T18:00",
    "2016-11-28 18:00": "2016-11-28T18:00",
    "28.11.2016 18:00": "2016-11-28T18:00",
    "yesterday at 6 pm": "2016-11-30T18:00",
    # ranges
    "26-27 Nov 2016": "2016-11-26/2016-11-27",
    "26–27 Nov 2016": "2016-11-26/2016-11-27",
    "26 - 27 November 2016": "2016-11-26/2016-11-27",
    "26 to 28 Nov 2016": "2016-11-26/2016-11-28",
    "26th to 28th of November 2016": "2016-11-26/2016-11-28",
    "Nov 26-27, 2016": "2016-11-26/2016-11-27",
    "Nov 26 to 28, 2016": "2016-11-26/2016-11-28",
    "November 26 – December 3, 2016": "2016-11-26/2016-12-03",
    "26 Oct – 3 Nov 2016": "2016-10-26/2016-11-03",
    "28 Nov 2016 to 3 Dec 2016": "2016-11-28/2016-12-03",
    "from 28 Nov to 3 Dec 2016": "2016-11-28/2016-12-03",
    "28 Nov 2016 until 3 Dec 2016": "2016-11-28/2016-12-03",
    "between 26 and 28 Nov 2016": "2016-11-26/2016-11-28",
    "between Nov 26 and Nov 28, 2016": "2016-11-26/2016-11-28",
    "Sat 26 – Sun 27 Nov 2016": "2016-11-26/2016-11-27",
    "Thu 24 Nov to 27 Nov 2016": "2016-11-24/2016-11-27",
    "Nov–Dec 2016": "2016-11/2016-12",
    "mid to late Aug 2016": "2016-08-11/2016-08-31",
    "2012-2016": "2012/2016",
    "2012 to 2016": "2012/2016",
    "2016–about 20–29 Nov 2016": "2016/2016-11-2X~",
    "26/11/2016-27/11/2016": "2016-11-26/2016-11-27",
    "2016-11-26 to 2016-11-28": "2016-11-26/2016-11-28",
    "3 days ago to yesterday": "2016-11-28/2016-11-30",
    "27 Nov 2016 06:00–11:59": "2016-11-27T06:00/2016-11-27T11:59",
    "27 Nov 2016 from 06:00 to 11:59 UTC": "2016-11-27T06:00Z/2016-11-27T11:59Z",
    "27 Nov 2016 16:00-18:30": "2016-11-27T16:00/2016-11-27T18:30",
    "27 Nov 2016 6 pm to 8 pm": "2016-11-27T18:00/2016-11-27T20:00",
    "26 Nov 2016 22:00 – 27 Nov 2016 06:00 UTC": "2016-11-26T22:00Z/2016-11-27T06:00Z",
    # approximate, uncertain, open
    "about Aug 2016": "2016-08~",
    "around 28 Nov 2016": "2016-11-28~",
    "circa 2012": "2012~",
    "c. 2012": "2012~",
    "about 26-27 Nov 2016": "2016-11-26~/2016-11-27~",
    "about 26 to 27 Nov 2016": "2016-11-26~/2016-11-27~",
    "about 26 Nov 2016 to 3 Dec 2016": "2016-11-26~/2016-12-03",
    "about 20–29 Nov 2016": "2016-11-2X~",
    "about 1–30 Nov 2016": "2016-11-01~/2016-11-30~",
    "about 2000–2099": "20XX~",
    "28 Nov 2016 (uncertain)": "2016-11-28?",
    "perhaps 28 Nov 2016": "2016-11-28?",
    "perhaps about 28 Nov 2016": "2016-11-28%",
    "perhaps 26–27 Nov 2016": "2016-11-26?/2016-11-27?",
    "by 28 Nov 2016": "../2016-11-28",
    "by yesterday": "../2016-11-30",
    "until about Aug 2016": "../2016-08~",
    "by 26–27 Nov 2016": "../2016-11-27",
    "28 Nov 2016 or later": "2016-11-28/..",
    "since 28 Nov 2016": "2016-11-28/..",
    "since late Aug 2016": "2016-08-21/..",
    "from 2012": "2012/..",
    "some time": "../..",
    # from today
    "today": "2016-12-01",
    "Yesterday": "2016-11-30",
    "tomorrow": "2016-12-02",
    "1 day ago": "2016-11-30",
    "3 days ago": "2016-11-28",
    "2 weeks ago": "2016-11-17",
    "last Thursday": "2016-11-24",
    "last wed": "2016-11-30",
    "last weekend": "2016-11-26/2016-11-27",
    "over the last weekend": "2016-11-26/2016-11-27",
    "the weekend of 27 Nov 2016": "2016-11-26/2016-11-27",
    "weekend of Nov 26, 2016": "2016-11-26/2016-11-27",
}
LAST = {
    "28 Nov 2016": "2016-11-28",
    "Nov 2016": "2016-11",
    "in 2016": "2016",
    "28 Nov 2016 at 6 pm": "2016-11-28T18:00",
    "late Aug 2016": "2016-08-31",
    "26-27 Nov 2016": "2016-11-27",
    "summer 2012": "2012-08-31",
    "winter 2012": "2013-02-28",
    "2010s": "2019-12-31",
    "Nov–Dec 2016": "2016-12",
    "27 Nov 2016 06:00–11:59": "2016-11-27T11:59",
    "last weekend": "2016-11-27",
    "yesterday": "2016-11-30",
}
REFUSED = {
    # two readings
    "05/11/2016": "05/11/2016 is 5 November 2016 or 11 May 2016; expected what can be read in one way only",
    "5/11/2016": "11 May 2016; expected what can be read in one way only (write 2016-11-05 or 2016-05-11)",
    "5.11.2016": "5.11.2016 is 5 November 2016 or 11 May 2016",
    "by 05/11/2016": "by 05/11/2016: 05/11/2016 is 5 November 2016 or 11 May 2016",
    "28 Nov 2016 12 pm": "28 Nov 2016 12 pm: 12 pm is noon or midnight; expected what can be read in one way only (write 12:00 or 00:00)",
    "28 Nov 2016 12:00 am": "12:00 am is noon or midnight",
    "28 Nov 2016 06:00-11:00": "06:00-11:00 is a range of times or a time with its offset",
    # something missing
    "28 Nov": "28 Nov has no year; expected a date with its year, as 28 Nov 2016",
    "November 28": "November 28 has no year",
    "November": "November has no year",
    "26-27 Nov": "26-27 Nov has no year",
    "28 Nov 2016 to 3 Dec": "28 Nov 2016 to 3 Dec has no year",
    "28/11": "28/11 has no year",
    "28 Nov 16": "28 Nov 16 has a year of two digits; expected all four, as 28 Nov 2016",
    "28 Nov '16": "has a year of two digits",
    "28 Nov 16 18:00": "has a year of two digits",
    "05/11/16": "05/11/16 has a year of two digits",
    "18:00": "18:00 is a time of day without its day; expected a date before the time, as 28 Nov 2016 18:00",
    "Nov 2016 18:00": "is a time of day without its day",
    "Thursday": "Thursday does not say which one; expected last Thursday",
    "the weekend": "the weekend does not say which one",
    "after 28 Nov 2016": "after 28 Nov 2016 does not say whether that date is part of it; expected since X, X or later",
    "before 2012": "before 2012 does not say whether that date is part of it",
    # no such day
    "31 Nov 2016": "31 Nov 2016: 2016-11-31 is not a day; expected a day of that month, 01 to 30",
    "29 Feb 2015": "29 Feb 2015: 2015-02-29 is not a day; expected a day of that month, 01 to 28",
    "26-31 Nov 2016": "2016-11-31 is not a day",
    "31/11/2016": "31/11/2016: 2016-11-31 is not a day",
    "11/31/2016": "11/31/2016: 2016-11-31 is not a day",
    "28/13/2016": "28/13/2016: 2016-13 is not a month",
    "28 Nov 0000": "28 Nov 0000: 0000 is not a year",
    "Sunday 28 Nov 2016": "Sunday 28 Nov 2016: 28 November 2016 is a Monday, not a Sunday; expected its own weekday, or none",
    "the weekend of 23 Nov 2016": "23 November 2016 is a Wednesday; expected a Saturday or Sunday",
    "28 Nov 2016 25:00": "28 Nov 2016 25:00: 2016-11-28T25:00: 25 is no hour; expected 00 to 23",
    "28 Nov 2016 13 pm": "13 pm: 13 is no hour of half a day; expected 1 to 12 before am or pm",
    "28 Nov 2016 18:00 +15:00": "+15:00 is not an offset from UTC",
    "27 Nov 2016 22:00–02:00": "27 Nov 2016 22:00–02:00: 2016-11-27T22:00/2016-11-27T02:00 ends before it begins",
    "27-26 Nov 2016": "27-26 Nov 2016: 2016-11-27/2016-11-26 ends before it begins",
    "999999 weeks ago": "999999 weeks ago lies outside the years 0001 to 9999",
    # attempts at the strict grammar
    "2016-13": "2016-13 is not a month; expected 01 to 12, or a season",
    "2016-11-31": "2016-11-31 is not a day; expected a day of that month, 01 to 30",
    "by 2016-11-31": "by 2016-11-31: 2016-11-31 is not a day",
    "2016-11-28/2016-11-27": "2016-11-28/2016-11-27 ends before it begins",
    "2016-X1": "2016-X1 has a known digit after an unknown one",
    "2016/11": "'11' in 2016/11 is not a date",
    "2016-11-28~~": "'2016-11-28~~' is not a date; expected a date such as 2016-11-28",
    # anything else
    "": "'' is not a date; expected a date such as late Aug 2016 or 2016-11-28T18:00",
    "whenever": "'whenever' is not a date",
    "X marks the spot": "'X marks the spot' is not a date",
    "26 and 27 Nov 2016": "is not a date",
    "2016 to 2017 to 2018": "is not a date",
    "since 2012 to 2016": "is not a date",
    "by since 2012": "is not a date",
    "28 Novel 2016": "is not a date",
    "28 Nov 2016 18:00 CET": "is not a date",
    "late 2016": "is not a date",
    "26 Oct–Sunday 2016": "is not a date",
    "winter 2012-14": "is not a date",
    "winter 2012-23": "is not a date",
    "٢٨ Nov 2016": "is not a date",
    "28 Nov 2016 " * 20: "a text of 239 characters is not a date; expected at most 100",
}
VAGUE = {
    "about Aug 2016": "about Aug 2016 is approximate; expected one plain date or time, as 28 Nov 2016",
    "perhaps 28 Nov 2016": "perhaps 28 Nov 2016 is uncertain",
    "perhaps about 2016": "perhaps about 2016 is approximate and uncertain",
    "by 28 Nov 2016": "by 28 Nov 2016 has an open end",
    "since 2012": "since 2012 has an open end",
    "some time": "some time has an open end",
    "2016-11-28~": "2016-11-28~ is vague; expected one plain date or time",
    "2016-11-26/2016-11-27": "2016-11-26/2016-11-27 is vague",
    "2012-22": "2012-22 is vague",
    "201X": "201X is vague",
    "05/11/2016": "is 5 November 2016 or 11 May 2016",
    "whenever": "'whenever' is not a date",
}

WORDS = (
    "about", "after", "ago", "and", "at", "between", "by", "days", "early", "from", "in", "last", "late", "later", "Monday", "Nov", "of",
    "or", "perhaps", "since", "summer", "the", "to", "today", "UTC", "weekend", "winter", "yesterday", "(+02:00)", "(uncertain)", "–", "-",
    "-05:30", "12 am", "18:00", "2", "26", "26-27", "1–9", "31", "2016", "2016-11-2X~", "05/11/2016", "28.11.2016", "../2016", "0000",
)  # fmt: skip
DAYS = st.dates(date(1000, 1, 1))
NAMED = (
    "{d} {M} {y}",
    "{d} {m} {y}",
    "{M} {d}, {y}",
    "{m}. {d}, {y}",
    "{d}th {m} {y}",
    "the {d}th of {M}, {y}",
    "{d}-{m}-{y}",
    "{w}, {d} {m} {y}",
)
CASES = (str, str.lower, str.upper, lambda text: f"  {text.replace(' ', '   ')}\t")


@st.composite
def nearly_typed(draw):
    """One of the texts of the tables, read or refused, with a few words replaced, dropped or put in."""
    words = draw(st.sampled_from([*READ, *REFUSED])).split()
    for place, word in draw(
        st.lists(st.tuples(st.integers(0, 6), st.sampled_from(WORDS) | st.just("")), max_size=3)
    ):
        words[place : place + draw(st.integers(0, 1))] = word.split()
    return " ".join(words)


def spelled(day, form):
    return form.format(d=day.day, M=f"{day:%B}", m=f"{day:%b}", y=day.year, w=f"{day:%A}")


def refusal(read_, text, today=TODAY):
    with pytest.raises(UsageError) as refused:
        read_(text, today)
    return str(refused.value)


def table(rows):
    return [
        pytest.param(*row, id=re.sub(r"\s+", " ", row[0])[:40] or "nothing") for row in rows.items()
    ]


# Laws ---------------------------------------------------------------------------------------------


@given(whens(), st.dates())
@example("XXXX", TODAY)
@example("9999-12-31T23:59:59%", TODAY)
def test_the_strict_grammar_is_read_as_it_is(text, today):
    """Whatever the log can hold can be typed as the log has it."""
    assert read(text, today) == text


@given(moments(), st.dates())
def test_a_strict_moment_is_read_as_it_is(text, today):
    """So can what a question was asked with before."""
    assert moment(text, today) == text


@times(20)
@given(
    st.one_of(nearly_typed(), st.text(), st.lists(st.sampled_from(WORDS)).map("".join)),
    st.sampled_from([date.min, date.max]) | st.dates(),
)
def test_any_text_is_read_as_a_date_or_refused(text, today):
    """What comes out is a date of the log, or of a question; nothing but a `UsageError` is ever raised, whatever was typed and whenever."""
    for read_, kind in ((read, When), (moment, Moment)):
        try:
            found = read_(text, today)
        except UsageError:
            continue
        assert kind(found) == found


@times(8)
@given(DAYS, st.sampled_from("/.-"))
def test_day_and_month_stand_in_either_order_when_one_reading_is_left(day, separator):
    """Both orders give the same day; where either number could be the month, both readings stand in both refusals."""
    numbers = f"{day.day:02}", f"{day.month:02}"
    orders = [separator.join((*pair, str(day.year))) for pair in (numbers, numbers[::-1])]
    if day.day > 12 or day.day == day.month:
        assert {read(text, TODAY) for text in orders} == {day.isoformat()}
    else:
        other = day.replace(day=day.month, month=day.day)
        for text in orders:
            assert all(reading.isoformat() in refusal(read, text) for reading in (day, other))


@given(DAYS, st.sampled_from(NAMED), st.sampled_from(CASES))
def test_a_named_day_is_that_day(day, form, case):
    """Names in full or short, in any case, days before or after their months, with or without endings, commas and articles."""
    assert read(case(spelled(day, form)), TODAY) == day.isoformat()


@given(DAYS, st.sampled_from(["{w} {d} {m} {y}", "{w}, {M} {d}, {y}"]), st.integers(1, 6))
def test_a_wrong_weekday_is_refused_with_the_right_one(day, form, off):
    """A weekday is a check, so a date with another one is an error in one of the two."""
    other = day + timedelta(off) if day.year < 9999 else day - timedelta(off)
    typed = spelled(day, form.replace("{w}", f"{other:%A}"))
    assert f"{day.day} {day:%B %Y} is a {day:%A}, not a {other:%A}" in refusal(read, typed)


@given(
    DAYS,
    st.integers(0, 400),
    st.sampled_from(
        ["{} – {}", "{} to {}", "{} - {}", "{}–{}", "from {} to {}", "between {} and {}", "{}-{}"]
    ),
)
def test_two_days_are_the_range_of_both(day, length, shape):
    """However the two are joined, and whether or not the first one leaves out what the second one says."""
    last = min(day, date(9990, 1, 1)) + timedelta(length)
    day = last - timedelta(length)
    short = (
        "{d}"
        if (day.month, day.year) == (last.month, last.year)
        else "{d} {m}"
        if day.year == last.year
        else "{d} {m} {y}"
    )
    for form in ("{d} {m} {y}", short):
        assert (
            read(shape.format(spelled(day, form), spelled(last, "{d} {m} {y}")), TODAY)
            == f"{day}/{last}"
        )


def loses(text):
    """Return why the words of a date can mean another one as well, where they can."""
    times = [
        re.fullmatch(r"(\d{4})-.{5}(T[\d:]+)(Z|[+-][\d:]+)?[~?%]?", end) for end in text.split("/")
    ]
    if len(times) == 2 and all(times):
        first, last = (match.groups() for match in times)
        if last[2] and not first[2]:
            return "an offset at the end of the words is meant for both times, so a first time of the city's clock cannot be said"
    return ""


@times(10)
@given(whens().filter(lambda text: not loses(text)))
def test_what_the_program_prints_of_a_date_can_be_typed_back_in(text):
    """Words mean the window that they were written for, and are approximate or uncertain when it was."""
    back = When(read(phrases.date(text), TODAY))
    assert back.window(CITY.zone) == When(text).window(CITY.zone)
    assert (back.approximate, back.uncertain) == (When(text).approximate, When(text).uncertain)


@times(8)
@given(whens())
def test_a_question_in_words_asks_about_the_end_of_the_window(text):
    """A typed range is asked about at its last instant, a time of day at itself; what is marked or open is refused."""
    words = phrases.date(text)
    if set(text) & set("~?%") or ".." in text:
        assert refusal(moment, words).startswith(words)
    elif "T" not in text.rpartition("/")[2]:
        assert (
            Moment(moment(words, TODAY)).instant(CITY.zone)
            == When(text).window(CITY.zone).latest - TICK
        )


@given(st.dates(date(2, 1, 1)), st.integers(0, 6))
def test_last_weekday_lies_before_today_and_within_a_week(today, weekday):
    """On a Thursday, last Thursday is a week ago."""
    name = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")[weekday]
    found = date.fromisoformat(read(f"last {name}", today))
    assert found.weekday() == weekday
    assert timedelta(1) <= today - found <= timedelta(7)


@given(st.dates(date(2, 1, 1)))
def test_last_weekend_is_whole_and_over(today):
    """It is Saturday and Sunday, and on a Sunday it is that of a week ago."""
    saturday, sunday = (date.fromisoformat(day) for day in read("last weekend", today).split("/"))
    assert (saturday.weekday(), sunday - saturday) == (5, timedelta(1))
    assert timedelta(1) <= today - sunday <= timedelta(7)
    assert {read(f"weekend of {day}", today) for day in (saturday, sunday)} == {
        f"{saturday}/{sunday}"
    }


# Forms --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "found"), table(READ))
def test_what_people_type(text, found):
    """Each form, and what it means in the grammar."""
    assert read(text, TODAY) == found


@pytest.mark.parametrize(("text", "last"), table(LAST))
def test_what_people_ask_about(text, last):
    """A question needs one date or time; that of a range is its last."""
    assert moment(text, TODAY) == last


# Refusals -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "reason"), table(REFUSED))
def test_what_is_no_date_is_refused_with_its_reason(text, reason):
    """The reason says what is missing, what does not fit or which readings there are; a question is refused for the same."""
    for read_ in (read, moment):
        assert reason in refusal(read_, text)
        assert refusal(read_, text).startswith(reason) or not reason.startswith(text)


@pytest.mark.parametrize(("text", "reason"), table(VAGUE))
def test_no_question_is_vague(text, reason):
    """What is marked or open has no one instant; the strict grammar is as strict about its own vague dates as before."""
    assert reason in refusal(moment, text)


@pytest.mark.parametrize("today", [date.min, date.max])
def test_the_calendar_has_ends(today):
    """There is no day before the first and none after the last."""
    text = "yesterday" if today == date.min else "tomorrow"
    assert "lies outside the years 0001 to 9999" in refusal(read, text, today)
