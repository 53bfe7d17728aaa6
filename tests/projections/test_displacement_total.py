"""The total of all flows is at least the fewest that they can be, by the plain definition."""

from collections.abc import Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from strategies import CITY

from projections.displacement import PROJECTION, Flow, Route
from timeline.replay.policies import POLICIES
from timeline.replay.projection import Context
from timeline.replay.tallies import People
from timeline.temporal.as_of import AsOf


def marks(route: Route) -> tuple[set[Any], set[Any]]:
    """Return what a route meets where it overlaps with another, and what it is met by.

    One lies inside or around the other, or they cross at one end each.
    """
    origins, destinations = map(around, route)
    wider = {(origin, destination) for origin in origins for destination in destinations}
    across = {(route[0], place) for place in destinations}
    along = {(place, route[1]) for place in origins}
    meets = {"inside": wider, "around": {route}, "across": across, "along": along}
    is_met = {"inside": {route}, "around": wider, "across": along, "along": across}
    return flat(meets), flat(is_met)


def around(place: str | None) -> tuple[str | None, ...]:
    """Return a place, those around it, and none."""
    return (*(CITY.lineage(place) if place else ()), None)


def flat(routes: Mapping[str, set[Any]]) -> set[Any]:
    return {(way, route) for way in routes for route in routes[way]}


def fewest(flow: Flow) -> int:
    return flow.people.low if flow.people else 0


def least(flows: Mapping[Route, Flow]) -> int:
    """Return what the flows that overlap with none, from the largest on, come to at least."""
    total, counted = 0, set[Any]()
    for route in sorted(flows, key=lambda route: (-fewest(flows[route]), str(route))):
        met, own = marks(route)
        if counted.isdisjoint(met):
            total, counted = total + fewest(flows[route]), counted | own
    return total


def most(flow: Flow) -> int:
    people = flow.people or People(0, None, None)
    bounds = (people.low, people.best, people.high)
    return max(number for number in bounds if number is not None)


def people() -> st.SearchStrategy[People | None]:
    """Draw a number of people: small, so that flows are often alike, with or without bounds."""
    ordered = st.tuples(*[st.integers(0, 9)] * 3).map(sorted)
    missing = st.tuples(st.booleans(), st.booleans())
    return st.none() | st.builds(
        lambda given, gone: People(
            given[0], None if gone[0] else given[1], None if gone[1] else given[2]
        ),
        ordered,
        missing,
    )


ENDS = st.none() | st.sampled_from(sorted(CITY.places))


@given(st.dictionaries(st.tuples(ENDS, ENDS), people(), max_size=20))
def test_the_flows_and_their_total_are_those_of_the_plain_definition(drawn):
    flows = {route: Flow(*route, (), people, None, {}, ()) for route, people in drawn.items()}
    answer = PROJECTION.gather(flows, Context(CITY, AsOf(), POLICIES["latest"]))
    assert answer.total.low == least(flows)
    assert answer.flows == tuple(
        sorted(flows.values(), key=lambda flow: (-most(flow), str((flow.origin, flow.destination))))
    )
