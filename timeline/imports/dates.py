"""Dates as tables write them become texts of the grammar of dates (`timeline.temporal.edtf`), as exact as the table says and no more.

A form is a pattern such as ``%d %B %Y``, with the letters that `datetime.strptime` has, or one of
the words in `WORDS`. Unlike strptime a form depends on no locale, takes any white space for white
space, and gives no more than it names: ``%B %Y`` gives a month.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cache, lru_cache

from timeline.errors import Problem, UsageError
from timeline.log.strict_json import show
from timeline.temporal.dates import Moment, When

MONTHS = (
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
_DIRECTIVES = {
    "Y": r"(?P<Y>\d{4})", "y": r"(?P<y>\d\d)", "m": r"(?P<m>\d{1,2})", "d": r"(?P<d>\d{1,2})", "H": r"(?P<H>\d{1,2})", "M": r"(?P<M>\d\d)",
    "S": r"(?P<S>\d\d)(?:\.\d+)?",
    "z": r"(?P<z>Z|UTC|GMT|[+-]\d\d:?\d\d)", "b": r"(?P<b>[A-Za-z]{3,9}\.?)", "B": r"(?P<b>[A-Za-z]{3,9}\.?)",
    "%": "%",
}  # fmt: skip
_ISO = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:[.,]\d+)?(Z|[+-]\d\d:?\d\d)?)?", re.ASCII
)
_MIDNIGHT = re.compile(r"00:00(:00)?")
PRECISIONS = ("as written", "about", "day", "week", "month", "year")
"""How exact a date is: as it stands; with ``~``; its day; somewhere in the six days around it; its month; its year."""


def _strict(text: str) -> str:
    return str(When(text))


def _iso(text: str) -> str:
    """Read ISO 8601 as programs write it: a midnight without an offset is only a day, and fractions of a second are left out."""
    match = _ISO.fullmatch(text)
    if match is None:
        return ""
    day, time, offset = match.groups()
    if not time or (offset is None and _MIDNIGHT.fullmatch(time)):
        return str(Moment(day))
    return str(Moment(f"{day}T{time}{_offset(offset)}"))


def _typed(text: str) -> str:
    from timeline.temporal import freeform as typed

    return typed.read(text, date.min)


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
"""Forms that are no pattern: ISO 8601, the grammar of the log, dates as people type them, seconds since 1970."""


def check_form(form: str) -> None:
    """Raise `UsageError` for a form that is no word of `WORDS` and no pattern that names a year."""
    if form in WORDS:
        return
    unknown = [
        letter
        for letter in re.findall(r"%(.?)", form.replace("%%", ""))
        if letter not in _DIRECTIVES
    ]
    if unknown or not re.search(r"%[Yy]", form):
        found = f"%{unknown[0]} in {form!r}" if unknown else f"{form!r} names no year"
        expected = f"a pattern of {', '.join(f'%{letter}' for letter in _DIRECTIVES)}, or one of {', '.join(WORDS)}"
        raise UsageError(Problem(found, expected))


@lru_cache(maxsize=4096)
def read(text: str, forms: tuple[str, ...], offset: str = "") -> str:
    """Return what the first form that fits makes of a text, with an offset for times that lack one; raise `UsageError` where none fits."""
    reason = ""
    for form in forms:
        try:
            found = WORDS[form](text) if form in WORDS else _patterned(text, form)
        except UsageError as error:
            reason = error.problems[0].found
            continue
        if found:
            return found + offset if "T" in found and re.search(r"T[\d:]+$", found) else found
    raise UsageError(
        Problem(
            reason if reason and len(forms) == 1 else f"{show(text)} is no date",
            f"one written as {' or '.join(forms)}",
        )
    )


def narrowed(text: str, precision: str, zone: tzinfo) -> str:
    """Return a date as vague as a precision says; raise `UsageError` for one that is vaguer already."""
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
        raise UsageError(
            Problem(f"{text} is no day", "a day, which the mapping makes vaguer")
        ) from None


def _patterned(text: str, form: str) -> str:
    match = _compiled(form).fullmatch(" ".join(text.split()))
    if match is None:
        return ""
    part = match.groupdict()
    year = part.get("Y") or _century(part["y"])
    month = f"{int(part['m']):02}" if part.get("m") else _month(part["b"]) if part.get("b") else ""
    day = f"{int(part['d']):02}" if part.get("d") else ""
    if not month and part.get("b"):
        return ""
    found = "-".join(piece for piece in (year, month, day) if piece)
    if part.get("H"):
        found += f"T{int(part['H']):02}:{part.get('M') or '00'}{':' + part['S'] if part.get('S') else ''}{_offset(part.get('z'))}"
    return str(Moment(found))


@cache
def _compiled(form: str) -> re.Pattern[str]:
    spaced = " ".join(form.split())
    pattern = re.sub(
        r"%(.)|([^%])",
        lambda match: _DIRECTIVES[match[1]] if match[1] else re.escape(match[2]),
        spaced,
    )
    return re.compile(pattern, re.ASCII | re.IGNORECASE)


def _century(year: str) -> str:
    """Read a year of two digits as POSIX does: 69 to 99 of the last century, 00 to 68 of this."""
    return f"{19 if int(year) >= 69 else 20}{year}"


def _month(name: str) -> str:
    plain = name.rstrip(".").lower()
    found = [
        number
        for number, month in enumerate(MONTHS, 1)
        if month == plain or month[:3] == plain or (plain == "sept" and number == 9)
    ]
    return f"{found[0]:02}" if found else ""


def _offset(text: str | None) -> str:
    if not text:
        return ""
    if text.upper() in ("Z", "UTC", "GMT"):
        return "Z"
    return text if ":" in text else f"{text[:3]}:{text[3:]}"
