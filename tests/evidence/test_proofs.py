"""Proofs: an event is proved to stand in a log with the proof alone, and forgeries fail."""

import json
from contextlib import suppress

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from sealed import FIELDS, KEY, LINES, ORIGIN, OTHER, grow, whole

from timeline.errors import InvalidLog, NothingFound, NotVerified
from timeline.evidence.checkpoint import Note
from timeline.evidence.proofs import Proof, prove
from timeline.evidence.seals import held, seal
from timeline.log.codec import CODEC
from timeline.storage.paths import leaves_path


@pytest.fixture
def log(tmp_path):
    """Return a log of thirteen lines, sealed and signed in two steps, and two unsealed ones."""
    path = tmp_path / "events.jsonl"
    path.write_bytes(b"")
    grow(path, LINES[:11], keys=[KEY])
    grow(path, LINES[11:13], keys=[KEY])
    path.write_bytes(whole(LINES[:15]))
    return path


def decoded(proof: Proof) -> Proof:
    return Proof.decode(str(proof).encode(), "proof.json")


@pytest.mark.parametrize("number", range(13))
def test_every_sealed_event_is_proved_without_the_log(log, number):
    proof = prove(log, f"e-{number}")
    leaves_path(log).unlink()
    log.unlink()
    read = decoded(proof)
    assert read == proof
    assert (read.event.encode(), read.index, read.checkpoint.size) == (LINES[number], number, 13)
    read.check(keys=[KEY.verifier])
    read.check()


@given(st.integers(1, 40), st.data())
def test_a_proof_leads_from_any_older_checkpoint(tmp_path_factory, size, data):
    log = tmp_path_factory.mktemp("log") / "events.jsonl"
    log.write_bytes(b"")
    older = data.draw(st.integers(1, size))
    since = grow(log, LINES[:older]).seal.note
    grow(log, LINES[older:size])
    proof = decoded(prove(log, f"e-{data.draw(st.integers(0, size - 1))}", since))
    proof.check(since=since)
    other = Note(evolve(since.checkpoint, root=bytes(32)))
    with pytest.raises(NotVerified):
        proof.check(since=other)
    extension = proof.extension or (bytes(32),)
    with pytest.raises(NotVerified):
        evolve(proof, older=other.checkpoint, extension=extension).check(since=other)


def test_a_proof_under_the_checkpoint_that_is_held_needs_no_other(log):
    prove(log, "e-3").check(since=held(log)[-1].note)
    with pytest.raises(NotVerified, match=r"under another checkpoint.*prove ID --since FILE"):
        prove(log, "e-3").check(since=held(log)[0].note)
    with pytest.raises(NotVerified, match="no signature by aleppo"):
        prove(log, "e-3").check(since=Note(held(log)[-1].checkpoint), keys=[KEY.verifier])


def test_a_proof_is_signed_by_whom_it_must_be(log):
    proof = prove(log, "e-3")
    message = r"no signature by other; expected one by other\+.*, on the checkpoint of 13 lines"
    with pytest.raises(NotVerified, match=message):
        proof.check(keys=[KEY.verifier, OTHER.verifier])
    bad = evolve(proof.note, signatures=(evolve(proof.note.signatures[0], signature=bytes(64)),))
    with pytest.raises(NotVerified, match="is not one of this text"):
        evolve(proof, note=bad).check(keys=[KEY.verifier])


def test_every_bit_of_a_signed_proof_counts(log):
    """A changed bit makes the file no proof, or one that leads to no root that the key signed."""
    data = bytearray(str(prove(log, "e-6")).encode())
    for bit in range(8 * len(data)):
        data[bit // 8] ^= 1 << bit % 8
        with suppress(NotVerified):
            Proof.decode(bytes(data), "proof.json").check(keys=[KEY.verifier])
            pytest.fail(f"byte {bit // 8} changed, and the proof passes: {bytes(data)}")
        data[bit // 8] ^= 1 << bit % 8


def test_every_byte_of_a_proof_from_an_older_checkpoint_counts(log):
    since = held(log)[0].note
    data = bytearray(str(prove(log, "e-12", since)).encode())
    for at in range(len(data)):
        data[at] ^= 1 << at % 8
        with suppress(NotVerified):
            Proof.decode(bytes(data), "proof.json").check(keys=[KEY.verifier], since=since)
            pytest.fail(f"byte {at} changed, and the proof passes: {bytes(data)}")
        data[at] ^= 1 << at % 8


@pytest.mark.parametrize("number", [number for number in range(13) if number != 6])
def test_a_proof_of_another_event_in_its_place_is_refused(log, number):
    proof, other = prove(log, "e-6"), prove(log, f"e-{number}")
    for fields in ({"event": other.event}, {"index": number}, {"path": other.path}):
        with pytest.raises(NotVerified, match="does not lead from the event to the root"):
            evolve(proof, **fields).check()


def changed(proof, **fields) -> bytes:
    return json.dumps({**proof.json(), **fields}).encode()


WRONG = {
    "another size": {"size": 12},
    "a text for an index": {"index": "6"},
    "true for an index": {"index": True},
    "a number for an event": {"event": 6},
    "a number for a path": {"path": 6},
    "a text for a path": {"path": "AAAA"},
    "a path of numbers": {"path": [6]},
    "no base64": {"path": ["*"]},
    "a list for a checkpoint": {"checkpoint": []},
    "no checkpoint": {"checkpoint": "hello"},
    "another field": {"note": "x"},
    "half of an older checkpoint": {"since": {"path": ["AAAA"]}},
    "an older checkpoint of no kind": {"since": 6},
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_proof_is_refused_with_the_name_of_the_file(log, name):
    proof = prove(log, "e-1")
    with pytest.raises(NotVerified, match=r"^proof\.json: "):
        Proof.decode(changed(proof, **WRONG[name]), "proof.json")


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"hello", b"\xff", b'{"event":1,"event":2}'])
def test_what_is_no_object_of_a_proof_is_refused(data):
    with pytest.raises(NotVerified, match=r"^proof\.json: "):
        Proof.decode(data, "proof.json")


def test_an_event_that_is_not_sealed_cannot_be_proved(log):
    with pytest.raises(NothingFound, match=r"no event e-99"):
        prove(log, "e-99")
    message = r"events\.jsonl:14: e-13 is not sealed yet \(`timeline seal` seals it\)"
    with pytest.raises(NotVerified, match=message):
        prove(log, "e-13")


def test_a_proof_leads_from_no_checkpoint_of_another_log(log):
    older, message = held(log)[0].checkpoint, "does not extend the checkpoint of 11 lines"
    with pytest.raises(NotVerified, match=message):
        prove(log, "e-1", Note(evolve(older, root=bytes(32))))
    with pytest.raises(NotVerified, match=f"{message} of elsewhere"):
        prove(log, "e-1", Note(evolve(older, origin="elsewhere")))


def test_nothing_is_proved_of_a_log_that_was_altered(log):
    log.write_bytes(whole([*LINES[1:13], LINES[0]]))
    message = r"the log is not what was sealed \(`timeline verify` names the line\)"
    with pytest.raises(NotVerified, match=message):
        prove(log, "e-1")
    log.write_bytes(b"hello\n")
    with pytest.raises(InvalidLog):
        prove(log, "e-1")


def test_the_longest_line_is_proved(tmp_path):
    """A line of a megabyte, every character of which is escaped in the proof."""
    log = tmp_path / "events.jsonl"
    longest = CODEC.structure(FIELDS | {"id": "long", "summary": '"' * 500_000})
    log.write_bytes(whole([CODEC.encode(longest)]))
    seal(log, otherwise=ORIGIN)
    decoded(prove(log, "long")).check()
