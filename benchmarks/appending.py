"""Measure what it costs to append safely, against the least that the disk asks for it, in the same run on the same disk.

    python benchmarks/appending.py [RUNS] [FOLDER]

Two questions: how many single events a second does a log take that is kept open, against a bare
loop of lock, write, sync and unlock that writes the same lines; and how fast is a batch of 10,000
appended, against encoding and writing those lines with one sync. Both are measured in turn, so that
a disk whose speed drifts slows both. The folder should be on a disk, not in memory.
"""

# ruff: noqa: T201  # figures for people

import fcntl
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from attrs import evolve
from generate import city_text, lines

from timeline.domain.events import Event, Retraction
from timeline.log.codec import CODEC
from timeline.timeline import Timeline

SINGLE, BATCH = 400, 10_000


def events(count: int) -> list[Event]:
    """Return events as they come to be appended: not recorded yet, and no retraction, which may come too early here."""
    drawn = (evolve(CODEC.decode(line.encode()), recorded=None) for line in lines(2 * count))
    return [event for event in drawn if not isinstance(event, Retraction)][:count]


def bare_singles(log: Path, given: Sequence[Event]) -> None:
    """Write each line under the lock and sync it; encode nothing and check nothing."""
    encoded = [CODEC.encode(event) + b"\n" for event in given]
    start = time.perf_counter()
    handle = os.open(log, os.O_RDWR | os.O_APPEND)
    for line in encoded:
        fcntl.flock(handle, fcntl.LOCK_EX)
        os.write(handle, line)
        os.fsync(handle)
        fcntl.flock(handle, fcntl.LOCK_UN)
    os.close(handle)
    spent.append(time.perf_counter() - start)


def library_singles(log: Path, given: Sequence[Event]) -> None:
    """Append each event to a log that is kept open."""
    timeline = Timeline.open(log, ())
    start = time.perf_counter()
    with timeline.writing() as append:
        for event in given:
            append([event])
    spent.append(time.perf_counter() - start)


def bare_batch(log: Path, given: Sequence[Event]) -> None:
    """Encode all events, write their lines and sync once."""
    start = time.perf_counter()
    handle = os.open(log, os.O_RDWR | os.O_APPEND)
    os.write(handle, b"".join(CODEC.encode(event) + b"\n" for event in given))
    os.fsync(handle)
    os.close(handle)
    spent.append(time.perf_counter() - start)


def library_batch(log: Path, given: Sequence[Event]) -> None:
    """Append all events at once."""
    timeline = Timeline.open(log, ())
    start = time.perf_counter()
    timeline.append(given)
    spent.append(time.perf_counter() - start)


spent: list[float] = []
"""The seconds of each run, in turn."""


def compare(
    ways: Mapping[str, Callable[[Path, Sequence[Event]], None]],
    given: Sequence[Event],
    runs: int,
    folder: str | None,
) -> None:
    """Run some ways in turn, each on a fresh log, and print a row for each: events a second, spread, share of the first."""
    spent.clear()
    for _ in range(runs + 1):
        for way in ways.values():
            with tempfile.TemporaryDirectory(dir=folder) as place:
                log = Path(place) / "events.jsonl"
                (log.parent / "city.toml").write_text(city_text(), "utf-8")
                log.touch()
                way(log, given)
    taken = {
        name: spent[place + len(ways) :: len(ways)] for place, name in enumerate(ways)
    }  # the first round warms the caches
    shares = [
        [bare / one for bare, one in zip(next(iter(taken.values())), seconds, strict=True)]
        for seconds in taken.values()
    ]
    for (name, seconds), share in zip(taken.items(), shares, strict=True):
        rates = [len(given) / one for one in seconds]
        spread = f"{min(rates):,.0f}–{max(rates):,.0f}"
        print(
            f"| {name} | {statistics.median(rates):,.0f} | {spread} | {statistics.median(share):.2f} |"
        )


def main(runs: int, folder: str | None) -> None:
    """Print the table."""
    print(
        f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} processors, {runs} runs\n"
    )
    print("| appending | median events/s | spread | share |\n|---|---|---|---|")
    compare(
        {f"{SINGLE} × lock, write, sync": bare_singles, f"{SINGLE} × append": library_singles},
        events(SINGLE),
        runs,
        folder,
    )
    compare(
        {f"{BATCH:,} encoded, written, synced": bare_batch, f"{BATCH:,} appended": library_batch},
        events(BATCH),
        runs,
        folder,
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 9, sys.argv[2] if len(sys.argv) > 2 else None)
