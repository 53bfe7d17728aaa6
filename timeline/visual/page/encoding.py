"""The encoding of a page in few bytes: values and instants stand once and are named by number.

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
"""The number of an absent value."""


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
        inner = sorted({instant for instant in instants if PAST < instant < END_OF_TIME})
        row = [PAST, *inner, NEVER]
        return cls(row, {instant: number for number, instant in enumerate(row)})

    def number(self, instant: datetime) -> int:
        """Return the number of an instant of the row, the last for the end of time."""
        return len(self.instants) - 1 if instant >= END_OF_TIME else self._numbers[instant]

    def json(self) -> list[int]:
        """Return the instants between the open ends as steps in microseconds, from 1970 on."""
        inner = [EPOCH, *self.instants[1:-1]]
        return [microseconds(after - before) for before, after in pairwise(inner)]


def microseconds(span: timedelta) -> int:
    """Return a span of time in whole microseconds."""
    return span // TICK


def packed(patches: Sequence[Patch[int]], instants: Instants) -> list[int]:
    """Return patches as four numbers each, which are small where reports are prompt.

    They are steps: in the row of instants from the patch before to when it was known, from there to
    its begin, from there to its end; and from the number of the answer before to its own.
    """
    numbers, last_known, last_answer = list[int](), 0, 0
    for patch in patches:
        known, begin, end = (instants.number(instant) for instant in patch[:3])
        answer = NONE if patch.answer is None else patch.answer
        numbers += [known - last_known, begin - known, end - begin, answer - last_answer]
        last_known, last_answer = known, answer
    return numbers


def carried(rows: Iterable[Sequence[int]]) -> Iterator[list[int]]:
    """Yield rows of numbers as changes: how many the row before loses, what steps it gains.

    Events that an answer names are mostly those that the answer before it named, without the oldest
    and with one more.
    """
    before: list[int] = []
    for row in map(list, rows):
        dropped = next(n for n in range(len(before) + 1) if row[: len(before) - n] == before[n:])
        added = row[len(before) - dropped :]
        last = before[-1] if before else 0
        yield [dropped, *(after - number for number, after in pairwise([last, *added]))]
        before = row


def edges(patches: Iterable[Patch[Any]]) -> Iterable[datetime]:
    """Yield the instants of some patches."""
    for patch in patches:
        yield from patch[:3]
