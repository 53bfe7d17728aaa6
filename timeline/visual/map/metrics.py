"""The widths of texts by a table, so that every machine lays out a picture alike.

They are in thousandths of the font size, from the fonts of docs/fonts.py; Arabic letters have all
their joined forms.
"""

import json
import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise

WIDEST = 1000
"""The width assumed for a letter that the fonts lack."""

_ARABIC = re.compile("[\u0600-\u06ff]")
_UNIT = re.compile("\u0644[\u0622\u0623\u0625\u0627]|.", re.DOTALL)
"""A character, or lam with the alef after it, which are written as one."""
_STROKES = "\u0640\u200d"
"""Characters that join on both sides but are no letters: tatweel and the invisible joiner."""

Forms = Mapping[str, Mapping[str, str]]
"""The joined forms of each letter, by the name of the form."""


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Return how wide a text is at a size."""
    return _length(text, "Bold" if bold else "Regular") * size / 1000


@lru_cache(maxsize=10_000)
def _length(text: str, weight: str) -> int:
    """Return how wide a text is in thousandths of its size."""
    widths = _widths()[weight]
    drawn = _joined(text) if _ARABIC.search(text) else text
    return sum(_width(character, widths) for character in drawn)


def _width(character: str, widths: Mapping[str, int]) -> int:
    known = widths.get(character)
    if known is None:
        return 0 if unicodedata.category(character) in ("Mn", "Me", "Cf") else WIDEST
    return known


def _joined(text: str) -> str:
    """Return a text without marks, its Arabic letters in the forms in which they are drawn."""
    forms = _forms()
    bare = "".join(c for c in text if unicodedata.category(c) not in ("Mn", "Me"))
    drawn, held = "", False
    for unit, after in pairwise([*_UNIT.findall(bare), ""]):
        mine = forms.get(unit, {})
        holds = ("<initial>" in mine or unit in _STROKES) and _can_be_joined(after, forms)
        drawn += mine.get(_form(held, holds), unit)
        held = holds
    return drawn


def _can_be_joined(unit: str, forms: Forms) -> bool:
    """Return whether a letter joins a letter before it."""
    return bool(unit) and (unit in _STROKES or "<final>" in forms.get(unit, {}))


def _form(before: bool, after: bool) -> str:
    """Return the name of the form of a letter that is joined before and after it, or not."""
    if before:
        return "<medial>" if after else "<final>"
    return "<initial>" if after else "<isolated>"


@lru_cache(maxsize=1)
def _forms() -> Forms:
    """Return the joined forms that the table of widths has."""
    forms: dict[str, dict[str, str]] = {}
    for character in _widths()["Regular"]:
        if "\ufb50" <= character < "\uff00":
            name, *codes = unicodedata.decomposition(character).split()
            letters = "".join(chr(int(code, 16)) for code in codes)
            forms.setdefault(letters, {})[name] = character
    return forms


@lru_cache(maxsize=1)
def _widths() -> Mapping[str, Mapping[str, int]]:
    raw = json.loads((files("timeline.visual.map") / "fonts" / "widths.json").read_text("utf-8"))
    return {weight: _by_letter(table) for weight, table in raw.items()}


def _by_letter(table: Mapping[str, str]) -> dict[str, int]:
    return {letter: int(wide) for wide, letters in table.items() for letter in letters}
