"""The log as it is now: read again when one of its files has changed, so that every answer is that of one version of them."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from attrs import Factory, define, field, frozen

from timeline.domain import city_file as cityfile
from timeline.domain.city import City
from timeline.errors import TimelineError
from timeline.replay.projection import Projection
from timeline.storage.file_stamp import FileStamp
from timeline.storage.paths import city_path, seals_path
from timeline.timeline import Timeline

Made = TypeVar("Made")

ROUNDS = 5
"""How often files are read anew that change while they are read, before they are taken as they were read last."""


@frozen
class Version:
    """A log and what belongs to it, as they were read together.

    Attributes:
        timeline: the log and its city.
        tag: a digest of all that answers come from: the log, the city file, boundaries, seals, and
            the program.
        kept: what was made from this version and costs time to make.
    """

    timeline: Timeline
    tag: str
    kept: dict[str, Any] = Factory(dict)

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
    projections: Sequence[Projection[Any, Any]]
    _version: Version | None = None
    _stamps: dict[Path, FileStamp | None] = Factory(dict)
    _reading: Lock = field(factory=Lock)
    _making: Lock = field(factory=Lock)

    def now(self) -> Version:
        """Return the log as it is now; raise `TimelineError` where it, or its city file, cannot be read."""
        with self._reading:
            if self._version is None or self._stamps != _stamps(self._stamps):
                self._version = None
                self._version = self._read()
            return self._version

    def kept(self, of: Version, name: str, make: Callable[[], Made]) -> Made:
        """Return what was made from a version under a name, made now if it was not: once, however many ask for it."""
        with self._making:
            if name not in of.kept:
                of.kept[name] = make()
            made: Made = of.kept[name]
            return made

    def _read(self) -> Version:
        """Read all files; once more where one of them changed meanwhile, lest parts of two versions are taken for one."""
        for _ in range(ROUNDS):
            files = _stamps((self.log, *self._others()))
            timeline = Timeline.open(self.log, self.projections)
            digests = [_digest(path) for path in files if path != self.log]
            if files == _stamps(files):
                break
        self._stamps = files
        parts = [program(), timeline.log.sha256, *digests]
        return Version(timeline, hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32])

    def _others(self) -> list[Path]:
        """Return the files besides the log that answers and page come from."""
        file = city_path(self.log)
        try:
            named = list(_boundaries(cityfile.load(file)))
        except TimelineError:
            named = []  # what is wrong is told where the timeline is opened
        return [file, seals_path(self.log), *named]


def _boundaries(city: City) -> Iterator[Path]:
    yield from (
        Path(path)
        for path in (city.boundaries, *(place.boundary for place in city.places.values()))
        if path
    )


def _stamps(paths: Iterable[Path]) -> dict[Path, FileStamp | None]:
    """Return the stamp of each file, None for one that is not there."""
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
