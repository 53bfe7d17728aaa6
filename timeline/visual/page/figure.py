"""The map of the page: where the districts, their names and the lines of displacement lie, and how each different answer looks.

Where and how is decided by `timeline.visual.map`, as for every other picture; the page shows and
hides.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate
from typing import Any

from attrs import define, field

from timeline.domain.city import City
from timeline.domain.events import Event, EventId, PlaceId
from timeline.text import phrases
from timeline.visual.map import flows, geometry, labels
from timeline.visual.map.captions import captions
from timeline.visual.map.geometry import Rings, Sheet
from timeline.visual.map.labels import Label
from timeline.visual.map.shapes import line, path
from timeline.visual.map.style import Face, Palette, ink
from timeline.visual.map.svg import Patterns, tag
from timeline.visual.map.typesetting import shown
from timeline.visual.page.encoding import Listed

LINES = 40
"""How many routes have a line on the map: those that most people took."""


@define
class Looks:
    """How answers about control look, each different way once."""

    city: City
    events: Mapping[EventId, Event]
    palette: Palette
    faces: Listed[Face] = field(factory=Listed)
    patterns: Patterns = field(factory=lambda: Patterns("look"))

    @classmethod
    def of(cls, city: City, events: Mapping[EventId, Event]) -> "Looks":
        """Return the looks of a city's answers, none so far."""
        return cls(city, events, Palette.of(city))

    def number(self, answer: Any) -> int:
        """Return the number of how an answer looks."""
        return self.faces.number(self.palette.face(answer, self.events, self.city))

    def json(self) -> dict[str, Any]:
        """Return all looks as JSON values, and the patterns that they use as SVG."""
        actors = list(self.city.actors)
        looks = [
            {
                "kind": face.kind,
                "fill": self._fill(face),
                "colours": list(face.colours),
                "shares": list(face.shares),
                "letters": phrases.safe(face.letters),
                "ink": face.ink,
                "edged": face.edged,
                "light": face.light,
                "actors": [actors.index(actor) for actor in face.actors if actor],
            }
            for face in self.faces.items
        ]
        colours = [self.palette.colour(actor) for actor in self.city.actors]
        letters = [phrases.safe(self.palette.letter(actor)) for actor in self.city.actors]
        return {
            "faces": looks,
            "colours": colours,
            "letters": letters,
            "inks": [ink(colour) for colour in colours],
        }

    @property
    def defs(self) -> str:
        """The patterns that the looks use, as SVG."""
        return self.patterns.defs + "".join(
            _gradient(face, f"bands{n}")
            for n, face in enumerate(self.faces.items)
            if face.kind == "bands"
        )

    def _fill(self, face: Face) -> str:
        """Return what a face is filled with; bands are a gradient without transitions: a change of the cut changes the fill alone."""
        return (
            f"url(#bands{self.faces.number(face)})"
            if face.kind == "bands"
            else self.patterns.fill(face)
        )


def _gradient(face: Face, id: str) -> str:
    """Return bands of colours from left to right."""
    edges = [0.0, *accumulate(face.shares)]
    stops = [
        (edge, colour)
        for colour, *ends in zip(face.colours, edges, edges[1:], strict=False)
        for edge in ends
    ]
    return tag(
        "linearGradient",
        *(tag("stop", offset=round(edge, 4), stop_color=colour) for edge, colour in stops),
        id=id,
    )


def figure(
    city: City,
    routes: Mapping[Any, tuple[int, str]],
    besieged: Iterable[Any],
    boundaries: Mapping[PlaceId, Rings] | None = None,
) -> dict[str, Any]:
    """Return the map as JSON values: districts, names, lines of displacement, rings of sieges.

    `routes` have their number and the longest text that is ever written beside their line; those
    that come first are drawn.
    """
    sheet = geometry.sheet(city, boundaries)
    names = {id: shown(phrases.safe(place.name)) for id, place in city.places.items()}
    placed = labels.place(sheet, names)
    numbers = {id: number for number, id in enumerate(city.places)}
    return {
        "box": list(_page(sheet)),
        "schematic": sheet.schematic,
        "missing": [numbers[id] for id in sheet.missing],
        "areas": [
            [numbers[id], path(area.rings), *_label(placed[id])] for id, area in sheet.areas.items()
        ],
        "lines": list(_lines(sheet, city, routes, placed)),
        "rings": {
            numbers[id]: path(geometry.outline(inside))
            for id in besieged
            if (inside := sheet.within(id, city))
        },
    }


def _page(sheet: Sheet) -> tuple[float, float, float, float]:
    """Return the sheet with its margins: left, top, width, height."""
    edge = flows.MARGIN
    return -edge, -edge, round(sheet.width + 2 * edge, 1), round(sheet.height + 2 * edge, 1)


def _lines(
    sheet: Sheet, city: City, routes: Mapping[Any, tuple[int, str]], placed: Mapping[PlaceId, Label]
) -> Iterator[list[Any]]:
    """Yield the lines of routes, each with its head and where its number of people stands, which no name and no other line meets."""
    arrows = flows.arrows(sheet, city, list(routes)[:LINES], placed)
    left, top, wide, high = _page(sheet)
    texts = [(arrow, routes[route][1]) for route, arrow in arrows.items()]
    written = captions(
        texts, [label.box for label in placed.values()], (left, top, left + wide, top + high)
    )
    for (route, arrow), caption in zip(arrows.items(), written, strict=True):
        spot = (
            [caption.size, (caption.box[0] + caption.box[2]) / 2, caption.box[3] - 4.5]
            if caption and not caption.mark
            else []
        )
        yield [
            routes[route][0],
            line(arrow.points),
            line(arrow.head) + "Z",
            int(arrow.loose),
            [round(one, 1) for one in spot],
        ]


def _label(label: Label) -> list[Any]:
    """Return the texts of a district: the lines of its name with their place and size, and where its letters stand."""
    lines = [[line, x, y] for line, x, y in label.baselines]
    return [lines, label.size, [*label.letter_at, label.letter_size], label.number or 0]
