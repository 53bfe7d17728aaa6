"""Answers within SQL, for programs that open an index as the database that it is: `control_at` and `status_at`, and whole states.

A question is put to the connection that the SQL runs on. So the answer and the rows beside it are
of one state of the file, a connection's thread is the only one that uses it, and nothing is ever
written. The answer is `Timeline.state`'s: here is no rule.
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

from timeline.domain import city_file as cityfile
from timeline.errors import NotVerified, Problem, UsageError, quoted
from timeline.index import fingerprint
from timeline.index.lifecycle import Index
from timeline.index.reader import SqliteStore, meta
from timeline.index.schema import APPLICATION
from timeline.replay.projection import Projection
from timeline.storage.paths import city_path
from timeline.text.phrases import safe
from timeline.timeline import Timeline

KEPT = 10_000
"""How many answers a connection remembers."""

_SETTLING, _PATIENCE = 0.02, 25
"""For how long (seconds), and how often, an index is awaited that another process has written and not yet stamped."""

_failed = threading.local()


class Answers:
    """Answers questions on a connection to an index which somebody else has opened, and keeps open."""

    def __init__(
        self,
        db: sqlite3.Connection,
        path: Path,
        projections: Sequence[Projection[Any, Any]],
        control: Projection[Any, Any],
    ) -> None:
        self.db, self._path, self._projections, self._control = (
            db,
            path,
            tuple(projections),
            control,
        )
        self._seen: tuple[Any, ...] | None = None
        self._timeline: Timeline | None = None
        self._answers: dict[tuple[str | None, ...], Any] = {}

    def control_at(self, place: object, at: object, known: object) -> str | None:
        """Return the id of who holds a place at a date, as known at a date; None for nobody, or nobody known.

        None for a date is the latest, and no place has no holder. Raises `UsageError` for an
        unknown place and for what is no date, `NotVerified` for an index that does not fit its log.
        """
        answer = self._answer(place, at, known)
        return None if answer is None or answer.holder is None else str(answer.holder)

    def status_at(self, place: object, at: object, known: object) -> str | None:
        """Return how sure that is, such as ``corroborated``; None where nobody had said anything. Raises what `control_at` raises."""
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
                if len(self._answers) >= KEPT:
                    self._answers.clear()
                one = timeline.city.place(name).id
                state = evolve(timeline, projections=(self._control,)).state(*clocks, places=[one])
                self._answers[question] = state[self._control][one]
            return self._answers[question]

    def timeline(self) -> Timeline:
        """Return the timeline that the index holds now; raise `NotVerified` where it does not fit its log, its city or this program."""
        try:
            known = meta(self.db)
            index = self._path, self._path.parent / known["file"]
            seen = (known, *map(_seen, (*index, city_path(index[1]))))
            if self._timeline is None or seen != self._seen:
                self._answers.clear()
                self._timeline, self._seen = None, None
                self._timeline, self._seen = self._opened(index[1], known), seen
        except (sqlite3.DatabaseError, OSError, KeyError, ValueError, TypeError) as error:
            if _interrupted(error):
                raise
            raise self._unfit(f"it cannot be read: {error}") from None
        return self._timeline

    def behind(self) -> bool:
        """Return whether the log has grown since the index was written."""
        path = self.timeline().path
        return path.stat().st_size > int(meta(self.db)["log"][2])

    def _opened(self, log: Path, known: Mapping[str, Any]) -> Timeline:
        file = city_path(log)
        city = cityfile.load(file)
        index = Index(
            log, self._path, city, hashlib.sha256(file.read_bytes()).hexdigest(), self._projections
        )
        for _ in range(_PATIENCE):
            if os.stat(self._path).st_mtime_ns == known["stamp"]:
                break
            time.sleep(_SETTLING)
        if faults := list(index.faults(known, fingerprint.holds)):
            raise self._unfit(faults[0])
        return Timeline(
            path=log,
            city=city,
            projections=self._projections,
            store=SqliteStore(log, self.db, city, self._projections, known),
            city_file=file,
        )

    def _unfit(self, why: str) -> NotVerified:
        return NotVerified(
            Problem(
                f"{self._path}: {why}", hint="`timeline index` builds it anew; then open it again"
            )
        )


@contextmanager
def one_state(db: sqlite3.Connection) -> Iterator[None]:
    """Let all that is read within be of one state of the file, also within a statement that has read none of it yet."""
    if db.in_transaction:
        yield
        return
    db.execute("BEGIN")
    try:
        yield
    finally:
        db.execute("COMMIT")  # nothing was written; a rollback would stop the statement around this


def is_index(path: Path) -> bool:
    """Return whether a file is an index of a timeline, of whatever version; see the SQLite file format, 1.3.14, Application ID."""
    try:
        with open(path, "rb") as file:
            return int.from_bytes(file.read(72)[68:], "big") == APPLICATION
    except OSError:
        return False


def register(db: sqlite3.Connection, answers: Answers) -> None:
    """Give a connection the functions ``control_at(place, at, known)`` and ``status_at(place, at, known)``."""
    for name, function in (("control_at", answers.control_at), ("status_at", answers.status_at)):
        db.create_function(name, 3, _remembering(function), deterministic=True)


def telling(ask: Callable[[sqlite3.Connection], Any], db: sqlite3.Connection) -> Any:
    """Return what a task makes of a connection; where a function of ours failed in it, the error says why.

    SQLite is told by Python that a function failed, and not why. Raises `sqlite3.OperationalError`,
    "interrupted" where that was so.
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
    def asked(*values: object) -> str | None:
        try:
            return function(*values)
        except Exception as error:
            _failed.error = error
            raise

    return asked


def _interrupted(error: Exception) -> bool:
    return isinstance(error, sqlite3.OperationalError) and error.args == ("interrupted",)


def _text(value: object, what: str) -> str | None:
    """Return a value of SQL as the text of a question; a year may come as a number."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, int):
        return str(value)
    raise UsageError(Problem(quoted(value), what))


def _seen(path: Path) -> list[int]:
    return fingerprint.stamp(os.stat(path))


__all__ = ["Answers", "is_index", "one_state", "register", "telling"]
