"""sqlite-utils loads every event into a table, and is asked for the last row of each place.

Run as ``python -m benchmarks.rivals.sqlite load LOG``, then with ``last-row LOG AT KNOWN``.
"""

import json
import sys
import time
from pathlib import Path

import sqlite_utils

from benchmarks.rivals.reports import LAST_ROW, beside, tell


def load(log: Path) -> None:
    """Load every event into a table, with an index for the query."""
    beside(log, "events.db").unlink(missing_ok=True)
    table = _database(log).table("events")
    with log.open("rb") as file:
        table.insert_all(map(json.loads, file), pk="id", alter=True, batch_size=1000)
    table.create_index(["type", "place", "occurred", "reported", "actor"])
    tell(rows=table.count)


def last_row(log: Path, at: str, known: str) -> None:
    """Ask for the last row of each place."""
    database = _database(log)
    start = time.perf_counter()
    rows = list(database.query(LAST_ROW.format(rows="events"), {"at": at, "known": known}))
    tell(places=len(rows), call=time.perf_counter() - start)


def _database(log: Path) -> sqlite_utils.Database:
    return sqlite_utils.Database(beside(log, "events.db"))


if __name__ == "__main__":
    {"load": load, "last-row": last_row}[sys.argv[1]](Path(sys.argv[2]), *sys.argv[3:])
