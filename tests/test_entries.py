"""Batches of events for the index: however a log is cut into them, and whoever makes them, the tables hold the same."""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import CITY, logs
from test_indexing import folder_of, index_of

from projections import PROJECTIONS
from timeline import Timeline, bulk, growing, processes
from timeline.entries import Making, Placed, batch, batch_of, packed, unpacked

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
CELLS = "JOIN slots s ON s.slot = c.slot JOIN keys k ON k.key = s.key"
TIMES = "k.projection, k.json, s.voice, s.register, c.latest, c.event, c.part, c.earliest, c.span, c.begun, c.ended, c.id"
TABLES = (
    "SELECT * FROM events",
    "SELECT * FROM mentions",
    "SELECT * FROM withdrawals",
    f"SELECT {TIMES}, c.about, c.reported, c.text, c.grade, y.json FROM claims c {CELLS} JOIN sayings y ON y.saying = c.said",  # noqa: S608
    f"SELECT {TIMES}, c.numbers, c.low, c.best, c.high FROM counts c {CELLS}",  # noqa: S608
)
"""What the tables say, without the numbers that cells, keys and sayings happen to have."""
UNFOUND = tuple(
    f"SELECT * FROM {table} c LEFT JOIN key_spans p ON p.key = c.key AND p.span = c.span JOIN slots s ON s.slot = c.slot "  # noqa: S608
    "WHERE p.longest IS NULL OR p.longest < c.latest - c.earliest OR s.key <> c.key"
    for table in ("claims", "counts")
)
"""Rows that no question finds: windows longer than the longest that is noted down, or cells of another key."""


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def tables(log: Path) -> list[list[Any]]:
    with closing(sqlite3.connect(log.with_name(log.name + ".index"))) as db:
        assert [row for statement in UNFOUND for row in db.execute(statement)] == []
        return [sorted(db.execute(statement), key=repr) for statement in TABLES]


def built(log: Path, step: int) -> list[list[Any]]:
    """Return what the tables hold when the log was read in parts of about `step` bytes, all of them by this process."""
    with patch.object(growing.bulk, "parts", partial(bulk.parts, step=step)), patch.object(processes, "processors", lambda: 1):
        assert index_of(log).refresh(anew=True)
    return tables(log)


@QUICK
@given(log=logs(), step=st.integers(1, 2000))
def test_an_index_holds_the_same_however_its_log_is_cut_into_batches(folder, log, step):
    """A statement has its rows from a batch where what it is about is in the same one, and from the log where it is not."""
    path = folder_of(folder, log)
    assert built(path, step) == built(path, bulk.STEP)


@QUICK
@given(log=logs(), kept=st.integers(0, 20))
def test_an_index_that_grew_holds_the_same_as_one_that_was_built(folder, log, kept):
    """What was withdrawn since, and what was said of it, is written anew when an index is caught up."""
    path = folder_of(folder, log)
    whole, text = built(path, bulk.STEP), path.read_bytes()
    path.write_bytes(b"".join(text.splitlines(keepends=True)[:kept]))
    there = index_of(path).refresh(anew=True)  # a beginning that speaks of what is not there yet has no index
    with path.open("ab") as file:
        file.write(text[path.stat().st_size :])
    assert index_of(path).refresh(build=not there)
    assert tables(path) == whole


@QUICK
@given(log=logs())
def test_a_batch_is_the_same_on_the_other_side(folder, log):
    """What one process packs another unpacks."""
    path = folder_of(folder, log)
    for part in bulk.parts(path):
        assert unpacked(packed(part, Making(CITY, PROJECTIONS))) == batch(part, Making(CITY, PROJECTIONS))


@QUICK
@given(log=logs())
def test_only_statements_about_others_are_bare(folder, log):
    """Alone, a statement waits for what it is about; with all events in one batch nothing waits."""
    dated = Timeline.open(folder_of(folder, log), PROJECTIONS).dated
    assert batch_of([Placed(one, 0) for one in dated], Making(CITY, PROJECTIONS)).bare == []
    for one in dated:
        about = getattr(one.event, "about", ())
        assert batch_of([Placed(one, 0)], Making(CITY, PROJECTIONS)).bare == ([0] if set(about) - {one.event.id} else [])
