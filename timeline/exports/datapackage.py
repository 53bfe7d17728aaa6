"""A Frictionless Data Package 2.0 (datapackage.org/standard): the files of the timeline, and its tables with the meaning of each column."""

from typing import Any

from timeline.exports import csv
from timeline.exports.package_files import LINES, Part, parts
from timeline.exports.request import Export
from timeline.exports.tables import Column, Sheet
from timeline.storage.output import Files
from timeline.text.tables import to_json

LOST = (
    "The log is whole, whatever the cut and the filters; the tables are what they leave of it, under its policy. "
    f"{csv.LOST} A list is a column of text."
)
KEYS = {"events": "id", "states": "place"}
"""The column that tells the rows of a table apart."""


def write(export: Export) -> Files:
    """Return the files of a package, with its description in datapackage.json."""
    files = parts(export)
    description = to_json(_package(files, export)).encode() + b"\n"
    return {"datapackage.json": description, **{part.path: part.data for part in files}}


def _package(files: list[Part], export: Export) -> dict[str, Any]:
    mark = f"{export.hypothetical}. " if export.hypothetical else ""
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": export.city.id.replace(":", "-"),
        "title": f"Conflict timeline: {export.heading}",
        "description": f"{mark}{LOST}",
        "created": f"{export.made}T00:00:00Z",
        **({"licenses": [{"path": export.licence}]} if export.licence else {}),
        "conflict-timeline": {"origin": export.origin, "along": export.along},
        "resources": [_resource(part) for part in files],
    }


def _resource(part: Part) -> dict[str, Any]:
    described = {
        "name": part.name,
        "path": part.path,
        "title": part.title,
        "mediatype": part.mediatype,
        "encoding": "utf-8",
        "bytes": len(part.data),
        "hash": f"sha256:{part.sha256}",
    }
    if part.sheet is None:
        return (
            {**described, "format": "log"} if part.mediatype == LINES else described
        )  # lines of many shapes, which are no table
    return {**described, "type": "table", "format": "csv", "schema": _schema(part.sheet)}


def _schema(sheet: Sheet) -> dict[str, Any]:
    key = {"primaryKey": [KEYS[sheet.name]]} if sheet.name in KEYS else {}
    return {
        "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
        "fields": [_field(column) for column in sheet.columns],
        "missingValues": [""],
        **key,
    }


def _field(column: Column) -> dict[str, str]:
    kind = "string" if column.kind == "strings" else column.kind
    meaning = (
        f"{column.meaning}, with blanks between" if column.kind == "strings" else column.meaning
    )
    return {"name": column.name, "type": kind, "description": meaning, "hxl": column.hxl}
