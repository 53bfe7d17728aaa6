"""The built wheel holds the two packages, the command line and the plugin, and nothing else."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DATA = (
    "timeline/visual/map/fonts",
    "timeline/mappings",
    "timeline/visual/page",
    "timeline/visual/page/script",
)
"""The folders whose other files are read when the program runs."""


@pytest.mark.slow
def test_the_wheel_holds_exactly_the_four_top_level_names(tmp_path):
    """No test, document or log of ours lands in site-packages, and `cli` and `datasette_timeline` are one file each."""
    build = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--wheel-dir",
        str(tmp_path),
        str(ROOT),
    ]
    subprocess.run(build, check=True)
    (wheel,) = tmp_path.glob("conflict_timeline-*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    packaged = {name for name in names if ".dist-info/" not in name}
    expected = {
        str(path.relative_to(ROOT))
        for package in ("timeline", "projections")
        for path in (ROOT / package).rglob("*.py")
    }
    data = {
        str(path.relative_to(ROOT))
        for folder in DATA
        for path in (ROOT / folder).iterdir()
        if path.is_file() and path.suffix != ".py"
    }
    assert packaged == expected | data | {
        "cli.py",
        "datasette_timeline.py",
        "timeline/py.typed",
        "projections/py.typed",
    }
    assert {"timeline/visual/page/page.html.j2", "timeline/visual/page/script/main.js"} <= packaged
    assert any(name.endswith("licenses/LICENSE") for name in names)
