"""Verifying: every change of a sealed line is found and named, as are missing signatures."""

import os
import sys
from itertools import pairwise

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from sealed import KEY, LINES, ORIGIN, OTHER, grow, messages, whole

from timeline.errors import NothingFound
from timeline.evidence import merkle, seals
from timeline.evidence.checkpoint import Checkpoint, Note
from timeline.evidence.merkle import leaf_hashes, root
from timeline.evidence.seals import held, seal
from timeline.evidence.verify import difference, verify
from timeline.storage.paths import leaves_path, seals_path

# Changed lines ------------------------------------------------------------------------------------


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


def changes_at(at):
    """Yield each change at a line, with the first number that differs and the finding."""
    number, line, before, behind = at + 1, LINES[at], LINES[:at], LINES[at + 1 :]
    inserted, moved = "a line was inserted", "the lines stand in another order"
    yield [*before, line + b" ", *behind], number, "the line was altered"
    yield [*before, b"{}", line, *behind], number, inserted
    yield [*before, b"", line, *behind], number, inserted
    if not behind:
        yield before, number, "the log ends before"
        return
    yield [*before, *behind], number, "a line was removed"
    yield [*before, line, line, *behind], number + 1, f"{inserted}, a copy of line {number}"
    yield [*before, line], number + 1, f"the log ends before line {number + 1}"
    yield [*before, LINES[-1], line, *behind[:-1]], number, moved
    for other, swapped in enumerate(behind):
        yield [*before, swapped, *behind[:other], line, *behind[other + 1 :]], number, moved


@pytest.mark.parametrize("at", range(50))
def test_every_change_of_lines_is_found_with_the_first_that_differs(log, at):
    """Of fifty lines, each one deleted, altered, doubled, moved, and every two swapped."""
    for begin, end in pairwise((0, 20, 35, 50)):
        grow(log, LINES[begin:end])
    for lines, number, found in changes_at(at):
        log.write_bytes(whole(lines))
        [problem] = verify(log).problems
        assert problem.where == f"{log}:{number}"
        assert problem.found.startswith(found)
    log.write_bytes(whole(LINES))
    assert not verify(log).problems


def test_a_line_behind_the_last_seal_may_change(log):
    """It is told that the line is not sealed."""
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
    assert messages(findings) == [
        f"{log}:25: a line was removed; expected the line that was sealed (as {names} had it)"
    ]


@given(st.data())
def test_the_first_difference_is_the_first(data):
    """Of any lines and any others that do not begin with them."""
    texts = st.lists(st.sampled_from([b"a", b"b", b"c"]), max_size=8)
    before, today = data.draw(texts), data.draw(texts)
    if today[: len(before)] == before:
        return
    number, change = difference(before, today)
    assert today[: number - 1] == before[: number - 1]
    assert today[number - 1 : number] != before[number - 1 : number]
    assert change


def test_a_log_without_seals_cannot_be_verified(log):
    log.write_bytes(whole(LINES))
    with pytest.raises(NothingFound, match="has no seal"):
        verify(log)


# Seals that disagree ------------------------------------------------------------------------------


def put(log, **fields):
    """Add a record with other fields than the last seal has."""
    with seals.adding(seals_path(log)) as file:
        seals.add(file, evolve(held(log)[-1], **fields).values())


def test_a_seal_of_another_log_or_length_is_found(log):
    grow(log, LINES[:3])
    put(log, note=Note(Checkpoint("elsewhere", 3, root(leaf_hashes(LINES[:3])))))
    put(log, length=5)
    assert messages(verify(log)) == [
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


# Published checkpoints ----------------------------------------------------------------------------


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
    assert messages(findings) == [
        "held.txt: the root of 20 lines is not that of this log, which fits a later checkpoint "
        "(this checkpoint was altered, or is one of another log)"
    ]
    assert findings.vouched == 0


def test_a_published_checkpoint_names_the_line_where_the_leaves_are_there(log):
    published = grow(log, LINES[:20]).seal.note
    seals_path(log).unlink()
    log.write_bytes(whole(LINES[:7] + LINES[8:40]))
    [problem] = verify(log, since=published, since_name="held.txt").problems
    sealed = "expected the line that was sealed (as held.txt had it)"
    assert str(problem) == f"{log}:8: a line was removed; {sealed}"


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
    findings = verify(log, keys=[KEY.verifier])
    assert (findings.problems, findings.vouched) == ((), 10)
    assert messages(verify(log, keys=[OTHER.verifier, KEY.verifier])) == [
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
    assert messages(verify(log, keys=[KEY.verifier])) == [
        f"{log}.seals:3: the signature by aleppo is not one of this text"
    ]


def test_a_published_checkpoint_must_be_signed_too(log):
    note = grow(log, LINES[:10], keys=[KEY]).seal.note
    assert verify(log, since=note, keys=[KEY.verifier]).problems == ()
    findings = verify(log, since=Note(note.checkpoint), since_name="held.txt", keys=[KEY.verifier])
    assert messages(findings) == [
        f"held.txt: no good signature by aleppo; expected one by {KEY.verifier}"
    ]


def test_a_published_checkpoint_that_is_not_signed_does_not_vouch_with_keys(log):
    note = grow(log, LINES[:10]).seal.note
    assert verify(log, since=note).vouched == 10
    assert verify(log, since=note, keys=[KEY.verifier]).vouched == 0


def test_signatures_that_nobody_asks_for_need_no_library(log, monkeypatch):
    grow(log, LINES[:10], keys=[KEY])
    monkeypatch.setitem(sys.modules, "cryptography", None)
    assert verify(log).problems == ()
