"""Mappings are read strictly, and those that are shipped read the tables that they are for."""

import json
import tomllib
from contextlib import suppress
from pathlib import Path

import pytest
from commandline import run
from hypothesis import given
from hypothesis import strategies as st
from importing import CITY, FIRST, MAPPING, events, imported, table

from timeline.errors import TimelineError
from timeline.imports import bundled, mapping

HERE = Path(__file__).parent
SAMPLES = sorted((HERE / "samples").iterdir())
MISTAKES = {
    "nothing": ("", "key: missing"),
    "not TOML": ("name = ", "not TOML"),
    "unknown key": (MAPPING.replace("key =", 'kee = "x"\nkey ='), "kee: unknown key"),
    "unknown type": (MAPPING.replace('"casualties"', '"casulties"'), "did you mean casualties?"),
    "unknown field": (MAPPING + 'plaice = "{place}"\n', "events[0].plaice: unknown key"),
    "a field that is needed": (
        MAPPING.replace('occurred = "{date}"\n', ""),
        "events[0].occurred: missing",
    ),
    "braces": (MAPPING.replace("{date}", "{date"), "each column in braces"),
    "a form of date": (MAPPING.replace('"{date}"', '{ value = "{date}", forms = ["%Q"] }'), "%Q"),
    "a condition": (MAPPING + 'when = { value = "{best}" }\n', "asks nothing"),
    "a pattern": (MAPPING + 'when = { value = "{best}", matches = "(" }\n', "a regular expression"),
    "a table of words": (
        MAPPING + 'cause = { value = "{remark}", words = "causes" }\n',
        "no table 'causes'",
    ),
    "an unused table": (MAPPING + '[tables.causes]\n"a" = "b"\n', "nothing is looked up"),
    "built in": (MAPPING.replace("{@edition}", "{@editon}"), "@editon"),
    "no events": ('prefix = "a"\nkey = "{id}"\n', "neither [[events]] nor [revisions]"),
    "a prefix": (MAPPING.replace('"toll"', '"to:ll"'), "prefix"),
    "a source": (MAPPING.replace('"watch"', '"wach"'), "unknown source 'wach'"),
    "a split of one": (
        MAPPING + 'cause = { value = "{remark}", split = ";" }\n',
        "holds one value",
    ),
    "a retraction": (MAPPING.replace('"casualties"', '"retraction"'), "one of control_change"),
    "an empty precision": (
        MAPPING.replace('"{date}"', '{ value = "{date}", precision = "" }'),
        "events[0].occurred.precision",
    ),
    "an entry that is none": (
        MAPPING + "[needs]\nactors = { army = 3 }\n",
        "needs.actors.army: 3; expected a table",
    ),
    "an entry of something else": (
        MAPPING + "[needs]\nactors = { army = { label = 2016-05-10 } }\n",
        "needs.actors.army.label",
    ),
    "a meaning that is no text": (
        MAPPING + 'cause = { value = "{remark}", words = {}, otherwise = 5 }\n',
        "events[0].cause.otherwise: 5; expected a text",
    ),
}


@pytest.mark.parametrize(("text", "phrase"), MISTAKES.values(), ids=MISTAKES)
def test_a_mapping_that_makes_no_sense_is_told_by_its_key(town, text, phrase):
    """And nothing is appended."""
    Path("toll.toml").write_text(text)
    table(FIRST)
    assert phrase in run("import", "toll.toml", "toll.csv", code=1).stderr
    assert events() == []


def test_values_of_other_types_are_told_all_at_once():
    wrong = MAPPING.replace('key = "{id}"', "key = 3").replace('"watch"', "[1]")
    with pytest.raises(TimelineError) as refused:
        mapping.parse(wrong + "note = 5\ncause = { value = 7 }\nurl = 2016-05-10\n")
    told = str(refused.value).splitlines()
    assert [line.partition(";")[0] for line in told] == [
        "key: 3",
        "events[0].source: [1]",
        "events[0].cause.value: 7",
        'events[0].url: "2016-05-10"',
        "events[0].note: 5",
    ]


RUBBISH = st.recursive(
    st.one_of(st.text(max_size=8), st.integers(), st.booleans(), st.floats(), st.dates()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.text(min_size=1, max_size=8), inner, max_size=3),
    ),
    max_leaves=6,
)


@given(st.sampled_from(bundled.names()), RUBBISH, st.data())
def test_a_mapping_with_rubbish_anywhere_is_read_or_told(name, rubbish, data):
    raw = tomllib.loads(bundled.text(name))
    inner, inside, key = raw, raw, ""
    while isinstance(inner, dict | list) and inner and (not key or data.draw(st.booleans())):
        keys = sorted(inner) if isinstance(inner, dict) else list(range(len(inner)))
        inside, key = inner, data.draw(st.sampled_from(keys))
        inner = inside[key]
    inside[key] = rubbish
    with suppress(TimelineError):
        assert mapping.parsed(raw).columns is not None


@pytest.mark.parametrize("date", ["day", "{date}"])
def test_a_constant_is_read_wherever_a_column_may_stand(town, date):
    """What is in no column is blamed on none."""
    table(FIRST)
    occurred = (
        f'{{ value = "{date}", lenient = true, precision = "d", precisions = {{ d = "day" }} }}'
    )
    Path("toll.toml").write_text(MAPPING.replace('"{date}"', occurred))
    summary = imported(code=int(date == "day"))
    assert summary["set_aside"] == (date == "day")


@pytest.mark.parametrize("name", bundled.names())
def test_a_shipped_mapping_is_read_listed_shown_and_tells_its_traps(town, name):
    """Its page is the documentation."""
    assert name in run("import", "--list").stdout
    shown = run("import", name, "--show").stdout
    assert "# Traps" in shown
    assert mapping.parse(shown).name == name


@pytest.mark.parametrize("path", SAMPLES, ids=[path.stem for path in SAMPLES])
def test_a_shipped_mapping_reads_the_form_that_it_is_for(town, path):
    """Small tables of ours in the form of each source, by its documented columns."""
    drafted = run("import", path.stem, str(path), "--draft-places").stdout
    Path("city.toml").write_text(CITY + drafted.partition("[sources]\n")[2], "utf-8")
    imported(file=str(path), by=path.stem, edition="2023-04-01")
    expected = json.loads((HERE / "imported.json").read_text("utf-8"))[path.stem]
    assert {event["id"]: event for event in events()} == expected
