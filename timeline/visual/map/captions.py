"""Where the numbers of people stand: on their line or beside it, away from all other texts.

No name, no other line and no other number is touched. A number that finds no room is replaced by a
mark, which stands before the words on that line in the list below the map.
"""

from collections.abc import Iterable, Iterator, Sequence

import shapely
from attrs import evolve, frozen
from shapely.geometry.base import BaseGeometry

from timeline.visual.map.flows import Arrow
from timeline.visual.map.labels import Box
from timeline.visual.map.metrics import width
from timeline.visual.map.shapes import Spot

SIZES = (13.0, 11.5, 10.0, 9.0)
"""The sizes at which a number is tried."""

AROUND = ((0, -1), (0, 1), (1, 0), (-1, 0), (1, -1), (-1, -1), (1, 1), (-1, 1))
"""The sides of a point on a line that are tried, above and below first."""

ALONG = (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8, 0.1, 0.9, 0.0)
"""The points of a line that are tried, by the share of it that leads there."""


@frozen
class Caption:
    """The text beside a line: a number of people, or a mark in place of it."""

    text: str
    size: float
    box: Box
    mark: bool = False


def captions(
    arrows: Sequence[tuple[Arrow, str]], texts: Iterable[Box], page: Box
) -> list[Caption | None]:
    """Return the number of each line on the page, else a mark; None without room for either."""
    taken, placed, marks = list(texts), list[Caption | None](), 0
    for arrow, written in arrows:
        others = [_drawn(other) for other, _ in arrows if other is not arrow]
        caption = next(_tried(arrow, written, taken, others, page), None)
        if caption is None:
            mark = next(_tried(arrow, _mark(marks), taken, others, page), None)
            caption = evolve(mark, mark=True) if mark else None
            marks += mark is not None
        if caption:
            taken.append(caption.box)
        placed.append(caption)
    return placed


def _mark(number: int) -> str:
    """Return a letter for a line: a to z, then aa, ab and so on."""
    return (_mark(number // 26 - 1) if number >= 26 else "") + chr(ord("a") + number % 26)


def _tried(
    arrow: Arrow, written: str, taken: Sequence[Box], others: Sequence[BaseGeometry], page: Box
) -> Iterator[Caption]:
    """Yield where a text can stand, the best first: large, and near to the middle of its line."""
    head, line = shapely.Polygon(arrow.head), shapely.LineString(arrow.points)
    for size in SIZES:
        wide, high = width(written, size, bold=True) + 8, size + 5
        for on_line in (True, False) if line.length > 2.5 * wide else (False,):
            obstacles = [head, *others, *([] if on_line else [line])]
            for spot in _beside(line, wide, high, on_line=on_line):
                box = _box(spot, wide, high)
                if _within(box, page) and _is_free(box, taken, obstacles):
                    yield Caption(written, size, box)


def _box(middle: Spot, wide: float, high: float) -> Box:
    """Return a box around a point, rounded as all that is drawn."""
    left, top = round(middle[0] - wide / 2, 1), round(middle[1] - high / 2, 1)
    return left, top, round(left + wide, 1), round(top + high, 1)


def _is_free(box: Box, taken: Iterable[Box], obstacles: Sequence[BaseGeometry]) -> bool:
    """Return whether a box touches neither a text nor a line."""
    if any(_meet(box, other) for other in taken):
        return False
    return not shapely.intersects(shapely.box(*box), obstacles).any()


def _beside(line: BaseGeometry, wide: float, high: float, *, on_line: bool) -> Iterator[Spot]:
    """Yield where the middle of a text could be: on a line, or ever farther beside it.

    The middle of the line comes first each time.
    """
    for away in (0,) if on_line else (1, 2, 3):
        for share in ALONG:
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
