"""The places, actors and sources that a city file lacks for a table are drafted in TOML.

Only rows count that would be events if their place were known: headings and scraps draft nothing.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from attrs import define, evolve, field

from timeline.domain.city import Actor, City, Source
from timeline.domain.events import ActorId, SourceId
from timeline.domain.notation import is_slug
from timeline.domain.words import fold
from timeline.errors import UsageError
from timeline.imports import table_files
from timeline.imports.builder import Builder, Outcome
from timeline.imports.builder import Source as Origin
from timeline.imports.expressions import PlaceValue
from timeline.imports.ids import slugged
from timeline.imports.mapping import NAMED, SOURCES, TableMapping, bind, constants
from timeline.imports.places import Finder, coordinates, distance
from timeline.imports.revisions import History
from timeline.imports.table_rows import Record, Row
from timeline.text.phrases import count, safe

LATE = "9998-12-31"
"""The edition that is supposed: later than everything that a table tells."""
APART = 1.0
"""How many kilometres two places of one name may lie apart and still be taken for one."""


@define
class Missing:
    """A missing place; its `rows` lie within `apart` kilometres of the first one's `point`."""

    id: str
    name: str
    parent: str | None
    point: tuple[float, float] | None
    aliases: tuple[str, ...] = ()
    rows: int = 0
    apart: float = 0.0

    def again(self, point: tuple[float, float] | None) -> None:
        """Count one more row, with the coordinates that it gives."""
        self.rows += 1
        self.point = self.point or point
        if point and self.point:
            self.apart = max(self.apart, distance(self.point, point))


def draft_places(mapping: TableMapping, table: Path, city: City) -> str:
    """Return a table's missing entries as TOML; raise `TimelineError` as an import does."""
    with table_files.opened(table, mapping.layout) as opened:
        known = _with_named(city, mapping)
        bound = bind(mapping, opened.columns)
        survey = _Survey(Origin(mapping, bound, known, LATE, table.name))
        for outcome in survey.outcomes(opened.rows):
            survey.take(outcome)
    return "".join(_text(survey.missing.values(), _lacking(mapping, city), table.name))


@define
class _Anywhere:
    """Finds every place, so that rows can be judged by all the rest."""

    city: City

    def find(self, _names: Iterable[str], _lat: str, _lon: str, _within: float) -> str:
        """Return the city itself."""
        return self.city.id


@define
class _Survey:
    source: Origin
    missing: dict[str, Missing] = field(factory=dict)
    _finder: Finder = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._finder = Finder(self.source.city)

    def outcomes(self, rows: Iterable[Record]) -> Iterator[Outcome]:
        """Return the outcomes of rows if every place were known, whenever it became known."""
        anywhere = _Anywhere(self.source.city)
        maker = History if self.source.mapping.revisions else Builder
        return maker(self.source, anywhere).outcomes(rows)

    def take(self, outcome: Outcome) -> None:
        """Note the places of a row that are missing."""
        if not isinstance(outcome.row, Row) or outcome.left_out or outcome.fault:
            return
        cells = self.source.cells(outcome.row)
        for value in self.source.mapping.values:
            if isinstance(value, PlaceValue):
                self._look_up(value, cells)

    def _look_up(self, value: PlaceValue, cells: Mapping[str, str]) -> None:
        """Note a value's first place, if it is missing; a later one that is found is its parent."""
        wanted: tuple[list[str], str, str] | None = None
        parent = None
        for way in value.tries:
            reading = way.reading(cells)
            if reading is None:
                continue
            try:
                parent = parent or self._finder.find(*reading, way.within)
                if wanted is None:
                    return
            except UsageError:
                wanted = wanted or reading
        if wanted:
            self._note(*wanted, parent)

    def _note(self, names: list[str], lat: str, lon: str, parent: str | None) -> None:
        point = _point(lat, lon)
        name, *others = (" ".join(each.split()) for each in names or [f"{lat}, {lon}"])
        known = fold(name)
        if known not in self.missing:
            self.missing[known] = Missing(self._id(name), name, parent, point, tuple(others))
        self.missing[known].again(point)

    def _id(self, name: str) -> str:
        taken = {*self.source.city.places, *(place.id for place in self.missing.values())}
        id, number = slugged(name), 2
        while id in taken:
            id, number = f"{slugged(name)}-{number}", number + 1
        assert is_slug(id)
        return id


def _point(lat: str, lon: str) -> tuple[float, float] | None:
    try:
        return coordinates(lat, lon) if lat and lon else None
    except UsageError:
        return None


def _with_named(city: City, mapping: TableMapping) -> City:
    """Return the city with the actors and sources that a mapping names."""
    lacking = _lacking(mapping, city)
    actors = {ActorId(id): Actor(id=ActorId(id), label=id) for id in lacking["actors"]}
    sources = {
        SourceId(id): Source(id=SourceId(id), label=id, kind="other") for id in lacking["sources"]
    }
    return evolve(city, actors={**actors, **city.actors}, sources={**sources, **city.sources})


def _lacking(mapping: TableMapping, city: City) -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
    """Return the entries of the actors and sources that a mapping names and the city lacks."""
    lacking: dict[str, dict[str, Mapping[str, Any]]] = {"actors": {}, "sources": {}}
    for field_name, names in constants(mapping, NAMED).items():
        table, find = ("sources", city.source) if field_name in SOURCES else ("actors", city.actor)
        kind = {"kind": "other"} if table == "sources" else {}
        for name in sorted(names):
            try:
                find(name)
            except UsageError:
                id = name if is_slug(name) else slugged(name)
                stub = {"label": name, **kind}
                lacking[table][id] = mapping.needs.get(table, {}).get(id, stub)
    return lacking


def _text(
    missing: Iterable[Missing], lacking: Mapping[str, Mapping[str, Mapping[str, Any]]], name: str
) -> Iterator[str]:
    listed = sorted(missing, key=lambda place: (-place.rows, place.id))
    yield f"# What {toml(name)} names and the city file lacks: look it over, and add each line to "
    yield "its table there.\n"
    if listed:
        yield "\n[places]\n"
        yield from map(_line, listed)
    for table, entries in lacking.items():
        if entries:
            yield f"\n[{table}]\n"
            yield from (f"{id} = {_inline(entry)}\n" for id, entry in entries.items())
    if not listed and not any(lacking.values()):
        yield "# Nothing is missing.\n"


def _line(place: Missing) -> str:
    entry: dict[str, Any] = {"name": place.name}
    if place.aliases:
        entry["aliases"] = list(place.aliases)
    if place.parent:
        entry["parent"] = place.parent
    if place.point:
        entry |= {"lat": round(place.point[0], 6), "lon": round(place.point[1], 6)}
    remark = count(place.rows, "row")
    if place.apart > APART:
        remark += f"; CAUTION: places of this name lie up to {place.apart:.0f} km apart"
    return f"{place.id} = {_inline(entry)}  # {remark}\n"


def _inline(entry: Mapping[str, Any]) -> str:
    return "{ " + ", ".join(f"{name} = {toml(value)}" for name, value in entry.items()) + " }"


def toml(value: Any) -> str:
    """Return a value as TOML; characters that could steer a terminal become escapes."""
    return safe(json.dumps(value, ensure_ascii=False))
