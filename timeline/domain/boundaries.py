"""Boundaries: the polygons of a city's places, from the GeoJSON files that its city file names.

``boundaries`` in ``[city]`` names a file of many polygons. A feature belongs to the place that its
``id`` names, else to the one that its properties name: those listed in ``boundary_names``; without
that list ``id`` and ``place``, else all with *name* in their own name, and ``arabic``, ``label``
and ``title``. Ids, names, Arabic names and aliases will do, in any case and without accents.
Several features of one place are its parts, and features of places that the city does not have are
left out. ``boundary`` of a place names a file whose polygons are all that place's own.

The format is RFC 7946: longitudes before latitudes, in degrees of WGS 84. Rings may run either way,
and are turned as the RFC wants them. That no ring crosses itself is not checked.
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from attrs import evolve, frozen

from timeline.domain import geodesy as sphere
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
"""The reference systems in which a file may say that its coordinates are; files of RFC 7946 say nothing."""
TOO_FAR = 0.5
"""By how many degrees a polygon may lie off the point that the city file gives for its place."""


@frozen
class Boundary:
    """The polygons of a place, each an outer ring and its holes, turned as RFC 7946 wants them."""

    polygons: tuple[Polygon, ...]

    @property
    def area(self) -> float:
        """Its area in km², on the sphere."""
        return sphere.area(self.polygons)

    @property
    def geometry(self) -> dict[str, Any]:
        """The boundary as a GeoJSON geometry."""
        coordinates = [
            [[list(position) for position in ring] for ring in polygon] for polygon in self.polygons
        ]
        if len(coordinates) == 1:
            return {"type": "Polygon", "coordinates": coordinates[0]}
        return {"type": "MultiPolygon", "coordinates": coordinates}


def of(city: City) -> Mapping[PlaceId, Boundary]:
    """Return the boundaries of a city's places, in the order of the city file; none where the city file names no file.

    Raises `TimelineError` for a file that cannot be read, and for everything in it that is wrong,
    with the number of the feature.
    """
    found: dict[PlaceId, Boundary] = {}
    if city.boundaries is not None:
        found |= read(_load(city.boundaries), city, city.boundaries)
    for place in city.places.values():
        if place.boundary is not None:
            found[place.id] = own(_load(place.boundary), place, place.boundary)
    return {id: found[id] for id in city.places if id in found}


def rings(city: City) -> Mapping[PlaceId, list[Ring]]:
    """Return the rings of each place that has a boundary, outer ones and holes, as positions of longitude and latitude."""
    return {
        id: [ring for polygon in boundary.polygons for ring in polygon]
        for id, boundary in of(city).items()
    }


def measured(city: City) -> City:
    """Return a city whose places have the areas of their boundaries; a place without one keeps the area that the city file gives."""
    areas = {id: boundary.area for id, boundary in of(city).items()}
    places = {
        id: evolve(place, area=areas.get(id, place.area)) for id, place in city.places.items()
    }
    return evolve(city, places=places) if areas else city


def read(document: Any, city: City, where: str) -> dict[PlaceId, Boundary]:
    """Return the boundaries that a GeoJSON document gives the places of a city; raise `TimelineError` with everything wrong in it."""
    polygons: dict[PlaceId, list[Polygon]] = {}
    problems: list[Problem] = []
    for path, feature in _features(document, where):
        try:
            place = _place(feature, path, city)
            shapes = _polygons(feature.get("geometry"), f"{path}.geometry")
            if place is not None:
                _add(polygons.setdefault(place.id, []), shapes, place, path)
        except TimelineError as error:
            problems += [evolve(problem, where=where) for problem in error.problems]
    if problems:
        raise TimelineError(problems)
    if not polygons:
        hint = "boundary_names in [city] says which property holds them"
        _refuse(
            "", f"no feature is a place of {city.name}", "ids or names of its places", hint, where
        )
    return {id: Boundary(tuple(shapes)) for id, shapes in polygons.items()}


def own(document: Any, place: Place, where: str) -> Boundary:
    """Return the boundary that a document of one place gives it: all polygons in it; raise `TimelineError` for what is wrong in it."""
    found: list[Polygon] = []
    try:
        for path, feature in _features(document, where):
            _add(found, _polygons(feature.get("geometry"), f"{path}.geometry"), place, path)
    except TimelineError as error:
        raise TimelineError([evolve(problem, where=where) for problem in error.problems]) from None
    if not found:
        _refuse("", "no polygon", "the boundary of the place", where=where)
    return Boundary(tuple(found))


def _load(path: str) -> Any:
    try:
        return json.loads(Path(path).read_text("utf-8-sig"))
    except FileNotFoundError:
        raise TimelineError(
            Problem(f"no file of boundaries {path}", hint="the city file names it")
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise TimelineError(Problem(f"{path} cannot be read: {error}")) from None
    except RecursionError:
        raise TimelineError(Problem("nested too deep", "GeoJSON (RFC 7946)", where=path)) from None
    except ValueError as error:
        raise TimelineError(
            Problem(f"not JSON: {error}", "GeoJSON (RFC 7946)", where=path)
        ) from None


def _features(document: Any, where: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the features of a document, each with its path; a bare geometry is one feature without a name."""
    if not isinstance(document, dict):
        _refuse("$", "no GeoJSON", "a FeatureCollection of polygons", where=where)
    _check_reference(document.get("crs"), where)
    kind = document.get("type")
    if kind == "Feature":
        yield "$", document
    elif kind in ("Polygon", "MultiPolygon"):
        yield "$", {"type": "Feature", "geometry": document, "properties": {}}
    elif kind == "FeatureCollection" and isinstance(document.get("features"), list):
        yield from (
            (f"$.features[{index}]", _feature(one, f"$.features[{index}]"))
            for index, one in enumerate(document["features"])
        )
    else:
        _refuse(
            "$",
            f"a GeoJSON {kind}" if isinstance(kind, str) else "no GeoJSON",
            "a FeatureCollection of polygons",
            where=where,
        )


def _feature(value: Any, path: str) -> Mapping[str, Any]:
    """Return a feature; what is none is one without anything, so that its own error names it."""
    return (
        value if isinstance(value, dict) and value.get("type") == "Feature" else {"problem": path}
    )


def _check_reference(crs: Any, where: str) -> None:
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else crs
    if crs is not None and str(name).casefold() not in WGS84:
        _refuse(
            "$.crs",
            quoted(name),
            "degrees of WGS 84, as RFC 7946 has it",
            "ogr2ogr -t_srs EPSG:4326 converts it",
            where,
        )


def _place(feature: Mapping[str, Any], path: str, city: City) -> Place | None:
    """Return the place of a feature; None for one that the city does not have. Raises `TimelineError` where it names two places."""
    if "problem" in feature:
        _refuse(path, "no feature", 'an object of the type "Feature"')
    properties = feature.get("properties") or {}
    if not isinstance(properties, dict):
        _refuse(f"{path}.properties", type(properties).__name__, "an object")
    for group in _naming(feature.get("id"), properties, city.boundary_names):
        places = {place.id: name for name in group if (place := _found(name, city))}
        if len(places) > 1:
            _refuse(
                path,
                " and ".join(f"{quoted(name)} ({id})" for id, name in places.items()),
                "one place",
                "set boundary_names in the city file",
            )
        for id in places:
            return city.places[id]
    return None


def _naming(id: Any, properties: Mapping[str, Any], names: Sequence[str]) -> Iterator[list[str]]:
    """Yield the texts that may name the place of a feature, the surest first; with `names` only those of these properties."""
    texts = {
        key: value for key, value in properties.items() if isinstance(value, str) and value.strip()
    }
    if names:
        yield [texts[key] for key in names if key in texts]
        return
    yield [id] if isinstance(id, str) else []
    yield [value for key, value in texts.items() if key.casefold() in ID_KEYS]
    yield [
        value
        for key, value in texts.items()
        if "name" in key.casefold() or key.casefold() in NAME_KEYS
    ]


def _found(name: str, city: City) -> Place | None:
    try:
        return city.place(name)
    except UsageError:
        return None


def _polygons(geometry: Any, path: str) -> list[Polygon]:
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in ("Polygon", "MultiPolygon"):
        found = (
            "no geometry"
            if geometry is None
            else f"a {kind}"
            if isinstance(kind, str)
            else "no GeoJSON geometry"
        )
        _refuse(path, found, "a Polygon or a MultiPolygon")
    coordinates, inside = geometry.get("coordinates"), f"{path}.coordinates"
    if kind == "Polygon":
        return [_polygon(coordinates, inside)]
    return [
        _polygon(one, f"{inside}[{index}]")
        for index, one in enumerate(_list(coordinates, inside, "polygons"))
    ]


def _polygon(rings: Any, path: str) -> Polygon:
    read = [
        _ring(ring, f"{path}[{index}]") for index, ring in enumerate(_list(rings, path, "rings"))
    ]
    return tuple(
        tuple(ring) if counterclockwise(ring) == (index == 0) else tuple(reversed(ring))
        for index, ring in enumerate(read)
    )


def _ring(positions: Any, path: str) -> Ring:
    ring = tuple(
        _position(one, f"{path}[{index}]")
        for index, one in enumerate(_list(positions, path, "positions"))
    )
    if len(ring) < 4 or len(set(ring)) < 3:
        _refuse(
            path, f"a ring of {len(set(ring))} positions", "at least three, and the first again"
        )
    if ring[0] != ring[-1]:
        _refuse(
            path, "a ring that ends elsewhere than it begins", "the first position again at the end"
        )
    return ring


def _position(value: Any, path: str) -> tuple[float, float]:
    numbers = value[:2] if isinstance(value, list) and len(value) >= 2 else ()
    if len(numbers) != 2 or any(
        type(one) not in (int, float) or not math.isfinite(one) for one in numbers
    ):
        _refuse(
            path, json.dumps(value, ensure_ascii=False)[:60], "[longitude, latitude] in degrees"
        )
    lon, lat = numbers
    if abs(lon) > 180 or abs(lat) > 90:
        _refuse(
            path,
            f"[{lon}, {lat}]",
            "a longitude from -180 to 180, then a latitude from -90 to 90",
            "are these degrees of WGS 84?",
        )
    return float(lon), float(lat)


def _list(value: Any, path: str, of: str) -> list[Any]:
    return (
        value
        if isinstance(value, list) and value
        else _refuse(path, "no list" if value else "nothing", f"a list of {of}")
    )


def _add(polygons: list[Polygon], new: list[Polygon], place: Place, path: str) -> None:
    """Add polygons to those of a place; raise `TimelineError` for one that is there already, or lies elsewhere than the place."""
    for polygon in new:
        if polygon in polygons:
            _refuse(path, f"the same polygon of {place.id} again", "each once")
        if (
            place.lat is not None
            and place.lon is not None
            and (off := _distance(polygon[0], place.lon, place.lat)) > TOO_FAR
        ):
            turned = (
                _distance([(lat, lon) for lon, lat in polygon[0]], place.lon, place.lat) <= TOO_FAR
            )
            hint = (
                "the latitude stands before the longitude"
                if turned
                else "is it another place of that name?"
            )
            _refuse(
                path, f"a polygon {off:.1f}° off the point of {place.id}", "one around it", hint
            )
        polygons.append(polygon)


def _distance(ring: Ring, lon: float, lat: float) -> float:
    """Return how far a point lies off the box around a ring, in degrees along the axis on which it is farther off."""
    lons, lats = [lon for lon, _ in ring], [lat for _, lat in ring]
    return max(min(lons) - lon, lon - max(lons), min(lats) - lat, lat - max(lats), 0.0)


def _refuse(path: str, found: str, expected: str, hint: str = "", where: str = "") -> NoReturn:
    raise TimelineError(Problem(found, expected, path, where, hint))
