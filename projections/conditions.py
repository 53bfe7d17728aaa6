"""How people fare: the level of food, water, hospitals and the like in each place."""

from collections.abc import Hashable, Iterable, Mapping

from attrs import frozen

from timeline.domain.choices import Level, Subject
from timeline.domain.events import Condition, PlaceId, Statement
from timeline.domain.timed_event import TimedEvent
from timeline.replay.answers import Grounds, settled
from timeline.replay.cells import Head, Value
from timeline.replay.projection import (
    Cells,
    ClaimProjection,
    Context,
    Effect,
    Presentation,
    Reader,
    assertion,
    claims,
)
from timeline.text.document import Brief

PlaceSubject = tuple[PlaceId, Subject]


@frozen
class State(Value):
    """That something is at a level; as far as the log can tell, nobody's cause is served by it."""

    level: Level
    summary: str | None

    def substance(self, head: Head) -> Level:
        """Return the level."""
        return self.level


@frozen(kw_only=True)
class Faring(Grounds):
    """The level of one thing in one place, None if unknown, and the leading report's summary."""

    level: Level | None
    summary: str | None


Conditions = Mapping[PlaceId, Mapping[Subject, Faring]]
"""The conditions by place and subject."""


class ConditionsProjection(ClaimProjection[PlaceSubject, Faring, Conditions]):
    """The level of each thing that people need, in each place."""

    name = "conditions"
    listens = (Condition, Statement)
    values = (State,)

    def asserted(self, timed: TimedEvent) -> Iterable[Effect]:
        """Yield the claim that a condition makes."""
        event = timed.event
        assert isinstance(event, Condition)
        key, state = (event.place, event.subject), State(event.level, event.summary)
        yield assertion(timed, key, "change", "level", state, subject=event.place)

    def read(self, key: PlaceSubject, cells: Cells, context: Context) -> Faring:
        """Return how one thing fares in one place."""
        state: State | None
        state, grounds = settled(claims(cells), context)
        level, summary = (state.level, state.summary) if state else (None, None)
        return Faring(level=level, summary=summary, **grounds.given())

    def substance(self, answer: Faring) -> Hashable:
        """Return the level."""
        return answer.level

    def gather(self, answers: Mapping[PlaceSubject, Faring], context: Context) -> Conditions:
        """Return the conditions by place and subject."""
        places: dict[PlaceId, dict[Subject, Faring]] = {}
        for (place, subject), faring in answers.items():
            places.setdefault(place, {})[subject] = faring
        return places

    def places(self, key: PlaceSubject) -> Iterable[PlaceId]:
        """Return the place."""
        return (key[0],)

    @property
    def presentation(self) -> Presentation[PlaceSubject, Faring, Conditions]:
        """The conditions in words."""
        return Presentation(
            brief=brief,
            label=lambda key, city: f"{city.places[key[0]].name}, {key[1]}",
            words=lambda faring, _: faring.level or "unknown",
        )


def brief(section: Conditions, reader: Reader) -> Iterable[Brief]:
    """Yield how people fare, a line for each place."""
    lines = tuple(_line(place, subjects, reader) for place, subjects in section.items())
    if lines:
        yield Brief("Conditions", lines)


def _line(place: PlaceId, subjects: Mapping[Subject, Faring], reader: Reader) -> str:
    return f"{reader.city.places[place].name}: {'; '.join(_levels(subjects, reader))}"


def _levels(subjects: Mapping[Subject, Faring], reader: Reader) -> Iterable[str]:
    """Yield the subjects of each level together, with who says so."""
    by_level: dict[str, dict[Subject, Faring]] = {}
    for subject, faring in subjects.items():
        level = reader.how_sure(faring.level or "unknown", faring.certain)
        by_level.setdefault(level, {})[subject] = faring
    for level, alike in by_level.items():
        voices = reader.voices(id for faring in alike.values() for id in faring.because)
        disputed = " (disputed)" if any(faring.against for faring in alike.values()) else ""
        heard = max(
            (faring.last_heard for faring in alike.values() if faring.last_heard), default=None
        )
        yield f"{', '.join(alike)} {level}{disputed} – {voices}{reader.aged(heard)}"


PROJECTION = ConditionsProjection()
