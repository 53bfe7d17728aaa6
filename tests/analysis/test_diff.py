"""What differs between two states: nothing that a digest does not show, nothing without a cause, and the same from either side."""

from collections.abc import Iterable, Sequence
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
    return a, evolve(
        a, **{clock: getattr(b, clock) for clock in ([moved] if isinstance(moved, str) else moved)}
    )


def asked(data: DataObject) -> tuple[Timeline, AsOf, AsOf, str]:
    """Draw a timeline, two cuts of it and a policy."""
    log = data.draw(TWO_YEARS)
    return timeline_of(log), *data.draw(two_cuts(log)), data.draw(EVERY_POLICY)


def by_key(differences: Iterable[Difference]) -> dict[tuple[str, Any], Difference]:
    """Return differences by what they are about; there is one for each answer."""
    found = list(differences)
    keyed = {(one.projection.name, one.key): one for one in found}
    assert len(keyed) == len(found)
    return keyed


@given(data=st.data())
def test_nothing_differs_exactly_where_the_digests_are_the_same(data: DataObject):
    """What a digest does not tell, no difference tells, and the other way round."""
    city, a, b, policy = asked(data)
    differs = list(city.differences(a, b, policy=policy))
    assert (not differs) == (
        city.state(cut=a, policy=policy).sha256 == city.state(cut=b, policy=policy).sha256
    )


@given(data=st.data())
def test_the_answers_that_differ_are_those_of_the_two_states(data: DataObject):
    """Every key whose answers differ is there once, with the answer on either side."""
    city, a, b, policy = asked(data)
    found = by_key(city.differences(a, b, policy=policy))
    for projection in PROJECTIONS:
        before, after = (
            answers(projection, city, Context(CITY, cut, POLICIES[policy])) for cut in (a, b)
        )
        differing = {
            key for key in before.keys() | after.keys() if before.get(key) != after.get(key)
        }
        assert differing == {key for name, key in found if name == projection.name}
        for key in differing:
            assert (found[projection.name, key].before, found[projection.name, key].after) == (
                before.get(key),
                after.get(key),
            )


def answers(projection, city: Timeline, context: Context) -> dict[Any, Any]:
    """Return the answers of the plain replay."""
    facts = engine.visible(city.timed_events, context.cut)
    return engine.read(
        projection,
        engine.replay(projection, facts.values(), facts.get, context.cut.instant),
        context,
    )


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
    """Where an answer rests on an event that the other side has withdrawn, the withdrawal made the difference, and not the event."""
    city, a, b, policy = asked(data)
    gone = withdrawn_between(city, a, b)
    withdrawing = set(gone.values())
    for one in city.differences(a, b, policy=policy):
        told = {
            id
            for id in named(one.before) | named(one.after)
            if id in gone and stands_where_named(id, one, city, a, b)
        }
        assert {gone[id] for id in told} <= set(one.because)
        assert not (set(one.because) & gone.keys()) - withdrawing


def withdrawn_between(city: Timeline, a: AsOf, b: AsOf) -> dict[EventId, EventId]:
    """Return the events that stand on one side and are withdrawn on the other, and by which event, as the references tell."""
    gone: dict[EventId, EventId] = {}
    for here, there in ((a, b), (b, a)):
        known = [
            one
            for one in engine.recorded_by(city.timed_events, there)
            if there.known is None or one.known <= there.known
        ]
        for one in sorted(
            known, key=lambda one: (one.known, one.event.id), reverse=True
        ):  # the earliest is put last
            for path, target in references(one.event):
                if path in ("$.target", "$.supersedes") and target in engine.visible(
                    city.timed_events, here
                ):
                    gone[target] = one.event.id
    return gone


def stands_where_named(id: EventId, one: Difference, city: Timeline, a: AsOf, b: AsOf) -> bool:
    """Return whether the side that names an event is the one on which it stands."""
    sides = ((one.before, a), (one.after, b))
    return any(
        id in named(answer) and id in engine.visible(city.timed_events, cut)
        for answer, cut in sides
    )


@given(data=st.data())
def test_policies_disagree_on_exactly_the_answers_that_differ_between_them(data: DataObject):
    """All policies read the same cells, and every answer that is not the same under all is there with each policy's own."""
    log = data.draw(DISPUTED | TWO_YEARS)
    city, cut = timeline_of(log), data.draw(cuts_around(log) | cuts())
    contexts = {name: Context(CITY, cut, policy) for name, policy in POLICIES.items()}
    found = list(
        disagreements(PROJECTIONS, city.replayed(next(iter(contexts.values())).cut), contexts)
    )
    expected = {}
    for projection in PROJECTIONS:
        read = {name: answers(projection, city, context) for name, context in contexts.items()}
        for key in read["latest"]:
            each = {name: own[key] for name, own in read.items()}
            if any(answer != each["latest"] for answer in each.values()):
                expected[projection.name, key] = each
    assert {(projection.name, key): each for projection, key, each in found} == expected
    assert len(found) == len(expected)


@given(data=st.data())
def test_policies_disagree_on_the_places_asked_about(data: DataObject):
    """What concerns no place that was asked about is left out."""
    log = data.draw(DISPUTED)
    city, cut, place = (
        timeline_of(log),
        data.draw(cuts_around(log)),
        data.draw(st.sampled_from(list(CITY.places))),
    )
    contexts = {name: Context(CITY, cut, policy) for name, policy in POLICIES.items()}
    found, every = (
        [
            (one.name, key)
            for one, key, _ in disagreements(
                PROJECTIONS, city.replayed(next(iter(contexts.values())).cut), contexts, p
            )
        ]
        for p in ([place], None)
    )
    concerned = {one.name: one for one in PROJECTIONS}
    assert found == [
        (name, key) for name, key in every if engine.concerns(concerned[name], key, [place], CITY)
    ]


@given(data=st.data())
def test_without_an_event_differs_what_rests_on_it(data: DataObject):
    """Every cause is the event left out, or speaks of it or of what it withdraws; and no difference is missed."""
    log = data.draw(logs(min_size=1, max_size=16))
    city, cut, policy = timeline_of(log), data.draw(cuts_around(log)), data.draw(EVERY_POLICY)
    event = data.draw(st.sampled_from(log))
    withdrawn = {
        target for path, target in references(event) if path in ("$.target", "$.supersedes")
    }
    spoken_of = {event.id, *withdrawn}
    depending = {event.id} | {
        other.id for other in log if isinstance(other, Statement) and spoken_of & set(other.about)
    }
    other = city.supposing(without_events=[event.id])
    differs = list(city.differences(cut, cut, policy=policy, other=other))
    for one in differs:
        assert set(one.because) <= depending
        assert one.because
    same = city.state(cut=cut, policy=policy).sha256 == other.state(cut=cut, policy=policy).sha256
    assert (not differs) == same


@given(data=st.data(), instant=instants())
def test_a_supposed_event_makes_every_difference_itself(data: DataObject, instant):
    """What is added makes the difference, and nothing else does, as long as nothing speaks of it."""
    city, policy = timeline_of(data.draw(TWO_YEARS)), data.draw(EVERY_POLICY)
    claim = evolve(
        TOOK,
        source=data.draw(st.sampled_from(list(CITY.sources))),
        place=data.draw(st.sampled_from(list(CITY.places))),
    )
    for one in city.differences(
        AsOf(instant), AsOf(instant), policy=policy, other=city.supposing([claim])
    ):
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


@pytest.mark.parametrize(
    ("a", "b", "because", "statuses"),
    [
        (
            "2016-11-25@2016-11-30",
            "2016-11-27@2016-11-30",
            ("replaced",),
            ("unknown", "reported"),
        ),  # time passed
        (
            "2016-11-27@2016-11-26",
            "2016-11-27@2016-11-27",
            ("took",),
            ("unknown", "reported"),
        ),  # it was made public
        ("2016-11-27@2016-11-27", "2016-11-27@2016-11-28", ("denied",), ("reported", "disputed")),
        (
            "2016-11-27@2016-11-28",
            "2016-11-27@2016-11-29",
            ("retracted",),
            ("disputed", "reported"),
        ),  # by what withdrew it
        ("2016-11-27@2016-11-29", "2016-11-27@2016-11-30", ("replaced",), ("reported", "reported")),
    ],
)
def test_each_difference_between_one_time_and_another_has_its_cause(a, b, because, statuses):
    """The denial came, and was withdrawn; then the whole claim was replaced."""
    city = timeline_of([TOOK, DENIED, RETRACTED, REPLACED])
    found = by_key(city.differences(city.cut(a), city.cut(b)))
    hill = found["control", "hill"]
    assert (hill.because, (hill.before.status, hill.after.status)) == (because, statuses)


def test_what_a_statement_lost_is_explained_by_the_withdrawal_of_it():
    """The denial is as it was; that what it denies was withdrawn is why its topic names one event less."""
    gone = evolve(RETRACTED, source=SourceId("monitor"), target=EventId("took"))
    city = timeline_of([TOOK, DENIED, gone])
    found = by_key(
        city.differences(city.cut("2016-11-30@2016-11-28"), city.cut("2016-11-30@2016-11-29"))
    )
    topic = found["statements", "hill"]
    assert ([one.about for one in topic.before], [one.about for one in topic.after]) == (
        [("took",)],
        [()],
    )
    assert topic.because == ("retracted",)


def test_policies_disagree_on_what_only_the_winner_says():
    """The government's word for the government's success: who is cautious has no answer yet."""
    city = timeline_of([evolve(TOOK, source=SourceId("state-tv"))])
    contexts = {name: Context(CITY, AsOf(), POLICIES[name]) for name in ("latest", "cautious")}
    ((projection, key, each),) = disagreements(
        [CONTROL], city.replayed(next(iter(contexts.values())).cut), contexts
    )
    assert (projection, key) == (CONTROL, "hill")
    assert {name: (answer.holder, answer.status) for name, answer in each.items()} == {
        "latest": ("government", "claimed"),
        "cautious": (None, "unknown"),
    }
