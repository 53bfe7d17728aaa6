"""Lines of displacement: they lead from origin to destination and touch no name on the way."""

import csv
from functools import cache
from itertools import product, starmap
from pathlib import Path

import pytest
import shapely
from hypothesis import example, given
from hypothesis import strategies as st

from timeline.domain import city_file
from timeline.visual.map import flows, geometry, labels
from timeline.visual.map.captions import captions

ROOT = Path(__file__).parents[3]
SHARED = ROOT.parent / "shared" / "data" / "aleppo_csr"
CITY = {"id": "c", "name": "C", "timezone": "UTC"}
needs_quarters = pytest.mark.skipif(
    not SHARED.exists(), reason="the quarters of Aleppo are not here"
)


@cache
def ground(which="aleppo"):
    """Return the city, the sheet and the labels of Aleppo as shipped, or of its 133 quarters."""
    city = city_file.load(ROOT / "city.toml") if which == "aleppo" else quarters()
    return city, *labelled(city)


def labelled(city):
    """Return the sheet of a city and its labels."""
    sheet = geometry.sheet(city)
    return sheet, labels.place(sheet, {id: city.places[id].name for id in sheet.areas})


def quarters():
    places = {}
    with (SHARED / "district_points.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            spot = {"lat": float(row["lat"]), "lon": float(row["lon"])}
            places[f"q{row['row']}"] = {"name": row["name"], **spot}
    return city_file.parse({"city": CITY, "places": places})


def touched(drawn, placed):
    """Return the routes of lines that touch a label with line or head, and the labels."""
    touches = []
    for arrow, label in product(drawn.values(), placed.values()):
        line, head = shapely.LineString(arrow.points), shapely.Polygon(arrow.head)
        box = shapely.box(*label.box)
        if line.distance(box) < 2 or head.intersects(box):
            touches.append((arrow.route, label.place))
    return touches


BOTH_WAYS = [("shaar", "zahra"), ("zahra", "shaar")]
ENDS = st.sampled_from(["east-aleppo", "west-aleppo", None, *(id for id in ground()[1].areas)])


@example([("east-aleppo", "west-aleppo"), (None, "sheikh-maqsoud")])
@example([("siryan", "sulaymaniyah"), ("ard-al-sabbagh", "hamdaniyeh")])
@example([("ain-al-tal", "hamdaniyeh")])  # its way passes a text at the very distance
@given(st.lists(st.tuples(ENDS, ENDS), min_size=1, max_size=3, unique=True))
def test_every_route_has_a_line_that_touches_no_name(routes):
    """Between two different districts there is a way; it begins in the one, ends in the other."""
    city, sheet, placed = ground()
    drawn = flows.arrows(sheet, city, routes, placed)
    assert touched(drawn, placed) == []
    assert drawn.keys() == {route for route in routes if route[0] != route[1]}
    for (origin, destination), arrow in drawn.items():
        assert distance(arrow.points[0], origin) < 1
        assert distance(arrow.head[0], destination) < 1


def distance(spot, place):
    """Return how far a spot lies from a place of the shipped city; 0 for no place."""
    if place is None:
        return 0
    city, sheet, _ = ground()
    areas = [geometry.polygon(area.rings) for area in sheet.within(place, city)]
    return shapely.union_all(areas).distance(shapely.Point(spot))


def test_the_same_routes_give_the_same_lines_in_any_order():
    """What the map draws the page draws."""
    city, sheet, placed = ground()
    routes = [*BOTH_WAYS, ("haydariyah", "sheikh-maqsoud"), (None, "shaar")]
    drawn = flows.arrows(sheet, city, routes, placed)
    assert drawn == flows.arrows(sheet, city, routes[::-1], placed)


def test_a_place_outside_the_city_lies_at_the_edge_of_the_sheet():
    """Who leaves the city leaves the map on that side."""
    square = [(36, 37), (36.1, 37), (36, 37.1), (36.1, 37.1)]
    places = {
        f"d{n}": {"name": f"D{n}", "lat": lat, "lon": lon} for n, (lat, lon) in enumerate(square)
    }
    north, somewhere = {"name": "North", "lat": 38.0, "lon": 37.05}, {"name": "Somewhere"}
    outside = {"north": north, "somewhere": somewhere}
    city = city_file.parse({"city": CITY, "places": places, "outside": outside})
    sheet, placed = labelled(city)
    drawn = flows.arrows(sheet, city, [("d0", "north"), ("d0", "somewhere")], placed)
    assert drawn["d0", "north"].head[0][1] < 0
    assert drawn["d0", "somewhere"].head[0][1] > sheet.height


@pytest.mark.slow
@needs_quarters
def test_among_133_quarters_no_line_touches_a_name():
    """The lanes between crowded names are wide enough."""
    city, sheet, placed = ground("quarters")
    ids = list(sheet.areas)
    routes = [(ids[n], ids[(n * 37 + 11) % len(ids)]) for n in range(0, len(ids), 8)]
    drawn = flows.arrows(sheet, city, routes, placed)
    assert [route for route in routes if route not in drawn] == []
    assert touched(drawn, placed) == []


@pytest.mark.parametrize("which", ["aleppo", pytest.param("quarters", marks=needs_quarters)])
def test_names_stand_in_their_districts_and_apart(which):
    """A name, a number or a letter lies within its own district's border and on no other text."""
    _, sheet, placed = ground(which)
    for label in placed.values():
        assert geometry.polygon(sheet.areas[label.place].rings).covers(shapely.box(*label.box))
    assert are_apart(placed.values())
    numbers = [label.number for label in placed.values() if label.number is not None]
    assert sorted(numbers) == list(range(1, len(numbers) + 1))


def test_a_number_of_people_covers_no_text_and_no_other_line():
    """Each line has its number or a mark, beside it or on it."""
    city, sheet, placed = ground()
    others = [("haydariyah", "sheikh-maqsoud"), ("east-aleppo", "west-aleppo"), ("faid", "aqabeh")]
    drawn = list(flows.arrows(sheet, city, [*BOTH_WAYS, *others], placed).values())
    lines = [shapely.LineString(arrow.points) for arrow in drawn]
    page = (-36.0, -36.0, sheet.width + 36, sheet.height + 36)
    texts = [label.box for label in placed.values()]
    names = shapely.union_all(list(starmap(shapely.box, texts)))
    numbers = captions([(arrow, "10,000–20,000") for arrow in drawn], texts, page)
    assert are_apart(numbers)  # none of them is None
    for n, number in enumerate(numbers):
        taken = shapely.union_all([names, *lines[:n], *lines[n + 1 :]])
        assert not shapely.box(*number.box).intersects(taken)
    marks = [number.text for number in numbers if number.mark]
    assert "abcde".startswith("".join(marks))


def are_apart(texts):
    """Return whether no box of a text touches another."""
    boxes = [shapely.box(*text.box) for text in texts]
    return len(shapely.STRtree(boxes).query(boxes, predicate="intersects")[0]) == len(boxes)
