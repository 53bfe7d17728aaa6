"""Ed25519 keys as C2SP signed-note and the tools around it write them: one to sign checkpoints with, one to give to others.

A verifier key is ``name+id+base64``, a private key ``PRIVATE+KEY+name+id+base64``: the id in eight
hexadecimal digits, then one byte for the algorithm and the key (as golang.org/x/mod/sumdb/note has
it, from which the format comes). To sign and to check takes the library `cryptography`, which is
imported for nothing else.
"""

from hashlib import sha256
from typing import TYPE_CHECKING, NoReturn, Self

from attrs import field, frozen

from timeline.errors import NotVerified, Problem, UsageError, needing
from timeline.evidence.checkpoint import Note, Signature, base64, check_name, from_base64

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

PRIVATE = "PRIVATE+KEY+"
_ED25519 = b"\x01"
"""The byte for Ed25519 (signed-note, "Signature types")."""
_KEY_SIZE = 32


@frozen
class VerifierKey:
    """A public key under a name."""

    name: str
    key: bytes

    @property
    def key_id(self) -> bytes:
        """The four bytes that tell keys of one name apart (signed-note, "Ed25519 signatures")."""
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.key).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{base64(_ED25519 + self.key)}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the verifier key that a text is; raise `UsageError` for any other."""
        if text.startswith(PRIVATE):
            _refuse(
                "a private key",
                "the verifier key that belongs to it; the private key is for nobody else to see",
            )
        name, key_id, key = _parts(text)
        _check_id(key_id, found := cls(name, key))
        return found

    def signed(self, note: Note) -> bool:
        """Return whether a note is signed by this key; raise `NotVerified` where it says so and the signature is not one of its text."""
        signatures = [
            one.signature
            for one in note.signatures
            if (one.name, one.key_id) == (self.name, self.key_id)
        ]
        for signature in signatures:
            self._check(signature, note.checkpoint.text.encode())
        return bool(signatures)

    def _check(self, signature: bytes, text: bytes) -> None:
        with needing("cryptography"):
            from cryptography.exceptions import InvalidSignature
            from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
        try:
            Ed25519PublicKey.from_public_bytes(self.key).verify(signature, text)
        except InvalidSignature:
            raise NotVerified(
                Problem(f"the signature by {self.name} is not one of this text")
            ) from None


@frozen
class SigningKey:
    """A private key under a name."""

    name: str
    seed: bytes = field(repr=False)

    def __str__(self) -> str:
        return f"{PRIVATE}{self.name}+{self.verifier.key_id.hex()}+{base64(_ED25519 + self.seed)}"

    @classmethod
    def new(cls, name: str) -> Self:
        """Return a new key; raise `UsageError` for what cannot be its name."""
        _check_name(name)
        with needing("cryptography"):
            from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        return cls(name, Ed25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the private key that a text is; raise `UsageError`, which shows nothing of the key, for any other."""
        if not text.startswith(PRIVATE):
            _refuse("no private key", f"{PRIVATE}name+id+base64")
        name, key_id, seed = _parts(text.removeprefix(PRIVATE))
        found = cls(name, seed)
        _check_id(key_id, found.verifier)
        return found

    @property
    def verifier(self) -> VerifierKey:
        """The key by which others check the signatures of this one."""
        return VerifierKey(self.name, self._private.public_key().public_bytes_raw())

    def sign(self, note: Note) -> Note:
        """Return a note signed by this key; Ed25519 signs one text in one way, so to sign again changes nothing."""
        signature = self._private.sign(note.checkpoint.text.encode())
        return note.signed(Signature(self.name, self.verifier.key_id, signature))

    @property
    def _private(self) -> "Ed25519PrivateKey":
        with needing("cryptography"):
            from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        return Ed25519PrivateKey.from_private_bytes(self.seed)


def _parts(text: str) -> tuple[str, str, bytes]:
    """Return name, id and key of a key's text; raise `UsageError`, which does not show the key, for any other."""
    name, _, rest = text.partition("+")
    key_id, _, encoded = rest.partition("+")
    _check_name(name)
    try:
        key = from_base64(encoded, "")
    except NotVerified:
        key = b""
    if len(key) != 1 + _KEY_SIZE or key[:1] != _ED25519:
        _refuse(f"the key {name}", "name+id+base64, an Ed25519 key in the form of signed-note")
    return name, key_id, key[1:]


def _check_name(name: str) -> None:
    try:
        check_name(name)
    except NotVerified as error:
        raise UsageError(error.problems) from None


def _check_id(key_id: str, key: VerifierKey) -> None:
    if key_id != key.key_id.hex():
        _refuse(f"the id {key_id} of the key {key.name}", "the one that follows from name and key")


def _refuse(found: str, expected: str) -> NoReturn:
    raise UsageError(Problem(found, expected))
