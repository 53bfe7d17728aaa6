"""Fast decoding of the lines that we wrote ourselves; every other line is left to the codec.

Decoding is most of the cost of a replay. msgspec decodes a line straight into the attrs classes,
and so into their rules, several times faster than `timeline.log.codec`. But it is lenient: it
passes over unknown and repeated keys, and takes fields in any order, nulls, and 3.0 for 3. So a
line is taken only if its event, encoded again, gives the same bytes, for then nothing was passed
over. A test holds that the codec reads every line that is taken here, and reads it as the same.
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
    """Return whether no text is blank or holds NUL, and no number is too large for a reader.

    These are the rules of the codec that are neither the classes' nor to be seen in the bytes.
    """
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
