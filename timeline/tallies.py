"""Counting people: how the figures of many voices, given as flows, running totals or stocks, become one range.

Flows add up within a voice. A cumulative figure is a voice's own total so far: of it and the voice's sum of flows the larger counts, for
both count the same people. Between voices nothing is added, for they speak of the same people too: the answer is the
range that covers them all.
"""

from collections.abc import Hashable, Iterable, Mapping
from functools import reduce

from attrs import frozen

from timeline.cells import Claim, Count, Value, add, either
from timeline.events import Estimate, EventId, Measure, SourceId
from timeline.policies import last_words
from timeline.projection import Cells, Context, Dated, Effect, Slot, assertion, claims

NOBODY = Estimate(low=0, best=0, high=0)


@frozen
class Figure(Value):
    """A cumulative or stock figure that a voice gave; a number favours nobody, and the last one counts."""

    estimate: Estimate

    def rivals(self, other: "Figure") -> bool:
        """Return whether the two numbers differ."""
        return self.estimate != other.estimate

    def affirms(self, other: "Figure") -> bool:
        """Return whether the two numbers are the same."""
        return self.estimate == other.estimate


@frozen
class People:
    """A number of people by a cut: at least `low`, most likely `best`, at most `high`; None where that is not said."""

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


def tally_effect(fact: Dated, key: Hashable, heading: str, estimate: Estimate | None, measure: Measure) -> Effect:
    """Return the effect of an event that gives a number, or none, under a heading of a key."""
    if measure == "flow":
        count = Count(estimate, 1, ((fact.known, fact.event.id),))
        return Effect(key, fact.event.source, (heading, measure), fact.window, count)
    return assertion(fact, key, "observation", (heading, measure), Figure(estimate or Estimate()))


def tally(cells: Cells, context: Context, heading: str, measures: tuple[Measure, ...] = ("flow", "cumulative")) -> Tally:
    """Return what was counted under a heading of one key, by some measures."""
    asked = [(heading, measure) for measure in measures]
    counts = {slot: cell for slot, cell in cells.items() if isinstance(cell, Count) and slot.register in asked}
    figures = last_words(claims(cells, lambda question: question in asked), context.city, context.cut.instant)
    estimates: dict[SourceId, Estimate | None] = {}
    for voice in sorted({slot.voice for slot in counts} | {claim.voice for claim in figures}):
        stated = [_so_far(claim, context) for claim in figures if claim.voice == voice]
        estimates[voice] = reduce(_larger, stated, _flows(counts, voice))
    told = {voice: estimate for voice, estimate in estimates.items() if estimate is not None}
    whole = reduce(either, told.values(), None)
    because = sorted([*((claim.known, claim.id) for claim in figures), *(one for count in counts.values() for one in count.recent)])
    return Tally(people(whole), {voice: _people(e) for voice, e in told.items()}, tuple(dict.fromkeys(id for _, id in because)))


def people(estimate: Estimate | None) -> People | None:
    """Return an estimate as an answer, with 0 for a missing `low`; None for none."""
    return None if estimate is None else _people(estimate)


def total(people: Iterable[People | None]) -> People:
    """Return the sum of the numbers that were given: bounds add up, a `best` only where all have one."""
    given = [Estimate(low=one.low, best=one.best, high=one.high) for one in people if one is not None]
    return _people(reduce(lambda a, b: add(a, b) or NOBODY, given, NOBODY))


def _people(estimate: Estimate) -> People:
    return People(estimate.low or 0, estimate.best, estimate.high)


def _flows(counts: Mapping[Slot, Count], voice: SourceId) -> Estimate | None:
    """Return a voice's sum of flows: those that certainly happened, and up to those that may have."""
    sums = {slot.certain: count.total for slot, count in counts.items() if slot.voice == voice}
    return add(sums.get(True), _at_most(sums.get(False)))


def _so_far(claim: Claim[Figure], context: Context) -> Estimate:
    """Return a stated figure as a bound for the cut: one that may not have been reached yet bounds nothing from below."""
    estimate = claim.value.estimate
    return estimate if claim.window.ended(context.cut.instant) else _at_most(estimate) or NOBODY


def _at_most(estimate: Estimate | None) -> Estimate | None:
    return None if estimate is None else Estimate(low=0, high=estimate.high)


def _larger(a: Estimate | None, b: Estimate | None) -> Estimate | None:
    """Return the larger of two bounds on the same people, bound by bound; a `best` is that of the one with the larger."""
    if a is None or b is None:
        return a or b
    bests = [one.best for one in (a, b) if one.best is not None]
    low = max(a.low or 0, b.low or 0)
    high = None if a.high is None or b.high is None else max(a.high, b.high)
    return Estimate(low=low, best=max(bests) if bests and max(bests) >= low else None, high=high)
