"""Where answers go: terminals and pagers, streams of any encoding, closed and full ones."""

import json
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from time import sleep

import pytest
from aleppo import CLAIM, DAY, KIND
from commandline import give, run
from formats import FORMATS, unsafe
from processes import PROGRAM, SETTINGS, on_terminal, process, shell

pytestmark = pytest.mark.usefixtures("supposing")

# Terminals ----------------------------------------------------------------------------------------

TYPE = {"\x1b[0m", "\x1b[1m", "\x1b[2m"}
"""The escapes that set bold and faint type."""


def plain(text: str) -> str:
    """Return a text without the escapes that set its type."""
    return re.sub(r"\x1b\[[\d;]*m", "", text)


def escapes(text: str) -> set[str]:
    """Return the escapes in a text."""
    return set(re.findall(r"\x1b\[[\d;]*[A-Za-z]", text))


def short_words(text: str) -> Counter:
    """Return how often each ASCII word of up to ten letters stands in a text."""
    return Counter(word for word in text.split() if len(word) <= 10 and word.isascii())


@pytest.mark.parametrize("columns", [80, 120])
@pytest.mark.parametrize(
    "command",
    [
        f"explain sakhour --at {DAY}",
        "history sakhour",
        f"diff {DAY} --without-source sohr",
        "hindsight",
        f"state --policy all --at {DAY}",
    ],
)
def test_a_terminal_shows_every_word(folder, command, columns):
    """A terminal shows what a pipe gets, in its width: no word is cut off, no column left out."""
    sent = plain(on_terminal(*command.split(), columns=columns))
    assert max(map(len, sent.splitlines()[2:])) <= columns
    assert short_words(give(command).stdout) <= short_words(sent)


@pytest.mark.parametrize("command", ["explain sakhour", "diff 2016-12-01"])
def test_a_terminal_gets_no_supposed_text_raw(folder, command):
    """No escape but those that set bold and faint type."""
    sent = on_terminal(*command.split(), "--with", "rude.jsonl", columns=120)
    assert KIND.partition(" ")[0] in sent
    assert escapes(sent) <= TYPE
    assert unsafe(plain(sent)) == []


@pytest.mark.parametrize("command", ["log", "show rude-1", "state --at 2016-11-30"])
def test_a_terminal_gets_no_text_of_the_log_raw(rude, command):
    """Nor where tables are laid out."""
    sent = on_terminal(*command.split(), columns=100)
    assert escapes(sent) <= TYPE
    assert [raw for raw in ("\u202e", "\x9b") if raw in sent] == []


def test_colours_on_a_terminal_and_none_where_none_are_wanted(folder):
    """A holder has a colour on a terminal; ``NO_COLOR`` is heeded, and a pipe gets none."""
    colour = re.compile(r"\x1b\[(?:\d+;)*(?:3[0-8]|9[0-7]|4[0-8])(?:;\d+)*m")
    assert colour.search(on_terminal("state", NO_COLOR=""))
    without = on_terminal("state", NO_COLOR="1")
    assert "Sakhour" in without
    assert not colour.search(without)
    assert "\x1b" not in run("state").stdout


# Pagers -------------------------------------------------------------------------------------------


@pytest.fixture
def pager(tmp_path_factory) -> dict[str, str]:
    """Return settings by which `less` is a program that says how it was called, and its input."""
    folder = tmp_path_factory.mktemp("pager")
    program = folder / "less"
    program.write_text('#!/bin/sh\nprintf "PAGED %s [%s]\\n" "$*" "$LESS"\ncat\n')
    program.chmod(0o755)
    return {"PAGER": "less", "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}


@pytest.mark.parametrize("command", ["explain sakhour", "history"])
def test_what_is_longer_than_a_terminal_is_paged(folder, pager, command):
    """Once, all of it, heading and all; and what fits is not."""
    words = command.split()
    paged, whole = on_terminal(*words, lines=10, **pager), on_terminal(*words, lines=500, **pager)
    assert (paged.count("PAGED"), whole.count("PAGED")) == (1, 0)
    assert plain(paged.partition("\n")[2]).rstrip() == plain(whole).rstrip()


def test_what_is_for_other_programs_is_not_paged(folder, pager):
    """Formats go through as they are."""
    sent = on_terminal("explain", "sakhour", "--json", lines=10, **pager)
    assert json.loads(sent)["explained"]


@pytest.mark.parametrize("no_colour", ["1", ""], ids=["plain", "in colour"])
def test_a_pager_shows_type_and_no_escapes(folder, pager, no_colour):
    """`less` is told to take escapes for what they are, unless it is given none."""
    sent = on_terminal("explain", "sakhour", lines=10, NO_COLOR=no_colour, **pager)
    called, _, given = sent.partition("\n")
    assert "\x1b" not in given or "R" in called.removeprefix("PAGED")


def test_the_types_are_paged_as_one(folder, pager):
    """One answer is one text."""
    assert on_terminal("types", lines=24, **pager).count("PAGED") == 1


# Streams ------------------------------------------------------------------------------------------


def test_a_process_keeps_answers_and_messages_apart(folder):
    """Answers are on stdout, messages on stderr, and the exit code is that of the command."""
    answer = process("explain", "sakhour", "--at", "28 Nov 2016", "--with", "more.jsonl", "--json")
    assert json.loads(answer.stdout)["explained"][0]["label"] == "Sakhour"
    supposed, understood = answer.stderr.decode().splitlines()
    assert supposed == "HYPOTHETICAL: with 1 event more"
    assert understood == "28 Nov 2016 is read as 2016-11-28"
    difference = process("diff", "2016-11-26", DAY, "--exit-code", "--nl")
    assert (difference.returncode, difference.stderr) == (1, b"")
    nothing = process("history", "--from", "2030")
    assert (nothing.returncode, nothing.stdout) == (4, b"")
    assert nothing.stderr == b"Error: nothing changed\n"


def test_a_reader_that_stops_reading_is_no_failure(folder):
    """``| head -n 1`` leaves no traceback."""
    ended = shell("TIMELINE history --json | head -n 1")
    assert (ended.stdout, ended.stderr) == ("{\n", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("command", ["history --json", "--help", "--version", "state --help"])
def test_an_answer_that_cannot_be_written_is_a_failure_in_a_sentence(folder, command):
    """A full disk is told of as any other failure is."""
    ended = shell(f"TIMELINE {command} > /dev/full")
    assert ended.returncode == 1
    assert ended.stderr == "Error: the answer cannot be written: No space left on device\n"


@pytest.mark.parametrize("closed", [">&-", "<&-", ">&- 2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("command", ["state", "log", "explain sakhour", "check", f"append {CLAIM}"])
def test_a_stream_that_is_closed_takes_nothing_and_is_no_reason_to_fail(log, command, closed):
    """Nor does its text get into the log, which would be the next file to be given its number."""
    before = log.read_bytes()
    ended = shell(f"TIMELINE {command} {closed}")
    assert ended.returncode == 0
    assert "Traceback" not in ended.stderr
    after = log.read_bytes()
    assert after.startswith(before)
    assert after.count(b"\n") - before.count(b"\n") == command.startswith("append")
    run("check")


def test_an_interruption_leaves_no_traceback(folder):
    handler = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    code = f"{handler}; {PROGRAM[-1]}"  # a shell may have the signal ignored
    command = [sys.executable, "-c", code, "state", "--json"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=SETTINGS, stdout=pipe, stderr=pipe) as running:
        assert running.stdout is not None
        assert running.stdout.read(1) == b"{"
        sleep(0.1)
        running.send_signal(signal.SIGINT)
        _, message = running.communicate(timeout=30)
    assert (running.returncode, message) == (1, b"\nAborted!\n")


# The log, or its index ----------------------------------------------------------------------------

SOURCES = {"log": {"TIMELINE_INDEX": "0"}, "index": {}}
QUESTIONS = (
    "",
    f"sakhour --at {DAY}",
    f"--at {DAY}@2016-11-20 --policy cautious",
    "masaken-hanano bustan-al-qasr",
    "--recorded 2026-11-01",
)


@pytest.fixture
def indexed(log, monkeypatch) -> Path:
    """Return the log, with an index beside it."""
    monkeypatch.delenv("TIMELINE_INDEX", raising=False)
    run("index")
    return log


def from_log(line: str) -> bytes:
    """Return the answer to a command as the log alone gives it."""
    return give(line, TIMELINE_INDEX="0").stdout_bytes


@pytest.mark.parametrize("wanted", ["", *FORMATS], ids=lambda wanted: wanted or "text")
def test_an_index_gives_the_same_bytes_as_the_log(indexed, wanted):
    """In every format, of several cuts, policies and places, however often it is asked."""
    for question in QUESTIONS:
        line = f"state {question} {wanted}"
        for _ in range(2):
            assert give(line).stdout_bytes == from_log(line)


def test_an_answer_leaves_nothing_behind(indexed):
    """The folder holds what it held before."""
    before = sorted(indexed.parent.iterdir())
    give("state --json")
    assert sorted(indexed.parent.iterdir()) == before


def test_processes_that_ask_at_once_get_one_answer(indexed):
    command = [*PROGRAM, "state", "--json"]
    running = [subprocess.Popen(command, env=SETTINGS, stdout=subprocess.PIPE) for _ in range(4)]
    assert {child.communicate()[0] for child in running} == {from_log("state --json")}


@pytest.mark.parametrize("encoding", ["latin-1", "ascii", "utf-16", "utf-8:replace", "UTF8"])
def test_a_stream_of_another_encoding_gets_the_same_from_log_and_index(indexed, encoding):
    log, index = (process("state", PYTHONIOENCODING=encoding, **one) for one in SOURCES.values())
    assert (log.stdout, log.returncode) == (index.stdout, index.returncode)


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
def test_a_stream_that_takes_no_answer_ends_in_a_sentence_at_most(
    indexed, line, code, message, source
):
    """A reader that stops reading, a full disk, a stream that is closed: no traceback."""
    assert len(from_log("state --json")) > 65536  # more than a pipe holds
    ended = shell(line, **SOURCES[source])
    assert ended.returncode == code
    assert ended.stderr.startswith(message)
    assert ended.stderr.count("\n") == bool(message)


@pytest.mark.parametrize("place", ["/", ".", "..", "/dev/null/index"])
def test_the_log_answers_where_no_index_can_be(log, place):
    ended = process("state", "--json", TIMELINE_INDEX=place)
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert ended.stdout == from_log("state --json")


def test_the_log_answers_a_user_without_a_home(log, monkeypatch):
    """Such a user has no cache; nor can anything be written beside the log."""
    monkeypatch.setattr("os.access", lambda *_: False)
    monkeypatch.setattr("pathlib.Path.home", lambda: Path("~none").expanduser())
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    assert give("state --json").stdout_bytes == from_log("state --json")
