"""Proofs show without the log that it holds an event.

The path from the line to the checkpoint is that of RFC 9162, section 2.1.3, and from an older
checkpoint that of section 2.1.4. Only signatures show that a checkpoint is the log's.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from attrs import evolve, frozen

from timeline.errors import InvalidEvent, NotVerified
from timeline.evidence import seals
from timeline.evidence.checkpoint import Checkpoint, Note, base64, from_base64
from timeline.evidence.keys import VerifierKey
from timeline.evidence.merkle import (
    consistency_path,
    inclusion_path,
    leaf_hash,
    leaf_hashes,
    root,
    verify_consistency,
    verify_inclusion,
)
from timeline.evidence.sidecar import lines
from timeline.log import reader as reading
from timeline.log import strict_json as strictjson
from timeline.log.ids import find_id

LONGEST = 1 << 24
"""The longest proof, in bytes: the longest line, escaped, and a note of a hundred signatures."""


@frozen(kw_only=True)
class Proof:
    """The line of an event, and the digests that lead from it to a checkpoint.

    `index` counts from 0; `extension` shows that the checkpoint extends the `older` one.
    """

    event: str
    index: int
    path: tuple[bytes, ...]
    note: Note
    older: Checkpoint | None = None
    extension: tuple[bytes, ...] = ()

    @property
    def checkpoint(self) -> Checkpoint:
        """The checkpoint that the event is proved to be under."""
        return self.note.checkpoint

    def json(self) -> dict[str, Any]:
        """Return the proof as JSON values."""
        values: dict[str, Any] = {
            "event": self.event,
            "index": self.index,
            "size": self.checkpoint.size,
            "path": list(map(base64, self.path)),
            "checkpoint": str(self.note),
        }
        if self.older:
            extension = list(map(base64, self.extension))
            values["since"] = {"checkpoint": self.older.text, "path": extension}
        return values

    def __str__(self) -> str:
        return json.dumps(self.json(), ensure_ascii=False, indent=1) + "\n"

    @classmethod
    def decode(cls, data: bytes, name: str) -> Self:
        """Return the proof in a named file; raise `NotVerified` unless it is in this very form."""
        try:
            values = strictjson.loads(data, LONGEST)
            proof = cls._of(values)
        except (AttributeError, KeyError, TypeError, ValueError):
            expected = "event, index, size, path and checkpoint"
            raise NotVerified.because("no proof", expected, where=name) from None
        except (InvalidEvent, NotVerified) as error:
            raise NotVerified(error.located(where=name).problems) from None
        if json.dumps(proof.json(), sort_keys=True) != json.dumps(values, sort_keys=True):
            found = "a proof with parts that say different things, or nothing"
            raise NotVerified.because(found, where=name)
        return proof

    @classmethod
    def _of(cls, values: Mapping[str, Any]) -> Self:
        since, event, index = values.get("since"), values["event"], values["index"]
        if type(event) is not str or type(index) is not int:
            raise TypeError
        path, note = _digests(values["path"]), Note.parse(values["checkpoint"])
        proof = cls(event=event, index=index, path=path, note=note)
        if not since:
            return proof
        older = Checkpoint.parse(since["checkpoint"])
        return evolve(proof, older=older, extension=_digests(since["path"]))

    def check(self, *, keys: Sequence[VerifierKey] = (), since: Note | None = None) -> None:
        """Raise `NotVerified` unless the proof holds, is signed by each key and extends `since`."""
        leaf, tree = leaf_hash(self.event.encode()), self.checkpoint
        if not verify_inclusion(leaf, self.index, tree.size, self.path, tree.root):
            found = "the proof does not lead from the event to the root of its checkpoint"
            raise NotVerified.because(found)
        for key in keys:
            _check_signed(self.note, key)
            if since:
                _check_signed(since, key)
        if since and self.checkpoint != since.checkpoint:
            self._check_extension(since.checkpoint)

    def _check_extension(self, since: Checkpoint) -> None:
        if self.older != since or since.origin != self.checkpoint.origin:
            found = "a proof under another checkpoint, which does not lead from this one"
            hint = "`timeline prove ID --since FILE` makes a proof that leads from the one in FILE"
            raise NotVerified.because(found, hint=hint)
        if not verify_consistency(
            since.size, self.checkpoint.size, self.extension, since.root, self.checkpoint.root
        ):
            raise NotVerified.because("the checkpoint of the proof does not extend this one")


def _check_signed(note: Note, key: VerifierKey) -> None:
    if not key.signed(note):
        expected = f"one by {key}, on the checkpoint of {note.checkpoint.size} lines"
        raise NotVerified.because(f"no signature by {key.name}", expected)


def _digests(texts: Sequence[str]) -> tuple[bytes, ...]:
    return tuple(from_base64(text, "a digest of the path") for text in texts)


def prove(log: Path, id: str, since: Note | None = None) -> Proof:
    """Return the proof of an event under a log's last seal, which leads from `since` too.

    Raises `NothingFound` for an unknown event, and `NotVerified` for one that is not sealed, and
    for a log that is not what was sealed.
    """
    numbers = reading.read(log).lines
    number = numbers[find_id(id, list(numbers))]
    seal = seals.latest(seals.held(log))
    if seal is None or seal.checkpoint.size < number:
        where, hint = f"{log}:{number}", "`timeline seal` seals it"
        raise NotVerified.because(f"{id} is not sealed yet", where=where, hint=hint)
    sealed = list(lines(log, end=seal.length))
    leaves = leaf_hashes(sealed)
    if len(leaves) != seal.checkpoint.size or root(leaves) != seal.checkpoint.root:
        hint = "`timeline verify` names the line"
        raise NotVerified.because("the log is not what was sealed", where=str(log), hint=hint)
    path = tuple(inclusion_path(number - 1, leaves))
    proof = Proof(event=sealed[number - 1].decode(), index=number - 1, path=path, note=seal.note)
    return _extending(proof, since.checkpoint, leaves) if since else proof


def _extending(proof: Proof, older: Checkpoint, leaves: Sequence[bytes]) -> Proof:
    """Return a proof from an older checkpoint; raise `NotVerified` unless the log extends that."""
    known = older.origin == proof.checkpoint.origin and 0 < older.size <= len(leaves)
    if not known or root(leaves[: older.size]) != older.root:
        found = f"the log does not extend the checkpoint of {older.size} lines of {older.origin}"
        raise NotVerified.because(found)
    return evolve(proof, older=older, extension=tuple(consistency_path(older.size, leaves)))
