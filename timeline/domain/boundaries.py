"""Boundaries: the polygons of a city's places, from the GeoJSON files that its city file names.

A feature of the file that ``boundaries`` names belongs to the place of its ``id``, else of its
properties: those listed in ``boundary_names``, or without that list ``id`` and ``place``, else all
with *name* in their own name, ``arabic``, ``label`` and ``title``. Ids, names, Arabic names and
aliases match in any case and without accents. Several features of one place are its parts; those
of unknown places are left out. A place's ``boundary`` names a file of its own polygons alone.

The format is RFC 7946: longitudes before latitudes, in degrees of WGS 84. Rings may run either way,
and are turned as the RFC wants them. That no ring crosses itself is not checked.
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from attrs import evolve, frozen

from timeline.domain import geodesy
from timeline.domain.city import City, Place
from timeline.domain.events import PlaceId
from timeline.domain.geodesy import Polygon, Ring, counterclockwise
from timeline.errors import Problem, TimelineError, UsageError, quoted

ID_KEYS = ("id", "place")
NAME_KEYS = ("arabic", "label", "title")
"""Properties that may name the place of a feature, besides those with *name* in their own name."""
WGS84 = (
    "urn:ogc:def:crs:ogc:1.3:crs84",
    "urn:ogc:def:crs:ogc::crs84",
    "urn:ogc:def:crs:epsg::4326",
    "epsg:4326",
    "ogc:crs84",
)
"""The reference systems that a file may name; files of RFC 7946 name none."""
TOO_FAR = 0.5
"""By how many degrees a polygon may lie off the point that the city file gives for its place."""
_GEOJSON = "GeoJSON (RFC 7946)"


@frozen
class Boundary:
    """The polygons of a place, each an outer ring and its holes, turned as RFC 7946 wants them."""

    polygons: tuple[Polygon, ...]

    @property
    def area(self) -> float:
        """Its area in km², on the sphere."""
        return geodesy.area(self.polygons)

    @property
    def geometry(self) -> dict[str, Any]:
        """The boundary as a GeoJSON geometry."""
        polygons = list(map(_coordinates, self.polygons))
        if len(polygons) == 1:
            return {"type": "Polygon", "coordinates": polygons[0]}
        return {"type": "MultiPolygon", "coordinates": polygons}


def of(city: City) -> Mapping[PlaceId, Boundary]:
    """Return the boundaries of a city's places, in the order of the city file.

    Raises `TimelineError` for a file that cannot be read, and for every fault in it.
    """
    boundaries: dict[PlaceId, Boundary] = {}
    if city.boundaries is not None:
        boundaries |= read(_load(city.boundaries), city, city.boundaries)
    for place in city.places.values():
        if place.boundary is not None:
            boundaries[place.id] = own(_load(place.boundary), place, place.boundary)
    return {id: boundaries[id] for id in city.places if id in boundaries}


def rings(city: City) -> Mapping[PlaceId, list[Ring]]:
    """Return the outer rings and holes of places, as longitudes and latitudes in degrees."""
    polygons = {id: boundary.polygons for id, boundary in of(city).items()}
    return {id: list(chain(*shapes)) for id, shapes in polygons.items()}


def measured(city: City) -> City:
    """Return a city whose places have the areas of their boundaries, where they have one."""
    boundaries = of(city)
    areas = {id: evolve(city.places[id], area=each.area) for id, each in boundaries.items()}
    return evolve(city, places={**city.places, **areas}) if areas else city


def read(document: Any, city: City, where: str) -> dict[PlaceId, Boundary]:
    """Return a city's boundaries in a GeoJSON document; raise `TimelineError` for its faults."""
    polygons: dict[PlaceId, list[Polygon]] = {}
    problems: list[Problem] = []
    for path, feature in _features(document, where):
        try:
            place = _place(feature, path, city)
            shapes = _polygons(feature.get("geometry"), f"{path}.geometry")
            if place is not None:
                _add(polygons.setdefault(place.id, []), shapes, place, path)
        except TimelineError as error:
            problems += error.located(where=where).problems
    if problems:
        raise TimelineError(problems)
    if not polygons:
        found, expected = f"no feature is a place of {city.name}", "ids or names of its places"
        hint = "boundary_names in [city] says which property holds them"
        raise TimelineError.because(found, expected, where=where, hint=hint)
    return {id: Boundary(tuple(shapes)) for id, shapes in polygons.items()}


def own(document: Any, place: Place, where: str) -> Boundary:
    """Return the boundary of a place from its own document; raise `TimelineError` for faults."""
    polygons: list[Polygon] = []
    try:
        for path, feature in _features(document, where):
            _add(polygons, _polygons(feature.get("geometry"), f"{path}.geometry"), place, path)
    except TimelineError as error:
        raise error.located(where=where) from None
    if not polygons:
        raise TimelineError.because("no polygon", "the boundary of the place", where=where)
    return Boundary(tuple(polygons))


def _coordinates(polygon: Polygon) -> list[list[list[float]]]:
    return [list(map(list, ring)) for ring in polygon]


def _load(path: str) -> Any:
    try:
        return json.loads(Path(path).read_text("utf-8-sig"))
    except FileNotFoundError:
        found = f"no file of boundaries {path}"
        raise TimelineError.because(found, hint="the city file names it") from None
    except (OSError, UnicodeDecodeError) as error:
        raise TimelineError.because(f"{path} cannot be read: {error}") from None
    except RecursionError:
        raise TimelineError.because("nested too deep", _GEOJSON, where=path) from None
    except ValueError as error:
        raise TimelineError.because(f"not JSON: {error}", _GEOJSON, where=path) from None


def _features(document: Any, where: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the features of a document with their paths; a bare geometry is one of no name."""
    members = document if isinstance(document, dict) else {}
    _check_reference(members.get("crs"), where)
    kind, features = members.get("type"), members.get("features")
    if kind == "Feature":
        yield "$", members
    elif kind in ("Polygon", "MultiPolygon"):
        yield "$", {"type": "Feature", "geometry": members, "properties": {}}
    elif kind == "FeatureCollection" and isinstance(features, list):
        for path, value in _numbered(features, "$.features"):
            is_feature = isinstance(value, dict) and value.get("type") == "Feature"
            yield path, value if is_feature else {}  # so that its own error names it
    else:
        found = f"a GeoJSON {kind}" if isinstance(kind, str) else "no GeoJSON"
        expected = "a FeatureCollection of polygons"
        raise TimelineError.because(found, expected, path="$", where=where)


def _numbered(values: Sequence[Any], path: str) -> list[tuple[str, Any]]:
    """Return the values of a list, each with its path."""
    return [(f"{path}[{index}]", value) for index, value in enumerate(values)]


def _check_reference(crs: Any, where: str) -> None:
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else crs
    if crs is not None and str(name).casefold() not in WGS84:
        raise TimelineError.because(
            quoted(name),
            "degrees of WGS 84, as RFC 7946 has it",
            path="$.crs",
            where=where,
            hint="ogr2ogr -t_srs EPSG:4326 converts it",
        )


def _place(feature: Mapping[str, Any], path: str, city: City) -> Place | None:
    """Return the place of a feature, None if unknown; raise `TimelineError` for two places."""
    if not feature:
        raise TimelineError.because("no feature", 'an object of the type "Feature"', path=path)
    properties = feature.get("properties") or {}
    if not isinstance(properties, dict):
        found = type(properties).__name__
        raise TimelineError.because(found, "an object", path=f"{path}.properties")
    for group in _naming(feature.get("id"), properties, city.boundary_names):
        places = {place.id: name for name in group if (place := _found(name, city))}
        if len(places) > 1:
            found = " and ".join(f"{quoted(name)} ({id})" for id, name in places.items())
            hint = "set boundary_names in the city file"
            raise TimelineError.because(found, "one place", path=path, hint=hint)
        for id in places:
            return city.places[id]
    return None


def _naming(id: Any, properties: Mapping[str, Any], names: Sequence[str]) -> Iterator[list[str]]:
    """Yield the texts that may name a feature's place, the surest first; only `names` if any."""
    texts = _texts(properties)
    if names:
        yield [texts[key] for key in names if key in texts]
        return
    yield [id] if isinstance(id, str) else []
    yield [text for key, text in texts.items() if key.casefold() in ID_KEYS]
    yield [text for key, text in texts.items() if _is_name(key.casefold())]


def _texts(members: Mapping[str, Any]) -> dict[str, str]:
    """Return those members of an object that are texts, but for blank ones."""
    texts = {key: value for key, value in members.items() if isinstance(value, str)}
    return {key: text for key, text in texts.items() if text.strip()}


def _is_name(key: str) -> bool:
    return "name" in key or key in NAME_KEYS


def _found(name: str, city: City) -> Place | None:
    try:
        return city.place(name)
    except UsageError:
        return None


def _polygons(geometry: Any, path: str) -> list[Polygon]:
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind == "Polygon":
        return [_polygon(geometry.get("coordinates"), f"{path}.coordinates")]
    if kind == "MultiPolygon":
        listed = _listed(geometry.get("coordinates"), f"{path}.coordinates", "polygons")
        return [_polygon(rings, inside) for inside, rings in listed]
    found = f"a {kind}" if isinstance(kind, str) else "no GeoJSON geometry"
    if geometry is None:
        found = "no geometry"
    raise TimelineError.because(found, "a Polygon or a MultiPolygon", path=path)


def _polygon(rings: Any, path: str) -> Polygon:
    outer, *holes = (
        _ring(positions, inside) for inside, positions in _listed(rings, path, "rings")
    )
    return (_turned(outer, left=True), *(_turned(hole, left=False) for hole in holes))


def _turned(ring: Ring, *, left: bool) -> Ring:
    """Return a ring that runs counterclockwise, or else clockwise."""
    return tuple(ring if counterclockwise(ring) == left else reversed(ring))


def _ring(positions: Any, path: str) -> Ring:
    listed = _listed(positions, path, "positions")
    ring = tuple(_position(value, inside) for inside, value in listed)
    corners = len(set(ring))
    if len(ring) < 4 or corners < 3:
        found, expected = f"a ring of {corners} positions", "at least three, and the first again"
        raise TimelineError.because(found, expected, path=path)
    if ring[0] != ring[-1]:
        found, expected = "a ring that ends elsewhere than it begins", "the first position again"
        raise TimelineError.because(found, f"{expected} at the end", path=path)
    return ring


def _position(value: Any, path: str) -> tuple[float, float]:
    numbers = value[:2] if isinstance(value, list) else ()
    if len(numbers) < 2 or not all(map(_is_number, numbers)):
        found = json.dumps(value, ensure_ascii=False)[:60]
        raise TimelineError.because(found, "[longitude, latitude] in degrees", path=path)
    lon, lat = numbers
    if abs(lon) > 180 or abs(lat) > 90:
        expected = "a longitude from -180 to 180, then a latitude from -90 to 90"
        hint = "are these degrees of WGS 84?"
        raise TimelineError.because(f"[{lon}, {lat}]", expected, path=path, hint=hint)
    return float(lon), float(lat)


def _is_number(value: Any) -> bool:
    return type(value) is int or (type(value) is float and math.isfinite(value))


def _listed(value: Any, path: str, of: str) -> list[tuple[str, Any]]:
    """Return the values of a list that is not empty, each with its path."""
    if isinstance(value, list) and value:
        return _numbered(value, path)
    found = "no list" if value else "nothing"
    raise TimelineError.because(found, f"a list of {of}", path=path)


def _add(polygons: list[Polygon], new: list[Polygon], place: Place, path: str) -> None:
    """Add polygons to those of a place; raise `TimelineError` for one twice, or far off."""
    for polygon in new:
        if polygon in polygons:
            found = f"the same polygon of {place.id} again"
            raise TimelineError.because(found, "each once", path=path)
        if place.lat is not None and place.lon is not None:
            _check_near(polygon[0], place.id, (place.lon, place.lat), path)
        polygons.append(polygon)


def _check_near(ring: Ring, place: PlaceId, point: tuple[float, float], path: str) -> None:
    off = _distance(ring, *point)
    if off <= TOO_FAR:
        return
    hint = "is it another place of that name?"
    if _distance([(lat, lon) for lon, lat in ring], *point) <= TOO_FAR:
        hint = "the latitude stands before the longitude"
    found = f"a polygon {off:.1f}° off the point of {place}"
    raise TimelineError.because(found, "one around it", path=path, hint=hint)


def _distance(ring: Ring, lon: float, lat: float) -> float:
    """Return how far a point lies off the box around a ring, in degrees, on the worse axis."""
    lons = [lon for lon, _ in ring]
    lats = [lat for _, lat in ring]
    return max(min(lons) - lon, lon - max(lons), min(lats) - lat, lat - max(lats), 0.0)
