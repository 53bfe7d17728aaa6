"""How people fare: the level of food, water, hospitals and the like in each place."""

from collections.abc import Iterable, Mapping

from attrs import frozen

from timeline.domain.events import Condition, Level, PlaceId, Statement, Subject
from timeline.domain.timed_event import TimedEvent
from timeline.replay.answers import Grounds, settled, verdict_on
from timeline.replay.cells import Value
from timeline.replay.policies import Verdict
from timeline.replay.projection import (
    Cells,
    Context,
    Effect,
    Lookup,
    Projection,
    Reader,
    assertion,
    claims,
    stances,
)
from timeline.text.document import Brief

PlaceSubject = tuple[PlaceId, Subject]


@frozen
class State(Value):
    """That something is at a level; as far as the log can tell, nobody's cause is served by it."""

    level: Level
    summary: str | None

    @property
    def stand(self) -> Level:
        """The level."""
        return self.level


@frozen(kw_only=True)
class Faring(Grounds):
    """The level of one thing in one place, None if unknown, and the leading report's summary."""

    level: Level | None
    summary: str | None


def effects(fact: TimedEvent, lookup: Lookup) -> Iterable[Effect]:
    """Yield a position for a condition, or for each condition that a statement is about."""
    event = fact.event
    if isinstance(event, Condition):
        key = event.place, event.subject
        state = State(event.level, event.summary)
        yield assertion(fact, key, "change", ("level",), state, subject=event.place)
    else:
        yield from stances(fact, lookup, effects)


def read(key: PlaceSubject, cells: Cells, context: Context) -> Faring:
    """Return how one thing fares in one place."""
    state: State | None
    state, grounds = settled(claims(cells), context)
    level, summary = (state.level, state.summary) if state else (None, None)
    return Faring(level=level, summary=summary, **grounds.given())


def judge(key: PlaceSubject, cells: Cells, context: Context) -> tuple[Verdict[State], ...]:
    """Return the verdict on a level."""
    return (verdict_on(claims(cells), context),)


def gather(
    answers: Mapping[PlaceSubject, Faring], context: Context
) -> Mapping[PlaceId, Mapping[Subject, Faring]]:
    """Return the conditions by place and subject."""
    places: dict[PlaceId, dict[Subject, Faring]] = {}
    for (place, subject), faring in answers.items():
        places.setdefault(place, {})[subject] = faring
    return places


def brief(section: Mapping[PlaceId, Mapping[Subject, Faring]], reader: Reader) -> Iterable[Brief]:
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
        disputed = any(faring.against for faring in alike.values())
        yield f"{', '.join(alike)} {level}{' (disputed)' if disputed else ''} – {voices}"


PROJECTION = Projection(
    name="conditions",
    listens=(Condition, Statement),
    effects=effects,
    read=read,
    gather=gather,
    brief=brief,
    label=lambda key, city: f"{city.places[key[0]].name}, {key[1]}",
    words=lambda faring, _: faring.level or "unknown",
    substance=lambda faring: faring.level,
    judge=judge,
    places=lambda key: (key[0],),
    values=(State,),
)
