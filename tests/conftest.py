"""How hard the laws are tested, and whether with new examples; and the folder in which most commands are tried.

A run of `default` and of `long` (which `.ci/run` adds) can be repeated: its examples follow from
the test alone, so that a failure is the change's own doing. `explore` and `thorough` draw new
examples in every run: they are for finding what is wrong, and what they find is kept as an example
of its own (``HYPOTHESIS_PROFILE=explore pytest tests/replay/test_laws.py``).
"""

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("default", deadline=None, max_examples=25, derandomize=True)
settings.register_profile("long", deadline=None, max_examples=100, derandomize=True)
settings.register_profile("explore", deadline=None, max_examples=150, print_blob=True)
settings.register_profile("thorough", deadline=None, max_examples=1000, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """A folder with a copy of the shipped log and its city, where commands are given."""
    for name in ("events.jsonl", "city.toml"):
        shutil.copy(Path(__file__).parents[1] / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TIMELINE_LOG", raising=False)
    return tmp_path
