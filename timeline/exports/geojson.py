"""GeoJSON (RFC 7946): the state at a cut as features, and who held each place from when until when, as maps with a time slider expect.

``start`` and ``end`` are RFC 3339 times; null at an open end. What comes from where, and what the
format cannot say, stands in the foreign members ``origin`` and ``note`` of the collection (section
6.1), which readers leave alone.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from timeline.domain.city import Place
from timeline.exports.request import Export
from timeline.exports.serialization import collection, plain
from timeline.exports.tables import Row, answer_row, change_row, place_row
from timeline.replay.answers import plain as plain_answer

LOST_OF_STATE = (
    "A geometry has no sureness: a reader that draws the holder alone draws as certain what status, certain, against and unclear put in "
    "doubt. Vague dates stand in since as they were said; since_earliest and since_latest are their hard ends. Places without a boundary "
    "are points, and those without a point have no geometry. Aid negotiations and statements have no place here."
)
LOST_OF_HISTORY = (
    "A vague change is two features: one from its first instant that is not certain, and one from its last that is. A time slider shows "
    "the first as it shows the second, unless it is told to draw by certain and status. Before the first feature of a place nobody had "
    "said who held it."
)
OF_PLACES = ("casualties", "siege", "conditions")
"""The sections of the state that are keyed by place, and go into the properties of its feature."""


def state(export: Export) -> str:
    """Return the state at the cut: a feature for each place, and one for each flow of people from place to place."""
    return _collection(export, [*_places(export), *_flows(export)], LOST_OF_STATE)


def history(export: Export) -> str:
    """Return who held each place when: a feature for each answer that held for a while."""
    return _collection(export, _spells(export), LOST_OF_HISTORY, {"along": export.along})


def count_state(export: Export) -> int:
    """Return how many features a state has."""
    return sum(1 for _ in (*_places(export), *_flows(export)))


def count_history(export: Export) -> int:
    """Return how many features a history has."""
    return len(export.spells)


def _collection(
    export: Export,
    features: Iterable[Mapping[str, Any]],
    lost: str,
    more: Mapping[str, Any] | None = None,
) -> str:
    head = {
        "type": "FeatureCollection",
        "title": export.heading,
        "origin": export.origin | dict(more or {}),
        "note": lost,
    }
    return collection(head, "features", features)


def _places(export: Export) -> Iterator[dict[str, Any]]:
    answers = export.state.answers()
    for place, answer in export.holdings():
        more = {
            name: answers[name][place.id] for name in OF_PLACES if place.id in answers.get(name, {})
        }
        yield _feature(
            export,
            place,
            place.id,
            {"kind": "place", **_place_row(place, export), **answer_row(answer, export), **more},
        )


def _spells(export: Export) -> Iterator[dict[str, Any]]:
    numbers: dict[str, int] = {}
    for spell in export.spells:
        number = numbers[spell.place.id] = numbers.get(spell.place.id, 0) + 1
        row = change_row(spell, export) | _place_row(spell.place, export)
        yield _feature(export, spell.place, f"{spell.place.id}/{number}", row)


def _flows(export: Export) -> Iterator[dict[str, Any]]:
    """Yield a line for each flow between two places that have points; without geometry for one that has an end nobody named or placed."""
    for flow in getattr(export.state.sections.get("displacement"), "flows", ()):
        if export.shows(flow, flow.origin, flow.destination):
            ends = [export.city.places.get(end) for end in (flow.origin, flow.destination)]
            points = [
                [end.lon, end.lat]
                for end in ends
                if end is not None and end.lat is not None and end.lon is not None
            ]
            geometry = {"type": "LineString", "coordinates": points} if len(points) == 2 else None
            id = f"{flow.origin or '-'}>{flow.destination or '-'}"
            properties = {
                "kind": "displacement",
                **plain_answer(flow, export.city.zone),
                **_mark(export),
            }
            yield {"type": "Feature", "id": id, "geometry": geometry, "properties": properties}


def _feature(export: Export, place: Place, id: str, row: Row) -> dict[str, Any]:
    properties = {name: plain(value, export.city.zone) for name, value in row.items()} | _mark(
        export
    )
    return {
        "type": "Feature",
        "id": id,
        "geometry": export.geometry(place),
        "properties": properties,
    }


def _place_row(place: Place, export: Export) -> Row:
    """Return what the city file says of a place, its point and its area, and how much of a map it is."""
    where = (
        "boundary"
        if place.id in export.boundaries
        else "none"
        if place.lat is None or place.lon is None
        else "point"
    )
    return place_row(place, export) | {
        "geometry_is": where,
        "places_within": len(export.city.within(place.id)) - 1,
    }


def _mark(export: Export) -> dict[str, str]:
    """Return what marks a feature that rests on a hypothesis."""
    return {"hypothetical": export.hypothetical} if export.hypothetical else {}
