"""Evidence of what an index was made from: the beginning of its log, the time zone data."""

import hashlib
import os
import zoneinfo
from collections.abc import Mapping
from datetime import tzinfo
from importlib.resources import files
from pathlib import Path
from typing import Any

from timeline.storage.file_stamp import FileStamp

TAIL = 4096
"""How many bytes at the end of the indexed part are compared before it is trusted."""
_PIECE = 1 << 20


def tail(path: Path, size: int) -> str:
    """Return the digest of the last bytes of a log's first `size` bytes."""
    with open(path, "rb") as file:
        file.seek(max(0, size - TAIL))
        return hashlib.sha256(file.read(min(size, TAIL))).hexdigest()


def sha256(path: Path, size: int) -> str:
    """Return the digest of the first `size` bytes of a file, or of all where it is shorter."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while size > 0 and (piece := file.read(min(size, _PIECE))):
            digest.update(piece)
            size -= len(piece)
    return digest.hexdigest()


def same_beginning(path: Path, known: Mapping[str, Any]) -> bool:
    """Return whether a log begins with all that was indexed, every byte read."""
    size = FileStamp(*known["log"]).size
    digest: str = known["sha256"]
    return os.stat(path).st_size >= size and sha256(path, size) == digest


def holds(path: Path, known: Mapping[str, Any]) -> bool:
    """Return whether a log begins with what was indexed, all of it read only where in doubt."""
    now, then = FileStamp.of(os.stat(path)), FileStamp(*known["log"])
    if now.size < then.size or tail(path, then.size) != known["tail"]:
        return False
    grown = now[:2] == then[:2] and now.size > then.size
    return now == then or grown or same_beginning(path, known)


def zone_sha256(zone: tzinfo) -> str:
    """Return the digest of a zone's rules, from the search path of `zoneinfo`, then tzdata."""
    key = getattr(zone, "key", None)
    if key is None:
        return hashlib.sha256(repr(zone).encode()).hexdigest()
    for folder in zoneinfo.TZPATH:
        path = Path(folder, key)
        if path.is_file():
            return hashlib.sha256(path.read_bytes()).hexdigest()
    return hashlib.sha256(files("tzdata").joinpath("zoneinfo", key).read_bytes()).hexdigest()
