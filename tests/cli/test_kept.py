"""Answers that are given again: the same bytes as if they were worked out, whatever happened in between, and by next to no imports."""

import io
import os
import shutil
import signal
import subprocess
import sys
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep
from unittest.mock import patch

import pytest
from commandline import run
from hypothesis import HealthCheck, example, settings
from hypothesis import given as given_steps
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule
from hypothesis.strategies import DataObject
from test_lifecycle import LivingIndex
from test_questions import PROGRAM, ROOT, on_terminal

from timeline.cli import kept

DAY = "2016-11-28"
FORMATS = ([], ["--json"], ["--nl"], ["--csv"], ["--tsv"])
QUESTIONS = (
    [],
    ["sakhour", "--at", DAY],
    ["--at", f"{DAY}@2016-11-20", "--policy", "cautious"],
    ["masaken-hanano", "bustan-al-qasr"],
)
STATE = ["state", "--json"]
PROBE = "import atexit, sys; atexit.register(lambda: sys.stderr.write(' '.join(sys.modules))); from cli import run; run()"
"""The program, which tells at its end on stderr what it has imported."""


@pytest.fixture
def log(folder, monkeypatch) -> Path:
    """Return the shipped log with an index beside it, in the folder where commands are given."""
    monkeypatch.delenv("TIMELINE_INDEX", raising=False)
    run("index")
    return folder / "events.jsonl"


def answers(log: Path) -> Path:
    return log.with_name("events.jsonl.index-answers")


def names(log: Path) -> list[str]:
    """Return the names of what is kept of a log."""
    return sorted(one.name for one in answers(log).iterdir()) if answers(log).is_dir() else []


def given(*arguments: str) -> bytes | None:
    """Return what is given again of the answer to a command line; None where nothing is."""
    stdout = io.TextIOWrapper(io.BytesIO(), "utf-8")
    with patch.object(sys, "stdout", stdout):
        return stdout.buffer.getvalue() if kept.given(list(arguments)) else None


def worked_out(*arguments: str) -> bytes:
    """Return the answer to a command line as the log alone gives it."""
    return run(*arguments, TIMELINE_INDEX="0").stdout_bytes


def asked(*arguments: str) -> bytes:
    """Ask, and return what is kept of it."""
    assert run(*arguments).stdout_bytes == worked_out(*arguments)
    answer = given(*arguments)
    assert answer is not None
    return answer


def process(
    *arguments: str, code: str = PROGRAM[-1], **environment: str
) -> subprocess.CompletedProcess[bytes]:
    """Run a command as a process of its own."""
    settings = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "LANG": "C.UTF-8",
    } | environment
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], env=settings, capture_output=True, check=False
    )


# What is given again ------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: "".join(form) or "text")
def test_who_asks_again_gets_the_same_bytes(log, form):
    """In every format, of several cuts, policies and places."""
    for question in QUESTIONS:
        arguments = ["state", *question, *form]
        assert given(*arguments) is None
        assert asked(*arguments) == worked_out(*arguments)
    assert len(names(log)) == len(QUESTIONS)


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: "".join(form) or "text")
def test_the_second_process_imports_nothing_that_works_out_answers(log, form):
    """Neither the library, nor what reads the command line or a database."""
    first, second = (process("state", "sakhour", *form, code=PROBE) for _ in range(2))
    assert (first.returncode, second.returncode) == (0, 0)
    assert first.stdout == second.stdout == worked_out("state", "sakhour", *form)
    slow = {
        "attrs",
        "click",
        "sqlite3",
        "projections",
        "timeline.replay.policies",
        "hashlib",
        "json",
    }
    assert slow <= set(first.stderr.decode().split()) | {"json"}
    assert slow.isdisjoint(second.stderr.decode().split())


def test_what_an_answer_is_made_by_lies_where_changes_are_noticed(log):
    """Each module that `state` imports of the program is one of the files that are compared."""
    tell = "lambda: sys.stderr.write('\\n'.join(str(getattr(one, '__file__', '')) for one in list(sys.modules.values())))"
    code = f"import atexit, sys; atexit.register({tell}); from cli import run; run()"
    folders = {ROOT / package for package in kept._PACKAGES}
    for arguments in ([], ["--recorded", "2100-01-01"], ["sakhour", "--csv"], ["--nl"], ["--json"]):
        files = map(Path, process("state", *arguments, code=code).stderr.decode().splitlines())
        inside = {
            file
            for file in files
            if file.is_relative_to(ROOT)
            and "site-packages" not in file.parts
            and file.suffix == ".py"
        }
        ours = {file for file in inside if ROOT / "tests" not in file.parents}
        assert {file for file in ours if file.parent not in folders} == {ROOT / "cli.py"}


def test_the_same_question_in_other_words_is_another(log):
    """What is compared is the command line as it was typed; the environment names the log where that does not."""
    asked(*STATE)
    for arguments in (
        ["state", "--json", "--log", "events.jsonl"],
        ["state", "--json", "--log=events.jsonl"],
        ["state", "--nl", "--json"][:2],
    ):
        assert given(*arguments) is None
        asked(*arguments)


def test_a_log_of_the_same_name_elsewhere_is_another(log, tmp_path_factory, monkeypatch):
    asked(*STATE)
    there = tmp_path_factory.mktemp("there")
    for file in (log, log.with_name("city.toml")):
        shutil.copy2(file, there)
    (there / "events.jsonl").write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[:9]))
    monkeypatch.setenv("TIMELINE_LOG", str(there / "events.jsonl"))
    assert given(*STATE) is None
    run("index")
    assert b'"events": 9,' in asked(*STATE)
    monkeypatch.delenv("TIMELINE_LOG")
    monkeypatch.setenv("TIMELINE_INDEX", str(there / "events.jsonl.index"))
    assert given(*STATE) is None


def test_a_link_to_a_log_is_followed(log):
    """What it leads to now is what was asked then, or nothing is given."""
    other = log.with_name("other.jsonl")
    other.write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[:9]))
    link = log.with_name("link.jsonl")
    link.symlink_to(log)
    run("index", "--log", "link.jsonl")
    asked("state", "--log", "link.jsonl")
    link.unlink()
    link.symlink_to(other)
    assert given("state", "--log", "link.jsonl") is None


# What is not kept ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--at", "28 Nov 2016"], 0),
        (["--at", f"{DAY}@yesterday", "--json"], 0),
        (["--without-source", "sohr"], 0),
        (["--without-event", "sakhour-seized-sohr", "--json"], 0),
        (["--with", os.devnull, "--json"], 0),
        (["--policy", "all"], 0),
        (["--policy", "all", "--json"], 0),
        (["--policy=all", "--nl"], 0),
        (["nowhere"], 2),
        (["--json", "--csv"], 2),
        (["--at", "2016-13"], 2),
        (["--at"], 2),
        (["-h"], 0),
        (["--log", "none.jsonl"], 1),
        (["--log", "x" * 300, "--json"], 1),
    ],
    ids=lambda one: " ".join(one)[:30] if isinstance(one, list) else "",
)
def test_what_says_more_than_the_index_does_is_not_kept(log, arguments, code):
    """A message beside the answer, a hypothesis, policies side by side, a failure: none would be told again."""
    assert "cannot be written" not in run("state", *arguments, code=code).stderr
    assert names(log) == []
    assert given("state", *arguments) is None


def test_what_was_recorded_by_then_is_kept_too(log):
    """It comes from the log in place of the index, and rests on the same."""
    assert asked("state", "--recorded", "2026-11-01", "--json") == worked_out(
        "state", "--recorded", "2026-11-01", "--json"
    )


def test_other_commands_are_not_kept(log):
    for arguments in (
        ["log"],
        ["show", "sakhour-seized-sohr", "--json"],
        ["history", "--json"],
        ["explain", "sakhour"],
    ):
        run(*arguments)
        assert given(*arguments) is None
    assert names(log) == []


def test_a_terminal_gets_its_own_answer(log):
    """Laid out for its width, and not kept; nor is it given what was kept for a pipe."""
    first = on_terminal(log.parent, "state")
    assert names(log) == []
    asked("state")
    assert on_terminal(log.parent, "state") == first


def test_a_log_without_an_index_has_no_answers(folder):
    run(*STATE)
    assert sorted(one.name for one in folder.iterdir()) == ["city.toml", "events.jsonl"]


def test_who_wants_no_index_is_given_nothing(log, monkeypatch):
    asked(*STATE)
    monkeypatch.setenv("TIMELINE_INDEX", "0")
    assert kept.basis(STATE) is None
    assert given(*STATE) is None


def test_a_torn_log_is_told_of_each_time(log):
    asked(*STATE)
    with log.open("ab") as file:
        file.write(b'{"id":')
    for _ in range(2):
        assert given(*STATE) is None
        assert "an unfinished last line" in run(*STATE).stderr


def test_a_log_without_events_is_told_of_each_time(log):
    """Its answer in JSON is followed by a failure."""
    log.write_bytes(b"")
    run("index")
    for _ in range(2):
        assert given(*STATE) is None
        assert "no events yet" in run(*STATE, code=4).stderr
    assert names(log) == []


def test_a_log_that_is_named_twice_is_the_one_that_was_asked(log):
    """Where the command line is misread here, the command has found another log, and nothing is kept."""
    other = log.with_name("other.jsonl")
    other.write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[:9]))
    run("index", "--log", "other.jsonl")
    arguments = ["state", "--json", "--log=other.jsonl", "--log", "events.jsonl"]
    run(*arguments)
    assert given(*arguments) is None
    assert not other.with_name("other.jsonl.index-answers").exists()
    assert names(log) == []
    assert asked("state", "--json", "--log", "other.jsonl", "--log", "events.jsonl") == worked_out(
        *STATE
    )


def test_what_changed_while_it_was_asked_is_not_kept(log):
    """The answer may be that of before or of after."""
    before = kept.basis(STATE)
    log.write_bytes(log.read_bytes() + b"\n")
    for then in (before, None):
        kept.keep(STATE, then, Path("events.jsonl"), b"old\n")
        assert names(log) == []
    kept.keep(STATE, kept.basis(STATE), Path("events.jsonl"), b"new\n")
    assert given(*STATE) == b"new\n"


# What an answer rests on --------------------------------------------------------------------------


def altered(file: Path, old: bytes, new: bytes) -> None:
    """Write other bytes in a file, whose length, inode and time stay as they were."""
    before = file.stat()
    content = file.read_bytes()
    assert content.count(old) >= 1
    with file.open("r+b") as there:
        there.write(content.replace(old, new, 1))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    after = file.stat()
    assert (after.st_ino, after.st_size, after.st_mtime_ns) == (
        before.st_ino,
        before.st_size,
        before.st_mtime_ns,
    )


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [("city.toml", b"Sakhour", b"SAKHOUR"), ("events.jsonl", b"opposition", b"government")],
)
def test_what_was_altered_and_dated_back_is_noticed(log, name, old, new):
    """In the city file and anywhere in the log."""
    asked(*STATE)
    sleep(0.02)
    altered(log.with_name(name), old, new)
    assert given(*STATE) is None


def test_other_last_bytes_are_noticed_where_no_stamp_tells(log, monkeypatch):
    monkeypatch.setattr(kept, "_stamp", lambda file: (1,))
    asked(*STATE)
    altered(log, log.read_bytes()[-30:], log.read_bytes()[-30:].swapcase())
    assert given(*STATE) is None


@pytest.mark.parametrize("name", ["city.toml", "events.jsonl"])
def test_a_file_that_was_replaced_or_is_gone_is_noticed(log, name):
    asked(*STATE)
    file = log.with_name(name)
    copy = file.with_name("copy")
    shutil.copy2(file, copy)
    copy.replace(file)
    assert given(*STATE) is None
    file.unlink()
    assert given(*STATE) is None


def test_another_program_gives_its_own_answers(log, monkeypatch):
    asked(*STATE)
    monkeypatch.setattr(kept, "_program", lambda: [("cli.py", 1, 1)])
    assert given(*STATE) is None


def test_every_file_of_the_program_is_looked_at(tmp_path, monkeypatch):
    """By its name, length and time."""
    for package in kept._PACKAGES:
        (tmp_path / package).mkdir(exist_ok=True)
        (tmp_path / package / "one.py").write_text("1")
    (tmp_path / "cli.py").write_text("1")
    monkeypatch.setattr(kept, "__file__", str(tmp_path / "timeline" / "kept.py"))
    seen = [list(kept._program())]
    for file in (
        tmp_path / "cli.py",
        *(tmp_path / package / "one.py" for package in kept._PACKAGES),
    ):
        os.utime(file, ns=(5, 5))
        seen.append(list(kept._program()))
        file.write_text("12")
        os.utime(file, ns=(5, 5))
        seen.append(list(kept._program()))
    (tmp_path / "projections" / "two.py").write_text("")
    seen.append(list(kept._program()))
    assert all(one not in seen[:number] for number, one in enumerate(seen))


def test_the_record_of_another_question_is_not_taken_for_this_one(log):
    """Two command lines may have the same number."""
    other = ["state", "--json", "--at", DAY]
    asked(*STATE)
    [name] = names(log)
    asked(*other)
    [second] = set(names(log)) - {name}
    shutil.copy(answers(log) / name, answers(log) / second)
    assert given(*other) is None
    assert asked(*other) == worked_out(*other)


# The folder of answers ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "harm",
    [
        lambda old: old[:-9],
        lambda old: old[:-9] + b"\n",
        lambda old: old + b"\n",
        lambda old: old[:99],
        lambda _: b"",
    ],
)
def test_what_was_kept_and_is_damaged_is_worked_out_anew(log, harm):
    """As after a power cut, which may leave a part of what was written."""
    asked(*STATE)
    [name] = names(log)
    (answers(log) / name).write_bytes(harm((answers(log) / name).read_bytes()))
    assert given(*STATE) is None
    asked(*STATE)


def test_an_altered_answer_is_worked_out_anew(log):
    answer = asked(*STATE)
    [name] = names(log)
    file = answers(log) / name
    file.write_bytes(file.read_bytes().replace(answer, answer.swapcase()))
    assert given(*STATE) is None


def test_an_answer_is_replaced_and_not_written_over(log):
    """Whoever reads the old one reads all of it."""
    asked(*STATE)
    [name] = names(log)
    with (answers(log) / name).open("rb") as reader:
        whole = (answers(log) / name).read_bytes()
        os.utime(log)
        asked(*STATE)
        assert reader.read() == whole != (answers(log) / name).read_bytes()


def test_where_no_answer_can_be_kept_none_is_and_nothing_is_told(log):
    """A file in the folder's place, or a folder in the answer's."""
    answers(log).write_bytes(b"")
    assert run(*STATE).stderr == ""
    assert answers(log).read_bytes() == b""
    answers(log).unlink()
    asked(*STATE)
    [name] = names(log)
    (answers(log) / name).unlink()
    (answers(log) / name).mkdir()
    told = run(*STATE)
    assert (told.stdout_bytes, told.stderr) == (worked_out(*STATE), "")
    assert given(*STATE) is None
    assert names(log) == [name]


def test_no_link_is_followed_to_keep_an_answer(log, tmp_path_factory, monkeypatch):
    """A log that comes from elsewhere, with links beside it, has nothing written or removed where they lead."""
    monkeypatch.setattr(kept, "MOST", 1)
    there = tmp_path_factory.mktemp("there")
    (there / "mine").write_bytes(b"mine")
    answers(log).symlink_to(there, target_is_directory=True)
    assert run(*STATE).stderr == ""
    assert [one.name for one in there.iterdir()] == ["mine"]
    answers(log).unlink()
    asked(*STATE)
    [name] = names(log)
    (answers(log) / name).unlink()
    (answers(log) / f"{name}-{os.getpid()}").symlink_to(there / "mine")
    monkeypatch.setattr(kept, "MOST", 9)
    asked(*STATE)
    assert (there / "mine").read_bytes() == b"mine"
    assert names(log) == [name]


def test_so_many_answers_are_kept_and_the_oldest_go(log, monkeypatch):
    monkeypatch.setattr(kept, "MOST", 3)
    days = [["state", "--at", f"2016-11-{day}", "--json"] for day in (20, 21, 22, 23, 24)]
    moments = count(1)
    for day in days:
        asked(*day)
        [new] = [one for one in answers(log).iterdir() if one.stat().st_mtime > 1000]
        os.utime(new, (next(moments),) * 2)
    assert [given(*day) is not None for day in days] == [False, False, True, True, True]


def test_an_answer_that_is_too_long_is_not_kept(log, monkeypatch):
    monkeypatch.setattr(kept, "LARGEST", 1000)
    run(*STATE)
    assert names(log) == []


@pytest.mark.parametrize("arguments", [[], ["--drop"]], ids=["built anew", "dropped"])
def test_an_index_takes_its_answers_with_it(log, arguments):
    """One that is caught up leaves them."""
    asked(*STATE)
    run("index")
    assert given(*STATE) is not None
    log.with_name("events.jsonl.index").write_bytes(b"nothing")
    run("index", *arguments)
    assert not answers(log).exists()


def test_processes_that_keep_at_once_keep_one_answer(log):
    """Each has the answer, and what is kept is whole."""
    expected = worked_out(*STATE)
    settings = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}
    running = [
        subprocess.Popen([*PROGRAM, *STATE], env=settings, stdout=subprocess.PIPE) for _ in range(4)
    ]
    assert [one.communicate()[0] for one in running] == [expected] * 4
    assert given(*STATE) == expected
    assert len(names(log)) == 1


# Where it is written ------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["latin-1", "ascii", "utf-16", "utf-8:replace", "UTF8"])
def test_a_stream_of_another_encoding_gets_what_it_got_before(log, encoding):
    asked("state")
    again, plain = (
        process("state", PYTHONIOENCODING=encoding, TIMELINE_INDEX=index) for index in ("", "0")
    )
    assert (again.returncode, again.stdout) == (plain.returncode, plain.stdout)


def shell(line: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a line of the shell in which ``TIMELINE`` is the program."""
    program = " ".join(f"'{part}'" for part in PROGRAM)
    settings = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "LANG": "C.UTF-8",
    } | environment
    return subprocess.run(
        ["bash", "-c", line.replace("TIMELINE", program)],
        env=settings,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("TIMELINE state --json | head -c 10; exit ${PIPESTATUS[0]}", 1),
        ("TIMELINE state --json > /dev/full", 1),
        ("TIMELINE state --json >&-", 0),
        ("TIMELINE state --json 2>&-", 0),
        ("env -u HOME TIMELINE state --json", 0),
    ],
)
def test_whoever_cannot_take_an_answer_is_told_as_the_first_time(log, line, code):
    """A reader that stops reading, a full disk, a stream that is closed: no traceback, and the same exit code."""
    assert len(asked(*STATE)) > 65536  # more than a pipe holds
    again, plain = (shell(line, TIMELINE_INDEX=index) for index in ("", "0"))
    assert (again.returncode, again.stdout, again.stderr) == (code, plain.stdout, plain.stderr)
    assert plain.returncode == code


@pytest.mark.parametrize("place", ["/", ".", "..", "/dev/null/index"])
def test_where_no_index_can_be_the_log_answers(log, place):
    told = process(*STATE, TIMELINE_INDEX=place)
    assert (told.returncode, told.stdout, told.stderr) == (0, worked_out(*STATE), b"")


def test_a_user_without_a_home_has_no_cache(log, monkeypatch):
    """Where nothing can be written beside the log either, the log answers."""
    run("index", "--drop")
    monkeypatch.setattr("os.access", lambda *_: False)
    monkeypatch.setattr("pathlib.Path.home", lambda: Path("~none").expanduser())
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    assert run(*STATE).stdout_bytes == worked_out(*STATE)
    assert given(*STATE) is None


def test_who_interrupts_is_told_no_traceback(log):
    asked(*STATE)
    settings = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}
    code = f"import signal; signal.signal(signal.SIGINT, signal.default_int_handler); {PROGRAM[-1]}"  # a shell may have it ignored
    command = [sys.executable, "-c", code, *STATE]
    with subprocess.Popen(
        command, env=settings, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        assert running.stdout is not None
        assert running.stdout.read(1) == b"{"
        sleep(0.1)
        running.send_signal(signal.SIGINT)
        _, told = running.communicate(timeout=30)
    assert (running.returncode, told) == (1, b"\nAborted!\n")


# The law ------------------------------------------------------------------------------------------


class LivingAnswers(LivingIndex):
    """A log with an index and answers beside it, and everything that can happen to any of them."""

    def __init__(self) -> None:
        super().__init__()
        self.places = (str(self.index), str(self.folder / "elsewhere"))
        self.place, self.program = self.places[0], 1

    def kept(self) -> list[Path]:
        return sorted(self.folder.glob("*-answers/*"))

    @rule(number=st.integers(0, 1))
    def put_the_index_elsewhere(self, number: int) -> None:
        self.place = self.places[number]
        self.index = Path(self.place)

    @rule()
    def change_the_program(self) -> None:
        self.program += 1

    @rule()
    def delete_answers(self) -> None:
        for folder in self.folder.glob("*-answers"):
            shutil.rmtree(folder)

    @rule(data=st.data())
    def harm_an_answer(self, data: DataObject) -> None:
        if self.kept():
            file = data.draw(st.sampled_from(self.kept()))
            content = file.read_bytes()
            size = max(0, len(content) - data.draw(st.integers(1, 400)))
            file.write_bytes(
                content[:size] + data.draw(st.sampled_from([b"", b"x", b"x" + content[size + 1 :]]))
            )

    @rule(data=st.data())
    def mistake_an_answer_for_another(self, data: DataObject) -> None:
        if self.kept():
            one, other = (data.draw(st.sampled_from(self.kept())) for _ in range(2))
            other.write_bytes(one.read_bytes())

    @rule(
        at=st.sampled_from(
            [(), ("--at", DAY), ("--at", "2016-11-27@2016-11-26"), ("--recorded", "2100")]
        ),
        places=st.sampled_from([(), ("hill",), ("garden", "market")]),
        form=st.sampled_from(FORMATS),
        policy=st.sampled_from([(), ("--policy", "cautious"), ("--policy", "all")]),
    )
    def ask_twice(
        self, at: tuple[str, ...], places: tuple[str, ...], form: list[str], policy: tuple[str, ...]
    ) -> None:
        self.assert_alike("state", *places, *at, *policy, *form)

    @invariant()
    def the_present_is_given_alike(self) -> None:
        self.assert_alike("state", "--json")

    def assert_alike(self, *arguments: str) -> None:
        """What is given, before and after it is asked, is what the log says, with no message and no failure."""
        arguments = (*arguments, "--log", str(self.path))
        with ExitStack() as stack:
            stack.enter_context(patch.dict(os.environ, TIMELINE_INDEX="0"))
            plain = run(*arguments, code=None)
            os.environ["TIMELINE_INDEX"] = self.place
            stack.enter_context(
                patch.object(kept, "_program", lambda: [("cli.py", self.program, 1)])
            )
            for ask in (given, lambda *again: run(*again, code=None).stdout_bytes, given):
                answer = ask(*arguments)
                assert answer in (None, plain.stdout_bytes)
                assert (
                    answer is None or ask is not given or (plain.exit_code, plain.stderr) == (0, "")
                )


TestLivingAnswers = LivingAnswers.TestCase
TestLivingAnswers.settings = settings(
    max_examples=15, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
)


NAMES = b'name = "Sakhour"', b'name = "SAKHOUR"'
LATE = "append control_change --place sakhour --actor opposition --source sohr --occurred 2016-11-28 --reported 2016-11-28"
STEPS = {
    "ask": lambda log, _: run(*STATE, "sakhour", "--log", str(log)),
    "ask in words": lambda log, _: run("state", "sakhour", "--log", str(log)),
    "append": lambda log, number: run(*LATE.split(), "--id", f"late-{number}", "--log", str(log)),
    "rename": lambda log, number: altered(
        log.with_name("city.toml"), *NAMES[:: 1 if number % 2 else -1]
    ),
    "drop": lambda log, _: run("index", "--drop", "--log", str(log), code=None),
    "mix up": lambda log, _: mix_up(answers(log)),
}
"""What can happen to a log between two questions; what is renamed an even number of times is called as before."""


def mix_up(folder: Path) -> None:
    """Put one kept answer in the place of all others."""
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    for file in files[1:]:
        file.write_bytes(files[0].read_bytes())


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@example(["ask in words", "append", "ask in words"])
@example(["ask in words", "rename", "ask in words"])
@example(["ask", "ask in words", "mix up"])
@given_steps(st.lists(st.sampled_from(sorted(STEPS)), max_size=7))
def test_whatever_happens_between_two_questions_what_is_given_is_what_the_log_says(steps):
    """Asked after each step, in both of the forms in which it was asked before."""
    with (
        TemporaryDirectory() as name,
        patch.dict(os.environ, TIMELINE_INDEX=str(Path(name) / "events.jsonl.index")),
    ):
        log = Path(name) / "events.jsonl"
        for file in ("events.jsonl", "city.toml"):
            shutil.copy(ROOT / file, name)
        run("index", "--log", str(log))
        for number, step in enumerate(steps):
            STEPS[step](log, steps[: number + 1].count(step))
            for form in (["state", "--json"], ["state"]):
                arguments = (*form, "sakhour", "--log", str(log))
                assert given(*arguments) in (None, worked_out(*arguments))
