"""The command `export`: what it writes where, and that nothing is written by halves."""

import json
import os
import re
import stat
import sys
import zipfile
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete
from commandline import give, run, steering

from cli import main
from timeline.errors import TimelineError
from timeline.exports import FORMATS
from timeline.storage import output as placing

ROOT = Path(__file__).parents[2]
TEXTS = ("geojson", "geojson-history", "kml", "csv", "timelinejs")
BESIDE = ("seals", "leaves", "archives")
FOLDERS = ("timemap", "datapackage", "ro-crate")


def there(folder):
    return sorted(path.name for path in folder.iterdir())


# What it writes where -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_goes_to_stdout_or_to_a_file_and_is_the_same(folder, name):
    shown = run("export", name, "--at", "2016-11-28")
    assert run("export", name, "--at", "2016-11-28", "-o", "-").stdout == shown.stdout
    assert run("export", name, "--at", "2016-11-28", "-o", "x.out").stdout == ""
    assert (folder / "x.out").read_text("utf-8") == shown.stdout
    assert shown.stderr == f"{name}: {FORMATS[name].lost}\n"
    assert not steering(shown.stdout)


@pytest.mark.parametrize("name", FOLDERS)
def test_files_go_to_a_folder_or_an_archive_and_are_the_same(folder, name):
    run("export", name, "-o", "made")
    run("export", name, "-o", "made.zip")
    files = {
        str(path.relative_to("made").as_posix()): path.read_bytes()
        for path in Path("made").rglob("*")
        if path.is_file()
    }
    archive = zipfile.ZipFile("made.zip")
    assert {one: archive.read(one) for one in archive.namelist()} == files
    assert archive.testzip() is None
    assert there(folder) == ["city.toml", "events.jsonl", "made", "made.zip"]


@pytest.mark.parametrize("name", [*FOLDERS, "parquet", "geoparquet"])
def test_what_is_no_text_needs_a_file(folder, name):
    if "parquet" in name:
        pytest.importorskip("pyarrow")
    result = run("export", name, code=2)
    assert "expected -o FILE" in result.stderr
    assert result.stdout == ""


def test_parquet_without_its_library_is_told(folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    result = give("export parquet -o x.parquet", code=1)
    assert (
        result.stderr
        == "Error: this needs the library pyarrow (pip install 'conflict-timeline[parquet]')\n"
    )
    assert there(folder) == ["city.toml", "events.jsonl"]


def test_the_help_lists_every_format_with_its_summary():
    text = run("export", "--help").stdout
    for name, one in FORMATS.items():
        assert f"  {name:<15}  {one.summary}\n" in text


def test_every_format_is_completed():
    def offered(typed):
        return [
            item.value
            for item in ShellComplete(main, {}, "timeline", "_TIMELINE_COMPLETE").get_completions(
                ["export"], typed
            )
        ]

    assert offered("") == list(FORMATS)
    assert offered("geo") == ["geojson", "geojson-history", "geoparquet"]


# Cuts, filters, hypotheses ------------------------------------------------------------------------


def test_cuts_apply(folder):
    def holder(*options):
        features = json.loads(run("export", "geojson", "--place", "sakhour", *options).stdout)[
            "features"
        ]
        return [(one["properties"]["holder"], one["properties"]["status"]) for one in features]

    assert holder("--at", "2016-11-28") == [("government", "disputed")]
    assert holder("--at", "2016-11-15") == [("opposition", "reported")]
    assert holder("--at", "2016-11-28@2016-11-01") == [(None, "unknown")]
    assert holder("--at", "2016-11-28", "--policy", "cautious") == [("government", "disputed")]
    assert holder("--at", "2016-11-28", "--without-source", "sohr") == [("opposition", "reported")]


def test_a_history_may_follow_the_news(folder):
    """What a map with a slider would have shown on each day, had it been drawn on that day."""
    rows = give("export csv --table changes --along both --place sakhour").stdout.splitlines()
    assert [row.split(",")[0] for row in rows[1:]] == ["2016-11-28T23:59:59.999999+02:00"]


def test_an_empty_choice_is_nothing_found_and_nothing_is_written(folder):
    result = give("export csv --text 'no such words' -o x.csv", code=4)
    assert "nothing was written" in result.stderr
    assert there(folder) == ["city.toml", "events.jsonl"]
    (folder / "events.jsonl").write_bytes(b"")
    for name in ("csv", "kml", "timelinejs", "geojson-history"):
        run("export", name, "-o", "x", code=4)
    give("export datapackage -o x")


# What it refuses ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["geosjon"], "unknown format 'geosjon'; expected one of geojson, "),
        (["geosjon"], "(did you mean geojson?)"),
        (["geojson", "--hxl"], "--hxl with geojson; expected it with csv"),
        (
            ["kml", "--table", "states"],
            "--table with kml; expected it with csv or parquet or geoparquet",
        ),
        (
            ["geojson", "--along", "both"],
            "--along with geojson; expected it with geojson-history or kml or csv or",
        ),
        (
            ["csv", "--along", "both"],
            "--along with a table of events; expected it with --table changes",
        ),
        (["csv", "--licence", "https://example.org"], "--licence with csv"),
        (["ro-crate", "--licence", "CC-BY", "-o", "x"], "--licence CC-BY; expected an address"),
        (["csv", "--place", "nowhere"], "unknown place 'nowhere'"),
        (["csv", "--type", "nothing"], "unknown type 'nothing'"),
        (["csv", "--at", "the day after"], "is not a date"),
        (["csv", "--policy", "loudest"], "unknown policy 'loudest'"),
        (["\x1b[31mkml"], "unknown format"),
        ([], "Missing argument 'FORMAT'"),
    ],
    ids=str,
)
def test_rubbish_is_told_as_usage(folder, options, told):
    result = run("export", *options, code=2)
    assert told in result.stderr
    assert not steering(result.stderr)
    assert there(folder) == ["city.toml", "events.jsonl"]


def test_what_is_there_is_written_over_only_when_told_to(folder):
    (folder / "x.csv").write_text("mine")
    assert (
        "x.csv is there already (--force writes over it)"
        in give("export csv -o x.csv", code=1).stderr
    )
    assert (folder / "x.csv").read_text() == "mine"
    give("export csv -o x.csv --force")
    assert (folder / "x.csv").read_text("utf-8").startswith("type,id,")


@pytest.mark.parametrize(
    "name",
    ["events.jsonl", "city.toml", *(f"events.jsonl.{one}" for one in BESIDE), "b.geojson", "link"],
)
def test_the_timeline_itself_is_never_written_over(folder, name):
    """Not with --force, and not by another name."""
    text = (
        (folder / "city.toml")
        .read_text("utf-8")
        .replace('timezone = "', 'boundaries = "b.geojson"\ntimezone = "')
    )
    (folder / "city.toml").write_text(text, "utf-8")
    for beside in BESIDE:
        (folder / f"events.jsonl.{beside}").write_bytes(b"")
    (folder / "b.geojson").write_text("{}")
    (folder / "link").symlink_to("events.jsonl")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    result = run("export", "csv", "-o", name, "--force", code=1)
    assert f"{name} belongs to the timeline itself" in result.stderr
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("nowhere/x.csv", "no folder nowhere"),
        (".", "belongs to the timeline itself"),
        ("..", "belongs to the timeline itself"),
        ("/dev/null", "/dev/null is no file"),
        ("city.toml/x", "no folder city.toml"),
        ("x" * 300, "cannot be written: File name too long"),
    ],
)
def test_a_file_that_cannot_be_is_told(folder, path, told):
    result = run("export", "csv", "-o", path, "--force", code=None)
    assert result.exit_code in (1, 2)
    assert told in result.stderr
    assert there(folder) == ["city.toml", "events.jsonl"]


def test_a_folder_of_an_earlier_export_is_put_in_place_whole(folder):
    give("export datapackage -o made")
    (folder / "made" / "events.csv").write_text("altered")
    assert "made is there already" in give("export datapackage -o made", code=1).stderr
    give("export datapackage -o made --force")
    assert (folder / "made" / "events.csv").read_text("utf-8").startswith("type,id,")
    (folder / "made" / "notes.txt").write_text("mine")
    result = give("export datapackage -o made --force", code=1)
    assert "made holds notes.txt, which is no part of the export" in result.stderr
    assert (folder / "made" / "notes.txt").read_text() == "mine"
    assert there(folder) == ["city.toml", "events.jsonl", "made"]


def test_a_log_that_grew_in_an_unpacked_package_is_not_written_over(folder):
    give("export ro-crate -o made")
    event = {
        "id": "mine",
        "type": "retraction",
        "v": 1,
        "occurred": "2016-11-29",
        "reported": "2016-11-29",
        "source": "sohr",
    }
    with (folder / "made" / "events.jsonl").open("a") as log:
        log.write(
            json.dumps(event | {"target": "sakhour-seized-sohr", "reason": "An error."}) + "\n"
        )
    result = give("export ro-crate -o made --force", code=1)
    assert "holds what the log that is exported does not" in result.stderr
    assert (folder / "made" / "events.jsonl").read_text().endswith('"An error."}\n')


def test_the_folder_of_the_timeline_is_no_place_for_a_package(folder):
    """Though it holds nothing that a package would not hold."""
    result = run("export", "datapackage", "-o", str(folder), "--force", code=1)
    assert "belongs to the timeline itself" in result.stderr
    assert there(folder) == ["city.toml", "events.jsonl"]


# Never by halves ----------------------------------------------------------------------------------


def full(*_, **__):
    """Fail as a full disk does."""
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize(
    ("call", "data"),
    [("fsync", b"new"), ("replace", b"new"), ("fsync", {"a.txt": b"new", "in/b.txt": b"new"})],
    ids=str,
)
def test_a_disk_that_fails_leaves_what_was_there(tmp_path, monkeypatch, call, data):
    target = tmp_path / "x"
    if isinstance(data, bytes):
        target.write_bytes(b"old")
    monkeypatch.setattr(os, call, full)
    with pytest.raises(TimelineError, match="No space left on device"):
        placing.place(data, target, force=True, keep=())
    assert there(tmp_path) == (["x"] if isinstance(data, bytes) else [])
    assert not target.exists() or target.read_bytes() == b"old"


def test_a_folder_that_cannot_be_named_is_left_as_it_was(tmp_path, monkeypatch):
    """The old one has been moved out of the way by then, and comes back."""
    placing.place({"a.txt": b"old"}, tmp_path / "x", force=False, keep=())
    rename = Path.rename
    monkeypatch.setattr(
        Path,
        "rename",
        lambda self, to: full() if self.name.startswith(placing.PREFIX) else rename(self, to),
    )
    with pytest.raises(TimelineError, match="No space left on device"):
        placing.place({"a.txt": b"new"}, tmp_path / "x", force=True, keep=())
    assert there(tmp_path) == ["x"]
    assert (tmp_path / "x" / "a.txt").read_bytes() == b"old"


def test_a_file_system_without_links_will_do(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "link", full)
    placing.place(b"new", tmp_path / "x", force=False, keep=())
    assert (tmp_path / "x").read_bytes() == b"new"
    assert there(tmp_path) == ["x"]


def test_a_file_that_came_meanwhile_is_kept(tmp_path, monkeypatch):
    """Between the look and the naming somebody else made it."""
    target = tmp_path / "x"
    monkeypatch.setattr(placing, "check", lambda *_, **__: target.write_bytes(b"theirs"))
    with pytest.raises(TimelineError, match="is there already"):
        placing.place(b"ours", target, force=False, keep=())
    assert target.read_bytes() == b"theirs"
    assert there(tmp_path) == ["x"]


def test_files_are_readable_as_the_umask_allows(tmp_path):
    before = os.umask(0o027)
    try:
        placing.place(b"x", tmp_path / "file", force=False, keep=())
        placing.place({"in/a": b"x"}, tmp_path / "folder", force=False, keep=())
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o640
    assert stat.S_IMODE((tmp_path / "folder").stat().st_mode) == 0o750


def test_no_export_reads_a_clock_but_the_command():
    """What is written follows from what is asked."""
    sources = [path.read_text("utf-8") for path in (ROOT / "timeline" / "exports").glob("*.py")]
    assert not any(re.search(r"\.(now|today|utcnow|time)\(\)", text) for text in sources)
