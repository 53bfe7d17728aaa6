"""Counting people over sources: `tally` comes to what the plain definition does, voice by voice."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import reduce
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject
from strategies import CITY, cuts, cuts_around, estimates, logs

from projections import CASUALTIES, DISPLACEMENT
from timeline.domain.choices import Measure
from timeline.domain.events import Estimate, Event, EventId, SourceId
from timeline.domain.timed_event import timed
from timeline.replay import engine
from timeline.replay.cells import Claim, Count, add
from timeline.replay.policies import POLICIES
from timeline.replay.projection import Cells, Context, Slot, claims
from timeline.replay.tallies import (
    NOBODY,
    Figure,
    People,
    Tally,
    covering,
    last_words,
    tally,
    total,
)

SOME = People(10, 20, 30)
ASKED: tuple[tuple[str, tuple[Measure, ...]], ...] = (
    ("people", ("flow", "cumulative")),
    ("stock", ("stock",)),
    ("killed", ("flow", "cumulative")),
    ("injured", ("flow", "cumulative")),
    ("nothing", ("flow",)),
)


def either(a: Estimate | None, b: Estimate | None) -> Estimate | None:
    """Return the range of two estimates of the same people, with a `best` that both give."""
    if a is None or b is None:
        return a or b
    best = a.best if a.best == b.best else None
    return Estimate(low=min(a.low or 0, b.low or 0), best=best, high=highest(a, b))


def highest(a: Estimate, b: Estimate) -> int | None:
    return None if a.high is None or b.high is None else max(a.high, b.high)


def people(estimate: Estimate) -> People:
    return People(estimate.low or 0, estimate.best, estimate.high)


def at_most(estimate: Estimate | None) -> Estimate | None:
    return estimate and Estimate(low=0, high=estimate.high)


def larger(a: Estimate | None, b: Estimate | None) -> Estimate | None:
    if a is None or b is None:
        return a or b
    low = max(a.low or 0, b.low or 0)
    bests = [best for best in (a.best, b.best) if best is not None and best >= low]
    return Estimate(low=low, best=max(bests, default=None), high=highest(a, b))


def plain_tally(
    cells: Cells, context: Context, heading: str, measures: tuple[Measure, ...]
) -> Tally:
    """Return what was counted, with every cell looked at for every voice."""
    asked = [(heading, measure) for measure in measures]
    counts = counts_of(cells, asked)
    about = claims(cells, lambda question: question in asked)
    figures: list[Claim[Figure]] = last_words(about, context)
    voices: dict[SourceId, Estimate] = {}
    for voice in sorted({slot.voice for slot in counts} | {claim.voice for claim in figures}):
        estimate = plain_estimate(voice, counts, figures, context)
        if estimate is not None:
            voices[voice] = estimate
    whole = reduce(either, voices.values(), None)
    ranges = {voice: people(estimate) for voice, estimate in voices.items()}
    return Tally(whole and people(whole), ranges, ids_of(figures, counts.values()))


def ids_of(figures: Iterable[Claim[Figure]], counts: Iterable[Count]) -> tuple[EventId, ...]:
    """Return the ids of events in the order in which they became known."""
    grounds = [(claim.known, claim.id) for claim in figures]
    grounds += [ground for count in counts for ground in count.recent]
    return tuple(dict.fromkeys(id for _, id in sorted(grounds)))


def counts_of(cells: Cells, asked: Collection[Any]) -> dict[Slot, Count]:
    return {
        slot: cell
        for slot, cell in cells.items()
        if isinstance(cell, Count) and slot.register in asked
    }


def plain_estimate(
    voice: SourceId,
    counts: Mapping[Slot, Count],
    figures: Sequence[Claim[Figure]],
    context: Context,
) -> Estimate | None:
    """Return the larger of what one voice states and what it counted."""
    sums = {slot.certain: count.total for slot, count in counts.items() if slot.voice == voice}
    counted = add(sums.get(True), at_most(sums.get(False)))
    own = [claim for claim in figures if claim.voice == voice]
    return reduce(larger, [stated(claim, context) for claim in own], counted)


def stated(claim: Claim[Figure], context: Context) -> Estimate:
    """Return the estimate of a claim, or its upper bound while its window may not have begun."""
    estimate = claim.value.estimate
    return estimate if claim.window.ended(context.cut.instant) else at_most(estimate)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (People(1, 2, 3), SOME, People(1, None, 30)),
        (People(15, 20, 25), SOME, People(10, 20, 30)),
        (People(15, 20, None), SOME, People(10, 20, None)),
        (People(0, None, 3), SOME, People(0, None, 30)),
        (SOME, SOME, SOME),
    ],
)
def test_two_voices_are_not_added_but_covered_by_one_range(a, b, expected):
    assert covering([a, b]) == expected == covering([b, a])
    assert covering([a]) == a


@pytest.mark.parametrize(
    "projection", [DISPLACEMENT, CASUALTIES], ids=lambda projection: projection.name
)
@given(st.data())
def test_a_tally_is_that_of_the_plain_definition(projection, data: DataObject):
    log = several_of_one_voice(data, data.draw(logs(kinds=projection.listens, max_size=16)))
    context = Context(CITY, data.draw(cuts_around(log) | cuts()), POLICIES["latest"])
    facts = engine.visible([timed(event, CITY.zone, n) for n, event in enumerate(log)], context.cut)
    for cells in engine.replay(projection, facts.values(), facts.get, context.cut.instant).values():
        for heading, measures in ASKED:
            expected = plain_tally(cells, context, heading, measures)
            actual = tally(cells, context, heading, measures)
            assert actual == expected
            assert list(actual.voices) == list(expected.voices)


def several_of_one_voice(data: DataObject, log: Sequence[Event]) -> list[Event]:
    return [
        evolve(event, source="paper", cites=()) if data.draw(st.booleans()) else event
        for event in log
    ]


@given(st.lists(st.none() | estimates()))
def test_a_total_is_the_sum_of_estimates(given):
    numbers = [estimate and people(estimate) for estimate in given]
    added = [
        Estimate(low=number.low, best=number.best, high=number.high)
        for number in numbers
        if number is not None
    ]
    assert total(numbers) == people(reduce(lambda a, b: add(a, b) or NOBODY, added, NOBODY))
