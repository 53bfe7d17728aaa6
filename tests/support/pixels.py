"""How much of a PNG is covered, read without a library of pictures: RGBA, 8 bits a channel."""

import struct
import zlib

SIGNATURE = 8
"""The bytes before the first chunk."""


def ink(png: bytes) -> float:
    """Return how many pixels of a picture are covered, those that are covered in part by share."""
    width = struct.unpack(">I", png[SIGNATURE + 8 : SIGNATURE + 12])[0]
    data = zlib.decompress(_data(png))
    above, total = [0] * width, 0
    for start in range(0, len(data), 4 * width + 1):
        kind, alphas = data[start], data[start + 4 : start + 4 * width + 1 : 4]
        above = _unfiltered(kind, alphas, above)
        total += sum(above)
    return total / 255


def _data(png: bytes) -> bytes:
    """Return the compressed data of all chunks."""
    at, data = SIGNATURE, b""
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        data += png[at + 8 : at + 8 + length] if kind == b"IDAT" else b""
        at += length + 12
    return data


def _unfiltered(kind: int, values: bytes, above: list[int]) -> list[int]:
    """Return one channel of a row without its filter (PNG, 9.2)."""
    row, left, corner = [], 0, 0
    for value, upper in zip(values, above, strict=True):
        left = (value + _guess(kind, left, upper, corner)) % 256
        corner = upper
        row.append(left)
    return row


def _guess(kind: int, left: int, upper: int, corner: int) -> int:
    """Return what a filter foretells from three neighbours: none, left, upper, mean, Paeth."""
    if kind < 4:
        return (0, left, upper, (left + upper) // 2)[kind]
    plane = left + upper - corner
    return min((left, upper, corner), key=lambda neighbour: abs(plane - neighbour))
