"""Gaps of hindsight: they are where the plain replay says other things then and now.

What was known at the time is asked of the replay at (t, known = t), what is known now at (t, known
= the cut's).
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import combinations, pairwise
from typing import Any

import pytest
from attrs import evolve
from hill import retracted, said, took
from hindsights import answers_of, contexts, dated, known_by, logs_of
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject, DrawFn
from strategies import CITY, instants

from projections import AID, CONTROL, PROJECTIONS
from timeline.analysis.hindsight import Gap, gaps
from timeline.domain.events import Event, Retraction, Statement
from timeline.domain.timed_event import TimedEvent
from timeline.replay import engine
from timeline.replay.policies import POLICIES
from timeline.replay.projection import Context, Projection
from timeline.temporal.as_of import AsOf
from timeline.temporal.dates import END_OF_TIME, PAST, TICK, Moment, When

EVERY_PROJECTION = pytest.mark.parametrize(
    "projection", PROJECTIONS, ids=lambda projection: projection.name
)
TWO_PROJECTIONS = pytest.mark.parametrize(
    "projection", [CONTROL, AID], ids=lambda projection: projection.name
)
# Gaps ---------------------------------------------------------------------------------------------


@st.composite
def told_at_once(draw: DrawFn, projection: Projection[Any, Any, Any]) -> tuple[Event, ...]:
    """Draw a log of reports made as their windows began, and without withdrawals.

    A statement acts on the time of the claim that it is about, so it was made as that claim was,
    and of nothing else: a denial of Tuesday about Monday changes what is known of Monday, and that
    is a gap.
    """
    log = [event for event in draw(logs_of(projection)) if not isinstance(event, Retraction)]
    told = list(map(_at_once, log))
    claims = [event for event in told if not isinstance(event, Statement)]
    return tuple(_with_its_claim(event, draw(st.sampled_from(claims or [event]))) for event in told)


def _at_once(event: Event) -> Event:
    """Return an event that was reported as its window began; what has no beginning is given one."""
    occurred = event.occurred
    if occurred.window(CITY.zone).earliest == PAST:
        occurred = When("2016-11-26T18:00:00Z")
    first = occurred.window(CITY.zone).earliest.isoformat().replace("+00:00", "Z")
    return evolve(event, occurred=occurred, reported=Moment(first), supersedes=None)


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
    """Whoever asked at the time was told what is known now, whatever the policy."""
    log = data.draw(told_at_once(projection))
    assume(not taken_back(projection, log))
    assert list(gaps(projection, dated(log), data.draw(contexts(log)))) == []


def taken_back(projection: Projection[Any, Any, Any], log: Sequence[Event]) -> bool:
    """Return whether any side takes a claim of its own back, which is a gap until then."""
    facts = engine.visible(dated(log), AsOf())
    cells = engine.replay(projection, facts.values(), facts.get, END_OF_TIME)
    context = Context(CITY, AsOf(), POLICIES["latest"])
    verdicts = [
        verdict
        for key in cells
        for verdict in projection.judge(key, engine.cells_of(projection, key, cells, CITY), context)
    ]
    return any(verdict.testimonies.taken for verdict in verdicts)


@given(data=st.data())
def test_what_was_denied_before_it_was_said_leaves_no_gap(data: DataObject):
    """A stance has no effect before the claim that it is on, so it may be made public earlier."""
    log = [_early(event) for event in data.draw(told_at_once(CONTROL))]
    assert list(gaps(CONTROL, dated(log), data.draw(contexts(log)))) == []


def _early(event: Event) -> Event:
    if isinstance(event, Statement):
        return evolve(event, reported=Moment("2016-01-01"))
    return event


@TWO_PROJECTIONS
@given(data=st.data())
def test_gaps_are_where_the_replay_says_other_things_then_and_now(projection, data: DataObject):
    """Within a gap the answers differ in substance, and outside of all gaps they do not."""
    log = data.draw(logs_of(projection))
    events, context = dated(log), data.draw(contexts(log))
    every = list(gaps(projection, events, context))
    edges = {fact.known for fact in events}
    edges |= {edge for gap in every for edge in (gap.begin, gap.end)}
    some = st.lists(st.sampled_from(around(edges)) | instants(), min_size=1, max_size=5)
    for instant in data.draw(some):
        open_gaps = {gap.key: gap for gap in every if gap.begin <= instant < gap.end}
        then, now = replayed(projection, events, context, instant)
        for key in then.keys() | now.keys() | {gap.key for gap in every}:
            check_gap(projection, open_gaps.get(key), then.get(key), now.get(key), instant)


def check_gap(
    projection: Projection[Any, Any, Any], gap: Gap | None, then: Any, now: Any, instant: datetime
) -> None:
    """Check that a gap is there if two answers differ, and tells them as they were."""
    said = said_of(projection, then), said_of(projection, now)
    if gap is None:
        assert said[0] == said[1]
    else:
        assert said[0] != said[1]
        assert told(projection, gap) == said
        assert gap.begin != instant or (gap.then, gap.now) == (then, now)


def around(edges: Iterable[datetime]) -> list[datetime]:
    """Return some instants, those before them, those halfway to the next, and the end of time."""
    found = [END_OF_TIME]
    for edge, following in pairwise([*sorted(edges), END_OF_TIME]):
        before = edge - TICK if edge != PAST else edge
        found += [before, edge, edge + (following - edge) / 2]
    return [instant for instant in found if instant <= END_OF_TIME]


def replayed(
    projection: Projection[Any, Any, Any],
    events: Sequence[TimedEvent],
    context: Context,
    instant: datetime,
) -> tuple[Any, Any]:
    """Return the answers about an instant as known then, and as known at the cut.

    Nobody then knew more than the cut.
    """
    known = context.cut.known
    now = evolve(context.cut, at=instant)
    then = evolve(now, known=instant if known is None else min(instant, known))
    before, after = (
        answers_of(projection, events, evolve(context, cut=cut)) for cut in (then, now)
    )
    return before, after


def said_of(projection: Projection[Any, Any, Any], answer: Any) -> Any:
    """Return the substance of an answer, without how sure it is."""
    return None if answer is None else projection.substance(answer)


@TWO_PROJECTIONS
@given(data=st.data())
def test_gaps_of_a_key_do_not_overlap_and_go_on_as_long_as_they_say_the_same(
    projection, data: DataObject
):
    """They come in the order in which they end."""
    log = data.draw(logs_of(projection))
    every = list(gaps(projection, dated(log), data.draw(contexts(log))))
    ends = [gap.end for gap in every]
    assert ends == sorted(ends)
    for a, b in combinations(sorted(every, key=lambda gap: gap.begin), 2):
        if a.key == b.key:
            assert a.end <= b.begin
            assert a.end < b.begin or told(projection, a) != told(projection, b)


@TWO_PROJECTIONS
@given(data=st.data())
def test_gaps_end_by_the_last_report_that_the_cut_knows(projection, data: DataObject):
    """A gap has a length, unless it has no beginning."""
    log = data.draw(logs_of(projection))
    events, context = dated(log), data.draw(contexts(log))
    for gap in gaps(projection, events, context):
        known = [fact.known for fact in known_by(events, evolve(context.cut, recorded=None))]
        assert gap.begin < gap.end <= max(known)
        assert gap.length == (None if gap.begin == PAST else gap.end - gap.begin)


def told(projection: Projection[Any, Any, Any], gap: Gap) -> tuple[Any, Any]:
    """Return the substance of both answers of a gap."""
    return said_of(projection, gap.then), said_of(projection, gap.now)


@TWO_PROJECTIONS
@given(data=st.data())
def test_gaps_are_found_for_the_places_asked_about(projection, data: DataObject):
    """They are those of all gaps that concern the places."""
    log, place = data.draw(logs_of(projection)), data.draw(st.sampled_from(list(CITY.places)))
    events, context = dated(log), data.draw(contexts(log))
    every = gaps(projection, events, context)
    concerned = [gap for gap in every if engine.concerns(projection, gap.key, [place], CITY)]
    chosen = list(gaps(projection, events, context, [place]))
    assert sorted(chosen, key=str) == sorted(concerned, key=str)


# By hand ------------------------------------------------------------------------------------------


def gaps_of_the_hill(
    log: Sequence[Event], policy: str = "latest"
) -> list[tuple[str, str, str | None, str | None]]:
    """Return the gaps of the hill: their ends, and who was and who is said to hold it."""
    context = Context(CITY, AsOf(), POLICIES[policy])
    return [
        (shown(gap.begin), shown(gap.end), gap.then.holder, gap.now.holder)
        for gap in gaps(CONTROL, dated(log), context, ["hill"])
    ]


def shown(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat()[:19]


def test_what_came_late_was_not_known_until_it_came():
    """The capture of the 27th was told on the 29th; until then nobody could say it."""
    log = [took("a", "monitor", occurred="2016-11-27T12:00:00Z", reported="2016-11-29T06:00:00Z")]
    assert gaps_of_the_hill(log) == [
        ("2016-11-27T12:00:00", "2016-11-29T06:00:00", None, "government")
    ]


def test_what_was_believed_and_then_withdrawn_was_a_gap_while_it_was_believed():
    """The claim was made at once and withdrawn after two days."""
    log = [
        took("a", "monitor", occurred="2016-11-27T12:00:00Z", reported="2016-11-27T12:00:00Z"),
        retracted("r", "a", "2016-11-29T12:00:00Z"),
    ]
    assert gaps_of_the_hill(log) == [
        ("2016-11-27T12:00:00", "2016-11-29T12:00:00", "government", None)
    ]


def test_a_gap_ends_where_what_is_said_changes():
    """First nobody was known to hold it, then the wrong one: two gaps that touch."""
    log = [
        took("a", "monitor", "opposition", "2016-11-26T00:00:00Z", "2016-11-27T00:00:00Z"),
        retracted("r", "a", "2016-11-28T00:00:00Z"),
        took("b", "paper", occurred="2016-11-26T00:00:00Z", reported="2016-11-29T00:00:00Z"),
    ]
    assert gaps_of_the_hill(log) == [
        ("2016-11-26T00:00:00", "2016-11-27T00:00:00", None, "government"),
        ("2016-11-27T00:00:00", "2016-11-28T00:00:00", "opposition", "government"),
        ("2016-11-28T00:00:00", "2016-11-29T00:00:00", None, "government"),
    ]


def test_a_late_denial_is_a_gap_only_where_it_changes_who_holds_it():
    """How sure an answer is may change without a gap."""
    log = [
        took("a", "monitor", occurred="2016-11-27T12:00:00Z", reported="2016-11-27T12:00:00Z"),
        said("c", "rebel-official", "a", reported="2016-11-28T12:00:00Z"),
    ]
    assert gaps_of_the_hill(log) == []
    assert gaps_of_the_hill(log, "unanimous") == [
        ("2016-11-27T12:00:00", "2016-11-28T12:00:00", "government", None)
    ]


def test_what_has_no_beginning_is_a_gap_of_no_length():
    """It was always so, and nobody could say how long nobody knew."""
    events = dated([took("a", "monitor", occurred="../..")])
    (gap,) = gaps(CONTROL, events, Context(CITY, AsOf(), POLICIES["latest"]), ["hill"])
    assert (gap.begin, gap.length, gap.now.holder) == (PAST, None, "government")
