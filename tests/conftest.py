"""How often laws are tried, and the folder in which most commands are given.

A run of `default` and of `long`, which `.ci/run` adds, can be repeated: its examples follow from
the tests alone. `explore` and `thorough` draw new examples in every run: they look for faults, and
what they find is kept as an example (``HYPOTHESIS_PROFILE=explore pytest tests/replay``).
"""

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""A busy machine is slow, and that is no fault of a law."""
settings.register_profile("default", PATIENT, max_examples=10, derandomize=True)
settings.register_profile("long", PATIENT, max_examples=100, derandomize=True)
settings.register_profile("explore", PATIENT, max_examples=150, print_blob=True)
settings.register_profile("thorough", PATIENT, max_examples=1000, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """Enter a folder with a copy of the shipped log and its city, where commands are given."""
    for name in ("events.jsonl", "city.toml"):
        shutil.copy(Path(__file__).parents[1] / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TIMELINE_LOG", raising=False)
    return tmp_path
