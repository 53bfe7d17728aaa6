"""Counting people: the figures of many voices as flows, running totals or stocks, made one range.

Within a voice flows add up, and the larger of that sum and the voice's stated total counts. Between
voices nothing is added, for they speak of the same people: the answer is the range of them all.
"""

from abc import abstractmethod
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import reduce

from attrs import frozen

from timeline.domain.choices import Measure
from timeline.domain.events import Estimate, EventId, SourceId
from timeline.domain.timed_event import TimedEvent
from timeline.replay.cells import Claim, Count, Head, V, Value, add
from timeline.replay.projection import (
    A,
    Cells,
    Context,
    Effect,
    K,
    Lookup,
    Projection,
    S,
    Slot,
    assertion,
)
from timeline.temporal.dates import PAST

NOBODY = Estimate(low=0, best=0, high=0)


@frozen
class Figure(Value):
    """A cumulative or stock figure of a voice; it favours nobody, and the last one counts."""

    estimate: Estimate

    def substance(self, head: Head) -> Estimate:
        """Return the number."""
        return self.estimate


@frozen
class People:
    """A number of people by a cut: at least `low`, at most `high`; None for no bound."""

    low: int
    best: int | None
    high: int | None


@frozen
class Tally:
    """The people counted under one heading.

    Attributes:
        people: the range over all voices; None when no voice gave a number.
        voices: each voice's own figure.
        because: the events that it rests on, of a long sum the latest.
    """

    people: People | None
    voices: Mapping[SourceId, People]
    because: tuple[EventId, ...]


NOTHING_COUNTED = Tally(None, {}, ())
"""The tally of a heading under which nobody said anything."""


class TallyProjection(Projection[K, A, S]):
    """A projection that counts people; what is said about its events bears on no number."""

    @abstractmethod
    def counted(self, timed: TimedEvent) -> Iterable[Effect]:
        """Yield the effects of an event that counts people."""

    def effects(self, timed: TimedEvent, lookup: Lookup) -> Iterable[Effect]:
        """Yield the effects of an event that counts people."""
        return self.counted(timed)


def tally_effect(
    fact: TimedEvent, key: Hashable, heading: str, estimate: Estimate | None, measure: Measure
) -> Effect:
    """Return the effect of an event that gives a number, or none, under a heading of a key."""
    if measure == "flow":
        count = Count(estimate, 1, ((fact.known, fact.event.id),))
        return Effect(key, fact.event.source, (heading, measure), fact.window, count)
    return assertion(fact, key, "observation", (heading, measure), Figure(estimate or Estimate()))


def tally(
    cells: Cells,
    context: Context,
    heading: str,
    measures: tuple[Measure, ...] = ("flow", "cumulative"),
) -> Tally:
    """Return the tally of a heading of one key, by some measures."""
    counts, stated = _given(cells, [(heading, measure) for measure in measures])
    if not counts and not stated:
        return NOTHING_COUNTED
    figures = last_words(stated, context)
    estimates = _by_voice(counts, figures, context)
    voices = {voice: _people(number) for voice, number in estimates if number is not None}
    people = covering(list(voices.values())) if voices else None
    return Tally(people, voices, _because(counts.values(), figures))


def last_words(claims: Iterable[Claim[V]], context: Context) -> list[Claim[V]]:
    """Return each voice's last claims on each question: those that no later word replaces.

    A later word replaces those that it follows in time, or overlaps and tells anew; of words told
    together those without contradiction all stay. What may not have happened yet replaces nothing.
    """
    at = context.cut.instant
    by_question: dict[tuple[SourceId, Hashable], list[Claim[V]]] = {}
    for claim in claims:
        if claim.window.began(at):
            by_question.setdefault((claim.voice, claim.question), []).append(claim)
    last = [claim for group in by_question.values() for claim in _last_told(group, at)]
    return sorted(last, key=lambda claim: claim.id)


def _last_told(claims: Sequence[Claim[V]], at: datetime) -> list[Claim[V]]:
    """Return a voice's last words on one question."""
    happened = [claim.window.earliest for claim in claims if claim.window.ended(at)]
    last_beginning = max(happened, default=PAST)
    last: list[Claim[V]] = []
    for claim in sorted(claims, key=lambda claim: (claim.known, claim.order), reverse=True):
        follows = claim.window.latest > last_beginning
        if follows and not any(_replaces(later, claim) for later in last):
            last.append(claim)
    return last


def _replaces(later: Claim[V], claim: Claim[V]) -> bool:
    """Return whether a claim replaces an overlapping one of its voice, not told after it."""
    if later.window.precedes(claim.window) or claim.window.precedes(later.window):
        return False
    return later.known > claim.known or later.value.rivals(claim.value, lambda actor: actor)


def _given(
    cells: Cells, questions: Collection[Hashable]
) -> tuple[dict[Slot, Count], list[Claim[Figure]]]:
    """Return the counts and the figures among cells on some questions."""
    counts: dict[Slot, Count] = {}
    figures: list[Claim[Figure]] = []
    for slot, cell in cells.items():
        if not isinstance(cell, Count):
            figures += [claim for claim in cell.claims if claim.question in questions]
        elif slot.register in questions:
            counts[slot] = cell
    return counts, figures


def _because(counts: Iterable[Count], figures: Iterable[Claim[Figure]]) -> tuple[EventId, ...]:
    """Return the ids of the events behind counts and figures, in the order of their reports."""
    counted = [report for count in counts for report in count.recent]
    stated = [(claim.known, claim.id) for claim in figures]
    return tuple(dict.fromkeys([id for _, id in sorted(counted + stated)]))


def _by_voice(
    counts: Mapping[Slot, Count], figures: Iterable[Claim[Figure]], context: Context
) -> Iterator[tuple[SourceId, Estimate | None]]:
    """Yield the larger of each voice's sum of flows and stated figures, None for no number."""
    sums: dict[SourceId, dict[bool, Estimate | None]] = {}
    for slot, count in counts.items():
        sums.setdefault(slot.voice, {})[slot.certain] = count.total
    stated: dict[SourceId, list[Estimate]] = {}
    for claim in figures:
        stated.setdefault(claim.voice, []).append(_so_far(claim, context))
    for voice in sorted(sums.keys() | stated.keys()):
        yield voice, reduce(_larger, stated.get(voice, ()), _flows(sums.get(voice, {})))


def total(people: Iterable[People | None]) -> People:
    """Return the sum of the numbers that were given; a `best` or `high` needs one in each."""
    given = [number for number in people if number is not None]
    low = sum(number.low for number in given)
    best = _unless_missing(sum, [number.best for number in given])
    high = _unless_missing(sum, [number.high for number in given])
    return People(low, best, high)


def _people(estimate: Estimate) -> People:
    return People(estimate.low or 0, estimate.best, estimate.high)


def covering(people: Sequence[People]) -> People:
    """Return the range that covers several voices' numbers, with a `best` if they agree."""
    if len(people) == 1:
        return people[0]
    low = min(number.low for number in people)
    bests = {number.best for number in people}
    best = bests.pop() if len(bests) == 1 else None
    return People(low, best, _unless_missing(max, [number.high for number in people]))


def _flows(sums: Mapping[bool, Estimate | None]) -> Estimate | None:
    """Return a voice's sum of flows: the certain ones, and at most the possible ones."""
    return add(sums.get(True), _at_most(sums.get(False)))


def _so_far(claim: Claim[Figure], context: Context) -> Estimate:
    """Return a stated figure as bounds; one perhaps not reached yet has no lower bound."""
    estimate = claim.value.estimate
    if claim.window.ended(context.cut.instant):
        return estimate
    return _at_most(estimate) or NOBODY


def _at_most(estimate: Estimate | None) -> Estimate | None:
    return None if estimate is None else Estimate(low=0, high=estimate.high)


def _larger(a: Estimate | None, b: Estimate | None) -> Estimate | None:
    """Return the larger of two estimates of the same people, bound by bound."""
    if a is None or b is None:
        return a or b
    low = max(a.low or 0, b.low or 0)
    bests = [best for best in (a.best, b.best) if best is not None and best >= low]
    high = _unless_missing(max, [a.high, b.high])
    return Estimate(low=low, best=max(bests, default=None), high=high)


def _unless_missing(combine: Callable[[list[int]], int], numbers: list[int | None]) -> int | None:
    """Return some numbers combined; None where one is missing, which is no bound."""
    given = [number for number in numbers if number is not None]
    return combine(given) if len(given) == len(numbers) else None
