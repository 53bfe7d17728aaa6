"""Where that lies which is derived from a log and can be made again at any time: its index."""

import os
import sys
from contextlib import suppress
from pathlib import Path


def index_path(log: Path, place: str | None) -> Path | None:
    """Return where the index of a log lies: beside it, or in the cache folder of the system where nothing can be written there.

    `place` is as the environment variable `TIMELINE_INDEX` has it: a path, or ``0`` for none. None
    where there is to be no index, and for a log or a place that cannot be.
    """
    if place == "0" or not os.path.isfile(log):
        return None
    if place:
        return Path(place) if Path(place).name else None
    beside = log.with_name(log.name + ".index")
    if beside.exists() or os.access(log.parent, os.W_OK):
        return beside
    with suppress(OSError, RuntimeError):
        from hashlib import sha256

        folder = cache_folder()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder / f"{sha256(str(log.absolute()).encode()).hexdigest()[:32]}.index"
    return None


def cache_folder() -> Path:
    """Return the folder for what can be made again: that of the XDG Base Directory Specification, or the convention of the system.

    Raises RuntimeError for a user without a home.
    """
    if given := os.environ.get("XDG_CACHE_HOME"):
        return Path(given) / "conflict-timeline"
    home = Path.home()
    return home / ("Library/Caches" if sys.platform == "darwin" else ".cache") / "conflict-timeline"
