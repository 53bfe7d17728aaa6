"""Ribbons: a row for each district and its holders over time, so that a year is seen at a glance.

The rows follow valid time as known at one cut, with the faces and letters of the map.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta, tzinfo
from itertools import pairwise
from math import ceil
from typing import Any

from attrs import frozen

from timeline.domain.city import City
from timeline.domain.events import EventId, PlaceId
from timeline.errors import NothingFound, Problem
from timeline.replay.answers import named
from timeline.replay.projection import Projection, Reader
from timeline.reports.briefing import Report
from timeline.temporal.as_of import AsOf
from timeline.temporal.dates import END_OF_TIME, PAST, TICK, Window
from timeline.text import phrases
from timeline.text.document import Mark
from timeline.timeline import Timeline
from timeline.visual.map import geometry
from timeline.visual.map.figure import (
    EDGE,
    RULE,
    SMALL,
    About,
    Block,
    footer,
    header,
    in_both_scripts,
    legend,
    said_by,
    stacked,
)
from timeline.visual.map.legend import of_faces
from timeline.visual.map.metrics import width
from timeline.visual.map.picture import method, warnings
from timeline.visual.map.plan import LIT
from timeline.visual.map.scene import as_known, district_name, outlets, projections, sources
from timeline.visual.map.style import DARK, PAPER, QUIET, Face, Palette
from timeline.visual.map.svg import Patterns, Value, swatch, tag, text, title
from timeline.visual.map.typesetting import isolated, shown

WIDE, ROW, BAR = 1000.0, 17.0, 14.0
"""How wide the sheet is, and how high a row and the ribbon in it."""
DAY = timedelta(days=1)
MOST_MARKS = 10
"""How many dates stand on the line of time, at most."""
TOP = 24.0
"""How far down the first row stands, below the line of dates."""
Answer = tuple[datetime, Any]
"""An answer, and from when on it holds."""
DAYS, MONTHS = (1, 2, 5, 10, 15), (1, 2, 3, 6, 12, 24, 60, 120, 600)
"""The steps from date to date, in days and in months."""


@frozen
class Stretch:
    """A stretch of time in which a district has one answer."""

    begin: datetime
    end: datetime
    face: Face
    words: str
    rests_on: frozenset[EventId]


@frozen
class Row:
    """A district, and its answers from the beginning to the end of what is shown."""

    name: str
    stretches: tuple[Stretch, ...]


def ribbons(
    timeline: Timeline,
    cut: AsOf,
    *,
    policy: str = "latest",
    arabic: bool = False,
    span: Window | None = None,
) -> str:
    """Return the districts' holders over time, by default the busiest `span`, as SVG.

    Raises `UsageError` for an unknown policy, and `NothingFound` where nothing happened.
    """
    span = span or busiest(timeline, cut)
    rows = rows_of(timeline, cut, span, policy=policy, arabic=arabic)
    city, known = timeline.city, as_known(cut, timeline)
    root, end = city.places[city.id], _day(span.latest - TICK, city.zone)
    name = in_both_scripts(root.name, root.arabic)
    heading = f"Who held {name} from {_day(span.earliest, city.zone)} to {end}"
    about = About(heading, warnings(timeline), (method(timeline, policy),))
    return _picture(_ordered(rows), known, span, about, _whence(rows, timeline), city)


def _whence(rows: Iterable[Row], timeline: Timeline) -> list[str]:
    """Return who says what the rows show, and who printed it."""
    ids = {id for row in rows for stretch in row.stretches for id in stretch.rests_on}
    events = {event.id: event for event in timeline.events}
    drawn = [event for id, event in events.items() if id in ids]
    return said_by(list(sources(drawn, timeline.city)), list(outlets(drawn)))


def rows_of(
    timeline: Timeline, cut: AsOf, span: Window, *, policy: str = "latest", arabic: bool = False
) -> list[Row]:
    """Return each district's answers within a span of time, in the order of the city file."""
    control, city = projections(timeline)["control"], timeline.city
    reader = Reader(context=timeline.context(cut, policy), speaker=Report(timeline).speaker)
    events, palette = {event.id: event for event in timeline.events}, Palette.of(city)

    def stretch(begin: datetime, end: datetime, answer: Any) -> Stretch:
        words = control.presentation.words(answer, reader)
        sentence = f"{words.text if isinstance(words, Mark) else words}, {reader.sureness(answer)}"
        face = palette.face(answer, events, city)
        return Stretch(begin, end, face, shown(sentence, 160), frozenset(named(answer)))

    rows = []
    for place, answers in _answers(timeline, control, reader, policy).items():
        name = district_name(city.places[place], 34, arabic=arabic)
        rows.append(Row(name, tuple(stretch(*part) for part in _clipped(answers, span))))
    return rows


def _answers(
    timeline: Timeline, control: Projection[Any, Any, Any], reader: Reader, policy: str
) -> dict[PlaceId, list[Answer]]:
    """Return the answers of each district through all of time."""
    city, context = timeline.city, reader.context
    districts = [place for place in city.places if geometry.is_district(place, city)]
    answers = {place: [(PAST, control.read(place, {}, context))] for place in districts}
    for change in timeline.changes(control, context.cut, policy=policy):
        if change.key in answers:
            answers[change.key].append((change.when, change.after))
    return answers


def busiest(timeline: Timeline, cut: AsOf) -> Window:
    """Return the span in which known events begin, without a first fifth that lies long before."""
    instants = (event.window.earliest for event in timeline.timed_events if cut.sees(event))
    begins = sorted(instant for instant in instants if PAST < instant < END_OF_TIME)
    if not begins:
        nothing = "nothing that happened is known at this cut"
        raise NothingFound(Problem(nothing, hint="a later --known, or --from and --to"))
    first, fifth, last = begins[0], begins[len(begins) // 5], begins[-1]
    first = fifth if last - fifth < (last - first) / 3 else first
    return Window(first - max(DAY, (last - first) / 30), last + DAY)


def _clipped(answers: Sequence[Answer], span: Window) -> Iterator[tuple[datetime, datetime, Any]]:
    """Yield the answers that hold at some time of a span, from when until when of it."""
    for (begin, answer), (end, _) in pairwise([*answers, (span.latest, None)]):
        first, last = max(begin, span.earliest), min(end, span.latest)
        if first < last:
            yield first, last, answer


def _ordered(rows: Sequence[Row]) -> list[Row]:
    """Return the rows in which most happens first, and together those that are alike."""
    first: dict[tuple[Stretch, ...], int] = {}
    for number, row in enumerate(rows):
        first.setdefault(row.stretches, number)
    return sorted(rows, key=lambda row: (-len(row.stretches), first[row.stretches]))


def _picture(
    rows: Sequence[Row],
    known: str,
    span: Window,
    about: About,
    whence: Iterable[str],
    city: City,
) -> str:
    """Return rows with the title above them, and the legend and the sources below."""
    patterns, zone = Patterns(), city.zone
    labels = {id: actor.label for id, actor in city.actors.items()}
    faces = of_faces(_seen(rows, span), Palette.of(city), labels)
    blocks = [
        header(about, known, WIDE),
        _rows(rows, span, zone, patterns),
        legend(faces, patterns, WIDE),
        footer([*whence, *about.method], WIDE),
    ]
    description = _described(rows, zone, [*about.warnings, known])
    return stacked(blocks, WIDE + 2 * EDGE, about, description, patterns)


def _seen(rows: Iterable[Row], span: Window) -> Iterator[Face]:
    """Yield the faces that need an entry: a stretch that is narrower than a unit is not seen."""
    least = (span.latest - span.earliest) / WIDE
    for stretch in (stretch for row in rows for stretch in row.stretches):
        if stretch.end - stretch.begin >= least:
            yield stretch.face


def _rows(rows: Sequence[Row], span: Window, zone: tzinfo, patterns: Patterns) -> Block:
    """Return the ribbons below a line of dates, with the names of their districts on the left."""
    left = 12 + max(width(row.name, SMALL) for row in rows)
    scale = (WIDE - left) / (span.latest - span.earliest).total_seconds()

    def across(instant: datetime) -> float:
        return left + (instant - span.earliest).total_seconds() * scale

    high = TOP + ROW * len(rows)
    parts = list(_dates(_marks(span, zone), across, high))
    for number, row in enumerate(rows):
        y = round(TOP + number * ROW, 1)
        name = isolated(row.name)
        parts.append(text(left - 8, y + 11, name, SMALL, text_anchor="end", fill=DARK))
        for stretch in row.stretches:
            ends = across(stretch.begin), across(stretch.end)
            parts.append(_ribbon(stretch, *ends, y, patterns))
    return Block(tuple(parts), high + 18)


def _dates(
    marks: Iterable[tuple[datetime, str]], across: Callable[[datetime], float], high: float
) -> Iterator[str]:
    """Yield upright lines at some instants, and their dates where there is room for them."""
    for instant, date in marks:
        x = round(across(instant), 1)
        yield tag("path", d=f"M{x:g},18L{x:g},{high:g}", stroke=RULE)
        if x + width(date, SMALL) < WIDE:
            yield text(x + 2, 14, date, SMALL, fill=QUIET)


def _ribbon(stretch: Stretch, x: float, end: float, y: float, patterns: Patterns) -> str:
    """Return a stretch: its face, and as many of its letters as it has room for."""
    face, wide = stretch.face, end - x
    parts = [*_bar(face, x, y, wide, patterns)]
    parts.append(tag("path", d=f"M{x:.1f},{y:g}v{BAR:g}", stroke=PAPER, stroke_width=1))
    fitting = (way for way in face.ways if width(way, SMALL, bold=True) + 4 <= wide)
    letters = next(fitting, None)
    if letters is not None:
        look: dict[str, Value] = {"text_anchor": "middle", "fill": face.ink, "font_weight": "bold"}
        look |= LIT if face.edged else {}
        parts.append(text(x + wide / 2, y + 11.2, letters, SMALL, **look))
    return tag("g", title(stretch.words), *parts)


def _bar(face: Face, x: float, y: float, wide: float, patterns: Patterns) -> Iterator[str]:
    """Yield a face as a bar; bands lie below each other."""
    if face.kind != "bands":
        yield swatch(x, y, wide, BAR, patterns.fill(face))
        return
    for n, (share, colour) in enumerate(zip(face.shares, face.colours, strict=True)):
        yield swatch(x, y + sum(face.shares[:n]) * BAR, wide, share * BAR, colour)
    if face.disputed:
        yield swatch(x, y, wide, BAR, patterns.doubt())


def _marks(span: Window, zone: tzinfo) -> Iterator[tuple[datetime, str]]:
    """Yield the beginnings of days, months or years, as many as have room, and their texts."""
    first, last = span.earliest.astimezone(zone), span.latest.astimezone(zone)
    days = (last - first) / DAY
    step = next((step for step in DAYS if days / step <= MOST_MARKS), None)
    marks = _months(first, last, days) if step is None else _days(first, days, step)
    written = "%Y-%m" if step is None else "%Y-%m-%d"
    for mark in marks:
        if span.earliest <= mark < span.latest:
            yield mark, phrases.date(mark.strftime(written))


def _days(first: datetime, days: float, step: int) -> Iterator[datetime]:
    """Yield the beginnings of every so many days."""
    begin = first.replace(hour=0, minute=0, second=0, microsecond=0)
    yield from (begin + n * step * DAY for n in range(ceil(days / step) + 2))


def _months(first: datetime, last: datetime, days: float) -> Iterator[datetime]:
    """Yield the beginnings of every so many months; no year begins before the first."""
    step = next((step for step in MONTHS if days / 30.4 / step <= MOST_MARKS), MONTHS[-1])
    begun = (first.year * 12 + first.month - 1) // step * step
    for month in range(begun, last.year * 12 + last.month, step):
        if month >= 12:
            yield datetime(month // 12, month % 12 + 1, 1, tzinfo=first.tzinfo)


def _day(instant: datetime, zone: tzinfo) -> str:
    return phrases.date(instant.astimezone(zone).strftime("%Y-%m-%d"))


def _described(rows: Sequence[Row], zone: tzinfo, head: Sequence[str]) -> str:
    """Return the ribbons in words, those that are alike together."""
    alike: dict[tuple[tuple[datetime, str], ...], list[str]] = {}
    for row in rows:
        stretches = tuple((stretch.begin, stretch.words) for stretch in row.stretches)
        alike.setdefault(stretches, []).append(isolated(row.name))
    lines = list(head)
    for stretches, names in alike.items():
        words = "; ".join(f"{words} from {_day(begin, zone)}" for begin, words in stretches)
        lines.append(f"{', '.join(names)}: {words}.")
    return "\n".join(lines)
