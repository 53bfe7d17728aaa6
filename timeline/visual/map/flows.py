"""The ways that people went: a line for each route of displacement, led around every name.

A line is the cheapest way over a fine grid from the origin to the destination, where the districts'
borders are lanes that no text reaches into; it is then drawn taut and its corners are rounded. It
depends on the sheet and the routes alone, never on how many people went, so that the map and the
page draw the same lines and only show or hide them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import heapify, heappop, heappush
from itertools import product
from math import ceil, cos, hypot, inf, pi, sin
from typing import Any

import numpy as np
import shapely
from attrs import frozen
from shapely.geometry.base import BaseGeometry

from timeline.domain.city import City
from timeline.domain.events import PlaceId
from timeline.visual.map.curves import Head, bent, headed
from timeline.visual.map.geometry import Sheet
from timeline.visual.map.labels import Box, Label
from timeline.visual.map.shapes import Spot, polygon

Route = tuple[PlaceId | None, PlaceId | None]
"""Origin and destination; None where nobody said."""

STEP = 5.0
"""From one point of the grid to the next."""

MARGIN = 36.0
"""How far around the sheet lines may be led; there begin those that come from outside the city."""

HALF = 2.6
"""How far a line keeps from a text: half of the widest line and of its light edge."""

TOO_NEAR = HALF - 1e-6
"""A way of the grid that is just as far from a text is far enough, however that is rounded."""

HEADS = (11.0, 9.0, 7.0, 5.5)
"""How long an arrow's head is, where there is room for it; it is as wide."""

RADII = (60, 40, 24, 12, 6, 0)
"""How far corners are rounded, where there is room for it."""

SHORT = 58.0
"""How long a line is whose origin or destination nobody named."""


@frozen
class Arrow:
    """The line of a route.

    Attributes:
        points: the line from its beginning to the middle of its head's base.
        head: the three corners of its head, the tip first.
    """

    route: Route
    points: tuple[Spot, ...]
    head: Head

    @property
    def loose(self) -> bool:
        """Whether an end of it was not named, and the line is only a hint of one."""
        return None in self.route


def arrows(
    sheet: Sheet, city: City, routes: Iterable[Route], labels: Mapping[PlaceId, Label]
) -> dict[Route, Arrow]:
    """Return the line of each route that can be drawn.

    A route within a single district has none, nor has one with neither end named.
    """
    grid = _Grid(sheet, city, [label.box for label in labels.values()])
    by_destination: dict[PlaceId | None, set[PlaceId | None]] = {}
    for origin, destination in routes:
        by_destination.setdefault(destination, set()).add(origin)
    drawn: dict[Route, Arrow] = {}
    for destination in sorted(by_destination, key=str):
        arrows = grid.to(destination, sorted(by_destination[destination], key=str))
        drawn |= {arrow.route: arrow for arrow in arrows}
    return drawn


class _Grid:
    """The sheet as a grid of points: what a line costs where, and the lines led over it so far.

    A point is named by its number, row by row.
    """

    def __init__(self, sheet: Sheet, city: City, texts: Sequence[Box]) -> None:
        self.sheet, self.city, self.texts = sheet, city, texts
        self.columns, self.rows = _nodes(sheet.width), _nodes(sheet.height)
        self.xs, self.ys = (np.arange(n) * STEP - MARGIN for n in (self.columns, self.rows))
        self.costs = np.ones((self.rows, self.columns))
        self.free = self._away(HALF)
        self.roomy = self._away(HEADS[0] / 2 + HALF)
        self.shapes = [polygon(area.rings) for area in sheet.areas.values()]
        self.boxes = shapely.STRtree([shapely.box(*box) for box in texts])

    def to(self, destination: PlaceId | None, origins: Sequence[PlaceId | None]) -> Sequence[Arrow]:
        """Return the lines to one destination, which lines to others keep away from afterwards."""
        if destination is None:
            return list(filter(None, (self._loose((origin, None)) for origin in origins)))
        back, far = self._ways(self._ends(destination, arriving=True))
        arrows = []
        for origin in origins:
            if origin is None:
                arrows.append(self._loose((None, destination)))
            else:
                arrows.append(self._led(origin, destination, back, far))
        drawn = list(filter(None, arrows))
        for arrow in drawn:
            self._avoid(arrow)
        return drawn

    def _led(
        self, origin: PlaceId, destination: PlaceId, back: Sequence[int], far: Sequence[float]
    ) -> Arrow | None:
        """Return the cheapest line from an origin, by the ways that lead to its destination."""
        if self._shape(origin).equals(self._shape(destination)):
            return None
        ends = self._ends(origin, arriving=False)
        costs = {node: cost + far[node] for node, cost in ends.items() if far[node] < inf}
        starts = sorted(costs, key=lambda node: (round(costs[node], 6), node))
        ways = (self._followed(node, back) for node in self._spread(starts))
        arrows = (self._arrow((origin, destination), way) for way in ways)
        return next(filter(None, arrows), None)

    def _spread(self, nodes: Iterable[int]) -> Iterator[int]:
        """Yield points that lie well apart from those yielded before."""
        taken: list[Spot] = []
        for node in nodes:
            x, y = self._spot(node)
            if all(hypot(x - a, y - b) > 2 * STEP for a, b in taken):
                taken.append((x, y))
                yield node

    def _followed(self, node: int, back: Sequence[int]) -> list[Spot]:
        """Return the way from a point of the grid to the end that it leads to."""
        nodes = [node]
        while back[nodes[-1]] >= 0:
            nodes.append(back[nodes[-1]])
        return list(map(self._spot, nodes))

    def _loose(self, route: Route) -> Arrow | None:
        """Return a short line into a district, or out of one, whose other end nobody named.

        That end lies in no district, where that can be.
        """
        place = route[0] or route[1]
        if place is None:
            return None
        inner = self._ends(place, arriving=True)
        best = sorted(inner, key=lambda node: (inner[node], node))[:12]
        pole = self._pole(self._shape(place))
        ways = [way for node in best for way in self._short(node, inner[node], pole)]
        if not ways:
            return None
        _, start, end = min(ways)
        return self._arrow(route, [start, end] if route[0] is None else [end, start])

    def _short(self, node: int, cost: float, pole: Spot) -> Iterator[tuple[float, Spot, Spot]]:
        """Yield short lines to a point from all around: their cost, and their two ends.

        The farther from the pole of the district one begins, the better.
        """
        x, y = self._spot(node)
        for turn in range(24):
            start = (x + SHORT * cos(turn * pi / 12), y + SHORT * sin(turn * pi / 12))
            if self._on_page(start) and self._clear([(x, y), start]):
                away = hypot(start[0] - pole[0], start[1] - pole[1])
                away += 0 if self._in_city(start) else 300
                yield round(cost - 0.3 * away, 3), start, (x, y)

    def _on_page(self, spot: Spot) -> bool:
        right, bottom = self.sheet.width + MARGIN, self.sheet.height + MARGIN
        return -MARGIN < spot[0] < right and -MARGIN < spot[1] < bottom

    def _in_city(self, spot: Spot) -> bool:
        return bool(shapely.intersects_xy(self.shapes, *spot).any())

    def _ways(self, ends: Mapping[int, float]) -> tuple[list[int], list[float]]:
        """Return the next point on the cheapest way to any of some ends, and its cost (Dijkstra).

        Both are given for every point of the grid. An end has no next point, -1; a point from which
        no end can be reached costs infinitely much. A line cuts no corner of a text.
        """
        costs, free = self.costs.ravel().tolist(), self.free.ravel().tolist()
        far, back = [inf] * len(free), [-1] * len(free)
        for node, cost in ends.items():
            far[node] = cost
        heap = [(cost, node) for node, cost in ends.items()]
        heapify(heap)
        steps = self._steps()
        while heap:
            cost, node = heappop(heap)
            if cost > far[node]:
                continue
            for away, beside, across, long in steps:
                other = node + away
                if free[other] and free[node + beside] and free[node + across]:
                    further = cost + long * costs[other]
                    if further < far[other]:
                        far[other], back[other] = further, node
                        heappush(heap, (further, other))
        return back, far

    def _steps(self) -> list[tuple[int, int, int, float]]:
        """Return the steps to the eight points around one.

        Each is told by its end, the two points that it passes by, and how long it is.
        """
        around = [(down, right) for down, right in product((-1, 0, 1), repeat=2) if down or right]
        return [
            (down * self.columns + right, down * self.columns, right, STEP * hypot(down, right))
            for down, right in around
        ]

    def _ends(self, place: PlaceId, *, arriving: bool) -> dict[int, float]:
        """Return where a line may begin or end in a place, and what that costs.

        It costs the more the farther it is from the place's middle.
        """
        shape = self._shape(place)
        x, y = self._pole(shape)
        columns, rows = np.meshgrid(self.xs, self.ys)
        inside = shapely.contains_xy(shape, columns, rows)
        with_room = inside & self.roomy
        within = with_room if arriving and with_room.any() else inside & self.free
        distance = np.hypot(columns - x, rows - y)
        weight = 1.3 if arriving else 1.15
        return {int(node): weight * float(distance.flat[node]) for node in np.flatnonzero(within)}

    def _shape(self, place: PlaceId) -> BaseGeometry:
        """Return the ground of a place; outside the city, the edge of the sheet on its side."""
        areas = self.sheet.within(place, self.city)
        if areas:
            return shapely.union_all([polygon(area.rings) for area in areas])
        x, y = self.sheet.towards(self.city.places[place])
        return shapely.Point(x, y).buffer(3 * STEP)

    def _pole(self, shape: BaseGeometry) -> Spot:
        largest = max(shapely.get_parts(shape), key=lambda part: part.area)
        x, y = shapely.maximum_inscribed_circle(largest, tolerance=0.5).coords[0]
        return round(x, 1), round(y, 1)

    def _arrow(self, route: Route, way: Sequence[Spot]) -> Arrow | None:
        """Return a way drawn taut, rounded as far as it stays clear of texts, with a head."""
        taut = self._taut(way)
        if len(taut) < 2:
            return None
        for long, radius in product(HEADS, RADII):
            line = bent(taut, radius)
            drawn = headed(line, long)
            if drawn and self._clear(line) and self._clear_of_head(drawn[1]):
                return Arrow(route, *drawn)
        return None

    def _taut(self, way: Sequence[Spot]) -> list[Spot]:
        """Return a way without the points that a straight line passes by."""
        taut, at = [way[0]], 0
        while at < len(way) - 1:
            at = self._farthest(way, at)
            taut.append(way[at])
        return taut

    def _farthest(self, way: Sequence[Spot], at: int) -> int:
        """Return the last point of a way to which a straight line is clear, or the next one."""
        for farther in range(len(way) - 1, at + 1, -1):
            if self._clear([way[at], way[farther]]):
                return farther
        return at + 1

    def _clear(self, points: Sequence[Spot]) -> bool:
        """Return whether a line keeps away from every text."""
        near = self.boxes.query(shapely.LineString(points), predicate="dwithin", distance=TOO_NEAR)
        return not len(near)

    def _clear_of_head(self, head: Head) -> bool:
        """Return whether a head touches no text."""
        return not len(self.boxes.query(shapely.Polygon(head), predicate="intersects"))

    def _avoid(self, arrow: Arrow) -> None:
        """Let later lines pay for running along or across this one."""
        nodes = shapely.points(*np.meshgrid(self.xs, self.ys))
        near = shapely.dwithin(shapely.LineString(arrow.points), nodes, 2.5 * STEP)
        self.costs[near] = 2.0

    def _away(self, distance: float) -> Any:
        """Return which points of the grid lie farther than that from every text."""
        away = np.ones((self.rows, self.columns), dtype=bool)
        for left, top, right, bottom in self.texts:
            rows = np.flatnonzero((self.ys > top - distance) & (self.ys < bottom + distance))
            columns = np.flatnonzero((self.xs > left - distance) & (self.xs < right + distance))
            away[np.ix_(rows, columns)] = False
        away[[0, -1], :] = away[:, [0, -1]] = False  # the rim, so that no step leads off the grid
        return away

    def _spot(self, node: int) -> Spot:
        row, column = divmod(node, self.columns)
        return float(self.xs[column]), float(self.ys[row])


def _nodes(side: float) -> int:
    """Return how many points of the grid lie along a side of the sheet and its margins."""
    return ceil((side + 2 * MARGIN) / STEP) + 1
