"""Merkle trees: the recursion of RFC 6962, and the published vectors, valid and forged."""

import json
from base64 import b64decode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timeline.evidence import merkle
from timeline.evidence.merkle import (
    EMPTY,
    Frontier,
    consistency_path,
    inclusion_path,
    is_subtree,
    leaf_hash,
    leaf_hashes,
    root,
    verify_consistency,
    verify_inclusion,
    verify_subtree,
)

SHARED = Path(__file__).parents[3] / "shared" / "data"
VECTORS = SHARED / "merkle_rfc6962_vectors" / "testdata"
missing = pytest.mark.skipif(
    not VECTORS.exists(), reason="the published Merkle vectors are not in ../shared/data"
)


def plain_root(texts) -> bytes:
    """The definition of RFC 6962, section 2.1, word for word: the oracle."""
    if not texts:
        return sha256(b"").digest()
    if len(texts) == 1:
        return sha256(b"\0" + texts[0]).digest()
    k = max(2**power for power in range(len(texts).bit_length()) if 2**power < len(texts))
    return sha256(b"\1" + plain_root(texts[:k]) + plain_root(texts[k:])).digest()


def flipped(digest: bytes, bit: int) -> bytes:
    number = int.from_bytes(digest) ^ (1 << bit % (8 * len(digest)))
    return number.to_bytes(len(digest))


def forgeries(path: list[bytes], bit: int) -> Iterator[list[bytes]]:
    """Yield a path with each of its digests altered or left out."""
    for at, digest in enumerate(path):
        yield [*path[:at], flipped(digest, bit), *path[at + 1 :]]
        yield [*path[:at], *path[at + 1 :]]


TEXTS = st.lists(st.binary(max_size=8), max_size=70)
SOME_TEXTS = st.lists(st.binary(max_size=8), min_size=1, max_size=70)
BITS = st.integers(0, 255)


# Roots --------------------------------------------------------------------------------------------


@given(TEXTS)
def test_a_root_is_that_of_the_definition(texts):
    assert root(leaf_hashes(texts)) == plain_root(texts)


@pytest.mark.parametrize("size", range(40))
def test_a_root_is_that_of_the_definition_at_every_small_size(size):
    texts = [bytes([number]) for number in range(size)]
    assert root(leaf_hashes(texts)) == plain_root(texts)


@given(st.lists(TEXTS, max_size=6))
def test_a_frontier_that_grows_in_batches_is_that_of_all_leaves(batches):
    frontier, texts = Frontier(), []
    for batch in batches:
        frontier, texts = frontier.extend(leaf_hashes(batch)), texts + batch
        assert frontier == Frontier().extend(leaf_hashes(texts))
        assert (frontier.size, frontier.root()) == (len(texts), plain_root(texts))


def test_a_frontier_without_leaves_is_empty():
    assert Frontier().root() == EMPTY == sha256(b"").digest()


@pytest.mark.parametrize(
    ("size", "nodes"), [(1, ()), (3, (b"a",)), (4, (b"a", b"b")), (-1, (b"a",)), (0, (b"a",))]
)
def test_a_frontier_has_one_full_tree_for_each_one_in_its_size(size, nodes):
    with pytest.raises(ValueError, match="full trees"):
        Frontier(size, nodes)


def test_one_leaf_more_costs_few_hashes(monkeypatch):
    """Adding a leaf hashes nodes by the logarithm of the size, not by the size."""
    frontier = Frontier().extend(leaf_hashes(str(number).encode() for number in range(5000)))
    made, digests = [], merkle._digests
    monkeypatch.setattr(
        merkle, "_digests", lambda begun, texts: made.extend(digests(begun, texts)) or made[-1:]
    )
    for number in range(64):
        made.clear()
        frontier = frontier.extend([bytes([number]) * 32])
        assert len(made) <= 13
        assert len(frontier.nodes) <= 13


# Proofs -------------------------------------------------------------------------------------------


@given(SOME_TEXTS, BITS, st.data())
def test_every_leaf_is_proved_and_no_other_in_its_place(texts, bit, data):
    leaves, top = leaf_hashes(texts), plain_root(texts)
    size = len(leaves)
    index = data.draw(st.integers(0, size - 1))
    leaf, path = leaves[index], inclusion_path(index, leaves)
    assert len(path) <= size.bit_length()
    assert verify_inclusion(leaf, index, size, path, top)
    assert not verify_inclusion(leaf_hash(b"no text of eight bytes"), index, size, path, top)
    assert not verify_inclusion(leaf, index, size, [*path, top], top)
    assert not verify_inclusion(leaf, index + size, size, path, top)
    for forged in forgeries(path, bit):
        assert not verify_inclusion(leaf, index, size, forged, top)


@given(SOME_TEXTS, BITS, st.data())
def test_every_beginning_is_proved_and_no_other(texts, bit, data):
    leaves = leaf_hashes(texts)
    size, whole = data.draw(st.integers(1, len(leaves))), len(leaves)
    path, old, new = consistency_path(size, leaves), plain_root(texts[:size]), plain_root(texts)
    assert verify_consistency(size, whole, path, old, new)
    assert not verify_consistency(size, whole, path, flipped(old, bit), new)
    assert not verify_consistency(size, whole, path, old, flipped(new, bit))
    assert not verify_consistency(size, whole, [*path, new], old, new)
    for forged in forgeries(path, bit):
        assert not verify_consistency(size, whole, forged, old, new)


@given(
    st.lists(st.binary(max_size=8), min_size=1, max_size=20),
    st.data(),
    st.binary(min_size=32, max_size=32),
)
def test_no_path_is_longer_than_the_tree_is_high(texts, data, more):
    """A root that somebody made up above the real one is not that of a tree of this size."""
    leaves, top = leaf_hashes(texts), plain_root(texts)
    size = len(leaves)
    index = data.draw(st.integers(0, size - 1))
    inside = [*inclusion_path(index, leaves), more]
    path, old = [*consistency_path(index + 1, leaves), more], plain_root(texts[: index + 1])
    for above in (sha256(b"\1" + more + top).digest(), sha256(b"\1" + top + more).digest()):
        assert not verify_inclusion(leaves[index], index, size, inside, above)
        assert not verify_consistency(index + 1, size, path, old, above)


def test_nothing_proves_that_a_tree_extends_one_without_leaves():
    """There is nothing to prove, and a proof that is always right proves nothing."""
    assert not verify_consistency(0, 0, [], EMPTY, EMPTY)
    assert not verify_consistency(0, 1, [], EMPTY, root([leaf_hash(b"a")]))


# Vectors ------------------------------------------------------------------------------------------


def inclusion(proof) -> bool:
    return verify_inclusion(
        proof["leafHash"], proof["leafIdx"], proof["treeSize"], proof["proof"], proof["root"]
    )


def consistency(proof) -> bool:
    return verify_consistency(
        proof["size1"], proof["size2"], proof["proof"], proof["root1"], proof["root2"]
    )


def subtree_inclusion(proof) -> bool:
    """A leaf of a subtree is proved as in a tree of its own."""
    begin, end = proof["start"], proof["end"]
    inside = verify_inclusion(
        proof["leafHash"], proof["leafIdx"] - begin, end - begin, proof["proof"], proof["root"]
    )
    return is_subtree(begin, end) and inside


def subtree_consistency(proof) -> bool:
    return verify_subtree(
        proof["start"], proof["end"], proof["size"], proof["proof"], proof["root1"], proof["root2"]
    )


KINDS = {
    "inclusion": (inclusion, 98),
    "consistency": (consistency, 98),
    "subtreeinclusion": (subtree_inclusion, 204),
    "subtreeconsistency": (subtree_consistency, 118),
}


def read(path: Path) -> dict:
    """Return a vector with its digests as bytes."""
    proof = json.loads(path.read_text())
    names = {"root", "root1", "root2", "leafHash"} & proof.keys()
    hashes = {name: b64decode(proof[name]) for name in names}
    return proof | hashes | {"proof": list(map(b64decode, proof["proof"] or ()))}


@missing
@pytest.mark.parametrize("kind", KINDS)
def test_every_published_vector_is_judged_as_published(kind):
    verify, count = KINDS[kind]
    files = sorted((VECTORS / kind).rglob("*.json"))
    proofs = {str(file.relative_to(VECTORS)): read(file) for file in files}
    wrong = [name for name, proof in proofs.items() if verify(proof) == proof["wantErr"]]
    assert (wrong, len(files)) == ([], count)
