"""The log as it is now, read again on any change, so that each answer is of one version."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from attrs import Factory, define, field, frozen

from timeline.domain import city_file
from timeline.domain.city import City
from timeline.errors import TimelineError
from timeline.replay.projection import Projection
from timeline.storage.file_stamp import FileStamp
from timeline.storage.paths import city_path, seals_path
from timeline.timeline import Timeline

T = TypeVar("T")

ROUNDS = 5
"""The number of times that files are read which change meanwhile."""


@frozen
class Version:
    """A log and its files as read together; its tag digests them and the program.

    `cache` has results from this version that take time to compute, by name.
    """

    timeline: Timeline
    tag: str
    cache: dict[str, Any] = Factory(dict)

    def json(self) -> dict[str, Any]:
        """Return which version this is, as JSON values."""
        log = self.timeline.log
        return {
            "version": self.tag,
            "city": self.timeline.city.id,
            "log": {"events": len(log.events), "sha256": log.sha256},
            "torn": None if log.torn is None else str(log.torn),
            "program": program(),
        }


@define
class Live:
    """A log that may grow while it is asked; several threads may ask."""

    log: Path
    projections: Sequence[Projection[Any, Any, Any]]
    _version: Version | None = None
    _stamps: dict[Path, FileStamp | None] = Factory(dict)
    _reading: Lock = field(factory=Lock)
    _caching: Lock = field(factory=Lock)

    def now(self) -> Version:
        """Return the log as it is now; raise `TimelineError` where a file cannot be read."""
        with self._reading:
            if self._version is None or self._stamps != _stamps(self._stamps):
                self._version = None
                self._version = self._read()
            return self._version

    def cached(self, of: Version, name: str, compute: Callable[[], T]) -> T:
        """Return a result from a version, computed once, however many ask for it."""
        with self._caching:
            if name not in of.cache:
                of.cache[name] = compute()
            result: T = of.cache[name]
            return result

    def _read(self) -> Version:
        """Read all files, once more if one changed meanwhile, so that versions do not mix."""
        for _ in range(ROUNDS):
            stamps = _stamps((self.log, *self._others()))
            timeline = Timeline.open(self.log, self.projections)
            digests = [_digest(path) for path in stamps if path != self.log]
            if stamps == _stamps(stamps):
                break
        self._stamps = stamps
        parts = [program(), timeline.log.sha256, *digests]
        return Version(timeline, hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32])

    def _others(self) -> list[Path]:
        """Return the files besides the log that answers and page come from."""
        file = city_path(self.log)
        try:
            boundaries = _boundaries(city_file.load(file))
        except TimelineError:
            boundaries = []  # the fault is told where the timeline is opened
        return [file, seals_path(self.log), *boundaries]


def _boundaries(city: City) -> list[Path]:
    named = (city.boundaries, *(place.boundary for place in city.places.values()))
    return [Path(path) for path in named if path]


def _stamps(paths: Iterable[Path]) -> dict[Path, FileStamp | None]:
    return {path: FileStamp.at(path) for path in paths}


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return "none"


def program() -> str:
    """Return the version of the program."""
    try:
        return version("conflict-timeline")
    except PackageNotFoundError:
        return "from its source"
