"""Law 5: the index answers as the plain replay does, whatever happens to log and index."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from attrs import evolve
from commandline import run
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from hypothesis.strategies import DataObject
from strategies import CITY, CITY_FILE, cuts, cuts_around, events, later, logs, repeating

from projections import PROJECTIONS
from timeline import AsOf, Moment, Timeline, When
from timeline.domain.events import Event, EventId, Retraction, Statement
from timeline.domain.words import matches, words
from timeline.errors import InvalidLog
from timeline.index.lifecycle import Index
from timeline.index.reader import SqliteStore
from timeline.log.admission import from_object
from timeline.log.codec import CODEC
from timeline.log.reader import CANCEL
from timeline.replay.policies import POLICIES
from timeline.storage import disk as storage
from timeline.temporal.dates import TICK
from timeline.timeline import index_of as find_index

SOUGHT = ("hill", "التل", "monit", "the", "a", "government", "al-Bustan", "r", "الشرق", "x", "")
RETRACTION = {"id": "no", "type": "retraction", "v": 1, "source": "monitor", "reason": "An error."}
RETRACTION |= {"occurred": "2016-11-28", "reported": "2016-11-28"}


def folder_of(path: Path, log: tuple[Event, ...] | list[Event]) -> Path:
    """Return a log of some events, beside their city."""
    (path / "city.toml").write_text(CITY_FILE, "utf-8")
    (path / "events.jsonl").write_bytes(b"".join(CODEC.encode(event) + b"\n" for event in log))
    return path / "events.jsonl"


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def index_of(path: Path) -> Index:
    return find_index(path, PROJECTIONS)


def assert_answers_alike(
    path: Path, cut: AsOf, places: list[str], *, by_index: bool | None = True
) -> None:
    """Hold what the index answers against a replay: cells, answers of every policy, places."""
    plain = Timeline.open(path, PROJECTIONS)
    with Timeline.indexed(path, PROJECTIONS, build=True) as quick:
        assert by_index is None or isinstance(quick.store, SqliteStore) is by_index
        assert quick.count == len(plain.timed_events)
        assert quick.cells(cut) == plain.cells(cut)
        for policy in POLICIES:
            assert (
                quick.state(cut=cut, policy=policy).json()
                == plain.state(cut=cut, policy=policy).json()
            )
        assert (
            quick.state(cut=cut, places=places).json() == plain.state(cut=cut, places=places).json()
        )


def some_places() -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(sorted(CITY.places)), min_size=1, max_size=2)


@given(log=logs() | repeating(), places=some_places(), data=st.data())
def test_the_index_of_a_log_answers_as_its_replay(folder, log, places, data):
    path = folder_of(folder, log)
    for _ in range(2):
        assert_answers_alike(path, data.draw(cuts_around(log)), places)


FLIGHT = {
    "type": "displacement",
    "origin": "hill",
    "destination": "garden",
    "people": {"low": 10},
    "measure": "flow",
}
HELD = {"type": "control_change", "place": "hill", "actor": "government", "how": "change"}


@pytest.mark.parametrize("own", [FLIGHT, HELD], ids=lambda own: own["type"])
def test_windows_before_across_and_after_what_is_known_meet_in_one_cell(folder, own):
    """By one voice in one register: all have ended when asked about, some not when known."""
    windows = (
        ("2016-11-01", "2016-11-02"),
        ("2016-11-05/2016-11-10", "2016-11-07"),
        ("2016-11-07", "2016-11-07"),
    )
    said = [
        from_object(
            {
                "id": f"e{number}",
                "v": 1,
                "source": "monitor",
                "occurred": occurred,
                "reported": reported,
                **own,
            },
            CITY,
        )
        for number, (occurred, reported) in enumerate(windows)
    ]
    path = folder_of(folder, said)
    for at, known in (
        ("2016-12-01", "2016-11-08"),
        ("2016-11-08", "2016-12-01"),
        ("2016-12-01", None),
    ):
        assert_answers_alike(path, AsOf.parse(at, known, zone=CITY.zone), ["hill"])


@given(log=logs(min_size=2), places=some_places(), data=st.data())
def test_an_index_that_is_caught_up_answers_as_one_that_is_built(folder, log, places, data):
    """Whatever came first: claims, their denials, or withdrawals of either."""
    path = folder_of(folder, ())
    index_of(path).refresh(anew=True)
    whole = b"".join(CODEC.encode(event) + b"\n" for event in log)
    for event in log:
        with path.open("ab") as file:
            file.write(CODEC.encode(event) + b"\n")
        index_of(path).refresh(
            build=False
        )  # a reference may lead to a later line: then there is no index for a while
    assert path.read_bytes() == whole
    assert_answers_alike(path, data.draw(cuts_around(log)), places)


@given(log=logs() | repeating(), sought=st.lists(st.sampled_from(SOUGHT), min_size=1, max_size=2))
def test_a_search_finds_the_same_with_an_index_and_without(folder, log, sought):
    path = folder_of(folder, log)
    with Timeline.indexed(path, PROJECTIONS, build=True) as quick:
        assert isinstance(quick.store, SqliteStore)
        assert list(quick.search(" ".join(sought))) == list(
            Timeline.open(path, PROJECTIONS).search(" ".join(sought))
        )
        assert quick.withdrawals() == Timeline.open(path, PROJECTIONS).withdrawals()
        assert list(quick.timed_events) == list(Timeline.open(path, PROJECTIONS).timed_events)


@pytest.mark.parametrize(
    ("sought", "text", "found"),
    [
        ("sohr", "SOHR", True),
        ("hanan", "Masaken Hanano", True),
        ("anano", "Masaken Hanano", False),
        ("hanano masaken", "Masaken Hanano", True),
        ("francois", "François", True),
        ("شرق", "الشَّرق", True),
        ("الشرق", "بالشرق", True),
        ("حلبى", "حلبي", True),
        ("مدينه", "مدينة", True),
        ("ال", "ال", True),
        ("o'clock", "o’clock", True),
        ("9", "9,074", True),
    ],
)
def test_a_search_looks_at_words_as_people_read_them(sought, text, found):
    assert matches(words(sought), words(text)) is found


@given(text=st.text())
def test_a_word_is_one_to_the_database_too(text):
    """The tokens of the full-text table are the words put in, Latin ones in lower case."""
    for word in words(text):
        assert word == word.lower() or not word.isascii()
        assert not {c for c in word if c.isascii()} - set("abcdefghijklmnopqrstuvwxyz0123456789_")


# What an index is taken for -----------------------------------------------------------------------


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a log of two events."""
    lines = [
        {
            "id": "taken",
            "type": "control_change",
            "place": "hill",
            "actor": "government",
            "summary": None,
        },
        {
            "id": "held",
            "type": "control_change",
            "place": "market",
            "actor": "opposition",
            "note": "Seen at the hospital.",
        },
    ]
    dates = {"v": 1, "occurred": "2016-11-26", "reported": "2016-11-27", "source": "monitor"}
    kept = [
        {key: value for key, value in (line | dates).items() if value is not None} for line in lines
    ]
    log = folder_of(tmp_path, ())
    city = Timeline.open(log, PROJECTIONS).city
    Timeline.open(log, PROJECTIONS).append([from_object(one, city) for one in kept])
    return log


def beside(path: Path) -> Path:
    return path.with_name(path.name + ".index")


def test_a_small_log_gets_no_index_unasked(path):
    with Timeline.indexed(path, PROJECTIONS) as timeline:
        assert not isinstance(timeline.store, SqliteStore)
    assert sorted(one.name for one in path.parent.iterdir()) == ["city.toml", "events.jsonl"]


def test_an_index_is_caught_up_and_not_built_anew(path):
    """What an append adds is added; the rest of the file is as it was."""
    assert index_of(path).refresh()
    built = beside(path).stat().st_ino
    timeline = Timeline.open(path, PROJECTIONS)
    timeline.append([from_object({**RETRACTION, "target": "taken"}, timeline.city)])
    assert_answers_alike(path, AsOf(), ["hill"])
    assert beside(path).stat().st_ino == built
    assert index_of(path).check() == []


@pytest.mark.parametrize("what", ["log", "city", "index", "program"])
def test_what_does_not_fit_is_built_anew(path, what, monkeypatch):
    assert index_of(path).refresh()
    built = beside(path).stat().st_ino
    if what == "log":
        path.write_bytes(path.read_bytes().replace(b"opposition", b"government"))
    elif what == "city":
        (path.parent / "city.toml").write_text(
            CITY_FILE.replace("The Monitor", "A Monitor"), "utf-8"
        )
    elif what == "program":
        monkeypatch.setattr("timeline.index.lifecycle.SCHEMA", 99)
    else:
        beside(path).write_bytes(beside(path).read_bytes())
    assert_answers_alike(path, AsOf(), ["market"])
    assert beside(path).stat().st_ino != built


@pytest.mark.parametrize("at", ["2016-11-25", "2016-11-26", "2016-11-26T12:00", "2016-11-27"])
def test_a_window_ends_at_its_last_instant(path, at):
    """The merely possible is still so at the last instant but one of its window."""
    city = Timeline.open(path, PROJECTIONS)
    assert index_of(path).refresh()
    last = city.cut(at)
    for instant in (last.instant - TICK, last.instant, last.instant + TICK):
        for known in (
            None,
            last.instant,
            city.cut("2016-11-27").instant - TICK,
            city.cut("2016-11-27").instant,
        ):
            assert_answers_alike(path, AsOf(instant, known), ["hill"])


@pytest.mark.parametrize("together", [True, False])
def test_a_withdrawal_reaches_what_was_said_of_what_it_withdraws(path, together):
    """A denial of a claim goes when the claim goes, whichever of the three was indexed before."""
    denial = {
        "id": "denial",
        "type": "statement",
        "v": 1,
        "stance": "disagree",
        "about": ["taken"],
        "topic": "hill",
        "summary": "No.",
    }
    dates = {"occurred": "2016-11-27", "reported": "2016-11-27", "source": "rebel-official"}
    city = Timeline.open(path, PROJECTIONS).city
    assert index_of(path).refresh()
    built = beside(path).stat().st_ino
    for raw in (denial | dates, RETRACTION | {"target": "taken"}):
        Timeline.open(path, PROJECTIONS).append([from_object(raw, city)])
        if not together:
            assert_answers_alike(path, AsOf(), ["hill"])
    assert_answers_alike(path, AsOf(), ["hill"])
    assert_answers_alike(path, Timeline.open(path, PROJECTIONS).cut(known="2016-11-27"), ["hill"])
    assert beside(path).stat().st_ino == built


def test_a_check_tells_what_is_wrong(path):
    assert index_of(path).refresh()
    content = beside(path).read_bytes()
    place = content.index(b"opposition")
    beside(path).write_bytes(content[:place] + b"OPPOSITION" + content[place + 10 :])
    assert any("written by something else" in str(problem) for problem in index_of(path).check())
    beside(path).write_bytes(b"nothing")
    assert "cannot be read" in str(index_of(path).check()[0])


def test_a_reader_that_cannot_have_the_lock_reads_the_log(path):
    """Another process at work is waited for a moment; then the log answers."""
    with storage.held(beside(path).with_name("events.jsonl.index-lock")) as mine:
        assert mine
        with Timeline.indexed(path, PROJECTIONS, build=True) as timeline:
            assert not isinstance(timeline.store, SqliteStore)
            assert timeline.state().json() == Timeline.open(path, PROJECTIONS).state().json()


def test_where_nothing_can_be_written_there_is_the_cache_or_no_index(path, monkeypatch, tmp_path):
    monkeypatch.setattr("os.access", lambda *_: False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert index_of(path).refresh()
    assert not beside(path).exists()
    assert len(list((tmp_path / "cache" / "conflict-timeline").glob("*.index"))) == 1
    monkeypatch.setenv("XDG_CACHE_HOME", str(path))  # a file
    with Timeline.indexed(path, PROJECTIONS, build=True) as timeline:
        assert not isinstance(timeline.store, SqliteStore)


def test_two_processes_use_one_index(path):
    """What one has built and another has caught up answers for both."""
    ask = "import sys; from projections import PROJECTIONS; from timeline import Timeline\n"
    ask += "with Timeline.indexed(sys.argv[1], PROJECTIONS, build=True) as t:\n"
    ask += "    print(type(t.store).__name__, t.count, t.state().sha256)"
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}

    def elsewhere() -> list[str]:
        done = subprocess.run(
            [sys.executable, "-c", ask, str(path)],
            capture_output=True,
            text=True,
            check=True,
            env=environment,
        )
        return done.stdout.split()

    assert elsewhere() == ["SqliteStore", "2", Timeline.open(path, PROJECTIONS).state().sha256]
    with Timeline.indexed(path, PROJECTIONS) as before:
        assert isinstance(before.store, SqliteStore)
        timeline = Timeline.open(path, PROJECTIONS)
        old = timeline.state().sha256
        timeline.append([from_object({**RETRACTION, "target": "taken"}, timeline.city)])
        assert before.state().sha256 == old  # as the log was when it was opened
    assert elsewhere() == ["SqliteStore", "3", Timeline.open(path, PROJECTIONS).state().sha256]
    assert_answers_alike(path, AsOf(), ["hill"])


# The commands -------------------------------------------------------------------------------------


def test_the_command_builds_checks_and_drops(path):
    told = run("index", "--log", str(path)).stderr
    assert "2 events" in told
    assert "0 problems" in run("index", "--check", "--log", str(path)).stderr
    assert beside(path).exists()
    listed = run("log", "--search", "HOSPITAL", "--json", "--log", str(path)).stdout
    assert [event["id"] for event in json.loads(listed)] == ["held"]
    assert run("log", "--search", "hospital", "--log", str(path)).stdout.count("held") == 1
    plain = {"TIMELINE_INDEX": "0"}
    for arguments in (
        ["state"],
        ["state", "hill", "--json"],
        ["state", "--policy", "all"],
        ["state", "--recorded", "2100"],
    ):
        assert (
            run(*arguments, "--log", str(path)).stdout
            == run(*arguments, "--log", str(path), **plain).stdout
        )
    run("seal", "--log", str(path))
    assert "index" not in run("verify", "--log", str(path)).stderr
    beside(path).write_bytes(b"nothing")
    assert "cannot be read" in run("index", "--check", "--log", str(path), code=3).stdout
    assert "cannot be read" in run("verify", "--log", str(path)).stderr
    assert "removed" in run("index", "--drop", "--log", str(path)).stderr
    assert not list(path.parent.glob("*.index*"))
    run("index", "--drop", "--log", str(path), code=4)
    run("index", "--check", "--log", str(path), code=4)
    run("index", "--check", "--drop", "--log", str(path), code=2)


def test_a_log_without_an_index_says_why(path):
    assert "TIMELINE_INDEX=0" in run("index", "--log", str(path), TIMELINE_INDEX="0", code=1).stderr
    with path.open("ab") as file:
        file.write(b'{"id":')
    assert "torn" in run("index", "--log", str(path), code=1).stderr
    path.write_bytes(b"{}\n" + path.read_bytes())
    run("index", "--log", str(path), code=3)


STATEMENT = {
    "id": "says",
    "type": "statement",
    "v": 1,
    "source": "monitor",
    "stance": "disagree",
    "topic": "t",
    "summary": "No.",
}
STATEMENT |= {"occurred": "2016-11-28", "reported": "2016-11-28"}
FAULTS = {
    "a retraction of what is not there": [RETRACTION | {"target": "nowhere"}],
    "a retraction of a retraction": [
        RETRACTION | {"target": "taken"},
        RETRACTION | {"id": "no-no", "target": "no"},
    ],
    "a statement about what is not there": [STATEMENT | {"about": ["nowhere"]}],
    "an event that is there twice": [
        STATEMENT | {"about": ["taken"], "summary": text} for text in ("So it was.", "It was not.")
    ],
}


@pytest.mark.parametrize("grown", [False, True], ids=["built", "caught up"])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_log_with_events_that_cannot_be_has_no_index(path, fault, grown):
    """Each answer is then the error of the log."""
    assert not grown or index_of(path).refresh()
    with path.open("ab") as file:
        file.writelines(CODEC.encode(from_object(one, CITY)) + b"\n" for one in FAULTS[fault])
    assert not index_of(path).refresh()
    with pytest.raises(InvalidLog), Timeline.indexed(path, PROJECTIONS, build=True):
        pass


class LivingIndex(RuleBasedStateMachine):
    """A log with an index beside it, and everything that can happen to either."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.path = folder_of(self.folder, ())
        self.index = self.folder / "events.jsonl.index"
        self.number = 0
        self.refreshed()

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    def refreshed(self) -> None:
        assert index_of(self.path).refresh()

    def held(self) -> tuple[Event, ...]:
        return Timeline.open(self.path, PROJECTIONS).events

    def fresh(self, event: Event) -> Event:
        """Return an event under an unused id that refers to events of the log or itself."""
        self.number += 1
        event = evolve(
            event, id=EventId(f"{event.id}-{self.number}"), recorded=None, supersedes=None
        )
        if isinstance(event, Statement) and event.about:
            ids = [event.id, *(held.id for held in self.held())]
            event = evolve(
                event, about=tuple(ids[(self.number * step) % len(ids)] for step in (3, 7))
            )
        return event

    def accept(self, event: Event) -> None:
        Timeline.open(self.path, PROJECTIONS).append([event])

    def unretracted(self) -> list[Event]:
        held = self.held()
        gone = {event.target for event in held if isinstance(event, Retraction)}
        return [
            event for event in held if event.id not in gone and not isinstance(event, Retraction)
        ]

    # What happens to the log

    @rule(batch=st.lists(events(), min_size=1, max_size=4))
    def append(self, batch: list[Event]) -> None:
        Timeline.open(self.path, PROJECTIONS).append([self.fresh(event) for event in batch])

    @rule(event=events())
    def append_what_was_reported_before_all_else(self, event: Event) -> None:
        self.accept(
            evolve(self.fresh(event), occurred=When("2016-01-01"), reported=Moment("2016-01-01"))
        )

    @precondition(lambda self: self.unretracted())
    @rule(event=events(), data=st.data())
    def supersede(self, event: Event, data: DataObject) -> None:
        self.accept(
            evolve(self.fresh(event), supersedes=data.draw(st.sampled_from(self.unretracted())).id)
        )

    @precondition(lambda self: self.unretracted())
    @rule(event=events(kinds=(Retraction,)), data=st.data())
    def retract(self, event: Event, data: DataObject) -> None:
        self.withdraw(data.draw(st.sampled_from(self.unretracted())), event)

    @precondition(lambda self: any(event.supersedes for event in self.unretracted()))
    @rule(event=events(kinds=(Retraction,)), data=st.data())
    def retract_what_replaced_another(self, event: Event, data: DataObject) -> None:
        replacing = [event for event in self.unretracted() if event.supersedes]
        self.withdraw(data.draw(st.sampled_from(replacing)), event)

    def withdraw(self, target: Event, event: Event) -> None:
        self.accept(
            evolve(
                self.fresh(event), target=target.id, reported=later(event.reported, target.reported)
            )
        )

    @rule(tail=st.sampled_from([b'{"id":"half', b"\0\0\0", b"\xff\n", CANCEL + b"\n"]))
    def tear(self, tail: bytes) -> None:
        with self.path.open("ab") as file:
            file.write(tail)

    @rule(event=events())
    def repair(self, event: Event) -> None:
        self.accept(self.fresh(event))

    @rule(batch=st.lists(events(), min_size=1, max_size=3))
    def merge(self, batch: list[Event]) -> None:
        other = self.folder / "other"
        other.mkdir(exist_ok=True)
        theirs = folder_of(
            other,
            [evolve(self.fresh(event), recorded=Moment("2017-01-01T00:00:00Z")) for event in batch],
        )
        Timeline.open(self.path, PROJECTIONS).merge(theirs)

    @rule(data=st.data())
    def join_by_git(self, data: DataObject) -> None:
        """A union merge puts lines between others, and some lines twice."""
        lines = self.path.read_bytes().splitlines(keepends=True)
        if (
            lines
            and not Timeline.open(self.path, PROJECTIONS).log.repairs
            and all(line.startswith(b"{") for line in lines)
        ):
            double = data.draw(st.sampled_from(lines))
            self.path.write_bytes(b"".join([*data.draw(st.permutations(lines)), double]))

    @rule()
    def put_a_copy_in_its_place(self) -> None:
        copy = self.folder / "copy"
        shutil.copyfile(self.path, copy)
        copy.replace(self.path)

    # What happens to the index

    @rule()
    def refresh(self) -> None:
        index_of(self.path).refresh()

    @rule()
    def delete(self) -> None:
        self.index.unlink(missing_ok=True)

    @rule(data=st.data())
    def flip_a_bit(self, data: DataObject) -> None:
        if self.index.exists() and self.index.stat().st_size:
            content = bytearray(self.index.read_bytes())
            content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(
                st.integers(0, 7)
            )
            self.index.write_bytes(content)

    @rule(share=st.floats(0, 1))
    def truncate(self, share: float) -> None:
        if self.index.exists():
            os.truncate(self.index, int(share * self.index.stat().st_size))

    @rule(content=st.sampled_from([b"", b"no database", b"SQLite format 3\0" + bytes(4080)]))
    def put_another_file_there(self, content: bytes) -> None:
        self.index.write_bytes(content)

    @rule()
    def put_another_database_there(self) -> None:
        self.index.unlink(missing_ok=True)
        with closing(sqlite3.connect(self.index)) as db:
            db.execute("CREATE TABLE meta (name TEXT, value TEXT)")

    @rule()
    def leave_a_journal(self) -> None:
        (self.folder / "events.jsonl.index-journal").write_bytes(
            b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + bytes(600)
        )

    @rule(name=st.sampled_from(["Garten", "Garden"]))
    def rename_a_place(self, name: str) -> None:
        (self.folder / "city.toml").write_text(CITY_FILE.replace('"Garden"', f'"{name}"'), "utf-8")

    # What must be so

    @rule(cut=cuts(), places=some_places())
    def ask(self, cut: AsOf, places: list[str]) -> None:
        assert_answers_alike(self.path, cut, places, by_index=None)

    @invariant()
    def the_present_is_answered_alike(self) -> None:
        with Timeline.indexed(self.path, PROJECTIONS, build=False) as quick:
            assert quick.state().sha256 == Timeline.open(self.path, PROJECTIONS).state().sha256


LivingIndex.TestCase.settings = settings(
    stateful_step_count=12, suppress_health_check=list(HealthCheck)
)
TestLivingIndex = LivingIndex.TestCase
