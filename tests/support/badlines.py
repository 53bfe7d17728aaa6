"""Lines that a log takes by no way in."""

from pathlib import Path

import pytest

SUITE = Path(__file__).parents[2].parent / "shared" / "data" / "jsontestsuite" / "test_parsing"
"""The JSON parsing test suite of Nicolas Seriot, where it is at hand."""


def nested(containers: int, inside: bytes = b"") -> bytes:
    return b'{"a":' + b"[" * (containers - 1) + inside + b"]" * (containers - 1) + b"}"


REFUSED = {
    "nothing": (b"", "an empty line; expected one JSON object (remove the line)"),
    "white space": (b" \t ", "an empty line"),
    "BOM": (b'\xef\xbb\xbf{"a":1}', "a byte order mark; expected text without one"),
    "BOM of UTF-16": ('{"a":1}'.encode("utf-16"), "NUL byte"),
    "NUL byte": (b'{"a":"x\0"}', "a NUL byte at byte 8"),
    "NUL tail": (b'{"a":1}\0\0', "a NUL byte at byte 8"),
    "CR at the end": (
        b'{"a":1}\r',
        "a carriage return at byte 8; expected lines that end with a newline alone",
    ),
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
    "a number of many digits": (
        b'{"a":' + b"9" * 5000 + b"}",
        "$.a: a number beyond 9007199254740991",
    ),
    "a number beyond 2^53 - 1": (
        b'{"a":9007199254740992}',
        "$.a: a number beyond 9007199254740991; expected one that every reader keeps exactly",
    ),
    "a number beyond -(2^53 - 1)": (
        b'{"a":[1,-9007199254740992]}',
        "$.a[1]: a number beyond 9007199254740991",
    ),
    "a number beyond, with a point": (
        b'{"a":9007199254740992.0}',
        "$.a: a number beyond 9007199254740991",
    ),
    "a number beyond, with an exponent": (
        b'{"a":{"b":-1e16}}',
        "$.a.b: a number beyond 9007199254740991",
    ),
    "high surrogate": (
        b'{"a":"\\ud800"}',
        "$.a: half of a character (a lone surrogate); expected whole characters",
    ),
    "low surrogate": (b'{"a":["x","\\udc00y"]}', "$.a[1]: half of a character"),
    "surrogates in the wrong order": (b'{"a":"\\ude00\\ud83d"}', "half of a character"),
    "surrogate in a key": (b'{"a":{"\\ud800":1}}', "$.a: half of a character"),
    "escaped NUL": (b'{"a":"x\\u0000"}', "$.a: a NUL character"),
    "escaped NUL in a key": (b'{"x\\u0000":1}', "$: a NUL character"),
    "null": (b'{"a":null}', "$.a: null; expected a value, or the field left out"),
    "null within": (b'{"a":{"b":[1,null]}}', "$.a.b[1]: null"),
    "empty text": (
        b'{"a":""}',
        '$.a: "", an empty text; expected some text, or the field left out',
    ),
    "blank text": (b'{"a":[" \\n\\t"]}', "$.a[0]: "),
    "empty key": (b'{"":1}', '$: "", an empty text'),
    "33 levels": (nested(33, b"1"), "nested too deep; expected at most 32 levels"),
    "33 levels, the last empty": (nested(33), "nested too deep; expected at most 32 levels"),
    "33 levels of objects": (b'{"a":' * 33 + b"1" + b"}" * 33, "nested too deep"),
    "levels without end": (nested(200_000), "nested too deep"),
    "levels that never close": (b'{"a":' * 100_000, "nested too deep"),
    "over 1 MiB": (
        b'{"a":"' + b"x" * (1 << 20) + b'"}',
        "a line of 1048584 bytes; expected at most 1048576",
    ),
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
"""By name: a line that is no JSON object that a log may hold, and a part of the message."""


def suite(pattern: str) -> list[Path]:
    """Return files of the suite, for the parameters of a test that is skipped without them."""
    skipped = pytest.param(
        SUITE,
        marks=pytest.mark.skip(reason="the JSON parsing test suite is not here"),
        id="no-suite",
    )
    return sorted(SUITE.glob(pattern)) or [skipped]
