"""The fields of an event in a mapping: each may be written out in short, or as a table."""

import re
from collections.abc import Iterable, Sequence
from types import NoneType
from typing import Any, get_args, get_origin

import attrs

from timeline.domain.event_fields import field_names, one_or_several
from timeline.domain.events import ControlChange, Estimate, Event, PlaceId, Share
from timeline.errors import UsageError, nearest
from timeline.imports import dates
from timeline.imports.expressions import (
    Date,
    Parts,
    PlaceTry,
    PlaceValue,
    Range,
    Text,
    Typed,
    Value,
)
from timeline.imports.mapping_file import Reader, Section
from timeline.imports.templates import Template, Words
from timeline.log.strict_json import show
from timeline.temporal.dates import Moment, When

SET_ELSEWHERE = ("id", "recorded", "supersedes")
"""Fields that no mapping fills in: the key gives the id, and the import itself the others."""
_ENDS = ("low", "best", "high")
_FAR = "kilometres; 0 for coordinates by which no place is found, only drafted"


class FieldReader(Reader):
    """Reads the fields of events, besides what they are made of."""

    def fields(
        self, section: Section, event_type: type[Event], given: Iterable[str] = ()
    ) -> dict[str, Value]:
        """Return the fields of a type; each that the type needs must be there, but for `given`."""
        attributes = attrs.fields_dict(event_type)
        values: dict[str, Value] = {}
        for name in field_names(event_type):
            if name in SET_ELSEWHERE or name in given:
                continue
            needed = attributes[name].default is attrs.NOTHING
            if needed or name in section.raw:
                values |= self._present(section, name, attributes[name].type)
            section.take(name, None)
        return values

    def observed(self, section: Section) -> dict[str, Value]:
        """Return the other fields of an observation of who holds a place."""
        return self.fields(section, ControlChange, ("occurred", "reported", "place", "how"))

    def each(self, section: Section) -> tuple[Template, str]:
        """Return a cell of several items, and what separates them."""
        cell = self.template(section, "value"), section.text("split") or ";"
        section.done()
        return cell

    def _present(self, section: Section, name: str, annotation: Any) -> dict[str, Value]:
        if one_or_several(annotation):
            return {name: self._text(section, name, alone=True)}
        value = self._field(section, name, _kind(annotation))
        return {} if value is None else {name: value}

    def _field(self, section: Section, name: str, kind: Any) -> Value | None:
        if kind in (When, Moment):
            return self.date(section, name)
        if kind is PlaceId:
            return self.place(section, name)
        if kind in (Estimate, Share):
            return self._number(section, name, fraction=kind is Share)
        if attrs.has(kind):
            return self._parts(section, name, kind)
        return self._text(section, name, several=get_origin(kind) is tuple)

    def _parts(self, section: Section, name: str, kind: Any) -> Parts | None:
        inner = section.section(name)
        if inner is None:
            return None
        values: dict[str, Value] = {}
        for attribute in attrs.fields(kind):
            if attribute.name in inner.raw:
                values |= self._present(inner, attribute.name, attribute.type)
        inner.done()
        return Parts(values)

    # Texts

    def _text(
        self, section: Section, key: str, *, several: bool = False, alone: bool = False
    ) -> Text:
        raw = section.take(key)
        if isinstance(raw, dict):
            return self._text_table(section.inner(key, raw), key, several=several, alone=alone)
        expected = "a text, a list of texts, or a table { value = … }"
        parts = self._templates(section, key, expected)
        return Text(parts, split=";" if several else None, remark=key)

    def _text_table(self, section: Section, key: str, *, several: bool, alone: bool) -> Text:
        text = Text(
            parts=self._templates(section, "value", "a text, or a list of texts", needed=True),
            words=self.words(section),
            only=self.pattern(section, "only"),
            split=section.text("split", ";" if several else None),
            alone=alone,
            slug=section.flag("slug"),
            remark=key,
            joint=section.text("joint", "; "),
        )
        if text.split is not None and not several and not alone:
            expected = "none: the field holds one value"
            hint = "[events.each] makes an event of each item"
            section.wrong("split", show(text.split), expected, hint)
        section.done()
        return text

    def _templates(
        self, section: Section, key: str, expected: str, *, needed: bool = False
    ) -> tuple[Template, ...]:
        texts = section.several(key, str, expected, needed=needed)
        return tuple(self.parsed(section, key, text) for text in texts)

    # Dates

    def date(self, section: Section, key: str) -> Date:
        """Return a date, which must be there."""
        raw = section.take(key)
        if isinstance(raw, dict):
            return self._date_table(section.inner(key, raw))
        if raw is None or isinstance(raw, str):
            return Date(self.parsed(section, key, raw or ""))
        section.wrong(key, show(raw), "a text, or a table { value = …, forms = [ … ] }")
        return Date(Template(""))

    def optional_date(self, section: Section, key: str) -> Date | None:
        """Return a date; None where there is none."""
        if section.take(key, None) is None:
            return None
        return self.date(section, key)

    def _date_table(self, section: Section) -> Date:
        precision, precisions = self._precision(section)
        date = Date(
            value=self.template(section, "value"),
            forms=_forms(section),
            until=self.optional_template(section, "until"),
            offset=_offset(section),
            precision=precision,
            precisions=precisions,
            lenient=section.flag("lenient"),
        )
        section.done()
        return date

    def _precision(self, section: Section) -> tuple[Template | None, Words | None]:
        """Return how exact a date is, and what the codes stand for that say so."""
        precision = self.optional_template(section, "precision")
        precisions = self.words(section, "precisions")
        coded = precision is not None and "{" in precision.text
        words = list(precisions.meanings.values()) if precisions else []
        if precision and not precisions and not coded:
            words = [precision.text]
        for word in words:
            if word not in dates.PRECISIONS:
                expected = f"one of {', '.join(dates.PRECISIONS)}"
                section.wrong("precision", show(word), expected, nearest(word, dates.PRECISIONS))
        if coded and precisions is None:
            expected = "a table of what the codes of the precision mean"
            section.wrong("precisions", "missing", expected)
        return precision, precisions

    # Numbers

    def _number(self, section: Section, key: str, *, fraction: bool) -> Value:
        raw = section.take(key)
        if isinstance(raw, dict):
            return self._range_table(section.inner(key, raw), fraction=fraction)
        if isinstance(raw, str):
            return Typed(self.parsed(section, key, raw), fraction)
        if raw is not None:
            expected = "a table { low = …, best = …, high = … }, or a text such as 6000..10000"
            section.wrong(key, show(raw), expected)
        return Range({})

    def _range_table(self, section: Section, *, fraction: bool) -> Range:
        names = ("low", "high") if fraction else _ENDS
        ends = {name: self.optional_template(section, name) for name in _ENDS}
        read = Range(
            ends={name: end for name, end in ends.items() if end and name in names},
            number=self.optional_template(section, "number"),
            qualifier=self.optional_template(section, "qualifier"),
            qualifiers=self.words(section, "qualifiers"),
            widen=section.choice("repair", ("reject", "widen"), "reject") == "widen",
            fraction=fraction,
        )
        _check_range(section, read, names)
        section.done()
        return read

    # Places

    def place(self, section: Section, key: str) -> PlaceValue:
        """Return a place: a text, a table, or a list of them that are tried in turn."""
        raw = section.take(key)
        if isinstance(raw, list):
            tries = [self._try(section, f"{key}[{n}]", each) for n, each in enumerate(raw)]
        else:
            tries = [self._try(section, key, raw)]
        return PlaceValue(tuple(filter(None, tries)))

    def _try(self, section: Section, key: str, raw: Any) -> PlaceTry | None:
        if isinstance(raw, str):
            return PlaceTry((self.parsed(section, key, raw),))
        if isinstance(raw, dict):
            return self._try_table(section.inner(key, raw))
        if raw is not None:
            section.wrong(key, show(raw), "a name, or a table { name = …, lat = …, lon = … }")
        return None

    def _try_table(self, section: Section) -> PlaceTry:
        located = "lat" in section.raw or "lon" in section.raw
        read = self.template if located else self.optional_template
        way = PlaceTry(
            names=self._templates(section, "name", "a text, or a list of texts"),
            lat=read(section, "lat"),
            lon=read(section, "lon"),
            within=_within(section),
            when=self.conditions(section, "when"),
        )
        section.done()
        return way


def _kind(annotation: Any) -> Any:
    """Return the type of a field, without the None of an optional one."""
    kinds = [kind for kind in get_args(annotation) if kind is not NoneType]
    return kinds[0] if NoneType in get_args(annotation) else annotation


def _check_range(section: Section, read: Range, names: Sequence[str]) -> None:
    meanings = read.qualifiers.meanings.values() if read.qualifiers else ()
    for meaning in meanings:
        if not set(meaning.split()) <= set(names):
            section.wrong("qualifiers", show(meaning), f"some of {', '.join(names)}")
    if not read.ends and read.number is None:
        section.fault("no number", f"{', '.join(names)} or number")
    if (read.qualifier is None) != (read.qualifiers is None):
        section.wrong("qualifiers", "qualifier and qualifiers", "both, or neither")


def _forms(section: Section) -> tuple[str, ...]:
    forms = section.texts("forms") or ["iso", "edtf"]
    for form in forms:
        try:
            dates.check_form(form)
        except UsageError as error:
            section.wrong("forms", error.problems[0].found, error.problems[0].expected)
    return tuple(forms)


def _offset(section: Section) -> str:
    offset = str(section.text("offset", ""))
    if offset and not re.fullmatch(r"Z|[+-]\d\d:\d\d", offset):
        section.wrong("offset", show(offset), "Z for UTC, or an offset as +01:00")
    return offset


def _within(section: Section) -> float:
    within = section.take("within", 1.0)
    if type(within) in (int, float) and 0 <= within < 1000:
        return float(within)
    section.wrong("within", show(within), _FAR)
    return 1.0
