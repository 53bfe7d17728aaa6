"""Where the numbers of people stand: on their line or beside it, where no name, no other line and no other number is."""

from collections.abc import Iterable, Iterator, Sequence

import shapely
from attrs import frozen
from shapely.geometry.base import BaseGeometry

from timeline.drawing.flows import Arrow
from timeline.drawing.geometry import Spot
from timeline.drawing.labels import Box
from timeline.drawing.lettering import width

SIZES = (13.0, 11.5, 10.0, 9.0)
"""The sizes at which a number is tried."""

AROUND = ((0, -1), (0, 1), (1, 0), (-1, 0), (1, -1), (-1, -1), (1, 1), (-1, 1))
"""The sides of a point on a line that are tried, above and below first."""


@frozen
class Caption:
    """A number of people beside its line."""

    text: str
    size: float
    box: Box


def captions(arrows: Sequence[tuple[Arrow, str]], texts: Iterable[Box]) -> Iterator[Caption]:
    """Yield the number of each line that there is room for; one for which there is none stands in the list below the map alone."""
    taken = list(texts)
    for arrow, written in arrows:
        others = [other for other, _ in arrows if other is not arrow]
        caption = next(_tried(arrow, written, taken, others), None)
        if caption:
            taken.append(caption.box)
            yield caption


def _tried(arrow: Arrow, written: str, taken: Sequence[Box], others: Sequence[Arrow]) -> Iterator[Caption]:
    """Yield where a number can stand, the best first: larger before smaller, and nearer to the middle of its line."""
    for size in SIZES:
        wide, high = width(written, size, bold=True) + 8, size + 5
        marks = [shapely.Polygon(arrow.head), *map(_drawn, others)]
        for x, y in _beside(arrow, wide, high):
            left, top = round(x - wide / 2, 1), round(y - high / 2, 1)
            box = (left, top, round(left + wide, 1), round(top + high, 1))
            if not any(_meet(box, other) for other in taken) and not shapely.intersects(shapely.box(*box), marks).any():
                yield Caption(written, size, box)


def _beside(arrow: Arrow, wide: float, high: float) -> Iterator[Spot]:
    """Yield where the middle of a number could be: on its line, from the middle outwards, then ever farther beside it."""
    line = shapely.LineString(arrow.points)
    for away in (0, 1, 2, 3) if line.length > 2.5 * wide else (1, 2, 3):
        for share in (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8):
            spot = line.interpolate(share, normalized=True)
            for right, down in AROUND if away else ((0, 0),):
                yield spot.x + right * (wide / 2 + 5 * away), spot.y + down * (high / 2 + 5 * away)


def _meet(a: Box, b: Box) -> bool:
    """Return whether two boxes overlap, or nearly do."""
    return a[0] < b[2] + 1 and b[0] < a[2] + 1 and a[1] < b[3] + 1 and b[1] < a[3] + 1


def _drawn(arrow: Arrow) -> BaseGeometry:
    """Return a line and its head."""
    return shapely.MultiLineString([arrow.points, (*arrow.head, arrow.head[0])])
