"""Ribbons: a row for each district and its holder through time, with the faces and letters of the map, so that a year is seen at a glance.

The rows are the sweep's changes along valid time, as known at one cut; a stretch looks as the
district does on the map of any cut in it.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from itertools import pairwise
from math import ceil
from typing import Any

from attrs import frozen

from timeline.domain.events import EventId, PlaceId
from timeline.errors import NothingFound, Problem
from timeline.replay.answers import named
from timeline.replay.engine import recorded_by
from timeline.replay.projection import Reader
from timeline.reports.briefing import Report
from timeline.temporal.as_of import AsOf
from timeline.temporal.dates import END_OF_TIME, PAST, Window
from timeline.text import phrases
from timeline.text.document import Mark
from timeline.timeline import Timeline
from timeline.visual.map.figure import (
    EDGE,
    SMALL,
    About,
    Block,
    footer,
    header,
    legend,
    said_by,
    stacked,
)
from timeline.visual.map.legend import of_faces
from timeline.visual.map.metrics import width
from timeline.visual.map.plan import LIT
from timeline.visual.map.scene import as_known, outlets, projections, sources
from timeline.visual.map.style import DARK, PAPER, QUIET, Face, Palette
from timeline.visual.map.svg import Patterns, Value, swatch, tag, text, title
from timeline.visual.map.typesetting import apart, shown

WIDE, ROW, BAR = 1000.0, 17.0, 14.0
"""How wide the sheet is, and how high a row and the ribbon in it."""
DAY = timedelta(days=1)
MOST_MARKS = 10
"""How many dates stand on the line of time, at most."""
DAYS, MONTHS = (1, 2, 5, 10, 15), (1, 2, 3, 6, 12, 24, 60, 120, 600)
"""The steps from date to date, in days and in months."""


@frozen
class Stretch:
    """How long a district has one answer, as far as it is shown: its face, the answer in words, and the events that it rests on."""

    begin: datetime
    end: datetime
    face: Face
    words: str
    rests_on: frozenset[EventId]


@frozen
class Row:
    """A district, and what was so there from the beginning to the end of what is shown."""

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
    """Return the districts' holders through time as SVG, as known at a cut, within a span of time or the one in which most is said.

    Raises `UsageError` for an unknown policy, and `NothingFound` where nothing happened.
    """
    span = span or busiest(timeline, cut)
    rows = rows_of(timeline, cut, span, policy=policy, arabic=arabic)
    events, city = {event.id: event for event in timeline.events}, timeline.city
    ids = {id for row in rows for one in row.stretches for id in one.rests_on}
    drawn = [event for id, event in events.items() if id in ids]
    whence = said_by(list(sources(drawn, city)), list(outlets(drawn)))
    return _picture(timeline, as_known(cut, timeline), policy, _ordered(rows), span, whence)


def rows_of(
    timeline: Timeline, cut: AsOf, span: Window, *, policy: str = "latest", arabic: bool = False
) -> list[Row]:
    """Return a row for each district, in the order of the city file: its answers within a span of time, as known at a cut."""
    control, context, city = (
        projections(timeline)["control"],
        timeline.context(cut, policy),
        timeline.city,
    )
    places = [place for place in city.places if len(city.within(place)) == 1]
    answers: dict[PlaceId, list[tuple[datetime, Any]]] = {
        place: [(PAST, control.read(place, {}, context))] for place in places
    }
    for change in timeline.changes(control, cut, policy=policy):
        if change.key in answers:
            answers[change.key].append((change.when, change.after))
    events, palette = {event.id: event for event in timeline.events}, Palette.of(city)
    reader = Reader(context=context, speaker=Report(timeline).speaker)

    def stretch(begin: datetime, end: datetime, answer: Any) -> Stretch:
        words = control.words(answer, reader)
        told = f"{words.text if isinstance(words, Mark) else words}, {reader.sureness(answer)}"
        return Stretch(
            begin,
            end,
            palette.face(answer, events, city),
            shown(told, 160),
            frozenset(named(answer)),
        )

    names = {
        place: shown((city.places[place].arabic if arabic else None) or city.places[place].name, 34)
        for place in places
    }
    return [
        Row(names[place], tuple(stretch(*one) for one in _clipped(answers[place], span)))
        for place in places
    ]


def busiest(timeline: Timeline, cut: AsOf) -> Window:
    """Return the span of time in which all events that are known begin, without the first fifth where that lies long before the others."""
    known = [
        one
        for one in recorded_by(timeline.timed_events, cut)
        if cut.known is None or one.known <= cut.known
    ]
    begins = sorted(
        one.window.earliest for one in known if PAST < one.window.earliest < END_OF_TIME
    )
    if not begins:
        raise NothingFound(
            Problem(
                "nothing that happened is known at this cut",
                hint="a later --known, or --from and --to",
            )
        )
    first, fifth, last = begins[0], begins[len(begins) // 5], begins[-1]
    first = fifth if last - fifth < (last - first) / 3 else first
    return Window(first - max(DAY, (last - first) / 30), last + DAY)


def _clipped(
    answers: Sequence[tuple[datetime, Any]], span: Window
) -> Iterator[tuple[datetime, datetime, Any]]:
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
    timeline: Timeline,
    known: str,
    policy: str,
    rows: Sequence[Row],
    span: Window,
    whence: Sequence[str],
) -> str:
    city, patterns = timeline.city, Patterns()
    root, zone = city.places[city.id], city.zone
    name = shown(root.name) + (f" ({apart(shown(root.arabic))})" if root.arabic else "")
    days = f"{_day(span.earliest, zone)} to {_day(span.latest - timedelta(microseconds=1), zone)}"
    warnings = (phrases.safe(Report(timeline).supposed()),) if timeline.hypothesis else ()
    read = f"Read with the policy {policy} from {phrases.count(len(timeline.timed_events), 'event')}; log SHA-256 {timeline.log.sha256}."
    about = About(f"Who held {name} from {days}", warnings, (read,))
    least = (
        span.latest - span.earliest
    ) / WIDE  # what is narrower than a unit is not seen, and needs no entry
    seen = (one.face for row in rows for one in row.stretches if one.end - one.begin >= least)
    faces = of_faces(seen, Palette.of(city), {id: one.label for id, one in city.actors.items()})
    blocks = [
        header(about, known, WIDE),
        _rows(rows, span, zone, patterns),
        legend(faces, patterns, WIDE),
        footer([*whence, *about.method], WIDE),
    ]
    return stacked(
        blocks, WIDE + 2 * EDGE, about, _described(rows, zone, [*warnings, known]), patterns
    )


def _rows(rows: Sequence[Row], span: Window, zone: tzinfo, patterns: Patterns) -> Block:
    """Return the ribbons below a line of dates, with the names of their districts on the left."""
    left = 12 + max(width(row.name, SMALL) for row in rows)
    scale = (WIDE - left) / (span.latest - span.earliest).total_seconds()

    def across(instant: datetime) -> float:
        return left + (instant - span.earliest).total_seconds() * scale

    parts, high = [], 24 + ROW * len(rows)
    for mark, words in _marks(span, zone):
        x = round(across(mark), 1)
        parts.append(tag("path", d=f"M{x:g},18L{x:g},{high:g}", stroke="#C9C9C4"))
        if x + width(words, SMALL) < WIDE:
            parts.append(text(x + 2, 14, words, SMALL, fill=QUIET))
    for number, row in enumerate(rows):
        y = round(24 + number * ROW, 1)
        parts.append(text(left - 8, y + 11, apart(row.name), SMALL, text_anchor="end", fill=DARK))
        parts += [
            _ribbon(one, across(one.begin), across(one.end), y, patterns) for one in row.stretches
        ]
    return Block(tuple(parts), high + 18)


def _ribbon(one: Stretch, x: float, end: float, y: float, patterns: Patterns) -> str:
    """Return a stretch: its face, and as many of its letters as it has room for."""
    face, wide = one.face, end - x
    if face.kind == "bands":
        tops = [sum(face.shares[:n]) * BAR for n in range(len(face.shares))]
        bands = zip(tops, face.shares, face.colours, strict=True)
        parts = [swatch(x, y + top, wide, share * BAR, colour) for top, share, colour in bands]
        parts += [swatch(x, y, wide, BAR, patterns.doubt())] if face.disputed else []
    else:
        parts = [swatch(x, y, wide, BAR, patterns.fill(face))]
    parts.append(tag("path", d=f"M{x:.1f},{y:g}v{BAR:g}", stroke=PAPER, stroke_width=1))
    letters = next((way for way in face.ways if width(way, SMALL, bold=True) + 4 <= wide), None)
    if letters is not None:
        edge: dict[str, Value] = LIT if face.edged else {}
        parts.append(
            text(
                x + wide / 2,
                y + 11.2,
                letters,
                SMALL,
                text_anchor="middle",
                fill=face.ink,
                font_weight="bold",
                **edge,
            )
        )
    return tag("g", title(one.words), *parts)


def _marks(span: Window, zone: tzinfo) -> Iterator[tuple[datetime, str]]:
    """Yield the dates on the line of time: as many as there is room for, at the beginnings of days, months or years."""
    first, last = (one.astimezone(zone) for one in (span.earliest, span.latest))
    days = (last - first) / DAY
    step = next((one for one in DAYS if days / one <= MOST_MARKS), None)
    if step is not None:
        begin = first.replace(hour=0, minute=0, second=0, microsecond=0)
        marks = (begin + n * step * DAY for n in range(ceil(days / step) + 2))
    else:
        months = next((one for one in MONTHS if days / 30.4 / one <= MOST_MARKS), MONTHS[-1])
        begun = (first.year * 12 + first.month - 1) // months * months
        whole = range(begun, last.year * 12 + last.month, months)
        marks = (datetime(n // 12, n % 12 + 1, 1, tzinfo=zone) for n in whole if n >= 12)
    for mark in marks:
        if span.earliest <= mark < span.latest:
            yield mark, phrases.date(mark.strftime("%Y-%m-%d") if step else mark.strftime("%Y-%m"))


def _day(instant: datetime, zone: tzinfo) -> str:
    return phrases.date(instant.astimezone(zone).strftime("%Y-%m-%d"))


def _described(rows: Sequence[Row], zone: tzinfo, said: Sequence[str]) -> str:
    """Return the ribbons in words, those that are alike together."""
    alike: Mapping[tuple[tuple[datetime, str], ...], list[str]]
    alike = {}
    for row in rows:
        alike.setdefault(tuple((one.begin, one.words) for one in row.stretches), []).append(
            apart(row.name)
        )
    told = [
        f"{', '.join(names)}: {'; '.join(f'{words} from {_day(begin, zone)}' for begin, words in stretches)}."
        for stretches, names in alike.items()
    ]
    return "\n".join([*said, *told])
