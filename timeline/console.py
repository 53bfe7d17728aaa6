"""What every command shares: the options of a log, a cut and an output; failures told in a sentence; tables laid out for where they go."""

import sys
from collections.abc import Callable, Iterable
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from timeline import phrases, tables
from timeline.errors import Problem, TimelineError, UsageError, nearest
from timeline.events import TYPES, Event
from timeline.policies import POLICIES
from timeline.timeline import Timeline

if TYPE_CHECKING:
    from timeline.forms import Option

Command = Callable[..., Any]
LOG: dict[str, Any] = {"metavar": "PATH", "help": "The log; its city.toml stands beside it."}
"""How the option that names a log is described, wherever it stands."""


class Commands(click.Group):
    """Commands whose failures are told in a sentence each, with the exit code that their kind has."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; turn what the library raises into messages on stderr and an exit code."""
        try:
            return super().invoke(ctx)
        except TimelineError as error:
            for problem in error.problems:
                click.echo(f"Error: {phrases.safe(str(problem))}", err=True)
            ctx.exit(error.exit_code)


def with_log(command: Command) -> Command:
    """Give a command the option that names the log."""
    return click.option("--log", "path", envvar="TIMELINE_LOG", default="events.jsonl", show_default=True, **LOG)(command)


def with_cut(command: Command) -> Command:
    """Give a command the options of a cut."""
    for name, help in (
        ("--recorded", "Only what had been appended by then."),
        ("--known", "Only what had been made public by then."),
        ("--at", "The state at this date or time; AT@KNOWN is short for both. A date is its last instant."),
    ):
        command = click.option(name, metavar="DATE", help=help)(command)
    return command


def with_policy(command: Command) -> Command:
    """Give a command the option that names the policy."""
    help = f"How claims are read: {', '.join(POLICIES)}."
    return click.option("--policy", default="latest", show_default=True, metavar="NAME", help=help)(command)


def with_output(command: Command) -> Command:
    """Give a command the options of other formats than text, as one argument ``output``: json, nl, csv, tsv or None."""
    helps = {"json": "Write JSON.", "nl": "Write newline-delimited JSON.", "csv": "Write CSV.", "tsv": "Write tab-separated values."}

    @wraps(command)
    def chosen(**arguments: Any) -> Any:
        asked = [name for name in helps if arguments.pop(f"as_{name}")]
        if len(asked) > 1:
            raise UsageError(Problem(f"--{' and --'.join(asked)}", "one of them"))
        return command(output=asked[0] if asked else None, **arguments)

    for name in reversed(helps):
        chosen = click.option(f"--{name}", f"as_{name}", is_flag=True, help=helps[name])(chosen)
    return chosen


def with_dry_run(command: Any) -> Any:
    """Give a command the option to write nothing."""
    return click.option("--dry-run", is_flag=True, help="Check, and show the lines; write nothing.")(command)


def with_append(command: Any) -> Any:
    """Give a command the options of every way to append."""
    return with_log(with_dry_run(command))


def option_of(name: str, option: "Option") -> click.Option:
    """Return the command line's option for a field."""
    choices = option.form if isinstance(option.form, tuple) else None
    metavar = None if choices else option.form
    kind = click.Choice(choices) if choices else str
    return click.Option(
        [option.flag, name], type=kind, metavar=metavar, required=option.required, multiple=option.several, help=option.help
    )


def read_option(option: "Option", value: Any) -> Any:
    """Return what an option was given as the JSON value of its field."""
    try:
        return [option.parse(one) for one in value] if option.several else None if value is None else option.parse(value)
    except UsageError as error:
        raise UsageError([Problem(p.found, p.expected, option.flag, hint=p.hint) for p in error.problems]) from None


def write_briefs(briefs: Iterable[tables.Brief]) -> None:
    """Write a briefing: laid out on a terminal, plain in a pipe."""
    if sys.stdout.isatty():
        tables.print_briefing(briefs)
    else:
        click.echo(tables.briefing(briefs))


def write_table(table: tables.Table) -> None:
    """Write a table: laid out on a terminal, plain in a pipe."""
    if sys.stdout.isatty():
        tables.print_table(table)
    else:
        click.echo(tables.to_text(table))


def opened(path: str) -> Timeline:
    """Return the timeline of a log, with the projections that the program was put together with; say on stderr when its end is torn."""
    timeline = Timeline.open(path, click.get_current_context().obj)
    if timeline.log.torn:
        click.echo(f"Warning: {phrases.safe(str(timeline.log.torn))}", err=True)
    return timeline


def known_type(name: str) -> type[Event]:
    """Return the type of a tag; hyphens for underscores will do."""
    tag = name.replace("-", "_")
    if tag not in TYPES:
        raise UsageError(Problem(f"unknown type {name!r}", f"one of {', '.join(TYPES)}", hint=nearest(tag, TYPES)))
    return TYPES[tag]
