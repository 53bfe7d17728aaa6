"""The log that most tests of seals begin with."""

import pytest


@pytest.fixture
def log(tmp_path):
    """Return a log of no lines."""
    path = tmp_path / "events.jsonl"
    path.write_bytes(b"")
    return path
