"""Where the names stand: each within its own district, at the largest size that leaves its border free.

Below the name stands the letter of the holder, for which room is kept. A district too small for its
name is given a number, and the name stands in a key; one too small even for that has its letter
alone.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import shapely
from attrs import frozen
from shapely.geometry.base import BaseGeometry

from timeline.domain.events import PlaceId
from timeline.visual.map.geometry import Area, Sheet, Spot, polygon
from timeline.visual.map.metrics import width
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
        return max(width(text, self.size, bold=True) for text in (*self.lines, self.letters))

    @property
    def high(self) -> float:
        """How high the block is."""
        return (len(self.lines) + 1) * self.size * LEADING


def place(sheet: Sheet, names: Mapping[PlaceId, str], *, key: bool = True) -> dict[PlaceId, Label]:
    """Return the label of each district, by the names given; numbers run from north to south, as one reads.

    Without a `key`, a district too small for its name has its letters alone.
    """
    labels: dict[PlaceId, Label] = {}
    nameless = []
    for area in sheet.areas.values():
        label = _fitting(
            area, (_Block(lines, size) for size in SIZES for lines in breaks(names[area.place]))
        )
        if label:
            labels[area.place] = label
        else:
            nameless.append(area)
    for number, area in enumerate(
        sorted(nameless, key=lambda area: (round(area.pole[1] / 40), area.pole)), 1
    ):
        labels[area.place] = _numbered(area, number) if key else _lettered(area)
    return {place: labels[place] for place in sheet.areas}


def _numbered(area: Area, number: int) -> Label:
    """Return a label with a number, or with the letter alone where there is no room for more."""
    blocks = [_Block(lines, size, FEWER) for lines in ((str(number),), ()) for size in SMALL]
    label = _fitting(area, iter(blocks)) or _label(area, blocks[-1], area.pole)
    return Label(
        label.place,
        label.lines,
        label.size,
        label.at,
        label.letter_at,
        label.letter_size,
        label.box,
        number,
    )


def _lettered(area: Area) -> Label:
    """Return a label with the letters alone."""
    blocks = [_Block((), size, FEWER) for size in SMALL]
    return _fitting(area, iter(blocks)) or _label(area, blocks[-1], area.pole)


def _fitting(area: Area, blocks: Iterator[_Block]) -> Label | None:
    """Return the first block that fits into a district, as near as can be to where there is most room; None where none fits."""
    shape = max(shapely.get_parts(polygon(area.rings)), key=lambda part: part.area)
    room = shape.buffer(-GAP)
    left, top, right, bottom = room.bounds if not room.is_empty else (0, 0, 0, 0)
    shapely.prepare(room)
    spots = _spots(room, area.pole)
    for block in blocks:
        if (
            block.wide <= right - left
            and block.high <= bottom - top
            and (spot := _first(room, spots, block))
        ):
            return _label(area, block, spot)
    return None


def _spots(room: BaseGeometry, pole: Spot) -> Any:
    """Return the places that are tried for the middle of a block, the nearest to the pole first."""
    if room.is_empty:
        return np.empty((0, 2))
    left, top, right, bottom = room.bounds
    steps = [np.linspace(a, b, 25) for a, b in ((left, right), (top, bottom))]
    grid = np.stack([axis.ravel() for axis in np.meshgrid(*steps)], axis=1)
    every = np.concatenate([[pole], grid])
    return np.round(every[np.argsort(np.round(np.hypot(*(every - pole).T), 3), kind="stable")], 1)


def _first(room: BaseGeometry, spots: Any, block: _Block) -> Spot | None:
    """Return the first spot around which a block lies within a shape."""
    half_wide, half_high = block.wide / 2, block.high / 2
    boxes = shapely.box(
        spots[:, 0] - half_wide,
        spots[:, 1] - half_high,
        spots[:, 0] + half_wide,
        spots[:, 1] + half_high,
    )
    fitting = np.flatnonzero(shapely.covers(room, boxes))
    return (float(spots[fitting[0], 0]), float(spots[fitting[0], 1])) if len(fitting) else None


def _label(area: Area, block: _Block, middle: Spot) -> Label:
    x, y = middle
    top, first = y - block.high / 2, 0.86 * block.size
    baselines = [
        round(top + first + n * block.size * LEADING, 1) for n in range(len(block.lines) + 1)
    ]
    box = tuple(
        round(edge, 1) for edge in (x - block.wide / 2, top, x + block.wide / 2, y + block.high / 2)
    )
    left, upper, right, lower = box
    return Label(
        area.place,
        block.lines,
        block.size,
        (x, baselines[0]),
        (x, baselines[-1]),
        block.size,
        (left, upper, right, lower),
    )
