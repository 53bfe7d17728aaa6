"""Seals: every change of a sealed line is found and named, sealing costs what is new, and what stands beside the log is checked too."""

import fcntl
import os
import sys
from itertools import pairwise
from threading import Thread

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from sealed import KEY, LINES, ORIGIN, OTHER, event, grow, whole

from timeline.errors import NothingFound, NotVerified, TimelineError, UsageError
from timeline.evidence import archives, merkle, seals
from timeline.evidence import sidecar as beside
from timeline.evidence.checkpoint import Checkpoint, Note
from timeline.evidence.merkle import leaf_hash, leaf_hashes, root
from timeline.evidence.seals import held, seal
from timeline.evidence.verify import difference, verify
from timeline.log.writer import append
from timeline.storage.paths import archives_path, leaves_path, seals_path


@pytest.fixture
def log(tmp_path):
    """A log of no lines."""
    path = tmp_path / "events.jsonl"
    path.write_bytes(b"")
    return path


def told(findings) -> list[str]:
    return [str(problem) for problem in findings.problems]


# Sealing ------------------------------------------------------------------------------------------


def test_a_seal_is_the_root_over_the_raw_lines(log):
    done = grow(log, LINES[:7])
    assert done.seal.checkpoint == Checkpoint(ORIGIN, 7, root(leaf_hashes(LINES[:7])))
    assert (done.added, done.seal.length) == (7, log.stat().st_size)
    assert [one.note for one in held(log)] == [done.seal.note]
    assert leaves_path(log).read_bytes() == b"".join(leaf_hashes(LINES[:7]))


@given(st.lists(st.integers(0, 9), min_size=1, max_size=6), st.sampled_from([64, 500, 1 << 18]))
def test_a_log_that_is_sealed_as_it_grows_has_the_root_of_all_its_lines(
    tmp_path_factory, counts, chunk
):
    """However the lines come, and in however small pieces they are read."""
    log, lines = tmp_path_factory.mktemp("log") / "events.jsonl", LINES[:1]
    log.write_bytes(b"")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(beside, "CHUNK", chunk)
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
    sizes = [one.checkpoint.size for one in held(log)]
    assert all(a < b for a, b in pairwise(sizes)), "a log that has not grown is not sealed again"


def counted(monkeypatch) -> list[bytes]:
    """Return a list that every hash of the tree is added to from now on."""
    made: list[bytes] = []
    digests = merkle._digests

    def counting(begun, texts):
        found = digests(begun, texts)
        made.extend(found)
        return found

    monkeypatch.setattr(merkle, "_digests", counting)
    return made


def test_sealing_ten_events_after_ten_thousand_hashes_only_those(log, monkeypatch):
    many = [b"%d" % number for number in range(10_010)]
    grow(log, many[:10_000])
    made, read = counted(monkeypatch), []
    chunks = seals.chunks
    monkeypatch.setattr(
        seals, "chunks", lambda *a, **k: (read.append(lines) or lines for lines in chunks(*a, **k))
    )
    done = grow(log, many[10_000:])
    assert done.seal.checkpoint.root == root(leaf_hashes(many))
    made = made[: len(made) - 10_010 - 10_009]  # what the line above hashed to compare
    assert sum(made.count(leaf_hash(line)) for line in many[10_000:]) == 10
    assert (
        len(made) <= 10 + 10 + 4 * 14
    )  # the leaves, their nodes, and a few times the height of the tree
    assert read[-1] == many[10_000:]


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
    assert [[one.name for one in each.note.signatures] for each in held(log)] == [
        [],
        ["aleppo"],
        ["aleppo", "other"],
    ]
    assert seals.latest(held(log)).note.signatures == seal(log).seal.note.signatures


def test_what_is_sealed_is_on_the_disk(log, monkeypatch):
    """The log, the leaves, the seals, and the folder for the names of new files."""
    done = []
    fsync = os.fsync
    monkeypatch.setattr(
        os,
        "fsync",
        lambda descriptor: (
            done.append(os.readlink(f"/proc/self/fd/{descriptor}")) or fsync(descriptor)
        ),
    )
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
    assert [one.checkpoint.size for one in held(log)] == [2]
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
    assert [one.checkpoint.size for one in held(log)] == [2]


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
    assert [one.checkpoint.size for one in held(log)] == [1, 2]


def test_appending_after_a_seal_needs_no_seal(log):
    append(log, [event(0)])
    seal(log, otherwise=ORIGIN)
    before = {path: path.read_bytes() for path in log.parent.iterdir() if path != log}
    append(log, [event(1)])
    assert {path: path.read_bytes() for path in log.parent.iterdir() if path != log} == before
    assert (verify(log).sealed, verify(log).lines) == (1, 2)


# What is found ------------------------------------------------------------------------------------


def test_a_log_that_grew_is_what_was_sealed(log):
    grow(log, LINES[:20])
    grow(log, LINES[20:30])
    log.write_bytes(whole(LINES))
    findings = verify(log)
    assert (findings.problems, findings.warnings, findings.seals) == ((), (), 2)
    assert (findings.sealed, findings.intact, findings.lines, findings.vouched) == (30, 30, 50, 0)
    assert findings.summary == "50 lines, 30 sealed by 2 seals, not sealed: 31 to 50; 0 problems"
    assert findings.limits.startswith(
        "What no chain of seals can show: whether the log was rewritten together with the seals."
    )


@pytest.mark.parametrize("step", [17, pytest.param(1, marks=pytest.mark.slow)])
def test_every_bit_of_a_log_counts(log, step):
    """A bit of twenty events is flipped at a time, and the line named in which it stands."""
    grow(log, LINES[:12])
    grow(log, LINES[12:20])
    data = log.read_bytes()
    line_of = [number for number, line in enumerate(LINES[:20], 1) for _ in range(len(line) + 1)]
    with log.open("r+b", buffering=0) as file:
        for bit in range(0, 8 * len(data), step):
            at = bit // 8
            os.pwrite(file.fileno(), bytes([data[at] ^ 1 << bit % 8]), at)
            [problem] = verify(log).problems
            assert problem.where == f"{log}:{line_of[at]}"
            os.pwrite(file.fileno(), data[at : at + 1], at)
    assert not verify(log).problems


def changes():
    """Yield each change of fifty lines, with the number of the first line that differs and what is said of it."""
    for at in range(50):
        number, before, behind = at + 1, LINES[:at], LINES[at + 1 :]
        yield (
            f"{number} deleted",
            before + behind,
            number,
            "the log ends before" if at == 49 else "a line was removed",
        )
        yield (
            f"{number} altered",
            [*before, LINES[at] + b" ", *behind],
            number,
            "the line was altered",
        )
        yield (
            f"a line before {number}",
            [*before, b"{}", *LINES[at:]],
            number,
            "a line was inserted",
        )
        yield (
            f"an empty line before {number}",
            [*before, b"", *LINES[at:]],
            number,
            "a line was inserted",
        )
        if at < 49:
            yield (
                f"{number} twice",
                [*before, LINES[at], *LINES[at:]],
                number + 1,
                f"a line was inserted, a copy of line {number}",
            )
            yield (
                f"the rest from {number + 1} on deleted",
                [*before, LINES[at]],
                number + 1,
                f"the log ends before line {number + 1}",
            )
            yield (
                f"the last before {number}",
                [*before, LINES[-1], *LINES[at:-1]],
                number,
                "the lines stand in another order",
            )
        for other in range(at + 1, 50):
            swapped = LINES.copy()
            swapped[at], swapped[other] = LINES[other], LINES[at]
            yield (
                f"{number} and {other + 1} swapped",
                swapped,
                number,
                "the lines stand in another order",
            )


def test_every_change_of_lines_is_found_with_the_first_that_differs(log):
    """Of fifty lines, sealed in three steps, each one deleted, altered, doubled, moved, and every two swapped."""
    for begin, end in pairwise((0, 20, 35, 50)):
        grow(log, LINES[begin:end])
    for name, lines, number, said in changes():
        log.write_bytes(whole(lines))
        [problem] = verify(log).problems
        assert (problem.where, problem.found.startswith(said)) == (f"{log}:{number}", True), (
            f"{name}: {problem}"
        )
    log.write_bytes(whole(LINES))
    assert not verify(log).problems


def test_a_line_behind_the_last_seal_may_change(log):
    """It is not sealed, and that is said."""
    grow(log, LINES[:10])
    log.write_bytes(whole(LINES[:10] + LINES[20:22]))
    findings = verify(log)
    assert (findings.problems, findings.lines, findings.sealed) == ((), 12, 10)


def test_a_change_before_the_first_of_several_seals_names_them(log):
    for begin in range(0, 50, 10):
        grow(log, LINES[begin : begin + 10])
    log.write_bytes(whole(LINES[:24] + LINES[25:]))
    findings = verify(log)
    assert (findings.intact, findings.sealed) == (20, 50)
    names = " and ".join(f"{log}.seals:{number}" for number in (3, 4, 5))
    assert told(findings) == [
        f"{log}:25: a line was removed; expected the line that was sealed (as {names} had it)"
    ]


@given(st.data())
def test_the_first_difference_is_the_first(data):
    """Any lines against any others, if the beginning of these is not those."""
    texts = st.lists(st.sampled_from([b"a", b"b", b"c"]), max_size=8)
    before, today = data.draw(texts), data.draw(texts)
    if today[: len(before)] == before:
        return
    number, what = difference(before, today)
    assert today[: number - 1] == before[: number - 1]
    assert today[number - 1 : number] != before[number - 1 : number]
    assert what


def test_a_log_without_seals_cannot_be_verified(log):
    log.write_bytes(whole(LINES))
    with pytest.raises(NothingFound, match="has no seal"):
        verify(log)


# What stands beside the log -----------------------------------------------------------------------


def test_without_the_leaves_the_lines_between_two_seals_are_named(log):
    grow(log, LINES[:10])
    grow(log, LINES[10:20])
    log.write_bytes(whole(LINES[:14] + LINES[15:20]))
    leaves = leaves_path(log).read_bytes()
    said = "something from line 11 to line 20 is not what was sealed"
    for damaged in (leaves[:-40], bytes(32) + leaves[32:], b"", None):
        leaves_path(log).unlink() if damaged is None else leaves_path(log).write_bytes(damaged)
        [problem] = verify(log).problems
        assert problem.found == said
        assert "the leaves that would name the line are missing" in problem.hint
    leaves_path(log).mkdir()
    assert verify(log).problems[0].found == said


@pytest.mark.parametrize("kept", [None, 0, 31, 64, 320])
def test_leaves_that_are_missing_are_made_again(log, kept):
    grow(log, LINES[:10])
    if kept is None:
        leaves_path(log).unlink()
    else:
        leaves_path(log).write_bytes(
            leaves_path(log).read_bytes()[:kept] + b"left over" * (kept == 320)
        )
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
    with pytest.raises(
        NotVerified, match="the log is not what was sealed; `timeline verify` names the line"
    ):
        seal(log)


def test_sealing_on_does_not_cover_up_a_change(log):
    """A new seal goes on from the sealed tree, not from what the log has become."""
    grow(log, LINES[:10])
    log.write_bytes(log.read_bytes().replace(b"S3.", b"S4."))
    grow(log, LINES[10:12])
    [problem] = verify(log).problems
    assert (problem.where, problem.found) == (f"{log}:4", "the line was altered")


def test_every_byte_of_the_seals_counts(log):
    """A changed byte makes a record that is none, one that does not agree with itself, or one of another log."""
    grow(log, LINES[:3])
    grow(log, LINES[3:5])
    file = seals_path(log)
    data = file.read_bytes()
    for at in range(len(data)):
        file.write_bytes(data[:at] + bytes([data[at] ^ 1 << at % 8]) + data[at + 1 :])
        findings = verify(log)
        assert findings.problems or (findings.sealed, at) == (3, len(data) - 1), at
        assert all(
            problem.where.startswith((f"{file}:", f"{log}")) for problem in findings.problems
        )


RECORDS = {
    "no object": b"[]",
    "nothing in it": b"{}",
    "no JSON": b"hello",
    "a number for a checkpoint": b'{"checkpoint":3,"bytes":1,"frontier":[]}',
    "a text for a number": b'{"checkpoint":"o\\n0\\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\\n","bytes":"1","frontier":[]}',
    "another field": b'{"checkpoint":"o\\n0\\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\\n","bytes":1,"frontier":[],"x":1}',
    "a text for a frontier": b'{"checkpoint":"o\\n0\\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\\n","bytes":1,"frontier":"x"}',
    "no frontier": b'{"checkpoint":"o\\n1\\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\\n","bytes":1,"frontier":[]}',
    "a short node": b'{"checkpoint":"o\\n1\\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\\n","bytes":1,"frontier":["AAAA"]}',
    "no checkpoint": b'{"checkpoint":"o\\n1\\n","bytes":1,"frontier":[]}',
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


def put(log, **fields):
    """Add a record with other fields than the last seal has."""
    with seals.adding(seals_path(log)) as file:
        seals.add(file, evolve(held(log)[-1], **fields).values())


def test_a_seal_of_another_log_or_length_is_found(log):
    grow(log, LINES[:3])
    put(log, note=Note(Checkpoint("elsewhere", 3, root(leaf_hashes(LINES[:3])))))
    put(log, length=5)
    assert told(verify(log)) == [
        f"{log}.seals:2: a checkpoint of elsewhere; expected {ORIGIN}",
        f"{log}.seals:3: a checkpoint of elsewhere; expected {ORIGIN}",
        f"{log}.seals:3: a seal over 5 bytes; expected {log.stat().st_size}, which its lines take",
    ]


def test_a_seal_that_later_ones_belie_was_altered_itself(log):
    grow(log, LINES[:3])
    frontier = merkle.Frontier().extend(leaf_hashes(LINES[4:6]))
    put(log, note=Note(Checkpoint(ORIGIN, 2, frontier.root())), frontier=frontier)
    [problem] = verify(log).problems
    assert problem.where == f"{log}.seals:2"
    assert problem.found.startswith(
        "the root of 2 lines is not that of this log, which fits a later checkpoint"
    )


# What was published -------------------------------------------------------------------------------


def test_a_log_extends_what_was_published(log):
    published = grow(log, LINES[:20]).seal.note
    grow(log, LINES[20:30])
    findings = verify(log, since=published)
    assert (findings.problems, findings.vouched) == ((), 20)
    assert "whether the lines after 20 were rewritten together with the seals" in findings.limits
    assert verify(log, since=seals.latest(held(log)).note).limits.startswith(
        "The whole log is what a checkpoint says"
    )


def test_a_log_that_was_rewritten_with_its_seals_is_not_what_was_published(log):
    """Nothing beside the log shows it; a checkpoint that somebody else holds does."""
    published = grow(log, LINES[:20]).seal.note
    for file in (log, seals_path(log), leaves_path(log)):
        file.unlink()
    log.write_bytes(b"")
    grow(log, LINES[:7] + LINES[8:40])
    assert not verify(log).problems
    findings = verify(log, since=published, since_name="held.txt")
    assert told(findings) == ["held.txt: the root of 20 lines is not that of this log, which fits a later checkpoint"
                              " (this checkpoint was altered, or is one of another log)"]  # fmt: skip
    assert findings.vouched == 0


def test_a_published_checkpoint_names_the_line_where_the_leaves_are_there(log):
    published = grow(log, LINES[:20]).seal.note
    seals_path(log).unlink()
    log.write_bytes(whole(LINES[:7] + LINES[8:40]))
    [problem] = verify(log, since=published, since_name="held.txt").problems
    assert (
        str(problem)
        == f"{log}:8: a line was removed; expected the line that was sealed (as held.txt had it)"
    )


def test_a_log_that_lost_lines_does_not_extend_what_was_published(log):
    published = grow(log, LINES[:20]).seal.note
    seals_path(log).unlink()
    leaves_path(log).unlink()
    log.write_bytes(whole(LINES[:15]))
    [problem] = verify(log, since=published, since_name="held.txt").problems
    assert problem.found == "something from line 1 to line 20 is not what was sealed"


def test_every_log_extends_one_without_lines(log):
    log.write_bytes(whole(LINES[:2]))
    assert not verify(log, since=Note(Checkpoint(ORIGIN, 0, merkle.EMPTY))).problems
    [problem] = verify(log, since=Note(Checkpoint(ORIGIN, 0, bytes(32)))).problems
    assert "the root of 0 lines is not that of this log" in problem.found


# Signatures ---------------------------------------------------------------------------------------


def test_the_last_seal_must_be_signed_by_each_key(log):
    grow(log, LINES[:10])
    seal(log, keys=[KEY])
    assert (
        verify(log, keys=[KEY.verifier]).problems,
        verify(log, keys=[KEY.verifier]).vouched,
    ) == ((), 10)
    assert told(verify(log, keys=[OTHER.verifier, KEY.verifier])) == [
        f"{log}.seals:2: no good signature by other; expected one by {OTHER.verifier}"
    ]
    grow(log, LINES[10:12])
    [problem] = verify(log, keys=[KEY.verifier]).problems
    assert str(problem).startswith(f"{log}.seals:3: no good signature by aleppo")
    assert verify(log, keys=[KEY.verifier]).vouched == 10


def test_a_bad_signature_is_found_wherever_it_stands(log):
    note = grow(log, LINES[:10], keys=[KEY]).seal.note
    grow(log, LINES[10:12], keys=[KEY])
    bad = evolve(note, signatures=(evolve(note.signatures[0], signature=bytes(64)),))
    put(log, note=bad, length=held(log)[0].length, frontier=held(log)[0].frontier)
    assert verify(log).problems == ()
    assert told(verify(log, keys=[KEY.verifier])) == [
        f"{log}.seals:3: the signature by aleppo is not one of this text"
    ]


def test_a_published_checkpoint_must_be_signed_too(log):
    note = grow(log, LINES[:10], keys=[KEY]).seal.note
    assert verify(log, since=note, keys=[KEY.verifier]).problems == ()
    findings = verify(log, since=Note(note.checkpoint), since_name="held.txt", keys=[KEY.verifier])
    assert told(findings) == [
        f"held.txt: no good signature by aleppo; expected one by {KEY.verifier}"
    ]


def test_a_published_checkpoint_that_is_not_signed_vouches_for_nothing_where_a_key_is_asked_for(
    log,
):
    note = grow(log, LINES[:10]).seal.note
    assert (
        verify(log, since=note).vouched,
        verify(log, since=note, keys=[KEY.verifier]).vouched,
    ) == (10, 0)


def test_signatures_that_nobody_asks_for_need_no_library(log, monkeypatch):
    grow(log, LINES[:10], keys=[KEY])
    monkeypatch.setitem(sys.modules, "cryptography", None)
    assert verify(log).problems == ()


# Archived copies ----------------------------------------------------------------------------------


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


def test_a_copy_of_no_event_and_a_log_that_cannot_be_read_are_told(log, copy):
    grow(log, LINES[:3])
    archives.archive(log, copy, event="nobody")
    assert told(verify(log, copies=True)) == [
        "copies/page.html: a copy of no event: nobody; expected the id of an event of this log"
    ]
    grow(log, [b"hello"])
    [problem] = verify(log, copies=True).problems
    assert problem.where == f"{log}:4"


def test_a_seal_covers_the_list_of_copies(log, copy):
    """What was recorded before a seal cannot be altered or taken away unseen; what comes after it may be added."""
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
        assert told(verify(log)) == [
            f"{file}: not the list of archived copies that was sealed (by {log}.seals:2)"
        ]
    file.unlink()
    assert len(verify(log).problems) == 1


def merkle_root(log) -> str:
    return archives.base64(root(leaf_hashes(archives_path(log).read_bytes().splitlines())))


@pytest.mark.parametrize(
    "line",
    [
        "archives",
        "archives x",
        "archives 0 x",
        "archives 1",
        "archives 1 AAAA more",
        "archives ٣ x",
    ],
)
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
