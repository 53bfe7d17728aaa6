"""One scene as SVG: districts, sieges, people on their way, and names above all of them."""

from collections.abc import Iterator

from timeline.visual.map.captions import Caption
from timeline.visual.map.flows import line
from timeline.visual.map.geometry import bands, path
from timeline.visual.map.labels import Label
from timeline.visual.map.metrics import width
from timeline.visual.map.scene import Ground, Patch, Scene, Siege, Stream
from timeline.visual.map.style import DARK, PAPER
from timeline.visual.map.svg import Patterns, Value, swatch, tag, text, title
from timeline.visual.map.typesetting import apart

LIT: dict[str, Value] = {
    "stroke": PAPER,
    "stroke_width": 3,
    "stroke_linejoin": "round",
    "paint_order": "stroke",
}
"""The light edge of letters on a pattern."""

BROKEN, LOOSE = "9 6", "5 3.5"
"""The dashes of a siege that is not beyond doubt, and of a way of which one end was not named."""


def drawn(scene: Scene, ground: Ground, patterns: Patterns) -> Iterator[str]:
    """Yield one scene as elements: districts, lines around what is besieged, the ways of people, and the names above all of them."""
    for patch in scene.patches:
        yield _patch(patch, ground, patterns)
    for siege in scene.sieges:
        yield _siege(siege)
    for stream in scene.streams:
        yield _stream(stream)
    faces = {patch.place: patch for patch in scene.patches}
    for place, label in ground.labels.items():
        yield _label(label, faces[place])
    yield from (_caption(stream.caption) for stream in scene.streams if stream.caption)


def _patch(patch: Patch, ground: Ground, patterns: Patterns) -> str:
    area, face = ground.sheet.areas[patch.place], patch.face
    edge: dict[str, Value] = {"stroke": PAPER, "stroke_width": 1.4, "stroke_linejoin": "round"}
    whole = tag("path", d=path(area.rings), fill=patterns.fill(face), fill_rule="evenodd", **edge)
    if face.kind == "bands":
        cut = zip(bands(area, face.shares), face.colours, strict=True)
        whole = "".join(
            tag("path", d=path(rings), fill=colour, fill_rule="evenodd", **edge)
            for rings, colour in cut
        )
        whole += (
            tag("path", d=path(area.rings), fill=patterns.doubt(), fill_rule="evenodd")
            if face.disputed
            else ""
        )
    return tag("g", title(patch.words), whole)


def _siege(siege: Siege) -> str:
    """Return the line around a besieged place: whole where that is beyond doubt, broken where it is claimed, disputed or only possible."""
    ways = path(siege.rings)
    light = tag("path", d=ways, fill="none", stroke=PAPER, stroke_width=6, stroke_linejoin="round")
    broken = None if siege.sure else BROKEN
    dark = tag(
        "path",
        d=ways,
        fill="none",
        stroke=DARK,
        stroke_width=3.2,
        stroke_linejoin="round",
        stroke_dasharray=broken,
    )
    return tag("g", title(siege.words), light, dark, pointer_events="none")


def _stream(stream: Stream) -> str:
    arrow, ways = stream.arrow, line(stream.arrow.points)
    light = tag(
        "path",
        d=f"{ways}M{line(arrow.head)[1:]}Z",
        fill=PAPER,
        stroke=PAPER,
        stroke_width=stream.wide + 1,
        fill_opacity=0,
    )
    dark = tag(
        "path",
        d=ways,
        fill="none",
        stroke=DARK,
        stroke_width=stream.wide,
        stroke_dasharray=LOOSE if arrow.loose else None,
    )
    return tag(
        "g", title(stream.words), light, dark, tag("path", d=f"{line(arrow.head)}Z", fill=DARK)
    )


def _label(label: Label, patch: Patch) -> str:
    """Return a district's name, or its number in the key, and the letters of its holder."""
    face = patch.face
    same: dict[str, Value] = {
        "text_anchor": "middle",
        "fill": face.ink,
        "font_weight": "bold",
        "pointer_events": "none",
    }
    same |= LIT if face.edged else {}
    names = [text(x, y, apart(line), label.size, **same) for line, x, y in label.baselines]
    room = label.box[2] - label.box[0] + 2
    letters = next(
        (way for way in face.ways if width(way, label.letter_size, bold=True) <= room),
        face.ways[-1],
    )
    return "".join([*names, text(*label.letter_at, letters, label.letter_size, **same)])


def _caption(caption: Caption) -> str:
    """Return how many people moved, in a frame."""
    left, top, right, bottom = caption.box
    frame = swatch(
        left, top, right - left, bottom - top, PAPER, rx=3, stroke=DARK, stroke_width=0.8
    )
    x, y = (left + right) / 2, (top + bottom) / 2 + caption.size * 0.36
    return frame + text(
        x,
        y,
        caption.text,
        caption.size,
        text_anchor="middle",
        fill=DARK,
        font_weight="bold",
        pointer_events="none",
    )
