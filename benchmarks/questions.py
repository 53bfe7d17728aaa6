"""The questions, in groups of commands that are run in turn, and their rows with targets."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import count
from pathlib import Path

from benchmarks.bench import Bench, Row, bare, has, least, most
from benchmarks.measure import ROOT, Case, ratios
from benchmarks.rivals import ledger

AT, KNOWN = "2016-07-01T00:00Z", "2016-09-01T00:00Z"
PAST = {
    "known last": "2018-01-01T00:00Z",
    "known in the middle": "2016-07-01T00:00Z",
    "known early": "2016-03-01T00:00Z",
}
"""Cuts of knowledge, from the last to the first."""
SHIPPED = ROOT / "events.jsonl"


def start(bench: Bench, sizes: Sequence[int]) -> Iterator[Row]:
    """Yield the cost of starting the program, beside the bare imports of its libraries."""
    log = bench.log(sizes[0])
    bench.once(bench.command("index", "--log", log))
    cases = {
        "libraries": bare("import click, attrs, msgspec"),
        "shipped": bench.command("state", "--log", SHIPPED, "--at", "2016-11-28"),
        "floor": bare("import attrs, click"),
        "place": bench.state(log, "d7"),
    }
    seconds = {name: figure.seconds for name, figure in bench.measure(cases).items()}
    shipped = ratios(seconds["shipped"], seconds["libraries"])
    yield Row("`state` of the shipped log / `import click, attrs, msgspec`", shipped)
    question = "`state PLACE --json` by the index / `import attrs, click`"
    place = ratios(seconds["place"], seconds["floor"])
    yield Row(f"{question}, {sizes[0]:,} events", place, target=most(3))


def warm(bench: Bench, sizes: Sequence[int]) -> Iterator[Row]:
    """Yield the cost of a question to an index, at each size."""
    cases = {"floor": bare("import click, sqlite3")}
    for size in sizes:
        log, options = bench.log(size), ("--at", AT, "--known", KNOWN)
        cases[f"city {size}"] = bench.state(log, *options)
        cases[f"place {size}"] = bench.state(log, "d7", *options)
    figures = {name: figure.seconds for name, figure in bench.measure(cases).items()}
    floor, bare_import = figures["floor"], "`import click, sqlite3`"
    yield Row(bare_import, floor, unit="s")
    for size in sizes:
        city, place, events = figures[f"city {size}"], figures[f"place {size}"], f"{size:,} events"
        yield Row(f"`state --at T --known K`, {events}", city, unit="s")
        yield Row(f"… of one place, {events}", place, unit="s")
        yield Row(f"`state` / {bare_import}, {events}", ratios(city, floor), target=most(2.5))
        of_place = f"`state` of one place / {bare_import}, {events}"
        yield Row(of_place, ratios(place, floor), target=most(1.2))
    if len(sizes) > 1:
        growth = ratios(figures[f"city {sizes[-1]}"], figures[f"city {sizes[0]}"])
        yield Row(f"`state`, {sizes[-1]:,} events / {sizes[0]:,} events", growth, target=most(1.5))


def library(bench: Bench, sizes: Sequence[int]) -> Iterator[Row]:
    """Yield the cost of a call on an open timeline, beside queries that were written by hand."""
    for size in sizes:
        figures = bench.measure(_calls(bench, bench.log(size)))
        city, place = (figures["ours"].own(name) for name in ("city", "place"))
        events = f"{size:,} events"
        yield Row(f"library call, the city, {events}", _milli(city), "ms", most(40))
        yield Row(f"library call, one place, {events}", _milli(place), "ms", most(2))
        if "sqlite" in figures:
            query = _milli(figures["sqlite"].own("call"))
            yield Row(f"sqlite-utils, one query by hand, {events}", query, "ms")
        if "duckdb" in figures:
            query = _milli(figures["duckdb"].own("call"))
            yield Row(f"DuckDB over the JSONL, {events}", query, "ms")


def _calls(bench: Bench, log: Path) -> dict[str, Case]:
    """Return the cases that tell the time of a call, those of rivals where these are installed."""
    cases = {"ours": bench.module("ours", "library", log, AT, KNOWN)}
    if has("sqlite-utils"):
        bench.once(bench.module("rivals.sqlite", "load", log))
        cases["sqlite"] = bench.module("rivals.sqlite", "last-row", log, AT, KNOWN)
    if has("duckdb"):
        cases["duckdb"] = bench.module("rivals.duckdb", log, AT, KNOWN)
    return cases


def knowledge(bench: Bench, sizes: Sequence[int]) -> Iterator[Row]:
    """Yield the cost of a cut of knowledge, on a log as it comes and on a backfill."""
    for versions, words in ((1, ""), (5, ", backfill")):
        log = bench.log(sizes[-1], versions)
        cases = {"none": bench.state(log, "--at", AT)}
        for name, known in PAST.items():
            cases[name] = bench.state(log, "--at", AT, "--known", known)
        figures = {name: figure.seconds for name, figure in bench.measure(cases).items()}
        for name in PAST:
            question = f"{name} / without `--known`{words}, {sizes[-1]:,} events"
            yield Row(question, ratios(figures[name], figures["none"]), target=most(3))


LATE = (
    '{{"id":"late-{number}","type":"control_change","v":1,"occurred":"2016-03-01T00:00Z",'
    '"reported":"2016-12-31T00:00Z","recorded":"2030-01-01T00:00:00Z","source":"s1",'
    '"place":"d7","actor":"government","ground":"held","how":"change"}}\n'
)


def late(bench: Bench, sizes: Sequence[int]) -> Iterator[Row]:
    """Yield the cost of the question after a late event, beside a ledger with a late entry."""
    log = bench.folder / "late" / "events.jsonl"
    shutil.copytree(bench.log(sizes[-1]).parent, log.parent, dirs_exist_ok=True)
    append = partial(_append_late, log, count())
    cases = {
        "warm": bench.state(log, "--at", AT),
        "late": bench.state(log, "--at", AT, prepare=append),
    }
    figures = bench.measure(cases)
    yield Row(
        f"one late event, then `state` / warm, {sizes[-1]:,} events",
        ratios(figures["late"].seconds, figures["warm"].seconds),
        target=most(1.5),
    )
    slow = bench.slow_size(sizes)
    if has("beancount") and slow:
        yield from _late_entry(bench, slow)


def _append_late(log: Path, numbers: Iterator[int]) -> None:
    with log.open("a", encoding="utf-8") as file:
        file.write(LATE.format(number=next(numbers)))


def _late_entry(bench: Bench, size: int) -> Iterator[Row]:
    log = bench.log(size)
    bench.apart("rivals.ledger", log)
    balances = partial(bench.module, "rivals.beancount", log, AT)
    backdate = partial(ledger.backdate, log)
    figures = bench.measure_slow({"loaded": balances(), "late": balances(prepare=backdate)})
    taken = figures["late"].seconds
    question = f"beancount: one back-dated entry, then balances, {size:,} entries"
    yield Row(question, taken, unit="s")
    yield Row(f"… / without it, {size:,} entries", ratios(taken, figures["loaded"].seconds))


COLD = {"replay": "without an index", "index": "with its index built first"}
"""The ways to a state of which nothing was derived, by the names of their cases."""


def cold(bench: Bench, sizes: Sequence[int]) -> Iterator[Row]:
    """Yield the cost of a state when nothing was derived, beside the replays of others."""
    size = bench.slow_size(sizes) or sizes[0]
    log = bench.log(size)
    if has("eventsourcing"):
        rate = bench.once(bench.module("rivals.eventsourcing", "append", log)).own("rate")
        yield Row(f"eventsourcing: append in batches of 1,000, {size:,} events", rate, "/s")
    figures = bench.measure_slow(_replays(bench, log), warm=True)
    seconds = {name: figure.seconds for name, figure in figures.items()}
    events = f"{size:,} events"
    for name, words in COLD.items():
        ours, question = seconds[name], f"cold `state`, {words}, {events}"
        yield Row(question, ours, unit="s")
        yield Row(f"… / `json.loads` of the lines, {events}", ratios(ours, seconds["parse"]))
        if "half" in seconds:
            half = f"eventsourcing: state at half history / {question}"
            yield Row(half, ratios(seconds["half"], ours), target=least(5))
        if "balances" in seconds:
            balances = f"beancount: load and balances / {question}"
            yield Row(balances, ratios(seconds["balances"], ours), target=least(10))


def _replays(bench: Bench, log: Path) -> dict[str, Case]:
    """Return the cases of replays from nothing, those of rivals where these are installed."""
    parse = f"import json\nfor line in open({str(log)!r}): json.loads(line)"
    cases = {
        "replay": bench.state(log, "--at", AT, TIMELINE_INDEX="0"),
        "index": bench.state(log, "--at", AT, prepare=partial(bench.cold, log)),
        "parse": bare(parse),
    }
    if has("eventsourcing"):
        cases["half"] = bench.module("rivals.eventsourcing", "half", log)
    if has("beancount"):
        bench.apart("rivals.ledger", log)
        cases["balances"] = bench.module("rivals.beancount", log, AT)
    return cases


def building(bench: Bench, sizes: Sequence[int]) -> Iterator[Row]:
    """Yield the rates of decoding and of building the index, beside another's replay."""
    size, slow = sizes[-1], bench.slow_size(sizes)
    log, events = bench.log(size), f"{size:,} events"
    cases = {
        "decode": bench.module("ours", "decode", log),
        "index": bench.command("index", "--log", log, prepare=partial(bench.cold, log)),
    }
    if has("eventsourcing") and slow:
        bench.once(bench.module("rivals.eventsourcing", "append", bench.log(slow)))
        cases["replay"] = bench.module("rivals.eventsourcing", "replay", bench.log(slow))
    figures = bench.measure_slow(cases)
    decoding, building = figures["decode"].own("seconds"), figures["index"].seconds
    decoded, built = _rate(size, decoding), _rate(size, building)
    yield Row(f"decoding alone, {events}", decoded, unit="/s")
    yield Row(f"index build, {events}", built, unit="/s")
    if "replay" in figures:
        replayed, rival = figures["replay"].own("rate"), "eventsourcing's replay"
        yield Row(
            f"decoding alone / {rival} of {slow:,}, events a second", ratios(decoded, replayed)
        )
        question = f"index build / {rival}, events a second, {events}"
        yield Row(question, ratios(built, replayed), target=least(1))
    slower = ratios(building, decoding)
    yield Row(f"index build / decoding alone, {events}", slower, target=most(3))
    memory = figures["index"].megabytes
    yield Row(f"index build, peak memory, {events}", memory, "MB", most(500))
    share = bench.derived(log) / log.stat().st_size
    yield Row(f"index / log, bytes, {events}", (share,), target=most(1.5))


def verifying(bench: Bench, sizes: Sequence[int]) -> Iterator[Row]:
    """Yield the cost of verifying a log against its seal, beside SHA-256 of its lines."""
    size = bench.slow_size(sizes) or sizes[0]
    log = bench.log(size)
    case = bench.module("ours", "verifying", log)
    figure = bench.measure_slow({"verify": case}, warm=True)["verify"]
    bench.cold(log)
    question = f"`verify` / SHA-256 of each line, {size:,} lines"
    yield Row(question, ratios(figure.own("verify"), figure.own("plain")))


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
    verifying,
)
"""Everything that is measured, in the order of the table."""


def _milli(seconds: Sequence[float]) -> tuple[float, ...]:
    return tuple(1000 * second for second in seconds)


def _rate(count: int, seconds: Sequence[float]) -> tuple[float, ...]:
    return tuple(count / second for second in seconds)
