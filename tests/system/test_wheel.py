"""The built wheel holds the two packages, the command line and the plugin, and nothing else."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DATA = ("visual/map/fonts", "mappings", "visual/page", "visual/page/script")
"""The folders of `timeline` whose other files are read when the program runs."""
SINGLE = {"cli.py", "datasette_timeline.py", "timeline/py.typed", "projections/py.typed"}


def names_of(paths) -> set[str]:
    return {str(path.relative_to(ROOT)) for path in paths if path.is_file()}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> set[str]:
    """Return the names of the files in the wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir"]
    subprocess.run([*pip, folder, ROOT], check=True)
    (path,) = folder.glob("conflict_timeline-*.whl")
    return set(zipfile.ZipFile(path).namelist())


@pytest.mark.slow
def test_the_wheel_holds_exactly_the_four_top_level_names(wheel):
    """No test, document or log of ours lands in site-packages."""
    expected = set(SINGLE)
    for package in ("timeline", "projections"):
        expected |= names_of((ROOT / package).rglob("*.py"))
    for folder in DATA:
        expected |= names_of((ROOT / "timeline" / folder).iterdir())
    assert {name for name in wheel if ".dist-info/" not in name} == expected
    assert any(name.endswith("licenses/LICENSE") for name in wheel)


@pytest.mark.slow
def test_the_wheel_holds_what_the_page_is_made_of(wheel):
    page = {"page.html.j2", "script/main.js"}
    assert {f"timeline/visual/page/{name}" for name in page} <= wheel
