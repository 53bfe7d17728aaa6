"""The places of districts on the sheet: surveyed borders, or else cells.

Cells show only which districts are neighbours; they are no borders, and every picture says so.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from math import cos, radians

import shapely
from attrs import frozen
from shapely import Polygon, affinity
from shapely.geometry.base import BaseGeometry

from timeline.domain.city import City, Place
from timeline.domain.events import PlaceId
from timeline.errors import NothingFound, Problem, TimelineError
from timeline.visual.map.cells import cells
from timeline.visual.map.shapes import Ring, Spot, pole_of, polygon, rings_of, rounded

KM_PER_DEGREE = 111.2
"""Of latitude, on a sphere of the earth's mean radius; of longitude at the equator."""

WIDTH = 1000.0
"""How wide a sheet is, in its own units, unless told otherwise."""

EDGE = 30.0
"""How far outside the districts the edge of a sheet lies."""

STREET, SLIT = 4.0, 0.3
"""How far surveyed districts, and cells, may lie apart and still be one ground."""

Rings = Sequence[Sequence[Spot]]
"""The rings of a border; one within another is a hole."""
Boundaries = Mapping[PlaceId, Rings]
"""The surveyed borders of places, by id."""


@frozen
class Area:
    """One district on the sheet, either surveyed or made up around a point.

    `pole` is the point in it farthest from its border, and `reach` how far that is.
    """

    place: PlaceId
    rings: tuple[Ring, ...]
    pole: Spot
    reach: float
    surveyed: bool


@frozen
class Sheet:
    """The districts of a city on a sheet, north up; `missing` ones have no point or boundary.

    `sites` are no ground of their own, and `middle` is the middle of the city in degrees.
    """

    width: float
    height: float
    areas: Mapping[PlaceId, Area]
    missing: tuple[PlaceId, ...]
    sites: tuple[PlaceId, ...]
    middle: Spot

    @property
    def schematic(self) -> bool:
        """Whether any border was made up."""
        return not all(area.surveyed for area in self.areas.values())

    def towards(self, place: Place) -> Spot:
        """Return the point at the sheet's edge towards a place, below for one without a point."""
        east, south = 0.0, 1.0
        if place.lat is not None and place.lon is not None:
            east, south = _flat((place.lon, place.lat), self.middle)
        half = self.width / 2 + EDGE, self.height / 2 + EDGE
        sides = zip(half, (abs(east), abs(south)), strict=True)
        scale = min(side / way for side, way in sides if way > 1e-9)
        return self.width / 2 + east * scale, self.height / 2 + south * scale

    def within(self, place: PlaceId, city: City) -> list[Area]:
        """Return the districts in a place, or the district that it is; none outside the city."""
        return [self.areas[inner] for inner in city.within(place) if inner in self.areas]


def sheet(city: City, boundaries: Boundaries | None = None, *, width: float = WIDTH) -> Sheet:
    """Return the districts of a city, fitted to a sheet of that width.

    Raises `TimelineError` for a point that is not on earth, and `NothingFound` without districts.
    """
    given = {place: rings for place, rings in (boundaries or {}).items() if rings}
    drawn = _districts(city, given)
    borders = {id: given.get(id) or [[_point(city.places[id])]] for id in drawn}
    middle = _middle([spot for rings in borders.values() for ring in rings for spot in ring])
    shapes = _shapes(city, {id: _flat_rings(borders[id], middle) for id in drawn}, given)
    areas, height = _fitted(shapes, given, width)
    sites = tuple(id for id in city.within(city.id) if city.places[id].kind == "site")
    return Sheet(width, height, areas, tuple(_missing(city, drawn)), sites, middle)


def _shapes(
    city: City, borders: Mapping[PlaceId, Rings], surveyed: Collection[PlaceId]
) -> dict[PlaceId, BaseGeometry]:
    """Return the shape of each district, of one that is not surveyed by its point."""
    given = {id: polygon(rings) for id, rings in borders.items() if id in surveyed}
    points = {id: rings[0][0] for id, rings in borders.items() if id not in surveyed}
    sizes = {id: city.places[id].area for id in points}
    every = given | cells(points, sizes, list(given.values()))
    return {id: every[id] for id in borders if not every[id].is_empty}


def outline(areas: Iterable[Area]) -> tuple[Ring, ...]:
    """Return the borders of several districts taken together, the streets between them closed."""
    areas = list(areas)
    slit = STREET if any(area.surveyed for area in areas) else SLIT
    whole = shapely.union_all([polygon(area.rings) for area in areas])
    closed = whole.buffer(slit, join_style="mitre").buffer(-slit, join_style="mitre")
    return tuple(ring for ring in rings_of(closed) if Polygon(ring).area > 9 * slit * slit)


def bands(area: Area, shares: Sequence[float]) -> list[tuple[Ring, ...]]:
    """Return a district cut from left to right into bands, each with its share of the ground."""
    shape = polygon(area.rings)
    left, top, right, bottom = shape.bounds
    cuts = [_upright(shape, sum(shares[:n])) for n in range(1, len(shares))]
    strips = [shapely.box(a, top, b, bottom) for a, b in pairwise([left, *cuts, right])]
    return [rings_of(shapely.intersection(shape, strip)) for strip in strips]


def _upright(shape: BaseGeometry, share: float) -> float:
    """Return where an upright line cuts off a share of a shape on its left, found by halving."""
    left, top, right, bottom = shape.bounds
    low, high = left, right
    for _ in range(30):
        middle = (low + high) / 2
        covered = shapely.intersection(shape, shapely.box(left, top, middle, bottom)).area
        low, high = (middle, high) if covered < share * shape.area else (low, middle)
    return low


def _districts(city: City, given: Collection[PlaceId]) -> list[PlaceId]:
    """Return the places with a shape that contain no other such place, or raise `NothingFound`."""
    places = areas_within(city.id, city)
    shaped = {id for id in places if id in given or _has_point(city.places[id])}
    if not shaped:
        missing, needed = f"no place of {city.name} has a point", "lat and lon at its districts"
        raise NothingFound(Problem(missing, needed, hint="they stand in city.toml"))
    return [id for id in places if id in shaped and shaped.isdisjoint(city.within(id)[1:])]


def _missing(city: City, drawn: Collection[PlaceId]) -> Iterator[PlaceId]:
    """Yield the districts that are not drawn."""
    for id in areas_within(city.id, city):
        if is_district(id, city) and id not in drawn and id != city.id:
            yield id


def areas_within(place: PlaceId, city: City) -> list[PlaceId]:
    """Return a place and the places in it, without the sites, which are no ground of their own."""
    return [id for id in city.within(place) if city.places[id].kind == "area"]


def is_district(place: PlaceId, city: City) -> bool:
    """Return whether a place is an area that no other area lies in."""
    return areas_within(place, city) == [place]


def _has_point(place: Place) -> bool:
    return place.lat is not None and place.lon is not None


def _point(place: Place) -> Spot:
    """Return the point of a place; raise `TimelineError` for one that is not on earth."""
    lat, lon = place.lat, place.lon
    if lat is None or lon is None or abs(lat) > 90 or abs(lon) > 180:
        where = f"{place.id} lies at lat {lat}, lon {lon}"
        raise TimelineError(Problem(where, "a point on earth, in degrees", f"places.{place.id}"))
    return lon, lat


def _middle(spots: Sequence[Spot]) -> Spot:
    """Return the middle of some points, as if there were no date line among them."""
    near = [(_turned(lon, spots[0][0]), lat) for lon, lat in spots]
    xs, ys = zip(*near, strict=True)
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


def _turned(lon: float, by: float) -> float:
    """Return a longitude as the one of its turns that lies nearest to another."""
    return by + (lon - by + 180) % 360 - 180


def _flat(spot: Spot, middle: Spot) -> Spot:
    """Return a point in kilometres to the right of and below the middle of the city."""
    east = (_turned(spot[0], middle[0]) - middle[0]) * cos(radians(middle[1])) * KM_PER_DEGREE
    return east, (middle[1] - spot[1]) * KM_PER_DEGREE


def _flat_rings(rings: Rings, middle: Spot) -> list[list[Spot]]:
    return [[_flat(spot, middle) for spot in ring] for ring in rings]


def _fitted(
    shapes: Mapping[PlaceId, BaseGeometry], surveyed: Collection[PlaceId], width: float
) -> tuple[dict[PlaceId, Area], float]:
    """Return shapes in kilometres as the areas of a sheet, and how high that is."""
    left, top, right, bottom = shapely.total_bounds(list(shapes.values()))
    scale = width / max(right - left, (bottom - top) / 1.5)
    aside = (width - (right - left) * scale) / 2
    matrix = [scale, 0, 0, scale, aside - left * scale, -top * scale]
    areas = {}
    for id, shape in shapes.items():
        fitted = affinity.affine_transform(shape, matrix)
        pole, reach = pole_of(fitted)
        areas[id] = Area(id, rings_of(fitted), pole, reach, id in surveyed)
    return areas, rounded((bottom - top) * scale)
