"""Several writers, some of them killed, keep each acknowledgement and wait for no dead one."""

# seeds, not secrets

import os
import signal
import statistics
import sys
import time
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from writers import Piecemeal, Slow, Unlocked, Waiting, appending, child, of_many_sizes, statement

from timeline.errors import InvalidEvent, InvalidLog
from timeline.log.reader import check, read
from timeline.log.writer import append
from timeline.storage.disk import SYSTEM

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that fork")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """An empty log."""
    file = tmp_path / "events.jsonl"
    file.touch()
    return file


def hold(path: Path, acknowledged: list[str], tried: str) -> None:
    """Hold that each acknowledged event stands on one line, once, and that the log goes on."""
    log = read(path)
    lines = Counter(line for line in path.read_bytes().split(b"\n"))
    assert max(Counter(acknowledged).values(), default=1) == 1
    assert set(acknowledged) <= set(log.lines)
    for event in log.events:
        assert event.summary.endswith(event.id)
        assert set(event.summary.removesuffix(event.id)) == {"x"}
    for id in acknowledged:
        assert (
            sum(
                count
                for line, count in lines.items()
                if line.startswith(b'{"id":"%s",' % id.encode())
            )
            == 1
        )
    append(path, [statement(f"after-{tried}", "after")])
    after, problems = check(path)
    assert (problems, after.torn, after.strays) == ([], None, ())
    assert {*log.lines, f"after-{tried}"} == set(after.lines)


# Killed -------------------------------------------------------------------------------------------


def kill_writers(folder: Path, times: int, seed: int) -> tuple[int, int]:
    """Kill writers at random; return how many events were acknowledged and ends torn.

    Every other one writes piecemeal: whether a kill tears a single call of `write` is up to the
        kernel, and some never let it.
    """
    random = Random(seed)
    acknowledged, repaired, path, held = 0, 0, folder / "none", []
    for number in range(times):
        if number % 10 == 0:
            path, held = folder / f"log-{seed}-{number}.jsonl", []
            path.touch()
        writer = appending(
            path,
            of_many_sizes(f"w{number}", seed + number),
            Piecemeal() if number % 2 else SYSTEM,
        )
        time.sleep(random.random() ** 2 * 0.12)
        writer.kill()
        assert writer.wait() == -signal.SIGKILL
        held += writer.acknowledged
        acknowledged += len(writer.acknowledged)
        hold(path, held, str(number))
        if number % 10 == 9 or number == times - 1:
            repaired += len(read(path).repairs)
            path.unlink()
    return acknowledged, repaired


def test_what_a_killed_writer_acknowledged_is_there(tmp_path):
    """Twenty times; a thousand in the slow run."""
    acknowledged, _ = kill_writers(tmp_path, 20, seed=1)
    assert acknowledged > 5


@pytest.mark.slow
def test_what_a_killed_writer_acknowledged_is_there_a_thousand_times(tmp_path):
    acknowledged, repaired = kill_writers(tmp_path, 1000, seed=2)
    sys.stderr.write(
        f"\n1,000 kills: {acknowledged} events acknowledged, {repaired} torn ends recorded\n"
    )
    assert repaired > 0


def test_nobody_waits_for_the_dead(path):
    """A writer that is killed while it holds the lock frees it, and leaves no file."""

    def run(tell) -> None:
        handle = SYSTEM.open(path, writing=True)
        SYSTEM.lock(handle)
        tell("locked")
        time.sleep(60)

    holder = child(run)
    while not holder.told:
        holder.listen()
    holder.kill()
    append(path, [statement("a", "a")])
    holder.wait()
    assert [file.name for file in path.parent.iterdir()] == ["events.jsonl"]


# Many ---------------------------------------------------------------------------------------------


def crowd(path: Path, writers: int, events: int, *, kill: bool, seed: int = 0) -> list[float]:
    """Let many processes append, half of them to be killed; return how long each waited."""
    disk = Waiting()
    started = [
        appending(
            path,
            ([statement(f"w{name}-{number}", f"w{name}", 200)] for number in range(events)),
            disk,
        )
        for name in range(writers)
    ]
    if kill:
        random = Random(seed)
        for writer in started[::2]:
            time.sleep(random.random() * 0.05)
            writer.kill()
    ends = [writer.wait() for writer in started]
    told = [
        [one for one in writer.acknowledged if not one.startswith("waited")] for writer in started
    ]
    waits = [
        float(one)
        for writer in started
        for line in writer.acknowledged
        if line.startswith("waited")
        for one in line.split()[1:]
    ]
    for end, ids in zip(ends, told, strict=True):
        assert end in ((0, -signal.SIGKILL) if kill else (0,))
        assert [id.partition("-")[2] for id in ids] == [str(number) for number in range(len(ids))]
        assert end != 0 or len(ids) == events
    hold(path, [id for ids in told for id in ids], "crowd")
    return waits


def test_writers_at_once_lose_and_mix_nothing(path):
    """Six processes, twenty events each."""
    crowd(path, 6, 20, kill=False)


def test_writers_at_once_of_whom_half_are_killed(path):
    crowd(path, 6, 20, kill=True)


@pytest.mark.slow
@pytest.mark.parametrize("kill", [False, True], ids=["all live", "half are killed"])
@pytest.mark.parametrize(("writers", "events"), [(8, 250), (32, 60)])
def test_many_writers_at_once(path, writers, events, kill):
    """The waiting times are printed but not checked, as they depend on the machine."""
    waits = crowd(path, writers, events, kill=kill)
    p99 = statistics.quantiles(waits, n=100)[98]
    sys.stderr.write(
        f"\n{writers} × {events}, killed: {kill}: p99 {p99:.3f} s, longest {max(waits):.3f} s\n"
    )


def race(path: Path, disk) -> None:
    """Let four processes append the same ids; each id is acknowledged to one of them alone."""

    def run(name: str):
        def append_all(tell) -> None:
            for number in range(8):
                try:
                    append(path, [statement(f"r-{number}", name)], disk=disk)
                except (InvalidEvent, InvalidLog):
                    continue
                tell(f"r-{number}")

        return append_all

    racers = [child(run(f"racer-{name}")) for name in range(4)]
    for racer in racers:
        racer.wait()
    assert sorted(id for racer in racers for id in racer.acknowledged) == [
        f"r-{number}" for number in range(8)
    ]
    assert sorted(read(path).lines) == [f"r-{number}" for number in range(8)]


def test_an_id_is_acknowledged_to_one_writer_alone(path):
    """What one writer checks, no other can change before it has written."""
    race(path, Slow())


def test_without_the_lock_this_fails(path):
    """The test above catches a build that takes none."""
    with pytest.raises((AssertionError, InvalidLog)):
        race(path, Slow(Unlocked()))
