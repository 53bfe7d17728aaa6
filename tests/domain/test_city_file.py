"""The city file is edited by hand: all its faults are told at once, each with its place."""

import tomllib
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timeline.domain import city_file
from timeline.errors import Problem, TimelineError

HEAD = """
[city]
id = "aleppo"
name = "Aleppo"
timezone = "Asia/Damascus"
"""


def problems_of(raw: dict[str, Any]) -> tuple[Problem, ...]:
    """Return what is wrong with the tables of a city file."""
    try:
        city_file.parse(raw)
    except TimelineError as error:
        return error.problems
    return ()


def faults(text: str) -> list[str]:
    """Return all that is told of a city file."""
    with pytest.raises(TimelineError) as refused:
        city_file.parse_text(text)
    return str(refused.value).splitlines()


# One fault ----------------------------------------------------------------------------------------

FAULTY_HEADS = [
    ("[city", "not TOML: "),
    (HEAD + 'name = "Halab"', "not TOML: "),
    ("", "[city]: missing; expected a table with id, name and timezone"),
    ("[places]", "[city]: missing; expected a table with id, name and timezone"),
    ("[city]", "[city]: missing; expected a table with id, name and timezone"),
    ('city = "Aleppo"', "[city]: 'Aleppo'; expected a table, [city]"),
    ("city = 5", "[city]: 5; expected a table, [city]"),
    ("[[city]]", "[city]: [{}]; expected a table, [city]"),
    (HEAD.replace('id = "aleppo"', ""), "[city]: no id; expected one"),
    (HEAD.replace('"aleppo"', "[]"), "[city]: the id []; expected lower-case letters"),
    (HEAD.replace('name = "Aleppo"', ""), "[city]: no name; expected one"),
    (HEAD.replace("name =", "nam ="), "[city]: unknown key 'nam'; expected one of id, name, "),
    (HEAD.replace("name =", "nam ="), " (did you mean name?)"),
    (HEAD.replace("timezone", "# timezone"), "city.timezone: missing; expected a name of the tz"),
    (HEAD.replace("Damascus", "Aleppo"), "city.timezone: 'Asia/Aleppo'; expected a name of the tz"),
    (HEAD.replace("Asia/Damascus", "Asia"), "city.timezone: 'Asia'"),
    (HEAD.replace("Asia/Damascus", "../../etc/passwd"), "city.timezone: '../../etc/passwd'"),
    (HEAD.replace("Asia/Damascus", r"UTC\u0000"), r"city.timezone: 'UTC"),
    (HEAD.replace('"Asia/Damascus"', "2"), "city.timezone: 2"),
    (HEAD.replace('"Asia/Damascus"', '["UTC"]'), "city.timezone: ['UTC']"),
]
CIRCLE = """
[places]
x = { name = "X", parent = "y" }
y = { name = "Y", parent = "z" }
z = { name = "Z", parent = "x" }
"""
BESIDE_A_CIRCLE = """
[places]
w = { name = "W", parent = "x" }
x = { name = "X", parent = "y" }
y = { name = "Y", parent = "x" }
"""
FAULTS = [
    ("population = 3", "[city]: unknown key 'population'"),
    ("[place]", "unknown key 'place'; expected one of city, places, outside, actors, sources"),
    ("[place]", "(did you mean places?)"),
    ('[places]\neast = { nam = "East" }', "[places.east]: unknown key 'nam'; expected one of name"),
    ('[places]\neast = { nam = "East" }', "(did you mean name?)"),
    ("[places]\neast = {}", "[places.east]: no name"),
    ('[sources]\nx = { label = "X" }', "[sources.x]: no kind"),
    ("[places]\neast = 5", "[places.east]: 5; expected a table, { … }"),
    ("[[places.east]]", "[places.east]: [{}]; expected a table, { … }"),
    ("[[places]]", "[places]: [{}]; expected a table, [places]"),
    ('[places]\n"East" = { name = "East" }', "[places.East]: the id 'East'; expected lower-case"),
    (
        '[sources]\nx = { label = "X", kind = "medium" }',
        "sources.x.kind: 'medium'; expected one of",
    ),
    ('[sources]\nx = { label = "X", kind = "mdia" }', "(did you mean media?)"),
    ('[sources]\nx = { label = "X", kind = ["un"] }', "sources.x.kind: ['un']"),
    ("[places]\neast = { name = 3 }", "places.east.name: 3; expected a text"),
    ("[places]\neast = { name = 2016-12-13 }", "places.east.name: 2016-12-13; expected a text"),
    ("[places]\neast = { name = { en = 1 } }", "places.east.name: {'en': 1}; expected a text"),
    ('[places]\neast = { name = " " }', "places.east.name: ' '; expected a text"),
    ('aliases = "Halab"', "city.aliases: 'Halab'; expected a list of texts"),
    ("aliases = [1]", "city.aliases: [1]; expected a list of texts"),
    ('aliases = [""]', "city.aliases: ['']; expected a list of texts"),
    ('lat = "36.2"', "city.lat: '36.2'; expected a number"),
    ("lat = true", "city.lat: True; expected a number"),
    ("lat = nan", "city.lat: nan; expected a number"),
    ("lat = 18000000000", "city.lat: 18000000000; expected a number"),
    ('[actors]\nx = { label = "X", colour = "red" }', "actors.x.colour: 'red'; expected a colour"),
    ('boundaries = "../a.geojson"', "city.boundaries: '../a.geojson'; expected the path of a file"),
    (
        '[places]\nx = { name = "X", parent = "alepo" }',
        "places.x.parent: alepo; expected a place of",
    ),
    ('[places]\nx = { name = "X", parent = "alepo" }', "(did you mean aleppo?)"),
    ('[sources]\nx = { label = "X", kind = "un", side = "un" }', "sources.x.side: un; expected an"),
    ('[places]\nx = { name = "X", kind = "bridge" }', "places.x.kind: 'bridge'; expected one of"),
    ('[places]\nx = { name = "X", code = 3 }', "places.x.code: 3; expected a text"),
    ('fresh = "3 months"', "city.fresh: '3 months'; expected 1 to 36500 days, as"),
    ("fresh = 0", "city.fresh: 0; expected 1 to 36500 days"),
    ("fresh = true", "city.fresh: True; expected 1 to 36500 days"),
    ("fresh = 99999999999", "city.fresh: 99999999999; expected 1 to 36500 days"),
    ('[actors]\nx = { label = "X", allied = "y" }', "actors.x.allied: y; expected an actor of"),
    ('[actors]\nx = { label = "X", allied = "x" }', "actors.x.allied: x itself; expected another"),
    (
        '[actors]\nx = { label = "X", allied = [{ with = "x" }] }',
        "actors.x.allied[0].with: x itself; expected another than x",
    ),
    (
        '[actors]\nx = { label = "X", allied = [{ wiht = "y" }] }',
        "[actors.x.allied[0]]: unknown key 'wiht'; expected one of with, from, until",
    ),
    ('[sources]\nx = { label = "X", kind = "un", relies_on = ["z"] }', "x.relies_on[0]: z; exp"),
    ('[sources]\nx = { label = "X", kind = "un", relies_on = "x" }', "relies_on: x itself"),
    ('[sources]\nx = { label = "X", kind = "un", maintained = 1 }', "maintained: 1; expected true"),
    (
        '[sources]\nx = { label = "X", kind = "un", side = 3 }',
        "sources.x.side: 3; expected an actor",
    ),
    ('[places]\nx = { name = "X", parent = "x" }', "places.x.parent: x in x; expected a tree"),
    (CIRCLE, "places.x.parent: x in y in z in x; expected a tree: no place lies in itself"),
    (BESIDE_A_CIRCLE, "places.w.parent: w in x in y in x; expected a tree"),
    ('[places]\nx = { name = "X" }\n[outside]\nx = { name = "X" }', "[places.x]: the id x stands"),
    ('[outside]\naleppo = { name = "X" }', "[places.aleppo]: the id aleppo stands twice; expected"),
]


@pytest.mark.parametrize(
    ("text", "phrase"), [*FAULTY_HEADS, *((HEAD + fault, phrase) for fault, phrase in FAULTS)]
)
def test_a_fault_is_told_once_and_with_its_place(text, phrase):
    [told] = faults(text)
    assert phrase in told


TWO_SIDES = """
[actors]
x = { label = "X" }
y = { label = "Y" }
[sources]
z = { label = "Z", kind = "state", side = %s }
"""
FAULTY_SIDES = [
    ('["x", "y"]', "sources.z.side[1]: y at the same time as x (side[0]); expected one at a time"),
    (
        '[{ of = "x", until = "2024-10-21" }, { of = "y", from = "2024-10-20" }]',
        "sources.z.side[1]: y at the same time as x (side[0])",
    ),
    (
        '[{ of = "x", from = "2024-10-20", until = "2024-10-20" }]',
        "sources.z.side[0].until: '2024-10-20'; expected a date after 2024-10-20",
    ),
    (
        '[{ of = "x", from = "2024-10", until = "2024-10-01" }]',
        "sources.z.side[0].until: '2024-10-01'; expected a date after 2024-10",
    ),
    ('[{ of = "x", from = "soon" }]', "sources.z.side[0].from: 'soon'; expected a date, as"),
    ('[{ of = "x", from = "2024-10-20/.." }]', "side[0].from: '2024-10-20/..'; expected a date"),
    ('[{ of = "x", from = 12:00:00 }]', "sources.z.side[0].from: 12:00:00; expected a date"),
    ('[{ of = "x", since = 2024-10-20 }]', "[sources.z.side[0]]: unknown key 'since'"),
    ("[{ from = 2024-10-20 }]", "[sources.z.side[0]]: no of; expected one"),
    ('[{ of = "x" }, 3]', "sources.z.side[1]: 3; expected an actor, or a list of { of, from, unt"),
]


@pytest.mark.parametrize(("sides", "phrase"), FAULTY_SIDES)
def test_a_fault_of_a_dated_side_is_told_with_its_place(sides, phrase):
    [told] = faults(HEAD + TWO_SIDES % sides)
    assert phrase in told


@pytest.mark.parametrize(("text", "phrase"), FAULTS[:3])
def test_a_fault_is_told_with_the_name_of_the_file(tmp_path, text, phrase):
    path = tmp_path / "city.toml"
    path.write_text(HEAD + text, "utf-8")
    with pytest.raises(TimelineError) as refused:
        city_file.load(path)
    assert phrase in str(refused.value)
    assert [problem.where for problem in refused.value.problems] == [str(path)]
    assert refused.value.exit_code == 1


# All faults ---------------------------------------------------------------------------------------


def test_five_different_faults_are_told_at_once():
    told = faults(
        """
        [city]
        id = "aleppo"
        name = "Aleppo"
        timezone = "Asia/Allepo"
        [places]
        east = { nam = "East" }
        sakhour = { name = "Sakhour", parent = "est", lat = "36.2" }
        [sources]
        sohr = { label = "SOHR", kind = "moniter" }
        """
    )
    assert [line.partition(";")[0] for line in told] == [
        "city.timezone: 'Asia/Allepo'",
        "[places.east]: unknown key 'nam'",
        "places.sakhour.parent: est",
        "places.sakhour.lat: '36.2'",
        "sources.sohr.kind: 'moniter'",
    ]
    hints = [line.partition("(")[2] for line in told]
    assert hints == ["", "did you mean name?)", "did you mean east?)", "", "did you mean monitor?)"]


APART: dict[str, dict[str, Any]] = {
    "city.timezone: 'Asia/Aleppo'": {"city": {"timezone": "Asia/Aleppo"}},
    "city.aliases: 3": {"city": {"aliases": 3}},
    "city.boundaries: '/a'": {"city": {"boundaries": "/a"}},
    "[city]: unknown key 'population'": {"city": {"population": 1}},
    "unknown key 'spots'": {"spots": {}},
    "[places.a]: no name": {"places": {"a": {}}},
    "[places.b]: 'B'": {"places": {"b": "B"}},
    "[places.C]: the id 'C'": {"places": {"C": {"name": "C"}}},
    "places.d.parent: a-place": {"places": {"d": {"name": "D", "parent": "a-place"}}},
    "places.e.parent: e in e": {"places": {"e": {"name": "E", "parent": "e"}}},
    "[places.f]: the id f stands twice": {
        "places": {"f": {"name": "F"}},
        "outside": {"f": {"name": "F"}},
    },
    "outside.g.lat: '1'": {"outside": {"g": {"name": "G", "lat": "1"}}},
    "actors.h.colour: 'red'": {"actors": {"h": {"label": "H", "colour": "red"}}},
    "actors.i.letter: ''": {"actors": {"i": {"label": "I", "letter": ""}}},
    "sources.j.kind: 'radio'": {"sources": {"j": {"label": "J", "kind": "radio"}}},
    "sources.k.side: x": {"sources": {"k": {"label": "K", "kind": "un", "side": "x"}}},
}
"""Tables that add one fault each to a city file, by how the fault is told."""


@given(st.sets(st.sampled_from(sorted(APART))))
def test_any_faults_are_told_each_once_and_nothing_else_is(chosen):
    raw = tomllib.loads(HEAD)
    for fault in chosen:
        for table, entries in APART[fault].items():
            raw[table] = raw.get(table, {}) | entries
    told = [str(problem) for problem in problems_of(raw)]
    assert {line.partition(";")[0] for line in told} == chosen
    assert len(told) == len(chosen)


def test_what_names_an_entry_at_fault_is_no_fault_of_its_own():
    """A place in a sector that lacks its name, and a source on the side of an actor likewise."""
    told = faults(
        HEAD
        + """
        [places]
        east = {}
        sakhour = { name = "Sakhour", parent = "east" }
        [actors]
        rebels = 3
        [sources]
        official = { label = "An official", kind = "party", side = "rebels" }
        """
    )
    assert [line.partition(";")[0] for line in told] == [
        "[places.east]: no name",
        "[actors.rebels]: 3",
    ]


# Rubbish ------------------------------------------------------------------------------------------

RUBBISH = st.recursive(
    st.one_of(
        st.text(max_size=8),
        st.sampled_from(["aleppo", "east", "un", "Asia/Damascus"]),
        st.integers(),
        st.booleans(),
        st.floats(),
        st.just(date(2016, 12, 13)),
        st.just(time(12)),
        st.just(datetime(2016, 12, 13, tzinfo=UTC)),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["id", "name", "parent", "east", "x"]), inner, max_size=3),
    ),
    max_leaves=8,
)
"""Whatever a table of TOML may hold."""
WHOLE = f"""{HEAD}
aliases = ["Halab"]
lat = 36.2
fresh = "30d"
[places]
bridge = {{ name = "Bridge", kind = "site", code = "SY0200" }}
east = {{ name = "East", parent = "aleppo", area = 1.5, boundary = "east.geojson" }}
[outside]
idlib = {{ name = "Idlib" }}
[actors]
rebels = {{ label = "Rebels", letter = "R", colour = "#c00" }}
guards.label = "Guards"
guards.allied = [{{ with = "rebels", from = "2016-01", until = 2017-01-01 }}]
[sources]
official = {{ label = "An official", kind = "party", side = "rebels" }}
paper = {{ label = "The Paper", kind = "media", relies_on = ["official"], maintained = true }}
"""


@given(RUBBISH, st.data())
def test_rubbish_anywhere_in_a_city_file_is_read_or_told(rubbish, data):
    table, raw = {}, tomllib.loads(WHOLE)
    inner: Any = raw
    while (
        isinstance(inner, dict) and inner and data.draw(st.booleans() if table else st.just(True))
    ):
        table, key = inner, data.draw(st.sampled_from(sorted(inner)))
        inner = table[key]
    table[key] = rubbish
    assert all(problem.found and problem.expected for problem in problems_of(raw))


@given(st.dictionaries(st.sampled_from(["city", "places", "actors", "sources"]), RUBBISH))
def test_tables_of_rubbish_alone_are_told(raw):
    problems = problems_of(raw)
    assert problems
    assert all(problem.found and problem.expected for problem in problems)


# Files --------------------------------------------------------------------------------------------


def test_a_missing_file_is_told(tmp_path):
    hint = r"\(it stands beside the log; `timeline init` writes one\)"
    with pytest.raises(TimelineError, match=rf"no city file .*city\.toml {hint}"):
        city_file.load(tmp_path / "city.toml")


@pytest.mark.parametrize("data", [b"\xff\xfe", b'[city]\nid = "\xe9"'], ids=["UTF-16", "Latin-1"])
def test_a_file_in_another_encoding_is_told(tmp_path, data):
    (tmp_path / "city.toml").write_bytes(data)
    with pytest.raises(TimelineError, match="cannot be read"):
        city_file.load(tmp_path / "city.toml")


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(TimelineError, match="cannot be read"):
        city_file.load(tmp_path)


def test_the_smallest_file_is_a_city_of_one_place():
    city = city_file.parse_text(HEAD)
    assert [*city.places] == ["aleppo"]
    assert not city.actors
    assert not city.sources


def test_a_place_lies_in_the_city_unless_it_names_another_or_lies_outside():
    city = city_file.parse_text(WHOLE.replace('parent = "aleppo", ', ""))
    parents = [place.parent for place in city.places.values()]
    assert parents == [None, "aleppo", "aleppo", None]


@pytest.mark.parametrize(
    ("text", "days"),
    [("", 90), ('fresh = "30d"', 30), ("fresh = 45", 45), ('fresh = "36500d"', 36500)],
)
def test_a_word_is_fresh_for_some_days_ninety_by_default(text, days):
    assert city_file.parse_text(HEAD + text).fresh == timedelta(days=days)


def test_a_place_is_an_area_unless_it_is_called_a_site():
    city = city_file.parse_text(WHOLE)
    assert [place.kind for place in city.places.values()] == ["area", "site", "area", "area"]


def test_names_that_two_share_are_told_with_the_other_faults():
    """Each of them, and not only the first."""
    text = """
        [city]
        id = "a"
        name = "A"
        timezone = "UTC"
        colour = "red"
        [places]
        b = { name = "B" }
        c = { name = "b" }
        [actors]
        x = { label = "G" }
        y = { label = "G" }
        """
    with pytest.raises(TimelineError) as refused:
        city_file.parse_text(text)
    told = [problem.found for problem in refused.value.problems]
    assert told[0].startswith("unknown key 'colour'")
    assert told[1:] == [
        "the place name 'b' is used by b and c",
        "the actor name 'g' is used by x and y",
    ]
