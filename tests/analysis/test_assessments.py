"""Assessments: the verdict follows from the replay, and no assessment is ever applied."""

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from assessed import LATE, SURVEYED, context, dated, found, held, says
from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject
from strategies import CITY, KINDS, cuts, cuts_around, events, instants, logs

from projections import CONTROL, PROJECTIONS
from timeline import Timeline
from timeline.analysis.assessments import Finding, Measured, Range, assess
from timeline.domain.events import Assessment, Event, EventId, Retraction
from timeline.replay import engine
from timeline.replay.answers import plain
from timeline.replay.policies import POLICIES
from timeline.replay.projection import Context
from timeline.reports.assessments import record, sentence
from timeline.temporal.as_of import AsOf
from timeline.temporal.dates import TICK, Moment, When

ROOT = Path(__file__).parents[2]

# Whatever the log ---------------------------------------------------------------------------------

ASSESSMENTS = st.lists(events({Assessment}), max_size=4)
OTHERS = logs(kinds=[kind for kind in KINDS if kind is not Assessment], max_size=15)


@st.composite
def assessed_logs(draw: st.DrawFn) -> tuple[list[Event], list[Event]]:
    """Draw a log, and assessments that could stand in it."""
    assessments = [
        evolve(event, id=EventId(f"says-{n}"), supersedes=None)
        for n, event in enumerate(draw(ASSESSMENTS))
    ]
    return list(draw(OTHERS)), assessments


def answered(log: Sequence[Event], read: Context) -> dict[str, Any]:
    """Return all that the replay answers, as JSON values."""
    standing, answers = engine.visible(dated(log), read.cut), {}
    for projection in PROJECTIONS:
        cells = engine.replay(projection, standing.values(), standing.get, read.cut.instant)
        answers[projection.name] = plain(engine.answer(projection, cells, read), CITY.zone)
    return answers


@given(drawn=assessed_logs(), data=st.data())
def test_an_assessment_changes_no_answer(drawn: tuple[list[Event], list[Event]], data: DataObject):
    log, assessments = drawn
    read = context(
        data.draw(cuts_around([*log, *assessments]) | cuts()),
        data.draw(st.sampled_from(list(POLICIES))),
    )
    assert answered([*log, *assessments], read) == answered(log, read)


@given(drawn=assessed_logs(), data=st.data())
def test_what_others_assess_changes_no_finding(
    drawn: tuple[list[Event], list[Event]], data: DataObject
):
    log, assessments = drawn
    read = context(data.draw(cuts_around([*log, *assessments]) | cuts()))
    together = list(assess(dated([*log, *assessments]), CONTROL, read))
    alone = [
        finding for one in assessments for finding in assess(dated([*log, one]), CONTROL, read)
    ]
    assert sorted(map(repr, together)) == sorted(map(repr, alone))
    assert together == sorted(together, key=as_reported)


def as_reported(finding: Finding) -> tuple[datetime, EventId]:
    return finding.event.reported.instant(CITY.zone), finding.event.id


@given(drawn=assessed_logs(), data=st.data())
def test_every_finding_can_be_written_and_is_one_of_three(
    drawn: tuple[list[Event], list[Event]], data: DataObject
):
    log, assessments = drawn
    read = context(data.draw(cuts()), data.draw(st.sampled_from(list(POLICIES))))
    for finding in assess(dated([*log, *assessments]), CONTROL, read):
        assert json.loads(json.dumps(record(finding)))["id"] == finding.event.id
        assert sentence(finding, SURVEYED)
        for measured in (finding.by_districts, finding.by_area):
            assert bool(measured.reason) == (measured.verdict == "undecidable")
            if measured.replayed is not None:
                assert 0 <= measured.replayed.low <= measured.replayed.high <= 1
            if measured.replayed is None:
                assert measured.verdict == "undecidable"


# When ---------------------------------------------------------------------------------------------


def lost(*log: Event, cut: AsOf | None = None, **own: Any) -> tuple[float, float] | str:
    """Return the share lost by districts, or why it is not decidable."""
    measured = found([*log, says(**own)], cut=cut).by_districts
    return (measured.replayed.low, measured.replayed.high) if measured.replayed else measured.reason


FALL = [held("east", "2015-01-01"), held("hill", "2016-05-01", actor="government")]


def test_then_is_just_before_since_and_now_is_the_last_instant_of_the_assessment():
    assert lost(*FALL) == pytest.approx((1 / 3, 1 / 3), abs=1e-7)
    assert lost(*FALL, since=When("2016-05-02")) == (0, 0)
    assert lost(*FALL, occurred=When("2016-05-01")) == pytest.approx((1 / 3, 1 / 3), abs=1e-7)
    assert lost(*FALL, occurred=When("2016-04-30"), since=When("2016-04-01")) == (0, 0)
    assert lost(*FALL, since=When("2016-04/2016-06")) == pytest.approx((1 / 3, 1 / 3), abs=1e-7)


@given(at=instants())
def test_an_assessment_with_an_open_end_is_of_the_time_asked_about(at: Any):
    fallen = at >= When("2016-05-01").window(CITY.zone).latest - TICK
    expected = (1 / 3, 1 / 3) if fallen else (0, 0)
    begun = FALL[1].occurred.window(CITY.zone).began(at)
    assume(fallen or not begun)
    share = lost(*FALL, occurred=When("2016-01-01/.."), since=When("2015-06-01"), cut=AsOf(at))
    assert share == pytest.approx(expected, abs=1e-7)


def test_another_time_asked_about_changes_nothing_else():
    assert lost(*FALL, cut=AsOf(When("2014-01-01").window(CITY.zone).latest)) == lost(*FALL)


def test_only_what_was_known_counts():
    late = evolve(FALL[1], reported=Moment("2017-01-05"))
    known = AsOf(known=Moment("2017-01-04").instant(CITY.zone))
    assert lost(FALL[0], late, cut=known) == (0, 0)
    assert lost(FALL[0], late) == pytest.approx((1 / 3, 1 / 3), abs=1e-7)


def test_only_what_was_recorded_counts():
    log = [evolve(event, recorded=Moment("2018-01-01T00:00:00Z")) for event in (*FALL, says())]
    log[1] = evolve(log[1], recorded=Moment("2018-01-02T00:00:00Z"))
    before = AsOf(recorded=Moment("2018-01-01T12:00:00Z").instant(CITY.zone))
    assert found(log, cut=before).by_districts.replayed == Range(0, 0)


def test_the_policy_of_the_cut_counts():
    """Under `cautious` a success that the army alone reports only disputes what went before."""
    log = [FALL[0], evolve(FALL[1], source="army"), says()]
    latest, cautious = (found(log, policy=policy) for policy in ("latest", "cautious"))
    assert latest.by_districts.replayed == Range(0.33333333, 0.33333333)
    assert cautious.by_districts.replayed == Range(0, 0.33333333)


def test_only_what_stands_is_assessed_in_the_order_of_the_reports():
    said = [
        says(id=EventId(id), reported=Moment(day))
        for id, day in (("c", "2016-08-01"), ("b", "2016-08-02"), ("a", "2016-08-02"))
    ]
    withdrawn = Retraction(
        id=EventId("not-b"),
        target=EventId("b"),
        reason="An error.",
        occurred=When(LATE),
        reported=Moment(LATE),
        source="monitor",
    )
    assert assessed(said, known="2016-08-03") == ["c", "a", "b"]
    assert assessed([*said, withdrawn]) == ["c", "a"]
    assert assessed(said, known="2016-07-31") == []


def assessed(log: Sequence[Event], known: str | None = None) -> list[EventId]:
    """Return the assessments that are compared, as known by a date."""
    cut = AsOf.parse(None, known, zone=CITY.zone)
    return [finding.event.id for finding in assess(dated(log), CONTROL, context(cut))]


# Not decidable ------------------------------------------------------------------------------------

REASONS = {
    "it does not say since when": says(since=None),
    "it does not say from when on": says(since=When("../2016-05-01")),
    "it counts from a time after its own": says(since=When("2016-07-02")),
    "nothing was held then": says(actor="kurdish"),
    "the replay leaves room for both": says(
        0.5, since=When("2016-05-01"), occurred=When("2016-05-01T12:00/2016-05-01T13:00")
    ),
}


@pytest.mark.parametrize(("reason", "assessment"), REASONS.items(), ids=REASONS)
def test_what_is_not_decidable_says_why(reason: str, assessment: Assessment):
    may_fall = [held("east", "2015-01-01"), held("east", "2016-05-01", actor="government")]
    finding = found([*may_fall, assessment])
    for measured in (finding.by_districts, finding.by_area):
        assert (measured.verdict, measured.reason) == ("undecidable", reason)


def test_a_district_without_an_area_leaves_the_area_undecided():
    unsurveyed = {id: evolve(SURVEYED.places[id], area=None) for id in ("hill", "quarry")}
    city = evolve(SURVEYED, places={**SURVEYED.places, **unsurveyed})
    finding = found([*FALL, says(0.3, 0.4)], city=city)
    assert finding.by_districts.verdict == "agrees"
    reason = "no area is known of 2 of 3 districts"
    assert finding.by_area == Measured("undecidable", Range(0.3, 0.4), reason=reason)
    assert sentence(finding, SURVEYED) == (
        "The Monitor says that Opposition lost 30–40 % of what it held in East since 1 May 2016; "
        "the replay finds 33 % of 3 districts: agrees; "
        "by area undecidable, for no area is known of 2 of 3 districts"
    )


def test_a_third_written_as_a_decimal_agrees_with_a_third():
    assert found([*FALL, says(0.33333333, 0.33333333)]).by_districts.verdict == "agrees"
    assert found([*FALL, says(0.3334)]).by_districts.verdict == "disagrees"


# 28 November 2016 ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def aleppo() -> Timeline:
    return Timeline.open(ROOT / "events.jsonl", PROJECTIONS)


def observatory(aleppo: Timeline, policy: str = "latest", **cut: str) -> dict[str, Finding]:
    read = context(aleppo.cut(**cut), policy, aleppo.city)
    return {finding.event.id: finding for finding in assess(aleppo.timed_events, CONTROL, read)}


@pytest.mark.parametrize("policy", POLICIES)
def test_more_than_a_third_of_what_they_held(aleppo: Timeline, policy: str):
    """The Observatory's director says more than a third; by either measure it was less.

    On 20 November the opposition held the 53 districts of the east, and perhaps the two of which
    nothing was known for certain: Sheikh Maqsoud, Kurdish by the 28th, and the youth housing of
    Ashrafieh. By the 28th it had lost Masaken Hanano and Jabal Badro for certain, Sakhour perhaps,
    and of the two others what it had held of them: Sheikh Maqsoud for certain, the youth housing
    perhaps.
    """
    finding = observatory(aleppo, policy)["over-a-third-lost-sohr"]
    claimed = Range(0.3334, 1)
    districts = Range(round(2 / (53 + 1), 8), round((3 + 2) / (53 + 2), 8))
    assert finding.by_districts == Measured("disagrees", claimed, districts, Range(53, 55))
    east, hanano, badro, sakhour, maqsoud, housing = 37.26, 3.26, 1.31, 1.19, 3.63, 0.91
    surely = hanano + badro
    area = Range(
        round(surely / (east + housing), 8),
        round((surely + sakhour + maqsoud + housing) / (east + maqsoud + housing), 8),
    )
    assert finding.by_area == Measured("disagrees", claimed, area, Range(37.26, 41.8))


def test_a_third_of_what_they_held(aleppo: Timeline):
    finding = observatory(aleppo)["third-lost-sohr"]
    assert record(finding) == {
        "id": "third-lost-sohr",
        "source": "sohr",
        "measure": "share_lost",
        "actor": "opposition",
        "place": "aleppo",
        "occurred": "2016-11-28",
        "since": "2016-11-21/2016-11-28",
        "by_districts": {
            "verdict": "disagrees",
            "claimed": {"low": 0.33, "high": 0.34},
            "replayed": {"low": 0.03703704, "high": 0.09090909},
            "of": {"low": 53, "high": 55},
            "reason": "",
        },
        "by_area": {
            "verdict": "disagrees",
            "claimed": {"low": 0.33, "high": 0.34},
            "replayed": {"low": 0.11972753, "high": 0.24641148},
            "of": {"low": 37.26, "high": 41.8},
            "reason": "",
        },
    }


def test_what_the_observatory_says_in_a_sentence(aleppo: Timeline):
    assert sentence(observatory(aleppo)["over-a-third-lost-sohr"], aleppo.city) == (
        "SOHR says that Opposition lost 33 % or more of what it held in Aleppo "
        "since 21–28 Nov 2016; the replay finds 4–9 % of 53–55 districts: disagrees; "
        "by area 12–25 % of 37.3–41.8 km²: disagrees"
    )


def test_before_it_was_said_nothing_is_assessed(aleppo: Timeline):
    assert observatory(aleppo, known="2016-11-27") == {}
    assert list(observatory(aleppo, known="2016-11-28")) == [
        "over-a-third-lost-sohr",
        "third-lost-sohr",
    ]


def test_a_share_that_is_held_needs_no_beginning():
    finding = found([*FALL, says(0.6, 0.7, measure="share_held", since=None)])
    replayed = Range(0.66666667, 0.66666667)
    assert finding.by_districts == Measured("agrees", Range(0.6, 0.7), replayed, Range(3, 3))
    assert finding.by_area == Measured("disagrees", Range(0.6, 0.7), Range(0.5, 0.5), Range(6, 6))
    assert sentence(finding, SURVEYED) == (
        "The Monitor says that Opposition held 60–70 % of East; "
        "the replay finds 67 % of 3 districts: agrees; by area 50 % of 6 km²: disagrees"
    )
