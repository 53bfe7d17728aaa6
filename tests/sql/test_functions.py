"""Who held a place, asked within SQL: the answers are the library's, of the state of the file that the rows beside them are of."""

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
from timeline.index import schema as indextables
from timeline.index.reader import connect
from timeline.log.admission import from_object
from timeline.log.codec import CODEC
from timeline.sql.functions import Answers, is_index, register, telling
from timeline.timeline import index_of as find_index


@contextmanager
def asking(index: Path) -> Iterator[Callable[..., list[tuple]]]:
    """Give what asks an index in SQL, as a program does that knows nothing else of timelines."""
    with closing(connect(index)) as db:
        register(db, Answers(db, index, PROJECTIONS, CONTROL))
        yield lambda sql, *values: telling(lambda there: there.execute(sql, values).fetchall(), db)


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """Return the index of a log of one event."""
    path = index_of(tmp_path, b"")
    add(path)
    return path


@given(log=logs(), data=st.data())
def test_sql_answers_as_the_library_does(log, data):
    """For every place, at any cut that can be written: the holder and the status of `Timeline.state`, NULL for unknown."""
    clocks = (
        st.none() | moments() | st.sampled_from([event.reported for event in log] or ["2016-11-28"])
    )
    with tempfile.TemporaryDirectory() as folder:
        index = index_of(Path(folder), b"".join(CODEC.encode(event) + b"\n" for event in log))
        plain = Timeline.open(index.with_suffix(""), PROJECTIONS)
        with asking(index) as ask:
            for _ in range(3):
                at, known = data.draw(clocks), data.draw(clocks)
                expected = {
                    place: (one.holder, one.status)
                    for place, one in plain.state(at, known)[CONTROL].items()
                }
                sql = "SELECT control_at(?, ?, ?), status_at(?, ?, ?)"
                found = {place: ask(sql, *(place, at, known) * 2)[0] for place in CITY.places}
                assert found == {
                    place: (holder, None if status == "unknown" else status)
                    for place, (holder, status) in expected.items()
                }


def test_what_is_asked_may_come_from_rows(index):
    """A place, by any of its names, and dates, also years as numbers; no place has no holder."""
    with asking(index) as ask:
        rows = ask(
            "SELECT place, control_at(place, 2017, NULL), status_at(place, '2016-11-26', '2016-11-26') FROM control_claims"
        )
        assert rows == [("hill", "government", None)]
        assert ask("SELECT control_at(NULL, NULL, NULL), status_at(NULL, 'x', 'y')") == [
            (None, None)
        ]
        assert ask("SELECT control_at(?, NULL, NULL)", CITY.places["hill"].name) == [
            ("government",)
        ]


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
    """What is remembered is forgotten as soon as the index is caught up; until then the log's new lines are told, not counted."""
    with asking(index) as ask, closing(connect(index)) as db:
        answers = Answers(db, index, PROJECTIONS, CONTROL)
        assert ask("SELECT control_at('hill', NULL, NULL)") == [("government",)]
        assert not answers.behind()
        add(
            index,
            refresh=False,
            id="lost",
            actor="opposition",
            occurred="2016-11-29",
            reported="2016-11-30",
        )
        assert ask("SELECT control_at('hill', NULL, NULL), count(*) FROM events") == [
            ("government", 1)
        ]
        assert answers.behind()
        assert find_index(index.with_suffix(""), PROJECTIONS).refresh(build=False)
        assert ask("SELECT control_at('hill', NULL, NULL), count(*) FROM events") == [
            ("opposition", 2)
        ]
        assert not answers.behind()


@pytest.mark.parametrize("what", ["log", "city", "index", "program", "gone", "version"])
def test_an_index_that_does_not_fit_answers_nothing(index, what, monkeypatch):
    """Rather than what may be wrong, an error that says why; also where all did fit a moment ago."""
    with asking(index) as ask:
        assert ask("SELECT control_at('hill', NULL, NULL)") == [("government",)]
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
            ask("SELECT control_at('hill', NULL, NULL)")


def test_nothing_is_written(index):
    before = {
        path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in index.parent.iterdir()
    }
    add(index, refresh=False, id="more")
    with asking(index) as ask:
        ask(
            "SELECT control_at(place, NULL, NULL), status_at(place, NULL, NULL) FROM control_claims"
        )
    after = {
        path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in index.parent.iterdir()
    }
    assert {name for name in before | after if before.get(name) != after.get(name)} == {
        "events.jsonl"
    }


def test_a_question_that_is_interrupted_has_no_answer(index):
    """A time limit that strikes within a function of ours is told as the one that strikes elsewhere."""
    with closing(connect(index)) as db:
        register(db, Answers(db, index, PROJECTIONS, CONTROL))
        struck = []
        db.create_function("strike", 0, lambda: struck.append(1) or "hill")
        db.set_progress_handler(lambda: bool(struck), 1)
        with pytest.raises(sqlite3.OperationalError, match=r"^interrupted$"):
            telling(
                lambda there: there.execute("SELECT control_at(strike(), NULL, NULL)").fetchall(),
                db,
            )


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
        assert ask("SELECT control_at('hill', NULL, NULL)") == [("government",)]


def test_answers_without_sql(index):
    with closing(connect(index)) as db:
        answers = Answers(db, index, PROJECTIONS, CONTROL)
        assert (
            answers.control_at("hill", None, None),
            answers.status_at("market", None, None),
        ) == ("government", None)
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
    assert not any(
        map(
            is_index,
            (
                other,
                tmp_path / "city.toml",
                tmp_path / "events.jsonl",
                tmp_path / "missing",
                tmp_path,
            ),
        )
    )


def test_every_table_and_column_is_described(index):
    """Those of an index, no more and no less, and nothing is to be counted or shown that is not there."""
    with closing(connect(index)) as db:
        names = [
            name
            for (name,) in db.execute(
                "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')"
            )
        ]
        tables = [name for name in names if not name.startswith(("search_", "sqlite_"))]
        columns = {
            name: {row[1] for row in db.execute(f"PRAGMA table_info({name})")} for name in tables
        }
    assert {one.name: set(one.columns) for one in indextables.TABLES} == columns
    assert all({*one.facets, one.label} - {""} <= set(one.columns) for one in indextables.TABLES)
