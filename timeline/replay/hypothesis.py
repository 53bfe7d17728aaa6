"""Hypotheses: timelines with events added or left out, asked like any other and never written.

Added events obey the rules of the log. Events left out count as never recorded: retractions among
them withdraw nothing, and statements about them have no effect.
"""

from typing import Any

from attrs import frozen

from timeline.domain.events import Event, EventId, SourceId


@frozen(kw_only=True)
class Hypothesis:
    """The suppositions of a hypothetical timeline; `added` has only events that the log lacks."""

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
