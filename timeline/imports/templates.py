"""The text of a row as a mapping asks for it: templates, conditions, and tables of words."""

import re
from collections.abc import Iterable, Iterator, Mapping

from attrs import field, frozen

from timeline.errors import nearest
from timeline.log.strict_json import show

Cells = Mapping[str, str]
"""The text of each column of a row, and of what is built in."""
BUILT_IN = ("@row", "@edition", "@item", "@file")
"""Names that are no columns; the item is that of a cell that is split."""
_HOLE = re.compile(r"\{([^{}]*)\}")


class Unfit(Exception):
    """A row cannot become an event; `column` is empty where the whole row is to blame."""

    def __init__(self, why: str, column: str = "") -> None:
        super().__init__(why)
        self.why, self.column = why, column


@frozen
class Template:
    """A text with columns in braces, ``{name}``; a text without is a constant."""

    text: str
    pieces: tuple[tuple[str, str], ...] = field(init=False)
    tail: str = field(init=False)

    @pieces.default
    def _pieces(self) -> tuple[tuple[str, str], ...]:
        parts = _HOLE.split(self.text)
        return tuple(zip(parts[:-1:2], parts[1::2], strict=True))

    @tail.default
    def _tail(self) -> str:
        return _HOLE.split(self.text)[-1]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns and other things that it names."""
        return tuple(column for _, column in self.pieces)

    def read(self, cells: Cells) -> str:
        """Return the text with the cells of a row in it; an empty text where all are empty."""
        pieces = self.pieces
        if len(pieces) == 1 and not pieces[0][0] and not self.tail:
            return cells[pieces[0][1]]
        if not pieces:
            return self.tail
        if not any(cells[column] for _, column in pieces):
            return ""
        return "".join(text + cells[column] for text, column in pieces) + self.tail


@frozen
class Condition:
    """A condition on a row; all that is asked of `value` must hold.

    Attributes:
        among: texts of which it must be one, folded.
        none_of: texts of which it must be none, folded.
        matches: a pattern that all of it must match.
        filled: whether it must be there, or must be empty.
    """

    value: Template
    among: frozenset[str] | None = None
    none_of: frozenset[str] = frozenset()
    matches: re.Pattern[str] | None = None
    filled: bool | None = None
    why: str = ""

    def holds(self, cells: Cells) -> bool:
        """Return whether it holds; case and the kind of white space do not matter."""
        text = self.value.read(cells)
        if self.filled is not None and self.filled != bool(text):
            return False
        if self.matches is not None and not self.matches.fullmatch(text):
            return False
        plain = folded(text)
        return plain not in self.none_of and (self.among is None or plain in self.among)


@frozen
class Words:
    """A table of a source's words, folded, and their meanings; an empty meaning is none.

    An unknown word means `otherwise`, or itself where that is None; `strict` refuses it.
    """

    meanings: Mapping[str, str]
    otherwise: str | None = None
    strict: bool = True

    def read(self, text: str, column: str) -> str:
        """Return the meaning of a word; raise `Unfit` for an unknown word."""
        plain = folded(text)
        if plain in self.meanings:
            return self.meanings[plain]
        if not self.strict:
            return text if self.otherwise is None else self.otherwise
        hint = nearest(plain, self.meanings)
        why = f"{show(text)} is not in the mapping's table"
        raise Unfit(f"{why} ({hint})" if hint else why, column)


def blamed(columns: Iterable[str]) -> str:
    """Return the column to blame for a value of several, which is the first."""
    return next(iter(columns), "")


def items(text: str, separator: str) -> Iterator[str]:
    """Yield what stands between separators, without space around it."""
    return filter(None, map(str.strip, text.split(separator)))


def folded(text: str) -> str:
    """Return a text in small letters, with single plain spaces between its words."""
    return " ".join(text.split()).casefold()
