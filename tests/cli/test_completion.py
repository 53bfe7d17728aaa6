"""Completion: what the shell offers when Tab is pressed, and the scripts by which it learns to."""

import os
import pty
import re
import select
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from aleppo import EVENTS, ROOT, as_bytes, remark
from click.shell_completion import CompletionItem, ShellComplete
from commandline import give, run

from cli import main
from timeline.cli.completion import MOST, SHELLS, VARIABLE
from timeline.domain.events import TYPES

IDS = [event["id"] for event in EVENTS]
RUDE = "a\x1b[31mb\u202ec\nplain\nrm -rf\nd\x9be"


def items(*words: str) -> list[CompletionItem]:
    """Return what is offered for the last of some words."""
    shell = ShellComplete(main, {}, "timeline", VARIABLE)
    return shell.get_completions(list(words[:-1]), words[-1])


def offered(*words: str) -> list[str]:
    """Return the values that are offered for the last of some words."""
    return [item.value for item in items(*words)]


# What is offered ----------------------------------------------------------------------------------

DAYS = ("11-28", "11-27", "11-26", "11-24", "11-21", "11-01", "08-31", "08-21")
DATES = [f"2016-{day}" for day in DAYS]
QUESTIONS = ["control", "displacement", "casualties", "aid", "siege", "conditions", "statements"]
POLICIES = ["latest", "cautious", "reliable", "majority", "unanimous"]
OFFERS = {
    # what is typed, where the last word is completed, and what is offered for it
    "hi": ["hindsight", "history"],
    "explain --wi": ["--with", "--without-source", "--without-event"],
    # places, by any of their names, in any case and without accents
    "state sakho": ["sakhour"],
    "state SAKHO": ["sakhour"],
    "state sak": ["sakhour"],
    "explain 'Masaken H'": ["masaken-hanano"],
    "history الصاخ": ["sakhour"],
    "hindsight al-Sakhour": ["sakhour"],
    "state ash-shaa": ["shaar"],
    "state midan sakho": ["sakhour"],
    "log --place jabal": ["jabal-badro"],
    "log --place=jabal": ["jabal-badro"],
    "explain --flow eastern": ["east-aleppo"],
    "explain --flow east-aleppo west-": ["west-aleppo"],
    "append control_change --place sakho": ["sakhour"],
    "state ma": [
        *("masaken-hanano", "maasaraniyeh", "maqar-al-anbiya", "marjeh", "mashhad", "masharqa")
    ],
    # actors and sources
    "log --actor kurd": ["kurdish"],
    "append control_change --actor ''": ["government", "opposition", "kurdish", "russia", "un"],
    "state --without-source so": ["sohr"],
    "diff 2016 --without-source 'syrian obs'": ["sohr"],
    "log --source jan": ["jan-egeland"],
    # events, and what they speak of
    "show sakhour-": [id for id in IDS if id.startswith("sakhour-")],
    "retract ''": IDS,
    "explain sakhour --without-event hanano-c": ["hanano-captured"],
    "append statement --about hanano-c": ["hanano-captured"],
    "explain --aid un-": ["un-aid-delivery"],
    # words
    "history --of s": ["siege", "statements"],
    "explain sakhour --of ''": QUESTIONS,
    "history --along ''": ["valid", "known", "both"],
    "append control_change --ground ''": ["held", "contested"],
    "append con": ["control_change", "condition"],
    "log --type si": ["siege"],
    "types si": ["siege"],
    "state --policy ''": [*POLICIES, "all"],
    "completion ''": list(SHELLS),
    # dates
    "state --at 2016": DATES,
    "history --from 2012": ["2012-08-31", "2012-06-01"],
    "diff 2016-11-2": DATES[:5],
    "diff 2016-11-26 2016-11-2": DATES[:5],
    "diff 2016-11-28@2016-11-2": [f"2016-11-28@2016-11-{day}" for day in (28, 27, 24)],
    "explain sakhour --known ''": ["2016-11-28", "2016-11-27", "2016-11-24"],
    "hindsight --recorded ''": ["2026-11-22"],
    # nothing
    "state xyzzy": [],
    "log --source shor": [],
    "state --at 1999": [],
}


@pytest.mark.parametrize("line", OFFERS)
def test_what_is_offered(folder, line):
    """Names by any of their beginnings; choices and dates as they are, the latest first."""
    assert offered(*shlex.split(line)) == OFFERS[line]


def test_every_option_and_argument_that_names_something_offers_it(folder):
    """Wherever an event is appended, the fields that name something know the names."""
    kinds = {"PLACE": "sakhour", "ACTOR": "government", "SOURCE": "sohr"}
    for tag in TYPES:
        for line in run("append", tag, "-h").stdout.splitlines():
            if match := re.match(r" +(--[\w-]+) (PLACE|ACTOR|SOURCE)\b", line):
                assert kinds[match[2]] in offered("append", tag, match[1], ""), (tag, match[1])


def test_names_come_with_what_they_are_known_by(folder):
    """The shells that show more than the value show the name of a place, and what an event says."""
    (place,) = items("state", "sakho")
    (event,) = items("show", "sakhour-fall")
    assert place.help == "Sakhour"
    assert event.help == "denies sakhour-seized-sohr: Denies that Sakhour has fallen."


def test_a_file_is_left_to_the_shell(folder):
    """The shell knows its files better."""
    assert [item.type for item in items("state", "--with", "")] == ["file"]


def test_the_latest_of_many_events_are_offered(folder):
    """A long log does not flood the terminal."""
    ids = [f"said-{number:04}" for number in range(MOST + 10)]
    (folder / "many.jsonl").write_bytes(as_bytes(list(map(remark, ids))))
    give("append --file many.jsonl")
    assert offered("show", "") == ids[10:]


# Which log ----------------------------------------------------------------------------------------


@pytest.fixture
def other(tmp_path_factory, monkeypatch) -> Path:
    """Another log of another city, with one place of its own."""
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    give("init town --name 'Mill Town'")
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
    words = ("append", "control_change", "--log", str(other), "--place", "mill")
    assert offered(*words) == ["mill-town"]


def test_the_log_that_is_named_before_the_type_is_asked(folder, other, monkeypatch):
    """``append --log PATH TYPE`` offers the names of that log."""
    monkeypatch.chdir(folder)
    words = ("append", "--log", str(other), "control_change", "--place", "mill")
    assert offered(*words) == ["mill-town"]


NAMING = [
    "state s",
    "explain --flow s",
    "show s",
    "log --actor ''",
    "log --source s",
    "diff 2",
    "history --known 2",
    "history --of s",
    "hindsight --recorded 2",
]
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
    assert [offered(*shlex.split(line)) for line in NAMING] == [[]] * len(NAMING)
    assert capfd.readouterr() == ("", "")


def test_a_torn_tail_offers_what_was_finished_and_says_nothing(folder, capfd):
    """A command that is being typed is no place for a warning either."""
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
    written = run("completion", shell)
    assert written.stderr == ""
    assert VARIABLE in written.stdout
    assert f"{shell}_complete" in written.stdout
    script = folder / "script"
    script.write_text(written.stdout, "utf-8")
    command = [installed(shell), "-n", str(script)]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
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


def answer(folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run the program as a shell does when Tab is pressed."""
    return subprocess.run(
        ["timeline"], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_is_answered_as_it_asks(folder, environment, shell):
    """In a process, by the variables that the scripts set; nothing is on stderr."""
    question = {
        "COMP_WORDS": "timeline state sakho",
        "COMP_CWORD": "sakho" if shell == "fish" else "2",
        VARIABLE: f"{shell}_complete",
    }
    ended = answer(folder, environment | question)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, ANSWERS[shell], "")


@pytest.mark.parametrize(
    "words", ["timeline state --log nowhere.jsonl s", "timeline show --log damaged.jsonl s"]
)
def test_a_process_that_finds_no_log_says_nothing(folder, environment, words):
    """Neither a message nor a failure comes in between."""
    (folder / "damaged.jsonl").write_bytes(b"hello\n")
    question = {"COMP_WORDS": words, "COMP_CWORD": "4", VARIABLE: "bash_complete"}
    ended = answer(folder, environment | question)
    assert (ended.returncode, ended.stdout.strip(), ended.stderr) == (0, "", "")


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_no_text_of_the_log_reaches_a_shell_raw(folder, shell, capsys, monkeypatch):
    """Neither what could steer a terminal, nor a line that would be taken for another offer."""
    (folder / "more.jsonl").write_bytes(as_bytes([remark("rude-1", summary=RUDE)]))
    give("append --file more.jsonl")
    monkeypatch.setenv("COMP_WORDS", "timeline show rude")
    monkeypatch.setenv("COMP_CWORD", "rude" if shell == "fish" else "2")
    monkeypatch.setenv(VARIABLE, f"{shell}_complete")
    with pytest.raises(SystemExit):
        main.main([], prog_name="timeline")
    offers = capsys.readouterr().out
    assert [raw for raw in ("\x1b", "\u202e", "\x9b") if raw in offers] == []
    assert len(offers.splitlines()) == (3 if shell == "zsh" else 1)


COMPLETED = {
    # what is typed, and what bash replies for the last word
    "timeline expl": ["explain"],
    "timeline state الصاخ": ["sakhour"],
    "timeline show sakhour-": [id for id in IDS if id.startswith("sakhour-")],
    "timeline state xyzzy": [],
}


def test_bash_completes_when_the_script_is_sourced(folder, environment):
    """The function that it defines is that of the command, and fills in the replies."""
    call = "COMPREPLY=(); _timeline_completion timeline; echo ${COMPREPLY[@]}"
    calls = [f"COMP_WORDS=({line}) COMP_CWORD={line.count(' ')} {call}" for line in COMPLETED]
    script = ['eval "$(timeline completion bash)"', "complete -p timeline", *calls]
    ended = bash("\n".join(script), environment, folder)
    assert ended.stderr == ""
    registered, *replies = ended.stdout.splitlines()
    assert "-F _timeline_completion timeline" in registered
    assert [reply.split() for reply in replies] == list(COMPLETED.values())


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_tab_completes_in_bash(folder, environment):
    """Typed into an interactive shell, Tab finishes a place named in Arabic, and a source."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(folder)
        settings = environment | {"PS1": "> ", "INPUTRC": "/dev/null", "HISTFILE": "/dev/null"}
        command = ["bash", "--norc", "--noprofile", "-i"]
        os.execvpe("bash", command, settings)  # noqa: S606  # a shell is what is tested
    try:
        without_paste = "bind 'set enable-bracketed-paste off'"
        script = 'eval "$(timeline completion bash)"'
        type_in(terminal, f"{without_paste}; {script}; echo rea''dy\n", "ready")
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
    """Bash replaces a word by the beginning of all offers, which is never less than was typed."""
    shorter = {}
    for typed in sorted({item.value[:2] for item in items("state", "")}):
        shared = beginning(offered("state", typed))
        if shared and not shared.startswith(typed):
            shorter[typed] = shared
    assert shorter == {}


def beginning(words: list[str]) -> str:
    """Return the longest text that all words begin with; none for no words."""
    shortest = min(map(len, words), default=0)
    shared = [length for length in range(shortest + 1) if len({w[:length] for w in words}) == 1]
    return words[0][: shared[-1]] if shared else ""
