"""The modules of the program as syntax trees, for the tests of its shape."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
TOP = ("cli.py", "datasette_timeline.py")
FILES = [*map(ROOT.joinpath, TOP), *ROOT.glob("timeline/**/*.py"), *ROOT.glob("projections/*.py")]


def _name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


TREES = {_name(path): ast.parse(path.read_text("utf-8")) for path in sorted(FILES)}
"""Each module by its full name."""


def imports(module: str) -> Iterator[str]:
    """Yield the modules that a module imports, wherever in it the import stands."""
    for node in ast.walk(TREES[module]):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"a relative import in {module}"
            for alias in node.names:
                name = f"{node.module}.{alias.name}"
                yield name if name in TREES else str(node.module)


def package(module: str) -> str:
    """Return the package of `timeline` that a module belongs to, or the module at the top."""
    depth = 2 if module.startswith("timeline.") else 1
    return ".".join(module.split(".")[:depth])
