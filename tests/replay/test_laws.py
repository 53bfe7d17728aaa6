"""The laws that make a replay trustworthy, for every projection by itself and under every policy.

Whoever adds a projection to `PROJECTIONS` adds it to every test here. Sections are compared as JSON
text, so that even the order of keys is part of what must not change. The law of the index stands
beside the index.
"""

import copy
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache, reduce
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from effort import times
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject, SearchStrategy
from strategies import CITY, cuts, cuts_around, estimates, instants, logs

from projections import CONTROL, PROJECTIONS
from timeline.domain.events import ControlChange, Event, EventId, Retraction, Statement
from timeline.domain.references import references
from timeline.domain.timed_event import TimedEvent, timed
from timeline.replay import cells as testimony
from timeline.replay import engine
from timeline.replay.answers import plain
from timeline.replay.cells import Count
from timeline.replay.policies import POLICIES
from timeline.replay.projection import Cell, Context, Effect, Lookup, Projection
from timeline.temporal.as_of import AsOf
from timeline.temporal.dates import END_OF_TIME, TICK

FOLDER = Path(__file__).parents[2]
MANY = times(3)
"""For laws of one event or cell, which are quick to try."""
EVERY_PROJECTION = pytest.mark.parametrize(
    "projection", PROJECTIONS, ids=lambda projection: projection.name
)


@cache
def logs_for(projection: Projection[Any, Any, Any]) -> SearchStrategy[tuple[Event, ...]]:
    """Draw a log of events that a projection listens to, which meet often, or of all."""
    return logs(kinds=projection.listens, max_size=16) | logs(max_size=16)


def cuts_of(log: Sequence[Event]) -> SearchStrategy[AsOf]:
    """Draw a cut where something changes, or any."""
    return cuts_around(log) | cuts()


def dated(events: Iterable[Event]) -> list[TimedEvent]:
    """Return events with their clocks read, and numbered where they have not been."""
    return [timed(event, CITY.zone, number) for number, event in enumerate(events, 1)]


def standing(events: Iterable[Event], cut: AsOf) -> dict[EventId, TimedEvent]:
    """Return the events that stand at a cut."""
    return engine.visible(dated(events), cut)


def sections(
    projection: Projection[Any, Any, Any], cells: Mapping[Any, Any], cut: AsOf
) -> dict[str, str]:
    """Return a projection's section under every policy, as JSON text."""
    contexts = {name: Context(CITY, cut, policy) for name, policy in POLICIES.items()}
    return {
        name: json.dumps(plain(engine.answer(projection, cells, context), CITY.zone))
        for name, context in contexts.items()
    }


def answers(
    projection: Projection[Any, Any, Any], events: Iterable[Event], cut: AsOf
) -> dict[str, str]:
    """Return what a log answers at a cut, under every policy."""
    facts = standing(events, cut)
    return sections(
        projection, engine.replay(projection, facts.values(), facts.get, cut.instant), cut
    )


def known(event: Event) -> datetime:
    """Return when an event was made public."""
    return event.reported.instant(CITY.zone)


def begins(event: Event) -> datetime:
    """Return when the window of an event begins."""
    return event.occurred.window(CITY.zone).earliest


# 1. Order -----------------------------------------------------------------------------------------


@EVERY_PROJECTION
@given(data=st.data())
def test_the_order_of_lines_does_not_matter(projection, data: DataObject):
    """But for those told together and appended together, which it is left to decide between."""
    log = data.draw(logs_for(projection))
    cut = data.draw(cuts_of(log))
    shuffled = keeping_ties(data.draw(st.permutations(log)), log)
    assert answers(projection, shuffled, cut) == answers(projection, log, cut)


def keeping_ties(shuffled: Sequence[Event], log: Sequence[Event]) -> list[Event]:
    """Return a shuffled log with the events of each tie in the order in which they were."""
    ties: dict[object, list[Event]] = {}
    for event in log:
        ties.setdefault(_tie(event), []).append(event)
    return [ties[_tie(event)].pop(0) for event in shuffled]


def _tie(event: Event) -> object:
    return known(event), event.recorded


# 2. Parts -----------------------------------------------------------------------------------------


@EVERY_PROJECTION
@given(data=st.data())
def test_replaying_parts_and_merging_them_is_replaying_the_whole(projection, data: DataObject):
    log = data.draw(logs_for(projection))
    cut = data.draw(cuts_of(log))
    facts = standing(log, cut)
    a, b, c = (
        engine.replay(projection, part, facts.get, cut.instant)
        for part in data.draw(parts_of(list(facts.values())))
    )
    whole = engine.replay(projection, facts.values(), facts.get, cut.instant)
    assert engine.merge(engine.merge(a, b), c) == whole
    assert engine.merge(a, engine.merge(b, c)) == whole
    assert engine.merge(c, engine.merge(b, a)) == whole
    assert engine.merge(whole, {}) == whole == engine.merge({}, whole)
    assert sections(projection, engine.merge(c, engine.merge(b, a)), cut) == sections(
        projection, whole, cut
    )


def parts_of(items: Sequence[Any]) -> SearchStrategy[tuple[list[Any], ...]]:
    """Draw a way to divide items among three."""
    owners = st.lists(st.integers(0, 2), min_size=len(items), max_size=len(items))
    return owners.map(lambda owners: tuple(part_of(items, owners, part) for part in range(3)))


def part_of(items: Sequence[Any], owners: Sequence[int], part: int) -> list[Any]:
    return [item for item, owner in zip(items, owners, strict=True) if owner == part]


@st.composite
def three_testimonies(draw: st.DrawFn) -> tuple[Cell, ...]:
    """Draw three testimonies of the claims of one log; they share a few claims."""
    kinds = (ControlChange, ControlChange, Statement)
    log = draw(logs(kinds=kinds, min_size=5, max_size=12))
    facts = {fact.event.id: fact for fact in dated(log)}
    cells = [effect.cell for fact in facts.values() for effect in CONTROL.effects(fact, facts.get)]
    shared = draw(st.lists(st.sampled_from(cells), max_size=2)) if cells else []
    empty = testimony.Testimony
    return tuple(reduce(empty.merge, [*part, *shared], empty()) for part in draw(parts_of(cells)))


@st.composite
def three_counts(draw: st.DrawFn) -> tuple[Count, ...]:
    """Draw three counts that share no event, together of more events than a count can name."""
    facts = dated(draw(logs(max_size=6)))
    fillers = [
        Count(None, 1, ((END_OF_TIME, EventId(f"filler-{number}")),))
        for number in range(draw(st.sampled_from((0, 0, 40))))
    ]
    singles = [
        Count(draw(st.none() | estimates()), 1, ((fact.known, fact.event.id),)) for fact in facts
    ]
    return tuple(
        reduce(Count.merge, part, Count()) for part in draw(parts_of([*singles, *fillers]))
    )


@MANY
@pytest.mark.parametrize(
    "three", [three_testimonies(), three_counts()], ids=["testimonies", "counts"]
)
@given(data=st.data())
def test_cells_merge_in_any_order_and_grouping(three, data: DataObject):
    a, b, c = data.draw(three)
    empty = type(a)()
    assert a.merge(b).merge(c) == a.merge(b.merge(c))
    assert a.merge(b) == b.merge(a)
    assert a.merge(empty) == a == empty.merge(a)


@given(testimonies=three_testimonies())
def test_a_claim_heard_again_leaves_a_testimony_as_it_is(testimonies):
    a, b, _ = testimonies
    assert a.merge(a) == a
    assert a.merge(b).merge(b) == a.merge(b)


# 3. Knowledge -------------------------------------------------------------------------------------


@EVERY_PROJECTION
@given(data=st.data())
def test_what_is_reported_later_changes_nothing_as_known_then(projection, data: DataObject):
    log = data.draw(logs_for(projection))
    cut = data.draw(cuts_of(log).filter(lambda cut: cut.known is not None))
    then = [event for event in log if known(event) <= cut.known]
    assert (
        answers(projection, log, cut)
        == answers(projection, then, cut)
        == answers(projection, then, evolve(cut, known=None))
    )


@given(data=st.data())
def test_what_stands_was_recorded_and_known_and_not_withdrawn_by_then(data: DataObject):
    log = data.draw(logs())
    cut = data.draw(cuts_of(log))
    seen = seen_at(cut, log)
    retracted = {event.target for event in seen if isinstance(event, Retraction)}
    replacing = [event for event in seen if event.id not in retracted]
    withdrawn = retracted | {event.supersedes for event in replacing}
    claims = [event.id for event in seen if not isinstance(event, Retraction)]
    assert list(standing(log, cut)) == [id for id in claims if id not in withdrawn]


def seen_at(cut: AsOf, log: Sequence[Event]) -> list[Event]:
    recorded = [event for event in log if by(cut.recorded, event.recorded.instant(UTC))]
    return [event for event in recorded if by(cut.known, known(event))]


def by(limit: datetime | None, instant: datetime) -> bool:
    """Return whether an instant is no later than a limit, if there is one."""
    return limit is None or instant <= limit


# 4. Valid time ------------------------------------------------------------------------------------


@EVERY_PROJECTION
@given(data=st.data())
def test_what_begins_later_changes_nothing_before(projection, data: DataObject):
    """But for what takes a claim back, which acts over the time of that claim."""
    log = data.draw(logs_for(projection))
    cut = data.draw(cuts_of(log))
    assume(not takes_back(projection, log, cut))
    begun = [event for event in log if begins(event) <= cut.instant or not stands_alone(event, log)]
    assert answers(projection, log, cut) == answers(projection, begun, cut)


def takes_back(projection: Projection[Any, Any, Any], log: Sequence[Event], cut: AsOf) -> bool:
    """Return whether anything that begins after a cut takes a claim back that began before it."""
    facts = standing(log, cut)
    cells = engine.replay(projection, facts.values(), facts.get, cut.instant)
    contexts = [Context(CITY, cut, policy) for policy in POLICIES.values()]
    return any(
        facts[by].window.earliest > cut.instant
        for context in contexts
        for key in engine.read(projection, cells, context)
        for verdict in projection.judge(key, engine.cells_of(projection, key, cells, CITY), context)
        for by in verdict.testimonies.taken.values()
    )


def stands_alone(event: Event, events: Iterable[Event]) -> bool:
    """Return whether an event refers to none, and none to it."""
    spoken_of = {target for other in events for _, target in references(other)}
    return (
        event.id not in spoken_of
        and not isinstance(event, Statement | Retraction)
        and event.supersedes is None
    )


@EVERY_PROJECTION
@given(data=st.data())
def test_an_effect_that_begins_later_changes_nothing_before(projection, data: DataObject):
    """Such an effect is in the cells, where it may take a claim back, and in no other answer."""
    log = data.draw(logs_for(projection))
    cut = data.draw(cuts_of(log))
    assume(not takes_back(projection, log, cut))
    assert answers(begun(projection, cut), log, cut) == answers(projection, log, cut)


def begun(projection: Projection[Any, Any, Any], cut: AsOf) -> Projection[Any, Any, Any]:
    """Return a projection without the effects that begin after a cut."""

    class Begun(type(projection)):
        def effects(self, timed: TimedEvent, lookup: Lookup) -> Iterable[Effect]:
            effects = super().effects(timed, lookup)
            return [effect for effect in effects if effect.window.began(cut.instant)]

    return Begun()


@EVERY_PROJECTION
@given(data=st.data())
def test_an_answer_changes_only_as_a_window_begins_or_ends_or_a_telling_ages(
    projection, data: DataObject
):
    """Or an alliance does. Where no day is asked about, age is counted from the last telling."""
    log = data.draw(logs_for(projection))
    cut = data.draw(cuts_of(log))
    assume(cut.instant < END_OF_TIME)
    facts = dated(log)
    windows = [fact.window for fact in facts]
    turns = {turn for window in windows for turn in (window.earliest, window.latest - TICK)}
    turns |= {fact.known + CITY.fresh + TICK for fact in facts} | {*CITY.turning_points}
    last = max((turn for turn in turns if turn <= cut.instant), default=cut.instant)
    assert answers(projection, log, cut) == answers(projection, log, evolve(cut, at=last))


@EVERY_PROJECTION
@given(data=st.data())
def test_a_stance_is_taken_over_the_time_of_the_claim_that_it_is_on(projection, data: DataObject):
    facts = standing(data.draw(logs_for(projection)), AsOf())
    heard = [fact for fact in facts.values() if type(fact.event) in projection.listens]
    for effect in (effect for fact in heard for effect in projection.effects(fact, facts.get)):
        for claim in getattr(effect.cell, "claims", ()):
            spoken_of = facts[claim.about or claim.id]
            assert effect.window == claim.window == spoken_of.window


# 8. Grounds ---------------------------------------------------------------------------------------


@EVERY_PROJECTION
@given(data=st.data())
def test_every_id_in_an_answer_is_a_standing_event(projection, data: DataObject):
    log = data.draw(logs_for(projection))
    cut = data.draw(cuts_of(log))
    named = {
        id
        for section in answers(projection, log, cut).values()
        for id in ids_in(json.loads(section))
    }
    assert named <= standing(log, cut).keys()


def ids_in(value: Any) -> Iterator[str]:
    """Yield every id of an event that JSON values name."""
    if isinstance(value, list):
        for item in value:
            yield from ids_in(item)
    if isinstance(value, dict):
        for key, item in value.items():
            if key in ("because", "against", "unclear", "about"):
                yield from item
            elif key == "id":
                yield item
            else:
                yield from ids_in(item)


# 9. Determinism -----------------------------------------------------------------------------------


@EVERY_PROJECTION
@given(data=st.data())
def test_nothing_is_changed_by_being_read(projection, data: DataObject):
    log = data.draw(logs_for(projection))
    cut = data.draw(cuts_of(log))
    facts = standing(log, cut)
    cells = engine.replay(projection, facts.values(), facts.get, cut.instant)
    before = copy.deepcopy((facts, cells))
    first = sections(projection, cells, cut)
    engine.replay(projection, facts.values(), facts.get, cut.instant)
    engine.merge(cells, cells if not counts(cells) else {})
    assert (facts, cells) == before
    assert sections(projection, cells, cut) == first


def counts(cells: Mapping[Any, Mapping[Any, Any]]) -> bool:
    """Return whether any cell adds up, so that merging it with itself would count twice."""
    return any(isinstance(cell, Count) for slots in cells.values() for cell in slots.values())


HASHES = """
from projections import PROJECTIONS
from timeline import Timeline
from timeline.replay.policies import POLICIES

shipped = Timeline.open("events.jsonl", PROJECTIONS)
for policy in POLICIES:
    for at in (None, "2016-11-15", "2016-11-27", "2016-11-28@2016-11-28", "2016-12"):
        print(shipped.state(at, policy=policy).sha256)
"""
ENVIRONMENTS = (
    {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C"},
    {"PYTHONHASHSEED": "1", "TZ": "Asia/Kathmandu", "LC_ALL": "tr_TR.UTF-8"},
    {"PYTHONHASHSEED": "4711", "TZ": "America/St_Johns", "LC_ALL": "C.UTF-8"},
)


def test_the_shipped_log_has_one_state_whatever_the_hash_seed_the_time_zone_and_the_locale():
    running = [
        subprocess.Popen(
            [sys.executable, "-c", HASHES],
            cwd=FOLDER,
            env=os.environ | environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        for environment in ENVIRONMENTS
    ]
    printed = {process.communicate()[0] for process in running}
    assert len(printed) == 1
    assert len(printed.pop().split()) == 5 * len(POLICIES)


# The cuts -----------------------------------------------------------------------------------------


@given(data=st.data())
def test_a_cut_in_record_time_is_a_prefix_of_the_log(data: DataObject):
    log = data.draw(logs())
    recorded = data.draw(cuts_around(log).map(lambda cut: cut.recorded) | instants())
    prefix = [event for event in log if recorded is None or event.recorded.instant(UTC) <= recorded]
    assert prefix == list(log[: len(prefix)])
    assert standing(log, AsOf(recorded=recorded)) == standing(prefix, AsOf())


@EVERY_PROJECTION
@given(data=st.data())
def test_no_cut_is_any_cut_after_everything_dated(projection, data: DataObject):
    """But for age, which is counted from the last telling where no day is asked about."""
    log = data.draw(logs_for(projection))
    later = datetime(2100, 1, 1, tzinfo=UTC)
    aged = answers(projection, log, AsOf(later, later, later))
    assume("stale" not in str(aged))
    assert answers(projection, log, AsOf()) == aged
    assert answers(projection, log, AsOf()) == answers(
        projection, log, AsOf(END_OF_TIME, END_OF_TIME, END_OF_TIME)
    )
