"""Measure everything, beside what people would pick instead, and write a table and its data: ``python -m benchmarks``.

Nothing here passes or fails: a target that is not met is said. Commands are run in turn, so a ratio
holds on a machine whose speed drifts; times of two runs do not compare. Rivals that are not
installed (``pip install -c constraints.txt -e '.[benchmarks]'``) are left out, and that is said,
too. With all sizes a run takes about an hour and two gigabytes of disk.
"""

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.measure import ROOT, Failed, spread
from benchmarks.questions import GROUPS, Bench, Group, Row, has
from benchmarks.rivals import INSTEAD

SIZES = (10_000, 100_000, 1_000_000)
LIBRARIES = ("attrs", "msgspec", "click", *INSTEAD)


def machine() -> dict[str, Any]:
    """Return what the figures were taken on, and with which versions; rivals that are not installed are None."""
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "processors": os.cpu_count(),
        "memory_gb": _memory(),
        "versions": {name: version(name) if has(name) else None for name in LIBRARIES},
    }


def _memory() -> int | None:
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)
    except (ValueError, OSError, AttributeError):
        return None


def record(row: Row) -> dict[str, Any]:
    """Return a row as JSON values; one that was not measured has no median."""
    figures: dict[str, Any] = spread(row.values) if row.values else {"median": None}
    met = row.met(figures["median"]) if row.met and row.values else None
    return {
        "question": row.question,
        "unit": row.unit,
        **figures,
        "runs": len(row.values),
        "target": row.target or None,
        "met": met,
    }


def table(head: dict[str, Any], records: Iterable[dict[str, Any]]) -> str:
    """Return the Markdown table of some records, under what they were taken on."""
    named = ", ".join(
        f"{name} {number or '– not installed'}" for name, number in head["versions"].items()
    )
    memory = f", {head['memory_gb']} GB" if head["memory_gb"] else ""
    lines = [
        f"Python {head['python']}, {head['system']}, {head['processors']} processors{memory}; {named}.",
        "",
        "| question | median | least – greatest | runs | target | met |",
        "|---|--:|--:|--:|--:|---|",
    ]
    return "\n".join([*lines, *map(_line, records)]) + "\n"


def _line(one: dict[str, Any]) -> str:
    met = {True: "yes", False: "no", None: "not measured" if one["median"] is None else ""}[
        one["met"]
    ]
    figures = (
        [_number(one[name], one["unit"]) for name in ("median", "least", "greatest")]
        if one["runs"]
        else ["–"] * 3
    )
    return f"| {one['question']} | {figures[0]} | {figures[1]} – {figures[2]} | {one['runs']} | {one['target'] or ''} | {met} |"


def _number(value: float, unit: str) -> str:
    return f"{value:,.0f} {unit}" if value >= 1000 else f"{value:.3g} {unit}"


def main(arguments: list[str]) -> None:
    """Measure, tell each row as it is found, and write both files after each."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument(
        "--quick",
        action="store_true",
        help="10,000 events and one run only, to see that everything works",
    )
    parser.add_argument(
        "--sizes",
        default=SIZES,
        type=lambda text: tuple(int(one) for one in text.split(",")),
        help="as 10000,100000",
    )
    parser.add_argument(
        "--runs", default=5, type=int, help="how often each command is run (default: 5)"
    )
    parser.add_argument(
        "--only",
        action="append",
        choices=[group.__name__ for group in GROUPS],
        help="some groups of questions only",
    )
    parser.add_argument(
        "--out",
        default=ROOT / "benchmarks" / "results",
        type=Path,
        help="where results.json and results.md are written",
    )
    given = parser.parse_args(arguments)
    sizes, runs = (SIZES[:1], 1) if given.quick else (tuple(sorted(given.sizes)), given.runs)
    head, records, failures = {**machine(), "sizes": sizes, "runs": runs}, [], list[str]()
    given.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for group in GROUPS:
            if given.only and group.__name__ not in given.only:
                continue
            for row in _rows(group, Bench(Path(folder), runs), sizes, failures):
                records.append(record(row))
                print(_line(records[-1]), flush=True)  # noqa: T201  # figures for people
                (given.out / "results.json").write_text(
                    json.dumps({**head, "rows": records}, indent=2, ensure_ascii=False), "utf-8"
                )
                (given.out / "results.md").write_text(table(head, records), "utf-8")
    if failures:
        sys.exit("\n".join(failures))


def _rows(group: Group, bench: Bench, sizes: tuple[int, ...], failures: list[str]) -> Iterator[Row]:
    """Yield the rows of a group; one that fails is noted, and keeps no other from being measured."""
    try:
        yield from group(bench, sizes)
    except Failed as failure:
        failures.append(str(failure))
        yield Row(f"{group.__name__} failed", ())


if __name__ == "__main__":
    main(sys.argv[1:])
