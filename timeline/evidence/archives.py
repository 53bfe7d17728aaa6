"""Archived copies of sources are recorded by digest beside the log, and checked against it.

A copy claims nothing about the city, so it is no event: a new version of its source would change
what was known before. ``events.jsonl.archives`` grows like the log, and each seal covers it.
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
"""The first word of a checkpoint's line about the copies; their number and root follow."""
_REQUIRED = {"sha256", "size", "path", "recorded"}


@frozen(kw_only=True)
class Copy:
    """An archived copy: its digest in hexadecimal, its size in bytes, and its origin.

    `path` is relative to the log's folder, with slashes; `event` is None where no source was named.
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
        """Return the copy that a record describes; raise `NotVerified` for any other record."""
        values = record.values
        types = dict.fromkeys(cls.__annotations__, str) | {"size": int}
        known = _REQUIRED <= set(values) <= set(types)
        if not known or any(type(value) is not types[name] for name, value in values.items()):
            expected = "sha256, size, path and recorded"
            raise NotVerified.because("no record of an archived copy", expected, where=record.where)
        return cls(**values)


def held(log: Path) -> list[Copy]:
    """Return the copies that are recorded; raise `NotVerified` for a damaged list."""
    return [Copy.read(record) for record in records(archives_path(log))]


def archive(
    log: Path,
    file: Path,
    *,
    event: EventId | None = None,
    url: str | None = None,
    collector: str | None = None,
) -> tuple[Copy, bool]:
    """Record a copy unless an equal one is recorded, and return it with whether it is new."""
    sha256, size = digest(file)
    path = Path(os.path.relpath(file.resolve(), log.resolve().parent)).as_posix()
    now = datetime.now(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")
    copy = Copy(
        sha256=sha256, size=size, path=path, recorded=now, event=event, url=url, collector=collector
    )
    with adding(archives_path(log)) as opened:
        for older in held(log):
            if older.values() | {"recorded": now} == copy.values():
                return older, False
        add(opened, copy.values())
    return copy, True


def digest(file: Path) -> tuple[str, int]:
    """Return a file's SHA-256, in hexadecimal, and length; raise `TimelineError` if unreadable."""
    try:
        with file.open("rb") as opened:
            sha256 = hashlib.file_digest(opened, "sha256").hexdigest()
            return sha256, os.fstat(opened.fileno()).st_size
    except OSError as error:
        reason = error.strerror or error
        raise TimelineError.because(f"{file} cannot be read: {reason}") from None


def problems(log: Path, ids: Mapping[EventId, int]) -> Iterator[Problem]:
    """Yield the copies that are altered, gone with no whole twin, or of unknown events."""
    copies = held(log)
    faults = {copy: _fault(log, copy) for copy in copies}
    whole = {copy.sha256 for copy, fault in faults.items() if fault is None}
    for copy, fault in faults.items():
        if fault and copy.sha256 not in whole:
            yield fault
    for copy in copies:
        if copy.event is not None and copy.event not in ids:
            found = f"a copy of no event: {copy.event}"
            yield Problem(found, "the id of an event of this log", where=copy.path)


def _fault(log: Path, copy: Copy) -> Problem | None:
    """Return the reason why a copy is not whole, or None for a whole one."""
    try:
        sha256, _ = digest(log.parent / copy.path)
    except TimelineError:
        hint = f"record a file with the SHA-256 {copy.sha256} in its place"
        return Problem("the archived copy cannot be read", where=copy.path, hint=hint)
    if sha256 == copy.sha256:
        return None
    found = f"the archived copy was altered: its SHA-256 is {sha256}"
    return Problem(found, copy.sha256, where=copy.path)


def extensions(log: Path) -> tuple[str, ...]:
    """Return the checkpoint line that covers the list of copies; none while there is no copy."""
    path = archives_path(log)
    if not path.exists():
        return ()
    leaves = leaf_hashes(lines(path, end=settled(path)))
    return (_line(leaves),) if leaves else ()


def _line(leaves: list[bytes]) -> str:
    return f"{WORD} {len(leaves)} {base64(root(leaves))}"


def covered(log: Path, checkpoint: Checkpoint) -> bool:
    """Return whether the list of copies still begins as a checkpoint's lines about it say."""
    claims = [line for line in checkpoint.extensions if line.split(" ")[0] == WORD]
    path = archives_path(log)
    leaves = leaf_hashes(lines(path)) if claims and path.exists() else []
    return all(_covers(line, leaves) for line in claims)


def _covers(line: str, leaves: list[bytes]) -> bool:
    _, size, *_ = (*line.split(" "), "")
    if not size.isdecimal() or not 0 < int(size) <= len(leaves):
        return False
    return line == _line(leaves[: int(size)])
