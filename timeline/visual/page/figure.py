"""The map of the page, as `timeline.visual.map` lays it out for every picture."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate, pairwise
from typing import Any

from attrs import define, field

from timeline.domain.city import City
from timeline.domain.events import Event, EventId, PlaceId
from timeline.text import phrases
from timeline.visual.map import flows, geometry, labels
from timeline.visual.map.captions import Caption, captions
from timeline.visual.map.geometry import Boundaries, Sheet
from timeline.visual.map.labels import Label
from timeline.visual.map.shapes import line, path
from timeline.visual.map.style import Face, Palette, ink
from timeline.visual.map.svg import Patterns, tag
from timeline.visual.map.typesetting import shown
from timeline.visual.page.encoding import Listed

LINES = 40
"""How many routes have a line on the map, the largest first."""


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
        """Return all looks as JSON values."""
        colours = [self.palette.colour(actor) for actor in self.city.actors]
        letters = [phrases.safe(self.palette.letter(actor)) for actor in self.city.actors]
        return {
            "faces": list(map(self._look, self.faces.items)),
            "colours": colours,
            "letters": letters,
            "inks": list(map(ink, colours)),
        }

    @property
    def defs(self) -> str:
        """The patterns that the looks use, as SVG."""
        faces = enumerate(self.faces.items)
        bands = [_gradient(face, f"bands{n}") for n, face in faces if face.kind == "bands"]
        return self.patterns.defs + "".join(bands)

    def _look(self, face: Face) -> dict[str, Any]:
        """Return a face as JSON values."""
        actors = list(self.city.actors)
        return {
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

    def _fill(self, face: Face) -> str:
        """Return the fill of a face; that of bands is a gradient."""
        if face.kind == "bands":
            return f"url(#bands{self.faces.number(face)})"
        return self.patterns.fill(face)


def _gradient(face: Face, id: str) -> str:
    """Return bands of colours from left to right."""
    stops, edges = list[str](), pairwise([0.0, *accumulate(face.shares)])
    for colour, ends in zip(face.colours, edges, strict=False):
        stops += [tag("stop", offset=round(end, 4), stop_color=colour) for end in ends]
    return tag("linearGradient", *stops, id=id)


def figure(
    city: City,
    routes: Mapping[Any, tuple[int, str]],
    besieged: Iterable[Any],
    boundaries: Boundaries | None = None,
) -> dict[str, Any]:
    """Return the map as JSON values: districts, names, lines of displacement, rings of sieges.

    `routes` give each line's number and the longest text ever beside it; the first are drawn.
    """
    sheet = geometry.sheet(city, boundaries)
    names = {id: shown(phrases.safe(place.name)) for id, place in city.places.items()}
    placed = labels.place(sheet, names)
    numbers = {id: number for number, id in enumerate(city.places)}
    paths = {id: path(area.rings) for id, area in sheet.areas.items()}
    districts = {numbers[id]: sheet.within(id, city) for id in besieged}
    outlines = {n: geometry.outline(areas) for n, areas in districts.items() if areas}
    return {
        "box": list(_page(sheet)),
        "schematic": sheet.schematic,
        "missing": [numbers[id] for id in sheet.missing],
        "sites": [numbers[id] for id in sheet.sites],
        "areas": [[numbers[id], path, *_label(placed[id])] for id, path in paths.items()],
        "lines": list(_lines(sheet, city, routes, placed)),
        "rings": {n: path(rings) for n, rings in outlines.items()},
    }


def _page(sheet: Sheet) -> tuple[float, float, float, float]:
    """Return the sheet with its margins: left, top, width, height."""
    edge = flows.MARGIN
    return -edge, -edge, round(sheet.width + 2 * edge, 1), round(sheet.height + 2 * edge, 1)


def _lines(
    sheet: Sheet, city: City, routes: Mapping[Any, tuple[int, str]], placed: Mapping[PlaceId, Label]
) -> Iterator[list[Any]]:
    """Yield the lines of routes, each with its head and a free spot for its number of people."""
    arrows = flows.arrows(sheet, city, list(routes)[:LINES], placed)
    left, top, wide, high = _page(sheet)
    texts = [(arrow, routes[route][1]) for route, arrow in arrows.items()]
    boxes = [label.box for label in placed.values()]
    written = captions(texts, boxes, (left, top, left + wide, top + high))
    for (route, arrow), caption in zip(arrows.items(), written, strict=True):
        way, head = line(arrow.points), line(arrow.head) + "Z"
        yield [routes[route][0], way, head, int(arrow.loose), _spot(caption)]


def _spot(caption: Caption | None) -> list[float]:
    """Return the size of a text beside a line and where it stands; nothing without room for it."""
    if caption is None or caption.mark:
        return []
    left, _, right, bottom = caption.box
    return [round(number, 1) for number in (caption.size, (left + right) / 2, bottom - 4.5)]


def _label(label: Label) -> list[Any]:
    """Return the lines of a district's name, their size, and where its letters stand."""
    lines = [[line, x, y] for line, x, y in label.baselines]
    return [lines, label.size, [*label.letter_at, label.letter_size], label.number or 0]
