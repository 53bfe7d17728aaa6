"""Archived copies of what was printed: their digests, kept beside the log, and whether the copies are still the same.

A copy is no claim about the city, so its digest does not become an event, nor a new version of one:
a version that replaces another would take away what statements say of it, and change answers about
what was known before. The list of copies is a file of its own, ``events.jsonl.archives``, that
grows like the log; each seal covers it with a line of the checkpoint, so that nobody can alter it
unseen.
"""

import hashlib
import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from attrs import asdict, frozen

from timeline.domain.events import EventId
from timeline.errors import NotVerified, Problem, TimelineError
from timeline.evidence.checkpoint import Checkpoint, base64
from timeline.evidence.merkle import leaf_hashes, root
from timeline.evidence.sidecar import Record, add, adding, lines, records, settled
from timeline.storage.paths import archives_path

WORD = "archives"
"""The word with which the line of a checkpoint begins that covers the list of copies; their number and root follow."""


@frozen(kw_only=True)
class Copy:
    """An archived copy, as it is recorded.

    Attributes:
        sha256: its digest, in hexadecimal.
        size: its length in bytes.
        path: where it lies, seen from the folder of the log, with slashes.
        recorded: when it was recorded.
        event: the event whose source it is a copy of; None where none was named.
        url: where the copy was made from.
        collector: who made it.
    """

    sha256: str
    size: int
    path: str
    recorded: str
    event: str | None = None
    url: str | None = None
    collector: str | None = None

    def values(self) -> dict[str, Any]:
        """Return the copy as a record."""
        return {name: value for name, value in asdict(self).items() if value is not None}

    @classmethod
    def read(cls, record: Record) -> Self:
        """Return the copy that a record tells of; raise `NotVerified` for a record of anything else."""
        values = record.values
        known = {"sha256", "size", "path", "recorded"} <= set(values) <= set(cls.__annotations__)
        if not known or any(
            type(value) is not (int if name == "size" else str) for name, value in values.items()
        ):
            raise NotVerified(
                Problem(
                    "no record of an archived copy",
                    "sha256, size, path and recorded",
                    where=record.where,
                )
            )
        return cls(**values)


def held(log: Path) -> list[Copy]:
    """Return the copies that are recorded; raise `NotVerified` for a list that is damaged."""
    return [Copy.read(record) for record in records(archives_path(log))]


def archive(
    log: Path,
    file: Path,
    *,
    event: EventId | None = None,
    url: str | None = None,
    collector: str | None = None,
) -> tuple[Copy, bool]:
    """Record the digest of a copy, and return it with whether it is new: the same of the same is not recorded again."""
    sha256, size = digest(file)
    path = Path(os.path.relpath(file.resolve(), log.resolve().parent)).as_posix()
    now = datetime.now(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")
    copy = Copy(
        sha256=sha256, size=size, path=path, recorded=now, event=event, url=url, collector=collector
    )
    with adding(archives_path(log)) as opened:
        for one in held(log):
            if one.values() | {"recorded": now} == copy.values():
                return one, False
        add(opened, copy.values())
    return copy, True


def digest(file: Path) -> tuple[str, int]:
    """Return the SHA-256 of a file, in hexadecimal, and its length; raise `TimelineError` where it cannot be read."""
    try:
        with file.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest(), os.fstat(
                opened.fileno()
            ).st_size
    except OSError as error:
        raise TimelineError(Problem(f"{file} cannot be read: {error.strerror or error}")) from None


def problems(log: Path, ids: Mapping[EventId, int]) -> Iterator[Problem]:
    """Yield what is wrong with the copies: one that is gone or altered, while no other of its digest is whole, or an unknown event."""
    copies, whole = held(log), set()
    found: dict[Copy, Problem] = {}
    for copy in copies:
        problem = _problem(log, copy)
        if problem:
            found[copy] = problem
        else:
            whole.add(copy.sha256)
    yield from (problem for copy, problem in found.items() if copy.sha256 not in whole)
    for copy in copies:
        if copy.event is not None and copy.event not in ids:
            yield Problem(
                f"a copy of no event: {copy.event}",
                "the id of an event of this log",
                where=copy.path,
            )


def _problem(log: Path, copy: Copy) -> Problem | None:
    try:
        found, _ = digest(log.parent / copy.path)
    except TimelineError:
        return Problem(
            "the archived copy cannot be read",
            where=copy.path,
            hint=f"record a file with the SHA-256 {copy.sha256} in its place",
        )
    return (
        None
        if found == copy.sha256
        else Problem(
            f"the archived copy was altered: its SHA-256 is {found}", copy.sha256, where=copy.path
        )
    )


def extensions(log: Path) -> tuple[str, ...]:
    """Return the line of a checkpoint that covers the list of copies as it is now; none while there is no copy."""
    path = archives_path(log)
    if not path.exists():
        return ()
    leaves = leaf_hashes(lines(path, end=settled(path)))
    return (_line(len(leaves), leaves),) if leaves else ()


def _line(size: int, leaves: list[bytes]) -> str:
    return f"{WORD} {size} {base64(root(leaves[:size]))}"


def covered(log: Path, checkpoint: Checkpoint) -> bool:
    """Return whether the list of copies still begins as a checkpoint says that it did; True for one that says nothing of it."""
    said = [line for line in checkpoint.extensions if line.split(" ")[0] == WORD]
    path = archives_path(log)
    leaves = leaf_hashes(lines(path)) if said and path.exists() else []
    return all(_covers(line, leaves) for line in said)


def _covers(line: str, leaves: list[bytes]) -> bool:
    _, size, *_ = (*line.split(" "), "")
    return size.isdecimal() and 0 < int(size) <= len(leaves) and line == _line(int(size), leaves)
