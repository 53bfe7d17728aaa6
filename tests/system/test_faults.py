"""Every system call on the log or its folder fails, one at a time: strace makes it fail.

A command whose call failed says so in a sentence and ends with 1, and the same command run again
does what it would have done; or it ends with 0, and what it says was done was done. Nothing that
stood in the log before is altered.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path

import pytest
from commandline import run

from timeline.evidence.verify import verify
from timeline.log.reader import read

ROOT = Path(__file__).parents[2]
STRACE = shutil.which("strace")
QUICK = "--seccomp-bpf"
"""The option of strace to stop at nothing but the calls that are traced; it delivers no kill."""
CALLS = ("openat", "flock", "write", "fsync")
FAULTS = ("error=EIO", "error=ENOSPC", "error=EDQUOT", "error=EINTR", "retval=7", "signal=KILL")
COMMANDS = {
    "append": "append control_change --place sakhour --actor government --source sohr"
    " --occurred 2016-11-28 --reported 2016-11-29 --id new",
    "append --file": "append --file batch.jsonl",
    "retract": "retract sakhour-seized-sohr --reason Error --reported 2016-12-02 --id new",
    "merge": "merge events.jsonl theirs.jsonl",
    "seal": "seal",
    "init": "init town --name Town",
}
BATCH = """\
{"id":"new-2","type":"statement","v":1,"occurred":"2016-11-28","reported":"2016-11-28","source":"sohr","stance":"agree","about":["new"],\
"topic":"t","summary":"So it is."}
{"id":"new","type":"control_change","v":1,"occurred":"2016-11-28","reported":"2016-11-28","source":"sohr","place":"sakhour"}
"""


def may_trace() -> bool:
    """Return whether strace is there and may trace."""
    if STRACE is None:
        return False
    attempt = [STRACE, "-f", QUICK, "-o", os.devnull, "true"]
    return subprocess.run(attempt, capture_output=True, check=False).returncode == 0


pytestmark = pytest.mark.skipif(not may_trace(), reason="needs strace, and leave to trace")


def aleppo(folder: Path) -> Path:
    """Put the log of Aleppo, its city and a batch into a folder and return the log."""
    folder.mkdir()
    for name in ("events.jsonl", "city.toml"):
        shutil.copy(ROOT / name, folder)
    (folder / "batch.jsonl").write_text(BATCH)
    recorded = BATCH.replace('"v":1,', '"v":1,"recorded":"2016-12-01T00:00:00Z",')
    (folder / "theirs.jsonl").write_text((folder / "events.jsonl").read_text() + recorded)
    return folder / "events.jsonl"


def traced(name: str, folder: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    """Run a command under strace, which leaves all files but the log and its like alone."""
    files = [f"events.jsonl{ending}" for ending in ("", ".seals", ".leaves")]
    if name == "init":
        files = ["town", "town/events.jsonl", "town/city.toml", "town/.gitattributes"]
    tracing = [STRACE, "-f", f"--trace={','.join(CALLS)}", "-o", "trace", *options]
    tracing += [f"--trace-path={folder / file}" for file in files]
    ours = [sys.executable, "-c", "from cli import run; run()", *COMMANDS[name].split()]
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "TIMELINE_LOG": str(folder / "events.jsonl"),
    }
    return subprocess.run(
        [*tracing, *ours], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def calls_of(name: str, folder: Path) -> Iterator[tuple[str, int]]:
    """Yield each system call of a command on the log: its name, and which of that name it is."""
    aleppo(folder)
    done = traced(name, folder, QUICK)
    assert done.returncode == 0, done.stderr
    names = re.findall(r"^\d+ +(\w+)\(", (folder / "trace").read_text(), flags=re.MULTILINE)
    for place, call in enumerate(names, 1):
        yield call, names[:place].count(call)


def hold(name: str, call: str, number: int, fault: str, folder: Path) -> bool:
    """Let a call fail and hold what is promised; return whether the fault was felt."""
    log = aleppo(folder)
    before = log.read_bytes()
    how = [f"--inject={call}:{fault}:when={number}", *([] if "KILL" in fault else [QUICK])]
    failed = traced(name, folder, *how)
    assert log.read_bytes().startswith(before)
    assert failed.returncode in ({137, -9} if "KILL" in fault else {0, 1}), failed.stderr
    if failed.returncode == 1:
        assert re.fullmatch(r"(Error: [^\n]+\n)+", failed.stderr)
        assert failed.stdout == ""
    if failed.returncode == 0:
        assert_done(name, folder)
    with chdir(folder):
        run(*COMMANDS[name].split(), TIMELINE_LOG=str(log))
    assert_done(name, folder)
    return "INJECTED" in (folder / "trace").read_text() or failed.returncode != 0


def assert_done(name: str, folder: Path) -> None:
    """Hold that a command did what it says."""
    if name == "init":
        names = {file.name for file in (folder / "town").iterdir()}
        assert names == {"events.jsonl", "city.toml", ".gitattributes"}
        assert (folder / "town" / "city.toml").read_text().endswith("\n")
    elif name == "seal":
        assert verify(folder / "events.jsonl").problems == ()
    else:
        log = read(folder / "events.jsonl")
        added = {"new"} if name in {"append", "retract"} else {"new", "new-2"}
        assert added <= {event.id for event in log.events}
        assert log.torn is None


def cases(name: str, folder: Path) -> list[tuple[str, int, str]]:
    """Return every fault at every call that can have it: a short count is one of a write."""
    calls = list(calls_of(name, folder))
    return [
        (*call, fault)
        for call in calls
        for fault in FAULTS
        if call[0] == "write" or fault != "retval=7"
    ]


def inject(name: str, tmp_path: Path, every: int) -> None:
    """Try each of so many faults of a command."""
    felt = 0
    for place, case in enumerate(cases(name, tmp_path / "calls")[::every]):
        try:
            felt += hold(name, *case, tmp_path / str(place))
        except BaseException as error:
            error.add_note(f"{case}")
            raise
    assert felt


@pytest.mark.parametrize("name", COMMANDS)
def test_a_call_that_fails_is_told_and_the_command_can_be_run_again(name, tmp_path):
    """Some of the faults are tried; all of them in the slow run."""
    inject(name, tmp_path, {"append": 5, "retract": 9}.get(name, 19))


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
def test_every_call_that_fails_is_told_and_the_command_can_be_run_again(name, tmp_path):
    inject(name, tmp_path, 1)


def test_a_command_makes_the_calls_that_it_should(tmp_path):
    """The log is opened, locked, written to once and synced once, and that is all that can fail."""
    calls = [call for call, _ in calls_of("append --file", tmp_path / "calls")]
    assert calls == ["openat", "flock", "write", "fsync", "flock"]
