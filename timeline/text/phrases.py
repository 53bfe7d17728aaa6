"""Plain words for people: dates, numbers and shares as a briefing writes them, and texts that a terminal can show safely."""

import re
import unicodedata
from datetime import datetime, tzinfo
from typing import Protocol

from timeline.temporal.as_of import AsOf
from timeline.temporal.dates import TICK
from timeline.temporal.edtf import interval

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
SEASONS = {21: "spring", 22: "summer", 23: "autumn", 24: "winter"}
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class Range(Protocol):
    """A number of people as an answer gives it."""

    @property
    def low(self) -> int | None:
        """The fewest."""

    @property
    def best(self) -> int | None:
        """The most likely."""

    @property
    def high(self) -> int | None:
        """The most."""


def number_of(people: Range, noun: str = "") -> str:
    """Return a range of people in words: ``6,000–10,000``, ``up to 2,000``, ``219 or more``, ``about 250,000``, ``an unknown number``."""
    low, best, high = people.low or 0, people.best, people.high
    after = f" {noun}" if noun else ""
    about = f", most likely {best:,}" if best is not None and best not in (low, high) else ""
    if high is not None:
        return (
            (f"{low:,}" if low == high else f"up to {high:,}" if low == 0 else f"{low:,}–{high:,}")
            + after
            + about
        )
    if low == 0:
        return (
            f"an unknown number{f' of {noun}' if noun else ''}"
            if best is None
            else f"about {best:,}{after}"
        )
    return f"{low:,} or more{after}{about}"


def share(low: float, high: float) -> str:
    """Return a share in per cent: ``33–40 %``, ``67 %``, ``33 % or more``, ``all``."""
    if low == 1:
        return "all"
    least, most = f"{low * 100:.0f}", f"{high * 100:.0f}"
    if high == 1 and least not in ("0", most):
        return f"{least} % or more"
    return f"{least} %" if least == most else f"{least}–{most} %"


def date(text: str) -> str:
    """Return a date of the log's grammar in words: ``26–27 Nov 2016``, ``summer 2012``, ``by 28 Nov 2016``, ``about Aug 2016``."""
    if "/" not in text:
        return _one(text)
    first, last = text.split("/")
    if first == ".." or last == "..":
        return (
            "some time"
            if first == last
            else f"by {_one(last)}"
            if first == ".."
            else f"{_one(first)} or later"
        )
    return _one(first) if first == last else _joined(_one(first), _one(last))


def cut(cut: AsOf, zone: tzinfo) -> str:
    """Return a cut in words: ``on 28 Nov 2016, as known on 1 Dec 2016``."""
    at = "by the whole log" if cut.at is None else moment(cut.at, zone)
    known = "" if cut.known is None else f", as known {moment(cut.known, zone)}"
    recorded = "" if cut.recorded is None else f", as recorded {moment(cut.recorded, zone)}"
    return at + known + recorded


def count(number: int, noun: str) -> str:
    """Return a number with its noun: ``1 event``, ``1,234 events``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def safe(text: str) -> str:
    r"""Return a text with control characters and overrides of writing direction made visible, as ``\u202e``.

    Arabic, joiners and emoji stay whole: only what could move the cursor, hide text or turn it
        round is replaced.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(f"\\u{ord(c):04x}" if _unsafe(c) else c for c in text)


def _unsafe(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") or character in _BIDI


def moment(instant: datetime, zone: tzinfo) -> str:
    """Return an instant in words: ``on 28 Nov 2016`` for the last of a day, else with the time."""
    try:
        local, next_tick = instant.astimezone(zone), (instant + TICK).astimezone(zone)
    except OverflowError:  # the ends of the calendar, which not every zone can write
        return f"on {instant.day} {MONTHS[instant.month - 1]} {instant.year}"
    day = f"{local.day} {MONTHS[local.month - 1]} {local.year}"
    if next_tick.date() != local.date():
        return f"on {day}"
    return f"on {day} at {local:%H:%M}{'' if local.second == 0 else local.strftime(':%S')}"


def _one(text: str) -> str:
    """Return one end of a date in words."""
    match = re.fullmatch(
        r"([0-9X]{4})(?:-([0-9X]{2}))?(?:-([0-9X]{2}))?(?:T([\d:]+)(Z|[+-][\d:]+)?)?([~?%])?", text
    )
    if match is None:
        return text
    year, month, day, time, offset, flag = match.groups()
    words = [_day(year, month, day), _month(month), _year(year)]
    clock = (
        [f"{time}{' UTC' if offset == 'Z' else f' ({offset})' if offset else ''}"] if time else []
    )
    before = "about " if flag in ("~", "%") else ""
    return (
        before
        + " ".join([word for word in words if word] + clock)
        + (" (uncertain)" if flag in ("?", "%") else "")
    )


def _day(year: str, month: str | None, day: str | None) -> str:
    if day is None or day == "XX":
        return ""
    if "X" not in day:
        return str(int(day))
    first, after = (
        end for end in interval(f"{year}-{month}-{day}")[0] or () if isinstance(end, datetime)
    )
    last = (after - TICK).day
    return str(first.day) if first.day == last else f"{first.day}–{last}"


def _month(month: str | None) -> str:
    if month is None or month == "XX":
        return ""
    if "X" in month:
        return "Jan–Sep" if month[0] == "0" else "Oct–Dec"
    return SEASONS[int(month)] if int(month) in SEASONS else MONTHS[int(month) - 1]


def _year(year: str) -> str:
    if "X" not in year:
        return str(int(year))
    first, last = int(year.replace("X", "0")), int(year.replace("X", "9"))
    return f"{first}s" if last - first == 9 else f"{max(first, 1)}–{last}"


def _joined(first: str, last: str) -> str:
    """Return two dates with what they share said once: ``26–27 Nov 2016``, ``26 Oct – 3 Nov 2016``, ``27 Nov 2016 06:00–11:59``."""
    a, b = first.split(), last.split()
    clock = next((n for n, word in enumerate(b) if ":" in word and word[0].isdigit()), None)
    if (
        len(a) == len(b)
        and clock is not None
        and a[:clock] == b[:clock]
        and a[clock + 1 :] == b[clock + 1 :]
    ):
        return " ".join([*b[:clock], f"{a[clock]}–{b[clock]}", *b[clock + 1 :]])
    timed = any(
        ":" in word for word in (*a, *b)
    )  # a time that both ends share is still a time of each
    shared = _shared_end(a, b) if len(a) == len(b) and not timed else 0
    own = a[: len(a) - shared] or a
    if own == ["about"]:
        own = a
    if len(own) == 1:
        return f"{own[0].split('–')[0]}–{' '.join([b[0].split('–')[-1], *b[1:]])}"
    return f"{' '.join(own)} – {last}"


def _shared_end(a: list[str], b: list[str]) -> int:
    """Return how many words two dates end with alike."""
    alike = [x == y for x, y in zip(reversed(a), reversed(b), strict=False)]
    return alike.index(False) if False in alike else len(alike)
