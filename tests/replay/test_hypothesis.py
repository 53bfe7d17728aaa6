"""Hypotheses: a timeline with events added or left out answers as if the log were so."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject, DrawFn
from strategies import CITY, CITY_FILE, cuts, cuts_around, logs

from projections import CONTROL, PROJECTIONS
from timeline import AsOf, InvalidEvent, Moment, NothingFound, Timeline, UsageError, When
from timeline.domain.events import ControlChange, Event, EventId, Retraction, Statement
from timeline.domain.references import references
from timeline.domain.timed_event import timed
from timeline.log.codec import CODEC
from timeline.replay.policies import POLICIES
from timeline.replay.store import MemoryStore

LOGS = logs(max_size=12) | logs(kinds=CONTROL.listens, max_size=12)
EVERY_POLICY = st.sampled_from(list(POLICIES))


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file for a log beside its city; every example writes it anew."""
    folder = tmp_path_factory.mktemp("whatif")
    (folder / "city.toml").write_text(CITY_FILE, "utf-8")
    return folder / "events.jsonl"


def opened(path: Path, events: Iterable[Event]) -> Timeline:
    """Write a log and open it."""
    path.write_bytes(b"".join(CODEC.encode(event) + b"\n" for event in events))
    return Timeline.open(path, PROJECTIONS)


def left(timeline: Timeline, events: Iterable[Event]) -> Timeline:
    """Return a timeline of some of its events alone, whatever they refer to."""
    events = tuple(timed(event, CITY.zone) for event in events)
    return evolve(timeline, store=MemoryStore(CITY, events, timeline.store.identity()))


def digests(timeline: Timeline, asked: Iterable[tuple[AsOf, str]]) -> list[str]:
    """Return the digests of the states at some cuts."""
    return [timeline.state(cut=cut, policy=policy).sha256 for cut, policy in asked]


@st.composite
def questions(draw: DrawFn, log: Sequence[Event], recorded: bool = True) -> list[tuple[AsOf, str]]:
    """Draw a cut and a policy, and ask of the whole log, too.

    Without `recorded` the cut is one of the log however it may grow.
    """
    cut = draw(cuts_around(log) | cuts())
    return [
        (cut if recorded else evolve(cut, recorded=None), draw(EVERY_POLICY)),
        (AsOf(), "latest"),
    ]


@st.composite
def divided(draw: DrawFn, log: Sequence[Event]) -> tuple[list[Event], list[Event]]:
    """Draw a part of a log that refers to itself alone, and the rest as before it was recorded."""
    by_id = {event.id: event for event in log}
    held = {event.id for event in log if draw(st.booleans())}
    waiting = list(held)
    while waiting:
        wanted = {target for _, target in references(by_id[waiting.pop()])} - held
        held |= wanted
        waiting += wanted
    rest = [evolve(event, recorded=None) for event in log if event.id not in held]
    return [event for event in log if event.id in held], draw(st.permutations(rest))


# Added --------------------------------------------------------------------------------------------


@given(data=st.data())
def test_a_timeline_with_events_supposed_answers_as_the_log_with_them_appended(
    path, data: DataObject
):
    """Whatever is added: late reports, denials, withdrawals; and supposing it writes nothing."""
    log = data.draw(LOGS)
    held, added = data.draw(divided(log))
    real, asked = opened(path, held), data.draw(questions(log, recorded=False))
    before, asked_before = written(path), digests(real, asked)
    supposed = real.supposing(added)
    answered = digests(supposed, asked)
    assert written(path) == before
    assert digests(real, asked) == asked_before
    assert supposed.hypothesis.added == tuple(added)
    real.append(added)
    assert digests(Timeline.open(path, PROJECTIONS), asked) == answered


def written(path: Path) -> tuple[bytes, int, list[str]]:
    """Return a file's bytes, when it was last written, and what lies beside it."""
    return path.read_bytes(), path.stat().st_mtime_ns, sorted(os.listdir(path.parent))


@given(data=st.data())
def test_supposing_what_the_log_has_already_changes_nothing(path, data: DataObject):
    """A copy is a copy, whenever it was recorded; it is no part of the hypothesis."""
    log = data.draw(LOGS)
    real, asked = opened(path, log), data.draw(questions(log))
    copies = data.draw(st.lists(st.sampled_from(log), max_size=4)) if log else []
    again = [
        evolve(copy, recorded=data.draw(st.sampled_from((None, copy.recorded)))) for copy in copies
    ]
    supposed = real.supposing(again)
    assert supposed.timed_events == real.timed_events
    assert supposed.hypothesis.added == ()
    assert digests(supposed, asked) == digests(real, asked)


def test_supposing_nothing_is_the_timeline_as_it_is(path):
    """It is told as a hypothesis all the same, for it was asked as one."""
    real = opened(path, [TOOK])
    supposed = real.supposing()
    assert supposed.timed_events == real.timed_events
    assert supposed.state().json()["hypothetical"] == {
        "with": [],
        "without_sources": [],
        "without_events": [],
    }
    assert "hypothetical" not in real.state().json()


def test_an_answer_says_what_it_supposes(path):
    """By ids, whatever the names that were asked for."""
    real = opened(path, [TOOK, DENIED])
    supposed = real.supposing(
        [evolve(TOOK, id=EventId("again"), place="al-Tell")],
        without_sources=["army command"],
        without_events=["den"],
    )
    assert supposed.state().json()["hypothetical"] == {
        "with": ["again"],
        "without_sources": ["army"],
        "without_events": ["denied"],
    }


def test_what_is_supposed_may_be_left_out_again(path):
    """An event that is added and left out is not there."""
    real = opened(path, [DENIED, TOOK])
    assert (
        real.supposing([evolve(TOOK, id=EventId("again"))], without_events=["again"]).timed_events
        == real.timed_events
    )


def test_one_supposition_may_rest_on_another(path):
    """Both are told, and what they share counts once."""
    real = opened(path, [TOOK])
    both = real.supposing([DENIED, RETRACTED])
    for more in ([DENIED, RETRACTED], [RETRACTED]):
        resting = real.supposing([DENIED]).supposing(more)
        assert resting.timed_events == both.timed_events
        assert resting.state().json() == both.state().json()


# Without ------------------------------------------------------------------------------------------


@given(data=st.data())
def test_without_some_events_it_answers_as_if_their_lines_had_never_been_written(
    path, data: DataObject
):
    """What they withdrew stands again, and what is said about them is about nothing."""
    log = data.draw(logs(min_size=1, max_size=12))
    real, asked = opened(path, log), data.draw(questions(log))
    gone = data.draw(
        st.lists(st.sampled_from([event.id for event in log]), min_size=1, max_size=3, unique=True)
    )
    supposed = real.supposing(without_events=gone)
    assert digests(supposed, asked) == digests(
        left(real, (event for event in log if event.id not in gone)), asked
    )
    assert supposed.events == tuple(event for event in log if event.id not in gone)
    assert Timeline.open(path, PROJECTIONS).events == log


@given(data=st.data())
def test_without_some_sources_it_answers_as_if_they_had_never_said_anything(path, data: DataObject):
    """Their withdrawals are undone, too, whoever's claims they withdrew."""
    log = data.draw(LOGS)
    real, asked = opened(path, log), data.draw(questions(log))
    silent = data.draw(
        st.lists(
            st.sampled_from(list(CITY.sources.values())),
            min_size=1,
            max_size=3,
            unique_by=lambda one: one.id,
        )
    )
    ids = {one.id for one in silent}
    supposed = real.supposing(
        without_sources=[data.draw(st.sampled_from([one.id, *one.names])) for one in silent]
    )
    assert digests(supposed, asked) == digests(
        left(real, (event for event in log if event.source not in ids)), asked
    )
    assert supposed.hypothesis.without_sources == tuple(one.id for one in silent)


def test_without_a_withdrawal_what_it_withdrew_stands(path):
    """The denial counts again, as it did before it was withdrawn."""
    real = opened(path, [TOOK, DENIED, RETRACTED])
    assert [
        one.state()[CONTROL]["hill"].status
        for one in (real, real.supposing(without_events=["retracted"]))
    ] == ["reported", "disputed"]


def test_without_a_claim_its_denial_denies_nothing(path):
    """It stays in the log, and speaks of an event that is not there."""
    supposed = opened(path, [TOOK, DENIED]).supposing(without_events=["took"])
    assert [event.id for event in supposed.events] == ["denied"]
    assert supposed.state()[CONTROL]["hill"].status == "unknown"


# Refused ------------------------------------------------------------------------------------------

TOOK = ControlChange(
    id=EventId("took"),
    occurred=When("2016-11-27"),
    reported=Moment("2016-11-27"),
    source="monitor",
    place="hill",
    actor="government",
)
"""The monitor says that the government took the hill."""
DENIED = Statement(
    id=EventId("denied"),
    occurred=When("2016-11-28"),
    reported=Moment("2016-11-28"),
    source="rebel-official",
    stance="disagree",
    about=(EventId("took"),),
    topic="hill",
    summary="Denies it.",
)
RETRACTED = Retraction(
    id=EventId("retracted"),
    occurred=When("2016-11-29"),
    reported=Moment("2016-11-29"),
    source="rebel-official",
    target=EventId("denied"),
    reason="Misheard.",
)


def new(id: str, event: Event = TOOK, **changes: Any) -> Event:
    """Return an event under another id, with some fields changed."""
    return evolve(event, id=EventId(id), **changes)


REFUSED = {
    "an unknown place": (new("a", place="nowhere"), "nowhere"),
    "an unknown actor": (new("a", actor="nobody-knows"), "nobody-knows"),
    "an unknown source": (new("a", source="stranger"), "stranger"),
    "a report before the event": (new("a", reported=Moment("2016-11-20")), "2016-11-20"),
    "a reference to nothing": (new("a", DENIED, about=(EventId("lost"),)), "no event lost"),
    "other content under an id in use": (evolve(TOOK, note="Something else."), "other content"),
    "a time of recording": (new("a", recorded=Moment("2016-11-30T00:00:00Z")), "recorded"),
    "a second retraction": (new("a", RETRACTED), "retracted already"),
    "a retraction of a retraction": (new("a", RETRACTED, target=EventId("retracted")), "final"),
    "a retraction before the report": (
        new(
            "a",
            RETRACTED,
            target=EventId("took"),
            occurred=When("2016"),
            reported=Moment("2016-11-20"),
        ),
        "before took was",
    ),
}


@pytest.mark.parametrize("fault", REFUSED)
def test_what_the_log_would_not_take_cannot_be_supposed(path, fault):
    """The reason is the one that appending gives."""
    event, reason = REFUSED[fault]
    real = opened(path, [TOOK, DENIED, RETRACTED])
    with pytest.raises(InvalidEvent, match=reason) as supposing:
        real.supposing([event])
    with pytest.raises(InvalidEvent) as appending:
        real.append([event])
    assert supposing.value.problems == appending.value.problems


FAULTS_OF_NAMES = [new("a", place="nowhere"), new("b", actor="nobody-knows", source="stranger")]
FAULTS_OF_REFERENCES = [
    new("c", DENIED, about=(EventId("lost"), EventId("gone"))),
    evolve(TOOK, note="Else."),
    new("d", RETRACTED),
]


@pytest.mark.parametrize(
    ("added", "reasons"),
    [
        (FAULTS_OF_NAMES, ["nowhere", "nobody-knows", "stranger"]),
        (
            FAULTS_OF_REFERENCES,
            ["no event lost", "no event gone", "other content", "retracted already"],
        ),
        (
            [*FAULTS_OF_NAMES, *FAULTS_OF_REFERENCES],
            [
                "nowhere",
                "nobody-knows",
                "stranger",
                "no event lost",
                "no event gone",
                "other content",
                "retracted already",
            ],
        ),
    ],
    ids=["names", "references", "names and references"],
)
def test_everything_that_is_wrong_is_said_at_once(path, added, reasons):
    """One who mends the first fault should not have to come back for each of the others."""
    real = opened(path, [TOOK, DENIED, RETRACTED])
    with pytest.raises(InvalidEvent) as error:
        real.supposing([new("good"), *added])
    said = "\n".join(map(str, error.value.problems))
    assert [reason for reason in reasons if reason not in said] == []
    assert "good" not in said


@pytest.mark.parametrize(
    ("without", "refusal", "hint"),
    [
        ({"without_sources": ["monitr"]}, UsageError, "monitor"),
        ({"without_sources": ["monitor", "nobody-knows"]}, UsageError, "nobody-knows"),
        ({"without_events": ["tok"]}, NothingFound, "took"),
        ({"without_events": ["took", "lost"]}, NothingFound, "no event lost"),
        ({"without_events": ["r"]}, UsageError, "retracted, retracted-2"),
    ],
)
def test_what_is_left_out_has_to_be_there(path, without, refusal, hint):
    """A name that means nothing, or several things, leaves nothing out by mistake."""
    real = opened(
        path, [TOOK, DENIED, RETRACTED, new("retracted-2", RETRACTED, target=EventId("took"))]
    )
    with pytest.raises(refusal, match=hint):
        real.supposing(**without)


@given(log=logs(min_size=2, max_size=8), share=st.integers(0, 8))
def test_supposed_events_are_numbered_after_all_others(path, log, share):
    alone = [evolve(event, supersedes=None) for event in log]
    held = [event for event in alone if not list(references(event))]
    timeline = opened(path, held[:share])
    added = [evolve(event, recorded=None) for event in held[share:]]
    supposed = timeline.supposing(added[:1]).supposing(added[1:])
    assert [one.number for one in supposed.timed_events] == list(range(1, len(held) + 1))
