"""The sweep: its changes, folded forward, are the answers of the replay on every line of cuts."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import reduce
from typing import Any

import pytest
from attrs import evolve
from holdings import retracting, took
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject
from strategies import CITY, cuts, cuts_around, logs

from projections import CONTROL, DISPLACEMENT, PROJECTIONS, SIEGE, STATEMENTS
from timeline.domain.events import Event, EventId
from timeline.domain.timed_event import TimedEvent, timed
from timeline.log.codec import CODEC
from timeline.replay import engine, sweep
from timeline.replay.answers import named, plain
from timeline.replay.cells import Count
from timeline.replay.incremental import IncrementalCells, MergeTree
from timeline.replay.policies import POLICIES
from timeline.replay.projection import Context, Effect, Projection, Slot
from timeline.replay.sweep import Along, Change
from timeline.temporal.as_of import AsOf
from timeline.temporal.dates import END_OF_TIME, PAST, TICK

EVERY_PROJECTION = pytest.mark.parametrize(
    "projection", PROJECTIONS, ids=lambda projection: projection.name
)
BOTH_CELLS = pytest.mark.parametrize(
    "projection", [CONTROL, DISPLACEMENT], ids=lambda projection: projection.name
)
EVERY_LINE = pytest.mark.parametrize("along", ["valid", "known", "both"])


def dated(events: Sequence[Event]) -> list[TimedEvent]:
    return [timed(event, CITY.zone) for event in events]


@st.composite
def questions(draw: st.DrawFn, log: Sequence[Event]) -> Context:
    cut = draw(cuts_around(log) | cuts())
    return Context(CITY, cut, draw(st.sampled_from(list(POLICIES.values()))))


def along_line(cut: AsOf, along: Along, instant: datetime) -> AsOf:
    """Return the cut at an instant of a line, which never comes to know what the cut does not."""
    known = instant if cut.known is None else min(instant, cut.known)
    if along == "valid":
        return evolve(cut, at=instant)
    return evolve(cut, known=known, at=instant if along == "both" else cut.at)


def replayed(
    projection: Projection[Any, Any, Any], events: Sequence[TimedEvent], context: Context
) -> str:
    """Return the section that the plain replay gives, as JSON text."""
    facts = engine.visible(events, context.cut)
    cells = engine.replay(projection, facts.values(), facts.get, context.cut.instant)
    editions = engine.editions(facts.values(), context.city, context.cut.instant)
    return text(engine.answer(projection, cells, evolve(context, editions=editions)))


def folded(
    projection: Projection[Any, Any, Any],
    changes: Sequence[Change[Any]],
    context: Context,
    instant: datetime,
) -> str:
    """Return the section that the changes up to an instant come to."""
    empty = evolve(context, cut=evolve(context.cut, at=PAST))
    answers = {key: projection.read(key, {}, empty) for key in projection.keys(CITY)}
    for change in changes:
        if change.when <= instant:
            assert answers.get(change.key) == change.before != change.after
            answers[change.key] = change.after
    due = dict.fromkeys([*projection.keys(CITY), *sorted(answers, key=str)])
    given = {key: answers[key] for key in due if answers[key] is not None}
    return text(projection.gather(given, context))


def text(section: Any) -> str:
    return json.dumps(plain(section, CITY.zone), sort_keys=True)


@EVERY_LINE
@EVERY_PROJECTION
@given(data=st.data())
def test_changes_folded_forward_are_the_state_at_and_between_them(
    projection, along: Along, data: DataObject
):
    log = data.draw(logs(kinds=projection.listens, max_size=12) | logs(max_size=12))
    events, context = dated(log), data.draw(questions(log))
    changes = list(sweep.changes(projection, events, context, along=along))
    assert [change.when for change in changes] == sorted(change.when for change in changes)
    stops = sorted({change.when for change in changes}) or [END_OF_TIME]
    for stop in data.draw(st.lists(st.sampled_from(stops), min_size=1, max_size=2)):
        for instant in around(stop):
            here = evolve(context, cut=along_line(context.cut, along, instant))
            assert folded(projection, changes, here, instant) == replayed(projection, events, here)


def test_along_knowledge_what_was_replaced_comes_back_by_the_retraction_of_what_replaced_it():
    replacing = took("b", "monitor", "opposition", reported="2016-12-01")
    log = (
        took("a", "monitor", "government"),
        evolve(replacing, supersedes=EventId("a")),
        retracting("b", "2016-12-05"),
    )
    context = Context(CITY, AsOf(), POLICIES["latest"])
    changes = sweep.changes(CONTROL, dated(log), context, along="known")
    on_the_hill = [change for change in changes if change.key == "hill"]
    holders = [change.after.holder for change in on_the_hill]
    assert holders == ["government", "opposition", "government"]
    assert [change.because for change in on_the_hill] == [("a",), ("b",), ("not-b",)]


def around(stop: datetime) -> list[datetime]:
    """Return an instant, those beside it, and one some days later."""
    before = [] if stop == PAST else [stop - TICK]
    late = stop >= END_OF_TIME - timedelta(days=9)
    after = [] if late else [stop + TICK, stop + timedelta(days=9)]
    return [*before, stop, *after]


@EVERY_LINE
@EVERY_PROJECTION
@given(data=st.data())
def test_every_cause_is_an_event_of_the_log(projection, along: Along, data: DataObject):
    log = data.draw(logs(kinds=projection.listens, max_size=12) | logs(max_size=12))
    changes = list(sweep.changes(projection, dated(log), data.draw(questions(log)), along=along))
    ids = {event.id for event in log}
    for change in changes:
        assert change.because
        assert set(change.because) <= ids
        assert named(change.before) | named(change.after) <= ids


def test_a_statement_about_a_retraction_is_about_nothing_that_stands():
    """It acts and never stands, whether the statement came before or after it."""
    events = dated([example(**fields) for fields in ABOUT_A_RETRACTION])
    lookup = engine.visible(events, AsOf()).get
    cells = engine.replay(STATEMENTS, events, lookup, END_OF_TIME)
    (topic,) = engine.read(STATEMENTS, cells, ALL).values()
    assert [(statement.id, statement.about) for statement in topic] == [("late", ()), ("early", ())]


@EVERY_LINE
def test_no_change_of_a_statement_about_a_retraction_is_about_anything(along: Along):
    events = dated([example(**fields) for fields in ABOUT_A_RETRACTION])
    changes = list(sweep.changes(STATEMENTS, events, ALL, along=along))
    for change in changes:
        assert not any(statement.about for statement in change.after or ())
    for instant in (*(event.known for event in events[2:]), END_OF_TIME):
        here = evolve(ALL, cut=along_line(ALL.cut, along, instant))
        assert folded(STATEMENTS, changes, here, instant) == replayed(STATEMENTS, events, here)


ALL = Context(CITY, AsOf(), POLICIES["latest"])
"""Everything that a log holds, asked with the default policy."""
ABOUT_A_RETRACTION: tuple[dict[str, Any], ...] = (
    {
        "id": "claim",
        "type": "control_change",
        "day": 26,
        "source": "monitor",
        "place": "hill",
        "actor": "government",
    },
    {
        "id": "gone",
        "type": "retraction",
        "day": 28,
        "source": "monitor",
        "target": "claim",
        "reason": "An error.",
    },
    {
        "id": "early",
        "type": "statement",
        "day": 27,
        "source": "paper",
        "stance": "agree",
        "about": ["gone"],
    },
    {
        "id": "late",
        "type": "statement",
        "day": 29,
        "source": "resident",
        "stance": "comment",
        "about": ["gone"],
    },
)
"""A claim, its retraction, and two statements about that, one of them made before it."""


def example(type: str, day: int, **fields: Any) -> Event:
    """Return an event of a day of November 2016, reported on that day."""
    words = {"topic": "hill", "summary": "Says so."} if type == "statement" else {}
    return CODEC.structure(
        {
            "type": type,
            "v": 1,
            "occurred": f"2016-11-{day:02}",
            "reported": f"2016-11-{day:02}",
            **words,
            **fields,
        }
    )


@pytest.mark.parametrize("along", ["known", "both"])
def test_a_new_edition_of_a_map_bears_on_whatever_its_source_says(along: Along):
    """The map still shows a siege after another voice told that it was lifted."""
    siege = {"type": "siege", "place": "hill"}
    told = [
        {"id": "ring", "day": 1, "source": "map", "move": "begin", "by": "government", **siege},
        {"id": "gone", "day": 2, "source": "monitor", "move": "lift", **siege},
        {"id": "edition", "day": 28, "source": "map", "how": "observation", **ELSEWHERE},
    ]
    events = dated([example(**fields) for fields in told])
    changes = list(sweep.changes(SIEGE, events, ALL, along=along))
    assert any(change.because == ("edition",) for change in changes)
    here = evolve(ALL, cut=along_line(ALL.cut, along, events[-1].known))
    assert folded(SIEGE, changes, here, events[-1].known) == replayed(SIEGE, events, here)


ELSEWHERE = {"type": "control_change", "place": "market", "actor": "government"}

# The board ----------------------------------------------------------------------------------------


@st.composite
def comings_and_goings(draw: st.DrawFn, size: int) -> list[tuple[int, bool]]:
    """Draw an order in which some things are put, dropped and put again: which, and whether put."""
    numbers = st.lists(st.integers(0, size - 1), max_size=3 * size) if size else st.just([])
    moves, present = [], set[int]()
    for number in draw(numbers):
        moves.append((number, number not in present))
        present ^= {number}
    return moves


def effects_of(
    projection: Projection[Any, Any, Any], data: DataObject
) -> list[tuple[Effect, bool]]:
    """Draw effects of a log, each as one that has certainly happened or that may have."""
    events = dated(data.draw(logs(kinds=projection.listens, min_size=4, max_size=12)))
    facts = engine.visible(events, AsOf())
    heard = [fact for fact in facts.values() if type(fact.event) in projection.listens]
    effects = [effect for fact in heard for effect in projection.effects(fact, facts.get)]
    return [(effect, data.draw(st.booleans())) for effect in effects]


@BOTH_CELLS
@given(data=st.data())
def test_a_fold_is_the_merge_of_what_was_put_and_not_dropped(projection, data: DataObject):
    """At every moment, whatever came and went before; it is empty at first and when all is gone."""
    cells = cells_of_a_register(projection, data)
    fold, present = MergeTree(), dict[int, Any]()
    for number, put in data.draw(comings_and_goings(len(cells))):
        if put:
            fold.put(number, cells[number])
            present[number] = cells[number]
        else:
            fold.drop(number)
            del present[number]
        assert fold.merged == all_merged(list(present.values()))
    for number in present:
        fold.drop(number)
    assert fold.merged is None


def cells_of_a_register(projection: Projection[Any, Any, Any], data: DataObject) -> list[Any]:
    effects = effects_of(projection, data)
    register = data.draw(st.sampled_from([effect.register for effect, _ in effects] or [None]))
    return [effect.cell for effect, _ in effects if effect.register == register]


def all_merged(cells: Sequence[Any]) -> Any:
    return reduce(lambda a, b: a.merge(b), cells) if cells else None


@pytest.mark.parametrize("size", [1, 2, 3, 8, 9, 33])
def test_a_fold_grows_and_is_used_again(size):
    """Places that were left are taken before the tree grows, whatever was dropped first."""
    grounds = [(PAST + number * TICK, EventId(f"e{number}")) for number in range(size)]
    fold, cells = MergeTree(), [Count(None, 1, (ground,)) for ground in grounds]
    for order in (range(size), range(size - 1, -1, -1)):
        for number, cell in enumerate(cells):
            fold.put(number, cell)
            assert fold.merged.events == number + 1
        for dropped, number in enumerate(order, 1):
            fold.drop(number)
            assert (fold.merged.events if fold.merged else 0) == size - dropped


@BOTH_CELLS
@given(data=st.data())
def test_a_board_holds_the_cells_that_a_replay_of_what_is_there_gives(projection, data: DataObject):
    """By key and by slot, certain ones apart from possible ones, and nothing of what has gone."""
    effects = effects_of(projection, data)
    board, present = IncrementalCells(), dict[int, tuple[Effect, bool]]()
    for number, put in data.draw(comings_and_goings(len(effects))):
        if put:
            board.put(number, *effects[number])
            present[number] = effects[number]
        else:
            board.drop(number, *effects[number])
            del present[number]
        assert board.cells == merged(present.values())
    for number, (effect, certain) in present.items():
        board.drop(number, effect, certain)
    assert board == IncrementalCells()


def merged(effects: Iterable[tuple[Effect, bool]]) -> dict[Any, dict[Slot, Any]]:
    """Return the cells of some effects, merged in one go."""
    cells: dict[Any, dict[Slot, Any]] = {}
    for effect, certain in effects:
        slots = cells.setdefault(effect.key, {})
        slot = engine.slot_of(effect, certain)
        slots[slot] = slots[slot].merge(effect.cell) if slot in slots else effect.cell
    return cells
