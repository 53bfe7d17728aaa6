"""The ids of imported events: readable, short, and the same in every edition of a table."""

import re
import unicodedata
from hashlib import blake2b

from timeline.domain.notation import is_slug

LONGEST = 100
"""Up to how many characters an id may have here; editions and withdrawals add to it."""
LONGEST_KEY = 48
"""How many characters of a source's own key an id has at most."""


def slugged(text: str) -> str:
    """Return a key as part of an id, with a digest if it is long or loses letters."""
    plain = unicodedata.normalize("NFKD", text.casefold()).replace("'", "").replace("’", "")
    words = re.findall("[a-z0-9]+", plain.encode("ascii", "ignore").decode().lower())
    slug = "-".join(words)
    lost = any(letter.isalnum() and not letter.isascii() for letter in plain)
    if lost or not slug or len(slug) > LONGEST_KEY:
        digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
        slug = f"{slug[:LONGEST_KEY].rstrip('-')}-{digest}".lstrip("-")
    assert is_slug(slug)
    return slug


def event_id(key: str, *parts: str) -> str:
    """Return a row's event id: its key, a dot, and its parts, digested where they are too long."""
    suffix = ".".join(filter(None, parts))
    id = f"{key}.{suffix}" if suffix else key
    if len(id) <= LONGEST:
        return id
    return f"{key}.{blake2b(suffix.encode(), digest_size=8).hexdigest()}"
