"""Reading the tables of a mapping: each key by what it may hold, every fault gathered with the path of its key."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, get_args, get_origin

import attrs
from attrs import define, field

from timeline.domain import toml_tables
from timeline.domain.event_fields import field_names
from timeline.domain.events import TYPES, ControlChange, Estimate, Event, PlaceId, Share, Statement
from timeline.errors import Problem, UsageError, nearest
from timeline.imports import dates
from timeline.imports.expressions import (
    BUILT_IN,
    Condition,
    Date,
    Parts,
    PlaceTry,
    PlaceValue,
    Range,
    Template,
    Text,
    Typed,
    Value,
    Words,
    folded,
)
from timeline.log.strict_json import show
from timeline.temporal.dates import Moment, When

SET_ELSEWHERE = ("id", "recorded", "supersedes")
"""Fields that no mapping fills in: the id comes from the key, and the import itself says what a later edition replaces."""


def is_prefix(text: str) -> bool:
    """Return whether a text may be a part of ids: no colon and no dot, which stand between parts."""
    return re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", text) is not None


class Section(toml_tables.Section):
    """A table of a mapping."""

    def shown(self, value: object) -> str:
        """Return a value as JSON writes it, shortened."""
        return show(value)

    def event_type(self) -> type[Event]:
        """Return the type of event that the key ``type`` names."""
        tag = self.text("type")
        if tag not in TYPES or tag == "retraction":
            known = [name for name in TYPES if name != "retraction"]
            if tag:
                self.wrong("type", show(tag), f"one of {', '.join(known)}", nearest(tag, known))
            return Statement
        return TYPES[tag]


@define
class Reader:
    """Reads values; `tables` are the mapping's own tables of words."""

    tables: Mapping[str, Any]
    problems: list[Problem]
    _used: set[str] = field(factory=set)

    def done(self) -> None:
        """Note every table of words that nothing is looked up in."""
        for name in self.tables.keys() - self._used:
            self.problems.append(
                Problem(
                    "nothing is looked up in this table", "words = " + show(name), f"tables.{name}"
                )
            )

    def template(self, section: Section, key: str) -> Template:
        """Return a template."""
        return self._template(section, key, section.text(key))

    def conditions(self, section: Section, key: str) -> tuple[Condition, ...]:
        """Return conditions: one table, or a list of them."""
        raw = section.take(key, [])
        listed = raw if isinstance(raw, list) else [raw]
        if not all(isinstance(one, dict) for one in listed):
            section.wrong(key, show(raw), "a condition, { value = …, is = … }, or a list of them")
            return ()
        return tuple(self._condition(section.inner(key, one)) for one in listed)

    def each(self, section: Section) -> tuple[Template, str]:
        """Return a cell of several items, and what separates them."""
        found = self.template(section, "value"), section.text("split") or ";"
        section.done()
        return found

    def fields(
        self, section: Section, event_type: type[Event], given: Iterable[str] = ()
    ) -> dict[str, Value]:
        """Return what the fields of a type are read from; each that the type needs must be there."""
        named = {f.name: f for f in attrs.fields(event_type)}
        found: dict[str, Value] = {}
        for name in field_names(event_type):
            if name in SET_ELSEWHERE or name in given:
                continue
            needed = named[name].default is attrs.NOTHING
            if needed or name in section.raw:
                value = self._field(section, name, named[name].type)
                found |= {name: value} if value is not None else {}
        return found

    def observed(self, section: Section) -> dict[str, Value]:
        """Return what the other fields of an observation of who holds a place are read from."""
        return self.fields(section, ControlChange, ("occurred", "reported", "place", "how"))

    def date(self, section: Section, key: str) -> Date:
        """Return a date."""
        raw = section.take(key)
        if isinstance(raw, dict):
            return self._date(section.inner(key, raw))
        if raw is not None and not isinstance(raw, str):
            section.wrong(key, show(raw), "a text, or a table { value = …, forms = [ … ] }")
        return Date(self._template(section, key, raw if isinstance(raw, str) else ""))

    def optional_date(self, section: Section, key: str) -> Date | None:
        """Return a date, None where there is none."""
        return self.date(section, key) if key in section.raw else None

    def place(self, section: Section, key: str) -> PlaceValue:
        """Return a place: a text, a table, or a list of tables that are tried in turn."""
        raw = section.take(key)
        listed = raw if isinstance(raw, list) else [raw]
        tries = []
        for number, one in enumerate(listed):
            here = f"{key}[{number}]" if isinstance(raw, list) else key
            if isinstance(one, str):
                tries.append(PlaceTry((self._template(section, here, one),)))
            elif isinstance(one, dict):
                tries.append(self._try(section.inner(here, one)))
            elif raw is not None:
                section.wrong(here, show(one), "a name, or a table { name = …, lat = …, lon = … }")
        return PlaceValue(tuple(tries))

    def _field(self, section: Section, name: str, annotation: Any) -> Value | None:
        kinds = [kind for kind in get_args(annotation) if kind is not type(None)]
        kind = (
            annotation
            if not kinds
            or (get_origin(annotation) is not None and type(None) not in get_args(annotation))
            else kinds[0]
        )
        if kind in (When, Moment):
            return self.date(section, name)
        if kind is PlaceId:
            return self.place(section, name)
        if kind in (Estimate, Share):
            return self._range(section, name, fraction=kind is Share)
        if attrs.has(kind):
            inner = section.section(name)
            return None if inner is None else self._parts(inner, kind)
        return self._text(section, name, several=get_origin(annotation) is tuple)

    def _text(self, section: Section, key: str, *, several: bool = False) -> Text:
        raw = section.take(key)
        if isinstance(raw, dict):
            return self._text_table(section.inner(key, raw), key, several=several)
        listed = raw if isinstance(raw, list) else [raw]
        if raw is not None and not all(isinstance(one, str) for one in listed):
            section.wrong(key, show(raw), "a text, a list of texts, or a table { value = … }")
            listed = []
        parts = tuple(self._template(section, key, one) for one in listed if one is not None)
        return Text(parts, split=";" if several else None, remark=key)

    def _text_table(self, section: Section, key: str, *, several: bool) -> Text:
        value = section.take("value")
        listed = value if isinstance(value, list) else [value]
        if not all(isinstance(one, str) for one in listed):
            section.wrong("value", show(value), "a text, or a list of texts")
            listed = []
        only = section.text("only", None)
        text = Text(
            parts=tuple(self._template(section, "value", one) for one in listed),
            words=self._words(section, "words"),
            only=self._pattern(section, "only", only) if only is not None else None,
            split=section.text("split", ";" if several else None),
            slug=section.flag("slug"),
            remark=key,
            joint=section.text("joint", "; "),
        )
        if text.split is not None and not several:
            section.wrong(
                "split",
                show(text.split),
                "none: the field holds one value",
                hint="[events.each] makes an event of each item",
            )
        section.done()
        return text

    def _date(self, section: Section) -> Date:
        found = section.texts("forms") or ["iso", "edtf"]
        for form in found:
            try:
                dates.check_form(form)
            except UsageError as error:
                section.wrong("forms", error.problems[0].found, error.problems[0].expected)
        offset = section.text("offset", "")
        if offset and not re.fullmatch(r"Z|[+-]\d\d:\d\d", offset):
            section.wrong("offset", show(offset), "Z for UTC, or an offset as +01:00")
        precision = section.text("precision", None)
        date = Date(
            value=self.template(section, "value"),
            forms=tuple(found),
            until=self.template(section, "until") if "until" in section.raw else None,
            offset=offset,
            precision=None
            if precision is None
            else self._template(section, "precision", precision),
            precisions=self._words(section, "precisions"),
            lenient=section.flag("lenient"),
        )
        said = (
            date.precisions.meanings.values()
            if date.precisions
            else [precision]
            if precision and "{" not in precision
            else []
        )
        for word in said:
            if word not in dates.PRECISIONS:
                section.wrong(
                    "precision",
                    show(word),
                    f"one of {', '.join(dates.PRECISIONS)}",
                    nearest(word, dates.PRECISIONS),
                )
        if precision and "{" in precision and date.precisions is None:
            section.wrong(
                "precisions", "missing", "a table of what the codes of the precision mean"
            )
        section.done()
        return date

    def _range(self, section: Section, key: str, *, fraction: bool) -> Value:
        raw = section.take(key)
        if isinstance(raw, str):
            return Typed(self._template(section, key, raw), fraction)
        if not isinstance(raw, dict):
            if raw is not None:
                section.wrong(
                    key,
                    show(raw),
                    "a table { low = …, best = …, high = … }, or a text such as 6000..10000",
                )
            return Range({})
        inner = section.inner(key, raw)
        names = ("low", "high") if fraction else ("low", "best", "high")
        found = Range(
            ends={name: self.template(inner, name) for name in names if name in raw},
            number=self.template(inner, "number") if "number" in raw else None,
            qualifier=self.template(inner, "qualifier") if "qualifier" in raw else None,
            qualifiers=self._words(inner, "qualifiers"),
            widen=inner.choice("repair", ("reject", "widen"), "reject") == "widen",
            fraction=fraction,
        )
        for meaning in found.qualifiers.meanings.values() if found.qualifiers else ():
            if not set(meaning.split()) <= set(names):
                inner.wrong("qualifiers", show(meaning), f"some of {', '.join(names)}")
        if not found.ends and found.number is None:
            inner.wrong("", "no number", f"{', '.join(names)} or number")
        if (found.qualifier is None) != (found.qualifiers is None):
            inner.wrong("qualifiers", "qualifier and qualifiers", "both, or neither")
        inner.take("low", None), inner.take("best", None), inner.take("high", None)
        inner.done()
        return found

    def _try(self, section: Section) -> PlaceTry:
        raw = section.take("name", [])
        listed = raw if isinstance(raw, list) else [raw]
        if not all(isinstance(one, str) for one in listed):
            section.wrong("name", show(raw), "a text, or a list of texts")
            listed = []
        within = section.take("within", 1.0)
        if type(within) not in (int, float) or not 0 <= within < 1000:
            section.wrong(
                "within",
                show(within),
                "kilometres; 0 for coordinates by which no place is found, only drafted",
            )
            within = 1.0
        located = "lat" in section.raw or "lon" in section.raw
        found = PlaceTry(
            names=tuple(self._template(section, "name", one) for one in listed),
            lat=self.template(section, "lat") if located else None,
            lon=self.template(section, "lon") if located else None,
            within=float(within),
            when=self.conditions(section, "when"),
        )
        section.done()
        return found

    def _parts(self, section: Section, kind: Any) -> Parts:
        named = {f.name: f for f in attrs.fields(kind)}
        values = {
            name: self._field(section, name, named[name].type)
            for name in named
            if name in section.raw
        }
        section.done()
        return Parts({name: value for name, value in values.items() if value is not None})

    def _condition(self, section: Section) -> Condition:
        matches = section.text("matches", None)
        among = section.texts("is") if "is" in section.raw else None
        condition = Condition(
            value=self.template(section, "value"),
            among=None if among is None else frozenset(map(folded, among)),
            none_of=frozenset(map(folded, section.texts("isnt"))),
            matches=self._pattern(section, "matches", matches) if matches is not None else None,
            filled=section.flag("filled") if "filled" in section.raw else None,
            why=section.text("why", ""),
        )
        if not section.raw.keys() & {"is", "isnt", "matches", "filled"}:
            section.wrong("", "asks nothing", "is, isnt, matches or filled")
        section.take("is", None)
        section.take("filled", None)
        section.done()
        return condition

    def _words(self, section: Section, key: str) -> Words | None:
        raw = section.take(key, None)
        otherwise = section.take("otherwise", None) if key == "words" else None
        keep = section.flag("keep") if key == "words" else False
        if raw is None:
            return None
        if isinstance(raw, str):
            self._used.add(raw)
            if raw not in self.tables:
                section.wrong(
                    key,
                    f"no table {raw!r} in the mapping",
                    f"[tables.{raw}]",
                    nearest(raw, self.tables),
                )
                return None
            raw = self.tables[raw]
        if not isinstance(raw, dict) or not all(isinstance(one, str) for one in raw.values()):
            section.wrong(key, show(raw), "a table of texts, or the name of one")
            return None
        return Words(
            {folded(word): meaning for word, meaning in raw.items()},
            otherwise,
            strict=otherwise is None and not keep,
        )

    def _template(self, section: Section, key: str, text: str) -> Template:
        if len(re.findall(r"[{}]", text)) != 2 * len(re.findall(r"\{[^{}]+\}", text)):
            section.wrong(key, show(text), "each column in braces of its own, as {name}")
        template = Template(text)
        for name in template.columns:
            if name.startswith("@") and name not in BUILT_IN:
                section.wrong(
                    key, show(name), f"one of {', '.join(BUILT_IN)}", nearest(name, BUILT_IN)
                )
        return template

    def _pattern(self, section: Section, key: str, text: str) -> re.Pattern[str]:
        try:
            return re.compile(text)
        except re.error as error:
            section.wrong(key, show(text), f"a regular expression: {error}")
            return re.compile("")
