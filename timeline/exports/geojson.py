"""GeoJSON (RFC 7946) holds the state at a cut, or the history of each place for a time slider.

``start`` and ``end`` are RFC 3339 times, null at an open end. ``origin`` and ``note``, on the
format's limits, are foreign members (section 6.1).
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from timeline.domain.city import Place
from timeline.domain.events import PlaceId
from timeline.exports.columns import Row
from timeline.exports.request import Export
from timeline.exports.serialization import collection, plain
from timeline.exports.tables import answer_row, change_row, place_row
from timeline.replay import answers

LOST_OF_STATE = (
    "A geometry has no sureness: a reader that draws the holder alone draws as certain what "
    "status, certain, against and unclear put in doubt. Vague dates stand in since as they were "
    "said; since_earliest and since_latest are their hard ends. Places without a boundary are "
    "points, and those without a point have no geometry. Aid negotiations and statements have no "
    "place here."
)
LOST_OF_HISTORY = (
    "A vague change is two features: one from its first instant that is not certain, and one from "
    "its last that is. A time slider shows the first as it shows the second, unless it is told to "
    "draw by certain and status. Before the first feature of a place nobody had said who held it."
)
OF_PLACES = ("casualties", "siege", "conditions")
"""The sections of the state that are keyed by place, and go into the properties of its feature."""


def state(export: Export) -> str:
    """Return the state at the cut: features of places, and of flows of people between places."""
    return _collection(export, _state(export), LOST_OF_STATE, {})


def history(export: Export) -> str:
    """Return who held each place when: a feature for each answer that held for a while."""
    return _collection(export, _spells(export), LOST_OF_HISTORY, {"along": export.along})


def count_state(export: Export) -> int:
    """Return how many features a state has."""
    return sum(1 for _ in _state(export))


def count_history(export: Export) -> int:
    """Return how many features a history has."""
    return len(export.spells)


def _collection(
    export: Export, features: Iterable[dict[str, Any]], lost: str, options: dict[str, Any]
) -> str:
    head = {
        "type": "FeatureCollection",
        "title": export.heading,
        "origin": export.origin | options,
        "note": lost,
    }
    return collection(head, "features", features)


def _state(export: Export) -> Iterator[dict[str, Any]]:
    yield from _places(export)
    yield from _flows(export)


def _places(export: Export) -> Iterator[dict[str, Any]]:
    sections = export.state.answers()
    for place, answer in export.holdings():
        row = {"kind": "place", **_place_row(place, export), **answer_row(answer, export)}
        for name in OF_PLACES:
            if place.id in sections.get(name, {}):
                row[name] = sections[name][place.id]
        yield _place_feature(place.id, place, row, export)


def _spells(export: Export) -> Iterator[dict[str, Any]]:
    numbers: dict[str, int] = {}
    for spell in export.spells:
        place = spell.place
        number = numbers[place.id] = numbers.get(place.id, 0) + 1
        row = change_row(spell, export) | _place_row(place, export)
        yield _place_feature(f"{place.id}/{number}", place, row, export)


def _flows(export: Export) -> Iterator[dict[str, Any]]:
    """Yield a line for each flow of people between two places."""
    for flow in getattr(export.state.sections.get("displacement"), "flows", ()):
        if export.shows(flow, flow.origin, flow.destination):
            yield _flow_feature(flow, export)


def _flow_feature(flow: Any, export: Export) -> dict[str, Any]:
    ends = (flow.origin, flow.destination)
    row = {"kind": "displacement", **answers.plain(flow, export.city.zone)}
    return _feature(">".join(end or "-" for end in ends), _line(ends, export), row | export.mark)


def _line(ends: Sequence[PlaceId | None], export: Export) -> dict[str, Any] | None:
    """Return the line between two places; None where one of them is unknown or has no point."""
    points: list[list[float]] = []
    for end in ends:
        place = export.city.places.get(end) if end else None
        if place is None or place.lat is None or place.lon is None:
            return None
        points.append([place.lon, place.lat])
    return {"type": "LineString", "coordinates": points}


def _place_feature(id: str, place: Place, row: Row, export: Export) -> dict[str, Any]:
    properties = {name: plain(value, export.city.zone) for name, value in row.items()}
    return _feature(id, export.geometry(place), properties | export.mark)


def _feature(id: str, geometry: dict[str, Any] | None, properties: Row) -> dict[str, Any]:
    return {"type": "Feature", "id": id, "geometry": geometry, "properties": properties}


def _place_row(place: Place, export: Export) -> Row:
    """Return the cells of a place, with the kind of its geometry and the number of its parts."""
    return place_row(place, export) | {
        "geometry_is": _geometry_kind(place, export),
        "places_within": len(export.city.within(place.id)) - 1,
    }


def _geometry_kind(place: Place, export: Export) -> str:
    if place.id in export.boundaries:
        return "boundary"
    return "none" if place.lat is None or place.lon is None else "point"
