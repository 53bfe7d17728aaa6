"""SHA-256 in steps: hashlib over all bytes is the oracle, and nothing that was kept can make the digest another one."""

import builtins
import hashlib
import json
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timeline.index import resumable
from timeline.index.resumable import Hashed, hashed, kept

MIB = 1 << 20
EDGES = (0, 1, 55, 56, 63, 64, 65, 127, 128, 129)
MANY = hashlib.shake_128(b"bytes without a pattern").digest(2 * MIB + 200)
offered = pytest.mark.skipif(
    hashed(Path(__file__), 0).state is None,
    reason="this Python's libcrypto cannot be asked for a state",
)


def oracle(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def file(tmp_path) -> Path:
    """A file of some MiB, to go on reading."""
    path = tmp_path / "events.jsonl"
    path.write_bytes(MANY)
    return path


@pytest.fixture
def without(monkeypatch) -> None:
    """A Python whose library cannot be asked."""
    monkeypatch.setattr(resumable, "_library", lambda: None)


@pytest.fixture
def reads(monkeypatch) -> list[tuple[int, int]]:
    """From where to where the file is read, by every read of the module, which the system buffers no further."""
    seen: list[tuple[int, int]] = []

    class Watched:
        def __init__(self, path, mode):
            self.file = builtins.open(path, mode, buffering=0)  # noqa: SIM115

        def __enter__(self):
            return self

        def __exit__(self, *_):
            self.file.close()

        def __getattr__(self, name):
            return getattr(self.file, name)

        def read(self, size):
            begin = self.file.tell()
            data = self.file.read(size)
            seen.append((begin, begin + len(data)))
            return data

    monkeypatch.setattr(resumable, "open", Watched, raising=False)
    return seen


def believed(path: Path, before: Hashed) -> bool:
    """Whether a digest goes on from what was kept, told by a change of a byte that is then not read again."""
    whole = path.read_bytes()
    path.write_bytes(bytes([whole[0] ^ 1]) + whole[1:])
    again = hashed(path, len(whole), before).sha256
    assert again in {oracle(whole), oracle(path.read_bytes())}
    path.write_bytes(whole)
    return again == oracle(whole)


# The same digest ----------------------------------------------------------------------------------


@given(
    st.binary(max_size=400),
    st.lists(st.one_of(st.integers(0, 400), st.sampled_from(EDGES)), max_size=6),
)
def test_in_any_number_of_steps_the_digest_is_that_of_all(data, ends):
    """Wherever a digest was laid aside, through JSON and back, it is that of the bytes up to the end, also where an end is passed twice."""
    before = None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "events.jsonl"
        for end in [*sorted(min(end, len(data)) for end in ends), len(data)]:
            path.write_bytes(data[:end])
            before = hashed(path, end, before)
            assert before[:2] == (end, oracle(data[:end]))
            assert kept(json.loads(json.dumps(before))) == before


@pytest.mark.parametrize("cut", [*EDGES, MIB - 1, MIB, MIB + 1, 2 * MIB])
@pytest.mark.parametrize("more", [0, 1, 63, 64, 65])
def test_at_every_edge_of_blocks_and_reads_the_digest_is_that_of_all(file, cut, more):
    """Whole blocks, padding that needs another block, and whole reads are no exception."""
    before = hashed(file, cut)
    assert before[:2] == (cut, oracle(MANY[:cut]))
    assert hashed(file, cut + more, before)[:2] == (cut + more, oracle(MANY[: cut + more]))


def test_without_the_library_the_digests_are_the_same(file, without):
    """Only the state is missing, and one from elsewhere is left alone."""
    before = hashed(file, MIB + 7)
    assert before == Hashed(MIB + 7, oracle(MANY[: MIB + 7]), None)
    for state in (None, "00" * 32):
        assert hashed(file, len(MANY), before._replace(state=state)) == Hashed(
            len(MANY), oracle(MANY), None
        )


@pytest.mark.parametrize("name", ["_hashlib", "ctypes"])
def test_a_python_without_the_modules_does_without(monkeypatch, name):
    """Neither OpenSSL nor ctypes must be there."""
    monkeypatch.setitem(sys.modules, name, None)
    assert resumable._library.__wrapped__() is None


@offered
def test_a_library_without_the_functions_is_not_asked(monkeypatch):
    """As where libcrypto was built without what it calls deprecated, or into Python itself."""
    monkeypatch.setattr("ctypes.CDLL", lambda _: object())
    assert resumable._library.__wrapped__() is None


@offered
def test_the_rules_of_fips_are_kept(monkeypatch):
    """Some libraries end the program when they are asked so in that mode."""
    monkeypatch.setattr("_hashlib.get_fips_mode", lambda: 1)
    assert resumable._library.__wrapped__() is None


@offered
def test_a_library_that_lays_out_its_words_otherwise_is_not_asked(monkeypatch):
    """What would be written into its memory is not what it keeps there."""
    monkeypatch.setattr(resumable, "_BEGUN", resumable._BEGUN[::-1])
    assert resumable._library.__wrapped__() is None


# What is read -------------------------------------------------------------------------------------


@offered
@pytest.mark.parametrize("cut", [64, 65, 127, MIB, MIB + 63])
def test_only_what_was_added_is_read(file, reads, cut):
    """No byte before the unfinished block is read again, and of that no more than there was."""
    before = hashed(file, cut)
    reads.clear()
    assert hashed(file, cut + 300, before).sha256 == oracle(MANY[: cut + 300])
    assert min(begin for begin, _ in reads) == cut // 64 * 64
    assert sum(end - begin for begin, end in reads) == cut % 64 + 300


@offered
@pytest.mark.slow
def test_more_bits_than_fit_in_one_number_are_counted(tmp_path, reads):
    """SHA-256 counts bits in two numbers of 32, the first of which is full after 512 MiB."""
    path, cut = tmp_path / "events.jsonl", 512 * MIB + 65
    with open(path, "wb") as file:
        file.truncate(cut + 7)
    before = hashed(path, cut)
    reads.clear()
    after = hashed(path, cut + 7, before)
    assert sum(end - begin for begin, end in reads) == 8
    with open(path, "rb") as file:
        assert after.sha256 == hashlib.file_digest(file, "sha256").hexdigest()


@pytest.mark.parametrize("whole", [0, 64, 100, 128])
def test_a_file_that_is_shorter_is_hashed_as_it_is(tmp_path, whole):
    """It is told by the size that comes back, also where a longer beginning is remembered, and nothing waits for more."""
    path = tmp_path / "events.jsonl"
    path.write_bytes(MANY[:192])
    before = hashed(path, 192)
    path.write_bytes(MANY[:whole])
    for known in (None, before):
        assert hashed(path, 10**30, known)[:2] == (whole, oracle(MANY[:whole]))


def test_a_beginning_that_is_longer_than_what_is_asked_is_of_no_use(file):
    """A digest cannot be taken back."""
    assert hashed(file, 100, hashed(file, 128))[:2] == (100, oracle(MANY[:100]))


# What is not believed -----------------------------------------------------------------------------


@offered
@pytest.mark.parametrize("cut", [1, 64, 100, MIB])
def test_a_state_with_one_bit_flipped_is_not_believed(file, cut):
    """Each of the bits counts; the right one is believed, where there is a whole block that need not be read again."""
    file.write_bytes(MANY[: cut + 300])
    before = hashed(file, cut)
    assert believed(file, before) == (cut >= 64)
    for bit in range(0, 256, 5):
        wrong = int(before.state, 16) ^ (1 << bit)
        assert not believed(file, before._replace(state=f"{wrong:064x}"))


@offered
def test_a_digest_with_one_character_changed_is_not_believed(file):
    """What was kept has to agree with itself."""
    file.write_bytes(MANY[:400])
    before = hashed(file, 100)
    for place, old in enumerate(before.sha256):
        digest = before.sha256[:place] + ("0" if old != "0" else "1") + before.sha256[place + 1 :]
        assert not believed(file, before._replace(sha256=digest))


@offered
@pytest.mark.parametrize("size", [-64, -1, 0, 63, 64, 99, 101, 128, 164, 400, 401, 10**30])
def test_a_state_of_another_length_is_not_believed(file, size):
    """The number of bytes is part of what a digest says."""
    file.write_bytes(MANY[:400])
    assert not believed(file, hashed(file, 100)._replace(size=size))


@offered
def test_a_last_block_that_was_changed_is_noticed(file):
    """The bytes that are read again must be those that were hashed."""
    before = hashed(file, 100)
    changed = MANY[:99] + bytes([MANY[99] ^ 1]) + MANY[100:]
    file.write_bytes(changed)
    assert hashed(file, len(changed), before).sha256 == oracle(changed)


@given(st.one_of(st.none(), st.text(), st.binary(max_size=150).map(bytes.hex)))
def test_no_state_whatever_changes_a_digest(text):
    """Short, long, foreign and broken states are read past."""
    path = Path(__file__)
    data = path.read_bytes()
    assert hashed(path, len(data), Hashed(100, oracle(data[:100]), text))[:2] == (
        len(data),
        oracle(data),
    )


@offered
@pytest.mark.parametrize(
    "change",
    [
        lambda state: state + "00",
        lambda state: state[:-2],
        lambda state: state[:-1],
        lambda state: "é" + state,
    ],
)
def test_a_state_that_is_too_long_or_too_short_is_not_believed(file, change):
    """Also where what is there of it is right."""
    file.write_bytes(MANY[:400])
    before = hashed(file, 100)
    assert not believed(file, before._replace(state=change(before.state)))


@pytest.mark.parametrize(
    "values",
    [
        None,
        {},
        [],
        "abc",
        [1, "ab"],
        ["1", "ab", None],
        [1, None, "ab"],
        [1, "ab", 2],
        [1, "ab", None, 3],
    ],
)
def test_what_is_no_record_is_none(values):
    """Whatever JSON holds, there is an answer."""
    assert kept(values) is None
