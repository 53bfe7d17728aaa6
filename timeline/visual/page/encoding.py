"""How a page carries much in few bytes: what occurs often is listed once and named by its number, and instants by their place in a row.

Nothing is rounded: instants are whole microseconds since 1970 (UTC), which a number of JavaScript
holds exactly for years 1685 to 2255, and what lies beyond is an open end to any reader.
"""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, Generic, TypeVar

from attrs import define, field

from timeline.replay.lifetimes import NEVER
from timeline.temporal.dates import END_OF_TIME, PAST, TICK
from timeline.visual.page.patches import Patch

H = TypeVar("H", bound=Hashable)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NONE = -1
"""The number of what is not there."""


@define
class Listed(Generic[H]):
    """A list of different things, each of which is named by its number in it."""

    items: list[H] = field(factory=list)
    _numbers: dict[H, int] = field(factory=dict)

    def number(self, item: H) -> int:
        """Return the number of a thing, which is added to the list if it is new."""
        if item not in self._numbers:
            self._numbers[item] = len(self.items)
            self.items.append(item)
        return self._numbers[item]

    def of(self, item: H | None) -> int:
        """Return the number of a thing; `NONE` for none."""
        return NONE if item is None else self.number(item)


@define
class Instants:
    """Instants in order: number 0 is the open past, and the last one the open future."""

    instants: list[datetime]
    _numbers: dict[datetime, int] = field(factory=dict)

    @classmethod
    def of(cls, instants: Iterable[datetime]) -> "Instants":
        """Return the row of some instants, each once."""
        inner = sorted({one for one in instants if PAST < one < END_OF_TIME})
        row = [PAST, *inner, NEVER]
        return cls(row, {one: number for number, one in enumerate(row)})

    def number(self, instant: datetime) -> int:
        """Return the number of an instant of the row; whatever lies at the end of time has the last."""
        return len(self.instants) - 1 if instant >= END_OF_TIME else self._numbers[instant]

    def json(self) -> list[int]:
        """Return the instants between the open ends, each in microseconds after the one before it, the first after 1970."""
        inner = [EPOCH, *self.instants[1:-1]]
        return [microseconds(after - before) for before, after in pairwise(inner)]


def microseconds(span: timedelta) -> int:
    """Return a span of time in whole microseconds."""
    return span // TICK


def packed(patches: Sequence[Patch[int]], instants: Instants) -> list[int]:
    """Return patches of numbered answers as numbers, four for each, which are small where reports are prompt.

    They are how many instants of the row later it became known than the one before, how many later
    than that it begins, over how many it reaches, and how much its answer's number is more than
    that before; what has no answer has the number `NONE`.
    """
    numbers, last_known, last_answer = list[int](), 0, 0
    for patch in patches:
        known, begin, end = (instants.number(instant) for instant in patch[:3])
        answer = NONE if patch.answer is None else patch.answer
        numbers += [known - last_known, begin - known, end - begin, answer - last_answer]
        last_known, last_answer = known, answer
    return numbers


def carried(rows: Iterable[Sequence[int]]) -> Iterator[list[int]]:
    """Yield rows of numbers, each as what is taken from the beginning of the row before, and then what is added at its end, in steps.

    Events that an answer names are mostly those that the answer before it named, without the oldest
    and with one more.
    """
    before: Sequence[int] = ()
    for row in rows:
        dropped = next(
            n for n in range(len(before) + 1) if list(before[n:]) == list(row[: len(before) - n])
        )
        kept = len(before) - dropped
        last = [0, *before, *row[kept:]][-1 - len(row[kept:])]
        yield [dropped, *(b - a for a, b in pairwise([last, *row[kept:]]))]
        before = row


def edges(patches: Iterable[Patch[Any]]) -> Iterable[datetime]:
    """Yield the instants of some patches."""
    for patch in patches:
        yield from patch[:3]
