"""Fast decoding of lines that read exactly as we would have written them; everything else is left to the gate.

Decoding is most of the cost of a replay. msgspec decodes a line straight into the same attrs classes, and so into the same rules, several
times faster than the gate (`timeline.codec`), but it overlooks unknown and repeated keys. A line is therefore taken only when it can hide
none: when it has no byte sequence that the gate looks closer at, and exactly as many keys as the event that came out has fields. A test
holds the two equal for every line that is taken here.
"""

import re
from collections.abc import Callable
from operator import attrgetter
from typing import Any

import attrs
import msgspec

from timeline.errors import TimelineError
from timeline.events import EVENT_TYPES, Event
from timeline.strictjson import MAX_LINE

_START = re.compile(rb'\{"id":"[a-z0-9][^"\\]*","type":"([a-z_]+)","v":1,')
_SUSPECT = (b'\\":', b"\\u0000", b" :", b'""', b':" ', b"null", b"\t", b"\r", b"\0")
"""What needs a closer look: a colon after an escaped quote or a space, empty and blank texts, nulls, control characters."""

Count = Callable[[Any], int]


def decode(line: bytes) -> Event | None:
    """Return the event of a line of ours, or None for a line that the gate must judge."""
    start = _START.match(line)
    if start is None or len(line) > MAX_LINE or any(mark in line for mark in _SUSPECT):
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


def _keys_of(kind: type[Any]) -> Count:
    """Return a function that counts the keys that an object of a class is written with, those of the objects in it included."""
    names = [f.name for f in attrs.fields(kind)]
    nested = [(attrgetter(f.name), _keys_of(inner)) for f in attrs.fields(kind) if (inner := _class_in(f.type)) is not None]
    values, width = attrgetter(*names), len(names)

    def keys(item: Any) -> int:
        held = values(item)
        own = width - held.count(None) - held.count(())
        return own + sum(count(value) for get, count in nested if (value := get(item)) is not None)

    return keys


def _class_in(annotation: Any) -> type[Any] | None:
    """Return the attrs class that a field holds as an object, if it holds one."""
    for kind in getattr(annotation, "__args__", (annotation,)):
        if isinstance(kind, type) and attrs.has(kind):
            return kind
    return None


def _construct(kind: type[Any], text: Any) -> Any:
    return kind(text)


_TYPES = {
    event_type.type.encode(): (msgspec.json.Decoder(event_type, dec_hook=_construct), _keys_of(event_type))
    for event_type in EVENT_TYPES
    if event_type.v == 1
}
