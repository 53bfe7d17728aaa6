"""Processes that append to a log and report what was acknowledged, until they are killed."""

import os
import select
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

from attrs import define, field

from timeline.domain.events import Event
from timeline.log.codec import CODEC
from timeline.log.writer import append
from timeline.storage.disk import SYSTEM, Disk, System

HEAD = {
    "type": "statement",
    "v": 1,
    "occurred": "2016",
    "reported": "2016",
    "stance": "comment",
    "topic": "t",
}
SIZES = (100, 300, 1000, 5000, 40_000, 300_000, 1_040_000)


def statement(id: str, source: str, size: int = 40) -> Event:
    """Return an event whose line is a little longer than `size` and ends with its id."""
    return CODEC.structure(HEAD | {"id": id, "source": source, "summary": "x" * size + id})


@define
class Waiting(System):
    """The system's disk, with the time that each lock was waited for."""

    waits: list[float] = field(factory=list)

    def lock(self, handle: int) -> None:
        start = time.perf_counter()
        super().lock(handle)
        self.waits.append(time.perf_counter() - start)


@define
class Unlocked(System):
    """A broken build: nobody waits for anybody."""

    def lock(self, handle: int) -> None:
        pass

    def unlock(self, handle: int) -> None:
        pass


@define
class Slow(System):
    """The system's disk, with the time between reading and writing drawn out."""

    inner: Disk = SYSTEM

    def lock(self, handle: int) -> None:
        self.inner.lock(handle)

    def unlock(self, handle: int) -> None:
        self.inner.unlock(handle)

    def write(self, handle: int, data: bytes) -> int:
        time.sleep(0.002)
        return super().write(handle, data)


@define
class Piecemeal(System):
    """The system's disk, writing piece by piece as any kernel may.

    A kill between two pieces tears the end of the log.
    """

    size: int = 16_384

    def write(self, handle: int, data: bytes) -> int:
        written = 0
        for start in range(0, len(data), self.size):
            written += super().write(handle, data[start : start + self.size])
            time.sleep(0.001)
        return written


@define
class Child:
    """A forked process that reports on a pipe, line by line."""

    pid: int
    pipe: int
    told: bytes = b""

    @property
    def acknowledged(self) -> list[str]:
        """Its whole lines; a last line that was cut off counts for nothing."""
        return self.told.decode().split("\n")[:-1]

    def kill(self) -> None:
        """Kill it at once."""
        os.kill(self.pid, signal.SIGKILL)

    def listen(self) -> None:
        """Read its reports so far."""
        while select.select([self.pipe], [], [], 0)[0] and (data := os.read(self.pipe, 1 << 16)):
            self.told += data

    def wait(self) -> int:
        """Read its reports until it ends, and return its exit code, below 0 for a signal."""
        while data := os.read(self.pipe, 1 << 16):
            self.told += data
        os.close(self.pipe)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


Tell = Callable[[str], None]


def child(run: Callable[[Tell], None]) -> Child:
    """Fork a process that runs a function, which is handed a way to report."""
    ours, theirs = os.pipe()
    pid = os.fork()
    if pid:
        os.close(theirs)
        return Child(pid, ours)
    status = 1
    try:
        os.close(ours)
        run(lambda text: os.write(theirs, f"{text}\n".encode()) and None)
        status = 0
    finally:
        os._exit(status)


def appending(path: Path, batches: Iterator[list[Event]], disk: Disk = SYSTEM) -> Child:
    """Start a process that appends batches and reports each id once it is acknowledged."""

    def run(tell: Tell) -> None:
        for batch in batches:
            for event in append(path, batch, disk=disk).written:
                tell(event.id)
        if isinstance(disk, Waiting):
            tell(" ".join(["waited", *map(str, disk.waits)]))

    return child(run)


def of_many_sizes(name: str, seed: int) -> Iterator[list[Event]]:
    """Yield batches without end: of one event of up to a megabyte, or of three smaller ones."""
    random, number = Random(seed), 0
    while True:
        count = random.choice((1, 1, 3))
        sizes = SIZES[:4] if count > 1 else SIZES
        ids = [f"{name}-{number + place}" for place in range(count)]
        yield [statement(id, name, random.choice(sizes)) for id in ids]
        number += count
