"""Measure what it costs to append safely, against the least that the disk asks for it.

    python benchmarks/appending.py [RUNS] [FOLDER]

Two questions: how many single events a second does a log take that is kept open, against a bare
loop of lock, write, sync and unlock that writes the same lines; and how fast is a batch of 10,000
appended, against encoding and writing those lines with one sync. Both are measured in turn, on the
same disk, so that a disk whose speed drifts slows both. The folder should be on a disk, not in
memory.
"""

import fcntl
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import click
from attrs import evolve
from generate import city_text, lines

from timeline.domain.events import Event, Retraction
from timeline.log.codec import CODEC
from timeline.timeline import Timeline

SINGLE, BATCH = 400, 10_000
Way = Callable[[Path, Sequence[Event]], float]
"""A way of writing events to a log, which returns the seconds that it took."""


def drawn(count: int) -> list[Event]:
    """Return events as they come to be appended: not recorded yet, and no retractions.

    A retraction may come too early here.
    """
    drawn = (evolve(CODEC.decode(line.encode()), recorded=None) for line in lines(2 * count))
    return [event for event in drawn if not isinstance(event, Retraction)][:count]


def bare_singles(log: Path, events: Sequence[Event]) -> float:
    """Write each line under the lock and sync it; encode nothing and check nothing."""
    encoded = [CODEC.encode(event) + b"\n" for event in events]
    start = time.perf_counter()
    handle = os.open(log, os.O_RDWR | os.O_APPEND)
    for line in encoded:
        fcntl.flock(handle, fcntl.LOCK_EX)
        os.write(handle, line)
        os.fsync(handle)
        fcntl.flock(handle, fcntl.LOCK_UN)
    os.close(handle)
    return time.perf_counter() - start


def library_singles(log: Path, events: Sequence[Event]) -> float:
    """Append each event to a log that is kept open."""
    timeline = Timeline.open(log, ())
    start = time.perf_counter()
    with timeline.writing() as append:
        for event in events:
            append([event])
    return time.perf_counter() - start


def bare_batch(log: Path, events: Sequence[Event]) -> float:
    """Encode all events, write their lines and sync once."""
    start = time.perf_counter()
    handle = os.open(log, os.O_RDWR | os.O_APPEND)
    os.write(handle, b"".join(CODEC.encode(event) + b"\n" for event in events))
    os.fsync(handle)
    os.close(handle)
    return time.perf_counter() - start


def library_batch(log: Path, events: Sequence[Event]) -> float:
    """Append all events at once."""
    timeline = Timeline.open(log, ())
    start = time.perf_counter()
    timeline.append(events)
    return time.perf_counter() - start


def compare(ways: Mapping[str, Way], count: int, runs: int, folder: str | None) -> None:
    """Run some ways in turn, and print a row for each: events a second, spread, share of the first.

    Each run has a fresh log; a round before the others warms the caches.
    """
    events = drawn(count)
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(runs + 1):
        for name, way in ways.items():
            seconds[name].append(_run(way, events, folder))
    floor = next(iter(seconds.values()))[1:]
    for name, (_, *taken) in seconds.items():
        rates = [count / each for each in taken]
        share = statistics.median(bare / each for bare, each in zip(floor, taken, strict=True))
        spread = f"{min(rates):,.0f}–{max(rates):,.0f}"
        click.echo(f"| {name} | {statistics.median(rates):,.0f} | {spread} | {share:.2f} |")


def _run(way: Way, events: Sequence[Event], folder: str | None) -> float:
    with tempfile.TemporaryDirectory(dir=folder) as place:
        log = Path(place) / "events.jsonl"
        (log.parent / "city.toml").write_text(city_text(), "utf-8")
        log.touch()
        return way(log, events)


@click.command()
@click.argument("runs", type=int, default=9)
@click.argument("folder", type=click.Path(), required=False)
def main(runs: int, folder: str | None) -> None:
    """Measure RUNS appends in FOLDER, and print the table."""
    machine = f"{platform.machine()}, {os.cpu_count()} processors"
    click.echo(f"Python {platform.python_version()}, {machine}, {runs} runs\n")
    click.echo("| appending | median events/s | spread | share |\n|---|---|---|---|")
    singles = {
        f"{SINGLE} × lock, write, sync": bare_singles,
        f"{SINGLE} × append": library_singles,
    }
    batches = {
        f"{BATCH:,} encoded, written, synced": bare_batch,
        f"{BATCH:,} appended": library_batch,
    }
    compare(singles, SINGLE, runs, folder)
    compare(batches, BATCH, runs, folder)


if __name__ == "__main__":
    main()
