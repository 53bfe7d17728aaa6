"""Writing SVG: elements, texts and patterns, every text of them escaped."""

from collections.abc import Iterable, Sequence
from html import escape

from timeline.visual.map.metrics import width
from timeline.visual.map.style import Face
from timeline.visual.map.typesetting import ARABIC, FAMILY, Piece, pieces

CELL = 7.0
"""How wide a stripe or a check is."""

SHARE = {"start": 0.0, "middle": 0.5, "end": 1.0}
"""How much of a line stands before the point at which it is anchored."""

Value = str | float | None


def tag(name: str, /, *children: str, **attributes: Value) -> str:
    """Return an element: attributes by name, an underscore for a hyphen, None for those that it lacks; numbers without needless noughts."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_value(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    inside = "".join(children)
    return f"<{name}{written}>{inside}</{name}>" if inside else f"<{name}{written}/>"


def escaped(text: str) -> str:
    """Return a text for the inside of an element or an attribute; what XML 1.0 (§2.2, Char) has no room for becomes a replacement mark."""
    return escape("".join(c if _allowed(c) else "\ufffd" for c in text))


def text(x: float, y: float, written: str, size: float, /, **attributes: Value) -> str:
    """Return a line of text, in pieces that a renderer need not order.

    Each piece sets anew how far down it stands, which begins a text chunk of its own (SVG 1.1,
    10.5), and follows the piece before it. A line of several pieces cannot be anchored but at its
    beginning, so that is found here.
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
    return tag(
        "rect", **{"x": x, "y": y, "width": wide, "height": high, "fill": fill, **attributes}
    )


class Patterns:
    """The patterns that a picture uses, each defined once."""

    def __init__(self, prefix: str = "p") -> None:
        self._prefix = prefix
        self._made: dict[tuple[str, tuple[str, ...]], str] = {}

    def fill(self, face: Face) -> str:
        """Return what a face is filled with: its colour, or a pattern of its colours; bands are cut out by whoever draws them."""
        if face.kind in ("plain", "bands"):
            return face.colours[0]
        key = (face.kind, face.colours)
        self._made.setdefault(key, f"{self._prefix}{len(self._made) + 1}")
        return f"url(#{self._made[key]})"

    def doubt(self) -> str:
        """Return the pattern of thin lines that is laid over bands that are disputed."""
        key = ("doubt", ("#16181D",))
        self._made.setdefault(key, f"{self._prefix}{len(self._made) + 1}")
        return f"url(#{self._made[key]})"

    @property
    def defs(self) -> str:
        """The definitions of the patterns used so far."""
        return "".join(_pattern(id, kind, colours) for (kind, colours), id in self._made.items())


def document(
    wide: float, high: float, told: str, description: str, parts: Iterable[str], defs: str
) -> str:
    """Return a picture as a file: with a title and a description for those who do not see it."""
    head = (
        tag("title", escaped(told), id="title")
        + tag("desc", escaped(description), id="desc")
        + (tag("defs", defs) if defs else "")
    )
    whole = tag(
        "svg", "\n", head, "\n", "\n".join(parts), "\n",
        xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {wide:g} {high:g}", width=wide, height=high,
        role="img", aria_labelledby="title desc", font_family=FAMILY,
    )  # fmt: skip
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{whole}\n'


def _pattern(id: str, kind: str, colours: Sequence[str]) -> str:
    """Return a pattern: slanted stripes of some colours in turn, checks of them, or thin slanted lines."""
    side = CELL * len(colours)
    if kind == "doubt":
        parts, side = [swatch(0, 0, 1.4, CELL, colours[0], fill_opacity=0.75)], CELL
    elif kind == "stripes":
        parts = [swatch(n * CELL, 0, CELL + 0.2, side, colour) for n, colour in enumerate(colours)]
    else:
        turned = [(row, column) for row in range(len(colours)) for column in range(len(colours))]
        parts = [
            swatch(c * CELL, r * CELL, CELL + 0.1, CELL + 0.1, colours[(r + c) % len(colours)])
            for r, c in turned
        ]
    turn = None if kind == "checks" else "rotate(45)"
    return tag(
        "pattern",
        *parts,
        id=id,
        width=side,
        height=side,
        patternUnits="userSpaceOnUse",
        patternTransform=turn,
    )


def _value(value: Value) -> str:
    return f"{round(value, 2):g}" if isinstance(value, int | float) else escaped(value or "")


def _allowed(character: str) -> bool:
    code = ord(character)
    return (
        code in (0x9, 0xA, 0xD)
        or 0x20 <= code <= 0xD7FF
        or 0xE000 <= code <= 0xFFFD
        or code >= 0x10000
    )
