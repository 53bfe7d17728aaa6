"""Dates as people type them: ``late Aug 2016``, ``26–27 Nov 2016``, ``last Thursday`` become texts of the grammar of `edtf`.

What the program prints of a date (`timeline.text.phrases`) can be typed back in. What can be read
in two ways is refused with both of them, and what leaves something out with what is missing:
nothing is guessed. A dash with spaces, or ``to``, binds looser than ``about``, and a dash without
spaces tighter: ``about 26–27 Nov 2016`` is approximate at both ends, ``about 26 Nov 2016 – 27 Nov
2016`` at the first.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, timedelta
from functools import lru_cache, partial
from typing import NoReturn

from attrs import evolve

from timeline.errors import Problem, UsageError, quoted
from timeline.temporal.dates import TICK, Moment, When

_MONTH_NAMES = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_WEEKDAY_NAMES = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_MONTHS = {name[:3].lower(): f"{number:02}" for number, name in enumerate(_MONTH_NAMES, 1)}
_WEEKDAYS = [name[:3].lower() for name in _WEEKDAY_NAMES]
_SHORT = {
    name[:size].lower(): name[:3].lower()
    for name in _MONTH_NAMES + _WEEKDAY_NAMES
    for size in range(3, len(name) + 1)
}
_SEASONS = {"spring": 21, "summer": 22, "autumn": 23, "fall": 23, "winter": 24}
_LONGEST = 100  # characters; no date is typed with more
_LOOSE = re.ASCII | re.IGNORECASE
_MONTH, _WEEKDAY = f"({'|'.join(_MONTHS)})", f"({'|'.join(_WEEKDAYS)})"
_DAY = r"\d{4}-\d\d-\d\d"
_TIME = r"(\d{1,2}(?::\d\d(?::\d\d)?(?: ?[ap]\.?m)?| ?[ap]\.?m))"
_OFFSET = r"(?: ?\(?(utc|gmt|z|[+-]\d\d:\d\d)\)?)?"
_TO = r"(?:[-–—]|to|until|till)"
_ONE = rf"((?:(?! {_TO} ).)+)"  # one date, with no second one behind a word or a spaced dash


def read(text: str, today: date) -> str:
    """Return the text of the grammar of dates that a typed date means; a text of the grammar is returned as it is.

    `today` is what ``yesterday`` and ``last Thursday`` are counted from. Weekends are Saturday and
    Sunday, and winter begins in December of the year that it is named by. Raises `UsageError` for
    what is no date, for what can be read in two ways, and for what is incomplete.
    """
    if _strict(text):
        return text
    typed = " ".join(text.split())
    if len(typed) > _LONGEST:
        raise _wrong(f"a text of {len(typed)} characters is not a date", f"at most {_LONGEST}")
    try:
        found = _read(_tidied(typed), today)
    except OverflowError:
        raise _wrong(f"{typed} lies outside the years 0001 to 9999", "a nearer day") from None
    except UsageError as refused:
        (problem,) = refused.problems
        raise (
            refused
            if problem.found.startswith(typed)
            else UsageError(evolve(problem, found=f"{typed}: {problem.found}"))
        ) from None
    return found or _refuse(typed)


def moment(text: str, today: date) -> str:
    """Return one plain date or time, as a question or a report needs it: of a typed range of known ends, the last day or time.

    Raises `UsageError` as `read` does, and for what is approximate, uncertain or open; in the
    strict grammar, for all that is vague.
    """
    typed = " ".join(text.split())
    if _strict(typed):
        return str(Moment(typed))
    found = read(typed, today)
    for sign, fault in (
        ("..", "has an open end"),
        ("~", "is approximate"),
        ("%", "is approximate and uncertain"),
        ("?", "is uncertain"),
    ):
        if sign in found:
            raise _wrong(
                f"{typed} {fault}", "one plain date or time, as 28 Nov 2016 or 2016-11-28T18:00"
            )
    last = found.rpartition("/")[2]
    return (
        str((When(last).window(UTC).latest - TICK).date())
        if re.search(r"X|^\d{4}-2\d$", last)
        else last
    )


def _strict(text: str) -> bool:
    try:
        return bool(When(text))
    except UsageError:
        return False


def _tidied(typed: str) -> str:
    """Return a typed date without commas, articles, dots and ordinal endings, names of three letters, and days before their months."""
    text = re.sub(r",|\b(the|of)\b|(?<=[a-z])\.(?![^\s,])", " ", typed, flags=_LOOSE)
    text = " ".join(re.sub(r"(?<=\d)(st|nd|rd|th)\b", "", text, flags=_LOOSE).split())
    text = re.sub(
        r"[a-z]{3,}",
        lambda match: _SHORT.get(match[0].lower(), match[0].lower()),
        text,
        flags=_LOOSE,
    )
    return re.sub(
        rf"(?<!\d )\b{_MONTH} (\d{{1,2}}( ?([-–—]|to|and) ?\d{{1,2}})?)(?![\d:]| ?[ap]\.?m\b)",
        r"\2 \1",
        text,
    )


@lru_cache(maxsize=1024)
def _read(text: str, today: date) -> str:
    """Return what the first form that fits makes of a tidied text, else an empty text; remembered, for parts are tried more than once."""
    if _strict(text):
        return text
    readings = (
        reading(match, today)
        for form, reading in _FORMS
        if (match := re.fullmatch(form, text, _LOOSE))
    )
    found = next(filter(None, readings), "")
    return found and str(When(found))


def _long(day: str) -> str:
    return f"{int(day[8:])} {_MONTH_NAMES[int(day[5:7]) - 1]} {int(day[:4])}"


def _numeric(match: re.Match[str], _: date) -> str:
    """Read day, month and year in either order, when only one of them is a day, or both are the same."""
    a, b, year = match.group(1, 3, 4)
    both = dict.fromkeys(f"{year}-{month:0>2}-{day:0>2}" for day, month in ((a, b), (b, a)))
    days = [day for day in both if _strict(day)]
    if len(days) == 2:
        raise _wrong(
            f"{match[0]} is {_long(days[0])} or {_long(days[1])}", hint=f"write {' or '.join(days)}"
        )
    return days[0] if days else min(both)


def _third(match: re.Match[str], _: date) -> str:
    """Read ``early``, ``mid`` and ``late`` as days 1 to 10, 11 to 20 and 21 to the last of a month."""
    month = f"{match[3]}-{_MONTHS[match[2]]}"
    first, last = {
        "early": ("01", "10"),
        "mid": ("11", "20"),
        "late": ("21", f"{When(month).window(UTC).latest - TICK:%d}"),
    }[match[1]]
    return f"{month}-{first}/{month}-{last}"


def _weekend_of(match: re.Match[str], today: date) -> str:
    found = _read(match[1], today)
    if not re.fullmatch(_DAY, found):
        return ""
    day = date.fromisoformat(found)
    if day.weekday() < 5:
        raise _wrong(
            f"{_long(found)} is a {_WEEKDAY_NAMES[day.weekday()]}",
            "a Saturday or Sunday, for a weekend",
        )
    saturday = day - timedelta(day.weekday() - 5)
    return f"{saturday}/{saturday + timedelta(1)}"


def _with_weekday(match: re.Match[str], today: date) -> str:
    """Read a date that is named with its weekday; of a range, with that of its first day."""
    found, weekday = _read(match[2], today), _WEEKDAYS.index(match[1])
    if not re.match(_DAY, found):
        return ""
    actual = date.fromisoformat(found[:10]).weekday()
    if actual != weekday:
        raise _wrong(
            f"{_long(found[:10])} is a {_WEEKDAY_NAMES[actual]}, not a {_WEEKDAY_NAMES[weekday]}",
            "its own weekday, or none",
        )
    return found


def _with_time(match: re.Match[str], today: date) -> str:
    day, offset = _read(match[1], today), (match[3] or "").upper()
    return (
        f"{day}T{_clock(match[2])}{'Z' if offset in ('UTC', 'GMT') else offset}"
        if re.fullmatch(_DAY, day)
        else ""
    )


def _clock(typed: str) -> str:
    """Return a time of day of the grammar; 12 am and 12 pm are refused, for people disagree on which of them is noon."""
    hour, rest, half = (
        int(re.split(r"\D", typed)[0]),
        "".join(re.findall(r":\d\d", typed)) or ":00",
        re.search(r"[apAP]", typed),
    )
    if half and not 1 <= hour <= 12:
        raise _wrong(f"{typed}: {hour} is no hour of half a day", "1 to 12 before am or pm")
    if half and f"{hour}{rest}" in ("12:00", "12:00:00"):
        raise _wrong(f"{typed} is noon or midnight", hint="write 12:00 or 00:00")
    return f"{hour % 12 + 12 * (half[0] in 'pP') if half else hour:02}{rest}"


def _times(match: re.Match[str], today: date) -> str:
    """Read two times of one day; what may be an offset behind a hyphen without spaces is refused, or left to `_with_time`."""
    day, first, dash, last, rest = match.groups()
    if dash == "-" and not rest and re.fullmatch(r"(0\d|1[0-3]):[0-5]\d|14:00", last):
        if _clock(first) >= last:
            return ""
        raise _wrong(
            f"{first}-{last} is a range of times or a time with its offset",
            hint=f"write {first} to {last} or {first} (-{last})",
        )
    begin, end = (_read(f"{day} {time}{rest}", today) for time in (first, last))
    return f"{begin}/{end}" if begin and end else ""


def _range(match: re.Match[str], today: date) -> str:
    """Read two dates. The first may leave out the words that the second ends with, and an offset that the second time has."""
    left, right = match[1].split(), match[2].split()
    last = _read(match[2], today)
    first = last and (_read(match[1], today) or _read(" ".join(left + right[len(left) :]), today))
    if not first or ".." in first + last:
        return ""
    begin, end = first.partition("/")[0], last.rpartition("/")[2]
    offset = re.search(r"T[\d:]+(Z|[+-]\d\d:\d\d)", end)
    return (
        re.sub(r"(T[\d:]+)(?=[~?%]?$)", rf"\g<1>{offset[1]}", begin) if offset else begin
    ) + f"/{end}"


def _flag(match: re.Match[str], today: date, sign: str) -> str:
    """Read a date that is marked at each end, or in the one text with open digits that covers it: 20 to 29 about is ``2X~``."""
    found = _read(match[1], today)
    plain = _unspecified(found) if sign == "~" else found
    return re.sub(
        r"([^/~?%.]+)([~?%]?)(?=/|$)",
        lambda end: end[1] + (sign if end[2] in ("", sign) else "%"),
        plain,
    )


def _unspecified(found: str) -> str:
    """Return the text with digits left open that covers exactly what a range does; what is none, or has no such text, as it is."""
    begin, slash, _ = found.partition("/")
    texts = [
        begin[:-size] + "X" * size
        for size in (1, 2, 3)
        if slash and (size == 1 or "-" not in begin)
    ]
    return next(
        (
            text
            for text in texts
            if _strict(text) and When(text).window(UTC) == When(found).window(UTC)
        ),
        found,
    )


def _open(match: re.Match[str], today: date, shape: str) -> str:
    found = _read(match[1], today)
    return (
        shape.format(found.partition("/")[0], found.rpartition("/")[2])
        if found and ".." not in found
        else ""
    )


def _refuse(typed: str) -> NoReturn:
    """Say why a text is no date: what it leaves out, else what the grammar says of an attempt at it, else what is accepted."""
    for form, fault, expected in _FAULTS:
        if re.fullmatch(form, _tidied(typed), _LOOSE):
            raise _wrong(f"{typed} {fault}", expected)
    if re.search(r"^\d{4}-|[X~?/]", typed):
        When(typed)
    raise _wrong(
        f"{quoted(typed)} is not a date", "a date such as late Aug 2016 or 2016-11-28T18:00"
    )


def _wrong(
    found: str, expected: str = "what can be read in one way only", hint: str = ""
) -> UsageError:
    return UsageError(Problem(found, expected, hint=hint))


_FAULTS = (
    (
        r"(?!\d{4}-).*\b\d{1,2}[-./]\d{1,2}[-./]\d\d",
        "has a year of two digits",
        "all four, as 28/11/2016",
    ),
    (rf".*\d {_MONTH} '?\d\d(?![\d:]).*", "has a year of two digits", "all four, as 28 Nov 2016"),
    (
        rf"(?!.*\d{{4}}).*\b{_MONTH}\b.*|.*\d {_MONTH}|\d{{1,2}}[./]\d{{1,2}}\.?",
        "has no year",
        "a date with its year, as 28 Nov 2016",
    ),
    (
        r"(after|before) .+",
        "does not say whether that date is part of it",
        "since X, X or later, by X or until X",
    ),
    (
        rf"((on|over) )?({_WEEKDAY}|weekend)",
        "does not say which one",
        "last Thursday, last weekend, or a date such as 28 Nov 2016",
    ),
    (
        rf"(.*[^\d:])?{_TIME}{_OFFSET}",
        "is a time of day without its day",
        "a date before the time, as 28 Nov 2016 18:00",
    ),
)
_FORMS: tuple[tuple[str, Callable[[re.Match[str], date], str]], ...] = (
    (r"some time", lambda match, today: "../.."),
    (rf"{_ONE} or later", partial(_open, shape="{0}/..")),
    (rf"(?:by|until|till) {_ONE}", partial(_open, shape="../{1}")),
    (rf"(?:from )?{_ONE} {_TO} {_ONE}", _range),
    (rf"between {_ONE} and {_ONE}", _range),
    (rf"(?:since|from) {_ONE}", partial(_open, shape="{0}/..")),
    (r"(?:in|on|over|during) (.+)", lambda match, today: _read(match[1], today)),
    (r"(.+) \(uncertain\)", partial(_flag, sign="?")),
    (r"(?:perhaps|possibly) (.+)", partial(_flag, sign="?")),
    (r"(?:about|around|approximately|circa|ca?) (.+)", partial(_flag, sign="~")),
    (rf"(.+?) (?:(?:at|from) )?{_TIME}(-|–|—| [-–—] | to ){_TIME}(.*)", _times),
    (
        r"last weekend",
        lambda match, today: _read(f"weekend {today - timedelta(today.weekday() + 1)}", today),
    ),
    (r"weekend (.+)", _weekend_of),
    (rf"{_WEEKDAY} (.+)", _with_weekday),
    (
        rf"last {_WEEKDAY}",
        lambda match, today: str(
            today - timedelta((today.weekday() - _WEEKDAYS.index(match[1]) - 1) % 7 + 1)
        ),
    ),
    (
        r"(yesterday|today|tomorrow)",
        lambda match, today: str(
            today + timedelta(("yesterday", "today", "tomorrow").index(match[1]) - 1)
        ),
    ),
    (
        r"(\d{1,6}) (day|week)s? ago",
        lambda match, today: str(today - timedelta(**{f"{match[2]}s": int(match[1])})),
    ),
    (rf"(early|mid|late)[- ]{_MONTH} (\d{{4}})", _third),
    (
        r"winter (\d{4})[-–/](\d\d|\d{4})",
        lambda match, _: f"{match[1]}-24" if f"{int(match[1]) + 1}".endswith(match[2]) else "",
    ),
    (
        r"(spring|summer|autumn|fall|winter) (\d{4})",
        lambda match, _: f"{match[2]}-{_SEASONS[match[1]]}",
    ),
    (r"\d{4}-\d\d(?:-\d\d)?", lambda match, _: match[0]),
    (r"(\d{3})0s", lambda match, _: f"{match[1]}X"),
    (r"(\d{1,2})([-./])(\d{1,2})\2(\d{4})", _numeric),
    (
        r"(\d{4})([./])(\d{1,2})\2(\d{1,2})",
        lambda match, _: f"{match[1]}-{match[3]:0>2}-{match[4]:0>2}",
    ),
    (
        rf"(\d{{1,2}})([ -]){_MONTH}\2(\d{{4}})",
        lambda match, _: f"{match[4]}-{_MONTHS[match[3]]}-{match[1]:0>2}",
    ),
    (rf"{_MONTH}[- ](\d{{4}})", lambda match, _: f"{match[2]}-{_MONTHS[match[1]]}"),
    (rf"(.+?)(?: at)? {_TIME}{_OFFSET}", _with_time),
    (r"([^–—]+)[–—](about .+|[^–—]+)", _range),
    (r"([^-–—]*[^-–— ])-([^-–— ][^-–—]*(?: \(?-\d\d:\d\d.*)?)", _range),
)
"""The forms of a typed date, in the order in which they are tried: what binds loosest first."""
