"""Merkle trees: one digest for a list of any length, of which a few digests prove that it holds a leaf, or that it extends a shorter list.

The tree is that of RFC 6962, section 2.1: a leaf is SHA-256 of 0x00 and the data, a node SHA-256 of
0x01 and its two children, and the left subtree is the largest full one that leaves something to its
right. Proofs are checked as RFC 9162, sections 2.1.3.2 and 2.1.4.2, has it.
"""

from collections.abc import Iterable, Sequence
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
    """Return the digest of each text after what a hash was begun with; to copy a hash costs less than to begin one."""
    digests, copy = [], begun.copy
    for text in texts:
        one = copy()
        one.update(text)
        digests.append(one.digest())
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
    """Return the root of a full tree: of leaves whose number is a power of two."""
    level = list(leaves)
    while len(level) > 1:
        children = iter(level)
        level = _digests(_NODE, map(add, children, children))
    return level[0]


@frozen
class Frontier:
    """A tree as far as it is needed to add leaves and to know its root: the full trees that it consists of, the largest first.

    Attributes:
        size: the number of leaves.
        nodes: the roots of the full trees, one for each one in the binary notation of the size.
    """

    size: int = 0
    nodes: tuple[bytes, ...] = ()

    def __attrs_post_init__(self) -> None:
        if self.size < 0 or len(self.nodes) != self.size.bit_count():
            raise ValueError(f"{len(self.nodes)} full trees do not make {self.size} leaves")

    def extend(self, leaves: Sequence[bytes]) -> "Frontier":
        """Return the tree with leaves added, each at a cost that grows with the logarithm of the size at most."""
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
        return (
            reduce(lambda right, left: _node(left, right), reversed(self.nodes))
            if self.nodes
            else EMPTY
        )


def _fitting(size: int, count: int) -> int:
    """Return the width of the largest full tree that can stand behind `size` leaves and has at most `count`."""
    widest = 1 << (count.bit_length() - 1)
    return min(widest, size & -size) if size else widest


def root(leaves: Sequence[bytes]) -> bytes:
    """Return the root of a tree of leaves."""
    return Frontier().extend(leaves).root()


def _left(count: int) -> int:
    """Return how many of `count` leaves, two or more, lie in the left subtree: the largest power of two below it."""
    return 1 << ((count - 1).bit_length() - 1)


def inclusion_path(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """Return the digests that prove that a tree holds its leaf at `index`, from the leaf to the root (RFC 9162, section 2.1.3.1)."""
    if len(leaves) == 1:
        return []
    k = _left(len(leaves))
    if index < k:
        return [*inclusion_path(index, leaves[:k]), root(leaves[k:])]
    return [*inclusion_path(index - k, leaves[k:]), root(leaves[:k])]


def consistency_path(size: int, leaves: Sequence[bytes]) -> list[bytes]:
    """Return the digests that prove that a tree extends that of its first `size` leaves, one at least (RFC 9162, section 2.1.4.1)."""
    return _subproof(size, leaves, whole=True)


def _subproof(size: int, leaves: Sequence[bytes], *, whole: bool) -> list[bytes]:
    """Return the proof for a subtree; `whole` while its first leaves are all of the older tree, whose root the verifier has."""
    if size == len(leaves):
        return [] if whole else [root(leaves)]
    k = _left(len(leaves))
    if size <= k:
        return [*_subproof(size, leaves[:k], whole=whole), root(leaves[k:])]
    return [*_subproof(size - k, leaves[k:], whole=False), root(leaves[:k])]


def verify_inclusion(
    leaf: bytes, index: int, size: int, path: Iterable[bytes], root: bytes
) -> bool:
    """Return whether a path proves that the tree of that size and root holds a leaf at `index` (RFC 9162, section 2.1.3.2)."""
    if not 0 <= index < size or len(leaf) != HASH_SIZE:
        return False
    first, last, found = index, size - 1, leaf
    for one in path:
        if last == 0:
            return False
        if first & 1 or first == last:
            found = _node(one, found)
            while first and not first & 1:
                first, last = first >> 1, last >> 1
        else:
            found = _node(found, one)
        first, last = first >> 1, last >> 1
    return last == 0 and found == root


def verify_consistency(
    old_size: int, size: int, path: Sequence[bytes], old_root: bytes, root: bytes
) -> bool:
    """Return whether a path proves that a tree extends an older one (RFC 9162, section 2.1.4.2) that has leaves: else nothing is."""
    return old_size > 0 and verify_subtree(0, old_size, size, path, old_root, root)


def is_subtree(begin: int, end: int) -> bool:
    """Return whether leaves from `begin` to before `end` can be a subtree: it begins at a multiple of a full one's width that holds it."""
    return 0 <= begin < end and begin % (1 << (end - begin - 1).bit_length()) == 0


def verify_subtree(
    begin: int, end: int, size: int, path: Sequence[bytes], inner: bytes, root: bytes
) -> bool:
    """Return whether a path proves that a tree has a subtree `inner` of its leaves from `begin` to before `end`.

    What RFC 9162, section 2.1.4.2, does for leaves from the first on, for a subtree anywhere, as
    the IETF draft on Merkle tree certificates (draft-ietf-plants-merkle-tree-certs, "Verifying a
    Subtree Consistency Proof") extends it. Every tree has a subtree of no leaves at all.
    """
    if begin == end:
        return inner == EMPTY and not path
    if not is_subtree(begin, end) or end > size:
        return False
    first, last, top = begin, end - 1, size - 1
    while first != last and (last & 1 or last == top):
        first, last, top = first >> 1, last >> 1, top >> 1
    rest = iter(path)
    found = whole = inner if first == last else next(rest, b"")
    for one in rest:
        if top == 0:
            return False
        if last & 1 or last == top:
            found = _node(one, found) if first < last else found
            whole = _node(one, whole)
            while last and not last & 1:
                first, last, top = first >> 1, last >> 1, top >> 1
        else:
            whole = _node(whole, one)
        first, last, top = first >> 1, last >> 1, top >> 1
    return top == 0 and found == inner and whole == root
