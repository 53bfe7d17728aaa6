"""The shape of the code, read from its text: what stays pure, what is explained, how long anything may be, and what a command loads."""

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts): path
    for path in sorted(
        [
            *ROOT.glob("timeline/**/*.py"),
            *ROOT.glob("projections/**/*.py"),
            ROOT / "cli.py",
            ROOT / "datasette_timeline.py",
        ]
    )
}
TREES = {module: ast.parse(path.read_text("utf-8")) for module, path in SOURCES.items()}
PURE = (
    "timeline.temporal.",
    "timeline.domain.events",
    "timeline.replay.",
    "timeline.analysis.",
    "projections.",
)
"""What replays: from events that were read to answers."""
IMPURE = {
    "asyncio", "builtins", "calendar", "click", "fcntl", "fileinput", "http", "importlib", "io", "locale", "logging", "multiprocessing",
    "os", "pathlib", "random", "rich", "secrets", "select", "shutil", "signal", "socket", "sqlite3", "sqlite_utils", "subprocess", "sys",
    "tempfile", "threading", "time", "urllib", "uuid",
}  # fmt: skip
"""What reads or writes, tells the time, draws lots or talks to a terminal: a projection needs none of it."""
CLOCKS = {"now", "utcnow", "today", "time", "monotonic"}
LONGEST_MODULE, LONGEST_FUNCTION = 400, 40
SLOW = {
    "cattrs", "rich", "sqlite_utils", "hypothesis", "difflib", "secrets", "cryptography", "rfc3161_client", "pyarrow", "numpy", "shapely",
    "resvg_py",
}  # fmt: skip
"""What costs more to import than the shipped log costs to read, and is not needed for it."""


def packages(module: str) -> set[str]:
    """Return the packages that a module imports, at its head, within functions, and for the type checker alone."""
    return {
        name.partition(".")[0] for name in chain.from_iterable(map(named, ast.walk(TREES[module])))
    }


def named(node: ast.AST) -> list[str]:
    """Return the modules that an import statement names."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [str(node.module)] if isinstance(node, ast.ImportFrom) else []


def calls(module: str) -> Iterator[tuple[str, bool]]:
    """Yield the names that a module calls, each with whether it is a method."""
    for node in ast.walk(TREES[module]):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func.attr, True
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id, False


def definitions(
    node: ast.AST, prefix: str
) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]]:
    """Yield the classes and functions of a module and of its classes, by their full name, public and private."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            name = f"{prefix}.{child.name}"
            yield name, child
            if isinstance(child, ast.ClassDef):
                yield from definitions(child, name)


def test_what_replays_opens_no_file_and_reads_no_clock():
    """Neither ``open`` nor ``datetime.now`` is called between a log that was read and its answer, and nothing is imported that would."""
    pure = [module for module in SOURCES if module.startswith(PURE)]
    assert {(module, name) for module in pure for name in packages(module) & IMPURE} == set()
    opened = {
        (module, name)
        for module in pure
        for name, method in calls(module)
        if not method and name in {"open", "print", "input"}
    }
    clocks = {
        (module, name)
        for module in pure
        for name, method in calls(module)
        if method and name in CLOCKS
    }
    assert opened | clocks == set()


def test_only_the_storage_locks_files():
    """What reads and appends asks `storage`, so that a simulated disk can stand in for the system's."""
    assert {module for module in SOURCES if "fcntl" in packages(module)} == {
        "timeline.storage.disk"
    }


def test_only_the_command_line_imports_click():
    """A library that needs no terminal is a library."""
    with_click = {module for module in SOURCES if "click" in packages(module)}
    assert {name for name in with_click if not name.startswith("timeline.cli.")} == {"cli"}


def test_all_that_is_written_goes_through_the_console():
    """There, once, it is seen to that no text steers a terminal."""
    writers = {"echo", "secho", "echo_via_pager", "print"}
    writing = {module for module in SOURCES for name, _ in calls(module) if name in writers}
    laying_out = {"timeline.text.terminal"}  # by the `print` of its console, into a text
    assert writing - laying_out == {"timeline.cli.console"}


def test_everything_public_has_a_docstring():
    """Modules, classes and functions say what they are for."""
    silent = [module for module in SOURCES if not ast.get_docstring(TREES[module])]
    for module, tree in TREES.items():
        for name, node in definitions(tree, module):
            hidden = any(part.startswith("_") for part in name.removeprefix(module).split("."))
            if not hidden and not ast.get_docstring(node):
                silent.append(name)
    assert silent == []


def test_no_module_and_no_function_is_too_long():
    """A function is read at a glance, and what does not fit in a module is two."""
    lengths = {
        module: len(path.read_text("utf-8").splitlines()) for module, path in SOURCES.items()
    }
    assert {module: length for module, length in lengths.items() if length > LONGEST_MODULE} == {}
    functions = [
        (module, node)
        for module, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    long = {
        (module, node.name)
        for module, node in functions
        if (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
    }
    assert long == set()


@pytest.mark.parametrize("arguments", [("state",), ("state", "--json"), ("log",)], ids=" ".join)
def test_reading_the_log_loads_nothing_slow(arguments):
    """A command that answers in a moment does not wait for libraries that it does not use."""
    command = [
        sys.executable,
        "-X",
        "importtime",
        "-c",
        "from cli import main; main()",
        *arguments,
        "--log",
        str(ROOT / "events.jsonl"),
    ]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    modules = {
        line.rpartition("|")[2].strip()
        for line in done.stderr.splitlines()
        if line.startswith("import time:")
    }
    assert "timeline.replay.engine" in modules
    assert {name for name in modules if name.partition(".")[0] in SLOW} == set()
