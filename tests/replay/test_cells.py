"""Cells: what a voice claimed last, and what it counted, merged the same way in every order."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import CITY

from projections.control import Hold, effects
from timeline.domain.events import ControlChange, Estimate, EventId, Share, SourceId, Statement
from timeline.domain.timed_event import timed
from timeline.replay.cells import KEPT, Claim, Count, Position, add, unfollowed
from timeline.temporal.dates import Moment, When, Window

DAY = timedelta(days=1)
START = datetime(2016, 11, 1, tzinfo=UTC)
SOME = Estimate(low=10, best=20, high=30)


def days(first: float, last: float) -> Window:
    """Return the window from one day up to, but not including, another."""
    return Window(START + first * DAY, START + last * DAY)


def claim(
    id: str, first: float, last: float, known: float = 20, about: str | None = None
) -> Claim[Hold]:
    """Return a claim over some days."""
    return Claim(
        id=EventId(id),
        voice=SourceId("monitor"),
        window=days(first, last),
        text="",
        known=START + known * DAY,
        subject="hill",
        mode="disagree" if about else "change",
        question="register",
        value=Hold("government", "held"),
        about=about and EventId(about),
    )


def names(claims) -> list[str]:
    """Return the ids of claims."""
    return [claim.id for claim in claims]


windows = st.tuples(st.integers(0, 8), st.integers(1, 4)).map(
    lambda pair: days(pair[0], pair[0] + pair[1])
)


# The order ----------------------------------------------------------------------------------------


@given(windows, windows, windows)
def test_to_precede_is_a_strict_partial_order(a, b, c):
    assert not a.precedes(a)
    assert not (a.precedes(b) and b.precedes(a))
    assert a.precedes(c) or not (a.precedes(b) and b.precedes(c))


def test_a_claim_is_followed_by_one_whose_window_begins_as_its_own_ends():
    assert names(unfollowed([claim("first", 0, 2), claim("then", 2, 3)])) == ["then"]


def test_claims_whose_windows_overlap_stay_together():
    assert names(unfollowed([claim("a", 0, 2.01), claim("b", 2, 3)])) == ["a", "b"]


def test_of_two_claims_over_one_window_neither_follows():
    assert names(unfollowed([claim("a", 0, 2), claim("b", 0, 2)])) == ["a", "b"]


def test_a_long_vague_claim_stays_beside_what_overlaps_with_it_though_shorter_ones_are_followed():
    assert names(unfollowed([claim("long", 0, 9), claim("early", 1, 2), claim("late", 5, 6)])) == [
        "late",
        "long",
    ]


def test_when_it_was_reported_supersedes_nothing():
    assert names(
        unfollowed([claim("late-report", 0, 1, known=30), claim("early-report", 2, 3, known=10)])
    ) == ["early-report"]


def test_no_claims_leave_none():
    assert unfollowed([]) == ()


def test_a_claim_heard_twice_is_one():
    assert names(unfollowed([claim("a", 0, 1), claim("a", 0, 1)])) == ["a"]


def test_a_statement_about_two_claims_is_a_stance_on_each():
    assert [
        one.about
        for one in unfollowed([claim("no", 0, 1, about="x"), claim("no", 0, 1, about="y")])
    ] == ["x", "y"]


@given(st.lists(windows, max_size=6))
def test_what_is_unfollowed_is_what_no_other_claim_comes_after(spans):
    claims = [
        Claim(EventId(f"e{i}"), SourceId("v"), span, "", START, "hill", "change", "r", None)
        for i, span in enumerate(spans)
    ]
    latest = max((claim.window.earliest for claim in claims), default=START)
    expected = [claim for claim in claims if claim.window.latest > latest]
    assert names(unfollowed(claims)) == names(expected)


def test_a_position_is_the_same_in_any_order_and_the_empty_one_changes_nothing():
    claims = [claim("a", 0, 1), claim("b", 0.5, 3), claim("c", 2, 4), claim("d", 2.5, 3)]
    single = [Position((claim,)) for claim in claims]
    merged = [Position().merge(*order) for order in permutations(single)]
    assert set(merged) == {Position(unfollowed(claims))}
    assert merged[0].merge(Position()) == merged[0] == Position().merge(merged[0])


# Registers: what must not prune what --------------------------------------------------------------


def registers(*events) -> set:
    """Return the registers that events of one voice are kept in."""
    facts = {event.id: timed(event, CITY.zone) for event in events}
    return {
        (effect.key, effect.register)
        for fact in facts.values()
        for effect in effects(fact, facts.get)
    }


def says(
    id: str, actor: str, low: float = 1, how: str = "change", occurred: str = "2016-11-27"
) -> ControlChange:
    """Return a report by the monitor that somebody holds the hill, or some of it."""
    envelope = {
        "id": EventId(id),
        "source": SourceId("monitor"),
        "occurred": When(occurred),
        "reported": Moment("2016-12-01"),
    }
    return ControlChange(**envelope, place="hill", actor=actor, how=how, extent=Share(low=low))


def denies(id: str, about: str) -> Statement:
    """Return a denial by the monitor."""
    envelope = {
        "id": EventId(id),
        "source": SourceId("monitor"),
        "occurred": When("2016-11-28"),
        "reported": Moment("2016-12-01"),
    }
    return Statement(
        **envelope, stance="disagree", about=(EventId(about),), topic="hill", summary="Denies it."
    )


def test_changes_to_one_holder_share_a_register_and_changes_to_another_have_their_own():
    assert len(registers(says("a", "government", occurred="2012"), says("b", "government"))) == 1
    assert len(registers(says("a", "opposition", occurred="2012"), says("b", "government"))) == 2


def test_a_partial_claim_does_not_prune_another_actors_claim():
    assert (
        len(
            registers(
                says("whole", "opposition"),
                says("third", "government", low=1 / 3),
                says("half", "opposition", low=1 / 2),
            )
        )
        == 3
    )


def test_an_actors_later_partial_claim_does_prune_its_earlier_one():
    assert (
        len(
            registers(says("third", "government", low=1 / 3), says("half", "government", low=1 / 2))
        )
        == 1
    )


def test_an_observation_does_not_prune_the_change_that_says_since_when():
    assert (
        len(
            registers(
                says("took", "government"),
                says("map", "government", how="observation", occurred="2016-12-01"),
            )
        )
        == 2
    )


def test_a_stance_on_one_holder_does_not_prune_the_stance_on_its_rival_nor_the_voices_own_claim():
    log = [
        says("a", "government"),
        says("b", "opposition", occurred="2016-11-29"),
        denies("no-a", "a"),
        denies("no-b", "b"),
    ]
    assert len(registers(*log)) == 4


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
