"""Dates in tables become texts of the log's grammar of dates, no more exact than written.

A form is one of `WORDS`, or a pattern with letters of `datetime.strptime`. Unlike strptime it
depends on no locale and gives no more than it names: ``%B %Y`` gives a month.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cache, lru_cache

from timeline.errors import UsageError
from timeline.log.strict_json import show
from timeline.temporal import freeform
from timeline.temporal.dates import Moment, When

_MONTH_NAMES = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_MONTHS = {name: f"{number:02}" for number, name in enumerate(_MONTH_NAMES, 1)}
_MONTHS |= {name[:3]: number for name, number in _MONTHS.items()} | {"sept": "09"}
"""The number of each month by its English name, and by the short forms of it."""
_DIRECTIVES = {
    "Y": r"(?P<Y>\d{4})",
    "y": r"(?P<y>\d\d)",
    "m": r"(?P<m>\d{1,2})",
    "d": r"(?P<d>\d{1,2})",
    "H": r"(?P<H>\d{1,2})",
    "M": r"(?P<M>\d\d)",
    "S": r"(?P<S>\d\d)(?:\.\d+)?",
    "z": r"(?P<z>Z|UTC|GMT|[+-]\d\d:?\d\d)",
    "b": r"(?P<b>[A-Za-z]{3,9}\.?)",
    "B": r"(?P<b>[A-Za-z]{3,9}\.?)",
    "%": "%",
}
_ISO = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:[.,]\d+)?(Z|[+-]\d\d:?\d\d)?)?", re.ASCII
)
_LOCAL_TIME = re.compile(r"T[\d:]+$")
_MIDNIGHT = re.compile(r"00:00(:00)?")
PRECISIONS = ("as written", "about", "day", "week", "month", "year")
"""How exact a date is; "about" adds ``~``, and "week" means six days before and after."""


def _strict(text: str) -> str:
    return str(When(text))


def _iso(text: str) -> str:
    """Read ISO 8601, without fractions of a second; midnight without an offset is a day."""
    match = _ISO.fullmatch(text)
    if match is None:
        return ""
    day, time, offset = match.groups()
    if not time or (offset is None and _MIDNIGHT.fullmatch(time)):
        return str(Moment(day))
    return str(Moment(f"{day}T{time}{_offset(offset)}"))


def _typed(text: str) -> str:
    return freeform.read(text, date.min)


def _unix(text: str) -> str:
    """Read seconds since 1970 (UTC), as far as the year 9999."""
    if not re.fullmatch(r"\d{1,12}", text, re.ASCII) or int(text) > 253_402_300_799:
        return ""
    return datetime.fromtimestamp(int(text), UTC).isoformat().replace("+00:00", "Z")


WORDS: Mapping[str, Callable[[str], str]] = {
    "iso": _iso,
    "edtf": _strict,
    "typed": _typed,
    "unix": _unix,
}
"""Forms that are no pattern: ISO 8601, the log's grammar, typed dates, seconds since 1970."""


def check_form(form: str) -> None:
    """Raise `UsageError` for a form that is no word of `WORDS` and no pattern that names a year."""
    if form in WORDS:
        return
    letters = re.findall(r"%(.?)", form.replace("%%", ""))
    unknown = [letter for letter in letters if letter not in _DIRECTIVES]
    if unknown or not re.search(r"%[Yy]", form):
        found = f"%{unknown[0]} in {form!r}" if unknown else f"{form!r} names no year"
        known = ", ".join(f"%{letter}" for letter in _DIRECTIVES)
        raise UsageError.because(found, f"a pattern of {known}, or one of {', '.join(WORDS)}")


@lru_cache(maxsize=4096)
def read(text: str, forms: tuple[str, ...], offset: str = "") -> str:
    """Return a date by the first fitting form; raise `UsageError` for none.

    `offset` is for times without an offset from UTC of their own.
    """
    reason = ""
    for form in forms:
        try:
            day = WORDS[form](text) if form in WORDS else _patterned(text, form)
        except UsageError as error:
            reason = error.problems[0].found
            continue
        if day:
            return day + offset if _LOCAL_TIME.search(day) else day
    found = reason if reason and len(forms) == 1 else f"{show(text)} is no date"
    raise UsageError.because(found, f"one written as {' or '.join(forms)}")


def narrowed(text: str, precision: str, zone: tzinfo) -> str:
    """Return a date as vague as a precision says; raise `UsageError` where it is vaguer already."""
    if precision == "as written":
        return text
    if precision == "about":
        return text if text[-1] in "~?%" else f"{text}~"
    local = Moment(text).instant(zone).astimezone(zone).date() if "T" in text else _day(text)
    if precision == "week":
        return f"{local - timedelta(6)}/{local + timedelta(6)}"
    return local.isoformat()[: {"day": 10, "month": 7, "year": 4}[precision]]


def between(first: str, last: str) -> str:
    """Return the date that lies between two; the one date where they are the same."""
    return first if first == last else str(When(f"{first}/{last}"))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        expected = "a day, which the mapping makes vaguer"
        raise UsageError.because(f"{text} is no day", expected) from None


def _patterned(text: str, form: str) -> str:
    """Read a date by a pattern; an empty text for a date of another form."""
    match = _compiled(form).fullmatch(" ".join(text.split()))
    if match is None:
        return ""
    part = match.groupdict(default="")
    year = part.get("Y") or _century(part["y"])
    month = _padded(part.get("m", "")) or _month(part.get("b", ""))
    if not month and part.get("b"):
        return ""
    day = "-".join(filter(None, (year, month, _padded(part.get("d", "")))))
    return str(Moment(day + _time(part)))


def _time(part: Mapping[str, str]) -> str:
    """Return the time of a date, with the T before it; an empty text for none."""
    if not part.get("H"):
        return ""
    clock = [_padded(part["H"]), part.get("M") or "00", part.get("S", "")]
    return f"T{':'.join(filter(None, clock))}{_offset(part.get('z'))}"


def _padded(number: str) -> str:
    return number and f"{int(number):02}"


@cache
def _compiled(form: str) -> re.Pattern[str]:
    def piece(match: re.Match[str]) -> str:
        return _DIRECTIVES[match[1]] if match[1] else re.escape(match[2])

    pattern = re.sub(r"%(.)|([^%])", piece, " ".join(form.split()))
    return re.compile(pattern, re.ASCII | re.IGNORECASE)


def _century(year: str) -> str:
    """Read a year of two digits as POSIX does: 69 to 99 of the last century, 00 to 68 of this."""
    return f"{19 if int(year) >= 69 else 20}{year}"


def _month(name: str) -> str:
    return _MONTHS.get(name.rstrip(".").lower(), "")


def _offset(text: str | None) -> str:
    """Return an offset from UTC as the grammar has it; an empty text for none."""
    if not text:
        return ""
    if text.upper() in ("Z", "UTC", "GMT"):
        return "Z"
    return text if ":" in text else f"{text[:3]}:{text[3:]}"
