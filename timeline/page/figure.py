"""The map of the page: where the districts, their names and the lines of displacement lie, and how each different answer looks.

Where and how is decided by `timeline.drawing`, as for every other picture; the page shows and hides.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import define, field

from timeline import phrases
from timeline.city import City
from timeline.drawing import flows, geometry, labels
from timeline.drawing.lettering import shown
from timeline.drawing.style import Face, Palette
from timeline.drawing.svg import Patterns
from timeline.events import Event, EventId
from timeline.page.coding import Listed

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
        looks = [
            {
                "kind": face.kind,
                "fill": self.patterns.fill(face),
                "colours": list(face.colours),
                "shares": list(face.shares),
                "letters": phrases.safe(face.letters),
                "ink": face.ink,
                "edged": face.edged,
            }
            for face in self.faces.items
        ]
        colours = [self.palette.colour(actor) for actor in self.city.actors]
        letters = [phrases.safe(self.palette.letter(actor)) for actor in self.city.actors]
        return {"faces": looks, "colours": colours, "letters": letters}


def figure(city: City, routes: Mapping[Any, int], besieged: Sequence[Any]) -> dict[str, Any]:
    """Return the map as JSON values: districts, names, lines of displacement, rings of sieges.

    `routes` have their number as keys; those that come first have a line.
    """
    sheet = geometry.sheet(city)
    names = {id: shown(phrases.safe(place.name)) for id, place in city.places.items()}
    placed = labels.place(sheet, names)
    numbers = {id: number for number, id in enumerate(city.places)}
    arrows = flows.arrows(sheet, city, list(routes)[:LINES], placed)
    return {
        "box": [round(one, 1) for one in (-flows.MARGIN, -flows.MARGIN, sheet.width + 2 * flows.MARGIN, sheet.height + 2 * flows.MARGIN)],
        "schematic": sheet.schematic,
        "missing": [numbers[id] for id in sheet.missing],
        "areas": [[numbers[id], geometry.path(area.rings), *_label(placed[id])] for id, area in sheet.areas.items()],
        "lines": [
            [routes[route], flows.line(arrow.points), flows.line(arrow.head) + "Z", int(arrow.loose), list(arrow.middle)]
            for route, arrow in arrows.items()
        ],
        "rings": {numbers[id]: geometry.path(geometry.outline(inside)) for id in besieged if (inside := sheet.within(id, city))},
    }


def _label(label: labels.Label) -> list[Any]:
    """Return the texts of a district: the lines of its name with their place and size, and where its letters stand."""
    lines = [[line, x, y] for line, x, y in label.baselines]
    return [lines, label.size, [*label.letter_at, label.letter_size], label.number or 0]
