"""The figure: scenes on a sheet with both clocks, a legend, a key, the sources and the method."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import ceil, inf

from attrs import frozen

from timeline.domain.events import ActorId
from timeline.text import phrases
from timeline.visual.map.flows import MARGIN
from timeline.visual.map.legend import Entry, entries
from timeline.visual.map.metrics import width
from timeline.visual.map.plan import LIT, drawn
from timeline.visual.map.scene import Ground, Scene, Stream
from timeline.visual.map.style import ALARM, DARK, PAPER, QUIET, Face, Palette
from timeline.visual.map.svg import Patterns, Value, document, swatch, tag, text
from timeline.visual.map.typesetting import isolated, shown, wrapped

TITLE, HEAD, BODY, SMALL = 27.0, 16.0, 13.0, 11.5
"""The sizes of the title, of the heading of a part, of text and of small print."""

EDGE = 40.0
"""The free edge around everything."""

LINE = 1.35
"""From line to line of running text, in sizes."""

RULE = "#C9C9C4"
"""The colour of thin lines that part one thing from another."""


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


@frozen
class _Paragraph:
    """A text of one look, which is broken into lines."""

    text: str
    size: float
    fill: str = DARK
    weight: str | None = None

    def lines(self, room: float) -> list[str]:
        """Return the lines of the paragraph."""
        return wrapped(self.text, self.size, room, bold=bool(self.weight))


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
    high = sum(block.high for block in blocks)
    parts, y = [swatch(0, 0, wide, high + 2 * EDGE, PAPER)], EDGE
    for block in blocks:
        if block.parts:
            parts.append(tag("g", *block.parts, transform=f"translate({EDGE:g} {y:g})"))
        y = round(y + block.high, 1)
    return document(wide, round(y + EDGE), about.title, description, parts, patterns.defs)


def header(about: About, single: str, room: float) -> Block:
    """Return the title, as known when, if that is one for all, and what must not be overlooked."""
    paragraphs = [_Paragraph(about.title, TITLE, weight="bold")]
    if single:
        paragraphs.append(_Paragraph(_capital(single), HEAD + 2))
    paragraphs += [_Paragraph(warning, HEAD, ALARM, "bold") for warning in about.warnings]
    block = _set(paragraphs, room)
    return Block(block.parts, block.high + 10)


def _set(paragraphs: Iterable[_Paragraph], room: float) -> Block:
    """Return paragraphs as lines of text, one below the other."""
    parts, y = [], 0.0
    for paragraph in paragraphs:
        size, look = paragraph.size, {"fill": paragraph.fill, "font_weight": paragraph.weight}
        for line in paragraph.lines(room):
            parts.append(text(0, round(y + size, 1), line, size, **look))
            y += size * LINE
    return Block(tuple(parts), y)


def _panels(
    scenes: Sequence[Scene], ground: Ground, patterns: Patterns, columns: int, panel: float
) -> Block:
    """Return each scene, where there are several with its clocks above it, and its words below."""
    reach = _reach([stream for scene in scenes for stream in scene.streams], ground.sheet.height)
    panels = [_panel(scene, ground, patterns, reach, several=len(scenes) > 1) for scene in scenes]
    parts, y = [], 0.0
    for first in range(0, len(panels), columns):
        row = panels[first : first + columns]
        for n, cell in enumerate(row):
            parts.append(tag("g", *cell.parts, transform=f"translate({n * panel:g} {y:g})"))
        y = round(y + max(cell.high for cell in row), 1)
    return Block(tuple(parts), y)


def _panel(
    scene: Scene, ground: Ground, patterns: Patterns, reach: tuple[float, float], *, several: bool
) -> Block:
    """Return one scene and what it says; `reach` is how far lines go above and below the sheet."""
    sheet, parts, y = ground.sheet, list[str](), 0.0
    if several:
        moment = _Paragraph(_capital(scene.moment), HEAD, weight="bold")
        clocks = _set([moment, _Paragraph(scene.known, BODY)], sheet.width)
        parts, y = list(clocks.parts), clocks.high + 6
    above, below = reach
    parts.append(tag("g", *drawn(scene, ground, patterns), transform=f"translate(0 {y + above:g})"))
    y += above + sheet.height + below + 14
    for sentence in scene.sentences:
        for n, line in enumerate(wrapped(sentence, BODY, sheet.width - 14)):
            parts.append(text(14 if n else 0, round(y + BODY, 1), line, BODY, fill=DARK))
            y += BODY * LINE
    return Block(tuple(parts), y + 10)


def _reach(streams: Iterable[Stream], high: float) -> tuple[float, float]:
    """Return how far lines reach above and below the districts."""
    ys = []
    for stream in streams:
        ys += [y for _, y in (*stream.arrow.points, *stream.arrow.head)]
        if stream.caption:
            _, top, _, bottom = stream.caption.box
            ys += [top, bottom]
    above, below = 14 - min(ys, default=inf), max(ys, default=-inf) + 14 - high
    return max(8.0, above), max(0.0, below)


def legend(shown_entries: Sequence[Entry], patterns: Patterns, room: float) -> Block:
    """Return what each colour, pattern and line means, of those that occur."""
    parts, x, y = [], 0.0, 0.0
    for entry in shown_entries:
        wide = 36 + width(entry.words, BODY)
        if x and x + wide > room:
            x, y = 0.0, y + 24
        sample = [*_sample(entry, patterns), text(36, 13.5, entry.words, BODY, fill=DARK)]
        parts.append(tag("g", *sample, transform=f"translate({x:g} {y:g})"))
        x = round(x + wide + 22, 1)
    return Block(tuple(parts), y + 36)


def _sample(entry: Entry, patterns: Patterns) -> Iterator[str]:
    """Yield a district or a line as it is drawn, small."""
    if entry.face:
        yield from _sample_of_face(entry.face, patterns)
        look: dict[str, Value] = {"text_anchor": "middle", "font_weight": "bold"}
        look |= {"fill": entry.face.ink} | (LIT if entry.face.edged else {})
        size = 11 if width(entry.letters, 11, bold=True) < 25 else 8
        yield text(14, 13, entry.letters, size, **look)
        return
    siege = entry.line == "siege"
    way, wide = ("M1,9L27,9", 3.2) if siege else ("M0,9L18,9", 2.6)
    yield tag("path", d=way, stroke=DARK, stroke_width=wide, stroke_dasharray=entry.dashes)
    if not siege:
        yield tag("path", d="M28,9L17,3.5L17,14.5Z", fill=DARK)


def _sample_of_face(face: Face, patterns: Patterns) -> Iterator[str]:
    box: dict[str, Value] = {"x": 0.5, "y": 0.5, "width": 27, "height": 17, "rx": 2}
    fill = patterns.fill(face)
    if face.kind == "bands":
        for n, colour in enumerate(face.colours[:2]):
            yield swatch(0.5 + 13.5 * n, 0.5, 13.5, 17, colour)
        fill = patterns.doubt() if face.disputed else "none"
    yield tag("rect", fill=fill, stroke=QUIET, stroke_width=0.8, **box)


def _key(ground: Ground, room: float) -> Block:
    """Return the names of the districts that are numbered on the map, in columns."""
    labels = ground.labels.items()
    numbers = [(label.number, place) for place, label in labels if label.number is not None]
    lines = [f"{n} {isolated(shown(ground.names[place], 30))}" for n, place in sorted(numbers)]
    if not lines:
        return Block((), 0)
    column = min(room, max(width(line, SMALL) for line in lines) + 18)
    rows = ceil(len(lines) / max(1, int(room // column)))
    parts = [
        text(n // rows * column, 12 + n % rows * 16, line, SMALL, fill=DARK)
        for n, line in enumerate(lines)
    ]
    return Block(tuple(parts), rows * 16 + 14)


def _whence(scenes: Sequence[Scene], ground: Ground) -> list[str]:
    """Return who says what is drawn, who printed it, and what the map makes up or leaves out."""
    sources = dict.fromkeys(source for scene in scenes for source in scene.sources)
    outlets = dict.fromkeys(outlet for scene in scenes for outlet in scene.outlets)
    missing = ", ".join(isolated(ground.names[place]) for place in ground.sheet.missing)
    return [
        *said_by(list(sources), list(outlets)),
        _made_up(ground),
        f"Not on the map, for want of a point: {missing}." if missing else "",
    ]


def said_by(sources: Sequence[str], outlets: Sequence[str]) -> list[str]:
    """Return who says what is drawn, and who printed it."""
    nobody = "none; nobody had said anything that is drawn here"
    by = f"Sources: {'; '.join(sources) or nobody}."
    return [by, f"Printed by: {', '.join(outlets)}." if outlets else ""]


def footer(sentences: Iterable[str], room: float) -> Block:
    """Return what a picture tells of where it comes from, in small print."""
    lines = [line for part in sentences if part for line in wrapped(part, SMALL, room)]
    parts = [tag("path", d=f"M0,0L{room:g},0", stroke=RULE)]
    for n, line in enumerate(lines):
        parts.append(text(0, round(16 + n * SMALL * LINE, 1), line, SMALL, fill=QUIET))
    return Block(tuple(parts), 16 + len(lines) * SMALL * LINE)


def _made_up(ground: Ground) -> str:
    """Return which borders were made up."""
    areas = ground.sheet.areas.values()
    cells = [isolated(ground.names[area.place]) for area in areas if not area.surveyed]
    if len(cells) == len(areas):
        return "Schematic: districts are cells around one point each, not surveyed borders."
    return f"Schematic, around one point each, not surveyed: {', '.join(cells)}." if cells else ""


def _described(scenes: Sequence[Scene], about: About) -> str:
    """Return the picture in words, for those who do not see it."""
    return "\n".join([*about.warnings, *map(_in_words, scenes)])


def _in_words(scene: Scene) -> str:
    """Return a scene in words, the districts of one answer together."""
    places: dict[str, list[str]] = {}
    for patch in scene.patches:
        place, _, answer = patch.words.partition(": ")
        places.setdefault(answer, []).append(place)
    clocks = f"{_capital(scene.moment)}, {scene.known}."
    districts = " ".join(f"{', '.join(names)}: {answer}." for answer, names in places.items())
    return " ".join([clocks, districts, *(f"{sentence}." for sentence in scene.sentences)])


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def titled(name: str, arabic: str | None, scenes: Sequence[Scene]) -> str:
    """Return the title of a figure: the city, and the time where it shows one only."""
    city = in_both_scripts(name, arabic)
    if len(scenes) == 1:
        return f"Who held {city} {scenes[0].moment}"
    return f"Who held {city}: {phrases.count(len(scenes), 'map')}"


def in_both_scripts(name: str, arabic: str | None) -> str:
    """Return the name of the city, with the Arabic one if there is one."""
    return shown(name) + (f" ({isolated(shown(arabic))})" if arabic else "")
