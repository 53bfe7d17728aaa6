"""Seals: sealing costs what is new, and the files beside the log are durable and checked."""

import fcntl
import json
import os
from itertools import pairwise
from operator import attrgetter
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sealed import KEY, LINES, ORIGIN, OTHER, event, grow, whole

from timeline.errors import NothingFound, NotVerified, TimelineError, UsageError
from timeline.evidence import merkle, seals, sidecar
from timeline.evidence.checkpoint import Checkpoint, base64
from timeline.evidence.merkle import leaf_hashes, root
from timeline.evidence.seals import held, seal
from timeline.evidence.verify import verify
from timeline.log.writer import append
from timeline.storage.paths import leaves_path, seals_path


def sizes(log):
    """Return how many lines each seal of a log covers."""
    return [each.checkpoint.size for each in held(log)]


# Sealing ------------------------------------------------------------------------------------------


def test_a_seal_is_the_root_over_the_raw_lines(log):
    done = grow(log, LINES[:7])
    assert done.seal.checkpoint == Checkpoint(ORIGIN, 7, root(leaf_hashes(LINES[:7])))
    assert (done.added, done.seal.length) == (7, log.stat().st_size)
    assert [each.note for each in held(log)] == [done.seal.note]
    assert leaves_path(log).read_bytes() == b"".join(leaf_hashes(LINES[:7]))


@given(st.lists(st.integers(0, 9), min_size=1, max_size=6), st.sampled_from([64, 500, 1 << 18]))
def test_a_log_that_is_sealed_as_it_grows_has_the_root_of_all_its_lines(
    tmp_path_factory, counts, chunk
):
    """However the lines come, and in however small pieces they are read."""
    log, lines = tmp_path_factory.mktemp("log") / "events.jsonl", LINES[:1]
    log.write_bytes(b"")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sidecar, "CHUNK", chunk)
        grow(log, lines)
        for count in counts:
            new = LINES[len(lines) : len(lines) + count]
            lines = lines + new
            done = grow(log, new)
            assert done.added == len(new)
            assert done.seal.checkpoint.root == root(leaf_hashes(lines))
        findings = verify(log)
    assert (findings.problems, findings.intact, findings.lines) == ((), len(lines), len(lines))
    assert leaves_path(log).read_bytes() == b"".join(leaf_hashes(lines))
    grown = [older < newer for older, newer in pairwise(sizes(log))]
    assert all(grown), "a log that has not grown is not sealed again"


def counted(monkeypatch) -> list[bytes]:
    """Return a list that every hash of the tree is added to from now on."""
    made: list[bytes] = []
    digests = merkle._digests

    def counting(begun, texts):
        made.extend(new := digests(begun, texts))
        return new

    monkeypatch.setattr(merkle, "_digests", counting)
    return made


def test_sealing_ten_events_after_ten_thousand_hashes_only_those(log, monkeypatch):
    lines = [b"%d" % number for number in range(10_010)]
    old, new = lines[:10_000], lines[10_000:]
    grow(log, old)
    expected, leaves = root(leaf_hashes(lines)), leaf_hashes(new)
    made, read, chunks = counted(monkeypatch), [], seals.chunks

    def reading(*places, **options):
        for chunk in chunks(*places, **options):
            read.append(chunk)
            yield chunk

    monkeypatch.setattr(seals, "chunks", reading)
    assert grow(log, new).seal.checkpoint.root == expected
    assert sum(map(made.count, leaves)) == 10
    # the leaves, their nodes, and a few times the height of the tree
    assert len(made) <= 10 + 10 + 4 * 14
    assert read[-1] == new


def test_a_log_of_no_lines_is_not_sealed(log):
    for text in (b"", b"unfinished"):
        log.write_bytes(text)
        with pytest.raises(NothingFound, match="has no line to seal"):
            seal(log, otherwise=ORIGIN)
    assert [*log.parent.iterdir()] == [log]


def test_a_log_that_is_not_there_is_not_sealed(tmp_path):
    with pytest.raises(TimelineError, match="no log"):
        seal(tmp_path / "none.jsonl", otherwise=ORIGIN)
    assert not [*tmp_path.iterdir()]


def test_an_unfinished_line_is_not_sealed(log):
    log.write_bytes(whole(LINES[:2]) + LINES[2])
    assert seal(log, otherwise=ORIGIN).added == 2
    findings = verify(log)
    assert (findings.problems, findings.unfinished) == ((), len(LINES[2]))
    log.write_bytes(whole(LINES[:3]))
    assert seal(log).added == 1
    assert not verify(log).problems


def test_the_origin_stays_that_of_the_first_seal(log):
    grow(log, LINES[:2], origin="example.org/first")
    assert grow(log, LINES[2:3]).seal.checkpoint.origin == "example.org/first"
    with pytest.raises(UsageError, match=r"the origin other; expected example\.org/first"):
        seal(log, origin="other")


def test_signing_adds_to_the_seal_that_is_there(log):
    grow(log, LINES[:2])
    for key in (KEY, OTHER, KEY):
        seal(log, keys=[key])
    names = [list(map(attrgetter("name"), each.note.signatures)) for each in held(log)]
    assert names == [[], ["aleppo"], ["aleppo", "other"]]
    assert seals.latest(held(log)).note.signatures == seal(log).seal.note.signatures


def test_what_is_sealed_is_on_the_disk(log, monkeypatch):
    """The log, the leaves, the seals, and the folder for the names of new files."""
    done, fsync = [], os.fsync

    def recorded(descriptor):
        done.append(os.readlink(f"/proc/self/fd/{descriptor}"))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", recorded)
    grow(log, LINES[:2])
    names = [str(log), f"{log}.leaves", str(log.parent), f"{log}.seals", str(log.parent)]
    assert done == names
    done.clear()
    grow(log, LINES[2:3])
    assert done == [str(log), f"{log}.leaves", f"{log}.seals"]


def test_a_short_write_of_a_seal_is_no_seal(log, monkeypatch):
    grow(log, LINES[:2])
    write = os.write
    monkeypatch.setattr(os, "write", lambda handle, data: write(handle, data[:-1]))
    with pytest.raises(TimelineError, match=r"only \d+ of \d+ bytes were written"):
        grow(log, LINES[2:3])
    monkeypatch.undo()
    assert seal(log).added == 1
    assert (len(held(log)), verify(log).problems) == (2, ())


@pytest.mark.parametrize("cut", [1, 20, 100, None])
def test_a_seal_that_was_never_finished_is_left_out_and_written_over(log, cut):
    grow(log, LINES[:2])
    grow(log, LINES[2:4])
    file = seals_path(log)
    data = file.read_bytes()
    file.write_bytes(data[:-cut] if cut else data.splitlines(keepends=True)[0] + b"\0" * 5000)
    assert sizes(log) == [2]
    assert seal(log).added == 2
    assert file.read_bytes() == data


def test_a_sealer_waits_for_the_writer_of_a_line(log):
    """Half of a batch, or one that is not on the disk yet, is not sealed."""
    log.write_bytes(whole(LINES[:1]))
    with log.open("rb") as writer:
        fcntl.flock(writer, fcntl.LOCK_EX)
        sealer = Thread(target=seal, args=(log,), kwargs={"otherwise": ORIGIN})
        sealer.start()
        sealer.join(0.2)
        assert sealer.is_alive()
        log.write_bytes(whole(LINES[:2]))
    sealer.join(30)
    assert sizes(log) == [2]


def test_a_sealer_waits_for_another(log):
    """Two seals at once would both go on from the same one."""
    grow(log, LINES[:1])
    log.write_bytes(whole(LINES[:2]))
    with seals.adding(seals_path(log)):
        sealer = Thread(target=seal, args=(log,))
        sealer.start()
        sealer.join(0.2)
        assert sealer.is_alive()
        assert len(held(log)) == 1
    sealer.join(30)
    assert sizes(log) == [1, 2]


def test_appending_after_a_seal_needs_no_seal(log):
    append(log, [event(0)])
    seal(log, otherwise=ORIGIN)
    before = {path: path.read_bytes() for path in log.parent.iterdir() if path != log}
    append(log, [event(1)])
    assert {path: path.read_bytes() for path in log.parent.iterdir() if path != log} == before
    assert (verify(log).sealed, verify(log).lines) == (1, 2)


# The files beside the log -------------------------------------------------------------------------


def test_without_the_leaves_the_lines_between_two_seals_are_named(log):
    grow(log, LINES[:10])
    grow(log, LINES[10:20])
    log.write_bytes(whole(LINES[:14] + LINES[15:20]))
    leaves = leaves_path(log).read_bytes()
    expected = "something from line 11 to line 20 is not what was sealed"
    for damaged in (leaves[:-40], bytes(32) + leaves[32:], b"", None):
        leaves_path(log).unlink() if damaged is None else leaves_path(log).write_bytes(damaged)
        [problem] = verify(log).problems
        assert problem.found == expected
        assert "the leaves that would name the line are missing" in problem.hint
    leaves_path(log).mkdir()
    assert verify(log).problems[0].found == expected


@pytest.mark.parametrize("kept", [None, 0, 31, 64, 320])
def test_leaves_that_are_missing_are_made_again(log, kept):
    grow(log, LINES[:10])
    if kept is None:
        leaves_path(log).unlink()
    else:
        rest = b"left over" if kept == 320 else b""
        leaves_path(log).write_bytes(leaves_path(log).read_bytes()[:kept] + rest)
    grow(log, LINES[10:12])
    assert leaves_path(log).read_bytes() == b"".join(leaf_hashes(LINES[:12]))


def test_leaves_are_not_made_again_from_a_log_that_was_altered(log):
    grow(log, LINES[:10])
    leaves_path(log).unlink()
    log.write_bytes(log.read_bytes().replace(b"S3.", b"S4."))
    with pytest.raises(NotVerified, match="is not what was sealed"):
        grow(log, LINES[10:12])
    assert len(held(log)) == 1


@pytest.mark.parametrize(
    "altered", [whole(LINES[:9]), whole([LINES[0] + b" ", *LINES[1:12]])], ids=["shorter", "longer"]
)
def test_a_log_that_was_visibly_altered_is_not_sealed_again(log, altered):
    grow(log, LINES[:10])
    log.write_bytes(altered)
    message = "the log is not what was sealed; `timeline verify` names the line"
    with pytest.raises(NotVerified, match=message):
        seal(log)


def test_sealing_on_does_not_cover_up_a_change(log):
    """A new seal goes on from the sealed tree, not from what the log has become."""
    grow(log, LINES[:10])
    log.write_bytes(log.read_bytes().replace(b"S3.", b"S4."))
    grow(log, LINES[10:12])
    [problem] = verify(log).problems
    assert (problem.where, problem.found) == (f"{log}:4", "the line was altered")


def test_every_byte_of_the_seals_counts(log):
    """A changed byte makes a record unreadable, contradict itself or belong to another log."""
    grow(log, LINES[:3])
    grow(log, LINES[3:5])
    file = seals_path(log)
    data = file.read_bytes()
    for at in range(len(data)):
        file.write_bytes(data[:at] + bytes([data[at] ^ 1 << at % 8]) + data[at + 1 :])
        findings = verify(log)
        assert findings.problems or (findings.sealed, at) == (3, len(data) - 1), at
        assert all(problem.where.startswith(str(log)) for problem in findings.problems)


def record(length=1, frontier=(), size=0, **more):
    """Return a record with a checkpoint of no lines, or of more."""
    checkpoint = f"o\n{size}\n{base64(merkle.EMPTY)}\n"
    values = {"checkpoint": checkpoint, "bytes": length, "frontier": frontier, **more}
    return json.dumps(values).encode()


RECORDS = {
    "no object": b"[]",
    "nothing in it": b"{}",
    "no JSON": b"hello",
    "a number for a checkpoint": record(checkpoint=3),
    "a text for a number": record(length="1"),
    "another field": record(x=1),
    "a text for a frontier": record(frontier="x"),
    "no frontier": record(size=1),
    "a short node": record(size=1, frontier=["AAAA"]),
    "no checkpoint": record(checkpoint="o\n1\n"),
}


@pytest.mark.parametrize("name", RECORDS)
def test_a_damaged_seal_is_named_and_stops_sealing(log, name):
    grow(log, LINES[:3])
    with seals_path(log).open("ab") as file:
        file.write(RECORDS[name] + b"\n")
    [problem] = verify(log).problems
    assert problem.where == f"{log}.seals:2"
    with pytest.raises(NotVerified):
        grow(log, LINES[3:4])
