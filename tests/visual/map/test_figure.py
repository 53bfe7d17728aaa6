"""Figures: every log can be drawn at every cut, what is drawn is what was answered, and no text of a log breaks a picture."""

import json
import re
import subprocess
import sys
import tomllib
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
PLACED = evolve(
    CITY,
    places={
        id: evolve(p, lat=SPOTS[id][0], lon=SPOTS[id][1]) if id in SPOTS else p
        for id, p in CITY.places.items()
    },
)
"""The city of the tests, with a point for each district."""
KINDS = (ControlChange, Statement, Displacement, Siege)


def aleppo():
    return Timeline.open(ROOT / "events.jsonl", PROJECTIONS)


def parsed(svg):
    return ElementTree.fromstring(svg.encode())  # our own


def texts(svg):
    """Return the texts of a picture, as they are read."""
    return ["".join(one.itertext()) for one in parsed(svg).iter(f"{SVG}text")]


def svg_parts(svg, name):
    """Return the elements of a picture that have a name."""
    return parsed(svg).iter(f"{SVG}{name}")


def titles(svg):
    """Return what the parts of a picture tell of themselves."""
    return [one.text for one in parsed(svg).iter(f"{SVG}title")]


@given(st.data(), logs(kinds=KINDS, max_size=15))
def test_every_log_can_be_drawn_at_every_cut(data, log):
    """Each district tells its answer; as many people are on their way as the engine says; the description names every district."""
    timeline = evolve(timeline_of(log), city=PLACED)
    cut = data.draw(cuts_around(log))
    svg, state = picture(timeline, [cut]), timeline.state(cut=cut)
    told = dict(
        reversed([title.split(": ", 1) for title in titles(svg) if ": " in title])
    )  # districts come before sieges
    for place in SPOTS:
        words, answer = told[PLACED.places[place].name], state[CONTROL][place]
        assert ("unknown" in words) == (answer.status == "unknown")
        if answer.holder and answer.ground == "held":
            assert words.startswith(PLACED.actors[answer.holder].label)
            assert answer.status in words
    said = "\n".join(texts(svg))
    assert ("people displaced" in said) <= bool(state[DISPLACEMENT].flows)
    assert (
        "nobody had said" in said
        if any(answer.status == "unknown" for answer in map(state[CONTROL].get, SPOTS))
        else True
    )
    assert picture(timeline, [cut]) == svg


def test_a_picture_can_be_read_by_those_who_do_not_see_it():
    """It is one image with a title that names both clocks, and a description that names every district and everybody on the way."""
    svg = picture(aleppo(), [aleppo().cut("2016-11-28", "2016-11-28")])
    root = parsed(svg)
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "title desc"
    title, desc = root.find(f"{SVG}title").text, root.find(f"{SVG}desc").text
    assert title == "Who held Aleppo (\u2068حلب\u2069) on 28 Nov 2016"
    assert "as known on 28 Nov 2016" in desc
    assert (
        "Sakhour: Government, disputed, since 27–28 Nov 2016 – SOHR; against: a rebel official; unclear: another rebel official."
        in desc
    )
    assert "6,000–10,000 people from where is not said, to Sheikh Maqsoud – Salih Muslim." in desc
    assert all(
        place.name in desc
        for place in aleppo().city.places.values()
        if place.lat and place.id != "aleppo"
    )


def test_the_legend_has_what_occurs_and_nothing_else():
    """On a day of which nobody had spoken there is one entry, and no source."""
    said = texts(picture(aleppo(), [aleppo().cut("2016-11-28", "2016-11-01")]))
    assert "unknown: nobody had said" in said
    assert not any(
        word in line
        for line in said
        for word in ("Government", "displaced", "besieged", "disputed")
    )
    assert any(line.startswith("Sources: none") for line in said)
    said = texts(picture(aleppo(), [aleppo().cut("2016-11-28")]))
    assert {
        "Government",
        "Government, disputed by Opposition",
        "besieged",
        "people displaced, one end not named",
    } <= set(said)
    assert any("Syrian Observatory for Human Rights (monitor)" in line for line in said)


def test_several_maps_stand_side_by_side_each_with_both_its_clocks():
    """What was known then, and what is known now."""
    timeline = aleppo()
    cuts = [timeline.cut("2016-11-28", known) for known in ("2016-11-24", None)]
    said = texts(picture(timeline, cuts))
    assert said.count("On 28 Nov 2016") == 2
    assert "as known on 24 Nov 2016" in said
    assert "as known from the whole log, last reported on 28 Nov 2016" in said


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
    spans = [(one.text, one.get("font-family")) for one in svg_parts(svg, "tspan")]
    arabic = [family for written, family in spans if re.search("[\u0600-\u06ff]", written)]
    assert set(arabic) == {ARABIC}
    assert len(arabic) < len(spans)


def test_hostile_texts_are_shown_as_texts(tmp_path):
    """Eighty of them in every name and note: the picture is well formed, runs nothing, loads nothing, and turns no line round."""
    places = iter(range(1000))
    city = re.sub(
        "^p[0-9]+ = {",
        lambda key: (
            f"{key[0]} lat = {36 + (n := next(places)) % 9 / 100}, lon = {37 + n // 9 / 100},"
        ),
        hostile.city(),
        flags=re.M,
    )
    raw = tomllib.loads(city)
    (tmp_path / "city.toml").write_text(city, "utf-8")
    (tmp_path / "events.jsonl").write_text(
        "".join(json.dumps(event) + "\n" for event in hostile.events()), "utf-8"
    )
    timeline = Timeline.open(tmp_path / "events.jsonl", PROJECTIONS)
    svg = picture(timeline, [timeline.cut("2016-11-29")])
    root = parsed(svg)
    assert {one.tag.removeprefix(SVG) for one in root.iter()} <= {
        "svg",
        "title",
        "desc",
        "defs",
        "pattern",
        "rect",
        "g",
        "path",
        "text",
        "tspan",
    }
    assert not any(
        name.startswith("on") or "href" in name for one in root.iter() for name in one.attrib
    )
    shown_texts = [*texts(svg), *titles(svg)]
    assert not [
        c
        for line in shown_texts
        for c in line
        if c in "\x1b\x9b\u202e\u202d\u2066\u2067" or ord(c) < 32
    ]
    wide = float(root.get("width"))
    assert all(float(one.get("x")) < wide for one in root.iter(f"{SVG}text"))
    assert max(width(line, 12) for line in texts(svg)) < 1.2 * wide
    assert len([title for title in titles(svg) if " – " in title]) >= len(raw["places"]) // 2
    assert png(svg, zoom=0.25).startswith(b"\x89PNG")


@given(st.text(), st.text())
def test_no_text_breaks_an_element(inside, attribute):
    """What XML cannot hold is replaced, everything else is read as its pieces were written."""
    unreadable = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
    element = ElementTree.fromstring(text(0, 0, inside, 12))
    expected = unreadable.sub("\ufffd", "".join(piece.text for piece in pieces(inside)))
    assert "".join(element.itertext()).split("\n") == re.split("\r\n|\r|\n", expected)
    assert ElementTree.fromstring(tag("g", id=attribute)).get("id") is not None


DRAW = (
    "from pathlib import Path; from projections import PROJECTIONS; from timeline import Timeline; \
from timeline.visual.map.picture import picture; from timeline.visual.map.png import png; import hashlib; \
t = Timeline.open('events.jsonl', PROJECTIONS); s = picture(t, [t.cut('2016-11-28')]); \
print(hashlib.sha256(s.encode()).hexdigest(), hashlib.sha256(png(s, zoom=0.5)).hexdigest())"
)


def test_the_same_picture_from_run_to_run():
    """The same bytes, SVG and PNG, whatever the hash seed, the locale, the time zone and the fonts of the machine."""
    runs = [
        subprocess.run(
            [sys.executable, "-c", DRAW],
            cwd=ROOT,
            env={"PATH": "", "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": locale, "HOME": home},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed, zone, locale, home in (
            ("1", "UTC", "C", "/"),
            ("2", "Asia/Tokyo", "C.UTF-8", "/nowhere"),
        )
    ]
    assert runs[0] == runs[1]


@pytest.mark.parametrize(
    "written", ["حلب", "Aleppo", "Київ", "Šaʿār", "(حلب)", "\u2068الشيخ مقصود\u2069"]
)
@pytest.mark.parametrize("weight", ["normal", "bold"])
def test_the_shipped_fonts_draw_what_maps_need(written, weight):
    """A text leaves ink on paper: with no font for it, it would leave none."""

    def drawn(inside):
        return png(
            tag(
                "svg",
                inside,
                xmlns="http://www.w3.org/2000/svg",
                width=200,
                height=40,
                viewBox="0 0 200 40",
            ),
            zoom=1,
        )

    assert drawn(text(5, 30, written, 20, font_weight=weight)) != drawn("")
    letters = [c for c in written if c.isalpha()]
    assert len(
        {drawn(text(5, 30, c, 20, font_weight=weight)) for c in dict.fromkeys(letters)}
    ) == len(dict.fromkeys(letters))


def test_a_timeline_without_the_questions_cannot_be_drawn():
    """It is said which are needed."""
    bare = Timeline.open(ROOT / "events.jsonl", (CONTROL,))
    with pytest.raises(TimelineError, match="displacement"):
        picture(bare, [bare.cut("2016-11-28")])


def test_places_without_a_point_are_named():
    """What the map leaves out, it says."""
    timeline = aleppo()
    places = {
        **timeline.city.places,
        "lost": Place(id="lost", name="Lost Quarter", parent="aleppo"),
    }
    svg = picture(
        evolve(timeline, city=evolve(timeline.city, places=places)), [timeline.cut("2016-11-28")]
    )
    assert "Not on the map, for want of a point: Lost Quarter." in texts(svg)
