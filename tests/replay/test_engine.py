"""Replay: the events that stand at a cut, withdrawals, and the answers that concern a place."""

from datetime import datetime

import pytest
from attrs import evolve
from strategies import CITY

from projections import CONDITIONS, CONTROL, DISPLACEMENT
from timeline.domain.events import (
    Condition,
    ControlChange,
    Displacement,
    Event,
    EventId,
    Retraction,
    SourceId,
)
from timeline.domain.timed_event import timed
from timeline.replay import engine
from timeline.replay.policies import POLICIES
from timeline.replay.projection import Context, Projection
from timeline.temporal.as_of import AsOf
from timeline.temporal.dates import TICK, Moment, When


def fares(
    id: str, place: str = "hill", recorded: str | None = None, supersedes: str | None = None
) -> Condition:
    """Return a report of how food fares in a place."""
    envelope = {
        "id": EventId(id),
        "source": SourceId("relief"),
        "occurred": When("2016-11-24"),
        "reported": Moment("2016-11-28"),
    }
    if recorded:
        envelope["recorded"] = Moment(recorded)
    if supersedes:
        envelope["supersedes"] = EventId(supersedes)
    return Condition(**envelope, place=place, subject="food", level="critical")


def fled(id: str, origin: str | None, destination: str | None) -> Displacement:
    """Return a report that people fled."""
    envelope = {
        "id": EventId(id),
        "source": SourceId("relief"),
        "occurred": When("2016-11-24"),
        "reported": Moment("2016-11-28"),
    }
    return Displacement(**envelope, origin=origin, destination=destination)


def gone(id: str, target: str, reported: str) -> Retraction:
    """Return a retraction."""
    envelope = {
        "id": EventId(id),
        "source": SourceId("relief"),
        "occurred": When(reported),
        "reported": Moment(reported),
    }
    return Retraction(**envelope, target=EventId(target), reason="An error.")


def standing(*log: Event, **cut: Moment) -> list[str]:
    """Return the ids of the events of a log that stand at a cut."""
    facts = [timed(event, CITY.zone) for event in log]
    return list(
        engine.visible(
            facts, AsOf(**{clock: moment.instant(CITY.zone) for clock, moment in cut.items()})
        )
    )


def section(projection: Projection, *log: Event, places: tuple[str, ...] | None = None):
    """Return a projection's section of the state, of all places or of what concerns some."""
    context = Context(CITY, AsOf(), POLICIES["latest"])
    facts = engine.visible([timed(event, CITY.zone) for event in log], context.cut)
    return engine.answer(
        projection,
        engine.replay(projection, facts.values(), facts.get, context.cut.instant),
        context,
        places,
    )


# Standing -----------------------------------------------------------------------------------------


def test_what_was_not_yet_made_public_does_not_stand():
    assert standing(fares("a"), known=Moment("2016-11-27")) == []
    assert standing(fares("a"), known=Moment("2016-11-28")) == ["a"]


def test_what_was_not_yet_appended_does_not_stand():
    early, late = (
        fares("early", recorded="2016-12-01T12:00:00Z"),
        fares("late", recorded="2016-12-02T12:00:00Z"),
    )
    assert standing(early, late, recorded=Moment("2016-12-01T12:00:00Z")) == ["early"]
    assert standing(early, late, recorded=Moment("2016-12-01T11:59:59Z")) == []
    assert standing(early, late) == ["early", "late"]


def test_what_was_never_appended_stands_in_no_cut_of_the_record():
    assert standing(fares("a"), recorded=Moment("2016-12-31")) == []
    assert standing(fares("a")) == ["a"]


def test_what_was_retracted_or_replaced_does_not_stand_from_that_report_on():
    log = (
        fares("a"),
        fares("b"),
        gone("not-a", "a", "2016-12-05"),
        evolve(fares("c", supersedes="b"), reported=Moment("2016-12-06")),
    )
    assert standing(*log, known=Moment("2016-12-04")) == ["a", "b"]
    assert standing(*log, known=Moment("2016-12-05")) == ["b"]
    assert standing(*log, known=Moment("2016-12-06")) == ["c"]


def test_a_retraction_that_was_not_yet_appended_withdraws_nothing():
    log = (
        fares("a", recorded="2016-12-01T12:00:00Z"),
        evolve(gone("not-a", "a", "2016-12-01"), recorded=Moment("2016-12-05T12:00:00Z")),
    )
    assert standing(*log, recorded=Moment("2016-12-04")) == ["a"]
    assert standing(*log, recorded=Moment("2016-12-06")) == []


def test_an_event_was_withdrawn_by_the_earliest_report_that_withdraws_it():
    events = [
        fares("a"),
        gone("again", "a", "2016-12-07"),
        gone("not-a", "a", "2016-12-05"),
        evolve(fares("b", supersedes="a"), reported=Moment("2016-12-06")),
    ]
    for log in (events, events[::-1]):
        withdrawn = engine.withdrawals(timed(event, CITY.zone) for event in log)
        assert withdrawn == {"a": (Moment("2016-12-05").instant(CITY.zone), "not-a")}


REPLACED = (
    fares("a"),
    evolve(fares("b", supersedes="a"), reported=Moment("2016-12-05")),
    gone("not-b", "b", "2016-12-07"),
)


@pytest.mark.parametrize("log", [REPLACED, REPLACED[::-1]], ids=["in order", "in no order"])
def test_what_was_replaced_stands_again_once_what_replaced_it_is_retracted(log):
    days = [standing(*log, known=Moment(f"2016-12-{day}")) for day in ("04", "05", "06", "07")]
    assert days == [["a"], ["b"], ["b"], ["a"]]


def test_what_was_replaced_and_then_replaced_anew_stays_replaced():
    log = (*REPLACED, evolve(fares("c", supersedes="a"), reported=Moment("2016-12-06")))
    assert standing(*log, known=Moment("2016-12-05")) == ["b"]
    assert standing(*log) == ["c"]


def test_in_a_chain_of_replacements_each_goes_on_withdrawing_the_one_before():
    log = (fares("a"), fares("b", supersedes="a"), fares("c", supersedes="b"))
    assert standing(*log) == ["c"]
    assert standing(*log, gone("not-c", "c", "2016-12-05")) == ["b"]
    assert standing(*log, gone("not-b", "b", "2016-12-05")) == ["a", "c"]


def test_what_is_retracted_itself_stays_so_whatever_replaced_it():
    assert standing(*REPLACED, gone("not-a", "a", "2016-12-08")) == []


# What concerns a place ----------------------------------------------------------------------------


def test_what_lies_in_a_place_or_around_it_concerns_it():
    log = [
        fares(place, place) for place in ("testopolis", "east", "hill", "market", "west", "garden")
    ]
    assert set(section(CONDITIONS, *log, places=("east",))) == {
        "testopolis",
        "east",
        "hill",
        "market",
    }
    assert set(section(CONDITIONS, *log, places=("hill",))) == {"testopolis", "east", "hill"}
    assert set(section(CONDITIONS, *log, places=("hill", "garden"))) == {
        "testopolis",
        "east",
        "hill",
        "west",
        "garden",
    }
    assert set(section(CONDITIONS, *log)) == {
        "testopolis",
        "east",
        "hill",
        "market",
        "west",
        "garden",
    }


def test_a_route_concerns_the_places_at_either_end():
    log = (
        fled("a", "hill", "garden"),
        fled("b", "market", "station"),
        fled("c", "quarry", None),
        fled("d", None, "west"),
    )
    for place, concerned in {
        "hill": {"a"},
        "garden": {"a", "d"},
        "west": {"a", "b", "d"},
        "east": {"a", "b", "c"},
    }.items():
        assert {
            id for flow in section(DISPLACEMENT, *log, places=(place,)).flows for id in flow.because
        } == concerned


def test_who_holds_a_place_is_told_of_that_place_alone_for_the_others_are_inherited():
    assert list(section(CONTROL, places=("east",))) == ["east"]


def slots_at(projection: Projection, event: Event, at: datetime) -> tuple[set[bool], bool]:
    """Return how certain the cells of an event are at an instant, and whether answers are due."""
    facts = {event.id: timed(event, CITY.zone)}
    state = engine.replay(projection, facts.values(), facts.get, at)
    slots = {slot.certain for cells in state.values() for slot in cells}
    return slots, any(engine.due(cells, at) for cells in state.values())


def test_a_number_whose_window_begins_later_is_not_there_and_one_that_ends_then_is_certain():
    flight = fled("a", "hill", None)
    window = timed(flight, CITY.zone).window
    assert slots_at(DISPLACEMENT, flight, window.earliest - TICK) == (set(), False)
    assert slots_at(DISPLACEMENT, flight, window.earliest) == ({False}, True)
    assert slots_at(DISPLACEMENT, flight, window.latest - TICK) == ({True}, True)


def test_a_claim_is_there_whatever_time_it_speaks_of_and_its_answer_due_once_that_begins():
    window = timed(fares("a"), CITY.zone).window
    assert slots_at(CONDITIONS, fares("a"), window.earliest - TICK) == ({True}, False)
    assert slots_at(CONDITIONS, fares("a"), window.earliest) == ({True}, True)
    assert section(CONDITIONS, fares("a")).keys() == {"hill"}


# Maps that are kept current -----------------------------------------------------------------------


def shows(source: str, occurred: str, reported: str) -> ControlChange:
    """Return a source's observation that the government holds the hill."""
    return ControlChange(
        id=EventId(f"{source}-{reported}"),
        source=SourceId(source),
        occurred=When(occurred),
        reported=Moment(reported),
        place="hill",
        actor="government",
        how="observation",
    )


def test_a_map_that_is_kept_spoke_last_by_its_newest_telling_of_a_time_that_has_begun():
    events = [
        timed(event, CITY.zone)
        for event in (
            shows("map", "2016-11-01", "2016-11-05"),
            shows("map", "2016-11-10", "2016-11-12"),
            shows("map", "2016-12-10", "2016-12-12"),
            shows("paper", "2016-11-20", "2016-11-20"),
        )
    ]
    at = Moment("2016-11-30").instant(CITY.zone)
    newest = Moment("2016-11-12").instant(CITY.zone)
    assert engine.editions(events, CITY, at) == {"map": newest}
    assert engine.editions(events, CITY, events[0].window.earliest - TICK) == {}
