"""Event classes as forms: the options by which a command line fills in an event, made from the classes themselves.

A field with a range, such as a number of people, is one option that takes ``6000..10000``; an
object with parts, such as an archived copy, is one option for each part. What an option was given
becomes the JSON value that the gate would find in a log: there is one gate only.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal, get_args, get_origin

import attrs
from attrs import frozen

from timeline.domain.event_fields import field_names
from timeline.domain.events import ActorId, Estimate, Event, PlaceId, Share, SourceId
from timeline.domain.quantities import parse_range, parse_share

SET_BY_LOG = ("recorded",)


@frozen
class Option:
    """One option of a form.

    Attributes:
        flag: its name, as ``--people``.
        path: the field, and within it the part, that it fills in.
        help: the sentence of the field.
        form: what may be written, in a word or as the words to choose from.
        required: whether an event needs it.
        several: whether it may be given more than once.
        parse: from the text given to the JSON value.
        kind: what the field holds, such as the id of a place.
    """

    flag: str
    path: tuple[str, ...]
    help: str
    form: str | tuple[str, ...]
    required: bool
    several: bool
    parse: Callable[[str], Any]
    kind: Any = str


def options(event_type: type[Event]) -> tuple[Option, ...]:
    """Return the options of a type's form, in the order in which its fields are written."""
    named = {f.name: f for f in attrs.fields(event_type)}
    return tuple(
        option
        for name in field_names(event_type)
        if name not in SET_BY_LOG
        for option in _options(named[name])
    )


def fill(event_type: type[Event], given: Mapping[tuple[str, ...], Any]) -> dict[str, Any]:
    """Return the JSON object of an event from what was given by path; an empty list and None are left out."""
    raw: dict[str, Any] = {"type": event_type.type, "v": event_type.v}
    for path, value in given.items():
        if value is not None and value != []:
            target = raw
            for name in path[:-1]:
                target = target.setdefault(name, {})
            target[path[-1]] = value
    return raw


def _options(field: "attrs.Attribute[Any]") -> Iterator[Option]:
    kind = _inner(field.type)
    required = field.default is attrs.NOTHING and field.name != "id"
    flag, help = f"--{field.name.replace('_', '-')}", field.metadata["help"]
    if attrs.has(kind) and kind not in (Estimate, Share):
        for part in attrs.fields(kind):
            yield Option(
                f"{flag}-{part.name.replace('_', '-')}",
                (field.name, part.name),
                part.metadata["help"],
                "TEXT",
                False,
                False,
                str,
            )
    else:
        form, parse = _form(kind)
        yield Option(
            flag, (field.name,), help, form, required, get_origin(field.type) is tuple, parse, kind
        )


def _form(kind: Any) -> tuple[str | tuple[str, ...], Callable[[str], Any]]:
    if get_origin(kind) is Literal:
        return get_args(kind), str
    if kind in (Estimate, Share):
        return "LOW..HIGH", parse_share if kind is Share else parse_range
    names = {PlaceId: "PLACE", ActorId: "ACTOR", SourceId: "SOURCE"}
    return names.get(
        kind, "DATE" if getattr(kind, "__module__", "") == "timeline.temporal.dates" else "TEXT"
    ), str


def _inner(annotation: Any) -> Any:
    """Return what a field holds: without None, and of a tuple what is in it."""
    if get_origin(annotation) is Literal:
        return annotation
    kinds = [kind for kind in get_args(annotation) if kind not in (type(None), ...)]
    return kinds[0] if kinds else annotation
