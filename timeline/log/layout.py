"""How the fields of a record are written: in which order, as what JSON, and which are left out."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any, get_args, get_origin

import attrs

from timeline.domain.event_fields import field_names, one_or_several
from timeline.domain.events import Record


@attrs.frozen
class Layout:
    """How objects of a class are written: `converted` are the places of values that JSON lacks."""

    names: tuple[str, ...]
    converted: tuple[int, ...]
    _get: Callable[[Any], Sequence[Any]]

    @classmethod
    def of(cls, kind: type, names: tuple[str, ...]) -> "Layout":
        """Return the layout of a class of which some names are written, two or more."""
        converted = [f.name for f in attrs.fields(kind) if _is_converted(f.type)]
        return cls(names, tuple(map(names.index, converted)), attrgetter(*names))

    def values(self, instance: Any) -> Sequence[Any]:
        """Return the JSON values of the names in their order, None for each that is left out."""
        values = self._get(instance)
        for place in self.converted:
            if values[place] is not None:
                values = (*values[:place], _plain(values[place]), *values[place + 1 :])
        return values

    def plain(self, instance: Any, stamp: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return an object as a JSON object; a stamp gives some names other JSON values."""
        values: Iterable[Any] = self.values(instance)
        if stamp:
            values = map(stamp.get, self.names, values)
        items = zip(self.names, values, strict=True)
        return {name: value for name, value in items if value is not None}


class _Layouts(dict[Any, Layout]):
    """The layouts of classes, each made when it is first asked for."""

    def __missing__(self, kind: Any) -> Layout:
        names = _line_names(kind) if issubclass(kind, Record) else _field_names(kind)
        self[kind] = layout = Layout.of(kind, names)
        return layout


LAYOUTS = _Layouts()
"""By class: the layouts of records, and of the objects that stand within them."""


def _line_names(record_type: type[Record]) -> tuple[str, ...]:
    first, *others = field_names(record_type)
    return (first, "type", "v", *others)


def _field_names(kind: Any) -> tuple[str, ...]:
    return tuple(f.name for f in attrs.fields(kind))


def _is_converted(annotation: Any) -> bool:
    kinds = get_args(annotation) or (annotation,)
    lists = get_origin(annotation) is tuple or one_or_several(annotation)
    return lists or any(k is float or attrs.has(k) for k in kinds)


def _plain(value: Any) -> Any:
    """Return a value as JSON: None for a list of nothing, a whole number for a whole float."""
    if isinstance(value, str):
        return value
    if attrs.has(type(value)):
        return LAYOUTS[type(value)].plain(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return (list(value) or None) if isinstance(value, tuple) else value
