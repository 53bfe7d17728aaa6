"""The commands that look after a timeline and tell of the tool itself: begin one, check one, show the types of event."""

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from timeline import phrases, tables
from timeline.console import known_type, with_log, with_output, write_table
from timeline.errors import Problem, UsageError
from timeline.events import TYPES


@click.command()
@with_log
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
def check(path: str, as_json: bool) -> None:
    """Read every line by the strictest rules and list everything that is wrong; exit 3 if anything is."""
    from timeline.checking import check as find

    report = find(Path(path))
    if as_json:
        click.echo(tables.to_json(report.json()))
    else:
        for problem in report.problems:
            click.echo(phrases.safe(str(problem)))
        for warning in report.warnings:
            click.echo(f"Warning: {phrases.safe(str(warning))}", err=True)
        click.echo(f"{path}: {phrases.count(report.events, 'event')}, {phrases.count(len(report.problems), 'problem')}", err=True)
    if report.problems:
        sys.exit(3)


@click.command()
@click.argument("names", nargs=-1, metavar="[TYPE]...")
@click.option("--json-schema", "as_schema", is_flag=True, help="Write a JSON Schema of a line of the log.")
@with_output
def types(names: Sequence[str], as_schema: bool, output: str | None) -> None:
    """Show the types of event and their fields."""
    from timeline import schema

    chosen = [known_type(name) for name in names] or list(TYPES.values())
    if as_schema and output:
        raise UsageError(Problem(f"--json-schema and --{output}", "one of them"))
    if as_schema:
        click.echo(tables.to_json(schema.json_schema(chosen)))
    elif output:
        click.echo(tables.WRITERS[output]([record for one in chosen for record in schema.field_records(one)]))
    else:
        for one in chosen:
            click.echo(f"\n{one.type}, version {one.v}\n{(one.__doc__ or '').strip()}\n")
            write_table(schema.field_table(one))


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--name", metavar="NAME", help="The name of the city; by default that of the folder.")
@click.option("--timezone", default="UTC", show_default=True, metavar="ZONE", help="Its time zone, as Asia/Damascus.")
def init(folder: Path, name: str | None, timezone: str) -> None:
    """Begin a new timeline in a folder: an empty log and a city file to fill in."""
    from timeline import start

    for path in start.begin(folder, name or folder.resolve().name, timezone):
        click.echo(path)
