"""An event-sourced timeline of a city at war: who held a place when, as it was known when, who says so and who disputes it.

The front door is `Timeline`; the questions it answers are in the package `projections`, which this one never imports:

    from projections import CONTROL, PROJECTIONS
    from timeline import PlaceId, Timeline

    aleppo = Timeline.open("events.jsonl", PROJECTIONS)
    state = aleppo.state(at="2016-11-28", known="2016-11-28")
    state[CONTROL][PlaceId("sakhour")].holder
"""

from timeline.errors import InvalidEvent, InvalidLog, NothingFound, Problem, TimelineError, UsageError
from timeline.events import ActorId, EventId, PlaceId, SourceId
from timeline.state import State
from timeline.timeline import Timeline
from timeline.when import Cut, Moment, When, Window

__all__ = [
    "ActorId",
    "Cut",
    "EventId",
    "InvalidEvent",
    "InvalidLog",
    "Moment",
    "NothingFound",
    "PlaceId",
    "Problem",
    "SourceId",
    "State",
    "Timeline",
    "TimelineError",
    "UsageError",
    "When",
    "Window",
]
