"""Measure everything, beside what people would pick instead, and write a table and its data.

    python -m benchmarks --help

Nothing here passes or fails: a target that is not met is said. Commands are run in turn, so a ratio
holds on a machine whose speed drifts; times of two runs do not compare. Rivals that are not
installed (``pip install -c constraints.txt -e '.[benchmarks]'``) are left out, and that is said,
too. With all sizes a run takes about an hour and two gigabytes of disk.
"""

import json
import os
import platform
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from benchmarks.bench import Bench, Row, installed
from benchmarks.measure import ROOT, Failed, spread
from benchmarks.questions import GROUPS, Group
from benchmarks.rivals import INSTEAD

SIZES = "10000,100000,1000000"
LIBRARIES = ("attrs", "msgspec", "click", *INSTEAD)
NAMES = {group.__name__: group for group in GROUPS}


def machine() -> dict[str, Any]:
    """Return the machine and the versions of libraries; rivals that are not installed are None."""
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "processors": os.cpu_count(),
        "memory_gb": _memory(),
        "versions": {name: installed(name) for name in LIBRARIES},
    }


def _memory() -> int | None:
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)
    except (ValueError, OSError, AttributeError):
        return None


def record(row: Row) -> dict[str, Any]:
    """Return a row as JSON values; one that was not measured has no median."""
    figures: dict[str, Any] = spread(row.values) if row.values else {"median": None}
    return {
        "question": row.question,
        "unit": row.unit,
        **figures,
        "runs": len(row.values),
        **_verdict(row, figures["median"]),
    }


def _verdict(row: Row, median: float | None) -> dict[str, Any]:
    """Return the target of a row in words, and whether it is met; None where there is none."""
    if row.target is None:
        return {"target": None, "met": None}
    words = f"{row.target.sign} {row.target.limit:g} {row.unit}"
    return {"target": words, "met": None if median is None else row.target.met(median)}


def table(head: Mapping[str, Any], records: Iterable[Mapping[str, Any]]) -> str:
    """Return the Markdown table of some records, under the machine they were taken on."""
    versions = head["versions"].items()
    libraries = ", ".join(f"{name} {number or '– not installed'}" for name, number in versions)
    memory = f", {head['memory_gb']} GB" if head["memory_gb"] else ""
    hardware = f"{head['system']}, {head['processors']} processors{memory}"
    lines = [
        f"Python {head['python']}, {hardware}; {libraries}.",
        "",
        "| question | median | least – greatest | runs | target | met |",
        "|---|--:|--:|--:|--:|---|",
    ]
    return "\n".join([*lines, *map(_line, records)]) + "\n"


def _line(row: Mapping[str, Any]) -> str:
    median, least, greatest = _figures(row)
    cells = (row["question"], median, f"{least} – {greatest}", row["runs"], row["target"] or "")
    return f"| {' | '.join(map(str, cells))} | {_met(row)} |"


def _figures(row: Mapping[str, Any]) -> list[str]:
    if not row["runs"]:
        return ["–"] * 3
    return [_number(row[name], row["unit"]) for name in ("median", "least", "greatest")]


def _met(row: Mapping[str, Any]) -> str:
    if row["median"] is None:
        return "not measured"
    return {True: "yes", False: "no", None: ""}[row["met"]]


def _number(value: float, unit: str) -> str:
    return f"{value:,.0f} {unit}" if value >= 1000 else f"{value:.3g} {unit}"


@click.command()
@click.option(
    "--quick", is_flag=True, help="10,000 events and one run only, to see that all works."
)
@click.option("--sizes", default=SIZES, show_default=True, help="How many events, with commas.")
@click.option("--runs", default=5, show_default=True, help="How often each command is run.")
@click.option("--only", multiple=True, type=click.Choice([*NAMES]), help="Some groups only.")
@click.option(
    "--out",
    default=ROOT / "benchmarks" / "results",
    type=click.Path(path_type=Path),
    help="The folder for results.json and results.md.",
)
def main(quick: bool, sizes: str, runs: int, only: tuple[str, ...], out: Path) -> None:
    """Measure everything, beside what people would pick instead.

    Tells each row as it is found, and writes both files after each.
    """
    counts = [10_000] if quick else sorted(map(int, sizes.split(",")))
    head = {**machine(), "sizes": counts, "runs": 1 if quick else runs}
    groups = [group for name, group in NAMES.items() if not only or name in only]
    records: list[dict[str, Any]] = []
    failures: list[str] = []
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), head["runs"])
        for row in _rows(groups, bench, counts, failures):
            records.append(record(row))
            click.echo(_line(records[-1]))
            _write(out, head, records)
    sys.exit("\n".join(failures) or None)


def _write(folder: Path, head: Mapping[str, Any], records: Sequence[Mapping[str, Any]]) -> None:
    text = json.dumps({**head, "rows": records}, indent=2, ensure_ascii=False)
    (folder / "results.json").write_text(text, "utf-8")
    (folder / "results.md").write_text(table(head, records), "utf-8")


def _rows(
    groups: Sequence[Group], bench: Bench, sizes: Sequence[int], failures: list[str]
) -> Iterator[Row]:
    """Yield the rows of some groups; a group that fails is noted, and keeps no other from it."""
    for group in groups:
        try:
            yield from group(bench, sizes)
        except Failed as failure:
            failures.append(str(failure))
            yield Row(f"{group.__name__} failed", ())


if __name__ == "__main__":
    main()
