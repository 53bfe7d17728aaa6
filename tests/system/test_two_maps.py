"""Two maps of one war, each kept by people who do not read the other: what their looks add up to.

Each map has one observation a town, dated when it was last edited, days to months apart. They agree
on 150 towns and differ on 18, of which 12 were looked at within ninety days of each other.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache

import pytest
from attrs import evolve
from ukraine import FILE, convert

from projections import CONTROL
from timeline.domain import city_file
from timeline.domain.city import City, PlaceId
from timeline.domain.events import ActorId, ControlChange, EventId, SourceId
from timeline.domain.timed_event import TimedEvent, timed
from timeline.log.admission import admit
from timeline.replay import engine
from timeline.replay.policies import POLICIES
from timeline.replay.projection import Context
from timeline.temporal.as_of import AsOf
from timeline.temporal.dates import Moment, When

AGREE, LATELY, LONG_AGO = 150, 12, 6
TOWNS = AGREE + LATELY + LONG_AGO
LAST = date(2022, 12, 1)
DAY = "2022-12-15"


def country(*, maintained: bool) -> City:
    """Return a country of towns, two sides and two maps."""
    towns = "\n".join(f't{number} = {{ name = "Town {number}" }}' for number in range(TOWNS))
    kept = f"maintained = {str(maintained).lower()}"
    return city_file.parse_text(
        f"""
[city]
id = "country"
name = "Country"
timezone = "UTC"
[places]
{towns}
[actors]
north = {{ label = "North" }}
south = {{ label = "South" }}
[sources]
first = {{ label = "the first map", kind = "other", {kept} }}
second = {{ label = "the second map", kind = "other", {kept} }}
"""
    )


def look(map_: str, number: int, holder: str, day: date) -> ControlChange:
    """Return what a map shows of a town since it was last edited."""
    return ControlChange(
        id=EventId(f"{map_}-{number}"),
        source=SourceId(map_),
        occurred=When(day.isoformat()),
        reported=Moment(day.isoformat()),
        place=PlaceId(f"t{number}"),
        actor=ActorId(holder),
        how="observation",
    )


def maps() -> Iterator[ControlChange]:
    """Yield what the two maps show, the second map edited last on the towns on which they agree."""
    for number in range(TOWNS):
        holder = ("north", "south")[number % 2]
        differ = number >= AGREE
        other = ("south", "north")[number % 2] if differ else holder
        apart = 7 * number % 300 if not differ else 5 * (number - AGREE + 1)
        if number >= AGREE + LATELY:
            apart = 120 + number
        yield look("first", number, holder, LAST - timedelta(days=apart))
        yield look("second", number, other, LAST)


def statuses(*, maintained: bool) -> list[tuple[str, bool]]:
    """Return how sure each town is, in order, and whether its age is told."""
    city = country(maintained=maintained)
    events = [timed(admit(event, city), city.zone, n) for n, event in enumerate(maps(), 1)]
    found = control(events, city, DAY)
    answers = [found[PlaceId(f"t{number}")] for number in range(TOWNS)]
    return [(answer.status, answer.last_heard is not None) for answer in answers]


def control(events: list[TimedEvent], city: City, day: str) -> dict:
    """Return who holds each place, by events."""
    cut = AsOf.parse(day, zone=city.zone)
    visible = engine.visible(events, cut)
    editions = engine.editions(visible.values(), city, cut.instant)
    context = Context(city, cut, POLICIES["latest"], editions)
    cells = engine.replay(CONTROL, visible.values(), visible.get, cut.instant)
    return dict(engine.answer(CONTROL, cells, context))


def test_maps_that_agree_corroborate_each_other_however_far_apart_they_looked() -> None:
    found = statuses(maintained=False)
    assert found[:AGREE] == [("corroborated", True)] * AGREE


def test_maps_that_differ_dispute_each_other_while_both_looks_are_fresh() -> None:
    found = statuses(maintained=False)
    assert found[AGREE : AGREE + LATELY] == [("disputed", True)] * LATELY
    assert found[AGREE + LATELY :] == [("reported", True)] * LONG_AGO


def test_maps_that_are_kept_current_dispute_each_other_wherever_they_differ() -> None:
    found = statuses(maintained=True)
    assert found[:AGREE] == [("corroborated", True)] * AGREE
    assert found[AGREE:] == [("disputed", True)] * (LATELY + LONG_AGO)


@cache
def imported() -> tuple[list[TimedEvent], City]:
    """Return the last looks of the imported table of towns, and its city."""
    table = convert()
    last = {event.place: event for event in table.events if isinstance(event, ControlChange)}
    return [timed(event, table.city.zone) for event in last.values()], table.city


@pytest.mark.slow
@pytest.mark.skipif(not FILE.exists(), reason="the table of towns is not in ../shared/data")
def test_a_second_map_corroborates_an_imported_one() -> None:
    """A map of our own copies 150 towns of the table, and differs on 18."""
    events, city = imported()
    told = [one for one in events if one.event.actor is not None][:TOWNS]
    (table,) = {one.event.source for one in told}
    second = SourceId("second")
    source = city.sources[table]
    city = with_source(city, second, source)
    copies = [timed(copied(one.event, second, city, n), city.zone) for n, one in enumerate(told)]
    found = control([*told, *copies], city, "2026-01-01")
    sure = Counter(found[one.event.place].status for one in told)
    assert sure["corroborated"] >= AGREE - 2
    assert sure["disputed"] + sure["reported"] == TOWNS - sure["corroborated"]


def with_source(city: City, id: SourceId, like: object) -> City:
    """Return a city with one more source that is like another."""
    return evolve(city, sources={**city.sources, id: evolve(like, id=id, label="second")})


def copied(event: ControlChange, source: SourceId, city: City, number: int) -> ControlChange:
    """Return what a second map shows of a town: the same, or another of the city's actors."""
    others = [actor for actor in city.actors if actor != event.actor]
    actor = event.actor if number < AGREE else others[0]
    looked = f"second-{number}"
    return evolve(event, id=EventId(looked), source=source, actor=actor, how="observation")
