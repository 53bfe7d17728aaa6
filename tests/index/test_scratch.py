"""What is put aside: found again from memory and from a file, with a folder for temporary files, without one, and with a full one."""

import tempfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timeline.errors import TimelineError
from timeline.index import scratch
from timeline.index.scratch import Scratch


@given(pieces=st.lists(st.binary(max_size=40)), held=st.integers(0, 200))
def test_what_is_put_aside_is_found_again(pieces, held):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scratch, "HELD", held)
        aside = Scratch()
        places = [(aside.put(piece), len(piece)) for piece in pieces]
        assert [aside.get(*place) for place in reversed(places)] == pieces[::-1]
        assert aside.size == sum(map(len, pieces))


def test_memory_is_left_for_a_file_and_the_file_ends_with_it(monkeypatch):
    files, make = [], tempfile.TemporaryFile
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda: files.append(make()) or files[-1])
    monkeypatch.setattr(scratch, "HELD", 10)
    aside = Scratch()
    assert (aside.put(b"a" * 8), files) == (0, [])
    assert (aside.put(b"b" * 8), len(files)) == (8, 1)
    assert (aside.get(0, 8), aside.get(8, 8)) == (b"a" * 8, b"b" * 8)
    del aside
    assert files[0].closed


def test_without_a_place_for_files_memory_has_to_do(monkeypatch):
    def refuse():
        raise FileNotFoundError(2, "No usable temporary directory found")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    monkeypatch.setattr(scratch, "HELD", 10)
    aside = Scratch()
    places = [aside.put(bytes([number]) * 8) for number in range(9)]
    assert [aside.get(place, 8) for place in places] == [bytes([number]) * 8 for number in range(9)]


def test_a_full_disk_is_told(monkeypatch):
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda: open("/dev/full", "r+b"))  # noqa: SIM115
    monkeypatch.setattr(scratch, "HELD", 10)
    aside = Scratch()
    aside.put(b"a" * 8)
    with pytest.raises(TimelineError, match=r"No space left on device.*TMPDIR"):
        aside.put(b"b" * 8)
