"""Rules: an explanation names those that decided, and the events that they weighed."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from attrs import evolve
from explained import ask, questions
from hill import fled, said, took
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject
from strategies import timeline_of

from projections import CONTROL, DISPLACEMENT, STATEMENTS
from timeline import AsOf
from timeline.analysis.rules import RULES
from timeline.domain.events import Event, Share

A = took("a", "monitor")
"""The monitor says that the government took the hill on the 27th."""
PART = Share(low=0.25, high=0.5)
STATUSES = ("disputed", "corroborated", "reported", "claimed")
RULE_OF = {"unknown": "nobody"}
"""The rule behind a status, where it has another name."""

OWN = took("a", "state-tv")
"""The government's own television says that the government took the hill."""
EARLIER = took("e", "paper", "opposition", "2016-11-01", "2016-11-02")
DENIED = said("c", "rebel-official", "a")

SEEN = {"how": "observation"}


def day(date: int) -> tuple[str, str]:
    """Return a day of December 2016 as one on which a thing happened and was reported."""
    return f"2016-12-{date:02}", f"2016-12-{date:02}"


DECIDED: Mapping[str, tuple[Sequence[Event], Any, str, tuple[str, ...]]] = {
    "nobody": ([], "hill", "latest", ()),
    "newest_turn": ([A, EARLIER], "hill", "latest", ("a",)),
    "seen_last": (
        [evolve(A, how="observation"), evolve(EARLIER, how="observation")],
        "hill",
        "latest",
        ("a",),
    ),
    "seen_since": (
        [A, took("s", "monitor", "opposition", "2016-11-29", "2016-11-30", how="observation")],
        "hill",
        "latest",
        ("s",),
    ),
    "seen_later": (
        [took("a", "army"), took("s", "paper", "opposition", *day(3), **SEEN)],
        "hill",
        "latest",
        ("s",),
    ),
    "stale": (
        [
            took("a", "monitor", "government", "2016-01-01", "2016-01-01"),
            took("s", "paper", "opposition", *day(3), **SEEN),
        ],
        "hill",
        "latest",
        ("s",),
    ),
    "more_outsiders": (
        [A, took("b", "paper", "opposition"), took("c", "relief")],
        "hill",
        "latest",
        ("c",),
    ),
    "tied": ([A, took("b", "paper", "opposition")], "hill", "latest", ("a", "b")),
    "on_top": ([EARLIER, took("a", "monitor", extent=PART)], "hill", "latest", ("a",)),
    "barred": (
        [EARLIER, took("b", "army", place="east")],
        "hill",
        "latest",
        ("b",),
    ),
    "taken_back": (
        [EARLIER, OWN, took("b", "army", "opposition", *day(3), **SEEN)],
        "hill",
        "latest",
        ("a",),
    ),
    "parted": (
        [A, took("b", "paper", "opposition", *day(3)), took("c", "relief", "government", *day(5))],
        "hill",
        "latest",
        ("a",),
    ),
    "inherited": ([evolve(A, place="east")], "hill", "latest", ()),
    "set_aside": ([OWN, EARLIER], "hill", "cautious", ("a",)),
    "withheld": ([A, DENIED], "hill", "unanimous", ()),
    "disputed": ([A, DENIED], "hill", "latest", ("c",)),
    "lapsed": ([A, DENIED, took("b", "paper", reported="2016-11-29")], "hill", "latest", ("c",)),
    "corroborated": ([A, took("b", "paper")], "hill", "latest", ("a", "b")),
    "reported": ([A, EARLIER], "hill", "latest", ("a",)),
    "claimed": ([OWN, EARLIER], "hill", "latest", ("a",)),
    "possible": ([took("a", "monitor", occurred="2016-11-27/..")], "hill", "latest", ()),
    "contested": ([took("a", "monitor", None, ground="contested")], "hill", "latest", ()),
    "range": ([fled("a"), fled("b", "paper")], ("hill", "garden"), "latest", ()),
    "listed": ([A, DENIED], "hill", "latest", ()),
}
"""For each rule a log, the key asked about, the policy, and the events that the rule weighed."""


def test_every_rule_is_shown():
    """The examples are those of the table of rules."""
    assert list(DECIDED) == list(RULES)


@pytest.mark.parametrize("rule", DECIDED)
def test_a_rule_decided(rule):
    """And it names the events that it was applied to."""
    log, key, policy, events = DECIDED[rule]
    projection = {"range": DISPLACEMENT, "listed": STATEMENTS}.get(rule, CONTROL)
    rules = ask(timeline_of(log), projection, key, AsOf(), policy).explanation.rules
    assert {one.name: one.events for one in rules}[rule] == events


@given(data=st.data())
def test_a_rule_weighs_events_that_stand(data: DataObject):
    """A dispute is a matter of those who are against the answer."""
    for asked in questions(data, CONTROL):
        for rule in asked.explanation.rules:
            assert rule.name in RULES
            assert set(rule.events) <= asked.standing.keys()
            if rule.name == "disputed":
                assert set(rule.events) == set(asked.answer.against)


@given(data=st.data())
def test_the_rules_are_those_of_the_answer(data: DataObject):
    """A rule about an answer is there exactly where it is so."""
    for asked in questions(data, CONTROL):
        answer, rules = asked.answer, {rule.name for rule in asked.explanation.rules}
        assert rules & {"nobody", *STATUSES} == {RULE_OF.get(answer.status, answer.status)}
        assert ("inherited" in rules) == (answer.inherited_from is not None)
        assert ("contested" in rules) == (answer.ground == "contested")
        if "withheld" in rules:
            assert (answer.holder, asked.context.policy.name) == (None, "unanimous")


@given(data=st.data())
def test_what_may_not_have_happened_yet_is_said_to_be_possible(data: DataObject):
    """Exactly where the answer is not certain."""
    for asked in questions(data, CONTROL):
        answer, rules = asked.answer, [rule.name for rule in asked.explanation.rules]
        assert ("possible" in rules) == (answer.status != "unknown" and not answer.certain)
