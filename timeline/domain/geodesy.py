"""Areas on the globe: how large a polygon of longitudes and latitudes is.

The earth is the sphere with the surface of the WGS 84 ellipsoid: right to within 1 %, and to 0.1 %
around 35° of latitude. Edges are straight in longitude and latitude, not great circles (RFC 7946,
section 3.1.1).
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import fsum, radians, sin

Position = tuple[float, float]
"""A longitude and a latitude, in degrees."""
Ring = Sequence[Position]
"""A closed line: the last position is the first again."""
Polygon = Sequence[Ring]
"""An outer ring, and the rings of its holes."""

RADIUS = 6371.0072
"""The radius, in km, of the sphere with the surface of the WGS 84 ellipsoid."""


def area(polygons: Iterable[Polygon]) -> float:
    """Return the area of polygons in km², without their holes; rings may run either way."""
    rings = (rings for rings in polygons if rings)
    return fsum(_ring_area(outer) - fsum(map(_ring_area, holes)) for outer, *holes in rings)


def counterclockwise(ring: Ring) -> bool:
    """Return whether a ring runs counterclockwise on a map with north above."""
    lon, lat = ring[0]  # measured from the first corner, small rings lose no digits
    edges = pairwise((x - lon, y - lat) for x, y in ring)
    return fsum(x * b - a * y for (x, y), (a, b) in edges) > 0


def _ring_area(ring: Ring) -> float:
    """Return the area in km² that a ring encloses: the integral along it of the sine of latitude.

    Along an edge from latitude a to b the mean of the sine is sin((a + b) / 2) · sin(h) / h,
    with h = (b - a) / 2. Taking off the sine of the first corner adds nothing around a closed
    ring, and keeps the digits of small ones.
    """
    first = sin(radians(ring[0][1]))
    edges = (
        radians(a - lon) * (_mean_sine(radians(lat), radians(b)) - first)
        for (lon, lat), (a, b) in pairwise(ring)
    )
    return RADIUS * RADIUS * abs(fsum(edges))


def _mean_sine(a: float, b: float) -> float:
    half = (b - a) / 2
    return sin((a + b) / 2) * (sin(half) / half if half else 1.0)
