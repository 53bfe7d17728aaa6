"""What the documents show is what happens: every command in them is run, and the reference is the commands' own help."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from timeline.analysis.omissions import REASONS
from timeline.analysis.rules import RULES

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
BIN = Path(sys.executable).parent
DOCUMENTS = {"README.md": True, "docs/guide.md": False, "docs/method.md": True}
"""The documents whose commands are run, and whether they begin with a copy of the log of Aleppo or in an empty folder."""


def blocks(kind: str, text: str = README) -> list[str]:
    """Return the code blocks of a kind, in the README if no other text is given."""
    return [body for info, body in fenced(text) if info == kind]


def fenced(text: str) -> list[tuple[str, str]]:
    """Return the code blocks of a document in order: what stands behind the opening mark, and the text."""
    return re.findall(r"^```([^\n]*)\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)


def transcript(block: str) -> list[tuple[str, str]]:
    """Return the commands of a console block, each with the output shown for it."""
    parts = re.split(r"^\$ (.*)\n", block, flags=re.MULTILINE)
    return list(zip(parts[1::2], parts[2::2], strict=True))


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_console_block_prints_what_it_shows(document, tmp_path):
    """A document's examples, run one after another in one folder, print what stands there; a block with a file's name is that file."""
    for name in ("events.jsonl", "city.toml") if DOCUMENTS[document] else ():
        shutil.copy(ROOT / name, tmp_path)
    environment = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    steps = 0
    for info, body in fenced((ROOT / document).read_text("utf-8")):
        kind, _, file = info.partition(" ")
        if file:
            (tmp_path / file).write_text(body, "utf-8")
        for command, shown in transcript(body) if kind == "console" else ():
            run = subprocess.run(
                ["bash", "-c", command],
                cwd=tmp_path,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
            assert (run.returncode, run.stdout) == (0, shown), command
            steps += 1
    assert steps >= 6


def test_the_method_names_every_rule_and_every_reason():
    """Whoever reads a name in an explanation finds it in the page on method."""
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
    promises = re.split(
        r"^\*\*P(\d+)\. ", (ROOT / "docs" / "promises.md").read_text("utf-8"), flags=re.MULTILINE
    )[1:]
    assert list(map(int, promises[::2])) == list(range(1, len(promises) // 2 + 1))
    for promise in promises[1::2]:
        held = promise.partition("Held by")[2]
        named = re.findall(r"`(test_\w+|\w+\.py)`", held)
        assert named
        assert all(list((ROOT / "tests").rglob(f"{name.removesuffix('.py')}.py")) for name in named)


@pytest.mark.slow
def test_the_first_command_works_on_a_fresh_machine(tmp_path):
    """With Python and pip alone, a copy of the repository sets itself up and prints the state of Aleppo."""
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    for name in tracked:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    first, second = (block.strip() for block in blocks("sh"))
    run = subprocess.run(
        ["bash", "-c", first], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout == transcript(blocks("console")[0])[0][1]
    assert second.endswith(".venv/bin/pytest -n auto")
