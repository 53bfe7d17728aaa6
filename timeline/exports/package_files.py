"""The files of a timeline, as they go into packages: the log, its seals, the city file, the boundaries, mappings, and the tables.

They have names of ours, so that no text of a log names a file. Unpacked, the folder is a timeline
that can be asked and verified.
"""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from attrs import evolve, frozen

from timeline.errors import Problem, TimelineError
from timeline.exports import csv
from timeline.exports import tables as sheets
from timeline.exports.request import Export
from timeline.exports.tables import Sheet
from timeline.log.codec import CODEC
from timeline.timeline import Timeline

BESIDE = {
    "seals": "Checkpoints of the log, by which later changes of it show",
    "archives": "Digests of archived copies of sources",
}
"""The files beside a log that go with it; what can be made again does not."""
LINES, TOML, GEOJSON, CSV = (
    "application/x-ndjson",
    "application/toml",
    "application/geo+json",
    "text/csv",
)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*", re.ASCII)


@frozen
class Part:
    """A file of a package.

    Attributes:
        name: what it is called in the package's description.
        path: where it stands in the package.
        data: its bytes.
        title: what it is, in a sentence.
        mediatype: its media type.
        sheet: the table that it is, if it is one.
    """

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
    """Yield the files of a timeline, which no export is written over; some of them need not be there."""
    log, city = timeline.log.path, timeline.city
    yield log
    if timeline.city_file is not None:
        yield timeline.city_file
    yield from (log.with_name(f"{log.name}.{ending}") for ending in (*BESIDE, "leaves"))
    yield from (
        Path(name)
        for name in (city.boundaries, *(place.boundary for place in city.places.values()))
        if name
    )


def parts(export: Export) -> list[Part]:
    """Return the files of a package: first those that the timeline is made of, then the tables that are made from it.

    Raises `TimelineError` for a file that cannot be read or whose name cannot stand in a package,
    and for a log that was changed meanwhile.
    """
    try:
        return [*_sources(export), *_tables(export)]
    except OSError as error:
        raise TimelineError(Problem(f"{error.filename} cannot be read: {error.strerror}")) from None


def _sources(export: Export) -> Iterator[Part]:
    timeline = export.timeline
    path = timeline.log.path
    yield Part(
        "log",
        "events.jsonl",
        _log(timeline),
        "The log: one event a line, only ever added to",
        LINES,
    )
    for ending, title in BESIDE.items():
        beside = path.with_name(f"{path.name}.{ending}")
        if beside.exists():
            yield Part(ending, f"events.jsonl.{ending}", beside.read_bytes(), title, LINES)
    if timeline.city_file is not None:
        yield Part(
            "city",
            "city.toml",
            timeline.city_file.read_bytes(),
            "The city file: places, actors and sources",
            TOML,
        )
        yield from _boundaries(export, timeline.city_file.parent)
    for number, mapping in enumerate(export.mappings, 1):
        yield Part(
            f"mapping-{number}",
            f"mappings/{number}.toml",
            mapping,
            "A mapping by which data was imported",
            TOML,
        )
    if timeline.hypothesis and timeline.hypothesis.added:
        lines = b"".join(CODEC.encode(event) + b"\n" for event in timeline.hypothesis.added)
        yield Part(
            "hypothesis",
            "hypothesis.jsonl",
            lines,
            "HYPOTHETICAL events that the tables suppose and the log does not hold",
            LINES,
        )


def _log(timeline: Timeline) -> bytes:
    """Return the bytes that were read of the log, whatever was appended since."""
    data = timeline.log.path.read_bytes()[: timeline.log.size]
    if hashlib.sha256(data).hexdigest() != timeline.log.sha256:
        raise TimelineError(
            Problem(
                f"{timeline.log.path} was changed while it was exported", hint="run the same again"
            )
        )
    return data


def _boundaries(export: Export, folder: Path) -> Iterator[Part]:
    """Yield the files of boundaries, where the city file looks for them."""
    city = export.city
    named = dict.fromkeys(
        name
        for name in (city.boundaries, *(place.boundary for place in city.places.values()))
        if name
    )
    for number, name in enumerate(named, 1):
        path = PurePosixPath(Path(name).relative_to(folder).as_posix())
        if not all(_NAME.fullmatch(part) for part in path.parts) or path.suffix.casefold() not in (
            ".geojson",
            ".json",
        ):
            expected = "letters, digits and - _ . alone, and .geojson at the end, for a file that is handed on"
            raise TimelineError(Problem(f"the file of boundaries '{path}'", expected))
        yield Part(
            f"boundaries-{number}",
            str(path),
            Path(name).read_bytes(),
            "Boundaries of places",
            GEOJSON,
        )


def _tables(export: Export) -> Iterator[Part]:
    plain = evolve(export, hxl=False)
    for name, made in sheets.SHEETS.items():
        sheet = made(plain)
        yield Part(
            name, f"{name}.csv", f"{csv.text(sheet, plain)}\n".encode(), sheet.title, CSV, sheet
        )
