"""Objects that are alike where their fields are: compared, hashed and shown by them, with one code for many classes.

attrs compiles these methods for each class anew, at every start, which takes half of the time in
which a class is made. A frozen class that is made at the start of most commands therefore inherits
them from here and says ``eq=False, repr=False``.
"""

from collections.abc import Callable
from functools import cache
from operator import attrgetter
from typing import Any

from attrs import fields


class Alike:
    """What is equal to another of its class with the same fields."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return _values(self) == _values(other) if type(other) is type(self) else NotImplemented

    def __hash__(self) -> int:
        return hash(_values(self))

    def __repr__(self) -> str:
        kind: Any = type(self)
        return f"{kind.__qualname__}({', '.join(f'{f.name}={getattr(self, f.name)!r}' for f in fields(kind))})"


def _values(one: object) -> Any:
    """Return the values of all fields."""
    kind: Any = type(one)
    return _getter(kind)(one)


@cache
def _getter(kind: Any) -> Callable[[object], Any]:
    return attrgetter(*(f.name for f in fields(kind)))
