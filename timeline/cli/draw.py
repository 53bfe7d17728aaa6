"""The commands that show the city to the eye: a map, and a page with both clocks."""

from pathlib import Path
from typing import Any

import click

from timeline.cli import completion as completing
from timeline.cli.console import ask, cut, tell, with_question
from timeline.errors import NothingFound, Problem, UsageError, needing
from timeline.reports import queries as questions
from timeline.reports.queries import Asked
from timeline.temporal.as_of import AsOf
from timeline.temporal.dates import FUTURE, PAST, Window
from timeline.text import phrases

SUFFIXES = (".svg", ".png")
MOST = 24
"""How many maps one picture holds."""
SLOW = 2_000
"""From how many events on a page tells how far it has come."""


@click.command("map")
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write to FILE, SVG or PNG by its name.",
)
@click.option(
    "--small-multiples",
    "dates",
    metavar="DATES",
    shell_complete=completing.CUTS,
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
@click.option(
    "--ribbons",
    is_flag=True,
    help="Not a map: a row for each district, with its holder through time.",
)
@click.option(
    "--from",
    "begin",
    metavar="DATE",
    shell_complete=completing.CHANGE_DATES,
    help="With --ribbons: from this date on.",
)
@click.option(
    "--to",
    "end",
    metavar="DATE",
    shell_complete=completing.CHANGE_DATES,
    help="With --ribbons: up to this date.",
)
@click.option("--force", is_flag=True, help="Write over a file that is there already.")
@with_question
def draw(output: Path, dates: str | None, zoom: float | None, force: bool, **question: Any) -> None:
    """Draw the city as a map: who holds each district and how sure that is, who is besieged, and who fled where.

    Districts are coloured and lettered by holder, striped where disputed, checked where fought
    over, in bands where divided, lighter where only claimed or possible, and grey where nobody had
    said. Their borders are those of the files that the city file names, else schematic: cells
    around its points. Needs the extra pictures.

    \b
    timeline map --at 2016-11-28 --known 2016-11-28 -o aleppo.svg
    timeline map --small-multiples 2016-11-26,2016-11-28@2016-11-24,2016-11-28 -o days.png
    timeline map --ribbons --from 2016-11-20 --to 2016-11-30 -o week.svg
    """
    from timeline.storage import output as placing

    kind = output.suffix.casefold()
    if kind not in SUFFIXES:
        raise UsageError(Problem(f"-o {output}", f"a name that ends in {' or '.join(SUFFIXES)}"))
    if zoom is not None and kind == ".svg":
        raise UsageError(
            Problem("--zoom with SVG", "it with PNG", hint="an SVG is sharp at any size")
        )
    placing.check(output, force=force)
    told, svg = _ribbons(dates, **question) if question.pop("ribbons") else _map(dates, **question)
    placing.place(svg.encode() if kind == ".svg" else _png(svg, zoom or 2), output, force=force)
    tell(f"{output}: {told}")


def _png(svg: str, zoom: float) -> bytes:
    from timeline.visual.map.png import png

    return png(svg, zoom=zoom)


def _map(
    dates: str | None, *, names: str, begin: str | None, end: str | None, **question: Any
) -> tuple[str, str]:
    """Return what a map is, in words, and the map."""
    from timeline.domain import boundaries

    if begin is not None or end is not None:
        raise UsageError(
            Problem(
                "--from and --to", "them with --ribbons", hint="a map is that of one time: --at"
            )
        )
    asked, cuts = _asked(dates, question)
    _some(asked)
    with needing("shapely", "pictures"):
        from timeline.visual.map.picture import picture
    svg = picture(
        asked.timeline,
        cuts,
        policy=asked.policy,
        arabic=names == "arabic",
        boundaries=boundaries.rings(asked.timeline.city),
    )
    return (
        f"{phrases.count(len(cuts), 'map')} from {phrases.count(len(asked.timeline.dated), 'event')}",
        svg,
    )


def _ribbons(
    dates: str | None, *, names: str, begin: str | None, end: str | None, **question: Any
) -> tuple[str, str]:
    """Return what ribbons are, in words, and the ribbons."""
    if dates is not None or question["at"] is not None:
        given = "--at" if dates is None else "--small-multiples"
        raise UsageError(
            Problem(
                f"{given} with --ribbons",
                "no such date: its clock runs",
                hint="--from and --to narrow what is shown",
            )
        )
    asked = ask(**question)
    _some(asked)
    with needing("shapely", "pictures"):
        from timeline.visual.map.ribbons import busiest, ribbons
    zone, span = asked.timeline.city.zone, None
    if begin is not None or end is not None:
        first, last = (questions.window(text, zone, tell) for text in (begin, end))
        usual = (
            busiest(asked.timeline, asked.cut)
            if first is None or last is None
            else Window(first.earliest, last.latest)
        )
        span = Window(
            first.earliest if first else usual.earliest, last.latest if last else usual.latest
        )
        if not PAST < span.earliest < span.latest < FUTURE:
            raise UsageError(
                Problem(
                    f"--from {begin} --to {end}",
                    "the earlier date first, and both with a beginning and an end",
                )
            )
    svg = ribbons(
        asked.timeline, asked.cut, policy=asked.policy, arabic=names == "arabic", span=span
    )
    return f"ribbons from {phrases.count(len(asked.timeline.dated), 'event')}", svg


def _some(asked: Asked) -> None:
    """Raise `NothingFound` for a log without events."""
    if not asked.timeline.dated:
        raise NothingFound(
            Problem(
                f"{asked.timeline.log.path} holds no events yet", hint="`timeline append` adds one"
            )
        )


def _asked(dates: str | None, question: dict[str, Any]) -> tuple[Asked, list[AsOf]]:
    """Return what is asked, and the cuts of all maps; raise `UsageError` for two ways of saying when."""
    if dates is None:
        asked = ask(**question)
        return asked, [asked.cut]
    if question["at"] is not None:
        raise UsageError(Problem("--at with --small-multiples", "one of them"))
    texts = [text.strip() for text in dates.split(",") if text.strip()]
    if not 1 <= len(texts) <= MOST:
        raise UsageError(
            Problem(f"{len(texts)} dates", f"1 to {MOST}, with commas between", "--small-multiples")
        )
    known, recorded = question["known"], question["recorded"]
    asked = ask(**question | {"known": None, "recorded": None})
    return asked, [cut(asked.timeline, text, known, recorded) for text in texts]


@click.command("page")
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write to FILE, HTML by its name.",
)
@click.option(
    "--every",
    type=click.Choice(["moment", "day"]),
    help="For which cuts there are answers: all, or the ends of days; if not said, days from 2,000 events on.",
)
@click.option("--force", is_flag=True, help="Write over a file that is there already.")
@with_question
def write_page(output: Path, every: Any, force: bool, **question: Any) -> None:
    """Write a page to look at in a browser: the map with a slider for when and one for as known when, and all that stands behind it.

    It is one file that works from disk, without a network, on a phone and by keys alone. It holds
    every answer at every cut, and nothing that could weigh a claim. --at and --known say where it
    opens. Needs the extra pictures.

    \b
    timeline page -o aleppo.html
    timeline page --at 2016-11-28 --policy cautious -o cautious.html
    """
    if output.suffix.casefold() not in (".html", ".htm"):
        raise UsageError(Problem(f"-o {output}", "a name that ends in .html"))
    asked = ask(**question)
    _some(asked)
    with needing("shapely", "pictures"):
        from timeline.visual.page.html import page
    from timeline.domain import boundaries
    from timeline.storage import output as placing
    from timeline.visual.page.content import Request

    placing.check(output, force=force)
    surveyed = boundaries.rings(asked.timeline.city)
    request = Request(
        timeline=asked.timeline,
        cut=asked.cut,
        policy=asked.policy,
        every=every,
        boundaries=surveyed,
    )
    data = page(request, tell if len(asked.timeline.dated) >= SLOW else lambda _: None).encode()
    placing.place(data, output, force=force)
    tell(f"{output}: {len(data):,} bytes")
