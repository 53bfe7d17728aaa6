"""Opening a timeline by way of its index, where there is one or a large log deserves one; without it, the log is read and says the same."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from timeline.domain import city_file as cityfile
from timeline.index import lifecycle as indexing
from timeline.index.lifecycle import Index, Progress
from timeline.log import admission as intake
from timeline.replay.projection import Projection
from timeline.timeline import Timeline


@contextmanager
def opened(
    path: str | Path,
    projections: Iterable[Projection[Any, Any]],
    *,
    city: str | Path | None = None,
    build: bool | None = None,
    progress: Progress | None = None,
    unread: bool = False,
) -> Iterator[Timeline]:
    """Give a timeline as `Timeline.open` does, that reads the log only for what its index does not answer.

    An index that is missing or does not fit is made if `build` says so, by default where the log
    has at least `indexing.WORTHWHILE` bytes; `progress` is told how far that is. A large log that
    has none is left `unread`, if asked. The timeline is as the log was when it was opened, and is
    asked while this is open. Raises what `Timeline.open` raises.
    """
    index, path = index_of(path, projections, city=city), Path(path)
    large = _size(path) >= indexing.WORTHWHILE
    with index.opened(build=large if build is None else build, progress=progress) as store:
        file = Path(city) if city else intake.beside(path)
        if store is None and large and unread:
            yield Timeline(
                city=index.city, projections=index.projections, unread=path, city_file=file
            )
        elif store is None:
            yield Timeline.open(path, index.projections, city=city)
        else:
            yield Timeline(
                city=index.city, projections=index.projections, index=store, city_file=file
            )


def index_of(
    path: str | Path, projections: Iterable[Projection[Any, Any]], *, city: str | Path | None = None
) -> Index:
    """Return the index of a log, whether it is there or not; `TIMELINE_INDEX` may say where, or ``0`` for none.

    Raises `TimelineError` for a missing or faulty city file.
    """
    path = Path(path)
    file = Path(city) if city else intake.beside(path)
    known = cityfile.load(file)
    return indexing.find(
        path, known, file.read_bytes(), tuple(projections), os.environ.get("TIMELINE_INDEX")
    )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
