"""Testopolis: two sectors, five districts, and sources of every kind.

Its sides, alliances and reliance change in the busy days of the generated dates.
"""

import tomllib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from attrs import evolve
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from timeline.domain import city_file
from timeline.domain.city import City, Place, Source
from timeline.domain.events import PlaceId
from timeline.domain.links import Link

CITY_FILE = """
[city]
id = "testopolis"
name = "Testopolis"
arabic = "مدينة الاختبار"
timezone = "Asia/Damascus"
fresh = "60d"

[places]
east = { name = "East", arabic = "الشرق", aliases = ["the eastern districts"] }
west = { name = "West", arabic = "الغرب", aliases = ["the western districts"] }
hill = { name = "Hill", arabic = "التل", aliases = ["al-Tell", "Tall"], parent = "east" }
market = { name = "Market", arabic = "السوق", aliases = ["al-Souq"], parent = "east" }
quarry = { name = "Quarry", arabic = "المحجر", aliases = ["al-Mahjar"], parent = "east" }
garden = { name = "Garden", arabic = "البستان", aliases = ["Bustan", "al-Bustan"], parent = "west" }
station.name = "Station"
station.arabic = "المحطة"
station.aliases = ["Baghdad Station"]
station.code = "TP0202"
station.parent = "west"

[actors]
government = { label = "Government", letter = "G", aliases = ["the regime"] }
opposition = { label = "Opposition", letter = "O", aliases = ["the rebels"] }
kurdish = { label = "Kurdish forces", letter = "K", aliases = ["SDF", "YPG"] }
russia = { label = "Russia", letter = "R", allied = "government" }
militia.label = "The militia"
militia.allied = [
    { with = "opposition", until = "2016-11-28" },
    { with = "government", from = "2016-11-28", until = "2017-06" },
]

[sources]
monitor = { label = "The Monitor", kind = "monitor", aliases = ["Monitoring Centre"] }
second-monitor = { label = "The Other Monitor", kind = "monitor" }
rebel-official = { label = "A rebel official", kind = "party", side = "opposition" }
rebel-council.label = "The rebel council"
rebel-council.short = "council"
rebel-council.kind = "party"
rebel-council.side = "opposition"
state-tv = { label = "State television", kind = "state", side = "government" }
army = { label = "The army", kind = "party", side = "government", aliases = ["army command"] }
militiaman.label = "A militiaman"
militiaman.kind = "party"
militiaman.side = [
    { of = "opposition", until = "2016-11-29" },
    { of = "militia", from = "2016-11-29" },
]
paper = { label = "The Paper", kind = "media" }
wire = { label = "The Wire", kind = "media", relies_on = ["monitor", "paper"] }
echo.label = "The Echo"
echo.kind = "media"
echo.relies_on = [{ of = "state-tv", from = "2016-11-27" }]
map = { label = "The war map", kind = "other", maintained = true }
relief = { label = "Relief Office", kind = "un", aliases = ["the UN"] }
resident = { label = "A resident", kind = "other" }
"""

CITY = city_file.parse(tomllib.loads(CITY_FILE))

SITES = {
    id: Place(id=id, name=name, kind="site", code=f"TP{number}", parent=parent)
    for number, (id, name, parent) in enumerate(
        (
            (PlaceId("bridge"), "The bridge", PlaceId("quarry")),
            (PlaceId("hospital"), "The hospital", PlaceId("hill")),
            (PlaceId("airport"), "The airport", PlaceId("west")),
        ),
        9901,
    )
}
"""Points in the districts and sectors, which only `cities` have."""


@st.composite
def cities(draw: DrawFn) -> City:
    """Draw Testopolis with some sites, and with other sides, alliances and reliance.

    What admits an event to `CITY` admits it to any of them.
    """
    sites = draw(st.sets(st.sampled_from(sorted(SITES))))
    actors, sources = list(CITY.actors.values()), list(CITY.sources.values())
    return evolve(
        CITY,
        places=CITY.places | {id: SITES[id] for id in sorted(sites)},
        actors={one.id: evolve(one, allied=draw(_links(CITY.actors, one.id))) for one in actors},
        sources={one.id: _elsewhere(draw, one) for one in sources},
        fresh=draw(_FRESH),
    )


def _elsewhere(draw: DrawFn, source: Source) -> Source:
    """Return a source that perhaps is on another side, relies on another, or keeps a map."""
    return evolve(
        source,
        side=draw(st.just(source.side) | _links(CITY.actors)),
        relies_on=draw(_links(CITY.sources, source.id)),
        maintained=draw(st.booleans()),
    )


@st.composite
def _links(draw: DrawFn, ids: Iterable[str], owner: str = "") -> tuple[Link, ...]:
    """Draw links to others than their owner: none, one for good, or one after another."""
    others = st.sampled_from(sorted(set(ids) - {owner}))
    days = sorted(draw(st.sets(_DAYS, max_size=2)))
    instants = [None, *days, None]
    links = (Link(draw(others), since, until) for since, until in pairwise(instants))
    return tuple(link for link in links if draw(st.booleans()))


_DAYS = st.integers(26, 34).map(lambda day: _FIRST + timedelta(days=day))
_FIRST = datetime(2016, 10, 31, 22, tzinfo=UTC)
"""The first instant of a November day in Testopolis."""
_FRESH = st.sampled_from((1, 7, 60, 90)).map(lambda days: timedelta(days=days))
