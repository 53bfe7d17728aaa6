"""Merkle trees give one digest for a list of any length, and short proofs of what it holds.

The tree is that of RFC 6962, section 2.1: a leaf is SHA-256 of 0x00 and the data, a node SHA-256 of
0x01 and its children. Proofs are checked as in RFC 9162, sections 2.1.3.2 and 2.1.4.2.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from hashlib import sha256
from operator import add
from typing import Any

from attrs import frozen

HASH_SIZE = 32
EMPTY = sha256(b"").digest()
"""The root of a tree without leaves (RFC 6962, section 2.1)."""

_LEAF, _NODE = sha256(b"\x00"), sha256(b"\x01")


def _digests(begun: Any, texts: Iterable[bytes]) -> list[bytes]:
    """Return the digest of each text, as a hash that was begun goes on with it."""
    digests, copy = [], begun.copy  # to copy a hash costs less than to begin one
    for text in texts:
        hasher = copy()
        hasher.update(text)
        digests.append(hasher.digest())
    return digests


def leaf_hashes(texts: Iterable[bytes]) -> list[bytes]:
    """Return the leaves of a tree over texts."""
    return _digests(_LEAF, texts)


def leaf_hash(text: bytes) -> bytes:
    """Return the leaf of one text."""
    return leaf_hashes([text])[0]


def _node(left: bytes, right: bytes) -> bytes:
    return _digests(_NODE, [left + right])[0]


def _full(leaves: Sequence[bytes]) -> bytes:
    """Return the root of a full tree, whose number of leaves is a power of two."""
    level = list(leaves)
    while len(level) > 1:
        children = iter(level)
        level = _digests(_NODE, map(add, children, children))
    return level[0]


@frozen
class Frontier:
    """The full trees of which a tree consists: enough to add leaves and to know its root.

    `size` counts leaves; `nodes` are the full trees' roots, the largest tree first.
    """

    size: int = 0
    nodes: tuple[bytes, ...] = ()

    def __attrs_post_init__(self) -> None:
        if self.size < 0 or len(self.nodes) != self.size.bit_count():
            raise ValueError(f"{len(self.nodes)} full trees do not make {self.size} leaves")

    def extend(self, leaves: Sequence[bytes]) -> "Frontier":
        """Return the tree with leaves added, at no more than the logarithm of its size for each."""
        size, nodes, begin = self.size, list(self.nodes), 0
        while begin < len(leaves):
            count = _fitting(size, len(leaves) - begin)
            nodes.append(_full(leaves[begin : begin + count]))
            width = count
            while size & width:
                nodes[-2:] = [_node(*nodes[-2:])]
                width *= 2
            size, begin = size + count, begin + count
        return Frontier(size, tuple(nodes))

    def root(self) -> bytes:
        """Return the root of the tree."""
        if not self.nodes:
            return EMPTY
        return reduce(lambda right, left: _node(left, right), reversed(self.nodes))


def _fitting(size: int, count: int) -> int:
    """Return the width, at most `count`, of the largest full tree that fits behind a tree."""
    widest = 1 << (count.bit_length() - 1)
    return min(widest, size & -size) if size else widest


def root(leaves: Sequence[bytes]) -> bytes:
    """Return the root of a tree of leaves."""
    return Frontier().extend(leaves).root()


def _left(count: int) -> int:
    """Return how many of two or more leaves lie on the left: the largest power of two below."""
    return 1 << ((count - 1).bit_length() - 1)


def inclusion_path(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """Return the proof, leaf to root, that a tree holds its leaf (RFC 9162, section 2.1.3.1)."""
    if len(leaves) == 1:
        return []
    k = _left(len(leaves))
    if index < k:
        return [*inclusion_path(index, leaves[:k]), root(leaves[k:])]
    return [*inclusion_path(index - k, leaves[k:]), root(leaves[:k])]


def consistency_path(size: int, leaves: Sequence[bytes]) -> list[bytes]:
    """Return the proof that a tree extends its first leaves, one or more (RFC 9162, 2.1.4.1)."""
    return _subproof(size, leaves, whole=True)


def _subproof(size: int, leaves: Sequence[bytes], *, whole: bool) -> list[bytes]:
    """Return the proof for a subtree; `whole` while its first leaves are all of the older tree."""
    if size == len(leaves):
        return [] if whole else [root(leaves)]  # the verifier has the older root
    k = _left(len(leaves))
    if size <= k:
        return [*_subproof(size, leaves[:k], whole=whole), root(leaves[k:])]
    return [*_subproof(size - k, leaves[k:], whole=False), root(leaves[:k])]


def verify_inclusion(
    leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes
) -> bool:
    """Return whether a path proves that a tree holds a leaf (RFC 9162, section 2.1.3.2)."""
    return len(leaf) == HASH_SIZE and verify_subtree(index, index + 1, size, path, leaf, root)


def verify_consistency(
    old_size: int, size: int, path: Sequence[bytes], old_root: bytes, root: bytes
) -> bool:
    """Return whether a path proves that a tree extends a non-empty one (RFC 9162, 2.1.4.2)."""
    return old_size > 0 and verify_subtree(0, old_size, size, path, old_root, root)


def is_subtree(begin: int, end: int) -> bool:
    """Return whether leaves from `begin` to before `end` are aligned as a subtree must be."""
    return 0 <= begin < end and begin % (1 << (end - begin - 1).bit_length()) == 0


def verify_subtree(
    begin: int, end: int, size: int, path: Sequence[bytes], inner: bytes, root: bytes
) -> bool:
    """Return whether a path proves that a tree has a subtree `inner` from `begin` to before `end`.

    RFC 9162, 2.1.4.2, for any subtree, as in draft-ietf-plants-merkle-tree-certs, "Verifying a
    Subtree Consistency Proof". Every tree has a subtree without leaves.
    """
    if begin == end:
        return inner == EMPTY and not path
    if not is_subtree(begin, end) or end > size:
        return False
    last, top = end - 1, size - 1
    span = (begin ^ last).bit_length()
    height = _shared_height(last, top, span)
    digests = [inner, *path] if height == span else list(path)
    turns = list(_turns(last, top, height))
    if len(digests) != 1 + len(turns):
        return False
    steps = list(zip(digests[1:], turns, strict=True))
    inside = [(digest, turn) for digest, turn in steps if turn.is_left and turn.height < span]
    return (_climb(digests[0], inside), _climb(digests[0], steps)) == (inner, root)


@frozen
class _Turn:
    """The side on which a digest of a path stands, and its height in the tree."""

    is_left: bool
    height: int


def _shared_height(last: int, top: int, span: int) -> int:
    """Return the height, at most `span`, of the node above `last` that subtree and tree share."""
    height = 0
    while height < span and (last >> height & 1 or last >> height == top >> height):
        height += 1
    return height


def _turns(leaf: int, top: int, height: int) -> Iterator[_Turn]:
    """Yield the turns from a node above a leaf to the root of a tree whose last leaf is `top`."""
    while top >> height:
        place = leaf >> height
        is_left = bool(place & 1) or place == top >> height
        yield _Turn(is_left, height)
        # a last node without a sibling is its own parent, so it rises past its trailing zeros
        height += (place & -place).bit_length() if is_left else 1


def _climb(node: bytes, steps: Iterable[tuple[bytes, _Turn]]) -> bytes:
    """Return the digest that a path leads to from a node."""
    for digest, turn in steps:
        node = _node(digest, node) if turn.is_left else _node(node, digest)
    return node
