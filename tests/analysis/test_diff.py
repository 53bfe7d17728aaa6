"""Differences between two states: as digests show them, with causes, the same from both sides."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject
from strategies import CITY, cuts, cuts_around, instants, logs, timeline_of

from projections import CONTROL, PROJECTIONS
from timeline import AsOf, Moment, Timeline, When
from timeline.analysis.diff import Difference, disagreements
from timeline.domain.events import (
    ActorId,
    ControlChange,
    Event,
    EventId,
    PlaceId,
    Retraction,
    SourceId,
    Statement,
)
from timeline.domain.references import references
from timeline.replay import engine
from timeline.replay.answers import named
from timeline.replay.policies import POLICIES
from timeline.replay.projection import Context

CLOCKS = ("at", "known", "recorded")
TWO_YEARS = logs(max_size=16)
DISPUTED = logs(kinds=CONTROL.listens, min_size=6, max_size=12)
"""Logs in which much is said of few places."""
EVERY_POLICY = st.sampled_from(list(POLICIES))


@st.composite
def two_cuts(draw: st.DrawFn, log: Sequence[Event]) -> tuple[AsOf, AsOf]:
    """Draw two cuts where something changes: now of one clock alone, now of all, now the same."""
    a, b = (draw(cuts_around(log) | cuts()) for _ in range(2))
    moved = draw(st.sampled_from([*CLOCKS, *CLOCKS, (), CLOCKS]))
    clocks = [moved] if isinstance(moved, str) else moved
    return a, evolve(a, **{clock: getattr(b, clock) for clock in clocks})


def asked(data: DataObject) -> tuple[Timeline, AsOf, AsOf, str]:
    """Draw a timeline, two cuts of it and a policy."""
    log = data.draw(TWO_YEARS)
    return timeline_of(log), *data.draw(two_cuts(log)), data.draw(EVERY_POLICY)


def by_key(differences: Iterable[Difference]) -> dict[tuple[str, Any], Difference]:
    """Return differences by what they are about; there is one for each answer."""
    differences = list(differences)
    keyed = {(one.projection.name, one.key): one for one in differences}
    assert len(keyed) == len(differences)
    return keyed


@given(data=st.data())
def test_nothing_differs_exactly_where_the_digests_are_the_same(data: DataObject):
    """What a digest does not tell, no difference tells, and the other way round."""
    city, a, b, policy = asked(data)
    differs = list(city.differences(a, b, policy=policy))
    first, second = (city.state(cut=cut, policy=policy) for cut in (a, b))
    assert (not differs) == (first.sha256 == second.sha256)


@given(data=st.data())
def test_the_answers_that_differ_are_those_of_the_two_states(data: DataObject):
    """Every key whose answers differ is there once, with the answer on either side."""
    city, a, b, policy = asked(data)
    differences, expected = by_key(city.differences(a, b, policy=policy)), {}
    for projection in PROJECTIONS:
        before, after = (
            answers(projection, city, Context(CITY, cut, POLICIES[policy])) for cut in (a, b)
        )
        for key in before.keys() | after.keys():
            if before.get(key) != after.get(key):
                expected[projection.name, key] = before.get(key), after.get(key)
    assert {key: (one.before, one.after) for key, one in differences.items()} == expected


def answers(projection, city: Timeline, context: Context) -> dict[Any, Any]:
    """Return the answers of the plain replay."""
    facts = engine.visible(city.timed_events, context.cut)
    cells = engine.replay(projection, facts.values(), facts.get, context.cut.instant)
    return engine.read(projection, cells, context)


@given(data=st.data())
def test_the_other_way_round_it_is_the_mirror_image(data: DataObject):
    """Before and after change places, and what made the difference is the same."""
    city, a, b, policy = asked(data)
    there, back = (by_key(city.differences(*pair, policy=policy)) for pair in ((a, b), (b, a)))
    mirrored = {key: evolve(one, before=one.after, after=one.before) for key, one in back.items()}
    assert there == mirrored


@given(data=st.data())
def test_every_difference_is_because_of_events_of_the_log(data: DataObject):
    """No answer differs for no reason."""
    city, a, b, policy = asked(data)
    ids = {event.id for event in city.events}
    for one in city.differences(a, b, policy=policy):
        assert one.because
        assert set(one.because) <= ids
        assert list(one.because) == sorted(set(one.because))


@given(data=st.data())
def test_what_was_withdrawn_is_explained_by_the_event_that_withdrew_it(data: DataObject):
    """The withdrawal of an event that an answer rests on made the difference, not the event."""
    city, a, b, policy = asked(data)
    gone = withdrawn_between(city, a, b)
    withdrawing = set(gone.values())
    for one in city.differences(a, b, policy=policy):
        told = gone.keys() & (named(one.before) | named(one.after))
        for id in told:
            if stands_where_named(id, one, city, a, b):
                assert gone[id] in one.because
        assert not (set(one.because) & gone.keys()) - withdrawing


def withdrawn_between(city: Timeline, a: AsOf, b: AsOf) -> dict[EventId, EventId]:
    """Return the events that stand on one side alone, by the event that withdrew them."""
    gone: dict[EventId, EventId] = {}
    for stood, cut in ((a, b), (b, a)):
        standing = engine.visible(city.timed_events, stood)
        recorded = engine.recorded_by(city.timed_events, cut)
        known = [fact for fact in recorded if cut.known is None or fact.known <= cut.known]
        known.sort(key=lambda fact: (fact.known, fact.event.id), reverse=True)
        for fact in known:  # the earliest is put last
            gone |= dict.fromkeys(withdrawn_by(fact.event) & standing.keys(), fact.event.id)
    return gone


def withdrawn_by(event: Event) -> set[EventId]:
    """Return the events that an event withdraws, as the references tell."""
    return {target for path, target in references(event) if path in ("$.target", "$.supersedes")}


def stands_where_named(id: EventId, one: Difference, city: Timeline, a: AsOf, b: AsOf) -> bool:
    """Return whether the side that names an event is the one on which it stands."""
    sides = ((one.before, a), (one.after, b))
    return any(
        id in named(answer) and id in engine.visible(city.timed_events, cut)
        for answer, cut in sides
    )


@given(data=st.data())
def test_policies_disagree_on_exactly_the_answers_that_differ_between_them(data: DataObject):
    """Every answer that is not the same under all policies is there with each policy's own."""
    log = data.draw(DISPUTED | TWO_YEARS)
    city, cut = timeline_of(log), data.draw(cuts_around(log) | cuts())
    contexts = {name: Context(CITY, cut, policy) for name, policy in POLICIES.items()}
    rows = list(disagreements(PROJECTIONS, city.cells(cut), contexts))
    expected = {}
    for projection in PROJECTIONS:
        for key, each in answers_under(contexts, projection, city).items():
            if any(answer != each["latest"] for answer in each.values()):
                expected[projection.name, key] = each
    assert {(projection.name, key): each for projection, key, each in rows} == expected
    assert len(rows) == len(expected)


def answers_under(contexts: Mapping[str, Context], projection, city: Timeline) -> dict[Any, Any]:
    """Return the answers of the plain replay by key, and of each key by the names of contexts."""
    read = {name: answers(projection, city, context) for name, context in contexts.items()}
    return {key: {name: own[key] for name, own in read.items()} for key in read["latest"]}


@given(data=st.data())
def test_policies_disagree_on_the_places_asked_about(data: DataObject):
    """What concerns no place that was asked about is left out."""
    log = data.draw(DISPUTED)
    cut, place = data.draw(cuts_around(log)), data.draw(st.sampled_from(list(CITY.places)))
    cells = timeline_of(log).cells(cut)
    contexts = {name: Context(CITY, cut, policy) for name, policy in POLICIES.items()}
    every = [row[:2] for row in disagreements(PROJECTIONS, cells, contexts)]
    chosen = [row[:2] for row in disagreements(PROJECTIONS, cells, contexts, [place])]
    assert chosen == [row for row in every if engine.concerns(*row, [place], CITY)]


@given(data=st.data())
def test_without_an_event_differs_what_rests_on_it(data: DataObject):
    """Every cause is the event left out, or speaks of it or of what it withdraws."""
    log = data.draw(logs(min_size=1, max_size=16))
    city, cut, policy = timeline_of(log), data.draw(cuts_around(log)), data.draw(EVERY_POLICY)
    event = data.draw(st.sampled_from(log))
    spoken_of = {event.id, *withdrawn_by(event)}
    statements = [other for other in log if isinstance(other, Statement)]
    depending = {other.id for other in statements if spoken_of & set(other.about)} | {event.id}
    other = city.supposing(without_events=[event.id])
    differs = list(city.differences(cut, cut, policy=policy, other=other))
    for one in differs:
        assert set(one.because) <= depending
        assert one.because
    same = city.state(cut=cut, policy=policy).sha256 == other.state(cut=cut, policy=policy).sha256
    assert (not differs) == same


@given(data=st.data(), instant=instants())
def test_a_supposed_event_makes_every_difference_itself(data: DataObject, instant):
    """Nothing else makes a difference, as long as nothing speaks of what is added."""
    city, policy = timeline_of(data.draw(TWO_YEARS)), data.draw(EVERY_POLICY)
    source = data.draw(st.sampled_from(list(CITY.sources)))
    place = data.draw(st.sampled_from(list(CITY.places)))
    supposed = city.supposing([evolve(TOOK, source=source, place=place)])
    for one in city.differences(AsOf(instant), AsOf(instant), policy=policy, other=supposed):
        assert (one.projection.name, one.because) == ("control", ("took",))


# By hand ------------------------------------------------------------------------------------------

TOOK = ControlChange(
    id=EventId("took"),
    occurred=When("2016-11-27"),
    reported=Moment("2016-11-27"),
    source=SourceId("monitor"),
    place=PlaceId("hill"),
    actor=ActorId("government"),
)
"""The monitor says that the government took the hill."""
DENIED = Statement(
    id=EventId("denied"),
    occurred=When("2016-11-28"),
    reported=Moment("2016-11-28"),
    source=SourceId("rebel-official"),
    stance="disagree",
    about=(EventId("took"),),
    topic="hill",
    summary="Denies it.",
)
RETRACTED = Retraction(
    id=EventId("retracted"),
    occurred=When("2016-11-29"),
    reported=Moment("2016-11-29"),
    source=SourceId("rebel-official"),
    target=EventId("denied"),
    reason="Misheard.",
)
REPLACED = evolve(
    TOOK,
    id=EventId("replaced"),
    occurred=When("2016-11-26"),
    reported=Moment("2016-11-30"),
    supersedes=EventId("took"),
)


@pytest.mark.parametrize("back", [False, True], ids=["forward", "back"])
def test_what_stands_again_differs_because_what_replaced_it_was_retracted(back):
    not_replaced = evolve(RETRACTED, target=EventId("replaced"), reported=Moment("2016-12-02"))
    elsewhere = evolve(REPLACED, place="garden")
    city = timeline_of([TOOK, elsewhere, not_replaced])
    cuts = [city.cut(f"2016-11-27@{known}") for known in ("2016-12-01", "2016-12-02")]
    found = by_key(city.differences(*(reversed(cuts) if back else cuts)))
    assert found["control", "hill"].because == found["control", "garden"].because == ("retracted",)


@pytest.mark.parametrize(
    ("a", "b", "because", "before", "after"),
    [
        ("2016-11-25@2016-11-30", "2016-11-27@2016-11-30", "replaced", "unknown", "reported"),
        ("2016-11-27@2016-11-26", "2016-11-27@2016-11-27", "took", "unknown", "reported"),
        ("2016-11-27@2016-11-27", "2016-11-27@2016-11-28", "denied", "reported", "disputed"),
        ("2016-11-27@2016-11-28", "2016-11-27@2016-11-29", "retracted", "disputed", "reported"),
        ("2016-11-27@2016-11-29", "2016-11-27@2016-11-30", "replaced", "reported", "reported"),
    ],
    ids=["time passed", "made public", "denied", "denial withdrawn", "replaced"],
)
def test_each_difference_between_one_time_and_another_has_its_cause(a, b, because, before, after):
    """The denial came, and was withdrawn; then the whole claim was replaced."""
    city = timeline_of([TOOK, DENIED, RETRACTED, REPLACED])
    hill = by_key(city.differences(city.cut(a), city.cut(b)))["control", "hill"]
    assert hill.because == (because,)
    assert (hill.before.status, hill.after.status) == (before, after)


def test_what_a_statement_lost_is_explained_by_the_withdrawal_of_it():
    """The denial is as it was, but the claim that it denies was withdrawn."""
    gone = evolve(RETRACTED, source=SourceId("monitor"), target=EventId("took"))
    city = timeline_of([TOOK, DENIED, gone])
    before, after = city.cut("2016-11-30@2016-11-28"), city.cut("2016-11-30@2016-11-29")
    topic = by_key(city.differences(before, after))["statements", "hill"]
    assert [word.about for word in topic.before] == [("took",)]
    assert [word.about for word in topic.after] == [()]
    assert topic.because == ("retracted",)


def test_policies_disagree_on_what_only_the_winner_says():
    """The government's word for the government's success: who is cautious has no answer yet."""
    city = timeline_of([evolve(TOOK, source=SourceId("state-tv"))])
    contexts = {name: Context(CITY, AsOf(), POLICIES[name]) for name in ("latest", "cautious")}
    (row,) = disagreements([CONTROL], city.cells(AsOf()), contexts)
    projection, key, answers = row
    assert (projection, key) == (CONTROL, "hill")
    latest, cautious = answers["latest"], answers["cautious"]
    assert (latest.holder, latest.status) == ("government", "claimed")
    assert (cautious.holder, cautious.status) == (None, "unknown")
