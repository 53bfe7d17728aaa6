"""Logs, events, dates and cuts at random, for every test that states a law.

The laws of the engine hold for every log, so they are tested on logs that nobody would think of
writing: reports in any order, windows that touch and overlap, several voices on the same few
places, statements about events that come later or were withdrawn. What is generated here is always
valid; what the gate refuses is tested beside the gate.
"""

import tomllib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import combinations, product
from pathlib import Path
from typing import Any, get_args

from attrs import evolve
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from projections import PROJECTIONS
from timeline import Timeline
from timeline.domain import city_file as cityfile
from timeline.domain.city import Actor, City, Place, Source
from timeline.domain.events import (
    EVENT_TYPES,
    AidMove,
    AidNegotiation,
    Archive,
    Assessment,
    AssessmentMeasure,
    Casualties,
    Condition,
    ControlChange,
    Displacement,
    Estimate,
    Event,
    EventId,
    Group,
    How,
    Level,
    Measure,
    Retraction,
    Share,
    Siege,
    SiegeMove,
    Statement,
)
from timeline.domain.timed_event import timed
from timeline.log.admission import admit
from timeline.log.reader import Log
from timeline.replay.store import LogIdentity, MemoryStore
from timeline.temporal.as_of import AsOf
from timeline.temporal.dates import FUTURE, PAST, TICK, Moment, When

CITY_FILE = """
[city]
id = "testopolis"
name = "Testopolis"
arabic = "مدينة الاختبار"
timezone = "Asia/Damascus"

[places]
east = { name = "East", arabic = "الشرق", aliases = ["the eastern districts"] }
west = { name = "West", arabic = "الغرب", aliases = ["the western districts"] }
hill = { name = "Hill", arabic = "التل", aliases = ["al-Tell", "Tall"], parent = "east" }
market = { name = "Market", arabic = "السوق", aliases = ["al-Souq"], parent = "east" }
quarry = { name = "Quarry", arabic = "المحجر", aliases = ["al-Mahjar"], parent = "east" }
garden = { name = "Garden", arabic = "البستان", aliases = ["Bustan", "al-Bustan"], parent = "west" }
station = { name = "Station", arabic = "المحطة", aliases = ["Baghdad Station"], parent = "west" }

[actors]
government = { label = "Government", letter = "G", aliases = ["the regime"] }
opposition = { label = "Opposition", letter = "O", aliases = ["the rebels"] }
kurdish = { label = "Kurdish forces", letter = "K", aliases = ["SDF", "YPG"] }
russia = { label = "Russia", letter = "R" }

[sources]
monitor = { label = "The Monitor", kind = "monitor", aliases = ["Monitoring Centre"] }
second-monitor = { label = "The Other Monitor", kind = "monitor" }
rebel-official = { label = "A rebel official", kind = "party", side = "opposition" }
rebel-council = { label = "The rebel council", kind = "party", side = "opposition", short = "council" }
state-tv = { label = "State television", kind = "state", side = "government" }
army = { label = "The army", kind = "party", side = "government", aliases = ["army command"] }
paper = { label = "The Paper", kind = "media" }
relief = { label = "Relief Office", kind = "un", aliases = ["the UN"] }
resident = { label = "A resident", kind = "other" }
"""
"""The file of the city below, for tests that need a folder with a log in it."""

CITY = cityfile.parse(tomllib.loads(CITY_FILE))
"""A city of two sectors and five districts, with voices of every kind: some serve a side, and some of those the same one."""

FIRST_DAY = date(2016, 1, 1)
DAYS = (date(2017, 12, 31) - FIRST_DAY).days
CLOCK_CHANGES = tuple(
    (date(2016, month, day) - FIRST_DAY).days
    for month, day in ((3, 24), (3, 25), (10, 27), (10, 28))
)
BUSY_WEEK = range((date(2016, 11, 26) - FIRST_DAY).days, (date(2016, 12, 2) - FIRST_DAY).days)
"""Days that are drawn often, so that windows touch, overlap and coincide."""

NAMES_OF_EVENTS = tuple(
    EventId(name) for name in ("a", "b-1", "c.2", "sakhour-seized", "hill_held", "note:7")
)
BUSY_PLACES = (
    "hill",
    "hill",
    "hill",
    "east",
    "east",
    "market",
    "garden",
    "testopolis",
    "quarry",
    "west",
    "station",
)
EXTRAS = ("outlet", "url", "locator", "archive", "wording", "note")


# Dates --------------------------------------------------------------------------------------------


def days() -> SearchStrategy[int]:
    """Draw a day of 2016 or 2017, counted from the first: now anywhere, now in one busy week, now around a clock change."""
    return _DAYS


def whens() -> SearchStrategy[str]:
    """Draw the text of a date of 2016 or 2017 (decades: around them), as vague as the grammar allows, in every way that it allows."""
    return _WHENS


def moments() -> SearchStrategy[str]:
    """Draw the text of one plain date or time of 2016 or 2017, as a report or a question has it."""
    return _MOMENTS


def instants() -> SearchStrategy[datetime]:
    """Draw an instant of 2016 or 2017, in UTC: the very beginning or end of a day of the city as often as any other."""
    return _INSTANTS


def cuts() -> SearchStrategy[AsOf]:
    """Draw a cut: on each clock an instant of 2016 or 2017, or none."""
    return _CUTS


def _day(day: int) -> date:
    return FIRST_DAY + timedelta(days=day)


def _iso(day: int) -> str:
    return _day(day).isoformat()


def _at(day: int, minute: int) -> datetime:
    return datetime(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day) + timedelta(
        days=day, minutes=minute
    )


def _season(day: date) -> str:
    return f"{day.year}-{21 + (day.month - 3) // 3}" if day.month >= 3 else f"{day.year - 1}-24"


_DATE_FORMS: tuple[Callable[[date], str], ...] = (
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

_FLAGS = ("", "", "", "~", "?", "%")
_CLOCKS = ("T00:00", "T12:00", "T18:30:00", "T23:59", "T23:59:59")
_OFFSETS = ("", "Z", "+02:00", "+03:00", "-05:30")
_TIMES = tuple(map("".join, product(_CLOCKS, _OFFSETS)))
_DAYS = st.sampled_from(
    (*BUSY_WEEK, *BUSY_WEEK, *CLOCK_CHANGES, *range(0, DAYS, 45))
) | st.integers(0, DAYS)
_HOURS = st.sampled_from((*len(_TIMES) * ("",), *_TIMES))
_DELAYS = st.sampled_from((0, 0, 1, 2, 3, 10, 300))
_SHAPES = st.sampled_from(("{}/{}", "{}/..", "../{}", "../.."))
_TICKS = st.sampled_from((-TICK, 0 * TICK, TICK))
_SPANS = st.sampled_from((0, 1, 1, 2, 3, 30))
_ENDINGS: SearchStrategy[Callable[[date], str]] = st.sampled_from(
    [
        *(
            lambda day, form=form, flag=flag: form(day) + flag
            for form, flag in product(_DATE_FORMS, _FLAGS)
        ),
        *(
            lambda day, time=time, flag=flag: f"{day}{time}{flag}"
            for time, flag in product(_TIMES, _FLAGS)
        ),
    ]
)
"""Every way to write a day, or a time on it."""


def timeline_of(events: Sequence[Event], city: City = CITY, sha256: str = "") -> Timeline:
    """Return the timeline of a log of some events, as they are, whatever they refer to."""
    path, numbers = Path("events.jsonl"), {event.id: n for n, event in enumerate(events, 1)}
    log = Log(path=path, events=tuple(events), lines=numbers, sha256=sha256)
    store = MemoryStore(
        city, tuple(timed(event, city.zone) for event in events), LogIdentity(len(events), sha256)
    )
    return Timeline(path=path, city=city, projections=PROJECTIONS, store=store, log=log)


@st.composite
def _some_dates(draw: DrawFn) -> str:
    return draw(_ENDINGS)(_day(draw(_DAYS)))


@st.composite
def _intervals(draw: DrawFn) -> str:
    """Draw "somewhere between": two days, perhaps the same one."""
    first = draw(_DAYS)
    return f"{_iso(first)}/{_iso(first + draw(_SPANS))}"


@st.composite
def _vague_intervals(draw: DrawFn) -> str:
    """Draw two vague ends, far enough apart to be in order whatever their offsets, or one that is open."""
    first = draw(_DAYS)
    ends = draw(_ENDINGS)(_day(first)), draw(_ENDINGS)(_day(first + 2 + draw(_SPANS)))
    return draw(_SHAPES).format(*ends)


@st.composite
def _plain_moments(draw: DrawFn) -> str:
    return _iso(draw(_DAYS)) + draw(_HOURS)


@st.composite
def _some_instants(draw: DrawFn) -> datetime:
    day = draw(_DAYS)
    if draw(st.booleans()):
        return When(_iso(day)).window(CITY.zone).earliest + draw(_TICKS)
    return _at(day, draw(st.integers(0, 24 * 60 - 1))).replace(tzinfo=UTC)


_WHENS = st.one_of(_DAYS.map(_iso), _intervals(), _some_dates(), _vague_intervals())
_MOMENTS = _plain_moments()
_INSTANTS = _some_instants()
_CUTS = st.builds(AsOf, *3 * [st.none() | _INSTANTS])


@st.composite
def _dated(draw: DrawFn) -> tuple[When, Moment]:
    """Draw when something occurred and when it was reported: not before it can have begun, and sometimes long after."""
    occurred = When(draw(_WHENS))
    earliest = occurred.window(CITY.zone).earliest
    begun = FIRST_DAY if earliest == PAST else max(earliest.astimezone(CITY.zone).date(), FIRST_DAY)
    day = begun + timedelta(days=draw(_DELAYS))
    later = draw(_HOURS)
    return occurred, Moment(f"{day + timedelta(days=2)}{later}" if later else f"{day}")


# Fields -------------------------------------------------------------------------------------------


@st.composite
def _some_estimates(draw: DrawFn) -> Estimate:
    low, more, most = draw(_NUMBERS), draw(_NUMBERS), draw(_NUMBERS)
    bounds = {"low": low, "best": low + more, "high": low + more + most}
    return Estimate(**{name: bounds[name] for name in draw(_BOUNDS)})


@st.composite
def _some_shares(draw: DrawFn) -> Share:
    low, high = sorted((draw(_PARTS), draw(_PARTS)))
    return Share(**{name: {"low": low, "high": high}[name] for name in draw(_ENDS_OF_SHARES)})


_NUMBERS = st.sampled_from((0, 1, 500, 2000)) | st.integers(0, 100_000)
_BOUNDS = st.sampled_from(
    [names for size in range(4) for names in combinations(("low", "best", "high"), size)]
)
_PARTS = st.sampled_from((0.0, 0.25, 1 / 3, 0.4, 0.5, 0.6, 1.0)) | st.floats(0, 1)
_ENDS_OF_SHARES = st.sampled_from(((), ("low",), ("high",), ("low", "high")))
_ESTIMATES = _some_estimates()
_SHARES = _some_shares()


def estimates() -> SearchStrategy[Estimate]:
    """Draw a number of people: any of its bounds may be missing, and a missing `high` is unbounded."""
    return _ESTIMATES


def shares() -> SearchStrategy[Share]:
    """Draw a share of a place: any of its bounds may be missing."""
    return _SHARES


def texts() -> SearchStrategy[str]:
    """Draw a text that says something: of any script, with quotes, colons and control characters, but no NUL and no half characters."""
    alphabet = st.characters(exclude_categories=("Cs",), exclude_characters="\0")
    return st.sampled_from(("seized", "as many as 2,000", "قال", '"so": it', "null x")) | st.text(
        alphabet, min_size=1
    ).filter(str.strip)


def _urls() -> SearchStrategy[str]:
    return st.sampled_from(("https://example.org/a?b=c", "http://example.org/تل"))


def _archives() -> SearchStrategy[Archive]:
    return st.builds(
        Archive,
        sha256=st.sampled_from(("0" * 64, "f" * 64)),
        collected_at=st.none() | _MOMENTS.map(Moment),
        collector=st.none() | texts(),
        url=st.none() | _urls(),
    )


def _envelopes() -> SearchStrategy[dict[str, Any]]:
    """Draw what an event says of where it can be read: all, some or none of it."""
    kinds = {"url": _urls(), "archive": _archives()}
    return st.fixed_dictionaries({}, optional={name: kinds.get(name, texts()) for name in EXTRAS})


def _named(items: Iterable[Place | Actor | Source]) -> SearchStrategy[str]:
    """Draw one of the ways to write one of the names: mostly the id."""
    return st.sampled_from([name for item in items for name in (*3 * [item.id], *item.names)])


_GRADES = st.sampled_from((None, None, "A1", "B2", "C3", "F6"))
_PLACES = _named(CITY.places[id] for id in BUSY_PLACES)
_ACTORS = _named(CITY.actors.values())
_SOURCES = _named(CITY.sources.values())


# Events -------------------------------------------------------------------------------------------


@st.composite
def _holdings(draw: DrawFn) -> dict[str, Any]:
    """Draw who holds how much of what: an actor all of it or a share, nobody, or nobody because it is fought over."""
    own = {"place": draw(_PLACES), "how": draw(_HOWS)}
    match draw(_HOLDINGS):
        case "whole":
            return own | {"actor": draw(_ACTORS)}
        case "share":
            return own | {"actor": draw(_ACTORS), "extent": draw(_SHARES)}
        case "contested":
            return own | {"ground": "contested"}
    return own


@st.composite
def _flights(draw: DrawFn) -> dict[str, Any]:
    """Draw how many fled from where to where: at least one of the two, and districts of the origin that were named."""
    origin, destination = draw(_PLACES), draw(_PLACES)
    ends = draw(_ENDS)
    own = {"people": draw(_MAYBE_PEOPLE), "measure": draw(_MEASURES)}
    if ends == "destination":
        return own | {"destination": destination}
    parts = draw(_PARTS_OF[CITY.place(origin).id])
    return own | {
        "origin": origin,
        "parts": parts,
        "destination": destination if ends == "both" else None,
    }


@st.composite
def _stances(draw: DrawFn) -> dict[str, Any]:
    """Draw a stance on some events; a comment or a prediction may be about none."""
    stance = draw(_STANCES)
    about = () if stance in ("comment", "predict") and draw(st.booleans()) else draw(_SUBJECTS)
    return {"stance": stance, "about": about, "topic": draw(_TOPICS), "summary": "Says so."}


@st.composite
def _tolls(draw: DrawFn) -> dict[str, Any]:
    """Draw how many were killed or injured where, as one event says it."""
    headings = draw(_HEADINGS)
    own = {"place": draw(_PLACES), "group": draw(_GROUPS), "measure": draw(_TOLL_MEASURES)}
    return own | {heading: draw(_ESTIMATES) for heading in headings}


def _words(kind: Any) -> SearchStrategy[str]:
    return st.sampled_from(get_args(kind))


_HOLDINGS = st.sampled_from(("whole", "whole", "share", "share", "nobody", "contested"))
_ENDS = st.sampled_from(("both", "both", "origin", "destination"))
_HEADINGS = st.sampled_from((("killed",), ("injured",), ("killed", "injured")))
_SUBJECTS = st.lists(st.sampled_from(NAMES_OF_EVENTS), min_size=1, max_size=2).map(tuple)
_TOPICS = st.sampled_from(("hill", "aid"))
_MAYBE_PEOPLE, _MAYBE_ACTORS = st.none() | _ESTIMATES, st.none() | _ACTORS
_HOWS, _MEASURES, _GROUPS = _words(How), _words(Measure), _words(Group)
_TOLL_MEASURES = st.sampled_from(("flow", "cumulative"))
_STANCES = st.sampled_from(("agree", "disagree", "disagree", "unclear", "comment", "predict"))
_PARTS_OF = {
    place: st.sampled_from([(), CITY.within(place)[-1:], CITY.within(place)[-2:]])
    for place in CITY.places
}

_OWN: Mapping[type[Event], SearchStrategy[dict[str, Any]]] = {
    ControlChange: _holdings(),
    Displacement: _flights(),
    Statement: _stances(),
    AidNegotiation: st.fixed_dictionaries(
        {
            "negotiation": st.sampled_from(("corridor", "un-plan")),
            "party": _ACTORS,
            "move": _words(AidMove),
            "terms": st.sampled_from((None, "48 hours")),
        }
    ),
    Casualties: _tolls(),
    Siege: st.fixed_dictionaries(
        {"place": _PLACES, "move": _words(SiegeMove), "by": _MAYBE_ACTORS, "trapped": _MAYBE_PEOPLE}
    ),
    Condition: st.fixed_dictionaries(
        {
            "place": _PLACES,
            "subject": st.sampled_from(("food", "hospitals")),
            "level": _words(Level),
            "summary": st.sampled_from((None, "Flour for two weeks.")),
        }
    ),
    Assessment: st.fixed_dictionaries(
        {
            "measure": _words(AssessmentMeasure),
            "actor": _ACTORS,
            "place": _PLACES,
            "share": _SHARES,
            "since": st.none() | _WHENS.map(When),
        }
    ),
    Retraction: st.fixed_dictionaries(
        {"target": st.sampled_from(NAMES_OF_EVENTS), "reason": st.just("An error.")}
    ),
}
"""The fields of each type's own."""

KINDS = tuple(kind for kind in EVENT_TYPES if kind is not Retraction)
"""Every type that says something of the city."""


@st.composite
def events(draw: DrawFn, kinds: Collection[type[Event]] | None = None) -> Event:
    """Draw one valid event with all that an envelope can hold, of some types or of any but retractions.

    Places, actors and sources stand in it by any of their names; `timeline.log.admission.admit`
    turns them into ids. The events that it refers to need not exist.
    """
    event = draw(_bare_events(kinds or KINDS))
    supersedes = (
        None
        if isinstance(event, Retraction)
        else draw(st.sampled_from((None, EventId("replaced"))))
    )
    id = draw(st.sampled_from(NAMES_OF_EVENTS))
    recorded = draw(st.sampled_from((None, Moment("2018-01-01T00:00:00Z"))))
    return evolve(event, id=id, supersedes=supersedes, recorded=recorded, **draw(_envelopes()))


@cache
def _one_of(kinds: tuple[type[Event], ...]) -> SearchStrategy[type[Event]]:
    return st.sampled_from(kinds)


@st.composite
def _bare_events(draw: DrawFn, kinds: Collection[type[Event]]) -> Event:
    """Draw an event with nothing in its envelope but who says so, when, and how well it was graded."""
    kind = draw(_one_of(tuple(kinds)))
    occurred, reported = draw(_dated())
    envelope = {
        "id": EventId("x"),
        "occurred": occurred,
        "reported": reported,
        "source": draw(_SOURCES),
        "grade": draw(_GRADES),
    }
    return kind(**envelope, **draw(_OWN[kind]))


# Logs ---------------------------------------------------------------------------------------------


@st.composite
def logs(
    draw: DrawFn,
    min_size: int = 0,
    max_size: int = 25,
    kinds: Collection[type[Event]] | None = None,
) -> tuple[Event, ...]:
    """Draw a log: events of some types or of any, with names as ids, ids of their own, and references that all exist.

    Statements are about earlier and later events, some events replace others, and some are
    retracted, once. The order of the lines is not that of the reports. Two neighbours at a time
    were recorded in the same second, as a batch is.
    """
    drafts = draw(_drafts(tuple(kinds or KINDS), min_size, max_size))
    named = [
        evolve(event, id=EventId(f"e{number:02}"))
        for number, event in enumerate(_meeting(draw, drafts))
    ]
    retractions = draw(_retractions_of(named, max_size - len(named))) if named else []
    return _recorded(_refer(draw, _mixed(named, retractions)))


@cache  # a strategy built anew for every example costs more than the drawing
def _drafts(
    kinds: tuple[type[Event], ...], min_size: int, max_size: int
) -> SearchStrategy[list[Event]]:
    """Draw events that do not know of each other: a few, or, so that they meet often, many."""
    one = _bare_events(kinds)
    return st.lists(one, min_size=min_size, max_size=max_size) | st.lists(
        one, min_size=max(min_size, max_size // 2), max_size=max_size
    )


def _meeting(draw: DrawFn, drafts: Sequence[Event]) -> list[Event]:
    """Return events some of which share their source, their dates or both with the one before, so that ties are common."""
    met: list[Event] = []
    for event in drafts:
        shared = draw(_SHARED) if met else ()
        met.append(evolve(event, **{name: getattr(met[-1], name) for name in shared}))
    return met


_SHARED = st.sampled_from(
    ((), (), ("source",), ("occurred", "reported"), ("source", "occurred", "reported"))
)


@st.composite
def _retractions_of(draw: DrawFn, events: Sequence[Event], room: int) -> list[Event]:
    targets = draw(
        st.lists(st.sampled_from(events), max_size=min(3, room), unique_by=lambda event: event.id)
    )
    drafts = [draw(_bare_events((Retraction,))) for _ in targets]
    pairs = zip(drafts, targets, strict=True)
    return [
        evolve(
            draft,
            id=EventId(f"not-{one.id}"),
            target=one.id,
            reported=later(draft.reported, one.reported),
        )
        for draft, one in pairs
    ]


def later(a: Moment, b: Moment) -> Moment:
    """Return the later of two reports: nothing is withdrawn before it was made public."""
    return max(a, b, key=lambda moment: moment.instant(CITY.zone))


def _mixed(events: Sequence[Event], retractions: Sequence[Event]) -> list[Event]:
    """Return the retractions among the events: now before, now after what they withdraw."""
    mixed = list(events)
    for number, retraction in enumerate(retractions):
        mixed.insert(number * 3, retraction)
    return mixed


def _refer(draw: DrawFn, events: Sequence[Event]) -> list[Event]:
    """Return events that refer to each other alone: statements to any, and what replaces another to an earlier one that stands."""
    retracted = {event.target for event in events if isinstance(event, Retraction)}
    subjects = [event.id for event in events]
    replaceable: list[EventId] = []
    referring = []
    for event in events:
        referring.append(_referring(draw, event, subjects, replaceable))
        if not isinstance(event, Retraction) and event.id not in retracted:
            replaceable.append(event.id)
    return referring


_SOMETIMES = st.sampled_from((False, False, False, False, True))


def _referring(
    draw: DrawFn, event: Event, subjects: Sequence[EventId], replaceable: Sequence[EventId]
) -> Event:
    changes: dict[str, Any] = {}
    if isinstance(event, Statement) and event.about:
        changes["about"] = tuple(draw(st.lists(st.sampled_from(subjects), min_size=1, max_size=2)))
    if replaceable and not isinstance(event, Retraction) and draw(_SOMETIMES):
        changes["supersedes"] = draw(st.sampled_from(replaceable))
    return admit(evolve(event, **changes), CITY)


def _recorded(events: Sequence[Event]) -> tuple[Event, ...]:
    """Return events as a log has them that took them in this order, over the two years that cuts are drawn from."""
    instants = [_at(15 + 58 * (number // 2), 0) for number in range(len(events))]
    return tuple(
        evolve(event, recorded=Moment(f"{at.isoformat()}Z"))
        for event, at in zip(events, instants, strict=True)
    )


@st.composite
def cuts_around(draw: DrawFn, log: Sequence[Event]) -> AsOf:
    """Draw a cut where something changes in a log: as a window begins or ends, or as a report or a line comes in, or a moment off."""
    if not log:
        return draw(_CUTS)
    event, other, line = (draw(st.sampled_from(log)) for _ in range(3))
    window = event.occurred.window(CITY.zone)
    ends = [
        instant for instant in (window.earliest, window.latest) if instant not in (PAST, FUTURE)
    ]
    at = draw(st.sampled_from([None, *ends]))
    instants = (at, other.reported.instant(CITY.zone), line.recorded and line.recorded.instant(UTC))
    return AsOf(*(instant and draw(_NEAR) and instant + draw(_TICKS) for instant in instants))


_NEAR = st.sampled_from((None, True, True))
