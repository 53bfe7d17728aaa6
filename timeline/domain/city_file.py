"""Reading `city.toml`: a file edited by hand becomes a `City`, or a list of what is wrong with it."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NoReturn, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import attrs

from timeline.domain.city import Actor, City, Named, Place, Source, SourceKind
from timeline.domain.events import is_slug
from timeline.errors import Problem, TimelineError, nearest, quoted

_COLOUR = re.compile(r"#(?:[0-9A-Fa-f]{3}){1,2}")


def load(path: Path) -> City:
    """Return the city that a file describes; raise `TimelineError` with the reason when it does not describe one."""
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        raise TimelineError(
            Problem(
                f"no city file {path}", hint="it stands beside the log; `timeline init` writes one"
            )
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise TimelineError(Problem(f"{path} cannot be read: {error}")) from None
    try:
        return _located(parse_text(text), path.parent)
    except TimelineError as error:
        raise TimelineError(
            [attrs.evolve(problem, where=str(path)) for problem in error.problems]
        ) from None


def _located(city: City, folder: Path) -> City:
    """Return a city whose files are named from where the program runs, and not from where the city file stands."""

    def at(name: str | None) -> str | None:
        return None if name is None else str(folder / name)

    places = {
        id: attrs.evolve(place, boundary=at(place.boundary)) if place.boundary else place
        for id, place in city.places.items()
    }
    return attrs.evolve(city, places=places, boundaries=at(city.boundaries))


def parse_text(text: str) -> City:
    """Return the city that the text of a city file describes; raise `TimelineError` with the reason when it does not describe one."""
    try:
        return parse(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise TimelineError(Problem(f"not TOML: {error}")) from None


def parse(raw: Mapping[str, Any]) -> City:
    """Return the city that the tables of a city file describe; raise `TimelineError` for what is unknown, missing or twice there."""
    _only(raw, "", ("city", "places", "outside", "actors", "sources"))
    head = dict(
        _table(raw, "city") or _refuse("[city]", "missing", "a table with id, name and timezone")
    )
    zone = _zone(
        head.pop("timezone", None)
        or _refuse("city.timezone", "missing", "a name of the tz database, as Asia/Damascus")
    )
    boundaries = (
        _optional(head, "boundaries", str | None),
        _optional(head, "boundary_names", tuple[str, ...]) or (),
    )
    root = _entry(Place, head.pop("id", None), head, "city")
    inside, outside = (
        _entries(Place, raw, "places", parent=root.id),
        _entries(Place, raw, "outside"),
    )
    for id in [*({root.id} & {*inside, *outside}), *(inside.keys() & outside.keys())]:
        _refuse(
            f"[places.{id}]",
            f"the id {id} stands twice",
            "each place once, in [city], [places] or [outside]",
        )
    places = {root.id: root} | inside | outside
    city = City(
        id=root.id, name=root.name, zone=zone, places=places,
        actors=_entries(Actor, raw, "actors"), sources=_entries(Source, raw, "sources"),
        boundaries=boundaries[0], boundary_names=boundaries[1],
    )  # fmt: skip
    _check(city)
    return city


def _optional(head: dict[str, Any], name: str, kind: Any) -> Any:
    return _typed(head.pop(name), kind, f"city.{name}") if name in head else None


def _entries(
    kind: type[Named], raw: Mapping[str, Any], table: str, **defaults: Any
) -> dict[Any, Named]:
    entries = _table(raw, table)
    return {
        id: _entry(kind, id, defaults | dict(entry), f"{table}.{id}")
        for id, entry in entries.items()
        if _is_table(entry, f"{table}.{id}")
    }


def _table(raw: Mapping[str, Any], name: str) -> dict[str, Any]:
    table = raw.get(name, {})
    return (
        table
        if isinstance(table, dict)
        else _refuse(f"[{name}]", quoted(table), f"a table, [{name}]")
    )


def _is_table(entry: object, where: str) -> bool:
    return isinstance(entry, dict) or _refuse(f"[{where}]", quoted(entry), "a table, { … }")


def _entry(kind: type[Named], id: Any, values: Mapping[str, Any], where: str) -> Named:
    if not isinstance(id, str) or not is_slug(id):
        _refuse(
            f"[{where}]", f"the id {quoted(id)}", "lower-case letters, digits and single hyphens"
        )
    known = {f.name: f for f in attrs.fields(kind) if f.name != "id"}
    _only(values, where, known)
    for name, attribute in known.items():
        if name not in values and attribute.default is attrs.NOTHING:
            _refuse(f"[{where}]", f"no {name}", "one")
    named: Any = id
    return kind(
        id=named,
        **{
            name: _typed(value, known[name].type, f"{where}.{name}")
            for name, value in values.items()
        },
    )


def _typed(value: Any, kind: Any, where: str) -> Any:
    if kind == tuple[str, ...]:
        return (
            tuple(value)
            if isinstance(value, list) and all(map(_is_text, value))
            else _refuse(where, quoted(value), "a list of texts")
        )
    if kind == float | None:
        finite = type(value) in (int, float) and abs(value) < 1e9
        return float(value) if finite else _refuse(where, quoted(value), "a number")
    if kind is SourceKind and value not in get_args(SourceKind):
        _refuse(
            where,
            quoted(value),
            f"one of {', '.join(get_args(SourceKind))}",
            nearest(str(value), get_args(SourceKind)),
        )
    if not _is_text(value):
        _refuse(where, quoted(value), "a text")
    if where.endswith(".colour") and not _COLOUR.fullmatch(value):
        _refuse(where, quoted(value), "a colour as #A93F3F")
    return value


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _check(city: City) -> None:
    _check_file(city.boundaries, "city.boundaries")
    for id, place in city.places.items():
        _check_file(place.boundary, f"places.{id}.boundary")
        if place.parent is not None and place.parent not in city.places:
            _refuse(
                f"places.{id}.parent",
                place.parent,
                "a place of this file",
                nearest(place.parent, city.places),
            )
    city.check_tree()
    for source in city.sources.values():
        if source.side is not None and source.side not in city.actors:
            _refuse(
                f"sources.{source.id}.side",
                source.side,
                "an actor of this file",
                nearest(source.side, city.actors),
            )


def _check_file(name: str | None, where: str) -> None:
    """Refuse a file elsewhere than beside the city file: a timeline that is handed on as a folder must be whole."""
    if name is not None and (Path(name).is_absolute() or ".." in Path(name).parts):
        _refuse(where, repr(name), "the path of a file in the folder of the city file")


def _zone(name: Any) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError):
        _refuse("city.timezone", quoted(name), "a name of the tz database, as Asia/Damascus")


def _only(values: Mapping[str, Any], where: str, known: Iterable[str]) -> None:
    for name in values:
        if name not in known:
            _refuse(
                f"[{where}]" if where else "",
                f"unknown key {quoted(name)}",
                f"one of {', '.join(known)}",
                nearest(name, known),
            )


def _refuse(path: str, found: str, expected: str, hint: str = "") -> NoReturn:
    raise TimelineError(Problem(found, expected, path, hint=hint))
