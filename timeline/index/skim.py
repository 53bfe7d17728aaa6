"""Passing over events that cannot change an answer, without decoding them: of what a voice says again and again, only the last counts.

Where each projection that listens to a type of event says so (`Projection.replaced`), of two events
alike in everything but their envelope the earlier one changes nothing at a cut at which both have
happened. Most lines of a large log are such, and are told by their bytes
(`timeline.index.familiar`). Every other line is decoded.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Any, NamedTuple

from attrs import define, field

from timeline.domain.events import TYPES
from timeline.index.familiar import LONG, SAYING, Shapes, plain, shapes, window
from timeline.replay.projection import Projection
from timeline.temporal.as_of import AsOf
from timeline.temporal.dates import END_OF_TIME, TICK
from timeline.temporal.edtf import shift

_UNIT = timedelta(minutes=1)
_MINUTE = len("2016-11-28T18:00Z")
MOST = 50_000
"""How many lines are kept, or contents remembered, before the lines are given out and all is forgotten."""
DATES = 4096
"""How many vague dates are remembered at most."""


class Minutes(NamedTuple):
    """The window of a date in minutes: the first and the last that it reaches into, and from which on it may be reported."""

    first: str
    last: str
    told: str


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

    begun: str
    happened: str
    known: str
    zone: tzinfo
    _shapes: Shapes
    full: bool = False
    _said: dict[str, int] = field(factory=dict)
    _last: dict[int, str] = field(factory=dict)
    _dates: dict[str, Minutes | None] = field(factory=dict)

    @classmethod
    def of(cls, projections: Sequence[Projection[Any, Any]], cut: AsOf, zone: tzinfo) -> "Skim":
        """Return what skims a log for some projections at a cut; at one of record time, which other clocks order otherwise, nothing."""
        kinds = (
            kind
            for kind in TYPES.values()
            if all(kind in one.replaced for one in projections if kind in one.listens)
        )
        skimmed = shapes(kinds if cut.recorded is None else ())
        known = END_OF_TIME if cut.known is None else cut.known
        return cls(
            _minute(cut.instant), _minute(shift(cut.instant, -_UNIT)), _minute(known), zone, skimmed
        )

    def passes(self, raw: bytes, offset: int, counts: bool = True) -> bool:
        """Return whether a line needs no decoding: it is kept, or known not to count. One that says anything new is not passed."""
        found = plain(self._shapes, raw)
        if found is None:
            return False
        minute, vague, reported, source, own = found.group(*SAYING)
        voice, what = self._said.get(source), self._said.get(own)
        if voice is None or what is None:
            self._remember(source, own)
            return False
        if minute:
            first = last = told = minute
        elif minutes := self._minutes(vague):
            first, last, told = minutes
        else:
            return False
        if reported < told or (self.happened < last and first <= self.begun):
            return False
        if not counts or first > self.begun or reported > self.known:
            return True
        return self._keep(what << 32 | voice, first, last, offset, len(raw))

    def _keep(self, key: int, first: str, last: str, offset: int, length: int) -> bool:
        """Return whether a line is kept, or another that replaces it; not where their windows meet, and both may count."""
        other = self._last.get(key)
        if other is None or other[_MINUTE : 2 * _MINUTE] < first:
            self._last[key] = f"{first}{last}{offset} {length}"  # one text, for memory's sake
            self.full = self.full or len(self._last) >= MOST
            return True
        return last < other[:_MINUTE]

    def _remember(self, source: str, own: str) -> None:
        if len(own) <= LONG:
            self._said.setdefault(source, len(self._said))
            self._said.setdefault(own, len(self._said))
            self.full = self.full or len(self._said) >= MOST

    def _minutes(self, vague: str) -> Minutes | None:
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
            begin, length = line[2 * _MINUTE :].split()
            yield int(begin), int(length)


def _minute(instant: datetime) -> str:
    """Return an instant of UTC to the minute, as a log writes it."""
    return f"{instant.isoformat()[:16]}Z"


def _read(vague: str, zone: tzinfo) -> Minutes | None:
    read = window(vague, zone)
    if read is None:
        return None
    return Minutes(
        _minute(read.earliest),
        _minute(read.latest - TICK),
        _minute(shift(read.earliest, _UNIT - TICK)),
    )
