"""The life of an index: whether it fits its log, how it is made, caught up and removed.

The log alone is the truth. An index that the log has outgrown is caught up; one that does not fit
is built anew; where neither is possible the log is read as if there were none. Nothing here raises
an error for which the log itself gives no reason.
"""

import hashlib
import os
import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

from attrs import frozen

from timeline.domain.city import City
from timeline.errors import Problem
from timeline.index import build as building
from timeline.index import fingerprint
from timeline.index.build import Progress
from timeline.index.reader import SqliteStore, connect, meta
from timeline.index.schema import SCHEMA
from timeline.replay.projection import Projection
from timeline.storage import disk as storage
from timeline.storage.file_stamp import FileStamp
from timeline.storage.paths import index_path

WORTHWHILE = 2 << 20
"""The bytes from which on a log gets an index unasked: reading a smaller one takes no longer."""


UNREADABLE = (sqlite3.Error, OSError, KeyError, ValueError, TypeError)
"""The errors of a file that is no index, or that something else has written to."""
_ANEW = "`timeline index` builds it anew"


class Unfit(Exception):
    """The index does not fit the log: it is missing, altered, outgrown, or of another version."""


@frozen
class Index:
    """The index of a log, whether it is there or not; without a `path` there is to be none."""

    log: Path
    path: Path | None
    city: City
    city_sha256: str
    projections: tuple[Projection[Any, Any, Any], ...]

    @contextmanager
    def opened(
        self, *, build: bool = True, progress: Progress | None = None
    ) -> Iterator[SqliteStore | None]:
        """Give the index as it fits the log now, or None; with `build` it is built if need be."""
        with ExitStack() as stack:
            yield self._store(stack, build, progress)

    def _store(
        self, stack: ExitStack, build: bool, progress: Progress | None
    ) -> SqliteStore | None:
        if self.path is None or not (build or self.path.exists()):
            return None
        for refreshed in (False, True):
            with suppress(Unfit, *UNREADABLE):
                return self._read(stack)
            if not refreshed and not self.refresh(build=build, progress=progress):
                return None
        return None

    def _read(self, stack: ExitStack) -> SqliteStore:
        """Return the index, open and in a transaction; raise `Unfit` where it fits no more."""
        assert self.path is not None
        with ExitStack() as opening:
            db = opening.enter_context(closing(connect(self.path)))
            db.execute("BEGIN")
            known = meta(db)
            log = FileStamp.of(os.stat(self.log))
            if not self._ours(known) or log != FileStamp(*known["log"]):
                raise Unfit
            if fingerprint.tail(self.log, log.size) != known["tail"]:
                raise Unfit
            stack.push(opening.pop_all())
        return SqliteStore(self.log, db, self.city, self.projections, known)

    def refresh(
        self, *, build: bool = True, anew: bool = False, progress: Progress | None = None
    ) -> bool:
        """Return whether the index fits now, caught up or built where it does not fit or `anew`.

        False where its lock is not free in time, it cannot be written, or the log is irregular.
        """
        if self.path is None:
            return False
        try:
            with storage.held(self._beside("-lock")) as held:
                if not held:
                    return False
                return (not anew and self._caught_up()) or (build and self._built(progress))
        except (OSError, sqlite3.Error):
            return False

    def drop(self) -> bool:
        """Remove the index and return whether there was one; raise `TimelineError` if refused."""
        if self.path is None:
            return False
        with storage.told(self.path):
            there = self.path.exists()
            for end in ("", "-journal", "-lock"):
                self._beside(end).unlink(missing_ok=True)
        return there

    def check(self) -> list[Problem]:
        """Return the faults of the index after a full reading; a log that has grown is none."""
        assert self.path is not None
        try:
            with closing(connect(self.path)) as db:
                known = meta(db)
                damage = [text for (text,) in db.execute("PRAGMA integrity_check") if text != "ok"]
                faults = [*self.faults(known, fingerprint.same_beginning), *damage]
        except UNREADABLE as error:
            return [Problem(f"{self.path} cannot be read: {error}", hint=_ANEW)]
        return [Problem(f"{self.path}: {fault}", hint=_ANEW) for fault in faults]

    def faults(
        self, known: Mapping[str, Any], holds: Callable[[Path, Mapping[str, Any]], bool]
    ) -> Iterator[str]:
        """Yield why the index does not fit; `holds` says whether the log begins as it did."""
        assert self.path is not None
        if known["basis"] != self._basis():
            yield "it was built by another version, or with another city file or time zone data"
        if not holds(self.log, known):
            yield "the log is not what it was built from"
        if os.stat(self.path).st_mtime_ns != known["stamp"]:
            yield "the file was written by something else"

    # How it is filled

    def _basis(self) -> list[Any]:
        """Return what the index depends on besides the log: tables, program, city file, zone."""
        modules = frozenset({__name__, *(one.effects.__module__ for one in self.projections)})
        names = [one.name for one in self.projections]
        zone = fingerprint.zone_sha256(self.city.zone)
        return [SCHEMA, _program(modules), names, self.city_sha256, zone]

    def _caught_up(self) -> bool:
        """Read what was appended since the index was written; return whether it fits now."""
        assert self.path is not None
        try:
            with closing(connect(self.path, writing=True)) as db:
                known = meta(db)
                if not self._ours(known):
                    return False
                grown = building.catch_up(self.log, db, known, self.city, self.projections)
        except UNREADABLE:
            return False
        if grown is not None:
            os.utime(self.path, ns=(grown, grown))
        return grown is not None

    def _built(self, progress: Progress | None) -> bool:
        """Write the index to a new file and put it in place; return whether that was possible."""
        assert self.path is not None
        new, told = self._beside(f"-{os.getpid()}"), progress or building.silent
        try:
            basis = self._basis()
            if building.build(self.log, new, self.city, self.projections, basis, told) is None:
                return False
            os.replace(new, self.path)
            self._beside("-journal").unlink(missing_ok=True)  # it spoke of the file before
        finally:
            for path in (new, new.with_name(new.name + "-journal")):
                path.unlink(missing_ok=True)
        return True

    def _ours(self, known: Mapping[str, Any]) -> bool:
        """Return whether this program, with this city, was the last to write the index."""
        assert self.path is not None
        unaltered = os.stat(self.path).st_mtime_ns == known["stamp"]
        return unaltered and bool(known["basis"] == self._basis())

    def _beside(self, end: str) -> Path:
        """Return the path of a file beside the index, named after it."""
        assert self.path is not None
        return self.path.with_name(self.path.name + end)


def find(
    log: Path,
    city: City,
    city_file: bytes,
    projections: Sequence[Projection[Any, Any, Any]],
    place: str | None = None,
) -> Index:
    """Return the index of a log; `place` is a path, ``0`` for none, or None for beside the log."""
    return Index(
        log, index_path(log, place), city, hashlib.sha256(city_file).hexdigest(), tuple(projections)
    )


@cache
def _program(modules: frozenset[str]) -> str:
    """Return a digest of the program's files: another program may give other answers."""
    folders = {os.path.dirname(sys.modules[name].__file__ or "") for name in modules}
    home = os.path.dirname(os.path.dirname(__file__))
    folders |= {
        os.path.join(home, one) for one in ("", "domain", "log", "replay", "temporal", "text")
    }
    found = [
        (file.name, (status := file.stat()).st_size, status.st_mtime_ns)
        for one in sorted(folders)
        for file in _sources(one)
    ]
    return hashlib.sha256(repr(found).encode()).hexdigest()


def _sources(folder: str) -> "list[os.DirEntry[str]]":
    with suppress(OSError), os.scandir(folder) as files:
        return sorted(
            (file for file in files if file.name.endswith(".py")), key=lambda file: file.name
        )
    return []
