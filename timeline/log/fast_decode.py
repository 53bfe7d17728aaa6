"""Lines that we wrote ourselves are decoded by msgspec, several times faster than by the codec.

msgspec is lenient: it passes over unknown and repeated keys, nulls, and 3.0 for 3. So a line is
taken only if its event, encoded again, gives the same bytes; all others are left to the codec.
"""

from collections.abc import Iterable
from operator import call
from typing import Any

import msgspec

from timeline.domain.events import EVENT_TYPES, MAX_INTEGER, Event
from timeline.errors import TimelineError
from timeline.log.codec import CODEC
from timeline.log.layout import LAYOUTS
from timeline.log.strict_json import MAX_LINE

_encode = msgspec.json.Encoder(enc_hook=str).encode
_ID = len('{"id":"')
_TO_TAG = len('","type":"')


def decode(line: bytes) -> Event | None:
    """Return the event of a line that we wrote, or None for a line that the codec must judge."""
    tag = line.find(b'"', _ID) + _TO_TAG
    known = _TYPES.get(line[tag : line.find(b'"', tag)])
    if known is None or len(line) > MAX_LINE:
        return None
    decode_event, values_of, written = known
    try:
        event: Event = decode_event(line)
    except (msgspec.MsgspecError, TimelineError, ValueError, ArithmeticError, RecursionError):
        return None
    values = values_of(event)
    ours = _encode(written(*values)) == line
    if not ours:  # msgspec writes 0.00001 where the codec writes 1e-05, and is else the same
        ours = CODEC.encode(event) == line
    return event if ours and _sound(values) else None


def _sound(values: Iterable[Any]) -> bool:
    """Return whether values keep the rules of the codec that neither classes nor bytes show."""
    for value in values:
        kind = type(value)
        if kind is str:
            sound = value.strip() and "\0" not in value
        elif kind is int:
            sound = value <= MAX_INTEGER
        elif kind is dict:
            sound = _sound(value.values())
        else:
            sound = kind is not list or _sound(value)
        if not sound:
            return False
    return True


def _written(event_type: type[Event]) -> Any:
    """Return a class whose objects msgspec writes as lines of a type, from the values in order."""
    names = [(name, Any, None) for name in LAYOUTS[event_type].names]
    return msgspec.defstruct(event_type.__name__, names, omit_defaults=True)


_TYPES = {
    event_type.type.encode(): (
        msgspec.json.Decoder(event_type, dec_hook=call).decode,
        LAYOUTS[event_type].values,
        _written(event_type),
    )
    for event_type in EVENT_TYPES
}
"""By tag: what decodes a line of a type, what gets the values of its event, what writes them."""
