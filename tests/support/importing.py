"""Small tables of a town, and commands that import them, for every test of an import."""

import csv
import json
from pathlib import Path
from typing import Any

from click.testing import Result
from commandline import run

CITY = """
[city]
id = "karsa"
name = "Karsa"
timezone = "Asia/Damascus"
[places]
harbour = { name = "Harbour", arabic = "الميناء", lat = 36.0, lon = 37.0 }
mills = { name = "Mills", aliases = ["K-02"], lat = 36.1, lon = 37.1 }
[actors]
army = { label = "The Army" }
[sources]
watch = { label = "Relief Watch", kind = "monitor" }
"""
MAPPING = """
name = "toll"
prefix = "toll"
key = "{id}"
[[events]]
type = "casualties"
source = "watch"
occurred = "{date}"
reported = "{@edition}"
place = { name = "{place}", lat = "{lat}", lon = "{lon}", within = 2 }
killed = { low = "{low}", best = "{best}", high = "{high}" }
"""
HEAD = ["id", "date", "place", "lat", "lon", "low", "best", "high", "remark"]
FIRST = ["1", "2016-05-10", "Harbour", "", "", "2", "3", "4", ""]


def table(*rows: list[str], name: str = "toll.csv", head: list[str] = HEAD) -> str:
    """Write a table and return its name."""
    with Path(name).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *rows])
    return name


def row(**cells: str) -> list[str]:
    """Return the first row with other cells."""
    return list((dict(zip(HEAD, FIRST, strict=True)) | cells).values())


def as_json(cells: list[str] = FIRST) -> str:
    """Return a row as a JSON object."""
    return json.dumps(dict(zip(HEAD, cells, strict=True)))


def give_import(
    *options: str,
    by: str = "toll.toml",
    file: str = "toll.csv",
    edition: str = "2016-06-01",
    code: int | None = 0,
) -> Result:
    """Give the command that imports a table, and return its result."""
    return run("import", by, file, "--edition", edition, *options, code=code)


def imported(*options: str, **given: Any) -> dict[str, int]:
    """Import a table and return the summary, in which every row is accounted for."""
    summary = json.loads(give_import("--json", *options, **given).stdout)
    parts = ("became", "unchanged", "left_out", "set_aside")
    assert summary["rows"] == sum(summary[part] for part in parts)
    return summary


def events() -> list[dict[str, Any]]:
    """Return the events of the log, without when they were recorded."""
    lines = Path("events.jsonl").read_text("utf-8").splitlines()
    read = list(map(json.loads, lines))
    for event in read:
        event.pop("recorded", None)
    return read


def ids() -> list[str]:
    """Return the ids of the events of the log."""
    return [event["id"] for event in events()]


def rejects(name: str = "toll.csv.rejects.csv") -> list[dict[str, str]]:
    """Return the rows that were set aside."""
    with Path(name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def reasons() -> dict[str, str]:
    """Return why each row was set aside, by its number."""
    return {reject["set aside: row"]: reject["why"] for reject in rejects()}
