"""Which way people went: one line for each route of displacement, led around every name on the sheet.

A line is the cheapest way over a fine grid from the origin to the destination, where the districts'
borders are lanes that no text reaches into; it is then drawn taut and its corners are rounded. It
depends on the sheet and the routes alone, never on how many people went, so that the map and the
page draw the same lines and only show or hide them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import heapify, heappop, heappush
from math import atan2, ceil, cos, hypot, inf, pi, sin
from typing import Any

import numpy as np
import shapely
from attrs import frozen
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

from timeline.domain.city import City
from timeline.domain.events import PlaceId
from timeline.visual.map.geometry import Sheet, Spot, polygon
from timeline.visual.map.labels import Box, Label

Route = tuple[PlaceId | None, PlaceId | None]
"""Origin and destination; None where nobody said."""

STEP = 5.0
"""From one point of the grid to the next."""

MARGIN = 36.0
"""How far around the sheet lines may be led, and from where those come whose origin lies outside the city."""

HALF = 2.6
"""How far a line keeps from a text: half of the widest line and of its light edge."""

TOO_NEAR = HALF - 1e-6
"""A way of the grid that is just as far from a text is far enough, however that is rounded."""

HEADS = (11.0, 9.0, 7.0, 5.5)
"""How long an arrow's head is, where there is room for it; it is as wide."""

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
    head: tuple[Spot, Spot, Spot]

    @property
    def loose(self) -> bool:
        """Whether an end of it was not named, and the line is only a hint of one."""
        return None in self.route

    @property
    def middle(self) -> Spot:
        """The point half way along the line."""
        line = shapely.LineString(self.points)
        spot = line.interpolate(0.5, normalized=True)
        return round(spot.x, 1), round(spot.y, 1)


def line(points: Sequence[Spot]) -> str:
    """Return a line as the data of an SVG path."""
    return "M" + "L".join(f"{x:g},{y:g}" for x, y in points)


def arrows(
    sheet: Sheet, city: City, routes: Iterable[Route], labels: Mapping[PlaceId, Label]
) -> dict[Route, Arrow]:
    """Return the line of each route that can be drawn: not of one within a single district, or with neither end named."""
    ground = _Ground(sheet, city, [label.box for label in labels.values()])
    found = {}
    for destination in sorted({route[1] for route in routes}, key=str):
        origins = sorted({route[0] for route in routes if route[1] == destination}, key=str)
        found.update({route: arrow for route, arrow in ground.to(destination, origins) if arrow})
    return found


class _Ground:
    """The sheet as a grid: what a line costs where, and the lines that were led over it."""

    def __init__(self, sheet: Sheet, city: City, texts: Sequence[Box]) -> None:
        self.sheet, self.city, self.texts = sheet, city, texts
        self.columns, self.rows = (
            ceil((side + 2 * MARGIN) / STEP) + 1 for side in (sheet.width, sheet.height)
        )
        self.xs, self.ys = (np.arange(n) * STEP - MARGIN for n in (self.columns, self.rows))
        self.costs = np.ones((self.rows, self.columns))
        self.free = self._away(HALF)
        self.roomy = self._away(HEADS[0] / 2 + HALF)
        self.shapes = [polygon(area.rings) for area in sheet.areas.values()]
        self.boxes = shapely.STRtree([shapely.box(*box) for box in texts])

    def to(
        self, destination: PlaceId | None, origins: Sequence[PlaceId | None]
    ) -> Iterator[tuple[Route, Arrow | None]]:
        """Yield the routes to one destination with their lines; lines to other destinations keep away from them afterwards."""
        if destination is None:
            for origin in origins:
                yield (origin, None), self._loose((origin, None))
            return
        back, far = self._ways(self._ends(destination, arriving=True))
        drawn = []
        for origin in origins:
            arrow = (
                self._loose((None, destination))
                if origin is None
                else self._led((origin, destination), back, far)
            )
            drawn += [arrow] if arrow else []
            yield (origin, destination), arrow
        for arrow in drawn:
            self._avoid(arrow)

    def _led(self, route: Route, back: Sequence[int], far: Sequence[float]) -> Arrow | None:
        """Return the cheapest line from the origin of a route, by the ways that lead to its destination."""
        origin, destination = route
        assert origin is not None
        assert destination is not None
        if self._shape(origin).equals(self._shape(destination)):
            return None
        starts = {
            node: cost + far[node]
            for node, cost in self._ends(origin, arriving=False).items()
            if far[node] < inf
        }
        ordered = sorted(starts, key=lambda one: (round(starts[one], 6), one))
        return next(
            (
                arrow
                for node in self._spread(ordered)
                if (arrow := self._arrow(route, self._followed(node, back)))
            ),
            None,
        )

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
        return [self._spot(one) for one in nodes]

    def _loose(self, route: Route) -> Arrow | None:
        """Return a short line into a district, or out of one, whose other end nobody named: in no district, where that can be."""
        place = route[0] or route[1]
        if place is None:
            return None
        pole = self._pole(self._shape(place))
        ways = []
        for end in sorted(
            self._ends(place, arriving=True).items(), key=lambda item: (item[1], item[0])
        )[:12]:
            x, y = self._spot(end[0])
            for turn in range(24):
                other = (x + SHORT * cos(turn * pi / 12), y + SHORT * sin(turn * pi / 12))
                if self._on_page(other) and self._clear([(x, y), other]):
                    away = hypot(other[0] - pole[0], other[1] - pole[1]) + (
                        0 if self._in_city(other) else 300
                    )
                    ways.append((round(end[1] - 0.3 * away, 3), other, (x, y)))
        if not ways:
            return None
        _, outer, inner = min(ways)
        return self._arrow(route, [outer, inner] if route[0] is None else [inner, outer])

    def _on_page(self, spot: Spot) -> bool:
        return (
            -MARGIN < spot[0] < self.sheet.width + MARGIN
            and -MARGIN < spot[1] < self.sheet.height + MARGIN
        )

    def _in_city(self, spot: Spot) -> bool:
        return bool(shapely.intersects_xy(self.shapes, *spot).any())

    def _ways(self, ends: Mapping[int, float]) -> tuple[list[int], list[float]]:
        """Return, for every point of the grid, the next one on the cheapest way to any of some ends, and what that way costs (Dijkstra).

        An end has no next point, -1; what cannot be reached costs infinitely much. A line cuts no
        corner of a text.
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
        """Return the steps from a point of the grid to those around it: to which, past which two, and how long."""
        ways = [
            (down, right) for down in (-1, 0, 1) for right in (-1, 0, 1) if (down, right) != (0, 0)
        ]
        return [
            (down * self.columns + right, down * self.columns, right, STEP * hypot(down, right))
            for down, right in ways
        ]

    def _ends(self, place: PlaceId, *, arriving: bool) -> dict[int, float]:
        """Return where a line may begin or end in a place, and what it costs there: the more the farther from the place's middle."""
        shape = self._shape(place)
        x, y = self._pole(shape)
        columns, rows = np.meshgrid(self.xs, self.ys)
        inside = shapely.contains_xy(shape, columns, rows)
        within = inside & (self.roomy if arriving and (inside & self.roomy).any() else self.free)
        distance = np.hypot(columns - x, rows - y)
        weight = 1.3 if arriving else 1.15
        return {int(node): weight * float(distance.flat[node]) for node in np.flatnonzero(within)}

    def _shape(self, place: PlaceId) -> BaseGeometry:
        """Return the ground of a place; of one outside the city, the edge of the sheet on its side."""
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
        for long in HEADS:
            for radius in (60, 40, 24, 12, 6, 0):
                bent = _rounded(taut, radius)
                arrow = _headed(route, bent, long)
                if (
                    arrow
                    and self._clear(bent)
                    and not len(
                        self.boxes.query(shapely.Polygon(arrow.head), predicate="intersects")
                    )
                ):
                    return arrow
        return None

    def _taut(self, way: Sequence[Spot]) -> list[Spot]:
        """Return a way without the points that a straight line passes by."""
        kept, at = [way[0]], 0
        while at < len(way) - 1:
            at = next(
                (n for n in range(len(way) - 1, at + 1, -1) if self._clear([way[at], way[n]])),
                at + 1,
            )
            kept.append(way[at])
        return kept

    def _clear(self, points: Sequence[Spot]) -> bool:
        """Return whether a line keeps away from every text."""
        near = self.boxes.query(shapely.LineString(points), predicate="dwithin", distance=TOO_NEAR)
        return not len(near)

    def _avoid(self, arrow: Arrow) -> None:
        """Let later lines pay for running along or across this one."""
        columns, rows = np.meshgrid(self.xs, self.ys)
        near = shapely.dwithin(
            shapely.LineString(arrow.points), shapely.points(columns, rows), 2.5 * STEP
        )
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


def _rounded(points: Sequence[Spot], radius: float) -> list[Spot]:
    """Return a line with its corners rounded: each replaced by an arc that begins and ends at most `radius` before and after it."""
    line = [points[0]]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        first, last = (
            _towards(corner, end, min(radius, hypot(end[0] - corner[0], end[1] - corner[1]) / 2))
            for end in (before, after)
        )
        for n in range(9) if radius else (0,):
            t = n / 8
            line.append(
                tuple(
                    (1 - t) ** 2 * first[axis] + 2 * t * (1 - t) * corner[axis] + t * t * last[axis]
                    for axis in (0, 1)
                )
            )  # type: ignore[arg-type]
    return [*line, points[-1]]


def _towards(start: Spot, end: Spot, distance: float) -> Spot:
    angle = atan2(end[1] - start[1], end[0] - start[0])
    return start[0] + distance * cos(angle), start[1] + distance * sin(angle)


def _headed(route: Route, points: Sequence[Spot], long: float) -> Arrow | None:
    """Return a line with a head of that length at its end; None for one that is too short to have one."""
    whole = shapely.LineString(points)
    if whole.length < 1.5 * long:
        return None
    base = substring(whole, 0, whole.length - long)
    tip, foot = points[-1], base.coords[-1]
    angle = atan2(tip[1] - foot[1], tip[0] - foot[0])
    sides = [
        (foot[0] + long / 2 * cos(angle + turn), foot[1] + long / 2 * sin(angle + turn))
        for turn in (pi / 2, -pi / 2)
    ]
    first, second, third = ((round(float(x), 1), round(float(y), 1)) for x, y in (tip, *sides))
    return Arrow(
        route,
        tuple((round(float(x), 1), round(float(y), 1)) for x, y in base.coords),
        (first, second, third),
    )
