"""Every system call that touches the log or its folder fails, one at a time, under the real commands: strace makes it fail.

A command whose call failed says so in a sentence and ends with 1, and the same command run again
does what it would have done; or it ends with 0, and then what it says was done was done. Nothing
that stood in the log before is altered.
"""

import os
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from timeline.evidence.verify import verify
from timeline.log.reader import read

ROOT = Path(__file__).parents[2]
STRACE = shutil.which("strace")
COMMAND = [sys.executable, "-c", "from cli import run; run()"]
CALLS = ("openat", "flock", "write", "fsync")
FAULTS = ("error=EIO", "error=ENOSPC", "error=EDQUOT", "error=EINTR", "retval=7", "signal=KILL")
CLAIM = ["control_change", "--place", "sakhour", "--actor", "government", "--source", "sohr"]
TIMES = ["--occurred", "2016-11-28", "--reported", "2016-11-29"]
COMMANDS = {
    "append": ["append", *CLAIM, *TIMES, "--id", "new"],
    "append --file": ["append", "--file", "batch.jsonl"],
    "retract": [
        "retract",
        "sakhour-seized-sohr",
        "--reason",
        "An error.",
        "--reported",
        "2016-12-02",
        "--id",
        "new",
    ],
    "merge": ["merge", "events.jsonl", "theirs.jsonl"],
    "seal": ["seal"],
    "init": ["init", "{folder}/town", "--name", "Town"],
}
BATCH = """\
{"id":"new-2","type":"statement","v":1,"occurred":"2016-11-28","reported":"2016-11-28","source":"sohr","stance":"agree","about":["new"],\
"topic":"t","summary":"So it is."}
{"id":"new","type":"control_change","v":1,"occurred":"2016-11-28","reported":"2016-11-28","source":"sohr","place":"sakhour"}
"""


@cache
def works() -> bool:
    """Return whether strace is there and may trace."""
    return (
        STRACE is not None
        and subprocess.run(
            [STRACE, "-o", os.devnull, "true"], capture_output=True, check=False
        ).returncode
        == 0
    )


pytestmark = pytest.mark.skipif(not works(), reason="needs strace, and leave to trace")


def aleppo(folder: Path) -> Path:
    """Put the log of Aleppo, its city and a batch into a folder and return the log."""
    for name in ("events.jsonl", "city.toml"):
        shutil.copy(ROOT / name, folder)
    (folder / "batch.jsonl").write_text(BATCH)
    recorded = BATCH.replace('"v":1,', '"v":1,"recorded":"2016-12-01T00:00:00Z",')
    (folder / "theirs.jsonl").write_text((folder / "events.jsonl").read_text() + recorded)
    return folder / "events.jsonl"


def run(name: str, folder: Path, *before: str) -> "subprocess.CompletedProcess[str]":
    command = [one.replace("{folder}", str(folder)) for one in COMMANDS[name]]
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "TIMELINE_LOG": str(folder / "events.jsonl"),
    }
    return subprocess.run(
        [*before, *COMMAND, *command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def watched(name: str, folder: Path) -> list[str]:
    """Return the options of strace that leave all other files alone."""
    town = folder / "town"
    files = [folder / f"events.jsonl{kind}" for kind in ("", ".seals", ".leaves")]
    if name == "init":
        files = [town, *(town / one for one in ("events.jsonl", "city.toml", ".gitattributes"))]
    return ["-f", "-o", str(folder / "trace"), *(f"--trace-path={file}" for file in files)]


@cache
def calls_of(name: str, folder: Path) -> list[tuple[str, int]]:
    """Return each system call of a command on the log, as its name and which of that name it is."""
    aleppo(folder)
    done = run(name, folder, STRACE, *watched(name, folder), f"--trace={','.join(CALLS)}")
    assert done.returncode == 0, done.stderr
    names = re.findall(r"^\d+ +(\w+)\(", (folder / "trace").read_text(), flags=re.MULTILINE)
    return [(one, names[: place + 1].count(one)) for place, one in enumerate(names)]


def hold(name: str, call: str, number: int, fault: str, folder: Path) -> bool:
    """Let one call of a command fail and hold what is promised; return whether the fault was felt."""
    log = aleppo(folder)
    before = log.read_bytes()
    failed = run(
        name, folder, STRACE, *watched(name, folder), f"--inject={call}:{fault}:when={number}"
    )
    felt = "INJECTED" in (folder / "trace").read_text() or failed.returncode != 0
    assert log.read_bytes().startswith(before)
    assert failed.returncode in ({137, -9} if "KILL" in fault else {0, 1}), failed.stderr
    if failed.returncode == 1:
        assert re.fullmatch(r"(Error: [^\n]+\n)+", failed.stderr)
        assert failed.stdout == ""
    if failed.returncode == 0:
        done(name, folder)
    again = run(name, folder)
    assert again.returncode == 0, again.stderr
    done(name, folder)
    return felt


def done(name: str, folder: Path) -> None:
    """Hold that a command did what it says."""
    if name == "init":
        assert {file.name for file in (folder / "town").iterdir()} == {
            "events.jsonl",
            "city.toml",
            ".gitattributes",
        }
        assert (folder / "town" / "city.toml").read_text().endswith("\n")
        return
    if name == "seal":
        assert verify(folder / "events.jsonl").problems == ()
        return
    log = read(folder / "events.jsonl")
    ids = {event.id for event in log.events}
    assert ({"new"} if name in ("append", "retract") else {"new", "new-2"}) <= ids
    assert log.torn is None


def cases(name: str, folder: Path) -> list[tuple[str, int, str]]:
    """Return every fault at every call that can have it."""
    return [
        (call, number, fault)
        for call, number in calls_of(name, folder)
        for fault in FAULTS
        if call == "write" or fault != "retval=7"
    ]


def inject(name: str, tmp_path: Path, every: int) -> None:
    (tmp_path / "calls").mkdir()
    felt = 0
    for place, (call, number, fault) in enumerate(cases(name, tmp_path / "calls")):
        if place % every == 0:
            folder = tmp_path / str(place)
            folder.mkdir()
            try:
                felt += hold(name, call, number, fault, folder)
            except BaseException as error:
                error.add_note(f"{call} {number} {fault}")
                raise
    assert felt


@pytest.mark.parametrize("name", COMMANDS)
def test_a_call_that_fails_is_told_and_the_command_can_be_run_again(name, tmp_path):
    """Some of the faults; all of them in the slow run."""
    inject(name, tmp_path, {"append": 5, "retract": 9}.get(name, 19))


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
def test_every_call_that_fails_is_told_and_the_command_can_be_run_again(name, tmp_path):
    inject(name, tmp_path, 1)


def test_a_command_makes_the_calls_that_it_should(tmp_path):
    """The log is opened, locked, written to once and synced once; what fails above are these calls and no others."""
    assert [call for call, _ in calls_of("append --file", tmp_path)] == [
        "openat",
        "flock",
        "write",
        "fsync",
        "flock",
    ]
