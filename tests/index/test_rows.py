"""Rows of the index: what SQLite adds up is what merging one cell after the other gives."""

import sqlite3
from datetime import timedelta

from hypothesis import example, given
from hypothesis import strategies as st
from strategies import estimates

from timeline.domain.events import MAX_INTEGER, Estimate, EventId
from timeline.index.rows import COUNTED, counted, instant
from timeline.replay.cells import Count

WHOLE = Estimate(low=MAX_INTEGER, best=MAX_INTEGER, high=MAX_INTEGER)


def added_up(flows: list[tuple[int, Estimate | None]]) -> Count:
    """Return SQLite's sum of rows, each given as the minute of its report and its count."""
    rows = (
        (
            minute,
            f"e-{number}",
            int(total is not None),
            *((total.low, total.best, total.high) if total else (None,) * 3),
        )
        for number, (minute, total) in enumerate(flows)
    )
    with sqlite3.connect(":memory:") as db:
        db.execute(
            "CREATE TABLE counts"
            " (begun INTEGER, id TEXT, numbers INTEGER, low INTEGER, best INTEGER, high INTEGER,"
            " reported INTEGER)"
        )
        db.executemany(
            "INSERT INTO counts VALUES (?, ?, ?, ?, ?, ?, NULL)",
            ((minute * 60_000_000, *row) for minute, *row in rows),
        )
        return counted(*db.execute(f"SELECT {COUNTED} FROM counts c").fetchone())


@given(
    flows=st.lists(st.tuples(st.integers(-5, 40), st.none() | estimates()), min_size=1, max_size=45)
)
@example(flows=[(0, Estimate(high=7))])
@example(flows=[(0, Estimate(high=7)), (0, Estimate(high=8))])
@example(flows=[(0, None), (0, Estimate(best=7))])
@example(flows=[(0, WHOLE)] * 1100)
def test_what_is_added_up_is_what_merging_gives(flows):
    """Missing bounds, events without a number, many events, and sums beyond SQLite's."""
    cells = (
        Count(total, 1, ((instant(0) + timedelta(minutes=minute), EventId(f"e-{number}")),))
        for number, (minute, total) in enumerate(flows)
    )
    first, *others = cells
    assert added_up(flows) == first.merge(*others)
