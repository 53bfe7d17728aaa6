"""The codec turns lines into events and back, strictly, so that each event has one encoding.

None of cattrs' leniency is left: no unknown field, no number for a text, no ``true`` for 1, no
``null``. Older schema versions are upcast before they are structured; stored bytes stay as they
are.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, Literal, NoReturn, TypeVar, get_args, get_origin

import attrs

from timeline.domain.event_fields import one_or_several
from timeline.domain.events import (
    EVENT_TYPES,
    MAX_INTEGER,
    RECORD_TYPES,
    Event,
    LogRepaired,
    Record,
)
from timeline.errors import InvalidEvent, Problem, TimelineError, nearest
from timeline.log import strict_json
from timeline.log.layout import LAYOUTS
from timeline.log.strict_json import show
from timeline.temporal.dates import Moment, When

if TYPE_CHECKING:
    from cattrs import Converter
    from cattrs.errors import ForbiddenExtraKeysError

Upcast = Callable[[dict[str, Any]], dict[str, Any]]
"""A pure function from one version's object, without `type` and `v`, to the next version's."""

UPCASTS: Mapping[tuple[str, int], Upcast] = {}
"""The upcasts by type and the version that they start from. Every type is at its first version."""

R = TypeVar("R", bound=Record)


class Codec(Generic[R]):
    """Encodes and decodes the records of some types, upcasting their older versions."""

    def __init__(
        self, types: Sequence[type[R]], upcasts: Mapping[tuple[str, int], Upcast] = UPCASTS
    ) -> None:
        self.types = {record_type.type: record_type for record_type in types}
        self._upcasts = upcasts

    def decode(self, line: bytes) -> R:
        """Return the event that a line holds; raise `InvalidEvent` with its faults, by field."""
        return self.structure(strict_json.loads(line))

    def encode(self, event: R, **stamp: Any) -> bytes:
        """Return the line of an event in UTF-8, without a newline; `stamp` replaces some fields."""
        return _JSON.encode(self.unstructure(event, **stamp)).encode()

    def structure(self, raw: Mapping[str, Any]) -> R:
        """Return the event of a JSON object; raise `InvalidEvent` with its faults, by field."""
        event_type, fields = self._current(raw)
        try:
            return self._converter.structure(fields, event_type)
        except Exception as error:  # cattrs groups whatever the hooks and the classes raise
            raise InvalidEvent(tuple(_problems(error, "$"))) from None

    def unstructure(self, event: R, **stamp: Any) -> dict[str, Any]:
        """Return the JSON object of an event; a `stamp` gives some fields other values."""
        return LAYOUTS[type(event)].plain(event, stamp)

    def _current(self, raw: Mapping[str, Any]) -> tuple[type[R], dict[str, Any]]:
        """Return the class of a raw event and its fields, upcast to the class's version."""
        fields = dict(raw)
        tag = _take(fields, "type", str, "the type of the event")
        if tag not in self.types:
            hint = "only the log writes it" if tag == LogRepaired.type else nearest(tag, self.types)
            _refuse("$.type", f"unknown type {show(tag)}", f"one of {', '.join(self.types)}", hint)
        event_type = self.types[tag]
        version = _take(fields, "v", int, "the version of the type, 1 or more")
        if not 1 <= version <= event_type.v:
            found, hint = f"version {version} of {tag}", "a newer release may know it"
            _refuse("$.v", found, f"1 to {event_type.v}", hint)
        for older in range(version, event_type.v):
            fields = self._upcasts[tag, older](fields)
        return event_type, fields

    @cached_property
    def _converter(self) -> "Converter":
        return strict_converter()


def strict_converter() -> "Converter":
    """Return a cattrs converter that takes JSON values as they are, and converts none of them."""
    from cattrs import Converter  # slow to import; lines of our own need none of it

    converter = Converter(forbid_extra_keys=True, detailed_validation=True)
    for kind, name in ((str, "a text"), (int, "a whole number")):
        converter.register_structure_hook(kind, _exactly(kind, name))
    converter.register_structure_hook(float, _number)
    converter.register_structure_hook(When, _parsed(When))
    converter.register_structure_hook(Moment, _parsed(Moment))
    converter.register_structure_hook_factory(attrs.has, lambda kind: _fields_of(converter, kind))
    converter.register_structure_hook_func(_is_choice, _choice)
    converter.register_structure_hook_func(
        _is_several, lambda value, kind: _several(converter, value, kind)
    )
    converter.register_structure_hook_func(
        one_or_several, lambda value, kind: _one_or_several(converter, value, kind)
    )
    return converter


def _is_choice(kind: Any) -> bool:
    return get_origin(kind) is Literal


def _is_several(kind: Any) -> bool:
    return get_origin(kind) is tuple


def _exactly(kind: type, name: str) -> Callable[[Any, Any], Any]:
    def hook(value: Any, _: Any) -> Any:
        if type(value) is not kind:
            _refuse("", show(value), name)
        return value

    return hook


def _number(value: Any, _: Any) -> float:
    if type(value) not in (int, float) or abs(value) > MAX_INTEGER:
        _refuse("", show(value), "a number")
    return float(value)


def _parsed(parse: Callable[[str], Any]) -> Callable[[Any, Any], Any]:
    def hook(value: Any, _: Any) -> Any:
        if type(value) is not str:
            _refuse("", show(value), "a date as text")
        return parse(value)

    return hook


def _fields_of(converter: "Converter", kind: Any) -> Callable[[Any, Any], Any]:
    from cattrs.gen import make_dict_structure_fn

    structure = make_dict_structure_fn(kind, converter)

    def hook(value: Any, _: Any) -> Any:
        if type(value) is not dict:
            names = ", ".join(f.name for f in attrs.fields(kind))
            _refuse("", show(value), f"an object with {names}")
        return structure(value, kind)

    return hook


def _choice(value: Any, kind: Any) -> Any:
    words = get_args(kind)
    if value not in words or type(value) is not str:
        hint = nearest(value, words) if isinstance(value, str) else ""
        _refuse("", show(value), f"one of {', '.join(words)}", hint)
    return value


def _several(converter: "Converter", value: Any, kind: Any) -> tuple[Any, ...]:
    if type(value) is not list:
        _refuse("", show(value), "a list")
    results, problems = [], []
    for index, item in enumerate(value):
        try:
            results.append(converter.structure(item, get_args(kind)[0]))
        except InvalidEvent as error:
            problems += _under(f"[{index}]", error)
    if problems:
        raise InvalidEvent(problems)
    return tuple(results)


def _one_or_several(converter: "Converter", value: Any, kind: Any) -> Any:
    """Return one value of a union's first kind, or of a list the values of its second."""
    one, several, *_ = get_args(kind)
    if type(value) is list:
        return _several(converter, value, several)
    if type(value) is not str:
        _refuse("", show(value), "a text, or a list of texts")
    return converter.structure(value, one)


def _take(fields: dict[str, Any], name: str, kind: type, expected: str) -> Any:
    if name not in fields:
        _refuse(f"$.{name}", "missing", expected, nearest(name, fields))
    value = fields.pop(name)
    if type(value) is not kind:
        _refuse(f"$.{name}", show(value), expected)
    return value


def _problems(error: BaseException, path: str) -> Iterator[Problem]:
    """Yield the problems of a failed conversion, each with its path, as ``$.people.low``."""
    from cattrs.errors import ClassValidationError, ForbiddenExtraKeysError

    if isinstance(error, ClassValidationError):
        for inner in error.exceptions:
            yield from _problems(inner, path + _step(inner))
    elif isinstance(error, ForbiddenExtraKeysError):
        yield from _unknown_fields(error, path)
    elif isinstance(error, TimelineError):
        yield from _under(path, error)
    elif isinstance(error, KeyError):
        yield Problem("missing", "a value", path)
    else:
        yield Problem(f"{type(error).__name__}: {error}", "an event", path)


def _step(error: BaseException) -> str:
    """Return the path from an object to the field in which an error arose."""
    from cattrs.errors import AttributeValidationNote

    notes = getattr(error, "__notes__", ())
    names = (note.name for note in notes if isinstance(note, AttributeValidationNote))
    name = next(names, None)
    return "" if name is None else f".{name}"


def _unknown_fields(error: "ForbiddenExtraKeysError", path: str) -> Iterator[Problem]:
    names = [f.name for f in attrs.fields(error.cl)]
    for extra in sorted(error.extra_fields):
        found, hint = f"unknown field {show(extra)}", nearest(extra, names)
        yield Problem(found, f"one of {', '.join(names)}", path, hint=hint)


def _under(path: str, error: TimelineError) -> list[Problem]:
    """Return the problems of an error with their paths seen from further out."""
    return [
        attrs.evolve(problem, path=path + problem.path.removeprefix("$"))
        for problem in error.problems
    ]


def _refuse(path: str, found: str, expected: str, hint: str = "") -> NoReturn:
    raise InvalidEvent(Problem(found, expected, path=path, hint=hint))


_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)

CODEC: Codec[Event] = Codec(EVENT_TYPES)
"""The codec of events: every type, every upcast."""

RECORDS: Codec[Record] = Codec(RECORD_TYPES)
"""The codec of the lines of a log: the events, and what the log says of itself."""
