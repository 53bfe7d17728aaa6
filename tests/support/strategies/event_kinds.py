"""One event of any type, with all that its envelope can hold."""

from collections.abc import Collection, Mapping
from functools import cache
from typing import Any, get_args

from attrs import evolve
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from strategies.city import CITY
from strategies.dates import occurrences, whens
from strategies.fields import (
    ACTORS,
    GRADES,
    PLACES,
    SOURCES,
    envelopes,
    estimates,
    shares,
)
from timeline.domain.choices import (
    AidMove,
    AssessmentMeasure,
    Group,
    How,
    Level,
    Measure,
    SiegeMove,
)
from timeline.domain.events import (
    EVENT_TYPES,
    AidNegotiation,
    Assessment,
    Casualties,
    Condition,
    ControlChange,
    Displacement,
    Event,
    EventId,
    Retraction,
    Siege,
    Statement,
)
from timeline.temporal.dates import Moment, When

KINDS = tuple(kind for kind in EVENT_TYPES if kind is not Retraction)
"""Every type that says something of the city."""

IDS = tuple(map(EventId, ("a", "b-1", "c.2", "sakhour-seized", "hill_held", "note:7")))


@st.composite
def _holdings(draw: DrawFn) -> dict[str, Any]:
    """Draw who holds a place, and what of it is left out.

    That is an actor, whole or in part, several together, or nobody, or nobody for the fighting.
    """
    place = draw(PLACES)
    fields: dict[str, Any] = {"place": place, "how": draw(_HOWS)}
    holding = draw(_HOLDINGS)
    if holding != "share":
        fields["excepting"] = draw(_INSIDE[CITY.place(place).id])
    match holding:
        case "whole":
            return fields | {"actor": draw(ACTORS)}
        case "several":
            return fields | {"actor": draw(_TOGETHER)}
        case "share":
            return fields | {"actor": draw(ACTORS), "extent": draw(shares())}
        case "contested":
            return fields | {"ground": "contested"}
    return fields


@st.composite
def _flights(draw: DrawFn) -> dict[str, Any]:
    """Draw how many fled from where to where.

    At least one of the two is given, and perhaps districts of the origin that were named.
    """
    origin, destination = draw(PLACES), draw(PLACES)
    ends = draw(_ENDS)
    fields = {"people": draw(_PEOPLE), "measure": draw(_MEASURES)}
    if ends != "origin":
        fields["destination"] = destination
    if ends != "destination":
        fields |= {"origin": origin, "parts": draw(_PARTS_OF[CITY.place(origin).id])}
    return fields


@st.composite
def _stances(draw: DrawFn) -> dict[str, Any]:
    """Draw a stance on some events; a comment or a prediction may be about none."""
    stance = draw(_STANCES)
    about: tuple[EventId, ...] = ()
    if stance not in {"comment", "predict"} or not draw(st.booleans()):
        about = draw(_SUBJECTS)
    return {"stance": stance, "about": about, "topic": draw(_TOPICS), "summary": "Says so."}


@st.composite
def _tolls(draw: DrawFn) -> dict[str, Any]:
    """Draw how many were killed or injured at a place."""
    headings = draw(_HEADINGS)
    fields = {"place": draw(PLACES), "group": draw(_GROUPS), "measure": draw(_TOLL_MEASURES)}
    return fields | {heading: draw(estimates()) for heading in headings}


def _words(kind: Any) -> SearchStrategy[str]:
    return st.sampled_from(get_args(kind))


_HOLDINGS = st.sampled_from(
    ("whole", "whole", "whole", "share", "share", "several", "nobody", "contested")
)
_TOGETHER = st.lists(
    ACTORS, min_size=2, max_size=3, unique_by=lambda name: CITY.actor(name).id
).map(tuple)
_ENDS = st.sampled_from(("both", "both", "origin", "destination"))
_HEADINGS = st.sampled_from((("killed",), ("injured",), ("killed", "injured")))
_SUBJECTS = st.lists(st.sampled_from(IDS), min_size=1, max_size=2).map(tuple)
_TOPICS = st.sampled_from(("hill", "aid"))
_PEOPLE = st.none() | estimates()
_HOWS, _MEASURES, _GROUPS = _words(How), _words(Measure), _words(Group)
_TOLL_MEASURES = st.sampled_from(("flow", "cumulative"))
_STANCES = st.sampled_from(("agree", "disagree", "disagree", "unclear", "comment", "predict"))
_PARTS_OF = {
    place: st.sampled_from([(), CITY.within(place)[-1:], CITY.within(place)[-2:]])
    for place in CITY.places
}

_INSIDE = {
    place: st.sampled_from([(), (), (), *((inner,) for inner in CITY.within(place)[1:])])
    for place in CITY.places
}
"""Places within a place, of which a sentence may leave one out."""

_OWN_FIELDS: Mapping[type[Event], SearchStrategy[dict[str, Any]]] = {
    ControlChange: _holdings(),
    Displacement: _flights(),
    Statement: _stances(),
    AidNegotiation: st.fixed_dictionaries(
        {
            "negotiation": st.sampled_from(("corridor", "un-plan")),
            "party": ACTORS,
            "move": _words(AidMove),
            "terms": st.sampled_from((None, "48 hours")),
        }
    ),
    Casualties: _tolls(),
    Siege: st.fixed_dictionaries(
        {
            "place": PLACES,
            "move": _words(SiegeMove),
            "by": st.none() | ACTORS,
            "trapped": _PEOPLE,
        }
    ),
    Condition: st.fixed_dictionaries(
        {
            "place": PLACES,
            "subject": st.sampled_from(("food", "hospitals")),
            "level": _words(Level),
            "summary": st.sampled_from((None, "Flour for two weeks.")),
        }
    ),
    Assessment: st.fixed_dictionaries(
        {
            "measure": _words(AssessmentMeasure),
            "actor": ACTORS,
            "place": PLACES,
            "share": shares(),
            "since": st.none() | whens().map(When),
        }
    ),
    Retraction: st.fixed_dictionaries(
        {"target": st.sampled_from(IDS), "reason": st.just("An error.")}
    ),
}
_CITED = {
    source: st.sampled_from([(), (), (), *((other,) for other in CITY.sources if other != source)])
    for source in CITY.sources
}
_REPLACED = st.sampled_from((None, EventId("replaced")))
_RECORDED = st.sampled_from((None, Moment("2018-01-01T00:00:00Z")))
_ENVELOPES = envelopes()


@st.composite
def events(draw: DrawFn, kinds: Collection[type[Event]] = KINDS) -> Event:
    """Draw one valid event, of some types or of any but retractions.

    Places, actors and sources stand in it by any of their names; `timeline.log.admission.admit`
    turns them into ids. The events that it refers to need not exist.
    """
    event = draw(bare_events(kinds))
    return evolve(
        event,
        id=draw(st.sampled_from(IDS)),
        supersedes=None if isinstance(event, Retraction) else draw(_REPLACED),
        recorded=draw(_RECORDED),
        **draw(_ENVELOPES),
    )


@cache
def _one_of(kinds: tuple[type[Event], ...]) -> SearchStrategy[type[Event]]:
    return st.sampled_from(kinds)


@st.composite
def bare_events(draw: DrawFn, kinds: Collection[type[Event]]) -> Event:
    """Draw an event whose envelope holds only a source, its grade and the dates."""
    kind = draw(_one_of(tuple(kinds)))
    occurred, reported = draw(occurrences())
    source = draw(SOURCES)
    envelope = {
        "id": EventId("x"),
        "occurred": occurred,
        "reported": reported,
        "source": source,
        "cites": draw(_CITED[CITY.source(source).id]),
        "grade": draw(GRADES),
    }
    return kind(**envelope, **draw(_OWN_FIELDS[kind]))
