"""Break the core at random, one small change at a time, and count how many the tests catch.

    python benchmarks/mutants.py [--mutants 300] [--seed 14] [--workers 2]

A mutant is one module of the weighing with one comparison, connective, constant, call or negation
changed. The sample is the same for the same seed and code. Each is tried with the quick tests of
the core, and those that survive with the laws, too. What still survives is listed, as a change.
"""

import ast
import os
import random
import shutil
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from pathlib import Path
from queue import Queue
from tempfile import TemporaryDirectory
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
REPLAY = [
    "speakers",
    "histories",
    "stands",
    "taking_back",
    "tenures",
    "leading",
    "weighing",
    "shares",
    "policies",
]
CORE = [f"timeline/replay/{name}.py" for name in (*REPLAY, "division")]
QUICK = [
    "tests/projections/test_battles.py",
    "tests/projections/test_control_cases.py",
    *(f"tests/replay/test_{name}.py" for name in REPLAY),
]
LAWS = ["tests/replay", "tests/projections", "tests/system/test_mosul.py"]
SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
}
CALLS = {"min": "max", "max": "min", "any": "all", "all": "any"}
CALLS |= {"bisect_left": "bisect_right", "bisect_right": "bisect_left"}


class Mutant(NamedTuple):
    """A change of one module, and the module as it is with it."""

    module: str
    line: int
    change: str
    source: str


def mutants(module: str) -> Iterator[Mutant]:
    """Yield all mutants of a module."""
    tree = ast.parse((ROOT / module).read_text("utf-8"))
    nodes = list(ast.walk(tree))
    for place, node in enumerate(nodes):
        for number in range(_ways(node)):
            changed = deepcopy(tree)
            target = list(ast.walk(changed))[place]
            change = _change(target, number)
            line = getattr(node, "lineno", 0)
            yield Mutant(module, line, change, ast.unparse(ast.fix_missing_locations(changed)))


def _ways(node: ast.AST) -> int:
    """Return in how many ways a node can be changed."""
    if isinstance(node, ast.Compare):
        return sum(type(operator) in SWAPS for operator in node.ops)
    if isinstance(node, ast.BoolOp | ast.BinOp):
        return int(type(node.op) in SWAPS)
    if isinstance(node, ast.UnaryOp):
        return int(isinstance(node.op, ast.Not))
    if isinstance(node, ast.Call):
        return int(isinstance(node.func, ast.Name) and node.func.id in CALLS)
    if isinstance(node, ast.Constant):
        return int(type(node.value) in (bool, int))
    return 0


def _change(node: ast.AST, number: int) -> str:
    """Change a node in place; return the change in words."""
    before = ast.unparse(node)
    if isinstance(node, ast.Compare):
        node.ops[number] = SWAPS[type(node.ops[number])]()  # type: ignore[call-overload]  # an operator
    elif isinstance(node, ast.BoolOp | ast.BinOp):
        node.op = SWAPS[type(node.op)]()  # type: ignore[assignment]  # of the same kind
    elif isinstance(node, ast.UnaryOp):
        node.op = ast.UAdd()
        node.operand = ast.Call(ast.Name("bool", ast.Load()), [node.operand], [])
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        node.func.id = CALLS[node.func.id]
    elif isinstance(node, ast.Constant):
        flipped = not node.value if isinstance(node.value, bool) else int(str(node.value)) + 1
        node.value = flipped
    return f"{before}  →  {ast.unparse(node)}"


def caught(mutant: Mutant, folder: Path) -> bool:
    """Return whether the tests fail with a mutant, in a copy of the project."""
    path = folder / mutant.module
    original = path.read_text("utf-8")
    path.write_text(mutant.source, "utf-8")
    try:
        return _fails(QUICK, folder, 120) or _fails(LAWS, folder, 900)
    finally:
        path.write_text(original, "utf-8")


def _fails(tests: Sequence[str], folder: Path, seconds: int) -> bool:
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-n0", "-p", "no:cacheprovider", *tests]
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        return True
    return done.returncode != 0


def main() -> None:
    """Try a sample of mutants, and print those that survive and how many were caught."""
    parser = ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--mutants", type=int, default=300)
    parser.add_argument("--seed", type=int, default=14)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    every = [mutant for module in CORE for mutant in mutants(module)]
    sample = random.Random(asked.seed).sample(every, min(asked.mutants, len(every)))
    with TemporaryDirectory() as temporary:
        folders: Queue[Path] = Queue()
        for worker in range(asked.workers):
            folder = Path(temporary) / str(worker)
            ignored = shutil.ignore_patterns(".git", ".venv", "*.index", "__pycache__")
            shutil.copytree(ROOT, folder, ignore=ignored)
            folders.put(folder)

        def tried(mutant: Mutant) -> bool:
            folder = folders.get()
            try:
                return caught(mutant, folder)
            finally:
                folders.put(folder)

        with ThreadPoolExecutor(asked.workers) as pool:
            results = list(zip(sample, pool.map(tried, sample), strict=True))
    for mutant, was_caught in results:
        if not was_caught:
            sys.stdout.write(f"survived: {mutant.module}:{mutant.line}: {mutant.change}\n")
    number = sum(was_caught for _, was_caught in results)
    share = f"{number} of {len(results)} caught, {number / len(results):.1%}"
    sys.stdout.write(f"{share}; of {len(every)} mutants in all\n")


if __name__ == "__main__":
    main()
