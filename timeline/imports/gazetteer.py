"""What a table names and the city file lacks – places, with their coordinates, actors and sources – written as TOML for review.

Only rows count of which an event could be made if their place were known: headings and scraps in
the column of places draft nothing.
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
from timeline.imports import table_files as rows
from timeline.imports.builder import Builder, Outcome
from timeline.imports.builder import Source as Origin
from timeline.imports.expressions import PlaceValue, slugged
from timeline.imports.mapping import NAMED, TableMapping, bind, constants
from timeline.imports.places import Finder, coordinates, distance
from timeline.imports.revisions import History
from timeline.imports.table_rows import Row
from timeline.text.phrases import count, safe

LATE = "9998-12-31"
"""The edition that is supposed, after everything that a table tells."""
APART = 1.0
"""How many kilometres two places of one name may lie apart and still be taken for one."""


@define
class Missing:
    """A place that is missing: id, name, parent, coordinates and other names, in how many rows it is named, and how far these lie apart."""

    id: str
    name: str
    parent: str | None
    here: tuple[float, float] | None
    aliases: tuple[str, ...] = ()
    rows: int = 0
    apart: float = 0.0

    def again(self, here: tuple[float, float] | None) -> None:
        """Count one more row, with the coordinates that it gives."""
        self.rows += 1
        self.here = self.here or here
        if here and self.here:
            self.apart = max(self.apart, distance(self.here, here))


def draft_places(mapping: TableMapping, table: Path, city: City) -> str:
    """Return what the city file lacks for a table, as tables of TOML with a note at each place; raise `TimelineError` as an import does."""
    with rows.opened(table, mapping.layout) as opened:
        known = _with_named(city, mapping)
        survey = _Survey(Origin(mapping, bind(mapping, opened.columns), known, LATE, table.name))
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

    def outcomes(self, found: Iterator[Any]) -> Iterator[Outcome]:
        """Return what would become of rows if every place were known; when a thing was known is left aside."""
        anywhere = _Anywhere(self.source.city)
        return (History if self.source.mapping.revisions else Builder)(
            self.source, anywhere
        ).outcomes(found)

    def take(self, outcome: Outcome) -> None:
        """Note the places of a row that are missing."""
        if not isinstance(outcome.row, Row) or outcome.left_out or outcome.fault:
            return
        cells = self.source.cells(outcome.row)
        for value in self.source.mapping.values:
            if isinstance(value, PlaceValue):
                self._look_up(value, cells)

    def _look_up(self, value: PlaceValue, cells: Mapping[str, str]) -> None:
        """Note the place that a value names first, if nothing finds it; a later way that finds one gives its parent."""
        wanted: tuple[list[str], tuple[float, float] | None] | None = None
        parent = None
        for one in value.tries:
            asked = one.reading(cells)
            if asked is None:
                continue
            try:
                parent = parent or self._finder.find(*asked, one.within)
                if wanted is None:
                    return
            except UsageError:
                names, lat, lon = asked
                wanted = wanted or (names or [f"{lat}, {lon}"], _located(lat, lon))
        if wanted:
            self._note(*wanted, parent)

    def _note(self, names: list[str], here: tuple[float, float] | None, parent: str | None) -> None:
        name, *others = (" ".join(one.split()) for one in names)
        known = fold(name)
        if known not in self.missing:
            self.missing[known] = Missing(self._id(name), name, parent, here, tuple(others))
        self.missing[known].again(here)

    def _id(self, name: str) -> str:
        taken = {*self.source.city.places, *(one.id for one in self.missing.values())}
        id, number = slugged(name), 2
        while id in taken:
            id, number = f"{slugged(name)}-{number}", number + 1
        assert is_slug(id)
        return id


def _located(lat: str, lon: str) -> tuple[float, float] | None:
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
    """Return the actors and sources that a mapping names and the city does not have, as entries for its file."""
    found: dict[str, dict[str, Mapping[str, Any]]] = {"actors": {}, "sources": {}}
    for field_name, names in constants(mapping, NAMED).items():
        table, find = ("sources", city.source) if field_name == "source" else ("actors", city.actor)
        stub = {"label": "?", "kind": "other"} if table == "sources" else {"label": "?"}
        for name in sorted(names):
            try:
                find(name)
            except UsageError:
                id = name if is_slug(name) else slugged(name)
                found[table][id] = mapping.needs.get(table, {}).get(id, {**stub, "label": name})
    return found


def _text(
    missing: Iterable[Missing], lacking: Mapping[str, Mapping[str, Mapping[str, Any]]], name: str
) -> Iterator[str]:
    listed = sorted(missing, key=lambda one: (-one.rows, one.id))
    yield f"# What {toml(name)} names and the city file lacks: look it over, and add each line to its table there.\n"
    if listed:
        yield "\n[places]\n"
        yield from map(_line, listed)
    for table, entries in lacking.items():
        if entries:
            yield f"\n[{table}]\n"
            yield from (f"{id} = {_inline(entry)}\n" for id, entry in entries.items())
    if not listed and not any(lacking.values()):
        yield "# Nothing is missing.\n"


def _line(one: Missing) -> str:
    entry: dict[str, Any] = {"name": one.name}
    if one.aliases:
        entry["aliases"] = list(one.aliases)
    if one.parent:
        entry["parent"] = one.parent
    if one.here:
        entry |= {"lat": round(one.here[0], 6), "lon": round(one.here[1], 6)}
    apart = (
        f"; CAUTION: places of this name lie up to {one.apart:.0f} km apart"
        if one.apart > APART
        else ""
    )
    return f"{one.id} = {_inline(entry)}  # {count(one.rows, 'row')}{apart}\n"


def _inline(entry: Mapping[str, Any]) -> str:
    return "{ " + ", ".join(f"{name} = {toml(value)}" for name, value in entry.items()) + " }"


def toml(value: Any) -> str:
    """Return a value as TOML writes it, with what could steer a terminal as an escape by number, which means the same."""
    return safe(json.dumps(value, ensure_ascii=False))
