"""The command that hands a timeline on to other programs, in their formats."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from timeline.cli import completion as completing
from timeline.cli.console import ask, hand_over, tell, with_question
from timeline.cli.filters import with_filters
from timeline.errors import NothingFound, Problem, UsageError
from timeline.reports import queries as questions

if TYPE_CHECKING:
    from timeline.exports import Format
    from timeline.exports.request import Export

FILE = click.Path(path_type=Path)
SINGLE = {
    "table": "--table",
    "hxl": "--hxl",
    "along": "--along",
    "mappings": "--mapping",
    "licence": "--licence",
}
"""The options that only some formats take."""


@click.command()
@click.argument("name", metavar="FORMAT", shell_complete=completing.FORMATS)
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
@click.option(
    "--table",
    type=click.Choice(["events", "states", "changes"]),
    help="Which table csv, parquet and geoparquet hold; events if not said, with geoparquet states.",
)
@click.option("--hxl", is_flag=True, help="With csv: a row of HXL hashtags under the heading.")
@click.option(
    "--along",
    type=click.Choice(["valid", "known", "both"]),
    help="Which clock runs in a history: when it was so, when it was known, or both together; valid if not said.",
)
@click.option(
    "--mapping",
    "mappings",
    type=click.File("rb"),
    multiple=True,
    metavar="FILE",
    help="With packages: a mapping by which data was imported.",
)
@click.option(
    "--licence", metavar="URL", help="With packages: the licence under which they are handed on."
)
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
    from timeline import exports

    chosen = exports.named(name)
    given = {option: asking.pop(option) for option in SINGLE}
    _check(name, chosen, given)
    exported = _export(given, filters, asking)
    if chosen.count is not None and not chosen.count(exported):
        raise NothingFound("nothing like that to export; nothing was written")
    data = chosen.write(exported)
    if output is not None and str(output) != "-":
        _put(data, output, force, exported)
    elif isinstance(data, str):
        hand_over(data)
    else:
        raise UsageError(Problem(f"{name} on stdout", "-o FILE", hint="it is no text"))
    tell(f"{name}: {chosen.lost}")


def _check(name: str, chosen: "Format", given: dict[str, Any]) -> None:
    """Raise `UsageError` for an option that would do nothing."""
    for option, flag in SINGLE.items():
        if given[option] and option not in chosen.takes:
            from timeline.exports import FORMATS

            takers = [other for other, one in FORMATS.items() if option in one.takes]
            raise UsageError(Problem(f"{flag} with {name}", f"it with {' or '.join(takers)}"))
    if given["along"] and "table" in chosen.takes and given["table"] != "changes":
        raise UsageError(
            Problem(
                f"--along with a table of {given['table'] or 'events'}", "it with --table changes"
            )
        )


def _put(data: Any, path: Path, force: bool, exported: "Export") -> None:
    """Write an export where it was asked for, but over no file of the timeline itself."""
    from timeline.exports import package_files as parts
    from timeline.storage import output as placing

    placing.place(
        f"{data}\n".encode() if isinstance(data, str) else data,
        path,
        force=force,
        keep=parts.own(exported.timeline),
    )


def _export(given: dict[str, Any], filters: dict[str, Any], asking: dict[str, Any]) -> "Export":
    from timeline.exports.request import Export

    asked = ask(**asking)
    return Export(
        timeline=asked.timeline,
        cut=asked.cut,
        policy=asked.context.policy.name,
        selection=questions.selection(asked.timeline, filters, tell=tell),
        table=given["table"] or "",
        along=given["along"] or "valid",
        hxl=given["hxl"],
        mappings=tuple(file.read() for file in given["mappings"]),
        licence=_licence(given["licence"]),
        made=datetime.now(UTC).date(),
    )


def _licence(url: str | None) -> str:
    """Return the licence that was named, empty for none; raise `UsageError` for what is no URL, by which others would not find it."""
    if url and not url.startswith(("https://", "http://")):
        raise UsageError(
            Problem(
                f"--licence {url}",
                "an address",
                hint="https://creativecommons.org/licenses/by/4.0/",
            )
        )
    return url or ""
