"""The commands that show the city to the eye: a map, and a page with both clocks."""

from pathlib import Path
from typing import Any

import click

from timeline import phrases
from timeline.commands import completing
from timeline.console import ask, cut, tell, with_question
from timeline.errors import NothingFound, Problem, UsageError, needing
from timeline.questions import Asked
from timeline.when import Cut

SUFFIXES = (".svg", ".png")
MOST = 24
"""How many maps one picture holds."""
SLOW = 2_000
"""From how many events on a page tells how far it has come."""


@click.command("map")
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path), metavar="FILE", help="Write to FILE, SVG or PNG by its name."
)
@click.option(
    "--small-multiples",
    "dates",
    metavar="DATES",
    shell_complete=completing.CUTS,
    help="Several maps side by side: dates, or AT@KNOWN, with commas between.",
)
@click.option("--names", type=click.Choice(["english", "arabic"]), default="english", show_default=True, help="Which names districts have.")
@click.option("--zoom", type=click.FloatRange(0.25, 8), help="How many pixels of a PNG for a unit of the SVG; 2 if not said.")
@click.option("--force", is_flag=True, help="Write over a file that is there already.")
@with_question
def draw(output: Path, dates: str | None, names: str, zoom: float | None, force: bool, **question: Any) -> None:
    """Draw the city as a map: who holds each district and how sure that is, who is besieged, and who fled where.

    Districts are coloured and lettered by holder, striped where disputed, checked where fought over, in bands where divided, lighter where
    only claimed or possible, and grey where nobody had said. Their borders are those of the files that the city file names, else schematic:
    cells around its points. Needs the extra pictures.

    \b
    timeline map --at 2016-11-28 --known 2016-11-28 -o aleppo.svg
    timeline map --small-multiples 2016-11-26,2016-11-28@2016-11-24,2016-11-28 -o days.png
    """
    from timeline import boundaries, placing

    kind = output.suffix.casefold()
    if kind not in SUFFIXES:
        raise UsageError(Problem(f"-o {output}", f"a name that ends in {' or '.join(SUFFIXES)}"))
    if zoom is not None and kind == ".svg":
        raise UsageError(Problem("--zoom with SVG", "it with PNG", hint="an SVG is sharp at any size"))
    placing.check(output, force=force)
    asked, cuts = _asked(dates, question)
    if not asked.timeline.dated:
        raise NothingFound(Problem(f"{asked.timeline.log.path} holds no events yet", hint="`timeline append` adds one"))
    with needing("shapely", "pictures"):
        from timeline.drawing.picture import picture
    from timeline.drawing.png import png

    surveyed = boundaries.rings(asked.timeline.city)
    svg = picture(asked.timeline, cuts, policy=asked.policy, arabic=names == "arabic", boundaries=surveyed)
    data = svg.encode() if kind == ".svg" else png(svg, zoom=zoom or 2)
    placing.place(data, output, force=force)
    tell(f"{output}: {phrases.count(len(cuts), 'map')} from {phrases.count(len(asked.timeline.dated), 'event')}")


def _asked(dates: str | None, question: dict[str, Any]) -> tuple[Asked, list[Cut]]:
    """Return what is asked, and the cuts of all maps; raise `UsageError` for two ways of saying when."""
    if dates is None:
        asked = ask(**question)
        return asked, [asked.cut]
    if question["at"] is not None:
        raise UsageError(Problem("--at with --small-multiples", "one of them"))
    texts = [text.strip() for text in dates.split(",") if text.strip()]
    if not 1 <= len(texts) <= MOST:
        raise UsageError(Problem(f"{len(texts)} dates", f"1 to {MOST}, with commas between", "--small-multiples"))
    known, recorded = question["known"], question["recorded"]
    asked = ask(**question | {"known": None, "recorded": None})
    return asked, [cut(asked.timeline, text, known, recorded) for text in texts]


@click.command("page")
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), metavar="FILE", help="Write to FILE, HTML by its name.")
@click.option(
    "--every",
    type=click.Choice(["moment", "day"]),
    help="For which cuts there are answers: all, or the ends of days; if not said, days from 2,000 events on.",
)
@click.option("--force", is_flag=True, help="Write over a file that is there already.")
@with_question
def write_page(output: Path, every: Any, force: bool, **question: Any) -> None:
    """Write a page to look at in a browser: the map with a slider for when and one for as known when, and all that stands behind it.

    It is one file that works from disk, without a network, on a phone and by keys alone. It holds every answer at every cut, and nothing
    that could weigh a claim. --at and --known say where it opens. Needs the extra pictures.

    \b
    timeline page -o aleppo.html
    timeline page --at 2016-11-28 --policy cautious -o cautious.html
    """
    if output.suffix.casefold() not in (".html", ".htm"):
        raise UsageError(Problem(f"-o {output}", "a name that ends in .html"))
    asked = ask(**question)
    if not asked.timeline.dated:
        raise NothingFound(Problem(f"{asked.timeline.log.path} holds no events yet", hint="`timeline append` adds one"))
    with needing("shapely", "pictures"):
        from timeline.page.html import page
    from timeline import boundaries, placing
    from timeline.page.content import Request

    placing.check(output, force=force)
    surveyed = boundaries.rings(asked.timeline.city)
    request = Request(timeline=asked.timeline, cut=asked.cut, policy=asked.policy, every=every, boundaries=surveyed)
    data = page(request, tell if len(asked.timeline.dated) >= SLOW else lambda _: None).encode()
    placing.place(data, output, force=force)
    tell(f"{output}: {len(data):,} bytes")
