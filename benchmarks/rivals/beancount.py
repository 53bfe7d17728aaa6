"""beancount loads a ledger and adds up the balance of every account at a date.

Run as ``python -m benchmarks.rivals.beancount LOG AT``.
"""

import sys
from datetime import date
from pathlib import Path

from beancount import loader
from beancount.core.data import Transaction
from beancount.core.inventory import Inventory

from benchmarks.rivals import ledger
from benchmarks.rivals.reports import tell


def balances(log: Path, at: str) -> None:
    """Load the ledger of a log, and add up the balances at a date."""
    entries, errors, _ = loader.load_file(str(ledger.path(log)))
    day = date.fromisoformat(at[:10])
    accounts: dict[str, Inventory] = {}
    for entry in entries:
        if isinstance(entry, Transaction) and entry.date <= day:
            for posting in entry.postings:
                accounts.setdefault(posting.account, Inventory()).add_position(posting)
    tell(accounts=len(accounts), errors=len(errors))


if __name__ == "__main__":
    balances(Path(sys.argv[1]), sys.argv[2])
