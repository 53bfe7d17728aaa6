"""How texts are set: what of them may be shown, where their lines end, and in which order they stand.

A renderer is given pieces of one direction and one font, from left to right. Given a whole line of
Arabic and Latin, resvg 0.48 loses letters or fails: it draws each font over the last, and counts
wrongly where Arabic letters melt into one glyph.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import combinations, groupby, pairwise

from attrs import frozen

from timeline.text.phrases import safe
from timeline.visual.map.bidi import Run, visual_runs
from timeline.visual.map.metrics import width

FAMILY = "'Noto Sans', 'Noto Sans Arabic', sans-serif"
"""The fonts of a picture; for PNG they stand beside this file, a browser may take its own."""
ARABIC = "'Noto Sans Arabic', 'Noto Sans', sans-serif"
"""The fonts of Arabic words."""

LEADING = 1.16
"""From line to line, in sizes."""

MIRRORED = str.maketrans("()[]{}<>«»‹›", ")(][}{><»«›‹")
"""The signs that are turned round from right to left (L4), of those that the fonts have."""

_RIGHT_TO_LEFT = ("R", "AL", "AN")
_LETTER = "[\u0600-\u061b\u061d-\u06ff\u0750-\u077f]"
_JOINERS = "\u200c\u200d"
_WORDS = re.compile(f"({_LETTER}(?:[ {_JOINERS}]*{_LETTER})*[{_JOINERS}]*)")
"""Arabic words, with the spaces between them."""


@frozen
class Piece:
    """A part of a line that is drawn by itself.

    Attributes:
        arabic: whether it is drawn in the font of Arabic words.
        alone: whether it is kept from ordering itself with what stands beside it.
    """

    text: str
    arabic: bool = False
    alone: bool = False


def pieces(line: str) -> list[Piece]:
    """Return the pieces of a line from left to right; a line without Arabic is one piece."""
    if not line:
        return []
    if not (_turns(line) or _WORDS.search(line)):
        return [Piece(line)]
    parts = (piece for run in visual_runs(line) for piece in _pieces_of(run))
    return list(_joined(parts))


def _joined(parts: Iterable[Piece]) -> Iterator[Piece]:
    """Yield pieces with those that need not be kept apart as one."""
    for alone, together in groupby(parts, key=lambda piece: piece.alone):
        if alone:
            yield from together
        else:
            yield Piece("".join(piece.text for piece in together))


def _pieces_of(run: Run) -> Iterator[Piece]:
    """Yield the pieces of a run, from left to right."""
    parts = [(n % 2 == 1, part) for n, part in enumerate(_WORDS.split(run.text)) if part]
    for arabic, part in reversed(parts) if run.right_to_left else parts:
        if arabic:
            yield Piece(part, arabic=True, alone=True)
        elif run.right_to_left:
            yield from _turned(part)
        else:
            yield Piece(part)


def _turned(text: str) -> Iterator[Piece]:
    """Yield what is not Arabic of a run from right to left: words as they are, signs mirrored."""
    words = [(word, "".join(part)) for word, part in groupby(text, key=_is_lettering)]
    for word, part in reversed(words):
        yield Piece(part, alone=True) if word else Piece(part[::-1].translate(MIRRORED))


def _is_lettering(character: str) -> bool:
    """Return whether a character is a letter or a mark of one, in a run from right to left."""
    return unicodedata.bidirectional(character) in ("R", "AL", "NSM")


def _turns(text: str) -> bool:
    """Return whether some of a text is written from right to left."""
    return any(unicodedata.bidirectional(c) in _RIGHT_TO_LEFT for c in text)


def shown(text: str, most: int = 80) -> str:
    """Return a text as a picture may show it: on one line, with nothing hidden, and not too long."""
    plain = safe(" ".join(text.split()))
    plain = "".join("\ufffd" if unicodedata.category(c) in ("Cn", "Co") else c for c in plain)
    return plain if len(plain) <= most else plain[: most - 1].rstrip() + "…"


def apart(text: str) -> str:
    """Return a text that cannot turn round what stands beside it in a line (isolates, UAX #9)."""
    return f"\u2068{text}\u2069" if _turns(text) else text


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
