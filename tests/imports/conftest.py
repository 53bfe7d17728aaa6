"""The folder in which most tables are imported."""

from pathlib import Path

import pytest
from importing import CITY, MAPPING


@pytest.fixture
def town(tmp_path, monkeypatch) -> Path:
    """An empty timeline of two districts, with a mapping, where commands are given."""
    (tmp_path / "city.toml").write_text(CITY, "utf-8")
    (tmp_path / "toll.toml").write_text(MAPPING, "utf-8")
    (tmp_path / "events.jsonl").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TIMELINE_LOG", raising=False)
    return tmp_path
