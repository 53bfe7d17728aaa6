"""Reading `city.toml`: a file edited by hand becomes a `City`, or all that is wrong with it."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, date, time, timedelta, tzinfo
from pathlib import Path
from typing import Any, Literal, get_args, get_origin
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import attrs
from attrs import define, field

from timeline.domain import toml_tables
from timeline.domain.city import (
    FRESH,
    Actor,
    City,
    Named,
    Place,
    Source,
    ambiguous_names,
)
from timeline.domain.link_tables import LINK_KEYS
from timeline.domain.notation import is_slug
from timeline.domain.place_tree import circles
from timeline.domain.toml_tables import Section
from timeline.errors import TimelineError, closest, nearest, quoted

_COLOUR = re.compile(r"#(?:[0-9A-Fa-f]{3}){1,2}")
_DAYS = re.compile("([0-9]{1,5})d")
_MOST_DAYS = 36_500
"""The most days for which a word may be fresh: a hundred years."""
_FILES = ("boundary", "boundaries")
"""Keys that name a file."""
_LONGEST = 80
"""How many characters of a value a message shows."""


def load(path: Path) -> City:
    """Return the city that a file describes; raise `TimelineError` with all its faults."""
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        hint = "it stands beside the log; `timeline init` writes one"
        raise TimelineError.because(f"no city file {path}", hint=hint) from None
    except (OSError, UnicodeDecodeError) as error:
        raise TimelineError.because(f"{path} cannot be read: {error}") from None
    try:
        return _located(parse_text(text), path.parent)
    except TimelineError as error:
        raise error.located(where=str(path)) from None


def _located(city: City, folder: Path) -> City:
    """Return a city whose files are named from where the program runs, not from its own file."""
    places = dict(city.places)
    for id, place in city.places.items():
        if place.boundary is not None:
            places[id] = attrs.evolve(place, boundary=str(folder / place.boundary))
    boundaries = None if city.boundaries is None else str(folder / city.boundaries)
    return attrs.evolve(city, places=places, boundaries=boundaries)


def parse_text(text: str) -> City:
    """Return the city that a text describes; raise `TimelineError` with all its faults."""
    return parse(toml_tables.loads(text))


def parse(raw: Mapping[str, Any]) -> City:
    """Return the city that tables describe; raise `TimelineError` with all their faults."""
    top = _Table(raw, "", [])
    city = _Reader(top).city()
    problems = [*top.problems, *circles(city.parents)]
    if problems:
        raise TimelineError([*problems, *ambiguous_names(_whole(city))])
    return city


def _whole(city: City) -> City:
    """Return a city without the entries that lack one of their names."""

    def kept(entries: Mapping[Any, Named]) -> dict[Any, Named]:
        return {id: entry for id, entry in entries.items() if all(entry.names)}

    places, actors, sources = kept(city.places), kept(city.actors), kept(city.sources)
    return attrs.evolve(city, places=places, actors=actors, sources=sources)


@define
class _Table(Section):
    """A table of the city file: its faults name it in brackets, and its texts are not empty."""

    _absent: list[str] = field(factory=list)

    @property
    def name(self) -> str:
        return f"[{self.path}]" if self.path else ""

    def shown(self, value: object) -> str:
        text = str(value) if isinstance(value, date | time) else quoted(value)
        return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"

    def fits(self, value: object, kind: type) -> bool:
        return type(value) is kind and (kind is not str or bool(str(value).strip()))

    def missing(self, key: str) -> None:
        self._absent.append(key)

    def unknown(self, key: str) -> None:
        hint = nearest(key, self.known)
        self.fault(f"unknown key {self.shown(key)}", f"one of {', '.join(self.known)}", hint)

    def done(self) -> None:
        meant = {closest(key, self.known) for key in self.untaken}
        for key in self._absent:
            if key not in meant:  # a key that is misspelt is told of once, as unknown
                self.fault(f"no {key}", "one")
        super().done()


@define
class _Reader:
    """Reads the tables of a city file; a value at fault is noted, and left empty.

    Attributes:
        top: the file as a whole.
        ids: the ids that a key may name; no such key where they cannot all be told.
        zone: the time zone of the city, in which dates are read; UTC for a faulty one.
    """

    top: _Table
    ids: dict[str, list[str]] = field(factory=dict)
    zone: tzinfo = UTC

    def __attrs_post_init__(self) -> None:
        tables = ("city", "places", "outside", "actors", "sources")
        city, places, outside, actors, sources = (self.top.raw.get(name, {}) for name in tables)
        root = city.get("id") if isinstance(city, dict) else None
        if isinstance(root, str) and isinstance(places, dict) and isinstance(outside, dict):
            self.ids["parent"] = [root, *places, *outside]
        if isinstance(actors, dict):
            self.ids["side"] = self.ids["allied"] = list(actors)
        if isinstance(sources, dict):
            self.ids["relies_on"] = list(sources)

    def city(self) -> City:
        """Return the city."""
        head = self._head()
        root = self._entry(Place, head.take("id", None), head)
        zone = _zone(head)
        self.zone = zone or UTC
        city = City(
            id=root.id,
            name=root.name,
            zone=zone,
            places={root.id: root} | self._places(root),
            actors=self._entries(Actor, "actors"),
            sources=self._entries(Source, "sources"),
            boundaries=self._text(head, "boundaries"),
            boundary_names=tuple(head.texts("boundary_names")),
            fresh=_fresh(head),
        )
        head.done()
        self.top.done()
        return city

    def _head(self) -> _Table:
        """Return the table of the city; an empty one, whose faults do not count, for none."""
        if self.top.raw.get("city", {}) == {}:
            expected = "a table with id, name and timezone"
            self.top.inner("city", {}).fault("missing", expected)
        head = self.top.section("city", "a table, [city]")
        return head if head and head.raw else _Table({}, "city", [])

    def _places(self, root: Place) -> dict[Any, Place]:
        """Return the places inside and outside the city; no id may stand twice."""
        inside = self._entries(Place, "places", parent=root.id)
        outside = self._entries(Place, "outside")
        for id, count in Counter([root.id, *inside, *outside]).items():
            if count > 1:
                expected = "each place once, in [city], [places] or [outside]"
                self.top.inner(f"places.{id}", {}).fault(f"the id {id} stands twice", expected)
        return inside | outside

    def _entries(self, kind: type[Named], name: str, **defaults: Any) -> dict[Any, Named]:
        """Return the places, actors or sources of a table, by their ids."""
        entries: dict[Any, Named] = {}
        table = self.top.section(name, f"a table, [{name}]")
        if table is None:
            return entries
        for id in table.raw:
            if section := table.section(id, "a table, { … }"):
                entries[id] = self._entry(kind, id, section, **defaults)
                section.done()
        return entries

    def _entry(self, kind: type[Named], id: Any, section: _Table, **values: Any) -> Named:
        """Return a place, an actor or a source; `values` are those of absent keys."""
        _check_id(id, section)
        named: Any = id if isinstance(id, str) else ""
        for attribute in attrs.fields(kind):
            name, needed = attribute.name, attribute.default is attrs.NOTHING
            if name == "id":
                continue
            value = section.take(name) if needed else section.take(name, None)
            if value is not None:
                value = self._value(section, named, name, attribute.type)
            if value is not None or needed:
                values[name] = value
        return kind(id=named, **values)

    def _value(self, section: _Table, id: str, name: str, kind: Any) -> Any:
        """Return a value of the entry of an id."""
        if name in LINK_KEYS:
            return LINK_KEYS[name].read(section, id, self.ids.get(name), self.zone)
        if kind == tuple[str, ...]:
            return tuple(section.texts(name))
        if kind == float | None:
            return _number(section, name)
        if kind is bool:
            return section.flag(name)
        if get_origin(kind) is Literal:
            return _choice(section, name, get_args(kind))
        return self._text(section, name)

    def _text(self, section: _Table, name: str) -> str | None:
        """Return a text, None where there is none; some keys ask more of it."""
        text: str | None = section.text(name, None) or None
        if text is None:
            return None
        ids = self.ids.get(name)
        if ids is not None and text not in ids:
            section.wrong(name, text, "a place of this file", nearest(text, ids))
        elif name == "colour" and not _COLOUR.fullmatch(text):
            section.wrong(name, section.shown(text), "a colour as #A93F3F")
        elif name in _FILES and not _lies_beside(text):
            expected = "the path of a file in the folder of the city file"
            section.wrong(name, section.shown(text), expected)
        return text


def _check_id(id: Any, section: _Table) -> None:
    """Note the fault of an id that is missing or no slug."""
    if id is None:
        section.fault("no id", "one")
    elif not isinstance(id, str) or not is_slug(id):
        expected = "lower-case letters, digits and single hyphens"
        section.fault(f"the id {section.shown(id)}", expected)


def _zone(head: _Table) -> Any:
    name = head.take("timezone", None)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError):
        found = head.shown(name) if "timezone" in head.raw else "missing"
        head.wrong("timezone", found, "a name of the tz database, as Asia/Damascus")
        return None


def _number(section: _Table, name: str) -> float | None:
    value = section.take(name)
    if type(value) in (int, float) and abs(value) < 1e9:
        return float(value)
    section.wrong(name, section.shown(value), "a number")
    return None


def _choice(section: _Table, name: str, words: Sequence[str]) -> str | None:
    value = section.take(name)
    if value in words:
        return str(value)
    hint = nearest(str(value), words)
    section.wrong(name, section.shown(value), f"one of {', '.join(words)}", hint)
    return None


def _fresh(head: _Table) -> timedelta:
    """Return for how long a word is fresh."""
    value = head.take("fresh", None)
    if value is None:
        return FRESH
    written = _DAYS.fullmatch(value) if isinstance(value, str) else None
    days = int(written[1]) if written else value
    if type(days) is int and 1 <= days <= _MOST_DAYS:
        return timedelta(days=days)
    head.wrong("fresh", head.shown(value), f'1 to {_MOST_DAYS} days, as "90d"')
    return FRESH


def _lies_beside(name: str) -> bool:
    """Return whether a file lies in the folder of the city file, whose copy is then whole."""
    path = Path(name)
    return not path.is_absolute() and ".." not in path.parts
