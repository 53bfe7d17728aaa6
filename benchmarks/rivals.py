"""What people would pick instead, asked what it can be asked: each of these runs as a process of its own.

    python -m benchmarks.rivals NAME LOG [AT [KNOWN]]

None of them answers our question: they keep no window, no second voice and no dispute. So each is
asked the nearest thing that it knows, which is less work than ours, never more. A command prints,
as its last line, a JSON object with what it measured itself.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

INSTEAD = ("eventsourcing", "beancount", "sqlite-utils", "duckdb")
"""The distributions that are compared; they are installed by the extra ``benchmarks``."""


def tell(**figures: Any) -> None:
    """Print what was measured."""
    print(json.dumps(figures))  # noqa: T201  # the reader is the benchmark


class Told(NamedTuple):
    """What a rival is given of an event: its id, what it is about, who says so, the day, and a word of what is said."""

    id: str
    about: str
    source: str
    occurred: str
    said: str


def _told(log: Path) -> Iterator[Told]:
    """Yield every event of a log as a rival is given it, so that all of them hold as many events as the log does."""
    with log.open("rb") as file:
        for event in map(json.loads, file):
            about = next(
                str(event[name]) for name in ("place", "origin", "topic", "target") if name in event
            )
            about = "d0" if event["type"] == "retraction" else about
            yield Told(
                event["id"], about, event["source"], event["occurred"], event.get("actor", "nobody")
            )


def beside(log: Path, name: str) -> Path:
    """Return where a rival keeps what it makes of a log: not in its folder, which is the timeline's."""
    folder = log.parent.with_name(f"{log.parent.name}-rivals")
    folder.mkdir(exist_ok=True)
    return folder / name


# eventsourcing ------------------------------------------------------------------------------------


def _application(log: Path) -> tuple[Any, Any]:
    """Return an application that keeps its events in SQLite, and its class of aggregate: a place, and what each voice last said of it."""
    from eventsourcing.application import Application
    from eventsourcing.domain import Aggregate, event

    class District(Aggregate):
        """A place: what each voice last said of it."""

        @event("Begun")
        def __init__(self, name: str) -> None:
            self.name = name
            self.held: dict[str, tuple[str, str]] = {}

        @event("Told")
        def tell(self, source: str, occurred: str, said: str) -> None:
            """Take in a report."""
            if occurred >= self.held.get(source, ("", ""))[0]:
                self.held[source] = (occurred, said)

    for one in (District, District.Begun, District.Told, District.tell):  # type: ignore[attr-defined]  # made by the decorator
        one.__qualname__ = one.__qualname__.replace("_application.<locals>.", "")
    globals()["District"] = District
    environment = {
        "PERSISTENCE_MODULE": "eventsourcing.sqlite",
        "SQLITE_DBNAME": str(beside(log, "eventsourcing.db")),
    }
    return Application(environment), District


def eventsourcing_append(log: Path) -> None:
    """Append every event to the aggregate of what it is about, a thousand at a time."""
    beside(log, "eventsourcing.db").unlink(missing_ok=True)
    application, district = _application(log)
    places: dict[str, Any] = {}
    count = 0
    start = time.perf_counter()
    with closing(application):
        for count, told in enumerate(_told(log), 1):
            if told.about not in places:
                places[told.about] = district(told.about)
            places[told.about].tell(told.source, told.occurred, told.said)
            if count % 1000 == 0:
                application.save(*places.values())
        application.save(*places.values())
    seconds = time.perf_counter() - start
    beside(log, "eventsourcing.json").write_text(
        json.dumps({str(one.id): one.version for one in places.values()}), "utf-8"
    )
    tell(events=count, rate=count / seconds)


def eventsourcing_replay(log: Path) -> None:
    """Read every event back and apply it to its aggregate."""
    _eventsourcing(log, lambda version: version)


def eventsourcing_half(log: Path) -> None:
    """Rebuild the aggregates as they were at half of their history."""
    _eventsourcing(log, lambda version: max(1, version // 2))


def _eventsourcing(log: Path, upto: Callable[[int], int]) -> None:
    from uuid import UUID

    application, _ = _application(log)
    versions = json.loads(beside(log, "eventsourcing.json").read_text("utf-8"))
    start = time.perf_counter()
    with closing(application):
        count = sum(
            application.repository.get(UUID(id), version=upto(version)).version
            for id, version in versions.items()
        )
    tell(events=count, rate=count / (time.perf_counter() - start))


# beancount ----------------------------------------------------------------------------------------


def beancount_prepare(log: Path) -> None:
    """Write the events as a ledger: each is a transaction that gives what it is about, as one voice has it, a unit of what is said."""
    lines = ['option "operating_currency" "HELD"']
    events = list(_told(log))
    accounts = {(told.about, told.source) for told in events}
    lines += [f"2015-01-01 open {_account(*one)}" for one in sorted(accounts)]
    lines.append("2015-01-01 open Equity:Said")
    lines += map(_transaction, events)
    _ledger(log).write_text("\n".join(lines) + "\n", "utf-8")


def beancount_backdate(log: Path) -> None:
    """Add one entry that is dated before most others."""
    with _ledger(log).open("a", encoding="utf-8") as file:
        file.write(
            '2016-03-01 * "late"\n  Equity:Said  -1 GOVERNMENT\n  Equity:Said  1 GOVERNMENT\n'
        )


def beancount_balances(log: Path, at: str) -> None:
    """Load the ledger and add up the balance of every account at a date."""
    from beancount import loader
    from beancount.core.data import Transaction
    from beancount.core.inventory import Inventory

    entries, errors, _ = loader.load_file(str(_ledger(log)))
    balances: dict[str, Inventory] = {}
    for entry in entries:
        if isinstance(entry, Transaction) and entry.date <= date.fromisoformat(at[:10]):
            for posting in entry.postings:
                balances.setdefault(posting.account, Inventory()).add_position(posting)
    tell(accounts=len(balances), errors=len(errors))


def _ledger(log: Path) -> Path:
    return beside(log, "ledger.beancount")


def _account(about: str, source: str) -> str:
    return f"Assets:{about.title()}:{source.title()}"


def _transaction(told: Told) -> str:
    day = f"{told.occurred[:10].rstrip('~')}-01"[:10]
    unit = told.said.upper()
    return f'{day} * "{told.id}"\n  {_account(told.about, told.source)}  1 {unit}\n  Equity:Said  -1 {unit}'


# sqlite-utils and DuckDB --------------------------------------------------------------------------

LAST_ROW = """
    select place, actor, max(occurred) from {rows}
    where type = 'control_change' and occurred <= :at and reported <= :known
    group by place
"""
"""The query that people write first: one holder for each place, whoever said so."""


def sqlite_load(log: Path) -> None:
    """Load every event into a table, with an index for the query."""
    import sqlite_utils

    beside(log, "events.db").unlink(missing_ok=True)
    with log.open("rb") as file:
        events = (json.loads(line) for line in file)
        table = sqlite_utils.Database(beside(log, "events.db"))["events"]
        table.insert_all(events, pk="id", alter=True, batch_size=1000)
    table.create_index(["type", "place", "occurred", "reported", "actor"])
    tell(rows=table.count)


def sqlite_last_row(log: Path, at: str, known: str) -> None:
    """Ask for the last row of each place."""
    import sqlite_utils

    database = sqlite_utils.Database(beside(log, "events.db"))
    start = time.perf_counter()
    rows = list(database.query(LAST_ROW.format(rows="events"), {"at": at, "known": known}))
    tell(places=len(rows), call=time.perf_counter() - start)


def duckdb_last_row(log: Path, at: str, known: str) -> None:
    """Ask for the last row of each place, over the very lines of the log."""
    import duckdb

    names = ("type", "place", "actor", "occurred", "reported")
    columns = ", ".join(f"{name}: 'VARCHAR'" for name in names)
    rows = f"read_json('{log}', format = 'newline_delimited', columns = {{{columns}}})"
    query = (
        LAST_ROW.format(rows=rows)
        .replace(":at", "$at")
        .replace(":known", "$known")
        .replace("actor, max", "arg_max(actor, occurred), max")
    )
    start = time.perf_counter()
    found = duckdb.execute(query, {"at": at, "known": known}).fetchall()
    tell(places=len(found), call=time.perf_counter() - start)


COMMANDS: dict[str, Callable[..., None]] = {
    "eventsourcing-append": eventsourcing_append,
    "eventsourcing-replay": eventsourcing_replay,
    "eventsourcing-half": eventsourcing_half,
    "beancount-prepare": beancount_prepare,
    "beancount-balances": beancount_balances,
    "sqlite-load": sqlite_load,
    "sqlite-last-row": sqlite_last_row,
    "duckdb-last-row": duckdb_last_row,
}
"""What can be run as a process."""

if __name__ == "__main__":
    COMMANDS[sys.argv[1]](Path(sys.argv[2]), *sys.argv[3:])
