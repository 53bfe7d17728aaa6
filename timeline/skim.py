"""Passing over events that cannot change an answer, without decoding them: of what a voice says again and again, only the last counts.

Where each projection that listens to a type of event says so (`Projection.replaced`), of two events alike in everything but their envelope
the earlier one changes nothing at a cut at which both have happened. Most lines of a large log are such. They are told by their bytes: a
line in the plainest shape there is, whose source and own fields stand, byte for byte, in a line that was decoded and admitted in full, is
valid if its id and its dates are, and those are held to patterns that no invalid one matches. Every other line is decoded.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from attrs import define, field

from timeline.admitted import members
from timeline.edtf import shift
from timeline.events import TYPES, Event, own_names
from timeline.projection import Projection
from timeline.when import END_OF_TIME, Cut

_DAY = r"(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))"
_TIME = rf"(?!000[01]|9999)[0-9]{{4}}-{_DAY}T(?:[01][0-9]|2[0-3]):[0-5][0-9]"
"""Times to the minute that are surely there; for the 29th of February one needs a calendar."""
_ID = r"(?=[^\"]{1,120}\")[a-z0-9]++(?:[-_.:][a-z0-9]++)*+"
_TEXT = r'"[!#-\[\]-~][ !#-\[\]-~]*+"'
"""A text of plain letters and marks; others are left to who knows more of them."""
_UNIT = timedelta(minutes=1)
MOST = 50_000
"""How many lines are kept before they are given out."""


@define
class Skim:
    """Lines of a log that are kept because they may count: of those alike, the last.

    Attributes:
        begun: the last minute, as it is written, of what may have happened by the cut.
        happened: the last minute of what has certainly happened by then.
        known: the last minute that is known at the cut.
        withdrawn: the ids of events that do not stand at the cut.
    """

    begun: bytes
    happened: bytes
    known: bytes
    withdrawn: frozenset[str]
    _shapes: "dict[bytes, re.Pattern[bytes]]"
    _last: dict[bytes, tuple[bytes, list[tuple[int, bytes]]]] = field(factory=dict)

    @classmethod
    def of(cls, projections: Sequence[Projection[Any, Any]], cut: Cut, withdrawn: frozenset[Any]) -> "Skim | None":
        """Return what skims a log for some projections at a cut; None at a cut of record time, which other clocks order otherwise."""
        if cut.recorded is not None:
            return None
        kinds = (kind for kind in TYPES.values() if all(kind in one.replaced for one in projections if kind in one.listens))
        shapes = {kind.type.encode(): _shape(kind) for kind in kinds if kind.v == 1}
        known = END_OF_TIME if cut.known is None else cut.known
        return cls(_minute(cut.instant), _minute(shift(cut.instant, -_UNIT)), _minute(known), withdrawn, shapes)

    def passes(self, raw: bytes, offset: int) -> bool:
        """Return whether a line needs no decoding: it is kept, or known not to count. One of a new content is kept, and not passed."""
        start = raw.find(b'","type":"') + 10
        shape = self._shapes.get(raw[start : raw.find(b'"', start)])
        match = shape.fullmatch(raw) if shape else None
        if match is None:
            return False
        id, occurred, reported, content = match.groups()
        last = self._last.get(content)
        if last is None:
            self._last[content] = (b"", [])
            return False
        if reported < occurred or self.happened < occurred <= self.begun:
            return False
        if last[0] <= occurred <= self.happened and reported <= self.known and id.decode() not in self.withdrawn:
            kept = [*last[1], (offset, raw)] if occurred == last[0] else [(offset, raw)]
            self._last[content] = (occurred, kept)
        return True

    @property
    def full(self) -> bool:
        """Return whether it is time to give out what was kept."""
        return len(self._last) >= MOST

    def kept(self) -> Iterator[tuple[int, bytes]]:
        """Yield where the lines begin that may count, and the lines, and forget them."""
        for _, lines in self._last.values():
            yield from lines
        self._last.clear()


def _shape(kind: type[Event]) -> "re.Pattern[bytes]":
    """Return the pattern of a line of a type that has no more than texts in its envelope: its id, its times, what it says."""
    head = rf'\{{"id":"({_ID})","type":"{kind.type}","v":1,"occurred":"({_TIME})Z","reported":"({_TIME})Z"'
    recorded = rf'(?:,"recorded":"{_TIME}(?::[0-5][0-9])?+Z")?+'
    content = members(kind, ("source", *own_names(kind)))
    texts = "".join(rf'(?:,"{name}":{_TEXT})?+' for name in ("outlet", "locator"))
    more = "".join(rf'(?:,"{name}":{_TEXT})?+' for name in ("wording", "note"))
    return re.compile(rf'{head}{recorded}({content}){texts}(?:,"grade":"[A-F][1-6]")?+{more}\}}\n'.encode())


def _minute(instant: datetime) -> bytes:
    """Return an instant of UTC to the minute, as a log writes it."""
    return instant.isoformat()[:16].encode()
