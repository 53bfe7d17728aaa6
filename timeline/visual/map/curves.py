"""Lines as a pen draws them: with rounded corners, and with a head at their end."""

from collections.abc import Iterator, Sequence
from math import atan2, cos, hypot, pi, sin

import shapely
from shapely.ops import substring

from timeline.visual.map.shapes import DECIMALS, Spot

SHORTEST = 1.5
"""How long a line with a head is at least, in lengths of the head."""

Head = tuple[Spot, Spot, Spot]
"""The corners of a head, the tip first."""


def bent(points: Sequence[Spot], radius: float) -> list[Spot]:
    """Return a line with each corner replaced by an arc, from `radius` before it to `radius` after.

    A short stretch has an arc up to its middle.
    """
    line = [points[0]]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        first, last = _towards(corner, before, radius), _towards(corner, after, radius)
        line.extend(_arc(first, corner, last) if radius else [first])
    return [*line, points[-1]]


def _arc(first: Spot, corner: Spot, last: Spot) -> Iterator[Spot]:
    """Yield the points of a quadratic Bézier curve."""
    for n in range(9):
        t = n / 8
        before, at, after = (1 - t) ** 2, 2 * t * (1 - t), t * t
        x = before * first[0] + at * corner[0] + after * last[0]
        yield x, before * first[1] + at * corner[1] + after * last[1]


def _towards(start: Spot, end: Spot, distance: float) -> Spot:
    """Return the point at a distance from one point to another, at most half way."""
    right, down = end[0] - start[0], end[1] - start[1]
    angle, step = atan2(down, right), min(distance, hypot(right, down) / 2)
    return start[0] + step * cos(angle), start[1] + step * sin(angle)


def headed(points: Sequence[Spot], long: float) -> tuple[tuple[Spot, ...], Head] | None:
    """Return a line up to its head, and a head of that length; None for a line that is too short.

    The head is as wide as it is long.
    """
    whole = shapely.LineString(points)
    if whole.length < SHORTEST * long:
        return None
    line = substring(whole, 0, whole.length - long).coords
    (x, y), foot = points[-1], line[-1]
    angle = atan2(y - foot[1], x - foot[0])
    left, right = (_beside(foot, angle + turn, long / 2) for turn in (pi / 2, -pi / 2))
    return tuple(map(_rounded, line)), (_rounded((x, y)), _rounded(left), _rounded(right))


def _beside(spot: Sequence[float], angle: float, distance: float) -> Spot:
    return spot[0] + distance * cos(angle), spot[1] + distance * sin(angle)


def _rounded(spot: Sequence[float]) -> Spot:
    return round(float(spot[0]), DECIMALS), round(float(spot[1]), DECIMALS)
