"""Places, actors and sources: found by every name, set in a tree, and read from a file that is edited by hand."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from strategies import CITY, events

from timeline.domain import city_file as cityfile
from timeline.domain.city import City
from timeline.domain.words import fold
from timeline.errors import InvalidEvent, TimelineError, UsageError
from timeline.log.admission import admit
from timeline.log.codec import CODEC

SHIPPED = Path(__file__).parents[2] / "city.toml"
HEAD = """
[city]
id = "aleppo"
name = "Aleppo"
timezone = "Asia/Damascus"
"""
SMALL = f"""{HEAD}
arabic = "حلب"
aliases = ["Halab", "Aleppo city"]

[places]
east = {{ name = "East Aleppo", aliases = ["the rebel-held east"] }}
west = {{ name = "West Aleppo" }}
sakhour = {{ name = "Sakhour", arabic = "الصاخور", aliases = ["Sakhur", "al-Sakhour", "as-Sakhour"], parent = "east", lat = 36, lon = 37 }}
shaar = {{ name = "Sha'ar", arabic = "الشعار", parent = "east" }}
azizieh = {{ name = "Azizieh", aliases = ["Café Azizié"], parent = "west" }}

[outside]
idlib = {{ name = "Idlib" }}

[actors]
government = {{ label = "Syrian government", letter = "G", colour = "#c00", aliases = ["the regime"] }}
opposition = {{ label = "Opposition", aliases = ["the rebels"] }}

[sources]
sohr = {{ label = "Syrian Observatory for Human Rights", short = "SOHR", kind = "monitor", aliases = ["the Observatory"] }}
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
    return cityfile.parse(tomllib.loads(SMALL))


@pytest.fixture(scope="module")
def aleppo() -> City:
    return cityfile.load(SHIPPED)


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
    ("source", "bloc"), [("sohr", "@sohr"), ("rebel-official", "opposition"), ("second-rebel-official", "opposition")]
)  # fmt: skip
def test_voices_of_one_side_are_one_bloc(city, source, bloc):
    assert city.bloc(source) == bloc


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
    assert (
        city.canonical(event(event_type, **fields)) == named
    )  # what was found out before is of ids alone


def test_an_event_of_ids_stays_the_same_object(city):
    one = event(place="sakhour", actor="government")
    assert city.canonical(one) is one


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


@pytest.mark.parametrize(("occurred", "reported", "fine"), CLOCKS)
def test_nothing_is_reported_before_it_can_have_occurred(city, occurred, reported, fine):
    problems = city.problems(event(place="sakhour", occurred=occurred, reported=reported))
    expected = [
        f"$.reported: reported {reported}, before {occurred}, when it occurred; expected a report after the fact"
    ]
    assert [str(problem) for problem in problems] == ([] if fine else expected)


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


# The file -----------------------------------------------------------------------------------------

FAULTS = {
    "no TOML": ("[city", "not TOML: "),
    "a key twice": (HEAD + 'name = "Halab"', "not TOML: "),
    "no city": ("[places]\n", "[city]: missing; expected a table with id, name and timezone"),
    "city is a text": ('city = "Aleppo"', "city"),
    "city is a number": ("city = 5", "city"),
    "no id": ('[city]\nname = "Aleppo"\ntimezone = "UTC"', "[city]: the id None; expected lower-case letters"),
    "no name": ('[city]\nid = "aleppo"\ntimezone = "UTC"', "[city]: no name; expected one"),
    "no time zone": ('[city]\nid = "aleppo"\nname = "Aleppo"', "city.timezone: missing; expected a name of the tz database"),
    "an unknown time zone": (HEAD.replace("Damascus", "Aleppo"), "city.timezone: 'Asia/Aleppo'; expected a name of the tz database"),
    "a folder of time zones": (HEAD.replace("Asia/Damascus", "Asia"), "city.timezone: 'Asia'"),
    "a time zone outside": (HEAD.replace("Asia/Damascus", "../../etc/passwd"), "city.timezone: '../../etc/passwd'"),
    "a time zone that is a number": (HEAD.replace('"Asia/Damascus"', "2"), "city.timezone: 2"),
    "an unknown table": (HEAD + '[place]\neast = { name = "East" }', "unknown key 'place'; expected one of city, places"),
    "a near table": (HEAD + '[place]\neast = { name = "East" }', "(did you mean places?)"),
    "an unknown key": (HEAD + "population = 3", "[city]: unknown key 'population'"),
    "a near key": (HEAD + '[places]\neast = { nam = "East" }', "[places.east]: unknown key 'nam'"),
    "a suggestion": (HEAD + '[places]\neast = { nam = "East" }', "(did you mean name?)"),
    "a place without a name": (HEAD + "[places]\neast = {}", "[places.east]: no name"),
    "a source without a kind": (HEAD + '[sources]\nx = { label = "X" }', "[sources.x]: no kind"),
    "a table that is none": ("places = 3\n" + HEAD, "[places]: 3; expected a table, [places]"),
    "an entry that is none": (HEAD + '[places]\neast = "East"', "[places.east]: 'East'; expected a table"),
    "a bad id": (HEAD + '[places]\n"East Aleppo" = { name = "East" }', "the id 'East Aleppo'; expected lower-case letters"),
    "a bad kind": (HEAD + '[sources]\nx = { label = "X", kind = "medium" }', "sources.x.kind: 'medium'; expected one of monitor, party"),
    "a near kind": (HEAD + '[sources]\nx = { label = "X", kind = "mdia" }', "(did you mean media?)"),
    "a kind that is a list": (HEAD + '[sources]\nx = { label = "X", kind = ["un"] }', "sources.x.kind: ['un']"),
    "a name that is a number": (HEAD + "[places]\neast = { name = 3 }", "places.east.name: 3; expected a text"),
    "an empty name": (HEAD + '[places]\neast = { name = "" }', "places.east.name: ''; expected a text"),
    "aliases that are a text": (HEAD + 'aliases = "Halab"', "city.aliases: 'Halab'; expected a list of texts"),
    "aliases that are numbers": (HEAD + "aliases = [1]", "city.aliases: [1]; expected a list of texts"),
    "a latitude that is a text": (HEAD + 'lat = "36.2"', "city.lat: '36.2'; expected a number"),
    "a latitude that is true": (HEAD + "lat = true", "city.lat: True; expected a number"),
    "a parent that is none": (HEAD + '[places]\nx = { name = "X", parent = "alepo" }', "places.x.parent: alepo; expected a place of"),
    "a near parent": (HEAD + '[places]\nx = { name = "X", parent = "alepo" }', "(did you mean aleppo?)"),
    "a side of no actor": (
        HEAD + '[actors]\nrebels = { label = "R" }\n[sources]\nx = { label = "X", kind = "party", side = "rebel" }',
        "sources.x.side: rebel; expected an actor of this file (did you mean rebels?)",
    ),
    "a place in itself": (HEAD + '[places]\nx = { name = "X", parent = "x" }', "places.x.parent: x in x; expected a tree"),
    "a circle": (
        HEAD + '[places]\nx = { name = "X", parent = "y" }\ny = { name = "Y", parent = "z" }\nz = { name = "Z", parent = "x" }',
        "x in y in z in x; expected a tree: no place lies in itself",
    ),
    "a place in a circle": (
        HEAD + '[places]\nw = { name = "W", parent = "x" }\nx = { name = "X", parent = "y" }\ny = { name = "Y", parent = "x" }',
        "places.w.parent: w in x in y in x; expected a tree",
    ),
    "a place inside and outside": (HEAD + '[places]\nx = { name = "X" }\n[outside]\nx = { name = "Y" }', "x"),
    "the city again outside": (HEAD + '[outside]\naleppo = { name = "Y" }', "aleppo"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_of_the_file_is_reported_with_its_place(tmp_path, name):
    text, phrase = FAULTS[name]
    path = tmp_path / "city.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(TimelineError) as refused:
        cityfile.load(path)
    assert phrase in str(refused.value)
    assert str(path) in str(refused.value)
    assert refused.value.exit_code == 1


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
    "two actors": (
        "actor",
        '[actors]\nx = { label = "Army" }\ny = { label = "ARMY" }',
        "the actor name 'army' is used by x and y",
    ),
    "two sources": (
        "source",
        '[sources]\nx = { label = "X", short = "TV", kind = "media" }\ny = { label = "tv", kind = "media" }',
        "the source name 'tv' is used by x and y; expected each name once",
    ),
}


@pytest.mark.parametrize("name", SHARED)
def test_a_name_that_two_share_is_reported_when_names_are_checked_or_looked_up(name):
    kind, text, phrase = SHARED[name]
    for use in (City.check_names, lambda city: getattr(city, kind)("anything")):
        with pytest.raises(TimelineError) as refused:
            use(cityfile.parse(tomllib.loads(HEAD + text)))
        assert phrase in str(refused.value)


def test_one_name_of_a_place_and_an_actor_is_no_matter():
    cityfile.parse(
        tomllib.loads(
            HEAD + '[places]\nx = { name = "Russia" }\n[actors]\ny = { label = "Russia" }'
        )
    ).check_names()


def test_the_shipped_city_shares_no_name(aleppo):
    aleppo.check_names()


def test_a_missing_file_is_reported(tmp_path):
    with pytest.raises(
        TimelineError,
        match=r"no city file .*city\.toml \(it stands beside the log; `timeline init` writes one\)",
    ):
        cityfile.load(tmp_path / "city.toml")


@pytest.mark.parametrize("data", [b"\xff\xfe", b'[city]\nid = "\xe9"'], ids=["UTF-16", "Latin-1"])
def test_a_file_in_another_encoding_is_reported(tmp_path, data):
    (tmp_path / "city.toml").write_bytes(data)
    with pytest.raises(TimelineError, match="cannot be read"):
        cityfile.load(tmp_path / "city.toml")


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(TimelineError, match="cannot be read"):
        cityfile.load(tmp_path)


def test_the_smallest_file_is_a_city_of_one_place():
    city = cityfile.parse(tomllib.loads(HEAD))
    assert [*city.places] == ["aleppo"]
    assert not city.actors
    assert not city.sources


# The city that is shipped -------------------------------------------------------------------------


def test_the_shipped_city_has_its_districts(aleppo):
    sectors = [place.id for place in aleppo.places.values() if place.parent == aleppo.id]
    districts = [place for place in aleppo.places.values() if place.parent in sectors]
    assert len(districts) >= 40
    for place in districts:
        assert place.arabic, place.id
        assert 36 < (place.lat or 0) < 36.5, place.id
        assert 36.9 < (place.lon or 0) < 37.5, place.id


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
