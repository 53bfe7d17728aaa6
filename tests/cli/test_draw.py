"""The commands that draw: the key dates of the seed as they should look, and every mistake."""

import json
import re
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from commandline import give, run

from projections import CONTROL, PROJECTIONS
from timeline import AsOf, Timeline
from timeline.visual.map.style import Palette

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
GOLDEN = Path(__file__).parent / "golden"
KEY_DATES = {
    "2015-01-01": "2015-01-01",
    "2016-11-26-evening": "2016-11-26T18:00",
    "known-too-late": "2016-11-28@2016-11-01",
    "2016-11-28": "2016-11-28@2016-11-28",
}
"""The seed's four key dates.

They are the divided city, a capture that is only possible, a day before anything was reported, and
the day itself.

A picture that is meant to look otherwise is drawn anew: timeline map --at CUT -o
tests/cli/golden/NAME.svg --force; then look at it.
"""
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


@pytest.mark.parametrize("name", KEY_DATES)
def test_the_key_dates_look_as_they_did(name, folder):
    """The same words, colours and shapes; coordinates may differ by a tenth of a unit.

    Versions of the geometry library do.
    """
    run("map", "--at", KEY_DATES[name], "-o", "map.svg")
    drawn = (folder / "map.svg").read_text("utf-8")
    golden = (GOLDEN / f"{name}.svg").read_text("utf-8")
    assert NUMBER.sub("0", drawn) == NUMBER.sub("0", golden)
    pairs = zip(NUMBER.findall(drawn), NUMBER.findall(golden), strict=True)
    assert [(a, b) for a, b in pairs if abs(float(a) - float(b)) > 0.11] == []


def test_the_picture_of_the_readme_is_what_the_command_draws(folder):
    """It shows 28 November as known then."""
    give("map --at 2016-11-28@2016-11-28 -o map.png --zoom 1")
    shown = PICTURES / "aleppo-2016-11-28.png"
    assert (folder / "map.png").read_bytes() == shown.read_bytes()


def test_the_ribbons_of_the_readme_are_what_the_command_draws(folder):
    """They show the days of the advance, as known on the last of them."""
    span = "--from 2016-11-24 --to 2016-11-28 --known 2016-11-28"
    give(f"map --ribbons {span} -o ribbons.png --zoom 1")
    shown = PICTURES / "aleppo-ribbons.png"
    assert (folder / "ribbons.png").read_bytes() == shown.read_bytes()


def test_a_ribbon_looks_at_every_time_as_the_map_of_that_time(folder):
    """One row a district; at any instant its stretch has the face that the engine's answer has."""
    from timeline.visual.map import ribbons

    timeline = Timeline.open("events.jsonl", PROJECTIONS)
    cut = timeline.cut(known="2016-11-28")
    span = ribbons.busiest(timeline, cut)
    rows = list(ribbons.rows_of(timeline, cut, span))
    for row in rows:
        first, last = row.stretches[0], row.stretches[-1]
        assert [a.end for a in row.stretches[:-1]] == [b.begin for b in row.stretches[1:]]
        assert (first.begin, last.end) == (span.earliest, span.latest)
    edges = {stretch.begin for row in rows for stretch in row.stretches}
    assert len(rows) == 99
    assert len(edges) > 3
    instants = edges | {edge + timedelta(hours=1) for edge in edges}
    for at in sorted(instant for instant in instants if instant < span.latest):
        assert_faces(timeline, AsOf(at, cut.known), rows)


def assert_faces(timeline: Timeline, cut: AsOf, rows: list) -> None:
    """Hold that each ribbon has, at the time of a cut, the face of the answer of that cut."""
    city, state = timeline.city, timeline.state(cut=cut)[CONTROL]
    palette, events = Palette.of(city), {event.id: event for event in timeline.events}
    places = {place.name: id for id, place in city.places.items()}
    for row in rows:
        (face,) = [one.face for one in row.stretches if one.begin <= cut.at < one.end]
        place = places[row.name]
        assert face == palette.face(state[place], events, city), (place, cut.at)


def test_ribbons_name_their_sources_and_mark_a_hypothesis(folder):
    give("map --ribbons -o map.svg --without-source sohr")
    drawn = (folder / "map.svg").read_text("utf-8")
    assert "HYPOTHETICAL" in drawn
    assert "Sources: " in drawn
    assert "The Guardian" in drawn
    assert "nobody had said anything" not in drawn
    early = give("map --ribbons -o old.svg --known 2001", code=4)
    assert "nothing that happened is known" in early.stderr


def test_a_district_with_a_boundary_has_its_own_shape(folder):
    """The city file names the polygons; districts without one stay cells around their points."""
    ring = [[37.16, 36.21], [37.2, 36.21], [37.2, 36.25], [37.16, 36.25], [37.16, 36.21]]
    feature = {
        "type": "Feature",
        "id": "sakhour",
        "properties": {},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    collection = {"type": "FeatureCollection", "features": [feature]}
    (folder / "districts.geojson").write_text(json.dumps(collection))
    give("map -o cells.svg")
    city = folder / "city.toml"
    text = city.read_text("utf-8")
    named = text.replace("[city]\n", '[city]\nboundaries = "districts.geojson"\n', 1)
    city.write_text(named, "utf-8")
    give("map -o surveyed.svg")
    cells, surveyed = ((folder / name).read_text("utf-8") for name in ("cells.svg", "surveyed.svg"))
    assert cells != surveyed
    assert "chematic" in cells
    give("page -o surveyed.html")
    (folder / "districts.geojson").write_text("{}")
    assert "districts.geojson" in give("page -o page.html", code=1).stderr
    assert "districts.geojson" in give("map -o map.svg", code=1).stderr


def test_several_maps_in_one_picture(folder):
    """Dates and cuts with commas between; the other options hold for all of them."""
    give("map --small-multiples '2016-11-26T18:00, 2016-11-28@2016-11-24,2016-11-28' -o days.svg")
    days = (folder / "days.svg").read_text("utf-8")
    assert days.count("as known on 24 Nov 2016") == 2  # above the map, and in the description
    options = "--known 2016-11-24 --policy cautious"
    give(f"map --small-multiples 2016-11-26,2016-11-28 {options} -o known.svg")
    written = (folder / "known.svg").read_text("utf-8")
    assert written.count("as known on 24 Nov 2016") == 4
    assert "policy cautious" in written


@pytest.mark.parametrize(
    "which",
    [["--at", "2016-11-28"], ["--small-multiples", "2016-11-24,2016-11-28"], ["--ribbons"]],
    ids=" ".join,
)
def test_arabic_names_are_drawn_as_pixels(which, folder):
    """In maps and in ribbons, with nothing on standard error but what was written."""
    result = run("map", *which, "--names", "arabic", "--zoom", "0.25", "-o", "map.png")
    assert result.stderr.startswith("map.png: ")
    assert (folder / "map.png").read_bytes().startswith(b"\x89PNG")


def test_nothing_is_written_over_unless_told_to(folder):
    """What is there stays, whole; with --force the new picture takes its place."""
    (folder / "map.svg").write_text("mine", "utf-8")
    assert "map.svg is there already" in give("map -o map.svg", code=1).stderr
    assert (folder / "map.svg").read_text("utf-8") == "mine"
    give("map -o map.svg --force")
    assert (folder / "map.svg").read_text("utf-8").startswith("<?xml")
    (folder / "folder.svg").mkdir()
    assert "is a folder" in give("map -o folder.svg --force", code=1).stderr
    assert "no folder nowhere" in give("map -o nowhere/map.svg", code=1).stderr
    names = ["city.toml", "events.jsonl", "folder.svg", "map.svg"]
    assert sorted(path.name for path in folder.iterdir()) == names


RUBBISH = {
    "-o map.pdf": "ends in .svg or .png",
    "-o map": "ends in .svg or .png",
    "-o map.txt --ribbons": "ends in .svg or .png",
    "": "--output",
    "-o map.svg --zoom 2": "--zoom with SVG",
    "-o map.png --zoom 90": "--zoom",
    "-o map.svg --at 2016 --small-multiples 2016": "--at with --small-multiples",
    "-o map.svg --small-multiples ' , '": "0 dates",
    f"-o map.svg --small-multiples {','.join(['2016'] * 25)}": "25 dates",
    "-o map.svg --small-multiples 2016@2016 --known 2017": "two knowledge times",
    "-o map.svg --at rubbish": "rubbish",
    "-o map.svg --policy rubbish": "unknown policy",
    "-o map.svg --names rubbish": "--names",
    "-o map.svg --from 2016": "--from and --to",
    "-o map.svg --ribbons --at 2016": "--at with --ribbons",
    "-o map.svg --ribbons --small-multiples 2016": "--small-multiples with --ribbons",
    "-o map.svg --ribbons --from 2017 --to 2016": "the earlier date first",
    "-o map.svg --ribbons --from rubbish": "rubbish",
}


@pytest.mark.parametrize("options", RUBBISH)
def test_rubbish_is_refused_in_a_sentence(options, folder):
    """With exit code 2, and nothing is written."""
    assert RUBBISH[options] in give(f"map {options}", code=2).stderr
    assert sorted(path.name for path in folder.iterdir()) == ["city.toml", "events.jsonl"]


def test_nothing_to_draw(folder):
    """A log without events and a city without points have no map: exit code 4."""
    city = folder / "city.toml"
    points = r", lat = [\d.]+, lon = [\d.]+|^l(?:at|on) = [\d.]+$"
    text = re.sub(points, "", city.read_text("utf-8"), flags=re.MULTILINE)
    city.write_text(text, "utf-8")
    assert "has a point" in give("map -o map.svg", code=4).stderr
    (folder / "events.jsonl").write_bytes(b"")
    assert "no events yet" in give("map -o map.svg", code=4).stderr


def test_without_the_extra_it_says_what_to_install(folder, monkeypatch):
    """The core needs neither geometry nor a renderer."""
    for name in [name for name in sys.modules if name.startswith("timeline.visual.map")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "shapely", None)
    assert "pip install 'conflict-timeline[pictures]'" in give("map -o map.svg", code=1).stderr
    monkeypatch.undo()
    monkeypatch.chdir(folder)
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    assert "pip install 'conflict-timeline[pictures]'" in give("map -o map.png", code=1).stderr


def test_a_hypothesis_is_marked_in_the_picture(folder):
    """So that nobody takes it for what was said."""
    give("map -o map.svg --without-source sohr --at 2016-11-28")
    drawn = (folder / "map.svg").read_text("utf-8")
    assert "HYPOTHETICAL: without Syrian Observatory for Human Rights" in drawn
