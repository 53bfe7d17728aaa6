"""Lifetimes: in which spans of knowledge an event stands, and which events begin and end them."""

import pytest
from attrs import evolve
from holdings import retracting, says, took
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject
from strategies import CITY, cuts, cuts_around, logs

from projections import CONTROL
from timeline.domain.events import Event, EventId
from timeline.domain.timed_event import timed
from timeline.replay import engine
from timeline.replay.lifetimes import EventLifetime, effect_lifetimes, withdrawn_spans
from timeline.temporal.as_of import AsOf
from timeline.temporal.dates import END_OF_TIME

FIRST = took("a", "monitor", "government", reported="2016-12-01")


def replacing(id: str, replaced: str, reported: str) -> Event:
    return evolve(
        took(id, "monitor", "opposition", reported=reported), supersedes=EventId(replaced)
    )


def lifetimes(*log: Event) -> dict[str, EventLifetime]:
    events = [timed(event, CITY.zone) for event in log]
    withdrawn = withdrawn_spans(events)
    return {
        fact.event.id: EventLifetime.of(fact, withdrawn.get(fact.event.id, ())) for fact in events
    }


def spans(id: str, *log: Event) -> list[tuple[str, str]]:
    """Return by which events each span of an event began and ended."""
    return [(begun.by, ended.by) for begun, ended in lifetimes(*log)[id].spans]


def test_most_events_have_one_span():
    assert spans("a", FIRST) == [("a", "")]
    assert spans("a", FIRST, retracting("a", "2016-12-03")) == [("a", "not-a")]


def test_an_event_has_another_span_from_the_retraction_of_what_replaced_it():
    log = (FIRST, replacing("b", "a", "2016-12-03"), retracting("b", "2016-12-05"))
    assert spans("a", *log) == [("a", "b"), ("not-b", "")]
    assert spans("a", *log, replacing("c", "a", "2016-12-07")) == [("a", "b"), ("not-b", "c")]


@pytest.mark.parametrize("again", ["2016-12-04", "2016-12-05"])
def test_what_is_replaced_anew_in_time_does_not_come_back(again):
    log = (FIRST, replacing("b", "a", "2016-12-03"), retracting("b", "2016-12-05"))
    assert spans("a", *log, replacing("c", "a", again)) == [("a", "b")]


def test_what_is_replaced_and_that_retracted_in_one_report_has_one_span():
    log = (FIRST, replacing("b", "a", "2016-12-03"), retracting("b", "2016-12-03"))
    assert spans("a", *log) == [("a", "")]


def test_what_was_replaced_before_it_was_known_stands_from_the_retraction_on():
    log = (FIRST, replacing("b", "a", "2016-11-29"), retracting("b", "2016-12-05"))
    assert spans("a", *log) == [("not-b", "")]
    assert spans("a", *log[:2]) == []


def test_a_denial_has_an_effect_in_each_span_of_what_it_denies():
    denied = says("disagree", "no", "wire", "a", "2016-12-02")
    log = (FIRST, denied, replacing("b", "a", "2016-12-03"), retracting("b", "2016-12-05"))
    events = [timed(event, CITY.zone) for event in log]
    effects = [one for one in effect_lifetimes(CONTROL, events) if one.event == "no"]
    assert [(one.begun.by, one.ended.by) for one in effects] == [("no", "b"), ("not-b", "")]


@given(data=st.data())
def test_an_event_stands_in_its_spans_as_in_the_replay(data: DataObject):
    log = data.draw(logs(max_size=16))
    known = data.draw(cuts_around(log) | cuts()).known or END_OF_TIME
    visible = engine.visible([timed(event, CITY.zone) for event in log], AsOf(known=known))
    alive = lifetimes(*log)
    assert set(visible) == {id for id in alive if alive[id].stands(known)}
