"""The grammar of dates: a text becomes the span of the wall clock that it covers.

It is a subset of EDTF (ISO 8601-2:2019) with times of day: year, month, day, minute or second; an
offset on times; the flags ``~`` (approximate: one unit of the date's precision wider on each side),
``?`` (uncertain) and ``%`` (both); unspecified digits ``X`` at the end; the seasons 21 to 24; and
``a/b`` for "somewhere between a and b", where ``..`` is an open end.
"""

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import NamedTuple

from timeline.errors import Problem, UsageError, quoted

SEASONS = {21: 3, 22: 6, 23: 9, 24: 12}
"""Season code (ISO 8601-2, 4.8) to its first month; winter runs into the next year."""

_TIME = r"T(?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d))?(?P<offset>Z|[+-]\d\d:\d\d)?"
_DATE = rf"(?P<year>[0-9X]{{4}})(?:-(?P<month>[0-9X]{{2}})(?:-(?P<day>[0-9X]{{2}})(?:{_TIME})?)?)?"
_PART = re.compile(rf"{_DATE}(?P<flag>[~?%])?", re.ASCII)
_EXACT = re.compile(
    r"(?!000[01]|9999)\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-](?:0\d|1[0-3]):[0-5]\d|[+-]14:00)",
    re.ASCII,
)
_DAY_FIRST = re.compile(r"\d{1,2}[-./ ]\d{1,2}[-./ ]\d{4}", re.ASCII)
_EXAMPLES = "a date such as 2016-11-28, 2016-11, 2016-11-28T18:00 or 2016-11-28T18:00+02:00"
_MINUTE, _SECOND, _DAY = timedelta(minutes=1), timedelta(seconds=1), timedelta(days=1)


class Span(NamedTuple):
    """The time that a date covers on the wall clock, or in UTC when it named its offset.

    `end` is the first instant after it. `unit` is the length of a time of day, a minute or a
    second; None for dates, whose midnights no clock change repeats or skips.
    """

    begin: datetime
    end: datetime
    unit: timedelta | None


def exact(text: str) -> datetime | None:
    """Return the beginning of a time with an offset, in UTC; None for every other text.

    The standard library reads this commonest date of large logs; `unit_of` gives its length.
    """
    if not _EXACT.fullmatch(text):
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return instant if instant.tzinfo is UTC else instant.astimezone(UTC)


def unit_of(text: str) -> timedelta:
    """Return the length of a time with an offset: a second where it names one, else a minute."""
    return _SECOND if text[16] == ":" else _MINUTE


@lru_cache(maxsize=4096)
def interval(text: str) -> tuple[Span | None, Span | None]:
    """Return the spans of a date's two ends, None for an open one; raise `UsageError` for no date.

    A single date is both of its ends.
    """
    if "/" not in text:
        only = _span(text, text)
        return only, only
    if _DAY_FIRST.match(text):
        raise _no_date(text, text)
    first, _, last = text.partition("/")
    begin, end = _end(first, text), _end(last, text)
    if begin and end and not _may_precede(begin.begin, end.end):
        expected = "the earlier end first, as 2016-11-26/2016-11-28"
        raise _wrong(f"{text} ends before it begins", expected)
    return begin, end


def moment(text: str) -> Span:
    """Return the span of one plain date or time; raise `UsageError` for anything vaguer."""
    if re.search(r"[X~?%/]|^\d{4}-2[1-4]$", text):
        expected = "one plain date or time, as 2016-11-28 or 2016-11-28T18:00"
        raise _wrong(f"{text} is vague", expected)
    return _span(text, text)


def shift(moment: datetime, by: timedelta) -> datetime:
    """Return `moment` moved by `by`, within the years 1 to 9999."""
    try:
        return moment + by
    except OverflowError:
        end = datetime.min if by < timedelta() else datetime.max
        return end.replace(tzinfo=moment.tzinfo)


def _end(part: str, text: str) -> Span | None:
    return None if part == ".." else _span(part, text)


def _span(part: str, text: str) -> Span:
    match = _PART.fullmatch(part)
    if match is None:
        raise _no_date(part, text)
    return _time_of_day(match) if match["hour"] else _date(match)


def _time_of_day(match: re.Match[str]) -> Span:
    year, month, day = match["year"], match["month"], match["day"]
    if "X" in year + month + day:
        fault = f"{match[0]} is a time of day on an unknown day"
        raise _wrong(fault, "a time only after a full date")
    begin = _days(year, month, day)[0] + _since_midnight(match)
    if match["offset"]:
        begin = _in_utc(begin.replace(tzinfo=_offset(match["offset"])), match[0])
    unit = _SECOND if match["second"] else _MINUTE
    wide = unit if match["flag"] in ("~", "%") else timedelta()
    return Span(shift(begin, -wide), shift(begin, unit + wide), unit)


def _since_midnight(match: re.Match[str]) -> timedelta:
    """Return how far a clock has run since midnight; raise `UsageError` for no time of day."""
    hour, minute, second = int(match["hour"]), int(match["minute"]), int(match["second"] or 0)
    for value, limit, name in ((hour, 23, "hour"), (minute, 59, "minute"), (second, 59, "second")):
        if value > limit:
            raise _wrong(f"{match[0]}: {value} is no {name}", f"00 to {limit}")
    return timedelta(hours=hour, minutes=minute, seconds=second)


def _in_utc(begin: datetime, text: str) -> datetime:
    try:
        return begin.astimezone(UTC)
    except OverflowError:
        raise _wrong(f"{text} lies outside the years 0001 to 9999 in UTC", _EXAMPLES) from None


def _offset(text: str) -> timezone:
    if text == "Z":
        return UTC
    size = timedelta(hours=int(text[1:3]), minutes=int(text[4:6]))
    if size > timedelta(hours=14) or int(text[4:6]) > 59:
        raise _wrong(f"{text} is not an offset from UTC", "-14:00 to +14:00")
    return timezone(-size if text[0] == "-" else size)


def _date(match: re.Match[str]) -> Span:
    year, month, day = match["year"], match["month"] or "XX", match["day"] or "XX"
    if re.search(r"X\d", year + month + day):
        fault = f"{match[0]} has a known digit after an unknown one"
        raise _wrong(fault, "X only at the end, as 2016-11-2X, 2016-XX or 201X")
    wide = match["flag"] in ("~", "%")
    if day != "XX":
        begin, length = _days(year, month, day)
        step = length * _DAY
        return Span(shift(begin, -step * wide), shift(begin, step + step * wide), None)
    start, length = _months(year, month) if month != "XX" else _years(year)
    first, after = start - length * wide, start + length + length * wide
    return Span(_month_start(first), _month_start(after), None)


def _days(year: str, month: str, day: str) -> tuple[datetime, int]:
    """Return the first of the days that the digits allow and how many they are."""
    start, length = _months(year, month)
    if length != 1:
        fault = f"{year}-{month}-{day} has a day of an unknown month"
        raise _wrong(fault, "a month, 01 to 12, before a day")
    begin = _month_start(start)
    size = (shift(_month_start(start + 1), -timedelta(microseconds=1)) - begin).days + 1
    low, high = _range(day, size)
    if low > high:
        raise _wrong(f"{year}-{month}-{day} is not a day", f"a day of that month, 01 to {size}")
    return begin + (low - 1) * _DAY, high - low + 1


def _months(year: str, month: str) -> tuple[int, int]:
    """Return the first of the allowed months, counted from year 0, and how many they are."""
    start, _ = _years(year)
    if month.isdigit() and int(month) in SEASONS:
        return start + SEASONS[int(month)] - 1, 3
    low, high = _range(month, 12)
    if low > high:
        expected = "01 to 12, or a season: 21 spring, 22 summer, 23 autumn, 24 winter"
        raise _wrong(f"{year}-{month} is not a month", expected)
    return start + low - 1, high - low + 1


def _years(year: str) -> tuple[int, int]:
    low, high = _range(year, 9999)
    if low > high:
        raise _wrong(f"{year} is not a year", "0001 to 9999")
    return low * 12, (high - low + 1) * 12


def _range(digits: str, limit: int) -> tuple[int, int]:
    """Return the range from 1 to `limit` that digits allow; the lowest is greater for none."""
    return max(int(digits.replace("X", "0")), 1), min(int(digits.replace("X", "9")), limit)


def _month_start(months: int) -> datetime:
    """Return the first day of a month counted from year 0, within the years 1 to 9999."""
    if months < 12:
        return datetime.min
    if months >= 12 * 10_000:
        return datetime.max
    return datetime(months // 12, months % 12 + 1, 1)


def _may_precede(begin: datetime, end: datetime) -> bool:
    """Return whether `begin` can lie before `end`; wall clock and UTC differ by up to a day."""
    slack = timedelta() if (begin.tzinfo is None) == (end.tzinfo is None) else _DAY
    return begin.replace(tzinfo=None) < shift(end.replace(tzinfo=None), slack)


def _no_date(part: str, text: str) -> UsageError:
    inside = "" if part == text else f" in {text}"
    if not part and inside:
        return _wrong(f"an empty end{inside}", _EXAMPLES, "write .. for an open end")
    if _DAY_FIRST.match(part):
        return _wrong(f"{part}{inside} does not begin with the year", _EXAMPLES)
    if "/" in part:
        return _wrong(f"{text} has more than one slash", "two ends, as 2016-11-26/2016-11-28")
    return _wrong(f"{quoted(part)}{inside} is not a date", _EXAMPLES)


def _wrong(found: str, expected: str, hint: str = "") -> UsageError:
    return UsageError(Problem(found, expected, hint=hint))
