"""The files of a timeline, as they go into packages: the log, its seals, the city file, the boundaries, mappings, and the tables.

Each has a name of ours, so that no text of a log or a city file names a file; unpacked, the folder is a timeline that can be asked and
verified.
"""

from collections.abc import Iterator
from pathlib import Path

from timeline.timeline import Timeline

BESIDE = ("seals", "leaves", "archives")
"""The files beside a log, by their endings."""


def own(timeline: Timeline) -> Iterator[Path]:
    """Yield the files of a timeline, which no export is written over; some of them need not be there."""
    log, city = timeline.log.path, timeline.city
    yield log
    if timeline.city_file is not None:
        yield timeline.city_file
    yield from (log.with_name(f"{log.name}.{ending}") for ending in BESIDE)
    yield from (Path(name) for name in (city.boundaries, *(place.boundary for place in city.places.values())) if name)
