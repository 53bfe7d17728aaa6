"""Cells: all that a voice claims, and what it counted, merged the same way in every order."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from attrs import evolve
from claims import EARLIER, OWN, TOOK, agreement, claim, denial, doubt
from hypothesis import given
from hypothesis import strategies as st

from timeline.domain.events import Estimate, EventId
from timeline.replay import cells
from timeline.replay.cells import KEPT, Count, add, ids
from timeline.temporal.dates import Window

DAY = timedelta(days=1)
START = datetime(2016, 11, 1, tzinfo=UTC)
SOME = Estimate(low=10, best=20, high=30)

windows = st.tuples(st.integers(0, 8), st.integers(1, 4)).map(
    lambda pair: Window(START + pair[0] * DAY, START + (pair[0] + pair[1]) * DAY)
)


# The order of windows -----------------------------------------------------------------------------


@given(windows, windows, windows)
def test_to_precede_is_a_strict_partial_order(a, b, c):
    assert not a.precedes(a)
    assert not (a.precedes(b) and b.precedes(a))
    assert a.precedes(c) or not (a.precedes(b) and b.precedes(c))


# Testimonies --------------------------------------------------------------------------------------


def test_a_testimony_keeps_every_claim_however_old_and_however_often_it_was_told():
    again = claim("again", "monitor", reported="2016-12-05")
    merged = cells.Testimony((TOOK,)).merge(cells.Testimony((EARLIER,)), cells.Testimony((again,)))
    assert {each.id for each in merged.claims} == {"took", "earlier", "again"}


def test_a_claim_heard_twice_is_one():
    assert cells.Testimony((TOOK,)).merge(cells.Testimony((TOOK,))) == cells.Testimony((TOOK,))


def test_a_statement_about_two_claims_is_a_stance_on_each():
    no = denial("no", "paper", TOOK), evolve(denial("no", "paper", OWN), about=OWN.id)
    merged = cells.Testimony((no[0],)).merge(cells.Testimony((no[1],)))
    assert {each.about for each in merged.claims} == {"took", "own"}


def test_a_testimony_is_the_same_in_any_order_and_the_empty_one_changes_nothing():
    single = [
        cells.Testimony((each,)) for each in (TOOK, EARLIER, OWN, denial("no", "paper", TOOK))
    ]
    merged = {cells.Testimony().merge(*order) for order in permutations(single)}
    assert len(merged) == 1
    (every,) = merged
    assert every.merge(cells.Testimony()) == every == cells.Testimony().merge(every)


def test_to_agree_is_to_assert_what_another_claimed_and_to_deny_or_doubt_is_not():
    yes, no, hm = (
        agreement("yes", "paper", TOOK),
        denial("no", "paper", TOOK),
        doubt("hm", "paper", TOOK),
    )
    assert [each.asserts for each in (TOOK, yes, no, hm)] == [True, True, False, False]
    assert [each.original for each in (TOOK, yes, no, hm)] == [True, False, False, False]


def test_ids_are_told_in_the_order_in_which_they_became_known():
    assert ids([TOOK, EARLIER, OWN, TOOK]) == ("earlier", "own", "took")


# Counts -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (Estimate(low=1, best=2, high=3), SOME, Estimate(low=11, best=22, high=33)),
        (Estimate(low=1), SOME, Estimate(low=11)),
        (Estimate(best=2, high=3), SOME, Estimate(low=10, best=22, high=33)),
        (Estimate(high=3), SOME, Estimate(low=10, high=33)),
        (Estimate(), SOME, Estimate(low=10)),
        (None, SOME, SOME),
        (SOME, None, SOME),
        (None, None, None),
    ],
)
def test_bounds_add_up_where_a_missing_low_is_nobody_and_a_missing_high_is_without_end(
    a, b, expected
):
    assert add(a, b) == expected == add(b, a)


def single(number: int, estimate: Estimate | None = None) -> Count:
    """Return the count of one event."""
    return Count(estimate, 1, ((START + number * DAY, EventId(f"e{number}")),))


def test_a_count_adds_the_numbers_and_names_its_events():
    count = single(1, SOME).merge(single(2), single(3, SOME))
    assert (count.total, count.events) == (Estimate(low=20, best=40, high=60), 3)
    assert [id for _, id in count.recent] == ["e1", "e2", "e3"]


def test_events_without_a_number_leave_the_total_unknown():
    assert single(1).merge(single(2)).total is None


def test_a_count_names_the_latest_events_and_no_more_than_it_keeps():
    count = Count().merge(*(single(number, SOME) for number in reversed(range(KEPT + 5))))
    assert [id for _, id in count.recent] == [f"e{number}" for number in range(5, KEPT + 5)]
    assert count.events == KEPT + 5


def test_a_count_is_the_same_in_any_grouping():
    a, b, c = map(counted, (range(30), range(30, 45), range(45, 50)))
    assert a.merge(b).merge(c) == a.merge(b.merge(c)) == c.merge(a, b)


def counted(numbers: range) -> Count:
    return Count().merge(*(single(number, SOME) for number in numbers))


def test_a_count_names_no_more_than_32_of_its_events():
    assert len(Count().merge(*(single(number) for number in range(40))).recent) == 32
