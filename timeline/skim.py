"""Passing over events that cannot change an answer, without decoding them: of what a voice says again and again, only the last counts.

Where each projection that listens to a type of event says so (`Projection.replaced`), of two events alike in everything but their envelope
the earlier one changes nothing at a cut at which both have happened. Most lines of a large log are such. They are told by their bytes: a
line in the plainest shape there is, whose source stands, byte for byte, in a line that was decoded and admitted in full, and whose own
fields do so too, is valid if its id and its dates are, for no rule looks at both. Ids and times are held to patterns that no invalid one
matches; what is vaguer than a minute is read as any date is. Every other line is decoded.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, tzinfo
from struct import Struct
from typing import Any, NamedTuple

from attrs import define, field

from timeline.admitted import members
from timeline.edtf import shift
from timeline.errors import UsageError
from timeline.events import TYPES, Event, own_names
from timeline.projection import Projection
from timeline.when import END_OF_TIME, TICK, Cut, When

_DAY = r"(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))"
_TIME = rf"(?!000[01]|9999)[0-9]{{4}}-{_DAY}T(?:[01][0-9]|2[0-3]):[0-5][0-9]"
"""Times to the minute that are surely there; for the 29th of February one needs a calendar."""
_ID = r"(?=[^\"]{1,120}\")[a-z0-9]++(?:[-_.:][a-z0-9]++)*+"
_TEXT = r'"[!#-\[\]-~][ !#-\[\]-~]*+"'
"""A text of plain letters and marks; others are left to who knows more of them."""
_UNIT = timedelta(minutes=1)
_KEPT = Struct("16s16sqi")
"""Of a line that is kept: the first and the last minute of its window, where it begins, and how long it is."""
MOST = 50_000
"""How many lines are kept, or contents remembered, before the lines are given out and all is forgotten."""
LONG = 200
"""How many bytes of own fields are remembered at most."""
DATES = 4096
"""How many vague dates are remembered at most."""


class Minutes(NamedTuple):
    """The window of a date in minutes: the first and the last that it reaches into, and from which on it may be reported."""

    first: bytes
    last: bytes
    told: bytes


@define
class Skim:
    """Lines of a log that are kept because they may count: of those alike, the last.

    Attributes:
        begun: the last minute, as it is written, of what may have happened by the cut.
        happened: the last minute of what has certainly happened by then.
        known: the last minute that is known at the cut.
        zone: where dates are read that say no offset.
        full: whether it is time to give out what was kept.
    """

    begun: bytes
    happened: bytes
    known: bytes
    zone: tzinfo
    _shapes: "dict[bytes, re.Pattern[bytes]]"
    full: bool = False
    _said: dict[bytes, int] = field(factory=dict)
    _last: dict[int, bytes] = field(factory=dict)
    _dates: dict[bytes, Minutes | None] = field(factory=dict)

    @classmethod
    def of(cls, projections: Sequence[Projection[Any, Any]], cut: Cut, zone: tzinfo) -> "Skim":
        """Return what skims a log for some projections at a cut; at one of record time, which other clocks order otherwise, nothing."""
        kinds = (kind for kind in TYPES.values() if all(kind in one.replaced for one in projections if kind in one.listens))
        shapes = {kind.type.encode(): _shape(kind) for kind in kinds if kind.v == 1 and cut.recorded is None}
        known = END_OF_TIME if cut.known is None else cut.known
        return cls(_minute(cut.instant), _minute(shift(cut.instant, -_UNIT)), _minute(known), zone, shapes)

    def passes(self, raw: bytes, offset: int, counts: bool = True) -> bool:
        """Return whether a line needs no decoding: it is kept, or known not to count. One that says anything new is not passed."""
        start = raw.find(b'","type":"') + 10
        shape = self._shapes.get(raw[start : raw.find(b'"', start)])
        match = shape.fullmatch(raw) if shape else None
        if match is None:
            return False
        occurred, vague, reported, source, own = match.groups()
        voice, what = self._said.get(source), self._said.get(own)
        if voice is None or what is None:
            self._remember(source, own)
            return False
        if occurred:
            first = last = told = occurred
        elif minutes := self._minutes(vague):
            first, last, told = minutes
        else:
            return False
        if reported < told or (self.happened < last and first <= self.begun):
            return False
        if not counts or first > self.begun or reported > self.known:
            return True
        return self._keep(what << 32 | voice, first, last, offset, len(raw))

    def _keep(self, key: int, first: bytes, last: bytes, offset: int, length: int) -> bool:
        """Return whether a line is kept, or another that replaces it; not where their windows meet, and both may count."""
        other = self._last.get(key)
        if other is None or other[16:32] < first:
            self._last[key] = _KEPT.pack(first, last, offset, length)
            self.full = self.full or len(self._last) >= MOST
            return True
        return last < other[:16]

    def _remember(self, source: bytes, own: bytes) -> None:
        if len(own) <= LONG:
            self._said.setdefault(source, len(self._said))
            self._said.setdefault(own, len(self._said))
            self.full = self.full or len(self._said) >= MOST

    def _minutes(self, vague: bytes) -> Minutes | None:
        """Return the minutes of a date that is none to the minute in UTC; None for what is no date."""
        if vague not in self._dates:
            if len(self._dates) >= DATES:
                self._dates.clear()
            self._dates[vague] = _read(vague, self.zone)
        return self._dates[vague]

    def kept(self) -> Iterator[tuple[int, int]]:
        """Yield where the lines begin that may count, and how long they are; forget them and all that was said."""
        lines, self._last, self._said, self.full = self._last, {}, {}, False
        for line in lines.values():
            *_, begin, length = _KEPT.unpack(line)
            yield begin, length


def _shape(kind: type[Event]) -> "re.Pattern[bytes]":
    """Return the pattern of a line of a type that has no more than texts in its envelope: its times, its source, what it says."""
    head = rf'\{{"id":"{_ID}","type":"{kind.type}","v":1,"occurred":"(?:({_TIME})Z|([0-9X][^"\\]*+))","reported":"({_TIME})Z"'
    recorded = rf'(?:,"recorded":"{_TIME}(?::[0-5][0-9])?+Z")?+'
    content = f"({members(kind, ('source',))})({members(kind, own_names(kind))})"
    texts = "".join(rf'(?:,"{name}":{_TEXT})?+' for name in ("outlet", "locator"))
    more = "".join(rf'(?:,"{name}":{_TEXT})?+' for name in ("wording", "note"))
    return re.compile(rf'{head}{recorded}{content}{texts}(?:,"grade":"[A-F][1-6]")?+{more}\}}\n'.encode())


def _minute(instant: datetime) -> bytes:
    """Return an instant of UTC to the minute, as a log writes it."""
    return instant.isoformat()[:16].encode()


def _read(vague: bytes, zone: tzinfo) -> Minutes | None:
    try:
        window = When(vague.decode("ascii")).window(zone)
    except (UsageError, UnicodeDecodeError):
        return None
    whole = shift(window.earliest, _UNIT - TICK)
    return Minutes(_minute(window.earliest), _minute(window.latest - TICK), _minute(whole))
