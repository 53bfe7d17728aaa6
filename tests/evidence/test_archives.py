"""Archived copies: they are recorded once, read again, and covered by seals."""

import pytest
from sealed import LINES, ORIGIN, grow, messages

from timeline.errors import NotVerified
from timeline.evidence import archives, merkle
from timeline.evidence.checkpoint import Checkpoint
from timeline.evidence.merkle import leaf_hashes, root
from timeline.evidence.seals import seal
from timeline.evidence.verify import verify
from timeline.storage.paths import archives_path


@pytest.fixture
def copy(tmp_path):
    """An archived copy of a page."""
    file = tmp_path / "copies" / "page.html"
    file.parent.mkdir()
    file.write_bytes(b"<p>Sakhour</p>")
    return file


def test_a_copy_is_recorded_once_and_read_again(log, copy):
    grow(log, LINES[:3])
    before = log.read_bytes()
    made, new = archives.archive(log, copy, event="e-1", url="https://example.org")
    assert (new, made.path, made.size, made.event) == (True, "copies/page.html", 14, "e-1")
    assert archives.archive(log, copy, event="e-1", url="https://example.org") == (made, False)
    assert archives.archive(log, copy)[1]
    assert len(archives.held(log)) == 2
    assert verify(log, copies=True).problems == ()
    assert log.read_bytes() == before


def test_a_copy_that_was_altered_or_is_gone_is_found(log, copy):
    grow(log, LINES[:3])
    made, _ = archives.archive(log, copy)
    copy.write_bytes(b"<p>Hanano</p>")
    assert verify(log).problems == ()
    [problem] = verify(log, copies=True).problems
    assert (problem.where, problem.expected) == ("copies/page.html", made.sha256)
    copy.unlink()
    [problem] = verify(log, copies=True).problems
    assert str(problem).startswith("copies/page.html: the archived copy cannot be read")


def test_a_copy_that_was_moved_is_recorded_where_it_is(log, copy):
    grow(log, LINES[:3])
    archives.archive(log, copy)
    moved = copy.rename(copy.with_name("moved.html"))
    assert len(verify(log, copies=True).problems) == 1
    archives.archive(log, moved)
    assert verify(log, copies=True).problems == ()


def test_a_copy_of_no_event_and_a_log_that_cannot_be_read_are_messages(log, copy):
    grow(log, LINES[:3])
    archives.archive(log, copy, event="nobody")
    assert messages(verify(log, copies=True)) == [
        "copies/page.html: a copy of no event: nobody; expected the id of an event of this log"
    ]
    grow(log, [b"hello"])
    [problem] = verify(log, copies=True).problems
    assert problem.where == f"{log}:4"


def test_a_seal_covers_the_list_of_copies(log, copy):
    """The copies before a seal cannot be altered or taken away unseen; later ones may be added."""
    grow(log, LINES[:3])
    archives.archive(log, copy)
    sealed = seal(log).seal
    assert sealed.checkpoint.extensions == (f"archives 1 {merkle_root(log)}",)
    assert seal(log).seal.note == sealed.note
    archives.archive(log, copy, collector="me")
    assert verify(log).problems == ()
    file = archives_path(log)
    data = file.read_bytes()
    for damaged in (b"", data.replace(b"page", b"side"), data.splitlines(keepends=True)[1]):
        file.write_bytes(damaged)
        assert messages(verify(log)) == [
            f"{file}: not the list of archived copies that was sealed (by {log}.seals:2)"
        ]
    file.unlink()
    assert len(verify(log).problems) == 1


def merkle_root(log) -> str:
    return archives.base64(root(leaf_hashes(archives_path(log).read_bytes().splitlines())))


MEANINGLESS = ["", " x", " 0 x", " 1", " 1 AAAA more", " ٣ x"]


@pytest.mark.parametrize("line", [f"archives{rest}" for rest in MEANINGLESS])
def test_a_line_about_copies_that_means_nothing_covers_nothing(log, copy, line):
    archives.archive(log, copy)
    assert not archives.covered(log, Checkpoint(ORIGIN, 0, merkle.EMPTY, (line,)))
    assert archives.covered(log, Checkpoint(ORIGIN, 0, merkle.EMPTY, ("witness 3",)))


COPIES = {
    "nothing in it": b"{}",
    "a text for a number": b'{"sha256":"a","size":"1","path":"p","recorded":"r"}',
    "true for a number": b'{"sha256":"a","size":true,"path":"p","recorded":"r"}',
    "another field": b'{"sha256":"a","size":1,"path":"p","recorded":"r","x":"y"}',
    "no JSON": b"hello",
}


@pytest.mark.parametrize("record", COPIES.values(), ids=COPIES)
def test_a_damaged_list_of_copies_is_named(log, record):
    grow(log, LINES[:3])
    archives_path(log).write_bytes(record + b"\n")
    with pytest.raises(NotVerified) as refused:
        archives.held(log)
    assert refused.value.problems[0].where == f"{log}.archives:1"
    assert [problem.where for problem in verify(log, copies=True).problems] == [f"{log}.archives:1"]
