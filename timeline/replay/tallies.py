"""Counting people: how the figures of many voices, given as flows, running totals or stocks, become one range.

Flows add up within a voice. A cumulative figure is a voice's own total so far: of it and the
voice's sum of flows the larger counts, for both count the same people. Between voices nothing is
added, for they speak of the same people too: the answer is the range that covers them all.
"""

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import reduce

from attrs import frozen

from timeline.domain.events import Estimate, EventId, Measure, SourceId
from timeline.domain.timed_event import TimedEvent
from timeline.replay.cells import Claim, Count, Value, add
from timeline.replay.leading import last_words
from timeline.replay.projection import Cells, Context, Effect, Slot, assertion

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


NOTHING_COUNTED = Tally(None, {}, ())
"""What a heading comes to under which nobody said anything."""


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
    """Return what was counted under a heading of one key, by some measures."""
    counts, said = _given(cells, [(heading, measure) for measure in measures])
    if not counts and not said:
        return NOTHING_COUNTED
    figures = last_words(said, context.city, context.cut.instant) if said else []
    voices = {
        voice: _people(estimate)
        for voice, estimate in _by_voice(counts, figures, context)
        if estimate is not None
    }
    because = [one for count in counts.values() for one in count.recent] + [
        (claim.known, claim.id) for claim in figures
    ]
    ids = tuple(dict.fromkeys([id for _, id in sorted(because)]))
    return Tally(covering(list(voices.values())) if voices else None, voices, ids)


def _given(
    cells: Cells, asked: Collection[Hashable]
) -> tuple[dict[Slot, Count], list[Claim[Figure]]]:
    """Return the counts and the figures among cells that are asked for."""
    counts: dict[Slot, Count] = {}
    said: list[Claim[Figure]] = []
    for slot, cell in cells.items():
        if not isinstance(cell, Count):
            said += [claim for claim in cell.claims if claim.question in asked]
        elif slot.register in asked:
            counts[slot] = cell
    return counts, said


def _by_voice(
    counts: Mapping[Slot, Count], figures: Iterable[Claim[Figure]], context: Context
) -> Iterator[tuple[SourceId, Estimate | None]]:
    """Yield what each voice comes to: of its sum of flows and what it stated the larger, None where it gave no number."""
    sums: dict[SourceId, dict[bool, Estimate | None]] = {}
    for slot, count in counts.items():
        sums.setdefault(slot.voice, {})[slot.certain] = count.total
    stated: dict[SourceId, list[Estimate]] = {}
    for claim in figures:
        stated.setdefault(claim.voice, []).append(_so_far(claim, context))
    for voice in sorted(sums.keys() | stated.keys()):
        yield voice, reduce(_larger, stated.get(voice, ()), _flows(sums.get(voice, {})))


def total(people: Iterable[People | None]) -> People:
    """Return the sum of the numbers that were given: bounds add up, a `best` only where all have one."""
    given = [one for one in people if one is not None]
    bests, highs = [one.best for one in given], [one.high for one in given]
    return People(
        sum(one.low for one in given), _unless_missing(sum, bests), _unless_missing(sum, highs)
    )


def _people(estimate: Estimate) -> People:
    return People(estimate.low or 0, estimate.best, estimate.high)


def covering(people: Sequence[People]) -> People:
    """Return the range that covers what several voices say of the same people; a `best` only where they agree on it."""
    if len(people) == 1:
        return people[0]
    lows, bests, highs = (
        [one.low for one in people],
        {one.best for one in people},
        [one.high for one in people],
    )
    return People(min(lows), bests.pop() if len(bests) == 1 else None, _unless_missing(max, highs))


def _flows(sums: Mapping[bool, Estimate | None]) -> Estimate | None:
    """Return a voice's sum of flows: those that certainly happened, and up to those that may have."""
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


def _unless_missing(made: Callable[[list[int]], int], numbers: list[int | None]) -> int | None:
    """Return what is made of some numbers; None where one is missing, which is no bound."""
    given = [number for number in numbers if number is not None]
    return made(given) if len(given) == len(numbers) else None
