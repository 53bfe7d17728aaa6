"""Completion: what the shell offers when Tab is pressed, and the scripts by which it learns to."""

import json
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import time
from itertools import takewhile
from pathlib import Path

import pytest
from click.shell_completion import CompletionItem, ShellComplete
from commandline import as_bytes, run

from cli import main
from timeline.cli.completion import MOST, SHELLS
from timeline.domain.events import TYPES

ROOT = Path(__file__).parents[2]
IDS = [json.loads(one)["id"] for one in (ROOT / "events.jsonl").read_bytes().splitlines()]
RUDE = "a\x1b[31mb\u202ec\nplain\nrm -rf\nd\x9be"
SAID = {
    "type": "statement",
    "v": 1,
    "occurred": "2016-11-29",
    "reported": "2016-11-30",
    "source": "sohr",
    "stance": "comment",
    "topic": "t",
}


def items(*words: str) -> list[CompletionItem]:
    """Return what is offered for the last of some words."""
    return ShellComplete(main, {}, "timeline", "_TIMELINE_COMPLETE").get_completions(
        list(words[:-1]), words[-1]
    )


def offered(*words: str) -> list[str]:
    """Return the values that are offered for the last of some words."""
    return [item.value for item in items(*words)]


# What is offered ----------------------------------------------------------------------------------

DATES = [
    "2016-11-28",
    "2016-11-27",
    "2016-11-26",
    "2016-11-24",
    "2016-11-21",
    "2016-11-01",
    "2016-08-31",
    "2016-08-21",
]
QUESTIONS = ["control", "displacement", "casualties", "aid", "siege", "conditions", "statements"]
POLICIES = ["latest", "cautious", "reliable", "majority", "unanimous"]
OFFERS = {
    # words, and what is offered for the last of them
    "a command": (["hi"], ["hindsight", "history"]),
    "an option": (["explain", "--wi"], ["--with", "--without-source", "--without-event"]),
    "a place by its id": (["state", "sakho"], ["sakhour"]),
    "a place in capitals": (["state", "SAKHO"], ["sakhour"]),
    "a place by its name": (["explain", "Masaken H"], ["masaken-hanano"]),
    "a place by its Arabic name": (["history", "الصاخ"], ["sakhour"]),
    "a place by another name": (["hindsight", "al-Sakhour"], ["sakhour"]),
    "a place without its apostrophe": (["state", "ash-shaa"], ["shaar"]),
    "a second place": (["state", "midan", "sakho"], ["sakhour"]),
    "a place of a list": (["log", "--place", "jabal"], ["jabal-badro"]),
    "a place behind an equals sign": (["log", "--place=jabal"], ["jabal-badro"]),
    "an origin": (["explain", "--flow", "eastern"], ["east-aleppo"]),
    "a destination": (["explain", "--flow", "east-aleppo", "west-"], ["west-aleppo"]),
    "a place to append": (["append", "control_change", "--place", "sakho"], ["sakhour"]),
    "an actor": (["log", "--actor", "kurd"], ["kurdish"]),
    "every actor": (["append", "control_change", "--actor", ""], ["government", "opposition", "kurdish", "russia", "un"]),
    "a source": (["state", "--without-source", "so"], ["sohr"]),
    "a source by its name": (["diff", "2016", "--without-source", "syrian obs"], ["sohr"]),
    "a source of a list": (["log", "--source", "jan"], ["jan-egeland"]),
    "an event": (["show", "sakhour-"], [id for id in IDS if id.startswith("sakhour-")]),
    "every event": (["retract", ""], IDS),
    "an event to leave out": (["explain", "sakhour", "--without-event", "hanano-c"], ["hanano-captured"]),
    "an event to speak of": (["append", "statement", "--about", "hanano-c"], ["hanano-captured"]),
    "a question": (["history", "--of", "s"], ["siege", "statements"]),
    "every question": (["explain", "sakhour", "--of", ""], QUESTIONS),
    "a clock": (["history", "--along", ""], ["valid", "known", "both"]),
    "a choice": (["append", "control_change", "--ground", ""], ["held", "contested"]),
    "a type": (["append", "con"], ["control_change", "condition"]),
    "a day on which something changed": (["state", "--at", "2016"], DATES),
    "the days before": (["history", "--from", "2012"], ["2012-08-31", "2012-06-01"]),
    "a cut": (["diff", "2016-11-2"], DATES[:5]),
    "a second cut": (["diff", "2016-11-26", "2016-11-2"], DATES[:5]),
    "a day of reports": (["explain", "sakhour", "--known", ""], ["2016-11-28", "2016-11-27", "2016-11-24"]),
    "a day of records": (["hindsight", "--recorded", ""], ["2026-11-22"]),
    "a shell": (["completion", ""], list(SHELLS)),
    "nothing that begins so": (["state", "xyzzy"], []),
    "no source that begins so": (["log", "--source", "shor"], []),
    "no date that begins so": (["state", "--at", "1999"], []),
    "a type of a list": (["log", "--type", "si"], ["siege"]),
    "a negotiation": (["explain", "--aid", "un-"], ["un-aid-delivery"]),
    "a policy": (["state", "--policy", ""], [*POLICIES, "all"]),
    "a type to explain": (["types", "si"], ["siege"]),
    "the known half of a cut": (["diff", "2016-11-28@2016-11-2"], [f"2016-11-28@2016-11-{day}" for day in (28, 27, 24)]),
    "a place that another is named like": (["state", "sak"], ["sakhour"]),
    "places of one beginning": (["state", "ma"], ["masaken-hanano", "maasaraniyeh", "maqar-al-anbiya", "marjeh", "mashhad", "masharqa"]),
}  # fmt: skip
"""What is not offered as it should be, and how it is."""


@pytest.mark.parametrize(
    ("words", "expected"),
    [pytest.param(*row, id=name) for name, row in OFFERS.items()],
)
def test_what_is_offered(folder, words, expected):
    """Names of the log at hand by any of their beginnings, in any case; choices and dates as they are, the latest first."""
    assert offered(*words) == expected


def test_every_option_and_argument_that_names_something_offers_it(folder):
    """Wherever an event is appended, the fields that name a place, an actor, a source or an event know the names."""
    kinds = {"PLACE": "sakhour", "ACTOR": "government", "SOURCE": "sohr"}
    for tag in TYPES:
        for line in run("append", tag, "-h").stdout.splitlines():
            if match := re.match(r" +(--[\w-]+) (PLACE|ACTOR|SOURCE)\b", line):
                assert kinds[match[2]] in offered("append", tag, match[1], ""), (tag, match[1])


def test_names_come_with_what_they_are_known_by(folder):
    """The shells that show more than the value show the name of a place, and what an event says."""
    (place,) = items("state", "sakho")
    (event,) = items("show", "sakhour-fall")
    assert (place.help, event.help) == (
        "Sakhour",
        "denies sakhour-seized-sohr: Denies that Sakhour has fallen.",
    )


def test_a_file_is_left_to_the_shell(folder):
    """The shell knows its files better."""
    assert [item.type for item in items("state", "--with", "")] == ["file"]


def test_the_latest_of_many_events_are_offered(folder):
    """A long log does not flood the terminal."""
    lines = [
        json.dumps({"id": f"said-{number:04}", **SAID, "summary": "s"})
        for number in range(MOST + 10)
    ]
    (folder / "many.jsonl").write_bytes(as_bytes(lines))
    run("append", "--file", "many.jsonl")
    assert offered("show", "") == [f"said-{number:04}" for number in range(10, MOST + 10)]


# Which log ----------------------------------------------------------------------------------------


@pytest.fixture
def other(tmp_path_factory, monkeypatch) -> Path:
    """Another log of another city, with one place of its own."""
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    run("init", "town", "--name", "Mill Town")
    return Path("town/events.jsonl").absolute()


def test_the_log_that_is_named_is_asked(folder, other, monkeypatch):
    """By --log before the word, by the environment, or the one in the folder."""
    monkeypatch.chdir(folder)
    assert offered("state", "--log", str(other), "mill") == ["mill-town"]
    assert offered("state", "mill") == []
    monkeypatch.setenv("TIMELINE_LOG", str(other))
    assert offered("state", "mill") == ["mill-town"]
    assert offered("state", "--log", "events.jsonl", "sakho") == ["sakhour"]


def test_the_log_that_is_named_behind_the_type_is_asked(folder, other, monkeypatch):
    """``append TYPE --log PATH`` offers the names of that log."""
    monkeypatch.chdir(folder)
    assert offered("append", "control_change", "--log", str(other), "--place", "mill") == [
        "mill-town"
    ]


def test_the_log_that_is_named_before_the_type_is_asked(folder, other, monkeypatch):
    """``append --log PATH TYPE`` offers the names of that log."""
    monkeypatch.chdir(folder)
    assert offered("append", "--log", str(other), "control_change", "--place", "mill") == [
        "mill-town"
    ]


NAMING = [["state", "s"], ["explain", "--flow", "s"], ["show", "s"], ["log", "--actor", ""], ["log", "--source", "s"], ["diff", "2"],
          ["history", "--known", "2"], ["hindsight", "--recorded", "2"], ["history", "--of", "s"]]  # fmt: skip
SPOILT = {
    "no log": lambda log: log.unlink(),
    "no city file": lambda log: (log.parent / "city.toml").unlink(),
    "a damaged line": lambda log: log.write_bytes(log.read_bytes() + b"hello\n"),
    "bytes": lambda log: log.write_bytes(b"\x00\xff\n" + log.read_bytes()),
    "an unknown place": lambda log: log.write_bytes(
        log.read_bytes().replace(b'"place":"sakhour"', b'"place":"sakhuor"')
    ),
    "a city file that is not TOML": lambda log: (log.parent / "city.toml").write_text("[city"),
    "a city file of bytes": lambda log: (log.parent / "city.toml").write_bytes(b"\xff"),
    "a folder for a log": lambda log: (log.unlink(), log.mkdir()),
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_a_log_that_cannot_be_read_offers_nothing_and_says_nothing(folder, spoil, capfd):
    """A command that is being typed is no place for an error message."""
    spoil(folder / "events.jsonl")
    assert [offered(*words) for words in NAMING] == [[]] * len(NAMING)
    assert capfd.readouterr() == ("", "")


def test_a_torn_tail_offers_what_was_finished_and_says_nothing(folder, capfd):
    """Nor for a warning."""
    with (folder / "events.jsonl").open("ab") as file:
        file.write(b'{"id":"torn')
    assert offered("show", "sakhour-s") == ["sakhour-seized-sohr"]
    assert capfd.readouterr() == ("", "")


def test_what_does_not_depend_on_a_log_is_offered_without_one(tmp_path, monkeypatch):
    """Commands, options, choices and shells."""
    monkeypatch.chdir(tmp_path)
    assert offered("comp") == ["completion"]
    assert offered("completion", "b") == ["bash"]
    assert offered("history", "--along", "k") == ["known"]


# Shells -------------------------------------------------------------------------------------------


@pytest.fixture
def environment(tmp_path_factory) -> dict[str, str]:
    """An environment in which `timeline` is this program, whether it is installed or not."""
    programs = tmp_path_factory.mktemp("bin")
    program = programs / "timeline"
    program.write_text(f"#!{sys.executable}\nfrom cli import run\nrun()\n")
    program.chmod(0o755)
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    return {
        "PATH": path,
        "PYTHONPATH": str(ROOT),
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "TERM": "dumb",
        "HOME": str(programs),
    }


def bash(
    command: str, environment: dict[str, str], folder: Path
) -> subprocess.CompletedProcess[str]:
    """Run a command in bash without anybody's settings."""
    shell = ["bash", "--norc", "--noprofile", "-c", command]
    return subprocess.run(
        shell, cwd=folder, env=environment, capture_output=True, text=True, timeout=20, check=False
    )


def installed(shell: str) -> str:
    """Skip, visibly, where a shell is not installed."""
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    return shell


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_is_one_that_its_shell_accepts(folder, shell):
    """Its syntax is right, and nothing else is on stdout or stderr."""
    told = run("completion", shell)
    assert told.stderr == ""
    assert "_TIMELINE_COMPLETE" in told.stdout
    assert f"{shell}_complete" in told.stdout
    script = folder / "script"
    script.write_text(told.stdout, "utf-8")
    checked = subprocess.run(
        [installed(shell), "-n", str(script)], capture_output=True, text=True, check=False
    )
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_needs_no_log(tmp_path, monkeypatch, shell):
    """A shell starts in any folder."""
    monkeypatch.chdir(tmp_path)
    assert run("completion", shell).stdout


ANSWERS = {
    "bash": "plain,sakhour\n",
    "zsh": "plain\nsakhour\nSakhour\n",
    "fish": "plain,sakhour\tSakhour\n",
}


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_is_answered_as_it_asks(folder, environment, shell):
    """In a process, by the variables that the scripts set; nothing is on stderr."""
    asked = {
        "COMP_WORDS": "timeline state sakho",
        "COMP_CWORD": "sakho" if shell == "fish" else "2",
    }
    asked["_TIMELINE_COMPLETE"] = f"{shell}_complete"
    told = subprocess.run(
        ["timeline"],
        cwd=folder,
        env=environment | asked,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (told.returncode, told.stdout, told.stderr) == (0, ANSWERS[shell], "")


@pytest.mark.parametrize(
    "words", ["timeline state --log nowhere.jsonl s", "timeline show --log damaged.jsonl s"]
)
def test_a_process_that_finds_no_log_says_nothing(folder, environment, words):
    """Neither a message nor a failure comes in between."""
    (folder / "damaged.jsonl").write_bytes(b"hello\n")
    asked = {"COMP_WORDS": words, "COMP_CWORD": "4", "_TIMELINE_COMPLETE": "bash_complete"}
    told = subprocess.run(
        ["timeline"],
        cwd=folder,
        env=environment | asked,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (told.returncode, told.stdout.strip(), told.stderr) == (0, "", "")


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_no_text_of_the_log_reaches_a_shell_raw(folder, shell, capsys, monkeypatch):
    """Neither what could steer a terminal, nor a line that would be taken for another offer."""
    (folder / "more.jsonl").write_bytes(
        as_bytes([json.dumps({"id": "rude-1", **SAID, "summary": RUDE})])
    )
    run("append", "--file", "more.jsonl")
    monkeypatch.setenv("COMP_WORDS", "timeline show rude")
    monkeypatch.setenv("COMP_CWORD", "rude" if shell == "fish" else "2")
    monkeypatch.setenv("_TIMELINE_COMPLETE", f"{shell}_complete")
    with pytest.raises(SystemExit):
        main.main([], prog_name="timeline")
    told = capsys.readouterr().out
    assert [raw for raw in ("\x1b", "\u202e", "\x9b") if raw in told] == []
    assert len(told.splitlines()) == (3 if shell == "zsh" else 1)


COMPLETED = {
    # words, and what bash replies for the last of them
    "a command": (["timeline", "expl"], ["explain"]),
    "a place in Arabic": (["timeline", "state", "الصاخ"], ["sakhour"]),
    "events": (["timeline", "show", "sakhour-"], [id for id in IDS if id.startswith("sakhour-")]),
    "nothing": (["timeline", "state", "xyzzy"], []),
}


def test_bash_completes_when_the_script_is_sourced(folder, environment):
    """The function that it defines is that of the command, and fills in the replies."""
    calls = [
        f'COMP_WORDS=({" ".join(words)}) COMP_CWORD={len(words) - 1} COMPREPLY=(); _timeline_completion timeline; echo "${{COMPREPLY[@]}}"'
        for words, _ in COMPLETED.values()
    ]
    told = bash(
        "\n".join(['eval "$(timeline completion bash)"', "complete -p timeline", *calls]),
        environment,
        folder,
    )
    assert told.stderr == ""
    registered, *replies = told.stdout.splitlines()
    assert "-F _timeline_completion timeline" in registered
    assert [reply.split() for reply in replies] == [expected for _, expected in COMPLETED.values()]


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_tab_completes_in_bash(folder, environment):
    """Typed into an interactive shell: Tab finishes a place that is named in Arabic, and a source."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(folder)
        settings = environment | {"PS1": "> ", "INPUTRC": "/dev/null", "HISTFILE": "/dev/null"}
        os.execvpe("bash", ["bash", "--norc", "--noprofile", "-i"], settings)
    try:
        type_in(
            terminal,
            "bind 'set enable-bracketed-paste off'; eval \"$(timeline completion bash)\"; echo rea''dy\n",
            "ready",
        )
        type_in(terminal, "timeline state الصاخ\t", "sakhour ")
        type_in(terminal, "\x15timeline diff 2016 --without-source syr\t", "ohr ")
    finally:
        os.kill(pid, signal.SIGKILL)
        os.close(terminal)
        os.waitpid(pid, 0)


def type_in(terminal: int, keys: str, until: str) -> None:
    """Type into a terminal and wait until it shows something; fail after a while."""
    os.write(terminal, keys.encode())
    shown, end = b"", time.monotonic() + 20
    while until not in shown.decode(errors="replace") and time.monotonic() < end:
        if select.select([terminal], [], [], 0.1)[0]:
            shown += os.read(terminal, 65536)
    text = shown.decode(errors="replace")
    assert until in text, text


def test_no_offer_takes_back_what_was_typed(folder):
    """Bash replaces a word by what all offers begin with: that is never less of an id than was typed."""
    shorter = {}
    for typed in sorted({id[:2] for id in (item.value for item in items("state", ""))}):
        shared = "".join(
            a[0]
            for a in takewhile(
                lambda letters: len(set(letters)) == 1, zip(*offered("state", typed), strict=False)
            )
        )
        if shared and not shared.startswith(typed):
            shorter[typed] = shared
    assert shorter == {}
