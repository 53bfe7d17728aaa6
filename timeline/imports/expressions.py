"""What a mapping makes of the cells of a row: templates, conditions, tables of words, dates, estimates and places.

Each value is read from a row alone and gives what stands in the JSON of an event, or None where the
row is silent. What cannot be read is raised as `Unfit`, with the column that is to blame, never
guessed.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import tzinfo
from hashlib import blake2b
from typing import Any, Protocol

from attrs import field, frozen

from timeline.domain.notation import is_slug
from timeline.domain.quantities import parse_range, parse_share
from timeline.errors import Problem, TimelineError, UsageError, nearest
from timeline.imports import dates
from timeline.log.strict_json import show

Cells = Mapping[str, str]
BUILT_IN = ("@row", "@edition", "@item", "@file")
"""What a template may name besides columns: the row's number, the time of the edition, the item of a split cell, the name of the file."""
_HOLE = re.compile(r"\{([^{}]*)\}")
_NUMBER = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)(?:\.0*)?", re.ASCII)
LONGEST_KEY = 48
"""How many characters of a source's own key an id keeps at most."""


class Unfit(Exception):
    """A row says what no event can be made of.

    Attributes:
        why: what was found, and what was expected.
        column: the column to blame; empty where it is the row as a whole.
    """

    def __init__(self, why: str, column: str = "") -> None:
        super().__init__(why)
        self.why, self.column = why, column


@frozen
class Template:
    """A text with columns in braces, ``{name}``; a text without is a constant."""

    text: str
    pieces: tuple[tuple[str, str], ...] = field(init=False)
    tail: str = field(init=False)

    def __attrs_post_init__(self) -> None:
        parts = _HOLE.split(self.text)
        object.__setattr__(self, "pieces", tuple(zip(parts[:-1:2], parts[1::2], strict=True)))
        object.__setattr__(self, "tail", parts[-1])

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns and other things that it names."""
        return tuple(column for _, column in self.pieces)

    def read(self, cells: Cells) -> str:
        """Return the text with the cells of a row in it; an empty text where all of these are empty."""
        pieces = self.pieces
        if len(pieces) == 1 and not pieces[0][0] and not self.tail:
            return cells[pieces[0][1]]
        if not pieces:
            return self.tail
        filled = [cells[column] for _, column in pieces]
        if not any(filled):
            return ""
        return (
            "".join(text + cell for (text, _), cell in zip(pieces, filled, strict=True)) + self.tail
        )


class Value(Protocol):
    """What a field of an event is read from."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it is read from, the one to blame first."""

    def read(self, cells: Cells, setting: "Setting") -> Any:
        """Return the JSON value, or None; raise `Unfit` for what cannot be read."""


class Places(Protocol):
    """What finds a place of the city."""

    def find(self, names: Iterable[str], lat: str, lon: str, within: float) -> str:
        """Return the id of a place; raise `UsageError` where none is meant."""


@frozen
class Setting:
    """What values are read in: the zone of the city, its places, and what was repaired or had no field while a row was read."""

    zone: tzinfo
    places: Places
    remarks: list[str] = field(factory=list)
    repairs: list[str] = field(factory=list)


@frozen
class Condition:
    """Something that holds of a row, or does not; all that is asked must hold."""

    value: Template
    among: frozenset[str] | None = None
    none_of: frozenset[str] = frozenset()
    matches: re.Pattern[str] | None = None
    filled: bool | None = None
    why: str = ""

    def holds(self, cells: Cells) -> bool:
        """Return whether it holds; texts are compared in any case, and whatever space is between their words."""
        text = self.value.read(cells)
        if self.filled is not None and self.filled != bool(text):
            return False
        if self.matches is not None and not self.matches.fullmatch(text):
            return False
        plain = folded(text)
        return plain not in self.none_of and (self.among is None or plain in self.among)


@frozen
class Words:
    """A table of a source's words and what they stand for; an empty text stands for nothing.

    Attributes:
        meanings: by the word, folded.
        otherwise: what a word stands for that is not in the table: a text, None for itself; unknown
            words are refused where `strict`.
    """

    meanings: Mapping[str, str]
    otherwise: str | None = None
    strict: bool = True

    def read(self, text: str, column: str) -> str:
        """Return what a word stands for; raise `Unfit` for an unknown one."""
        plain = folded(text)
        if plain in self.meanings:
            return self.meanings[plain]
        if not self.strict:
            return text if self.otherwise is None else self.otherwise
        hint = nearest(plain, self.meanings)
        raise Unfit(
            f"{show(text)} is not in the mapping's table" + (f" ({hint})" if hint else ""), column
        )


@frozen
class Text:
    """A text: parts that are joined, each left out where its cells are empty; then looked up, split or made a slug."""

    parts: tuple[Template, ...]
    words: Words | None = None
    only: re.Pattern[str] | None = None
    split: str | None = None
    slug: bool = False
    remark: str = ""
    joint: str = "; "

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of its parts."""
        return tuple(column for part in self.parts for column in part.columns)

    @property
    def constant(self) -> str | None:
        """The text that it always is; None where that depends on the row."""
        return (
            self.parts[0].text
            if len(self.parts) == 1 and not self.columns and not self.words
            else None
        )

    def read(self, cells: Cells, _setting: Setting) -> Any:
        """Return the text, a list of texts where it is split, or None."""
        texts = [part.read(cells) for part in self.parts]
        text = texts[0] if len(texts) == 1 else self.joint.join(filter(None, texts))
        if self.split is not None:
            return [
                one for item in items(text, self.split) if (one := self._one(item, _setting))
            ] or None
        return self._one(text, _setting) or None if text or self.words else None

    def _one(self, text: str, setting: Setting) -> str:
        if self.words is not None:
            text = self.words.read(text, self.columns[0] if self.columns else "")
        if self.only is not None and text and not self.only.fullmatch(text):
            setting.remarks.append(f"{self.remark or ', '.join(self.columns)}: {text}")
            return ""
        return slugged(text) if self.slug and text else text


@frozen
class Date:
    """A date by some forms, as exact as another cell says; with `until` a window from one to the other."""

    value: Template
    forms: tuple[str, ...] = ("iso", "edtf")
    until: Template | None = None
    offset: str = ""
    precision: Template | None = None
    precisions: Words | None = None
    lenient: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it is read from."""
        others = [one for one in (self.until, self.precision) if one is not None]
        return tuple(column for one in (self.value, *others) for column in one.columns)

    def read(self, cells: Cells, setting: Setting) -> str | None:
        """Return a text of the grammar of dates."""
        text = self.value.read(cells).strip()
        if not text:
            return None
        try:
            found = dates.narrowed(
                dates.read(text, self.forms, self.offset), self._precision(cells), setting.zone
            )
            last = self.until.read(cells) if self.until else ""
            return (
                dates.between(found, dates.read(last, self.forms, self.offset)) if last else found
            )
        except UsageError as error:
            if self.lenient:
                setting.remarks.append(f"{self.columns[0]}: {text}")
                return None
            raise Unfit(str(error), self.columns[0] if self.columns else "") from None

    def _precision(self, cells: Cells) -> str:
        if self.precision is None:
            return "as written"
        text = self.precision.read(cells)
        return self.precisions.read(text, self.precision.columns[0]) if self.precisions else text


@frozen
class Range:
    """An estimate or a share: low, best and high from cells of their own, or one number that another cell qualifies."""

    ends: Mapping[str, Template]
    number: Template | None = None
    qualifier: Template | None = None
    qualifiers: Words | None = None
    widen: bool = False
    fraction: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it is read from."""
        others = [one for one in (self.number, self.qualifier) if one is not None]
        return tuple(column for one in (*self.ends.values(), *others) for column in one.columns)

    def read(self, cells: Cells, setting: Setting) -> dict[str, Any] | None:
        """Return the numbers that there are, or None; those out of order are put in order where the mapping says so, with a remark."""
        given = {name: self._number(end.read(cells), end) for name, end in self.ends.items()}
        if self.number is not None:
            number = self._number(self.number.read(cells), self.number)
            given |= dict.fromkeys(self._meant(cells).split(), number)
        found = {
            name: number
            for name in ("low", "best", "high")
            if (number := given.get(name)) is not None
        }
        ordered = list(found.values())
        if self.widen and ordered != sorted(ordered):
            said = ", ".join(f"{name} {number}" for name, number in found.items())
            setting.repairs.append(f"{said} in the source; widened to cover all of them")
            found |= {
                name: bound(ordered)
                for name, bound in (("low", min), ("high", max))
                if name in found
            }
        return found or None

    def _meant(self, cells: Cells) -> str:
        if self.qualifier is None or self.qualifiers is None:
            return "best"
        return self.qualifiers.read(self.qualifier.read(cells), self.qualifier.columns[0])

    def _number(self, text: str, end: Template) -> int | float | None:
        if not text:
            return None
        match = _NUMBER.fullmatch(text)
        if match:
            return int(match[1].replace(",", ""))
        if self.fraction and re.fullmatch(r"\d*\.\d+", text, re.ASCII):
            return float(text)
        raise Unfit(
            f"{show(text)} is no number; expected a whole one, 0 or more",
            end.columns[0] if end.columns else "",
        )


@frozen
class PlaceTry:
    """One way to find a place: by a name, or as the one that lies nearest."""

    names: tuple[Template, ...] = ()
    lat: Template | None = None
    lon: Template | None = None
    within: float = 1.0
    when: tuple[Condition, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it is read from."""
        templates = (*self.names, *(one for one in (self.lat, self.lon) if one))
        return tuple(column for one in templates for column in one.columns)

    def reading(self, cells: Cells) -> tuple[list[str], str, str] | None:
        """Return the names, the latitude and the longitude that a row gives; None where it gives none, or a condition does not hold."""
        if not all(condition.holds(cells) for condition in self.when):
            return None
        names = [name for one in self.names if (name := one.read(cells))]
        lat, lon = (one.read(cells) if one else "" for one in (self.lat, self.lon))
        return (names, lat, lon) if names or (lat and lon) else None


@frozen
class PlaceValue:
    """A place of the city, by the first of some ways that finds one."""

    tries: tuple[PlaceTry, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it is read from."""
        return tuple(column for one in self.tries for column in one.columns)

    def read(self, cells: Cells, setting: Setting) -> str | None:
        """Return the id of a place; None where the row names none."""
        refused: Problem | None = None
        for one in self.tries:
            asked = one.reading(cells)
            if asked is None:
                continue
            try:
                return setting.places.find(*asked, one.within)
            except UsageError as error:
                refused = refused or error.problems[0]
        if refused is not None:
            raise Unfit(str(refused), self.columns[0] if self.columns else "")
        return None


@frozen
class Parts:
    """An object with parts, such as an archived copy."""

    values: Mapping[str, Value]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that its parts are read from."""
        return tuple(column for value in self.values.values() for column in value.columns)

    def read(self, cells: Cells, setting: Setting) -> dict[str, Any] | None:
        """Return the parts that there are, or None."""
        found = {name: value.read(cells, setting) for name, value in self.values.items()}
        return {name: value for name, value in found.items() if value is not None} or None


@frozen
class Typed:
    """A range as people type it, ``6000..10000``, in one cell."""

    value: Template
    fraction: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it is read from."""
        return self.value.columns

    def read(self, cells: Cells, _setting: Setting) -> dict[str, Any] | None:
        """Return the numbers that there are, or None."""
        text = self.value.read(cells)
        try:
            return (parse_share if self.fraction else parse_range)(text) if text else None
        except TimelineError as error:
            raise Unfit(str(error), self.columns[0] if self.columns else "") from None


def items(text: str, separator: str) -> Iterator[str]:
    """Yield what stands between separators, without space around it."""
    return (item for part in text.split(separator) if (item := part.strip()))


def folded(text: str) -> str:
    """Return a text in small letters, with single plain spaces, so that words that look alike are alike."""
    return " ".join(text.split()).casefold()


def slugged(text: str) -> str:
    """Return a key as a part of an id: small letters, digits and hyphens.

    Where letters or digits are lost that way, as those of Arabic are, or the key is long, a digest
    of it keeps it apart from others.
    """
    plain = unicodedata.normalize("NFKD", text.casefold()).replace("'", "").replace("’", "")
    kept = plain.encode("ascii", "ignore").decode()
    slug = "-".join("".join(c if c.isalnum() else " " for c in kept).split())
    lost = any(not c.isascii() and c.isalnum() for c in plain)
    if lost or not slug or len(slug) > LONGEST_KEY:
        digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
        slug = f"{slug[:LONGEST_KEY].rstrip('-')}-{digest}".lstrip("-")
    assert is_slug(slug)
    return slug
