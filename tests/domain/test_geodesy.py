"""Areas on the globe are those of the sphere, whichever way a polygon is drawn."""

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from timeline.domain import geodesy

SURFACE = 510_065_621.7
"""The surface of the WGS 84 ellipsoid in km², from its axes."""


def box(west, south, east, north):
    """Return a counterclockwise ring around a box."""
    return ((west, south), (east, south), (east, north), (west, north), (west, south))


degrees = st.floats(-1, 1, allow_subnormal=False)
longitudes, latitudes = degrees.map(lambda x: 180 * x), degrees.map(lambda x: 90 * x)


@given(longitudes, latitudes, longitudes, latitudes)
@example(-180, -90, 180, 90)
@example(37.1, 36.1, 37.1, 36.2)
def test_a_box_has_the_area_of_its_zone(west, south, east, north):
    """Between two parallels a sphere has as much surface as the cylinder around it (Archimedes)."""
    south, north = min(south, north), max(south, north)
    height = (
        2 * math.sin(math.radians(north - south) / 2) * math.cos(math.radians(north + south) / 2)
    )
    expected = geodesy.RADIUS**2 * math.radians(abs(east - west)) * height
    assert geodesy.area([[box(west, south, east, north)]]) == pytest.approx(
        expected, rel=1e-9, abs=1e-9
    )


def test_the_whole_sphere_has_the_surface_of_the_ellipsoid():
    assert geodesy.area([[box(-180, -90, 180, 90)]]) == pytest.approx(SURFACE, rel=1e-6)


@given(
    st.lists(st.tuples(longitudes, latitudes), min_size=3, max_size=8, unique=True),
    st.integers(0, 7),
)
def test_neither_where_a_ring_begins_nor_which_way_it_runs_changes_its_area(corners, shift):
    turned = corners[shift % len(corners) :] + corners[: shift % len(corners)]
    area = geodesy.area([[(*corners, corners[0])]])
    for same in (turned, corners[::-1]):
        assert geodesy.area([[(*same, same[0])]]) == pytest.approx(area, rel=1e-9, abs=1e-6)


@given(longitudes, latitudes, longitudes, latitudes, st.floats(0.1, 0.9))
def test_the_parts_of_a_polygon_add_up_to_it(west, south, east, north, where):
    """A box that is cut in two along a straight slanted line, as RFC 7946 draws it."""
    low, high = south + where * (north - south), south + (1 - where) * (north - south)
    below = ((west, south), (east, south), (east, high), (west, low), (west, south))
    above = ((west, low), (east, high), (east, north), (west, north), (west, low))
    whole = geodesy.area([[box(west, south, east, north)]])
    assert geodesy.area([[below], [above]]) == pytest.approx(whole, rel=1e-9, abs=1e-6)


def test_a_slanted_edge_is_straight_between_longitude_and_latitude():
    """Under the line from (0, 0) to (60, 60) lies R² (1 - cos 60°).

    That is the integral of the sine of the latitude along it.
    """
    triangle = ((0, 0), (60, 0), (60, 60), (0, 0))
    assert geodesy.area([[triangle]]) == pytest.approx(geodesy.RADIUS**2 / 2, rel=1e-12)


def test_holes_do_not_count():
    outer, hole = box(37, 36, 38, 37), box(37.2, 36.2, 37.4, 36.4)
    assert geodesy.area([[outer, hole]]) == pytest.approx(
        geodesy.area([[outer]]) - geodesy.area([[hole]])
    )


@pytest.mark.parametrize("latitude", [0, 36, 60])
def test_areas_are_those_of_another_library_in_an_equal_area_projection(latitude):
    """Shapely measures the plane, and Lambert's cylindrical projection keeps areas.

    Edges of small rings are straight in it.
    """
    geometry = pytest.importorskip("shapely.geometry")
    ring = [
        (37 + 0.01 * math.cos(turn / 7), latitude + 0.008 * math.sin(turn / 7))
        for turn in range(44)
    ]
    ring.append(ring[0])
    lambert = [
        (geodesy.RADIUS * math.radians(lon), geodesy.RADIUS * math.sin(math.radians(lat)))
        for lon, lat in ring
    ]
    assert geodesy.area([[ring]]) == pytest.approx(geometry.Polygon(lambert).area, rel=1e-6)
