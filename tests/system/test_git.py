"""Histories that git merges lose no event, and are read or refused as `timeline merge` would."""

import os
import random
import shutil
import subprocess
from pathlib import Path

import pytest
from attrs import define, evolve, field, frozen
from commandline import run
from strategies import CITY, CITY_FILE

from timeline.domain.events import Event
from timeline.errors import InvalidLog
from timeline.log.check import check
from timeline.log.codec import CODEC
from timeline.log.init import ATTRIBUTES, begin
from timeline.log.merge import Conflicting, merge
from timeline.log.reader import read
from timeline.log.writer import append
from timeline.temporal.dates import Moment
from timeline.timeline import Timeline

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not here")
ROOT = Path(__file__).parents[2]
ALONE = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
WHO = {
    f"GIT_{who}_{what}": f"{what.lower()}@example.org"
    for who in ("AUTHOR", "COMMITTER")
    for what in ("NAME", "EMAIL")
}
SECONDS = 10
"""The seconds on which events are recorded: so few that copies are often of the same one."""


def git(folder: Path, *arguments: str, code: int = 0) -> bytes:
    """Give git a command, with no settings but its own, and return its answer."""
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env=os.environ | ALONE | WHO,
        capture_output=True,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


@frozen
class Repository:
    """A timeline in a repository of its own."""

    folder: Path

    @classmethod
    def begin(cls, folder: Path, **settings: str) -> "Repository":
        """Return a repository with the files that `init` writes and the city of these tests."""
        begin(folder, "Testopolis", "Asia/Damascus")
        (folder / "city.toml").write_text(CITY_FILE, "utf-8")
        git(folder, "init", "-q", "-b", "ours")
        for name, value in settings.items():
            git(folder, "config", name.replace("_", "."), value)
        return cls(folder)

    @property
    def log(self) -> Path:
        """The log of the branch that is checked out."""
        return self.folder / "events.jsonl"

    def commit(self, *events: Event) -> None:
        """Commit the log with more lines."""
        with self.log.open("ab") as file:
            file.write(b"".join(CODEC.encode(event) + b"\n" for event in events))
        git(self.folder, "add", "-A")
        git(self.folder, "commit", "-q", "--allow-empty", "-m", "more")

    def branch(self, *batches: list[Event]) -> None:
        """Put a batch on each of the branches `ours` and `theirs`, in two commits, from here on."""
        git(self.folder, "branch", "theirs")
        for name, own in zip(("ours", "theirs"), batches, strict=True):
            git(self.folder, "checkout", "-q", name)
            self.commit(*own[: len(own) // 2])
            self.commit(*own[len(own) // 2 :])
        git(self.folder, "checkout", "-q", "ours")

    def at(self, name: str) -> bytes:
        """Return the log as it is on a branch."""
        return git(self.folder, "show", f"{name}:events.jsonl")

    def merge(self) -> None:
        """Let git merge the other branch."""
        git(self.folder, "merge", "-q", "-m", "merged", "theirs")


def claim(id: str, **fields) -> Event:
    """Return an event about who holds the hill."""
    own = {
        "type": "control_change",
        "v": 1,
        "occurred": "2016-11-28",
        "reported": "2016-11-29",
        "source": "monitor",
        "place": "hill",
    }
    return CODEC.structure(own | {"id": id, "actor": "government"} | fields)


@define
class History:
    """Events that two branches have in common, that each appends, and ids with two contents."""

    common: list[Event]
    ours: list[Event] = field(factory=list)
    theirs: list[Event] = field(factory=list)
    clashing: set[str] = field(factory=set)

    @classmethod
    def drawn(cls, dice: random.Random) -> "History":
        """Return a history by the dice."""
        history = cls([_recorded(claim(f"c{n}"), dice) for n in range(dice.randrange(4))])
        for number in range(dice.randrange(1, 9)):
            clash = ["clash"] if dice.random() < 0.3 else []
            kind = dice.choice(("ours", "theirs", "both", "both", "same line", *clash))
            actor = dice.choice(("government", "opposition"))
            history.add(claim(f"e{number}", actor=actor), kind, dice)
        if history.common and dice.random() < 0.3:
            later = claim("later", supersedes=history.common[0].id)
            history.theirs.append(_recorded(later, dice))
        if dice.random() < 0.5:
            dice.shuffle(history.theirs)
        return history

    def add(self, event: Event, kind: str, dice: random.Random) -> None:
        """Put an event on either branch or on both, as the same line, as a copy or as a clash."""
        first, second = _recorded(event, dice), _recorded(event, dice)
        if kind == "clash":
            self.clashing.add(event.id)
            second = evolve(second, note="Seen otherwise.")
        if kind != "theirs":
            self.ours.append(first)
        if kind != "ours":
            self.theirs.append(first if kind == "same line" else second)


def _recorded(event: Event, dice: random.Random) -> Event:
    return evolve(event, recorded=Moment(f"2026-01-01T00:00:{dice.randrange(SECONDS):02}Z"))


def went_through(folder: Path, seed: int) -> bool:
    """Let git merge a history and hold that nothing is lost; return whether it can be read."""
    history = History.drawn(random.Random(seed))
    repository = Repository.begin(folder)
    repository.commit(*history.common)
    repository.branch(history.ours, history.theirs)
    ours, theirs = repository.at("ours"), repository.at("theirs")
    repository.merge()
    merged = repository.log.read_bytes()
    assert {*merged.splitlines()} == {*ours.splitlines(), *theirs.splitlines()}
    if history.clashing:
        _clashes_are_told(repository.log, history.clashing)
    else:
        _earliest_copies_count(repository.log, history)
    _merged_as_the_command_does(folder / "apart", ours, theirs, repository.log, history)
    return not history.clashing


def _clashes_are_told(log: Path, clashing: set[str]) -> None:
    with pytest.raises(InvalidLog, match="with other content"):
        read(log)
    problems = [str(problem) for problem in check(log).problems]
    for id in clashing:
        assert f"the id {id} stands on line" in "\n".join(problems)
    assert all("give one of them an id of its own" in problem for problem in problems)


def _earliest_copies_count(log: Path, history: History) -> None:
    copies = [*history.common, *history.ours, *history.theirs]
    latest_first = sorted(copies, key=lambda event: event.recorded, reverse=True)
    earliest = {event.id: event.recorded for event in latest_first}
    assert {event.id: event.recorded for event in read(log).events} == earliest
    assert check(log).problems == ()
    assert {event.id for event in Timeline.open(log, ()).events} == set(earliest)


def _merged_as_the_command_does(
    folder: Path, ours: bytes, theirs: bytes, merged: Path, history: History
) -> None:
    """Hold that `timeline merge` of the branches comes to what git's does, or refuses it."""
    folder.mkdir()
    logs = [folder / name for name in ("ours.jsonl", "theirs.jsonl")]
    for path, data in zip(logs, (ours, theirs), strict=True):
        path.write_bytes(data)
    if history.clashing:
        with pytest.raises(Conflicting) as refused:
            merge(*logs, CITY)
        assert {conflict.ours.event.id for conflict in refused.value.conflicts} == history.clashing
    else:
        merge(*logs, CITY)
        assert by_id(logs[0]) == by_id(merged)


def by_id(log: Path) -> dict[str, Event]:
    return {event.id: event for event in read(log).events}


def test_histories_that_git_merges_lose_nothing(tmp_path):
    """Twelve of the histories below, so that some of both kinds are among them."""
    outcomes = [went_through(tmp_path / str(seed), seed) for seed in range(12)]
    assert {True, False} == set(outcomes)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100))
def test_a_hundred_histories_that_git_merges_lose_nothing(tmp_path, seed):
    """Two branches append, sometimes the same events, sometimes one id with two contents."""
    went_through(tmp_path / "repository", seed)


# The attributes -----------------------------------------------------------------------------------


def test_the_attributes_here_are_those_that_a_new_timeline_gets(tmp_path, monkeypatch):
    """The bytes of the log are left alone, and both sides of a merge are kept."""
    monkeypatch.chdir(tmp_path)
    run("init", "town")
    for folder in (tmp_path / "town", ROOT):
        assert (folder / ".gitattributes").read_text("utf-8") == ATTRIBUTES
    git(tmp_path / "town", "init", "-q")
    attributes = git(tmp_path / "town", "check-attr", "text", "merge", "--", "events.jsonl")
    assert attributes == b"events.jsonl: text: unset\nevents.jsonl: merge: union\n"


def test_without_the_attributes_git_leaves_marks_and_says_where(tmp_path):
    """Two branches that append are a conflict then, and no reader takes its marks for events."""
    repository = Repository.begin(tmp_path / "town")
    (repository.folder / ".gitattributes").unlink()
    repository.commit(claim("a"))
    repository.branch([claim("b")], [claim("c")])
    git(repository.folder, "merge", "-q", "theirs", code=1)
    with pytest.raises(InvalidLog, match="not JSON"):
        read(repository.log)


def test_git_leaves_the_bytes_of_a_log_alone(tmp_path):
    """Even where it is told to write the newlines of another system."""
    repository = Repository.begin(tmp_path / "town", core_autocrlf="true", core_eol="crlf")
    repository.commit(claim("a", note="x"), claim("b"))
    before = repository.log.read_bytes()
    for name in ("events.jsonl", "city.toml"):
        (repository.folder / name).unlink()
        git(repository.folder, "checkout", "-q", "--", name)
    assert repository.log.read_bytes() == before
    others = (repository.folder / "city.toml").read_bytes()
    assert b"\r\n" in others  # git does as it is told with other files


def test_a_check_after_a_merge_tells_of_the_copies(tmp_path):
    """It names the lines of the same event, and the one that counts: that recorded first."""
    repository = Repository.begin(tmp_path / "town")
    repository.commit(claim("a"))
    late, early = (claim("b", recorded=f"2026-01-01T00:00:0{second}Z") for second in (5, 3))
    repository.branch([late], [early])
    repository.merge()
    [warning] = check(repository.log).warnings
    counts = "line 3 counts: it was recorded first, 2026-01-01T00:00:03Z"
    assert f"b stands on lines 2 and 3 with the same content; {counts}" in str(warning)
    assert run("check", "--log", str(repository.log)).stdout == ""


def test_repairs_on_both_branches_come_through_git(tmp_path):
    """A torn end that each branch recorded by itself loses no event and is no damage."""
    repository = Repository.begin(tmp_path / "town")
    repository.commit(claim("a"))
    with repository.log.open("ab") as file:
        file.write(b'{"id":"torn')
    repository.commit()
    git(repository.folder, "branch", "theirs")
    for name, id in (("ours", "b"), ("theirs", "c")):
        git(repository.folder, "checkout", "-q", name)
        append(repository.log, [claim(id)])
        repository.commit()
    git(repository.folder, "checkout", "-q", "ours")
    repository.merge()
    assert {event.id for event in read(repository.log).events} == {"a", "b", "c"}
    assert check(repository.log).problems == ()
