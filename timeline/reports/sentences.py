"""Events in one sentence each, without their source, for lists."""

from collections.abc import Iterable
from functools import singledispatch

from timeline.domain.city import City
from timeline.domain.events import (
    ActorId,
    AidNegotiation,
    Assessment,
    Casualties,
    Condition,
    ControlChange,
    Displacement,
    Estimate,
    Event,
    PlaceId,
    Retraction,
    Siege,
    Statement,
)
from timeline.text import phrases

SIEGE_MOVES = {
    "begin": "siege begins",
    "tighten": "siege tightens",
    "open_corridor": "a corridor opens",
    "close_corridor": "a corridor closes",
    "lift": "siege is lifted",
}
STANCES = {
    "agree": "confirms {}",
    "disagree": "denies {}",
    "unclear": "calls {} unclear",
    "comment": "on {}",
    "predict": "expects, on {}",
}
MEASURES = {"flow": "", "cumulative": " in all so far", "stock": " there now"}


@singledispatch
def describe(event: Event, city: City) -> str:
    """Return an event, its names as ids, in a sentence without its source."""
    raise TypeError(f"no description of {type(event).__name__}")


@describe.register
def _(event: ControlChange, city: City) -> str:
    where, who, extent = place(event.place, city), _holder(event, city), event.extent
    part = f" ({phrases.share(extent.least, extent.most)})" if extent is not None else ""
    if event.excepting:
        where += f" without {_listed(place(part, city) for part in event.excepting)}"
    if event.how == "change":
        return f"{where} → {who}{part}"
    seen = "as seen" if event.how == "observation" else "throughout"
    return f"{where}: {who}{part}, {seen}"


@describe.register
def _(event: Displacement, city: City) -> str:
    number = phrases.number_of(event.people, "people") if event.people else "people"
    origin = f" from {place(event.origin, city)}" if event.origin else ""
    parts = ", ".join(place(part, city) for part in event.parts)
    within = f" ({parts})" if parts else ""
    destination = f" to {place(event.destination, city)}" if event.destination else ""
    return f"{number}{origin}{within}{destination}{MEASURES[event.measure]}"


@describe.register
def _(event: Statement, city: City) -> str:
    about = ", ".join(event.about) if event.about else event.topic
    return f"{STANCES[event.stance].format(about)}: {event.summary}"


@describe.register
def _(event: AidNegotiation, city: City) -> str:
    terms = f": {event.terms}" if event.terms else ""
    return f"{event.negotiation}: {actor(event.party, city)} {event.move.replace('_', ' ')}{terms}"


@describe.register
def _(event: Casualties, city: City) -> str:
    group = "" if event.group == "unspecified" else event.group
    harms = {"killed": event.killed, "injured": event.injured}
    numbers = ", ".join(
        f"{phrases.number_of(number, group)} {harm}" for harm, number in harms.items() if number
    )
    cause = f" ({event.cause})" if event.cause else ""
    return f"{place(event.place, city)}: {numbers}{cause}{MEASURES[event.measure]}"


@describe.register
def _(event: Siege, city: City) -> str:
    by = f", by {actor(event.by, city)}" if event.by else ""
    trapped = f", {people(event.trapped)} trapped" if event.trapped else ""
    return f"{place(event.place, city)}: {SIEGE_MOVES[event.move]}{by}{trapped}"


@describe.register
def _(event: Condition, city: City) -> str:
    summary = f": {event.summary}" if event.summary else ""
    return f"{place(event.place, city)}: {event.subject} {event.level}{summary}"


@describe.register
def _(event: Assessment, city: City) -> str:
    since = f" since {phrases.date(event.since)}" if event.since else ""
    verb = "held" if event.measure == "share_held" else "lost"
    share = phrases.share(event.share.least, event.share.most)
    return f"{actor(event.actor, city)} {verb} {share} of {place(event.place, city)}{since}"


@describe.register
def _(event: Retraction, city: City) -> str:
    return f"withdraws {event.target}: {event.reason}"


def place(id: PlaceId, city: City) -> str:
    """Return the name of a place."""
    return city.places[id].name


def actor(id: ActorId, city: City) -> str:
    """Return the label of an actor."""
    return city.actors[id].label


def people(estimate: Estimate) -> str:
    """Return an estimate in words."""
    return phrases.number_of(estimate)


def _holder(event: ControlChange, city: City) -> str:
    if event.actors:
        return _listed(actor(id, city) for id in event.actors)
    return "contested" if event.ground == "contested" else "nobody"


def _listed(names: Iterable[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last
