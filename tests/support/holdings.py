"""Reports on who holds the hill, and the answer about control by a log of them."""

from typing import Any

from strategies import CITY

from projections.control import PROJECTION, Control
from timeline.domain.events import (
    ControlChange,
    Event,
    EventId,
    Retraction,
    Share,
    SourceId,
    Statement,
)
from timeline.domain.timed_event import timed
from timeline.log.admission import admit
from timeline.replay import engine
from timeline.replay.policies import POLICIES
from timeline.replay.projection import Context
from timeline.temporal.as_of import AsOf
from timeline.temporal.dates import Moment, When


def took(
    id: str,
    voice: str,
    actor: str | None,
    occurred: str = "2016-11-27",
    reported: str = "2016-11-28",
    share: Any = None,
    **own: Any,
) -> ControlChange:
    """Return a report that an actor took the hill, or a share of it: one number or two."""
    low, high = share if isinstance(share, tuple) else (share, share)
    own = {
        "place": "hill",
        "actor": actor,
        "extent": None if share is None else Share(low=low, high=high),
    } | own
    return ControlChange(
        id=EventId(id),
        source=SourceId(voice),
        occurred=When(occurred),
        reported=Moment(reported),
        **own,
    )


def fought_over(
    id: str, voice: str, occurred: str = "2016-11-27", reported: str = "2016-11-28"
) -> ControlChange:
    """Return a report that the hill is fought over."""
    return took(id, voice, None, occurred, reported, ground="contested")


def retracting(target: str, reported: str) -> Retraction:
    """Return the retraction of an event, by the monitor."""
    return Retraction(
        id=EventId(f"not-{target}"),
        source=SourceId("monitor"),
        occurred=When(reported),
        reported=Moment(reported),
        target=EventId(target),
        reason="An error.",
    )


def says(stance: str, id: str, voice: str, about: str, reported: str = "2016-11-28") -> Statement:
    """Return a statement about a report."""
    envelope = {
        "id": EventId(id),
        "source": SourceId(voice),
        "occurred": When(reported),
        "reported": Moment(reported),
    }
    return Statement(
        **envelope, stance=stance, about=(EventId(about),), topic="hill", summary="Says so."
    )


def control(
    *log: Event,
    place: str = "hill",
    at: str = "2016-12-31",
    known: str | None = None,
    policy: str = "latest",
) -> Control:
    """Return who holds a place, by a log."""
    cut = AsOf.parse(at, known, zone=CITY.zone)
    events = [timed(admit(event, CITY), CITY.zone, number) for number, event in enumerate(log, 1)]
    facts = engine.visible(events, cut)
    editions = engine.editions(facts.values(), CITY, cut.instant)
    context = Context(CITY, cut, POLICIES[policy], editions)
    cells = engine.replay(PROJECTION, facts.values(), facts.get, cut.instant)
    return engine.answer(PROJECTION, cells, context)[place]


def shares(answer: Control) -> dict[str, tuple[float, float]]:
    """Return the shares of an answer by actor."""
    return {share.actor: (round(share.low, 4), round(share.high, 4)) for share in answer.shares}


OURS = took("ours", "paper", "opposition", "2012", "2013")
"""The Paper said long ago that the opposition took the hill."""
TOOK = took("took", "monitor", "government")
HALF = took("half", "monitor", "government", share=0.5)
WEEKEND = took("weekend", "monitor", "government", "2016-11-26/2016-11-27")
EAST = took("east", "paper", "opposition", "2012", "2016-11-28", place="east")
OWN = took("own", "state-tv", "government")
