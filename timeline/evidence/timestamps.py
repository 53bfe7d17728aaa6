"""Time stamps of RFC 3161 are tokens by which an authority says when a checkpoint existed.

Tokens are fetched elsewhere; nothing here opens a connection. Whether the authority can be trusted
shows only by its certificates. The library `rfc3161-client` reads the tokens.
"""

import hashlib
from datetime import datetime
from typing import TYPE_CHECKING

from attrs import field, frozen

from timeline.errors import NotVerified, UsageError, needing
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
    """An authority's response in DER, with the time, digest and hash (by object id) in it."""

    data: bytes = field(repr=False)
    time: datetime
    imprint: bytes
    algorithm: str

    def covers(self, checkpoint: Checkpoint) -> bool:
        """Return whether the token is for this checkpoint."""
        name = _HASHES.get(self.algorithm)
        if name is None:
            return False
        return hashlib.new(name, checkpoint.text.encode()).digest() == self.imprint


def read(data: bytes) -> Stamp:
    """Return the token in a file, alone or in a response; raise `NotVerified` for others."""
    for response in (data, _response(data)):
        try:
            return _stamp(response)
        except ValueError:
            continue
    expected = "a token of RFC 3161, or the response that holds it, in DER"
    raise NotVerified.because("no time stamp", expected)


def _stamp(data: bytes) -> Stamp:
    response = _decode(data)
    if response.status not in _GRANTED:
        found = f"a response of status {response.status}, which refuses a time stamp"
        raise NotVerified.because(found, "one that grants it")
    info, imprint = response.tst_info, response.tst_info.message_imprint
    return Stamp(data, info.gen_time, imprint.message, imprint.hash_algorithm.dotted_string)


def _decode(data: bytes) -> "TimeStampResponse":
    with needing("rfc3161-client"):
        from rfc3161_client import decode_timestamp_response
    return decode_timestamp_response(data)


def _response(token: bytes) -> bytes:
    """Return a token as a response in DER, after the status 0 (RFC 3161, section 2.4.2)."""
    body = b"\x30\x03\x02\x01\x00" + token
    if len(body) < 0x80:
        return bytes([0x30, len(body)]) + body
    size = len(body).to_bytes((len(body).bit_length() + 7) // 8)
    return bytes([0x30, 0x80 | len(size)]) + size + body


def trust(stamp: Stamp, certificates: bytes) -> None:
    """Raise `NotVerified` unless certificates, in PEM, vouch for the authority of a token."""
    with needing("rfc3161-client"):
        from cryptography.x509 import load_pem_x509_certificates
        from rfc3161_client import VerificationError, VerifierBuilder
    try:
        roots = load_pem_x509_certificates(certificates)
    except ValueError:
        raise UsageError.because("no certificates", "one or more in PEM") from None
    try:
        VerifierBuilder(roots=roots).build().verify(_decode(stamp.data), stamp.imprint)
    except VerificationError as error:
        reason = str(error).partition(": ErrorStack")[0]
        found = "a time stamp that no authority of these certificates signed"
        raise NotVerified.because(found, hint=reason) from None
