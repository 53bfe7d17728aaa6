"""The files for TimeMap meet the schemas by which it checks them."""

import json

import jsonschema
from hypothesis import example, given
from hypothesis import strategies as st
from sample_exports import export_of
from strategies import cuts_around, logs

from timeline.exports import timemap
from timeline.temporal.as_of import AsOf


def record(required, *texts, **others):
    """Return the schema of an object with texts and other members, and no more."""
    properties = {name: {"type": "string"} for name in texts} | others
    return {
        "type": "object",
        "required": required,
        "additionalProperties": False,
        "properties": properties,
    }


LIST = {"type": "array"}
TEXTS = {"type": "array", "items": {"type": "string"}}
EVENT = record(
    ["description", "associations"],
    *("id", "description", "time_precision", "time_display", "location", "latitude", "longitude"),
    *("type", "category", "category_full", "comments", "shape", "colour"),
    date={"type": "string", "pattern": r"^\d\d/\d\d/\d{4}$"},
    time={"type": "string", "pattern": r"^\d\d:\d\d$"},
    associations=TEXTS,
    sources=TEXTS,
)
ASSOCIATION = record(
    ["id", "title", "mode"],
    *("id", "title", "desc", "mode", "colour", "type", "display"),
    filter_paths=LIST,
)
SOURCE = record(
    ["id", "paths"],
    *("id", "title", "thumbnail", "type", "url", "description", "parent"),
    *("author", "date", "notes"),
    paths=LIST,
    affil_s=LIST,
)
PLACED = {
    "anyOf": [{"required": ["date"]}, {"required": ["latitude"]}],
    "dependentRequired": {"latitude": ["longitude"], "longitude": ["latitude"]},
}
SCHEMAS = {
    "events.json": {"type": "array", "items": EVENT | PLACED},
    "associations.json": {"type": "array", "items": ASSOCIATION},
    "sources.json": {"type": "object", "additionalProperties": SOURCE},
}
"""The schemas of TimeMap (forensic-architecture/timemap, src/reducers/validate).

They are its eventSchema, associationsSchema and sourceSchema.
"""


@given(st.data(), logs())
@example(None, ())
def test_files_for_timemap_are_as_its_schemas_say(data, log):
    export = export_of(log, cut=data.draw(cuts_around(log)) if data else AsOf())
    files = {name: json.loads(text) for name, text in timemap.write(export).items()}
    for name, schema in SCHEMAS.items():
        jsonschema.validate(files[name], schema)
    associations = {association["id"] for association in files["associations.json"]}
    for event, quote in zip(files["events.json"], export.standing, strict=True):
        assert event["id"] == quote.event.id
        assert associations.issuperset(event["associations"])
        assert files["sources.json"].keys() >= set(event["sources"])
