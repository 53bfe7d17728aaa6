"""Sides, alliances and reliance hold between dates, and are followed to the end."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import CITY, cities, events

from timeline.domain import city_file
from timeline.domain.city import City
from timeline.domain.links import Link, followed, newest
from timeline.log.admission import admit

FILE = """
[city]
id = "gezira"
name = "Gezira"
timezone = "Africa/Khartoum"

[actors]
army = { label = "The army" }
guards = { label = "Guards", allied = "army" }
militia.label = "The militia"
militia.allied = [{ with = "rebels", until = "2024-10-20" }, { with = "guards", from = 2024-10-20 }]
rebels = { label = "Rebels" }
north = { label = "North", allied = "south" }
south = { label = "South", allied = "west" }
west = { label = "West", allied = "south" }

[sources]
shield.label = "The Shield"
shield.kind = "party"
shield.side = [{ of = "rebels", until = "2024-10-20" }, { of = "army", from = "2024-10-20" }]
deserter = { label = "A deserter", kind = "other", side = { of = "army", until = "2023" } }
radio = { label = "Radio", kind = "media", relies_on = ["agency", "shield"] }
agency = { label = "Agency", kind = "media", relies_on = [{ of = "shield", from = "2024" }] }
echo = { label = "Echo", kind = "media", relies_on = "mirror" }
mirror = { label = "Mirror", kind = "media", relies_on = "echo" }
"""
LAST = datetime(2024, 10, 19, 21, 59, 59, tzinfo=UTC)
TURNED = datetime(2024, 10, 19, 22, tzinfo=UTC)
"""The first instant of 20 October in Khartoum, two hours ahead of UTC."""
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def city() -> City:
    return city_file.parse_text(FILE)


def test_a_side_changes_at_the_first_instant_of_a_day_of_the_city(city):
    assert [city.side_of("shield", at) for at in (LAST, TURNED)] == ["rebels", "army"]
    assert city.sources["shield"].newest_side == "army"


def test_a_source_without_a_side_speaks_for_itself(city):
    assert [city.speaker("radio", at) for at in (LAST, TURNED)] == ["@radio", "@radio"]
    assert [city.speaker("shield", at) for at in (LAST, TURNED)] == ["rebels", "army"]
    assert [city.speaker("deserter", at) for at in (LONG_AGO, LAST)] == ["army", "@deserter"]


@pytest.mark.parametrize(
    ("actor", "before", "after"),
    [
        ("army", "army", "army"),
        ("guards", "army", "army"),
        ("militia", "rebels", "army"),
        ("north", "south", "south"),
        ("west", "south", "south"),
    ],
)
def test_an_alliance_is_followed_to_its_head(city, actor, before, after):
    assert [city.head(actor, at) for at in (LAST, TURNED)] == [before, after]


@pytest.mark.parametrize(
    ("source", "long_ago", "now"),
    [
        ("shield", "shield", "shield"),
        ("agency", "agency", "shield"),
        ("radio", "agency", "shield"),
        ("echo", "echo", "echo"),
        ("mirror", "echo", "echo"),
    ],
)
def test_a_word_is_traced_to_the_source_whose_it_is(city, source, long_ago, now):
    assert [city.origin(source, at) for at in (LONG_AGO, TURNED)] == [long_ago, now]


LINKS = st.dictionaries(st.sampled_from("abcde"), st.sampled_from("abcde").map(Link))


@given(LINKS, st.sampled_from("abcde"))
def test_whatever_leads_to_an_end_leads_to_the_same_end(links, first):
    def links_of(id: str) -> tuple[Link, ...]:
        return (links[id],) if id in links else ()

    end = followed(first, links_of, TURNED)
    assert followed(end, links_of, TURNED) == end
    assert all(followed(link.of, links_of, TURNED) == end for link in links_of(first))


def test_the_newest_link_is_the_one_that_holds_longest():
    links = [Link("a", TURNED), Link("b", None, LAST), Link("c", LAST, TURNED)]
    assert [newest(links), newest(links[1:]), newest([])] == ["a", "c", None]


@given(cities(), events(), st.sampled_from(sorted(CITY.sources)))
def test_every_generated_city_is_sound(city, event, source):
    city.check_names()
    at = event.reported.instant(city.zone)
    assert admit(event, city) == admit(event, CITY)
    assert city.origin(source, at) in city.sources
    side = city.side_of(source, at)
    assert city.speaker(source, at) == (side or f"@{source}")
    assert side is None or city.head(side, at) in city.actors
