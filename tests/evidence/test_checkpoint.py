"""Checkpoints and signed notes: read as others wrote them, written again byte for byte."""

import sys
from contextlib import suppress
from hashlib import sha256

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from timeline.errors import NotVerified, TimelineError, UsageError
from timeline.evidence.checkpoint import Checkpoint, Note, Signature, base64
from timeline.evidence.keys import SigningKey, VerifierKey
from timeline.text.phrases import safe

SPEC = """\
example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q\
1gGzGku9nTo+zyWE+xeMcTOAYQ8=
"""
"""The example of C2SP tlog-checkpoint."""
GO_PRIVATE = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
GO_VERIFIER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
GO_LINE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdng"
    "otpRZb6KE6RyyBwJnAM="
)
"""The example of golang.org/x/mod/sumdb/note, from which signed-note comes."""

CHARACTERS = st.characters(min_codepoint=32, exclude_categories=("Cs",))
WORDS = st.text(CHARACTERS, min_size=1, max_size=12).filter(lambda text: safe(text) == text)
ROOTS = st.binary(min_size=32, max_size=32)
CHECKPOINTS = st.builds(
    Checkpoint, WORDS, st.integers(0, 2**60), ROOTS, st.lists(WORDS, max_size=3).map(tuple)
)
NAMES = WORDS.filter(lambda name: "+" not in name and not any(map(str.isspace, name)))
KEY_IDS, TAILS = st.binary(min_size=4, max_size=4), st.binary(min_size=1, max_size=80)
SIGNATURES = st.builds(Signature, NAMES, KEY_IDS, TAILS)
NOTES = st.builds(Note, CHECKPOINTS, st.lists(SIGNATURES, max_size=4).map(tuple))
KEY = SigningKey("aleppo", bytes(range(32)))
NOTE = Note(Checkpoint("conflict-timeline/aleppo", 39, bytes(32)))
VERIFIER, SIGNED_NOTE = KEY.verifier, KEY.sign(NOTE)


class Text:
    """A text that is no checkpoint, in the place of one."""

    def __init__(self, text):
        self.text = text


# Reading and writing ------------------------------------------------------------------------------


def test_the_example_of_the_specification_is_read_and_written():
    note = Note.parse(SPEC)
    assert note.checkpoint.origin == "example.com/behind-the-sofa"
    assert note.checkpoint.size == 20852163
    assert [signature.name for signature in note.signatures] == ["example.com/behind-the-sofa"]
    assert str(note) == SPEC
    assert note.checkpoint.digest == sha256(SPEC.partition("\n\n")[0].encode() + b"\n").digest()


@given(NOTES)
def test_what_is_written_is_read_as_it_was(note):
    assert Note.parse(str(note)) == note


@given(NOTES, st.data())
def test_what_is_read_from_a_damaged_note_is_written_byte_for_byte(note, data):
    """There is one way to write a note, so no two texts can pass for the same one."""
    text = str(note)
    at = data.draw(st.integers(0, len(text) - 1))
    replacement = data.draw(st.sampled_from(["", "\n", " ", "0", "=", "A", "—", "\n\n"]))
    changed = text[:at] + replacement + text[at + 1 :]
    try:
        read = Note.parse(changed)
    except NotVerified:
        return
    assert str(read) == changed


ROOT = base64(bytes(32))
WRONG = {
    "nothing": "",
    "two lines": f"origin\n{ROOT}\n",
    "no newline at the end": f"origin\n1\n{ROOT}",
    "no origin": f"\n1\n{ROOT}\n",
    "a size with a leading zero": f"origin\n01\n{ROOT}\n",
    "a size with a sign": f"origin\n+1\n{ROOT}\n",
    "a size below zero": f"origin\n-1\n{ROOT}\n",
    "a size of other digits": f"origin\n١\n{ROOT}\n",
    "a size with a space": f"origin\n1 \n{ROOT}\n",
    "a size beyond any": f"origin\n{'9' * 40}\n{ROOT}\n",
    "a short root": f"origin\n1\n{base64(bytes(31))}\n",
    "a long root": f"origin\n1\n{base64(bytes(33))}\n",
    "a root without padding": f"origin\n1\n{ROOT[:-1]}\n",
    "a root with other last bits": f"origin\n1\n{ROOT[:-2]}B=\n",
    "a root in the alphabet of URLs": f"origin\n1\n{ROOT[:-2]}_=\n",
    "a root with a space": f"origin\n1\n {ROOT}\n",
    "a carriage return": f"origin\r\n1\r\n{ROOT}\r\n",
    "an override of writing direction": f"or\u202eigin\n1\n{ROOT}\n",
    "a control character": f"or\x1bigin\n1\n{ROOT}\n",
    "an empty extension line": f"origin\n1\n{ROOT}\n\nmore\n",
    "an empty line and no signature": f"origin\n1\n{ROOT}\n\n",
    "a hyphen for a dash": f"origin\n1\n{ROOT}\n\n- name {ROOT}\n",
    "a signature without a name": f"origin\n1\n{ROOT}\n\n— {ROOT}\n",
    "a signature under a name with a space": f"origin\n1\n{ROOT}\n\n— a name {ROOT}\n",
    "a signature under a name with a plus": f"origin\n1\n{ROOT}\n\n— a+b {ROOT}\n",
    "a signature of nothing": f"origin\n1\n{ROOT}\n\n— name {base64(bytes(4))}\n",
    "a signature in no base64": f"origin\n1\n{ROOT}\n\n— name ****\n",
    "a signature without a newline": f"origin\n1\n{ROOT}\n\n— name {ROOT}",
    "too many signatures": f"origin\n1\n{ROOT}\n\n" + f"— name {ROOT}\n" * 101,
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_checkpoint_is_refused(name):
    with pytest.raises(NotVerified) as refused:
        Note.parse(WRONG[name])
    assert refused.value.exit_code == 3
    assert str(refused.value)


def test_sixteen_signatures_are_taken_and_more():
    assert len(Note.parse(f"origin\n1\n{ROOT}\n\n" + f"— name {ROOT}\n" * 100).signatures) == 100


def test_a_file_that_is_no_checkpoint_is_named():
    with pytest.raises(NotVerified, match=r"^held\.txt: not UTF-8; expected a checkpoint"):
        Note.decode(b"\xff", "held.txt")
    with pytest.raises(NotVerified, match=r"^held\.txt: 1 whole lines"):
        Note.decode(b"hello", "held.txt")


@pytest.mark.parametrize(
    "fields",
    [{"origin": ""}, {"origin": "a\nb"}, {"size": -1}, {"root": b""}, {"extensions": ("",)}],
    ids=str,
)
def test_no_checkpoint_is_made_that_would_not_be_read(fields):
    with pytest.raises(NotVerified):
        evolve(NOTE.checkpoint, **fields)


# Keys and signatures ------------------------------------------------------------------------------


def test_keys_and_a_signature_that_others_made():
    """Ed25519 is deterministic: the same key signs the same text alike everywhere."""
    key = SigningKey.parse(GO_PRIVATE)
    assert (str(key), str(key.verifier)) == (GO_PRIVATE, GO_VERIFIER)
    assert VerifierKey.parse(GO_VERIFIER) == key.verifier
    signed = key.sign(Note(Text(GO_TEXT)))
    assert list(map(str, signed.signatures)) == [GO_LINE]
    assert key.verifier.signed(Note(Text(GO_TEXT), (Signature.parse(GO_LINE),)))


@given(CHECKPOINTS, NAMES, st.binary(min_size=32, max_size=32))
def test_what_a_key_signed_is_signed_by_it(checkpoint, name, seed):
    key = SigningKey.parse(str(SigningKey(name, seed)))
    note = key.sign(Note(checkpoint))
    assert VerifierKey.parse(str(key.verifier)).signed(Note.parse(str(note)))
    assert key.sign(note) == note


def test_a_note_without_the_signature_of_a_key_is_not_signed_by_it():
    other = SigningKey("other", bytes(32))
    same_name = SigningKey("aleppo", bytes(32))
    assert not KEY.verifier.signed(NOTE)
    assert not KEY.verifier.signed(same_name.sign(other.sign(NOTE)))
    assert KEY.verifier.signed(KEY.sign(same_name.sign(NOTE)))


def test_a_signature_of_another_text_is_refused():
    signed = KEY.sign(NOTE)
    with pytest.raises(NotVerified, match="the signature by aleppo is not one of this text"):
        KEY.verifier.signed(evolve(signed, checkpoint=evolve(NOTE.checkpoint, size=40)))


def test_every_bit_of_a_signed_note_counts():
    """A changed bit makes the note unreadable, unsigned or badly signed."""
    data = bytearray(str(KEY.sign(NOTE)).encode())
    for bit in range(8 * len(data)):
        data[bit // 8] ^= 1 << bit % 8
        with suppress(NotVerified):
            assert not KEY.verifier.signed(Note.decode(bytes(data), "note"))
        data[bit // 8] ^= 1 << bit % 8


def test_a_second_bad_signature_of_a_key_spoils_the_note():
    """A signature of a known key that fails is reason to reject the whole note."""
    signed = KEY.sign(NOTE)
    bad = evolve(signed.signatures[0], signature=bytes(64))
    with pytest.raises(NotVerified):
        KEY.verifier.signed(evolve(signed, signatures=(*signed.signatures, bad)))


NO_VERIFIERS = [
    *("", "name", "name+00000000", "name+00000000+"),
    *(f"na me+{GO_VERIFIER[13:]}", f"other+{GO_VERIFIER[13:]}"),
    *(GO_VERIFIER.replace("c74f", "c74e"), GO_VERIFIER.replace("ARpc", "BRpc")),
    *(GO_VERIFIER[:-4], GO_PRIVATE),
]


@pytest.mark.parametrize("text", NO_VERIFIERS)
def test_what_is_no_verifier_key_is_refused(text):
    with pytest.raises(UsageError) as refused:
        VerifierKey.parse(text)
    assert "AYEKFALV" not in str(refused.value)


NO_PRIVATE_KEYS = [
    *("", GO_VERIFIER, GO_PRIVATE[:-4]),
    *(GO_PRIVATE.replace("c74f", "c74e"), f"{GO_PRIVATE}\n"),
]


@pytest.mark.parametrize("text", NO_PRIVATE_KEYS)
def test_what_is_no_private_key_is_refused_and_not_shown(text):
    with pytest.raises(UsageError) as refused:
        SigningKey.parse(text)
    assert "AYEKFALV" not in str(refused.value)
    assert "AYEKFALV" not in repr(SigningKey.parse(GO_PRIVATE))


def test_new_keys_differ_and_need_a_name():
    assert SigningKey.new("a") != SigningKey.new("a")
    for name in ("", "a b", "a+b", "a\n", "a\u2003b"):
        with pytest.raises(UsageError, match="a name without spaces and plus"):
            SigningKey.new(name)


NEEDS_LIBRARY = [
    lambda: KEY.sign(NOTE),
    lambda: SigningKey.new("a"),
    lambda: VERIFIER.signed(SIGNED_NOTE),
]


@pytest.mark.parametrize("use", NEEDS_LIBRARY)
def test_without_the_library_it_is_said_what_to_install(monkeypatch, use):
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.asymmetric.ed25519", None)
    message = r"needs the library cryptography \(pip install 'conflict-timeline\[seals\]'\)"
    with pytest.raises(TimelineError, match=message):
        use()
