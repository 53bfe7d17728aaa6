"""Packages hand on a whole timeline with its tables; no text of a log names a file."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from attrs import evolve, frozen

from timeline.domain.city import City
from timeline.errors import Problem, TimelineError
from timeline.exports import csv, tables
from timeline.exports.request import Export
from timeline.exports.tables import Sheet
from timeline.log.codec import CODEC
from timeline.timeline import Timeline

BESIDE = {
    "seals": "Checkpoints of the log, by which later changes of it show",
    "archives": "Digests of archived copies of sources",
}
"""The files beside a log that go with it; files that can be made again do not."""
LINES, TOML, GEOJSON = "application/x-ndjson", "application/toml", "application/geo+json"
CSV = "text/csv"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*", re.ASCII)
_NAMES = "letters, digits and - _ . alone, and .geojson at the end, for a file that is handed on"


@frozen
class PackageFile:
    """A file of a package, by its name in the description and its path in the package."""

    name: str
    path: str
    data: bytes
    title: str
    mediatype: str
    sheet: Sheet | None = None

    @property
    def sha256(self) -> str:
        """The digest of its bytes."""
        return hashlib.sha256(self.data).hexdigest()


def own(timeline: Timeline) -> Iterator[Path]:
    """Yield the files of a timeline, which no export is written over, whether they exist or not."""
    log = timeline.log.path
    yield log
    if timeline.city_file is not None:
        yield timeline.city_file
    for ending in (*BESIDE, "leaves"):
        yield log.with_name(f"{log.name}.{ending}")
    yield from map(Path, _boundary_names(timeline.city))


def package_files(export: Export) -> list[PackageFile]:
    """Return a package's files; raise `TimelineError` for unreadable, misnamed or changed ones."""
    try:
        return [*_sources(export), *_tables(export)]
    except OSError as error:
        raise TimelineError(Problem(f"{error.filename} cannot be read: {error.strerror}")) from None


def _sources(export: Export) -> Iterator[PackageFile]:
    yield from _log(export.timeline)
    yield from _city(export.timeline)
    for number, mapping in enumerate(export.mappings, 1):
        title = "A mapping by which data was imported"
        yield PackageFile(f"mapping-{number}", f"mappings/{number}.toml", mapping, title, TOML)
    yield from _hypothesis(export.timeline)


def _log(timeline: Timeline) -> Iterator[PackageFile]:
    """Yield the log as it was read, whatever was appended since, and the files beside it."""
    path = timeline.log.path
    data = path.read_bytes()[: timeline.log.size]
    if hashlib.sha256(data).hexdigest() != timeline.log.sha256:
        changed = f"{path} was changed while it was exported"
        raise TimelineError(Problem(changed, hint="run the same again"))
    title = "The log: one event a line, only ever added to"
    yield PackageFile("log", "events.jsonl", data, title, LINES)
    for ending, title in BESIDE.items():
        beside = path.with_name(f"{path.name}.{ending}")
        if beside.exists():
            yield PackageFile(ending, f"events.jsonl.{ending}", beside.read_bytes(), title, LINES)


def _city(timeline: Timeline) -> Iterator[PackageFile]:
    """Yield the city file, and the files of boundaries where it looks for them."""
    file = timeline.city_file
    if file is None:
        return
    title = "The city file: places, actors and sources"
    yield PackageFile("city", "city.toml", file.read_bytes(), title, TOML)
    for number, name in enumerate(dict.fromkeys(_boundary_names(timeline.city)), 1):
        path = _boundary_path(Path(name), file.parent)
        data = Path(name).read_bytes()
        yield PackageFile(f"boundaries-{number}", path, data, "Boundaries of places", GEOJSON)


def _boundary_names(city: City) -> Iterator[str]:
    """Yield the paths of the files of boundaries, as often as the city file names them."""
    names = (city.boundaries, *(place.boundary for place in city.places.values()))
    return (name for name in names if name)


def _boundary_path(file: Path, folder: Path) -> str:
    """Return the path of a file of boundaries in a package; raise `TimelineError` for odd names."""
    path = PurePosixPath(file.relative_to(folder).as_posix())
    plain = all(_NAME.fullmatch(part) for part in path.parts)
    if not plain or path.suffix.casefold() not in (".geojson", ".json"):
        raise TimelineError(Problem(f"the file of boundaries '{path}'", _NAMES))
    return str(path)


def _hypothesis(timeline: Timeline) -> Iterator[PackageFile]:
    """Yield the events of a hypothesis, if there are any."""
    if timeline.hypothesis and timeline.hypothesis.added:
        lines = b"".join(CODEC.encode(event) + b"\n" for event in timeline.hypothesis.added)
        title = "HYPOTHETICAL events that the tables suppose and the log does not hold"
        yield PackageFile("hypothesis", "hypothesis.jsonl", lines, title, LINES)


def _tables(export: Export) -> Iterator[PackageFile]:
    plain = evolve(export, hxl=False)
    for name, table in tables.SHEETS.items():
        sheet = table(plain)
        data = f"{csv.text(sheet, plain)}\n".encode()
        yield PackageFile(name, f"{name}.csv", data, sheet.title, CSV, sheet)
