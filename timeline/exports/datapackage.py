"""A Frictionless Data Package 2.0 (datapackage.org/standard), with the meaning of each column."""

from typing import Any

from timeline.exports import csv
from timeline.exports.columns import Column
from timeline.exports.package_files import LINES, PackageFile, package_files
from timeline.exports.request import Export
from timeline.exports.tables import Sheet
from timeline.storage.output import Files
from timeline.text.tables import to_json

LOST = (
    "The log is whole, whatever the cut and the filters; the tables are what they leave of it, "
    f"under its policy. {csv.LOST} A list is a column of text."
)
KEYS = {"events": "id", "states": "place"}
"""The column that tells the rows of a table apart."""


def write(export: Export) -> Files:
    """Return the files of a package, with its description in datapackage.json."""
    files = package_files(export)
    description = to_json(_package(files, export)).encode() + b"\n"
    return {"datapackage.json": description, **{file.path: file.data for file in files}}


def _package(files: list[PackageFile], export: Export) -> dict[str, Any]:
    mark = f"{export.hypothetical}. " if export.hypothetical else ""
    licences = {"licenses": [{"path": export.licence}]} if export.licence else {}
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": export.city.id.replace(":", "-"),
        "title": f"Conflict timeline: {export.heading}",
        "description": f"{mark}{LOST}",
        "created": f"{export.made}T00:00:00Z",
        **licences,
        "conflict-timeline": {"origin": export.origin, "along": export.along},
        "resources": [_resource(file) for file in files],
    }


def _resource(file: PackageFile) -> dict[str, Any]:
    description = {
        "name": file.name,
        "path": file.path,
        "title": file.title,
        "mediatype": file.mediatype,
        "encoding": "utf-8",
        "bytes": len(file.data),
        "hash": f"sha256:{file.sha256}",
    }
    if file.sheet is not None:
        return {**description, "type": "table", "format": "csv", "schema": _schema(file.sheet)}
    if file.mediatype == LINES:  # of many shapes, which make no table
        return {**description, "format": "log"}
    return description


def _schema(sheet: Sheet) -> dict[str, Any]:
    key = {"primaryKey": [KEYS[sheet.name]]} if sheet.name in KEYS else {}
    return {
        "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
        "fields": [_field(column) for column in sheet.columns],
        "missingValues": [""],
        **key,
    }


def _field(column: Column) -> dict[str, str]:
    kind, meaning = column.kind, column.meaning
    if column.kind == "strings":
        kind, meaning = "string", f"{meaning}, with blanks between"
    return {"name": column.name, "type": kind, "description": meaning, "hxl": column.hxl}
