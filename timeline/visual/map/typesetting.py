"""The setting of texts: which characters are shown, where lines end, and how they are ordered.

Renderers are given pieces of one direction and font, because resvg 0.48 loses letters of mixed
lines or fails on them.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
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

MOST_WORDS = 8
"""How many words a text has at most that is broken at every place in turn."""

MIRRORED = str.maketrans("()[]{}<>«»‹›", ")(][}{><»«›‹")
"""The signs that are turned round from right to left (L4), of those that the fonts have."""

_RIGHT_TO_LEFT = ("R", "AL", "AN")
_LETTER = "[\u0600-\u061b\u061d-\u06ff\u0750-\u077f]"
_JOINERS = "\u200c\u200d"
_WORDS = re.compile(f"({_LETTER}(?:[ {_JOINERS}]*{_LETTER})*[{_JOINERS}]*)")
"""Arabic words, with the spaces between them."""


@frozen
class Piece:
    """A part of a line drawn by itself, in the Arabic font or not; `alone` isolates its order."""

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
    """Return a text as a picture may show it: on one line, nothing hidden, and not too long."""
    line = "".join(map(_assigned, safe(" ".join(text.split()))))
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def _assigned(character: str) -> str:
    """Return a character, or a replacement mark for one without a meaning to all readers."""
    return "\ufffd" if unicodedata.category(character) in ("Cn", "Co") else character


def isolated(text: str) -> str:
    """Return a text that cannot turn round what stands beside it in a line (isolates, UAX #9)."""
    return f"\u2068{text}\u2069" if _turns(text) else text


def breaks(text: str, most: int = 3) -> Iterator[tuple[str, ...]]:
    """Yield a text evenly broken into one to `most` lines; over `MOST_WORDS` it stays whole."""
    words = text.split(" ")
    if len(words) > MOST_WORDS:
        return
    for lines in range(1, min(most, len(words)) + 1):
        every = combinations(range(1, len(words)), lines - 1)
        yield min((_split(words, places) for places in every), key=_widest)


def _split(words: Sequence[str], places: Sequence[int]) -> tuple[str, ...]:
    """Return words as lines that end at some places."""
    edges = (0, *places, len(words))
    return tuple(" ".join(words[a:b]) for a, b in pairwise(edges))


def _widest(lines: Iterable[str]) -> float:
    return max(width(line, 1) for line in lines)


def wrapped(text: str, size: float, room: float, *, bold: bool = False) -> list[str]:
    """Return a text as lines that are no wider than some room; a word that is wider is broken."""

    def fits(line: str) -> bool:
        return width(line, size, bold=bold) <= room

    lines = [""]
    for word in text.split(" "):
        for part in _parts(word, fits):
            longer = f"{lines[-1]} {part}".lstrip()
            if fits(longer) or not lines[-1]:
                lines[-1] = longer
            else:
                lines.append(part)
    return lines


def _parts(word: str, fits: Callable[[str], bool]) -> Iterator[str]:
    """Yield a word in parts that fit, as long as can be."""
    part = ""
    for character in word:
        if part and not fits(part + character):
            yield part
            part = ""
        part += character
    yield part
