"""Who fled from where to where: what adds up, what does not, and what is counted once."""

from typing import Any

import pytest
from strategies import CITY

from projections.displacement import PROJECTION, Displaced
from timeline.domain.events import Displacement, Estimate, Event, EventId, Retraction, SourceId
from timeline.domain.timed_event import timed
from timeline.log.admission import admit
from timeline.replay import engine
from timeline.replay.policies import POLICIES
from timeline.replay.projection import Context, Reader
from timeline.replay.tallies import People
from timeline.temporal.as_of import AsOf
from timeline.temporal.dates import Moment, When


def fled(
    id: str,
    voice: str = "relief",
    people: Estimate | None = None,
    occurred: str = "2016-11-27",
    reported: str = "2016-11-28",
    origin: str | None = "east",
    destination: str | None = "west",
    **own: Any,
) -> Displacement:
    """Return a report that people fled."""
    envelope = {
        "id": EventId(id),
        "source": SourceId(voice),
        "occurred": When(occurred),
        "reported": Moment(reported),
    }
    return Displacement(**envelope, people=people, origin=origin, destination=destination, **own)


def exactly(number: int) -> Estimate:
    """Return a number that is certain."""
    return Estimate(low=number, best=number, high=number)


def displaced(*log: Event, at: str = "2016-12-31", known: str | None = None) -> Displaced:
    """Return who fled, by a log."""
    context = Context(CITY, AsOf.parse(at, known, zone=CITY.zone), POLICIES["latest"])
    facts = engine.visible([timed(admit(event, CITY), CITY.zone) for event in log], context.cut)
    return engine.answer(
        PROJECTION,
        engine.replay(PROJECTION, facts.values(), facts.get, context.cut.instant),
        context,
    )


def one(*log: Event, **cut: str) -> People | None:
    """Return how many fled by the only route of a log."""
    (flow,) = displaced(*log, **cut).flows
    return flow.people


def test_nobody_said_anything():
    assert displaced() == Displaced((), People(0, 0, 0))


def test_flows_of_one_voice_add_up():
    days = (
        fled("a", people=exactly(100)),
        fled("b", people=Estimate(low=50, high=80), occurred="2016-11-28"),
    )
    assert one(*days) == People(150, None, 180)


def test_two_voices_are_not_summed_but_ranged():
    (flow,) = displaced(
        fled("a", "relief", exactly(100)), fled("b", "paper", Estimate(low=150, high=300))
    ).flows
    assert flow.people == People(100, None, 300)
    assert flow.voices == {"relief": People(100, 100, 100), "paper": People(150, None, 300)}


def test_a_missing_high_has_no_bound():
    assert one(fled("a", people=Estimate(low=10)), fled("b", people=exactly(5))) == People(
        15, None, None
    )


def test_as_many_as_is_nobody_at_least():
    assert one(fled("a", people=Estimate(high=2000))) == People(0, None, 2000)


def test_cumulative_figures_do_not_add_up_but_the_last_one_counts():
    week = (
        fled("a", people=exactly(100), measure="cumulative"),
        fled("b", people=exactly(150), occurred="2016-11-28", measure="cumulative"),
    )
    assert one(*week) == People(150, 150, 150)
    assert one(*week, at="2016-11-27") == People(100, 100, 100)


def test_a_flow_and_a_cumulative_figure_of_one_voice_count_the_same_people():
    assert one(
        fled("a", people=exactly(100)), fled("b", people=exactly(70), measure="cumulative")
    ) == People(100, 100, 100)
    assert one(
        fled("a", people=exactly(100)), fled("b", people=exactly(170), measure="cumulative")
    ) == People(170, 170, 170)


def test_a_stock_is_told_beside_the_flow_and_not_added():
    (flow,) = displaced(
        fled("a", people=exactly(100)), fled("b", people=exactly(90), measure="stock")
    ).flows
    assert (flow.people, flow.stock) == (People(100, 100, 100), People(90, 90, 90))


def test_a_stock_is_the_last_one_that_the_voice_gave():
    then, now = (
        fled("a", people=exactly(90), measure="stock"),
        fled(
            "b", people=exactly(40), occurred="2016-12-05", reported="2016-12-05", measure="stock"
        ),
    )
    (flow,) = displaced(then, now).flows
    assert (flow.people, flow.stock) == (None, People(40, 40, 40))
    assert displaced(then, now).total == People(0, 0, 0)


def test_a_flow_that_may_not_have_happened_yet_adds_nothing_to_the_least():
    certain, possible = (
        fled("a", people=exactly(100)),
        fled("b", people=exactly(50), occurred="2016-11-28/2016-11-30"),
    )
    assert one(certain, possible, at="2016-11-29") == People(100, None, 150)
    assert one(certain, possible, at="2016-11-30") == People(150, 150, 150)


def test_a_cumulative_figure_that_may_not_have_been_reached_yet_adds_nothing_to_the_least():
    later = fled("a", people=exactly(100), occurred="2016-11-28/2016-11-30", measure="cumulative")
    assert one(later, at="2016-11-29") == People(0, None, 100)
    assert one(later, at="2016-11-30") == People(100, 100, 100)


def test_what_begins_later_or_is_not_known_yet_counts_nothing():
    assert displaced(fled("a", people=exactly(100)), at="2016-11-26").flows == ()
    assert displaced(fled("a", people=exactly(100)), known="2016-11-27").flows == ()


def test_a_retracted_flow_is_taken_off_again():
    both = fled("a", people=exactly(100)), fled("b", people=exactly(50))
    gone = Retraction(
        id="gone",
        source="relief",
        occurred=When("2016-12-05"),
        reported=Moment("2016-12-05"),
        target="b",
        reason="Twice.",
    )
    assert one(*both, gone, known="2016-12-04") == People(150, 150, 150)
    assert one(*both, gone) == People(100, 100, 100)


def test_routes_add_up_to_the_total():
    answer = displaced(
        fled("a", people=Estimate(high=2000)),
        fled("b", people=Estimate(low=6000, high=10_000), destination="garden"),
    )
    assert answer.total == People(6000, None, 12_000)
    assert [flow.destination for flow in answer.flows] == ["garden", "west"]


def test_flows_between_other_places_all_count_in_the_least():
    answer = displaced(
        fled("a", people=exactly(100)),
        fled("b", people=exactly(50), origin="west", destination="east"),
    )
    assert answer.total == People(150, 150, 150)


def test_a_flow_within_another_counts_once_in_the_least_and_twice_at_most():
    answer = displaced(
        fled("a", people=exactly(100)),
        fled("b", people=exactly(30), origin="hill", destination="garden"),
    )
    assert answer.total == People(100, None, 130)


def test_of_nested_flows_the_larger_one_counts_in_the_least():
    assert (
        displaced(
            fled("a", people=exactly(100)), fled("b", people=exactly(130), origin="hill")
        ).total.low
        == 130
    )


def test_a_flow_from_nobody_said_where_may_be_the_same_people():
    assert (
        displaced(
            fled("a", people=exactly(100)), fled("b", people=exactly(60), origin=None)
        ).total.low
        == 100
    )


def test_two_flows_from_districts_are_told_apart_where_nothing_is_around_them():
    assert (
        displaced(
            fled("a", people=exactly(100), origin="hill"),
            fled("b", people=exactly(60), origin="market"),
        ).total.low
        == 160
    )


def test_the_districts_that_were_named_are_told_by_every_voice():
    (flow,) = displaced(
        fled("a", people=exactly(100), parts=("hill",)),
        fled("b", "paper", parts=("market", "hill")),
    ).flows
    assert (flow.parts, flow.people) == (("hill", "market"), People(100, 100, 100))
    assert set(flow.because) == {"a", "b"}


def test_that_people_fled_is_told_even_when_no_number_is():
    (flow,) = displaced(fled("a")).flows
    assert (flow.people, flow.because) == (None, ("a",))


def test_districts_that_were_named_stay_named_by_a_later_report_that_names_none():
    (flow,) = displaced(
        fled("a", people=exactly(100), parts=("hill",), measure="cumulative"),
        fled(
            "b",
            people=exactly(150),
            occurred="2016-12-05",
            reported="2016-12-05",
            measure="cumulative",
        ),
    ).flows
    assert (flow.parts, flow.people, flow.because) == (("hill",), People(150, 150, 150), ("b", "a"))


def test_districts_are_those_that_a_voice_named_last():
    (flow,) = displaced(
        fled("a", parts=("hill",)),
        fled("b", occurred="2016-12-05", reported="2016-12-05", parts=("market",)),
    ).flows
    assert flow.parts == ("market",)


def test_a_stock_alone_is_a_ground_too():
    (flow,) = displaced(fled("a", people=exactly(90), measure="stock")).flows
    assert (flow.people, flow.stock, flow.voices, flow.because) == (
        None,
        People(90, 90, 90),
        {},
        ("a",),
    )


def test_the_most_likely_total_is_told_where_nobody_is_counted_twice():
    range_of_one = Estimate(low=100, best=120, high=150)
    assert displaced(fled("a", people=range_of_one)).total == People(100, 120, 150)
    assert displaced(
        fled("a", people=range_of_one), fled("b", people=exactly(30), origin="hill")
    ).total == People(100, None, 180)


@pytest.mark.parametrize(
    ("a", "b", "least"),
    [
        (
            ("east", "garden", 100),
            ("hill", "west", 60),
            100,
        ),  # the hill is in the east, the garden in the west
        (("hill", "west", 100), ("east", "garden", 60), 100),
        (("east", "west", 100), (None, "garden", 30), 100),
        (("hill", "west", 60), ("market", "west", 60), 120),
        (("hill", "west", 60), ("hill", "east", 60), 120),
    ],
)
def test_who_may_be_in_two_flows_that_cross_counts_once(a, b, least):
    log = [
        fled(f"e{n}", people=exactly(number), origin=origin, destination=to)
        for n, (origin, to, number) in enumerate((a, b))
    ]
    assert displaced(*log).total == People(
        least, least if least == a[2] + b[2] else None, a[2] + b[2]
    )


def test_flows_that_overlap_with_no_other_add_up_within_a_wider_one():
    log = [
        fled("a", people=exactly(10)),
        fled("b", people=exactly(60), origin="hill"),
        fled("c", people=exactly(60), origin="market"),
    ]
    assert displaced(*log).total == People(120, None, 130)


def test_the_largest_flow_comes_first_then_the_names_and_what_has_no_number_last():
    routes = (
        ("hill", "garden", 70),
        ("east", "west", 60),
        ("hill", "station", 60),
        ("hill", "west", 60),
        ("market", "station", 1),
    )
    log = [
        fled(f"e{n}", people=exactly(number), origin=a, destination=b)
        for n, (a, b, number) in enumerate(routes)
    ]
    most, unsaid = (
        fled("up-to", people=Estimate(high=80), origin="west"),
        fled("unsaid", destination="garden"),
    )
    answer = displaced(*log, most, unsaid)
    expected = [("west", "west"), *(route[:2] for route in routes), ("east", "garden")]
    assert [(flow.origin, flow.destination) for flow in answer.flows] == expected
    again = {(flow.origin, flow.destination): flow for flow in reversed(answer.flows)}
    assert PROJECTION.gather(again, Context(CITY, AsOf(), POLICIES["latest"])) == answer


# In words -----------------------------------------------------------------------------------------


def told(*log: Event) -> list[str]:
    """Return what a briefing says of who fled, by a log."""
    speaker = {event.id: CITY.sources[event.source].label for event in log}.__getitem__
    briefs = PROJECTION.presentation.brief(
        displaced(*log), Reader(context=Context(CITY, AsOf(), POLICIES["latest"]), speaker=speaker)
    )
    return [line for brief in briefs for line in (brief.heading, *brief.lines)]


def test_who_fled_from_where_to_where_is_told_and_who_says_so():
    west = fled("a", people=Estimate(low=100, high=2000), parts=("hill", "market"))
    garden = fled("b", "paper", exactly(30), origin=None, destination="garden")
    anywhere = fled("c", "paper", origin="hill", destination=None)
    assert told(west, garden, anywhere) == [
        "Displaced",
        "100–2,030 people in all",
        "100–2,000 from East (Hill, Market) to West – Relief Office",
        "30 to Garden – The Paper",
        "people from Hill – The Paper",
    ]


def test_how_many_are_there_is_told_beside_how_many_fled():
    log = fled("a", people=exactly(100)), fled("b", "paper", exactly(90), measure="stock")
    assert told(*log)[2:] == ["100 from East to West; 90 there – Relief Office, The Paper"]
