"""Time stamps: kept for the very checkpoint that they name, trusted only with certificates."""

import sys
from contextlib import suppress

import pytest
from attrs import evolve
from timestamps import LINES, ORIGIN, OTHER, REFUSED, ROOT, SHA256, SHA512

from timeline.errors import NotVerified, TimelineError, UsageError
from timeline.evidence import seals
from timeline.evidence import timestamps as stamps
from timeline.evidence.checkpoint import Checkpoint
from timeline.evidence.merkle import leaf_hashes, root
from timeline.evidence.seals import seal, stamp
from timeline.evidence.verify import verify
from timeline.storage.paths import seals_path

CHECKPOINT = Checkpoint(ORIGIN, 3, root(leaf_hashes(LINES)))
TOKEN = SHA256[9:]
"""The token alone: what follows the header of the response and its status."""


@pytest.fixture
def log(tmp_path):
    """Return the log that was stamped, sealed."""
    path = tmp_path / "events.jsonl"
    path.write_bytes(b"".join(line + b"\n" for line in LINES))
    assert seal(path, origin=ORIGIN).seal.checkpoint == CHECKPOINT
    return path


@pytest.mark.parametrize(
    "data", [SHA256, SHA512, TOKEN], ids=["SHA-256", "SHA-512", "the token alone"]
)
def test_a_time_stamp_is_for_one_checkpoint(data):
    read = stamps.read(data)
    assert read.covers(CHECKPOINT)
    assert not read.covers(evolve(CHECKPOINT, size=4))
    assert not read.covers(evolve(CHECKPOINT, origin="example.org/four"))
    assert read.time.year == 2026
    assert read.time.tzinfo
    stamps.trust(read, ROOT)
    stamps.trust(read, OTHER + ROOT)


def test_an_imprint_by_an_unknown_hash_covers_nothing():
    assert not evolve(stamps.read(SHA256), algorithm="1.3.14.3.2.26").covers(CHECKPOINT)


def test_what_another_authority_signed_is_not_trusted():
    with pytest.raises(NotVerified, match="no authority of these certificates signed"):
        stamps.trust(stamps.read(SHA256), OTHER)
    with pytest.raises(UsageError, match="no certificates; expected one or more in PEM"):
        stamps.trust(stamps.read(SHA256), b"hello")


@pytest.mark.parametrize(
    "data", [b"", b"hello", b"\x30\x00", SHA256[:-9], TOKEN[:-9], ROOT], ids=len
)
def test_what_is_no_time_stamp_is_refused(data):
    with pytest.raises(NotVerified, match="no time stamp; expected a token of RFC 3161"):
        stamps.read(data)


def test_a_refusal_is_no_time_stamp():
    with pytest.raises(NotVerified, match="a response of status 2, which refuses"):
        stamps.read(REFUSED)


def test_a_damaged_time_stamp_fails_in_a_sentence():
    """Whatever byte is changed, nothing but `NotVerified` comes of reading it."""
    for at in range(len(SHA256)):
        with suppress(NotVerified):
            stamps.read(SHA256[:at] + bytes([SHA256[at] ^ 0x55]) + SHA256[at + 1 :])


def test_a_time_stamp_is_kept_with_the_seal_that_it_is_for(log):
    for token in (TOKEN, SHA512, SHA256):
        stamp(log, token)
    [plain, first, second] = seals.held(log)
    assert (plain.stamps, first.stamps, second.stamps) == ((), (SHA256,), (SHA256, SHA512))
    assert seals.latest(seals.held(log)) == second
    log.write_bytes(log.read_bytes() + b"four\n")
    assert seal(log).seal.stamps == ()


def test_a_stamped_log_is_vouched_for_where_the_authority_is_trusted(log):
    stamp(log, SHA256)
    assert [verify(log).vouched, verify(log, authority=ROOT).vouched] == [0, 3]
    [problem] = verify(log, authority=OTHER).problems
    found = "a time stamp that no authority of these certificates signed"
    assert (problem.where, problem.found) == (f"{log}.seals:2", found)
    with pytest.raises(UsageError, match="no certificates"):
        verify(log, authority=b"hello")


def test_a_time_stamp_for_something_else_is_not_kept(log):
    log.write_bytes(b"one\n")
    seals_path(log).unlink()
    seal(log, origin=ORIGIN)
    with pytest.raises(NotVerified, match="a time stamp for something else"):
        stamp(log, SHA256)
    assert [held.stamps for held in seals.held(log)] == [()]


def test_a_time_stamp_that_was_put_to_another_seal_is_found(log):
    stamp(log, SHA256)
    log.write_bytes(log.read_bytes() + b"four\n")
    seal(log)
    record = seals.held(log)[-1]
    with seals.adding(seals_path(log)) as file:
        seals.add(file, evolve(record, stamps=(SHA256,)).values())
    [problem] = verify(log).problems
    message = "a time stamp for something else; expected one for this checkpoint"
    assert str(problem) == f"{log}.seals:4: {message}"


def test_without_the_library_stamps_are_not_checked_and_that_is_said(log, monkeypatch):
    stamp(log, SHA256)
    monkeypatch.setitem(sys.modules, "rfc3161_client", None)
    findings = verify(log)
    assert findings.problems == ()
    [warning] = findings.warnings
    lack = "this needs the library rfc3161-client (pip install 'conflict-timeline[seals]')"
    assert f"not checked: {lack}" in warning
    with pytest.raises(TimelineError, match="needs the library rfc3161-client"):
        stamp(log, SHA256)
