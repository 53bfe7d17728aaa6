"""Dates as people type them: those with one reading are understood, and all others refused."""

import re
from contextlib import suppress
from datetime import date, timedelta

import pytest
from effort import times
from hypothesis import example, given
from hypothesis import strategies as st
from strategies import CITY, moments, whens
from typed_dates import LAST, READ, REFUSED, VAGUE

from timeline.errors import UsageError
from timeline.temporal.dates import TICK, Moment, When
from timeline.temporal.freeform import moment, read
from timeline.text import phrases

TODAY = date(2016, 12, 1)  # a Thursday

PARTS = """
    about after ago and at between by days early from in last late later Monday Nov of or perhaps
    since summer the to today UTC weekend winter yesterday (+02:00) (uncertain) – - -05:30 18:00 2
    26 26-27 1–9 31 2016 2016-11-2X~ 05/11/2016 28.11.2016 ../2016 0000
"""
WORDS = (*PARTS.split(), "12 am")
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
RANGES = ("{} – {}", "{} to {}", "{} - {}", "{}–{}", "from {} to {}", "between {} and {}", "{}-{}")
CASES = (str, str.lower, str.upper, lambda text: f"  {text.replace(' ', '   ')}\t")


@st.composite
def nearly_typed(draw):
    """One of the texts of the tables, with a few words replaced, dropped or put in."""
    words = draw(st.sampled_from([*READ, *REFUSED])).split()
    edits = st.tuples(st.integers(0, 6), st.sampled_from(WORDS) | st.just(""))
    for place, word in draw(st.lists(edits, max_size=3)):
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
    """Nothing but a `UsageError` is ever raised, whatever was typed and whenever."""
    for read_, kind in ((read, When), (moment, Moment)):
        with suppress(UsageError):
            strict = read_(text, today)
            assert kind(strict) == strict


@times(8)
@given(DAYS, st.sampled_from("/.-"))
def test_day_and_month_stand_in_either_order_when_one_reading_is_left(day, separator):
    """Where either number could be the month, both readings stand in both refusals."""
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
    """Names are full or short and in any case, with or without endings, commas and articles."""
    assert read(case(spelled(day, form)), TODAY) == day.isoformat()


@given(DAYS, st.sampled_from(["{w} {d} {m} {y}", "{w}, {M} {d}, {y}"]), st.integers(1, 6))
def test_a_wrong_weekday_is_refused_with_the_right_one(day, form, off):
    """A weekday is a check, so a date with another one is an error in one of the two."""
    other = day + timedelta(off) if day.year < 9999 else day - timedelta(off)
    typed = spelled(day, form.replace("{w}", f"{other:%A}"))
    assert f"{day.day} {day:%B %Y} is a {day:%A}, not a {other:%A}" in refusal(read, typed)


@given(DAYS, st.integers(0, 400), st.sampled_from(RANGES))
def test_two_days_are_the_range_of_both(day, length, shape):
    """The first may leave out what the second one says, however the two are joined."""
    last = min(day, date(9990, 1, 1)) + timedelta(length)
    day = last - timedelta(length)
    whole = "{d} {m} {y}"
    for form in (whole, shortest_form(day, last)):
        text = shape.format(spelled(day, form), spelled(last, whole))
        assert read(text, TODAY) == f"{day}/{last}"


def shortest_form(day, last):
    """Return the form of a day that leaves out what it shares with the last."""
    if day.year != last.year:
        return "{d} {m} {y}"
    return "{d} {m}" if day.month != last.month else "{d}"


def has_an_offset_at_its_end_alone(text):
    """Return whether only the second of two times has an offset.

    In words it is meant for both of them, so a first time of the city's clock cannot be said.
    """
    form = r"\d{4}-.{5}T[\d:]+(Z|[+-][\d:]+)?[~?%]?"
    match = re.fullmatch(f"{form}/{form}", text)
    return bool(match and match[2] and not match[1])


@times(10)
@given(whens().filter(lambda text: not has_an_offset_at_its_end_alone(text)))
def test_what_the_program_prints_of_a_date_can_be_typed_back_in(text):
    """Words mean the window that they were written for, with the same marks."""
    back = When(read(phrases.date(text), TODAY))
    assert back.window(CITY.zone) == When(text).window(CITY.zone)
    assert (back.approximate, back.uncertain) == (When(text).approximate, When(text).uncertain)


@times(8)
@given(whens())
def test_a_question_in_words_asks_about_the_end_of_the_window(text):
    """A typed range is asked about at its last instant; what is marked or open is refused."""
    words = phrases.date(text)
    if set(text) & set("~?%") or ".." in text:
        assert refusal(moment, words).startswith(words)
    elif "T" not in text.rpartition("/")[2]:
        last = When(text).window(CITY.zone).latest - TICK
        assert Moment(moment(words, TODAY)).instant(CITY.zone) == last


@given(st.dates(date(2, 1, 1)), st.integers(0, 6))
def test_last_weekday_lies_before_today_and_within_a_week(today, weekday):
    """On a Thursday, last Thursday is a week ago."""
    name = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")[weekday]
    day = date.fromisoformat(read(f"last {name}", today))
    assert day.weekday() == weekday
    assert timedelta(1) <= today - day <= timedelta(7)


@given(st.dates(date(2, 1, 1)))
def test_last_weekend_is_whole_and_over(today):
    """It is Saturday and Sunday, and on a Sunday it is that of a week ago."""
    saturday, sunday = (date.fromisoformat(day) for day in read("last weekend", today).split("/"))
    assert (saturday.weekday(), sunday - saturday) == (5, timedelta(1))
    assert timedelta(1) <= today - sunday <= timedelta(7)
    of_either_day = {read(f"weekend of {day}", today) for day in (saturday, sunday)}
    assert of_either_day == {f"{saturday}/{sunday}"}


# Forms --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "strict"), table(READ))
def test_what_people_type(text, strict):
    """Each form has its meaning in the grammar."""
    assert read(text, TODAY) == strict


@pytest.mark.parametrize(("text", "last"), table(LAST))
def test_what_people_ask_about(text, last):
    """A question needs one date or time; that of a range is its last."""
    assert moment(text, TODAY) == last


# Refusals -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "reason"), table(REFUSED))
def test_what_is_no_date_is_refused_with_its_reason(text, reason):
    """A question is refused for the same reason as a date."""
    for read_ in (read, moment):
        assert reason in refusal(read_, text)
        assert refusal(read_, text).startswith(reason) or not reason.startswith(text)


@pytest.mark.parametrize(("text", "reason"), table(VAGUE))
def test_no_question_is_vague(text, reason):
    """What is marked or open has no one instant."""
    assert reason in refusal(moment, text)


@pytest.mark.parametrize("today", [date.min, date.max])
def test_the_calendar_has_ends(today):
    """There is no day before the first and none after the last."""
    text = "yesterday" if today == date.min else "tomorrow"
    assert "lies outside the years 0001 to 9999" in refusal(read, text, today)
