"""Counterfactuals: every flip, really added to the timeline, gives the answer that it promises."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from hill import retracted, said, took
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject
from strategies import CITY, cuts, cuts_around, logs, timeline_of

from projections import AID, CONDITIONS, CONTROL, DISPLACEMENT, PROJECTIONS, SIEGE
from timeline import AsOf, Timeline
from timeline.analysis.counterfactuals import TELLING, TRIALS, Flip, Trial, flips
from timeline.domain.events import ControlChange, Event, EventId, Retraction, Share, Statement
from timeline.replay import engine
from timeline.replay.policies import POLICIES
from timeline.replay.projection import Projection
from timeline.temporal.dates import TICK

ROOT = Path(__file__).parents[2]
MANY_PROJECTIONS = pytest.mark.parametrize(
    "projection",
    [CONTROL, AID, SIEGE, CONDITIONS, DISPLACEMENT],
    ids=lambda projection: projection.name,
)


def answered(
    timeline: Timeline, projection: Projection[Any, Any, Any], key: Any, cut: AsOf, policy: str
) -> Any:
    """Return the answer of the plain replay; None for none."""
    facts = engine.visible(timeline.timed_events, cut)
    cells = engine.replay(projection, facts.values(), facts.get, cut.instant)
    return engine.read(projection, cells, timeline.context(cut, policy)).get(key)


def questions(
    data: DataObject, projection: Projection[Any, Any, Any]
) -> Iterator[tuple[Timeline, Any, AsOf, str]]:
    """Ask a random log at a random cut, with a random policy.

    Trials are not in the log, so the cut leaves out no line.
    """
    log = data.draw(logs(kinds=projection.listens, min_size=4, max_size=10) | logs(max_size=14))
    timeline, cut = timeline_of(log), evolve(data.draw(cuts_around(log) | cuts()), recorded=None)
    policy = data.draw(st.sampled_from(list(POLICIES)))
    facts = engine.visible(timeline.timed_events, cut)
    listened = [fact for fact in facts.values() if type(fact.event) in projection.listens]
    effects = (effect for fact in listened for effect in projection.effects(fact, facts.get))
    if keys := list(dict.fromkeys(effect.key for effect in effects)):
        some = st.lists(st.sampled_from(keys), min_size=1, max_size=2, unique=True)
        for key in data.draw(some):
            yield timeline, key, cut, policy


def really_answered(
    timeline: Timeline,
    flip: Flip,
    projection: Projection[Any, Any, Any],
    key: Any,
    cut: AsOf,
    policy: str,
) -> Any:
    """Return the answer once the events of a flip are known, without other news since the cut."""
    news = [
        fact for fact in timeline.timed_events if cut.known is not None and cut.known < fact.known
    ]
    ids = [fact.event.id for fact in news]
    supposed = timeline.supposing(flip.trial.events, without_events=ids)
    return answered(supposed, projection, key, evolve(cut, known=flip.known or cut.known), policy)


def invented(flip: Flip) -> bool:
    """Return whether a voice speaks in a flip that the city file does not know."""
    return any(event.source not in CITY.sources for event in flip.trial.events)


@MANY_PROJECTIONS
@given(data=st.data())
def test_every_flip_really_added_gives_its_answer_and_another_one_than_before(
    projection, data: DataObject
):
    """Only voices that are invented for a trial cannot be added to the log."""
    for timeline, key, cut, policy in questions(data, projection):
        before = answered(timeline, projection, key, cut, policy)
        for flip in flips(timeline.explain(projection, key, cut, policy=policy)):
            if not invented(flip):
                after = really_answered(timeline, flip, projection, key, cut, policy)
                assert after == flip.answer
                assert differs(projection, before, after)


def differs(projection: Projection[Any, Any, Any], before: Any, after: Any) -> bool:
    """Return whether two answers differ in substance, in how sure they are, or in certainty."""
    return told(projection, before) != told(projection, after)


def told(projection: Projection[Any, Any, Any], answer: Any) -> Any:
    """Return the substance of an answer, how sure it is, and whether it is certain."""
    sure = getattr(answer, "status", None), getattr(answer, "certain", None)
    return answer and (projection.substance(answer), *sure)


@MANY_PROJECTIONS
@given(data=st.data())
def test_a_flip_is_made_of_ordinary_events_and_named_by_what_is_tried(projection, data: DataObject):
    """The names are those of the table, and the ids of the events are new."""
    for timeline, key, cut, policy in questions(data, projection):
        sources = {event.id: event.source for event in timeline.events}
        trials = set()
        for flip in flips(timeline.explain(projection, key, cut, policy=policy)):
            ids = tuple(event.id for event in flip.trial.events)
            assert ids not in trials
            assert not set(ids) & sources.keys()
            trials.add(ids)
            assert flip.trial.name in TRIALS
            assert flip.known is None or flip.known > cut.known
            check_speakers(flip.trial, sources)


def check_speakers(trial: Trial, sources: Mapping[EventId, str]) -> None:
    """Check that all withdraw and take back their own events, and others say all else."""
    for event in trial.events:
        if isinstance(event, Retraction):
            assert event.source == sources[event.target]
        elif isinstance(event, Statement):
            own = event.source == sources[event.about[0]]
            assert own == (trial.name == "taken_back") or trial.name == "comes_round"
        else:
            assert isinstance(event, ControlChange)
            assert event.source not in sources.values() or trial.name in TELLING
            assert event.how == TELLING[trial.name]


@given(data=st.data())
def test_two_voices_are_tried_only_where_one_does_not_suffice(data: DataObject):
    """Nor is the withdrawal of everything, where that of the first already changes the answer."""
    for timeline, key, cut, policy in questions(data, CONTROL):
        tried: dict[tuple[str, EventId], list[int]] = {}
        for flip in flips(timeline.explain(CONTROL, key, cut, policy=policy)):
            if flip.trial.name in ("confirmed", "denied", "wider_denied", *TELLING):
                on = flip.trial.said[0].on
                tried.setdefault((flip.trial.name, on), []).append(len(flip.trial.events))
        assert {tuple(numbers) for numbers in tried.values()} <= {(1,), (2,)}


# By hand ------------------------------------------------------------------------------------------


def would_change(
    log: Sequence[Event], cut: str | None = None, policy: str = "latest"
) -> dict[tuple[str, tuple[str, ...]], str]:
    """Return what would change the answer on the hill: trials, with holder and status after."""
    timeline = timeline_of(log)
    return {
        (flip.trial.name, spoken_of(flip)): f"{flip.answer.holder}, {flip.answer.status}"
        for flip in flips(timeline.explain(CONTROL, "hill", timeline.cut(cut), policy=policy))
    }


def spoken_of(flip: Flip) -> tuple[str, ...]:
    return tuple(saying.on for saying in flip.trial.said)


A = took("a", "monitor")
"""The monitor says that the government took the hill on the 27th."""


def test_what_was_replaced_stands_again_in_the_trial_that_withdraws_what_replaced_it():
    replacing = evolve(took("b", A.source, "opposition"), supersedes=A.id)
    assert would_change([A, replacing])["withdrawn", ("b",)] == "government, reported"


def test_what_would_change_the_word_of_one_voice():
    """Taken back or withdrawn, nobody holds the hill; one more voice confirms or disputes it."""
    assert would_change([A]) == {
        ("confirmed", ("a",)): "government, corroborated",
        ("taken_back", ("a",)): "None, unknown",
        ("withdrawn", ("a",)): "None, unknown",
        ("denied", ("a",)): "government, disputed",
        ("seen_so", ("a",)): "government, corroborated",
        ("seen_otherwise", ("a",)): "government, disputed",
        ("recaptured", ("a",)): "opposition, reported",
    }


def test_what_would_change_a_disputed_word():
    """The dispute ends if it is withdrawn, if its voice agrees, or if two others outweigh it."""
    found = would_change([A, said("c", "rebel-official", "a")])
    assert found["withdrawn", ("c",)] == "government, reported"
    assert found["comes_round", ("a",)] == "government, corroborated"
    assert found["confirmed", ("a",)] == "government, corroborated"
    assert ("denied", ("a",)) not in found


def test_what_would_change_the_word_of_two_voices():
    """Either alone is one voice; without both nobody says so."""
    found = would_change([A, took("b", "paper", occurred="2016-11-26/2016-11-27")])
    assert found["withdrawn", ("a",)] == "government, reported"
    assert found["withdrawn", ("b",)] == "government, reported"
    assert found["all_withdrawn", ("a", "b")] == "None, unknown"


def test_two_denials_outvote_one_voice_where_the_majority_rules():
    """One denial disputes it, two set it aside."""
    earlier = took("e", "paper", "opposition", "2016-11-01", "2016-11-02")
    found = would_change([A, earlier], policy="majority")
    assert found["denied", ("a",)] == "government, disputed"
    assert found["withdrawn", ("a",)] == "opposition, reported"


def test_what_is_tried_is_tried_as_of_the_end_of_what_the_cut_knows():
    """On the day of the claim its own voice contradicts itself; no later cut is needed."""
    timeline = timeline_of([A])
    found = by_name(timeline, timeline.cut("2016-11-28@2016-11-28"))
    for flip in found.values():
        assert flip.known is None
        assert {event.reported for event in flip.trial.events} == {"2016-11-28"}
    assert found["withdrawn"].answer.status == "unknown"
    assert found["taken_back"].answer.status == "unknown"


def test_what_has_no_effect_so_early_is_tried_as_the_first_news_after():
    """No date is the end of what this cut knows, so trials are reported in the next second."""
    timeline = timeline_of([A])
    cut = timeline.cut("2016-11-29@2016-11-29T18:00")
    found = by_name(timeline, evolve(cut, known=cut.known + TICK))
    assert {flip.known for flip in found.values()} == {timeline.cut("2016-11-29T18:00:01").at}
    assert found["taken_back"].answer.status == "unknown"


def by_name(timeline: Timeline, cut: AsOf) -> dict[str, Flip]:
    """Return what would change the answer on the hill, by the names of the trials."""
    return {flip.trial.name: flip for flip in flips(timeline.explain(CONTROL, "hill", cut))}


def test_what_is_withdrawn_later_is_not_tried_to_be_withdrawn():
    """A log that holds the withdrawal of an event takes no second one."""
    timeline = timeline_of([A, retracted("r", "a", "2016-12-05")])
    cut = timeline.cut("2016-11-28@2016-11-28")
    found = by_name(timeline, cut)
    assert "withdrawn" not in found
    assert found.keys() >= {"confirmed", "taken_back", "denied"}
    for flip in flips(timeline.explain(CONTROL, "hill", cut)):
        assert really_answered(timeline, flip, CONTROL, "hill", cut, "latest") == flip.answer


def test_a_partial_claim_is_not_asked_to_be_confirmed_into_the_whole():
    """A voice that agrees with a quarter agrees with a quarter."""
    log = [
        took("e", "paper", "opposition", "2016-11-01", "2016-11-02"),
        took("a", "monitor", extent=Share(low=0.25, high=0.25)),
    ]
    timeline = timeline_of(log)
    for flip in flips(timeline.explain(CONTROL, "hill", AsOf())):
        if flip.trial.name in ("confirmed", "seen_so"):
            shares = [(share.actor, share.low) for share in flip.answer.shares]
            assert shares == [("opposition", 0.75), ("government", 0.25)]


def test_what_would_decide_between_two_who_are_tied():
    """One more outsider for either, and somebody leads."""
    found = would_change([A, took("b", "paper", "opposition")])
    assert found["confirmed", ("a",)].startswith("government")
    assert found["confirmed", ("b",)].startswith("opposition")


def test_what_would_change_the_word_of_who_agrees():
    """A look that confirms an agreement confirms the claim that is agreed with."""
    log = [
        A,
        said("c", "paper", "a", stance="agree"),
        said("d", "monitor", "a", reported="2016-12-01"),
    ]
    assert ("recaptured", ("a",)) in would_change(log)


def test_a_trial_that_was_appended_before_is_tried_under_another_id():
    """Its own id is taken."""
    timeline = timeline_of([A])
    (first,) = by_name(timeline, AsOf())["seen_otherwise"].trial.events
    again = by_name(timeline_of([A, first]), AsOf())
    assert first.id not in {event.id for flip in again.values() for event in flip.trial.events}


def test_all_who_say_so_are_all():
    """Fifty repeat a claim; to withdraw the latest forty of them is not to withdraw them all."""
    days = [f"2016-{month:02}-{day:02}" for month in (10, 11) for day in range(1, 26)]
    log = [took(f"e{number}", "monitor", "government", day, day) for number, day in enumerate(days)]
    assert "all_withdrawn" not in by_name(timeline_of(log), AsOf())


# The seed -----------------------------------------------------------------------------------------


def test_sakhour_is_disputed_and_would_be_reported_were_the_denial_withdrawn():
    """The Observatory says that it fell; a rebel official denies it, another does not know."""
    aleppo = Timeline.open(ROOT / "events.jsonl", PROJECTIONS)
    cut = aleppo.cut("2016-11-28@2016-11-28")
    explained = aleppo.explain(CONTROL, "sakhour", cut)
    assert (explained.answer.holder, explained.answer.status) == ("government", "disputed")
    points = [
        (point.fact.event.id, point.bearing, point.interest) for point in explained.standpoints
    ]
    assert points == [
        ("sakhour-seized-sohr", "for", "disinterested"),
        ("sakhour-fall-denied", "against", "self_serving"),
        ("sakhour-unclear", "unclear", "self_serving"),
    ]
    found = {(flip.trial.name, spoken_of(flip)): flip for flip in flips(explained)}
    flip = found["withdrawn", ("sakhour-fall-denied",)]
    assert (flip.answer.holder, flip.answer.status) == ("government", "reported")
    assert (flip.answer.unclear, flip.known) == (("sakhour-unclear",), None)
    supposed = aleppo.supposing(flip.trial.events)
    assert supposed.state(cut=cut)[CONTROL]["sakhour"] == flip.answer


@pytest.mark.parametrize("policy", POLICIES)
def test_every_flip_of_the_seed_really_added_gives_its_answer(policy):
    """Of every place that the article names."""
    aleppo = Timeline.open(ROOT / "events.jsonl", PROJECTIONS)
    cut = aleppo.cut("2016-11-28@2016-11-28")
    for key in ("sakhour", "masaken-hanano", "sheikh-maqsoud", "east-aleppo"):
        before = answered(aleppo, CONTROL, key, cut, policy)
        for flip in flips(aleppo.explain(CONTROL, key, cut, policy=policy)):
            if all(event.source in aleppo.city.sources for event in flip.trial.events):
                after = really_answered(aleppo, flip, CONTROL, key, cut, policy)
                assert after == flip.answer
                assert differs(CONTROL, before, after)
