"""Which file lies where, and how a file is told from another."""

import os
import time

import pytest

from timeline.storage import paths
from timeline.storage.file_stamp import FileStamp


def test_what_goes_with_a_log_lies_in_its_folder(tmp_path):
    log = tmp_path / "events.jsonl"
    assert paths.city_path(log) == tmp_path / "city.toml"
    assert paths.seals_path(log) == tmp_path / "events.jsonl.seals"
    assert paths.leaves_path(log) == tmp_path / "events.jsonl.leaves"
    assert paths.archives_path(log) == tmp_path / "events.jsonl.archives"
    assert (
        paths.rejects_path(log, tmp_path / "in" / "toll.csv") == tmp_path / "toll.csv.rejects.csv"
    )


def test_an_index_lies_where_it_is_asked_for_and_else_with_its_log(tmp_path):
    log = tmp_path / "events.jsonl"
    assert paths.index_path(log, None) is None
    log.touch()
    assert paths.index_path(log, None) == tmp_path / "events.jsonl.index"
    assert paths.index_path(log, "0") is None
    assert paths.index_path(log, "elsewhere/index") == paths.Path("elsewhere/index")


def rewrite(file):
    file.write_bytes(b"two")


def lengthen(file):
    with file.open("ab") as opened:
        opened.write(b"two")


def rewrite_and_put_back_the_time(file):
    before = file.stat()
    time.sleep(0.05)  # the clock of a file system ticks every few milliseconds
    file.write_bytes(b"two")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def replace(file):
    other = file.with_name("other")
    other.write_bytes(b"one")
    other.replace(file)


@pytest.mark.parametrize(
    ("change", "same"),
    [(rewrite, True), (lengthen, True), (rewrite_and_put_back_the_time, True), (replace, False)],
)
def test_a_stamp_differs_once_a_file_was_changed(tmp_path, change, same):
    file = tmp_path / "file"
    file.write_bytes(b"one")
    os.utime(file, ns=(0, 0))
    before = FileStamp.at(file)
    assert FileStamp.at(file) == before
    change(file)
    after = FileStamp.at(file)
    assert after != before
    assert after.same_file(before) is same


def test_a_file_that_is_not_there_has_no_stamp(tmp_path):
    assert FileStamp.at(tmp_path / "nothing") is None
    assert FileStamp.at(tmp_path / "nothing" / "inside") is None
