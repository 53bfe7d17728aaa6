"""The strict parser takes every line that all readers understand alike and refuses the rest."""

import time

import pytest
from badlines import REFUSED, nested, suite
from effort import times
from hypothesis import given
from hypothesis import strategies as st

from timeline.errors import InvalidEvent
from timeline.log import strict_json as strictjson

STRICTER = (
    "stands twice",
    "an empty text",
    "null",
    "a NUL character",
    "surrogate",
    "NUL byte",
    "carriage return",
    "nested too deep",
    "is not UTF-8",
    "a number beyond",
)
"""The rules by which this gate is stricter than RFC 8259."""


ACCEPTED = {
    "nothing inside": (b"{}", {}),
    "blanks between tokens": (b' { "a" :\t[ 1 ,\n2 ] } ', {"a": [1, 2]}),
    "a trailing newline": (b'{"a":1}\n', {"a": 1}),
    "keys in any order": (b'{"z":1,"a":2}', {"z": 1, "a": 2}),
    "one key in two objects": (b'{"a":{"a":1}}', {"a": {"a": 1}}),
    "keys that differ in case": (b'{"a":1,"A":2}', {"a": 1, "A": 2}),
    "Arabic": ('{"الاسم":"الصاخور"}'.encode(), {"الاسم": "الصاخور"}),
    "emoji": ('{"a":"🕊"}'.encode(), {"a": "🕊"}),
    "escaped emoji": (b'{"a":"\\ud83d\\udd4a"}', {"a": "🕊"}),
    "escapes": (b'{"a":"\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041"}', {"a": '"\\/\b\f\n\r\tA'}),
    "line separator": ('{"a":"x\u2028y"}'.encode(), {"a": "x\u2028y"}),
    "blanks around text": (b'{"a":" x "}', {"a": " x "}),
    "a byte order mark in a text": ('{"a":"\ufeffx"}'.encode(), {"a": "\ufeffx"}),
    "numbers": (b'{"a":[0,-1,1.5,1e3,1E-2,-0.0]}', {"a": [0, -1, 1.5, 1000.0, 0.01, -0.0]}),
    "the largest number": (b'{"a":9007199254740991}', {"a": 9007199254740991}),
    "the largest number with a point": (
        b'{"a":[9007199254740991.0,-9007199254740991.0]}',
        {"a": [9007199254740991.0, -9007199254740991.0]},
    ),
    "booleans": (b'{"a":[true,false]}', {"a": [True, False]}),
    "empty containers": (b'{"a":{},"b":[]}', {"a": {}, "b": []}),
    "32 levels": (nested(32, b"1"), None),
    "32 levels, the last empty": (nested(32), None),
    "1 MiB": (b'{"a":"' + b"x" * ((1 << 20) - 8) + b'"}', None),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused(name):
    line, phrase = REFUSED[name]
    with pytest.raises(InvalidEvent) as refused:
        strictjson.loads(line)
    assert phrase in str(refused.value)


@pytest.mark.parametrize("name", ACCEPTED)
def test_what_is_accepted(name):
    line, value = ACCEPTED[name]
    assert strictjson.loads(line) == (value or strictjson.loads(line))


def test_a_refusal_can_be_printed():
    """A message never holds half of a character, which no terminal or file could take."""
    with pytest.raises(InvalidEvent) as refused:
        strictjson.loads(b'{"\\ud800":1,"\\ud800":2}')
    assert str(refused.value).encode()


def test_a_repeated_key_among_many_is_found_at_once():
    """The parsing time grows with the length of the line, not with its square."""
    keys = ",".join(f'"{n:x}":1' for n in range(20_000))
    begun = time.perf_counter()
    with pytest.raises(InvalidEvent, match='the key "z" stands twice'):
        strictjson.loads(f'{{{keys},"z":1,"z":2}}'.encode())
    assert time.perf_counter() - begun < 1


def outcome(line: bytes) -> dict | InvalidEvent:
    """Return the object of a line, or the error with which the line is refused."""
    try:
        return strictjson.loads(line)
    except InvalidEvent as error:
        return error


@times(20)
@given(
    st.one_of(st.binary(max_size=30), st.text('{}[]":,\\u0019ntrue. ', max_size=30).map(str.encode))
)
def test_any_bytes_are_an_object_or_refused(line):
    result = outcome(line)
    assert isinstance(result, dict) or result.problems  # either outcome is right


@pytest.mark.parametrize(
    ("value", "shown"),
    [("x", '"x"'), ("حلب", '"حلب"'), (3.9, "3.9"), (True, "true"), (None, "null"), ([1], "[1]")],
    ids=str,
)
def test_a_value_is_shown_as_json(value, shown):
    assert strictjson.show(value) == shown


def test_a_long_value_is_shown_shortened():
    assert strictjson.show("x" * 100) == '"' + "x" * 56 + "…"


# The JSON parsing test suite of Nicolas Seriot, where it is at hand -------------------------------


def within(line: bytes) -> bytes:
    """Return a JSON text as the value of a field, for most of the suite is no object."""
    return b'{"a":' + line.strip(b"\n") + b"}"


@pytest.mark.parametrize("file", suite("n_*.json"), ids=lambda file: file.stem)
def test_every_wrong_text_of_the_suite_is_refused(file):
    with pytest.raises(InvalidEvent) as refused:
        strictjson.loads(file.read_bytes())
    assert "expected a JSON object" not in str(
        refused.value
    )  # it is refused for its own fault, not for being no object


@pytest.mark.parametrize("wrapped", [False, True], ids=["alone", "in an object"])
@pytest.mark.parametrize("file", suite("y_*.json"), ids=lambda file: file.stem)
def test_every_right_text_of_the_suite_is_taken_or_refused_for_a_stated_rule(file, wrapped):
    line = within(file.read_bytes()) if wrapped else file.read_bytes()
    result = outcome(line)
    if not isinstance(result, dict):  # either outcome is right
        assert isinstance(result, InvalidEvent)
        expected = STRICTER if line.lstrip().startswith(b"{") else ("expected a JSON object",)
        assert any(rule in str(result) for rule in expected), str(result)


@pytest.mark.parametrize("wrapped", [False, True], ids=["alone", "in an object"])
@pytest.mark.parametrize("file", suite("i_*.json"), ids=lambda file: file.stem)
def test_no_doubtful_text_of_the_suite_does_harm(file, wrapped):
    line = within(file.read_bytes()) if wrapped else file.read_bytes()
    result = outcome(line)
    assert isinstance(result, dict) or result.problems  # either outcome is right
