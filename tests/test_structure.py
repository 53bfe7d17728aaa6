"""The shape of the code, read from its text: who may import whom, what stays pure, what is explained, and how long anything may be."""

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts): path
    for path in sorted([*ROOT.glob("timeline/**/*.py"), *ROOT.glob("projections/**/*.py"), ROOT / "cli.py", ROOT / "datasette_timeline.py"])
}
MODULES = [pytest.param(name, id=name) for name in SOURCES]
IN_TIMELINE = [pytest.param(name, id=name) for name in SOURCES if name.startswith("timeline.")]
IN_PROJECTIONS = [pytest.param(name, id=name) for name in SOURCES if name.startswith("projections.") and not name.endswith("__init__")]

LAYERS = (
    {"alike", "merkle", "sphere"},
    {"errors"},
    {"edtf"},
    {"when"},
    {"events", "phrases"},
    {"strictjson", "city", "cells", "tables", "checkpoint"},
    {"codec", "admitted", "keys", "words"},
    {"policies", "familiar"},
    {"projection"},
    {"engine", "answers", "tallies", "skim", "rows"},
    {"whatif", "board"},
    {"state", "sweep", "diff", "explain", "assessing"},
    {"hindsight", "trials"},
    {"drawing.geometry", "drawing.lettering", "page.points"},
    {"drawing.labels"},
    {"drawing.flows", "drawing.style"},
    {"drawing.captions", "drawing.svg", "page.coding"},
)
"""The core of `timeline` from the bottom up; a module may import what lies in a lower layer, and nothing else of the package."""

LAYER_OF = {f"timeline.{name}": height for height, names in enumerate(LAYERS) for name in sorted(names)}

IMPURE = {
    "asyncio", "builtins", "calendar", "click", "fcntl", "fileinput", "http", "importlib", "io", "locale", "logging", "multiprocessing",
    "os", "pathlib", "random", "rich", "secrets", "select", "shutil", "signal", "socket", "sqlite3", "sqlite_utils", "subprocess", "sys",
    "tempfile", "threading", "time", "urllib", "uuid",
}  # fmt: skip
"""What reads or writes, tells the time, draws lots or talks to a terminal: a projection needs none of it."""

CLOCKS = {"now", "utcnow", "today", "time", "monotonic"}
LONGEST_MODULE, LONGEST_FUNCTION = 400, 40
ELSEWHERE = {
    "timeline.exports",
    "timeline.imports",
    "timeline.boundaries",
    "timeline.sweep",
    "timeline.explain",
    "timeline.hindsight",
    "timeline.diff",
    "timeline.assessing",
    "timeline.typed",
}
"""What other questions are answered with."""
SLOW = (
    "cattrs",
    "rich",
    "sqlite_utils",
    "hypothesis",
    "difflib",
    "secrets",
    "cryptography",
    "rfc3161_client",
    "pyarrow",
    "numpy",
    "shapely",
    "resvg_py",
)
"""What costs more to import than the shipped log costs to read, and is not needed for it."""
FOR_A_PLACE = {
    "alike", "answers", "cells", "city", "cityfile", "commands", "commands.completing", "commands.filtering", "console", "derived",
    "edtf", "engine", "errors", "events", "fingerprint", "indexed", "indexing", "intake", "kept", "memory", "phrases", "policies",
    "projection", "questions", "rows", "state", "storage", "store", "tables", "tallies", "timeline", "whatif", "when",
}  # fmt: skip
"""The modules of `timeline` by which an index answers `state PLACE --json`; each takes its part of the moment that it takes to start."""
LIBRARIES = "import attrs, click, gc, atexit, hashlib, json, locale, pathlib, sqlite3, tomllib, unicodedata, zlib, zoneinfo"
"""What they need of others; click imports `locale` itself when it runs."""


@cache
def tree(module: str) -> ast.Module:
    return ast.parse(SOURCES[module].read_text("utf-8"))


def named(node: ast.AST, package: str) -> Iterator[str]:
    """Yield the modules that an import statement names: of ``from timeline import log`` the module `timeline.log`."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        assert node.level == 0, f"a relative import in {package}"
        for alias in node.names:
            inner = f"{node.module}.{alias.name}"
            yield inner if inner in SOURCES else str(node.module)


def imports(module: str) -> set[str]:
    """Return all that a module imports, at its head, within functions, and for the type checker alone."""
    return set(chain.from_iterable(named(node, module) for node in ast.walk(tree(module))))


def packages(module: str) -> set[str]:
    return {name.partition(".")[0] for name in imports(module)}


def definitions(node: ast.AST, prefix: str) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]]:
    """Yield the classes and functions of a module and of its classes, by their full name, public and private."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            name = f"{prefix}.{child.name}"
            yield name, child
            if isinstance(child, ast.ClassDef):
                yield from definitions(child, name)


# Who may import whom --------------------------------------------------------------------------------------------------------------


def test_the_modules_of_the_table_of_layers_are_there():
    """A table of names that no file has would hold nothing."""
    assert set(LAYER_OF) <= set(SOURCES)


@pytest.mark.parametrize("module", IN_TIMELINE)
def test_the_library_imports_neither_the_projections_nor_the_command_line(module):
    """`timeline` is given its projections, so that one more of them is a matter of one more file."""
    assert packages(module).isdisjoint({"projections", "cli", "datasette_timeline", "datasette"})


@pytest.mark.parametrize("module", [pytest.param(name, id=name) for name in LAYER_OF])
def test_the_core_imports_from_lower_layers_only(module):
    """Dates know nothing of events, events nothing of the codec, and so on up to the replay."""
    inside = {name for name in imports(module) if name.partition(".")[0] == "timeline"}
    assert {name for name in inside if LAYER_OF.get(name, len(LAYERS)) >= LAYER_OF[module]} == set()


@pytest.mark.parametrize("module", IN_PROJECTIONS)
def test_projections_do_not_import_each_other(module):
    """A question is answered from the events alone, never from another answer."""
    assert "projections" not in packages(module)


@pytest.mark.parametrize("module", IN_PROJECTIONS)
def test_projections_import_nothing_impure(module):
    """No file, no clock, no chance, no terminal: replay is deterministic."""
    assert packages(module) & IMPURE == set()
    assert {name for name in imports(module) if name.partition(".")[0] == "timeline"} <= set(LAYER_OF)


@pytest.mark.parametrize("module", [*IN_PROJECTIONS, *(pytest.param(name, id=name) for name in LAYER_OF)])
def test_what_replays_opens_no_file_and_reads_no_clock(module):
    """Neither ``open`` nor ``datetime.now`` is called between a log that was read and its answer."""
    calls = [node.func for node in ast.walk(tree(module)) if isinstance(node, ast.Call)]
    assert [call.id for call in calls if isinstance(call, ast.Name) and call.id in {"open", "print", "input", "exec", "eval"}] == []
    assert [call.attr for call in calls if isinstance(call, ast.Attribute) and call.attr in CLOCKS] == []


def test_only_the_storage_touches_the_file_of_a_log():
    """What reads and appends asks `storage`, so that a simulated disk can stand in for the system's."""
    assert {module for module in SOURCES if "fcntl" in packages(module)} == {"timeline.storage"}
    for name in ("log", "append", "known"):
        assert packages(f"timeline.{name}").isdisjoint({"os", "io", "fcntl", "shutil"})
        calls = [node.func for node in ast.walk(tree(f"timeline.{name}")) if isinstance(node, ast.Call)]
        assert {call.attr for call in calls if isinstance(call, ast.Attribute)}.isdisjoint(
            {"read_bytes", "write_bytes", "read_text", "unlink"}
        )


@pytest.mark.parametrize("module", [pytest.param(name, id=name) for name in SOURCES if name.startswith("timeline.exports.")])
def test_formats_touch_no_file(module):
    """A format turns what was asked into text or bytes; only the files of packages are read, and only `placing` writes."""
    if module != "timeline.exports.parts":
        assert packages(module).isdisjoint(IMPURE - {"io", "importlib"})


@pytest.mark.parametrize("name", ["log", "append", "storage", "known", "store"])
def test_the_log_and_the_index_know_no_projection(name):
    """What stores events does not know what is asked of them."""
    if f"timeline.{name}" in SOURCES:
        assert "projections" not in packages(f"timeline.{name}")


def test_only_the_command_line_imports_click():
    """A library that needs no terminal is a library."""
    with_click = {module for module in SOURCES if "click" in packages(module)}
    assert {name for name in with_click if not name.startswith("timeline.commands.")} == {"cli", "timeline.console"}


def test_all_that_is_written_goes_through_the_console():
    """There, once, it is seen to that no text steers a terminal."""
    writers = {"echo", "secho", "echo_via_pager", "print"}
    calls = {
        (module, node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id)
        for module in SOURCES
        for node in ast.walk(tree(module))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name)
    }
    assert {module for module, name in calls if name in writers} - {"timeline.tables"} == {"timeline.console"}  # its `print` lays out


# What is said of it, and how long it is -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("module", MODULES)
def test_everything_public_has_a_docstring(module):
    """Modules, classes and functions say what they are for."""
    silent = [module] if not ast.get_docstring(tree(module)) else []
    for name, node in definitions(tree(module), module):
        hidden = any(part.startswith("_") for part in name.removeprefix(module).split("."))
        if not hidden and not ast.get_docstring(node):
            silent.append(name)
    assert silent == []


@pytest.mark.parametrize("module", MODULES)
def test_no_module_is_too_long(module):
    """What does not fit is two modules."""
    assert len(SOURCES[module].read_text("utf-8").splitlines()) <= LONGEST_MODULE


@pytest.mark.parametrize("module", MODULES)
def test_no_function_is_too_long(module):
    """A function is read at a glance."""
    functions = [node for node in ast.walk(tree(module)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    lengths = {node.name: (node.end_lineno or node.lineno) - node.lineno + 1 for node in functions}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION} == {}


# What a command loads -------------------------------------------------------------------------------------------------------------


def loaded(*arguments: str, log: str = str(ROOT / "events.jsonl")) -> set[str]:
    """Return the modules that a command imports."""
    return imported("from cli import main; main()", *arguments, "--log", log)


def imported(code: str, *arguments: str) -> set[str]:
    """Return the modules that a program imports."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-X", "importtime", "-c", code, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return {line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time:")}


@pytest.mark.parametrize("arguments", [("state",), ("state", "--json"), ("log",)], ids=" ".join)
def test_reading_the_log_loads_nothing_slow(arguments):
    """A command that answers in a moment does not wait for libraries that it does not use."""
    modules = loaded(*arguments)
    assert {"attrs", "click", "timeline.engine"} <= modules
    assert {name for name in modules if name.partition(".")[0] in SLOW} == set()
    assert modules.isdisjoint(ELSEWHERE)


@pytest.fixture(scope="module")
def indexed_log(tmp_path_factory) -> str:
    """Return the shipped log in a folder of its own, with an index."""
    folder = tmp_path_factory.mktemp("indexed")
    for name in ("city.toml", "events.jsonl"):
        (folder / name).write_bytes((ROOT / name).read_bytes())
    log = str(folder / "events.jsonl")
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", "from cli import main; main()", "index", "--log", log], check=True, env=environment)
    return log


def test_an_index_is_read_without_what_reads_lines(indexed_log):
    """Of a log with an index, `state` imports neither what decodes lines nor what builds indexes."""
    modules = loaded("state", "--at", "2016-11-28", log=indexed_log)
    assert {"timeline.store", "sqlite3"} <= modules
    decoding = {"msgspec", "timeline.admitted", "timeline.log", "timeline.codec", "timeline.growing", "timeline.filling"}
    assert modules.isdisjoint(decoding | ELSEWHERE)
    assert {name for name in modules if name.partition(".")[0] in SLOW} == set()


def test_an_index_answers_about_a_place_with_what_it_needs_and_no_more(indexed_log):
    """Most of that moment is spent on imports: one that is not needed for it is made where it is needed."""
    modules = loaded("state", "sakhour", "--json", "--at", "2016-11-28", "--known", "2016-11-28", log=indexed_log)
    ours = {name for name in modules if name.partition(".")[0] in ("timeline", "projections", "cli")}
    questions = {name for name in SOURCES if name.partition(".")[0] == "projections"} - {"projections.__init__"}
    assert ours - questions == {"cli", "projections", "timeline", *(f"timeline.{name}" for name in FOR_A_PLACE)}
    assert modules - ours - imported(LIBRARIES) == set()
