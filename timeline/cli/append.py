"""The commands that add to the log: events, a withdrawal, another copy of the log."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from timeline.cli import event_options
from timeline.cli.completion import EVENTS
from timeline.cli.console import say, tell, warn
from timeline.cli.options import LOG, option_of, read_option, with_append, with_dry_run
from timeline.cli.query import moment, opened, understood
from timeline.domain import city_file
from timeline.domain.city import City
from timeline.domain.event_fields import fields_of
from timeline.domain.events import TYPES, Event, EventId, LogRepaired, Retraction
from timeline.errors import InvalidEvent, NothingFound, Problem, UsageError
from timeline.log import admission, reader
from timeline.log.codec import CODEC
from timeline.log.ids import find_id
from timeline.log.merge import Conflict, Conflicting, Merged
from timeline.log.merge import merge as merge_logs
from timeline.log.writer import append as append_events
from timeline.reports.queries import known_type
from timeline.storage.paths import city_path
from timeline.temporal.dates import When
from timeline.text import phrases, tables


class Append(click.Group):
    """One command for each type of event, made from its class."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the tags of the types."""
        return list(TYPES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the form of a type; hyphens for underscores will do."""
        return form(known_type(cmd_name))


def form(event_type: type[Event]) -> click.Command:
    """Return the command that appends one event of a type, with an option for each field."""
    options = {
        option.flag.lstrip("-").replace("-", "_"): option
        for option in event_options.options(event_type)
    }

    def run(path: str | None, dry_run: bool, **given: Any) -> None:
        group = click.get_current_context().parent
        assert group is not None  # its options may stand before the type
        log = path or group.params["path"]
        zone = city_beside(log).zone
        values = {
            options[name].path: read_option(options[name], value, zone)
            for name, value in given.items()
        }
        raw = event_options.fill(event_type, values)
        raw |= _whole_ids(raw, event_type, log)
        append_object(raw, log, dry_run or group.params["dry_run"])

    command = click.Command(
        event_type.type,
        callback=run,
        params=[option_of(name, option) for name, option in options.items()],
        help=event_type.__doc__,
        no_args_is_help=True,
    )
    click.option("--log", "path", **LOG)(command)
    with_dry_run(command)
    return command


@click.group(cls=Append, invoke_without_command=True, subcommand_metavar="TYPE [OPTIONS]")
@click.option(
    "--file",
    "file",
    type=click.File("rb"),
    metavar="FILE",
    help="Append the events of a file, one JSON object a line; - is stdin.",
)
@with_append
@click.pass_context
def append(ctx: click.Context, file: Any, path: str, dry_run: bool) -> None:
    """Append an event of a type, or the events of a file: all of them or none.

    The ids of what was written are printed, one a line. What the log holds already, with the same
    content, is left alone.

    \b
    timeline append control_change --place sakhour --actor government --source sohr \\
        --occurred 2016-11-27/2016-11-28 --reported 2016-11-28
    timeline append --file more.jsonl --dry-run
    """
    if ctx.invoked_subcommand is not None:
        if file is not None:
            both = f"--file and the type {ctx.invoked_subcommand}"
            raise UsageError(Problem(both, "one of them"))
        return
    if file is None:
        expected = "a TYPE, or --file FILE"
        raise UsageError(Problem("nothing to append", expected, hint="timeline append --help"))
    city = city_beside(path)
    events = admission.from_lines(str(getattr(file, "name", "-")), file, city)
    write_events(events, path, city, dry_run)


@click.command()
@click.argument("id", shell_complete=EVENTS)
@click.option("--reason", required=True, metavar="TEXT", help="Why it is withdrawn.")
@click.option(
    "--reported",
    required=True,
    metavar="DATE",
    help="When the withdrawal was made public; the event stands until then.",
)
@click.option(
    "--occurred",
    metavar="DATE",
    help="When it was withdrawn; by default when that was made public.",
)
@click.option(
    "--source", metavar="SOURCE", help="Who withdraws it; by default the source of the event."
)
@click.option("--note", metavar="TEXT", help="A note of the recorder's.")
@click.option(
    "--id", "own_id", metavar="ID", help="The id of the retraction; by default a random one."
)
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
    timeline = opened(path)
    target, made_public = timeline.event(id), moment(reported, timeline)
    happened = made_public if occurred is None else understood(occurred, When, timeline.city.zone)
    fields = {
        "type": Retraction.type,
        "v": Retraction.v,
        "id": own_id,
        "occurred": happened,
        "reported": made_public,
        "source": source or target.source,
        "target": target.id,
        "reason": reason,
        "note": note,
    }
    raw = {name: value for name, value in fields.items() if value is not None}
    append_object(raw, path, dry_run)


def _whole_ids(raw: Mapping[str, Any], event_type: type[Event], path: str) -> dict[str, Any]:
    """Return the references of an object, with those written out that begin as one id alone."""
    names = [name for name in fields_of(event_type, EventId) if name != "id" and raw.get(name)]
    ids = list(reader.read(Path(path)).lines) if names else []
    whole: dict[str, Any] = {}
    for name in names:
        if isinstance(raw[name], list):
            whole[name] = [_whole_id(id, ids) for id in raw[name]]
        else:
            whole[name] = _whole_id(raw[name], ids)
    return whole


def _whole_id(id: str, ids: Sequence[EventId]) -> str:
    try:
        return find_id(id, ids)
    except NothingFound:
        return id  # its absence is told on admission, with the option that names it


def city_beside(path: str) -> City:
    """Return the city of a log."""
    return city_file.load(city_path(Path(path)))


def append_object(raw: Mapping[str, Any], path: str, dry_run: bool) -> None:
    """Append the event that options describe; a fault of the options themselves is one of usage."""
    city = city_beside(path)
    try:
        event = admission.from_object(raw, city)
    except InvalidEvent as error:
        raise UsageError(admission.as_options(error.problems)) from None
    try:
        write_events([event], path, city, dry_run)
    except InvalidEvent as error:
        raise InvalidEvent(admission.as_options(error.problems)) from None


def write_events(events: Sequence[Event], path: str, city: City, dry_run: bool) -> None:
    """Append admitted events and print their ids; with `dry_run` print the lines instead."""
    receipt = append_events(Path(path), events, city=city, dry_run=dry_run)
    tell_repair(path, receipt.repaired, dry_run)
    for event in receipt.written:
        say(tables.as_it_stands(CODEC.encode(event)) if dry_run else event.id)
    for event in receipt.present:
        tell(f"{event.id} is in the log already")
    if not events:
        tell("no events to append")
    if dry_run:
        tell(f"{phrases.count(len(receipt.written), 'event')} would be written; nothing was")


def tell_repair(path: str | Path, repair: LogRepaired | None, dry_run: bool) -> None:
    """Tell that a torn end was recorded, or with `dry_run` would be."""
    if repair:
        left = f"{path}: {repair.length} bytes at the end were never finished; they stay"
        tell(f"{left}, and that they are no event {_was(dry_run)} recorded")


def _was(dry_run: bool) -> str:
    return "would be" if dry_run else "was"


@click.command()
@click.argument("ours", type=click.Path(path_type=Path))
@click.argument("theirs", type=click.Path(path_type=Path))
@with_dry_run
def merge(ours: Path, theirs: Path, dry_run: bool) -> None:
    """Add to the log OURS the events that it lacks and the log THEIRS holds: all of them or none.

    THEIRS is only read. Events are told apart by their ids. The ids of what was added are printed,
    one a line; each keeps the time at which it was recorded. An id with two contents is a conflict:
    it is shown with both lines, nothing is written, and nothing is chosen.

    \b
    timeline merge events.jsonl ../their-copy/events.jsonl --dry-run
    git show their-branch:events.jsonl > theirs.jsonl && timeline merge events.jsonl theirs.jsonl
    """
    try:
        merged = merge_logs(ours, theirs, city_beside(str(ours)), dry_run=dry_run)
    except Conflicting as error:
        _tell_conflicts(error.conflicts)
        raise
    if dry_run:
        for line in merged.joined.lines:
            say(tables.as_it_stands(line.raw))
    else:
        for line in merged.joined.new:
            say(line.event.id)
    _tell_merged(merged, ours, theirs, dry_run)


def _tell_conflicts(conflicts: Iterable[Conflict]) -> None:
    for conflict in conflicts:
        for line in (conflict.ours, conflict.theirs):
            tell(f"{line.where}: {tables.as_it_stands(line.raw)}")


def _tell_merged(merged: Merged, ours: Path, theirs: Path, dry_run: bool) -> None:
    """Tell what was left out, what was there, and what was recorded earlier than it was here."""
    joined, log = merged.joined, merged.theirs
    if log.torn:
        warn(log.torn)
    if log.repairs:
        recorded = f"{phrases.count(len(log.repairs), 'torn end')} recorded there"
        tell(f"{theirs}: {recorded}, which is said of that file and is not taken over")
    tell_repair(ours, merged.repaired, dry_run)
    for line in joined.sooner:
        earlier = f"recorded earlier in {line.where}, {line.event.recorded}"
        sequel = f"a line that says so {_was(dry_run)} added, and counts"
        tell(f"{line.event.id} was {earlier}: {sequel}")
    new, present = (phrases.count(len(ids), "event") for ids in (joined.new, joined.present))
    if dry_run:
        tell(f"{ours}: {new} would be added, {present} there already; nothing was written")
    else:
        tell(f"{ours}: {new} added, {present} there already")
