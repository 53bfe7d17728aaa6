"""The vocabulary of a log, from its classes: a JSON Schema of a line, and tables of fields."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args, get_origin

import attrs

from timeline.domain.event_fields import field_names, one_or_several
from timeline.domain.events import (
    MAX_INTEGER,
    RECORD_TYPES,
    Estimate,
    EventId,
    Grade,
    Record,
    Share,
    Slug,
    Url,
)
from timeline.text.document import Table

_SLUG = {"type": "string", "pattern": "^[a-z0-9]+([-_.:][a-z0-9]+)*$", "maxLength": 120}
_KINDS: Mapping[Any, dict[str, Any]] = {
    EventId: _SLUG,
    Slug: _SLUG,
    Url: {"type": "string", "pattern": "^https?://[^\\s]+$"},
    Grade: {"type": "string", "pattern": "^[A-F][1-6]$"},
    int: {"type": "integer", "minimum": 0, "maximum": MAX_INTEGER},
    float: {"type": "number", "minimum": 0, "maximum": 1},
}


def json_schema(types: Sequence[type[Record]] = RECORD_TYPES) -> dict[str, Any]:
    """Return a JSON Schema (draft 2020-12) of a line, without rules between fields and lines."""
    tags = [event_type.type for event_type in types]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "An event of a conflict timeline",
        "type": "object",
        "required": ["type", "v"],
        "oneOf": [{"$ref": f"#/$defs/{tag}"} for tag in tags],
        "$defs": dict(zip(tags, map(_event, types), strict=True)),
    }


def field_table(event_type: type[Record]) -> Table:
    """Return the fields of a type as a table."""
    fields = attrs.fields_dict(event_type)
    rows = tuple(_row(fields[name]) for name in field_names(event_type))
    return Table(("Field", "Holds", "Needed", "Meaning"), rows)


def field_records(event_type: type[Record]) -> list[dict[str, str]]:
    """Return the rows of `field_table` as objects, each with its type."""
    columns = ("field", "holds", "needed", "meaning")
    return [
        {"type": event_type.type} | dict(zip(columns, map(str, row), strict=True))
        for row in field_table(event_type).rows
    ]


def _row(field: "attrs.Attribute[Any]") -> tuple[str, str, str, str]:
    needed = "yes" if field.default is attrs.NOTHING else ""
    return field.name, _holds(field.type), needed, field.metadata["help"]


def _event(event_type: type[Record]) -> dict[str, Any]:
    own = _object(event_type)
    tags = {"type": {"const": event_type.type}, "v": {"const": event_type.v}}
    properties = {name: own["properties"][name] for name in field_names(event_type)}
    return own | {
        "description": (event_type.__doc__ or "").strip().split("\n")[0],
        "properties": tags | properties,
        "required": ["type", "v", *own["required"]],
    }


def _object(kind: type[Any]) -> dict[str, Any]:
    fields = attrs.fields(kind)
    properties = {
        field.name: _schema(field.type) | {"description": field.metadata["help"]}
        for field in fields
    }
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        "required": [field.name for field in fields if field.default is attrs.NOTHING],
    }


def _schema(annotation: Any) -> dict[str, Any]:
    if get_origin(annotation) is Literal:
        return {"enum": list(get_args(annotation))}
    if get_origin(annotation) is tuple:
        return {"type": "array", "items": _schema(get_args(annotation)[0]), "minItems": 1}
    kind = _without_none(annotation)
    if one_or_several(annotation):
        one = _schema(kind)
        return {"anyOf": [one, {"type": "array", "items": one, "minItems": 2, "uniqueItems": True}]}
    if attrs.has(kind):
        return _object(kind)
    return dict(_KINDS.get(kind, {"type": "string", "minLength": 1}))


def _holds(annotation: Any) -> str:
    if get_origin(annotation) is Literal:
        return " · ".join(get_args(annotation))
    if get_origin(annotation) is tuple:
        return f"list of {_holds(get_args(annotation)[0])}"
    kind = _without_none(annotation)
    if one_or_several(annotation):
        return f"{_holds(kind)}, or list of them"
    if kind in (Estimate, Share):
        return f"{{{', '.join(f.name for f in attrs.fields(kind))}}}"
    names = {
        "EventId": "event",
        "PlaceId": "place",
        "ActorId": "actor",
        "SourceId": "source",
        "When": "date",
        "Moment": "plain date",
    }
    return names.get(kind.__name__, str(kind.__name__).lower())


def _without_none(annotation: Any) -> Any:
    kinds = [kind for kind in get_args(annotation) if kind is not type(None)]
    return kinds[0] if kinds and type(None) in get_args(annotation) else annotation
