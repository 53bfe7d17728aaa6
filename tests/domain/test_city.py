"""Places, actors and sources are found by every name, and places lie in a tree."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from strategies import CITY, events

from timeline.domain import city_file
from timeline.domain.city import City, Place
from timeline.domain.words import fold
from timeline.errors import InvalidEvent, Problem, TimelineError, UsageError
from timeline.log.admission import admit
from timeline.log.codec import CODEC

SHIPPED = Path(__file__).parents[2] / "city.toml"
HEAD = '[city]\nid = "aleppo"\nname = "Aleppo"\ntimezone = "Asia/Damascus"\n'
SMALL = f"""{HEAD}
arabic = "حلب"
aliases = ["Halab", "Aleppo city"]

[places]
east = {{ name = "East Aleppo", aliases = ["the rebel-held east"] }}
west = {{ name = "West Aleppo" }}
sakhour.name = "Sakhour"
sakhour.arabic = "الصاخور"
sakhour.aliases = ["Sakhur", "al-Sakhour", "as-Sakhour"]
sakhour.parent = "east"
sakhour.lat = 36
sakhour.lon = 37
shaar = {{ name = "Sha'ar", arabic = "الشعار", parent = "east" }}
azizieh = {{ name = "Azizieh", aliases = ["Café Azizié"], parent = "west" }}

[outside]
idlib = {{ name = "Idlib" }}

[actors]
government = {{ label = "Syrian government", letter = "G", aliases = ["the regime"] }}
opposition = {{ label = "Opposition", aliases = ["the rebels"] }}

[sources]
sohr.label = "Syrian Observatory for Human Rights"
sohr.short = "SOHR"
sohr.kind = "monitor"
sohr.aliases = ["the Observatory"]
rebel-official = {{ label = "A rebel official", kind = "party", side = "opposition" }}
second-rebel-official = {{ label = "Another rebel official", kind = "party", side = "opposition" }}
"""
HEAD_OF_EVENT = {
    "id": "x",
    "v": 1,
    "occurred": "2016-11-28",
    "reported": "2016-11-28",
    "source": "sohr",
}


@pytest.fixture(scope="module")
def city() -> City:
    return city_file.parse_text(SMALL)


@pytest.fixture(scope="module")
def aleppo() -> City:
    return city_file.load(SHIPPED)


def event(event_type="control_change", **fields):
    return CODEC.structure(HEAD_OF_EVENT | {"type": event_type} | fields)


# Names --------------------------------------------------------------------------------------------

NAMES = [
    ("place", "sakhour", "sakhour"),
    ("place", "Sakhour", "sakhour"),
    ("place", "SAKHOUR", "sakhour"),
    ("place", " sakhour ", "sakhour"),
    ("place", "Sakhur", "sakhour"),
    ("place", "al-Sakhour", "sakhour"),
    ("place", "Al Sakhour", "sakhour"),
    ("place", "as-sakhour", "sakhour"),
    ("place", "AL_SAKHOUR", "sakhour"),
    ("place", "الصاخور", "sakhour"),
    ("place", "الصَّاخُور", "sakhour"),
    ("place", "الصـاخور", "sakhour"),
    ("place", "Sha'ar", "shaar"),
    ("place", "Sha’ar", "shaar"),
    ("place", "Shaʿar", "shaar"),
    ("place", "shaar", "shaar"),
    ("place", "cafe azizie", "azizieh"),
    ("place", "CAFÉ-AZIZIÉ", "azizieh"),
    ("place", "the  rebel held   east", "east"),
    ("place", "aleppo", "aleppo"),
    ("place", "Halab", "aleppo"),
    ("place", "حلب", "aleppo"),
    ("place", "Idlib", "idlib"),
    ("actor", "government", "government"),
    ("actor", "syrian GOVERNMENT", "government"),
    ("actor", "The Regime", "government"),
    ("source", "sohr", "sohr"),
    ("source", "SOHR", "sohr"),
    ("source", "the observatory", "sohr"),
    ("source", "Syrian Observatory for Human Rights", "sohr"),
]

UNKNOWN = [
    ("place", "Sakhor", "unknown place 'Sakhor'; expected one of the city file's places"),
    ("place", "Sakhor", "(did you mean sakhour?)"),
    ("place", "Shar", "(did you mean shaar?)"),
    ("place", "East Alepo", "(did you mean east?)"),
    ("place", "Qwxz", "(7 are listed there)"),
    ("place", "", "unknown place ''"),
    ("place", "government", "unknown place 'government'"),
    ("actor", "goverment", "unknown actor 'goverment'"),
    ("actor", "goverment", "(did you mean government?)"),
    ("actor", "sohr", "(2 are listed there)"),
    (
        "source",
        "SOHRR",
        "unknown source 'SOHRR'; expected one of the city file's sources (did you mean sohr?)",
    ),
]


@pytest.mark.parametrize(
    ("kind", "name", "id"), NAMES, ids=[f"{kind}-{name}" for kind, name, _ in NAMES]
)
def test_a_name_is_found_however_it_is_written(city, kind, name, id):
    assert getattr(city, kind)(name).id == id


@pytest.mark.parametrize(
    ("kind", "name", "phrase"), UNKNOWN, ids=[f"{kind}-{name}" for kind, name, _ in UNKNOWN]
)
def test_an_unknown_name_is_refused_with_the_nearest(city, kind, name, phrase):
    with pytest.raises(UsageError) as refused:
        getattr(city, kind)(name)
    assert phrase in str(refused.value)


@pytest.mark.parametrize(
    "name", ["Sakhour", "al-Sakhour", "Sha'ar", "الصَّاخُور", "CAFÉ-AZIZIÉ", "a_b--c", "İstanbul"]
)
def test_folding_twice_changes_nothing_more(name):
    assert fold(fold(name)) == fold(name) != ""


# The tree -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "lineage", "depth"),
    [
        ("aleppo", ("aleppo",), 0),
        ("east", ("east", "aleppo"), 1),
        ("sakhour", ("sakhour", "east", "aleppo"), 2),
        ("idlib", ("idlib",), 0),
    ],
)
def test_a_place_lies_in_its_ancestors(city, place, lineage, depth):
    assert city.lineage(place) == lineage
    assert city.depth(place) == depth


def test_what_is_no_place_has_no_depth(city):
    assert city.depth("nowhere") == 0


@pytest.mark.parametrize(
    ("place", "within"),
    [
        ("aleppo", ("aleppo", "east", "west", "sakhour", "shaar", "azizieh")),
        ("east", ("east", "sakhour", "shaar")),
        ("shaar", ("shaar",)),
        ("idlib", ("idlib",)),
    ],
)
def test_what_lies_in_a_place_comes_in_the_order_of_the_file(city, place, within):
    assert city.within(place) == within


@pytest.mark.parametrize(
    ("source", "speaker"),
    [
        ("sohr", "@sohr"),
        ("rebel-official", "opposition"),
        ("second-rebel-official", "opposition"),
    ],
)
def test_voices_of_one_side_are_one_speaker(city, source, speaker):
    assert city.speaker(source, datetime(2016, 11, 28, tzinfo=UTC)) == speaker


def test_fields_are_read_with_their_types(city):
    sakhour = city.places["sakhour"]
    assert (sakhour.lat, sakhour.lon, type(sakhour.lon)) == (36.0, 37.0, float)
    assert sakhour.aliases == ("Sakhur", "al-Sakhour", "as-Sakhour")
    assert (city.id, city.name, city.zone.key) == ("aleppo", "Aleppo", "Asia/Damascus")


# Events -------------------------------------------------------------------------------------------

NAMED = [
    (
        "control_change",
        {"place": "al-Sakhour", "actor": "the regime", "source": "SOHR"},
        {"place": "sakhour", "actor": "government"},
    ),
    (
        "control_change",
        {
            "place": "Halab",
            "actor": ["the regime", "The Rebels"],
            "excepting": ["Sakhur"],
            "cites": ["A rebel official"],
        },
        {
            "place": "aleppo",
            "actor": ("government", "opposition"),
            "excepting": ("sakhour",),
            "cites": ("rebel-official",),
        },
    ),
    (
        "displacement",
        {"origin": "East Aleppo", "parts": ["Sakhur", "shaar"]},
        {"origin": "east", "parts": ("sakhour", "shaar")},
    ),
    (
        "displacement",
        {"destination": "حلب"},
        {"destination": "aleppo", "origin": None, "parts": ()},
    ),
    (
        "siege",
        {"place": "الصاخور", "move": "begin", "by": "The Regime"},
        {"place": "sakhour", "by": "government"},
    ),
    (
        "aid_negotiation",
        {"negotiation": "n", "party": "the rebels", "move": "accept"},
        {"party": "opposition"},
    ),
    (
        "assessment",
        {"measure": "share_held", "actor": "Opposition", "place": "Halab", "share": {}},
        {"actor": "opposition", "place": "aleppo"},
    ),
    (
        "retraction",
        {"target": "a", "reason": "Halab", "source": "the Observatory"},
        {"source": "sohr", "reason": "Halab"},
    ),
]


@pytest.mark.parametrize(
    ("event_type", "fields", "ids"), NAMED, ids=[f"{case[0]}-{'-'.join(case[1])}" for case in NAMED]
)
def test_names_become_ids(city, event_type, fields, ids):
    named = city.canonical(event(event_type, **fields))
    assert {name: getattr(named, name) for name in ids} == ids
    assert named.source == "sohr"
    assert city.canonical(named) is named
    assert city.canonical(event(event_type, **fields)) == named  # only ids are remembered


def test_an_event_of_ids_stays_the_same_object(city):
    of_ids = event(place="sakhour", actor="government")
    assert city.canonical(of_ids) is of_ids


def test_all_unknown_names_are_reported_with_their_paths(city):
    with pytest.raises(InvalidEvent) as refused:
        city.canonical(event(place="Sakhor", actor="Martians", source="sohrr"))
    assert {problem.path: problem.hint for problem in refused.value.problems} == {
        "$.place": "did you mean sakhour?",
        "$.actor": "2 are listed there",
        "$.source": "did you mean sohr?",
    }


@given(events())
def test_admitting_twice_changes_nothing_more(one):
    admitted = admit(one, CITY)
    assert admit(admitted, CITY) is admitted


CLOCKS = [
    ("2016-11-28", "2016-11-28", True),
    ("2016-11-28", "2016-11", True),
    ("2016-11-28", "2016-11-28T00:00", True),
    ("2016-11-28", "2016-11-27T23:59:59", False),
    ("2016-11-28", "2016-11-27", False),
    ("2016-11-28T18:00", "2016-11-28T15:59:59Z", False),
    ("2016-11-28T18:00", "2016-11-28T16:00Z", True),
    ("2016-11-28~", "2016-11-27", True),
    ("../2016-11-28", "1999", True),
    ("2016-11-28/..", "2016-11-28", True),
]


def too_early(occurred: str, reported: str) -> Problem:
    found = f"reported {reported}, before {occurred}, when it occurred"
    return Problem(found, "a report after the fact", "$.reported")


@pytest.mark.parametrize(("occurred", "reported", "fine"), CLOCKS)
def test_nothing_is_reported_before_it_can_have_occurred(city, occurred, reported, fine):
    problems = city.problems(event(place="sakhour", occurred=occurred, reported=reported))
    assert problems == ([] if fine else [too_early(occurred, reported)])


def test_a_window_that_ends_before_it_begins_in_this_zone_is_a_problem(city):
    [problem] = city.problems(event(place="sakhour", occurred="2016-11-28T18:00Z/2016-11-28T18:00"))
    assert str(problem).startswith(
        "$.occurred: 2016-11-28T18:00Z/2016-11-28T18:00 holds no instant in Asia/Damascus"
    )


def test_parts_lie_in_their_origin(city):
    problems = city.problems(
        event("displacement", origin="east", parts=["sakhour", "azizieh", "aleppo", "east"])
    )
    assert [str(problem) for problem in problems] == [
        "$.parts[1]: azizieh does not lie in east; expected a part of the origin",
        "$.parts[2]: aleppo does not lie in east; expected a part of the origin",
    ]


def test_places_left_out_lie_in_the_place():
    city = city_file.parse_text(SMALL)
    problems = city.problems(
        event(place="east", excepting=["sakhour", "azizieh", "aleppo", "east"])
    )
    assert [str(problem) for problem in problems] == [
        f"$.excepting[{index}]: {place} does not lie within east; expected a part of the place"
        for index, place in enumerate(("azizieh", "aleppo", "east"), 1)
    ]


def test_two_names_of_one_actor_are_no_two_actors(city):
    with pytest.raises(InvalidEvent, match=r"\$.actor: a list of government, government"):
        city.canonical(event(place="east", actor=["government", "the regime"]))


def test_a_source_cites_itself_under_no_name(city):
    with pytest.raises(InvalidEvent, match=r"\$.cites\[0\]: sohr cites itself"):
        city.canonical(event(place="east", source="sohr", cites=["the Observatory"]))


# Shared names -------------------------------------------------------------------------------------

SHARED = {
    "two places": (
        "place",
        '[places]\nx = { name = "Hill" }\ny = { name = "Y", aliases = ["hill"] }',
        "the place name 'hill' is used by x and y",
    ),
    "a place's id": (
        "place",
        '[places]\nal-tell = { name = "X" }\ny = { name = "Al Tell" }',
        "'al tell' is used by al-tell and y",
    ),
    "two codes": (
        "place",
        '[places]\nx = { name = "X", code = "SY1" }\ny = { name = "Y", code = "sy1" }',
        "the place code 'sy1' is used by x and y; expected each code once",
    ),
    "two actors": (
        "actor",
        '[actors]\nx = { label = "Army" }\ny = { label = "ARMY" }',
        "the actor name 'army' is used by x and y",
    ),
    "two sources": (
        "source",
        '[sources.x]\nlabel = "X"\nshort = "TV"\nkind = "media"\n'
        '[sources.y]\nlabel = "tv"\nkind = "media"',
        "the source name 'tv' is used by x and y; expected each name once",
    ),
}


def test_a_code_finds_a_place_before_the_name_of_another():
    text = '[places]\nx = { name = "X", code = "SY 02" }\ny = { name = "SY-02" }'
    city = city_file.parse_text(HEAD + text)
    city.check_names()
    assert [city.place(name).id for name in ("SY 02", "sy-02", "y")] == ["x", "x", "y"]


@pytest.mark.parametrize(("kind", "text", "phrase"), SHARED.values(), ids=SHARED)
def test_a_name_that_two_share_is_told_when_names_are_checked_or_looked_up(kind, text, phrase):
    for use in (City.check_names, lambda city: getattr(city, kind)("anything")):
        with pytest.raises(TimelineError) as refused:
            use(city_file.parse_text(HEAD + text))
        assert phrase in str(refused.value)


def test_one_name_of_a_place_and_an_actor_is_no_matter():
    text = '[places]\nx = { name = "Russia" }\n[actors]\ny = { label = "Russia" }'
    city_file.parse_text(HEAD + text).check_names()


def test_the_shipped_city_shares_no_name(aleppo):
    aleppo.check_names()


# The city that is shipped -------------------------------------------------------------------------


def districts(city: City) -> list[Place]:
    """Return the places within the sectors of a city."""
    return [place for place in city.places.values() if city.depth(place.id) == 2]


def test_the_shipped_city_has_its_districts_with_their_arabic_names(aleppo):
    assert len(districts(aleppo)) >= 40
    assert [place.id for place in districts(aleppo) if not place.arabic] == []


def test_the_districts_of_the_shipped_city_lie_around_aleppo(aleppo):
    assert all(36 < place.lat < 36.5 for place in districts(aleppo))
    assert all(36.9 < place.lon < 37.5 for place in districts(aleppo))


@pytest.mark.parametrize(
    ("names", "id"),
    [
        (("Badra", "Badro", "Jabal Badra", "jabal badro", "جبل بدرو"), "jabal-badro"),
        (("Sakhour", "Sakhur", "al-Sakhour", "Al-Sakhour", "الصاخور"), "sakhour"),
        (("Hanano", "Masaken Hanano", "مساكن هنانو"), "masaken-hanano"),
        (("eastern Aleppo", "East Aleppo"), "east-aleppo"),
        (("Aleppo", "Halab", "حلب"), "aleppo"),
    ],
)
def test_spellings_met_in_reports_are_found(aleppo, names, id):
    assert {aleppo.place(name).id for name in names} == {id}
