"""Mappings read fields from rows as JSON, or None for silence; unreadable ones raise `Unfit`."""

import re
from collections.abc import Iterable, Mapping
from datetime import tzinfo
from itertools import chain
from typing import Any, Protocol

from attrs import field, frozen

from timeline.domain.quantities import parse_range, parse_share
from timeline.errors import Problem, TimelineError, UsageError
from timeline.imports import dates
from timeline.imports.ids import slugged
from timeline.imports.templates import Cells, Condition, Template, Unfit, Words, blamed, items
from timeline.log.strict_json import show

_WHOLE = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)(?:\.0*)?", re.ASCII)
_FRACTION = re.compile(r"\d*\.\d+", re.ASCII)


class Value(Protocol):
    """A field of an event, as it is read from a row."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it is read from, the one to blame first."""

    def read(self, cells: Cells, setting: "Setting") -> Any:
        """Return the JSON value, or None; raise `Unfit` for what cannot be read."""


class Places(Protocol):
    """A finder of the city's places."""

    def find(self, names: Iterable[str], lat: str, lon: str, within: float) -> str:
        """Return the id of a place; raise `UsageError` where none is meant."""


@frozen
class Setting:
    """The city's time zone and places, and the remarks and repairs that a row's note tells."""

    zone: tzinfo
    places: Places
    remarks: list[str] = field(factory=list)
    repairs: list[str] = field(factory=list)


@frozen
class Text:
    """A text of several parts, each left out where its cells are empty.

    Attributes:
        words: a table in which the text, or each item of it, is looked up.
        only: a pattern that an item must match; what does not goes into the note.
        split: what separates the items of a list; None for a text that is no list.
        alone: whether a list of one item is given as that item.
        remark: the name of the field, for the note.
    """

    parts: tuple[Template, ...]
    words: Words | None = None
    only: re.Pattern[str] | None = None
    split: str | None = None
    alone: bool = False
    slug: bool = False
    remark: str = ""
    joint: str = "; "

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of its parts."""
        return _columns(self.parts)

    @property
    def constant(self) -> str | None:
        """The text that it always is; None where that depends on the row."""
        varies = len(self.parts) != 1 or self.columns or self.words
        return None if varies else self.parts[0].text

    def read(self, cells: Cells, setting: Setting) -> Any:
        """Return the text, a list of texts where it is split, or None."""
        texts = [part.read(cells) for part in self.parts]
        text = texts[0] if len(texts) == 1 else self.joint.join(filter(None, texts))
        if self.split is not None:
            return self._list(items(text, self.split), setting)
        if not text and not self.words:
            return None
        return self._item(text, setting) or None

    def _list(self, texts: Iterable[str], setting: Setting) -> Any:
        """Return the items of a list that hold something, one alone where it may be; or None."""
        found = list(filter(None, (self._item(text, setting) for text in texts)))
        return found[0] if self.alone and len(found) == 1 else found or None

    def _item(self, text: str, setting: Setting) -> str:
        if self.words is not None:
            text = self.words.read(text, blamed(self.columns))
        if self.only is not None and text and not self.only.fullmatch(text):
            setting.remarks.append(f"{self.remark or ', '.join(self.columns)}: {text}")
            return ""
        return slugged(text) if self.slug and text else text


@frozen
class Date:
    """A date by some forms, as exact as another cell says.

    Attributes:
        forms: the forms that are tried in turn; see `timeline.imports.dates`.
        until: the end of a window that begins with the date.
        offset: the offset from UTC of times that have none of their own.
        precision: how exact the date is, as a code or as a word of `dates.PRECISIONS`.
        lenient: whether a date that cannot be read goes into the note, and is none.
    """

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
        return _columns((self.value, self.until, self.precision))

    def read(self, cells: Cells, setting: Setting) -> str | None:
        """Return a text of the grammar of dates."""
        text = self.value.read(cells).strip()
        if not text:
            return None
        try:
            return self._window(text, cells, setting)
        except UsageError as error:
            if not self.lenient:
                raise Unfit(str(error), blamed(self.columns)) from None
            setting.remarks.append(f"{blamed(self.columns) or 'date'}: {text}")
            return None

    def _window(self, text: str, cells: Cells, setting: Setting) -> str:
        day = dates.read(text, self.forms, self.offset)
        first = dates.narrowed(day, self._precision(cells), setting.zone)
        last = self.until.read(cells) if self.until else ""
        return dates.between(first, dates.read(last, self.forms, self.offset)) if last else first

    def _precision(self, cells: Cells) -> str:
        if self.precision is None:
            return "as written"
        text = self.precision.read(cells)
        column = blamed(self.precision.columns)
        return self.precisions.read(text, column) if self.precisions else text


@frozen
class Range:
    """An estimate or a share: from cells of its ends, or one number that another cell qualifies.

    Attributes:
        ends: the cells of low, best and high.
        qualifiers: the ends by the words of the qualifier's cell, as ``low high``.
        widen: whether numbers out of order are widened to cover all of them.
    """

    ends: Mapping[str, Template]
    number: Template | None = None
    qualifier: Template | None = None
    qualifiers: Words | None = None
    widen: bool = False
    fraction: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it is read from."""
        return _columns((*self.ends.values(), self.number, self.qualifier))

    def read(self, cells: Cells, setting: Setting) -> dict[str, Any] | None:
        """Return the given numbers or None, widened with a remark if the mapping says so."""
        numbers = {name: self._number(end.read(cells), end) for name, end in self.ends.items()}
        if self.number is not None:
            number = self._number(self.number.read(cells), self.number)
            numbers |= dict.fromkeys(self._qualified(cells).split(), number)
        ordered = {name: numbers.get(name) for name in ("low", "best", "high")}
        known = {name: number for name, number in ordered.items() if number is not None}
        return (self._widened(known, setting) if self.widen else known) or None

    def _widened(self, numbers: dict[str, int | float], setting: Setting) -> dict[str, int | float]:
        """Return numbers with low and high as far apart as all of them need."""
        given = list(numbers.values())
        if given == sorted(given):
            return numbers
        listed = ", ".join(f"{name} {number}" for name, number in numbers.items())
        setting.repairs.append(f"{listed} in the source; widened to cover all of them")
        bounds = {"low": min(given), "high": max(given)}
        return {name: bounds.get(name, number) for name, number in numbers.items()}

    def _qualified(self, cells: Cells) -> str:
        """Return the ends that the one number is."""
        if self.qualifier is None or self.qualifiers is None:
            return "best"
        return self.qualifiers.read(self.qualifier.read(cells), blamed(self.qualifier.columns))

    def _number(self, text: str, end: Template) -> int | float | None:
        if not text:
            return None
        if whole := _WHOLE.fullmatch(text):
            return int(whole[1].replace(",", ""))
        if self.fraction and _FRACTION.fullmatch(text):
            return float(text)
        why = f"{show(text)} is no number; expected a whole one, 0 or more"
        raise Unfit(why, blamed(end.columns))


@frozen
class PlaceTry:
    """One way to find a place, tried where `when` holds.

    It is a name, or the nearest place `within` kilometres of a point in degrees.
    """

    names: tuple[Template, ...] = ()
    lat: Template | None = None
    lon: Template | None = None
    within: float = 1.0
    when: tuple[Condition, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it is read from."""
        return _columns((*self.names, self.lat, self.lon))

    def reading(self, cells: Cells) -> tuple[list[str], str, str] | None:
        """Return a row's names, latitude and longitude; None without any or where `when` fails."""
        if not all(condition.holds(cells) for condition in self.when):
            return None
        names = [name for template in self.names if (name := template.read(cells))]
        lat = self.lat.read(cells) if self.lat else ""
        lon = self.lon.read(cells) if self.lon else ""
        return (names, lat, lon) if names or (lat and lon) else None


@frozen
class PlaceValue:
    """A place of the city, by the first of some ways that finds one."""

    tries: tuple[PlaceTry, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it is read from."""
        return tuple(chain.from_iterable(way.columns for way in self.tries))

    def read(self, cells: Cells, setting: Setting) -> str | None:
        """Return the id of a place; None where the row names none."""
        problems: list[Problem] = []
        for way in self.tries:
            reading = way.reading(cells)
            if reading is None:
                continue
            try:
                return setting.places.find(*reading, way.within)
            except UsageError as error:
                problems += error.problems
        if problems:
            raise Unfit(str(problems[0]), blamed(self.columns))
        return None


@frozen
class Parts:
    """An object with parts, such as an archived copy."""

    values: Mapping[str, Value]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that its parts are read from."""
        return tuple(chain.from_iterable(value.columns for value in self.values.values()))

    def read(self, cells: Cells, setting: Setting) -> dict[str, Any] | None:
        """Return the parts that there are, or None."""
        parts = {name: value.read(cells, setting) for name, value in self.values.items()}
        return {name: part for name, part in parts.items() if part is not None} or None


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
        if not text:
            return None
        try:
            return parse_share(text) if self.fraction else parse_range(text)
        except TimelineError as error:
            raise Unfit(str(error), blamed(self.columns)) from None


def _columns(templates: Iterable[Template | None]) -> tuple[str, ...]:
    """Return the columns of those templates that there are."""
    return tuple(chain.from_iterable(template.columns for template in templates if template))
