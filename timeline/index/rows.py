"""Effects as rows of a table, and back: what the derived index holds of them, exactly.

A row says which cell an effect belongs to, when its window begins and ends, from when and until
when it is known, and what is claimed or counted. Instants are whole microseconds since 1970. Keys,
registers and values are JSON texts that a person can read; a value names its class, of which
`Projection.values` lists all that a projection uses.
"""

import json
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from typing import Any, NamedTuple

import attrs

from timeline.domain.events import Estimate, EventId, SourceId
from timeline.replay.cells import KEPT, Claim, Count, Position
from timeline.replay.projection import Effect, Projection
from timeline.temporal.dates import FUTURE, TICK, Window

ALWAYS = 1 << 62
"""The instant at which what was never withdrawn ends to be known: after every other."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Place(NamedTuple):
    """Which cell an effect belongs to: the name of the projection, as JSON texts the key and the register, the voice; whether it counts."""

    projection: str
    key: str
    voice: str
    register: str
    counts: bool


class ClaimRow(NamedTuple):
    """What an event claims in one cell.

    Attributes:
        place: which cell.
        latest: the end of the window that is spoken of.
        earliest: its beginning.
        span: how long it is, as `span_of` has it.
        begun: from when the effect is known.
        ended: from when it is not any more; `ALWAYS` for what stands.
        id: the event.
        about: the event whose claim is spoken of; None for an assertion.
        reported: when the event was made public, where that is not when the effect began to be
            known.
        text: the window as it was written.
        grade: the Admiralty code.
        said: mode, question, subject and value, as JSON.
    """

    place: Place
    latest: int
    earliest: int
    span: int
    begun: int
    ended: int
    id: str
    about: str | None
    reported: int | None
    text: str
    grade: str | None
    said: str


class CountRow(NamedTuple):
    """What an event adds to one cell that counts; as `ClaimRow`, with the estimate, of which all is None where no number was given."""

    place: Place
    latest: int
    earliest: int
    span: int
    begun: int
    ended: int
    id: str
    numbers: int
    low: int | None
    best: int | None
    high: int | None


def row(
    projection: Projection[Any, Any], effect: Effect, begun: datetime, ended: datetime
) -> ClaimRow | CountRow:
    """Return the row of an effect that is known from one instant until another; raise `TypeError` for what no row can hold."""
    key, voice, register, window, cell = effect
    counts = isinstance(cell, Count)
    place = Place(projection.name, written(key), voice, written(register), counts)
    latest, earliest = micros(window.latest), micros(window.earliest)
    times = (
        latest,
        earliest,
        span_of(latest - earliest),
        micros(begun),
        ALWAYS if ended == FUTURE else micros(ended),
    )
    if isinstance(cell, Count):
        ((_, id),), total = cell.recent, cell.total
        numbers = (0, None, None, None) if total is None else (1, total.low, total.best, total.high)
        return CountRow(place, *times, id, *numbers)
    (claim,) = cell.claims
    reported = None if claim.known == begun else micros(claim.known)
    said = written((claim.mode, claim.question, claim.subject, claim.value))
    return ClaimRow(
        place, *times, claim.id, claim.about, reported, str(claim.text), claim.grade, said
    )


class Rows:
    """Reads rows back into claims, for some projections; what they hold alike is made once."""

    def __init__(
        self, projections: Iterable[Projection[Any, Any]], saying: Callable[[int], str]
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

    def position(self, voice: SourceId, found: Sequence[tuple[Any, ...]]) -> Position[Any]:
        """Return the cell of some rows of one slot, each as `claim` takes it."""
        if len(found) == 1:
            return Position((self.claim(voice, found[0]),))
        last_beginning = max(earliest for _, _, earliest, *_ in found)
        return Position().merge(
            Position(tuple(self.claim(voice, one) for one in found if one[1] > last_beginning))
        )

    def claim(self, voice: SourceId, found: tuple[Any, ...]) -> Claim[Any]:
        """Return the claim of a row, given as its slot, then from `latest` to `said` without `span` and `ended`."""
        _, latest, earliest, begun, id, about, reported, text, grade, said = found
        mode, question, subject, value = self._said(said)
        known = instant(begun if reported is None else reported)
        return Claim(
            id,
            voice,
            Window(instant(earliest), instant(latest)),
            text,
            known,
            subject,
            mode,
            question,
            value,
            about,
            grade,
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
    """Return a key, a register or a value as JSON; raise `TypeError` for what is made of more than texts, numbers, tuples and classes."""
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
"""At which bit numbers are cut in two before SQLite adds them up: its sums may not pass 2⁶³, ours may."""

COUNTED = ", ".join(
    [
        "count(*)",
        "sum(c.numbers)",
        *(
            f"sum(c.{one} >> {_HALF}), sum(c.{one} & {(1 << _HALF) - 1}), count(c.{one})"
            for one in ("low", "best", "high")
        ),
        "group_concat(c.begun || ' ' || c.id, ' ')",
    ]
)
"""What SQLite tells of the rows ``c`` of one slot, from which `counted` makes a cell."""


def counted(events: int, numbers: int, *found: Any) -> Count:
    """Return the cell of the rows of one slot, given as `COUNTED` has them: what merging them gives."""
    *sums, names = found
    words = names.split(" ")
    recent = sorted(zip(map(int, words[::2]), words[1::2], strict=True))[-KEPT:]
    return Count(
        _total(numbers, sums), events, tuple((instant(begun), EventId(id)) for begun, id in recent)
    )


def _total(numbers: int, sums: Sequence[Any]) -> Estimate | None:
    """Return the sum of so many estimates, as adding them one by one gives it: one alone stays as it is."""
    if not numbers:
        return None
    low, best, high = (
        None if upper is None else (upper << _HALF) + lower
        for upper, lower in zip(sums[::3], sums[1::3], strict=True)
    )
    _, bests, highs = sums[2::3]
    return Estimate(
        low=0 if low is None and numbers > 1 else low,
        best=best if bests == numbers else None,
        high=high if highs == numbers else None,
    )
