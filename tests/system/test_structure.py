"""The shape of the code: what stays pure, how long anything may be, and what a command loads."""

import ast
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from sources import ROOT, TREES, imports, package

PURE_PACKAGES = {"timeline.temporal", "timeline.replay", "timeline.analysis", "projections"}
PURE = [module for module in TREES if package(module) in PURE_PACKAGES] + ["timeline.domain.events"]
"""The modules that replay: from events that were read to answers."""
IMPURE = {
    *("asyncio", "builtins", "calendar", "click", "fcntl", "fileinput", "http", "importlib", "io"),
    *("locale", "logging", "multiprocessing", "os", "pathlib", "random", "rich", "secrets"),
    *("select", "shutil", "signal", "socket", "sqlite3", "sqlite_utils", "subprocess", "sys"),
    *("tempfile", "threading", "time", "urllib", "uuid"),
}
"""Libraries that read or write, tell the time, draw lots or talk to a terminal."""
STREAMS = {"open", "print", "input"}
CLOCKS = {"now", "utcnow", "today", "time", "monotonic"}
WRITERS = {"echo", "secho", "echo_via_pager", "print"}
SLOW = {
    *("cattrs", "rich", "sqlite_utils", "hypothesis", "difflib", "secrets", "cryptography"),
    *("rfc3161_client", "pyarrow", "numpy", "shapely", "resvg_py"),
}
"""Libraries that cost more to import than the shipped log costs to read without them."""
FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef
LONGEST_MODULE, LONGEST_FUNCTION = 400, 40


def libraries(module: str) -> set[str]:
    """Return the top-level packages that a module imports."""
    return {name.partition(".")[0] for name in imports(module)}


def calls(module: str) -> Iterator[ast.expr]:
    """Yield what a module calls: names, attributes and other expressions."""
    for node in ast.walk(TREES[module]):
        if isinstance(node, ast.Call):
            yield node.func


def functions_called(module: str) -> set[str]:
    return {called.id for called in calls(module) if isinstance(called, ast.Name)}


def methods_called(module: str) -> set[str]:
    return {called.attr for called in calls(module) if isinstance(called, ast.Attribute)}


@pytest.mark.parametrize("module", PURE)
def test_what_replays_opens_no_file_and_reads_no_clock(module):
    """Nor does it import what would: an answer follows from the events and the question alone."""
    assert libraries(module) & IMPURE == set()
    assert functions_called(module) & STREAMS == set()
    assert methods_called(module) & CLOCKS == set()


def test_only_the_storage_locks_files():
    """A simulated disk can stand in for the system's."""
    locking = {module for module in TREES if "fcntl" in libraries(module)}
    assert locking == {"timeline.storage.disk"}


def test_only_the_command_line_imports_click():
    """A library that needs no terminal is a library."""
    with_click = {package(module) for module in TREES if "click" in libraries(module)}
    assert with_click == {"timeline.cli", "cli"}


def test_all_that_is_written_goes_through_the_console():
    """It sees to it, in one place, that no text steers a terminal."""
    writing = {m for m in TREES if (functions_called(m) | methods_called(m)) & WRITERS}
    laying_out = {"timeline.text.terminal"}  # by the `print` of its console
    assert writing - laying_out == {"timeline.cli.console"}


@pytest.mark.parametrize("module", TREES)
def test_no_module_and_no_function_is_too_long(module):
    """A function is read at a glance, and what does not fit in a module is two."""
    tree = TREES[module]
    assert tree.body[-1].end_lineno <= LONGEST_MODULE
    functions = [node for node in ast.walk(tree) if isinstance(node, FUNCTION)]
    lengths = {node.name: node.end_lineno - node.lineno + 1 for node in functions}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FUNCTION} == {}


@pytest.mark.parametrize("command", ["state", "state --json", "log"])
def test_reading_the_log_loads_nothing_slow(command):
    """A command that answers in a moment does not wait for libraries that it does not use."""
    program = [sys.executable, "-X", "importtime", "-c", "from cli import main; main()"]
    done = subprocess.run(
        [*program, *command.split(), "--log", str(ROOT / "events.jsonl")],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    reports = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    modules = {report.rpartition("|")[2].strip() for report in reports}
    assert "timeline.replay.engine" in modules
    assert {name for name in modules if name.partition(".")[0] in SLOW} == set()
