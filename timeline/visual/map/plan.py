"""One scene as SVG: districts, sieges, people on their way, and names above all of them."""

from collections.abc import Iterator

from timeline.visual.map.captions import Caption
from timeline.visual.map.geometry import bands
from timeline.visual.map.labels import Label
from timeline.visual.map.metrics import width
from timeline.visual.map.scene import Ground, Patch, Scene, Siege, Stream
from timeline.visual.map.shapes import line, path
from timeline.visual.map.style import DARK, PAPER
from timeline.visual.map.svg import Patterns, Value, swatch, tag, text, title
from timeline.visual.map.typesetting import isolated

LIT: dict[str, Value] = {
    "stroke": PAPER,
    "stroke_width": 3,
    "stroke_linejoin": "round",
    "paint_order": "stroke",
}
"""The light edge of letters on a pattern."""

BROKEN, LOOSE = "9 6", "5 3.5"
"""The dashes of a siege that is not beyond doubt, and of a way of which one end was not named."""

_EDGE: dict[str, Value] = {"stroke": PAPER, "stroke_width": 1.4, "stroke_linejoin": "round"}
_UNTOUCHED: dict[str, Value] = {"pointer_events": "none"}


def drawn(scene: Scene, ground: Ground, patterns: Patterns) -> Iterator[str]:
    """Yield one scene as elements: districts, lines of sieges, ways of people, names above all."""
    for patch in scene.patches:
        yield _patch(patch, ground, patterns)
    for siege in scene.sieges:
        yield _siege(siege)
    for stream in scene.streams:
        yield _stream(stream)
    patches = {patch.place: patch for patch in scene.patches}
    for place, label in ground.labels.items():
        yield _label(label, patches[place])
    yield from (_caption(stream.caption) for stream in scene.streams if stream.caption)


def _patch(patch: Patch, ground: Ground, patterns: Patterns) -> str:
    """Return the ground of a district in its colours."""
    area, face = ground.sheet.areas[patch.place], patch.face
    whole = path(area.rings)
    if face.kind != "bands":
        plain = tag("path", d=whole, fill=patterns.fill(face), fill_rule="evenodd", **_EDGE)
        return tag("g", title(patch.words), plain)
    parts = [
        tag("path", d=path(rings), fill=colour, fill_rule="evenodd", **_EDGE)
        for rings, colour in zip(bands(area, face.shares), face.colours, strict=True)
    ]
    if face.disputed:
        parts.append(tag("path", d=whole, fill=patterns.doubt(), fill_rule="evenodd"))
    return tag("g", title(patch.words), *parts)


def _siege(siege: Siege) -> str:
    """Return the line around a besieged place: whole where that is beyond doubt, else broken."""
    line: dict[str, Value] = {"d": path(siege.rings), "fill": "none"}
    light = tag("path", **line, stroke=PAPER, stroke_width=6, stroke_linejoin="round")
    broken = None if siege.sure else BROKEN
    dark = tag(
        "path",
        **line,
        stroke=DARK,
        stroke_width=3.2,
        stroke_linejoin="round",
        stroke_dasharray=broken,
    )
    return tag("g", title(siege.words), light, dark, **_UNTOUCHED)


def _stream(stream: Stream) -> str:
    """Return a line of people with its head, on a light edge."""
    arrow, way = stream.arrow, line(stream.arrow.points)
    head = f"{line(arrow.head)}Z"
    light = tag(
        "path",
        d=way + head,
        fill=PAPER,
        stroke=PAPER,
        stroke_width=stream.wide + 1,
        fill_opacity=0,
    )
    dashes = LOOSE if arrow.loose else None
    dark = tag(
        "path", d=way, fill="none", stroke=DARK, stroke_width=stream.wide, stroke_dasharray=dashes
    )
    return tag("g", title(stream.words), light, dark, tag("path", d=head, fill=DARK))


def _label(label: Label, patch: Patch) -> str:
    """Return a district's name, or its number in the key, and the letters of its holder."""
    face = patch.face
    look = {"text_anchor": "middle", "fill": face.ink, "font_weight": "bold"} | _UNTOUCHED
    look |= LIT if face.edged else {}
    names = [text(x, y, isolated(line), label.size, **look) for line, x, y in label.baselines]
    room = label.box[2] - label.box[0] + 2
    fitting = (way for way in face.ways if width(way, label.letter_size, bold=True) <= room)
    letters = next(fitting, face.ways[-1])
    return "".join([*names, text(*label.letter_at, letters, label.letter_size, **look)])


def _caption(caption: Caption) -> str:
    """Return how many people moved, in a frame."""
    left, top, right, bottom = caption.box
    wide, high = right - left, bottom - top
    frame = swatch(left, top, wide, high, PAPER, rx=3, stroke=DARK, stroke_width=0.8)
    x, y = (left + right) / 2, (top + bottom) / 2 + caption.size * 0.36
    look = {"text_anchor": "middle", "fill": DARK, "font_weight": "bold"} | _UNTOUCHED
    return frame + text(x, y, caption.text, caption.size, **look)
