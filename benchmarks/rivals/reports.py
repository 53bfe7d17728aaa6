"""Every rival is given the same reports of a log, and tells its figures in the same way."""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple


class Report(NamedTuple):
    """An event as a rival is given it.

    Attributes:
        id: its id.
        subject: the place or topic that it is about.
        source: who says so.
        occurred: the day, in the grammar of dates.
        value: a word of what is said.
    """

    id: str
    subject: str
    source: str
    occurred: str
    value: str


def reports(log: Path) -> Iterator[Report]:
    """Yield every event of a log, so that rivals hold as many events as the log does."""
    with log.open("rb") as file:
        for event in map(json.loads, file):
            value = event.get("actor", "nobody")
            yield Report(event["id"], _subject(event), event["source"], event["occurred"], value)


def _subject(event: Mapping[str, Any]) -> str:
    if event["type"] == "retraction":
        return "d0"
    return next(str(event[name]) for name in ("place", "origin", "topic") if name in event)


def beside(log: Path, name: str) -> Path:
    """Return where a rival keeps its own form of a log: outside of the timeline's folder."""
    folder = log.parent.with_name(f"{log.parent.name}-rivals")
    folder.mkdir(exist_ok=True)
    return folder / name


def tell(**figures: Any) -> None:
    """Print what was measured, for the benchmark to read."""
    sys.stdout.write(f"{json.dumps(figures)}\n")


LAST_ROW = """
    select place, actor, max(occurred) from {rows}
    where type = 'control_change' and occurred <= :at and reported <= :known
    group by place
"""
"""The query that people write first: one holder for each place, whoever said so."""
