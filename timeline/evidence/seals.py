"""Seals are checkpoints beside a log that show any later change of the lines they cover.

A leaf is a line's raw bytes without the newline. ``events.jsonl.seals`` holds the checkpoints, each
with its length and frontier, so that a new seal hashes only new lines. ``events.jsonl.leaves``
holds the sealed leaves, 32 bytes each, to name the first line that differs; if missing, it is made
again.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from attrs import evolve, frozen

from timeline.errors import NothingFound, NotVerified, UsageError
from timeline.evidence import archives
from timeline.evidence import timestamps as stamps
from timeline.evidence.checkpoint import Checkpoint, Note, base64, from_base64
from timeline.evidence.keys import SigningKey
from timeline.evidence.merkle import HASH_SIZE, Frontier, leaf_hashes, root
from timeline.evidence.sidecar import Record, add, adding, chunks, put, records, settled
from timeline.storage.disk import opened
from timeline.storage.paths import leaves_path, seals_path

_CHANGED = "the log is not what was sealed; `timeline verify` names the line"


@frozen(kw_only=True)
class Seal:
    """A checkpoint that is held, with its time stamps in DER.

    `length` is the bytes of the log that it covers; `where` is its line of the file, empty if new.
    """

    note: Note
    length: int
    frontier: Frontier
    stamps: tuple[bytes, ...] = ()
    where: str = ""

    @property
    def checkpoint(self) -> Checkpoint:
        """The checkpoint."""
        return self.note.checkpoint

    def values(self) -> dict[str, Any]:
        """Return the seal as a record."""
        nodes = list(map(base64, self.frontier.nodes))
        values: dict[str, Any] = {
            "checkpoint": str(self.note),
            "bytes": self.length,
            "frontier": nodes,
        }
        if self.stamps:
            values["stamps"] = list(map(base64, self.stamps))
        return values

    @classmethod
    def read(cls, record: Record) -> Self:
        """Return the seal in a record; raise `NotVerified` if its parts do not agree."""
        values = record.values
        try:
            seal = cls._of(values, record.where)
        except (AttributeError, KeyError, TypeError, ValueError):
            expected = "checkpoint, bytes and frontier"
            raise NotVerified.because("no seal", expected, where=record.where) from None
        except NotVerified as error:
            raise error.located(where=record.where) from None
        if seal.frontier.root() != seal.checkpoint.root or seal.values() != values:
            found = "a seal that was altered: its parts do not belong together"
            raise NotVerified.because(found, where=record.where)
        return seal

    @classmethod
    def _of(cls, values: Mapping[str, Any], where: str) -> Self:
        note, length = Note.parse(values["checkpoint"]), values["bytes"]
        nodes = tuple(from_base64(node, "a node of the frontier") for node in values["frontier"])
        tokens = tuple(from_base64(stamp, "a time stamp") for stamp in values.get("stamps", ()))
        if type(length) is not int or any(len(node) != HASH_SIZE for node in nodes):
            raise TypeError
        frontier = Frontier(note.checkpoint.size, nodes)
        return cls(note=note, length=length, frontier=frontier, stamps=tokens, where=where)


@frozen
class Sealed:
    """The seal that a log has now, and the number of lines that sealing added to it."""

    seal: Seal
    added: int


def held(log: Path) -> list[Seal]:
    """Return the seals of a log, oldest first; raise `NotVerified` for a damaged one."""
    return [Seal.read(record) for record in records(seals_path(log))]


def latest(seals: Iterable[Seal]) -> Seal | None:
    """Return the seal that covers most; of several, the last, with all signatures and stamps."""
    newest_first = reversed(list(seals))
    return max(newest_first, key=lambda seal: seal.checkpoint.size, default=None)


def seal(
    log: Path, *, origin: str | None = None, otherwise: str = "", keys: Sequence[SigningKey] = ()
) -> Sealed:
    """Seal a log as it is now, hashing the lines since its last seal, and return the new one.

    `origin` may be given only for a first seal; `otherwise` is its default. A log that has not
    grown keeps its seal, with new signatures added. Raises `NothingFound` for an empty log, and
    `NotVerified` where log or seals were altered, as far as that shows without reading what was
    sealed.
    """
    end = settled(log)
    if not next(chunks(log, end=end), []):
        raise NothingFound.because(f"{log} has no line to seal")
    with adding(seals_path(log)) as file:
        last = latest(held(log))
        if last and origin not in (None, last.checkpoint.origin):
            expected = f"{last.checkpoint.origin}, as the seals before have it"
            raise UsageError.because(f"the origin {origin}", expected)
        begin = last or _empty(origin or otherwise)
        grown, leaves = _grown(log, begin, end)
        for key in keys:
            grown = evolve(grown, note=key.sign(grown.note))
        if grown != last:
            _keep_leaves(log, begin, leaves)
            add(file, grown.values())
    return Sealed(grown, len(leaves))


def _empty(origin: str) -> Seal:
    tree = Frontier()
    return Seal(note=Note(Checkpoint(origin, 0, tree.root())), length=0, frontier=tree)


def _grown(log: Path, last: Seal, end: int) -> tuple[Seal, list[bytes]]:
    """Return the seal of a log grown since the last one, unsigned if new, and the new leaves."""
    _check_end(log, last, end)
    leaves, length = _leaves(log, last.length, end)
    tree, copies = last.frontier.extend(leaves), archives.extensions(log)
    checkpoint = Checkpoint(last.checkpoint.origin, tree.size, tree.root(), copies)
    if checkpoint == last.checkpoint:
        return last, leaves
    return Seal(note=Note(checkpoint), length=last.length + length, frontier=tree), leaves


def _check_end(log: Path, last: Seal, end: int) -> None:
    """Raise `NotVerified` unless a line of the log ends where the last sealed one did."""
    with opened(log) as file:
        if last.length and (end < last.length or file.read(last.length - 1, 1) != b"\n"):
            raise NotVerified.because(_CHANGED, where=str(log))


def _leaves(log: Path, begin: int, end: int | None) -> tuple[list[bytes], int]:
    """Return the leaves of the lines between two places in a log, and how many bytes they take."""
    leaves: list[bytes] = []
    length = 0
    for lines in chunks(log, begin, end):
        leaves += leaf_hashes(lines)
        length += sum(map(len, lines)) + len(lines)
    return leaves, length


def _keep_leaves(log: Path, last: Seal, leaves: Sequence[bytes]) -> None:
    """Write new leaves behind the last sealed ones, which are made again if they are missing."""
    path, begin = leaves_path(log), last.checkpoint.size * HASH_SIZE
    with adding(path) as file:
        if file.stamp().size < begin:
            before, _ = _leaves(log, 0, last.length)
            if Frontier().extend(before) != last.frontier:
                raise NotVerified.because(_CHANGED, where=str(log))
            begin, leaves = 0, [*before, *leaves]
        put(file, b"".join(leaves), begin)


def sealed_leaves(log: Path, checkpoint: Checkpoint) -> list[bytes] | None:
    """Return the leaves that a checkpoint covers as they were then; None if they are lost."""
    try:
        data = leaves_path(log).read_bytes()[: checkpoint.size * HASH_SIZE]
    except OSError:
        return None
    leaves = [data[begin : begin + HASH_SIZE] for begin in range(0, len(data), HASH_SIZE)]
    is_same = len(leaves) == checkpoint.size and root(leaves) == checkpoint.root
    return leaves if is_same else None


def stamp(log: Path, token: bytes) -> Seal:
    """Keep a time stamp with the seal that it is for; raise `NotVerified` if none is held."""
    read = stamps.read(token)
    with adding(seals_path(log)) as file:
        stamped = latest(seal for seal in held(log) if read.covers(seal.checkpoint))
        if stamped is None:
            found, expected = "a time stamp for something else", "one for a checkpoint that is held"
            raise NotVerified.because(found, expected, where=str(seals_path(log)))
        if read.data in stamped.stamps:
            return stamped
        stamped = evolve(stamped, stamps=(*stamped.stamps, read.data), where="")
        add(file, stamped.values())
    return stamped
