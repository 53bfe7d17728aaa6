"""The lines of a table, each bounded, and the rows that they are, or are not."""

from collections.abc import Mapping, Sequence
from typing import TextIO

from attrs import define, field, frozen

MAX_ROW = 1 << 20
"""The longest row that is read, in characters: as much as a line of the log may have."""
MAX_LINES = 1000
"""The most lines that one row of CSV may run over, by quotation marks around line breaks."""
CHUNK = 1 << 16
SAMPLE = 200
"""How many rows tell which columns a JSON table has, where no heading does."""


@frozen
class Row:
    """A row of a table; its number is 1 for the first below the heading."""

    number: int
    cells: Mapping[str, str]


@frozen
class Damaged:
    """A row that cannot be read, with the beginning of its text and the reason."""

    number: int
    text: str
    why: str


Record = Row | Damaged


@define
class Lines:
    """The lines of a file, each bounded; some may be put back."""

    file: TextIO
    _waiting: list[str | Damaged] = field(factory=list)

    def take(self) -> str | Damaged | None:
        """Return the next line with its end, None after the last; too long a line is damaged."""
        if self._waiting:
            return self._waiting.pop()
        line = self.file.readline(MAX_ROW)
        if len(line) < MAX_ROW or line.endswith("\n"):
            return line or None
        length = len(line)
        while (rest := self.file.readline(CHUNK)) and not rest.endswith(("\n", "\r")):
            length += len(rest)
        why = f"a line of {length + len(rest):,} characters; expected at most {MAX_ROW:,}"
        return Damaged(0, shortened(line), why)

    def back(self, lines: Sequence[str | Damaged]) -> None:
        """Put lines back, to be taken again in their order."""
        self._waiting += reversed(lines)


def shortened(text: str, most: int = 60) -> str:
    """Return a text in one line of so many characters at most."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
