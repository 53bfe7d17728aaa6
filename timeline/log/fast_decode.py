"""Fast decoding of lines in exactly the shape in which we write them; everything else is left to the gate.

Decoding is most of the cost of a replay. msgspec decodes a line straight into the same attrs
classes, and so into the same rules, several times faster than the gate (`timeline.log.codec`), but
it overlooks unknown and repeated keys. So a line must first match the shape of its type: each key
that is always written, each other key at most once, all in their order, no text empty, blank or
with an escape by number. The shape holds no key that the class does not know, and msgspec judges
the values. A test holds this equal to the gate for every line that is taken here.
"""

import re
from collections.abc import Iterable
from operator import call
from typing import Any, Literal, get_args, get_origin

import attrs
import msgspec

from timeline.domain.event_fields import HEAD, TAIL, own_names
from timeline.domain.events import EVENT_TYPES, Event
from timeline.errors import TimelineError
from timeline.log.strict_json import MAX_LINE

_TEXT = r'"[^"\\ ][^"\\]*+(?:\\[^u][^"\\]*+)*+"'
"""A text that begins with neither a blank nor an escape: most do, and what is left to look at is then one sweep to its end."""
_NUMBERS = {int: r"[0-9]{1,15}+", float: r"[0-9][0-9.eE+-]*+"}
"""Whole numbers of up to 15 digits are kept exactly by every reader; the gate judges longer ones."""


def decode(line: bytes) -> Event | None:
    """Return the event of a line of our shape, or None for a line that the gate must judge."""
    after_id = line.find(b'"', _ID)
    tag = after_id + _TO_TAG
    known = _TYPES.get(line[tag : line.find(b'"', tag)])
    if known is None or len(line) > MAX_LINE:
        return None
    shape, decoder = known
    if shape.fullmatch(line) is None:
        return None
    try:
        event: Event = decoder.decode(line)
    except (msgspec.DecodeError, TimelineError, ValueError):
        return None
    return event


_ID = len('{"id":"')
_TO_TAG = len('","type":"')
"""Where a line of our shape has its id, and how far behind that its tag: what stands elsewhere is found out by the shape."""


def members(event_type: type[Event], names: Iterable[str]) -> str:
    """Return the pattern of some fields of a type, each with the comma before it, in their order."""
    named = {f.name: f for f in attrs.fields(event_type)}
    return "".join(_member(named[name]) for name in names)


def _member(field: "attrs.Attribute[Any]") -> str:
    member = f',"{field.name}":{_value(field.type)}'
    return f"(?:{member})?+" if field.default in (None, ()) else member


def _value(annotation: Any) -> str:
    """Return the pattern of a value; in an object every member is optional, and the commas are left to the JSON reader."""
    kind = next((kind for kind in get_args(annotation) if kind is not type(None)), annotation)
    if get_origin(annotation) is Literal:
        return _TEXT
    if get_origin(annotation) is tuple:
        return rf"\[{_TEXT}(?:,{_TEXT})*+\]"
    if attrs.has(kind):
        members = "".join(f'(?:,?"{f.name}":{_value(f.type)})?' for f in attrs.fields(kind))
        return rf"\{{{members}\}}"
    return _NUMBERS.get(kind, _TEXT)


def _shape(event_type: type[Event]) -> "re.Pattern[bytes]":
    """Return the pattern of a whole line of a type."""
    head = rf'\{{"id":{_TEXT},"type":"{event_type.type}","v":1'
    names = (*HEAD[1:], *own_names(event_type), *TAIL)
    return re.compile(rf"{head}{members(event_type, names)}\}}".encode())


_TYPES = {
    event_type.type.encode(): (_shape(event_type), msgspec.json.Decoder(event_type, dec_hook=call))
    for event_type in EVENT_TYPES
    if event_type.v == 1
}
"""By tag: the shape of a type's lines, and what decodes one of them."""
