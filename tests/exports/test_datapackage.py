"""A data package is valid to Frictionless: columns, types, sizes and digests."""

import json
from datetime import UTC, datetime

import pytest
from attrs import evolve
from sample_exports import LICENCE, aleppo, bounded

from timeline.exports import datapackage
from timeline.storage import output


def unpacked(files, folder):
    """Return the path of the description of a package that is put in a folder."""
    output.place(files, folder / "package", force=False, keep=())
    return str(folder / "package" / "datapackage.json")


def test_a_data_package_is_valid_to_frictionless(tmp_path):
    """Every table and every file is as the description says."""
    reader = pytest.importorskip("frictionless")
    export = evolve(bounded(tmp_path), mappings=(b'x = "y"\n',), licence=LICENCE)
    package = unpacked(datapackage.write(export), tmp_path)
    report = reader.validate(package)
    assert report.valid, report.flatten(["title", "message"])
    names = ["log", "city", "boundaries-1", "mapping-1", "events", "states", "changes"]
    assert [task.name for task in report.tasks] == names
    rows = {row["id"]: row for row in reader.Package(package).get_resource("events").read_rows()}
    row = rows["reached-west-damascus"]
    assert (row["people_high"], row["people_low"]) == (2000, None)
    assert row["occurred_latest"] == datetime(2016, 11, 28, 22, tzinfo=UTC)


def test_a_data_package_that_was_altered_is_found(tmp_path):
    """The check can fail: a table has another value, with a text for a number."""
    reader = pytest.importorskip("frictionless")
    files = dict(datapackage.write(aleppo()))
    files["events.csv"] = files["events.csv"].replace(b",2000,", b",many,")
    errors = reader.validate(unpacked(files, tmp_path)).flatten(["type"])
    assert ["type-error"] in errors
    assert ["hash-count"] in errors


def test_a_hypothesis_with_events_of_its_own_is_handed_on_with_them():
    export = aleppo()
    event = evolve(export.timeline.event("hanano-captured"), id="hanano-again", recorded=None)
    export = evolve(export, timeline=export.timeline.supposing([event]))
    files = datapackage.write(export)
    assert json.loads(files["hypothesis.jsonl"])["id"] == "hanano-again"
