"""Commands measured in turn, so that a machine whose speed drifts slows all of them, and compared round by round."""

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


def _nothing() -> None:
    return None


class Failed(Exception):
    """A command that is measured did not do what it should."""


@frozen
class Case:
    """A command that is measured, and what is done before each run of it, which is not.

    Attributes:
        command: the command and its arguments.
        prepare: what is done before each run.
        environment: what is added to the environment.
    """

    command: Sequence[str]
    prepare: Callable[[], None] = _nothing
    environment: Mapping[str, str] = field(factory=dict)


@frozen
class Figure:
    """What the runs of a command came to, in the order of the rounds.

    Attributes:
        seconds: how long each took, from its start to its end.
        megabytes: the peak memory of each, or of the largest process that it waited for.
        told: what each printed as its last line, if that is a JSON object.
    """

    seconds: tuple[float, ...]
    megabytes: tuple[float, ...]
    told: tuple[Mapping[str, Any], ...] = ()

    def own(self, name: str) -> tuple[float, ...]:
        """Return a figure that the command measured itself, as the time of one call."""
        return tuple(float(told[name]) for told in self.told)


def interleaved(cases: Mapping[str, Case], runs: int, *, warm: bool = True) -> dict[str, Figure]:
    """Run commands in turn, `runs` times each, after one round that is not counted where `warm`; raise `Failed` if one fails."""
    taken: dict[str, list[tuple[float, float, Mapping[str, Any]]]] = {name: [] for name in cases}
    for number in range(runs + warm):
        for name, case in cases.items():
            case.prepare()
            figure = _run(case)
            if number >= warm:
                taken[name].append(figure)
    return {
        name: Figure(*map(tuple, zip(*figures, strict=True))) for name, figures in taken.items()
    }


def _run(case: Case) -> tuple[float, float, Mapping[str, Any]]:
    environment = {**os.environ, "NO_COLOR": "1", **case.environment}
    environment.pop(
        "PYTHONDONTWRITEBYTECODE", None
    )  # a program is compiled once, when it is installed
    start = time.perf_counter()
    process = subprocess.Popen(case.command, stdout=subprocess.PIPE, cwd=ROOT, env=environment)  # noqa: S603  # our own commands
    assert process.stdout is not None
    told = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if status:
        raise Failed(f"{' '.join(case.command)} ended with {process.returncode}")
    last = told.rstrip(b"\n").rpartition(b"\n")[
        2
    ]  # what is done with the answer is no time of the command
    return (
        seconds,
        usage.ru_maxrss / (1024 if sys.platform != "darwin" else 1024 * 1024),
        _object(last),
    )


def _object(line: bytes) -> Mapping[str, Any]:
    try:
        value = json.loads(line)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def ratios(a: Sequence[float], b: Sequence[float]) -> tuple[float, ...]:
    """Return how often each of `b` goes into that of `a` of the same round."""
    return tuple(one / other for one, other in zip(a, b, strict=True))


def spread(values: Sequence[float]) -> dict[str, float]:
    """Return the median, the least and the greatest of some values."""
    return {"median": statistics.median(values), "least": min(values), "greatest": max(values)}
