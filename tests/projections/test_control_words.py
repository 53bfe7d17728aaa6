"""Who holds what, in the words of a briefing."""

from datetime import timedelta
from typing import Any

from attrs import evolve
from holdings import EAST, OURS, TOOK, WEEKEND, control, fought_over, says, took
from strategies import CITY

from projections.control import PROJECTION
from timeline.domain.city import Place
from timeline.domain.events import Event, PlaceId
from timeline.domain.timed_event import timed
from timeline.log.admission import admit
from timeline.replay import engine
from timeline.replay.policies import POLICIES
from timeline.replay.projection import Context, Reader
from timeline.temporal.as_of import AsOf
from timeline.temporal.dates import Moment
from timeline.text.document import Brief, Mark, Table

# In words -----------------------------------------------------------------------------------------


def told(
    *log: Event,
    at: str = "2016-12-31",
    policy: str = "latest",
    places: tuple[str, ...] | None = None,
) -> list[Brief]:
    """Return the briefing on control by a log, of all places or of some."""
    context = Context(CITY, AsOf.parse(at, zone=CITY.zone), POLICIES[policy])
    facts = engine.visible([timed(admit(event, CITY), CITY.zone) for event in log], context.cut)
    cells = engine.replay(PROJECTION, facts.values(), facts.get, context.cut.instant)
    speaker = {event.id: CITY.sources[event.source].label for event in log}.__getitem__
    reader = Reader(context=context, speaker=speaker, chosen=places is not None)
    return list(
        PROJECTION.presentation.brief(engine.answer(PROJECTION, cells, context, places), reader)
    )


def row(*log: Event, **asked: Any) -> tuple[str, ...]:
    """Return the row of the hill."""
    (brief,) = told(*log, places=("hill",), **asked)
    assert brief.table
    ((*cells,),) = brief.table.rows
    return tuple(cell.text if isinstance(cell, Mark) else cell for cell in cells)


def test_a_place_is_told_with_its_holder_since_when_how_sure_and_who_says_so():
    (brief, _) = told(TOOK)
    assert brief.heading == "Control"
    assert brief.table == Table(
        ("Place", "Held by", "How sure", "Since", "Last heard", "Who says so"),
        (
            (
                "Hill",
                Mark("Government", CITY.actors["government"].colour),
                Mark("reported"),
                "27 Nov 2016",
                "28 Nov 2016",
                "The Monitor",
            ),
        ),
    )


def test_who_disputes_and_who_doubts_is_told_with_the_place():
    log = (
        TOOK,
        says("disagree", "no", "rebel-official", "took"),
        says("unclear", "hm", "resident", "took"),
    )
    who = "The Monitor; against: A rebel official; unclear: A resident"
    sure, heard = "disputed", "28 Nov 2016"
    assert row(*log) == ("Hill", "Government", sure, "27 Nov 2016", heard, who)
    assert row(*log, policy="unanimous") == ("Hill", "no agreed holder", sure, "", heard, who)


def test_a_change_that_is_only_possible_is_told_with_who_held_the_place_before():
    assert row(OURS, WEEKEND, at="2016-11-26T18:00")[1:4] == (
        "Government",
        "reported, possible; before: Opposition",
        "26–27 Nov 2016",
    )
    assert row(WEEKEND, at="2016-11-26T18:00")[2] == "reported, possible"


def test_what_was_last_heard_long_ago_is_marked_where_the_reader_asks_for_it():
    reader = Reader(
        context=Context(CITY, AsOf.parse("2016-12-31", zone=CITY.zone), POLICIES["latest"]),
        speaker=str,
        stale=timedelta(days=30),
    )
    heard = control(TOOK).last_heard
    assert reader.heard(heard) == "28 Nov 2016, stale"
    assert evolve(reader, stale=timedelta(days=60)).heard(heard) == "28 Nov 2016"


def test_a_disputed_place_has_a_row_of_its_own_though_it_is_held_as_the_place_around_it():
    west = took("west", "paper", "kurdish", place="west")
    seen = took("seen", "army", "government", "2016-12-05", place="garden", how="observation")
    rows = [row[0] for row in told(west, evolve(seen, reported=Moment("2016-12-05")))[0].table.rows]
    assert rows == ["West, 1 of 2 districts", "Garden, as West"]


def test_how_the_ground_is_held_is_told():
    assert (
        row(OURS, took("third", "monitor", "government", share=0.3))[1]
        == "divided: Opposition 70 %, Government 30 %"
    )
    vague = took("vague", "monitor", "government", share=(0.2, 0.5))
    assert row(OURS, vague)[1] == "divided: Opposition 50–80 %, Government 20–50 %"
    assert row(fought_over("fight", "monitor"))[1] == "contested"
    assert (
        row(
            took("took", "state-tv", "government", reported="2016-11-29"),
            fought_over("fight", "monitor"),
        )[1]
        == "Government, contested"
    )
    assert row(took("left", "monitor", None))[1] == "nobody"
    assert row() == ("Hill", "unknown", "unknown", "", "", "")


def test_what_a_place_inherits_is_told_with_the_place_around_it_or_when_it_is_asked_for():
    districts = EAST, TOOK, took("garden", "paper", "kurdish", place="garden")
    rows = {row[0]: row[5] for row in told(*districts)[0].table.rows}
    assert rows == {
        "East, 2 of 3 districts": "The Paper",
        "Hill": "The Monitor",
        "Garden": "The Paper",
    }
    assert [row[0] for row in told(*districts, places=("market", "hill"))[0].table.rows] == [
        "Hill",
        "Market, as East",
    ]
    assert [row[0] for row in told(*districts, places=("east",))[0].table.rows] == ["East"]


def test_the_places_of_which_nobody_spoke_are_listed_but_for_the_city():
    assert told(EAST)[1:] == [Brief("Unknown", ("West, Garden, Station",))]
    assert told(EAST, took("west", "paper", "government", place="west"))[1:] == []


def test_of_many_places_of_which_nobody_spoke_six_are_named():
    city = evolve(
        CITY, places=CITY.places | {"port": Place(id=PlaceId("port"), name="Port", parent=CITY.id)}
    )
    reader = Reader(context=Context(city, AsOf(), POLICIES["latest"]), speaker=str)
    answers = {place: control(TOOK) if place == "garden" else control() for place in city.places}
    six = "East, West, Hill, Market, Quarry, Station"
    assert list(PROJECTION.presentation.brief(answers, reader))[1:] == [
        Brief("Unknown", (f"{six} and 1 more",))
    ]
    del answers["port"]
    assert list(PROJECTION.presentation.brief(answers, reader))[1:] == [Brief("Unknown", (six,))]
