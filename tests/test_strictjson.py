"""Strict parsing of one line: what two readers could read differently is refused with its reason, and everything else is taken."""

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from timeline import strictjson
from timeline.errors import InvalidEvent

SUITE = Path(__file__).parents[1].parent / "shared" / "data" / "jsontestsuite" / "test_parsing"
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
)
"""The rules by which this gate is stricter than RFC 8259."""


def nested(containers: int, inside: bytes = b"") -> bytes:
    return b'{"a":' + b"[" * (containers - 1) + inside + b"]" * (containers - 1) + b"}"


REFUSED = {
    "nothing": (b"", "an empty line; expected one JSON object (remove the line)"),
    "white space": (b" \t ", "an empty line"),
    "BOM": (b'\xef\xbb\xbf{"a":1}', "a byte order mark; expected text without one"),
    "BOM of UTF-16": ('{"a":1}'.encode("utf-16"), "NUL byte"),
    "NUL byte": (b'{"a":"x\0"}', "a NUL byte at byte 8"),
    "NUL tail": (b'{"a":1}\0\0', "a NUL byte at byte 8"),
    "CR at the end": (b'{"a":1}\r', "a carriage return at byte 8; expected lines that end with a newline alone"),
    "CR inside": (b'{"a":1,\r"b":2}', "a carriage return at byte 8"),
    "not UTF-8": (b'{"a":"\xff"}', "byte 7 (0xff) is not UTF-8; expected text encoded as UTF-8"),
    "overlong UTF-8": (b'{"a":"\xc0\xaf"}', "byte 7 (0xc0) is not UTF-8"),
    "half of a character in UTF-8": (b'{"a":"\xed\xa0\x80"}', "byte 7 (0xed) is not UTF-8"),
    "UTF-8 broken off": (b'{"a":"\xd8"}', "byte 7 (0xd8) is not UTF-8"),
    "duplicate key": (b'{"a":1,"b":2,"a":1}', 'the key "a" stands twice; expected each key once'),
    "duplicate key, escaped": (b'{"a":1,"\\u0061":2}', 'the key "a" stands twice'),
    "duplicate key within": (b'{"a":{"b":1,"b":2}}', 'the key "b" stands twice'),
    "duplicate key in a list": (b'{"a":[{"b":1,"b":2}]}', 'the key "b" stands twice'),
    "NaN": (b'{"a":NaN}', "NaN; expected a finite number"),
    "Infinity": (b'{"a":Infinity}', "Infinity; expected a finite number"),
    "-Infinity": (b'{"a":[-Infinity]}', "-Infinity; expected a finite number"),
    "1e999": (b'{"a":1e999}', "1e999 overflows; expected a finite number"),
    "-1e999": (b'{"a":{"b":-1e999}}', "-1e999 overflows"),
    "a number of many digits": (b'{"a":' + b"9" * 5000 + b"}", "$.a: a number beyond 9007199254740991"),
    "high surrogate": (b'{"a":"\\ud800"}', "$.a: half of a character (a lone surrogate); expected whole characters"),
    "low surrogate": (b'{"a":["x","\\udc00y"]}', "$.a[1]: half of a character"),
    "surrogates in the wrong order": (b'{"a":"\\ude00\\ud83d"}', "half of a character"),
    "surrogate in a key": (b'{"a":{"\\ud800":1}}', "$.a: half of a character"),
    "escaped NUL": (b'{"a":"x\\u0000"}', "$.a: a NUL character"),
    "escaped NUL in a key": (b'{"x\\u0000":1}', "$: a NUL character"),
    "null": (b'{"a":null}', "$.a: null; expected a value, or the field left out"),
    "null within": (b'{"a":{"b":[1,null]}}', "$.a.b[1]: null"),
    "empty text": (b'{"a":""}', '$.a: "", an empty text; expected some text, or the field left out'),
    "blank text": (b'{"a":[" \\n\\t"]}', "$.a[0]: "),
    "empty key": (b'{"":1}', '$: "", an empty text'),
    "33 levels": (nested(33, b"1"), "nested too deep; expected at most 32 levels"),
    "33 levels, the last empty": (nested(33), "nested too deep; expected at most 32 levels"),
    "33 levels of objects": (b'{"a":' * 33 + b"1" + b"}" * 33, "nested too deep"),
    "levels without end": (nested(200_000), "nested too deep"),
    "levels that never close": (b'{"a":' * 100_000, "nested too deep"),
    "over 1 MiB": (b'{"a":"' + b"x" * (1 << 20) + b'"}', "a line of 1048584 bytes; expected at most 1048576"),
    "an array": (b'[{"a":1}]', "a JSON array; expected a JSON object"),
    "a string": (b'"a"', "a JSON string"),
    "a number": (b"1", "a JSON number"),
    "a boolean": (b"true", "a JSON boolean"),
    "nothing but null": (b"null", "a JSON null"),
    "two objects": (b'{"a":1}{"b":2}', "not JSON at character 8: extra data"),
    "a comma too many": (b'{"a":1,}', "not JSON at character"),
    "a colon too few": (b'{"a" 1}', "not JSON at character 6: expecting ':' delimiter"),
    "a comment": (b'{"a":1} // one', "not JSON at character 9"),
    "single quotes": (b"{'a':1}", "not JSON at character 2"),
    "a bare key": (b"{a:1}", "not JSON at character 2"),
    "an unfinished text": (b'{"a":"x', "not JSON at character 6: unterminated string"),
    "an unknown escape": (b'{"a":"\\x41"}', "not JSON at character 7"),
    "a control character": (b'{"a":"\x01"}', "not JSON at character 7: invalid control character"),
    "a bare tab": (b'{"a":"x\ty"}', "not JSON at character 8: invalid control character"),
    "a bare newline": (b'{"a":"x\ny"}', "not JSON at character 8: invalid control character"),
    "a leading zero": (b'{"a":01}', "not JSON at character 7"),
    "a plus sign": (b'{"a":+1}', "not JSON at character 6"),
    "a bare point": (b'{"a":.5}', "not JSON at character 6"),
    "hexadecimal": (b'{"a":0x1}', "not JSON at character 7"),
    "digits of another script": ('{"a":١}'.encode(), "not JSON at character 6"),
    "a blank of another kind": ('{"a":\u00a01}'.encode(), "not JSON at character 6"),
}

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
    """No line, however it is made, keeps a reader busy: the time grows with the length of the line, not with its square."""
    keys = ",".join(f'"{n:x}":1' for n in range(20_000))
    begun = time.perf_counter()
    with pytest.raises(InvalidEvent, match='the key "z" stands twice'):
        strictjson.loads(f'{{{keys},"z":1,"z":2}}'.encode())
    assert time.perf_counter() - begun < 1


@settings(deadline=None, max_examples=500)
@given(st.one_of(st.binary(max_size=30), st.text('{}[]":,\\u0019ntrue. ', max_size=30).map(str.encode)))
def test_any_bytes_are_an_object_or_refused(line):
    try:
        assert isinstance(strictjson.loads(line), dict)
    except InvalidEvent as error:
        assert error.problems  # noqa: PT017  # either outcome is right


@pytest.mark.parametrize(
    ("value", "shown"), [("x", '"x"'), ("حلب", '"حلب"'), (3.9, "3.9"), (True, "true"), (None, "null"), ([1], "[1]")], ids=str
)
def test_a_value_is_shown_as_json(value, shown):
    assert strictjson.show(value) == shown


def test_a_long_value_is_shown_shortened():
    assert strictjson.show("x" * 100) == '"' + "x" * 56 + "…"


# The JSON parsing test suite of Nicolas Seriot, where it is at hand -----------------------------------------------------------------


def suite(pattern: str) -> list[Path]:
    skipped = pytest.param(SUITE, marks=pytest.mark.skip(reason="the JSON parsing test suite is not here"), id="no-suite")
    return sorted(SUITE.glob(pattern)) or [skipped]


def within(line: bytes) -> bytes:
    """Return a JSON text as the value of a field, for most of the suite is no object."""
    return b'{"a":' + line.strip(b"\n") + b"}"


@pytest.mark.parametrize("file", suite("n_*.json"), ids=lambda file: file.stem)
def test_every_wrong_text_of_the_suite_is_refused(file):
    with pytest.raises(InvalidEvent) as refused:
        strictjson.loads(file.read_bytes())
    assert "expected a JSON object" not in str(refused.value)  # it is refused for its own fault, not for being no object


@pytest.mark.parametrize("wrapped", [False, True], ids=["alone", "in an object"])
@pytest.mark.parametrize("file", suite("y_*.json"), ids=lambda file: file.stem)
def test_every_right_text_of_the_suite_is_taken_or_refused_for_a_stated_rule(file, wrapped):
    line = within(file.read_bytes()) if wrapped else file.read_bytes()
    try:
        assert isinstance(strictjson.loads(line), dict)
    except InvalidEvent as error:
        expected = STRICTER if line.lstrip().startswith(b"{") else ("expected a JSON object",)
        assert any(rule in str(error) for rule in expected), str(error)  # noqa: PT017  # either outcome is right


@pytest.mark.parametrize("wrapped", [False, True], ids=["alone", "in an object"])
@pytest.mark.parametrize("file", suite("i_*.json"), ids=lambda file: file.stem)
def test_no_doubtful_text_of_the_suite_does_harm(file, wrapped):
    line = within(file.read_bytes()) if wrapped else file.read_bytes()
    try:
        assert isinstance(strictjson.loads(line), dict)
    except InvalidEvent as error:
        assert error.problems  # noqa: PT017  # either outcome is right
