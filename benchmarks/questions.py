"""What is measured: groups of commands that are run in turn, and the rows that are read from them, each with its target."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from attrs import frozen

from benchmarks import rivals
from benchmarks.measure import ROOT, Case, Figure, interleaved, ratios

AT, KNOWN = "2016-07-01T00:00Z", "2016-09-01T00:00Z"
PAST = {
    "known last": "2018-01-01T00:00Z",
    "known in the middle": "2016-07-01T00:00Z",
    "known early": "2016-03-01T00:00Z",
}
"""Cuts of knowledge, from the last to the first."""
SHIPPED = ROOT / "events.jsonl"


@frozen
class Row:
    """One line of the table.

    Attributes:
        question: what was measured, against what.
        values: one for each round.
        unit: of the values: ``×`` for a ratio.
        target: the words of the target; empty where there is none.
        met: whether a median meets it.
    """

    question: str
    values: tuple[float, ...]
    unit: str = "×"
    target: str = ""
    met: Callable[[float], bool] | None = None


def most(limit: float, unit: str = "×") -> dict[str, object]:
    """Return a target that is met from below."""
    return {"unit": unit, "target": f"≤ {limit:g} {unit}", "met": lambda value: value <= limit}


def least(limit: float) -> dict[str, object]:
    """Return a target for a ratio that is met from above."""
    return {"target": f"≥ {limit:g} ×", "met": lambda value: value >= limit}


@frozen
class Bench:
    """Where logs lie, and how often commands are run.

    Attributes:
        folder: where logs are made.
        runs: how often each command is run.
        slow: up to how many events the slowest rivals are asked.
    """

    folder: Path
    runs: int
    slow: int = 100_000

    def log(self, count: int, versions: int = 1) -> Path:
        """Return a log of so many events, made if it is not there."""
        place = self.folder / f"{count}-{versions}"
        if not place.exists():
            self.apart("benchmarks.generate", count, place, versions)
        return place / "events.jsonl"

    def apart(self, module: str, *arguments: object) -> None:
        """Run a module as a process of its own: a process that is started is never measured as smaller than the one that starts it."""
        subprocess.run(
            [sys.executable, "-m", module, *map(str, arguments)],
            cwd=ROOT,
            check=True,
            stdout=subprocess.DEVNULL,
        )  # noqa: S603

    def command(self, *arguments: object) -> list[str]:
        """Return a command of ours, as the console script runs it."""
        return [sys.executable, "-c", "from cli import run; run()", *map(str, arguments)]

    def state(
        self,
        log: Path,
        *options: str,
        prepare: Callable[[], None] | None = None,
        **environment: str,
    ) -> Case:
        """Return the case of asking for a state, as a program that reads it would."""
        arguments = self.command("state", "--json", "--log", log, *options)
        return Case(
            arguments,
            environment={**self.environment, **environment},
            **({"prepare": prepare} if prepare else {}),
        )

    def module(self, name: str, *arguments: object, **environment: str) -> Case:
        """Return the case of a module of the benchmarks."""
        return Case(
            [sys.executable, "-m", f"benchmarks.{name}", *map(str, arguments)],
            environment={**self.environment, **environment},
        )

    @property
    def environment(self) -> dict[str, str]:
        """Return where what is derived may be kept: within the folder."""
        return {"XDG_CACHE_HOME": str(self.folder / "cache"), "BEANCOUNT_DISABLE_LOAD_CACHE": "1"}

    def measure(
        self, cases: Mapping[str, Case], *, runs: int | None = None, warm: bool = True
    ) -> dict[str, Figure]:
        """Return the figures of some cases, run in turn."""
        return interleaved(cases, runs or self.runs, warm=warm)

    def cold(self, log: Path) -> None:
        """Take away everything that was derived from a log."""
        shutil.rmtree(self.folder / "cache", ignore_errors=True)
        for path in log.parent.iterdir():
            if path.name not in ("events.jsonl", "city.toml"):
                shutil.rmtree(path) if path.is_dir() else path.unlink()

    def derived(self, log: Path) -> int:
        """Return how many bytes were derived from a log."""
        kept = [*log.parent.iterdir(), *(self.folder / "cache").rglob("*")]
        return sum(
            path.stat().st_size
            for path in kept
            if path.is_file() and path.name not in ("events.jsonl", "city.toml")
        )


def bare(code: str) -> Case:
    """Return the case of a line of Python."""
    return Case([sys.executable, "-c", code])


def has(name: str) -> bool:
    """Return whether a rival is installed."""
    try:
        version(name)
    except PackageNotFoundError:
        return False
    return True


def has_index() -> bool:
    """Return whether there is a command that builds the index."""
    done = subprocess.run(
        [sys.executable, "-c", "from cli import run; run()", "index", "--help"],
        capture_output=True,
        cwd=ROOT,
        check=False,
    )
    return done.returncode == 0


def start(bench: Bench, sizes: Sequence[int]) -> Iterator[Row]:
    """Yield what the state of the log that comes with the project costs, beside the bare imports."""
    figures = bench.measure(
        {
            "bare": bare("import click, attrs, msgspec"),
            "state": Case(bench.command("state", "--log", SHIPPED, "--at", "2016-11-28")),
        }
    )
    yield Row(
        "`state` of the shipped log / `import click, attrs, msgspec`",
        ratios(figures["state"].seconds, figures["bare"].seconds),
    )


def warm(bench: Bench, sizes: Sequence[int]) -> Iterator[Row]:
    """Yield what a question costs that an index answers, at each size."""
    cases = {"bare": bare("import click, sqlite3")}
    for size in sizes:
        for what, place in (("city", ()), ("place", ("d7",))):
            log, question = bench.log(size), (*place, "--at", AT, "--known", KNOWN)
            cases[f"{what} {size}"] = bench.state(log, *question)
    figures = {name: figure.seconds for name, figure in bench.measure(cases).items()}
    floor = figures["bare"]
    yield Row("`import click, sqlite3`", floor, unit="s")
    for size in sizes:
        city, place = figures[f"city {size}"], figures[f"place {size}"]
        ratio = f"/ `import click, sqlite3`, {size:,} events"
        yield Row(f"`state --at T --known K`, {size:,} events", city, unit="s")
        yield Row(f"… of one place, {size:,} events", place, unit="s")
        yield Row(f"`state` {ratio}", ratios(city, floor), **most(2.5))
        yield Row(f"… of one place {ratio}", ratios(place, floor), **most(1.2))
    if len(sizes) > 1:
        ends = [figures[f"city {size}"] for size in (sizes[-1], sizes[0])]
        question = f"`state`, {sizes[-1]:,} events / {sizes[0]:,} events"
        yield Row(question, ratios(*ends), **most(1.5))


def library(bench: Bench, sizes: Sequence[int]) -> Iterator[Row]:
    """Yield what a call on an open timeline costs, beside one query that was written by hand and one over the very lines."""
    for size in sizes:
        log = bench.log(size)
        cases = {"ours": bench.module("ours", "library", log, AT, KNOWN)}
        if has("sqlite-utils"):
            bench.measure({"load": bench.module("rivals", "sqlite-load", log)}, runs=1, warm=False)
            cases["sqlite"] = bench.module("rivals", "sqlite-last-row", log, AT, KNOWN)
        if has("duckdb"):
            cases["duckdb"] = bench.module("rivals", "duckdb-last-row", log, AT, KNOWN)
        figures = bench.measure(cases)
        ours = figures["ours"]
        yield Row(
            f"library call, the city, {size:,} events", _milli(ours.own("city")), **most(40, "ms")
        )
        yield Row(
            f"library call, one place, {size:,} events", _milli(ours.own("place")), **most(2, "ms")
        )
        for name, words in (
            ("sqlite", "sqlite-utils, one query by hand"),
            ("duckdb", "DuckDB over the JSONL"),
        ):
            if name in figures:
                yield Row(f"{words}, {size:,} events", _milli(figures[name].own("call")), unit="ms")


def knowledge(bench: Bench, sizes: Sequence[int]) -> Iterator[Row]:
    """Yield what a cut of knowledge costs, from the last to the first, on a log as it comes and on a backfill."""
    for versions, words in ((1, ""), (5, ", backfill")):
        log = bench.log(sizes[-1], versions)
        cases = {"none": bench.state(log, "--at", AT)}
        cases |= {
            name: bench.state(log, "--at", AT, "--known", known) for name, known in PAST.items()
        }
        figures = bench.measure(cases)
        for name in PAST:
            yield Row(
                f"{name} / without `--known`{words}, {sizes[-1]:,} events",
                ratios(figures[name].seconds, figures["none"].seconds),
                **most(3),
            )


LATE = (
    '{{"id":"late-{number}","type":"control_change","v":1,"occurred":"2016-03-01T00:00Z","reported":"2016-12-31T00:00Z",'
    '"recorded":"2030-01-01T00:00:00Z","source":"s1","place":"d7","actor":"government","ground":"held","how":"change"}}\n'
)


def late(bench: Bench, sizes: Sequence[int]) -> Iterator[Row]:
    """Yield what the question costs after one late event was appended, beside a ledger that got one back-dated entry."""
    log = bench.log(sizes[-1])
    own = bench.folder / "late" / "events.jsonl"
    shutil.copytree(log.parent, own.parent, dirs_exist_ok=True)
    numbers = iter(range(1_000_000))

    def append() -> None:
        with own.open("a", encoding="utf-8") as file:
            file.write(LATE.format(number=next(numbers)))

    cases = {
        "warm": bench.state(own, "--at", AT),
        "late": bench.state(own, "--at", AT, prepare=append),
    }
    figures = bench.measure(cases)
    yield Row(
        f"one late event, then `state` / warm, {sizes[-1]:,} events",
        ratios(figures["late"].seconds, figures["warm"].seconds),
        **most(1.5),
    )
    slow = max((size for size in sizes if size <= bench.slow), default=0)
    if has("beancount") and slow:
        ledger = bench.log(slow)
        bench.apart("benchmarks.rivals", "beancount-prepare", ledger)
        again = bench.module("rivals", "beancount-balances", ledger, AT)
        both = {
            "loaded": again,
            "late": Case(
                again.command, partial(rivals.beancount_backdate, ledger), again.environment
            ),
        }
        taken = bench.measure(both, runs=min(bench.runs, 3), warm=False)
        yield Row(
            f"beancount: one back-dated entry, then balances, {slow:,} entries",
            taken["late"].seconds,
            unit="s",
        )
        yield Row(
            f"… / without it, {slow:,} entries",
            ratios(taken["late"].seconds, taken["loaded"].seconds),
        )


def cold(bench: Bench, sizes: Sequence[int]) -> Iterator[Row]:
    """Yield what a state costs of which nothing was derived, beside the replays of others."""
    size = max((size for size in sizes if size <= bench.slow), default=sizes[0])
    log = bench.log(size)
    parse = f"import json\nfor line in open({str(log)!r}): json.loads(line)"
    cases = {
        "replay": bench.state(log, "--at", AT, TIMELINE_INDEX="0"),
        "index": bench.state(log, "--at", AT, prepare=partial(bench.cold, log)),
        "stream": bench.module("ours", "stream", log, AT, KNOWN),
        "parse": bare(parse),
    }
    if has("eventsourcing"):
        appended = bench.measure(
            {"append": bench.module("rivals", "eventsourcing-append", log)}, runs=1, warm=False
        )["append"]
        yield Row(
            f"eventsourcing: append in batches of 1,000, {size:,} events",
            appended.own("rate"),
            unit="/s",
        )
        cases["half"] = bench.module("rivals", "eventsourcing-half", log)
    if has("beancount"):
        bench.apart("benchmarks.rivals", "beancount-prepare", log)
        cases["balances"] = bench.module("rivals", "beancount-balances", log, AT)
    figures = bench.measure(cases, runs=min(bench.runs, 3))
    parsing = figures["parse"].seconds
    for name, words in (
        ("replay", "cold `state`, without an index"),
        ("index", "cold `state`, with its index built first"),
    ):
        ours = figures[name].seconds
        yield Row(f"{words}, {size:,} events", ours, unit="s")
        yield Row(f"… / `json.loads` of the lines, {size:,} events", ratios(ours, parsing))
        if "half" in figures:
            yield Row(
                f"eventsourcing: state at half history / {words}, {size:,} events",
                ratios(figures["half"].seconds, ours),
                **least(5),
            )
        if "balances" in figures:
            yield Row(
                f"beancount: load and balances / {words}, {size:,} events",
                ratios(figures["balances"].seconds, ours),
                **least(10),
            )
    yield Row(
        f"replay without holding the log / `json.loads`, {size:,} events",
        ratios(figures["stream"].seconds, parsing),
    )


def building(bench: Bench, sizes: Sequence[int]) -> Iterator[Row]:
    """Yield how fast the lines are decoded, and the index built, beside a replay from another's database."""
    size = sizes[-1]
    log = bench.log(size)
    cases = {"decode": bench.module("ours", "decode", log)}
    indexed = has_index()
    if indexed:
        cases["index"] = Case(
            bench.command("index", "--log", log), partial(bench.cold, log), bench.environment
        )
    slow = max((size for size in sizes if size <= bench.slow), default=0)
    if has("eventsourcing") and slow:
        bench.measure(
            {"append": bench.module("rivals", "eventsourcing-append", bench.log(slow))},
            runs=1,
            warm=False,
        )
        cases["replay"] = bench.module("rivals", "eventsourcing-replay", bench.log(slow))
    figures = bench.measure(cases, runs=min(bench.runs, 3), warm=False)
    decoding = figures["decode"].own("seconds")
    rate = tuple(size / one for one in decoding)
    yield Row(f"decoding alone, one process, {size:,} events", rate, unit="/s")
    if "replay" in figures:
        yield Row(
            f"decoding alone / eventsourcing's replay of {slow:,}, events a second",
            ratios(rate, figures["replay"].own("rate")),
        )
    if not indexed:
        yield Row(
            f"index build / eventsourcing's replay, events a second, {size:,} events",
            (),
            **least(1),
        )
        return
    built = figures["index"]
    builds = tuple(size / one for one in built.seconds)
    yield Row(f"index build, {size:,} events", builds, unit="/s")
    if "replay" in figures:
        yield Row(
            f"index build / eventsourcing's replay, events a second, {size:,} events",
            ratios(builds, figures["replay"].own("rate")),
            **least(1),
        )
    yield Row(
        f"index build / decoding alone, {size:,} events", ratios(built.seconds, decoding), **most(3)
    )
    yield Row(f"index build, peak memory, {size:,} events", built.megabytes, **most(500, "MB"))
    yield Row(
        f"index / log, bytes, {size:,} events",
        (bench.derived(log) / log.stat().st_size,),
        **most(1.5),
    )


def memory(bench: Bench, sizes: Sequence[int]) -> Iterator[Row]:
    """Yield the peak memory of a replay that holds nothing, at each size, and how it grows."""
    sizes = [size for size in sizes if size >= 100_000] or sizes[-1:]
    figures = bench.measure(
        {str(size): bench.module("ours", "stream", bench.log(size), AT, KNOWN) for size in sizes},
        runs=min(bench.runs, 3),
        warm=False,
    )
    for size in sizes:
        yield Row(
            f"replay without holding the log, peak memory, {size:,} events",
            figures[str(size)].megabytes,
            unit="MB",
        )
    if len(sizes) > 1:
        last, first = figures[str(sizes[-1])].megabytes, figures[str(sizes[0])].megabytes
        yield Row(f"… {sizes[-1]:,} events / {sizes[0]:,} events", ratios(last, first), **most(1.3))


def verifying(bench: Bench, sizes: Sequence[int]) -> Iterator[Row]:
    """Yield what verifying a log against its seal costs, beside plain SHA-256 of its lines."""
    size = max((size for size in sizes if size <= bench.slow), default=sizes[0])
    log = bench.log(size)
    figure = bench.measure(
        {"verify": bench.module("ours", "verifying", log)}, runs=min(bench.runs, 3)
    )["verify"]
    bench.cold(log)
    yield Row(
        f"`verify` / SHA-256 of each line, {size:,} lines",
        ratios(figure.own("verify"), figure.own("plain")),
    )


Group = Callable[[Bench, Sequence[int]], Iterator[Row]]
"""Some rows that are measured together."""

GROUPS: tuple[Group, ...] = (
    start,
    warm,
    library,
    knowledge,
    late,
    cold,
    building,
    memory,
    verifying,
)
"""Everything that is measured, in the order of the table."""


def _milli(seconds: Sequence[float]) -> tuple[float, ...]:
    return tuple(1000 * one for one in seconds)
