"""One event in one sentence, for lists: what it says, without who says so."""

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


@singledispatch
def describe(event: Event, city: City) -> str:
    """Return what an event of ids says, in a sentence without its source."""
    raise TypeError(f"no description of {type(event).__name__}")


@describe.register
def _(event: ControlChange, city: City) -> str:
    who = (
        actor(event.actor, city)
        if event.actor
        else event.ground
        if event.ground == "contested"
        else "nobody"
    )
    part = (
        "" if event.extent is None else f" ({phrases.share(event.extent.least, event.extent.most)})"
    )
    return f"{place(event.place, city)}{' →' if event.how == 'change' else ':'} {who}{part}{'' if event.how == 'change' else ', as seen'}"


@describe.register
def _(event: Displacement, city: City) -> str:
    origin = f" from {place(event.origin, city)}" if event.origin else ""
    parts = f" ({', '.join(place(part, city) for part in event.parts)})" if event.parts else ""
    destination = f" to {place(event.destination, city)}" if event.destination else ""
    number = phrases.number_of(event.people, "people") if event.people else "people"
    return f"{number}{origin}{parts}{destination}{_measured(event.measure)}"


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
    numbers = [
        f"{phrases.number_of(e, group)} {name}"
        for name, e in (("killed", event.killed), ("injured", event.injured))
        if e
    ]
    cause = f" ({event.cause})" if event.cause else ""
    return f"{place(event.place, city)}: {', '.join(numbers)}{cause}{_measured(event.measure)}"


@describe.register
def _(event: Siege, city: City) -> str:
    by = f", by {actor(event.by, city)}" if event.by else ""
    trapped = f", {people(event.trapped)} trapped" if event.trapped else ""
    return f"{place(event.place, city)}: {SIEGE_MOVES[event.move]}{by}{trapped}"


@describe.register
def _(event: Condition, city: City) -> str:
    return f"{place(event.place, city)}: {event.subject} {event.level}{f': {event.summary}' if event.summary else ''}"


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


def _measured(measure: str) -> str:
    return (
        "" if measure == "flow" else " in all so far" if measure == "cumulative" else " there now"
    )
