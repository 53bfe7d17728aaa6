"""A package holds a whole timeline, as it was read, under names of ours."""

import io
import zipfile

import pytest
from attrs import evolve
from sample_exports import ROOT, bounded

from projections import PROJECTIONS
from timeline import Timeline
from timeline.errors import TimelineError
from timeline.exports import FORMATS, package_files
from timeline.storage import output


def test_a_boundary_file_whose_name_cannot_stand_in_a_package_is_refused(tmp_path):
    export = bounded(tmp_path)
    name = tmp_path / "maps" / "all (1).geojson"
    (tmp_path / "maps" / "all.geojson").rename(name)
    timeline = evolve(export.timeline, city=evolve(export.city, boundaries=str(name)))
    with pytest.raises(TimelineError, match="for a file that is handed on"):
        package_files.package_files(evolve(export, timeline=timeline))


def test_a_log_that_grew_meanwhile_is_handed_on_as_it_was_read(tmp_path):
    export = bounded(tmp_path)
    with (tmp_path / "events.jsonl").open("ab") as file:
        file.write(b'{"appended":"since"}\n')
    log, *_ = package_files.package_files(export)
    assert (log.path, log.data) == ("events.jsonl", (ROOT / "events.jsonl").read_bytes())


def test_a_log_that_was_changed_meanwhile_is_not_handed_on(tmp_path):
    export = bounded(tmp_path)
    log = tmp_path / "events.jsonl"
    log.write_bytes(log.read_bytes().replace(b"sakhour", b"Sakhour"))
    with pytest.raises(TimelineError, match="was changed while it was exported"):
        package_files.package_files(export)


@pytest.mark.parametrize("name", ["datapackage", "ro-crate"])
def test_an_unpacked_package_is_a_timeline(name, tmp_path):
    """It is asked as the timeline that it was made of, boundaries and all."""
    export = bounded(tmp_path)
    (tmp_path / "events.jsonl.seals").write_bytes(b"{}\n")
    archive = zipfile.ZipFile(io.BytesIO(output.zipped(FORMATS[name].write(export))))
    archive.extractall(tmp_path / name)
    again = Timeline.open(tmp_path / name / "events.jsonl", PROJECTIONS)
    assert again.state(cut=export.cut).sha256 == export.state.sha256
    assert evolve(export, timeline=again).boundaries == export.boundaries
    assert (tmp_path / name / "events.jsonl.seals").read_bytes() == b"{}\n"
