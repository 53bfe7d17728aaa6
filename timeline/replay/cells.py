"""Cells hold folded events, and merge in any order to the same state.

Each `merge` is associative and commutative, with the empty cell as identity: so a log can be
shuffled, split, merged and indexed without changing an answer.
"""

from collections.abc import Hashable, Iterable
from datetime import datetime
from functools import reduce
from itertools import chain
from typing import Any, Generic, TypeVar

from attrs import frozen

from timeline.domain.events import ActorId, Estimate, EventId, Grade, SourceId
from timeline.temporal.dates import Window


class Value:
    """A thing claimed, as far as the weighing of claims needs to know it."""

    __slots__ = ()

    @property
    def favours(self) -> ActorId | None:
        """The actor whose cause the claim serves, if any."""
        return None

    @property
    def stand(self) -> Hashable:
        """The substance of the claim, without detail; it has a register of its own."""
        return None

    def rivals(self, other: Any) -> bool:
        """Return whether the two cannot both be true of one moment."""
        return bool(self.stand != other.stand)

    def affirms(self, other: Any) -> bool:
        """Return whether who says this also says, in substance, the other."""
        return bool(self.stand == other.stand)


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
        mode: ``change`` or ``observation``; of a stance ``agree``, ``disagree`` or ``unclear``.
        question: what a voice can say one thing about at a time, such as who holds the whole.
        value: the thing claimed.
        about: the claim that a stance is on; None for an assertion.
        grade: the Admiralty code given by the recorder.
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
    about: EventId | None = None
    grade: Grade | None = None

    @property
    def asserts(self) -> bool:
        """Whether this claims the value itself, rather than speaking of another's claim."""
        return self.about is None


@frozen
class Position(Generic[V]):
    """A voice's claims in one register that none of its other claims follows.

    A claim supersedes those whose windows end before its own begins. That is a strict partial
    order, so the result is the same however the merging is grouped.
    """

    claims: tuple[Claim[V], ...] = ()

    def merge(self, *others: "Position[V]") -> "Position[V]":
        """Return the position of a voice that made all of these claims."""
        return Position(unfollowed(chain(self.claims, *(other.claims for other in others))))


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


def unfollowed(claims: Iterable[Claim[V]]) -> tuple[Claim[V], ...]:
    """Return the claims that no other one follows, each once, in order of id.

    These are the claims whose windows reach beyond the latest beginning of any.
    """
    # one statement may be about several claims
    distinct = {(claim.id, claim.about or ""): claim for claim in claims}
    if not distinct:
        return ()
    last_beginning = max(claim.window.earliest for claim in distinct.values())
    in_order = [distinct[key] for key in sorted(distinct)]
    return tuple(claim for claim in in_order if claim.window.latest > last_beginning)


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
