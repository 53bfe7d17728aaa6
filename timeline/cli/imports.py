"""The command that brings a table in: by a shipped mapping or one of your own."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from attrs import evolve

from timeline.cli import completion as completing
from timeline.cli.append import city_beside, tell_repair
from timeline.cli.console import hand_over, say, tell, understood, with_log, write
from timeline.errors import Problem, UsageError
from timeline.storage.paths import rejects_path
from timeline.temporal.dates import Moment
from timeline.text import tables
from timeline.text.document import Brief, Table

if TYPE_CHECKING:
    from timeline.imports.mapping import TableMapping

LONG = 1 << 20
"""From how many bytes on a table has a progress bar."""


def _shipped(_: click.Context) -> list[str]:
    from timeline.imports import bundled as shipped

    return shipped.names()


@click.command("import")
@click.argument(
    "name", metavar="[MAPPING]", required=False, shell_complete=completing.completer_of(_shipped)
)
@click.argument("file", metavar="[FILE]", required=False, type=click.Path(path_type=Path))
@with_log
@click.option(
    "--edition",
    metavar="DATE",
    help="When this edition of the table was made public; by default today.",
)
@click.option(
    "--snapshot",
    is_flag=True,
    help="The table is whole: what an earlier edition had and it has no more is withdrawn.",
)
@click.option(
    "--encoding",
    metavar="NAME",
    help="The encoding of the table, where it is not that of the mapping.",
)
@click.option(
    "--rejects",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Where rows go that are set aside.",
)
@click.option(
    "--dry-run",
    is_flag=True,
    help="Show the first events as they would be, and count; write nothing.",
)
@click.option("--json", "as_json", is_flag=True, help="Write the summary as JSON.")
@click.option(
    "--draft-places",
    is_flag=True,
    help="Print what city.toml lacks for this table, for review; write nothing.",
)
@click.option(
    "--draft",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Print a first mapping for an unknown table; write nothing.",
)
@click.option(
    "--list", "listed", is_flag=True, help="List the mappings that come with the program."
)
@click.option(
    "--show",
    is_flag=True,
    help="Print a mapping that comes with the program, to be read or copied.",
)
def import_table(
    name: str | None,
    file: Path | None,
    path: str,
    draft: Path | None,
    listed: bool,
    show: bool,
    **given: Any,
) -> None:
    """Import the rows of a table as events: CSV, TSV, NDJSON or JSON, read by a mapping.

    MAPPING is the name of a shipped one (--list) or a file of TOML. Importing the same table again
    is a no-op; a row that changed since replaces what it said, from the edition on. A row that no
    event can be made of is set aside, with the cell to blame and the reason, in FILE.rejects.csv
    beside the log, and the others are taken. Exit 1 if any row was set aside.

    \b
    timeline import ucdp-ged GEDEvent_v24_1.csv --edition 2024-06-03 --dry-run
    timeline import --draft unknown.csv > unknown.toml
    timeline import unknown.toml unknown.csv
    """
    if listed or draft or show:
        _about(name, draft, listed=listed, show=show, encoding=given["encoding"])
        return
    from timeline.imports import mapping as mappings

    if name is None or file is None:
        raise UsageError(
            Problem("nothing to import", "a MAPPING and a FILE", hint="timeline import --list")
        )
    mapping = _encoded(mappings.find(name), given.pop("encoding"))
    if given.pop("draft_places"):
        from timeline.imports.gazetteer import draft_places

        hand_over(draft_places(mapping, file, city_beside(path)).rstrip("\n"))
        return
    _import(mapping, file, Path(path), **given)


def _about(
    name: str | None, draft: Path | None, *, listed: bool, show: bool, encoding: str | None
) -> None:
    """Print what needs no log: the list of mappings, one of them, or a draft."""
    from timeline.imports import bundled as shipped
    from timeline.imports import mapping as mappings

    if listed:
        rows = tuple((one, mappings.find(one).title) for one in shipped.names())
        write([Brief("", table=Table(("Mapping", "Table"), rows))])
    elif draft:
        from timeline.imports.scaffold import draft_mapping

        hand_over(draft_mapping(draft, encoding or "utf-8").rstrip("\n"))
    else:
        text = shipped.text(name or "")
        if text is None:
            raise UsageError(
                Problem(
                    f"no shipped mapping {name or ''}".rstrip(),
                    f"one of {', '.join(shipped.names())}",
                )
            )
        hand_over(text.rstrip("\n"))


def _encoded(mapping: "TableMapping", encoding: str | None) -> "TableMapping":
    return (
        mapping
        if encoding is None
        else evolve(mapping, layout=evolve(mapping.layout, encoding=encoding))
    )


def _import(
    mapping: "TableMapping",
    file: Path,
    log: Path,
    *,
    edition: str | None,
    snapshot: bool,
    rejects: Path | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    from timeline.imports import summary as telling
    from timeline.imports.pipeline import Order, run

    city = city_beside(str(log))
    when = (
        datetime.now(city.zone).date().isoformat()
        if edition is None
        else understood(edition, Moment, city.zone)
    )
    place = rejects or rejects_path(log, file)
    with _progress(file) as told:
        order = Order(
            mapping=mapping,
            table=file,
            log=log,
            city=city,
            edition=when,
            snapshot=snapshot,
            rejects=place,
            dry_run=dry_run,
            progress=told,
        )
        summary = run(order)
    if dry_run:
        _show(summary.shown)
    tell_repair(log, summary.repair, dry_run)
    if as_json:
        hand_over(tables.to_json(summary.json()))
    else:
        for line in telling.words(summary, dry_run=dry_run):
            (tell if dry_run else say)(line)
    for problem in telling.problems(summary, None if dry_run else place):
        tell(problem)
    if summary.set_aside or summary.unsafe:
        sys.exit(1)


def _show(events: Any) -> None:
    from timeline.log.codec import CODEC

    for event in events:
        say(tables.as_it_stands(CODEC.encode(event)))


@contextmanager
def _progress(file: Path) -> Iterator[Callable[[int], None]]:
    """Show a bar on a terminal while a long table is read."""
    size = file.stat().st_size if file.is_file() else 0
    if size < LONG or not sys.stderr.isatty():
        yield lambda _: None
        return
    with click.progressbar(length=size, label="importing", file=sys.stderr) as bar:
        yield lambda read: bar.update(max(0, min(read, size) - bar.pos))
