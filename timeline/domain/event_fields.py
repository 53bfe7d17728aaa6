"""The fields of each type of event: in which order a line has them, and which hold what."""

from collections.abc import Callable
from functools import cache
from typing import Any, ParamSpec, TypeVar, cast, get_args, get_origin

from attrs import fields

from timeline.domain.events import Event, Record

HEAD = ("id", "occurred", "reported", "recorded", "source")
TAIL = ("cites", "outlet", "url", "locator", "archive", "grade", "wording", "note", "supersedes")
"""The envelope's fields before and after a type's own, in the order in which a line has them."""

_Parameters = ParamSpec("_Parameters")
_Names = TypeVar("_Names", bound=tuple[str, ...])


def _remembered(function: Callable[_Parameters, _Names]) -> Callable[_Parameters, _Names]:
    """Return a function with its results remembered; mypy does not see that a class has a hash."""
    return cast("Callable[_Parameters, _Names]", cache(function))


@_remembered
def field_names(event_type: type[Record]) -> tuple[str, ...]:
    """Return the names of a type's fields in the order in which a line has them."""
    names = {f.name for f in fields(event_type)}
    return tuple(name for name in HEAD + own_names(event_type) + TAIL if name in names)


@_remembered
def own_names(event_type: type[Record]) -> tuple[str, ...]:
    """Return the names of the fields that a type adds to the envelope."""
    return tuple(f.name for f in fields(event_type) if f.name not in HEAD + TAIL)


@_remembered
def fields_of(event_type: type[Event], *kinds: Any) -> tuple[str, ...]:
    """Return the names of the fields that hold one of `kinds`: alone, optional or several."""
    return tuple(f.name for f in fields(event_type) if {f.type, *get_args(f.type)} & {*kinds})


def one_or_several(annotation: Any) -> bool:
    """Return whether a field holds one value alone or several as a tuple."""
    return any(get_origin(kind) is tuple for kind in get_args(annotation))


def several(value: Any) -> tuple[Any, ...]:
    """Return what a field holds as a tuple: several values, one or none."""
    if type(value) is tuple:
        return value
    return () if value is None else (value,)
