"""DuckDB is asked for the last row of each place, over the very lines of the log.

Run as ``python -m benchmarks.rivals.duckdb LOG AT KNOWN``.
"""

import sys
import time
from pathlib import Path

import duckdb

from benchmarks.rivals.reports import LAST_ROW, tell

COLUMNS = ("type", "place", "actor", "occurred", "reported")


def last_row(log: Path, at: str, known: str) -> None:
    """Ask for the last row of each place."""
    columns = ", ".join(f"{name}: 'VARCHAR'" for name in COLUMNS)
    lines = f"read_json('{log}', format = 'newline_delimited', columns = {{{columns}}})"
    query = LAST_ROW.format(rows=lines).replace(":at", "$at").replace(":known", "$known")
    query = query.replace("actor, max", "arg_max(actor, occurred), max")
    start = time.perf_counter()
    rows = duckdb.execute(query, {"at": at, "known": known}).fetchall()
    tell(places=len(rows), call=time.perf_counter() - start)


if __name__ == "__main__":
    last_row(Path(sys.argv[1]), *sys.argv[2:])
