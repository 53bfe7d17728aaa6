"""The floors of the house: a package imports from lower floors only, and no import leads back."""

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parents[2]
FLOORS = (
    {"errors"},
    {"temporal", "storage"},
    {"domain", "text"},
    {"log", "replay"},
    {"evidence", "index", "analysis"},
    {"timeline"},
    {"reports", "imports"},
    {"exports", "visual", "server", "sql"},
    {"cli"},
)
"""The packages of `timeline` from the ground up; those of one floor do not import each other."""
FLOOR = {f"timeline.{name}": height for height, names in enumerate(FLOORS) for name in names}
PROJECTIONS_MAY = {"timeline.temporal", "timeline.domain", "timeline.text", "timeline.replay"}
SOURCES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for folder in ("timeline", "projections")
    for path in (ROOT / folder).rglob("*.py")
}


def imports(module: str) -> Iterator[str]:
    """Yield the modules of this project that a module imports, wherever in it the import stands."""
    for node in ast.walk(ast.parse(SOURCES[module].read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"a relative import in {module}"
            inner = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (name if name in SOURCES else str(node.module) for name in inner)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def package(module: str) -> str:
    """Return the package or flat module of `timeline` that a module belongs to."""
    return ".".join(module.split(".")[:2])


GRAPH = {module: {name for name in imports(module) if name in SOURCES} for module in SOURCES}


def test_every_package_has_its_floor():
    """A new package is given its floor before anything is built on it."""
    assert {package(module) for module in SOURCES if module.startswith("timeline.")} == set(FLOOR)


def test_a_package_imports_from_lower_floors_only():
    """Dates know nothing of events, events nothing of the log, and so on up to the commands."""
    arrows = {
        (package(a), package(b))
        for a in GRAPH
        for b in GRAPH[a]
        if a.startswith("timeline.") and b != "timeline"
    }
    assert {(a, b) for a, b in arrows if a != b and FLOOR.get(b, len(FLOORS)) >= FLOOR[a]} == set()


def test_projections_import_the_replay_and_what_it_stands_on():
    """A question is answered from the events alone, never from another answer, and by no input or output."""
    targets = {package(b) for a in GRAPH for b in GRAPH[a] if a.startswith("projections.")}
    assert targets <= PROJECTIONS_MAY


def test_no_import_leads_back():
    """Modules can be read from the ground up, each after those that it needs."""
    order = TopologicalSorter(
        {a: {b for b in named if b != "timeline"} for a, named in GRAPH.items()}
    )
    assert list(order.static_order())
