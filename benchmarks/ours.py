"""What only a process of its own can tell of us: the time of a library call, of decoding alone, and of a replay that holds nothing.

    python -m benchmarks.ours NAME LOG [AT KNOWN]

A command prints, as its last line, a JSON object with what it measured itself.
"""

import hashlib
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from benchmarks.rivals import tell

CALLS = 5


def library(log: Path, at: str, known: str) -> None:
    """Open a timeline by its index, and ask it for the city and for one place."""
    from projections import PROJECTIONS
    from timeline.index import opening as indexed

    start = time.perf_counter()
    with indexed.opened(log, PROJECTIONS, build=True) as timeline:
        opened = time.perf_counter() - start
        tell(
            opened=opened,
            city=_call(lambda: timeline.state(at, known)),
            place=_call(lambda: timeline.state(at, known, places=["d7"])),
            unknown=_call(lambda: timeline.state(at)),
        )


def decode(log: Path) -> None:
    """Decode every line, in one process, and keep nothing."""
    from timeline.log.chunks import decoded, parts

    start = time.perf_counter()
    count = sum(1 for part in parts(log) for _ in decoded(part))
    tell(events=count, seconds=time.perf_counter() - start)


def stream(log: Path, at: str, known: str, processes: str = "1") -> None:
    """Replay a log from its file, without holding it."""
    from projections import PROJECTIONS
    from timeline.domain import city_file as cityfile
    from timeline.index import streaming
    from timeline.temporal.as_of import AsOf

    city = cityfile.load(log.parent / "city.toml")
    state = streaming.state(
        log, PROJECTIONS, city, AsOf.parse(at, known, zone=city.zone), count=int(processes)
    )
    tell(events=state.events)


def verifying(log: Path) -> None:
    """Seal a log, then verify it and hash its lines plainly, in turn."""
    from timeline.evidence.seals import seal
    from timeline.evidence.verify import verify

    seal(log, otherwise="benchmark")
    tell(verify=_call(lambda: verify(log)), plain=_call(lambda: _hash(log)))


def _hash(log: Path) -> None:
    with log.open("rb") as file:
        for line in file:
            hashlib.sha256(line).digest()


def _call(call: Callable[[], object]) -> float:
    """Return the median of what some calls take, after one that is not counted."""
    taken = []
    for _ in range(CALLS + 1):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return median(taken[1:])


COMMANDS: dict[str, Callable[..., None]] = {
    "library": library,
    "decode": decode,
    "stream": stream,
    "verifying": verifying,
}
"""What can be run as a process."""

if __name__ == "__main__":
    COMMANDS[sys.argv[1]](Path(sys.argv[2]), *sys.argv[3:])
