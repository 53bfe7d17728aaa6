"""Where the names stand: each within its own district, as large as its border allows.

Below the name stands the letter of the holder, for which room is kept. A district too small for its
name is given a number, and the name stands in a key; one too small even for that has its letter
alone.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import shapely
from attrs import evolve, frozen
from shapely.geometry.base import BaseGeometry

from timeline.domain.events import PlaceId
from timeline.visual.map.geometry import Area, Sheet
from timeline.visual.map.metrics import width
from timeline.visual.map.shapes import Spot, polygon
from timeline.visual.map.typesetting import LEADING, breaks

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""

SIZES = (15, 14, 13, 12, 11, 10, 9, 8.5, 8)
"""The sizes at which a name is tried, in units of the sheet."""

SMALL = (9, 8, 7)
"""The sizes at which a number, or a letter alone, is tried."""

GAP = 4.0
"""How far from its district's border a text stays: half of the lane that arrows are led through."""

LETTERS, FEWER = "G / O?", "G?"
"""The widest texts that stand below a name, and below a number."""


@frozen
class Label:
    """The texts within one district.

    Attributes:
        lines: the name; a number of the key, or nothing, where that is all there is room for.
        size: how large the name is.
        at: the middle of the first line's baseline.
        letter_at: the middle of the baseline of the holder's letter.
        letter_size: how large that is.
        box: what the texts cover, room for the letters of a dispute included.
        number: what stands for the name, and beside it in the key; None where the name itself
            stands in its district.
    """

    place: PlaceId
    lines: tuple[str, ...]
    size: float
    at: Spot
    letter_at: Spot
    letter_size: float
    box: Box
    number: int | None = None

    @property
    def baselines(self) -> Iterator[tuple[str, float, float]]:
        """Each line with the middle of its baseline."""
        return (
            (line, self.at[0], round(self.at[1] + n * self.size * LEADING, 1))
            for n, line in enumerate(self.lines)
        )


@frozen
class _Block:
    """Texts of one size to be placed: the lines of a name and the letters below."""

    lines: tuple[str, ...]
    size: float
    letters: str = LETTERS

    @property
    def wide(self) -> float:
        """How wide the block is."""
        texts = (*self.lines, self.letters)
        return max(width(text, self.size, bold=True) for text in texts)

    @property
    def high(self) -> float:
        """How high the block is."""
        return (len(self.lines) + 1) * self.size * LEADING


def place(sheet: Sheet, names: Mapping[PlaceId, str], *, key: bool = True) -> dict[PlaceId, Label]:
    """Return the label of each district, by the names given.

    A district too small for its name has a number, counted from north to south, as one reads;
    without a `key` it has its letters alone.
    """
    areas = sheet.areas.values()
    named = {area.place: _named(area, names[area.place]) for area in areas}
    small = [area for area in areas if named[area.place] is None]
    small.sort(key=lambda area: (round(area.pole[1] / 40), area.pole))
    rest = {}
    for number, area in enumerate(small, 1):
        rest[area.place] = _numbered(area, number) if key else _lettered(area)
    return {place: label or rest[place] for place, label in named.items()}


def _named(area: Area, name: str) -> Label | None:
    """Return a label with a name; None where there is no room for it."""
    return _fitting(area, (_Block(lines, size) for size in SIZES for lines in breaks(name)))


def _numbered(area: Area, number: int) -> Label:
    """Return a label with a number, or with the letter alone where there is no room for more."""
    blocks = [_Block(lines, size, FEWER) for lines in ((str(number),), ()) for size in SMALL]
    label = _fitting(area, iter(blocks)) or _label(area, blocks[-1], area.pole)
    return evolve(label, number=number)


def _lettered(area: Area) -> Label:
    """Return a label with the letters alone."""
    blocks = [_Block((), size, FEWER) for size in SMALL]
    return _fitting(area, iter(blocks)) or _label(area, blocks[-1], area.pole)


def _fitting(area: Area, blocks: Iterator[_Block]) -> Label | None:
    """Return the first block that fits into a district; None where none fits.

    It stands as near as can be to the point with most room.
    """
    shape = max(shapely.get_parts(polygon(area.rings)), key=lambda part: part.area)
    room = shape.buffer(-GAP)
    left, top, right, bottom = (0, 0, 0, 0) if room.is_empty else room.bounds
    shapely.prepare(room)
    spots = _spots(room, area.pole)
    for block in blocks:
        small_enough = block.wide <= right - left and block.high <= bottom - top
        spot = _first(room, spots, block) if small_enough else None
        if spot is not None:
            return _label(area, block, spot)
    return None


def _spots(room: BaseGeometry, pole: Spot) -> Any:
    """Return the places that are tried for the middle of a block, the nearest to the pole first."""
    if room.is_empty:
        return np.empty((0, 2))
    left, top, right, bottom = room.bounds
    columns, rows = np.meshgrid(np.linspace(left, right, 25), np.linspace(top, bottom, 25))
    grid = np.stack([columns.ravel(), rows.ravel()], axis=1)
    every = np.concatenate([[pole], grid])
    distances = np.round(np.hypot(*(every - pole).T), 3)
    return np.round(every[np.argsort(distances, kind="stable")], 1)


def _first(room: BaseGeometry, spots: Any, block: _Block) -> Spot | None:
    """Return the first spot around which a block lies within a shape."""
    half = np.array([block.wide / 2, block.high / 2])
    boxes = shapely.box(*(spots - half).T, *(spots + half).T)
    fitting = np.flatnonzero(shapely.covers(room, boxes))
    if not len(fitting):
        return None
    x, y = spots[fitting[0]]
    return float(x), float(y)


def _label(area: Area, block: _Block, middle: Spot) -> Label:
    """Return a block as the label of a district, around a point."""
    x, y = middle
    wide, high, size = block.wide / 2, block.high / 2, block.size
    first = y - high + 0.86 * size
    baselines = [round(first + n * size * LEADING, 1) for n in range(len(block.lines) + 1)]
    return Label(
        area.place,
        block.lines,
        size,
        at=(x, baselines[0]),
        letter_at=(x, baselines[-1]),
        letter_size=size,
        box=(round(x - wide, 1), round(y - high, 1), round(x + wide, 1), round(y + high, 1)),
    )
