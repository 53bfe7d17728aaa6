"""The forms in which people type a date, from the one that binds loosest to the tightest.

A reading takes a match and the day that ``yesterday`` is counted from, and returns a text of the
grammar, empty for no meaning. It raises `UsageError` for two meanings, `OverflowError` beyond the
calendar.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, timedelta
from functools import lru_cache

from timeline.errors import Problem, UsageError
from timeline.temporal.dates import TICK, When

Reading = Callable[[re.Match[str], date], str]

MONTH_NAMES = ["January", "February", "March", "April", "May", "June"]
MONTH_NAMES += ["July", "August", "September", "October", "November", "December"]
WEEKDAY_NAMES = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_MONTHS = {name[:3].lower(): f"{number:02}" for number, name in enumerate(MONTH_NAMES, 1)}
_WEEKDAYS = [name[:3].lower() for name in WEEKDAY_NAMES]
_SEASONS = {"spring": 21, "summer": 22, "autumn": 23, "fall": 23, "winter": 24}

LOOSE = re.ASCII | re.IGNORECASE
MONTH, WEEKDAY = f"({'|'.join(_MONTHS)})", f"({'|'.join(_WEEKDAYS)})"
TIME = r"(\d{1,2}(?::\d\d(?::\d\d)?(?: ?[ap]\.?m)?| ?[ap]\.?m))"
OFFSET = r"(?: ?\(?(utc|gmt|z|[+-]\d\d:\d\d)\)?)?"
_DAY = r"\d{4}-\d\d-\d\d"
_TO = r"(?:[-–—]|to|until|till)"
_ONE = rf"((?:(?! {_TO} ).)+)"  # one date, with no second one behind a word or a spaced dash

_FORMS: list[tuple[str, Reading]] = []


def is_strict(text: str) -> bool:
    """Return whether a text is one of the grammar of dates."""
    try:
        return bool(When(text))
    except UsageError:
        return False


@lru_cache(maxsize=1024)
def meaning(text: str, today: date) -> str:
    """Return the text of the grammar that a tidied text means; empty where no form fits."""
    if is_strict(text):
        return text
    for form, reading in _FORMS:
        match = re.fullmatch(form, text, LOOSE)
        if match and (strict := reading(match, today)):
            return str(When(strict))
    return ""


def wrong(
    found: str, expected: str = "what can be read in one way only", hint: str = ""
) -> UsageError:
    """Return the refusal of a typed date."""
    return UsageError(Problem(found, expected, hint=hint))


def _form(*patterns: str) -> Callable[[Reading], Reading]:
    """Return a decorator that adds forms, behind those above, to be read by a function."""

    def add(reading: Reading) -> Reading:
        _FORMS.extend((pattern, reading) for pattern in patterns)
        return reading

    return add


# Open and closed ranges ---------------------------------------------------------------------------


@_form(r"some time")
def _some_time(match: re.Match[str], today: date) -> str:
    return "../.."


@_form(rf"{_ONE} or later")
def _or_later(match: re.Match[str], today: date) -> str:
    begin, _ = _ends(match[1], today)
    return begin and f"{begin}/.."


@_form(rf"(?:by|until|till) {_ONE}")
def _by(match: re.Match[str], today: date) -> str:
    _, end = _ends(match[1], today)
    return end and f"../{end}"


@_form(rf"(?:from )?{_ONE} {_TO} {_ONE}", rf"between {_ONE} and {_ONE}")
def _range(match: re.Match[str], today: date) -> str:
    """Read two dates; the first may leave out words or an offset that the second ends with."""
    left, right = match[1].split(), match[2].split()
    last = meaning(match[2], today)
    completed = " ".join(left + right[len(left) :])
    first = last and (meaning(match[1], today) or meaning(completed, today))
    if not first or ".." in first + last:
        return ""
    begin, end = first.partition("/")[0], last.rpartition("/")[2]
    if offset := re.search(r"T[\d:]+(Z|[+-]\d\d:\d\d)", end):
        begin = re.sub(r"(T[\d:]+)(?=[~?%]?$)", rf"\g<1>{offset[1]}", begin)
    return f"{begin}/{end}"


@_form(rf"(?:since|from) {_ONE}")
def _since(match: re.Match[str], today: date) -> str:
    return _or_later(match, today)


def _ends(text: str, today: date) -> tuple[str, str]:
    """Return both ends of a date, which are the same for a single one; empty for open ones."""
    strict = meaning(text, today)
    if ".." in strict:
        return "", ""
    return strict.partition("/")[0], strict.rpartition("/")[2]


# Marked dates -------------------------------------------------------------------------------------


@_form(r"(?:in|on|over|during) (.+)")
def _in(match: re.Match[str], today: date) -> str:
    return meaning(match[1], today)


@_form(r"(.+) \(uncertain\)", r"(?:perhaps|possibly) (.+)")
def _uncertain(match: re.Match[str], today: date) -> str:
    return _marked(meaning(match[1], today), "?")


@_form(r"(?:about|around|approximately|circa|ca?) (.+)")
def _approximate(match: re.Match[str], today: date) -> str:
    return _marked(_unspecified(meaning(match[1], today)), "~")


def _marked(strict: str, sign: str) -> str:
    """Return a date with a sign at each end; a second sign makes both of them ``%``."""

    def mark(end: re.Match[str]) -> str:
        return end[1] + (sign if end[2] in ("", sign) else "%")

    return re.sub(r"([^/~?%.]+)([~?%]?)(?=/|$)", mark, strict)


def _unspecified(strict: str) -> str:
    """Return a range as a text with open digits, ``2X`` for 20 to 29; any other text as it is."""
    begin, slash, _ = strict.partition("/")
    if not slash:
        return strict
    for size in (1,) if "-" in begin else (1, 2, 3):
        text = begin[:-size] + "X" * size
        if is_strict(text) and When(text).window(UTC) == When(strict).window(UTC):
            return text
    return strict


# Times of one day ---------------------------------------------------------------------------------


@_form(rf"(.+?) (?:(?:at|from) )?{TIME}(-|–|—| [-–—] | to ){TIME}(.*)")
def _times(match: re.Match[str], today: date) -> str:
    """Read two times of one day; refuse what may be an offset, or leave it to `_with_time`."""
    day, first, dash, last, rest = match.groups()
    if dash == "-" and not rest and re.fullmatch(r"(0\d|1[0-3]):[0-5]\d|14:00", last):
        if _clock(first) >= last:
            return ""
        fault = f"{first}-{last} is a range of times or a time with its offset"
        raise wrong(fault, hint=f"write {first} to {last} or {first} (-{last})")
    begin, end = (meaning(f"{day} {time}{rest}", today) for time in (first, last))
    return f"{begin}/{end}" if begin and end else ""


# Days counted from today --------------------------------------------------------------------------


@_form(r"last weekend")
def _last_weekend(match: re.Match[str], today: date) -> str:
    last_sunday = today - timedelta(today.weekday() + 1)
    return meaning(f"weekend {last_sunday}", today)


@_form(r"weekend (.+)")
def _weekend_of(match: re.Match[str], today: date) -> str:
    strict = meaning(match[1], today)
    if not re.fullmatch(_DAY, strict):
        return ""
    day = date.fromisoformat(strict)
    if day.weekday() < 5:
        fault = f"{_long(strict)} is a {WEEKDAY_NAMES[day.weekday()]}"
        raise wrong(fault, "a Saturday or Sunday, for a weekend")
    saturday = day - timedelta(day.weekday() - 5)
    return f"{saturday}/{saturday + timedelta(1)}"


@_form(rf"{WEEKDAY} (.+)")
def _with_weekday(match: re.Match[str], today: date) -> str:
    """Read a date that is named with its weekday; of a range, with that of its first day."""
    strict, weekday = meaning(match[2], today), _WEEKDAYS.index(match[1])
    if not re.match(_DAY, strict):
        return ""
    day = strict[:10]
    actual = date.fromisoformat(day).weekday()
    if actual != weekday:
        fault = f"{_long(day)} is a {WEEKDAY_NAMES[actual]}, not a {WEEKDAY_NAMES[weekday]}"
        raise wrong(fault, "its own weekday, or none")
    return strict


@_form(rf"last {WEEKDAY}")
def _last_weekday(match: re.Match[str], today: date) -> str:
    days = (today.weekday() - _WEEKDAYS.index(match[1]) - 1) % 7 + 1
    return str(today - timedelta(days))


@_form(r"(yesterday|today|tomorrow)")
def _around_today(match: re.Match[str], today: date) -> str:
    days = {"yesterday": -1, "today": 0, "tomorrow": 1}[match[1]]
    return str(today + timedelta(days))


@_form(r"(\d{1,6}) (day|week)s? ago")
def _ago(match: re.Match[str], today: date) -> str:
    days = int(match[1]) * (7 if match[2] == "week" else 1)
    return str(today - timedelta(days))


# Parts of a year ----------------------------------------------------------------------------------


@_form(rf"(early|mid|late)[- ]{MONTH} (\d{{4}})")
def _third(match: re.Match[str], today: date) -> str:
    """Read a third of a month: days 1 to 10, 11 to 20, or 21 to its last."""
    month = f"{match[3]}-{_MONTHS[match[2]]}"
    last_day = f"{When(month).window(UTC).latest - TICK:%d}"
    thirds = {"early": ("01", "10"), "mid": ("11", "20"), "late": ("21", last_day)}
    first, last = thirds[match[1]]
    return f"{month}-{first}/{month}-{last}"


@_form(r"winter (\d{4})[-–/](\d\d|\d{4})")
def _winter(match: re.Match[str], today: date) -> str:
    next_year = str(int(match[1]) + 1)
    return f"{match[1]}-24" if next_year.endswith(match[2]) else ""


@_form(r"(spring|summer|autumn|fall|winter) (\d{4})")
def _season(match: re.Match[str], today: date) -> str:
    return f"{match[2]}-{_SEASONS[match[1]]}"


@_form(r"\d{4}-\d\d(?:-\d\d)?")
def _nearly_strict(match: re.Match[str], today: date) -> str:
    return match[0]  # which says why it is no date of the grammar


@_form(r"(\d{3})0s")
def _decade(match: re.Match[str], today: date) -> str:
    return f"{match[1]}X"


# Single days --------------------------------------------------------------------------------------


@_form(r"(\d{1,2})([-./])(\d{1,2})\2(\d{4})")
def _numeric(match: re.Match[str], today: date) -> str:
    """Read day, month and year in either order, if only one of them gives a day."""
    a, b, year = match.group(1, 3, 4)
    orders = dict.fromkeys(f"{year}-{month:0>2}-{day:0>2}" for day, month in ((a, b), (b, a)))
    days = [day for day in orders if is_strict(day)]
    if len(days) == 2:
        fault = f"{match[0]} is {_long(days[0])} or {_long(days[1])}"
        raise wrong(fault, hint=f"write {' or '.join(days)}")
    return days[0] if days else min(orders)


@_form(r"(\d{4})([./])(\d{1,2})\2(\d{1,2})")
def _year_first(match: re.Match[str], today: date) -> str:
    return f"{match[1]}-{match[3]:0>2}-{match[4]:0>2}"


@_form(rf"(\d{{1,2}})([ -]){MONTH}\2(\d{{4}})")
def _named_day(match: re.Match[str], today: date) -> str:
    return f"{match[4]}-{_MONTHS[match[3]]}-{match[1]:0>2}"


@_form(rf"{MONTH}[- ](\d{{4}})")
def _named_month(match: re.Match[str], today: date) -> str:
    return f"{match[2]}-{_MONTHS[match[1]]}"


@_form(rf"(.+?)(?: at)? {TIME}{OFFSET}")
def _with_time(match: re.Match[str], today: date) -> str:
    day, offset = meaning(match[1], today), (match[3] or "").upper()
    if not re.fullmatch(_DAY, day):
        return ""
    return f"{day}T{_clock(match[2])}{'Z' if offset in ('UTC', 'GMT') else offset}"


def _clock(typed: str) -> str:
    """Return a time of day of the grammar; refuse 12 am and 12 pm, on which people disagree."""
    hour, rest = int(re.split(r"\D", typed)[0]), "".join(re.findall(r":\d\d", typed)) or ":00"
    half = re.search(r"[apAP]", typed)
    if not half:
        return f"{hour:02}{rest}"
    if not 1 <= hour <= 12:
        raise wrong(f"{typed}: {hour} is no hour of half a day", "1 to 12 before am or pm")
    if hour == 12 and rest in (":00", ":00:00"):
        raise wrong(f"{typed} is noon or midnight", hint="write 12:00 or 00:00")
    after_noon = 12 if half[0] in "pP" else 0
    return f"{hour % 12 + after_noon:02}{rest}"


def _long(day: str) -> str:
    return f"{int(day[8:])} {MONTH_NAMES[int(day[5:7]) - 1]} {int(day[:4])}"


# A dash without spaces binds tightest -------------------------------------------------------------


@_form(r"([^–—]+)[–—](about .+|[^–—]+)", r"([^-–—]*[^-–— ])-([^-–— ][^-–—]*(?: \(?-\d\d:\d\d.*)?)")
def _tight_range(match: re.Match[str], today: date) -> str:
    return _range(match, today)
