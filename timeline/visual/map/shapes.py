"""Shapes as they are computed, and as they are drawn: rings of rounded points."""

from collections.abc import Iterable, Sequence

import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

Spot = tuple[float, float]
"""A point: degrees of longitude and latitude (WGS 84) on the ground, or units to the right and
down on the sheet."""

Ring = tuple[Spot, ...]
"""A closed line; its last point is joined to its first."""

DECIMALS = 1
"""To how many decimals coordinates are rounded, so that every machine draws the same."""


def polygon(rings: Iterable[Sequence[Spot]]) -> BaseGeometry:
    """Return a shape of rings, of which one within another is a hole; crossings are mended."""
    shape: BaseGeometry = Polygon()
    for ring in rings:
        shape = shapely.symmetric_difference(shape, shapely.make_valid(Polygon(ring)))
    return shape


def parts_of(shape: BaseGeometry) -> list[Polygon]:
    """Return the polygons of a shape, the largest first."""
    polygons = (part for part in shapely.get_parts(shape) if isinstance(part, Polygon))
    parts = [part for part in polygons if not part.is_empty]
    return sorted(parts, key=lambda part: (-round(part.area, 6), part.bounds))


def rings_of(shape: BaseGeometry) -> tuple[Ring, ...]:
    """Return the borders of a shape, rounded, the largest piece first.

    Each begins at its topmost, leftmost point and runs one way; one of no extent is left out.
    """
    borders = [border for part in parts_of(shape) for border in (part.exterior, *part.interiors)]
    rings = (_ring(list(border.coords)) for border in borders)
    return tuple(ring for ring in rings if len(ring) > 2)


def pole_of(shape: BaseGeometry) -> tuple[Spot, float]:
    """Return the point farthest from the borders of a shape's largest piece, and how far it is."""
    spoke = shapely.maximum_inscribed_circle(parts_of(shape)[0], tolerance=0.2)
    x, y = spoke.coords[0]
    return (rounded(x), rounded(y)), rounded(spoke.length)


def path(rings: Iterable[Ring]) -> str:
    """Return rings as the data of an SVG path."""
    return "".join(f"M{_points(ring)}Z" for ring in rings)


def _points(spots: Iterable[Spot]) -> str:
    return "L".join(f"{x:g},{y:g}" for x, y in spots)


def line(spots: Iterable[Spot]) -> str:
    """Return a line as the data of an SVG path."""
    return f"M{_points(spots)}"


def rounded(number: float) -> float:
    """Return a plain number, rounded; there is no negative nought."""
    return round(float(number), DECIMALS) + 0.0


def _ring(points: Sequence[Sequence[float]]) -> Ring:
    """Return a closed line as a ring, its points rounded, without repetition; empty for a dot."""
    spots = [(rounded(x), rounded(y)) for x, y in points[:-1]]
    ring = [spot for spot, after in zip(spots, _turned(spots, 1), strict=True) if spot != after]
    if len(ring) < 3:
        return ()
    pairs = zip(ring, _turned(ring, 1), strict=True)
    if sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs) < 0:
        ring.reverse()
    first = min(range(len(ring)), key=lambda at: (ring[at][1], ring[at][0]))
    return tuple(_turned(ring, first))


def _turned(ring: Sequence[Spot], first: int) -> list[Spot]:
    """Return a ring from another of its points on."""
    return [*ring[first:], *ring[:first]]
