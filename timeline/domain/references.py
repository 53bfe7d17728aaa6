"""The events that an event refers to: what it is about, what it withdraws, and where it says so."""

from collections.abc import Iterator

from timeline.domain.events import Event, EventId, Retraction, Statement


def withdraws(event: Event) -> EventId | None:
    """Return the event that an event retracts or replaces, if any."""
    return event.target if isinstance(event, Retraction) else event.supersedes


def about(event: Event) -> tuple[EventId, ...]:
    """Return the events that an event is about, on which what it effects depends."""
    return event.about if isinstance(event, Statement) else ()


def references(event: Event) -> Iterator[tuple[str, EventId]]:
    """Yield the events that an event refers to, each with the path of the field that does."""
    if event.supersedes is not None:
        yield "$.supersedes", event.supersedes
    if isinstance(event, Retraction):
        yield "$.target", event.target
    if isinstance(event, Statement):
        yield from ((f"$.about[{index}]", about) for index, about in enumerate(event.about))
