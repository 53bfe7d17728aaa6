"""Figures: every log can be drawn at every cut, as it answers, and no text breaks a picture."""

import json
import re
import subprocess
import sys
import tomllib
from itertools import count
from pathlib import Path
from xml.etree import ElementTree

import hostile
import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from strategies import CITY, cuts_around, logs, timeline_of

from projections import CONTROL, DISPLACEMENT, PROJECTIONS
from timeline import Timeline
from timeline.domain.city import Place
from timeline.domain.events import ControlChange, Displacement, Siege, Statement
from timeline.errors import TimelineError
from timeline.replay.shares import names
from timeline.visual.map.metrics import width
from timeline.visual.map.picture import picture
from timeline.visual.map.png import png
from timeline.visual.map.svg import tag, text
from timeline.visual.map.typesetting import ARABIC, pieces

ROOT = Path(__file__).parents[3]
SVG = "{http://www.w3.org/2000/svg}"
SPOTS = {
    "hill": (36.1, 37.1),
    "market": (36.12, 37.14),
    "quarry": (36.15, 37.1),
    "garden": (36.1, 37.05),
    "station": (36.13, 37.0),
}
POINTS = {id: evolve(CITY.places[id], lat=lat, lon=lon) for id, (lat, lon) in SPOTS.items()}
PLACED = evolve(CITY, places={**CITY.places, **POINTS})
"""The city of the tests, with a point for each district."""
KINDS = (ControlChange, Statement, Displacement, Siege)


def aleppo():
    return Timeline.open(ROOT / "events.jsonl", PROJECTIONS)


def parsed(svg):
    return ElementTree.fromstring(svg.encode())  # our own


def texts(svg):
    """Return the texts of a picture, as they are read."""
    return ["".join(element.itertext()) for element in parsed(svg).iter(f"{SVG}text")]


def svg_parts(svg, name):
    """Return the elements of a picture that have a name."""
    return parsed(svg).iter(f"{SVG}{name}")


def titles(svg):
    """Return the titles of a picture's parts."""
    return [title.text for title in parsed(svg).iter(f"{SVG}title")]


@given(st.data(), logs(kinds=KINDS, max_size=15))
def test_every_log_can_be_drawn_at_every_cut(data, log):
    """Each district has its answer, and the legend is of the people and the silence in it."""
    timeline = evolve(timeline_of(log), city=PLACED)
    cut = data.draw(cuts_around(log))
    svg, state = picture(timeline, [cut]), timeline.state(cut=cut)
    labelled = [title.split(": ", 1) for title in titles(svg) if ": " in title]
    words = dict(reversed(labelled))  # districts come before sieges
    answers = {place: state[CONTROL][place] for place in SPOTS}
    for place, answer in answers.items():
        assert_told(words[PLACED.places[place].name], answer)
    legend = "\n".join(texts(svg))
    assert ("people displaced" in legend) <= bool(state[DISPLACEMENT].flows)
    if "unknown" in {answer.status for answer in answers.values()}:
        assert "nobody had said" in legend
    assert picture(timeline, [cut]) == svg


def assert_told(words, answer):
    """Fail unless the words for a district are those of its answer."""
    assert ("unknown" in words) == (answer.status == "unknown")
    if answer.holder and answer.ground == "held":
        assert words.startswith(names(answer.holder, PLACED))
        assert answer.status in words


def test_a_picture_is_one_image_with_a_title_and_a_description():
    root = parsed(picture(aleppo(), [aleppo().cut("2016-11-28", "2016-11-28")]))
    assert (root.get("role"), root.get("aria-labelledby")) == ("img", "title desc")
    title = root.find(f"{SVG}title").text
    assert title == "Who held Aleppo (\u2068حلب\u2069) on 28 Nov 2016"


def test_the_description_of_a_picture_names_its_districts_and_people():
    root = parsed(picture(aleppo(), [aleppo().cut("2016-11-28", "2016-11-28")]))
    desc = root.find(f"{SVG}desc").text
    assert "as known on 28 Nov 2016" in desc
    clocks = "since 27–28 Nov 2016, last heard 28 Nov 2016"
    sources = "SOHR; against: a rebel official; unclear: another rebel official."
    assert f"Sakhour: Government, disputed, {clocks} – {sources}" in desc
    assert "6,000–10,000 people from where is not said, to Sheikh Maqsoud – Salih Muslim." in desc
    districts = [place for place in aleppo().city.places.values() if place.id != "aleppo"]
    assert not [place for place in districts if place.lat and place.name not in desc]


def test_the_legend_has_what_occurs_and_nothing_else():
    """On a day of which nobody had spoken there is one entry, and no source."""
    silent = texts(picture(aleppo(), [aleppo().cut("2016-11-28", "2016-11-01")]))
    assert "unknown: nobody had said" in silent
    for word in ("Government", "displaced", "besieged", "disputed"):
        assert word not in "\n".join(silent)
    assert any(line.startswith("Sources: none") for line in silent)
    spoken = texts(picture(aleppo(), [aleppo().cut("2016-11-28")]))
    control = {"Government", "Government, disputed by Opposition"}
    people = {"besieged", "people displaced, one end not named"}
    assert control | people <= set(spoken)
    assert "Syrian Observatory for Human Rights (monitor)" in "\n".join(spoken)


def test_several_maps_stand_side_by_side_each_with_both_its_clocks():
    """As known then, and as known now."""
    timeline = aleppo()
    cuts = [timeline.cut("2016-11-28", known) for known in ("2016-11-24", None)]
    lines = texts(picture(timeline, cuts))
    assert lines.count("On 28 Nov 2016") == 2
    assert "as known on 24 Nov 2016" in lines
    assert "as known from the whole log, last reported on 28 Nov 2016" in lines


def test_what_is_supposed_is_marked_in_the_picture():
    """A hypothetical map cannot be taken for another."""
    timeline = aleppo().supposing(without_sources=["sohr"])
    svg = picture(timeline, [timeline.cut("2016-11-28")])
    assert "HYPOTHETICAL: without Syrian Observatory for Human Rights" in texts(svg)
    assert "HYPOTHETICAL" in parsed(svg).find(f"{SVG}desc").text
    assert "HYPOTHETICAL" not in picture(aleppo(), [timeline.cut("2016-11-28")])


def test_arabic_names():
    """Districts have their Arabic names where they have one, and all Arabic has its font."""
    svg = picture(aleppo(), [aleppo().cut("2016-11-28")], arabic=True)
    assert {"مساكن", "هنانو"} <= set(" ".join(texts(svg)).split())
    spans = list(svg_parts(svg, "tspan"))
    arabic = [span for span in spans if re.search("[\u0600-\u06ff]", span.text)]
    assert {span.get("font-family") for span in arabic} == {ARABIC}
    assert len(arabic) < len(spans)


def hostile_city():
    """Return the city file of hostile texts, with a point for each of its places."""
    numbers = count()

    def pointed(key):
        row, column = divmod(next(numbers), 9)
        return f"{key[0]} lat = {36 + column / 100}, lon = {37 + row / 100},"

    return re.sub("^p[0-9]+ = {", pointed, hostile.city(), flags=re.M)


@pytest.fixture
def hostile_picture(tmp_path):
    """Return a picture of a city and a log of hostile texts."""
    (tmp_path / "city.toml").write_text(hostile_city(), "utf-8")
    lines = "".join(json.dumps(event) + "\n" for event in hostile.events())
    (tmp_path / "events.jsonl").write_text(lines, "utf-8")
    timeline = Timeline.open(tmp_path / "events.jsonl", PROJECTIONS)
    return picture(timeline, [timeline.cut("2016-11-29")])


ELEMENTS = {"svg", "title", "desc", "defs", "pattern", "rect", "g", "path", "text", "tspan"}


def test_hostile_texts_bring_in_no_element_and_no_script(hostile_picture):
    """Eighty of them in every name and note: the picture runs nothing and loads nothing."""
    elements = list(parsed(hostile_picture).iter())
    assert {element.tag.removeprefix(SVG) for element in elements} <= ELEMENTS
    names = {name for element in elements for name in element.attrib}
    assert not [name for name in names if name.startswith("on") or "href" in name]


def test_hostile_texts_are_shown_as_texts(hostile_picture):
    """No line is turned round, and none is wider than the picture."""
    lines = texts(hostile_picture)
    characters = set("".join([*lines, *titles(hostile_picture)]))
    assert characters.isdisjoint("\x1b\x9b\u202e\u202d\u2066\u2067")
    assert min(characters) >= " "
    wide = float(parsed(hostile_picture).get("width"))
    lefts = [float(line.get("x")) for line in svg_parts(hostile_picture, "text")]
    assert max(lefts) < wide
    assert max(width(line, 12) for line in lines) < 1.2 * wide


def test_hostile_texts_leave_the_districts_in_the_picture(hostile_picture):
    named = [title for title in titles(hostile_picture) if " – " in title]
    assert len(named) >= len(tomllib.loads(hostile_city())["places"]) // 2
    assert png(hostile_picture, zoom=0.25).startswith(b"\x89PNG")


@given(st.text(), st.text())
def test_no_text_breaks_an_element(inside, attribute):
    """What XML cannot hold is replaced, everything else is read as its pieces were written."""
    unreadable = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
    element = ElementTree.fromstring(text(0, 0, inside, 12))
    expected = unreadable.sub("\ufffd", "".join(piece.text for piece in pieces(inside)))
    assert "".join(element.itertext()).split("\n") == re.split("\r\n|\r|\n", expected)
    assert ElementTree.fromstring(tag("g", id=attribute)).get("id") is not None


DRAW = """
import hashlib
from projections import PROJECTIONS
from timeline import Timeline
from timeline.visual.map.picture import picture
from timeline.visual.map.png import png

timeline = Timeline.open("events.jsonl", PROJECTIONS)
svg = picture(timeline, [timeline.cut("2016-11-28")])
for data in (svg.encode(), png(svg, zoom=0.5)):
    print(hashlib.sha256(data).hexdigest())
"""


def drawn_in(seed, zone, locale, home):
    """Return the digests of a picture that another process drew."""
    env = {"PATH": "", "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": locale, "HOME": home}
    command = [sys.executable, "-c", DRAW]
    return subprocess.check_output(command, cwd=ROOT, env=env)


def test_the_same_picture_from_run_to_run():
    """The same bytes, whatever the hash seed, the locale, the time zone and the fonts."""
    first = drawn_in("1", "UTC", "C", "/")
    assert first == drawn_in("2", "Asia/Tokyo", "C.UTF-8", "/nowhere")


WRITTEN = ["حلب", "Aleppo", "Київ", "Šaʿār", "(حلب)", "\u2068الشيخ مقصود\u2069"]


@pytest.mark.parametrize("written", WRITTEN)
@pytest.mark.parametrize("weight", ["normal", "bold"])
def test_the_shipped_fonts_draw_what_maps_need(written, weight):
    """A text leaves ink on paper: with no font for it, it would leave none."""
    size = {"width": 200, "height": 40, "viewBox": "0 0 200 40"}

    def drawn(inside):
        element = text(5, 30, inside, 20, font_weight=weight) if inside else ""
        return png(tag("svg", element, xmlns="http://www.w3.org/2000/svg", **size), zoom=1)

    assert drawn(written) != drawn("")
    letters = set(filter(str.isalpha, written))
    assert len(set(map(drawn, letters))) == len(letters)


def test_a_timeline_without_the_questions_cannot_be_drawn():
    """The error names those that are needed."""
    bare = Timeline.open(ROOT / "events.jsonl", (CONTROL,))
    with pytest.raises(TimelineError, match="displacement"):
        picture(bare, [bare.cut("2016-11-28")])


def test_places_without_a_point_are_named():
    """The map names them in a line of its own."""
    timeline = aleppo()
    lost = Place(id="lost", name="Lost Quarter", parent="aleppo")
    city = evolve(timeline.city, places={**timeline.city.places, "lost": lost})
    svg = picture(evolve(timeline, city=city), [timeline.cut("2016-11-28")])
    assert "Not on the map, for want of a point: Lost Quarter." in texts(svg)
