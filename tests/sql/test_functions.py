"""Questions within SQL: the answers are the library's, for the rows that the index holds."""

import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from indexes import TAKEN, add, index_of
from strategies import CITY, CITY_FILE, logs, moments

from projections import CONTROL, PROJECTIONS
from timeline import Timeline
from timeline.errors import NotVerified, UsageError
from timeline.index import schema
from timeline.index.reader import connect
from timeline.log.admission import from_object
from timeline.log.codec import CODEC
from timeline.replay.shares import codes
from timeline.sql.functions import Answers, is_index, register, telling
from timeline.timeline import index_of as find_index

BOTH = "control_at(?, ?, ?), status_at(?, ?, ?)"
STATUSES = {"unknown": None}
"""The statuses that SQL has other values for."""
HOLDER = "SELECT control_at('hill', NULL, NULL)"


@contextmanager
def asking(index: Path) -> Iterator[Callable[..., list[tuple]]]:
    """Give a function that asks an index in SQL, as a program without the library does."""
    with closing(connect(index)) as db:
        register(db, Answers(db, index, PROJECTIONS, CONTROL))
        yield lambda sql, *values: telling(lambda open: open.execute(sql, values).fetchall(), db)


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """Return the index of a log of one event."""
    path = index_of(tmp_path, b"")
    add(path)
    return path


@given(log=logs(), data=st.data())
def test_sql_answers_as_the_library_does(log, data):
    """For every place, at any cut: holder and status of `Timeline.state`, NULL for unknown."""
    reported = [event.reported for event in log] or ["2016-11-28"]
    clocks = st.none() | moments() | st.sampled_from(reported)
    with tempfile.TemporaryDirectory() as folder:
        index = index_of(Path(folder), b"".join(CODEC.encode(event) + b"\n" for event in log))
        plain = Timeline.open(index.with_suffix(""), PROJECTIONS)
        with asking(index) as ask:
            for _ in range(3):
                at, known = data.draw(clocks), data.draw(clocks)
                for place, answer in plain.state(at, known)[CONTROL].items():
                    [row] = ask(f"SELECT {BOTH}", *(place, at, known) * 2)
                    assert row == (codes(answer.holder), STATUSES.get(answer.status, answer.status))


def test_questions_may_come_from_rows(index):
    """A place, by any of its names, and dates, also years as numbers; no place has no holder."""
    dates = "control_at(place, 2017, NULL), status_at(place, '2016-11-26', '2016-11-26')"
    with asking(index) as ask:
        rows = ask(f"SELECT place, {dates} FROM control_claims")
        assert rows == [("hill", "government", None)]
        nobody = ask("SELECT control_at(NULL, NULL, NULL), status_at(NULL, 'x', 'y')")
        assert nobody == [(None, None)]
        named = ask("SELECT control_at(?, NULL, NULL)", CITY.places["hill"].name)
        assert named == [("government",)]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (("nowhere", None, None), "unknown place 'nowhere'"),
        (("hil", None, None), "did you mean hill?"),
        (("", None, None), "unknown place ''"),
        (("hill", "soon", None), "'soon' is not a date"),
        (("hill", None, "2016-13"), "2016-13"),
        (("hill", 1.5, None), "1.5; expected a date"),
        (("hill", "2017", 2017.0), "2017.0; expected a date"),
        ((b"hill", None, None), "b'hill'; expected a place"),
    ],
)
def test_what_makes_no_sense_is_an_error_that_says_so(index, values, message):
    with asking(index) as ask:
        for name in ("control_at", "status_at"):
            ask(f"SELECT {name}('hill', 2017, 2017)")
            with pytest.raises(sqlite3.OperationalError, match="expected") as caught:
                ask(f"SELECT {name}(?, ?, ?)", *values)
            assert message in str(caught.value)
        with pytest.raises(sqlite3.OperationalError, match="no such table"):
            ask("SELECT * FROM elsewhere")


def test_an_answer_is_of_what_the_index_holds_now(index):
    """Answers are forgotten once the index is caught up; till then new lines do not count."""
    counting = f"{HOLDER}, count(*) FROM events"
    later = {"occurred": "2016-11-29", "reported": "2016-11-30"}
    with asking(index) as ask, closing(connect(index)) as db:
        answers = Answers(db, index, PROJECTIONS, CONTROL)
        assert ask(HOLDER) == [("government",)]
        assert not answers.behind()
        add(index, refresh=False, id="lost", actor="opposition", **later)
        assert ask(counting) == [("government", 1)]
        assert answers.behind()
        assert find_index(index.with_suffix(""), PROJECTIONS).refresh(build=False)
        assert ask(counting) == [("opposition", 2)]
        assert not answers.behind()


def _alter_log(index, _):
    log = index.with_suffix("")
    log.write_bytes(log.read_bytes().replace(b"government", b"opposition"))


def _alter_city(index, _):
    text = CITY_FILE.replace("The Monitor", "A Monitor")
    index.with_name("city.toml").write_text(text, "utf-8")


def _alter_index(index, _):
    with closing(connect(index, writing=True)) as db:
        db.execute("UPDATE sayings SET json = replace(json, 'government', 'opposition')")


def _change_program(index, monkeypatch):
    monkeypatch.setattr("timeline.index.lifecycle.SCHEMA", 99)
    index.with_name("city.toml").write_text(CITY_FILE, "utf-8")


def _remove_log(index, _):
    index.with_suffix("").unlink()


def _change_version(_, monkeypatch):
    monkeypatch.setattr("timeline.index.reader.SCHEMA", 99)


MISFITS = {
    "log": _alter_log,
    "city": _alter_city,
    "index": _alter_index,
    "program": _change_program,
    "gone": _remove_log,
    "version": _change_version,
}


@pytest.mark.parametrize("misfit", MISFITS.values(), ids=MISFITS)
def test_an_index_that_does_not_fit_answers_nothing(index, misfit, monkeypatch):
    """Rather than a false answer, an error with the reason; also where all did fit before."""
    with asking(index) as ask:
        assert ask(HOLDER) == [("government",)]
        misfit(index, monkeypatch)
        with pytest.raises(sqlite3.OperationalError, match="timeline index"):
            ask(HOLDER)


def contents(folder):
    """Return the files of a folder, with their bytes and times."""
    return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}


def test_nothing_is_written(index):
    before = contents(index.parent)
    add(index, refresh=False, id="more")
    clocks = "(place, NULL, NULL)"
    with asking(index) as ask:
        ask(f"SELECT control_at{clocks}, status_at{clocks} FROM control_claims")
    after = contents(index.parent)
    changed = {name for name in before | after if before.get(name) != after.get(name)}
    assert changed == {"events.jsonl"}


def test_a_question_that_is_interrupted_has_no_answer(index):
    """A time limit that strikes within a function is told as one that strikes elsewhere."""
    sql = "SELECT control_at(strike(), NULL, NULL)"
    with closing(connect(index)) as db:
        register(db, Answers(db, index, PROJECTIONS, CONTROL))
        struck = []
        db.create_function("strike", 0, lambda: struck.append(1) or "hill")
        db.set_progress_handler(lambda: bool(struck), 1)
        with pytest.raises(sqlite3.OperationalError, match=r"^interrupted$"):
            telling(lambda open: open.execute(sql).fetchall(), db)


def test_an_index_in_another_folder_knows_its_log(tmp_path, monkeypatch):
    """As in the cache folder of the system, where the log's own cannot be written to."""
    (tmp_path / "far").mkdir()
    monkeypatch.setenv("TIMELINE_INDEX", str(tmp_path / "far" / "away.db"))
    (tmp_path / "city.toml").write_text(CITY_FILE, "utf-8")
    (tmp_path / "events.jsonl").write_bytes(b"")
    timeline = Timeline.open(tmp_path / "events.jsonl", PROJECTIONS)
    timeline.append([from_object(TAKEN, timeline.city)])
    assert find_index(tmp_path / "events.jsonl", PROJECTIONS).refresh()
    with asking(tmp_path / "far" / "away.db") as ask:
        assert ask(HOLDER) == [("government",)]


def test_answers_without_sql(index):
    with closing(connect(index)) as db:
        answers = Answers(db, index, PROJECTIONS, CONTROL)
        assert answers.control_at("hill", None, None) == "government"
        assert answers.status_at("market", None, None) is None
        with pytest.raises(UsageError, match="nowhere"):
            answers.control_at("nowhere", None, None)
        index.with_name("events.jsonl").write_bytes(b"")
        with pytest.raises(NotVerified, match="the log is not what it was built from"):
            answers.control_at("hill", None, None)


def test_what_is_an_index_is_seen_by_its_header(index, tmp_path):
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as db:
        db.execute("CREATE TABLE events (id TEXT)")
    assert is_index(index)
    names = ("other.db", "city.toml", "events.jsonl", "missing", "")
    assert [name for name in names if is_index(tmp_path / name)] == []


def test_every_table_and_column_is_described(index):
    """Those of an index, no more and no less, and all that is counted or shown exists."""
    with closing(connect(index)) as db:
        rows = db.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
        names = [name for (name,) in rows if not name.startswith(("search_", "sqlite_"))]
        tables = {name: db.execute(f"PRAGMA table_info({name})").fetchall() for name in names}
    assert {table.name for table in schema.TABLES} == tables.keys()
    for table in schema.TABLES:
        assert set(table.columns) == {column[1] for column in tables[table.name]}
        assert {*table.facets, table.label, ""} <= {*table.columns, ""}
