"""Whether a log still begins with what the index was made from: cheaply, by its end and its stamp, or fully, byte by byte."""

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

TAIL = 4096
"""How many bytes before the end of what is indexed must be the same for it to be taken for the same."""


def stamp(status: os.stat_result) -> list[int]:
    """Return which file it is, how long it is, and when it was changed."""
    return [status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns]


def tail(path: Path, size: int) -> str:
    """Return the digest of the last bytes of what a log holds up to a size."""
    with open(path, "rb") as file:
        file.seek(max(0, size - TAIL))
        return hashlib.sha256(file.read(min(size, TAIL))).hexdigest()


def same_beginning(path: Path, known: Mapping[str, Any]) -> bool:
    """Return whether a log begins with all that was indexed, every byte read."""
    from timeline.index.resumable import hashed, kept  # only where the stamp alone does not tell

    then = kept(known["digest"])
    return then is not None and hashed(path, then.size)[:2] == then[:2]


def holds(path: Path, known: Mapping[str, Any]) -> bool:
    """Return whether a log begins with what was indexed: by its end, where it is as it was or has grown, else by all of it."""
    now = stamp(os.stat(path))
    then: list[int] = known["log"]
    if now[2] < then[2] or tail(path, then[2]) != known["tail"]:
        return False
    grown = now[:2] == then[:2] and now[2] > then[2]
    return now == then or grown or same_beginning(path, known)
