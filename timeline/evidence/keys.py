"""Ed25519 keys of C2SP signed-note: a private one signs checkpoints, its verifier checks them.

A verifier key is ``name+id+base64``, a private key ``PRIVATE+KEY+name+id+base64``: the id in eight
hexadecimal digits, then one byte for the algorithm and the key (as golang.org/x/mod/sumdb/note has
it, from which the format comes). To sign and to check takes the library `cryptography`, which is
imported for nothing else.
"""

from hashlib import sha256
from typing import TYPE_CHECKING, Self

from attrs import field, frozen

from timeline.errors import NotVerified, UsageError, needing
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
        """Return the verifier key in a text; raise `UsageError` for a text of anything else."""
        if text.startswith(PRIVATE):
            expected = "the verifier key that belongs to it"
            warning = "the private key is for nobody else to see"
            raise UsageError.because("a private key", f"{expected}; {warning}")
        name, key_id, public = _parts(text)
        key = cls(name, public)
        _check_id(key_id, key)
        return key

    def signed(self, note: Note) -> bool:
        """Return whether this key signed a note; raise `NotVerified` for a false signature."""
        signatures = note.signatures_of(self.name, self.key_id)
        for each in signatures:
            self._check(each.signature, note.checkpoint.text.encode())
        return bool(signatures)

    def _check(self, signature: bytes, text: bytes) -> None:
        with needing("cryptography"):
            from cryptography.exceptions import InvalidSignature
            from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
        try:
            Ed25519PublicKey.from_public_bytes(self.key).verify(signature, text)
        except InvalidSignature:
            found = f"the signature by {self.name} is not one of this text"
            raise NotVerified.because(found) from None


@frozen
class SigningKey:
    """A private key under a name."""

    name: str
    seed: bytes = field(repr=False)

    def __str__(self) -> str:
        return f"{PRIVATE}{self.name}+{self.verifier.key_id.hex()}+{base64(_ED25519 + self.seed)}"

    @classmethod
    def new(cls, name: str) -> Self:
        """Return a new key; raise `UsageError` for an impossible name."""
        _check_name(name)
        with needing("cryptography"):
            from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        return cls(name, Ed25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the private key in a text; raise `UsageError`, which hides the key, for others."""
        if not text.startswith(PRIVATE):
            raise UsageError.because("no private key", f"{PRIVATE}name+id+base64")
        name, key_id, seed = _parts(text.removeprefix(PRIVATE))
        key = cls(name, seed)
        _check_id(key_id, key.verifier)
        return key

    @property
    def verifier(self) -> VerifierKey:
        """The key by which others check the signatures of this one."""
        return VerifierKey(self.name, self._private.public_key().public_bytes_raw())

    def sign(self, note: Note) -> Note:
        """Return a note signed by this key."""
        # Ed25519 signs a text in only one way, so to sign it again changes nothing
        signature = self._private.sign(note.checkpoint.text.encode())
        return note.signed(Signature(self.name, self.verifier.key_id, signature))

    @property
    def _private(self) -> "Ed25519PrivateKey":
        with needing("cryptography"):
            from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        return Ed25519PrivateKey.from_private_bytes(self.seed)


def _parts(text: str) -> tuple[str, str, bytes]:
    """Return name, id and key from a text; raise `UsageError`, which hides the key, for others."""
    name, _, rest = text.partition("+")
    key_id, _, encoded = rest.partition("+")
    _check_name(name)
    try:
        key = from_base64(encoded, "")
    except NotVerified:
        key = b""
    if len(key) != 1 + _KEY_SIZE or key[:1] != _ED25519:
        form = "name+id+base64, an Ed25519 key in the form of signed-note"
        raise UsageError.because(f"the key {name}", form)
    return name, key_id, key[1:]


def _check_name(name: str) -> None:
    try:
        check_name(name)
    except NotVerified as error:
        raise UsageError(error.problems) from None


def _check_id(key_id: str, key: VerifierKey) -> None:
    if key_id != key.key_id.hex():
        found = f"the id {key_id} of the key {key.name}"
        raise UsageError.because(found, "the one that follows from name and key")
