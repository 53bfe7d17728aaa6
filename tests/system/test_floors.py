"""The floors of the house: a package imports from lower floors only, and no import leads back."""

from graphlib import TopologicalSorter

from sources import TREES, imports, package

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
IMPORTS = {module: {name for name in imports(module) if name in TREES} for module in TREES}
ARROWS = {(package(module), package(name)) for module in IMPORTS for name in IMPORTS[module]}


def test_every_package_has_its_floor():
    """A new package is given its floor before anything is built on it."""
    assert {package(module) for module in TREES if module.startswith("timeline.")} == set(FLOOR)


def test_a_package_imports_from_lower_floors_only():
    """Dates know nothing of events, events nothing of the log, and so on up to the commands."""
    top = len(FLOORS)  # whatever belongs to no floor
    upward = {(a, b) for a, b in ARROWS if a in FLOOR and FLOOR.get(b, top) >= FLOOR[a]}
    assert {(a, b) for a, b in upward if a != b} == set()


def test_projections_import_the_replay_and_what_it_stands_on():
    """A question is answered from the events alone, never from another answer."""
    assert {b for a, b in ARROWS if a == "projections"} - {"projections"} <= PROJECTIONS_MAY


def test_no_import_leads_back():
    """Modules can be read from the ground up, each after those that it needs."""
    assert list(TopologicalSorter(IMPORTS).static_order())
