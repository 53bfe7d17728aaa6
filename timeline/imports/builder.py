"""A row and a mapping become the row's events, admitted like every line, or a fault."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs
from attrs import define, field, frozen

from timeline.domain.city import City
from timeline.domain.event_fields import HEAD, TAIL, own_names
from timeline.domain.events import Event
from timeline.errors import InvalidEvent, Problem
from timeline.imports.expressions import Places, Setting, Value
from timeline.imports.ids import event_id, slugged
from timeline.imports.mapping import EventSpec, TableMapping
from timeline.imports.places import Finder
from timeline.imports.table_rows import Damaged, Record, Row
from timeline.imports.templates import Cells, Unfit, blamed, items
from timeline.log import admission, fast_decode


@frozen
class Fault:
    """Why a row was set aside; `column` is empty where the row as a whole is to blame."""

    why: str
    column: str = ""
    value: str = ""

    @classmethod
    def of(cls, error: Unfit, cells: Cells) -> "Fault":
        """Return the fault of a row that was found unfit."""
        return cls(error.why, error.column, cells.get(error.column, ""))


@frozen
class Outcome:
    """An account of a row: its events, or the fault for which it was set aside.

    `key` begins its events' ids, and is empty where it could not be read; `repairs` counts the
    figures put in order.
    """

    row: Record
    key: str = ""
    events: tuple[Event, ...] = ()
    fault: Fault | None = None
    left_out: bool = False
    repairs: int = 0


@frozen
class Source:
    """A table from which rows come.

    `bound` gives the table's column for each column of the mapping; `edition` is the time of
    publication.
    """

    mapping: TableMapping
    bound: Mapping[str, str]
    city: City
    edition: str
    file: str = ""

    def cells(self, row: Row) -> dict[str, str]:
        """Return the cells of a row by the mapping's names for them, with what is built in."""
        cells = dict(row.cells)
        for name, actual in self.bound.items():
            if name != actual:
                cells[name] = cells.get(actual, "")
        built_in = {"@row": str(row.number), "@edition": self.edition, "@file": self.file}
        return cells | built_in | {"@item": ""}

    def key(self, cells: Cells) -> str:
        """Return the key of a row as a part of an id; raise `Unfit` where it is empty."""
        key = self.mapping.key
        text = key.read(cells)
        if not text:
            why = "no key; expected what names the row in every edition"
            raise Unfit(why, blamed(key.columns))
        return slugged(text)

    def expressed(self, values: Iterable[Value]) -> frozenset[str]:
        """Return the columns of the table whose text stands in a field, or is ignored."""
        return frozenset(self.bound.get(name, name) for name in self.mapping.expressed(values))

    def rest(self, row: Row, expressed: frozenset[str]) -> list[str]:
        """Return the other texts of a row, for the note."""
        if not self.mapping.rest:
            return []
        others = ((name, cell) for name, cell in row.cells.items() if name not in expressed)
        return [f"{name}: {cell}" for name, cell in others if cell]

    def wants(self, cells: Cells) -> bool:
        """Return whether a row is to be read at all; raise `Unfit` for one that is refused."""
        for condition in self.mapping.refuse:
            if condition.holds(cells):
                why = condition.why or "refused by the mapping"
                raise Unfit(why, blamed(condition.value.columns))
        return not any(condition.holds(cells) for condition in self.mapping.skip)


@define
class Builder:
    """Makes events of rows, each row by itself."""

    source: Source
    places: Places = field()
    _specs: tuple["_Spec", ...] = field(init=False)

    @places.default
    def _places(self) -> Places:
        return Finder(self.source.city)

    def __attrs_post_init__(self) -> None:
        self._specs = tuple(
            _Spec(spec, self.source.expressed(spec.fields.values()))
            for spec in self.source.mapping.events
        )

    def outcomes(self, rows: Iterable[Record]) -> Iterator[Outcome]:
        """Yield an account of each row, in their order."""
        return map(self.build, rows)

    def build(self, row: Record) -> Outcome:
        """Return an account of a row."""
        if isinstance(row, Damaged):
            return Outcome(row, fault=Fault(row.why, value=row.text))
        cells, key = self.source.cells(row), ""
        setting = Setting(self.source.city.zone, self.places)
        try:
            key = f"{self.source.mapping.prefix}:{self.source.key(cells)}"
            if not self.source.wants(cells):
                return Outcome(row, key, left_out=True)
            events = tuple(self._events(row, cells, key, setting))
            if not events and self.source.mapping.unmatched == "leave out":
                return Outcome(row, key, left_out=True)
            if not events:
                raise Unfit("nothing of this row becomes an event by the mapping")
        except Unfit as error:
            return Outcome(row, key, fault=Fault.of(error, cells))
        return Outcome(row, key, events, repairs=len(setting.repairs))

    def _events(self, row: Row, cells: Cells, key: str, setting: Setting) -> Iterator[Event]:
        city = self.source.city
        for spec in self._specs:
            suffix, each = spec.spec.suffix, spec.spec.each
            if not all(condition.holds(cells) for condition in spec.spec.when):
                continue
            rest = self.source.rest(row, spec.expressed)
            if each is None:
                yield spec.event(cells, event_id(key, suffix), setting, rest, city)
                continue
            value, separator = each
            for item in dict.fromkeys(items(value.read(cells), separator)):
                id = event_id(key, suffix, slugged(item))
                yield spec.event({**cells, "@item": item}, id, setting, rest, city)


@frozen
class _Spec:
    """A way in which rows become events.

    Fields stand in the order of a written line: such a line is decoded several times faster.
    """

    spec: EventSpec
    expressed: frozenset[str]
    ordered: tuple[tuple[str, Value | None, Any], ...] = field(init=False)

    @ordered.default
    def _ordered(self) -> tuple[tuple[str, Value | None, Any], ...]:
        fields, kind = self.spec.fields, self.spec.type
        defaults = {attribute.name: attribute.default for attribute in attrs.fields(kind)}
        empty = (attrs.NOTHING, None, ())
        written = {name: default for name, default in defaults.items() if default not in empty}
        named = fields.keys() | written.keys() | {"note"}
        names = [name for name in (*HEAD[1:], *own_names(kind), *TAIL) if name in named]
        return tuple((name, fields.get(name), written.get(name)) for name in names)

    def event(
        self, cells: Cells, id: str, setting: Setting, rest: Iterable[str], city: City
    ) -> Event:
        """Return the event that a row becomes; raise `Unfit` with the column to blame."""
        kind = self.spec.type
        raw: dict[str, Any] = {"id": id, "type": kind.type, "v": kind.v}
        remarks, repairs = len(setting.remarks), len(setting.repairs)
        for name, value, default in self.ordered:
            read = value.read(cells, setting) if value else None
            if name == "note":
                raw[name] = read or ""  # holds its place in the line until all remarks are made
            elif read is not None or default is not None:
                raw[name] = default if read is None else read
        note = [raw["note"], *setting.repairs[repairs:], *setting.remarks[remarks:], *rest]
        raw["note"] = "; ".join(filter(None, note))
        if not raw["note"]:
            del raw["note"]
        return admitted(raw, city, self.spec.fields)


def admitted(raw: Mapping[str, Any], city: City, fields: Mapping[str, Value]) -> Event:
    """Return an object as an admitted event; raise `Unfit` with the column to blame."""
    try:
        line = _line(raw)
        return admission.admit(fast_decode.decode(line) or _decoded(line), city)
    except InvalidEvent as error:
        problem = error.problems[0]
        name = problem.path.removeprefix("$.").partition(".")[0].partition("[")[0]
        columns = fields[name].columns if name in fields else ()
        own = [column for column in columns if not column.startswith("@")]
        raise Unfit(_why(problem, name), blamed(own)) from None


def _line(raw: Mapping[str, Any]) -> bytes:
    try:
        return json.dumps(raw, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:  # half of a character, which JSON can hold: the codec refuses it
        return json.dumps(raw).encode()


def _decoded(line: bytes) -> Event:
    from timeline.log.codec import CODEC  # cattrs takes long to load, and is seldom needed

    return CODEC.decode(line)


def _why(problem: Problem, name: str) -> str:
    """Return a problem as a sentence, with the name of its field."""
    return str(attrs.evolve(problem, path=name, where=""))
