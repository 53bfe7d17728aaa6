"""Where answers go: streams of any encoding, streams that are closed or full, readers that stop, and the log or its index as the source."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from time import sleep

import pytest
from commandline import run
from test_questions import PROGRAM, ROOT

DAY = "2016-11-28"
SETTINGS = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}
FORMATS = ([], ["--json"], ["--nl"], ["--csv"], ["--tsv"])
QUESTIONS = (
    [],
    ["sakhour", "--at", DAY],
    ["--at", f"{DAY}@2016-11-20", "--policy", "cautious"],
    ["masaken-hanano", "bustan-al-qasr"],
    ["--recorded", "2026-11-01"],
)
STATE = ["state", "--json"]
SOURCES = {"log": {"TIMELINE_INDEX": "0"}, "index": {}}


@pytest.fixture
def log(folder, monkeypatch) -> Path:
    """Return the shipped log with an index beside it, in the folder where commands are given."""
    monkeypatch.delenv("TIMELINE_INDEX", raising=False)
    run("index")
    return folder / "events.jsonl"


def from_log(*arguments: str) -> bytes:
    """Return the answer to a command line as the log alone gives it."""
    return run(*arguments, TIMELINE_INDEX="0").stdout_bytes


def process(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run a command as a process of its own."""
    command = [*PROGRAM, *arguments]
    return subprocess.run(command, env=SETTINGS | environment, capture_output=True, check=False)


def shell(line: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a line of the shell in which ``TIMELINE`` is the program."""
    command = ["bash", "-c", line.replace("TIMELINE", " ".join(f"'{part}'" for part in PROGRAM))]
    settings = SETTINGS | environment
    return subprocess.run(command, env=settings, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: "".join(form) or "text")
def test_an_index_gives_the_same_bytes_as_the_log(log, form):
    """In every format, of several cuts, policies and places, however often it is asked."""
    for question in QUESTIONS:
        arguments = ["state", *question, *form]
        for _ in range(2):
            assert run(*arguments).stdout_bytes == from_log(*arguments)


def test_an_answer_leaves_nothing_behind(log):
    """What was asked is written nowhere: the folder holds what it held."""
    before = sorted(log.parent.iterdir())
    run(*STATE)
    assert sorted(log.parent.iterdir()) == before


def test_processes_that_ask_at_once_get_one_answer(log):
    expected = from_log(*STATE)
    command = [*PROGRAM, *STATE]
    running = [subprocess.Popen(command, env=SETTINGS, stdout=subprocess.PIPE) for _ in range(4)]
    assert [child.communicate()[0] for child in running] == [expected] * 4


@pytest.mark.parametrize("encoding", ["latin-1", "ascii", "utf-16", "utf-8:replace", "UTF8"])
def test_a_stream_of_another_encoding_gets_the_same_from_log_and_index(log, encoding):
    answers = [process("state", PYTHONIOENCODING=encoding, **source) for source in SOURCES.values()]
    assert answers[0].stdout == answers[1].stdout
    assert answers[0].returncode == answers[1].returncode


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize(
    ("line", "code", "message"),
    [
        ("TIMELINE state --json | head -c 10; exit ${PIPESTATUS[0]}", 1, ""),
        ("TIMELINE state --json > /dev/full", 1, "Error: the answer cannot be written: No space"),
        ("TIMELINE state --json >&-", 0, ""),
        ("TIMELINE state --json 2>&-", 0, ""),
        ("env -u HOME TIMELINE state --json", 0, ""),
    ],
)
def test_a_stream_that_takes_no_answer_ends_in_a_sentence_at_most(log, line, code, message, source):
    """A reader that stops reading, a full disk, a stream that is closed: no traceback."""
    assert len(from_log(*STATE)) > 65536  # more than a pipe holds
    ended = shell(line, **SOURCES[source])
    assert ended.returncode == code
    assert ended.stderr.startswith(message)
    assert ended.stderr.count("\n") == bool(message)


@pytest.mark.parametrize("place", ["/", ".", "..", "/dev/null/index"])
def test_the_log_answers_where_no_index_can_be(log, place):
    ended = process(*STATE, TIMELINE_INDEX=place)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, from_log(*STATE), b"")


def test_the_log_answers_a_user_without_a_home(log, monkeypatch):
    """Such a user has no cache; nor can anything be written beside the log."""
    run("index", "--drop")
    monkeypatch.setattr("os.access", lambda *_: False)
    monkeypatch.setattr("pathlib.Path.home", lambda: Path("~none").expanduser())
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    assert run(*STATE).stdout_bytes == from_log(*STATE)


def test_an_interruption_leaves_no_traceback(log):
    handler = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    code = f"{handler}; {PROGRAM[-1]}"  # a shell may have the signal ignored
    command = [sys.executable, "-c", code, *STATE]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=SETTINGS, stdout=pipe, stderr=pipe) as running:
        assert running.stdout is not None
        assert running.stdout.read(1) == b"{"
        sleep(0.1)
        running.send_signal(signal.SIGINT)
        _, message = running.communicate(timeout=30)
    assert (running.returncode, message) == (1, b"\nAborted!\n")
