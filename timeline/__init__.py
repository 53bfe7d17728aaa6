"""An event-sourced timeline of a city at war: who held a place when, as known when, by whom.

The front door is `Timeline`; the questions it answers are in the package `projections`, which this
one never imports:

    from projections import CONTROL, PROJECTIONS
    from timeline import PlaceId, Timeline

    aleppo = Timeline.open("events.jsonl", PROJECTIONS)
    state = aleppo.state(at="2016-11-28", known="2016-11-28")
    state[CONTROL][PlaceId("sakhour")].holder
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from timeline.domain.events import ActorId, EventId, PlaceId, SourceId
    from timeline.errors import (
        InvalidEvent,
        InvalidLog,
        NothingFound,
        Problem,
        TimelineError,
        UsageError,
    )
    from timeline.replay.state import State
    from timeline.temporal.as_of import AsOf
    from timeline.temporal.dates import Moment, When, Window
    from timeline.timeline import Timeline

__all__ = [
    "ActorId",
    "AsOf",
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

_MODULES = {
    "errors": (
        "InvalidEvent",
        "InvalidLog",
        "NothingFound",
        "Problem",
        "TimelineError",
        "UsageError",
    ),
    "domain.events": ("ActorId", "EventId", "PlaceId", "SourceId"),
    "replay.state": ("State",),
    "timeline": ("Timeline",),
    "temporal.as_of": ("AsOf",),
    "temporal.dates": ("Moment", "When", "Window"),
}
"""The module of each name, imported when it is asked for: no part waits for all of it."""


def __getattr__(name: str) -> Any:
    from importlib import import_module

    for module, names in _MODULES.items():
        if name in names:
            return getattr(import_module(f"timeline.{module}"), name)
    raise AttributeError(f"module 'timeline' has no attribute {name!r}")
