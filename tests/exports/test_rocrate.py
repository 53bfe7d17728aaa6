"""A crate is read by rocrate, and describes every entity that it names."""

import importlib.metadata
import json
import re

import pytest
from attrs import evolve
from sample_exports import LICENCE, aleppo, bounded

from timeline.exports import rocrate
from timeline.storage import output

TABLES = ["events.csv", "states.csv", "changes.csv"]


@pytest.fixture
def crate(tmp_path):
    """A crate as rocrate reads it."""
    reader = pytest.importorskip("rocrate.rocrate")
    export = evolve(bounded(tmp_path), licence=LICENCE)
    output.place(rocrate.write(export), tmp_path / "crate", force=False, keep=())
    return reader.ROCrate(tmp_path / "crate")


def test_a_crate_is_read_with_its_files(crate):
    files = ["events.jsonl", "city.toml", "maps/all.geojson", *TABLES]
    assert [entity.id for entity in crate.data_entities] == files
    for entity in crate.data_entities:
        assert (crate.source / entity.id).stat().st_size == int(entity["contentSize"])


def test_a_crate_is_read_with_its_licence_and_its_date(crate):
    assert crate.version == "1.1"
    assert crate.root_dataset["license"].id == LICENCE
    assert crate.root_dataset["datePublished"] == "2026-01-31"


def test_a_crate_says_by_which_software_its_tables_were_made(crate):
    (making,) = (entity for entity in crate.contextual_entities if entity.type == "CreateAction")
    assert [table.id for table in making["result"]] == TABLES
    assert making["instrument"]["version"] == importlib.metadata.version("conflict-timeline")


def test_every_entity_that_a_crate_names_is_described():
    """RO-Crate 1.1, section 4.1: each entity that is referred to stands in the flat list, once."""
    metadata = rocrate.write(aleppo(licence=LICENCE))[rocrate.METADATA]
    graph = json.loads(metadata)["@graph"]
    ids = [entity["@id"] for entity in graph]
    assert len(ids) == len(set(ids))
    named = set(re.findall(r'{"@id": "([^"]*)"}', json.dumps(graph)))
    assert named - {rocrate.PROFILE} <= set(ids)
