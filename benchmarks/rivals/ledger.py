"""The log as a ledger of beancount, each event a transaction.

Run as ``python -m benchmarks.rivals.ledger LOG``. A transaction gives the account of a subject, as
one voice has it, a unit of what is said.
"""

import sys
from pathlib import Path

from benchmarks.rivals.reports import Report, beside, reports

LATE = '2016-03-01 * "late"\n  Equity:Said  -1 GOVERNMENT\n  Equity:Said  1 GOVERNMENT\n'


def path(log: Path) -> Path:
    """Return where the ledger of a log lies."""
    return beside(log, "ledger.beancount")


def prepare(log: Path) -> None:
    """Write the events as a ledger."""
    events = list(reports(log))
    accounts = sorted({_account(event) for event in events})
    lines = ['option "operating_currency" "HELD"']
    lines += [f"2015-01-01 open {account}" for account in accounts]
    lines += ["2015-01-01 open Equity:Said", *map(_transaction, events)]
    path(log).write_text("\n".join(lines) + "\n", "utf-8")


def backdate(log: Path) -> None:
    """Add one entry that is dated before most others."""
    with path(log).open("a", encoding="utf-8") as file:
        file.write(LATE)


def _account(event: Report) -> str:
    return f"Assets:{event.subject.title()}:{event.source.title()}"


def _transaction(event: Report) -> str:
    day = f"{event.occurred[:10].rstrip('~')}-01"[:10]
    unit = event.value.upper()
    postings = f"  {_account(event)}  1 {unit}\n  Equity:Said  -1 {unit}"
    return f'{day} * "{event.id}"\n{postings}'


if __name__ == "__main__":
    prepare(Path(sys.argv[1]))
