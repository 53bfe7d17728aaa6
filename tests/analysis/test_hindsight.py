"""Hindsight: the gaps are where the plain replay says other things then and now, and every claim has one outcome.

What was known at the time is asked of the replay at (t, known = t), what is known now at (t, known
= the cut's).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject, DrawFn
from strategies import CITY, cuts, cuts_around, instants, logs

from projections import AID, CONTROL, PROJECTIONS
from timeline.analysis import hindsight
from timeline.analysis.hindsight import OUTCOMES, Gap, Judged, gaps, judged, score
from timeline.domain.events import ControlChange, Event, EventId, Retraction, Statement
from timeline.domain.references import references
from timeline.domain.timed_event import TimedEvent, timed
from timeline.replay import engine
from timeline.replay.policies import POLICIES
from timeline.replay.projection import Context, Projection
from timeline.temporal.as_of import AsOf
from timeline.temporal.dates import END_OF_TIME, FUTURE, PAST, TICK, Moment, When

EVERY_PROJECTION = pytest.mark.parametrize(
    "projection", PROJECTIONS, ids=lambda projection: projection.name
)
TWO_PROJECTIONS = pytest.mark.parametrize(
    "projection", [CONTROL, AID], ids=lambda projection: projection.name
)
EVERY_POLICY = st.sampled_from(list(POLICIES.values()))


def dated(events: Iterable[Event]) -> list[TimedEvent]:
    """Return events with their clocks read."""
    return [timed(event, CITY.zone) for event in events]


@st.composite
def contexts(draw: DrawFn, log: Sequence[Event]) -> Context:
    """Draw how a log may be asked about its past: as known and recorded at some time, with some policy."""
    return Context(CITY, evolve(draw(cuts_around(log) | cuts()), at=None), draw(EVERY_POLICY))


def logs_of(projection: Projection[Any, Any]) -> st.SearchStrategy[tuple[Event, ...]]:
    """Draw a log of what a projection listens to, or of everything."""
    return logs(kinds=projection.listens, max_size=12) | logs(max_size=12)


# Gaps ---------------------------------------------------------------------------------------------


@st.composite
def told_at_once(draw: DrawFn, projection: Projection[Any, Any]) -> tuple[Event, ...]:
    """Draw a log in which everything was reported as it happened: at the first instant of its window; and nothing was withdrawn.

    A statement acts on the time of the claim that it is about, so it was made as that claim was,
    and of nothing else: a denial of Tuesday about Monday changes what is known of Monday, and that
    is a gap.
    """
    told = [
        _at_once(event) for event in draw(logs_of(projection)) if not isinstance(event, Retraction)
    ]
    claims = {event.id: event for event in told if not isinstance(event, Statement)}
    return tuple(
        _with_its_claim(event, draw(st.sampled_from(list(claims.values()) or [event])))
        for event in told
    )


def _at_once(event: Event) -> Event:
    """Return an event that was reported as its window began; what has no beginning is given one."""
    occurred = event.occurred
    if occurred.window(CITY.zone).earliest == PAST:
        occurred = When("2016-11-26T18:00:00Z")
    first = occurred.window(CITY.zone).earliest
    return evolve(
        event,
        occurred=occurred,
        reported=Moment(first.isoformat().replace("+00:00", "Z")),
        supersedes=None,
    )


def _with_its_claim(event: Event, claim: Event) -> Event:
    if not isinstance(event, Statement) or not event.about:
        return event
    if isinstance(claim, Statement):  # the log holds nothing that could be spoken of
        return evolve(event, stance="comment", about=())
    return evolve(event, occurred=claim.occurred, reported=claim.reported, about=(claim.id,))


@EVERY_PROJECTION
@given(data=st.data())
def test_there_is_no_gap_where_everything_was_told_at_once_and_nothing_withdrawn(
    projection, data: DataObject
):
    """Whoever asked at the time was told what is known now, whatever the policy, and whatever had not happened for certain."""
    log = data.draw(told_at_once(projection))
    assert list(gaps(projection, dated(log), data.draw(contexts(log)))) == []


@given(data=st.data())
def test_what_was_denied_before_it_was_said_leaves_no_gap(data: DataObject):
    """A stance has no effect before the claim that it is on, so it may be made public earlier."""
    log = [
        evolve(event, reported=Moment("2016-01-01")) if isinstance(event, Statement) else event
        for event in data.draw(told_at_once(CONTROL))
    ]
    assert list(gaps(CONTROL, dated(log), data.draw(contexts(log)))) == []


@TWO_PROJECTIONS
@given(data=st.data())
def test_gaps_are_where_the_replay_says_other_things_then_and_now(projection, data: DataObject):
    """In a gap of a key the answers differ in substance, and outside of all gaps they do not; each gap tells them as they were."""
    log = data.draw(logs_of(projection))
    events, context = dated(log), data.draw(contexts(log))
    found = list(gaps(projection, events, context))
    edges = sorted(
        {gap.begin for gap in found} | {gap.end for gap in found} | {one.known for one in events}
    )
    for edge in (
        data.draw(st.lists(st.sampled_from(edges) | instants(), min_size=1, max_size=2))
        if edges
        else []
    ):
        for instant in around(edge, edges):
            then, now = replayed(projection, events, context, instant)
            for key in then.keys() | now.keys() | {gap.key for gap in found}:
                inside = [gap for gap in found if gap.key == key and gap.begin <= instant < gap.end]
                said = [said_of(projection, answer) for answer in (then.get(key), now.get(key))]
                assert len(inside) == (said[0] != said[1])
                for gap in inside:
                    assert said == [said_of(projection, answer) for answer in (gap.then, gap.now)]
                    if gap.begin == instant:
                        assert (gap.then, gap.now) == (then.get(key), now.get(key))


def around(edge: datetime, edges: Sequence[datetime]) -> list[datetime]:
    """Return an instant, the one before it, and one on the way to the next."""
    following = min((other for other in edges if other > edge), default=END_OF_TIME)
    before = [] if edge == PAST else [edge - TICK]
    return [*before, *(one for one in (edge, edge + (following - edge) / 2) if one <= END_OF_TIME)]


def replayed(
    projection: Projection[Any, Any],
    events: Sequence[TimedEvent],
    context: Context,
    instant: datetime,
) -> tuple[Any, Any]:
    """Return the answers about an instant as known then, and as known at the cut; nobody then knew more than the cut."""
    known = context.cut.known
    then = instant if known is None else min(instant, known)
    return tuple(
        _answers(projection, events, evolve(context, cut=evolve(context.cut, at=instant, known=k)))
        for k in (then, known)
    )


def _answers(
    projection: Projection[Any, Any], events: Sequence[TimedEvent], context: Context
) -> dict[Any, Any]:
    facts = engine.visible(events, context.cut)
    return engine.read(
        projection,
        engine.replay(projection, facts.values(), facts.get, context.cut.instant),
        context,
    )


def said_of(projection: Projection[Any, Any], answer: Any) -> Any:
    """Return what an answer says, without how sure it is."""
    return None if answer is None else projection.substance(answer)


@TWO_PROJECTIONS
@given(data=st.data())
def test_gaps_of_a_key_do_not_overlap_and_go_on_as_long_as_they_say_the_same(
    projection, data: DataObject
):
    """They come in the order in which they end, and end when the last of what the cut knows was known at the latest."""
    log = data.draw(logs_of(projection))
    events, context = dated(log), data.draw(contexts(log))
    found = list(gaps(projection, events, context))
    assert [gap.end for gap in found] == sorted(gap.end for gap in found)
    last = max(
        (
            one.known
            for one in events
            if context.cut.known is None or one.known <= context.cut.known
        ),
        default=PAST,
    )
    for gap in found:
        assert gap.begin < gap.end <= last
        assert gap.length == (None if gap.begin == PAST else gap.end - gap.begin)
    for key in {gap.key for gap in found}:
        for a, b in pairwise(
            sorted((gap for gap in found if gap.key == key), key=lambda gap: gap.begin)
        ):
            assert a.end <= b.begin
            assert a.end < b.begin or told(projection, a) != told(projection, b)


def told(projection: Projection[Any, Any], gap: Gap) -> tuple[Any, Any]:
    """Return what was said then and what is said now."""
    return said_of(projection, gap.then), said_of(projection, gap.now)


@TWO_PROJECTIONS
@given(data=st.data())
def test_gaps_are_found_for_the_places_asked_about(projection, data: DataObject):
    """What is asked of some places is what all places have of them."""
    log, place = data.draw(logs_of(projection)), data.draw(st.sampled_from(list(CITY.places)))
    events, context = dated(log), data.draw(contexts(log))
    every = [
        gap
        for gap in gaps(projection, events, context)
        if engine.concerns(projection, gap.key, [place], CITY)
    ]
    assert sorted(gaps(projection, events, context, [place]), key=str) == sorted(every, key=str)


# Outcomes -----------------------------------------------------------------------------------------


@given(data=st.data())
def test_every_claim_made_public_by_the_cut_has_one_outcome(data: DataObject):
    """None is missing, none counts twice, and the counts add up to the claims."""
    log = data.draw(logs_of(CONTROL))
    events, context = dated(log), data.draw(contexts(log))
    found = list(judged(CONTROL, events, context))
    known = [
        one.event for one in known_by(events, context.cut) if isinstance(one.event, ControlChange)
    ]
    assert [claim.event for claim in found] == sorted(event.id for event in known)
    assert [(claim.source, claim.key) for claim in found] == [
        (event.source, event.place) for event in sorted(known, key=lambda event: event.id)
    ]
    total = score(found)
    assert total.claims == len(found) == sum(total.outcomes.values())
    assert total.outcomes == {
        outcome: Counter(claim.outcome for claim in found)[outcome] for outcome in OUTCOMES
    }
    by_source = [
        score(claim for claim in found if claim.source == source)
        for source in {claim.source for claim in found}
    ]
    assert sum(one.claims for one in by_source) == total.claims


def known_by(events: Iterable[TimedEvent], cut: AsOf) -> list[TimedEvent]:
    """Return the events that had been recorded and made public by a cut."""
    return [
        one
        for one in engine.recorded_by(events, cut)
        if cut.known is None or one.known <= cut.known
    ]


@given(data=st.data())
def test_a_claim_is_judged_by_the_replay_at_the_end_of_its_time(data: DataObject):
    """What was withdrawn is not judged; all else is, by what the plain replay answers about the last instant of the claim's window."""
    log = data.draw(logs(kinds=CONTROL.listens, max_size=10))
    events, context = dated(log), data.draw(contexts(log))
    by_id = {one.event.id: one for one in events}
    withdrawn = withdrawn_by(known_by(events, context.cut))
    for claim in judged(CONTROL, events, context):
        fact = by_id[claim.event]
        if claim.event in withdrawn:
            retracted = isinstance(by_id[withdrawn[claim.event]].event, Retraction)
            assert claim.outcome == ("retracted" if retracted else "replaced")
        else:
            assert claim.outcome in expected(fact, events, context)


def withdrawn_by(known: Iterable[TimedEvent]) -> dict[EventId, EventId]:
    """Return which event was the first to withdraw each withdrawn one."""
    withdrawing = sorted(known, key=lambda one: (one.known, one.event.id), reverse=True)
    return {
        target: one.event.id
        for one in withdrawing
        for path, target in references(one.event)
        if path in ("$.target", "$.supersedes")
    }


def expected(fact: TimedEvent, events: Sequence[TimedEvent], context: Context) -> tuple[str, ...]:
    """Return what may have become of a claim, read off the answer about the time at which it is judged; of shares, several things."""
    window, event = fact.window, fact.event
    assert isinstance(event, ControlChange)
    at = window.latest - TICK if window.latest != FUTURE else window.earliest
    answer = _answers(CONTROL, events, evolve(context, cut=evolve(context.cut, at=at)))[event.place]
    if answer.status in ("unknown", "disputed"):
        return ("open",)
    if (
        event.extent is not None
        or len(answer.shares) > 1
        or any(share.low < 1 for share in answer.shares)
    ):
        return (
            ("upheld", "open", "overturned")
            if answer.status == "corroborated"
            else ("open", "overturned")
        )
    said = (
        "contested" if event.ground == "contested" else event.actor,
        "contested" if answer.ground == "contested" else answer.holder,
    )
    if said[0] != said[1]:
        return ("overturned",)
    return ("upheld",) if answer.status == "corroborated" else ("open",)


@given(data=st.data())
def test_claims_are_judged_for_the_places_asked_about(data: DataObject):
    """What is asked of one place is what all places have of it."""
    log, place = data.draw(logs_of(CONTROL)), data.draw(st.sampled_from(list(CITY.places)))
    events, context = dated(log), data.draw(contexts(log))
    assert list(judged(CONTROL, events, context, [place])) == [
        claim for claim in judged(CONTROL, events, context) if claim.key == place
    ]


# Delays -------------------------------------------------------------------------------------------


@given(log=logs(max_size=12))
def test_no_delay_is_less_than_nothing_and_what_has_no_date_has_none(log):
    """It runs from the end of the window, or from its beginning where the end is open, to the report."""
    for fact in dated(log):
        window, delay = fact.window, hindsight.delay(fact)
        if (window.earliest, window.latest) == (PAST, FUTURE):
            assert delay is None
        else:
            assert delay is not None
            assert delay >= timedelta()
            happened = window.earliest if window.latest == FUTURE else window.latest - TICK
            assert delay == timedelta() or happened + delay == fact.known


@pytest.mark.parametrize(
    ("occurred", "reported", "delay"),
    [
        ("2016-11-27", "2016-11-27", timedelta()),
        ("2016-11-27", "2016-11-29", timedelta(days=2)),
        ("2016-11-26/2016-11-27", "2016-11-28", timedelta(days=1)),
        ("2016-11", "2016-11-10", timedelta()),  # of a month, within that month
        ("../2016-11-27", "2016-11-28", timedelta(days=1)),
        ("2016-11-27T12:00:00Z/..", "2016-11-27T18:00:00Z", timedelta(hours=6)),
        ("../..", "2016-11-28", None),
    ],
)
def test_the_delay_of_a_claim_is_counted_from_the_end_of_its_time(occurred, reported, delay):
    """A day's news on that day is not late."""
    assert (
        hindsight.delay(
            timed(took("a", "monitor", occurred=occurred, reported=reported), CITY.zone)
        )
        == delay
    )


@pytest.mark.parametrize(
    ("days", "median"),
    [
        ([], None),
        ([None], None),
        ([3], 3),
        ([1, 2], 1.5),
        ([5, 0, 1], 1),
        ([4, None, 1, 0, 3], 2),
        ([0, 0, 0, 9], 0),
    ],
)
def test_the_delay_of_several_claims_is_their_median(days, median):
    """Of an even number the mean of the two in the middle; what has no date has no part in it, and is counted as a claim."""
    claims = [
        Judged(f"e{n}", "monitor", "hill", "open", None if day is None else timedelta(days=day))
        for n, day in enumerate(days)
    ]
    assert score(claims).delay == (None if median is None else timedelta(days=median))
    assert score(claims).claims == len(days)


# By hand ------------------------------------------------------------------------------------------


def took(
    id: str,
    source: str,
    actor: str | None = "government",
    occurred: str = "2016-11-27",
    reported: str = "2016-11-28",
    **own: Any,
):
    """Return a claim that an actor took the hill."""
    envelope = {
        "id": EventId(id),
        "occurred": When(occurred),
        "reported": Moment(reported),
        "source": source,
    }
    return ControlChange(**envelope, place="hill", actor=actor, **own)


def denied(
    id: str, source: str, about: str, reported: str = "2016-11-28", stance: str = "disagree"
) -> Statement:
    """Return a stance on a claim."""
    envelope = {
        "id": EventId(id),
        "occurred": When(reported),
        "reported": Moment(reported),
        "source": source,
    }
    return Statement(
        **envelope, stance=stance, about=(EventId(about),), topic="hill", summary="Says so."
    )


def retracted(id: str, source: str, target: str, reported: str = "2016-11-29") -> Retraction:
    """Return a retraction."""
    return Retraction(
        id=EventId(id),
        occurred=When(reported),
        reported=Moment(reported),
        source=source,
        target=EventId(target),
        reason="An error.",
    )


ALONE = took("a", "monitor")
OWN = took("a", "state-tv")
"""The government's own television says that the government took the hill."""

OUTCOME_OF_A: Mapping[str, tuple[Sequence[Event], str]] = {
    "nobody else says so": ([ALONE], "open"),
    "two independent voices say so": ([ALONE, took("b", "paper")], "upheld"),
    "one voice twice is one voice": (
        [ALONE, took("b", "monitor", occurred="2016-11-27T12:00", reported="2016-11-29")],
        "open",
    ),
    "two voices of one side are one": ([OWN, took("b", "army")], "open"),
    "a dispute stands": (
        [ALONE, took("b", "paper"), denied("c", "rebel-official", "a", reported="2016-11-29")],
        "open",
    ),
    "a dispute has lapsed": (
        [ALONE, denied("c", "rebel-official", "a"), took("b", "paper", reported="2016-11-29")],
        "upheld",
    ),
    "two independent voices name another holder since": (
        [
            OWN,
            *(
                took(id, source, "opposition", "2016-11-27T12:00", "2016-11-29")
                for id, source in (("b", "monitor"), ("c", "paper"))
            ),
        ],
        "overturned",
    ),
    "its own side names another holder": (
        [OWN, took("b", "army", "opposition", "2016-11-27T12:00", "2016-11-29")],
        "overturned",
    ),
    "one voice names another holder and it stands against that": (
        [ALONE, took("b", "paper", "opposition", "2016-11-27T12:00", "2016-11-29")],
        "open",
    ),
    "its place changed hands after its time": (
        [ALONE, took("b", "paper", "opposition", "2016-12-03", "2016-12-03")],
        "open",
    ),
    "it was taken back by its own voice, and nobody says more": (
        [ALONE, denied("c", "monitor", "a", reported="2016-11-29")],
        "open",
    ),
    "it was retracted": ([ALONE, took("b", "paper"), retracted("r", "monitor", "a")], "retracted"),
    "it was replaced": (
        [ALONE, took("b", "monitor", occurred="2016-11-26", supersedes=EventId("a"))],
        "replaced",
    ),
    "it was replaced and then retracted": (
        [
            ALONE,
            took("b", "monitor", reported="2016-11-29", supersedes=EventId("a")),
            retracted("r", "monitor", "a", "2016-11-30"),
        ],
        "replaced",
    ),
    "it is judged at the beginning of its time where the end is open, and others speak of later": (
        [
            took("a", "monitor", occurred="2016-11-27/.."),
            took("b", "paper", occurred="2016-11-28", reported="2016-11-29"),
        ],
        "open",
    ),
    "another speaks of that very beginning": (
        [took("a", "monitor", occurred="2016-11-27/.."), took("b", "paper")],
        "upheld",
    ),
}


@pytest.mark.parametrize("case", OUTCOME_OF_A)
def test_what_became_of_a_claim(case):
    """Each outcome by a log of a line or two."""
    log, outcome = OUTCOME_OF_A[case]
    found = {
        claim.event: claim
        for claim in judged(CONTROL, dated(log), Context(CITY, AsOf(), POLICIES["latest"]))
    }
    assert found["a"].outcome == outcome


def test_every_outcome_is_shown():
    """The examples leave none out."""
    assert {outcome for _, outcome in OUTCOME_OF_A.values()} == set(OUTCOMES)


def test_an_answer_that_the_policy_withholds_leaves_a_claim_open():
    """Where nobody disputes, the same claims are upheld."""
    log = [ALONE, took("b", "paper"), denied("c", "rebel-official", "a", reported="2016-11-29")]
    for known, outcome in (("2016-11-28", "upheld"), ("2016-11-29", "open")):
        context = Context(CITY, AsOf.parse(None, known, zone=CITY.zone), POLICIES["unanimous"])
        assert [claim.outcome for claim in judged(CONTROL, dated(log), context)] == [
            outcome,
            outcome,
        ]


def gaps_of_the_hill(
    log: Sequence[Event], policy: str = "latest"
) -> list[tuple[str, str, str | None, str | None]]:
    """Return the gaps of the hill: from and until when, who was said to hold it, who is now."""
    found = gaps(CONTROL, dated(log), Context(CITY, AsOf(), POLICIES[policy]), ["hill"])
    return [(shown(gap.begin), shown(gap.end), gap.then.holder, gap.now.holder) for gap in found]


def shown(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat()[:19]


def test_what_came_late_was_not_known_until_it_came():
    """The capture of the 27th was told on the 29th: from its beginning to its report nobody could say it."""
    log = [took("a", "monitor", occurred="2016-11-27T12:00:00Z", reported="2016-11-29T06:00:00Z")]
    assert gaps_of_the_hill(log) == [
        ("2016-11-27T12:00:00", "2016-11-29T06:00:00", None, "government")
    ]


def test_what_was_believed_and_then_withdrawn_was_a_gap_while_it_was_believed():
    """The claim was made at once and withdrawn after two days; nobody held the hill then, as is known now."""
    log = [
        took("a", "monitor", occurred="2016-11-27T12:00:00Z", reported="2016-11-27T12:00:00Z"),
        retracted("r", "monitor", "a", "2016-11-29T12:00:00Z"),
    ]
    assert gaps_of_the_hill(log) == [
        ("2016-11-27T12:00:00", "2016-11-29T12:00:00", "government", None)
    ]


def test_a_gap_ends_where_what_is_said_changes():
    """First nobody was known to hold it, then the wrong one: two gaps that touch."""
    log = [
        took(
            "a",
            "monitor",
            "opposition",
            occurred="2016-11-26T00:00:00Z",
            reported="2016-11-27T00:00:00Z",
        ),
        retracted("r", "monitor", "a", "2016-11-28T00:00:00Z"),
        took("b", "paper", occurred="2016-11-26T00:00:00Z", reported="2016-11-29T00:00:00Z"),
    ]
    assert gaps_of_the_hill(log) == [
        ("2016-11-26T00:00:00", "2016-11-27T00:00:00", None, "government"),
        ("2016-11-27T00:00:00", "2016-11-28T00:00:00", "opposition", "government"),
        ("2016-11-28T00:00:00", "2016-11-29T00:00:00", None, "government"),
    ]


def test_a_late_denial_is_a_gap_only_where_it_changes_who_holds_it():
    """How sure an answer is may change without a gap; a policy that then gives no answer says something else."""
    log = [
        took("a", "monitor", occurred="2016-11-27T12:00:00Z", reported="2016-11-27T12:00:00Z"),
        denied("c", "rebel-official", "a", "2016-11-28T12:00:00Z"),
    ]
    assert gaps_of_the_hill(log) == []
    assert gaps_of_the_hill(log, "unanimous") == [
        ("2016-11-27T12:00:00", "2016-11-28T12:00:00", "government", None)
    ]


def test_what_has_no_beginning_is_a_gap_of_no_length():
    """It was always so, and nobody could say how long nobody knew."""
    (gap,) = gaps(
        CONTROL,
        dated([took("a", "monitor", occurred="../..")]),
        Context(CITY, AsOf(), POLICIES["latest"]),
        ["hill"],
    )
    assert (gap.begin, gap.length, gap.now.holder) == (PAST, None, "government")
