"""Each column has one meaning and HXL hashtag (1.1, hxlstandard.org/standard/1-1final)."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal, get_args, get_origin

import attrs
from attrs import frozen

from timeline.domain.event_fields import field_names, one_or_several
from timeline.domain.events import EVENT_TYPES, Archive, Estimate, Share

Kind = Literal["string", "integer", "number", "boolean", "datetime", "strings"]
"""The kinds of columns; ``datetime`` holds an instant, ``strings`` a list of words or ids."""
Row = dict[str, Any]
"""The values of a row by the names of their columns."""


@frozen
class Column:
    """A column of a table: its name, the kind of its values, their meaning, and its hashtag."""

    name: str
    kind: Kind
    meaning: str
    hxl: str


PLACE = (
    Column("place", "string", "id of the place", "#loc+code"),
    Column("name", "string", "its name", "#loc+name+i_en"),
    Column("arabic", "string", "its Arabic name", "#loc+name+i_ar"),
    Column("parent", "string", "id of the place that it lies in", "#loc+code+parent"),
    Column("lat", "number", "latitude of a point in it, WGS 84", "#geo+lat"),
    Column("lon", "number", "longitude of that point", "#geo+lon"),
    Column("area_km2", "number", "its area in km²", "#indicator+area+num"),
)
ANSWER = (
    Column(
        "holder",
        "string",
        "id of the actor who holds it, ids of several who hold it together joined by +; "
        "empty for nobody, or nobody known",
        "#org+armed+code",
    ),
    Column(
        "holder_label",
        "string",
        "the holder's label, those of several joined by and",
        "#org+armed+name",
    ),
    Column(
        "status",
        "string",
        "how sure that is: unknown, claimed, reported, corroborated, disputed",
        "#status+certainty",
    ),
    Column(
        "certain", "boolean", "whether it has happened by then, if it is true", "#status+certain"
    ),
    Column("ground", "string", "held, divided, contested or none", "#status+ground"),
    Column(
        "shares",
        "strings",
        "each actor's share, as actor=LOW..HIGH; unknown=LOW..HIGH is nobody's that is known",
        "#org+armed+share+list",
    ),
    Column(
        "since",
        "string",
        "since when, in the words of the grammar of dates (EDTF)",
        "#date+since+edtf",
    ),
    Column(
        "since_earliest",
        "datetime",
        "the first instant of that; empty for an open end",
        "#date+since+start",
    ),
    Column(
        "since_latest",
        "datetime",
        "the instant that it ends before; empty for an open end",
        "#date+since+end",
    ),
    Column(
        "last_heard",
        "datetime",
        "when it was last told of; empty where nobody says it",
        "#date+heard",
    ),
    Column(
        "before",
        "string",
        "id of who held it before, as in holder, while the answer is only possible",
        "#org+armed+before+code",
    ),
    Column(
        "rule",
        "string",
        "name of the rule by which it leads; empty where nobody says anything",
        "#meta+rule",
    ),
    Column("because", "strings", "ids of the events that say so", "#event+code+because+list"),
    Column("against", "strings", "ids of the events that dispute it", "#event+code+against+list"),
    Column(
        "unclear", "strings", "ids of the events that call it unclear", "#event+code+unclear+list"
    ),
    Column(
        "inherited_from",
        "string",
        "id of the place around it that was spoken of",
        "#loc+code+inherited",
    ),
)
SPELL = (
    Column("start", "datetime", "from when the answer is so; empty for always", "#date+start"),
    Column(
        "end",
        "datetime",
        "until when, and no more at that instant; empty for what still is",
        "#date+end",
    ),
)
CHANGE = (
    Column(
        "holder_before",
        "string",
        "id of who held it until then, as in holder",
        "#org+armed+until+code",
    ),
    Column("status_before", "string", "how sure that was", "#status+certainty+until"),
    Column(
        "causes",
        "strings",
        "ids of the events that brought the change about",
        "#event+code+cause+list",
    ),
)
ORIGIN = (
    Column("city", "string", "id of the city", "#meta+city"),
    Column(
        "asked_at",
        "datetime",
        "the state is that at this instant; empty for the end of the log",
        "#date+asked",
    ),
    Column(
        "asked_known",
        "datetime",
        "only what had been made public by then; empty for all",
        "#date+asked+known",
    ),
    Column(
        "asked_recorded",
        "datetime",
        "only what had been appended by then; empty for all",
        "#date+asked+recorded",
    ),
    Column("policy", "string", "how claims were read", "#meta+method"),
    Column("log_events", "integer", "how many events the log holds", "#meta+log+num"),
    Column("log_sha256", "string", "the digest of the log", "#meta+log+id"),
    Column(
        "hypothetical",
        "string",
        "what was supposed beyond the log; empty for the log as it is",
        "#meta+hypothesis",
    ),
    Column(
        "chosen", "string", "by what it was narrowed, as JSON; empty for all of it", "#meta+filter"
    ),
)
QUOTE = (
    Column("said", "string", "what it says, in a sentence", "#description"),
    Column("speaker", "string", "the label of its source", "#meta+source+name"),
    Column(
        "occurred_earliest",
        "datetime",
        "the first instant at which it may have occurred; empty for an open end",
        "#date+occurred+start",
    ),
    Column(
        "occurred_latest",
        "datetime",
        "the instant that it occurred before; empty for an open end",
        "#date+occurred+end",
    ),
    Column("known", "datetime", "from when it was known", "#date+reported+instant"),
    Column(
        "lat",
        "number",
        "latitude of its place, or of the place of what it speaks of, WGS 84",
        "#geo+lat",
    ),
    Column("lon", "number", "longitude of that point", "#geo+lon"),
    Column(
        "withdrawn",
        "datetime",
        "when it was withdrawn; empty for an event that stands",
        "#date+withdrawn",
    ),
    Column("withdrawn_by", "string", "id of the event that withdrew it", "#event+code+withdrawn"),
    Column("agreed", "strings", "ids of the statements that confirm it", "#event+code+agreed+list"),
    Column("denied", "strings", "ids of the statements that deny it", "#event+code+denied+list"),
    Column(
        "doubted",
        "strings",
        "ids of the statements that call it unclear",
        "#event+code+doubted+list",
    ),
)
HXL = {
    "id": "#event+code",
    "type": "#event+type",
    "occurred": "#date+occurred+edtf",
    "reported": "#date+reported+edtf",
    "recorded": "#date+recorded",
    "source": "#meta+source+code",
    "outlet": "#meta+outlet",
    "url": "#meta+url",
    "grade": "#severity+grade",
    "wording": "#description+wording",
    "note": "#meta+note",
    "place": "#loc+code",
    "actor": "#org+armed+code",
    "origin": "#loc+origin+code",
    "destination": "#loc+destination+code",
    "summary": "#description+summary",
    "party": "#org+party+code",
    "cause": "#cause",
    "group": "#affected+group",
    "people_low": "#affected+displaced+min+num",
    "people_best": "#affected+displaced+num",
    "people_high": "#affected+displaced+max+num",
    "killed_low": "#affected+killed+min+num",
    "killed_best": "#affected+killed+num",
    "killed_high": "#affected+killed+max+num",
    "injured_low": "#affected+injured+min+num",
    "injured_best": "#affected+injured+num",
    "injured_high": "#affected+injured+max+num",
    "trapped_low": "#affected+trapped+min+num",
    "trapped_best": "#affected+trapped+num",
    "trapped_high": "#affected+trapped+max+num",
}
"""The hashtags of the fields of events; another field has ``#event`` and its name."""
_PARTS: Mapping[Any, Kind] = {Estimate: "integer", Share: "number", Archive: "string"}
"""The types of fields that have parts, with the kind of each part."""


def _event_columns() -> Iterator[Column]:
    """Yield the columns of every type of event, those of fields that types share repeatedly."""
    yield Column("type", "string", "type of the event", HXL["type"])
    for event_type in EVENT_TYPES:
        declared = attrs.fields_dict(event_type)
        for name in field_names(event_type):
            field = declared[name]
            meaning = field.metadata["help"]
            if one_or_several(field.type):
                meaning = f"{meaning}; with blanks between"
            yield from _field_columns(name, _inner(field.type), meaning)


def _field_columns(name: str, type: Any, meaning: str) -> Iterator[Column]:
    """Yield the column of a field, or a column for each of its parts."""
    if type in _PARTS:
        for part in attrs.fields(type):
            part_meaning = f"{meaning}: {part.metadata['help']}"
            yield _column(f"{name}_{part.name}", _PARTS[type], part_meaning)
    else:
        yield _column(name, "strings" if get_origin(type) is tuple else "string", meaning)


def _column(name: str, kind: Kind, meaning: str) -> Column:
    items = "+list" if kind == "strings" else ""
    return Column(name, kind, meaning, HXL.get(name, f"#event+{name.replace('_', '+')}{items}"))


def _inner(annotation: Any) -> Any:
    """Return the type of a field's value, without the None of an optional field."""
    kinds = get_args(annotation)
    if type(None) not in kinds:
        return annotation
    return next((kind for kind in kinds if kind is not type(None)), annotation)


def _unique(columns: Iterable[Column]) -> tuple[Column, ...]:
    """Return the first column of each name."""
    named: dict[str, Column] = {}
    for column in columns:
        named.setdefault(column.name, column)
    return tuple(named.values())


EVENT = _unique(_event_columns())
"""The columns of an event's own fields, those of the envelope among them."""
