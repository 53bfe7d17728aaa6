"""eventsourcing keeps an aggregate for each place: the last word of each voice on it.

Run as ``python -m benchmarks.rivals.eventsourcing append|replay|half LOG``.
"""

import json
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

from benchmarks.rivals.reports import beside, reports, tell

BATCH = 1000


class District(Aggregate):
    """A place: what each voice last said of it."""

    @event("Begun")
    def __init__(self, name: str) -> None:
        """Begin a place of which nobody has said anything."""
        self.name = name
        self.held: dict[str, tuple[str, str]] = {}

    @event("Reported")
    def report(self, source: str, occurred: str, value: str) -> None:
        """Take in a report."""
        if occurred >= self.held.get(source, ("", ""))[0]:
            self.held[source] = (occurred, value)


def append(log: Path) -> None:
    """Append every event to the aggregate of what it is about, a batch at a time."""
    beside(log, "eventsourcing.db").unlink(missing_ok=True)
    districts: dict[str, District] = {}
    number = 0
    start = time.perf_counter()
    with closing(_application(log)) as application:
        for number, report in enumerate(reports(log), 1):
            if report.subject not in districts:
                districts[report.subject] = District(report.subject)
            districts[report.subject].report(report.source, report.occurred, report.value)
            if number % BATCH == 0:
                application.save(*districts.values())
        application.save(*districts.values())
    seconds = time.perf_counter() - start
    versions = {str(district.id): district.version for district in districts.values()}
    beside(log, "eventsourcing.json").write_text(json.dumps(versions), "utf-8")
    tell(events=number, rate=number / seconds)


def replay(log: Path) -> None:
    """Read every event back and apply it to its aggregate."""
    _rebuild(log, lambda version: version)


def half(log: Path) -> None:
    """Rebuild the aggregates as they were at half of their history."""
    _rebuild(log, lambda version: max(1, version // 2))


def _rebuild(log: Path, upto: Callable[[int], int]) -> None:
    versions = json.loads(beside(log, "eventsourcing.json").read_text("utf-8"))
    count = 0
    start = time.perf_counter()
    with closing(_application(log)) as application:
        for id, version in versions.items():
            count += application.repository.get(UUID(id), version=upto(version)).version
    tell(events=count, rate=count / (time.perf_counter() - start))


def _application(log: Path) -> Application:
    """Return an application that keeps its events in SQLite."""
    return Application(
        {
            "PERSISTENCE_MODULE": "eventsourcing.sqlite",
            "SQLITE_DBNAME": str(beside(log, "eventsourcing.db")),
        }
    )


if __name__ == "__main__":
    {"append": append, "replay": replay, "half": half}[sys.argv[1]](Path(sys.argv[2]))
