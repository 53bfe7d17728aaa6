"""Cells: ground for districts of which a point is known and no border.

A cell is what lies nearer to a district's point than to any other (Voronoi), cut off by an outline
of the city that is drawn around all points. Lengths are in kilometres.
"""

from collections.abc import Mapping, Sequence
from math import cos, hypot, pi, sin, sqrt
from statistics import median

import shapely
from shapely import MultiPoint, Point, Polygon
from shapely.geometry.base import BaseGeometry

from timeline.domain.events import PlaceId
from timeline.visual.map.shapes import Spot, parts_of

TURN = 2.4
"""From one of several points at one place to the next, in radians: the golden angle, nearly."""


def cells(
    points: Mapping[PlaceId, Spot],
    sizes: Mapping[PlaceId, float | None],
    surveyed: Sequence[BaseGeometry],
) -> dict[PlaceId, BaseGeometry]:
    """Return each point's cell; `sizes` are the true areas of districts, in square kilometres.

    Among surveyed districts a cell takes what none of them holds, near its point; where that is
    next to nothing, it lies over them.
    """
    if not points:
        return {}
    spots = _apart(points)
    centres = [(shape.centroid.x, shape.centroid.y) for shape in surveyed]
    spacing = _spacing([*spots.values(), *centres])
    discs = {id: Point(spot).buffer(_reach(sizes[id], spacing)) for id, spot in spots.items()}
    whole = _outline(list(discs.values()), spacing)
    nearest = _nearest(spots, whole)
    if not surveyed:
        return {id: shapely.intersection(cell, whole) for id, cell in nearest.items()}
    held = shapely.union_all(surveyed)
    return {id: _free(shapely.intersection(nearest[id], discs[id]), held) for id in spots}


def _free(cell: BaseGeometry, held: BaseGeometry) -> BaseGeometry:
    """Return what is not held of a cell, or all of it where that is too little."""
    free = shapely.difference(cell, held)
    return free if free.area > cell.area / 4 else cell


def _outline(discs: Sequence[BaseGeometry], spacing: float) -> BaseGeometry:
    """Return the ground of the city: the discs around all points, bays and lakes filled."""
    rounded = shapely.union_all(discs).buffer(3 * spacing).buffer(-3 * spacing)
    return shapely.union_all([Polygon(part.exterior) for part in parts_of(rounded)])


def _nearest(spots: Mapping[PlaceId, Spot], whole: BaseGeometry) -> dict[PlaceId, BaseGeometry]:
    """Return what lies nearest to each point, which may reach beyond the city."""
    if len(spots) == 1:
        return dict.fromkeys(spots, whole)
    parted = shapely.voronoi_polygons(
        MultiPoint(list(spots.values())), extend_to=whole, ordered=True
    )
    return dict(zip(spots, parted.geoms, strict=True))


def _apart(points: Mapping[PlaceId, Spot]) -> dict[PlaceId, Spot]:
    """Return points with those that coincide moved apart a little, each to a side of its own."""
    step, taken, moved = _spacing(list(points.values())) / 10, dict[Spot, int](), {}
    for place, (x, y) in points.items():
        key = (round(x, 3), round(y, 3))
        turn = taken[key] = taken.get(key, -1) + 1
        moved[place] = (x + step * turn * cos(TURN * turn), y + step * turn * sin(TURN * turn))
    return moved


def _spacing(points: Sequence[Spot]) -> float:
    """Return how far a point usually is from its nearest; one kilometre where there is no other."""
    different = list(dict.fromkeys((round(x, 3), round(y, 3)) for x, y in points))
    if len(different) < 2:
        return 1.0
    return median(_to_nearest(point, different) for point in different)


def _to_nearest(point: Spot, points: Sequence[Spot]) -> float:
    return min(hypot(point[0] - x, point[1] - y) for x, y in points if (x, y) != point)


def _reach(size: float | None, spacing: float) -> float:
    """Return how far the city reaches around a point: as its true area would, within reason."""
    if not size or size < 0:
        return 0.9 * spacing
    return min(max(1.2 * sqrt(size / pi), 0.8 * spacing), 3 * spacing)
