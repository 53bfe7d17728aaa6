"""Arabic in pictures: the renderer draws every line of both directions, whole and in order."""

import unicodedata
from collections.abc import Iterable
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from effort import times
from hypothesis import assume, example, given
from mixed import LINES
from pixels import ink

from projections import PROJECTIONS
from timeline import Timeline
from timeline.errors import TimelineError
from timeline.temporal.dates import FUTURE, PAST
from timeline.visual.map.metrics import width
from timeline.visual.map.picture import picture
from timeline.visual.map.png import png
from timeline.visual.map.ribbons import ribbons
from timeline.visual.map.svg import tag, text
from timeline.visual.map.typesetting import ARABIC, FAMILY, pieces

ALEPPO = Timeline.open(Path(__file__).parents[3] / "events.jsonl", PROJECTIONS)
DAY = timedelta(days=1)


def _changing() -> list[date]:
    """Return the days on which something of the shipped log begins, ends or becomes known."""
    instants = set()
    for event in ALEPPO.timed_events:
        instants |= {event.window.earliest, event.window.latest, event.known}
    local = (moment.astimezone(ALEPPO.city.zone) for moment in instants if PAST < moment < FUTURE)
    return sorted({moment.date() for moment in local})


def _between(days: Iterable[date]) -> list[date]:
    """Return a day in each gap between some days, and one before and after them all."""
    first, *_, last = days = list(days)
    gaps = [before + (after - before) // 2 for before, after in pairwise(days)]
    return [first - DAY, *(day for day in gaps if day not in days), last + DAY]


CHANGING = _changing()
BETWEEN = _between(CHANGING)


def is_drawn(svg):
    """Return whether resvg draws a picture, with few pixels."""
    return png(svg, zoom=0.25).startswith(b"\x89PNG")


def sheet(*parts, wide=400):
    """Return parts on a sheet of paper of their own."""
    size = {"width": wide, "height": 24, "viewBox": f"0 0 {wide} 24", "font_family": FAMILY}
    return tag("svg", *parts, xmlns="http://www.w3.org/2000/svg", **size)


def covered(*parts):
    """Return how much of a sheet the parts cover."""
    return ink(png(sheet(*parts), zoom=1))


SLOW = [pytest.param(day, marks=pytest.mark.slow) for day in BETWEEN]


@pytest.mark.parametrize("day", [*CHANGING, *SLOW], ids=str)
def test_a_map_of_any_day_is_drawn(day):
    """As known at the end."""
    assert is_drawn(picture(ALEPPO, [ALEPPO.cut(str(day))], arabic=True))


def test_maps_of_all_days_are_drawn_side_by_side():
    """As small multiples, each as known on its day."""
    cuts = [ALEPPO.cut(str(day), str(day)) for day in sorted([*CHANGING, *BETWEEN])]
    assert is_drawn(picture(ALEPPO, cuts, arabic=True))


def test_ribbons_as_known_on_any_day_are_drawn():
    """From the first day on which anything is known."""
    reported = min(event.known for event in ALEPPO.timed_events).astimezone(ALEPPO.city.zone).date()
    for day in (day for day in CHANGING if day >= reported):
        assert is_drawn(ribbons(ALEPPO, ALEPPO.cut(known=str(day)), arabic=True))


@example("aلا")
@example("لاa")
@example("a لا لا (15) لا")
@example("\u061cلا a")
@example("\u0301لا")
@times(2)
@given(LINES)
def test_every_line_is_drawn_whole(line):
    """It covers as much as its pieces do, each drawn alone: nothing overlaps, nothing is lost."""
    # marks need a letter to stand on
    assume(not all(map(unicodedata.combining, line)))
    drawn = covered(text(4, 18, line, 14))
    parts = [text(20, 18, piece.text, 14) for piece in pieces(line)]
    assert drawn == pytest.approx(sum(covered(part) for part in parts), rel=0.04, abs=3)


@pytest.mark.parametrize("anchor", ["start", "middle", "end"])
@pytest.mark.parametrize("line", ["10,000 (إدلب)", "حي الصاخور 15 (شمال)", "aلا"])
def test_a_line_of_pieces_is_anchored_as_other_lines_are(line, anchor):
    """Nothing of it lies on the wrong side, and it fills its width."""
    share = {"start": 0, "middle": 0.5, "end": 1}[anchor]
    wide = width(line, 14)
    left = 200 - share * wide
    size = {"y": 0, "height": 24, "fill": "black"}
    before = tag("rect", x=0, width=left - 1, **size)
    paper = [before, tag("rect", x=left + wide + 1, width=400, **size)]
    written = text(200, 18, line, 14, text_anchor=anchor)
    assert covered(*paper, written) - covered(*paper) == pytest.approx(covered(written), abs=2)
    assert covered(written) > 20


def test_what_the_renderer_fails_on_is_an_error_with_a_hint():
    """This is the shortest line that resvg 0.48 panics over, if it is left to order it."""
    whole = tag("text", "a", tag("tspan", "لا", font_family=ARABIC), y=20)
    message = r"resvg cannot draw this: .* \(SVG can still be written\)"
    with pytest.raises(TimelineError, match=message):
        png(sheet(whole))
    with pytest.raises(TimelineError, match="resvg cannot draw this"):
        png("no picture")
