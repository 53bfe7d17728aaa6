"""Assessments of a city with known areas, and the reports that they are compared with."""

from collections.abc import Sequence
from typing import Any

from attrs import evolve
from strategies import CITY

from projections import CONTROL
from timeline.analysis.assessments import Finding, assess
from timeline.domain.city import City
from timeline.domain.events import Assessment, ControlChange, Event, EventId, Share
from timeline.domain.timed_event import TimedEvent, timed
from timeline.log.admission import admit
from timeline.replay.policies import POLICIES
from timeline.replay.projection import Context
from timeline.temporal.as_of import AsOf
from timeline.temporal.dates import Moment, When

AREAS = {"hill": 3.0, "market": 1.0, "quarry": 2.0, "garden": 0.5, "station": 4.0}
PLACES = {id: evolve(place, area=AREAS.get(id)) for id, place in CITY.places.items()}
SURVEYED = evolve(CITY, places=PLACES)
"""The city of the other tests, each district with its area in km²."""
DISTRICTS = {"east": ("hill", "market", "quarry"), "west": ("garden", "station"), "hill": ("hill",)}
LATE = "2016-12-31"


def dated(log: Sequence[Event]) -> list[TimedEvent]:
    return [timed(admit(event, SURVEYED), SURVEYED.zone) for event in log]


def context(cut: AsOf | None = None, policy: str = "latest", city: City = SURVEYED) -> Context:
    return Context(city, cut or AsOf(), POLICIES[policy])


def found(log: Sequence[Event], **read: Any) -> Finding:
    """Return the one finding of a log."""
    (finding,) = assess(dated(log), CONTROL, context(**read))
    return finding


def held(place: str, occurred: str, low: float = 1, high: float = 1, **own: Any) -> ControlChange:
    """Return a report that the opposition, or another, came to hold a share of a place."""
    id = EventId(f"{place}-{occurred.replace('/', '-').replace('..', 'x').lower()}")
    given: dict[str, Any] = {"id": id, "place": place, "occurred": When(occurred)}
    given |= {"reported": Moment(LATE), "source": "paper"}
    if own.get("actor", True) and "ground" not in own:
        given |= {"actor": "opposition", "extent": Share(low=low, high=high)}
    return ControlChange(**given | own)


def says(low: float | None = None, high: float | None = None, **own: Any) -> Assessment:
    """Return an assessment of the first of July: what the opposition lost in the east since May."""
    given = {
        "id": EventId("says"),
        "occurred": When("2016-07-01"),
        "reported": Moment(LATE),
        "source": "monitor",
        "actor": "opposition",
        "measure": "share_lost",
        "since": When("2016-05-01"),
        "place": "east",
        "share": Share(low=low, high=high),
    }
    return Assessment(**given | own)
