"""Event classes become forms: options by which a command line fills in an event.

A field with a range is one option that takes ``6000..10000``; an object with parts is one option
for each part. What was given becomes the JSON value of a log, and is judged as that.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Literal, get_args, get_origin

import attrs
from attrs import frozen

from timeline.domain.event_fields import field_names, one_or_several
from timeline.domain.events import ActorId, Estimate, Event, PlaceId, Share, SourceId
from timeline.domain.quantities import parse_range, parse_share
from timeline.temporal.dates import Moment, When

SET_BY_LOG = ("recorded",)
_FORMS = {
    PlaceId: "PLACE",
    ActorId: "ACTOR",
    SourceId: "SOURCE",
    When: "DATE",
    Moment: "DATE",
    Estimate: "LOW..HIGH",
    Share: "LOW..HIGH",
}
_PARSERS: Mapping[Any, Callable[[str], Any]] = {Estimate: parse_range, Share: parse_share}


@frozen
class Option:
    """One option of a form.

    `path` leads to the field, and within it the part, that it fills in; `form` tells what may be
    written, and `kind` what the field holds, such as the id of a place. Of `several` values a
    single one is no list where it may stand `alone`.
    """

    flag: str
    path: tuple[str, ...]
    help: str
    form: str | tuple[str, ...] = "TEXT"
    required: bool = False
    several: bool = False
    alone: bool = False
    parse: Callable[[str], Any] = str
    kind: Any = str

    def joined(self, values: Sequence[Any]) -> Any:
        """Return the JSON value of a field from the values that were given."""
        return values[0] if self.alone and len(values) == 1 else list(values)


def options(event_type: type[Event]) -> tuple[Option, ...]:
    """Return the options of a type's form, in the order in which its fields are written."""
    named = {field.name: field for field in attrs.fields(event_type)}
    filled_in = [name for name in field_names(event_type) if name not in SET_BY_LOG]
    return tuple(option for name in filled_in for option in _options(named[name]))


def fill(event_type: type[Event], given: Mapping[tuple[str, ...], Any]) -> dict[str, Any]:
    """Return the JSON object of an event from values by path, without empty lists and None."""
    raw: dict[str, Any] = {"type": event_type.type, "v": event_type.v}
    for path, value in given.items():
        if value is not None and value != []:
            target = raw
            for name in path[:-1]:
                target = target.setdefault(name, {})
            target[path[-1]] = value
    return raw


def _options(field: "attrs.Attribute[Any]") -> Iterator[Option]:
    kind, alone = _inner(field.type), one_or_several(field.type)
    flag, help = f"--{_hyphened(field.name)}", field.metadata["help"]
    if attrs.has(kind) and kind not in _PARSERS:
        for part in attrs.fields(kind):
            path = field.name, part.name
            yield Option(f"{flag}-{_hyphened(part.name)}", path, part.metadata["help"])
        return
    yield Option(
        flag,
        (field.name,),
        help,
        form=get_args(kind) if get_origin(kind) is Literal else _FORMS.get(kind, "TEXT"),
        required=field.default is attrs.NOTHING and field.name != "id",
        several=alone or get_origin(field.type) is tuple,
        alone=alone,
        parse=_PARSERS.get(kind, str),
        kind=kind,
    )


def _hyphened(name: str) -> str:
    return name.replace("_", "-")


def _inner(annotation: Any) -> Any:
    """Return what a field holds: without None, and of a tuple what is in it."""
    if get_origin(annotation) is Literal:
        return annotation
    kinds = [kind for kind in get_args(annotation) if kind not in (type(None), ...)]
    return kinds[0] if kinds else annotation
