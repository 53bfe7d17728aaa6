"""The commands that show the city to the eye: a map, and a page with both clocks."""

from pathlib import Path
from typing import Any

import click

from timeline.cli.completion import CHANGE_DATES, CUTS
from timeline.cli.console import tell
from timeline.cli.options import all_of, with_question
from timeline.cli.query import ask, cut
from timeline.domain import boundaries
from timeline.errors import NothingFound, Problem, UsageError, needing
from timeline.reports import queries
from timeline.reports.queries import Asked
from timeline.storage.output import check, place
from timeline.temporal.as_of import AsOf
from timeline.temporal.dates import FUTURE, PAST, Window
from timeline.text import phrases
from timeline.visual.map.png import png

SUFFIXES = (".svg", ".png")
MOST = 24
"""The greatest number of maps in one picture."""
SLOW = 2_000
"""The number of events from which the making of a page is told step by step."""

_FILE = click.Path(path_type=Path)
_with_force = click.option("--force", is_flag=True, help="Write over a file that is there already.")
_with_ribbons = all_of(
    click.option(
        "--ribbons",
        is_flag=True,
        help="Not a map: a row for each district, with its holder through time.",
    ),
    click.option(
        "--from",
        "begin",
        metavar="DATE",
        shell_complete=CHANGE_DATES,
        help="With --ribbons: from this date on.",
    ),
    click.option(
        "--to",
        "end",
        metavar="DATE",
        shell_complete=CHANGE_DATES,
        help="With --ribbons: up to this date.",
    ),
)


@click.command("map")
@click.option(
    "-o",
    "--output",
    required=True,
    type=_FILE,
    metavar="FILE",
    help="Write to FILE, SVG or PNG by its name.",
)
@click.option(
    "--small-multiples",
    "dates",
    metavar="DATES",
    shell_complete=CUTS,
    help="Several maps side by side: dates, or AT@KNOWN, with commas between.",
)
@click.option(
    "--names",
    type=click.Choice(["english", "arabic"]),
    default="english",
    show_default=True,
    help="Which names districts have.",
)
@click.option(
    "--zoom",
    type=click.FloatRange(0.25, 8),
    help="How many pixels of a PNG for a unit of the SVG; 2 if not said.",
)
@_with_ribbons
@_with_force
@with_question
def draw(output: Path, dates: str | None, zoom: float | None, force: bool, **question: Any) -> None:
    """Draw the city as a map: who holds what and how sure that is, who is besieged, who fled where.

    Districts are coloured and lettered by holder, striped where disputed, checked where fought
    over, in bands where divided, lighter where only claimed or possible, and grey where nobody had
    said. Their borders are those of the files that the city file names, else schematic: cells
    around its points. Needs the extra pictures.

    \b
    timeline map --at 2016-11-28 --known 2016-11-28 -o aleppo.svg
    timeline map --small-multiples 2016-11-26,2016-11-28@2016-11-24,2016-11-28 -o days.png
    timeline map --ribbons --from 2016-11-20 --to 2016-11-30 -o week.svg
    """
    kind = output.suffix.casefold()
    if kind not in SUFFIXES:
        raise UsageError(Problem(f"-o {output}", f"a name that ends in {' or '.join(SUFFIXES)}"))
    if zoom is not None and kind == ".svg":
        sharp = "an SVG is sharp at any size"
        raise UsageError(Problem("--zoom with SVG", "it with PNG", hint=sharp))
    check(output, force=force)
    drawing = _ribbons if question.pop("ribbons") else _map
    summary, svg = drawing(dates, **question)
    place(svg.encode() if kind == ".svg" else png(svg, zoom=zoom or 2), output, force=force)
    tell(f"{output}: {summary}")


def _map(
    dates: str | None, *, names: str, begin: str | None, end: str | None, **question: Any
) -> tuple[str, str]:
    """Return a summary of a map, and the map."""
    if begin is not None or end is not None:
        hint = "a map is that of one time: --at"
        raise UsageError(Problem("--from and --to", "them with --ribbons", hint=hint))
    asked, cuts = _cuts(dates, question)
    _require_events(asked)
    with needing("shapely", "pictures"):
        from timeline.visual.map.picture import picture
    svg = picture(
        asked.timeline,
        cuts,
        policy=asked.policy,
        arabic=names == "arabic",
        boundaries=boundaries.rings(asked.timeline.city),
    )
    return f"{phrases.count(len(cuts), 'map')} from {_events(asked)}", svg


def _ribbons(
    dates: str | None, *, names: str, begin: str | None, end: str | None, **question: Any
) -> tuple[str, str]:
    """Return a summary of ribbons, and the ribbons."""
    if dates is not None or question["at"] is not None:
        given = "--at" if dates is None else "--small-multiples"
        hint = "--from and --to narrow what is shown"
        raise UsageError(
            Problem(f"{given} with --ribbons", "no such date: its clock runs", hint=hint)
        )
    asked = ask(**question)
    _require_events(asked)
    with needing("shapely", "pictures"):
        from timeline.visual.map.ribbons import ribbons
    span = None if begin is None and end is None else _span(asked, begin, end)
    svg = ribbons(
        asked.timeline, asked.cut, policy=asked.policy, arabic=names == "arabic", span=span
    )
    return f"ribbons from {_events(asked)}", svg


def _span(asked: Asked, begin: str | None, end: str | None) -> Window:
    """Return the span of time from a date to another, by default the busiest."""
    from timeline.visual.map.ribbons import busiest  # needs an extra, which is there by now

    zone = asked.timeline.city.zone
    first, last = queries.window(begin, zone, tell), queries.window(end, zone, tell)
    if first is None or last is None:
        usual = busiest(asked.timeline, asked.cut)
        first, last = first or usual, last or usual
    span = Window(first.earliest, last.latest)
    if not PAST < span.earliest < span.latest < FUTURE:
        expected = "the earlier date first, and both with a beginning and an end"
        raise UsageError(Problem(f"--from {begin} --to {end}", expected))
    return span


def _require_events(asked: Asked) -> None:
    """Raise `NothingFound` for a log without events."""
    if not asked.timeline.timed_events:
        empty = f"{asked.timeline.log.path} holds no events yet"
        raise NothingFound(Problem(empty, hint="`timeline append` adds one"))


def _events(asked: Asked) -> str:
    return phrases.count(len(asked.timeline.timed_events), "event")


def _cuts(dates: str | None, question: dict[str, Any]) -> tuple[Asked, list[AsOf]]:
    """Return what is asked, and the cuts of all maps.

    Raises `UsageError` for two ways of saying when.
    """
    if dates is None:
        asked = ask(**question)
        return asked, [asked.cut]
    if question["at"] is not None:
        raise UsageError(Problem("--at with --small-multiples", "one of them"))
    texts = [text.strip() for text in dates.split(",") if text.strip()]
    if not 1 <= len(texts) <= MOST:
        expected = f"1 to {MOST}, with commas between"
        raise UsageError(Problem(f"{len(texts)} dates", expected, "--small-multiples"))
    known, recorded = question["known"], question["recorded"]
    asked = ask(**question | {"known": None, "recorded": None})
    return asked, [cut(asked.timeline, text, known, recorded) for text in texts]


@click.command("page")
@click.option(
    "-o",
    "--output",
    required=True,
    type=_FILE,
    metavar="FILE",
    help="Write to FILE, HTML by its name.",
)
@click.option(
    "--every",
    type=click.Choice(["moment", "day"]),
    help="For which cuts there are answers: all, or the ends of days; "
    "if not said, days from 2,000 events on.",
)
@_with_force
@with_question
def write_page(output: Path, every: Any, force: bool, **question: Any) -> None:
    """Write a page for a browser: the map with a slider for when and one for as known when.

    It is one file that works from disk, without a network, on a phone and by keys alone. It holds
    every answer at every cut and all that stands behind it, and nothing that could weigh a claim.
    --at and --known say where it opens. Needs the extra pictures.

    \b
    timeline page -o aleppo.html
    timeline page --at 2016-11-28 --policy cautious -o cautious.html
    """
    if output.suffix.casefold() not in (".html", ".htm"):
        raise UsageError(Problem(f"-o {output}", "a name that ends in .html"))
    asked = ask(**question)
    _require_events(asked)
    with needing("shapely", "pictures"):
        from timeline.visual.page.content import Request
        from timeline.visual.page.html import page
    check(output, force=force)
    request = Request(
        timeline=asked.timeline,
        cut=asked.cut,
        policy=asked.policy,
        every=every,
        boundaries=boundaries.rings(asked.timeline.city),
    )
    data = page(
        request, tell if len(asked.timeline.timed_events) >= SLOW else lambda _: None
    ).encode()
    place(data, output, force=force)
    tell(f"{output}: {len(data):,} bytes")
