"""Writing SVG: elements, texts and patterns, every text of them escaped."""

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape

from timeline.visual.map.style import Face
from timeline.visual.map.typesetting import ARABIC, FAMILY

CELL = 7.0
"""How wide a stripe or a check is."""

Value = str | float | None
_LETTERS = "[\u0600-\u061b\u061d-\u06ff\u0750-\u077f]+"
_ARABIC = re.compile(f"{_LETTERS}(?: +{_LETTERS})*")
"""Arabic words, without U+061C, a mark of direction: resvg 0.48 breaks down over one that begins a piece of a text."""


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
    """Return a line of text; what is Arabic of it names its font, for resvg does not look for one where letters of several scripts mix."""
    runs = [
        tag("tspan", escaped(run), font_family=ARABIC) if arabic else escaped(run)
        for arabic, run in _runs(written)
    ]
    return tag("text", *runs, **{"x": x, "y": y, "font_size": size, **attributes})


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


def _runs(written: str) -> Iterator[tuple[bool, str]]:
    """Yield a text in pieces, each Arabic or not; spaces within Arabic belong to it."""
    at = 0
    for match in _ARABIC.finditer(written):
        yield False, written[at : match.start()]
        yield True, match.group()
        at = match.end()
    yield False, written[at:]


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
