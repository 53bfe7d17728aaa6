"""Measure whole processes against a floor in the same run, and print the medians and their ratios.

    python benchmarks/run.py [RUNS]

Three questions: what does `timeline state` cost on the log that comes with the project, against the bare imports of its libraries; what
does a state cost on 100,000 events with no index, against parsing the same lines with the standard library; and how fast are the same lines
verified against a seal, against plain SHA-256 of each of them. Commands are run in turn, so that a machine whose speed drifts slows both;
peak memory is that of the process itself. Verifying is measured within one process, without its start.
"""

import hashlib
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from generate import write

from timeline.seals import seal
from timeline.verifying import verify

ROOT = Path(__file__).parents[1]
COUNT = 100_000


def state(log: Path, *options: str) -> list[str]:
    """Return the command that prints the state of a log: what the console script `timeline` runs."""
    return [sys.executable, "-c", "from cli import run; run()", "state", "--log", str(log), *options]


def bare(code: str) -> list[str]:
    """Return the command that runs a line of Python."""
    return [sys.executable, "-c", code]


def measure(command: Sequence[str]) -> tuple[float, float]:
    """Return the seconds and the peak memory in MB of one run of a command."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=ROOT)  # noqa: S603  # our own commands
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{' '.join(command)} failed")
    return time.perf_counter() - start, _megabytes(usage)


def compare(commands: Mapping[str, Sequence[str]], runs: int) -> None:
    """Run commands in turn and print a row for each: median, spread, ratio to the first, memory."""
    figures: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    for number in range(runs + 1):
        for name, command in commands.items():
            figure = measure(command)
            if number:  # the first round warms the caches
                figures[name].append(figure)
    floor = statistics.median(seconds for seconds, _ in next(iter(figures.values())))
    for name, taken in figures.items():
        seconds = [one for one, _ in taken]
        median = statistics.median(seconds)
        memory = max(one for _, one in taken)
        print(f"| {name} | {median:.3f} | {min(seconds):.3f}–{max(seconds):.3f} | {median / floor:.2f} | {memory:.0f} |")  # noqa: T201


def plain(log: Path) -> None:
    """Hash each line of a log, and do nothing with it."""
    with log.open("rb") as file:
        for line in file:
            hashlib.sha256(line).digest()


def verifying(log: Path, runs: int) -> None:
    """Seal a log, then hash it plainly and verify it in turn, and print a row for each: processor time, and lines a second as a ratio."""
    print("\n| in one process | median s | spread s | rate to the first |\n|---|---|---|---|")  # noqa: T201
    done = seal(log, otherwise="benchmark")
    work: dict[str, Callable[[Path], object]] = {f"SHA-256 of each of {done.added:,} lines": plain, "verify them": verify}
    figures: dict[str, list[float]] = {name: [] for name in work}
    for number in range(runs + 1):
        for name, call in work.items():
            start = time.process_time()
            call(log)
            if number:
                figures[name].append(time.process_time() - start)
    floor = statistics.median(next(iter(figures.values())))
    for name, seconds in figures.items():
        median = statistics.median(seconds)
        print(f"| {name} | {median:.3f} | {min(seconds):.3f}–{max(seconds):.3f} | {floor / median:.2f} |")  # noqa: T201


def main(runs: int) -> None:
    """Print the tables."""
    print(f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} processors, {runs} runs\n")  # noqa: T201
    print("| command | median s | spread s | ratio | peak MB |\n|---|---|---|---|---|")  # noqa: T201
    shipped = ROOT / "events.jsonl"
    compare(
        {"import click, attrs, cattrs": bare("import click, attrs, cattrs"), "state, 39 events": state(shipped, "--at", "2016-11-28")}, runs
    )
    with tempfile.TemporaryDirectory() as folder:
        write(COUNT, Path(folder))
        log = Path(folder) / "events.jsonl"
        parse = f"import json\nfor line in open({str(log)!r}): json.loads(line)"
        compare({f"json.loads, {COUNT:,} lines": bare(parse), f"state, {COUNT:,} events": state(log, "--at", "2016-10-01")}, runs)
        verifying(log, runs)


def _megabytes(usage: "resource.struct_rusage") -> float:
    return usage.ru_maxrss / (1024 if sys.platform != "darwin" else 1024 * 1024)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
