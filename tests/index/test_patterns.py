"""Patterns: what an event does by the pattern of those that are alike is what it does by the plain way, whatever its envelope."""

from collections.abc import Iterable, Sequence
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject
from strategies import CITY, events, logs

from projections import CONTROL, PROJECTIONS
from timeline.domain.city import City
from timeline.domain.event_fields import fields_of, own_names
from timeline.domain.events import (
    EVENT_TYPES,
    ActorId,
    Event,
    EventId,
    PlaceId,
    SourceId,
    Statement,
    Text,
)
from timeline.domain.timed_event import TimedEvent, timed
from timeline.domain.words import words
from timeline.index.entries import Batch, batch_of, claims_of, counts_of
from timeline.index.entry import Making
from timeline.index.patterns import patterns
from timeline.replay.projection import Effect, Lookup
from timeline.temporal.dates import TICK, Window

MAKING = Making(CITY, PROJECTIONS)
"""What is kept in mind from one example to the next, as from one part of a log to the next."""
PLAIN = Making(CITY, [evolve(one, patterned=()) for one in PROJECTIONS])
PATTERNED = sorted(
    {kind for one in PROJECTIONS for kind in one.patterned}, key=lambda kind: kind.type
)


def rows(log: Sequence[Event], making: Making) -> dict[str, list[Any]]:
    """Return the batch of some events with nothing in it numbered as it happened to come, and the rows in one order."""
    return flat(batch_of([making.entry(timed(event, CITY.zone), 0) for event in log], making))


def flat(found: Batch) -> dict[str, list[Any]]:
    """Return a batch likewise."""
    named = {
        name: list(map(list, getattr(found, name))) for name in ("events", "withdraws", "mentions")
    }
    rows = {
        "claims": told(found, claims_of(found), found.sayings),
        "counts": told(found, counts_of(found)),
    }
    return (
        rows
        | named
        | {"bare": list(found.bare), "words": [set(text.split()) for text in found.words]}
    )


def told(
    found: Batch, shares: Iterable[tuple[int, Iterable[Iterable[Any]]]], sayings: Sequence[str] = ()
) -> list[Any]:
    every = ((number, row) for number, columns in shares for row in zip(*columns))  # noqa: B905  # some go on
    return sorted(
        (
            (number, found.places[cell], *rest, sayings[last] if sayings else last)
            for number, (cell, *rest, last) in every
        ),
        key=repr,
    )


@pytest.mark.parametrize("kind", PATTERNED, ids=lambda kind: kind.type)
@given(data=st.data())
def test_events_alike_in_their_own_fields_have_one_pattern(kind, data: DataObject):
    """Whoever says it, of whatever time, known whenever, with any grade and remarks."""
    first, *others = map(
        CITY.canonical, data.draw(st.lists(events(kinds=(kind,)), min_size=2, max_size=4))
    )
    own = {name: getattr(first, name) for name in own_names(kind)}
    alike = [first, *(evolve(other, **own) for other in others)]
    log = [
        evolve(event, id=EventId(f"e-{number}"), supersedes=None)
        for number, event in enumerate(alike)
    ]
    assert len({MAKING.pattern(event) for event in log}) == 1
    assert rows(log, MAKING) == rows(log, PLAIN)


@given(log=logs())
def test_a_batch_by_patterns_is_the_plain_one(log):
    assert rows(log, MAKING) == rows(log, PLAIN)


def test_what_is_about_other_events_has_no_pattern():
    assert {kind for one in PROJECTIONS for kind in one.patterned} < set(EVENT_TYPES) - {Statement}
    assert all(set(one.patterned) <= set(one.listens) for one in PROJECTIONS)


def _of_the_day_before(fact: TimedEvent, lookup: Lookup) -> Iterable[Effect]:
    for effect in CONTROL.effects(fact, lookup):
        yield effect._replace(window=Window(effect.window.earliest - TICK, effect.window.latest))


def _by_another(fact: TimedEvent, lookup: Lookup) -> Iterable[Effect]:
    yield from (effect._replace(voice="monitor") for effect in CONTROL.effects(fact, lookup))


@pytest.mark.parametrize("effects", [_of_the_day_before, _by_another])
@given(data=st.data())
def test_a_projection_that_declares_what_is_not_so_is_told(effects, data: DataObject):
    """A window or a voice of its own would be lost in a pattern."""
    event = data.draw(events(kinds=CONTROL.patterned))
    with pytest.raises(TypeError, match="control makes of control_change"):
        patterns([evolve(CONTROL, effects=effects)])(event)


def words_of(event: Event, city: City) -> set[str]:
    """Return the words of an event by the plain definition: of its texts, and of all names of its places, actors and source."""
    found = [getattr(event, name) for name in fields_of(type(event), Text)]
    for kind, known in ((PlaceId, city.places), (ActorId, city.actors), (SourceId, city.sources)):
        for value in (getattr(event, name) for name in fields_of(type(event), kind)):
            ids = value if isinstance(value, tuple) else (value,)
            found += [name for id in ids if id for name in known[id].names]
    return {word for text in found if text for word in words(text)}


@given(event=events())
def test_the_words_of_a_batch_are_those_of_the_event(event):
    event = CITY.canonical(event)
    assert set(MAKING.words(event).split()) == words_of(event, CITY)
