"""The visual order of lines of Arabic and Latin, since renderers disagree about it.

The rules are named as in UAX #9. Lines run from left to right unless an isolate says otherwise;
embeddings and overrides, which no picture shows, are ignored.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from unicodedata import bidirectional

from attrs import define, field, frozen

OPENING, CLOSING = "([{", ")]}"
"""The brackets that are paired (N0): those that the fonts of the pictures have."""

_MARKS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""The characters that only direct those around them; they are never drawn."""

_ISOLATES = ("LRI", "RLI", "FSI")
_IGNORED = ("BN", "LRE", "RLE", "LRO", "RLO", "PDF")
_NONSPACING, _NEUTRAL = "m", " "
_CODES = {"L": "L", "R": "R", "AL": "A", "EN": "E", "AN": "N", "NSM": _NONSPACING}
_CODES |= {"ES": "+", "CS": ",", "ET": "%"}
"""A character for each class of characters; all others are neutral."""


@frozen
class Run:
    """Neighbouring characters of one direction, in the order in which they are read."""

    text: str
    level: int

    @property
    def right_to_left(self) -> bool:
        """Whether the run is read from right to left."""
        return self.level % 2 == 1


@define
class _Sequence:
    """An isolating run sequence: characters that are ordered among themselves (X10)."""

    level: int
    indexes: list[int] = field(factory=list)
    codes: str = ""

    @property
    def side(self) -> str:
        """The direction that the sequence has by itself."""
        return "LR"[self.level % 2]


def runs_left(text: str) -> bool:
    """Return whether the first letter of a text is written from right to left (P2, P3)."""
    depth = 0
    for kind in map(bidirectional, text):
        if kind == "PDI" and depth == 0:
            return False
        depth += (kind in _ISOLATES) - (kind == "PDI")
        if depth == 0 and kind in ("L", "R", "AL"):
            return kind != "L"
    return False


def visual_runs(line: str) -> list[Run]:
    """Return the runs of a line as they are seen from left to right, without marks of direction."""
    levels = _levels(line)
    runs = list(_runs(line, levels))
    for level in range(max(levels, default=0), 0, -1):
        runs = list(_reversed(runs, level))
    drawn = (Run(_MARKS.sub("", run.text), run.level) for run in runs)
    return [run for run in drawn if run.text]


def _runs(line: str, levels: Iterable[int]) -> Iterator[Run]:
    """Yield the runs of a line as they are read."""
    for level, pairs in groupby(zip(levels, line, strict=True), key=itemgetter(0)):
        yield Run("".join(character for _, character in pairs), level)


def _reversed(runs: Iterable[Run], least: int) -> Iterator[Run]:
    """Yield runs with those of a level or more reversed wherever they stand together (L2)."""
    for high, together in groupby(runs, key=lambda run: run.level >= least):
        in_order = list(together)
        yield from reversed(in_order) if high else in_order


def _levels(line: str) -> list[int]:
    """Return the level of each character: even from left to right, odd from right to left."""
    levels = [-1] * len(line)
    for sequence in _sequences(line):
        codes = _without_neutrals(_paired(_strong(sequence), sequence, line), sequence.side)
        for at, code in zip(sequence.indexes, codes, strict=True):
            levels[at] = _level(code, sequence.level)
    for at, level in enumerate(levels):
        if level < 0:  # as the character before it (X9, 5.2)
            levels[at] = levels[at - 1] if at else 0
    return _with_plain_end(levels, line)


def _sequences(line: str) -> list[_Sequence]:
    """Return the line without its isolates, and each isolate by itself (X5a to X6a, X10)."""
    within = [_Sequence(0)]
    sequences = [*within]
    for at, character in enumerate(line):
        kind = bidirectional(character) or "L"
        if kind in _IGNORED:
            continue
        if kind == "PDI" and len(within) > 1:
            within.pop()
        outer = within[-1]
        outer.indexes.append(at)
        outer.codes += _CODES.get(kind, _NEUTRAL)
        if kind in _ISOLATES:
            within.append(_Sequence(_inner(outer.level, kind, line[at + 1 :])))
            sequences.append(within[-1])
    return sequences


def _inner(level: int, kind: str, text: str) -> int:
    """Return the level of an isolate: the next odd one, or the next even one."""
    left = kind == "RLI" or (kind == "FSI" and runs_left(text))
    return (level + 1) | 1 if left else (level + 2) & ~1


def _strong(sequence: _Sequence) -> str:
    """Return the codes of a sequence with weak ones resolved, its side before them (W1 to W7)."""
    codes = sequence.side + sequence.codes
    codes = re.sub("(.)m+", lambda match: match[1] * len(match[0]), codes)
    codes = re.sub("A[^LRA]*", lambda match: match[0].replace("E", "N"), codes).replace("A", "R")
    codes = re.sub("(?<=E)[+,](?=E)", "E", codes)
    codes = re.sub("(?<=N),(?=N)", "N", codes)
    codes = re.sub("%*E[%E]*", lambda match: "E" * len(match[0]), codes)
    codes = re.sub("[+,%]", _NEUTRAL, codes)
    return re.sub("L[^LR]*", lambda match: match[0].replace("E", "L"), codes)


def _paired(codes: str, sequence: _Sequence, line: str) -> str:
    """Return codes with brackets of the direction of what they enclose or follow (N0)."""
    resolved = list(codes)
    for opening, closing in _brackets(codes, [line[at] for at in sequence.indexes]):
        sides = {_side(code) for code in resolved[opening + 1 : closing]} - {""}
        if not sides:
            continue
        before = next(filter(None, map(_side, resolved[opening - 1 :: -1])))
        side = sequence.side if sequence.side in sides or before == sequence.side else before
        for bracket in (opening, closing):
            after = sequence.codes[bracket:]
            marks = len(after) - len(after.lstrip(_NONSPACING))
            resolved[bracket : bracket + 1 + marks] = side * (1 + marks)
    return "".join(resolved)


def _brackets(codes: str, characters: Sequence[str]) -> list[tuple[int, int]]:
    """Return where brackets that belong together stand in codes, by where they open (BD16)."""
    pairs, opened = [], list[tuple[str, int]]()
    for at, character in enumerate(characters, 1):
        if codes[at] != _NEUTRAL:
            continue
        if character in OPENING:
            opened.append((CLOSING[OPENING.index(character)], at))
        elif character in [closing for closing, _ in opened]:
            while opened[-1][0] != character:
                opened.pop()
            pairs.append((opened.pop()[1], at))
    return sorted(pairs)


def _side(code: str) -> str:
    """Return the side that a code counts for among neutrals; nothing for a neutral (N0, N1)."""
    return {"L": "L", "R": "R", "E": "R", "N": "R"}.get(code, "")


def _without_neutrals(codes: str, side: str) -> str:
    """Return codes, without the side before them, with neutrals as their surroundings (N1, N2)."""
    codes = re.sub("(?<=[REN]) +(?=[REN])", lambda match: "R" * len(match[0]), codes + side)
    codes = re.sub("(?<=L) +(?=L)", lambda match: "L" * len(match[0]), codes)
    return codes[1:-1].replace(_NEUTRAL, side)


def _level(code: str, level: int) -> int:
    """Return the level of a character in a sequence of a level (I1, I2)."""
    if level % 2:
        return level + (code != "R")
    return level + {"L": 0, "R": 1}.get(code, 2)


def _with_plain_end(levels: list[int], line: str) -> list[int]:
    """Return levels with white space at the end of the line, and before tabs, at level 0 (L1)."""
    ends = True
    for at in range(len(line) - 1, -1, -1):
        kind = bidirectional(line[at])
        ends = kind in ("S", "B") or (ends and kind in ("WS", "PDI", *_ISOLATES, *_IGNORED))
        if ends:
            levels[at] = 0
    return levels
