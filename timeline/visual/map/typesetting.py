"""How texts are set: how wide they are, where their lines end, and what of them may be shown.

Widths are those of the shipped fonts, so that a picture is laid out alike on every machine, without
a font being opened.
"""

import json
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from importlib.resources import files
from itertools import combinations, pairwise

from timeline.text.phrases import safe

FAMILY, ARABIC = (
    "'Noto Sans', 'Noto Sans Arabic', sans-serif",
    "'Noto Sans Arabic', 'Noto Sans', sans-serif",
)
"""The fonts that texts are set in; they stand beside this file for PNG, and a browser without them takes its own."""

LEADING = 1.16
"""From line to line, in sizes."""

_RIGHT_TO_LEFT = ("R", "AL")


def shown(text: str, most: int = 80) -> str:
    """Return a text as a picture may show it: on one line, nothing in it that could hide or turn round what follows, and not too long."""
    plain = safe(" ".join(text.split()))
    plain = "".join("\ufffd" if unicodedata.category(c) in ("Cn", "Co") else c for c in plain)
    return plain if len(plain) <= most else plain[: most - 1].rstrip() + "…"


def runs_left(text: str) -> bool:
    """Return whether a text is written from right to left: whether its first letter is."""
    directions = (unicodedata.bidirectional(c) for c in text)
    return next((d in _RIGHT_TO_LEFT for d in directions if d in (*_RIGHT_TO_LEFT, "L")), False)


def apart(text: str) -> str:
    """Return a text that, within a line, cannot change the direction of what stands around it (Unicode's isolates, UAX #9)."""
    return (
        f"\u2068{text}\u2069"
        if any(unicodedata.bidirectional(c) in (*_RIGHT_TO_LEFT, "AN") for c in text)
        else text
    )


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Return how wide a text is at a size; letters that the fonts lack count as wide as they can be."""
    table = _widths()["Bold" if bold else "Regular"]
    return (
        sum(
            table.get(c, 0 if unicodedata.category(c) in ("Mn", "Me", "Cf") else 1000) for c in text
        )
        * size
        / 1000
    )


def breaks(text: str, most: int = 3) -> Iterator[tuple[str, ...]]:
    """Yield the ways of writing a text on one line and on more, up to `most`, of each number of lines the most even one first."""
    words = text.split(" ")
    for lines in range(1, min(most, len(words)) + 1):
        ways = (
            [_split(words, cuts) for cuts in combinations(range(1, len(words)), lines - 1)]
            if len(words) < 9
            else []
        )
        yield from sorted(ways, key=lambda way: max(width(line, 1) for line in way))[:1]


def wrapped(text: str, size: float, room: float, *, bold: bool = False) -> list[str]:
    """Return a text as lines that are no wider than some room; a word that is wider is broken."""
    lines = [""]
    for word in _pieces(text.split(" "), size, room, bold):
        longer = f"{lines[-1]} {word}".lstrip()
        if width(longer, size, bold=bold) <= room or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _pieces(words: Iterable[str], size: float, room: float, bold: bool) -> Iterator[str]:
    for word in words:
        piece = ""
        for character in word:
            if piece and width(piece + character, size, bold=bold) > room:
                yield piece
                piece = ""
            piece += character
        yield piece


def _split(words: list[str], cuts: tuple[int, ...]) -> tuple[str, ...]:
    edges = (0, *cuts, len(words))
    return tuple(" ".join(words[a:b]) for a, b in pairwise(edges))


@lru_cache(maxsize=1)
def _widths() -> Mapping[str, Mapping[str, int]]:
    raw = json.loads((files("timeline.visual.map") / "fonts" / "widths.json").read_text("utf-8"))
    return {
        weight: {c: int(wide) for wide, letters in table.items() for c in letters}
        for weight, table in raw.items()
    }
