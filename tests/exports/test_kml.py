"""KML is valid to the schema of the OGC, with the times, colours and geometries of the city."""

import re
from datetime import UTC, datetime

import pytest
from sample_exports import aleppo, bounded

from timeline.exports import kml
from timeline.temporal.dates import TICK


def test_kml_is_valid_to_the_schema_of_the_ogc(tmp_path):
    """Fastkml ships the XML schema of KML."""
    reader = pytest.importorskip("fastkml")
    for number, export in enumerate((aleppo(), bounded(tmp_path))):
        file = tmp_path / f"{number}.kml"
        file.write_text(kml.write(export), "utf-8")
        assert reader.validate(file_to_validate=file)


def test_a_broken_kml_is_found_by_the_schema(tmp_path):
    """The check can fail: a TimeSpan after the style is not as the schema wants it."""
    reader = pytest.importorskip("fastkml")
    order = r"(<TimeSpan>.*?</TimeSpan>)(<styleUrl>[^<]*</styleUrl>)"
    broken = re.sub(order, r"\2\1", kml.write(aleppo()))
    (tmp_path / "broken.kml").write_text(broken, "utf-8")
    with pytest.raises(AssertionError):
        reader.validate(file_to_validate=tmp_path / "broken.kml")


def test_fastkml_reads_a_placemark_for_each_spell_and_each_event(tmp_path):
    for export in (aleppo(), bounded(tmp_path)):
        marks = placemarks(export, tmp_path)
        assert len(marks) == kml.count(export) == len(export.spells) + 39


def test_fastkml_reads_the_time_style_and_boundary_of_a_change(tmp_path):
    name = "Sakhour: Government, disputed, possible"
    marks = placemarks(bounded(tmp_path), tmp_path)
    (taken,) = (mark for mark in marks if mark.name == name)
    assert taken.begin.dt == datetime(2016, 11, 26, 22, tzinfo=UTC)
    assert taken.end.dt == datetime(2016, 11, 28, 22, tzinfo=UTC) - TICK
    assert taken.style_url.url == "#pale-1"
    assert taken.geometry.geom_type == "Polygon"


def placemarks(export, folder):
    reader = pytest.importorskip("fastkml")
    (folder / "read.kml").write_text(kml.write(export), "utf-8")
    (document,) = reader.KML.parse(folder / "read.kml", validate=True).features
    return [placemark for folder in document.features for placemark in folder.features]


def test_colours_of_kml_are_those_of_the_city_with_blue_first():
    """The opposition is #6CA6C1, the second actor of the file."""
    text = kml.write(aleppo())
    assert '<Style id="full-2"><IconStyle><color>ffc1a66c</color>' in text
    assert "<PolyStyle><color>4dc1a66c</color></PolyStyle>" in text
