"""The documents hold: their commands print what they show, and all that they name is there."""

import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from commandline import run

from timeline.analysis.omissions import REASONS
from timeline.analysis.rules import RULES

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
BIN = Path(sys.executable).parent
DOCUMENTS = {"README.md": True, "docs/guide.md": False, "docs/method.md": True}
"""The documents whose commands are run, and whether they begin with the log of Aleppo."""
OURS = re.compile(r"(?:cd (?P<folder>\w+) && )?timeline (?P<words>[^|&;<>$`]*)(?:\| (?P<pipe>.*))?")
"""A command of ours, perhaps in a folder, whose output may go into a pipe."""


def fenced(text: str) -> Iterator[tuple[str, str]]:
    """Yield the code blocks of a document: the words behind the opening mark, and the text."""
    for block in re.finditer(r"^```([^\n]*)\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL):
        yield block[1], block[2]


def blocks(kind: str) -> list[str]:
    """Return the code blocks of a kind in the README."""
    return [body for info, body in fenced(README) if info == kind]


def transcript(block: str) -> list[tuple[str, str]]:
    """Return the commands of a console block, each with the output shown for it."""
    parts = re.split(r"^\$ (.*)\n", block, flags=re.MULTILINE)
    return list(zip(parts[1::2], parts[2::2], strict=True))


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_console_block_prints_what_it_shows(document, tmp_path, monkeypatch):
    """All in one folder, one after another; a block with the name of a file is that file."""
    monkeypatch.setenv("PATH", f"{BIN}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.delenv("TIMELINE_LOG", raising=False)
    for name in ("events.jsonl", "city.toml") if DOCUMENTS[document] else ():
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    steps = 0
    for info, body in fenced((ROOT / document).read_text("utf-8")):
        kind, _, file = info.partition(" ")
        if file:
            (tmp_path / file).write_text(body, "utf-8")
        for command, shown in transcript(body) if kind == "console" else ():
            monkeypatch.chdir(tmp_path)
            assert printed(command) == (0, shown), command
            steps += 1
    assert steps >= 6


def printed(command: str) -> tuple[int, str]:
    """Return the exit code and the output of a command; ours need no process each."""
    ours = OURS.fullmatch(command)
    if not ours:
        return in_shell(command)
    os.chdir(ours["folder"] or ".")
    result = run(*shlex.split(ours["words"]), code=None)
    if ours["pipe"]:
        return in_shell(ours["pipe"], result.stdout)
    return result.exit_code, result.stdout


def in_shell(command: str, given: str = "") -> tuple[int, str]:
    done = subprocess.run(
        ["bash", "-c", command], input=given, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout


def test_the_method_names_every_rule_and_every_reason():
    """A reader of an explanation finds its words in the page on method."""
    text = (ROOT / "docs" / "method.md").read_text("utf-8")
    assert [name for name in RULES if name.replace("_", " ") not in text] == []
    assert [name for name in REASONS if name not in text] == []


def test_the_library_example_runs():
    """The Python of the README runs as it stands, in the repository."""
    (example,) = blocks("python")
    subprocess.run([sys.executable, "-c", example], cwd=ROOT, check=True)


def test_the_command_reference_is_current():
    """docs/commands.md is what `python docs/commands.py` writes."""
    spec = importlib.util.spec_from_file_location("commands", ROOT / "docs" / "commands.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert (ROOT / "docs" / "commands.md").read_text("utf-8") == module.reference()


def test_every_relative_link_leads_somewhere():
    """No document links to a file that is not there."""
    for document in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))):
        for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", document.read_text("utf-8")):
            assert (document.parent / target).exists(), f"{document.name} links to {target}"


def test_every_promise_has_its_tests():
    """The promises are numbered without a gap, and each names tests that are there."""
    text = (ROOT / "docs" / "promises.md").read_text("utf-8")
    numbers_and_promises = re.split(r"^\*\*P(\d+)\. ", text, flags=re.MULTILINE)[1:]
    numbers, promises = numbers_and_promises[::2], numbers_and_promises[1::2]
    assert numbers == [str(number) for number, _ in enumerate(promises, 1)]
    files = {path.stem for path in (ROOT / "tests").rglob("*.py")}
    for promise in promises:
        named = re.findall(r"`(test_\w+|\w+\.py)`", promise.partition("Held by")[2])
        assert named
        assert {name.removesuffix(".py") for name in named} <= files


@pytest.mark.slow
def test_the_first_command_works_on_a_fresh_machine(tmp_path):
    """A copy of the repository sets itself up with Python and pip alone, and prints the state."""
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in listed.stdout.splitlines():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    first, second = (block.strip() for block in blocks("sh"))
    done = subprocess.run(
        ["bash", "-c", first], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == transcript(blocks("console")[0])[0][1]
    assert second.endswith(".venv/bin/pytest -n auto")
