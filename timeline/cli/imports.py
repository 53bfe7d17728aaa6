"""The command that brings a table in: by a shipped mapping or one of your own."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

import click
from attrs import evolve

from timeline.cli.append import city_beside, tell_repair
from timeline.cli.completion import from_words
from timeline.cli.console import hand_over, say, tell, write
from timeline.cli.options import with_log
from timeline.cli.query import understood
from timeline.domain.events import Event
from timeline.errors import Problem, UsageError
from timeline.imports import bundled, mapping, summary
from timeline.imports.gazetteer import draft_places
from timeline.imports.mapping import TableMapping
from timeline.imports.pipeline import Order, Summary, run
from timeline.imports.scaffold import draft_mapping
from timeline.log.codec import CODEC
from timeline.storage.paths import rejects_path
from timeline.temporal.dates import Moment
from timeline.text import tables
from timeline.text.document import Brief, Table

LONG = 1 << 20
"""The number of bytes from which a table has a progress bar."""
_FILE = click.Path(path_type=Path)


@click.command("import")
@click.argument(
    "name",
    metavar="[MAPPING]",
    required=False,
    shell_complete=from_words(lambda _: bundled.names()),
)
@click.argument("file", metavar="[FILE]", required=False, type=_FILE)
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
@click.option("--rejects", metavar="FILE", type=_FILE, help="Where rows go that are set aside.")
@click.option(
    "--dry-run",
    is_flag=True,
    help="Show the first events as they would be, and count; write nothing.",
)
@click.option("--json", "as_json", is_flag=True, help="Write the summary as JSON.")
@click.option(
    "--draft-places",
    "places",
    is_flag=True,
    help="Print what city.toml lacks for this table, for review; write nothing.",
)
@click.option(
    "--draft",
    metavar="FILE",
    type=_FILE,
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
    encoding: str | None,
    draft: Path | None,
    listed: bool,
    show: bool,
    places: bool,
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
    if listed:
        _list_mappings()
    elif draft:
        hand_over(draft_mapping(draft, encoding or "utf-8").rstrip("\n"))
    elif show:
        hand_over(_shipped(name or "").rstrip("\n"))
    elif name is None or file is None:
        hint = "timeline import --list"
        raise UsageError(Problem("nothing to import", "a MAPPING and a FILE", hint=hint))
    elif places:
        chosen = _mapping(name, encoding)
        hand_over(draft_places(chosen, file, city_beside(path)).rstrip("\n"))
    else:
        _import(_mapping(name, encoding), file, Path(path), **given)


def _list_mappings() -> None:
    rows = tuple((name, mapping.find(name).title) for name in bundled.names())
    write([Brief("", table=Table(("Mapping", "Table"), rows))])


def _shipped(name: str) -> str:
    """Return the text of a shipped mapping; raise `UsageError` for an unknown one."""
    text = bundled.text(name)
    if text is None:
        unknown = f"no shipped mapping {name}".rstrip()
        raise UsageError(Problem(unknown, f"one of {', '.join(bundled.names())}"))
    return text


def _mapping(name: str, encoding: str | None) -> TableMapping:
    """Return the mapping of that name, for a table in an encoding of its own if one is given."""
    chosen = mapping.find(name)
    if encoding is None:
        return chosen
    return evolve(chosen, layout=evolve(chosen.layout, encoding=encoding))


def _import(
    mapping: TableMapping,
    file: Path,
    log: Path,
    *,
    edition: str | None,
    snapshot: bool,
    rejects: Path | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Import a table, and tell what became of it; exit 1 if a row was set aside."""
    city = city_beside(str(log))
    made_public = _edition(edition, city.zone)
    place = rejects or rejects_path(log, file)
    with _progress(file) as progress:
        order = Order(
            mapping=mapping,
            table=file,
            log=log,
            city=city,
            edition=made_public,
            snapshot=snapshot,
            rejects=place,
            dry_run=dry_run,
            progress=progress,
        )
        outcome = run(order)
    if dry_run:
        _show(outcome.shown)
    tell_repair(log, outcome.repair, dry_run)
    _tell(outcome, dry_run, as_json)
    for problem in summary.problems(outcome, None if dry_run else place):
        tell(problem)
    if outcome.set_aside or outcome.unsafe:
        sys.exit(1)


def _edition(typed: str | None, zone: tzinfo) -> str:
    """Return when an edition was made public: as it was typed, or today."""
    if typed is None:
        return datetime.now(zone).date().isoformat()
    return understood(typed, Moment, zone)


def _show(events: Iterable[Event]) -> None:
    for event in events:
        say(tables.as_it_stands(CODEC.encode(event)))


def _tell(outcome: Summary, dry_run: bool, as_json: bool) -> None:
    if as_json:
        hand_over(tables.to_json(outcome.json()))
        return
    for line in summary.words(outcome, dry_run=dry_run):
        if dry_run:
            tell(line)
        else:
            say(line)


@contextmanager
def _progress(file: Path) -> Iterator[Callable[[int], None]]:
    """Show a bar on a terminal while a long table is read."""
    size = file.stat().st_size if file.is_file() else 0
    if size < LONG or not sys.stderr.isatty():
        yield lambda _: None
        return
    with click.progressbar(length=size, label="importing", file=sys.stderr) as bar:
        yield lambda read: bar.update(max(0, min(read, size) - bar.pos))
