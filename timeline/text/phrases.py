"""Plain words for people: dates, numbers and shares, and texts that a terminal can show safely."""

import re
import unicodedata
from datetime import datetime, tzinfo
from typing import Protocol

from timeline.temporal.as_of import AsOf
from timeline.temporal.dates import TICK
from timeline.temporal.edtf import interval

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
SEASONS = {21: "spring", 22: "summer", 23: "autumn", 24: "winter"}
_DATE = r"([0-9X]{4})(?:-([0-9X]{2}))?(?:-([0-9X]{2}))?(?:T([\d:]+)(Z|[+-][\d:]+)?)?([~?%])?"
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
    """Return a range of people in words: ``6,000–10,000``, ``up to 2,000``, ``about 250,000``."""
    low, best, high = people.low or 0, people.best, people.high
    after = f" {noun}" if noun else ""
    if low == 0 and high is None:
        unknown = f"an unknown number of {noun}" if noun else "an unknown number"
        return unknown if best is None else f"about {best:,}{after}"
    likely = "" if best in (None, low, high) else f", most likely {best:,}"
    return f"{_bounds(low, high)}{after}{likely}"


def _bounds(low: int, high: int | None) -> str:
    if high is None:
        return f"{low:,} or more"
    if low == high:
        return f"{low:,}"
    return f"up to {high:,}" if low == 0 else f"{low:,}–{high:,}"


def share(low: float, high: float) -> str:
    """Return a share in per cent: ``33–40 %``, ``67 %``, ``33 % or more``, ``all``."""
    if low == 1:
        return "all"
    least, most = f"{low * 100:.0f}", f"{high * 100:.0f}"
    if high == 1 and least not in ("0", most):
        return f"{least} % or more"
    return f"{least} %" if least == most else f"{least}–{most} %"


def date(text: str) -> str:
    """Return a date of the log's grammar in words: ``26–27 Nov 2016``, ``by about Aug 2016``."""
    if "/" not in text:
        return _end(text)
    first, last = text.split("/")
    if first == last:
        return "some time" if first == ".." else _end(first)
    if first == "..":
        return f"by {_end(last)}"
    if last == "..":
        return f"{_end(first)} or later"
    return _joined(_end(first), _end(last))


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
    r"""Return a text with whatever could steer a terminal made visible, as ``\u202e``.

    That is what could move the cursor, hide text or turn it round; Arabic and emoji stay whole.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_visible, text))


def safe_lines(text: str) -> str:
    """Return lines that are `safe` each; a text of JSON keeps its meaning."""
    return "\n".join(map(safe, text.split("\n")))


def _visible(character: str) -> str:
    steers = unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") or character in _BIDI
    return f"\\u{ord(character):04x}" if steers else character


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


def _end(text: str) -> str:
    """Return one end of a date in words."""
    match = re.fullmatch(_DATE, text)
    if match is None:
        return text
    year, month, day, time, offset, flag = match.groups()
    words = (_day(year, month, day), _month(month), _year(year), _clock(time, offset))
    before = "about " if flag in ("~", "%") else ""
    after = " (uncertain)" if flag in ("?", "%") else ""
    return before + " ".join(filter(None, words)) + after


def _clock(time: str | None, offset: str | None) -> str:
    if not time or not offset:
        return time or ""
    return f"{time} UTC" if offset == "Z" else f"{time} ({offset})"


def _day(year: str, month: str | None, day: str | None) -> str:
    if day is None or day == "XX":
        return ""
    if "X" not in day:
        return str(int(day))
    span, _ = interval(f"{year}-{month}-{day}")
    assert span is not None  # only ".." has none
    first, last = span.begin.day, (span.end - TICK).day
    return str(first) if first == last else f"{first}–{last}"


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
    """Return two dates with what they share said once: ``26–27 Nov 2016``."""
    a, b = first.split(), last.split()
    if _are_of_one_day(a, b):
        clock = _clock_at(b)
        return " ".join([*b[:clock], f"{a[clock]}–{b[clock]}", *b[clock + 1 :]])
    own = _own_words(a, b)
    if len(own) > 1:
        return f"{' '.join(own)} – {last}"
    begin, end = own[0].split("–")[0], b[0].split("–")[-1]
    return f"{begin}–{' '.join([end, *b[1:]])}"


def _are_of_one_day(a: list[str], b: list[str]) -> bool:
    """Return whether two dates differ in nothing but their times of day."""
    clock = _clock_at(b)
    if clock == len(b) or len(a) != len(b):
        return False
    return a[:clock] == b[:clock] and a[clock + 1 :] == b[clock + 1 :]


def _clock_at(words: list[str]) -> int:
    """Return the place of the time of day in a date; behind its end where there is none."""
    times = (place for place, word in enumerate(words) if ":" in word and word[0].isdigit())
    return next(times, len(words))


def _own_words(a: list[str], b: list[str]) -> list[str]:
    """Return the words of a date that another does not end with too; all if none are left.

    A time that both of them end with is still a time of each.
    """
    timed = any(":" in word for word in (*a, *b))
    if timed or len(a) != len(b):
        return a
    own = list(a)
    for word in reversed(b):
        if own[-1:] != [word]:
            break
        own.pop()
    return a if own in ([], ["about"]) else own
