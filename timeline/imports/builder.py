"""One row and a mapping become events of the log, or the reason why not.

An event is made as the line that would stand in the log and read by the gate of the log, like every
other line; there is no second way in. A row becomes all of its events or none.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from typing import Any

import attrs
from attrs import define, field, frozen

from timeline.domain.city import City
from timeline.domain.event_fields import HEAD, TAIL, own_names
from timeline.domain.events import Event
from timeline.errors import InvalidEvent, Problem
from timeline.imports.expressions import Places, Setting, Unfit, Value, items, slugged
from timeline.imports.mapping import EventSpec, TableMapping
from timeline.imports.places import Finder
from timeline.imports.table_rows import Damaged, Record, Row
from timeline.log import admission as intake
from timeline.log import fast_decode as admitted

LONGEST = 100
"""Up to how many characters an id may have here; editions and withdrawals add to it."""


@frozen
class Fault:
    """Why a row was set aside, and because of which cell; both empty texts where it is the row as a whole."""

    why: str
    column: str = ""
    value: str = ""


@frozen
class Outcome:
    """What became of a row.

    Attributes:
        row: the row.
        key: the beginning of its events' ids; empty where its key could not be read.
        events: its events; none for a row that is left out or set aside.
        fault: why it was set aside; None for one that was not.
        left_out: whether the mapping leaves such rows out.
        repairs: how many of its figures were put in order.
    """

    row: Record
    key: str = ""
    events: tuple[Event, ...] = ()
    fault: Fault | None = None
    left_out: bool = False
    repairs: int = 0


@frozen
class Source:
    """Where rows come from.

    Attributes:
        mapping: what their columns mean.
        bound: which column of the table each column that the mapping names is.
        city: the city that they speak of.
        edition: when this edition of the table was made public, as a text of the grammar of dates.
        file: the name of the file.
    """

    mapping: TableMapping
    bound: Mapping[str, str]
    city: City
    edition: str
    file: str = ""

    def cells(self, row: Row) -> dict[str, str]:
        """Return the cells of a row by the names that the mapping has for them, with what is built in."""
        cells = dict(row.cells)
        for name, actual in self.bound.items():
            if name != actual:
                cells[name] = cells.get(actual, "")
        return cells | {
            "@row": str(row.number),
            "@edition": self.edition,
            "@file": self.file,
            "@item": "",
        }

    def key(self, cells: Mapping[str, str]) -> str:
        """Return the key of a row as a part of an id; raise `Unfit` where it is empty."""
        text = self.mapping.key.read(cells)
        if not text:
            raise Unfit(
                "no key; expected what names the row in every edition",
                next(iter(self.mapping.key.columns), ""),
            )
        return slugged(text)

    def told(self, values: Iterable[Value]) -> frozenset[str]:
        """Return the columns of the table whose text stands in a field, or is ignored."""
        return frozenset(self.bound.get(name, name) for name in self.mapping.told(values))

    def rest(self, row: Row, told: frozenset[str]) -> tuple[str, ...]:
        """Return what else a row says, for the note."""
        return (
            tuple(
                f"{name}: {cell}" for name, cell in row.cells.items() if cell and name not in told
            )
            if self.mapping.rest
            else ()
        )

    def judged(self, cells: Mapping[str, str]) -> bool:
        """Return whether a row is to be read at all; raise `Unfit` for one that the mapping refuses."""
        for condition in self.mapping.refuse:
            if condition.holds(cells):
                raise Unfit(
                    condition.why or "refused by the mapping",
                    next(iter(condition.value.columns), ""),
                )
        return not any(condition.holds(cells) for condition in self.mapping.skip)


@define
class Builder:
    """Makes events of rows, each row by itself."""

    source: Source
    places: Places = field(default=None)
    _specs: tuple["_Spec", ...] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.places = self.places or Finder(self.source.city)
        mapping = self.source.mapping
        self._specs = tuple(
            _Spec(spec, self.source.told(spec.fields.values())) for spec in mapping.events
        )

    def outcomes(self, rows: Iterable[Record]) -> Iterator[Outcome]:
        """Yield what becomes of each row, in their order."""
        return map(self.build, rows)

    def build(self, row: Record) -> Outcome:
        """Return what becomes of a row."""
        if isinstance(row, Damaged):
            return Outcome(row, fault=Fault(row.why, value=row.text))
        cells, key = self.source.cells(row), ""
        setting = Setting(self.source.city.zone, self.places)
        try:
            key = f"{self.source.mapping.prefix}:{self.source.key(cells)}"
            if not self.source.judged(cells):
                return Outcome(row, key, left_out=True)
            events = tuple(self._events(row, cells, key, setting))
            if not events and self.source.mapping.unmatched == "leave out":
                return Outcome(row, key, left_out=True)
            if not events:
                raise Unfit("nothing of this row becomes an event by the mapping")
        except Unfit as error:
            return Outcome(
                row, key, fault=Fault(error.why, error.column, cells.get(error.column, ""))
            )
        return Outcome(row, key, events, repairs=len(setting.repairs))

    def _events(
        self, row: Row, cells: Mapping[str, str], key: str, setting: Setting
    ) -> Iterator[Event]:
        for spec in self._specs:
            if not all(condition.holds(cells) for condition in spec.spec.when):
                continue
            rest = self.source.rest(row, spec.told)
            if spec.spec.each is None:
                yield spec.event(
                    cells, event_id(key, spec.spec.suffix), setting, rest, self.source.city
                )
                continue
            value, separator = spec.spec.each
            for item in dict.fromkeys(items(value.read(cells), separator)):
                id = event_id(key, spec.spec.suffix, slugged(item))
                yield spec.event({**cells, "@item": item}, id, setting, rest, self.source.city)


@frozen
class _Spec:
    """A way in which rows become events: its fields in the order in which a line is written, those with a default written out.

    A line in just that shape is decoded several times faster.
    """

    spec: EventSpec
    told: frozenset[str]
    ordered: tuple[tuple[str, Value | None, Any], ...] = field(init=False)

    def __attrs_post_init__(self) -> None:
        fields, kind = self.spec.fields, self.spec.type
        defaults = {
            f.name: f.default
            for f in attrs.fields(kind)
            if f.default not in (attrs.NOTHING, None, ())
        }
        names = [
            name
            for name in (*HEAD[1:], *own_names(kind), *TAIL)
            if name in fields or name in defaults or name == "note"
        ]
        object.__setattr__(
            self, "ordered", tuple((name, fields.get(name), defaults.get(name)) for name in names)
        )

    def event(
        self, cells: Mapping[str, str], id: str, setting: Setting, rest: Iterable[str], city: City
    ) -> Event:
        """Return the event that a row becomes; raise `Unfit` with the column to blame."""
        kind = self.spec.type
        raw: dict[str, Any] = {"id": id, "type": kind.type, "v": kind.v}
        begun = len(setting.remarks), len(setting.repairs)
        for name, value, default in self.ordered:
            found = value.read(cells, setting) if value else None
            if name == "note":
                raw[name] = (
                    found or ""
                )  # its place in the line; what else belongs into it is known at the end
            elif found is not None or default is not None:
                raw[name] = default if found is None else found
        note = [raw["note"], *setting.repairs[begun[1] :], *setting.remarks[begun[0] :], *rest]
        raw["note"] = "; ".join(filter(None, note))
        if not raw["note"]:
            del raw["note"]
        return gated(raw, city, self.spec.fields)


def gated(raw: Mapping[str, Any], city: City, fields: Mapping[str, Value]) -> Event:
    """Return the event of an object as the gate of the log and the city admit it; raise `Unfit` with the column to blame."""
    try:
        try:
            line = json.dumps(raw, ensure_ascii=False, separators=(",", ":")).encode()
        except (
            UnicodeEncodeError
        ):  # half of a character, which JSON can hold: the gate has a word for it
            line = json.dumps(raw).encode()
        return intake.admit(admitted.decode(line) or _judged(line), city)
    except InvalidEvent as error:
        problem = error.problems[0]
        name = problem.path.removeprefix("$.").partition(".")[0].partition("[")[0]
        columns = fields[name].columns if name in fields else ()
        raise Unfit(
            _told(problem, name), next((one for one in columns if one[:1] != "@"), "")
        ) from None


def event_id(key: str, *parts: str) -> str:
    """Return the id of an event of a row: the row's key, and behind a dot what tells its events apart."""
    behind = ".".join(part for part in parts if part)
    id = f"{key}.{behind}" if behind else key
    return (
        id if len(id) <= LONGEST else f"{key}.{blake2b(behind.encode(), digest_size=8).hexdigest()}"
    )


def _judged(line: bytes) -> Event:
    from timeline.log.codec import CODEC

    return CODEC.decode(line)


def _told(problem: Problem, name: str) -> str:
    expected = f"; expected {problem.expected}" if problem.expected else ""
    hint = f" ({problem.hint})" if problem.hint else ""
    return (
        f"{name}: {problem.found}{expected}{hint}" if name else f"{problem.found}{expected}{hint}"
    )
