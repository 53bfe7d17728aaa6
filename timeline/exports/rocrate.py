"""RO-Crate 1.1 (w3id.org/ro/crate/1.1): the files of the timeline, what each is, and by what, how and from what the tables were made."""

from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from timeline.exports import csv
from timeline.exports.package_files import Part, parts
from timeline.exports.request import Export
from timeline.storage.output import Files
from timeline.text.tables import to_json

LOST = (
    "The log is whole, whatever the cut and the filters; the tables are what they leave of it, under its policy. The metadata of a crate "
    f"know no doubt: how sure an answer is stands in the tables. {csv.LOST}"
)
METADATA = "ro-crate-metadata.json"
PROFILE = "https://w3id.org/ro/crate/1.1"
SOFTWARE, MAKING, CITY = "#conflict-timeline", "#export", "#city"
_TERMS = {"sha256": "http://schema.org/sha256"}
"""A term that the context of RO-Crate 1.1 has not yet."""


def write(export: Export) -> Files:
    """Return the files of a crate, with its metadata in ro-crate-metadata.json."""
    files = parts(export)
    metadata = {"@context": [f"{PROFILE}/context", _TERMS], "@graph": list(_graph(files, export))}
    return {
        METADATA: to_json(metadata).encode() + b"\n",
        **{part.path: part.data for part in files},
    }


def _graph(files: list[Part], export: Export) -> Iterator[dict[str, Any]]:
    yield {
        "@id": METADATA,
        "@type": "CreativeWork",
        "about": {"@id": "./"},
        "conformsTo": {"@id": PROFILE},
    }
    yield _root(files, export)
    yield from (_file(part, export) for part in files)
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


def _root(files: list[Part], export: Export) -> dict[str, Any]:
    mark = f"{export.hypothetical}. " if export.hypothetical else ""
    return {
        "@id": "./",
        "@type": "Dataset",
        "name": f"Conflict timeline: {export.heading}",
        "description": f"{mark}{LOST}",
        "datePublished": export.made.isoformat(),
        **({"license": {"@id": export.licence}} if export.licence else {}),
        "spatialCoverage": {"@id": CITY},
        "hasPart": [{"@id": part.path} for part in files],
        "mentions": [{"@id": MAKING}],
    }


def _file(part: Part, export: Export) -> dict[str, Any]:
    mark = {"description": export.hypothetical} if part.sheet and export.hypothetical else {}
    return {
        "@id": part.path,
        "@type": "File",
        "name": part.title,
        "encodingFormat": part.mediatype,
        "contentSize": str(len(part.data)),
        "sha256": part.sha256,
        **mark,
        **({"isBasedOn": [{"@id": "events.jsonl"}, {"@id": "city.toml"}]} if part.sheet else {}),
    }


def _making(files: list[Part], export: Export) -> dict[str, Any]:
    return {
        "@id": MAKING,
        "@type": "CreateAction",
        "name": "The tables were made from the log",
        "description": to_json(export.origin | {"along": export.along}),
        "endTime": export.made.isoformat(),
        "instrument": {"@id": SOFTWARE},
        "object": [{"@id": part.path} for part in files if part.sheet is None],
        "result": [{"@id": part.path} for part in files if part.sheet is not None],
    }


def _place(export: Export) -> dict[str, Any]:
    place = export.city.places[export.city.id]
    point = (
        {}
        if place.lat is None or place.lon is None
        else {"latitude": place.lat, "longitude": place.lon}
    )
    return {
        "@id": CITY,
        "@type": "Place",
        "name": place.name,
        **({"alternateName": place.arabic} if place.arabic else {}),
        **point,
    }


def _version() -> str:
    try:
        return version("conflict-timeline")
    except PackageNotFoundError:  # run from the source, without being installed
        return "unknown"
