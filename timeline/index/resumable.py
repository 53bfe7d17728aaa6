"""SHA-256 that can be laid aside and taken up again: hashlib cannot, and a log that grows by a line would be read whole for its digest.

Between two blocks of 64 bytes all that SHA-256 knows of what it has read is eight words. They are
taken from, and given back to, the libcrypto that Python's own hashlib uses; the bytes of an
unfinished block are read again. Nothing that was kept is believed: what goes on from it must first
give the digest that was kept with it. Where the library lacks the functions, hashlib reads all, to
the same answers.
"""

import hashlib
import os
import re
import struct
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

_BLOCK, _CHUNK, _ROOM = 64, 1 << 20, 512
_WORDS = struct.unpack(
    ">8I", bytes.fromhex("6a09e667bb67ae853c6ef372a54ff53a510e527f9b05688c1f83d9ab5be0cd19")
)
_BEGUN = struct.pack("=8I2I64x2I", *_WORDS, 0, 0, 0, 32)
"""A SHA256_CTX that has read nothing: the words of FIPS 180-4, a number of bits, a block, how much of it is filled, the digest's length."""


class Hashed(NamedTuple):
    """The beginning of a file: its length, its digest in hex, and the words after its last whole block in hex, where they can be had."""

    size: int
    sha256: str
    state: str | None


def kept(values: Any) -> Hashed | None:
    """Return the `Hashed` that JSON kept, as a list; None for anything else."""
    match values:
        case [int(size), str(sha256), str() | None as state]:
            return Hashed(size, sha256, state)
    return None


def hashed(path: Path, end: int, before: Hashed | None = None) -> Hashed:
    """Return the digest of a file up to a place, or to its end where that comes first; raises OSError where it cannot be read.

    Of a file that was only added to since `before`, only what was added is read; all of it, where
    `before` is of no use.
    """
    with open(path, "rb") as file:
        digest, done = _resumed(file, end, before) or (
            _Running() if _library() else hashlib.sha256(),
            0,
        )
        file.seek(done)
        while done < end and (data := file.read(min(_CHUNK, end - done))):
            digest.update(data)
            done += len(data)
    return Hashed(
        done, digest.hexdigest(), digest.words().hex() if isinstance(digest, _Running) else None
    )


def _resumed(
    file: BinaryIO, end: int, before: Hashed | None
) -> "tuple[_Running | hashlib._Hash, int] | None":
    """Return the digest of what was hashed before, and its length; None where what was kept does not give it, or the file is shorter."""
    state = before and re.fullmatch("[0-9a-f]{64}", before.state or "")
    if (
        not _library()
        or not before
        or not state
        or not 0 <= before.size <= min(end, os.fstat(file.fileno()).st_size)
    ):
        return None
    whole = before.size - before.size % _BLOCK
    file.seek(whole)
    running = _Running(bytes.fromhex(state[0]), whole)
    running.update(file.read(before.size - whole))
    return (running, before.size) if running.hexdigest() == before.sha256 else None


class _Running:
    """A digest of libcrypto, from the beginning, or after so many bytes, whole blocks, that led to those words."""

    def __init__(self, words: bytes = b"", size: int = 0, library: Any = None) -> None:
        import ctypes

        self._library, self._context = library or _library(), ctypes.create_string_buffer(_ROOM)
        self._library.SHA256_Init(self._context)
        if words:
            struct.pack_into(
                "=32s2I", self._context, 0, words, 8 * size & 0xFFFFFFFF, 8 * size >> 32
            )

    def update(self, data: bytes) -> None:
        self._library.SHA256_Update(self._context, data, len(data))

    def hexdigest(self) -> str:
        import ctypes

        digest, copy = (
            ctypes.create_string_buffer(32),
            ctypes.create_string_buffer(self._context.raw, _ROOM),
        )
        self._library.SHA256_Final(digest, copy)
        return digest.raw.hex()

    def words(self) -> bytes:
        return self._context.raw[:32]

    def fits(self) -> bool:
        """Return whether the library, not yet asked anything, lays out its context as is believed here, and counts like hashlib."""
        begun = self._context.raw.startswith(_BEGUN)
        self.update(bytes(100))
        return begun and self.hexdigest() == hashlib.sha256(bytes(100)).hexdigest()


@cache
def _library() -> Any:
    """Return the libcrypto of hashlib; None where it has no such functions, cannot be reached, or is in FIPS mode, which forbids them."""
    try:
        import _hashlib
        import ctypes

        library = ctypes.CDLL(_hashlib.__file__)
        library.SHA256_Init.argtypes = [ctypes.c_void_p]
        library.SHA256_Update.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t]
        library.SHA256_Final.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
        return (
            library if not _hashlib.get_fips_mode() and _Running(library=library).fits() else None
        )
    except (ImportError, AttributeError, OSError, ValueError):
        return None
