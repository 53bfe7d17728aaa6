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
from test_lifecycle import folder_of, index_of
from test_patterns import flat
from test_skim import INVALID, line, repeating

from projections import PROJECTIONS
from timeline import Timeline
from timeline.domain.timed_event import TimedEvent
from timeline.index import entry, growing, processes
from timeline.index.entries import batch, batch_of, packed, unpacked
from timeline.index.entry import Making
from timeline.index.patterns import Pattern
from timeline.log import chunks as bulk
from timeline.log.admission import admitted_event
from timeline.log.codec import CODEC

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
    with (
        patch.object(growing.bulk, "parts", partial(bulk.parts, step=step)),
        patch.object(processes, "processors", lambda: 1),
    ):
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
    there = index_of(path).refresh(
        anew=True
    )  # a beginning that speaks of what is not there yet has no index
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
        assert unpacked(packed(part, Making(CITY, PROJECTIONS))) == batch(
            part, Making(CITY, PROJECTIONS)
        )


@settings(QUICK, max_examples=4 * QUICK.max_examples)
@given(log=repeating(), kept=st.sampled_from((1, 2, 1000)))
def test_a_line_has_the_entry_of_its_event_whether_it_is_decoded_or_not(folder, log, kept):
    """What is said again and again, at times to the minute or vaguer, by one source or another, with whatever remarks."""
    with patch.object(entry, "KEPT", kept):
        making, plainly = Making(CITY, PROJECTIONS), Making(CITY, PROJECTIONS)
        for number, event in enumerate(log):
            raw = CODEC.encode(event) + b"\n"
            one, other = making.read(raw, number), plainly.entry(plainly.fact(raw), number)
            assert (one.told, one.words.split()) == (other.told, other.words.split())
            assert unnumbered(one.pattern) == unnumbered(other.pattern)
            assert (
                one.fact if isinstance(one.fact, TimedEvent) else making.fact(one.fact)
            ) == other.fact


def unnumbered(pattern: Pattern | None) -> list[Any] | None:
    return None if pattern is None else [mark[1:] for mark in pattern]


@settings(QUICK, max_examples=2 * QUICK.max_examples)
@given(log=repeating(), step=st.integers(300, 3000))
def test_a_batch_of_lines_is_that_of_their_events(folder, log, step):
    path = folder_of(folder, log)
    making, plainly = Making(CITY, PROJECTIONS), Making(CITY, PROJECTIONS)
    for part in bulk.parts(path, step=step):
        facts = [
            plainly.entry(admitted_event(event, CITY), begin) for begin, event in bulk.decoded(part)
        ]
        assert flat(batch(part, making)) == flat(batch_of(facts, plainly))


def undecoded(*lines: bytes) -> list[bool]:
    """Return which lines are read without being decoded."""
    making = Making(CITY, PROJECTIONS)
    return [isinstance(making.read(one, 0).fact, bytes) for one in lines]


def test_most_lines_are_read_without_being_decoded():
    """To decode all would be right, and of no use; what is new is decoded once, by source and by what is said."""
    assert undecoded(
        line("a"), line("b", 1), line("c", 2, actor="opposition"), line("d", 3, actor="opposition")
    ) == [
        False,
        True,
        False,
        True,
    ]
    assert undecoded(line("a"), line("b", source="monitor"), line("c", 2, source="monitor")) == [
        False,
        False,
        True,
    ]
    assert undecoded(
        line("a"), line("b", 1, outlet="o", locator="l", grade="B2", wording="w", note="n")
    ) == [False, True]
    assert undecoded(
        line("a"), line("b", 0, 9000, occurred="2016-02"), line("c", 1, supersedes="a")
    ) == [False, True, False]


def test_the_remarks_of_a_line_that_is_not_decoded_are_found():
    making = Making(CITY, PROJECTIONS)
    making.read(line("a"), 0)
    found = making.read(
        line("b", 1, outlet="Agency", locator="page", grade="B2", wording="quoted", note="remark"),
        0,
    )
    assert isinstance(found.fact, bytes)
    assert {"agency", "page", "quoted", "remark"} <= set(found.words.split())


@pytest.mark.parametrize("name", INVALID)
def test_no_invalid_line_has_an_entry(name):
    """Not even where what it says was seen before in a line that is valid."""
    making = Making(CITY, PROJECTIONS)
    making.read(line("a", 0, 0), 0)
    with pytest.raises(bulk.Unusual):
        making.read(INVALID[name], 0)


def test_long_own_fields_are_not_remembered():
    """What is remembered is bounded in bytes too."""
    with patch.object(entry, "LONG", 20):
        assert undecoded(line("a"), line("b", 1)) == [False, False]


@QUICK
@given(log=logs())
def test_only_statements_about_others_are_bare(folder, log):
    """Alone, a statement waits for what it is about; with all events in one batch nothing waits."""
    dated = Timeline.open(folder_of(folder, log), PROJECTIONS).dated
    making = Making(CITY, PROJECTIONS)
    assert batch_of([making.entry(one, 0) for one in dated], making).bare == []
    for one in dated:
        about = getattr(one.event, "about", ())
        assert batch_of([making.entry(one, 0)], making).bare == (
            [0] if set(about) - {one.event.id} else []
        )
