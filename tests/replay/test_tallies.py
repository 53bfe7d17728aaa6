"""Counting people over voices: what `tally` groups and adds up at once is what the plain definition comes to, voice by voice."""

from functools import reduce

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject
from strategies import CITY, cuts, cuts_around, estimates, logs

from projections import CASUALTIES, DISPLACEMENT
from timeline.domain.events import Estimate, Measure, SourceId
from timeline.domain.timed_event import timed
from timeline.replay import engine
from timeline.replay.cells import Claim, Count, add
from timeline.replay.leading import last_words
from timeline.replay.policies import POLICIES
from timeline.replay.projection import Cells, Context, claims
from timeline.replay.tallies import NOBODY, Figure, People, Tally, covering, tally, total

SOME = People(10, 20, 30)
ASKED: tuple[tuple[str, tuple[Measure, ...]], ...] = (
    ("people", ("flow", "cumulative")),
    ("stock", ("stock",)),
    ("killed", ("flow", "cumulative")),
    ("injured", ("flow", "cumulative")),
    ("nothing", ("flow",)),
)


def either(a: Estimate | None, b: Estimate | None) -> Estimate | None:
    """Return the range that covers two voices' estimates of the same people; a `best` only where they agree on it."""
    if a is None or b is None:
        return a or b
    high = None if a.high is None or b.high is None else max(a.high, b.high)
    return Estimate(
        low=min(a.low or 0, b.low or 0), best=a.best if a.best == b.best else None, high=high
    )


def people(estimate: Estimate) -> People:
    return People(estimate.low or 0, estimate.best, estimate.high)


def at_most(estimate: Estimate | None) -> Estimate | None:
    return estimate and Estimate(low=0, high=estimate.high)


def larger(a: Estimate | None, b: Estimate | None) -> Estimate | None:
    if a is None or b is None:
        return a or b
    bests = [one.best for one in (a, b) if one.best is not None]
    low = max(a.low or 0, b.low or 0)
    high = None if a.high is None or b.high is None else max(a.high, b.high)
    return Estimate(low=low, best=max(bests) if bests and max(bests) >= low else None, high=high)


def plain_tally(
    cells: Cells, context: Context, heading: str, measures: tuple[Measure, ...]
) -> Tally:
    """Return what was counted, with every cell looked at for every voice."""
    asked = [(heading, measure) for measure in measures]
    counts = {
        slot: cell
        for slot, cell in cells.items()
        if isinstance(cell, Count) and slot.register in asked
    }
    figures: list[Claim[Figure]] = last_words(
        claims(cells, lambda question: question in asked), CITY, context.cut.instant
    )
    told: dict[SourceId, Estimate] = {}
    for voice in sorted({slot.voice for slot in counts} | {claim.voice for claim in figures}):
        mine = [claim for claim in figures if claim.voice == voice]
        stated = [
            c.value.estimate if c.window.ended(context.cut.instant) else at_most(c.value.estimate)
            for c in mine
        ]
        sums = {slot.certain: count.total for slot, count in counts.items() if slot.voice == voice}
        estimate = reduce(larger, stated, add(sums.get(True), at_most(sums.get(False))))
        told |= {voice: estimate} if estimate is not None else {}
    whole = reduce(either, told.values(), None)
    grounds = sorted(
        [
            *((claim.known, claim.id) for claim in figures),
            *(one for count in counts.values() for one in count.recent),
        ]
    )
    ids = tuple(dict.fromkeys(id for _, id in grounds))
    return Tally(
        whole and people(whole), {voice: people(estimate) for voice, estimate in told.items()}, ids
    )


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
    drawn = data.draw(logs(kinds=projection.listens, max_size=16))
    log = [
        evolve(event, source="paper") if data.draw(st.booleans()) else event for event in drawn
    ]  # several figures of one voice
    context = Context(CITY, data.draw(cuts_around(log) | cuts()), POLICIES["latest"])
    facts = engine.visible([timed(event, CITY.zone) for event in log], context.cut)
    for cells in engine.replay(projection, facts.values(), facts.get, context.cut.instant).values():
        for heading, measures in ASKED:
            expected, found = (
                plain_tally(cells, context, heading, measures),
                tally(cells, context, heading, measures),
            )
            assert found == expected
            assert list(found.voices) == list(expected.voices)


@given(st.lists(st.none() | estimates()))
def test_a_total_is_the_sum_of_estimates(given):
    numbers = [estimate and people(estimate) for estimate in given]
    added = [
        Estimate(low=one.low, best=one.best, high=one.high) for one in numbers if one is not None
    ]
    assert total(numbers) == people(reduce(lambda a, b: add(a, b) or NOBODY, added, NOBODY))
