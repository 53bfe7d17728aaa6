"""Questions are asked of generated logs in one folder, and come to rows that may have a target."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

from attrs import frozen

from benchmarks.measure import ROOT, Case, Figure, interleaved, nothing

PROGRAM = (sys.executable, "-c", "from cli import run; run()")
"""The program, as its console script runs it."""
OURS = ("events.jsonl", "city.toml")
"""The files of a timeline that are not derived from others."""


@frozen
class Target:
    """A limit for the median of a row.

    Attributes:
        sign: ``≤`` for a median that may not be greater, ``≥`` for one that may not be less.
        limit: in the unit of the row.
    """

    sign: Literal["≤", "≥"]
    limit: float

    def met(self, median: float) -> bool:
        """Return whether a median keeps the limit."""
        return median <= self.limit if self.sign == "≤" else median >= self.limit


def most(limit: float) -> Target:
    """Return a target that is met from below."""
    return Target("≤", limit)


def least(limit: float) -> Target:
    """Return a target that is met from above."""
    return Target("≥", limit)


@frozen
class Row:
    """One line of the table.

    Attributes:
        question: what was measured, against what.
        values: one for each round; none where it was not measured.
        unit: of the values: ``×`` for a ratio.
        target: the limit for the median; None where there is none.
    """

    question: str
    values: tuple[float, ...]
    unit: str = "×"
    target: Target | None = None


@frozen
class Bench:
    """The folder of the logs, and how often commands are run.

    Attributes:
        folder: where logs are made.
        runs: how often each command is run.
        slow: up to how many events the slowest rivals are asked.
    """

    folder: Path
    runs: int
    slow: int = 100_000

    def log(self, count: int, versions: int = 1) -> Path:
        """Return a log of so many events, made if it is not there."""
        folder = self.folder / f"{count}-{versions}"
        if not folder.exists():
            self.apart("generate", count, folder, versions)
        return folder / "events.jsonl"

    def slow_size(self, sizes: Sequence[int]) -> int:
        """Return the largest size that the slowest rivals are asked; 0 for none."""
        return max((size for size in sizes if size <= self.slow), default=0)

    def apart(self, module: str, *arguments: object) -> None:
        """Run a module of the benchmarks as a process of its own.

        The memory of a process that is measured is at least that of the process that starts it.
        """
        command = _module(module, arguments)
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)

    def command(
        self, *arguments: object, prepare: Callable[[], None] = nothing, **environment: str
    ) -> Case:
        """Return the case of a command of ours."""
        command = [*PROGRAM, *map(str, arguments)]
        return Case(command, prepare, self.environment | environment)

    def state(
        self, log: Path, *options: str, prepare: Callable[[], None] = nothing, **environment: str
    ) -> Case:
        """Return the case of asking for a state, as a program that reads it would."""
        arguments = ("state", "--json", "--log", log, *options)
        return self.command(*arguments, prepare=prepare, **environment)

    def module(self, name: str, *arguments: object, prepare: Callable[[], None] = nothing) -> Case:
        """Return the case of a module of the benchmarks."""
        return Case(_module(name, arguments), prepare, self.environment)

    @property
    def environment(self) -> dict[str, str]:
        """The variables that keep whatever is derived within the folder."""
        return {"XDG_CACHE_HOME": str(self.folder / "cache"), "BEANCOUNT_DISABLE_LOAD_CACHE": "1"}

    def measure(self, cases: Mapping[str, Case]) -> dict[str, Figure]:
        """Return the figures of some cases, run in turn after a round that is not counted."""
        return interleaved(cases, self.runs)

    def measure_slow(self, cases: Mapping[str, Case], *, warm: bool = False) -> dict[str, Figure]:
        """Return the figures of some slow cases, run in turn three times at most."""
        return interleaved(cases, min(self.runs, 3), warm=warm)

    def once(self, case: Case) -> Figure:
        """Return the figure of one run."""
        return interleaved({"once": case}, 1, warm=False)["once"]

    def cold(self, log: Path) -> None:
        """Take away everything that was derived from a log."""
        shutil.rmtree(self.folder / "cache", ignore_errors=True)
        for path in log.parent.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            elif path.name not in OURS:
                path.unlink()

    def derived(self, log: Path) -> int:
        """Return how many bytes were derived from a log."""
        paths = [*log.parent.iterdir(), *(self.folder / "cache").rglob("*")]
        files = (path for path in paths if path.is_file() and path.name not in OURS)
        return sum(path.stat().st_size for path in files)


def bare(code: str) -> Case:
    """Return the case of a line of Python."""
    return Case([sys.executable, "-c", code])


def installed(name: str) -> str | None:
    """Return the version of a distribution, None for one that is not installed."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def has(name: str) -> bool:
    """Return whether a distribution is installed."""
    return installed(name) is not None


def _module(name: str, arguments: Sequence[object]) -> list[str]:
    return [sys.executable, "-m", f"benchmarks.{name}", *map(str, arguments)]
