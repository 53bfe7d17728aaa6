"""The cells of a projection while effects come and go: at every moment what a replay of the effects that are there would give.

A replay folds a fixed set of events once. A sweep over time adds effects and takes them away again,
thousands of times; merging what is left from the start each time would cost events × dates. Merging
is associative, so the cells of a slot stand as the leaves of a tree, and a change costs the merges
on the way from one leaf to the root.
"""

from collections.abc import Hashable
from typing import Any

from attrs import define, field

from timeline.replay.projection import Cell, Effect, Slot


@define
class MergeTree:
    """The merge of cells that come and go, in a binary tree: node n has the children 2n and 2n+1, and the leaves are the second half."""

    _nodes: list[Any] = field(factory=lambda: [None, None])
    _places: dict[Hashable, int] = field(factory=dict)
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
        self._places[token] = self._free.pop()
        self._set(self._places[token], cell)

    def drop(self, token: Hashable) -> None:
        """Take away the cell of a token."""
        place = self._places.pop(token)
        self._free.append(place)
        self._set(place, None)

    def _set(self, place: int, cell: Cell | None) -> None:
        node = len(self._nodes) // 2 + place
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
class IncrementalCells:
    """The cells of every key, by slot, as effects come and go; `cells` is what `engine.replay` would return."""

    cells: dict[Hashable, dict[Slot, Cell]] = field(factory=dict)
    _folds: dict[tuple[Hashable, Slot], MergeTree] = field(factory=dict)

    def put(self, token: Hashable, effect: Effect, certain: bool) -> None:
        """Let an effect act, as one that may have happened or one that certainly has."""
        slot = Slot(effect.voice, effect.register, certain)
        self._folds.setdefault((effect.key, slot), MergeTree()).put(token, effect.cell)
        self._show(effect.key, slot)

    def drop(self, token: Hashable, effect: Effect, certain: bool) -> None:
        """Let an effect that was put act no longer."""
        slot = Slot(effect.voice, effect.register, certain)
        self._folds[effect.key, slot].drop(token)
        self._show(effect.key, slot)

    def _show(self, key: Hashable, slot: Slot) -> None:
        merged = self._folds[key, slot].merged
        slots = self.cells.setdefault(key, {})
        if merged is not None:
            slots[slot] = merged
            return
        del slots[slot], self._folds[key, slot]
        if not slots:
            del self.cells[key]
