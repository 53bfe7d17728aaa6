"""Effects as rows of a table, and back: what the derived index holds of them, exactly.

Instants are whole microseconds since 1970. Keys, registers and values are JSON texts that a person
can read; a value names its class, which `Projection.values` lists.
"""

import json
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from typing import Any, NamedTuple

import attrs

from timeline.domain.events import Estimate, EventId, SourceId
from timeline.replay.cells import KEPT, Claim, Count, Testimony
from timeline.replay.projection import Effect, Projection
from timeline.temporal.dates import FUTURE, PAST, TICK, Window

ALWAYS = 1 << 62
"""The instant at which what stands in the end ends to be known: after every other."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Place(NamedTuple):
    """The cell that an effect belongs to, key and register as JSON texts."""

    projection: str
    key: str
    voice: str
    register: str
    counts: bool


class ClaimRow(NamedTuple):
    """An event's claim in one cell.

    Attributes:
        place: the cell.
        latest: the end of the window that is spoken of.
        earliest: its beginning.
        begun: from when the effect is known.
        ended: from when it is not any more; `ALWAYS` for what stands.
        id: the event.
        reported: when the event was made public; None if that is `begun`.
        about: the event whose claim is spoken of; None for an assertion.
        text: the window as it was written.
        grade: the Admiralty code.
        recorded: when the event was appended; None where its line does not say.
        said: mode, question, subject, value, stance and cited sources, as JSON.
    """

    place: Place
    latest: int
    earliest: int
    begun: int
    ended: int
    id: str
    reported: int | None
    about: str | None
    text: str
    grade: str | None
    recorded: int | None
    said: str


class CountRow(NamedTuple):
    """An event's addition to a cell that counts; all of its estimate may be missing."""

    place: Place
    latest: int
    earliest: int
    span: int
    begun: int
    ended: int
    id: str
    reported: int | None
    numbers: int
    low: int | None
    best: int | None
    high: int | None


def row(
    projection: Projection[Any, Any, Any], effect: Effect, begun: datetime, ended: datetime
) -> ClaimRow | CountRow:
    """Return the row of an effect known for a time; raise `TypeError` if no row can hold it."""
    key, voice, register, window, cell = effect
    counts = isinstance(cell, Count)
    place = Place(projection.name, written(key), voice, written(register), counts)
    latest, earliest = micros(window.latest), micros(window.earliest)
    until = ALWAYS if ended == FUTURE else micros(ended)
    if isinstance(cell, Count):
        times = latest, earliest, span_of(latest - earliest), micros(begun), until
        ((known, id),), total = cell.recent, cell.total
        numbers = (0, None, None, None) if total is None else (1, total.low, total.best, total.high)
        return CountRow(place, *times, id, _unless(begun, known), *numbers)
    (claim,) = cell.claims
    recorded = None if claim.order[0] == PAST else micros(claim.order[0])
    said = claim.mode, claim.question, claim.subject, claim.value, claim.stance, claim.cites
    return ClaimRow(
        place=place,
        latest=latest,
        earliest=earliest,
        begun=micros(begun),
        ended=until,
        id=claim.id,
        reported=_unless(begun, claim.known),
        about=claim.about,
        text=str(claim.text),
        grade=claim.grade,
        recorded=recorded,
        said=written(said),
    )


def _unless(begun: datetime, known: datetime) -> int | None:
    """Return when an event was made public; None where it stands from that report on."""
    return None if known == begun else micros(known)


class Rows:
    """Reads rows back into claims, for some projections; what they hold alike is made once."""

    def __init__(
        self, projections: Iterable[Projection[Any, Any, Any]], saying: Callable[[int], str]
    ) -> None:
        """Take the projections, and what gives the JSON of a saying by its number."""
        self._classes = {
            kind.__name__: kind
            for projection in projections
            for kind in (*projection.values, Estimate)
        }
        self._said: Callable[[int], tuple[Any, ...]] = cache(
            lambda number: read(saying(number), self._classes)
        )

    def testimony(self, voice: SourceId, rows: Sequence[tuple[Any, ...]]) -> Testimony[Any]:
        """Return the cell of some rows of one slot, each as `claim` takes it."""
        claims = tuple(self.claim(voice, row) for row in rows)
        return Testimony(claims) if len(claims) == 1 else Testimony().merge(Testimony(claims))

    def claim(self, voice: SourceId, row: tuple[Any, ...]) -> Claim[Any]:
        """Return the claim of a row: its slot, then `latest` to `said` but `ended`, the event."""
        _, latest, earliest, begun, id, reported, about, text, grade, recorded, said, number = row
        mode, question, subject, value, stance, cites = self._said(said)
        return Claim(
            id=id,
            voice=voice,
            window=Window(instant(earliest), instant(latest)),
            text=text,
            known=instant(begun if reported is None else reported),
            subject=subject,
            mode=mode,
            question=question,
            value=value,
            stance=stance,
            about=about,
            grade=grade,
            cites=cites,
            order=(PAST if recorded is None else instant(recorded), number),
        )


def micros(moment: datetime) -> int:
    """Return an instant as whole microseconds since 1970, exactly."""
    return (moment - _EPOCH) // TICK


def instant(microseconds: int) -> datetime:
    """Return the instant of whole microseconds since 1970, in UTC."""
    return _EPOCH + timedelta(0, 0, microseconds)


def span_of(length: int) -> int:
    """Return the class of a length in microseconds, in powers of four."""
    return length.bit_length() // 2


@lru_cache(maxsize=1 << 16)
def written(value: Hashable) -> str:
    """Return a key, register or value as JSON; raise `TypeError` for one of other kinds."""
    return _JSON.encode(value)


def _fields(value: Any) -> dict[str, list[Any]]:
    if not attrs.has(type(value)):
        raise TypeError(f"{value!r} cannot stand in an index")
    kind: Any = type(value)
    return {kind.__name__: [getattr(value, name) for name in _names(kind)]}


_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_fields)


def read(text: str, classes: Mapping[str, Any] | None = None) -> Any:
    """Return what a JSON text was written from."""
    return _restored(json.loads(text), classes or {})


def _restored(value: Any, classes: Mapping[str, Any]) -> Any:
    if isinstance(value, list):
        return tuple(_restored(item, classes) for item in value)
    if isinstance(value, dict):
        ((name, fields),) = value.items()
        return classes[name](
            **dict(
                zip(
                    _names(classes[name]),
                    (_restored(item, classes) for item in fields),
                    strict=True,
                )
            )
        )
    return value


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(f.name for f in attrs.fields(kind))


_HALF = 26
"""The bit at which numbers are cut before SQLite adds them: its sums may not pass 2⁶³."""

COUNTED = ", ".join(
    [
        "count(*)",
        "sum(c.numbers)",
        *(
            f"sum(c.{one} >> {_HALF}), sum(c.{one} & {(1 << _HALF) - 1}), count(c.{one})"
            for one in ("low", "best", "high")
        ),
        "group_concat(coalesce(c.reported, c.begun) || ' ' || c.id, ' ')",
    ]
)
"""What SQLite tells of the rows ``c`` of one slot, from which `counted` makes a cell."""


def counted(events: int, numbers: int, *found: Any) -> Count:
    """Return the cell of the rows of one slot, given as `COUNTED` has them: their merge."""
    *sums, names = found
    words = names.split(" ")
    recent = sorted(zip(map(int, words[::2]), words[1::2], strict=True))[-KEPT:]
    reports = tuple((instant(known), EventId(id)) for known, id in recent)
    return Count(_total(numbers, sums), events, reports)


def _total(numbers: int, sums: Sequence[Any]) -> Estimate | None:
    """Return the sum of estimates, as adding them one by one gives it; one alone is itself."""
    if not numbers:
        return None
    low, best, high = map(_joined, sums[::3], sums[1::3])
    _, bests, highs = sums[2::3]
    return Estimate(
        low=0 if low is None and numbers > 1 else low,
        best=best if bests == numbers else None,
        high=high if highs == numbers else None,
    )


def _joined(upper: int | None, lower: int) -> int | None:
    """Return the sum whose two halves SQLite added up; None for the sum of nothing."""
    return None if upper is None else (upper << _HALF) + lower
