"""Who was killed or injured: numbers by place and group, as ranges."""

from collections.abc import Mapping
from typing import Any

from strategies import CITY

from projections.casualties import PROJECTION, PlaceToll
from timeline.domain.events import Casualties, Estimate, Event, EventId, SourceId
from timeline.domain.timed_event import timed
from timeline.log.admission import admit
from timeline.replay import engine
from timeline.replay.policies import POLICIES
from timeline.replay.projection import Context, Reader
from timeline.replay.tallies import People
from timeline.temporal.as_of import AsOf
from timeline.temporal.dates import Moment, When


def toll(
    id: str,
    voice: str = "monitor",
    occurred: str = "2016-11-27",
    reported: str = "2016-11-28",
    **own: Any,
) -> Casualties:
    """Return a report of casualties on the hill."""
    counts = {name: exactly(value) for name, value in own.items() if isinstance(value, int)}
    own = {"place": "hill"} | own | counts
    return Casualties(
        id=EventId(id),
        source=SourceId(voice),
        occurred=When(occurred),
        reported=Moment(reported),
        **own,
    )


def exactly(number: int) -> Estimate:
    """Return a number that is certain."""
    return Estimate(low=number, best=number, high=number)


def casualties(*log: Event, at: str = "2016-12-31") -> Mapping[str, PlaceToll]:
    """Return the casualties by place, by a log."""
    context = Context(CITY, AsOf.parse(at, zone=CITY.zone), POLICIES["latest"])
    facts = engine.visible([timed(admit(event, CITY), CITY.zone) for event in log], context.cut)
    return engine.answer(
        PROJECTION,
        engine.replay(PROJECTION, facts.values(), facts.get, context.cut.instant),
        context,
    )


def test_nobody_said_anything():
    assert casualties() == {}


def test_tolls_of_one_voice_add_up_and_two_voices_make_a_range():
    answer = casualties(
        toll("a", killed=10),
        toll("b", killed=5, occurred="2016-11-28"),
        toll("c", "paper", killed=20),
    )["hill"]
    assert (answer.killed, answer.injured, set(answer.because)) == (
        People(15, None, 20),
        None,
        {"a", "b", "c"},
    )


def test_an_underestimate_has_no_upper_bound():
    assert casualties(toll("a", killed=Estimate(low=219, best=219)))["hill"].killed == People(
        219, 219, None
    )


def test_killed_and_injured_are_counted_apart():
    answer = casualties(toll("a", killed=10, injured=30))["hill"]
    assert (answer.killed, answer.injured) == (People(10, 10, 10), People(30, 30, 30))


def test_groups_are_told_apart_and_added_up():
    answer = casualties(
        toll("a", killed=10, group="civilians"), toll("b", killed=4, group="combatants")
    )["hill"]
    assert answer.killed == People(14, 14, 14)
    assert {group: one.killed for group, one in answer.groups.items()} == {
        "civilians": People(10, 10, 10),
        "combatants": People(4, 4, 4),
    }
    assert set(answer.because) == {"a", "b"}


def test_a_cumulative_toll_is_not_added_to_what_it_sums_up():
    answer = casualties(
        toll("a", killed=10), toll("b", killed=25, measure="cumulative", occurred="2016-11-28")
    )["hill"]
    assert answer.killed == People(25, 25, 25)


def test_places_are_told_apart():
    answer = casualties(toll("a", killed=10), toll("b", killed=4, place="market"))
    assert {place: one.killed and one.killed.low for place, one in answer.items()} == {
        "hill": 10,
        "market": 4,
    }


def test_a_toll_that_may_not_have_happened_yet_is_nobody_at_least():
    later = toll("a", killed=10, occurred="2016-11-26/2016-11-28")
    assert casualties(later, at="2016-11-27")["hill"].killed == People(0, None, 10)
    assert casualties(later, at="2016-11-25") == {}


def test_nobody_said_how_many_were_killed_where_only_the_injured_were_counted():
    answer = casualties(toll("a", injured=3))["hill"]
    assert (answer.killed, answer.injured, answer.because) == (None, People(3, 3, 3), ("a",))


def test_a_number_that_is_not_given_has_no_effect():
    assert registers(killed=3) == ["killed"]
    assert registers(injured=3) == ["injured"]
    assert registers(killed=0, injured=3) == ["killed", "injured"]


def registers(**counts: int) -> list[str]:
    event = timed(toll("a", **counts), CITY.zone)
    return [effect.register[0] for effect in PROJECTION.effects(event, {}.get)]


# In words -----------------------------------------------------------------------------------------


def briefing(*log: Event) -> list[tuple[str, ...]]:
    """Return what a briefing says of the casualties, by a log."""
    context = Context(CITY, AsOf(), POLICIES["latest"])
    reader = Reader(
        context=context,
        speaker={event.id: CITY.sources[event.source].label for event in log}.__getitem__,
    )
    return [
        (brief.heading, *brief.lines)
        for brief in PROJECTION.presentation.brief(casualties(*log), reader)
    ]


def test_the_killed_are_told_before_the_injured_and_only_where_somebody_counted_them():
    log = (
        toll("a", killed=10),
        toll("b", "paper", injured=30, place="market"),
        toll("c", "relief", killed=4, injured=5, place="garden"),
    )
    assert briefing(*log) == [
        ("Killed", "4 in Garden – Relief Office", "10 in Hill – The Monitor"),
        ("Injured", "5 in Garden – Relief Office", "30 in Market – The Paper"),
    ]


def test_a_kind_of_casualty_that_nobody_counted_is_not_told():
    assert briefing(toll("a", killed=10)) == [("Killed", "10 in Hill – The Monitor")]
    assert briefing(toll("a", injured=10)) == [("Injured", "10 in Hill – The Monitor")]


def test_a_group_is_named_where_it_is_the_only_one_that_was_counted():
    civilians = toll("a", killed=10, group="civilians")
    assert briefing(civilians) == [("Killed", "10 civilians in Hill – The Monitor")]
    assert briefing(civilians, toll("b", "paper", killed=4, group="combatants")) == [
        ("Killed", "14 in Hill – The Monitor, The Paper")
    ]
    assert briefing(civilians, toll("b", "paper", killed=4)) == [
        ("Killed", "14 in Hill – The Monitor, The Paper")
    ]
    assert briefing(civilians, toll("b", "paper", injured=4, group="combatants")) == [
        ("Killed", "10 civilians in Hill – The Monitor"),
        ("Injured", "4 combatants in Hill – The Paper"),
    ]
