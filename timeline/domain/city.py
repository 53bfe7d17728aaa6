"""A city: its places, actors and sources, and the many names by which people call them.

The city file stands beside the log, is edited by hand, and holds no claim about the war: only what
the log's names mean. `City.canonical` alone turns names into ids.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import cached_property
from operator import attrgetter
from typing import Any, Literal, TypeVar
from zoneinfo import ZoneInfo

import attrs
from attrs import frozen

from timeline.domain.event_fields import fields_of, several
from timeline.domain.events import ActorId, ControlChange, Displacement, Event, PlaceId, SourceId
from timeline.domain.links import Link, followed, linked, newest
from timeline.domain.place_tree import circles, lineage
from timeline.domain.words import fold
from timeline.errors import InvalidEvent, Problem, TimelineError, UsageError, closest, quoted
from timeline.temporal.dates import When

_REMEMBERED = 1 << 11
"""How many combinations of names are remembered for each type of event."""

PlaceKind = Literal["area", "site"]
SourceKind = Literal["monitor", "party", "state", "media", "un", "other"]
FRESH = timedelta(days=90)
"""How long the last word of a place is fresh, where the city file does not say."""


@frozen(kw_only=True)
class Place:
    """A district, a sector or the city itself; or a site in it.

    Attributes:
        kind: `area`, or `site` for a building, a bridge or a checkpoint: a point without an area.
        code: its P-code, by which it is found before any place of that name.
        parent: the place that it lies in; None for the city, and for what lies outside.
        lat: the latitude of a point in it, in degrees (WGS 84); `lon` is its longitude.
        area: its area in square kilometres.
        boundary: the path of a GeoJSON file of its polygons; see `timeline.domain.boundaries`.
    """

    id: PlaceId
    name: str
    kind: PlaceKind = "area"
    code: str | None = None
    arabic: str | None = None
    aliases: tuple[str, ...] = ()
    parent: PlaceId | None = None
    lat: float | None = None
    lon: float | None = None
    area: float | None = None
    boundary: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Every way in which the place is written."""
        others = (name for name in (self.arabic, self.code) if name)
        return (self.id, self.name, *others, *self.aliases)


@frozen(kw_only=True)
class Actor:
    """A party that holds ground or negotiates.

    `letter` and `colour` are for maps; `allied` leads to whose alliance it fights in, if any.
    """

    id: ActorId
    label: str
    letter: str | None = None
    colour: str | None = None
    allied: tuple[Link, ...] = ()
    aliases: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Every way in which the actor is written."""
        return (self.id, self.label, *self.aliases)


@frozen(kw_only=True)
class Source:
    """A voice: who says things.

    Attributes:
        side: leads to the actor whose cause it serves, if any.
        relies_on: leads to the sources whose word it passes on, the foremost first.
        maintained: whether it is a map kept current, all of it told of until its newest telling.
    """

    id: SourceId
    label: str
    kind: SourceKind
    side: tuple[Link, ...] = ()
    relies_on: tuple[Link, ...] = ()
    maintained: bool = False
    short: str | None = None
    aliases: tuple[str, ...] = ()

    @property
    def newest_side(self) -> ActorId | None:
        """The side that it is on at the end, if any; see `City.side_of` for an instant."""
        side = newest(self.side)
        return None if side is None else ActorId(side)

    @property
    def names(self) -> tuple[str, ...]:
        """Every way in which the source is written."""
        return (self.id, self.label, *([self.short] if self.short else []), *self.aliases)


Named = TypeVar("Named", Place, Actor, Source)


@frozen(kw_only=True)
class City:
    """A city as its file describes it, itself the first place of the tree.

    Attributes:
        boundaries: the path of a GeoJSON file of its places.
        boundary_names: the properties that name the places there.
        fresh: how long the last word of a place may lead over a later look.
    """

    id: PlaceId
    name: str
    zone: ZoneInfo
    places: Mapping[PlaceId, Place]
    actors: Mapping[ActorId, Actor]
    sources: Mapping[SourceId, Source]
    boundaries: str | None = None
    boundary_names: tuple[str, ...] = ()
    fresh: timedelta = FRESH

    def place(self, name: str) -> Place:
        """Return the place of that id, name, Arabic name or alias; raise `UsageError` for none."""
        return self.places[PlaceId(_find(name, self.places, self._place_names, "place"))]

    def actor(self, name: str) -> Actor:
        """Return the actor of that id, label or alias; raise `UsageError` for none."""
        return self.actors[ActorId(_find(name, self.actors, self._actor_names, "actor"))]

    def source(self, name: str) -> Source:
        """Return the source of that id, label or alias; raise `UsageError` for none."""
        return self.sources[SourceId(_find(name, self.sources, self._source_names, "source"))]

    @property
    def parents(self) -> Mapping[PlaceId, PlaceId | None]:
        """The place around each place; None around a root."""
        return {place.id: place.parent for place in self.places.values()}

    def lineage(self, place: PlaceId) -> tuple[PlaceId, ...]:
        """Return a place and its ancestors, from the place up to the root."""
        return self._lineages[place]

    def depth(self, name: str) -> int:
        """Return how many places a place lies in: 0 for the root, and for what is no place."""
        return len(self._lineages.get(PlaceId(name), ("",))) - 1

    def related(self, a: PlaceId, b: PlaceId) -> bool:
        """Return whether one of two places is, or lies in, the other."""
        return a in self.lineage(b) or b in self.lineage(a)

    def within(self, place: PlaceId) -> tuple[PlaceId, ...]:
        """Return a place and everything that lies in it, in the order of the file."""
        return self._insides[place]

    def side_of(self, source: SourceId, at: datetime) -> ActorId | None:
        """Return the actor whose cause a source serves at an instant, if any."""
        side = linked(self.sources[source].side, at)
        return None if side is None else ActorId(side)

    def speaker(self, source: SourceId, at: datetime) -> str:
        """Return who speaks through a source at an instant: its side, or ``@`` and its own id."""
        return self.side_of(source, at) or f"@{source}"

    def head(self, actor: ActorId, at: datetime) -> ActorId:
        """Return the head of an actor's alliance at an instant, itself without an alliance.

        Alliances are followed to the end; of actors allied in a circle the least id is the head.
        """
        return ActorId(followed(actor, lambda id: self.actors[ActorId(id)].allied, at))

    @cached_property
    def turning_points(self) -> tuple[datetime, ...]:
        """The instants at which alliances begin or end, in UTC, in order."""
        links = [link for actor in self.actors.values() for link in actor.allied]
        ends = {end for link in links for end in (link.since, link.until)}
        return tuple(sorted(end for end in ends if end is not None))

    def origin(self, source: SourceId, at: datetime) -> SourceId:
        """Return the source whose word a source passes on at an instant, perhaps its own.

        Of several that it relies on the first counts, in a circle the least id.
        """
        return SourceId(followed(source, lambda id: self.sources[SourceId(id)].relies_on, at))

    def canonical(self, event: Event) -> Event:
        """Return the event with names as ids, itself if it has only ids; raise `InvalidEvent`."""
        names_of, ids = self._ids(type(event))
        names = names_of(event)
        if names in ids:
            return event
        renamed = self._renamed(event)
        if renamed is event:
            if len(ids) >= _REMEMBERED:
                ids.clear()
            ids.add(names)
        return renamed

    def _renamed(self, event: Event) -> Event:
        changes: dict[str, Any] = {}
        problems: list[Problem] = []
        for name, find, known in self._lookups(type(event)):
            value = getattr(event, name)
            names = several(value)
            if known.keys() >= set(names):
                continue
            try:
                ids = tuple(find(each).id for each in names)
                changes[name] = ids if type(value) is tuple else ids[0]
            except UsageError as error:
                problems += error.located(path=f"$.{name}").problems
        if problems:
            raise InvalidEvent(problems)
        return attrs.evolve(event, **changes) if changes else event

    def problems(self, event: Event) -> list[Problem]:
        """Return an event's problems here, such as clocks that run backwards; its names are ids."""
        problems: list[Problem] = []
        windows = {}
        for name in fields_of(type(event), When):
            try:
                windows[name] = getattr(event, name) and getattr(event, name).window(self.zone)
            except UsageError as error:
                problems += error.located(path=f"$.{name}").problems
        if not problems and event.reported.instant(self.zone) < windows["occurred"].earliest:
            found = f"reported {event.reported}, before {event.occurred}, when it occurred"
            problems.append(Problem(found, "a report after the fact", "$.reported"))
        if isinstance(event, Displacement):
            problems += self._misplaced(event)
        if isinstance(event, ControlChange):
            problems += self._wrongly_excepted(event)
        return problems

    def _misplaced(self, event: Displacement) -> Iterator[Problem]:
        """Yield a problem for each part of an origin that does not lie in it."""
        for index, part in enumerate(event.parts):
            if event.origin not in self._lineages[part]:
                found = f"{part} does not lie in {event.origin}"
                yield Problem(found, "a part of the origin", f"$.parts[{index}]")

    def _wrongly_excepted(self, event: ControlChange) -> Iterator[Problem]:
        """Yield a problem for each place left out that is no part of the place spoken of."""
        for index, part in enumerate(event.excepting):
            if event.place not in self._lineages[part][1:]:
                found = f"{part} does not lie within {event.place}"
                yield Problem(found, "a part of the place", f"$.excepting[{index}]")

    def check_names(self) -> None:
        """Raise `TimelineError` for each name of two places, actors or sources, as look-ups do."""
        if problems := list(ambiguous_names(self)):
            raise TimelineError(problems)

    def _lookups(self, event_type: type[Event]) -> Iterable[tuple[str, Any, Mapping[Any, Any]]]:
        if event_type not in self._lookup_cache:
            kinds = (
                (PlaceId, self.place, self.places),
                (ActorId, self.actor, self.actors),
                (SourceId, self.source, self.sources),
            )
            self._lookup_cache[event_type] = [
                (name, find, known)
                for kind, find, known in kinds
                for name in fields_of(event_type, kind)
            ]
        return self._lookup_cache[event_type]

    def _ids(self, event_type: type[Event]) -> tuple[Callable[[Event], Any], set[Any]]:
        """Return a getter of the names in events of a type, and lately met names that are ids."""
        if event_type not in self._ids_cache:
            self._ids_cache[event_type] = (
                attrgetter(*(name for name, _, _ in self._lookups(event_type))),
                set(),
            )
        return self._ids_cache[event_type]

    @cached_property
    def _ids_cache(self) -> dict[type[Event], tuple[Callable[[Event], Any], set[Any]]]:
        return {}

    @cached_property
    def _lookup_cache(self) -> dict[type[Event], list[tuple[str, Any, Mapping[Any, Any]]]]:
        return {}

    @cached_property
    def _lineages(self) -> Mapping[PlaceId, tuple[PlaceId, ...]]:
        parents = self.parents
        if problems := list(circles(parents)):
            raise TimelineError(problems)
        return {place: lineage(place, parents) for place in parents}

    @cached_property
    def _insides(self) -> Mapping[PlaceId, tuple[PlaceId, ...]]:
        inside: dict[PlaceId, list[PlaceId]] = {place: [] for place in self.places}
        for place, line in self._lineages.items():
            for around in line:
                inside[around].append(place)
        return {place: tuple(others) for place, others in inside.items()}

    @cached_property
    def _place_names(self) -> Mapping[str, str]:
        places = self.places.values()
        if problems := list(_ambiguous_places(places)):
            raise TimelineError(problems)
        return _by_name(places) | dict(_coded(places))

    @cached_property
    def _actor_names(self) -> Mapping[str, str]:
        return _names(self.actors.values(), "actor")

    @cached_property
    def _source_names(self) -> Mapping[str, str]:
        return _names(self.sources.values(), "source")


def _find(name: str, known: Mapping[Any, Any], names: Mapping[str, str], kind: str) -> str:
    if name in known:
        return name
    id = names.get(fold(name))
    if id is None:
        found, expected = f"unknown {kind} {quoted(name)}", f"one of the city file's {kind}s"
        raise UsageError.because(found, expected, hint=_suggest(name, names))
    return id


def _suggest(name: str, names: Mapping[str, str]) -> str:
    match = closest(fold(name), names)
    if match:
        return f"did you mean {names[match]}?"
    return f"{len(set(names.values()))} are listed there"


def _names(items: Iterable[Named], kind: str) -> Mapping[str, str]:
    items = list(items)
    if problems := list(_ambiguous(items, kind)):
        raise TimelineError(problems)
    return _by_name(items)


def _by_name(items: Iterable[Named]) -> dict[str, str]:
    return {name: item.id for item in items for name in map(fold, item.names)}


def _coded(places: Iterable[Place]) -> Iterator[tuple[str, str]]:
    """Yield the code and the id of each place that has a code."""
    return ((fold(place.code), place.id) for place in places if place.code)


def _ambiguous_places(places: Collection[Place]) -> Iterator[Problem]:
    """Yield a problem for each code of two places, and each other name of two."""
    yield from _shared(_coded(places), "place", "code")
    yield from _ambiguous(places, "place", dict(_coded(places)))


def _ambiguous(items: Iterable[Named], kind: str, taken: Collection[str] = ()) -> Iterator[Problem]:
    """Yield a problem for each name of two places, actors or sources, but for `taken` names."""
    names = ((fold(name), item.id) for item in items for name in item.names)
    yield from _shared((pair for pair in names if pair[0] not in taken), kind, "name")


def _shared(pairs: Iterable[tuple[str, str]], kind: str, noun: str) -> Iterator[Problem]:
    """Yield a problem for each name, or code, that stands for two ids."""
    ids: dict[str, str] = {}
    for name, id in dict.fromkeys(pairs):
        if ids.setdefault(name, id) != id:
            found = f"the {kind} {noun} {quoted(name)} is used by {ids[name]} and {id}"
            yield Problem(found, f"each {noun} once")


def _codes(places: Iterable[Place]) -> dict[str, str]:
    """Return the places by their codes."""
    return {fold(place.code): place.id for place in places if place.code}


def ambiguous_names(city: City) -> Iterator[Problem]:
    """Yield a problem for each name or code that two places, two actors or two sources have."""
    yield from _ambiguous_places(city.places.values())
    yield from _ambiguous(city.actors.values(), "actor")
    yield from _ambiguous(city.sources.values(), "source")
