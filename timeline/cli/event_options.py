"""Event classes as forms: the options by which a command line fills in an event, made from the classes themselves.

A field with a range, such as a number of people, is one option that takes ``6000..10000``; an
object with parts, such as an archived copy, is one option for each part. What an option was given
becomes the JSON value that the gate would find in a log: there is one gate only.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal, get_args, get_origin

import attrs
from attrs import frozen

from timeline.domain.events import (
    MAX_INTEGER,
    ActorId,
    Estimate,
    Event,
    PlaceId,
    Share,
    SourceId,
    field_names,
)
from timeline.errors import Problem, UsageError, quoted
from timeline.log.strict_json import whole

SET_BY_LOG = ("recorded",)
_NUMBER = r"\d+(?:\.\d+)?"
_RANGE = re.compile(rf"({_NUMBER})?\.\.(?:({_NUMBER})\.\.)?({_NUMBER})?|({_NUMBER})")


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


def parse_range(text: str) -> dict[str, Any]:
    """Return ``LOW..HIGH``, ``..HIGH``, ``LOW..``, ``LOW..BEST..HIGH`` or a single best number as an object; raise `UsageError` else.

    Commas between thousands are read over: ``6,000..10,000``.
    """
    numbers = _range(text)
    if numbers is None:
        raise UsageError(
            Problem(
                quoted(text),
                "a range: 6000..10000, ..2000, 219.., 200..250..300, or one number for the best",
            )
        )
    low, best, high, alone = numbers
    named = {"low": low, "best": best or alone, "high": high}
    return {name: _number(number) for name, number in named.items() if number is not None}


def parse_share(text: str) -> dict[str, Any]:
    """Return ``LOW..HIGH`` or a single share as an object with low and high; raise `UsageError` for anything else."""
    numbers = _range(text)
    if numbers is None or numbers[1] is not None:
        raise UsageError(
            Problem(quoted(text), "a share from 0 to 1: 0.3..0.4, ..0.5, 0.5.., or 0.5")
        )
    low, _, high, alone = numbers
    named = {"low": low or alone, "high": high or alone}
    return {name: _number(number) for name, number in named.items() if number is not None}


def _range(text: str) -> tuple[str | None, ...] | None:
    match = _RANGE.fullmatch(re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text))
    return None if match is None or text == ".." else match.groups()


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


def _number(text: str) -> int | float:
    """Return a number as the gate is to judge it: one that is too large for a float is beyond all that the gate takes."""
    return min(float(text), float(MAX_INTEGER * 10)) if "." in text else whole(text)
