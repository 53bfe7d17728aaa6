"""The figure: scenes on a sheet with a title that names both clocks, a legend of what occurs, a key, the sources and the method."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import ceil

from attrs import frozen

from timeline.domain.events import ActorId
from timeline.text import phrases
from timeline.visual.map.flows import MARGIN
from timeline.visual.map.legend import Entry, entries
from timeline.visual.map.metrics import width
from timeline.visual.map.plan import LIT, drawn
from timeline.visual.map.scene import Ground, Scene, Stream
from timeline.visual.map.style import ALARM, DARK, PAPER, QUIET, Palette
from timeline.visual.map.svg import Patterns, Value, document, swatch, tag, text
from timeline.visual.map.typesetting import apart, shown, wrapped

TITLE, HEAD, BODY, SMALL = 27.0, 16.0, 13.0, 11.5
"""The sizes of the title, of the heading of a part, of text and of small print."""

EDGE = 40.0
"""The free edge around everything."""

LINE = 1.35
"""From line to line of running text, in sizes."""


@frozen
class About:
    """What a figure tells of itself.

    Attributes:
        title: what it shows.
        warnings: what must not be overlooked: that it is hypothetical.
        method: how the answers were read, and the log that they come from.
    """

    title: str
    warnings: tuple[str, ...]
    method: tuple[str, ...]


@frozen
class Block:
    """Parts of a picture, one below the other, and how high they are together."""

    parts: tuple[str, ...]
    high: float


def figure(
    scenes: Sequence[Scene],
    ground: Ground,
    palette: Palette,
    about: About,
    labels: Mapping[ActorId, str],
) -> str:
    """Return scenes as an SVG file, one alone or several side by side; `labels` names the actors.

    The same scenes give the same bytes.
    """
    columns = {1: 1, 2: 2, 4: 2}.get(len(scenes), 3)
    panel = ground.sheet.width + 2 * MARGIN
    wide = 2 * EDGE + columns * panel - 2 * MARGIN
    patterns, room = Patterns(), wide - 2 * EDGE
    blocks = [
        header(about, scenes[0].known if len(scenes) == 1 else "", room),
        _panels(scenes, ground, patterns, columns, panel),
        legend(entries(scenes, ground, palette, labels), patterns, room),
        _key(ground, room),
        footer([*_whence(scenes, ground), *about.method], room),
    ]
    return stacked(blocks, wide, about, _described(scenes, about), patterns)


def stacked(
    blocks: Sequence[Block], wide: float, about: About, description: str, patterns: Patterns
) -> str:
    """Return blocks as an SVG file, one below the other."""
    drawn, y = [swatch(0, 0, wide, sum(block.high for block in blocks) + 2 * EDGE, PAPER)], EDGE
    for block in blocks:
        drawn.append(
            tag("g", *block.parts, transform=f"translate({EDGE:g} {y:g})") if block.parts else ""
        )
        y = round(y + block.high, 1)
    return document(
        wide, round(y + EDGE), about.title, description, filter(None, drawn), patterns.defs
    )


def header(about: About, single: str, room: float) -> Block:
    """Return the title, below it as known when, if that is one for all, and what must not be overlooked."""
    lines: list[tuple[str, float, str, str | None]]
    lines = [(part, TITLE, DARK, "bold") for part in wrapped(about.title, TITLE, room, bold=True)]
    lines += (
        [(part, HEAD + 2, DARK, None) for part in wrapped(_capital(single), HEAD + 2, room)]
        if single
        else []
    )
    lines += [
        (part, HEAD, ALARM, "bold")
        for warning in about.warnings
        for part in wrapped(warning, HEAD, room, bold=True)
    ]
    parts, y = [], 0.0
    for part, size, colour, weight in lines:
        parts.append(text(0, round(y + size, 1), part, size, fill=colour, font_weight=weight))
        y += size * LINE
    return Block(tuple(parts), y + 10)


def _panels(
    scenes: Sequence[Scene], ground: Ground, patterns: Patterns, columns: int, panel: float
) -> Block:
    """Return each scene, with its own clocks above it where there are several, and what it says below."""
    reach = _reach([stream for scene in scenes for stream in scene.streams], ground.sheet.height)
    drawn = [_panel(scene, ground, patterns, reach, several=len(scenes) > 1) for scene in scenes]
    parts, y = [], 0.0
    for row in range(ceil(len(scenes) / columns)):
        cells = drawn[row * columns : (row + 1) * columns]
        parts += [
            tag("g", *cell.parts, transform=f"translate({n * panel:g} {y:g})")
            for n, cell in enumerate(cells)
        ]
        y = round(y + max(cell.high for cell in cells), 1)
    return Block(tuple(parts), y)


def _panel(
    scene: Scene, ground: Ground, patterns: Patterns, reach: tuple[float, float], *, several: bool
) -> Block:
    sheet, y = ground.sheet, 0.0
    parts = []
    if several:
        for part, size, weight in (
            (_capital(scene.moment), HEAD, "bold"),
            (scene.known, BODY, None),
        ):
            for written in wrapped(part, size, sheet.width, bold=bool(weight)):
                parts.append(
                    text(0, round(y + size, 1), written, size, fill=DARK, font_weight=weight)
                )
                y += size * LINE
        y += 6
    above, below = reach
    parts.append(tag("g", *drawn(scene, ground, patterns), transform=f"translate(0 {y + above:g})"))
    y += above + sheet.height + below + 14
    for said in scene.said:
        for n, written in enumerate(wrapped(said, BODY, sheet.width - 14)):
            parts.append(text(14 if n else 0, round(y + BODY, 1), written, BODY, fill=DARK))
            y += BODY * LINE
    return Block(tuple(parts), y + 10)


def _reach(streams: Iterable[Stream], high: float) -> tuple[float, float]:
    """Return how far lines reach above and below the districts."""
    ys = [y for stream in streams for _, y in (*stream.arrow.points, *stream.arrow.head)]
    ys += [
        y
        for stream in streams
        if stream.caption
        for y in (stream.caption.box[1], stream.caption.box[3])
    ]
    return max([8.0, *(14 - y for y in ys)]), max([0.0, *(y + 14 - high for y in ys)])


def legend(shown_entries: Sequence[Entry], patterns: Patterns, room: float) -> Block:
    """Return what each colour, pattern and line means, of those that occur."""
    parts, x, y = [], 0.0, 0.0
    for entry in shown_entries:
        wide = 36 + width(entry.words, BODY)
        if x and x + wide > room:
            x, y = 0.0, y + 24
        parts.append(tag("g", *_sample(entry, patterns), transform=f"translate({x:g} {y:g})"))
        x = round(x + wide + 22, 1)
    return Block(tuple(parts), y + 36)


def _sample(entry: Entry, patterns: Patterns) -> Iterator[str]:
    box: dict[str, Value] = {"x": 0.5, "y": 0.5, "width": 27, "height": 17, "rx": 2}
    if entry.face:
        if entry.face.kind == "bands":
            yield from (
                swatch(0.5 + 13.5 * n, 0.5, 13.5, 17, colour)
                for n, colour in enumerate(entry.face.colours[:2])
            )
            yield tag(
                "rect",
                fill=patterns.doubt() if entry.face.disputed else "none",
                stroke=QUIET,
                stroke_width=0.8,
                **box,
            )
        else:
            yield tag("rect", fill=patterns.fill(entry.face), stroke=QUIET, stroke_width=0.8, **box)
        edge = LIT if entry.face.edged else {}
        size = 11 if width(entry.letters, 11, bold=True) < 25 else 8
        yield text(
            14,
            13,
            entry.letters,
            size,
            text_anchor="middle",
            font_weight="bold",
            fill=entry.face.ink,
            **edge,
        )
    elif entry.line == "siege":
        yield tag(
            "path", d="M1,9L27,9", stroke=DARK, stroke_width=3.2, stroke_dasharray=entry.dashes
        )
    else:
        yield tag(
            "path", d="M0,9L18,9", stroke=DARK, stroke_width=2.6, stroke_dasharray=entry.dashes
        )
        yield tag("path", d="M28,9L17,3.5L17,14.5Z", fill=DARK)
    yield text(36, 13.5, entry.words, BODY, fill=DARK)


def _key(ground: Ground, room: float) -> Block:
    """Return the names of the districts that are numbered on the map, in columns."""
    numbered = sorted(
        (label.number, place) for place, label in ground.labels.items() if label.number is not None
    )
    if not numbered:
        return Block((), 0)
    written = [f"{number} {apart(shown(ground.names[place], 30))}" for number, place in numbered]
    column = min(room, max(width(one, SMALL) for one in written) + 18)
    columns = max(1, int(room // column))
    rows = ceil(len(written) / columns)
    parts = [
        text(n // rows * column, 12 + n % rows * 16, one, SMALL, fill=DARK)
        for n, one in enumerate(written)
    ]
    return Block(tuple(parts), rows * 16 + 14)


def _whence(scenes: Sequence[Scene], ground: Ground) -> list[str]:
    """Return who says what is drawn, who printed it, and what the map makes up or leaves out."""
    sources = dict.fromkeys(source for scene in scenes for source in scene.sources)
    outlets = dict.fromkeys(outlet for scene in scenes for outlet in scene.outlets)
    missing = ", ".join(apart(ground.names[place]) for place in ground.sheet.missing)
    return [
        *said_by(list(sources), list(outlets)),
        _made_up(ground),
        f"Not on the map, for want of a point: {missing}." if missing else "",
    ]


def said_by(sources: Sequence[str], outlets: Sequence[str]) -> list[str]:
    """Return who says what is drawn, and who printed it."""
    return [
        f"Sources: {'; '.join(sources)}."
        if sources
        else "Sources: none; nobody had said anything that is drawn here.",
        f"Printed by: {', '.join(outlets)}." if outlets else "",
    ]


def footer(said: Iterable[str], room: float) -> Block:
    """Return what a picture tells of where it comes from, in small print."""
    lines = [one for part in said if part for one in wrapped(part, SMALL, room)]
    parts = [
        text(0, round(16 + n * SMALL * LINE, 1), one, SMALL, fill=QUIET)
        for n, one in enumerate(lines)
    ]
    return Block(
        (tag("path", d=f"M0,0L{room:g},0", stroke="#C9C9C4"), *parts),
        16 + len(lines) * SMALL * LINE,
    )


def _made_up(ground: Ground) -> str:
    """Return which borders were made up."""
    cells = [
        apart(ground.names[area.place]) for area in ground.sheet.areas.values() if not area.surveyed
    ]
    if len(cells) == len(ground.sheet.areas):
        return "Schematic: districts are cells around one point each, not surveyed borders."
    return f"Schematic, around one point each, not surveyed: {', '.join(cells)}." if cells else ""


def _described(scenes: Sequence[Scene], about: About) -> str:
    """Return the picture in words, for those who do not see it."""
    described = []
    for scene in scenes:
        alike: dict[str, list[str]] = {}
        for patch in scene.patches:
            place, _, told = patch.words.partition(": ")
            alike.setdefault(told, []).append(place)
        districts = " ".join(f"{', '.join(places)}: {told}." for told, places in alike.items())
        described.append(
            " ".join(
                [
                    f"{_capital(scene.moment)}, {scene.known}.",
                    districts,
                    *(f"{said}." for said in scene.said),
                ]
            )
        )
    return "\n".join([*about.warnings, *described])


def _capital(written: str) -> str:
    return written[:1].upper() + written[1:]


def titled(name: str, arabic: str | None, scenes: Sequence[Scene]) -> str:
    """Return the title of a figure: the city, and the time where it shows one only."""
    city = shown(name) + (f" ({apart(shown(arabic))})" if arabic else "")
    return (
        f"Who held {city} {scenes[0].moment}"
        if len(scenes) == 1
        else f"Who held {city}: {phrases.count(len(scenes), 'map')}"
    )
