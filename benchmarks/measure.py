"""Commands are measured in turn and compared round by round.

So a machine whose speed drifts slows all of them alike.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import field, frozen

ROOT = Path(__file__).parents[1]
UNIT = 1024 * 1024 if sys.platform == "darwin" else 1024
"""How many of the units of ``ru_maxrss`` are a megabyte."""


def nothing() -> None:
    """Prepare nothing."""


class Failed(Exception):
    """A command that is measured did not do what it should."""


@frozen
class Case:
    """A command that is measured, and its preparation, which is not.

    Attributes:
        command: the command and its arguments.
        prepare: what is done before each run.
        environment: what is added to the environment.
    """

    command: Sequence[str]
    prepare: Callable[[], None] = nothing
    environment: Mapping[str, str] = field(factory=dict)


@frozen
class Run:
    """One run of a command.

    Attributes:
        seconds: how long it took, from its start to its end.
        megabytes: its peak memory, or that of the largest process that it waited for.
        answer: the JSON object that it printed as its last line; empty where it printed none.
    """

    seconds: float
    megabytes: float
    answer: Mapping[str, Any]


@frozen
class Figure:
    """The runs of a command, in the order of the rounds."""

    runs: tuple[Run, ...]

    @property
    def seconds(self) -> tuple[float, ...]:
        """How long each run took."""
        return tuple(run.seconds for run in self.runs)

    @property
    def megabytes(self) -> tuple[float, ...]:
        """The peak memory of each run."""
        return tuple(run.megabytes for run in self.runs)

    def own(self, name: str) -> tuple[float, ...]:
        """Return a figure that the command measured itself, such as the time of one call."""
        return tuple(float(run.answer[name]) for run in self.runs)


def interleaved(cases: Mapping[str, Case], runs: int, *, warm: bool = True) -> dict[str, Figure]:
    """Run commands in turn, `runs` times each; raise `Failed` if one fails.

    With `warm` there is one round before, which is not counted.
    """
    if warm:
        _round(cases)
    rounds = [_round(cases) for _ in range(runs)]
    columns = zip(*(taken.values() for taken in rounds), strict=True)
    return dict(zip(cases, map(Figure, columns), strict=True))


def _round(cases: Mapping[str, Case]) -> dict[str, Run]:
    runs = {}
    for name, case in cases.items():
        case.prepare()
        runs[name] = _run(case)
    return runs


def _run(case: Case) -> Run:
    environment = {**os.environ, "NO_COLOR": "1", **case.environment}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # a program is compiled when it is installed
    start = time.perf_counter()
    process = subprocess.Popen(case.command, stdout=subprocess.PIPE, cwd=ROOT, env=environment)
    assert process.stdout is not None
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if status:
        raise Failed(f"{' '.join(case.command)} ended with {process.returncode}")
    return Run(seconds, usage.ru_maxrss / UNIT, _answer(output))


def _answer(output: bytes) -> Mapping[str, Any]:
    """Return the JSON object in the last line of an output, an empty one for none."""
    last = output.rstrip(b"\n").rpartition(b"\n")[2]
    try:
        value = json.loads(last)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def ratios(a: Sequence[float], b: Sequence[float]) -> tuple[float, ...]:
    """Return each of `a` over that of `b` in the same round."""
    return tuple(x / y for x, y in zip(a, b, strict=True))


def spread(values: Sequence[float]) -> dict[str, float]:
    """Return the median, the least and the greatest of some values."""
    return {"median": statistics.median(values), "least": min(values), "greatest": max(values)}
