"""Reports about one hill of the city of the tests, by hand."""

from typing import Any

from timeline.domain.events import (
    ControlChange,
    Displacement,
    Estimate,
    EventId,
    Retraction,
    Siege,
    Statement,
)
from timeline.temporal.dates import Moment, When


def took(
    id: str,
    source: str,
    actor: str | None = "government",
    occurred: str = "2016-11-27",
    reported: str = "2016-11-28",
    **own: Any,
) -> ControlChange:
    """Return a claim that an actor took the hill."""
    given = _envelope(id, source, occurred, reported) | {"place": "hill", "actor": actor}
    return ControlChange(**given | own)


def said(
    id: str, source: str, *about: str, stance: str = "disagree", reported: str = "2016-11-28"
) -> Statement:
    """Return a stance on some events."""
    envelope = _envelope(id, source, reported, reported)
    return Statement(**envelope, stance=stance, about=about, topic="hill", summary="Says so.")


def retracted(id: str, target: str, reported: str = "2016-11-29") -> Retraction:
    """Return a retraction of the monitor."""
    envelope = _envelope(id, "monitor", reported, reported)
    return Retraction(**envelope, target=EventId(target), reason="An error.")


def siege(id: str, source: str, move: str, occurred: str, reported: str, **own: Any) -> Siege:
    """Return a move in the siege of the east."""
    return Siege(**_envelope(id, source, occurred, reported), place="east", move=move, **own)


def fled(id: str, source: str = "relief", occurred: str = "2016-11-27") -> Displacement:
    """Return a hundred people who fled from the hill to the garden."""
    envelope = _envelope(id, source, occurred, "2016-11-28")
    people = Estimate(low=100, high=100)
    return Displacement(**envelope, origin="hill", destination="garden", people=people)


def _envelope(id: str, source: str, occurred: str, reported: str) -> dict[str, Any]:
    dates = {"occurred": When(occurred), "reported": Moment(reported)}
    return {"id": EventId(id), "source": source, **dates}
