"""The sweep: its changes, folded forward, are the answers of the plain replay, along every line of cuts that it follows."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import reduce
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject
from strategies import CITY, cuts, cuts_around, logs

from projections import CONTROL, DISPLACEMENT, PROJECTIONS, STATEMENTS
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
    """Return the cut at an instant of a line; what the cut did not know, the line does not come to know."""
    known = instant if cut.known is None else min(instant, cut.known)
    return evolve(
        cut,
        **{
            "valid": {"at": instant},
            "known": {"known": known},
            "both": {"at": instant, "known": known},
        }[along],
    )


def replayed(
    projection: Projection[Any, Any], events: Sequence[TimedEvent], context: Context
) -> str:
    """Return the section that the plain replay gives, as JSON text."""
    facts = engine.visible(events, context.cut)
    cells = engine.replay(projection, facts.values(), facts.get, context.cut.instant)
    return text(engine.answer(projection, cells, context))


def folded(
    projection: Projection[Any, Any],
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
    due = list(dict.fromkeys([*projection.keys(CITY), *sorted(answers, key=str)]))
    return text(
        projection.gather({key: answers[key] for key in due if answers[key] is not None}, context)
    )


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
    stops = sorted({change.when for change in changes})
    for stop in data.draw(st.lists(st.sampled_from(stops), max_size=2)) if stops else [END_OF_TIME]:
        for instant in around(stop):
            here = evolve(context, cut=along_line(context.cut, along, instant))
            assert folded(projection, changes, here, instant) == replayed(projection, events, here)


def around(stop: datetime) -> list[datetime]:
    """Return an instant, the ones beside it, and one between it and what comes after."""
    before = [] if stop == PAST else [stop - TICK]
    return [
        *before,
        stop,
        *(
            []
            if stop >= END_OF_TIME - timedelta(days=9)
            else [stop + TICK, stop + timedelta(days=9)]
        ),
    ]


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
    """A retraction acts and never stands: what is said of it names no event, whether it came before or after the retraction."""
    claim, retraction, early, late = [example(**fields) for fields in ABOUT_A_RETRACTION]
    events = dated([claim, retraction, early, late])
    (topic,) = engine.read(
        STATEMENTS,
        engine.replay(STATEMENTS, events, engine.visible(events, AsOf()).get, END_OF_TIME),
        ALL,
    ).values()
    assert [(one.id, one.about) for one in topic] == [("late", ()), ("early", ())]
    for along in ("valid", "known", "both"):
        found = list(sweep.changes(STATEMENTS, events, ALL, along=along))
        assert {
            about for change in found for one in change.after or () for about in one.about
        } == set()
        for instant in (
            early.reported.instant(CITY.zone),
            late.reported.instant(CITY.zone),
            END_OF_TIME,
        ):
            here = evolve(ALL, cut=along_line(ALL.cut, along, instant))
            assert folded(STATEMENTS, found, here, instant) == replayed(STATEMENTS, events, here)


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
"""A claim and its retraction, and two statements that speak of the retraction, one of them before it was made."""


def example(type: str, day: int, **fields: Any) -> Event:
    """Return an event of a day of November 2016, reported on that day."""
    words = {"topic": "hill", "summary": "Says so."} if type == "statement" else {}
    return CODEC.structure(
        {
            "type": type,
            "v": 1,
            "occurred": f"2016-11-{day}",
            "reported": f"2016-11-{day}",
            **words,
            **fields,
        }
    )


# The board ----------------------------------------------------------------------------------------


@st.composite
def comings_and_goings(draw: st.DrawFn, size: int) -> list[tuple[int, bool]]:
    """Draw an order in which each of some things is put, and most are dropped again and some put once more: which, and whether put."""
    moves, there = [], set[int]()
    for number in draw(st.lists(st.integers(0, size - 1), max_size=3 * size)) if size else []:
        moves.append((number, number not in there))
        there ^= {number}
    return moves


def effects_of(projection: Projection[Any, Any], data: DataObject) -> list[tuple[Effect, bool]]:
    """Draw effects of a log, each as one that has certainly happened or that may have."""
    events = dated(data.draw(logs(kinds=projection.listens, min_size=4, max_size=12)))
    facts = engine.visible(events, AsOf())
    found = [
        effect
        for fact in facts.values()
        if type(fact.event) in projection.listens
        for effect in projection.effects(fact, facts.get)
    ]
    return [(effect, data.draw(st.booleans())) for effect in found]


@BOTH_CELLS
@given(data=st.data())
def test_a_fold_is_the_merge_of_what_was_put_and_not_dropped(projection, data: DataObject):
    """At every moment, whatever came and went before; it is empty at first and when all is gone."""
    effects = effects_of(projection, data)
    register = data.draw(st.sampled_from([effect.register for effect, _ in effects] or [None]))
    cells = [effect.cell for effect, _ in effects if effect.register == register]
    fold, there = MergeTree(), dict[int, Any]()
    for number, put in data.draw(comings_and_goings(len(cells))):
        if put:
            fold.put(number, cells[number])
            there[number] = cells[number]
        else:
            fold.drop(number)
            del there[number]
        assert fold.merged == (reduce(lambda a, b: a.merge(b), there.values()) if there else None)
    for number in list(there):
        fold.drop(number)
    assert fold.merged is None


@pytest.mark.parametrize("size", [1, 2, 3, 8, 9, 33])
def test_a_fold_grows_and_is_used_again(size):
    """Places that were left are taken before the tree grows, and what was put longest ago may go first or last."""
    fold, cells = (
        MergeTree(),
        [
            Count(None, 1, ((PAST + number * TICK, EventId(f"e{number}")),))
            for number in range(size)
        ],
    )
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
    """By key and by slot, those of what is certain apart from those of what is possible; and nothing of what has gone."""
    effects = effects_of(projection, data)
    board, there = IncrementalCells(), dict[int, tuple[Effect, bool]]()
    for number, put in data.draw(comings_and_goings(len(effects))):
        (board.put if put else board.drop)(number, *effects[number])
        if put:
            there[number] = effects[number]
        else:
            del there[number]
        assert board.cells == merged(there.values())
    for number, (effect, certain) in there.items():
        board.drop(number, effect, certain)
    assert board == IncrementalCells()


def merged(effects: Iterable[tuple[Effect, bool]]) -> dict[Any, dict[Slot, Any]]:
    """Return the cells of some effects, merged in one go."""
    cells: dict[Any, dict[Slot, Any]] = {}
    for effect, certain in effects:
        slots = cells.setdefault(effect.key, {})
        slot = Slot(effect.voice, effect.register, certain)
        slots[slot] = slots[slot].merge(effect.cell) if slot in slots else effect.cell
    return cells
