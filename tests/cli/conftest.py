"""The folders in which commands are tried."""

from pathlib import Path

import pytest
from aleppo import RUDE_LINES, TEXT, as_bytes, claim, supposed
from commandline import give


@pytest.fixture
def log(folder) -> Path:
    """Return the log in the folder where commands are given."""
    return folder / "events.jsonl"


@pytest.fixture
def supposing(folder) -> Path:
    """Return that folder, with files of events to suppose."""
    (folder / "more.jsonl").write_bytes(as_bytes([supposed()]))
    (folder / "rude.jsonl").write_bytes(as_bytes(RUDE_LINES))
    return folder


@pytest.fixture
def rude(log) -> Path:
    """Return the log, in which now every free text could steer a terminal."""
    texts = dict.fromkeys(("note", "wording", "outlet", "locator"), TEXT)
    lines = [claim(id="rude-0", **texts), *RUDE_LINES]
    give("append --file -", given=as_bytes(lines))
    return log
