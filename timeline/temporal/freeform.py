"""Dates as people type them, ``late Aug 2016`` or ``last Thursday``, become texts of the grammar.

What the program prints (`timeline.text.phrases`) can be typed back in. Nothing is guessed: what is
ambiguous or incomplete is refused. A dash with spaces, or ``to``, binds looser than ``about``, a
dash without spaces tighter: ``about 26–27 Nov 2016`` is approximate at both ends, ``about 26 Nov
2016 – 27 Nov 2016`` at the first.
"""

import re
from datetime import UTC, date

from attrs import evolve

from timeline.errors import UsageError, quoted
from timeline.temporal.dates import TICK, Moment, When
from timeline.temporal.forms import (
    LOOSE,
    MONTH,
    MONTH_NAMES,
    OFFSET,
    TIME,
    WEEKDAY,
    WEEKDAY_NAMES,
    is_strict,
    meaning,
    wrong,
)

_SHORT = {
    name[:size].lower(): name[:3].lower()
    for name in MONTH_NAMES + WEEKDAY_NAMES
    for size in range(3, len(name) + 1)
}
_LONGEST = 100  # characters; no date is typed with more
_PLAIN = "one plain date or time, as 28 Nov 2016 or 2016-11-28T18:00"
_MARKS = {
    "..": "has an open end",
    "~": "is approximate",
    "%": "is approximate and uncertain",
    "?": "is uncertain",
}
_TWO_DIGITS = "has a year of two digits"
_FAULTS = (
    (r"(?!\d{4}-).*\b\d{1,2}[-./]\d{1,2}[-./]\d\d", _TWO_DIGITS, "all four, as 28/11/2016"),
    (rf".*\d {MONTH} '?\d\d(?![\d:]).*", _TWO_DIGITS, "all four, as 28 Nov 2016"),
    (
        rf"(?!.*\d{{4}}).*\b{MONTH}\b.*|.*\d {MONTH}|\d{{1,2}}[./]\d{{1,2}}\.?",
        "has no year",
        "a date with its year, as 28 Nov 2016",
    ),
    (
        r"(after|before) .+",
        "does not say whether that date is part of it",
        "since X, X or later, by X or until X",
    ),
    (
        rf"((on|over) )?({WEEKDAY}|weekend)",
        "does not say which one",
        "last Thursday, last weekend, or a date such as 28 Nov 2016",
    ),
    (
        rf"(.*[^\d:])?{TIME}{OFFSET}",
        "is a time of day without its day",
        "a date before the time, as 28 Nov 2016 18:00",
    ),
)
"""The forms of what is incomplete, each with its fault and with what is expected instead."""


def read(text: str, today: date) -> str:
    """Return a typed date as a text of the grammar of dates, which itself stays as it is.

    `today` is what ``yesterday`` and ``last Thursday`` are counted from. Weekends are Saturday
    and Sunday; winter has the year of its December. Raises `UsageError` for what is no date,
    ambiguous or incomplete.
    """
    if is_strict(text):
        return text
    typed = " ".join(text.split())
    if len(typed) > _LONGEST:
        raise wrong(f"a text of {len(typed)} characters is not a date", f"at most {_LONGEST}")
    try:
        strict = meaning(_tidied(typed), today)
    except OverflowError:
        raise wrong(f"{typed} lies outside the years 0001 to 9999", "a nearer day") from None
    except UsageError as refusal:
        raise _naming(typed, refusal) from None
    if not strict:
        raise _refusal(typed)
    return strict


def moment(text: str, today: date) -> str:
    """Return the one plain date or time that a typed date means, the last of a range.

    Raises `UsageError` as `read` does, and for what is approximate, uncertain or open; in the
    strict grammar, for all that is vague.
    """
    typed = " ".join(text.split())
    if is_strict(typed):
        return str(Moment(typed))
    strict = read(typed, today)
    for mark, fault in _MARKS.items():
        if mark in strict:
            raise wrong(f"{typed} {fault}", _PLAIN)
    last = strict.rpartition("/")[2]
    if re.search(r"X|^\d{4}-2\d$", last):
        return str((When(last).window(UTC).latest - TICK).date())
    return last


def _tidied(typed: str) -> str:
    """Return a typed date with names of three letters and days first, without commas or endings."""
    text = re.sub(r",|\b(the|of)\b|(?<=[a-z])\.(?![^\s,])", " ", typed, flags=LOOSE)
    text = " ".join(re.sub(r"(?<=\d)(st|nd|rd|th)\b", "", text, flags=LOOSE).split())
    text = re.sub(r"[a-z]{3,}", _shortened, text, flags=LOOSE)
    days = r"(\d{1,2}( ?([-–—]|to|and) ?\d{1,2})?)"
    month_first = rf"(?<!\d )\b{MONTH} {days}(?![\d:]| ?[ap]\.?m\b)"
    return re.sub(month_first, r"\2 \1", text)


def _shortened(name: re.Match[str]) -> str:
    word = name[0].lower()
    return _SHORT.get(word, word)


def _naming(typed: str, refusal: UsageError) -> UsageError:
    """Return a refusal that begins with what was typed."""
    (problem,) = refusal.problems
    if problem.found.startswith(typed):
        return refusal
    return UsageError(evolve(problem, found=f"{typed}: {problem.found}"))


def _refusal(typed: str) -> UsageError:
    """Return why a text is no date: what it leaves out, else what the grammar says of it."""
    tidied = _tidied(typed)
    for form, fault, expected in _FAULTS:
        if re.fullmatch(form, tidied, LOOSE):
            return wrong(f"{typed} {fault}", expected)
    if re.search(r"^\d{4}-|[X~?/]", typed):  # an attempt at the grammar
        try:
            When(typed)
        except UsageError as refusal:
            return refusal
    expected = "a date such as late Aug 2016 or 2016-11-28T18:00"
    return wrong(f"{quoted(typed)} is not a date", expected)
