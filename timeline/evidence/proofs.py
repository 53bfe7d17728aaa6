"""Proofs: one event shown to stand in a log, without the log.

A proof holds the event's line, its place, a checkpoint of the log, and the digests that lead from
the line to the root of the checkpoint (RFC 9162, section 2.1.3). It may also lead from an older
checkpoint, which somebody holds, to its own (section 2.1.4). It shows what it shows of that
checkpoint and of nothing else: whether the checkpoint is the log's is a matter of its signatures,
or of who published it.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from attrs import evolve, frozen

from timeline.errors import InvalidEvent, NotVerified, Problem
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
    """A proof.

    Attributes:
        event: the line of the event.
        index: how many lines stand before it.
        path: the digests that lead from it to the root.
        note: the checkpoint, with its signatures.
        older: an older checkpoint, which the other extends; None for none.
        extension: the digests that show that it does.
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
        since = (
            {"checkpoint": self.older.text, "path": [base64(one) for one in self.extension]}
            if self.older
            else None
        )
        own = {
            "event": self.event,
            "index": self.index,
            "size": self.checkpoint.size,
            "path": [base64(one) for one in self.path],
        }
        return own | {"checkpoint": str(self.note)} | ({"since": since} if since else {})

    def __str__(self) -> str:
        return json.dumps(self.json(), ensure_ascii=False, indent=1) + "\n"

    @classmethod
    def decode(cls, data: bytes, name: str) -> Self:
        """Return the proof that a file of that name holds; raise `NotVerified` for anything else, and for one written in another way."""
        try:
            values = strictjson.loads(data, LONGEST)
            proof = cls._of(values)
        except (AttributeError, KeyError, TypeError, ValueError):
            raise NotVerified(
                Problem("no proof", "event, index, size, path and checkpoint", where=name)
            ) from None
        except (InvalidEvent, NotVerified) as error:
            raise NotVerified([evolve(problem, where=name) for problem in error.problems]) from None
        if json.dumps(proof.json(), sort_keys=True) != json.dumps(values, sort_keys=True):
            raise NotVerified(
                Problem("a proof with parts that say different things, or nothing", where=name)
            )
        return proof

    @classmethod
    def _of(cls, values: Mapping[str, Any]) -> Self:
        since, event, index = values.get("since"), values["event"], values["index"]
        if type(event) is not str or type(index) is not int:
            raise TypeError
        return cls(
            event=event,
            index=index,
            path=_digests(values["path"]),
            note=Note.parse(values["checkpoint"]),
            older=Checkpoint.parse(since["checkpoint"]) if since else None,
            extension=_digests(since["path"]) if since else (),
        )

    def check(self, *, keys: Sequence[VerifierKey] = (), since: Note | None = None) -> None:
        """Raise `NotVerified` unless the proof holds, every key signed its checkpoint, and that is `since` or extends it."""
        if not verify_inclusion(
            leaf_hash(self.event.encode()),
            self.index,
            self.checkpoint.size,
            self.path,
            self.checkpoint.root,
        ):
            raise NotVerified(
                Problem("the proof does not lead from the event to the root of its checkpoint")
            )
        for key in keys:
            for note in (self.note, *([since] if since else [])):
                if not key.signed(note):
                    raise NotVerified(
                        Problem(
                            f"no signature by {key.name}",
                            f"one by {key}, on the checkpoint of {note.checkpoint.size} lines",
                        )
                    )
        if since and self.checkpoint != since.checkpoint:
            self._check_extension(since.checkpoint)

    def _check_extension(self, since: Checkpoint) -> None:
        if self.older != since or since.origin != self.checkpoint.origin:
            hint = "`timeline prove ID --since FILE` makes a proof that leads from the one in FILE"
            raise NotVerified(
                Problem(
                    "a proof under another checkpoint, which does not lead from this one", hint=hint
                )
            )
        if not verify_consistency(
            since.size, self.checkpoint.size, self.extension, since.root, self.checkpoint.root
        ):
            raise NotVerified(Problem("the checkpoint of the proof does not extend this one"))


def _digests(texts: Sequence[str]) -> tuple[bytes, ...]:
    return tuple(from_base64(text, "a digest of the path") for text in texts)


def prove(log: Path, id: str, since: Note | None = None) -> Proof:
    """Return the proof that an event stands in a log, under its last seal; with `since`, one that leads from that checkpoint too.

    Raises `NothingFound` for an unknown event, and `NotVerified` for one that is not sealed, and
    for a log that is not what was sealed.
    """
    numbers = reading.read(log).lines
    number = numbers[find_id(id, list(numbers))]
    seal = seals.latest(seals.held(log))
    if seal is None or seal.checkpoint.size < number:
        raise NotVerified(
            Problem(
                f"{id} is not sealed yet", where=f"{log}:{number}", hint="`timeline seal` seals it"
            )
        )
    found = list(lines(log, end=seal.length))
    leaves = leaf_hashes(found)
    if len(leaves) != seal.checkpoint.size or root(leaves) != seal.checkpoint.root:
        raise NotVerified(
            Problem(
                "the log is not what was sealed",
                where=str(log),
                hint="`timeline verify` names the line",
            )
        )
    path = tuple(inclusion_path(number - 1, leaves))
    proof = Proof(event=found[number - 1].decode(), index=number - 1, path=path, note=seal.note)
    return _extending(proof, since.checkpoint, leaves) if since else proof


def _extending(proof: Proof, older: Checkpoint, leaves: Sequence[bytes]) -> Proof:
    """Return a proof that leads from an older checkpoint too; raise `NotVerified` where its log does not extend that."""
    if (
        older.origin != proof.checkpoint.origin
        or not 0 < older.size <= len(leaves)
        or root(leaves[: older.size]) != older.root
    ):
        raise NotVerified(
            Problem(
                f"the log does not extend the checkpoint of {older.size} lines of {older.origin}"
            )
        )
    return evolve(proof, older=older, extension=tuple(consistency_path(older.size, leaves)))
