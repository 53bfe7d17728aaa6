"""The command that hands a timeline on to other programs, in their formats."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from timeline.cli.completion import from_words
from timeline.cli.console import hand_over, tell
from timeline.cli.filters import with_filters
from timeline.cli.options import all_of, with_question
from timeline.cli.query import ask
from timeline.errors import NothingFound, Problem, UsageError
from timeline.exports import FORMATS, Format, named, package_files
from timeline.exports.request import Export
from timeline.reports import queries
from timeline.storage.output import place

FILE = click.Path(path_type=Path)
SINGLE = {
    "table": "--table",
    "hxl": "--hxl",
    "along": "--along",
    "mappings": "--mapping",
    "licence": "--licence",
}
"""The options that only some formats take."""
_with_single = all_of(
    click.option(
        "--table",
        type=click.Choice(["events", "states", "changes"]),
        help="Which table csv, parquet and geoparquet hold; events if not said, "
        "with geoparquet states.",
    ),
    click.option("--hxl", is_flag=True, help="With csv: a row of HXL hashtags under the heading."),
    click.option(
        "--along",
        type=click.Choice(["valid", "known", "both"]),
        help="Which clock runs in a history: when it was so, when it was known, "
        "or both together; valid if not said.",
    ),
    click.option(
        "--mapping",
        "mappings",
        type=click.File("rb"),
        multiple=True,
        metavar="FILE",
        help="With packages: a mapping by which data was imported.",
    ),
    click.option(
        "--licence",
        metavar="URL",
        help="With packages: the licence under which they are handed on.",
    ),
)


@click.command()
@click.argument("name", metavar="FORMAT", shell_complete=from_words(lambda _: FORMATS))
@click.option(
    "-o",
    "--output",
    "output",
    type=FILE,
    metavar="FILE",
    help="Write to FILE, or a folder; a text goes to stdout without it.",
)
@click.option(
    "--force",
    is_flag=True,
    help="Write over a FILE, or a folder of an earlier export, that is there already.",
)
@_with_single
@with_filters
@with_question
def export(
    name: str, output: Path | None, force: bool, filters: dict[str, Any], **asking: Any
) -> None:
    """Write the timeline in the format of another program.

    \b
    geojson          the state at the cut, for maps
    geojson-history  who held each place from when until when, for maps with a time slider
    kml              that history and the events, for globes
    csv              a table of events, states or changes
    parquet          the same tables with types; needs the extra parquet
    geoparquet       the same tables with boundaries and points; needs the extra parquet
    timelinejs       the events as slides of TimelineJS
    timemap          the events for TimeMap, as a folder
    datapackage      log, city file, seals and tables as a Frictionless data package, as a folder
    ro-crate         the same as an RO-Crate

    Filters choose what is written, and never change an answer. What the format cannot say is told
    on stderr.

    \b
    timeline export geojson --at 2016-11-28 -o aleppo.geojson
    timeline export csv --table changes --along both --place sakhour
    timeline export csv --hxl --type casualties -o casualties.csv
    """
    chosen = named(name)
    given = {option: asking.pop(option) for option in SINGLE}
    _check(name, chosen, given)
    exported = _export(given, filters, asking)
    if chosen.count is not None and not chosen.count(exported):
        raise NothingFound("nothing like that to export; nothing was written")
    _put(name, chosen.write(exported), output, force, exported)
    tell(f"{name}: {chosen.lost}")


def _check(name: str, chosen: Format, given: dict[str, Any]) -> None:
    """Raise `UsageError` for an option that would do nothing."""
    for option, flag in SINGLE.items():
        if given[option] and option not in chosen.takes:
            takers = [other for other, one in FORMATS.items() if option in one.takes]
            raise UsageError(Problem(f"{flag} with {name}", f"it with {' or '.join(takers)}"))
    if given["along"] and "table" in chosen.takes and given["table"] != "changes":
        table = given["table"] or "events"
        raise UsageError(Problem(f"--along with a table of {table}", "it with --table changes"))


def _export(given: dict[str, Any], filters: dict[str, Any], asking: dict[str, Any]) -> Export:
    """Return what is to be exported."""
    asked = ask(**asking)
    return Export(
        timeline=asked.timeline,
        cut=asked.cut,
        policy=asked.context.policy.name,
        selection=queries.selection(asked.timeline, filters, tell=tell),
        table=given["table"] or "",
        along=given["along"] or "valid",
        hxl=given["hxl"],
        mappings=tuple(file.read() for file in given["mappings"]),
        licence=_licence(given["licence"]),
        made=datetime.now(UTC).date(),
    )


def _put(name: str, data: Any, output: Path | None, force: bool, exported: Export) -> None:
    """Write an export where it was asked for, but over no file of the timeline itself."""
    if output is not None and str(output) != "-":
        content = f"{data}\n".encode() if isinstance(data, str) else data
        place(content, output, force=force, keep=package_files.own(exported.timeline))
    elif isinstance(data, str):
        hand_over(data)
    else:
        raise UsageError(Problem(f"{name} on stdout", "-o FILE", hint="it is no text"))


def _licence(url: str | None) -> str:
    """Return the licence that was named, empty for none.

    Raises `UsageError` for a name that is no URL, by which others would not find it.
    """
    if url and not url.startswith(("https://", "http://")):
        example = "https://creativecommons.org/licenses/by/4.0/"
        raise UsageError(Problem(f"--licence {url}", "an address", hint=example))
    return url or ""
