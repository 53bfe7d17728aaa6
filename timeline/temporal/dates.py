"""Dates are kept as they were written, and read as the windows of instants that they allow.

A `When` allows a half-open `Window`; a `Moment`, for reports and questions, is one instant. All
instants are aware datetimes in UTC, counted in microseconds. `timeline.temporal.edtf` has the
grammar.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Self

from attrs import frozen

from timeline.errors import Problem, UsageError
from timeline.temporal import edtf

TICK = timedelta(microseconds=1)
PAST = datetime.min.replace(tzinfo=UTC)
"""The open end towards the past: no instant lies before it."""
FUTURE = datetime.max.replace(tzinfo=UTC)
"""The open end towards the future: a window that reaches it never becomes certain."""
END_OF_TIME = FUTURE - timedelta(days=2)
"""The time of a question without one: after every dated window, before the open end."""


@frozen
class Window:
    """The instants from `earliest` up to, but not including, `latest`, both in UTC."""

    earliest: datetime
    latest: datetime

    def began(self, at: datetime) -> bool:
        """Return whether the thing may have happened by `at`."""
        return self.earliest <= at

    def ended(self, at: datetime) -> bool:
        """Return whether the thing has certainly happened by `at`: the window has passed."""
        return self.latest - TICK <= at

    def precedes(self, other: "Window") -> bool:
        """Return whether all of this window lies before the other: a strict partial order."""
        return self.latest <= other.earliest


def hull(windows: Iterable[Window]) -> Window:
    """Return the smallest window that covers all of `windows`, of which there is at least one."""
    starts, ends = zip(*((window.earliest, window.latest) for window in windows), strict=True)
    return Window(min(starts), max(ends))


class _Date(str):
    """A text of the grammar of dates, checked once; a time with an offset is also read once."""

    __slots__ = ("_exact",)
    _exact: datetime | None
    _check: Callable[[str], object]

    def __new__(cls, text: str) -> Self:
        """Return a date as it was written; raise `UsageError` for what is none of this kind."""
        date = str.__new__(cls, text)
        date._exact = edtf.exact(text)
        if date._exact is None:
            cls._check(text)
        return date


class When(_Date):
    """The time of an event, as exactly as it was said."""

    __slots__ = ()
    _check = staticmethod(edtf.interval)

    def window(self, zone: tzinfo) -> Window:
        """Return the window in UTC; what was written without an offset is read in `zone`."""
        if self._exact is not None:
            return Window(self._exact, self._exact + edtf.unit_of(self))
        return _window(str(self), zone)

    @property
    def uncertain(self) -> bool:
        """Whether the writer marked the date as uncertain (``?`` or ``%``)."""
        return "?" in self or "%" in self

    @property
    def approximate(self) -> bool:
        """Whether the writer marked the date as approximate (``~`` or ``%``)."""
        return "~" in self or "%" in self


class Moment(_Date):
    """One plain date or time, read as an instant: a date, month or year as its last one."""

    __slots__ = ()
    _check = staticmethod(edtf.moment)

    def instant(self, zone: tzinfo) -> datetime:
        """Return the instant in UTC; what was written without an offset is read in `zone`."""
        if self._exact is not None:
            return self._exact
        span = edtf.moment(self)
        return _first_instant(span, zone) if span.unit else _end_instant(span, zone) - TICK

    @property
    def exact(self) -> bool:
        """Whether this is a time with an offset, which means the same instant everywhere."""
        return self._exact is not None


def rfc3339(instant: datetime, zone: tzinfo) -> str:
    """Return an instant as RFC 3339 text in `zone`; the ends of the calendar are in UTC."""
    try:
        return instant.astimezone(zone).isoformat()
    except OverflowError:
        return instant.isoformat()


@lru_cache(maxsize=4096)
def _window(text: str, zone: tzinfo) -> Window:
    """Return the window of a date without an offset, remembered for the next one like it."""
    first, last = edtf.interval(text)
    earliest = PAST if first is None else _first_instant(first, zone)
    latest = FUTURE if last is None else _end_instant(last, zone)
    # a wall clock set against an offset, or a day that a change of the date line left out
    if earliest >= latest:
        found = f"{text} holds no instant in {zone}"
        raise UsageError(Problem(found, "an end that lies after the beginning"))
    return Window(earliest, latest)


def _first_instant(span: edtf.Span, zone: tzinfo) -> datetime:
    if span.begin.tzinfo is not None:
        return span.begin
    if span.unit is None:
        return _to_utc(span.begin.replace(tzinfo=zone))
    return _readings(span.begin, zone)[0]


def _end_instant(span: edtf.Span, zone: tzinfo) -> datetime:
    if span.end.tzinfo is not None:
        return span.end
    if span.unit is None:
        return _to_utc(span.end.replace(tzinfo=zone))
    return edtf.shift(_readings(edtf.shift(span.end, -span.unit), zone)[1], span.unit)


def _readings(local: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
    """Return the earliest and latest instant that a wall clock may mean at a clock change."""
    instants = [_to_utc(local.replace(tzinfo=zone, fold=fold)) for fold in (0, 1)]
    return min(instants), max(instants)


def _to_utc(moment: datetime) -> datetime:
    """Return `moment` in UTC; the ends of the calendar stand for the open ends."""
    if moment.replace(tzinfo=None) == datetime.max:
        return FUTURE
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return PAST if moment.year == 1 else FUTURE
