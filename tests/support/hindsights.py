"""Logs with a past, contexts in which they may be asked about it, and the plain replay."""

from collections.abc import Iterable, Sequence
from typing import Any

from attrs import evolve
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from strategies import CITY, cuts, cuts_around, logs

from timeline.domain.events import Event
from timeline.domain.timed_event import TimedEvent, timed
from timeline.replay import engine
from timeline.replay.policies import POLICIES
from timeline.replay.projection import Context, Projection
from timeline.temporal.as_of import AsOf

EVERY_POLICY = st.sampled_from(list(POLICIES.values()))


def dated(events: Iterable[Event]) -> list[TimedEvent]:
    """Return events with their clocks read and the numbers of their lines."""
    return [timed(event, CITY.zone, number) for number, event in enumerate(events, 1)]


@st.composite
def contexts(draw: DrawFn, log: Sequence[Event]) -> Context:
    """Draw a context in which a log may be asked about its past."""
    return Context(CITY, evolve(draw(cuts_around(log) | cuts()), at=None), draw(EVERY_POLICY))


def logs_of(projection: Projection[Any, Any, Any]) -> st.SearchStrategy[tuple[Event, ...]]:
    """Draw a log of events that a projection listens to, or of any."""
    return logs(kinds=projection.listens, max_size=12) | logs(max_size=12)


def answers_of(
    projection: Projection[Any, Any, Any], events: Sequence[TimedEvent], context: Context
) -> dict[Any, Any]:
    """Return the answers of the plain replay."""
    facts = engine.visible(events, context.cut)
    cells = engine.replay(projection, facts.values(), facts.get, context.cut.instant)
    return engine.read(projection, cells, context)


def known_by(events: Iterable[TimedEvent], cut: AsOf) -> list[TimedEvent]:
    """Return the events that had been recorded and made public by a cut."""
    recorded = engine.recorded_by(events, cut)
    return [fact for fact in recorded if cut.knows(fact.known)]
