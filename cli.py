"""The command line: what is typed becomes a call of the library, and what it returns is written. The only place that sees everything."""

import atexit
import gc
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from projections import PROJECTIONS
from timeline import cityfile, intake, phrases, tables
from timeline.city import City
from timeline.console import (
    LOG,
    Commands,
    option_of,
    read_option,
    with_append,
    with_cut,
    with_dry_run,
    with_log,
    with_output,
    write_briefs,
    write_table,
)
from timeline.errors import InvalidEvent, NothingFound, Problem, UsageError, nearest
from timeline.events import TYPES, Event, Retraction
from timeline.policies import POLICIES
from timeline.report import Report, state_records
from timeline.timeline import Timeline
from timeline.when import When, Window


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="conflict-timeline", prog_name="timeline")
def main() -> None:
    """Who held which district when, as it was known when, who says so and who disputes it.

    \b
    Exit codes: 0 fine, 1 failure, 2 usage, 3 the log is invalid, 4 nothing found.
    """


@main.command()
@click.argument("places", nargs=-1, metavar="[PLACE]...")
@with_log
@with_cut
@click.option("--policy", default="latest", show_default=True, metavar="NAME", help=f"How claims are read: {', '.join(POLICIES)}.")
@with_output
def state(
    places: tuple[str, ...], path: str, at: str | None, known: str | None, recorded: str | None, policy: str, output: str | None
) -> None:
    """Show the state of the city, or of some places, at a date, as known at a date.

    \b
    timeline state --at 2016-11-28
    timeline state sakhour --at 2016-11-28 --known 2016-11-28
    timeline state --at 2016-11-28@2016-11-01 --policy cautious --json
    """
    timeline = opened(path)
    answer = timeline.state(at, known, recorded, policy=policy, places=places or None)
    if output == "json":
        click.echo(tables.to_json(answer.json()))
    elif output:
        click.echo(tables.WRITERS[output](list(state_records(answer))))
    elif timeline.dated:
        report = Report(timeline)
        click.echo(f"{phrases.safe(report.heading(answer))}\n")
        write_briefs(report.briefs(answer, chosen=bool(places)))
    if not timeline.dated:
        raise NothingFound(Problem(f"{path} holds no events yet", hint="`timeline append` adds one"))


@main.command("log")
@with_log
@click.option("--type", "types", multiple=True, metavar="TYPE", help="Of this type.")
@click.option("--place", "places", multiple=True, metavar="PLACE", help="In this place.")
@click.option("--source", "sources", multiple=True, metavar="SOURCE", help="Said by this source.")
@click.option("--actor", "actors", multiple=True, metavar="ACTOR", help="About this actor.")
@click.option("--occurred", metavar="DATE", help="May have occurred then: a day, a month, or from/to as 2016-11-26/2016-11-28.")
@click.option("--reported", metavar="DATE", help="Made public then: a day, a month, or from/to.")
@click.option("--text", default="", metavar="WORDS", help="With these words in any field.")
@with_output
def list_events(
    path: str,
    types: Sequence[str],
    places: Sequence[str],
    sources: Sequence[str],
    actors: Sequence[str],
    occurred: str | None,
    reported: str | None,
    text: str,
    output: str | None,
) -> None:
    """List the events, in the order in which they were recorded. Options of one kind widen the choice, of several kinds narrow it.

    \b
    timeline log --place masaken-hanano
    timeline log --type statement --source sohr --reported 2016-11-28 --json
    """
    from timeline.select import Selection

    timeline = opened(path)
    report, city = Report(timeline), timeline.city
    selection = Selection(
        types=[known_type(name).type for name in types],
        places=[city.place(name).id for name in places],
        sources=[city.source(name).id for name in sources],
        actors=[city.actor(name).id for name in actors],
        text=text,
        occurred=window(occurred, timeline),
        reported=window(reported, timeline),
    )
    chosen = list(selection.choose(timeline.dated, city))
    if output:
        click.echo(tables.WRITERS[output]([report.record(one.event) for one in chosen]))
    elif chosen:
        write_table(report.table(chosen))
        click.echo(phrases.count(len(chosen), "event"), err=True)
    if not chosen:
        raise NothingFound("no event like that")


@main.command()
@click.argument("id")
@with_log
@click.option("--json", "as_json", is_flag=True, help="Write JSON, as in the log.")
def show(id: str, path: str, as_json: bool) -> None:
    """Show one event whole, and the events that speak of it."""
    timeline = opened(path)
    report, event = Report(timeline), timeline.event(id)
    if as_json:
        click.echo(tables.to_json(report.record(event)))
        return
    (title, sentence), *fields = report.fields(event)
    click.echo(f"{title}\n{phrases.safe(sentence)}\n")
    for name, value in fields:
        click.echo(f"{name:<12}{phrases.safe(value)}")


class Append(click.Group):
    """One command for each type of event, made from its class."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the tags of the types."""
        return list(TYPES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the form of a type; hyphens for underscores will do."""
        return form(known_type(cmd_name))


def form(event_type: type[Event]) -> click.Command:
    """Return the command that appends one event of a type, with an option for each of its fields."""
    from timeline import forms

    options = {option.flag.lstrip("-").replace("-", "_"): option for option in forms.options(event_type)}

    def run(path: str | None, dry_run: bool, **given: Any) -> None:
        values = {options[name].path: read_option(options[name], value) for name, value in given.items()}
        before = click.get_current_context().parent
        assert before is not None  # the group, whose options may stand before the type
        append_object(forms.fill(event_type, values), path or before.params["path"], dry_run or before.params["dry_run"])

    parameters: list[click.Parameter] = [option_of(name, option) for name, option in options.items()]
    command = click.Command(event_type.type, callback=run, params=parameters, help=event_type.__doc__, no_args_is_help=True)
    click.option("--log", "path", **LOG)(command)
    with_dry_run(command)
    return command


@main.group(cls=Append, invoke_without_command=True, subcommand_metavar="TYPE [OPTIONS]")
@click.option(
    "--file", "file", type=click.File("rb"), metavar="FILE", help="Append the events of a file, one JSON object a line; - is stdin."
)
@with_append
@click.pass_context
def append(ctx: click.Context, file: Any, path: str, dry_run: bool) -> None:
    """Append an event of a type, or the events of a file: all of them or none.

    The ids of what was written are printed, one a line. What the log holds already, with the same content, is left alone.

    \b
    timeline append control_change --place sakhour --actor government --source sohr \\
        --occurred 2016-11-27/2016-11-28 --reported 2016-11-28
    timeline append --file more.jsonl --dry-run
    """
    if ctx.invoked_subcommand is not None:
        if file is not None:
            raise UsageError(Problem(f"--file and the type {ctx.invoked_subcommand}", "one of them"))
        return
    if file is None:
        raise UsageError(Problem("nothing to append", "a TYPE, or --file FILE", hint="timeline append --help"))
    city = city_beside(path)
    write_events(intake.from_lines(str(getattr(file, "name", "-")), file, city), path, city, dry_run)


@main.command()
@click.argument("id")
@click.option("--reason", required=True, metavar="TEXT", help="Why it is withdrawn.")
@click.option("--reported", required=True, metavar="DATE", help="When the withdrawal was made public; the event stands until then.")
@click.option("--occurred", metavar="DATE", help="When it was withdrawn; by default when that was made public.")
@click.option("--source", metavar="SOURCE", help="Who withdraws it; by default the source of the event.")
@click.option("--note", metavar="TEXT", help="A note of the recorder's.")
@click.option("--id", "own_id", metavar="ID", help="The id of the retraction; by default a random one.")
@with_append
def retract(
    id: str,
    reason: str,
    reported: str,
    occurred: str | None,
    source: str | None,
    note: str | None,
    own_id: str | None,
    path: str,
    dry_run: bool,
) -> None:
    """Withdraw an event for good, from the day on which the withdrawal was made public."""
    target = opened(path).event(id)
    given = {"id": own_id, "occurred": occurred or reported, "reported": reported, "source": source or target.source}
    given |= {"target": id, "reason": reason, "note": note}
    raw = {"type": Retraction.type, "v": Retraction.v} | {name: value for name, value in given.items() if value is not None}
    append_object(raw, path, dry_run)


@main.command()
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


@main.command()
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


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--name", metavar="NAME", help="The name of the city; by default that of the folder.")
@click.option("--timezone", default="UTC", show_default=True, metavar="ZONE", help="Its time zone, as Asia/Damascus.")
def init(folder: Path, name: str | None, timezone: str) -> None:
    """Begin a new timeline in a folder: an empty log and a city file to fill in."""
    from timeline import start

    for path in start.begin(folder, name or folder.resolve().name, timezone):
        click.echo(path)


# Helpers: what several commands do with what they were given ----------------------------------------------------------------------


def opened(path: str) -> Timeline:
    """Return the timeline of a log; say on stderr when its end is torn."""
    timeline = Timeline.open(path, PROJECTIONS)
    if timeline.log.torn:
        click.echo(f"Warning: {phrases.safe(str(timeline.log.torn))}", err=True)
    return timeline


def city_beside(path: str) -> City:
    """Return the city of a log."""
    return cityfile.load(intake.beside(Path(path)))


def append_object(raw: Mapping[str, Any], path: str, dry_run: bool) -> None:
    """Append the event that options describe; what is wrong with the options themselves is a matter of usage."""
    city = city_beside(path)
    try:
        event = intake.from_object(raw, city)
    except InvalidEvent as error:
        raise UsageError(intake.as_options(error.problems)) from None
    try:
        write_events([event], path, city, dry_run)
    except InvalidEvent as error:
        raise InvalidEvent(intake.as_options(error.problems)) from None


def write_events(events: Sequence[Event], path: str, city: City, dry_run: bool) -> None:
    """Append admitted events and print their ids, or with `dry_run` print the lines that would be written."""
    from timeline.append import append as append_events
    from timeline.codec import CODEC

    receipt = append_events(Path(path), events, city=city, dry_run=dry_run)
    for event in receipt.written:
        click.echo(CODEC.encode(event).decode() if dry_run else event.id)
    for event in receipt.present:
        click.echo(f"{event.id} is in the log already", err=True)
    if not events:
        click.echo("no events to append", err=True)
    if dry_run:
        click.echo(f"{phrases.count(len(receipt.written), 'event')} would be written; nothing was", err=True)


def window(text: str | None, timeline: Timeline) -> Window | None:
    """Return the window of a date in the city's time zone."""
    return None if text is None else When(text).window(timeline.city.zone)


def known_type(name: str) -> type[Event]:
    """Return the type of a tag; hyphens for underscores will do."""
    tag = name.replace("-", "_")
    if tag not in TYPES:
        raise UsageError(Problem(f"unknown type {name!r}", f"one of {', '.join(TYPES)}", hint=nearest(tag, TYPES)))
    return TYPES[tag]


def run() -> None:
    """Run a command as a process of its own, which ends before its garbage is worth collecting, at the end as little as before."""
    gc.disable()
    atexit.register(gc.freeze)
    main()


if __name__ == "__main__":
    run()
