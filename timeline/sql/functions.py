"""Answers within SQL, for programs that open an index as the database that it is.

The connection that runs the SQL also reads the answer, so that it and the rows beside it are of one
state of the file. Nothing is ever written.
"""

import hashlib
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from attrs import evolve

from timeline.domain import city_file
from timeline.errors import NotVerified, Problem, UsageError, quoted
from timeline.index import fingerprint
from timeline.index.lifecycle import Index
from timeline.index.reader import SqliteStore, meta
from timeline.index.schema import APPLICATION
from timeline.replay.projection import Projection
from timeline.replay.shares import codes
from timeline.storage.file_stamp import FileStamp
from timeline.storage.paths import city_path
from timeline.text.phrases import safe
from timeline.timeline import Timeline

LIMIT = 10_000
"""The greatest number of answers that a connection remembers."""

_SETTLING, _PATIENCE = 0.02, 25
"""The seconds between looks at an index that was written and not yet stamped, and their number."""

_failed = threading.local()


class Answers:
    """Answers questions on a connection to an index, which somebody else opens and closes."""

    def __init__(
        self,
        db: sqlite3.Connection,
        path: Path,
        projections: Sequence[Projection[Any, Any, Any]],
        control: Projection[Any, Any, Any],
    ) -> None:
        self.db, self._path = db, path
        self._projections, self._control = tuple(projections), control
        self._version: tuple[Any, ...] | None = None
        self._timeline: Timeline | None = None
        self._answers: dict[tuple[str | None, ...], Any] = {}

    def control_at(self, place: object, at: object, known: object) -> str | None:
        """Return the id of a place's holder at a date, as known at a date; None for nobody known.

        The ids of several who hold it together are joined by +. A date of None is the latest, and
        no place has no holder. Raises `UsageError` for an unknown place or a bad date,
        `NotVerified` for an index that does not fit its log.
        """
        answer = self._answer(place, at, known)
        return None if answer is None else codes(answer.holder)

    def status_at(self, place: object, at: object, known: object) -> str | None:
        """Return the status of a place, such as ``corroborated``; None if nobody spoke of it.

        Raises what `control_at` raises.
        """
        answer = self._answer(place, at, known)
        return None if answer is None or answer.status == "unknown" else str(answer.status)

    def _answer(self, place: object, at: object, known: object) -> Any:
        question = _text(place, "a place"), _text(at, "a date"), _text(known, "a date")
        name, *clocks = question
        if name is None:
            return None
        with one_state(self.db):
            timeline = self.timeline()
            if question not in self._answers:
                if len(self._answers) >= LIMIT:
                    self._answers.clear()
                id = timeline.city.place(name).id
                state = evolve(timeline, projections=(self._control,)).state(*clocks, places=[id])
                self._answers[question] = state[self._control][id]
            return self._answers[question]

    def timeline(self) -> Timeline:
        """Return the index's timeline; raise `NotVerified` if log, city or program do not fit."""
        try:
            known = meta(self.db)
            log = self._path.parent / known["file"]
            files = (self._path, log, city_path(log))
            version = (known, *(FileStamp.of(os.stat(file)) for file in files))
            if self._timeline is None or version != self._version:
                self._answers.clear()
                self._timeline, self._version = None, None
                self._timeline, self._version = self._opened(log, known), version
        except (sqlite3.DatabaseError, OSError, KeyError, ValueError, TypeError) as error:
            if _is_interruption(error):
                raise
            raise self._unfit(f"it cannot be read: {error}") from None
        return self._timeline

    def behind(self) -> bool:
        """Return whether the log has grown since the index was written."""
        path = self.timeline().path
        return path.stat().st_size > FileStamp(*meta(self.db)["log"]).size

    def _opened(self, log: Path, known: Mapping[str, Any]) -> Timeline:
        file = city_path(log)
        city = city_file.load(file)
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        index = Index(log, self._path, city, digest, self._projections)
        self._await_stamp(known)
        if faults := list(index.faults(known, fingerprint.holds)):
            raise self._unfit(faults[0])
        return Timeline(
            path=log,
            city=city,
            projections=self._projections,
            store=SqliteStore(log, self.db, city, self._projections, known),
            city_file=file,
        )

    def _await_stamp(self, known: Mapping[str, Any]) -> None:
        """Wait for another process, which writes an index and then sets its time, a moment long."""
        for _ in range(_PATIENCE):
            if os.stat(self._path).st_mtime_ns == known["stamp"]:
                break
            time.sleep(_SETTLING)

    def _unfit(self, why: str) -> NotVerified:
        hint = "`timeline index` builds it anew; then open it again"
        return NotVerified(Problem(f"{self._path}: {why}", hint=hint))


@contextmanager
def one_state(db: sqlite3.Connection) -> Iterator[None]:
    """Let all reads be of one state of the file, even in a statement that has read none yet."""
    if db.in_transaction:
        yield
        return
    db.execute("BEGIN")
    try:
        yield
    finally:
        db.execute("COMMIT")  # nothing was written; a rollback would stop the statement around this


def is_index(path: Path) -> bool:
    """Return whether a file is an index, by its Application ID (SQLite file format, 1.3.14)."""
    try:
        with open(path, "rb") as file:
            return int.from_bytes(file.read(72)[68:], "big") == APPLICATION
    except OSError:
        return False


def register(db: sqlite3.Connection, answers: Answers) -> None:
    """Give a connection the functions `control_at` and `status_at`, of (place, at, known)."""
    for name, function in (("control_at", answers.control_at), ("status_at", answers.status_at)):
        db.create_function(name, 3, _remembering(function), deterministic=True)


def telling(ask: Callable[[sqlite3.Connection], Any], db: sqlite3.Connection) -> Any:
    """Return a task's result on a connection; give errors the reason that SQLite does not pass on.

    Raises `sqlite3.OperationalError`, "interrupted" where that was so.
    """
    _failed.error = None
    try:
        return ask(db)
    except sqlite3.DatabaseError as error:
        if _failed.error is None:
            raise
        raise sqlite3.OperationalError(safe(str(_failed.error))) from error
    finally:
        _failed.error = None


def _remembering(function: Callable[..., str | None]) -> Callable[..., str | None]:
    """Return a function whose errors `telling` finds."""

    def answer(*values: object) -> str | None:
        try:
            return function(*values)
        except Exception as error:
            _failed.error = error
            raise

    return answer


def _is_interruption(error: Exception) -> bool:
    return isinstance(error, sqlite3.OperationalError) and error.args == ("interrupted",)


def _text(value: object, what: str) -> str | None:
    """Return a value of SQL as the text of a question; a year may come as a number."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, int):
        return str(value)
    raise UsageError(Problem(quoted(value), what))


__all__ = ["Answers", "is_index", "one_state", "register", "telling"]
