"""Only a process of our own can tell the time of a library call, of decoding and of verifying.

    python -m benchmarks.ours NAME LOG [AT KNOWN]

A command prints, as its last line, a JSON object with what it measured itself.
"""

import hashlib
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from benchmarks.rivals.reports import tell
from projections import PROJECTIONS
from timeline.evidence.seals import seal
from timeline.evidence.verify import verify
from timeline.log import reader
from timeline.timeline import Timeline

CALLS = 5


def library(log: Path, at: str, known: str) -> None:
    """Open a timeline by its index, and ask it for the city and for one place."""
    start = time.perf_counter()
    with Timeline.indexed(log, PROJECTIONS, build=True) as timeline:
        tell(
            opened=time.perf_counter() - start,
            city=_call(lambda: timeline.state(at, known)),
            place=_call(lambda: timeline.state(at, known, places=["d7"])),
            unknown=_call(lambda: timeline.state(at)),
        )


def decode(log: Path) -> None:
    """Decode every line, and keep nothing."""
    start = time.perf_counter()
    with log.open("rb") as file:
        for line in file:
            reader.decode(line.rstrip(b"\n"))
    tell(seconds=time.perf_counter() - start)


def verifying(log: Path) -> None:
    """Seal a log, then verify it and hash its lines plainly, in turn."""
    seal(log, otherwise="benchmark")
    tell(verify=_call(lambda: verify(log)), plain=_call(lambda: _hash(log)))


def _hash(log: Path) -> None:
    with log.open("rb") as file:
        for line in file:
            hashlib.sha256(line).digest()


def _call(call: Callable[[], object]) -> float:
    """Return the median of the seconds that some calls take, after one that is not counted."""
    call()
    taken = []
    for _ in range(CALLS):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return median(taken)


COMMANDS: dict[str, Callable[..., None]] = {
    "library": library,
    "decode": decode,
    "verifying": verifying,
}
"""The commands that can be run as a process."""

if __name__ == "__main__":
    COMMANDS[sys.argv[1]](Path(sys.argv[2]), *sys.argv[3:])
