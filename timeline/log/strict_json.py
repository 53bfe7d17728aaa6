"""Strict JSON makes a line of the log an object that every reader reads in the same way.

It is I-JSON (RFC 7493): no duplicate keys, NaN, lone surrogates, byte order marks, overflow or
endless nesting. Nulls and empty texts, which say nothing, are refused too.
"""

import json
import math
import re
from typing import Any, NoReturn

from timeline.domain.events import MAX_INTEGER
from timeline.domain.quantities import whole
from timeline.errors import InvalidEvent, Problem

MAX_LINE = 1 << 20
"""The longest line, in bytes, without its newline."""
MAX_DEPTH = 32
_WHITE_SPACE = " \t\n\r"
_SURROGATE = re.compile("[\ud800-\udfff]")
_STRAY_BYTES = (
    (b"\0", "a NUL byte", "text"),
    (b"\r", "a carriage return", "lines that end with a newline alone"),
)


def loads(line: bytes, longest: int = MAX_LINE) -> dict[str, Any]:
    """Return the object that a line holds; raise `InvalidEvent` for what may not stand in a log."""
    _check_bytes(line, longest)
    try:
        value = _DECODER.decode(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        found = f"byte {error.start + 1} (0x{line[error.start]:02x}) is not UTF-8"
        _refuse(found, "text encoded as UTF-8", "save the file as UTF-8")
    except json.JSONDecodeError as error:
        reason = error.msg[:1].lower() + error.msg[1:]
        found = f"not JSON at character {error.pos + 1}: {reason}"
        _refuse(found, "one JSON object on the line")
    except RecursionError:
        _refuse("nested too deep", f"at most {MAX_DEPTH} levels")
    if not isinstance(value, dict):
        _refuse(f"a JSON {_name(value)}", "a JSON object, {…}")
    _check_values(value, "$", 1)
    return value


def show(value: object) -> str:
    """Return a value as JSON, shortened, for an error message."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    printable = text.encode("utf-8", "backslashreplace").decode()
    return printable if len(printable) <= 60 else f"{printable[:57]}…"


def _check_bytes(line: bytes, longest: int) -> None:
    if not line.strip():
        _refuse("an empty line", "one JSON object", "remove the line")
    if len(line) > longest:
        _refuse(f"a line of {len(line)} bytes", f"at most {longest}")
    if line.startswith(b"\xef\xbb\xbf"):
        _refuse("a byte order mark", "text without one", "save the file as UTF-8 without BOM")
    for byte, name, expected in _STRAY_BYTES:
        if byte in line:
            _refuse(f"{name} at byte {line.index(byte) + 1}", expected)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in pairs:
        if key in result:
            _refuse(f"the key {show(key)} stands twice", "each key once")
        result[key] = value
    return result


def _constant(text: str) -> NoReturn:
    _refuse(text, "a finite number")


def _float(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        _refuse(f"{text} overflows", "a finite number")
    return number


def _check_values(value: object, path: str, depth: int) -> None:
    """Check texts and depth all the way down; recursion is bounded by `MAX_DEPTH`."""
    if isinstance(value, str):
        _check_text(value, path)
        return
    if isinstance(value, int | float) and abs(value) > MAX_INTEGER:
        _refuse(f"a number beyond {MAX_INTEGER}", "one that every reader keeps exactly", path=path)
    if value is None:
        _refuse("null", "a value, or the field left out", path=path)
    children = _children(value, path)
    if isinstance(value, dict | list) and depth > MAX_DEPTH:
        _refuse("nested too deep", f"at most {MAX_DEPTH} levels", path=path)
    for child_path, child in children:
        _check_values(child, child_path, depth + 1)


def _children(value: object, path: str) -> list[tuple[str, object]]:
    if isinstance(value, dict):
        for key in value:
            _check_text(key, path)
        return [(f"{path}.{key}", child) for key, child in value.items()]
    if isinstance(value, list):
        return [(f"{path}[{index}]", child) for index, child in enumerate(value)]
    return []


def _check_text(text: str, path: str) -> None:
    if not text.strip(_WHITE_SPACE):
        _refuse(f"{show(text)}, an empty text", "some text, or the field left out", path=path)
    if "\0" in text:
        _refuse("a NUL character", "text", path=path)
    if _SURROGATE.search(text):
        _refuse("half of a character (a lone surrogate)", "whole characters", path=path)


def _name(value: object) -> str:
    names = {
        list: "array",
        str: "string",
        bool: "boolean",
        int: "number",
        float: "number",
        type(None): "null",
    }
    return names.get(type(value), type(value).__name__)


def _refuse(found: str, expected: str, hint: str = "", path: str = "") -> NoReturn:
    raise InvalidEvent(Problem(found, expected, path=path, hint=hint))


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_constant=_constant, parse_float=_float, parse_int=whole
)
