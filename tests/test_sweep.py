"""The sweep: its changes, folded forward, are the answers of the plain replay, along every line of cuts that it follows."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject
from strategies import CITY, cuts, cuts_around, logs

from projections import PROJECTIONS
from timeline import engine, sweep
from timeline.answers import named, plain
from timeline.events import Event
from timeline.policies import POLICIES
from timeline.projection import Context, Dated, Projection
from timeline.sweep import Along, Change
from timeline.when import END_OF_TIME, PAST, TICK, Cut

EVERY_PROJECTION = pytest.mark.parametrize("projection", PROJECTIONS, ids=lambda projection: projection.name)
EVERY_LINE = pytest.mark.parametrize("along", ["valid", "known", "both"])


def dated(events: Sequence[Event]) -> list[Dated]:
    return [engine.dated(event, CITY.zone) for event in events]


@st.composite
def questions(draw: st.DrawFn, log: Sequence[Event]) -> Context:
    cut = draw(cuts_around(log) | cuts())
    return Context(CITY, cut, draw(st.sampled_from(list(POLICIES.values()))))


def along_line(cut: Cut, along: Along, instant: datetime) -> Cut:
    """Return the cut at an instant of a line; what the cut did not know, the line does not come to know."""
    known = instant if cut.known is None else min(instant, cut.known)
    return evolve(cut, **{"valid": {"at": instant}, "known": {"known": known}, "both": {"at": instant, "known": known}}[along])


def replayed(projection: Projection[Any, Any], events: Sequence[Dated], context: Context) -> str:
    """Return the section that the plain replay gives, as JSON text."""
    facts = engine.standing(events, context.cut)
    cells = engine.replay(projection, facts.values(), facts.get, context.cut.instant)
    return text(engine.answer(projection, cells, context))


def folded(projection: Projection[Any, Any], changes: Sequence[Change[Any]], context: Context, instant: datetime) -> str:
    """Return the section that the changes up to an instant come to."""
    empty = evolve(context, cut=evolve(context.cut, at=PAST))
    answers = {key: projection.read(key, {}, empty) for key in projection.keys(CITY)}
    for change in changes:
        if change.when <= instant:
            assert answers.get(change.key) == change.before != change.after
            answers[change.key] = change.after
    due = list(dict.fromkeys([*projection.keys(CITY), *sorted(answers, key=str)]))
    return text(projection.gather({key: answers[key] for key in due if answers[key] is not None}, context))


def text(section: Any) -> str:
    return json.dumps(plain(section, CITY.zone), sort_keys=True)


@EVERY_LINE
@EVERY_PROJECTION
@given(data=st.data())
def test_changes_folded_forward_are_the_state_at_and_between_them(projection, along: Along, data: DataObject):
    log = data.draw(logs(kinds=projection.listens, max_size=12) | logs(max_size=12))
    events, context = dated(log), data.draw(questions(log))
    changes = list(sweep.changes(projection, events, context, along=along))
    assert [change.when for change in changes] == sorted(change.when for change in changes)
    stops = sorted({change.when for change in changes})
    for stop in data.draw(st.lists(st.sampled_from(stops), max_size=2)) if stops else [END_OF_TIME]:
        for instant in around(stop):
            here = evolve(context, cut=along_line(context.cut, along, instant))
            assert folded(projection, changes, here, instant) == replayed(projection, events, here)


def around(stop: datetime) -> list[datetime]:
    """Return an instant, the ones beside it, and one between it and what comes after."""
    before = [] if stop == PAST else [stop - TICK]
    return [*before, stop, *([] if stop >= END_OF_TIME - timedelta(days=9) else [stop + TICK, stop + timedelta(days=9)])]


@EVERY_LINE
@EVERY_PROJECTION
@given(data=st.data())
def test_every_cause_is_an_event_of_the_log(projection, along: Along, data: DataObject):
    log = data.draw(logs(kinds=projection.listens, max_size=12) | logs(max_size=12))
    changes = list(sweep.changes(projection, dated(log), data.draw(questions(log)), along=along))
    ids = {event.id for event in log}
    for change in changes:
        assert change.because
        assert set(change.because) <= ids
        assert named(change.before) | named(change.after) <= ids
