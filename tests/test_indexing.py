"""Law 5: the index answers exactly as the plain replay does, whatever happens to the log, to the index, and between two processes."""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from hypothesis.strategies import DataObject
from strategies import CITY, CITY_FILE, cuts, cuts_around, events, later, logs

from projections import PROJECTIONS
from timeline import Cut, Moment, Timeline, When, indexed
from timeline.codec import CODEC
from timeline.events import Event, EventId, Retraction, Statement
from timeline.indexing import Index
from timeline.log import CANCEL
from timeline.policies import POLICIES

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


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
    return indexed.index_of(path, PROJECTIONS)


def assert_answers_alike(path: Path, cut: Cut, places: list[str], *, by_index: bool | None = True) -> None:
    """Hold what the index answers against a replay of the log: the cells, the answers of every policy, and those of some places."""
    plain = Timeline.open(path, PROJECTIONS)
    with indexed.opened(path, PROJECTIONS, build=True) as quick:
        assert by_index is None or (quick.index is not None) is by_index
        assert quick.count == len(plain.dated)
        if cut.recorded is None:
            expected, found = plain.replayed(cut), quick.replayed(cut)
            assert all(found(projection) == expected(projection) for projection in PROJECTIONS)
        for policy in POLICIES:
            assert quick.state(cut=cut, policy=policy).json() == plain.state(cut=cut, policy=policy).json()
        assert quick.state(cut=cut, places=places).json() == plain.state(cut=cut, places=places).json()


def some_places() -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(sorted(CITY.places)), min_size=1, max_size=2)


@QUICK
@given(log=logs(), places=some_places(), data=st.data())
def test_the_index_of_a_log_answers_as_its_replay(folder, log, places, data):
    path = folder_of(folder, log)
    for _ in range(2):
        assert_answers_alike(path, data.draw(cuts_around(log)), places)


@QUICK
@given(log=logs(min_size=2), places=some_places(), data=st.data())
def test_an_index_that_is_caught_up_answers_as_one_that_is_built(folder, log, places, data):
    """Whatever came first: claims before their denials, denials before their claims, withdrawals before or after either."""
    path = folder_of(folder, ())
    index_of(path).refresh(anew=True)
    whole = b"".join(CODEC.encode(event) + b"\n" for event in log)
    for event in log:
        with path.open("ab") as file:
            file.write(CODEC.encode(event) + b"\n")
        index_of(path).refresh(build=False)  # a reference may lead to a later line: then there is no index for a while
    assert path.read_bytes() == whole
    assert_answers_alike(path, data.draw(cuts_around(log)), places)


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
        """Return an event under an unused id, that refers at most to events that the log holds and to itself."""
        self.number += 1
        event = evolve(event, id=EventId(f"{event.id}-{self.number}"), recorded=None, supersedes=None)
        if isinstance(event, Statement) and event.about:
            ids = [event.id, *(held.id for held in self.held())]
            event = evolve(event, about=tuple(ids[(self.number * step) % len(ids)] for step in (3, 7)))
        return event

    def accept(self, event: Event) -> None:
        Timeline.open(self.path, PROJECTIONS).append([event])

    def unretracted(self) -> list[Event]:
        held = self.held()
        gone = {event.target for event in held if isinstance(event, Retraction)}
        return [event for event in held if event.id not in gone and not isinstance(event, Retraction)]

    # What happens to the log

    @rule(batch=st.lists(events(), min_size=1, max_size=4))
    def append(self, batch: list[Event]) -> None:
        Timeline.open(self.path, PROJECTIONS).append([self.fresh(event) for event in batch])

    @rule(event=events())
    def append_what_was_reported_before_all_else(self, event: Event) -> None:
        self.accept(evolve(self.fresh(event), occurred=When("2016-01-01"), reported=Moment("2016-01-01")))

    @precondition(lambda self: self.unretracted())
    @rule(event=events(), data=st.data())
    def supersede(self, event: Event, data: DataObject) -> None:
        self.accept(evolve(self.fresh(event), supersedes=data.draw(st.sampled_from(self.unretracted())).id))

    @precondition(lambda self: self.unretracted())
    @rule(event=events(kinds=(Retraction,)), data=st.data())
    def retract(self, event: Event, data: DataObject) -> None:
        target = data.draw(st.sampled_from(self.unretracted()))
        self.accept(evolve(self.fresh(event), target=target.id, reported=later(event.reported, target.reported)))

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
        theirs = folder_of(other, [evolve(self.fresh(event), recorded=Moment("2017-01-01T00:00:00Z")) for event in batch])
        Timeline.open(self.path, PROJECTIONS).merge(theirs)

    @rule(data=st.data())
    def join_by_git(self, data: DataObject) -> None:
        """A union merge puts lines between others, and some lines twice."""
        lines = self.path.read_bytes().splitlines(keepends=True)
        if lines and not Timeline.open(self.path, PROJECTIONS).log.repairs and all(line.startswith(b"{") for line in lines):
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
            content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
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
        (self.folder / "events.jsonl.index-journal").write_bytes(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + bytes(600))

    @rule(name=st.sampled_from(["Garten", "Garden"]))
    def rename_a_place(self, name: str) -> None:
        (self.folder / "city.toml").write_text(CITY_FILE.replace('"Garden"', f'"{name}"'), "utf-8")

    # What must be so

    @rule(cut=cuts(), places=some_places())
    def ask(self, cut: Cut, places: list[str]) -> None:
        assert_answers_alike(self.path, cut, places, by_index=None)

    @invariant()
    def the_present_is_answered_alike(self) -> None:
        with indexed.opened(self.path, PROJECTIONS, build=False) as quick:
            assert quick.state().sha256 == Timeline.open(self.path, PROJECTIONS).state().sha256


LivingIndex.TestCase.settings = settings(
    max_examples=25, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
)
TestLivingIndex = LivingIndex.TestCase
