"""The text formats write features, markup and cells of tables in one way."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, tzinfo
from typing import Any

from timeline.temporal.dates import rfc3339
from timeline.text.phrases import safe
from timeline.text.tables import to_json

_MARKUP = str.maketrans(
    {
        "&": "&amp;",
        "<": "&lt;",
        ">": "&gt;",
        '"': "&quot;",
        "'": "&#39;",
        "\ufffe": "\ufffd",  # XML 1.0 cannot hold it at all (section 2.2)
        "\uffff": "\ufffd",
    }
)


def collection(head: Mapping[str, Any], name: str, items: Iterable[Any]) -> str:
    """Return a JSON object whose last member is a list, each item on a line of its own."""
    opening = to_json(dict(head)).removesuffix("\n}").removesuffix("{}")
    lines = ",\n".join(map(_line, items))
    return f"{opening},\n  {json.dumps(name)}: [\n{lines}\n  ]\n}}"


def _line(item: Any) -> str:
    return safe(json.dumps(item, ensure_ascii=False, separators=(",", ":")))


def markup(text: str) -> str:
    """Return a text escaped for XML and HTML, controls visible, a � for what XML cannot hold."""
    return safe(text).translate(_MARKUP)


def paragraphs(lines: Iterable[str]) -> str:
    """Return lines of text as paragraphs of HTML."""
    return "".join(f"<p>{markup(line)}</p>" for line in lines if line)


def point(lat: float | None, lon: float | None) -> dict[str, Any] | None:
    """Return a point as a GeoJSON geometry; None without both coordinates, in degrees of WGS 84."""
    if lat is None or lon is None:
        return None
    return {"type": "Point", "coordinates": [lon, lat]}


def plain(value: Any, zone: tzinfo) -> Any:
    """Return a value of a table as JSON, with an instant as RFC 3339 text in a time zone."""
    return rfc3339(value, zone) if isinstance(value, datetime) else value


def cell(value: Any, zone: tzinfo) -> str | int | float | bool | None:
    """Return a value of a table as one cell, with blanks between the items of a list."""
    return " ".join(value) if isinstance(value, list) else plain(value, zone)
