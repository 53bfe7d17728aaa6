"""Where each district lies on the sheet: its surveyed boundary where one is given, else a cell around its point.

A cell is what lies nearer to the district's point than to any other (Voronoi), cut off by an
outline of the city that is drawn around all points. Cells show which district lies next to which;
they are no borders, and every picture says so.
"""

from collections.abc import Iterable, Mapping, Sequence
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
"""A point: degrees of longitude and latitude (WGS 84) on the ground, units to the right and down on the sheet."""

Ring = tuple[Spot, ...]
"""A closed line; its last point is joined to its first."""

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
        """Return the point at the edge of the sheet that lies in the direction of a place outside it; below, where it has no point."""
        east, south = (
            (0.0, 1.0)
            if place.lat is None or place.lon is None
            else _flat((place.lon, place.lat), self.middle)
        )
        half = self.width / 2 + EDGE, self.height / 2 + EDGE
        scale = min(
            side / abs(way)
            for side, way in zip(half, (east, south), strict=True)
            if abs(way) > 1e-9
        )
        return self.width / 2 + east * scale, self.height / 2 + south * scale

    def within(self, place: PlaceId, city: City) -> list[Area]:
        """Return the districts that lie in a place: itself, where it is one; none for a place outside the city."""
        return [self.areas[one] for one in city.within(place) if one in self.areas]


def sheet(
    city: City,
    boundaries: Mapping[PlaceId, Sequence[Sequence[Spot]]] | None = None,
    *,
    width: float = WIDTH,
) -> Sheet:
    """Return the districts of a city, fitted to a sheet of that width.

    A district is a place of the city with a point or a boundary, and with no such place in it.
    `boundaries` gives rings of longitude and latitude; a ring within another is a hole. Raises
    `TimelineError` for a point that is not on earth, and `NothingFound` where there is nothing to
    draw.
    """
    given = {place: rings for place, rings in (boundaries or {}).items() if rings}
    drawn = _districts(city, given)
    if not drawn:
        raise NothingFound(
            Problem(
                f"no place of {city.name} has a point",
                "lat and lon at its districts",
                hint="they stand in city.toml",
            )
        )
    middle = _middle(
        [
            spot
            for id in drawn
            for ring in given.get(id) or [[_point(city.places[id])]]
            for spot in ring
        ]
    )
    surveyed = {
        id: polygon([[_flat(spot, middle) for spot in ring] for ring in given[id]])
        for id in drawn
        if id in given
    }
    points = _apart({id: _flat(_point(city.places[id]), middle) for id in drawn if id not in given})
    shapes = surveyed | _cells(
        points, {id: city.places[id].area for id in points}, list(surveyed.values())
    )
    missing = tuple(
        id
        for id in city.within(city.id)
        if len(city.within(id)) == 1 and id not in shapes and id != city.id
    )
    return _fitted(
        {id: shapes[id] for id in drawn if not shapes[id].is_empty},
        set(surveyed),
        missing,
        middle,
        width,
    )


def outline(areas: Iterable[Area]) -> tuple[Ring, ...]:
    """Return the borders of several districts taken together; streets between surveyed ones are closed."""
    areas = list(areas)
    slit = 4.0 if any(area.surveyed for area in areas) else 0.3
    whole = shapely.union_all([polygon(area.rings) for area in areas])
    closed = whole.buffer(slit, join_style="mitre").buffer(-slit, join_style="mitre")
    return tuple(ring for ring in _rings(closed) if Polygon(ring).area > 9 * slit * slit)


def bands(area: Area, shares: Sequence[float]) -> list[tuple[Ring, ...]]:
    """Return a district cut from left to right into bands, each with its share of the ground."""
    shape = polygon(area.rings)
    left, top, right, bottom = shape.bounds
    edges = [left, *(_upright(shape, sum(shares[:n])) for n in range(1, len(shares))), right]
    return [
        _rings(shapely.intersection(shape, shapely.box(a, top, b, bottom)))
        for a, b in pairwise(edges)
    ]


def inside(rings: Sequence[Ring]) -> tuple[Spot, float]:
    """Return the point that lies farthest from the borders of a shape, within its largest piece, and how far that is."""
    return _pole(polygon(rings))


def path(rings: Iterable[Ring]) -> str:
    """Return rings as the data of an SVG path."""
    return "".join("M" + "L".join(f"{x:g},{y:g}" for x, y in ring) + "Z" for ring in rings)


def _upright(shape: BaseGeometry, share: float) -> float:
    """Return where an upright line cuts off a share of a shape on its left, found by halving."""
    left, top, right, bottom = shape.bounds
    low, high = left, right
    for _ in range(30):
        middle = (low + high) / 2
        covered = shapely.intersection(shape, shapely.box(left, top, middle, bottom)).area
        low, high = (middle, high) if covered < share * shape.area else (low, middle)
    return low


def _districts(city: City, given: Mapping[PlaceId, object]) -> list[PlaceId]:
    """Return the places that are drawn: those that have a shape, and no place in them that has one."""
    shaped = {
        id
        for id in city.within(city.id)
        if id in given or None not in (city.places[id].lat, city.places[id].lon)
    }
    return [
        id for id in city.within(city.id) if id in shaped and shaped.isdisjoint(city.within(id)[1:])
    ]


def _point(place: Place) -> Spot:
    lat, lon = place.lat, place.lon
    if lat is None or lon is None or abs(lat) > 90 or abs(lon) > 180:
        raise TimelineError(
            Problem(
                f"{place.id} lies at lat {lat}, lon {lon}",
                "a point on earth, in degrees",
                f"places.{place.id}",
            )
        )
    return lon, lat


def _middle(spots: Sequence[Spot]) -> Spot:
    """Return the middle of some points; those beyond the date line count as if it were not there."""
    near = [(_turned(lon, spots[0][0]), lat) for lon, lat in spots]
    xs, ys = zip(*near, strict=True)
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


def _turned(lon: float, by: float) -> float:
    """Return a longitude as the one of its turns that lies nearest to another."""
    return by + (lon - by + 180) % 360 - 180


def _flat(spot: Spot, middle: Spot) -> Spot:
    """Return a point in kilometres to the right and down from the middle of the city; true to scale there, as a city is small."""
    east = (_turned(spot[0], middle[0]) - middle[0]) * cos(radians(middle[1])) * KM_PER_DEGREE
    return east, (middle[1] - spot[1]) * KM_PER_DEGREE


def _apart(points: Mapping[PlaceId, Spot]) -> dict[PlaceId, Spot]:
    """Return points with those that coincide moved apart a little, each to a side of its own."""
    step, taken, moved = (
        _spacing(list(points.values())) / 10,
        dict[Spot, int](),
        dict[PlaceId, Spot](),
    )
    for place, (x, y) in points.items():
        key = (round(x, 3), round(y, 3))
        turn = taken[key] = taken.get(key, -1) + 1
        moved[place] = (x + step * turn * cos(2.4 * turn), y + step * turn * sin(2.4 * turn))
    return moved


def _spacing(points: Sequence[Spot]) -> float:
    """Return how far a point usually is from the one nearest to it, in kilometres; one where there is no other."""
    different = list(dict.fromkeys((round(x, 3), round(y, 3)) for x, y in points))
    nearest = [
        min(hypot(x - a, y - b) for a, b in different if (a, b) != (x, y))
        for x, y in different
        if len(different) > 1
    ]
    return median(nearest) if nearest else 1.0


def _cells(
    points: Mapping[PlaceId, Spot],
    sizes: Mapping[PlaceId, float | None],
    surveyed: Sequence[BaseGeometry],
) -> dict[PlaceId, BaseGeometry]:
    """Return each point's cell: what of the city lies nearer to it than to any other.

    Among surveyed districts a cell takes what none of them holds, near its point; where that is
    nothing, it lies over them.
    """
    if not points:
        return {}
    spacing = _spacing(
        [*points.values(), *((shape.centroid.x, shape.centroid.y) for shape in surveyed)]
    )
    discs = [Point(spot).buffer(_radius(sizes[id], spacing)) for id, spot in points.items()]
    rounded = shapely.union_all(discs).buffer(3 * spacing).buffer(-3 * spacing)
    whole = shapely.union_all([Polygon(part.exterior) for part in _parts(rounded)])
    nearest = shapely.voronoi_polygons(
        MultiPoint(list(points.values())), extend_to=whole, ordered=True
    ).geoms
    cells = dict(zip(points, nearest if len(points) > 1 else [whole], strict=True))
    if not surveyed:
        return {id: shapely.intersection(cell, whole) for id, cell in cells.items()}
    held = shapely.union_all(surveyed)
    own = {
        id: shapely.intersection(cells[id], disc) for id, disc in zip(points, discs, strict=True)
    }
    return {
        id: free if (free := shapely.difference(cell, held)).area > cell.area / 4 else cell
        for id, cell in own.items()
    }


def _radius(size: float | None, spacing: float) -> float:
    """Return how far the city reaches around a point: as far as the district's true area would, within reason."""
    return (
        min(max(1.2 * sqrt(size / pi), 0.8 * spacing), 3 * spacing)
        if size and size > 0
        else 0.9 * spacing
    )


def _fitted(
    shapes: Mapping[PlaceId, BaseGeometry],
    surveyed: set[PlaceId],
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
        fitted = affinity.affine_transform(
            shape, [scale, 0, 0, scale, aside - left * scale, -top * scale]
        )
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
    parts = [
        part for part in shapely.get_parts(shape) if isinstance(part, Polygon) and not part.is_empty
    ]
    return sorted(parts, key=lambda part: (-round(part.area, 6), part.bounds))


def _rings(shape: BaseGeometry) -> tuple[Ring, ...]:
    """Return the borders of a shape, rounded, the largest piece first; each begins at its topmost, leftmost point and runs one way."""
    rings = [ring for part in _parts(shape) for ring in (part.exterior, *part.interiors)]
    return tuple(one for ring in rings if len(one := _ring(list(ring.coords))) > 2)


def _ring(points: Sequence[Sequence[float]]) -> Ring:
    rounded = [(_rounded(x), _rounded(y)) for x, y in points[:-1]]
    once = [
        spot
        for spot, following in zip(rounded, [*rounded[1:], rounded[0]], strict=True)
        if spot != following
    ]
    if len(once) < 3:
        return ()
    if sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(once, [*once[1:], once[0]], strict=True)) < 0:
        once.reverse()
    first = min(range(len(once)), key=lambda at: (once[at][1], once[at][0]))
    return tuple(once[first:] + once[:first])


def _pole(shape: BaseGeometry) -> tuple[Spot, float]:
    largest = _parts(shape)[0]
    spoke = shapely.maximum_inscribed_circle(largest, tolerance=0.2)
    x, y = spoke.coords[0]
    return (_rounded(x), _rounded(y)), _rounded(spoke.length)


def _rounded(number: float) -> float:
    """Return a plain number, rounded; there is no negative nought."""
    return round(float(number), DECIMALS) + 0.0
