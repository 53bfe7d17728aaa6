"""The range that the replay allows for an assessment is exact, and decides the verdict."""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

import pytest
from assessed import AREAS, DISTRICTS, LATE, found, held, says
from attrs import evolve
from hypothesis import assume, example, given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject
from strategies import CITY

from timeline.analysis.assessments import Finding, Measured
from timeline.domain.events import ControlChange, Event, EventId, Share, Statement
from timeline.temporal.dates import TICK, Moment, When

# The range ----------------------------------------------------------------------------------------

Ends = tuple[int, int]
Boxes = dict[str, tuple[Ends, Ends]]
"""The thirds of each district that may have been held then, and may be held now."""

ENDS = st.tuples(st.integers(0, 3), st.integers(0, 3)).map(lambda ends: (min(ends), max(ends)))


@st.composite
def boxes(draw: st.DrawFn) -> tuple[str, Boxes]:
    place = draw(st.sampled_from(sorted(DISTRICTS)))
    return place, {district: (draw(ENDS), draw(ENDS)) for district in DISTRICTS[place]}


def log_of(ranges: Boxes) -> list[Event]:
    """Return a log by which so much of each district was held in January, and is since June."""
    log: list[Event] = [held("testopolis", "2015-01-01", actor="government")]
    for district, (then, now) in ranges.items():
        log += [
            held(district, "2016-01-01", then[0] / 3, then[1] / 3),
            held(district, "2016-06-01", now[0] / 3, now[1] / 3),
        ]
    return log


def values(ranges: Boxes, weights: dict[str, float], measure: str) -> list[float]:
    """Return the share that each choice of thirds within the ranges gives, where it gives one."""
    choices = [product(thirds(then), thirds(now)) for then, now in ranges.values()]
    return list(_values(choices, [weights[district] for district in ranges], measure))


def thirds(ends: Ends) -> range:
    return range(ends[0], ends[1] + 1)


def _values(choices: Sequence[Any], weights: Sequence[float], measure: str) -> Iterator[float]:
    for world in product(*choices):
        weighed = list(zip(weights, world, strict=True))
        if measure == "share_held":
            yield sum(w * now for w, (_, now) in weighed) / 3 / sum(weights)
        elif of := sum(w * then for w, (then, _) in weighed):
            yield sum(w * max(0, then - now) for w, (then, now) in weighed) / of


def measures(finding: Finding) -> list[tuple[Measured, dict[str, float]]]:
    """Return what came of an assessment by each measure, with the weights of the districts."""
    return [(finding.by_districts, dict.fromkeys(AREAS, 1.0)), (finding.by_area, AREAS)]


MEASURES = pytest.mark.parametrize("measure", ["share_held", "share_lost"])


@MEASURES
@given(drawn=boxes())
@example(drawn=("hill", {"hill": ((0, 2), (0, 0))}))
@example(drawn=("west", {"garden": ((0, 0), (0, 3)), "station": ((0, 3), (0, 0))}))
@example(drawn=("west", {"garden": ((0, 3), (1, 1)), "station": ((0, 3), (2, 3))}))
def test_the_range_is_exact(measure: str, drawn: tuple[str, Boxes]):
    """No choice within what may have been held lies outside of it, and its ends are reached."""
    place, ranges = drawn
    for measured, weights in measures(found([*log_of(ranges), says(measure=measure, place=place)])):
        allowed = values(ranges, weights, measure)
        if measured.replayed is None:
            assert (allowed, measured.reason) == ([], "nothing was held then")
        else:
            ends = measured.replayed.low, measured.replayed.high
            assert ends == pytest.approx((min(allowed), max(allowed)), abs=1e-7)


@MEASURES
@given(drawn=boxes())
def test_a_city_that_is_fully_known_gives_one_figure(measure: str, drawn: tuple[str, Boxes]):
    place, ranges = drawn
    known = {
        district: ((then[0], then[0]), (now[1], now[1])) for district, (then, now) in ranges.items()
    }
    for measured, _ in measures(found([*log_of(known), says(measure=measure, place=place)])):
        assert measured.replayed is None or measured.replayed.low == measured.replayed.high


@MEASURES
@given(drawn=boxes(), data=st.data())
def test_what_is_less_certain_only_widens_the_range(
    measure: str, drawn: tuple[str, Boxes], data: DataObject
):
    place, ranges = drawn
    wider = {}
    for district, (then, now) in ranges.items():
        wider[district] = (widened(then, data.draw(ENDS)), widened(now, data.draw(ENDS)))
    before, after = (
        measures(found([*log_of(boxes), says(measure=measure, place=place)]))
        for boxes in (ranges, wider)
    )
    for (narrow, _), (wide, _) in zip(before, after, strict=True):
        if narrow.replayed is not None:
            assert wide.replayed is not None
            assert wide.replayed.low <= narrow.replayed.low
            assert narrow.replayed.high <= wide.replayed.high


def widened(ends: Ends, more: Ends) -> Ends:
    return min(ends[0], more[0]), max(ends[1], more[1])


@MEASURES
@given(drawn=boxes(), claimed=ENDS)
def test_the_verdict_is_that_of_every_choice(measure: str, drawn: tuple[str, Boxes], claimed: Ends):
    """All of them agree, or none does; where some do and others do not, nothing is decided."""
    place, ranges = drawn
    low, high = claimed[0] / 3, claimed[1] / 3
    finding = found([*log_of(ranges), says(low, high, measure=measure, place=place)])
    for measured, weights in measures(finding):
        allowed = values(ranges, weights, measure)
        agreeing = [low - 1e-7 <= value <= high + 1e-7 for value in allowed]
        assume(agreeing)
        assert (measured.verdict == "agrees") == all(agreeing)
        if measured.verdict == "disagrees":
            assert not any(agreeing)


@MEASURES
@given(drawn=boxes(), cut=st.integers(1, 5))
def test_who_agrees_with_one_claim_disagrees_with_what_excludes_it(
    measure: str, drawn: tuple[str, Boxes], cut: int
):
    place, ranges = drawn
    below, above = Share(high=cut / 6), Share(low=cut / 6 + 0.001)
    low, high = (
        measures(found([*log_of(ranges), says(measure=measure, place=place, share=share)]))
        for share in (below, above)
    )
    for (one, _), (other, _) in zip(low, high, strict=True):
        assert (one.verdict == "agrees") <= (other.verdict == "disagrees")
        assert (other.verdict == "agrees") <= (one.verdict == "disagrees")


# What may be held of a district -------------------------------------------------------------------

JUNE, JULY = "2016-06-01", "2016-07-01"


def holds(*log: Event, **own: Any) -> tuple[float, float]:
    """Return what an actor, by default the opposition, may hold of Hill on the first of July."""
    assessment = says(**{"measure": "share_held", "place": "hill"} | own)
    replayed = found([*log, assessment]).by_districts.replayed
    assert replayed is not None
    return replayed.low, replayed.high


def denial(of: Event) -> Statement:
    return Statement(
        id=EventId("denied"),
        occurred=When(LATE),
        reported=Moment(LATE),
        source="resident",
        stance="disagree",
        about=(of.id,),
        topic="hill",
        summary="Denies it.",
    )


MAY_HAVE_FALLEN = held("hill", "2016-06-20/2016-07-10", actor="government", source="second-monitor")
THEIRS = held("hill", "2015-01-01")
KURDISH = held("hill", "2015-01-01", actor="kurdish")
KURDISH_BEFORE = held("hill", "2014-01-01", actor="kurdish")
PART_TAKEN = held("hill", JUNE, 0.3, 0.4, actor="government")
PART_MAY_HAVE_FALLEN = evolve(MAY_HAVE_FALLEN, extent=Share(low=0.3, high=0.4))
CLAIMS = {
    "certain": ([held("hill", JUNE)], (1, 1)),
    "another's": ([held("hill", JUNE, actor="government")], (0, 0)),
    "inherited": ([held("east", JUNE)], (1, 1)),
    "nobody's": ([held("hill", JUNE, actor=None)], (0, 0)),
    "unknown": ([held("market", JUNE)], (0, 1)),
    "not yet": ([held("hill", "2016-07-02")], (0, 1)),
    "disputed": ([held("hill", JUNE), denial(held("hill", JUNE))], (0, 1)),
    "contested": ([THEIRS, held("hill", JUNE, ground="contested")], (0, 1)),
    "a third of it": (
        [held("hill", "2015-01-01", actor="government"), held("hill", JUNE, 1 / 3, 1 / 3)],
        (1 / 3, 1 / 3),
    ),
    "the rest": ([THEIRS, PART_TAKEN], (0.6, 0.7)),
    "the rest is another's": ([KURDISH, PART_TAKEN], (0, 0)),
    "the rest is nobody's known": ([PART_TAKEN], (0, 0.7)),
    "may have fallen": ([THEIRS, MAY_HAVE_FALLEN], (0, 1)),
    "may have fallen, another's": ([KURDISH, MAY_HAVE_FALLEN], (0, 0)),
    "may have fallen, a third its": (
        [KURDISH_BEFORE, held("hill", "2015-01-01", 1 / 3, 1 / 3), MAY_HAVE_FALLEN],
        (0, 1 / 3),
    ),
    "may have fallen, unknown before": ([MAY_HAVE_FALLEN], (0, 1)),
    "may have been divided": ([THEIRS, PART_MAY_HAVE_FALLEN], (0, 1)),
    "may have been divided, another's before": (
        [evolve(KURDISH_BEFORE, source="monitor"), THEIRS, PART_MAY_HAVE_FALLEN],
        (0, 1),
    ),
    "may have changed twice": (
        [
            KURDISH,
            held("hill", "2016-06/2016-08", source="monitor", reported=Moment("2016-06-15")),
            MAY_HAVE_FALLEN,
        ],
        (0, 1),
    ),
}


@pytest.mark.parametrize(("log", "share"), CLAIMS.values(), ids=CLAIMS)
def test_what_an_actor_may_hold_of_a_district(log: list[Event], share: tuple[float, float]):
    assert holds(*log) == pytest.approx(share, abs=1e-7)


SPANS = st.lists(st.integers(1, 60), min_size=2, max_size=8, unique=True).map(sorted)
HOLDERS = st.sampled_from(("opposition", "government", "kurdish"))


@given(days=SPANS, data=st.data())
def test_what_may_be_held_is_what_is_held_if_it_happened_and_if_it_did_not(
    days: list[int], data: DataObject
):
    """A change whose window the time lies in may have happened by then, or not."""
    text = [f"2016-0{1 + (day - 1) // 30}-{1 + (day - 1) % 30 % 28:02}" for day in days]
    assume(sorted(set(text)) == text)
    windows = map("/".join, zip(text[::2], text[1::2], strict=False))
    changes = [held("hill", window, actor=data.draw(HOLDERS)) for window in windows]
    at = When(data.draw(st.sampled_from(text)))
    instant = at.window(CITY.zone).latest - TICK
    before = [one for one in changes if one.occurred.window(CITY.zone).began(instant)]
    certain = [one for one in before if one.occurred.window(CITY.zone).ended(instant)]
    assert holds(*changes, occurred=at) == share_of_the_opposition(before, certain)


def share_of_the_opposition(*logs: Sequence[ControlChange]) -> tuple[float, float]:
    """Return the least and the greatest share after some changes; any share after none."""
    if not all(logs):
        return 0, 1
    shares = [log[-1].actor == "opposition" for log in logs]
    return min(shares), max(shares)
