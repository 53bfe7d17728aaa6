"""Logs whose events tie, refer to, replace and withdraw each other, and cuts around their dates."""

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from attrs import evolve
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from projections import PROJECTIONS
from strategies.city import CITY
from strategies.dates import TICKS, at, cuts
from strategies.event_kinds import KINDS, bare_events
from timeline import Timeline
from timeline.domain.city import City
from timeline.domain.events import Event, EventId, Retraction, Statement
from timeline.domain.timed_event import timed
from timeline.log.admission import admit
from timeline.log.reader import Log
from timeline.replay.store import LogIdentity, MemoryStore
from timeline.temporal.as_of import AsOf
from timeline.temporal.dates import FUTURE, PAST, Moment, When


def timeline_of(events: Sequence[Event], city: City = CITY, sha256: str = "") -> Timeline:
    """Return the timeline of a log of some events, as they are, whatever they refer to."""
    path, numbers = Path("events.jsonl"), {event.id: n for n, event in enumerate(events, 1)}
    log = Log(path=path, events=tuple(events), lines=numbers, sha256=sha256)
    every = tuple(timed(event, city.zone, number) for number, event in enumerate(events, 1))
    store = MemoryStore(city, every, LogIdentity(len(events), sha256))
    return Timeline(path=path, city=city, projections=PROJECTIONS, store=store, log=log)


@st.composite
def logs(
    draw: DrawFn,
    min_size: int = 0,
    max_size: int = 25,
    kinds: Collection[type[Event]] = KINDS,
) -> tuple[Event, ...]:
    """Draw a log of events of some types, whose references all exist.

    Statements are about earlier and later events, some events replace others, and some are
    retracted, once. The order of the lines is not that of the reports. Two neighbours at a time
    were recorded in the same second, as a batch is.
    """
    drafts = _tied(draw, draw(_drafts(tuple(kinds), min_size, max_size)))
    events = [evolve(event, id=EventId(f"e{number:02}")) for number, event in enumerate(drafts)]
    room = min(3, max_size - len(events))
    mixed = _mixed(events, draw(_retractions(events, room)) if events else [])
    return tuple(_recorded(_referring(draw, mixed)))


@cache  # a strategy built anew for every example costs more than the drawing
def _drafts(
    kinds: tuple[type[Event], ...], min_size: int, max_size: int
) -> SearchStrategy[list[Event]]:
    """Draw events that do not know of each other: a few, or, so that they meet often, many."""
    event, many = bare_events(kinds), max(min_size, max_size // 2)
    few = st.lists(event, min_size=min_size, max_size=max_size)
    return few | st.lists(event, min_size=many, max_size=max_size)


_DATES = ("occurred", "reported")
_SHARED = st.sampled_from(((), (), ("source", "cites"), _DATES, ("source", "cites", *_DATES)))


def _tied(draw: DrawFn, drafts: Sequence[Event]) -> list[Event]:
    """Return events some of which share their source or dates with the one before."""
    tied: list[Event] = []
    for event in drafts:
        shared = draw(_SHARED) if tied else ()
        tied.append(evolve(event, **{name: getattr(tied[-1], name) for name in shared}))
    return tied


@st.composite
def _retractions(draw: DrawFn, events: Sequence[Event], most: int) -> list[Event]:
    """Draw retractions of some events, none made public before what it withdraws."""
    unique = st.lists(st.sampled_from(events), max_size=most, unique_by=lambda event: event.id)
    return [_withdrawing(draw(_RETRACTION), target) for target in draw(unique)]


_RETRACTION = bare_events((Retraction,))


def _withdrawing(retraction: Event, target: Event) -> Event:
    reported = later(retraction.reported, target.reported)
    return evolve(retraction, id=EventId(f"not-{target.id}"), target=target.id, reported=reported)


def later(a: Moment, b: Moment) -> Moment:
    """Return the later of two reports."""
    return max(a, b, key=lambda moment: moment.instant(CITY.zone))


def _mixed(events: Sequence[Event], retractions: Sequence[Event]) -> list[Event]:
    """Return the retractions among the events: now before, now after what they withdraw."""
    mixed = list(events)
    for number, retraction in enumerate(retractions):
        mixed.insert(number * 3, retraction)
    return mixed


def _referring(draw: DrawFn, events: Sequence[Event]) -> Iterator[Event]:
    """Yield events that refer to each other alone.

    Statements are about any; what replaces another replaces an earlier one that stands.
    """
    ids = [event.id for event in events]
    withdrawn = {event.target for event in events if isinstance(event, Retraction)}
    replaceable: list[EventId] = []
    for event in events:
        yield admit(evolve(event, **_references(draw, event, ids, replaceable)), CITY)
        if not isinstance(event, Retraction) and event.id not in withdrawn:
            replaceable.append(event.id)


def _references(
    draw: DrawFn, event: Event, ids: Sequence[EventId], replaceable: Sequence[EventId]
) -> dict[str, Any]:
    references: dict[str, Any] = {}
    if isinstance(event, Statement) and event.about:
        subjects = st.lists(st.sampled_from(ids), min_size=1, max_size=2)
        references["about"] = tuple(draw(subjects))
    if replaceable and not isinstance(event, Retraction) and draw(_SOMETIMES):
        references["supersedes"] = draw(st.sampled_from(replaceable))
    return references


_SOMETIMES = st.sampled_from((False, False, False, False, True))


def _recorded(events: Iterator[Event]) -> Iterator[Event]:
    """Yield events as a log has them that took them in this order, over two years."""
    for number, event in enumerate(events):
        yield evolve(event, recorded=Moment(f"{at(15 + 58 * (number // 2)).isoformat()}Z"))


@st.composite
def cuts_around(draw: DrawFn, log: Sequence[Event]) -> AsOf:
    """Draw a cut where something changes in a log, or a moment off.

    That is where a window begins or ends, a report is made public or a line recorded.
    """
    if not log:
        return draw(cuts())
    event, report, line = (draw(st.sampled_from(log)) for _ in range(3))
    window = event.occurred.window(CITY.zone)
    ends = [end for end in (window.earliest, window.latest) if end not in (PAST, FUTURE)]
    recorded = line.recorded and line.recorded.instant(UTC)
    clocks = draw(st.sampled_from([None, *ends])), report.reported.instant(CITY.zone), recorded
    return AsOf(*(instant and draw(_NEAR) and instant + draw(TICKS) for instant in clocks))


_NEAR = st.sampled_from((None, True, True))


# Repetition ---------------------------------------------------------------------------------------

_LEAP_NIGHT = datetime(2016, 2, 27, 23, 57, tzinfo=UTC)
_MINUTES = st.sampled_from((0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 1500, 2880))
"""Minutes around the end of a day, and of a February with 29 days."""
_TO_THE_MINUTE = "{0:%Y-%m-%dT%H:%M}Z"
_VAGUER = (
    "{0:%Y-%m-%dT%H:%M}:30Z",
    "{0:%Y-%m-%dT%H:%M}+02:00",
    "{0:%Y-%m-%dT%H:%M}",
    "{0:%Y-%m-%d}",
    "{0:%Y-%m-%d}~",
    "{0:%Y-%m}",
    "{0:%Y-%m-%dT%H:%M}Z/{1:%Y-%m-%dT%H:%M}Z",
    "{0:%Y-%m-%d}/{1:%Y-%m-%d}",
    "{0:%Y-%m-%d}/..",
    "../{0:%Y-%m-%d}",
)
_WRITTEN = st.just(_TO_THE_MINUTE) | st.sampled_from(_VAGUER)


def _after(minutes: int) -> datetime:
    return _LEAP_NIGHT + timedelta(minutes=minutes)


@st.composite
def repeating(draw: DrawFn) -> list[Event]:
    """Draw a log in which the same is said again and again within days."""
    first = draw(logs(min_size=1, max_size=6))
    again = draw(st.lists(st.sampled_from(first), max_size=20))
    copies = [
        evolve(event, id=EventId(f"{event.id}-{number}"), supersedes=None)
        for number, event in enumerate(again)
    ]
    return draw(st.permutations([_redated(draw, event) for event in (*first, *copies)]))


def _redated(draw: DrawFn, event: Event) -> Event:
    """Return an event with other dates, in one of the ways to write them."""
    minute = draw(_MINUTES)
    occurred = When(draw(_WRITTEN).format(_after(minute), _after(minute + draw(_MINUTES))))
    begun = max(occurred.window(CITY.zone).earliest, _after(-9000)) + timedelta(seconds=59)
    reported = begun + timedelta(minutes=draw(_MINUTES))
    return evolve(event, occurred=occurred, reported=Moment(f"{reported:%Y-%m-%dT%H:%M}Z"))
