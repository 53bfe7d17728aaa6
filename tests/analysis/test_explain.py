"""Explanations: they explain the answer that is given, and say who says so and who gains by it."""

import pytest
from explained import EVERY_PROJECTION, ask, ids, questions, replayed
from hill import fled, said, siege, took
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject
from strategies import timeline_of

from projections import CONTROL, DISPLACEMENT, SIEGE
from timeline import AsOf
from timeline.domain.events import Estimate, Share
from timeline.replay.answers import named


@EVERY_PROJECTION
@given(data=st.data())
def test_what_is_explained_is_the_answer_of_the_replay(projection, data: DataObject):
    """An explanation decides nothing."""
    for asked in questions(data, projection):
        assert asked.answer == replayed(asked)


@given(data=st.data())
def test_who_is_for_and_against_and_unclear_is_who_the_answer_names(data: DataObject):
    """Each list holds exactly the ids of the answer's own, as they became known."""
    for asked in questions(data, CONTROL):
        assert ids(asked.explanation.of("for")) == list(asked.answer.because)
        assert ids(asked.explanation.of("against")) == list(asked.answer.against)
        assert ids(asked.explanation.of("unclear")) == list(asked.answer.unclear)


def test_who_agrees_with_both_of_two_claims_that_contradict_each_other_is_heard_once():
    """A speaker never disputes itself, and no event is named twice."""
    log = [
        took("a", "monitor"),
        took("b", "paper", "opposition", "2016-11-27/2016-11-28"),
        said("c", "resident", "a", "b", stance="agree"),
    ]
    asked = ask(timeline_of(log), CONTROL, "hill", AsOf())
    named = [*asked.answer.because, *asked.answer.against]
    assert sorted(named) == ["a", "b", "c"]
    assert ids(asked.explanation.standpoints) == named


def test_what_the_policy_set_aside_is_against_what_leads_instead():
    """The cautious desk keeps to the earlier holder, against the government's own word."""
    log = [took("a", "state-tv"), took("e", "paper", "opposition", "2016-11-01", "2016-11-02")]
    asked = ask(timeline_of(log), CONTROL, "hill", AsOf(), "cautious")
    assert (asked.answer.because, asked.answer.against) == (("e",), ("a",))
    assert ids(asked.explanation.of("for")) == ["e"]
    assert ids(asked.explanation.of("against")) == ["a"]


@EVERY_PROJECTION
@given(data=st.data())
def test_every_event_that_concerns_an_answer_has_a_part_in_it_or_is_left_out(
    projection, data: DataObject
):
    """None is missing, none is both, and what is neither does not concern it."""
    for asked in questions(data, projection):
        by_id = {fact.event.id: fact for fact in asked.timeline.timed_events}
        concerned = {id for id, fact in by_id.items() if asked.effects(fact, by_id)}
        used, left = ids(asked.explanation.standpoints), ids(asked.explanation.left_out)
        assert len(used) == len(set(used))
        assert len(left) == len(set(left))
        assert not set(used) & set(left)
        assert set(used) | set(left) == concerned
        assert set(used) <= asked.standing.keys()
        assert named(asked.answer) & concerned <= set(used)


@pytest.mark.parametrize(
    ("source", "actor", "interest"),
    [
        ("monitor", "government", "disinterested"),
        ("state-tv", "government", "self_serving"),
        ("rebel-official", "government", "partisan"),
        ("army", None, "self_serving"),  # nobody holds it, says a side that never did
    ],
)
def test_what_a_source_gains_by_its_claim(source, actor, interest):
    """What serves its own side, what speaks against it, and who has no side."""
    timeline = timeline_of([took("a", source, actor)])
    (standpoint,) = ask(timeline, CONTROL, "hill", AsOf()).explanation.standpoints
    assert (standpoint.bearing, standpoint.interest) == ("for", interest)


def test_who_tells_of_its_own_loss_speaks_against_its_own_side():
    """The opposition held the hill, as it said itself, and admits that it fell."""
    log = [
        took("e", "rebel-council", "opposition", "2016-11-01", "2016-11-02"),
        took("a", "rebel-official"),
    ]
    (standpoint,) = ask(timeline_of(log), CONTROL, "hill", AsOf()).explanation.standpoints
    assert (standpoint.bearing, standpoint.interest) == ("for", "against_own_side")


def test_each_speaker_has_its_stand_and_the_leader_its_rule():
    """A speaker who only denies stands by nothing; allies of one side speak as one."""
    log = [
        took("a", "monitor"),
        took("b", "paper", occurred="2016-11-26", reported="2016-11-29"),
        took("e", "rebel-council", "opposition", "2016-11-01", "2016-11-02"),
        took("f", "rebel-official", "opposition", "2016-11-30", "2016-11-30", how="observation"),
        said("c", "resident", "a"),
    ]
    speakers = ask(timeline_of(log), CONTROL, "hill", AsOf()).explanation.speakers
    stands = [(each.speaker, each.part, each.rule, each.turned) for each in speakers]
    assert stands == [
        ("@monitor", "leads", "newest_turn", True),
        ("@paper", "supports", None, True),
        ("opposition", "disputes", None, True),
    ]


def test_a_share_has_a_speaker_too():
    """The monitor tells of a part, on top of what the paper said of the whole."""
    log = [
        took("e", "paper", "opposition", "2016-11-01", "2016-11-02"),
        took("a", "monitor", extent=Share(low=0.25, high=0.5)),
    ]
    speakers = ask(timeline_of(log), CONTROL, "hill", AsOf()).explanation.speakers
    assert ("@monitor", "leads", "on_top") in {
        (each.speaker, each.part, each.rule) for each in speakers
    }


@pytest.mark.parametrize(
    ("source", "interest"),
    [("rebel-official", "self_serving"), ("army", "against_own_side"), ("paper", "disinterested")],
)
@pytest.mark.parametrize("stance", ["disagree", "unclear"])
def test_what_a_source_gains_by_a_denial(source, interest, stance):
    """A denial serves whoever the claim does not, and so does a doubt."""
    timeline = timeline_of([took("a", "monitor"), said("c", source, "a", stance=stance)])
    explained = ask(timeline, CONTROL, "hill", AsOf()).explanation
    (against,) = explained.of("against" if stance == "disagree" else "unclear")
    assert against.interest == interest


def test_of_a_long_sum_what_is_not_named_any_more_is_counted_all_the_same():
    """Forty reports are added up, of which the answer names the latest 32."""
    halves = [f"2016-10-{day:02}T{hour}:00" for day in range(1, 21) for hour in ("00", "12")]
    log = [fled(f"e{number:02}", occurred=half) for number, half in enumerate(halves)]
    asked = ask(timeline_of(log), DISPLACEMENT, ("hill", "garden"), AsOf())
    assert asked.answer.people.low == 4000
    assert ids(asked.explanation.of("for")) == [event.id for event in log]
    assert asked.explanation.left_out == ()


def test_who_counts_the_trapped_has_a_part_in_the_answer():
    """The number trapped is that of an older report, of which nothing else is taken."""
    log = [
        siege("x", "relief", "begin", "2016-08-20", "2016-08-21", trapped=Estimate(low=250_000)),
        siege("ring", "monitor", "begin", "2016-08-25", "2016-08-26"),
    ]
    asked = ask(timeline_of(log), SIEGE, "east", AsOf())
    assert asked.answer.trapped.low == 250_000
    assert "x" not in ids(asked.explanation.left_out)


def test_who_has_denied_it_since_does_not_help_to_outweigh_the_denial():
    """A denial is not outweighed by its own voice's earlier word and one other voice."""
    log = [
        took("a", "monitor"),
        took("x", "paper", occurred="2016-11-26/2016-11-27"),
        said("c", "paper", "a", reported="2016-11-30"),
        said("d", "monitor", "a", stance="agree", reported="2016-12-01"),
    ]
    for events in (log, [log[0], *log[2:]]):
        answer = ask(timeline_of(events), CONTROL, "hill", AsOf()).answer
        assert (answer.status, answer.against) == ("disputed", ("c",))
