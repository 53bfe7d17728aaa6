"""Checkpoints: a few lines of text that stand for a log of some size, and the signatures on them.

A checkpoint is the text of C2SP tlog-checkpoint (c2sp.org/tlog-checkpoint): origin, size and root
on a line each, then lines of any meaning. Signed, it is a note of C2SP signed-note
(c2sp.org/signed-note): the text, an empty line, and a line for each signature. Both are read
strictly: what is read is written again byte for byte.
"""

import re
from base64 import b64decode, b64encode
from binascii import Error as NoBase64
from hashlib import sha256
from typing import NoReturn, Self

from attrs import evolve, frozen

from timeline.errors import NotVerified, Problem, quoted
from timeline.evidence.merkle import HASH_SIZE
from timeline.text import phrases

MOST_SIGNATURES = 100
"""How many signatures a note may have; signed-note asks for a limit, of 16 at least."""
_KEY_ID = 4
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
_DASH = "— "


@frozen
class Checkpoint:
    """A log at some size, as C2SP tlog-checkpoint writes it.

    Attributes:
        origin: which log this is, for everyone who holds a checkpoint of it.
        size: how many lines it has.
        root: the root of the Merkle tree over them.
        extensions: lines of other meaning.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __attrs_post_init__(self) -> None:
        for line in (self.origin, *self.extensions):
            if not line or phrases.safe(line) != line:
                _refuse(
                    f"the line {quoted(line)} in a checkpoint",
                    "a line of text without control characters",
                )
        if not _SIZE.fullmatch(str(self.size)):
            _refuse(f"a checkpoint of {self.size} lines", "a number of lines")
        if len(self.root) != HASH_SIZE:
            _refuse(f"a root of {len(self.root)} bytes", f"{HASH_SIZE}")

    @property
    def text(self) -> str:
        """The checkpoint as it is signed."""
        return "".join(
            f"{line}\n" for line in (self.origin, self.size, base64(self.root), *self.extensions)
        )

    @property
    def digest(self) -> bytes:
        """SHA-256 of the text without signatures: what a time stamp is asked for."""
        return sha256(self.text.encode()).digest()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the checkpoint that a text is; raise `NotVerified` for any other."""
        lines = text.split("\n")
        if len(lines) < 4 or lines.pop():
            _refuse(
                f"{len(lines)} whole lines",
                "a checkpoint: origin, size and root on a line each, and a newline at the end",
            )
        origin, size, root, *extensions = lines
        if not _SIZE.fullmatch(size):
            _refuse(
                f"the size {quoted(size)}",
                "a number without leading zeros, on the second line of a checkpoint",
            )
        return cls(
            origin,
            int(size),
            from_base64(root, "the root on the third line of a checkpoint"),
            tuple(extensions),
        )


@frozen
class Signature:
    """One signature of a note: the name of a key, the four bytes that tell keys of one name apart, and what the key made of the text."""

    name: str
    key_id: bytes
    signature: bytes

    def __attrs_post_init__(self) -> None:
        check_name(self.name)

    def __str__(self) -> str:
        return f"{_DASH}{self.name} {base64(self.key_id + self.signature)}"

    @classmethod
    def parse(cls, line: str) -> Self:
        """Return the signature that a line is; raise `NotVerified` for any other."""
        name, space, signed = line.removeprefix(_DASH).rpartition(" ")
        if not line.startswith(_DASH) or not space:
            _refuse(
                f"the line {quoted(line)}",
                "a signature: a dash (—), the name of a key and base64, with a space between",
            )
        raw = from_base64(signed, f"the signature by {name}")
        if len(raw) <= _KEY_ID:
            _refuse(f"a signature by {name} of {len(raw)} bytes", f"more than {_KEY_ID}")
        return cls(name, raw[:_KEY_ID], raw[_KEY_ID:])


@frozen
class Note:
    """A checkpoint with the signatures on it, of which there may be none."""

    checkpoint: Checkpoint
    signatures: tuple[Signature, ...] = ()

    def __str__(self) -> str:
        signatures = "".join(f"{signature}\n" for signature in self.signatures)
        return self.checkpoint.text + (f"\n{signatures}" if signatures else "")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the checkpoint that a text is, signed or not; raise `NotVerified` for any other."""
        body, empty, signed = text.rpartition("\n\n")
        if not empty:
            return cls(Checkpoint.parse(text))
        lines = signed.split("\n")
        if len(lines) < 2 or lines.pop():
            _refuse(
                "a note that does not end in a signature",
                "a line for each signature, and a newline at the end",
            )
        if len(lines) > MOST_SIGNATURES:
            _refuse(f"{len(lines)} signatures", f"at most {MOST_SIGNATURES}")
        return cls(Checkpoint.parse(f"{body}\n"), tuple(map(Signature.parse, lines)))

    @classmethod
    def decode(cls, data: bytes, name: str) -> Self:
        """Return the note that stands in a file of that name; raise `NotVerified`, with the name, for anything else."""
        try:
            return cls.parse(data.decode())
        except UnicodeDecodeError:
            raise NotVerified(Problem("not UTF-8", "a checkpoint", where=name)) from None
        except NotVerified as error:
            raise NotVerified([evolve(problem, where=name) for problem in error.problems]) from None

    def signed(self, signature: Signature) -> "Note":
        """Return the note with one signature more, in place of another one of the same key; the same note where it has it."""
        if signature in self.signatures:
            return self
        others = [
            one
            for one in self.signatures
            if (one.name, one.key_id) != (signature.name, signature.key_id)
        ]
        return evolve(self, signatures=(*others, signature))


def check_name(name: str) -> None:
    """Raise `NotVerified` for what cannot be the name of a key: an empty text, or one with spaces, a plus or control characters."""
    if not name or "+" in name or any(map(str.isspace, name)) or phrases.safe(name) != name:
        _refuse(f"the name {quoted(name)} of a key", "a name without spaces and plus")


def base64(data: bytes) -> str:
    """Return bytes in the base64 of RFC 4648, section 4."""
    return b64encode(data).decode()


def from_base64(text: str, what: str) -> bytes:
    """Return the bytes of a text that is written as `base64` writes them, and in no other way; raise `NotVerified` for any other."""
    try:
        data = b64decode(text, validate=True)
    except (NoBase64, ValueError):
        _refuse(f"{what}: {quoted(text)}", "base64")
    if base64(data) != text:
        _refuse(
            f"{what}: {quoted(text)}", f"base64 as it is written for these bytes, {base64(data)}"
        )
    return data


def _refuse(found: str, expected: str) -> NoReturn:
    raise NotVerified(Problem(found, expected))
