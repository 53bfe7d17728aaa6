"""Time stamps of RFC 3161: a token, got elsewhere, by which an authority says that a checkpoint existed at some time.

A token names the digest that it is for, its message imprint. That it is the checkpoint's is checked
here; that the authority is one that you trust only where its certificates are given. The library
`rfc3161-client` reads the tokens. Nothing here opens a connection.
"""

import hashlib
from datetime import datetime
from typing import TYPE_CHECKING

from attrs import field, frozen

from timeline.errors import NotVerified, Problem, UsageError, needing
from timeline.evidence.checkpoint import Checkpoint

if TYPE_CHECKING:
    from rfc3161_client import TimeStampResponse

_HASHES = {
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}
"""The hashes of a message imprint, by object identifier (RFC 5754, section 2)."""
_GRANTED = (0, 1)
"""The statuses with which a response has a token (RFC 3161, section 2.4.2)."""


@frozen
class Stamp:
    """A token.

    Attributes:
        data: the response of the authority in DER, with the token in it.
        time: when the authority says that it was.
        imprint: the digest that the token is for.
        algorithm: the hash that made it, by its object identifier.
    """

    data: bytes = field(repr=False)
    time: datetime
    imprint: bytes
    algorithm: str

    def covers(self, checkpoint: Checkpoint) -> bool:
        """Return whether the token is for this checkpoint."""
        name = _HASHES.get(self.algorithm)
        return (
            name is not None
            and hashlib.new(name, checkpoint.text.encode()).digest() == self.imprint
        )


def read(data: bytes) -> Stamp:
    """Return the token that a file holds, alone or in the response of an authority; raise `NotVerified` for anything else."""
    for response in (data, _response(data)):
        try:
            return _stamp(response)
        except ValueError:
            continue
    raise NotVerified(
        Problem("no time stamp", "a token of RFC 3161, or the response that holds it, in DER")
    )


def _stamp(data: bytes) -> Stamp:
    response = _decode(data)
    if response.status not in _GRANTED:
        raise NotVerified(
            Problem(
                f"a response of status {response.status}, which refuses a time stamp",
                "one that grants it",
            )
        )
    info = response.tst_info
    return Stamp(
        data,
        info.gen_time,
        info.message_imprint.message,
        info.message_imprint.hash_algorithm.dotted_string,
    )


def _decode(data: bytes) -> "TimeStampResponse":
    with needing("rfc3161-client"):
        from rfc3161_client import decode_timestamp_response
    return decode_timestamp_response(data)


def _response(token: bytes) -> bytes:
    """Return a token as the response that grants it: a sequence of the status 0 and the token, in DER (RFC 3161, section 2.4.2)."""
    body = b"\x30\x03\x02\x01\x00" + token
    if len(body) < 0x80:
        return bytes([0x30, len(body)]) + body
    size = len(body).to_bytes((len(body).bit_length() + 7) // 8)
    return bytes([0x30, 0x80 | len(size)]) + size + body


def trust(stamp: Stamp, certificates: bytes) -> None:
    """Raise `NotVerified` unless a token is signed by an authority that one of some certificates, in PEM, vouches for."""
    with needing("rfc3161-client"):
        from cryptography.x509 import load_pem_x509_certificates
        from rfc3161_client import VerificationError, VerifierBuilder
    try:
        roots = load_pem_x509_certificates(certificates)
    except ValueError:
        raise UsageError(Problem("no certificates", "one or more in PEM")) from None
    try:
        VerifierBuilder(roots=roots).build().verify(_decode(stamp.data), stamp.imprint)
    except VerificationError as error:
        reason = str(error).partition(": ErrorStack")[0]
        raise NotVerified(
            Problem("a time stamp that no authority of these certificates signed", hint=reason)
        ) from None
