"""RO-Crate 1.1 (w3id.org/ro/crate/1.1): the files of the timeline, and how its tables were made."""

from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from timeline.exports import csv
from timeline.exports.package_files import PackageFile, package_files
from timeline.exports.request import Export
from timeline.storage.output import Files
from timeline.text.tables import to_json

LOST = (
    "The log is whole, whatever the cut and the filters; the tables are what they leave of it, "
    "under its policy. The metadata of a crate know no doubt: how sure an answer is stands in the "
    f"tables. {csv.LOST}"
)
METADATA = "ro-crate-metadata.json"
PROFILE = "https://w3id.org/ro/crate/1.1"
SOFTWARE, MAKING, CITY = "#conflict-timeline", "#export", "#city"
_TERMS = {"sha256": "http://schema.org/sha256"}
"""A term that the context of RO-Crate 1.1 has not yet."""


def write(export: Export) -> Files:
    """Return the files of a crate, with its metadata in ro-crate-metadata.json."""
    files = package_files(export)
    metadata = {"@context": [f"{PROFILE}/context", _TERMS], "@graph": list(_graph(files, export))}
    description = to_json(metadata).encode() + b"\n"
    return {METADATA: description, **{file.path: file.data for file in files}}


def _graph(files: list[PackageFile], export: Export) -> Iterator[dict[str, Any]]:
    yield {
        "@id": METADATA,
        "@type": "CreativeWork",
        "about": {"@id": "./"},
        "conformsTo": {"@id": PROFILE},
    }
    yield _root(files, export)
    for file in files:
        yield _table(file, export) if file.sheet else _file(file)
    yield _making(files, export)
    yield {
        "@id": SOFTWARE,
        "@type": "SoftwareApplication",
        "name": "conflict-timeline",
        "version": _version(),
    }
    yield _place(export)
    if export.licence:
        yield {"@id": export.licence, "@type": "CreativeWork", "name": export.licence}


def _root(files: list[PackageFile], export: Export) -> dict[str, Any]:
    mark = f"{export.hypothetical}. " if export.hypothetical else ""
    licence = {"license": {"@id": export.licence}} if export.licence else {}
    return {
        "@id": "./",
        "@type": "Dataset",
        "name": f"Conflict timeline: {export.heading}",
        "description": f"{mark}{LOST}",
        "datePublished": export.made.isoformat(),
        **licence,
        "spatialCoverage": {"@id": CITY},
        "hasPart": _references(files),
        "mentions": [{"@id": MAKING}],
    }


def _file(file: PackageFile) -> dict[str, Any]:
    return {
        "@id": file.path,
        "@type": "File",
        "name": file.title,
        "encodingFormat": file.mediatype,
        "contentSize": str(len(file.data)),
        "sha256": file.sha256,
    }


def _table(file: PackageFile, export: Export) -> dict[str, Any]:
    mark = {"description": export.hypothetical} if export.hypothetical else {}
    return {**_file(file), **mark, "isBasedOn": [{"@id": "events.jsonl"}, {"@id": "city.toml"}]}


def _making(files: list[PackageFile], export: Export) -> dict[str, Any]:
    tables = [file for file in files if file.sheet]
    sources = [file for file in files if not file.sheet]
    return {
        "@id": MAKING,
        "@type": "CreateAction",
        "name": "The tables were made from the log",
        "description": to_json(export.origin | {"along": export.along}),
        "endTime": export.made.isoformat(),
        "instrument": {"@id": SOFTWARE},
        "object": _references(sources),
        "result": _references(tables),
    }


def _references(files: Iterable[PackageFile]) -> list[dict[str, str]]:
    return [{"@id": file.path} for file in files]


def _place(export: Export) -> dict[str, Any]:
    place = export.city.places[export.city.id]
    entity = {"@id": CITY, "@type": "Place", "name": place.name}
    if place.arabic:
        entity["alternateName"] = place.arabic
    if place.lat is None or place.lon is None:
        return entity
    return {**entity, "latitude": place.lat, "longitude": place.lon}


def _version() -> str:
    try:
        return version("conflict-timeline")
    except PackageNotFoundError:  # run from the source, without being installed
        return "unknown"
