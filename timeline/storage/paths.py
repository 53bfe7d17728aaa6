"""Paths tell where the city file, sidecars, index and rejects of a log lie."""

import os
import sys
from contextlib import suppress
from pathlib import Path

LOG = "events.jsonl"
"""The name of a log where no other is given."""
CITY = "city.toml"


def city_path(log: Path) -> Path:
    """Return the city file of a log, which lies in the same folder."""
    return log.parent / CITY


def sidecar_path(log: Path, kind: str) -> Path:
    """Return a file that goes with a log, as ``events.jsonl.seals`` goes with ``events.jsonl``."""
    return log.with_name(f"{log.name}.{kind}")


def seals_path(log: Path) -> Path:
    """Return the file with the seals of a log."""
    return sidecar_path(log, "seals")


def leaves_path(log: Path) -> Path:
    """Return the file with the leaves of a log that were sealed."""
    return sidecar_path(log, "leaves")


def archives_path(log: Path) -> Path:
    """Return the list of archived copies that belongs to a log."""
    return sidecar_path(log, "archives")


def rejects_path(log: Path, table: Path) -> Path:
    """Return the file for the rows of a table that an import into a log sets aside."""
    return log.parent / f"{table.name}.rejects.csv"


def index_path(log: Path, place: str | None) -> Path | None:
    """Return the index of a log, in the system's cache folder if its own is read-only.

    `place` is the value of `TIMELINE_INDEX`: a path, or ``0`` for none. None means no index.
    """
    if place == "0" or not os.path.isfile(log):
        return None
    if place:
        return Path(place) if Path(place).name else None
    sidecar = sidecar_path(log, "index")
    if sidecar.exists() or os.access(log.parent, os.W_OK):
        return sidecar
    with suppress(OSError, RuntimeError):
        return _cached_index(log)
    return None


def _cached_index(log: Path) -> Path:
    from hashlib import sha256

    folder = cache_folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder / f"{sha256(str(log.absolute()).encode()).hexdigest()[:32]}.index"


def cache_folder() -> Path:
    """Return the cache folder by the XDG or system's rule; raise `RuntimeError` for no home."""
    if given := os.environ.get("XDG_CACHE_HOME"):
        return Path(given) / "conflict-timeline"
    home = Path.home()
    return home / ("Library/Caches" if sys.platform == "darwin" else ".cache") / "conflict-timeline"
