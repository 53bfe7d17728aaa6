"""The cells of a projection while effects come and go, equal at all times to a replay of them.

Merging all that remain after each change would cost events × dates. As merging is associative, the
cells of a slot are the leaves of a tree, and a change costs the merges from one leaf to the root.
"""

from collections.abc import Hashable
from typing import Any

from attrs import define, field

from timeline.replay import engine
from timeline.replay.cells import Testimony
from timeline.replay.moves import Move
from timeline.replay.projection import Cell, Effect, Slot


@define
class MergeTree:
    """The merge of cells that come and go: a binary tree, node n above 2n and 2n+1."""

    _nodes: list[Any] = field(factory=lambda: [None, None])
    _leaves: dict[Hashable, int] = field(factory=dict)
    _free: list[int] = field(factory=lambda: [0])

    @property
    def merged(self) -> Cell | None:
        """All cells merged; None when there is none."""
        root: Cell | None = self._nodes[1]
        return root

    def put(self, token: Hashable, cell: Cell) -> None:
        """Add a cell under a token of its own."""
        if not self._free:
            self._grow()
        leaf = self._leaves[token] = self._free.pop()
        self._set(leaf, cell)

    def drop(self, token: Hashable) -> None:
        """Take away the cell of a token."""
        leaf = self._leaves.pop(token)
        self._free.append(leaf)
        self._set(leaf, None)

    def _set(self, leaf: int, cell: Cell | None) -> None:
        """Set the cell of a leaf, and merge anew on the way to the root."""
        node = len(self._nodes) // 2 + leaf
        self._nodes[node] = cell
        while node > 1:
            node //= 2
            self._join(node)

    def _grow(self) -> None:
        """Double the leaves."""
        size = len(self._nodes) // 2
        leaves = self._nodes[size:]
        self._nodes = [None] * (2 * size) + leaves + [None] * size
        self._free = list(range(2 * size - 1, size - 1, -1))
        for node in range(2 * size - 1, 0, -1):
            self._join(node)

    def _join(self, node: int) -> None:
        left, right = self._nodes[2 * node : 2 * node + 2]
        self._nodes[node] = left.merge(right) if left and right else left or right


@define
class ClaimSet:
    """The testimony of a voice whose claims come and go."""

    _claims: dict[Hashable, Testimony[Any]] = field(factory=dict)

    @property
    def merged(self) -> Cell | None:
        """All claims together; None when there is none."""
        return Testimony().merge(*self._claims.values()) if self._claims else None

    def put(self, token: Hashable, cell: Any) -> None:
        """Add a claim under a token of its own."""
        self._claims[token] = cell

    def drop(self, token: Hashable) -> None:
        """Take away the claim of a token."""
        del self._claims[token]


@define
class IncrementalCells:
    """The cells by key and slot, as `engine.replay` of the effects that act now gives them."""

    cells: dict[Hashable, dict[Slot, Cell]] = field(factory=dict)
    _holders: dict[tuple[Hashable, Slot], MergeTree | ClaimSet] = field(factory=dict)

    def carry_out(self, move: Move) -> None:
        """Let an effect act as it does after a move."""
        number, effect = move.lifetime.number, move.lifetime.effect
        if move.was is not None and move.was != move.now:
            self.drop(number, effect, move.was)
        if move.now is not None and move.was != move.now:
            self.put(number, effect, move.now)

    def put(self, token: Hashable, effect: Effect, certain: bool) -> None:
        """Let an effect act, as one that may have happened or one that certainly has."""
        slot = engine.slot_of(effect, certain)
        claims = isinstance(effect.cell, Testimony)
        holder = self._holders.get((effect.key, slot))
        if holder is None:
            holder = self._holders[effect.key, slot] = ClaimSet() if claims else MergeTree()
        holder.put(token, effect.cell)
        self._show(effect.key, slot)

    def drop(self, token: Hashable, effect: Effect, certain: bool) -> None:
        """Let an effect that was put act no longer."""
        slot = engine.slot_of(effect, certain)
        self._holders[effect.key, slot].drop(token)
        self._show(effect.key, slot)

    def _show(self, key: Hashable, slot: Slot) -> None:
        """Bring the cell of a slot up to date; forget the slot when no effect acts in it."""
        merged = self._holders[key, slot].merged
        slots = self.cells.setdefault(key, {})
        if merged is not None:
            slots[slot] = merged
            return
        del slots[slot], self._holders[key, slot]
        if not slots:
            del self.cells[key]
