"""Dates, instants and cuts of 2016 and 2017, as the grammar of dates allows them to be written."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import product

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from strategies.city import CITY
from timeline.temporal.as_of import AsOf
from timeline.temporal.dates import PAST, TICK, Moment, When

FIRST_DAY = date(2016, 1, 1)


def _number(month: int, day: int) -> int:
    """Return how many days of 2016 lie before a day."""
    return (date(2016, month, day) - FIRST_DAY).days


DAYS = (date(2017, 12, 31) - FIRST_DAY).days
CLOCK_CHANGES = [_number(month, day) for month, day in ((3, 24), (3, 25), (10, 27), (10, 28))]
BUSY_WEEK = range(_number(11, 26), _number(12, 2))
"""Days that are drawn often, so that windows touch, overlap and coincide."""


def whens() -> SearchStrategy[str]:
    """Draw the text of a date, as vague as the grammar allows, in every way that it allows."""
    return _WHENS


def moments() -> SearchStrategy[str]:
    """Draw the text of a plain date or time, as a report or a question has it."""
    return _MOMENTS


def instants() -> SearchStrategy[datetime]:
    """Draw an instant in UTC: as often as not where a day of the city begins or ends."""
    return _INSTANTS


def cuts() -> SearchStrategy[AsOf]:
    """Draw a cut: on each clock an instant, or none."""
    return _CUTS


def at(day: int, minute: int = 0) -> datetime:
    """Return the wall clock of a minute of a day, both counted from the first."""
    first = datetime(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day)
    return first + timedelta(days=day, minutes=minute)


def _iso(day: int) -> str:
    return f"{at(day):%Y-%m-%d}"


def _season(day: date) -> str:
    if day.month < 3:
        return f"{day.year - 1}-24"
    return f"{day.year}-{21 + (day.month - 3) // 3}"


Form = Callable[[date], str]

_DATE_FORMS: tuple[Form, ...] = (
    lambda day: f"{day:%Y-%m-%d}",
    lambda day: f"{day:%Y-%m}",
    lambda day: f"{day:%Y}",
    _season,
    lambda day: f"{day:%Y-%m-%d}"[:-1] + "X",
    lambda day: f"{day:%Y-%m}-XX",
    lambda day: f"{day:%Y-%m}"[:-1] + "X",
    lambda day: f"{day:%Y}-XX",
    lambda day: f"{day:%Y}"[:-1] + "X",
)
"""Every way to write a date by day, month, season, year, decade or with digits left open."""


def _time_form(time: str) -> Form:
    return lambda day: f"{day:%Y-%m-%d}{time}"


def _flagged(form: Form, flag: str) -> Form:
    return lambda day: form(day) + flag


_CLOCKS = ("T00:00", "T12:00", "T18:30:00", "T23:59", "T23:59:59")
_OFFSETS = ("", "Z", "+02:00", "+03:00", "-05:30")
_TIMES = tuple(map("".join, product(_CLOCKS, _OFFSETS)))
_FLAGS = ("", "", "", "~", "?", "%")
_FORMS = (*_DATE_FORMS, *map(_time_form, _TIMES))
_ENDINGS = st.sampled_from([_flagged(form, flag) for form, flag in product(_FORMS, _FLAGS)])
"""Every way to write a day, or a time on it."""

_OFTEN = (*2 * (*BUSY_WEEK,), *CLOCK_CHANGES, *range(0, DAYS, 45))
_DAYS = st.sampled_from((*DAYS // len(_OFTEN) * _OFTEN, *range(DAYS + 1)))
"""Any day, and half of the time one of those that are drawn often."""
_HOURS = st.sampled_from((*len(_TIMES) * ("",), *_TIMES))
_DELAYS = st.sampled_from((0, 0, 1, 2, 3, 10, 300))
_SHAPES = st.sampled_from(("{}/{}", "{}/..", "../{}", "../.."))
_SPANS = st.sampled_from((0, 1, 1, 2, 3, 30))
TICKS = st.sampled_from((-TICK, 0 * TICK, TICK))


@st.composite
def _single_dates(draw: DrawFn) -> str:
    form = draw(_ENDINGS)
    return form(at(draw(_DAYS)).date())


@st.composite
def _intervals(draw: DrawFn) -> str:
    """Draw "somewhere between": two days, perhaps the same one."""
    first = draw(_DAYS)
    return f"{_iso(first)}/{_iso(first + draw(_SPANS))}"


@st.composite
def _vague_intervals(draw: DrawFn) -> str:
    """Draw two vague ends, or one that is open.

    They lie far enough apart to be in order whatever their offsets.
    """
    first = draw(_DAYS)
    begin = draw(_ENDINGS)(at(first).date())
    end = draw(_ENDINGS)(at(first + 2 + draw(_SPANS)).date())
    return draw(_SHAPES).format(begin, end)


@st.composite
def _plain_moments(draw: DrawFn) -> str:
    return _iso(draw(_DAYS)) + draw(_HOURS)


@st.composite
def _single_instants(draw: DrawFn) -> datetime:
    day = draw(_DAYS)
    if draw(st.booleans()):
        return When(_iso(day)).window(CITY.zone).earliest + draw(TICKS)
    return at(day, draw(st.integers(0, 24 * 60 - 1))).replace(tzinfo=UTC)


_WHENS = st.one_of(_DAYS.map(_iso), _intervals(), _single_dates(), _vague_intervals())
_MOMENTS = _plain_moments()
_INSTANTS = _single_instants()
_CUTS = st.builds(AsOf, *3 * [st.none() | _INSTANTS])


@st.composite
def occurrences(draw: DrawFn) -> tuple[When, Moment]:
    """Draw when something occurred and when it was reported, which is sometimes long after."""
    occurred = When(draw(_WHENS))
    earliest = occurred.window(CITY.zone).earliest
    begun = FIRST_DAY
    if earliest != PAST:
        begun = max(earliest.astimezone(CITY.zone).date(), FIRST_DAY)
    day = begun + timedelta(days=draw(_DELAYS))
    time = draw(_HOURS)
    if time:  # may lie hours before the day of the city begins
        day += timedelta(days=2)
    return occurred, Moment(f"{day}{time}")
