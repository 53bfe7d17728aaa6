"""Logs in which a few sources speak of a few places within days, again and again.

They are for the laws of testimony: claims meet in every way, are told again, denied by their own
side and by others, and retracted; sentences are of a district, a sector or the whole city.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, get_args

from attrs import evolve
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from strategies.city import CITY
from timeline.domain.choices import SiegeMove
from timeline.domain.events import (
    AidNegotiation,
    Condition,
    ControlChange,
    Event,
    EventId,
    PlaceId,
    Retraction,
    Share,
    Siege,
    SourceId,
    Statement,
)
from timeline.temporal.dates import Moment, When

FIRST_DAY = date(2016, 11, 22)
"""The sides and alliances of Testopolis change a week later."""
LAST_DAY = 14
_DAYS = st.integers(0, LAST_DAY - 1)
_DELAYS = st.sampled_from((0, 0, 0, 1, 2, 5))
_FORMS = ("{0}", "{0}", "{0}", "{0}T12:00", "{0}~", "{0}/{1}")
_SPANS = st.integers(0, 4)
_SOURCES = st.sampled_from(sorted(CITY.sources))
_ACTORS = st.sampled_from((*4 * ("government",), *4 * ("opposition",), *sorted(CITY.actors)))
_BUSY = st.sampled_from((*5 * ("hill",), "market", "east", "east", "testopolis"))
_HOWS = st.sampled_from(("change", "change", "change", "observation", "observation", "throughout"))
_CITED = st.sampled_from(((), (), (), (), ("paper",), ("army",), ("rebel-official", "relief")))
_STANCES = st.sampled_from(("disagree", "disagree", "disagree", "agree", "agree", "unclear"))
_SHARES = st.sampled_from((0.0, 0.25, 0.5, 0.75, 1.0))
_HOLDINGS = st.sampled_from((*8 * ("whole",), "several", "nobody", "contested", "share"))
_STEPS = st.sampled_from((*5 * ("claim",), "again", "again", *3 * ("stance",), "retraction"))

Kind = type[Event]


def day(number: int) -> str:
    """Return a day of the logs as a date."""
    return (FIRST_DAY + timedelta(days=number)).isoformat()


@st.composite
def dates(draw: DrawFn, first: int = 0) -> dict[str, Any]:
    """Draw when something occurred, on some day or later, and when it was reported."""
    begins = draw(st.integers(first, max(first, LAST_DAY - 1)))
    ends = begins + draw(_SPANS)
    occurred = When(draw(st.sampled_from(_FORMS)).format(day(begins), day(ends)))
    reported = Moment(day(begins + draw(_DELAYS)))
    return {"occurred": occurred, "reported": reported}


@st.composite
def envelopes(draw: DrawFn, first: int = 0) -> dict[str, Any]:
    """Draw a source with the sources that it cites, and dates."""
    source = draw(_SOURCES)
    cites = tuple(SourceId(cited) for cited in draw(_CITED) if cited != source)
    return draw(dates(first)) | {"id": EventId("x"), "source": SourceId(source), "cites": cites}


@st.composite
def holdings(draw: DrawFn) -> dict[str, Any]:
    """Draw who holds which place: all of it, all but a part, or a share."""
    place = PlaceId(draw(_BUSY))
    fields: dict[str, Any] = {"place": place, "how": draw(_HOWS)}
    holding = draw(_HOLDINGS)
    if holding == "share":
        return fields | {"actor": draw(_ACTORS), "extent": draw(portions())}
    inner = CITY.within(place)[1:]
    if inner and draw(st.integers(0, 4)) == 0:
        fields["excepting"] = (draw(st.sampled_from(inner)),)
    return fields | draw(_HOLDERS[holding])


@st.composite
def portions(draw: DrawFn) -> Share:
    """Draw a share that is less than the whole."""
    low, high = sorted((draw(_SHARES), draw(_SHARES)))
    return Share(low=min(low, 0.75), high=high)


_HOLDERS: Mapping[str, SearchStrategy[dict[str, Any]]] = {
    "whole": st.fixed_dictionaries({"actor": _ACTORS}),
    "several": st.permutations(sorted(CITY.actors)).map(
        lambda actors: {"actor": tuple(actors[:2])}
    ),
    "nobody": st.just({}),
    "contested": st.just({"ground": "contested"}),
}
_OWN_FIELDS: Mapping[Kind, SearchStrategy[dict[str, Any]]] = {
    ControlChange: holdings(),
    Siege: st.fixed_dictionaries(
        {
            "place": st.sampled_from(("hill", "hill", "east")),
            "move": st.sampled_from(get_args(SiegeMove)),
            "by": st.none() | st.sampled_from(("government", "opposition", "militia")),
        }
    ),
    Condition: st.fixed_dictionaries(
        {
            "place": st.sampled_from(("hill", "hill", "east")),
            "subject": st.just("food"),
            "level": st.sampled_from(("strained", "critical")),
        }
    ),
    AidNegotiation: st.fixed_dictionaries(
        {
            "negotiation": st.just("corridor"),
            "party": st.sampled_from(("government", "government", "opposition")),
            "move": st.sampled_from(("accept", "reject")),
        }
    ),
}


@st.composite
def claims(draw: DrawFn, kind: Kind = ControlChange, first: int = 0) -> Event:
    """Draw a claim of some kind; its id is to be given by its log."""
    return kind(**draw(envelopes(first)), **draw(_OWN_FIELDS[kind]))


@st.composite
def told(draw: DrawFn, kind: Kind = ControlChange, max_size: int = 12) -> tuple[Event, ...]:
    """Draw a log of claims of one kind, told again, agreed with, denied, doubted and retracted."""
    log: list[Event] = []
    retracted: set[EventId] = set()
    for number, step in enumerate(draw(st.lists(_STEPS, min_size=1, max_size=max_size))):
        standing = [event for event in log if isinstance(event, kind) and event.id not in retracted]
        event = draw(_next(kind, step, standing))
        log.append(evolve(event, id=EventId(f"e{number:02}")))
        if isinstance(event, Retraction):
            retracted.add(event.target)
    return tuple(log)


@st.composite
def _next(draw: DrawFn, kind: Kind, step: str, standing: Sequence[Event]) -> Event:
    """Draw the next event of a log after some claims that stand."""
    if step == "claim" or not standing:
        return draw(claims(kind))
    earlier = draw(st.sampled_from(standing))
    if step == "again":
        return evolve(earlier, **draw(dates()))
    return draw(stances(earlier) if step == "stance" else retractions(earlier))


@st.composite
def stances(draw: DrawFn, about: Event) -> Statement:
    """Draw what a source says of a claim: mostly that it is not so."""
    said_on = _on_or_after(about, draw(_DELAYS))
    envelope = draw(envelopes()) | {"occurred": When(said_on), "reported": Moment(said_on)}
    topic = {"topic": "hill", "summary": "Says so."}
    return Statement(**envelope, stance=draw(_STANCES), about=(about.id,), **topic)


@st.composite
def retractions(draw: DrawFn, target: Event) -> Retraction:
    """Draw the retraction of an event, made public no earlier than it."""
    on = _on_or_after(target, draw(_DELAYS))
    dates = {"occurred": When(on), "reported": Moment(on)}
    return Retraction(
        id=EventId("x"), source=target.source, target=target.id, reason="An error.", **dates
    )


def _on_or_after(event: Event, delay: int) -> str:
    reported = event.reported.instant(CITY.zone).astimezone(CITY.zone).date()
    return (reported + timedelta(days=delay)).isoformat()
