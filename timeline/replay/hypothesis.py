"""Hypotheses: timelines with events added or left out, asked like any other and never written.

Events are added under the rules by which the log would take them, so the answers are those that it
would give had they been appended. Events left out are left out as if nobody had ever recorded them:
retractions among them withdraw nothing, and statements about them have no effect.
"""

from typing import Any

from attrs import frozen

from timeline.domain.events import Event, EventId, SourceId


@frozen(kw_only=True)
class Hypothesis:
    """The suppositions of a hypothetical timeline.

    Attributes:
        added: the events added, those that the log holds already left out.
        without_sources: the sources none of whose events count.
        without_events: the events that do not count.
    """

    added: tuple[Event, ...] = ()
    without_sources: tuple[SourceId, ...] = ()
    without_events: tuple[EventId, ...] = ()

    def keeps(self, event: Event) -> bool:
        """Return whether an event counts."""
        return event.source not in self.without_sources and event.id not in self.without_events

    def json(self) -> dict[str, Any]:
        """Return the hypothesis as JSON values."""
        return {
            "with": [event.id for event in self.added],
            "without_sources": list(self.without_sources),
            "without_events": list(self.without_events),
        }
