"""Cells as bytes: a sixth of what they are as objects, and quick to hand to another process of this program.

A frozen object is pickled as its class and its fields, and made again by the class itself; a date
as it was written, as a text.
"""

import pickle
from collections.abc import Callable, Iterator
from functools import cache
from io import BytesIO
from operator import attrgetter
from typing import Any

import attrs

from timeline.domain.events import Estimate
from timeline.replay.cells import Claim, Count, Position, Value
from timeline.replay.projection import Cells, Slot
from timeline.temporal.dates import Moment, When, Window

Reduced = tuple[Any, tuple[Any, ...]]


def packed(cells: Cells) -> bytes:
    """Return the cells of one key as bytes."""
    buffer = BytesIO()
    pickler = pickle.Pickler(buffer, pickle.HIGHEST_PROTOCOL)
    pickler.dispatch_table = _table()
    pickler.dump(dict(cells))
    return buffer.getvalue()


def unpacked(data: bytes) -> Cells:
    """Return cells that were packed, by this program."""
    cells: Cells = pickle.loads(data)  # noqa: S301
    return cells


@cache
def _table() -> dict[type, Callable[[Any], Reduced]]:
    """Return what the objects in cells are made of again, by their class."""
    kinds = (Claim, Position, Count, Window, Estimate, *_under(Value))
    texts = dict.fromkeys((When, Moment), lambda text: (str, (str(text),)))
    return (
        {kind: _reducer(kind) for kind in kinds if attrs.has(kind)}
        | texts
        | {Slot: lambda slot: (Slot, tuple(slot))}
    )


def _under(kind: Any) -> Iterator[Any]:
    for one in kind.__subclasses__():
        yield one
        yield from _under(one)


def _reducer(kind: Any) -> Callable[[Any], Reduced]:
    names = [f.name for f in attrs.fields(kind)]
    if any(f.kw_only for f in attrs.fields(kind)):
        return lambda value: (_named, (kind, *(getattr(value, name) for name in names)))
    fields: Any = attrgetter(*names)
    return (
        (lambda value: (kind, fields(value)))
        if len(names) > 1
        else lambda value: (kind, (fields(value),))
    )


def _named(kind: Any, *values: Any) -> Any:
    return kind(**dict(zip((f.name for f in attrs.fields(kind)), values, strict=True)))
