"""How single values are written: slugs, addresses, digests, grades and exact times."""

import re

from timeline.errors import InvalidEvent, quoted
from timeline.temporal.dates import Moment

_SLUG = re.compile(r"[a-z0-9]+(?:[-_.:][a-z0-9]+)*", re.ASCII)
_URL = re.compile(r"https?://[^\s]+")
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_GRADES = frozenset(letter + digit for letter in "ABCDEF" for digit in "123456")


def is_slug(text: str) -> bool:
    """Return whether a text may name an event, a topic or a negotiation."""
    return len(text) <= 120 and _SLUG.fullmatch(text) is not None


def check_slug(path: str, text: str) -> None:
    """Raise `InvalidEvent` for a text that is no slug."""
    if not is_slug(text):
        expected = "lower-case letters, digits and single - _ . : between them"
        raise InvalidEvent.because(quoted(text), f"{expected}, as sakhour-seized-sohr", path=path)


def check_url(path: str, text: str) -> None:
    """Raise `InvalidEvent` for a text that is no address on the web."""
    if not _URL.fullmatch(text):
        expected = "an address that begins with https:// or http://"
        raise InvalidEvent.because(quoted(text), expected, path=path)


def check_sha256(path: str, text: str) -> None:
    """Raise `InvalidEvent` for a text that is no SHA-256 digest."""
    if not _SHA256.fullmatch(text):
        expected = "64 hexadecimal digits in lower case"
        raise InvalidEvent.because(quoted(text), expected, path=path)


def check_grade(path: str, text: str) -> None:
    """Raise `InvalidEvent` for a text that is no Admiralty code."""
    if text not in _GRADES:
        expected = "an Admiralty code, A to F and 1 to 6, as B2"
        raise InvalidEvent.because(quoted(text), expected, path=path)


def check_exact(path: str, moment: Moment) -> None:
    """Raise `InvalidEvent` for a moment that is no time with an offset."""
    if not moment.exact:
        expected = "a time with an offset, as 2016-11-28T18:00:00Z"
        raise InvalidEvent.because(str(moment), expected, path=path)
