"""Districts on the sheet: cells that hold their points, and surveyed borders as they are."""

import json
from itertools import chain
from pathlib import Path

import pytest
import shapely
from attrs import evolve
from hypothesis import example, given
from hypothesis import strategies as st

from timeline.domain import city_file
from timeline.errors import NothingFound, TimelineError
from timeline.visual.map import geometry
from timeline.visual.map.shapes import polygon

SHARED = Path(__file__).parents[3].parent / "shared" / "data" / "aleppo_csr"
DEGREES = st.builds(
    lambda *spot: tuple(round(axis, 4) for axis in spot),
    st.floats(36.0, 36.3),
    st.floats(37.0, 37.3),
)
CITY = {"id": "c", "name": "C", "timezone": "UTC"}


def city(points, **more):
    """Return a city of districts at some latitudes and longitudes."""
    places = {
        f"d{n}": {"name": f"D{n}", "lat": lat, "lon": lon} | more
        for n, (lat, lon) in enumerate(points)
    }
    return city_file.parse({"city": CITY, "places": places})


def shape(area):
    return polygon(area.rings)


def summed(shapes):
    """Return the areas of shapes together."""
    return sum(shape.area for shape in shapes)


@example([(36.1, 37.1)])
@example([(36.1, 37.1), (36.1, 37.1)])
@example([(36.1, 37.1), (36.1, 37.2), (36.1, 37.3)])
@given(st.lists(DEGREES, min_size=1, max_size=12))
def test_cells_share_the_ground(points):
    """Every point has a cell with ground of its own, rounded to one decimal."""
    drawn = geometry.sheet(city(points), width=800)
    shapes = [shape(area) for area in drawn.areas.values()]
    assert len(shapes) == len(points)
    assert summed(shapes) == pytest.approx(shapely.union_all(shapes).area, rel=0.01, abs=20)
    for area, cell in zip(drawn.areas.values(), shapes, strict=True):
        axes = shapely.get_coordinates([shapely.LinearRing(ring) for ring in area.rings])
        assert cell.area > 0
        assert cell.buffer(0.2).contains(shapely.Point(area.pole))
        assert (axes.round(1) == axes).all()
    sheet = shapely.box(-0.1, -0.1, 800.1, drawn.height + 0.1)
    assert sheet.covers(shapely.union_all(shapes))


@given(st.lists(DEGREES, min_size=2, max_size=10, unique=True), st.randoms(use_true_random=False))
def test_the_order_of_the_file_moves_no_border(points, random):
    """Where a district lies follows from the points, not from who is named first."""
    mixed = random.sample(points, len(points))
    sheet, other = geometry.sheet(city(points)), geometry.sheet(city(mixed))
    for n, point in enumerate(points):
        cell = shape(sheet.areas[f"d{n}"])
        same = shape(other.areas[f"d{mixed.index(point)}"])
        assert cell.symmetric_difference(same).area <= 0.02 * cell.area + 30


def test_a_cell_holds_its_point():
    """What lies nearest to a point is its cell."""
    drawn = geometry.sheet(city([(36.0, 37.0), (36.0, 37.1), (36.1, 37.05)]))
    poles = [area.pole for area in drawn.areas.values()]
    assert poles[0][0] < poles[2][0] < poles[1][0]
    assert poles[2][1] < poles[0][1]  # north is up


def test_a_ring_within_another_is_a_hole_and_a_boundary_is_kept():
    """A surveyed district is drawn as it is given, and a cell takes only what is left."""
    square = [(37.0, 36.0), (37.1, 36.0), (37.1, 36.1), (37.0, 36.1)]
    hole = [(37.04, 36.04), (37.06, 36.04), (37.06, 36.06), (37.04, 36.06)]
    drawn = geometry.sheet(city([(36.05, 37.05), (36.05, 37.101)]), {"d0": [square, hole]})
    assert [area.surveyed for area in drawn.areas.values()] == [True, False]
    assert len(drawn.areas["d0"].rings) == 2
    assert drawn.schematic
    assert shape(drawn.areas["d0"]).intersection(shape(drawn.areas["d1"])).area < 30


@given(st.lists(st.floats(0.05, 1.0), min_size=1, max_size=4))
def test_bands_share_a_district(parts):
    """Each band has its share of the ground, from left to right."""
    area = geometry.sheet(city([(36.0, 37.0), (36.02, 37.1)])).areas["d0"]
    shares = [part / sum(parts) for part in parts]
    bands = [polygon(rings) for rings in geometry.bands(area, shares)]
    assert [band.area / shape(area).area for band in bands] == pytest.approx(shares, abs=0.01)
    lefts = [band.bounds[0] for band in bands]
    assert lefts == sorted(lefts)


def test_the_outline_of_neighbours_is_one_line():
    """A line around several districts does not run between them."""
    drawn = geometry.sheet(city([(36.0, 37.0), (36.0, 37.05), (36.05, 37.02)]))
    assert len(geometry.outline(drawn.areas.values())) == 1


def test_districts_beyond_the_date_line_stay_together():
    """A city on both sides of it is no wider than it is."""
    drawn = geometry.sheet(city([(-17.0, 179.99), (-17.0, -179.99), (-17.03, 180.0)]))
    assert min(area.reach for area in drawn.areas.values()) > 50


@pytest.mark.parametrize(("lat", "lon"), [(91.0, 37.0), (36.0, 181.0), (-100.0, 0.0)])
def test_a_point_that_is_not_on_earth_is_refused(lat, lon):
    """It is named with its place."""
    with pytest.raises(TimelineError, match="a point on earth"):
        geometry.sheet(city([(36.0, 37.0), (lat, lon)]))


def test_a_city_without_points_cannot_be_drawn():
    """What is missing is said, and a district without a point is named."""
    bare = city_file.parse({"city": CITY, "places": {"a": {"name": "A"}}})
    with pytest.raises(NothingFound, match="has a point"):
        geometry.sheet(bare)
    some = city([(36.0, 37.0)])
    missing = evolve(some.places["d0"], id="m", name="M", lat=None, lon=None)
    assert geometry.sheet(evolve(some, places={**some.places, "m": missing})).missing == ("m",)


@pytest.mark.skipif(not SHARED.exists(), reason="the boundaries of Aleppo are not here")
def test_the_boundaries_of_aleppo_keep_their_areas():
    """133 real polygons, drawn: together as large as they are, in the units of the sheet."""
    features = json.loads((SHARED / "Neighborhoods.geojson").read_text("utf-8"))["features"]
    rings = {}
    for n, feature in enumerate(features):
        rings[f"d{n}"] = list(chain.from_iterable(feature["geometry"]["coordinates"]))
    drawn = geometry.sheet(city([(36.2, 37.15)] * len(features)), rings)
    assert len(drawn.areas) == len(features) == 133
    assert not drawn.schematic
    shapes = [shape(area) for area in drawn.areas.values()]
    assert summed(shapes) == pytest.approx(shapely.union_all(shapes).area, rel=0.02)
