"""Words and names, folded so that spellings which differ only in case, accents or signs are one."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache


def fold(name: str) -> str:
    """Return a name without case, accents, vowel marks, apostrophes and hyphens, so that spellings that differ only there are one."""
    return _fold(name)


_FOLDED = str.maketrans("_-", "  ", "'’‘ʿʾ`ـ")
"""Marks that part words, and those that are left out."""


@lru_cache(maxsize=4096)
def _fold(name: str) -> str:
    plain = "".join(
        c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c)
    )
    return " ".join(plain.translate(_FOLDED).split())


_WORD = re.compile(r"\w+")


_ALIKE = str.maketrans("ىةؤئ", "يهوي")


_ARTICLE = re.compile(r"(?:[وبكف]?ال|لل)(?=\w{2})")


@lru_cache(maxsize=1 << 12)
def words(text: str) -> tuple[str, ...]:
    """Return the words of a text, folded."""
    return tuple(
        _ARTICLE.sub("", word, count=1) if _ARTICLE.match(word) else word
        for word in _WORD.findall(fold(text).translate(_ALIKE))
    )


def matches(wanted: Iterable[str], found: Iterable[str]) -> bool:
    """Return whether each of the words wanted is the beginning of one of those found."""
    found = list(found)
    return all(any(word.startswith(one) for word in found) for one in wanted)
