"""The cells of a projection as a log is replayed part by part: the newest as objects, the others packed and put aside.

Merging is associative and commutative, so what is put aside is merged with the rest only when a key
is read.
"""

from array import array
from collections.abc import Hashable, Iterator, Mapping
from typing import Any

from attrs import define, field

from timeline.index.packed import packed, unpacked
from timeline.index.scratch import Scratch
from timeline.replay.projection import Cell, Cells, Slot

_RECENT = 8
"""How many keys are remembered that were read: those of the places around many others."""


@define(eq=False)
class Gathered(Mapping[Hashable, Cells]):
    """The cells of one projection by key, merged when they are read. Another process gets them packed.

    Attributes:
        scratch: what they are put aside in.
        held: how many cells are there as objects.
    """

    scratch: Scratch = field(factory=Scratch)
    held: int = 0
    _live: dict[Hashable, dict[Slot, Cell]] = field(factory=dict)
    _aside: "dict[Hashable, array[int]]" = field(factory=dict)
    _recent: dict[Hashable, Cells] = field(factory=dict)

    def take(self, fresh: Mapping[Hashable, Cells]) -> None:
        """Merge the cells of a replay of other events into these."""
        for key, cells in fresh.items():
            mine = self._live.setdefault(key, {})
            self.held -= len(mine)
            _merge(mine, cells)
            self.held += len(mine)

    def join(self, other: "Gathered") -> None:
        """Merge the cells that were gathered from other events into these; what was put aside stays so."""
        self.take(other._live)
        for key in other:
            for piece in other.pieces(key):
                self._put(key, piece)

    def put_aside(self) -> None:
        """Pack what is there as objects, and put it aside."""
        for key, cells in self._live.items():
            self._put(key, packed(cells))
        self._live.clear()
        self.held = 0

    def pieces(self, key: Hashable) -> Iterator[bytes]:
        """Yield what was put aside of a key."""
        places = self._aside.get(key, ())
        yield from map(self.scratch.get, places[::2], places[1::2])

    def __getitem__(self, key: Hashable) -> Cells:
        if key not in self._recent:
            if key not in self:
                raise KeyError(key)
            if len(self._recent) == _RECENT:
                del self._recent[next(iter(self._recent))]
            self._recent[key] = self._merged(key)
        return self._recent[key]

    def __contains__(self, key: object) -> bool:
        return key in self._live or key in self._aside

    def __iter__(self) -> Iterator[Hashable]:
        yield from dict.fromkeys((*self._live, *self._aside))

    def __len__(self) -> int:
        return len(self._live.keys() | self._aside.keys())

    def __reduce__(self) -> tuple[Any, ...]:
        return _handed, ({key: packed(self[key]) for key in self},)

    def _put(self, key: Hashable, piece: bytes) -> None:
        self._aside.setdefault(key, array("q")).extend((self.scratch.put(piece), len(piece)))

    def _merged(self, key: Hashable) -> Cells:
        together = dict(self._live.get(key, {}))
        for piece in self.pieces(key):
            _merge(together, unpacked(piece))
        return together


def _merge(mine: dict[Slot, Cell], more: Cells) -> None:
    for slot, cell in more.items():
        other: Any = mine.get(slot)
        mine[slot] = cell if other is None else other.merge(cell)


def _handed(pieces: Mapping[Hashable, bytes]) -> Gathered:
    """Return what another process gathered."""
    gathered = Gathered()
    for key, piece in pieces.items():
        gathered._put(key, piece)
    return gathered
