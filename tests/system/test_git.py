"""git: histories that part and come together again lose no event, and are read or refused as a merge of the log would be."""

import os
import random
import shutil
import subprocess
from pathlib import Path

import pytest
from attrs import evolve, frozen
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
"""On how many seconds the events of a history are recorded, so that copies are often of the same second."""


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
        """Return a new one, with the files that `init` writes and the city of these tests."""
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
            file.write(b"".join(CODEC.encode(one) + b"\n" for one in events))
        git(self.folder, "add", "-A")
        git(self.folder, "commit", "-q", "--allow-empty", "-m", "more")

    def branch(self, *batches: list[Event]) -> None:
        """Put batches on the two branches `ours` and `theirs`, each its own, a commit a batch, beginning where both are now."""
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


@frozen
class History:
    """What two branches have in common and what each appends."""

    common: list[Event]
    ours: list[Event]
    theirs: list[Event]
    clashing: set[str]

    @classmethod
    def drawn(cls, dice: random.Random) -> "History":
        """Return a history: events of either branch, of both, and ids to which the branches give two contents, at random."""
        common = [_recorded(claim(f"c{number}"), dice) for number in range(dice.randrange(4))]
        ours, theirs, clashing = [], [], set()
        for number in range(dice.randrange(1, 9)):
            kind = dice.choice(
                (
                    "ours",
                    "theirs",
                    "both",
                    "both",
                    "same line",
                    *(["clash"] if dice.random() < 0.3 else []),
                )
            )
            one = claim(f"e{number}", actor=dice.choice(("government", "opposition")))
            first, second = _recorded(one, dice), _recorded(one, dice)
            if kind == "clash":
                clashing.add(one.id)
                second = evolve(second, note="Seen otherwise.")
            ours += [first] if kind != "theirs" else []
            theirs += [first if kind == "same line" else second] if kind != "ours" else []
        if common and dice.random() < 0.3:
            theirs.append(_recorded(claim("later", supersedes=common[0].id), dice))
        if dice.random() < 0.5:
            dice.shuffle(theirs)
        return cls(common, ours, theirs, clashing)


def _recorded(event: Event, dice: random.Random) -> Event:
    return evolve(event, recorded=Moment(f"2026-01-01T00:00:{dice.randrange(SECONDS):02}Z"))


def went_through(folder: Path, seed: int) -> bool:
    """Let git merge the history of a seed and hold that nothing was lost; return whether it could be read."""
    history = History.drawn(random.Random(seed))  # a history is no secret
    repository = Repository.begin(folder)
    repository.commit(*history.common)
    repository.branch(history.ours, history.theirs)
    ours, theirs = repository.at("ours"), repository.at("theirs")
    repository.merge()
    merged = repository.log.read_bytes().splitlines(keepends=True)
    assert set(merged) == {*ours.splitlines(keepends=True), *theirs.splitlines(keepends=True)}, (
        "a line was lost, or made"
    )
    _read_as_the_law_says(repository.log, history)
    _merged_as_the_command_does(folder / "apart", ours, theirs, repository.log, history)
    return not history.clashing


def _read_as_the_law_says(log: Path, history: History) -> None:
    everything = [*history.common, *history.ours, *history.theirs]
    if history.clashing:
        with pytest.raises(InvalidLog, match="with other content"):
            read(log)
        told = [str(problem) for problem in check(log).problems]
        assert {
            id
            for id in history.clashing
            if any(f"the id {id} stands on line" in text for text in told)
        } == history.clashing
        assert all("give one of them an id of its own" in text for text in told)
        return
    earliest = {
        one.id: min(copy.recorded for copy in everything if copy.id == one.id) for one in everything
    }
    assert {one.id: one.recorded for one in read(log).events} == earliest
    assert check(log).problems == ()
    assert {one.id for one in Timeline.open(log, ()).events} == set(earliest)


def _merged_as_the_command_does(
    folder: Path, ours: bytes, theirs: bytes, merged: Path, history: History
) -> None:
    """Hold that `timeline merge` of the two branches comes to what git's merge of them does, or refuses it too."""
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
        assert {one.id: one for one in read(logs[0]).events} == {
            one.id: one for one in read(merged).events
        }


def test_histories_that_git_merges_lose_nothing(tmp_path):
    """Twelve of the histories below, so that some of both kinds are among them."""
    outcomes = [went_through(tmp_path / str(seed), seed) for seed in range(12)]
    assert {True, False} == set(outcomes)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100))
def test_a_hundred_histories_that_git_merges_lose_nothing(tmp_path, seed):
    """Two branches append, sometimes the same events, sometimes one id with two contents; git merges them without a word."""
    went_through(tmp_path / "repository", seed)


# The attributes -----------------------------------------------------------------------------------


def test_the_attributes_here_are_those_that_a_new_timeline_gets(tmp_path, monkeypatch):
    """And git reads them as they are meant: the bytes of the log are left alone, and both sides of a merge are kept."""
    monkeypatch.chdir(tmp_path)
    run("init", "town")
    assert (
        (tmp_path / "town" / ".gitattributes").read_text("utf-8")
        == ATTRIBUTES
        == (ROOT / ".gitattributes").read_text("utf-8")
    )
    git(tmp_path / "town", "init", "-q")
    told = git(tmp_path / "town", "check-attr", "text", "merge", "--", "events.jsonl").decode()
    assert told == "events.jsonl: text: unset\nevents.jsonl: merge: union\n"


def test_without_the_attributes_git_leaves_marks_and_says_where(tmp_path):
    """What they are for: without them, two branches that append are a conflict, whose marks no reader takes for events."""
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
    assert (
        b"\r\n" in (repository.folder / "city.toml").read_bytes()
    )  # git does as it is told with other files


def test_a_check_after_a_merge_tells_of_the_copies(tmp_path):
    """The same event on both branches, recorded at two times, stands on two lines; the check names them and the one that counts."""
    repository = Repository.begin(tmp_path / "town")
    repository.commit(claim("a"))
    late, early = (claim("b", recorded=f"2026-01-01T00:00:0{second}Z") for second in (5, 3))
    repository.branch([late], [early])
    repository.merge()
    [warning] = check(repository.log).warnings
    assert (
        "b stands on lines 2 and 3 with the same content; line 3 counts: it was recorded first, 2026-01-01T00:00:03Z"
        in str(warning)
    )
    assert run("check", "--log", str(repository.log)).stdout == ""


def test_repairs_on_both_branches_come_through_git(tmp_path):
    """A torn end that was committed, ended and recorded on each branch by itself: no event is lost, and no line is damage."""
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
    assert {one.id for one in read(repository.log).events} == {"a", "b", "c"}
    assert check(repository.log).problems == ()
