"""Building: an index holds the same whether it was built at once or grew event by event."""

import sqlite3
import zoneinfo
from contextlib import closing
from pathlib import Path

from attrs import evolve
from holdings import retracting, took
from hypothesis import given
from hypothesis import strategies as st
from strategies import CITY_FILE, logs

from projections import PROJECTIONS
from timeline.domain.events import EventId
from timeline.index.lifecycle import Index
from timeline.log.codec import CODEC
from timeline.timeline import index_of

CONTENTS = (
    "SELECT id, type, occurred, reported, recorded, source, known, withdrawn, withdrawn_by"
    " FROM events",
    "SELECT e.id, w.target FROM withdrawals w JOIN events e ON e.number = w.event",
    "SELECT e.id, m.target FROM mentions m JOIN events e ON e.number = m.event",
    "SELECT k.projection, k.json, s.voice, s.register, c.id, c.latest, c.earliest, c.begun,"
    " c.ended, c.about, c.reported, c.text, c.grade, c.recorded, y.json FROM claims c"
    " JOIN slots s ON s.slot = c.slot JOIN keys k ON k.key = c.key AND k.key = s.key"
    " JOIN sayings y ON y.saying = c.said",
    "SELECT k.projection, k.json, s.voice, s.register, c.id, c.latest, c.earliest, c.span, c.begun,"
    " c.ended, c.reported, c.numbers, c.low, c.best, c.high FROM counts c"
    " JOIN slots s ON s.slot = c.slot JOIN keys k ON k.key = c.key AND k.key = s.key",
    "SELECT p.place, k.projection, k.json FROM key_places p JOIN keys k ON k.key = p.key",
)
"""The tables of an index without the numbers that follow from the order of building."""


def folder_of(path: Path, lines: list[bytes]) -> Path:
    """Return a log of some lines, beside its city."""
    (path / "city.toml").write_text(CITY_FILE, "utf-8")
    (path / "events.jsonl").write_bytes(b"".join(lines))
    return path / "events.jsonl"


def contents(index: Index) -> list[list[tuple[object, ...]]]:
    """Return the rows of all tables, sorted."""
    assert index.path is not None
    with closing(sqlite3.connect(index.path)) as db:
        return [sorted(db.execute(statement), key=repr) for statement in CONTENTS]


@given(log=logs(min_size=2), share=st.floats(0, 1))
def test_an_index_that_grew_holds_the_same_as_one_that_was_built(tmp_path_factory, log, share):
    """Whatever was there before: claims, their denials, or what withdraws either."""
    folder = tmp_path_factory.mktemp("grown")
    lines = [CODEC.encode(event) + b"\n" for event in log]
    path = folder_of(folder, lines[: round(share * len(lines))])
    grown = index_of(path, PROJECTIONS)
    grown.refresh(anew=True)  # none where a statement speaks of what is not there yet
    folder_of(folder, lines)
    assert grown.refresh()
    found = contents(grown)
    assert grown.refresh(anew=True)
    assert contents(grown) == found


def test_the_index_has_rows_of_what_was_replaced_for_each_span_in_which_it_stands(tmp_path):
    """Also where the retraction is caught up long after, and then another replacement."""
    log = [
        took("a", "monitor", "government", reported="2016-12-01"),
        evolve(took("b", "monitor", "opposition", reported="2016-12-03"), supersedes=EventId("a")),
        retracting("b", "2016-12-05"),
        evolve(took("c", "monitor", None, reported="2016-12-07"), supersedes=EventId("a")),
    ]
    lines = [CODEC.encode(event) + b"\n" for event in log]
    index = index_of(folder_of(tmp_path, []), PROJECTIONS)
    grown = []
    for size in range(1, len(lines) + 1):
        folder_of(tmp_path, lines[:size])
        assert index.refresh()
        grown.append((withdrawer_of("a", index), spans_of("a", index)))
    assert grown == [
        (None, [("12-01", None)]),
        ("b", [("12-01", "12-03")]),
        (None, [("12-01", "12-03"), ("12-05", None)]),
        ("c", [("12-01", "12-03"), ("12-05", "12-07")]),
    ]


def withdrawer_of(id: str, index: Index) -> str | None:
    with closing(sqlite3.connect(str(index.path))) as db:
        return db.execute("SELECT withdrawn_by FROM events WHERE id = ?", (id,)).fetchone()[0]


def spans_of(id: str, index: Index) -> list[tuple[str, str | None]]:
    """Return the days on which the rows of a claim begin and end."""
    day = "strftime('%m-%d', {} / 1000000, 'unixepoch')".format
    ended = f"CASE WHEN ended = 1 << 62 THEN NULL ELSE {day('ended')} END"
    select = f"SELECT DISTINCT {day('begun')}, {ended} FROM claims WHERE id = ? ORDER BY begun"
    with closing(sqlite3.connect(str(index.path))) as db:
        return db.execute(select, (id,)).fetchall()


def test_an_index_is_built_anew_for_other_time_zone_data(tmp_path, monkeypatch):
    """Another edition of the data may read the same wall clock as another instant."""
    path = folder_of(tmp_path, [])
    index = index_of(path, PROJECTIONS)
    assert index.refresh()
    assert index.check() == []
    edited = tmp_path / "zoneinfo" / "Asia"
    edited.mkdir(parents=True)
    (edited / "Damascus").write_bytes(b"TZif of another edition")
    monkeypatch.setattr(zoneinfo, "TZPATH", (str(tmp_path / "zoneinfo"), *zoneinfo.TZPATH))
    (problem,) = index.check()
    assert "time zone data" in str(problem)
