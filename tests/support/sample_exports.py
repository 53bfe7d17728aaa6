"""Exports of the shipped log, of logs at random, and of a city with boundaries."""

import json
import re
from datetime import date, datetime
from pathlib import Path

from attrs import evolve
from hypothesis import strategies as st
from strategies import CITY, timeline_of

from projections import PROJECTIONS
from timeline import Timeline
from timeline.domain.boundaries import Boundary
from timeline.exports.request import Export
from timeline.replay.policies import POLICIES
from timeline.temporal.as_of import AsOf

ROOT = Path(__file__).parents[2]
MADE = date(2026, 1, 31)
LICENCE = "https://example.org/terms"
POINTS = {
    "hill": {"lat": 36.05, "lon": 37.05},
    "market": {"lat": 36.1, "lon": 37.1},
    "garden": {"lat": 36.2, "lon": 37.0},
    "east": {"lat": 36.1, "lon": 37.06},
}
PLACES = {id: evolve(place, **POINTS.get(id, {})) for id, place in CITY.places.items()}
MAPPED = evolve(CITY, places=PLACES)
"""The city of the other tests, with points for some of its places."""

RING = ((37.0, 36.0), (37.1, 36.0), (37.1, 36.1), (37.0, 36.1), (37.0, 36.0))
HOLE = ((37.02, 36.02), (37.02, 36.04), (37.04, 36.04), (37.04, 36.02), (37.02, 36.02))
SHAPES = {
    "sakhour": ((RING, HOLE),),
    "masaken-hanano": ((RING,), (tuple((x + 1, y) for x, y in RING),)),
}
"""The boundaries of two districts of the shipped city: one with a hole, one of two parts."""

policies = st.sampled_from(tuple(POLICIES))


def export_of(log, city=MAPPED, **options):
    """Return an export of some events, as if they had been read from a file."""
    timeline = timeline_of(log, city=city, sha256="0" * 64)
    return Export(timeline=timeline, made=MADE, **{"cut": AsOf(), **options})


def aleppo(**options):
    """Return an export of the shipped log."""
    timeline = Timeline.open(ROOT / "events.jsonl", PROJECTIONS)
    return Export(timeline=timeline, made=MADE, **{"cut": timeline.cut("2016-11-28"), **options})


def bounded(folder):
    """Return an export of the shipped log in a folder, with boundaries in place of points."""
    (folder / "maps").mkdir()
    features = [_feature(id, Boundary(shape).geometry) for id, shape in SHAPES.items()]
    boundaries = json.dumps({"type": "FeatureCollection", "features": features})
    (folder / "maps" / "all.geojson").write_text(boundaries, "utf-8")
    city = (ROOT / "city.toml").read_text("utf-8")
    city = city.replace('timezone = "', 'boundaries = "maps/all.geojson"\ntimezone = "')
    city = re.sub(r", +lat = [\d.]+, lon = [\d.]+", "", city)
    (folder / "city.toml").write_text(city, "utf-8")
    (folder / "events.jsonl").write_bytes((ROOT / "events.jsonl").read_bytes())
    timeline = Timeline.open(folder / "events.jsonl", PROJECTIONS)
    return Export(timeline=timeline, cut=timeline.cut("2016-11-28"), made=MADE)


def _feature(id, geometry):
    return {"type": "Feature", "id": id, "properties": None, "geometry": geometry}


def at(text):
    """Return an instant that an export wrote; None for none."""
    return datetime.fromisoformat(text) if text else None


def values(row, names):
    """Return some values of a row, in the order of their names."""
    return [row.get(name) for name in names]


def properties_of(document, **chosen):
    """Return the properties of the features of a GeoJSON document that have some values."""
    properties = [feature["properties"] for feature in json.loads(document)["features"]]
    return [each for each in properties if chosen.items() <= each.items()]
