"""The life of the index: where it lies, whether it fits the log, how it is built, caught up, checked and thrown away.

The log alone is the truth. An index that fits is read; one that the log has outgrown is caught up
from the tail; anything else – another version, another city file, an altered log, an altered index
– is thrown away and built anew, and where that is not possible the question is answered from the
log as if there were no index. Nothing here raises an error that the log itself does not give reason
for.
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
from timeline.index import fingerprint
from timeline.index.reader import SCHEMA, Store, connect, meta
from timeline.replay.projection import Projection
from timeline.storage import disk as storage
from timeline.storage.paths import index_path

Progress = Callable[[int, int], None]
"""Is told how many bytes of how many are in the index."""

WORTHWHILE = 2 << 20
"""From how many bytes on a log is given an index unasked: below, reading the log takes no longer than what an index saves."""


class Unfit(Exception):
    """The index does not fit the log: it is missing, altered, outgrown, or of another version."""


@frozen
class Index:
    """The index of a log, whether it is there or not.

    Attributes:
        log: the log.
        path: the file of the index; None where there is to be none.
        city: the city of the log.
        city_sha256: the digest of its file.
        projections: the questions that are kept.
    """

    log: Path
    path: Path | None
    city: City
    city_sha256: str
    projections: tuple[Projection[Any, Any], ...]

    @contextmanager
    def opened(
        self, *, build: bool = True, progress: Progress | None = None
    ) -> Iterator[Store | None]:
        """Give the index as it fits the log now, caught up or, with `build`, built where need be; None where that cannot be."""
        with ExitStack() as stack:
            yield self._store(stack, build, progress)

    def _store(self, stack: ExitStack, build: bool, progress: Progress | None) -> Store | None:
        if self.path is None or not (build or self.path.exists()):
            return None
        for refreshed in (False, True):
            with suppress(Unfit, sqlite3.Error, OSError, KeyError, ValueError, TypeError):
                return self._read(stack)
            if not refreshed and not self.refresh(build=build, progress=progress):
                return None
        return None

    def _read(self, stack: ExitStack) -> Store:
        """Return the index, open and in a transaction; raise `Unfit` where it does not fit the log as it is now, and hold it no longer."""
        assert self.path is not None
        with ExitStack() as opening:
            db = opening.enter_context(closing(connect(self.path)))
            db.execute("BEGIN")
            known = meta(db)
            status, log = os.stat(self.path), os.stat(self.log)
            if (
                status.st_mtime_ns != known["stamp"]
                or known["basis"] != self._basis()
                or known["log"] != fingerprint.stamp(log)
            ):
                raise Unfit
            if fingerprint.tail(self.log, log.st_size) != known["tail"]:
                raise Unfit
            stack.push(opening.pop_all())
        return Store(self.log, db, self.city, self.projections, known)

    def refresh(
        self, *, build: bool = True, anew: bool = False, progress: Progress | None = None
    ) -> bool:
        """Catch the index up, or build it where it does not fit or `anew` is asked; return whether it fits now.

        False where another process is at it for too long, where it cannot be written, and for a log
        that only the plain way can read.
        """
        if self.path is None:
            return False
        try:
            with storage.held(self.path.with_name(self.path.name + "-lock")) as mine:
                return mine and (
                    (not anew and self._caught_up()) or (build and self._built(progress))
                )
        except (OSError, sqlite3.Error):
            return False

    def drop(self) -> bool:
        """Remove the index; return whether there was one. Raises `TimelineError` where the system refuses."""
        if self.path is None:
            return False
        with storage.told(self.path):
            there = self.path.exists()
            for end in ("", "-journal", "-lock"):
                self.path.with_name(self.path.name + end).unlink(missing_ok=True)
        return there

    def check(self) -> list[Problem]:
        """Return everything that is wrong with the index, with all of the log and all of the database read; nothing for one that fits.

        A log that has grown since is not wrong.
        """
        assert self.path is not None
        try:
            with closing(connect(self.path)) as db:
                known = meta(db)
                damage = [text for (text,) in db.execute("PRAGMA integrity_check") if text != "ok"]
                faults = [*self.faults(known, fingerprint.same_beginning), *damage]
        except (sqlite3.Error, OSError, KeyError, ValueError, TypeError) as error:
            return [
                Problem(
                    f"{self.path} cannot be read: {error}", hint="`timeline index` builds it anew"
                )
            ]
        return [
            Problem(f"{self.path}: {found}", hint="`timeline index` builds it anew")
            for found in faults
        ]

    def faults(
        self, known: Mapping[str, Any], holds: Callable[[Path, Mapping[str, Any]], bool]
    ) -> Iterator[str]:
        """Yield why what an index says of itself does not fit; `holds` says whether the log begins with what was indexed."""
        assert self.path is not None
        if known["basis"] != self._basis():
            yield "it was built by another version, or with another city file"
        if not holds(self.log, known):
            yield "the log is not what it was built from"
        if os.stat(self.path).st_mtime_ns != known["stamp"]:
            yield "the file was written by something else"

    # How it is filled

    def _basis(self) -> list[Any]:
        """Return what the index depends on besides the log: the tables, the program and the city file."""
        modules = frozenset({__name__, *(one.effects.__module__ for one in self.projections)})
        return [SCHEMA, _program(modules), [one.name for one in self.projections], self.city_sha256]

    def _caught_up(self) -> bool:
        """Read what was appended since the index was written; return whether it fits now."""
        from timeline.index import growing

        assert self.path is not None
        try:
            with closing(connect(self.path, writing=True)) as db:
                known = meta(db)
                if (
                    os.stat(self.path).st_mtime_ns != known["stamp"]
                    or known["basis"] != self._basis()
                ):
                    return False
                grown = growing.catch_up(self.log, db, known, self.city, self.projections)
        except (sqlite3.Error, OSError, KeyError, ValueError, TypeError):
            return False
        if grown is not None:
            os.utime(self.path, ns=(grown, grown))
        return grown is not None

    def _built(self, progress: Progress | None) -> bool:
        from timeline.index import growing

        assert self.path is not None
        new = self.path.with_name(f"{self.path.name}-{os.getpid()}")
        try:
            if (
                growing.build(self.log, new, self.city, self.projections, self._basis(), progress)
                is None
            ):
                return False
            os.replace(new, self.path)
            with suppress(FileNotFoundError):
                self.path.with_name(
                    self.path.name + "-journal"
                ).unlink()  # it spoke of the file that was there before
        finally:
            for path in (new, new.with_name(new.name + "-journal")):
                path.unlink(missing_ok=True)
        return True


def find(
    log: Path,
    city: City,
    city_file: bytes,
    projections: Sequence[Projection[Any, Any]],
    place: str | None = None,
) -> Index:
    """Return the index of a log; `place` is ``0`` for none, or a path, as the environment variable `TIMELINE_INDEX` has it."""
    return Index(
        log, index_path(log, place), city, hashlib.sha256(city_file).hexdigest(), tuple(projections)
    )


@cache
def _program(modules: frozenset[str]) -> str:
    """Return a digest of which files of the program there are, how long, and of when: another program may give other answers."""
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
