"""Texts that mean harm are texts in every format: no markup, no formula, no name of a file."""

import csv as spreadsheet
import io
import json
import re

import hostile
import pytest
from attrs import evolve
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree
from sample_exports import MADE

from projections import PROJECTIONS
from timeline import Timeline
from timeline.exports import FORMATS, csv, geojson, kml, parquet, tables, timelinejs
from timeline.exports.request import Export
from timeline.exports.serialization import markup
from timeline.storage import output
from timeline.temporal.as_of import AsOf

CONTROLS = r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]"
SPACE = "{http://www.opengis.net/kml/2.2}"
ELEMENTS = {
    *("kml", "Document", "name", "open", "description"),
    *("Style", "IconStyle", "LineStyle", "PolyStyle", "color", "BalloonStyle", "text"),
    *("ExtendedData", "Data", "value"),
    *("Folder", "Placemark", "TimeSpan", "begin", "end", "styleUrl"),
}
PARAGRAPHS = {"<p>", "</p>"}


@pytest.fixture(scope="module")
def rude(tmp_path_factory):
    """A log and a city in which every text means harm."""
    folder = tmp_path_factory.mktemp("rude")
    (folder / "city.toml").write_text(hostile.city(), "utf-8")
    lines = "".join(f"{json.dumps(event)}\n" for event in hostile.events())
    (folder / "events.jsonl").write_text(lines, "utf-8")
    timeline = Timeline.open(folder / "events.jsonl", PROJECTIONS)
    return Export(timeline=timeline, cut=AsOf(), made=MADE)


def tags(text):
    return set(re.findall(r"<[^>]*>?", text))


def test_hostile_texts_are_texts_in_every_json(rude):
    """JSON keeps them exactly, written so that no terminal is steered."""
    document = geojson.state(rude)
    assert not re.search(CONTROLS, document)
    rows = [feature["properties"] for feature in json.loads(document)["features"]]
    names = {row["place"]: row["name"] for row in rows if "name" in row}
    for number, text in enumerate(hostile.LABELS.values()):
        assert names[f"p{number}"] == f"{text} p{number}"


def test_hostile_texts_are_no_markup_in_kml(rude):
    root = etree.fromstring(kml.write(rude).encode())
    assert {element.tag.removeprefix(SPACE) for element in root.iter()} <= ELEMENTS
    assert all(tags(each.text) <= PARAGRAPHS for each in root.iter(f"{SPACE}description"))


def test_hostile_texts_leave_kml_valid(rude, tmp_path):
    reader = pytest.importorskip("fastkml")
    (tmp_path / "rude.kml").write_text(kml.write(rude), "utf-8")
    assert reader.validate(file_to_validate=tmp_path / "rude.kml")


def test_hostile_texts_are_no_markup_on_slides(rude):
    document = json.loads(timelinejs.write(rude))
    for slide in (document["title"], *document["events"]):
        html = (slide["text"]["headline"], slide["text"]["text"], slide.get("display_date", ""))
        assert tags("".join(html)) <= PARAGRAPHS
        assert slide["autolink"] is False


@pytest.mark.parametrize("table", tables.SHEETS)
def test_hostile_texts_are_no_formulas(rude, table):
    text = csv.write(evolve(rude, table=table, hxl=True))
    for value in (value for row in spreadsheet.reader(io.StringIO(text)) for value in row):
        assert not re.match(r"[\s\u200b\u200f\ufeff]*[=+@＝＋＠﹦]", value)
        assert not re.match(r"[\s\u200b]*[-−－](?!\d+(\.\d+)?$)", value)


@pytest.mark.parametrize("name", ["datapackage", "ro-crate", "timemap"])
def test_hostile_texts_name_no_file(rude, name):
    for path in FORMATS[name].write(rude):
        assert re.fullmatch(r"[a-z0-9][a-z0-9-]*(\.[a-z]+)+", path)


def test_hostile_packages_are_read_by_frictionless(rude, tmp_path):
    reader = pytest.importorskip("frictionless")
    output.place(FORMATS["datapackage"].write(rude), tmp_path / "package", force=False, keep=())
    report = reader.validate(str(tmp_path / "package" / "datapackage.json"))
    assert report.valid, report.flatten(["title", "message"])


def test_hostile_tables_are_read_by_pyarrow(rude):
    reader = pytest.importorskip("pyarrow.parquet")
    assert reader.read_table(io.BytesIO(parquet.write(rude))).num_rows == len(rude.events)


@given(st.text())
@example("\ufffe\uffff\0\x1b[31m]]>&<'\"")
def test_any_text_may_stand_in_xml(text):
    marked = markup(text.replace("\0", "\\0"))
    element = etree.fromstring(f"<a b=\"{marked}\" c='{marked}'>{marked}</a>")
    assert element.text in (None, element.get("b"), element.get("c"))
    assert len(element) == 0
