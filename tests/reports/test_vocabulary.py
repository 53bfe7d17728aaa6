"""The vocabulary for others: a JSON Schema that takes what the log takes, and all fields."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator
from strategies import events

from timeline.domain.event_fields import field_names
from timeline.domain.events import EVENT_TYPES, Retraction
from timeline.log.codec import CODEC
from timeline.reports import vocabulary

TYPES = [pytest.param(event_type, id=event_type.type) for event_type in EVENT_TYPES]
VALIDATOR = Draft202012Validator(vocabulary.json_schema())
SHIPPED = Path(__file__).parents[2] / "events.jsonl"

FLIGHT = {
    "id": "a",
    "type": "displacement",
    "v": 1,
    "occurred": "2016-11-28",
    "reported": "2016-11-28",
    "source": "sohr",
    "origin": "sakhour",
    "people": {"low": 1, "high": 2},
}
BROKEN = {
    "unknown type": {"type": "contrl_change"},
    "version": {"v": 2},
    "version as text": {"v": "1"},
    "unknown field": {"actr": "government"},
    "unknown part": {"people": {"lowest": 1}},
    "not a whole number": {"people": {"low": 3.9}},
    "true for 1": {"people": {"low": True}},
    "null": {"people": {"low": None}},
    "text for a number": {"people": {"low": "3"}},
    "negative": {"people": {"low": -1}},
    "too great": {"people": {"low": 2**53}},
    "number for a text": {"note": 5},
    "empty text": {"note": ""},
    "no choice": {"measure": "flows"},
    "grade": {"grade": "G7"},
    "address": {"url": "ftp://example.org"},
    "id": {"id": "A B"},
    "long id": {"id": "a" * 121},
    "text for a list": {"parts": "sakhour"},
    "empty list": {"parts": []},
}


def test_the_schema_is_one():
    """The document is itself valid."""
    Draft202012Validator.check_schema(vocabulary.json_schema())


@pytest.mark.parametrize(
    ("actor", "fits"),
    [("a", True), (["a", "b"], True), (["a"], False), ([], False), (["a", "a"], False), (3, False)],
)
def test_an_actor_stands_alone_or_in_a_list_of_two_or_more(actor, fits):
    """As the codec has it."""
    head = {name: FLIGHT[name] for name in ("id", "v", "occurred", "reported", "source")}
    change = {**head, "type": "control_change", "place": "hill", "actor": actor}
    change |= {"ground": "held", "how": "throughout", "cites": ["b"], "excepting": ["c"]}
    assert VALIDATOR.is_valid(change) is fits


@given(events(kinds=EVENT_TYPES))
def test_every_event_that_can_be_written_fits(event):
    """No line that the codec writes is refused."""
    assert list(VALIDATOR.iter_errors(json.loads(CODEC.encode(event)))) == []


def test_every_line_of_the_shipped_log_fits():
    """Nor is any line of the log of Aleppo."""
    lines = SHIPPED.read_text("utf-8").splitlines()
    assert lines
    for line in lines:
        assert list(VALIDATOR.iter_errors(json.loads(line))) == []


def test_the_event_that_is_broken_below_is_whole():
    """What is refused below is refused for what was changed."""
    assert VALIDATOR.is_valid(FLIGHT)


@pytest.mark.parametrize(
    "change", [pytest.param(change, id=name) for name, change in BROKEN.items()]
)
def test_what_the_codec_refuses_by_its_shape_the_schema_refuses(change):
    """Kinds, choices and unknown names are in the vocabulary."""
    assert not VALIDATOR.is_valid(FLIGHT | change)


@pytest.mark.parametrize("name", ["id", "type", "v", "occurred", "reported", "source"])
def test_what_every_event_needs_is_required(name):
    """An event without its envelope fits nothing."""
    lacking = {field: value for field, value in FLIGHT.items() if field != name}
    assert not VALIDATOR.is_valid(lacking)


@pytest.mark.parametrize("event_type", TYPES)
def test_the_schema_of_a_type_covers_its_fields(event_type):
    """Each field is there in the order of a line, with its sentence; nothing else is allowed."""
    definition = vocabulary.json_schema([event_type])["$defs"][event_type.type]
    properties = definition["properties"]
    assert list(properties) == ["type", "v", *field_names(event_type)]
    assert definition["additionalProperties"] is False
    assert all(properties[name]["description"] for name in field_names(event_type))
    assert definition["description"]


def test_a_schema_of_some_types_refuses_the_others():
    """What was not asked for is not in it."""
    assert not Draft202012Validator(vocabulary.json_schema([Retraction])).is_valid(FLIGHT)


@pytest.mark.parametrize("event_type", TYPES)
def test_the_table_of_a_type_covers_its_fields(event_type):
    """Each field is a row: what it holds, whether it is needed, what it means."""
    table = vocabulary.field_table(event_type)
    assert [row[0] for row in table.rows] == list(field_names(event_type))
    assert all(row[1] and row[3] for row in table.rows)
    assert {row[0] for row in table.rows if row[2]} >= {"id", "occurred", "reported", "source"}


@pytest.mark.parametrize("event_type", TYPES)
def test_needed_is_what_the_schema_requires(event_type):
    """The table for people and the schema for programs agree."""
    needed = {str(row[0]) for row in vocabulary.field_table(event_type).rows if row[2]}
    definition = vocabulary.json_schema([event_type])["$defs"][event_type.type]
    assert needed | {"type", "v"} == set(definition["required"])


@pytest.mark.parametrize("event_type", TYPES)
def test_the_records_of_a_type_are_the_rows_of_its_table(event_type):
    """What is written as JSON or CSV is what the table shows, with the type."""
    records = vocabulary.field_records(event_type)
    assert [record["field"] for record in records] == list(field_names(event_type))
    for record in records:
        assert list(record) == ["type", "field", "holds", "needed", "meaning"]
    assert {record["type"] for record in records} == {event_type.type}
