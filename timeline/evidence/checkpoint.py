"""Checkpoints state the size and root of a log in a few lines of text that can be signed.

The text is that of C2SP tlog-checkpoint (c2sp.org/tlog-checkpoint), signed as a C2SP signed-note
(c2sp.org/signed-note). Both are read strictly: what is read is written again byte for byte.
"""

import re
from base64 import b64decode, b64encode
from binascii import Error as NoBase64
from hashlib import sha256
from typing import Self

from attrs import evolve, frozen

from timeline.errors import NotVerified, quoted
from timeline.evidence.merkle import HASH_SIZE
from timeline.text import phrases

MOST_SIGNATURES = 100
"""How many signatures a note may have; signed-note asks for a limit, of 16 at least."""
_KEY_ID = 4
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
_DASH = "— "


@frozen
class Checkpoint:
    """A log at some size in lines, with the root of its Merkle tree (C2SP tlog-checkpoint).

    `origin` names the log for all who hold a checkpoint; `extensions` are lines of other meaning.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __attrs_post_init__(self) -> None:
        for line in (self.origin, *self.extensions):
            if not line or phrases.safe(line) != line:
                found = f"the line {quoted(line)} in a checkpoint"
                raise NotVerified.because(found, "a line of text without control characters")
        if not _SIZE.fullmatch(str(self.size)):
            raise NotVerified.because(f"a checkpoint of {self.size} lines", "a number of lines")
        if len(self.root) != HASH_SIZE:
            raise NotVerified.because(f"a root of {len(self.root)} bytes", f"{HASH_SIZE}")

    @property
    def text(self) -> str:
        """The checkpoint as it is signed."""
        lines = (self.origin, self.size, base64(self.root), *self.extensions)
        return "".join(f"{line}\n" for line in lines)

    @property
    def digest(self) -> bytes:
        """The SHA-256 of the text without signatures, for which a time stamp is asked."""
        return sha256(self.text.encode()).digest()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the checkpoint in a text; raise `NotVerified` for a text of anything else."""
        lines = text.split("\n")
        if len(lines) < 4 or lines.pop():
            form = "a checkpoint: origin, size and root on a line each, and a newline at the end"
            raise NotVerified.because(f"{len(lines)} whole lines", form)
        origin, size, encoded, *extensions = lines
        if not _SIZE.fullmatch(size):
            form = "a number without leading zeros, on the second line of a checkpoint"
            raise NotVerified.because(f"the size {quoted(size)}", form)
        root = from_base64(encoded, "the root on the third line of a checkpoint")
        return cls(origin, int(size), root, tuple(extensions))


@frozen
class Signature:
    """One signature of a note: a key's name, its id of four bytes, and what it made of the text."""

    name: str
    key_id: bytes
    signature: bytes

    def __attrs_post_init__(self) -> None:
        check_name(self.name)

    def __str__(self) -> str:
        return f"{_DASH}{self.name} {base64(self.key_id + self.signature)}"

    @classmethod
    def parse(cls, line: str) -> Self:
        """Return the signature in a line; raise `NotVerified` for a line of anything else."""
        name, space, signed = line.removeprefix(_DASH).rpartition(" ")
        if not line.startswith(_DASH) or not space:
            form = "a signature: a dash (—), the name of a key and base64, with a space between"
            raise NotVerified.because(f"the line {quoted(line)}", form)
        raw = from_base64(signed, f"the signature by {name}")
        if len(raw) <= _KEY_ID:
            found = f"a signature by {name} of {len(raw)} bytes"
            raise NotVerified.because(found, f"more than {_KEY_ID}")
        return cls(name, raw[:_KEY_ID], raw[_KEY_ID:])


@frozen
class Note:
    """A checkpoint with the signatures on it, of which there may be none."""

    checkpoint: Checkpoint
    signatures: tuple[Signature, ...] = ()

    def __str__(self) -> str:
        if not self.signatures:
            return self.checkpoint.text
        return "\n".join([self.checkpoint.text, *map(str, self.signatures), ""])

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the note in a text, signed or not; raise `NotVerified` for anything else."""
        body, empty, signed = text.rpartition("\n\n")
        if not empty:
            return cls(Checkpoint.parse(text))
        lines = signed.split("\n")
        if len(lines) < 2 or lines.pop():
            form = "a line for each signature, and a newline at the end"
            raise NotVerified.because("a note that does not end in a signature", form)
        if len(lines) > MOST_SIGNATURES:
            raise NotVerified.because(f"{len(lines)} signatures", f"at most {MOST_SIGNATURES}")
        return cls(Checkpoint.parse(f"{body}\n"), tuple(map(Signature.parse, lines)))

    @classmethod
    def decode(cls, data: bytes, name: str) -> Self:
        """Return the note in a named file; raise `NotVerified`, with the name, for others."""
        try:
            return cls.parse(data.decode())
        except UnicodeDecodeError:
            raise NotVerified.because("not UTF-8", "a checkpoint", where=name) from None
        except NotVerified as error:
            raise error.located(where=name) from None

    def signed(self, signature: Signature) -> "Note":
        """Return the note with a signature more, in place of any other of the same key."""
        if signature in self.signatures:
            return self
        same_key = self.signatures_of(signature.name, signature.key_id)
        others = [other for other in self.signatures if other not in same_key]
        return evolve(self, signatures=(*others, signature))

    def signatures_of(self, name: str, key_id: bytes) -> list[Signature]:
        """Return the signatures of the key with this name and id."""
        key = (name, key_id)
        return [each for each in self.signatures if (each.name, each.key_id) == key]


def check_name(name: str) -> None:
    """Raise `NotVerified` for a key's name that is empty or has spaces, plus or control signs."""
    if not name or "+" in name or any(map(str.isspace, name)) or phrases.safe(name) != name:
        found = f"the name {quoted(name)} of a key"
        raise NotVerified.because(found, "a name without spaces and plus")


def base64(data: bytes) -> str:
    """Return bytes in the base64 of RFC 4648, section 4."""
    return b64encode(data).decode()


def from_base64(text: str, what: str) -> bytes:
    """Return the bytes of a text as `base64` writes it; raise `NotVerified` for any other text."""
    found = f"{what}: {quoted(text)}"
    try:
        data = b64decode(text, validate=True)
    except (NoBase64, ValueError):
        raise NotVerified.because(found, "base64") from None
    if base64(data) != text:
        expected = f"base64 as it is written for these bytes, {base64(data)}"
        raise NotVerified.because(found, expected)
    return data
