"""Cells hold folded events, and merge in any order to the same state.

Each `merge` is associative and commutative, with the empty cell as identity: so a log can be
shuffled, split, merged and indexed without changing an answer.
"""

from collections.abc import Callable, Hashable, Iterable
from datetime import datetime
from functools import reduce
from itertools import chain
from typing import Any, Generic, TypeVar

from attrs import frozen

from timeline.domain.events import ActorId, Estimate, EventId, Grade, SourceId
from timeline.temporal.dates import PAST, Window


class Value:
    """A thing claimed, as far as the weighing of claims needs to know it."""

    __slots__ = ()

    @property
    def favours(self) -> tuple[ActorId, ...]:
        """The actors whose cause the claim serves, if any."""
        return ()

    @property
    def ousts(self) -> bool:
        """Whether it takes something from whoever had it, and gives it to nobody."""
        return False

    @property
    def vacates(self) -> bool:
        """Whether it says that nobody has it any more, as in "the enemy left"."""
        return False

    def substance(self, head: "Head") -> Hashable:
        """Return the claim without detail, each actor as the head of its alliance."""
        return None

    def rivals(self, other: Any, head: "Head") -> bool:
        """Return whether the two cannot both be true of one moment."""
        return not self.affirms(other, head)

    def affirms(self, other: Any, head: "Head") -> bool:
        """Return whether who says this also says, in substance, the other."""
        return bool(self.substance(head) == other.substance(head))


Head = Callable[[ActorId], ActorId]
"""Gives the head of the alliance that an actor belongs to."""

V = TypeVar("V", bound=Value)


@frozen
class Claim(Generic[V]):
    """One thing that a voice says: a value over a window of time, or a stance on such a claim.

    Attributes:
        id: the event that says so.
        voice: the source that says so.
        window: the time spoken of; for a stance, that of the claim which it is about.
        text: that time as written.
        known: when it was made public, in UTC.
        subject: the place or negotiation that the claim was made on, not a place that inherits it.
        mode: ``change``, ``observation`` or ``throughout``; of a stance, that of its claim.
        question: what a voice can say one thing about at a time, such as who holds the place.
        value: the thing claimed.
        stance: ``agree``, ``disagree`` or ``unclear`` about another's claim; None for an assertion.
        about: the claim that a stance is on; None for an assertion.
        grade: the Admiralty code given by the recorder.
        cites: the sources whose word is passed on.
        order: when it was appended, and its place in the log: what breaks a tie.
    """

    id: EventId
    voice: SourceId
    window: Window
    text: str
    known: datetime
    subject: str
    mode: str
    question: Hashable
    value: V
    stance: str | None = None
    about: EventId | None = None
    grade: Grade | None = None
    cites: tuple[SourceId, ...] = ()
    order: tuple[datetime, int] = (PAST, 0)

    @property
    def asserts(self) -> bool:
        """Whether this claims the value: by itself, or by agreeing with another's claim."""
        return self.stance in (None, "agree")

    @property
    def original(self) -> bool:
        """Whether this claims the value itself, rather than speaking of another's claim."""
        return self.stance is None


@frozen
class Testimony(Generic[V]):
    """All claims of one voice on one key; merging is the union of what it said."""

    claims: tuple[Claim[V], ...] = ()

    def merge(self, *others: "Testimony[V]") -> "Testimony[V]":
        """Return the testimony of a voice that made all of these claims."""
        every = chain(self.claims, *(other.claims for other in others))
        # one statement may be about several claims
        distinct = {(claim.id, claim.about or ""): claim for claim in every}
        return Testimony(tuple(distinct[key] for key in sorted(distinct)))


KEPT = 32
"""How many of its events a count can name."""


@frozen
class Count:
    """Estimates that add up, and the last few events that they came from.

    Attributes:
        total: the sum, by interval arithmetic; None while no event named a number.
        events: how many events were added.
        recent: the latest `KEPT` of them, as (known, id); a bound on the size of the cell.
    """

    total: Estimate | None = None
    events: int = 0
    recent: tuple[tuple[datetime, EventId], ...] = ()

    def merge(self, *others: "Count") -> "Count":
        """Return the count of all of these, no two of which may share an event."""
        counts = (self, *others)
        total = reduce(add, [count.total for count in counts])
        events = sum(count.events for count in counts)
        reports = {report for count in counts for report in count.recent}
        return Count(total, events, tuple(sorted(reports)[-KEPT:]))


def ids(claims: Iterable[Claim[Any]]) -> tuple[EventId, ...]:
    """Return the ids of claims, each once, in the order in which they became known."""
    in_order = sorted(claims, key=lambda claim: (claim.known, claim.id))
    return tuple(dict.fromkeys([claim.id for claim in in_order]))


def add(a: Estimate | None, b: Estimate | None) -> Estimate | None:
    """Return the sum of two estimates, with a `best` or `high` only where both have one."""
    if a is None or b is None:
        return a or b
    return Estimate(
        low=(a.low or 0) + (b.low or 0), best=_sum(a.best, b.best), high=_sum(a.high, b.high)
    )


def _sum(a: int | None, b: int | None) -> int | None:
    return None if a is None or b is None else a + b
