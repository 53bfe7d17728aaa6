"""Where the numbers of people stand: on their line or beside it, where no name, no other line and no other number is.

A number that finds no room is replaced by a mark, which stands before the words on that line in the
list below the map.
"""

from collections.abc import Iterable, Iterator, Sequence

import shapely
from attrs import evolve, frozen
from shapely.geometry.base import BaseGeometry

from timeline.visual.map.flows import Arrow
from timeline.visual.map.geometry import Spot
from timeline.visual.map.labels import Box
from timeline.visual.map.metrics import width

SIZES = (13.0, 11.5, 10.0, 9.0)
"""The sizes at which a number is tried."""

AROUND = ((0, -1), (0, 1), (1, 0), (-1, 0), (1, -1), (-1, -1), (1, 1), (-1, 1))
"""The sides of a point on a line that are tried, above and below first."""


@frozen
class Caption:
    """What is written beside a line: a number of people, or a mark in place of it."""

    text: str
    size: float
    box: Box
    mark: bool = False


def captions(
    arrows: Sequence[tuple[Arrow, str]], texts: Iterable[Box], page: Box
) -> list[Caption | None]:
    """Return what is written beside each line, on the page: its number, else a mark, None where there is room for neither."""
    taken, found, marks = list(texts), list[Caption | None](), 0
    for arrow, written in arrows:
        others = [_drawn(other) for other, _ in arrows if other is not arrow]
        caption = next(_tried(arrow, written, taken, others, page), None)
        if caption is None and (
            mark := next(_tried(arrow, _mark(marks), taken, others, page), None)
        ):
            caption, marks = evolve(mark, mark=True), marks + 1
        taken += [caption.box] if caption else []
        found.append(caption)
    return found


def _mark(number: int) -> str:
    """Return a letter for a line: a to z, then aa, ab and so on."""
    return (_mark(number // 26 - 1) if number >= 26 else "") + chr(ord("a") + number % 26)


def _tried(
    arrow: Arrow, written: str, taken: Sequence[Box], others: Sequence[BaseGeometry], page: Box
) -> Iterator[Caption]:
    """Yield where a text can stand, the best first: larger before smaller, and nearer to the middle of its line."""
    head, line = shapely.Polygon(arrow.head), shapely.LineString(arrow.points)
    for size in SIZES:
        wide, high = width(written, size, bold=True) + 8, size + 5
        for on_line in (True, False) if line.length > 2.5 * wide else (False,):
            marks = [head, *others, *([] if on_line else [line])]
            for x, y in _beside(line, wide, high, on_line=on_line):
                left, top = round(x - wide / 2, 1), round(y - high / 2, 1)
                box = (left, top, round(left + wide, 1), round(top + high, 1))
                free = _within(box, page) and not any(_meet(box, other) for other in taken)
                if free and not shapely.intersects(shapely.box(*box), marks).any():
                    yield Caption(written, size, box)


def _beside(line: BaseGeometry, wide: float, high: float, *, on_line: bool) -> Iterator[Spot]:
    """Yield where the middle of a text could be: on a line, from its middle outwards, or ever farther beside it."""
    for away in (0,) if on_line else (1, 2, 3):
        for share in (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8, 0.1, 0.9, 0.0):
            spot = line.interpolate(share, normalized=True)
            for right, down in AROUND if away else ((0, 0),):
                yield spot.x + right * (wide / 2 + 4 * away), spot.y + down * (high / 2 + 4 * away)


def _within(box: Box, page: Box) -> bool:
    return page[0] <= box[0] and page[1] <= box[1] and box[2] <= page[2] and box[3] <= page[3]


def _meet(a: Box, b: Box) -> bool:
    """Return whether two boxes overlap, or nearly do."""
    return a[0] < b[2] + 1 and b[0] < a[2] + 1 and a[1] < b[3] + 1 and b[1] < a[3] + 1


def _drawn(arrow: Arrow) -> BaseGeometry:
    """Return a line and its head."""
    return shapely.MultiLineString([arrow.points, (*arrow.head, arrow.head[0])])
