"""Words and names, folded so that spellings which differ only in case, accents or signs are one."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

_FOLDED = str.maketrans("_-", "  ", "'’‘ʿʾ`ـ")
"""Marks that part words, and those that are left out."""
_ALIKE = str.maketrans("ىةؤئ", "يهوي")
"""Forms of Arabic letters, and those for which they stand."""
_ARTICLE = re.compile(r"(?:[وبكف]?ال|لل)(?=\w{2})")
"""The Arabic article, with the letter that may be written before it."""
_WORD = re.compile(r"\w+")


@lru_cache(maxsize=1 << 12)
def fold(name: str) -> str:
    """Return a name without case, accents, vowel marks, apostrophes and hyphens."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(plain.translate(_FOLDED).split())


@lru_cache(maxsize=1 << 12)
def words(text: str) -> tuple[str, ...]:
    """Return the words of a text, folded and without the Arabic article."""
    return tuple(map(_without_article, _WORD.findall(fold(text).translate(_ALIKE))))


def _without_article(word: str) -> str:
    article = _ARTICLE.match(word)
    return word[article.end() :] if article else word


def matches(wanted: Iterable[str], found: Iterable[str]) -> bool:
    """Return whether each of the words wanted is the beginning of a word found."""
    words_found = list(found)

    def begins(beginning: str) -> bool:
        return any(word.startswith(beginning) for word in words_found)

    return all(map(begins, wanted))
