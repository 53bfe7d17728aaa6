"""A mapping gives a table's columns their meaning, as a page of TOML, read strictly.

All faults are told at once, each with the key's name and what was probably meant.
"""

import re
from collections.abc import Iterable, Sequence
from collections.abc import Mapping as Entries
from itertools import chain
from pathlib import Path
from typing import Any

from attrs import frozen

from timeline.domain import toml_tables
from timeline.domain.events import Event
from timeline.errors import Problem, TimelineError, nearest
from timeline.imports import bundled
from timeline.imports.expressions import Date, PlaceValue, Text, Value
from timeline.imports.mapping_fields import FieldReader
from timeline.imports.mapping_file import Section
from timeline.imports.table_files import Layout
from timeline.imports.templates import BUILT_IN, Condition, Template
from timeline.log.strict_json import show

SOURCES = ("source", "cites")
NAMED = ("actor", "by", "party", *SOURCES)
"""The fields that name an actor or a source of the city file; the sources are among them."""


@frozen
class EventSpec:
    """How a row becomes an event of a type.

    Attributes:
        suffix: the end of the event's id, where a row becomes several events.
        each: a cell with an event for each of its items, and what separates these.
    """

    type: type[Event]
    when: tuple[Condition, ...]
    suffix: str
    each: tuple[Template, str] | None
    fields: Entries[str, Value]


@frozen
class Revisions:
    """How revised rows of a table of control become observations; see `timeline.imports.revisions`.

    Attributes:
        reported: when the revision was made.
        updated: the day of a row that has no date of its own.
        seen: the day for which a row says it.
        removed: conditions that all hold of a row that says that the place left the table.
    """

    reported: Date
    updated: Date
    seen: Date
    place: PlaceValue
    removed: tuple[Condition, ...]
    fields: Entries[str, Value]


@frozen(kw_only=True)
class TableMapping:
    """The meaning of the columns of a table.

    Attributes:
        prefix: the beginning of all ids, before a colon.
        key: the text that names a row in every edition of the table.
        optional: columns that a table may lack; they count as empty.
        ignore: columns whose text is not kept.
        rest: whether the text of columns without a field goes into the note.
        unmatched: whether a row that no event is made of is set aside, or left out.
        skip: conditions of which each leaves a row out.
        refuse: conditions of which each sets a row aside, and why.
        revised: when a row's present content was made public; None for the time of the edition.
        needs: entries that the city file must have, by its tables.
    """

    name: str
    title: str
    prefix: str
    key: Template
    layout: Layout
    optional: frozenset[str]
    ignore: frozenset[str]
    rest: bool
    unmatched: str
    skip: tuple[Condition, ...]
    refuse: tuple[Condition, ...]
    revised: Date | None
    events: tuple[EventSpec, ...]
    revisions: Revisions | None
    needs: Entries[str, Entries[str, Any]]

    @property
    def values(self) -> tuple[Value, ...]:
        """Everything that is read from a row to fill in fields."""
        fields = chain.from_iterable(event.fields.values() for event in self.events)
        revised = (self.revised,) if self.revised else ()
        if self.revisions is None:
            return (*fields, *revised)
        way = self.revisions
        own = (way.reported, way.updated, way.seen, way.place, *way.fields.values())
        return (*fields, *own, *revised)

    def expressed(self, values: Iterable[Value]) -> frozenset[str]:
        """Return the columns kept out of the note: those of some values, the key, and ignored."""
        columns = set(self.key.columns if len(self.key.columns) == 1 else ())
        codes: set[str] = set()
        for value in values:
            if not isinstance(value, PlaceValue):
                columns.update(value.columns)
            if isinstance(value, Date) and value.precision:
                codes.update(value.precision.columns)
        return frozenset(columns - codes | self.ignore)

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Every condition that is asked of a row."""
        places = [value for value in self.values if isinstance(value, PlaceValue)]
        ways = chain.from_iterable(place.tries for place in places)
        asked = [event.when for event in self.events]
        asked += [way.when for way in ways]
        if self.revisions:
            asked.append(self.revisions.removed)
        return (*self.skip, *self.refuse, *chain.from_iterable(asked))

    @property
    def columns(self) -> frozenset[str]:
        """Every column that the mapping names."""
        templates = [condition.value for condition in self.conditions]
        templates += [event.each[0] for event in self.events if event.each]
        named = {*self.key.columns}
        named.update(*(value.columns for value in self.values))
        named.update(*(template.columns for template in templates))
        return frozenset(named) - frozenset(BUILT_IN)


def find(name: str) -> TableMapping:
    """Return the shipped mapping of a name, or a file's; raise `TimelineError` with all faults."""
    text = bundled.text(name)
    where = name if text is None else f"the shipped mapping {name}"
    if text is None:
        text = _file(Path(name))
    try:
        return parse(text)
    except TimelineError as error:
        raise error.located(where=where) from None


def _file(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        shipped = bundled.names()
        expected = f"a file, or a shipped one: {', '.join(shipped)}"
        hint = nearest(str(path), shipped) or "`timeline import --draft FILE` writes a first one"
        raise TimelineError.because(f"no mapping {path}", expected, hint=hint) from None
    except (OSError, UnicodeDecodeError) as error:
        raise TimelineError.because(f"{path} cannot be read: {error}") from None


def parse(text: str) -> TableMapping:
    """Return the mapping that a text describes; raise `TimelineError` with all its faults."""
    return parsed(toml_tables.loads(text))


def parsed(raw: Entries[str, Any]) -> TableMapping:
    """Return the mapping that tables describe; raise `TimelineError` with all their faults."""
    problems: list[Problem] = []
    top = Section(raw, "", problems)
    reader = FieldReader(top.table("tables", {}), problems)
    revisions = top.section("revisions")
    mapping = TableMapping(
        name=top.text("name", "mapping"),
        title=top.text("title", ""),
        prefix=_prefix(top),
        key=reader.template(top, "key"),
        layout=_layout(top),
        optional=frozenset(top.texts("optional")),
        ignore=frozenset(top.texts("ignore")),
        rest=top.flag("rest", default=True),
        unmatched=top.choice("unmatched", ("set aside", "leave out"), None) or "set aside",
        skip=reader.conditions(top, "skip"),
        refuse=reader.conditions(top, "refuse"),
        revised=reader.optional_date(top, "revised"),
        events=tuple(_event(section, reader) for section in top.sections("events")),
        revisions=_revisions(revisions, reader) if revisions else None,
        needs=_needs(top),
    )
    if bool(mapping.events) == bool(revisions) and not problems:
        found = "[[events]] and [revisions]" if revisions else "neither [[events]] nor [revisions]"
        problems.append(Problem(found, "one of them"))
    top.done()
    reader.done()
    if problems:
        raise TimelineError(problems)
    return mapping


def bind(mapping: TableMapping, columns: Sequence[str]) -> dict[str, str]:
    """Return the table's column for each column of a mapping; empty for an optional one it lacks.

    Raises `TimelineError` for other columns that are missing, and for one that stands twice.
    """
    bound: dict[str, str] = {}
    problems: list[Problem] = []
    tags = mapping.layout.tags
    for name in sorted(mapping.columns):
        actual = _tagged(name, columns) if tags else _named(name, columns)
        if not actual and name not in mapping.optional:
            found = f"the table has no column {show(name)}"
            problems.append(Problem(found, _listed(columns), hint=_meant(name, columns)))
        elif f"{actual}#2" in columns and not tags:
            problems.append(Problem(f"the table has two columns {show(name)}", "one of that name"))
        else:
            bound[name] = actual
    if problems:
        raise TimelineError(problems)
    return bound


def _named(name: str, columns: Sequence[str]) -> str:
    return name if name in columns else ""


def _listed(columns: Sequence[str]) -> str:
    """Return the first columns of a table, as what was expected."""
    if not columns:
        return "rows with columns"
    more = f" and {len(columns) - 12} more" if len(columns) > 12 else ""
    return f"one of {', '.join(columns[:12])}{more}"


def _meant(name: str, columns: Sequence[str]) -> str:
    if len(columns) == 1 and (";" in columns[0] or "\t" in columns[0]):
        return "cells seem to be separated by something else: delimiter = … in the mapping"
    return nearest(name, columns)


def _tagged(name: str, columns: Iterable[str]) -> str:
    """Return the column with an HXL tag and all attributes asked for; of several the plainest."""
    tag, *attributes = name.replace(" ", "").lower().split("+")
    fitting = []
    for column in columns:
        own, *others = column.replace(" ", "").lower().split("#2")[0].split("+")
        if own == tag and set(attributes) <= set(others):
            fitting.append((len(others), column))
    return min(fitting)[1] if fitting else ""


def _is_prefix(text: str) -> bool:
    """Return whether a text may be a part of ids, which colons and dots separate."""
    return re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", text) is not None


def _prefix(top: Section) -> str:
    prefix = str(top.text("prefix"))
    if prefix and not (_is_prefix(prefix) and len(prefix) <= 24):
        expected = "up to 24 small letters, digits and single hyphens, as ucdp"
        top.wrong("prefix", show(prefix), expected)
    return prefix


def _layout(top: Section) -> Layout:
    return Layout(
        format=top.choice("format", ("csv", "tsv", "ndjson", "json"), None),
        delimiter=top.choice("delimiter", (",", ";", "\t", "|"), None),
        encoding=top.text("encoding", "utf-8"),
        records=top.text("records", None),
        tags=top.choice("header", ("names", "hxl"), "names") == "hxl",
        missing=frozenset(top.texts("missing")),
    )


def _needs(top: Section) -> Entries[str, Entries[str, Any]]:
    needs = top.section("needs")
    if needs is None:
        return {}
    tables = {name: _entries(needs, name) for name in ("actors", "sources")}
    needs.done()
    return tables


def _entries(needs: Section, name: str) -> Entries[str, Any]:
    """Return entries of the city file: tables of texts, or of lists of texts."""
    table = needs.section(name)
    if table is None:
        return {}
    for section in filter(None, map(table.section, table.raw)):
        for key in section.raw:
            section.several(key, str, "a text, or a list of texts")
    return table.raw


def _event(section: Section, reader: FieldReader) -> EventSpec:
    event_type = section.event_type()
    suffix = section.text("suffix", "")
    if suffix and not _is_prefix(suffix):
        expected = "small letters, digits and single hyphens, as civilians"
        section.wrong("suffix", show(suffix), expected)
    each = section.section("each")
    spec = EventSpec(
        type=event_type,
        when=reader.conditions(section, "when"),
        suffix=suffix,
        each=reader.each(each) if each else None,
        fields=reader.fields(section, event_type),
    )
    section.done()
    return spec


def _revisions(section: Section, reader: FieldReader) -> Revisions:
    way = Revisions(
        reported=reader.date(section, "reported"),
        updated=reader.date(section, "updated"),
        seen=reader.date(section, "seen"),
        place=reader.place(section, "place"),
        removed=reader.conditions(section, "removed"),
        fields=reader.observed(section),
    )
    section.done()
    return way


def constants(mapping: TableMapping, kinds: Iterable[str]) -> dict[str, set[str]]:
    """Return the names that a mapping's constants and tables of words give to some fields."""
    names: dict[str, set[str]] = {kind: set() for kind in kinds}
    tables = [event.fields for event in mapping.events]
    if mapping.revisions:
        tables.append(mapping.revisions.fields)
    for name, value in chain.from_iterable(fields.items() for fields in tables):
        if name in names and isinstance(value, Text):
            names[name].update(filter(None, _constants(value)))
    return names


def _constants(text: Text) -> Iterable[str]:
    if text.constant:
        return (text.constant,)
    return text.words.meanings.values() if text.words else ()
