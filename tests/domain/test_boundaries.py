"""Polygons find their places; what is wrong with a file is told with the number of its feature."""

import json
from contextlib import suppress
from pathlib import Path

import pytest
from attrs import evolve
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from strategies import CITY, CITY_FILE

from cli import main
from timeline.domain import boundaries, city_file, geodesy
from timeline.domain.boundaries import Boundary
from timeline.errors import TimelineError

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "data" / "aleppo_csr" / "Neighborhoods.geojson"


def box(west, south, east, north):
    """Return a counterclockwise ring around a box."""
    return ((west, south), (east, south), (east, north), (west, north), (west, south))


BOX = box(37.0, 36.0, 37.1, 36.1)


def feature(properties=None, ring=BOX, **members):
    geometry = {"type": "Polygon", "coordinates": [[list(position) for position in ring]]}
    return {"type": "Feature", "properties": properties, "geometry": geometry, **members}


def collection(*features, **members):
    return {"type": "FeatureCollection", "features": list(features), **members}


def problems_of(document, city=CITY):
    with pytest.raises(TimelineError) as caught:
        boundaries.read(document, city, "quarters.geojson")
    return [str(problem) for problem in caught.value.problems]


# Matching -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "members",
    [
        {"id": "hill"},
        {"id": "al-Tell"},
        {"properties": {"Id": "hill", "NAME": "Market"}},
        {"properties": {"place": "HILL"}},
        {"properties": {"NAME_EN": "Hill"}},
        {"properties": {"name:ar": "التل"}},
        {"properties": {"NAME": "No such quarter", "NAME_A": "التل"}},
        {"properties": {"title": "Tall", "population": 3}},
    ],
    ids=str,
)
def test_a_feature_is_found_by_id_or_any_name(members):
    found = boundaries.read(collection(feature(**members)), CITY, "")
    assert list(found) == ["hill"]


def test_boundary_names_say_which_properties_name_the_place():
    """Where a district's feature also names the sector around it."""
    one = feature({"ADM3_EN": "Hill", "ADM2_NAME": "East"})
    assert list(boundaries.read(collection(one), CITY, "")) == ["east"]
    assert list(
        boundaries.read(collection(one), evolve(CITY, boundary_names=("ADM3_EN",)), "")
    ) == ["hill"]


def test_the_parts_of_a_place_are_put_together():
    parts = [feature({"name": "Hill"}), feature({"name": "al-Tell"}, box(37.2, 36, 37.3, 36.1))]
    found = boundaries.read(collection(*parts), CITY, "")["hill"]
    assert found.geometry["type"] == "MultiPolygon"
    assert found.area == pytest.approx(2 * Boundary(found.polygons[:1]).area)


def test_rings_are_turned_as_the_rfc_wants_them():
    """The outer ring counterclockwise, holes clockwise (section 3.1.6), whatever the file has."""
    outer, hole = box(37, 36, 37.1, 36.1)[::-1], box(37.02, 36.02, 37.04, 36.04)
    one = {"type": "Polygon", "coordinates": [outer, hole]}
    (polygon,) = boundaries.read(
        collection({**feature({"name": "Hill"}), "geometry": json.loads(json.dumps(one))}), CITY, ""
    )["hill"].polygons
    assert [geodesy.counterclockwise(ring) for ring in polygon] == [True, False]


def test_what_is_no_place_of_the_city_is_left_out_and_a_file_of_nothing_else_is_refused():
    other = feature({"name": "Elsewhere"})
    assert list(boundaries.read(collection(other, feature({"name": "Hill"})), CITY, "")) == ["hill"]
    (told,) = problems_of(collection(other))
    assert told.startswith("quarters.geojson: no feature is a place of Testopolis")


# What is wrong ------------------------------------------------------------------------------------

GOOD = feature({"name": "Hill"})
BAD_RINGS = {
    "ends elsewhere": [[37, 36], [37.1, 36], [37.1, 36.1], [37, 36.1]],
    "a ring of 2 positions": [[37, 36], [37.1, 36], [37, 36], [37, 36]],
    "[36.0, 190.0]": [[36.0, 190.0], [37.1, 36], [37.1, 36.1], [36.0, 190.0]],
    '["37", 36]': [["37", 36], [37.1, 36], [37.1, 36.1], ["37", 36]],
    "[true, 36]": [[True, 36], [37.1, 36], [37.1, 36.1], [True, 36]],
    "[37]": [[37], [37.1, 36], [37.1, 36.1], [37]],
}


@pytest.mark.parametrize("found", BAD_RINGS)
def test_a_bad_ring_is_told_with_the_number_of_its_feature(found):
    bad = feature({"name": "Market"}, BAD_RINGS[found])
    (told,) = problems_of(collection(GOOD, bad))
    assert told.startswith("quarters.geojson: $.features[1].geometry.coordinates[0]")
    assert found in told


@pytest.mark.parametrize(
    ("geometry", "found"),
    [
        (None, "no geometry; expected a Polygon or a MultiPolygon"),
        ({"type": "Point", "coordinates": [37, 36]}, "a Point"),
        ({"type": "Polygon"}, "nothing; expected a list of rings"),
        ({"type": "MultiPolygon", "coordinates": [[]]}, "nothing; expected a list of rings"),
        ({"type": "Polygon", "coordinates": {"a": 1}}, "no list"),
        ([1, 2], "no GeoJSON geometry"),
    ],
    ids=str,
)
def test_a_bad_geometry_is_told(geometry, found):
    (told,) = problems_of(collection(GOOD, {**GOOD, "geometry": geometry}))
    assert "$.features[1].geometry" in told
    assert found in told


@pytest.mark.parametrize(
    ("document", "found"),
    [
        ([], "no GeoJSON"),
        ({"type": "Topology"}, "a GeoJSON Topology"),
        ({"type": "FeatureCollection"}, "a GeoJSON FeatureCollection"),
        ({}, "no GeoJSON"),
        (collection(GOOD, 7), "$.features[1]: no feature"),
        (collection({**GOOD, "properties": [1]}), "$.features[0].properties: list"),
        (collection(GOOD, GOOD), "$.features[1]: the same polygon of hill again"),
        (
            collection(feature({"name": "Hill", "other_name": "Market"})),
            "'Hill' (hill) and 'Market' (market)",
        ),
        (
            collection(GOOD, crs={"type": "name", "properties": {"name": "EPSG:32637"}}),
            "$.crs: 'EPSG:32637'",
        ),
    ],
    ids=str,
)
def test_a_bad_document_is_told(document, found):
    assert found in problems_of(document)[0]


def test_all_that_is_wrong_is_told_at_once():
    told = problems_of(collection(7, GOOD, feature({"name": "Market"}, [])))
    assert [one.split(":")[1].strip() for one in told] == [
        "$.features[0]",
        "$.features[2].geometry.coordinates[0]",
    ]


def test_a_polygon_far_from_its_place_is_refused_and_turned_coordinates_are_recognised():
    """Latitude before longitude is the commonest mistake of all."""
    places = CITY.places | {"hill": evolve(CITY.places["hill"], lat=36.05, lon=38.05)}
    city = evolve(CITY, places=places)
    assert boundaries.read(collection(feature({"name": "Hill"}, box(38, 36, 38.1, 36.1))), city, "")
    (turned,) = problems_of(
        collection(feature({"name": "Hill"}, [(y, x) for x, y in box(38, 36, 38.1, 36.1)])), city
    )
    assert "the latitude stands before the longitude" in turned
    (far,) = problems_of(collection(feature({"name": "Hill"}, box(-3, 36, -2.9, 36.1))), city)
    assert (
        "40.9° off the point of hill; expected one around it (is it another place of that name?)"
        in far
    )


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.floats(allow_nan=True)
    | st.sampled_from(["hill", "Polygon", "MultiPolygon", "Feature"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["type", "coordinates", "geometry", "properties", "id", "name"]),
            inner,
            max_size=4,
        )
    ),
)


@given(json_values, json_values, json_values)
def test_rubbish_is_refused_in_a_sentence(properties, geometry, coordinates):
    """No document raises anything but a `TimelineError`."""
    features = [{"type": "Feature", "properties": properties, "geometry": geometry}, geometry]
    features.append(
        {
            "type": "Feature",
            "properties": {"name": "hill"},
            "geometry": {"type": "MultiPolygon", "coordinates": coordinates},
        }
    )
    for document in (collection(*features), collection(features[2]), geometry, properties):
        with suppress(TimelineError):
            boundaries.read(document, CITY, "rubbish")


# Files --------------------------------------------------------------------------------------------


def city_of(folder, head="", places=""):
    text = CITY_FILE.replace('timezone = "Asia/Damascus"', f'timezone = "Asia/Damascus"\n{head}')
    (folder / "city.toml").write_text(text.replace("hill = {", f"hill = {{ {places}"), "utf-8")
    return city_file.load(folder / "city.toml")


def test_the_files_that_a_city_file_names_lie_beside_it(tmp_path):
    (tmp_path / "maps").mkdir()
    (tmp_path / "maps" / "all.geojson").write_text(
        "\ufeff" + json.dumps(collection(GOOD, feature({"name": "Market"}))), "utf-8"
    )
    (tmp_path / "hill.geojson").write_text(
        json.dumps(feature(None, box(37, 36, 37.2, 36.2))["geometry"]), "utf-8"
    )
    city = city_of(tmp_path, 'boundaries = "maps/all.geojson"', 'boundary = "hill.geojson",')
    found = boundaries.of(city)
    assert list(found) == ["hill", "market"]
    assert found["hill"].polygons[0][0][2] == (37.2, 36.2)
    measured = boundaries.measured(city)
    assert measured.places["hill"].area == found["hill"].area
    assert measured.places["quarry"].area is None
    assert boundaries.measured(CITY) is CITY


@pytest.mark.parametrize("name", ["/etc/passwd", "../all.geojson", "maps/../../all.geojson"])
def test_a_file_elsewhere_is_refused(tmp_path, name):
    with pytest.raises(TimelineError, match="in the folder of the city file"):
        city_of(tmp_path, f'boundaries = "{name}"')


@pytest.mark.parametrize(
    ("head", "found"),
    [("boundaries = 3", "city.boundaries"), ('boundary_names = "NAME"', "city.boundary_names")],
)
def test_other_values_are_refused(tmp_path, head, found):
    with pytest.raises(TimelineError, match=found):
        city_of(tmp_path, head)


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (None, "no file of boundaries"),
        (b"{", "not JSON"),
        (b"\xff", "cannot be read"),
        (b"[" * 100_000, "nested too deep"),
    ],
)
def test_a_file_that_is_none_is_told(tmp_path, data, found):
    if data is not None:
        (tmp_path / "all.geojson").write_bytes(data)
    with pytest.raises(TimelineError, match=found):
        boundaries.of(city_of(tmp_path, 'boundaries = "all.geojson"'))


def test_assessments_count_districts_by_the_area_of_their_boundaries(tmp_path):
    """A share by area is one of real areas, and follows the polygons."""
    event = {"v": 1, "occurred": "2016-11-01", "reported": "2016-11-01", "source": "paper"}
    holders = {"hill": "opposition", "market": "government", "quarry": "government"}
    held = [
        {"id": f"{place}-held", "type": "control_change", "place": place, "actor": actor}
        for place, actor in holders.items()
    ]
    claim = {
        "id": "third",
        "type": "assessment",
        "measure": "share_held",
        "actor": "opposition",
        "place": "east",
        "share": {"low": 0.5, "high": 0.6},
    }
    lines = [json.dumps({**own, **event}) for own in (*held, claim)]
    (tmp_path / "events.jsonl").write_text("\n".join([*lines, ""]), "utf-8")
    wide, narrow = box(37, 36, 37.2, 36.1), box(37, 36, 37.1, 36.1)
    shapes = collection(
        feature({"name": "Hill"}, wide),
        feature({"name": "Market"}, narrow),
        feature({"name": "Quarry"}, narrow),
    )
    (tmp_path / "all.geojson").write_text(json.dumps(shapes), "utf-8")
    city_of(tmp_path, 'boundaries = "all.geojson"')
    result = CliRunner().invoke(
        main,
        ["check", "--assessments", "--json", "--log", str(tmp_path / "events.jsonl")],
        obj=main.context_settings["obj"],
    )
    (found,) = json.loads(result.stdout)["assessments"]
    assert found["by_districts"]["replayed"]["low"] == pytest.approx(1 / 3)
    assert found["by_area"]["replayed"]["low"] == pytest.approx(0.5)
    assert found["by_area"]["verdict"] == "agrees"


# Real polygons ------------------------------------------------------------------------------------


@pytest.mark.skipif(not SHARED.exists(), reason=f"no {SHARED}")
def test_the_polygons_of_aleppo_are_those_that_the_city_file_measured(tmp_path):
    """All districts are found by their names, and have the areas written down by hand, but for two.

    The file has two quarters called Ansari, and parts of Ramouseh that the city file leaves out.
    """
    (tmp_path / "all.geojson").write_bytes(SHARED.read_bytes())
    text = (ROOT / "city.toml").read_text("utf-8")
    named = text.replace('timezone = "', 'boundaries = "all.geojson"\ntimezone = "')
    (tmp_path / "city.toml").write_text(named, "utf-8")
    city = city_file.load(tmp_path / "city.toml")
    found = boundaries.of(city)
    assert len(found) == 97
    assert [id for id, place in city.places.items() if place.area and id not in found] == [
        "jdeideh",
        "ramouseh-industrial",
    ]
    areas = {id: city.places[id].area for id in found}
    off = [id for id, area in areas.items() if abs(found[id].area - area) > 0.005 + 0.005 * area]
    assert off == ["ansari", "ramouseh"]
