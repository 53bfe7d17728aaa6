"""Lines of displacement: they lead from where people left to where they went, and touch no name on the way."""

import csv
from functools import cache
from pathlib import Path

import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st

from timeline.domain import city_file as cityfile
from timeline.visual.map import flows, geometry, labels
from timeline.visual.map.captions import captions
from timeline.visual.map.shapes import polygon

ROOT = Path(__file__).parents[3]
SHARED = ROOT.parent / "shared" / "data" / "aleppo_csr"


@cache
def ground(which="aleppo"):
    """Return the city, the sheet and the labels of Aleppo: the shipped one, or all 133 quarters with their points."""
    city = cityfile.load(ROOT / "city.toml") if which == "aleppo" else quarters()
    sheet = geometry.sheet(city)
    return city, sheet, labels.place(sheet, {id: city.places[id].name for id in sheet.areas})


def quarters():
    with (SHARED / "district_points.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    places = {
        f"q{row['row']}": {"name": row["name"], "lat": float(row["lat"]), "lon": float(row["lon"])}
        for row in rows
    }
    return cityfile.parse({"city": {"id": "c", "name": "C", "timezone": "UTC"}, "places": places})


def touched(drawn, placed):
    """Return the labels that a line or its head touches."""
    boxes = {label.place: shapely.box(*label.box) for label in placed.values()}
    found = []
    for arrow in drawn.values():
        line, head = shapely.LineString(arrow.points), shapely.Polygon(arrow.head)
        found += [
            (arrow.route, place)
            for place, box in boxes.items()
            if line.distance(box) < 2 or head.intersects(box)
        ]
    return found


ENDS = st.sampled_from(["east-aleppo", "west-aleppo", None, *(id for id in ground()[1].areas)])


@example([("east-aleppo", "west-aleppo"), (None, "sheikh-maqsoud")])
@example([("siryan", "sulaymaniyah"), ("ard-al-sabbagh", "hamdaniyeh")])
@example([("ain-al-tal", "hamdaniyeh")])  # its way passes a text at the very distance
@settings(max_examples=12)
@given(st.lists(st.tuples(ENDS, ENDS), min_size=1, max_size=3, unique=True))
def test_every_route_has_a_line_that_touches_no_name(routes):
    """Between two districts that are not the same there is always a way; it begins in the one and ends in the other."""
    city, sheet, placed = ground()
    drawn = flows.arrows(sheet, city, routes, placed)
    assert touched(drawn, placed) == []
    for origin, destination in routes:
        if origin == destination:
            assert (origin, destination) not in drawn
            continue
        arrow = drawn[origin, destination]
        ends = zip((origin, destination), (arrow.points[0], arrow.head[0]), strict=True)
        for place, spot in ends:
            if place is not None:
                within = shapely.union_all(
                    [polygon(area.rings) for area in sheet.within(place, city)]
                )
                assert within.distance(shapely.Point(spot)) < 1


def test_the_same_routes_give_the_same_lines_in_any_order():
    """What the map draws the page draws."""
    city, sheet, placed = ground()
    routes = [
        ("shaar", "zahra"),
        ("zahra", "shaar"),
        ("haydariyah", "sheikh-maqsoud"),
        (None, "shaar"),
    ]
    assert flows.arrows(sheet, city, routes, placed) == flows.arrows(
        sheet, city, routes[::-1], placed
    )


def test_a_place_outside_the_city_lies_at_the_edge_of_the_sheet():
    """Who leaves the city leaves the map on that side."""
    raw = {
        f"d{n}": {"name": f"D{n}", "lat": 36 + n % 2 / 10, "lon": 37 + n // 2 / 10}
        for n in range(4)
    }
    outside = {
        "north": {"name": "North", "lat": 38.0, "lon": 37.05},
        "somewhere": {"name": "Somewhere"},
    }
    city = cityfile.parse(
        {"city": {"id": "c", "name": "C", "timezone": "UTC"}, "places": raw, "outside": outside}
    )
    sheet = geometry.sheet(city)
    placed = labels.place(sheet, {id: city.places[id].name for id in sheet.areas})
    drawn = flows.arrows(sheet, city, [("d0", "north"), ("d0", "somewhere")], placed)
    assert drawn["d0", "north"].head[0][1] < 0
    assert drawn["d0", "somewhere"].head[0][1] > sheet.height


@pytest.mark.skipif(not SHARED.exists(), reason="the quarters of Aleppo are not here")
def test_among_133_quarters_no_line_touches_a_name():
    """The lanes between crowded names are wide enough."""
    city, sheet, placed = ground("quarters")
    ids = list(sheet.areas)
    routes = [(ids[n], ids[(n * 37 + 11) % len(ids)]) for n in range(0, len(ids), 8)]
    drawn = flows.arrows(sheet, city, routes, placed)
    assert [route for route in routes if route not in drawn] == []
    assert touched(drawn, placed) == []


@pytest.mark.parametrize(
    "which",
    [
        "aleppo",
        pytest.param(
            "quarters", marks=pytest.mark.skipif(not SHARED.exists(), reason="no quarters")
        ),
    ],
)
def test_names_stand_in_their_districts_and_apart(which):
    """A name, a number or a letter lies within its own district's border and on no other text."""
    _, sheet, placed = ground(which)
    boxes = [shapely.box(*label.box) for label in placed.values()]
    crossing = [
        p.place
        for p, box in zip(placed.values(), boxes, strict=True)
        if not polygon(sheet.areas[p.place].rings).covers(box)
    ]
    assert crossing == []
    assert len(shapely.STRtree(boxes).query(boxes, predicate="intersects")[0]) == len(boxes)
    numbers = [label.number for label in placed.values() if label.number is not None]
    assert sorted(numbers) == list(range(1, len(numbers) + 1))


def test_a_number_of_people_covers_no_text_and_no_other_line():
    """Each line has its number or a mark, beside it or on it."""
    city, sheet, placed = ground()
    routes = [
        ("shaar", "zahra"),
        ("zahra", "shaar"),
        ("haydariyah", "sheikh-maqsoud"),
        ("east-aleppo", "west-aleppo"),
        ("faid", "aqabeh"),
    ]
    drawn = list(flows.arrows(sheet, city, routes, placed).values())
    page = (-36.0, -36.0, sheet.width + 36, sheet.height + 36)
    found = captions(
        [(arrow, "10,000–20,000") for arrow in drawn],
        [label.box for label in placed.values()],
        page,
    )
    assert None not in found
    boxes = [shapely.box(*caption.box) for caption in found]
    assert len(shapely.STRtree(boxes).query(boxes, predicate="intersects")[0]) == len(boxes)
    for arrow, box in zip(drawn, boxes, strict=True):
        others = [shapely.LineString(other.points) for other in drawn if other is not arrow]
        assert not any(box.intersects(line) for line in others)
        assert not any(box.intersects(shapely.box(*label.box)) for label in placed.values())
    marks = [caption.text for caption in found if caption.mark]
    assert marks == ["a", "b", "c", "d", "e"][: len(marks)]
