"""Answers within SQL: those of the library, of one state of the file with the rows beside them."""

import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import CITY, CITY_FILE, logs, moments

from projections import CONTROL, PROJECTIONS
from timeline import Timeline
from timeline.errors import NotVerified, UsageError
from timeline.index import opening
from timeline.index.reader import connect
from timeline.index.schema import TABLES
from timeline.log.admission import from_object
from timeline.log.codec import CODEC
from timeline.sql.functions import Answers, is_index, register, telling

TAKEN = {
    "id": "taken",
    "v": 1,
    "type": "control_change",
    "place": "hill",
    "actor": "government",
    "source": "monitor",
    "occurred": "2016-11-26",
    "reported": "2016-11-27",
}
HOLDER = "SELECT control_at('hill', NULL, NULL)"


def index_of(folder: Path, log: bytes) -> Path:
    """Return the index of a log in a folder."""
    (folder / "city.toml").write_text(CITY_FILE, "utf-8")
    (folder / "events.jsonl").write_bytes(log)
    assert opening.index_of(folder / "events.jsonl", PROJECTIONS).refresh(anew=True)
    return folder / "events.jsonl.index"


@contextmanager
def asking(index: Path) -> Iterator[Callable[..., list[tuple]]]:
    """Give a function that asks an index in SQL, as a program without a timeline does."""
    with closing(connect(index)) as db:
        register(db, Answers(db, index, PROJECTIONS, CONTROL))
        yield lambda sql, *values: telling(lambda there: there.execute(sql, values).fetchall(), db)


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """Return the index of a log of one event."""
    path = index_of(tmp_path, b"")
    add(path)
    return path


def add(index: Path, refresh: bool = True, **fields: str) -> None:
    """Append an event to the log of an index, and catch the index up."""
    log = index.with_suffix("")
    timeline = Timeline.open(log, PROJECTIONS)
    timeline.append([from_object(TAKEN | fields, timeline.city)])
    assert not refresh or opening.index_of(log, PROJECTIONS).refresh()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(log=logs(), data=st.data())
def test_sql_answers_as_the_library_does(log, data):
    """For every place, at any cut: the holder and the status of the state, NULL for unknown."""
    reported = [event.reported for event in log] or ["2016-11-28"]
    clocks = st.none() | moments() | st.sampled_from(reported)
    sql = "SELECT control_at(?, ?, ?), status_at(?, ?, ?)"
    with tempfile.TemporaryDirectory() as folder:
        index = index_of(Path(folder), b"".join(CODEC.encode(event) + b"\n" for event in log))
        plain = Timeline.open(index.with_suffix(""), PROJECTIONS)
        with asking(index) as ask:
            for _ in range(3):
                at, known = data.draw(clocks), data.draw(clocks)
                state = plain.state(at, known)[CONTROL]
                for place in CITY.places:
                    (row,) = ask(sql, *(place, at, known) * 2)
                    assert row == as_row(state[place])


def as_row(answer) -> tuple[str | None, str | None]:
    """Return the holder and the status of an answer as SQL has them."""
    return answer.holder, None if answer.status == "unknown" else answer.status


def test_what_is_asked_may_come_from_rows(index):
    """A place, by any of its names, and dates, also years as numbers; no place has no holder."""
    with asking(index) as ask:
        rows = ask(
            "SELECT place, control_at(place, 2017, NULL), "
            "status_at(place, '2016-11-26', '2016-11-26') FROM control_claims"
        )
        assert rows == [("hill", "government", None)]
        nowhere = ask("SELECT control_at(NULL, NULL, NULL), status_at(NULL, 'x', 'y')")
        assert nowhere == [(None, None)]
        by_name = ask("SELECT control_at(?, NULL, NULL)", CITY.places["hill"].name)
        assert by_name == [("government",)]


@pytest.mark.parametrize(
    ("values", "said"),
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
def test_what_makes_no_sense_is_an_error_that_says_so(index, values, said):
    with asking(index) as ask:
        for name in ("control_at", "status_at"):
            ask(f"SELECT {name}('hill', 2017, 2017)")
            with pytest.raises(sqlite3.OperationalError, match="expected") as caught:
                ask(f"SELECT {name}(?, ?, ?)", *values)
            assert said in str(caught.value)
        with pytest.raises(sqlite3.OperationalError, match="no such table"):
            ask("SELECT * FROM elsewhere")


def test_an_answer_is_of_what_the_index_holds_now(index):
    """An answer is forgotten once the index is caught up; until then new lines are told alone."""
    both = f"{HOLDER}, count(*) FROM events"
    late = {"id": "lost", "occurred": "2016-11-29", "reported": "2016-11-30"}
    with asking(index) as ask, closing(connect(index)) as db:
        answers = Answers(db, index, PROJECTIONS, CONTROL)
        assert ask(HOLDER) == [("government",)]
        assert not answers.behind()
        add(index, refresh=False, actor="opposition", **late)
        assert ask(both) == [("government", 1)]
        assert answers.behind()
        assert opening.index_of(index.with_suffix(""), PROJECTIONS).refresh(build=False)
        assert ask(both) == [("opposition", 2)]
        assert not answers.behind()


@pytest.mark.parametrize("what", ["log", "city", "index", "program", "gone", "version"])
def test_an_index_that_does_not_fit_answers_nothing(index, what, monkeypatch):
    """An error says why instead; also where all did fit a moment ago."""
    with asking(index) as ask:
        assert ask(HOLDER) == [("government",)]
        log, city = index.with_suffix(""), index.with_name("city.toml")
        if what == "log":
            log.write_bytes(log.read_bytes().replace(b"government", b"opposition"))
        elif what == "city":
            city.write_text(CITY_FILE.replace("The Monitor", "A Monitor"), "utf-8")
        elif what == "index":
            with closing(connect(index, writing=True)) as db:
                db.execute("UPDATE sayings SET json = replace(json, 'government', 'opposition')")
        elif what == "program":
            monkeypatch.setattr("timeline.index.lifecycle.SCHEMA", 99)
            city.write_text(CITY_FILE, "utf-8")
        elif what == "gone":
            log.unlink()
        else:
            monkeypatch.setattr("timeline.index.reader.SCHEMA", 99)
        with pytest.raises(sqlite3.OperationalError, match="timeline index"):
            ask(HOLDER)


def test_nothing_is_written(index):
    before = files(index.parent)
    add(index, refresh=False, id="more")
    with asking(index) as ask:
        ask("SELECT control_at(place, NULL, NULL) FROM control_claims")
        ask("SELECT status_at(place, NULL, NULL) FROM control_claims")
    after = files(index.parent)
    assert {name for name in after if before.get(name) != after[name]} == {"events.jsonl"}
    assert set(before) == set(after)


def files(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Return each file of a folder with its bytes and the time at which it was written."""
    return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}


def test_a_question_that_is_interrupted_has_no_answer(index):
    """A time limit that strikes within a function of ours is told like any other."""
    struck = []

    def strike() -> str:
        struck.append(1)
        return "hill"

    def question(db: sqlite3.Connection) -> list[tuple]:
        return db.execute("SELECT control_at(strike(), NULL, NULL)").fetchall()

    with closing(connect(index)) as db:
        register(db, Answers(db, index, PROJECTIONS, CONTROL))
        db.create_function("strike", 0, strike)
        db.set_progress_handler(lambda: bool(struck), 1)
        with pytest.raises(sqlite3.OperationalError, match=r"^interrupted$"):
            telling(question, db)


def test_an_index_in_another_folder_knows_its_log(tmp_path, monkeypatch):
    """As in the cache folder of the system, where the log's own cannot be written to."""
    (tmp_path / "far").mkdir()
    monkeypatch.setenv("TIMELINE_INDEX", str(tmp_path / "far" / "away.db"))
    (tmp_path / "city.toml").write_text(CITY_FILE, "utf-8")
    (tmp_path / "events.jsonl").write_bytes(b"")
    timeline = Timeline.open(tmp_path / "events.jsonl", PROJECTIONS)
    timeline.append([from_object(TAKEN, timeline.city)])
    assert opening.index_of(tmp_path / "events.jsonl", PROJECTIONS).refresh()
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
    for name in ("city.toml", "events.jsonl", "missing"):
        assert not is_index(tmp_path / name)
    assert not is_index(other)
    assert not is_index(tmp_path)


def test_every_table_and_column_is_described(index):
    """All tables of an index and no others, with what they really have to count and to show."""
    with closing(connect(index)) as db:
        columns = {name: columns_of(name, db) for name in tables_of(db)}
    assert {table.name: set(table.columns) for table in TABLES} == columns
    for table in TABLES:
        assert {*table.facets, table.label} - {""} <= set(table.columns)


def tables_of(db: sqlite3.Connection) -> list[str]:
    """Return the tables and views of a database, without those of SQLite and of the search."""
    rows = db.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
    return [name for (name,) in rows if not name.startswith(("search_", "sqlite_"))]


def columns_of(table: str, db: sqlite3.Connection) -> set[str]:
    """Return the columns of a table."""
    return {row[1] for row in db.execute(f"PRAGMA table_info({table})")}
