"""A mapping: what the columns of somebody's table mean, as a page of TOML, read strictly.

Every key that is not known, is missing or holds what it may not hold is told by its name, with what
was probably meant; all at once.
"""

from collections.abc import Iterable, Sequence
from collections.abc import Mapping as Entries
from pathlib import Path
from typing import Any

from attrs import evolve, frozen

from timeline.domain import toml_tables
from timeline.domain.events import Event
from timeline.errors import Problem, TimelineError, nearest
from timeline.imports import bundled as shipped
from timeline.imports import mapping_file as reading
from timeline.imports.expressions import (
    BUILT_IN,
    Condition,
    Date,
    PlaceValue,
    Template,
    Text,
    Value,
)
from timeline.imports.mapping_file import Section
from timeline.imports.table_files import Layout
from timeline.log.strict_json import show

NAMED = ("actor", "by", "party", "source")
"""The fields that name an actor or a source of the city file."""


@frozen
class EventSpec:
    """How a row becomes an event of a type.

    Attributes:
        type: the type.
        when: conditions under which it does.
        suffix: what the event's id has behind the row's, where a row becomes several events.
        each: a cell that holds several items, each of which becomes an event, and what separates
            them.
        fields: what the fields are read from.
    """

    type: type[Event]
    when: tuple[Condition, ...]
    suffix: str
    each: tuple[Template, str] | None
    fields: Entries[str, Value]


@frozen
class Revisions:
    """How the rows of a table of control that was revised become observations; see `timeline.imports.revisions`.

    Attributes:
        reported: when the revision was made.
        updated: the day that a row is of which has no date of its own.
        seen: the day for which a row says it.
        place: where.
        removed: holds of a row that says that the place left the table.
        fields: what the other fields of the observation are read from.
    """

    reported: Date
    updated: Date
    seen: Date
    place: PlaceValue
    removed: tuple[Condition, ...]
    fields: Entries[str, Value]


@frozen(kw_only=True)
class TableMapping:
    """What the columns of a table mean.

    Attributes:
        name: what the mapping is called.
        title: the table that it is for.
        prefix: what all ids begin with, before a colon.
        key: what names a row in every edition of the table.
        layout: how the table is written.
        optional: columns that a table may lack; they count as empty.
        ignore: columns whose text is not kept.
        rest: whether the text of all other columns, of which no field is made, goes into the note.
        unmatched: whether a row that no event is made of is set aside, or left out.
        skip: what holds of rows that are left out; refuse: of rows that are set aside, and why.
        revised: when the row's present content was made public; None for the time of the edition.
        events: the events that a row becomes.
        revisions: the other way: rows are revisions of a table of control.
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
        found = [value for event in self.events for value in event.fields.values()]
        if self.revisions:
            way = self.revisions
            found += [way.reported, way.updated, way.seen, way.place, *way.fields.values()]
        return (*found, *((self.revised,) if self.revised else ()))

    def told(self, values: Iterable[Value]) -> frozenset[str]:
        """Return the columns whose text stands in a field that is read from some values, or is the key: the rest goes into the note."""
        found, codes = list(self.key.columns[:1] if len(self.key.columns) == 1 else ()), set()
        for value in values:
            found += [] if isinstance(value, PlaceValue) else value.columns
            codes |= (
                set(value.precision.columns)
                if isinstance(value, Date) and value.precision
                else set()
            )
        return frozenset(found) - codes | self.ignore

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Every condition that is asked of a row."""
        ways = [condition for event in self.events for condition in event.when]
        tries = [
            one.when
            for value in self.values
            if isinstance(value, PlaceValue)
            for one in value.tries
        ]
        removed = self.revisions.removed if self.revisions else ()
        return (
            *self.skip,
            *self.refuse,
            *ways,
            *removed,
            *(condition for when in tries for condition in when),
        )

    @property
    def columns(self) -> frozenset[str]:
        """Every column that the mapping names."""
        named = [column for value in self.values for column in value.columns]
        named += [column for condition in self.conditions for column in condition.value.columns]
        named += [column for event in self.events if event.each for column in event.each[0].columns]
        return frozenset([*named, *self.key.columns]) - frozenset(BUILT_IN)


def find(name: str) -> TableMapping:
    """Return the shipped mapping of that name, or the one in a file; raise `TimelineError` with everything that is wrong with it."""
    text = shipped.text(name)
    where = f"the shipped mapping {name}"
    if text is None:
        where, text = name, _file(Path(name))
    try:
        return parse(text)
    except TimelineError as error:
        raise TimelineError([evolve(problem, where=where) for problem in error.problems]) from None


def _file(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        hint = (
            nearest(str(path), shipped.names())
            or "`timeline import --draft FILE` writes a first one"
        )
        known = f"a file, or a shipped one: {', '.join(shipped.names())}"
        raise TimelineError(Problem(f"no mapping {path}", known, hint=hint)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise TimelineError(Problem(f"{path} cannot be read: {error}")) from None


def parse(text: str) -> TableMapping:
    """Return the mapping that a text describes; raise `TimelineError` with everything that is wrong with it."""
    return parsed(toml_tables.loads(text))


def parsed(raw: Entries[str, Any]) -> TableMapping:
    """Return the mapping that tables of TOML describe; raise `TimelineError` with everything that is wrong with it."""
    problems: list[Problem] = []
    top = Section(raw, "", problems)
    reader = reading.Reader(top.table("tables", {}), problems)
    revisions = top.section("revisions")
    events = top.sections("events")
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
        events=tuple(_event(section, reader) for section in events),
        revisions=_revisions(revisions, reader) if revisions else None,
        needs=_needs(top),
    )
    if bool(mapping.events) == bool(revisions) and not problems:
        problems.append(
            Problem(
                "[[events]] and [revisions]" if revisions else "neither [[events]] nor [revisions]",
                "one of them",
            )
        )
    top.done()
    reader.done()
    if problems:
        raise TimelineError(problems)
    return mapping


def bind(mapping: TableMapping, columns: Sequence[str]) -> dict[str, str]:
    """Return which column of a table each column that a mapping names is, an empty text for one that the table may lack.

    Raises `TimelineError` for every column that is neither there nor optional, and for one that
    stands twice.
    """
    found, problems = {}, []
    for name in sorted(mapping.columns):
        actual = (
            _tagged(name, columns) if mapping.layout.tags else name if name in columns else None
        )
        if actual is None and name not in mapping.optional:
            problems.append(
                Problem(
                    f"the table has no column {show(name)}",
                    _listed(columns),
                    hint=_meant(name, columns),
                )
            )
        elif f"{actual}#2" in columns and not mapping.layout.tags:
            problems.append(Problem(f"the table has two columns {show(name)}", "one of that name"))
        else:
            found[name] = actual or ""
    if problems:
        raise TimelineError(problems)
    return found


def _listed(columns: Sequence[str]) -> str:
    shown = ", ".join(columns[:12]) + (
        f" and {len(columns) - 12} more" if len(columns) > 12 else ""
    )
    return f"one of {shown}" if columns else "rows with columns"


def _meant(name: str, columns: Sequence[str]) -> str:
    if len(columns) == 1 and (";" in columns[0] or "\t" in columns[0]):
        return "cells seem to be separated by something else: delimiter = … in the mapping"
    return nearest(name, columns)


def _tagged(asked: str, columns: Iterable[str]) -> str | None:
    """Return the column with an HXL tag and all attributes that are asked for, of several that with the fewest others."""
    tag, *attributes = asked.replace(" ", "").lower().split("+")
    fitting = []
    for column in columns:
        own, *others = column.replace(" ", "").lower().split("#2")[0].split("+")
        if own == tag and set(attributes) <= set(others):
            fitting.append((len(others), column))
    return min(fitting)[1] if fitting else None


def _prefix(top: Section) -> str:
    prefix = str(top.text("prefix"))
    if prefix and not (reading.is_prefix(prefix) and len(prefix) <= 24):
        top.wrong(
            "prefix", show(prefix), "up to 24 small letters, digits and single hyphens, as ucdp"
        )
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
    found = {name: needs.table(name, {}) for name in ("actors", "sources")} if needs else {}
    if needs:
        needs.done()
    return found


def _event(section: Section, reader: reading.Reader) -> EventSpec:
    event_type = section.event_type()
    suffix = section.text("suffix", "")
    if suffix and not reading.is_prefix(suffix):
        section.wrong(
            "suffix", show(suffix), "small letters, digits and single hyphens, as civilians"
        )
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


def _revisions(section: Section, reader: reading.Reader) -> Revisions:
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
    """Return the names that a mapping itself gives to fields of some names, as constants or by its tables of words."""
    found: dict[str, set[str]] = {kind: set() for kind in kinds}
    specs = [event.fields for event in mapping.events] + (
        [mapping.revisions.fields] if mapping.revisions else []
    )
    for fields in specs:
        for name, value in fields.items():
            if name in found and isinstance(value, Text):
                named = (
                    [value.constant]
                    if value.constant
                    else value.words.meanings.values()
                    if value.words
                    else ()
                )
                found[name] |= {one for one in named if one}
    return found
