"""Fast decoding of lines that read exactly as we would have written them; everything else is left to the gate.

Decoding is most of the cost of a replay. msgspec decodes a line straight into the same attrs classes, and so into the same rules, several
times faster than the gate (`timeline.codec`), but it overlooks unknown and repeated keys. A line is therefore taken only when it can hide
none: when it has no byte sequence that the gate looks closer at, and exactly as many keys as the event that came out has fields. A test
holds the two equal for every line that is taken here.
"""

import re
from collections.abc import Callable
from operator import attrgetter, call
from typing import Any

import attrs
import msgspec

from timeline.errors import TimelineError
from timeline.events import EVENT_TYPES, Event
from timeline.strictjson import MAX_LINE

_START = re.compile(rb'\{"id":"[a-z0-9][^"\\]*","type":"([a-z_]+)","v":1,')
Count = Callable[[Any], int]


def decode(line: bytes) -> Event | None:
    """Return the event of a line of ours, or None for a line that the gate must judge."""
    start = _START.match(line)
    if start is None or len(line) > MAX_LINE or _needs_a_closer_look(line):
        return None
    event_type = _TYPES.get(start[1])
    if event_type is None:
        return None
    decoder, keys = event_type
    try:
        event: Event = decoder.decode(line)
    except (msgspec.DecodeError, TimelineError, TypeError):
        return None
    return event if line.count(b'":') == keys(event) + 2 else None  # two more: type and v


def _needs_a_closer_look(line: bytes) -> bool:
    """Return whether a line holds what could hide a key or be a text that is refused: told by bytes, wherever they stand."""
    return (
        b'" ' in line  # white space before a colon, or a text that begins with it and may be blank
        or b'"\\' in line  # a text that begins with an escape, which may be white space
        or b'\\":' in line  # a colon after an escaped quote, or a key that ends with a backslash
        or b'""' in line
        or b"null" in line
        or b"\\u0000" in line
        or b"\t" in line
        or b"\r" in line
    )


def _keys_of(kind: type[Any]) -> Count:
    """Return a function that counts the keys that an object of a class is written with, those of the objects in it included."""
    names = [f.name for f in attrs.fields(kind)]
    nested = [(attrgetter(f.name), _keys_of(inner)) for f in attrs.fields(kind) if (inner := _class_in(f.type)) is not None]
    values, width = attrgetter(*names), len(names)

    def keys(item: Any) -> int:
        held = values(item)
        number = width - held.count(None) - held.count(())
        for get, count in nested:
            value = get(item)
            if value is not None:
                number += count(value)
        return number

    return keys


def _class_in(annotation: Any) -> type[Any] | None:
    """Return the attrs class that a field holds as an object, if it holds one."""
    for kind in getattr(annotation, "__args__", (annotation,)):
        if isinstance(kind, type) and attrs.has(kind):
            return kind
    return None


_TYPES = {
    event_type.type.encode(): (msgspec.json.Decoder(event_type, dec_hook=call), _keys_of(event_type))
    for event_type in EVENT_TYPES
    if event_type.v == 1
}
