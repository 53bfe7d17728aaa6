"""Subjects of an explanation as people name them: a place, a negotiation, a flow or a topic."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from timeline.domain.events import PlaceId
from timeline.errors import NothingFound, Problem, UsageError
from timeline.replay.engine import effects_of
from timeline.replay.projection import Projection
from timeline.reports.explanations import Explained
from timeline.reports.queries import Asked, projection_of
from timeline.timeline import Timeline

LISTED = 8
"""The number of subjects that are named where nobody spoke of the one asked about."""


class Subject(NamedTuple):
    """Exactly one of a place, a negotiation, a flow and a topic; `question` is about the place."""

    place: str | None = None
    negotiation: str | None = None
    flow: Sequence[str] | None = None
    topic: str | None = None
    question: str | None = None

    def check(self) -> None:
        """Raise `UsageError` where not exactly one thing is asked about."""
        named = [self.place, self.negotiation, self.flow, self.topic].count(None) == 3
        if not named or (self.question is not None and self.place is None):
            expected = (
                "one of PLACE, --aid NEGOTIATION, --flow ORIGIN DESTINATION and --topic TOPIC"
            )
            found, hint = "no one answer to explain", "--of goes with PLACE"
            raise UsageError(Problem(found, expected, hint=hint))


class _Sought(NamedTuple):
    """The keys of a projection that are asked about, and what they are called."""

    projection: Projection[Any, Any, Any]
    wants: Callable[[Any], bool]
    name: str


def explained(asked: Asked, subject: Subject) -> list[Explained]:
    """Return the reasons for the answers about a subject.

    Raises `NothingFound` where nobody spoke of the subject, and `UsageError` where it is none.
    """
    subject.check()
    sought, timeline = _sought(asked.timeline, subject), asked.timeline
    explanations = (
        timeline.explain(sought.projection, key, asked.cut, policy=asked.policy)
        for key in _keys(timeline, sought)
    )
    return [Explained.of(explanation, asked.report) for explanation in explanations]


def explained_json(asked: Asked, explanations: Sequence[Explained]) -> dict[str, Any]:
    """Return explanations and their origin as one JSON object."""
    return asked.json({"explained": [explanation.json() for explanation in explanations]})


def _sought(timeline: Timeline, subject: Subject) -> _Sought:
    negotiation, topic = subject.negotiation, subject.topic
    if negotiation is not None:
        aid = projection_of("aid", timeline)
        return _Sought(aid, lambda key: key[0] == negotiation, f"a negotiation {negotiation}")
    if topic is not None:
        statements = projection_of("statements", timeline)
        return _Sought(statements, lambda key: key == topic, f"a topic {topic}")
    if subject.flow is not None:
        return _sought_flow(timeline, *subject.flow)
    return _sought_place(timeline, subject.place or "", subject.question)


def _sought_flow(timeline: Timeline, *ends: str) -> _Sought:
    route = tuple(_end_of_flow(timeline, end) for end in ends)
    displacement, name = projection_of("displacement", timeline), f"a flow from {' to '.join(ends)}"
    return _Sought(displacement, lambda key: key == route, name)


def _end_of_flow(timeline: Timeline, typed: str) -> PlaceId | None:
    return None if typed == "-" else timeline.city.place(typed).id


def _sought_place(timeline: Timeline, typed: str, question: str | None) -> _Sought:
    place = timeline.city.place(typed).id
    projection = projection_of(question, timeline)
    if not any(map(projection.places, _spoken_keys(projection, timeline))):
        found, hint = f"{projection.name} of {place}", "--aid NEGOTIATION or --topic TOPIC"
        raise UsageError(Problem(found, "a question about places", hint=hint))
    name = f"{projection.name} in {place}"
    return _Sought(projection, lambda key: place in projection.places(key), name)


def _keys(timeline: Timeline, sought: _Sought) -> list[Any]:
    """Return the keys that are asked about; raise `NothingFound` where nobody spoke of any."""
    projection = sought.projection
    spoken = _spoken_keys(projection, timeline)
    if keys := list(filter(sought.wants, spoken)):
        return keys
    labels = ", ".join(projection.presentation.label(key, timeline.city) for key in spoken[:LISTED])
    hint = f"there are {labels}" if labels else ""
    raise NothingFound(Problem(f"nobody spoke of {sought.name}", hint=hint))


def _spoken_keys(projection: Projection[Any, Any, Any], timeline: Timeline) -> list[Any]:
    """Return the keys that a projection has answers for, at any cut."""
    by_id = {timed.event.id: timed for timed in timeline.timed_events}
    spoken = {
        effect.key
        for timed in by_id.values()
        for _, effect in effects_of((projection,), timed, by_id.get)
    }
    due = list(projection.keys(timeline.city))
    return [*due, *sorted(spoken - set(due), key=str)]
