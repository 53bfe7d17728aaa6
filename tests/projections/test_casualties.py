"""Who was killed or injured: numbers by place and group, as ranges."""

from collections.abc import Mapping
from typing import Any

from strategies import CITY

from projections.casualties import PROJECTION, PlaceToll
from timeline import engine
from timeline.events import Casualties, Estimate, Event, EventId, SourceId
from timeline.intake import admit
from timeline.policies import POLICIES
from timeline.projection import Context
from timeline.tallies import People
from timeline.when import Cut, Moment, When


def toll(id: str, voice: str = "monitor", occurred: str = "2016-11-27", reported: str = "2016-11-28", **own: Any) -> Casualties:
    """Return a report of casualties on the hill."""
    own = {"place": "hill"} | {name: exactly(value) if isinstance(value, int) else value for name, value in own.items()}
    return Casualties(id=EventId(id), source=SourceId(voice), occurred=When(occurred), reported=Moment(reported), **own)


def exactly(number: int) -> Estimate:
    """Return a number that is certain."""
    return Estimate(low=number, best=number, high=number)


def casualties(*log: Event, at: str = "2016-12-31") -> Mapping[str, PlaceToll]:
    """Return the casualties by place, by a log."""
    context = Context(CITY, Cut.parse(at, zone=CITY.zone), POLICIES["latest"])
    facts = engine.standing([engine.dated(admit(event, CITY), CITY.zone) for event in log], context.cut)
    return engine.answer(PROJECTION, engine.replay(PROJECTION, facts.values(), facts.get, context.cut.instant), context)


def test_nobody_said_anything():
    assert casualties() == {}


def test_tolls_of_one_voice_add_up_and_two_voices_make_a_range():
    answer = casualties(toll("a", killed=10), toll("b", killed=5, occurred="2016-11-28"), toll("c", "paper", killed=20))["hill"]
    assert (answer.killed, answer.injured, set(answer.because)) == (People(15, None, 20), None, {"a", "b", "c"})


def test_an_underestimate_has_no_upper_bound():
    assert casualties(toll("a", killed=Estimate(low=219, best=219)))["hill"].killed == People(219, 219, None)


def test_killed_and_injured_are_counted_apart():
    answer = casualties(toll("a", killed=10, injured=30))["hill"]
    assert (answer.killed, answer.injured) == (People(10, 10, 10), People(30, 30, 30))


def test_groups_are_told_apart_and_added_up():
    answer = casualties(toll("a", killed=10, group="civilians"), toll("b", killed=4, group="combatants"))["hill"]
    assert answer.killed == People(14, 14, 14)
    assert {group: one.killed for group, one in answer.groups.items()} == {"civilians": People(10, 10, 10), "combatants": People(4, 4, 4)}
    assert set(answer.because) == {"a", "b"}


def test_a_cumulative_toll_is_not_added_to_what_it_sums_up():
    answer = casualties(toll("a", killed=10), toll("b", killed=25, measure="cumulative", occurred="2016-11-28"))["hill"]
    assert answer.killed == People(25, 25, 25)


def test_places_are_told_apart():
    answer = casualties(toll("a", killed=10), toll("b", killed=4, place="market"))
    assert {place: one.killed and one.killed.low for place, one in answer.items()} == {"hill": 10, "market": 4}


def test_a_toll_that_may_not_have_happened_yet_is_nobody_at_least():
    later = toll("a", killed=10, occurred="2016-11-26/2016-11-28")
    assert casualties(later, at="2016-11-27")["hill"].killed == People(0, None, 10)
    assert casualties(later, at="2016-11-25") == {}
