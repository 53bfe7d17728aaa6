"""Writing SVG: elements, texts and patterns, every text of them escaped."""

import re
from collections.abc import Iterable
from html import escape

from timeline.visual.map.metrics import width
from timeline.visual.map.style import Face
from timeline.visual.map.typesetting import ARABIC, FAMILY, Piece, pieces

CELL = 7.0
"""How wide a stripe or a check is."""

INK = "#16181D"
"""The colour of the thin lines that mean doubt."""

SHARE = {"start": 0.0, "middle": 0.5, "end": 1.0}
"""How much of a line stands before the point at which it is anchored."""

NAMESPACE = "http://www.w3.org/2000/svg"

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Value = str | float | None


def tag(name: str, /, *children: str, **attributes: Value) -> str:
    """Return an element; names have _ for a hyphen, and None is an attribute that it lacks."""
    given = {key: value for key, value in attributes.items() if value is not None}
    written = "".join(f' {_name(key)}="{_value(value)}"' for key, value in given.items())
    inside = "".join(children)
    return f"<{name}{written}>{inside}</{name}>" if inside else f"<{name}{written}/>"


def _name(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


def _value(value: str | float) -> str:
    """Return an attribute's value; numbers have two decimals at most and no needless noughts."""
    return escaped(value) if isinstance(value, str) else f"{round(value, 2):g}"


def escaped(text: str) -> str:
    """Return a text escaped for XML, with a mark for forbidden characters (XML 1.0, §2.2, Char)."""
    return escape(_FORBIDDEN.sub("\ufffd", text))


def text(x: float, y: float, written: str, size: float, /, **attributes: Value) -> str:
    """Return a line of text, in pieces that a renderer need not order.

    Each piece sets its `y` anew, which begins a text chunk (SVG 1.1, 10.5).
    """
    parts = pieces(written)
    place: dict[str, Value] = {"x": x, "y": y, "font_size": size}
    if len(parts) < 2:
        return tag("text", *map(_piece, parts), **place | attributes)
    anchor = attributes.pop("text_anchor", None) or "start"
    length = width(written, size, bold=attributes.get("font_weight") == "bold")
    place |= {"x": x - SHARE[str(anchor)] * length, "xml:space": "preserve"}
    return tag("text", *(_chunk(part, y) for part in parts), **place | attributes)


def _piece(piece: Piece) -> str:
    """Return a piece that is a line by itself."""
    written = escaped(piece.text)
    return tag("tspan", written, font_family=ARABIC) if piece.arabic else written


def _chunk(piece: Piece, y: float) -> str:
    """Return a piece among others."""
    family = ARABIC if piece.arabic else None
    order = "isolate" if piece.alone else None
    return tag("tspan", escaped(piece.text), y=y, font_family=family, unicode_bidi=order)


def title(written: str) -> str:
    """Return what an element tells of itself to those who point at it, or do not see it."""
    return tag("title", escaped(written))


def swatch(x: float, y: float, wide: float, high: float, fill: str, /, **attributes: Value) -> str:
    """Return a rectangle."""
    place: dict[str, Value] = {"x": x, "y": y, "width": wide, "height": high, "fill": fill}
    return tag("rect", **place | attributes)


class Patterns:
    """The patterns that a picture uses, each defined once."""

    def __init__(self, prefix: str = "p") -> None:
        self._prefix = prefix
        self._ids: dict[tuple[str, tuple[str, ...]], str] = {}

    def fill(self, face: Face) -> str:
        """Return the colour of a face, or a pattern of its colours; bands are not cut out."""
        if face.kind in ("plain", "bands"):
            return face.colours[0]
        return self._reference(face.kind, face.colours)

    def doubt(self) -> str:
        """Return the pattern of thin lines that is laid over bands that are disputed."""
        return self._reference("doubt", (INK,))

    @property
    def defs(self) -> str:
        """The definitions of the patterns used so far."""
        return "".join(_pattern(id, kind, colours) for (kind, colours), id in self._ids.items())

    def _reference(self, kind: str, colours: tuple[str, ...]) -> str:
        id = self._ids.setdefault((kind, colours), f"{self._prefix}{len(self._ids) + 1}")
        return f"url(#{id})"


def document(
    wide: float, high: float, heading: str, description: str, parts: Iterable[str], defs: str
) -> str:
    """Return a picture as a file, with a title and a description for those who do not see it."""
    head = tag("title", escaped(heading), id="title") + tag("desc", escaped(description), id="desc")
    definitions = tag("defs", defs) if defs else ""
    attributes: dict[str, Value] = {
        "xmlns": NAMESPACE,
        "viewBox": f"0 0 {wide:g} {high:g}",
        "width": wide,
        "height": high,
        "role": "img",
        "aria_labelledby": "title desc",
        "font_family": FAMILY,
    }
    whole = tag("svg", "\n", head + definitions, "\n", "\n".join(parts), "\n", **attributes)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{whole}\n'


def _pattern(id: str, kind: str, colours: tuple[str, ...]) -> str:
    """Return slanted stripes of some colours in turn, checks of them, or thin slanted lines."""
    drawn = {"doubt": _lines, "stripes": _stripes, "checks": _checks}[kind](colours)
    side = CELL * len(colours)
    return tag(
        "pattern",
        *drawn,
        id=id,
        width=side,
        height=side,
        patternUnits="userSpaceOnUse",
        patternTransform=None if kind == "checks" else "rotate(45)",
    )


def _lines(colours: tuple[str, ...]) -> list[str]:
    return [swatch(0, 0, 1.4, CELL, colours[0], fill_opacity=0.75)]


def _stripes(colours: tuple[str, ...]) -> list[str]:
    side = CELL * len(colours)
    return [swatch(n * CELL, 0, CELL + 0.2, side, colour) for n, colour in enumerate(colours)]


def _checks(colours: tuple[str, ...]) -> list[str]:
    side = CELL + 0.1
    turned = [colours[n:] + colours[:n] for n in range(len(colours))]
    return [
        swatch(column * CELL, row * CELL, side, side, colour)
        for row, in_row in enumerate(turned)
        for column, colour in enumerate(in_row)
    ]
