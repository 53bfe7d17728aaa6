"""The place of each district on the sheet: its given boundary, or a cell around its point.

A cell is what lies nearer to the district's point than to any other (Voronoi), cut off by an
outline of the city that is drawn around all points. Cells show which district lies next to which;
they are no borders, and every picture says so.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from itertools import pairwise
from math import cos, hypot, pi, radians, sin, sqrt
from statistics import median

import shapely
from attrs import frozen
from shapely import MultiPoint, Point, Polygon, affinity
from shapely.geometry.base import BaseGeometry

from timeline.domain.city import City, Place
from timeline.domain.events import PlaceId
from timeline.errors import NothingFound, Problem, TimelineError

Spot = tuple[float, float]
"""A point: longitude and latitude (WGS 84), or units to the right and down on the sheet."""

Ring = tuple[Spot, ...]
"""A closed line; its last point is joined to its first."""

Outline = Sequence[Sequence[Spot]]
"""A shape as rings, one within another being a hole."""

Boundaries = Mapping[PlaceId, Outline]

KM_PER_DEGREE = 111.2
"""Of latitude, on a sphere of the earth's mean radius; of longitude at the equator."""

WIDTH = 1000.0
"""How wide a sheet is, in its own units, unless told otherwise."""

EDGE = 30.0
"""How far outside the districts the edge of a sheet lies."""

DECIMALS = 1
"""To how many decimals coordinates are rounded, so that every machine draws the same."""


@frozen
class Area:
    """One district on the sheet.

    Attributes:
        rings: its borders; a point inside an odd number of them lies in the district.
        pole: the point in it that lies farthest from its border, where a name has most room.
        reach: how far that is.
        surveyed: whether its border was given, and not made up around a point.
    """

    place: PlaceId
    rings: tuple[Ring, ...]
    pole: Spot
    reach: float
    surveyed: bool


@frozen
class Sheet:
    """The districts of a city on a sheet of paper, north up.

    Attributes:
        areas: each district that can be drawn, in the order of the city file.
        missing: the districts that cannot: they have neither a point nor a boundary.
        middle: the middle of the city, in degrees.
    """

    width: float
    height: float
    areas: Mapping[PlaceId, Area]
    missing: tuple[PlaceId, ...]
    middle: Spot

    @property
    def schematic(self) -> bool:
        """Whether any border was made up."""
        return not all(area.surveyed for area in self.areas.values())

    def towards(self, place: Place) -> Spot:
        """Return the point at the edge towards a place outside, by default below."""
        east, south = 0.0, 1.0
        if place.lat is not None and place.lon is not None:
            east, south = _flat((place.lon, place.lat), self.middle)
        sides = (self.width / 2 + EDGE, east), (self.height / 2 + EDGE, south)
        scale = min(half / abs(way) for half, way in sides if abs(way) > 1e-9)
        return self.width / 2 + east * scale, self.height / 2 + south * scale

    def within(self, place: PlaceId, city: City) -> list[Area]:
        """Return the districts that lie in a place, itself included; none outside the city."""
        return [self.areas[id] for id in city.within(place) if id in self.areas]


def sheet(city: City, boundaries: Boundaries | None = None, *, width: float = WIDTH) -> Sheet:
    """Return the districts of a city, fitted to a sheet of that width.

    A district is a place of the city with a point or a boundary, and with no such place in it.
    `boundaries` gives rings of longitude and latitude; a ring within another is a hole. Raises
    `TimelineError` for a point that is not on earth, and `NothingFound` where there is nothing to
    draw.
    """
    given = {place: rings for place, rings in (boundaries or {}).items() if rings}
    drawn = _districts(city, given)
    rings = {id: given.get(id) or [[_point(city.places[id])]] for id in drawn}
    if not rings:
        found = f"no place of {city.name} has a point"
        hint = "they stand in city.toml"
        raise NothingFound(Problem(found, "lat and lon at its districts", hint=hint))
    middle = _middle([spot for shape in rings.values() for ring in shape for spot in ring])
    shapes = _shapes(city, rings, given, middle)
    return _fitted(shapes, given, _missing(city, rings), middle, width)


def outline(areas: Iterable[Area]) -> tuple[Ring, ...]:
    """Return the borders of districts taken together, streets between them closed."""
    areas = list(areas)
    slit = 4.0 if any(area.surveyed for area in areas) else 0.3
    whole = shapely.union_all([polygon(area.rings) for area in areas])
    closed = whole.buffer(slit, join_style="mitre").buffer(-slit, join_style="mitre")
    return tuple(ring for ring in _rings(closed) if Polygon(ring).area > 9 * slit * slit)


def bands(area: Area, shares: Sequence[float]) -> list[tuple[Ring, ...]]:
    """Return a district cut from left to right into bands, each with its share of the ground."""
    shape = polygon(area.rings)
    left, top, right, bottom = shape.bounds
    cuts = [_upright(shape, sum(shares[:n])) for n in range(1, len(shares))]
    boxes = [shapely.box(a, top, b, bottom) for a, b in pairwise([left, *cuts, right])]
    return [_rings(shapely.intersection(shape, box)) for box in boxes]


def inside(rings: Sequence[Ring]) -> tuple[Spot, float]:
    """Return the pole of a shape's largest piece, farthest from its borders, and how far it is."""
    return _pole(polygon(rings))


def path(rings: Iterable[Ring]) -> str:
    """Return rings as the data of an SVG path."""
    return "".join(f"M{_line(ring)}Z" for ring in rings)


def _line(ring: Ring) -> str:
    return "L".join(f"{x:g},{y:g}" for x, y in ring)


def _upright(shape: BaseGeometry, share: float) -> float:
    """Return where an upright line cuts off a share of a shape on its left, found by halving."""
    left, top, right, bottom = shape.bounds
    low, high = left, right
    for _ in range(30):
        middle = (low + high) / 2
        covered = shapely.intersection(shape, shapely.box(left, top, middle, bottom)).area
        if covered < share * shape.area:
            low = middle
        else:
            high = middle
    return low


def _districts(city: City, given: Mapping[PlaceId, object]) -> list[PlaceId]:
    """Return the places with a shape that have no such place in them."""
    places = [city.places[id] for id in city.within(city.id)]
    shaped = [
        place.id for place in places if place.id in given or None not in (place.lat, place.lon)
    ]
    outer = set(shaped)
    return [id for id in shaped if outer.isdisjoint(city.within(id)[1:])]


def _missing(city: City, drawn: Container[PlaceId]) -> tuple[PlaceId, ...]:
    """Return the districts of a city that cannot be drawn."""
    districts = [id for id in city.within(city.id) if len(city.within(id)) == 1]
    return tuple(id for id in districts if id not in drawn and id != city.id)


def _shapes(
    city: City, rings: Mapping[PlaceId, Outline], given: Container[PlaceId], middle: Spot
) -> dict[PlaceId, BaseGeometry]:
    """Return the shapes of districts in kilometres: their boundaries, or cells around points."""
    surveyed = {id: _surveyed(rings[id], middle) for id in rings if id in given}
    points = {id: _flat(rings[id][0][0], middle) for id in rings if id not in given}
    sizes = {id: city.places[id].area for id in points}
    shapes = surveyed | _cells(_apart(points), sizes, list(surveyed.values()))
    return {id: shapes[id] for id in rings if not shapes[id].is_empty}


def _surveyed(rings: Outline, middle: Spot) -> BaseGeometry:
    """Return the shape of rings of longitude and latitude, in kilometres."""
    return polygon([_flat(spot, middle) for spot in ring] for ring in rings)


def _point(place: Place) -> Spot:
    lat, lon = place.lat, place.lon
    if lat is None or lon is None or abs(lat) > 90 or abs(lon) > 180:
        found = f"{place.id} lies at lat {lat}, lon {lon}"
        raise TimelineError(Problem(found, "a point on earth, in degrees", f"places.{place.id}"))
    return lon, lat


def _middle(spots: Sequence[Spot]) -> Spot:
    """Return the middle of some points, counted across the date line."""
    near = [(_turned(lon, spots[0][0]), lat) for lon, lat in spots]
    xs, ys = zip(*near, strict=True)
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


def _turned(lon: float, by: float) -> float:
    """Return the turn of a longitude that lies nearest to another."""
    return by + (lon - by + 180) % 360 - 180


def _flat(spot: Spot, middle: Spot) -> Spot:
    """Return a point in kilometres to the right and down from the middle of a (small) city."""
    east = (_turned(spot[0], middle[0]) - middle[0]) * cos(radians(middle[1])) * KM_PER_DEGREE
    return east, (middle[1] - spot[1]) * KM_PER_DEGREE


def _apart(points: Mapping[PlaceId, Spot]) -> dict[PlaceId, Spot]:
    """Return points with those that coincide moved apart a little, each to a side of its own."""
    step = _spacing(list(points.values())) / 10
    taken, moved = dict[Spot, int](), dict[PlaceId, Spot]()
    for place, (x, y) in points.items():
        key = (round(x, 3), round(y, 3))
        turn = taken[key] = taken.get(key, -1) + 1
        moved[place] = (x + step * turn * cos(2.4 * turn), y + step * turn * sin(2.4 * turn))
    return moved


def _spacing(points: Sequence[Spot]) -> float:
    """Return the median distance in kilometres of points to the nearest other; 1 for one."""
    different = list(dict.fromkeys((round(x, 3), round(y, 3)) for x, y in points))
    if len(different) < 2:
        return 1.0
    return median(_nearest(spot, different) for spot in different)


def _nearest(spot: Spot, spots: Iterable[Spot]) -> float:
    """Return the distance of a point to the nearest other."""
    x, y = spot
    return min(hypot(x - a, y - b) for a, b in spots if (a, b) != spot)


def _cells(
    points: Mapping[PlaceId, Spot],
    sizes: Mapping[PlaceId, float | None],
    surveyed: Sequence[BaseGeometry],
) -> dict[PlaceId, BaseGeometry]:
    """Return each point's cell: the part of the city nearer to it than to any other.

    Among surveyed districts a cell takes the ground near its point that none of them holds; where
    that is little, it lies over them.
    """
    if not points:
        return {}
    centroids = [(shape.centroid.x, shape.centroid.y) for shape in surveyed]
    spacing = _spacing([*points.values(), *centroids])
    discs = [Point(spot).buffer(_radius(sizes[id], spacing)) for id, spot in points.items()]
    rounded = shapely.union_all(discs).buffer(3 * spacing).buffer(-3 * spacing)
    whole = shapely.union_all([Polygon(part.exterior) for part in _parts(rounded)])
    nearest = _voronoi(list(points.values()), whole)
    if not surveyed:
        return {id: cell & whole for id, cell in zip(points, nearest, strict=True)}
    held = shapely.union_all(surveyed)
    cells = [cell & disc for cell, disc in zip(nearest, discs, strict=True)]
    return {id: _free(cell, held) for id, cell in zip(points, cells, strict=True)}


def _voronoi(spots: Sequence[Spot], whole: BaseGeometry) -> Sequence[BaseGeometry]:
    """Return the ground nearest to each of some points, in their order."""
    if len(spots) == 1:
        return [whole]
    cells = shapely.voronoi_polygons(MultiPoint(spots), extend_to=whole, ordered=True)
    return list(cells.geoms)


def _free(cell: BaseGeometry, held: BaseGeometry) -> BaseGeometry:
    """Return the free part of a cell; all of it where that is less than a quarter."""
    free = shapely.difference(cell, held)
    return free if free.area > cell.area / 4 else cell


def _radius(size: float | None, spacing: float) -> float:
    """Return how far the city reaches around a point, by its district's true area within reason."""
    if not size or size <= 0:
        return 0.9 * spacing
    return min(max(1.2 * sqrt(size / pi), 0.8 * spacing), 3 * spacing)


def _fitted(
    shapes: Mapping[PlaceId, BaseGeometry],
    surveyed: Container[PlaceId],
    missing: tuple[PlaceId, ...],
    middle: Spot,
    width: float,
) -> Sheet:
    """Return shapes in kilometres as the areas of a sheet."""
    left, top, right, bottom = shapely.total_bounds(list(shapes.values()))
    scale = width / max(right - left, (bottom - top) / 1.5)
    aside = (width - (right - left) * scale) / 2
    areas = {}
    for id, shape in shapes.items():
        matrix = [scale, 0, 0, scale, aside - left * scale, -top * scale]
        fitted = affinity.affine_transform(shape, matrix)
        pole, reach = _pole(fitted)
        areas[id] = Area(id, _rings(fitted), pole, reach, id in surveyed)
    return Sheet(width, _rounded((bottom - top) * scale), areas, missing, middle)


def polygon(rings: Iterable[Sequence[Spot]]) -> BaseGeometry:
    """Return a shape of rings, of which one within another is a hole; crossings are mended."""
    shape: BaseGeometry = Polygon()
    for ring in rings:
        shape = shapely.symmetric_difference(shape, shapely.make_valid(Polygon(ring)))
    return shape


def _parts(shape: BaseGeometry) -> list[Polygon]:
    """Return the polygons of a shape, the largest first."""
    polygons = [part for part in shapely.get_parts(shape) if isinstance(part, Polygon)]
    parts = [part for part in polygons if not part.is_empty]
    return sorted(parts, key=lambda part: (-round(part.area, 6), part.bounds))


def _rings(shape: BaseGeometry) -> tuple[Ring, ...]:
    """Return the borders of a shape, rounded, the largest piece first."""
    borders = [ring for part in _parts(shape) for ring in (part.exterior, *part.interiors)]
    rings = [_ring(list(border.coords)) for border in borders]
    return tuple(ring for ring in rings if ring)


def _ring(points: Sequence[Sequence[float]]) -> Ring:
    """Return a ring from its topmost, leftmost point on, always one way; nothing for a line."""
    rounded = [(_rounded(x), _rounded(y)) for x, y in points]
    spots = [spot for spot, following in pairwise(rounded) if spot != following]
    if len(spots) < 3:
        return ()
    if sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise([*spots, spots[0]])) < 0:
        spots.reverse()
    first = min(range(len(spots)), key=lambda at: (spots[at][1], spots[at][0]))
    return tuple(spots[first:] + spots[:first])


def _pole(shape: BaseGeometry) -> tuple[Spot, float]:
    largest = _parts(shape)[0]
    spoke = shapely.maximum_inscribed_circle(largest, tolerance=0.2)
    x, y = spoke.coords[0]
    return (_rounded(x), _rounded(y)), _rounded(spoke.length)


def _rounded(number: float) -> float:
    """Return a plain number, rounded; there is no negative nought."""
    return round(float(number), DECIMALS) + 0.0
