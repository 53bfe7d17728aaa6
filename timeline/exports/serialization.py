"""What the formats that are text share: JSON of many features, texts in markup, values of tables."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, tzinfo
from typing import Any

from timeline.temporal.dates import rfc3339
from timeline.text.phrases import safe
from timeline.text.tables import to_json


def collection(head: Mapping[str, Any], name: str, items: Iterable[Any]) -> str:
    """Return a JSON object whose last member is a list: the head readable, and each item on a line of its own."""
    opening = to_json(dict(head)).removesuffix("\n}").removesuffix("{}")
    lines = ",\n".join(
        safe(json.dumps(item, ensure_ascii=False, separators=(",", ":"))) for item in items
    )
    return f"{opening},\n  {json.dumps(name)}: [\n{lines}\n  ]\n}}"


def markup(text: str) -> str:
    """Return a text as it may stand in XML and HTML, in elements and in attributes of either quotation mark.

    Control characters and overrides of writing direction are made visible; what XML 1.0 cannot hold
    at all (section 2.2) is a � there.
    """
    shown = "".join("\ufffd" if c in "\ufffe\uffff" else c for c in safe(text))
    return (
        shown.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace('"', "&quot;")
        .replace("'", "&#39;")
    )


def paragraphs(lines: Iterable[str]) -> str:
    """Return lines of text as paragraphs of HTML."""
    return "".join(f"<p>{markup(line)}</p>" for line in lines if line)


def plain(value: Any, zone: tzinfo) -> Any:
    """Return a value of a table as JSON: an instant as RFC 3339 text in a time zone."""
    return rfc3339(value, zone) if isinstance(value, datetime) else value


def cell(value: Any, zone: tzinfo) -> str | int | float | bool | None:
    """Return a value of a table as one cell: an instant as RFC 3339 text, a list with blanks between its items."""
    return " ".join(value) if isinstance(value, list) else plain(value, zone)
