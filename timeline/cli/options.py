"""The options that commands share, and those made from the fields of a type of event."""

from collections.abc import Callable
from datetime import tzinfo
from functools import wraps
from typing import TYPE_CHECKING, Any

import click
from attrs import evolve

from timeline.cli import completion
from timeline.cli.console import tell
from timeline.domain.events import ActorId, EventId, PlaceId, SourceId
from timeline.errors import Problem, UsageError
from timeline.replay.policies import POLICIES
from timeline.reports import queries
from timeline.temporal.dates import Moment, When

if TYPE_CHECKING:  # the class takes 3 ms to make, which `timeline state` saves
    from timeline.cli.event_options import Option

Command = Callable[..., Any]
Decorator = Callable[[Command], Command]

LOG: dict[str, Any] = {"metavar": "PATH", "help": "The log; its city.toml stands beside it."}
"""The description of the option that names a log, wherever it stands."""
_FORMATS = {
    "json": "Write JSON.",
    "nl": "Write newline-delimited JSON.",
    "csv": "Write CSV.",
    "tsv": "Write tab-separated values.",
}
_COMPLETERS = {
    PlaceId: completion.PLACES,
    ActorId: completion.ACTORS,
    SourceId: completion.SOURCES,
    EventId: completion.EVENTS,
}


def all_of(*options: Decorator) -> Decorator:
    """Return the decorator that gives a command several options, in this order."""

    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


with_log: Decorator = click.option(
    "--log", "path", envvar="TIMELINE_LOG", default="events.jsonl", show_default=True, **LOG
)
"""Give a command the option that names the log."""

with_dry_run: Decorator = click.option(
    "--dry-run", is_flag=True, help="Check, and show the lines; write nothing."
)
"""Give a command the option to write nothing."""

with_append = all_of(with_log, with_dry_run)
"""Give a command the options of every way to append."""

with_knowledge = all_of(
    click.option(
        "--known",
        metavar="DATE",
        shell_complete=completion.REPORT_DATES,
        help="Only what had been made public by then.",
    ),
    click.option(
        "--recorded",
        metavar="DATE",
        shell_complete=completion.RECORD_DATES,
        help="Only what had been appended by then.",
    ),
)
"""Give a command the options of a cut on the clocks of knowledge and of record."""

with_cut = all_of(
    click.option(
        "--at",
        metavar="DATE",
        shell_complete=completion.CUTS,
        help="The state at this date or time; AT@KNOWN is short for both. "
        "A date is its last instant.",
    ),
    with_knowledge,
)
"""Give a command the options of a cut."""

with_policy: Decorator = click.option(
    "--policy",
    default="latest",
    show_default=True,
    metavar="NAME",
    shell_complete=completion.POLICY_NAMES,
    help=f"How claims are read: {', '.join(POLICIES)}.",
)
"""Give a command the option that names the policy."""

with_supposing = all_of(
    click.option(
        "--with",
        "files",
        type=click.File("rb"),
        multiple=True,
        metavar="FILE",
        help="With the events of a file, one a line; nothing is written.",
    ),
    click.option(
        "--without-source",
        "without_sources",
        multiple=True,
        metavar="SOURCE",
        shell_complete=completion.SOURCES,
        help="As if this source had said nothing.",
    ),
    click.option(
        "--without-event",
        "without_events",
        multiple=True,
        metavar="ID",
        shell_complete=completion.EVENTS,
        help="As if this event had not been recorded.",
    ),
)
"""Give a command the options of a hypothesis."""

with_question = all_of(with_log, with_cut, with_policy, with_supposing)
"""Give a command the options of a question, which `query.ask` takes as they are."""


def with_output(command: Command) -> Command:
    """Give a command one argument ``output`` for other formats: json, nl, csv, tsv or None."""

    @wraps(command)
    def choose(**arguments: Any) -> Any:
        chosen = [name for name in _FORMATS if arguments.pop(f"as_{name}")]
        if len(chosen) > 1:
            raise UsageError(Problem(f"--{' and --'.join(chosen)}", "one of them"))
        return command(output=chosen[0] if chosen else None, **arguments)

    flags = [
        click.option(f"--{name}", f"as_{name}", is_flag=True, help=help)
        for name, help in _FORMATS.items()
    ]
    return all_of(*flags)(choose)


def option_of(name: str, option: "Option") -> click.Option:
    """Return the option of the command line for a field of an event."""
    given: dict[str, Any] = {"metavar": option.form}
    if isinstance(option.form, tuple):
        given = {"type": click.Choice(option.form)}
    return click.Option(
        [option.flag, name],
        **given,
        required=option.required,
        multiple=option.several,
        help=option.help,
        shell_complete=_COMPLETERS.get(option.kind),
    )


def read_option(option: "Option", value: Any, zone: tzinfo) -> Any:
    """Return the JSON value of a field from what its option was given, None for nothing.

    A typed date becomes one of the log's grammar. Raises `UsageError`, which names the option.
    """
    try:
        if option.several:
            return option.joined([_parse(option, text, zone) for text in value])
        return None if value is None else _parse(option, value, zone)
    except UsageError as error:
        raise UsageError([evolve(one, path=option.flag) for one in error.problems]) from None


def _parse(option: "Option", text: str, zone: tzinfo) -> Any:
    if option.kind in (When, Moment):
        return queries.understood(text, option.kind, zone, tell)
    return option.parse(text)
