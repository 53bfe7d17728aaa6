"""What every command shares: the options of a log, a cut and an output; failures told in a sentence; tables laid out for where they go."""

import errno
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import tzinfo
from functools import wraps
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from timeline.cli import completion as completing
from timeline.domain.events import ActorId, EventId, PlaceId, SourceId
from timeline.errors import Problem, TimelineError, UsageError
from timeline.log import admission as intake
from timeline.replay.policies import POLICIES
from timeline.reports import queries as questions
from timeline.reports.queries import Asked
from timeline.storage import paths
from timeline.temporal.dates import AsOf, Moment, When
from timeline.text import phrases, tables
from timeline.text.document import Brief
from timeline.timeline import Timeline

if TYPE_CHECKING:
    from timeline.cli.event_options import Option

Command = Callable[..., Any]
LOG: dict[str, Any] = {"metavar": "PATH", "help": "The log; its city.toml stands beside it."}
"""How the option that names a log is described, wherever it stands."""


_COMPLETERS = {
    PlaceId: completing.PLACES,
    ActorId: completing.ACTORS,
    SourceId: completing.SOURCES,
    EventId: completing.EVENTS,
}

_TYPED, _TOLD = f"{__name__}.typed", f"{__name__}.told"
"""What a run keeps in mind: its arguments, and whether it told anything beside its answer."""


class Commands(click.Group):
    """Commands whose failures are told in a sentence each, with the exit code that their kind has."""

    def __init__(self, *arguments: Any, table: Mapping[str, str], **settings: Any) -> None:
        """Take, besides what a group takes, the `table` of commands: of each the module of `timeline.cli` and its name there."""
        super().__init__(*arguments, **settings)
        self._table = table
        self.commands: Any = dict.fromkeys(
            table
        )  # where a name is mistyped, click suggests one of these

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted(self._table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, imported now; None for an unknown one."""
        if cmd_name not in self._table:
            return None
        module, name = self._table[cmd_name].split(".")
        command: click.Command = getattr(import_module(f"timeline.cli.{module}"), name)
        return command

    def make_context(
        self, info_name: str | None, args: list[str], *others: Any, **extra: Any
    ) -> click.Context:
        """Read the options that stand before a command; keep in mind what was typed."""
        typed = tuple(args)
        with _quoting():
            context = super().make_context(info_name, args, *others, **extra)
        context.meta[_TYPED] = typed
        return context

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; turn what the library raises into messages on stderr and an exit code."""
        try:
            with _quoting():
                return super().invoke(ctx)
        except TimelineError as error:
            for problem in error.problems:
                tell(f"Error: {problem}")
            ctx.exit(error.exit_code)
        except OSError as error:
            if error.errno == errno.EPIPE:  # whoever reads has read enough
                raise
            sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  # what is left of the answer is not tried again at exit
            tell(f"Error: the answer cannot be written: {error.strerror or error}")
            ctx.exit(1)


@contextmanager
def _quoting() -> Iterator[None]:
    """Let what was typed stand safely in the messages that click writes about it."""
    try:
        yield
    except click.ClickException as error:
        told: Any = error
        told.message = phrases.safe(error.message)
        raise


def say(line: str) -> None:
    """Write one line of an answer, in which no text steers the terminal."""
    click.echo(phrases.safe(line))


def tell(line: str) -> None:
    """Tell one line beside the answer, on stderr, in which no text steers the terminal."""
    if context := click.get_current_context(silent=True):
        context.find_root().meta[_TOLD] = True
    click.echo(phrases.safe(line), err=True)


def warn(problem: Problem) -> None:
    """Tell what is odd and does not stop a command."""
    tell(f"Warning: {problem}")


def hand_over(document: str) -> str:
    """Write a document of several lines that was made safe where it was made, as all are that `tables` makes; return it."""
    click.echo(document, nl=bool(document))
    return document


def typed() -> list[str]:
    """Return the arguments of this run as they were typed."""
    return list(click.get_current_context().find_root().meta[_TYPED])


def keep(document: str, timeline: Timeline, before: bytes | None) -> None:
    """Keep a document that was handed over as the answer to what was typed, where it is all that is told, and came from an index."""
    return


def with_log(command: Command) -> Command:
    """Give a command the option that names the log."""
    return click.option(
        "--log", "path", envvar="TIMELINE_LOG", default=paths.LOG, show_default=True, **LOG
    )(command)


def with_cut(command: Command) -> Command:
    """Give a command the options of a cut."""
    help = "The state at this date or time; AT@KNOWN is short for both. A date is its last instant."
    return click.option("--at", metavar="DATE", help=help, shell_complete=completing.CUTS)(
        with_knowledge(command)
    )


def with_knowledge(command: Command) -> Command:
    """Give a command the options of a cut on the clocks of knowledge and of record."""
    known, recorded = (
        "Only what had been made public by then.",
        "Only what had been appended by then.",
    )
    command = click.option(
        "--recorded", metavar="DATE", help=recorded, shell_complete=completing.RECORD_DATES
    )(command)
    return click.option(
        "--known", metavar="DATE", help=known, shell_complete=completing.REPORT_DATES
    )(command)


def with_supposing(command: Command) -> Command:
    """Give a command the options of a hypothesis."""
    source = click.option(
        "--without-source",
        "without_sources",
        multiple=True,
        metavar="SOURCE",
        shell_complete=completing.SOURCES,
        help="As if this source had said nothing.",
    )
    event = click.option(
        "--without-event",
        "without_events",
        multiple=True,
        metavar="ID",
        shell_complete=completing.EVENTS,
        help="As if this event had not been recorded.",
    )
    files = click.File("rb")
    added = click.option(
        "--with",
        "files",
        type=files,
        multiple=True,
        metavar="FILE",
        help="With the events of a file, one a line; nothing is written.",
    )
    return added(source(event(command)))


def with_question(command: Command) -> Command:
    """Give a command the options of a question: a log, a cut, a policy and a hypothesis, which `ask` takes as they are."""
    return with_log(with_cut(with_policy(with_supposing(command))))


def with_policy(command: Command) -> Command:
    """Give a command the option that names the policy."""
    help = f"How claims are read: {', '.join(POLICIES)}."
    names = completing.POLICY_NAMES
    return click.option(
        "--policy",
        default="latest",
        show_default=True,
        metavar="NAME",
        shell_complete=names,
        help=help,
    )(command)


def with_output(command: Command) -> Command:
    """Give a command the options of other formats than text, as one argument ``output``: json, nl, csv, tsv or None."""
    helps = {
        "json": "Write JSON.",
        "nl": "Write newline-delimited JSON.",
        "csv": "Write CSV.",
        "tsv": "Write tab-separated values.",
    }

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
    return click.option(
        "--dry-run", is_flag=True, help="Check, and show the lines; write nothing."
    )(command)


def with_append(command: Any) -> Any:
    """Give a command the options of every way to append."""
    return with_log(with_dry_run(command))


def option_of(name: str, option: "Option") -> click.Option:
    """Return the command line's option for a field."""
    choices = option.form if isinstance(option.form, tuple) else None
    metavar = None if choices else option.form
    kind = click.Choice(choices) if choices else str
    return click.Option(
        [option.flag, name],
        type=kind,
        metavar=metavar,
        required=option.required,
        multiple=option.several,
        help=option.help,
        shell_complete=_COMPLETERS.get(option.kind),
    )


def read_option(option: "Option", value: Any, zone: tzinfo) -> Any:
    """Return what an option was given as the JSON value of its field; a date as it is typed becomes one of the log's grammar."""

    def parse(text: str) -> Any:
        return (
            understood(text, option.kind, zone)
            if option.kind in (When, Moment)
            else option.parse(text)
        )

    try:
        return (
            [parse(one) for one in value]
            if option.several
            else None
            if value is None
            else parse(value)
        )
    except UsageError as error:
        raise UsageError(
            [Problem(p.found, p.expected, option.flag, hint=p.hint) for p in error.problems]
        ) from None


def write(briefs: Iterable[Brief], heading: str = "") -> str:
    """Write a briefing under a heading: laid out on a terminal, page by page where it is longer than that; plain in a pipe.

    Returns what was handed over, which is nothing on a terminal.
    """
    above = f"{phrases.safe(heading)}\n\n" if heading else ""
    if not sys.stdout.isatty():
        return hand_over(above + tables.briefing(briefs))
    import shutil  # only on a terminal, with what it needs for archives

    text = above + tables.laid_out(briefs)
    if text.count("\n") < shutil.get_terminal_size().lines:
        click.echo(text, nl=False, color=True)
    else:
        os.environ.setdefault("LESS", "-R")  # colours and bold type are shown as what they are
        click.echo_via_pager(text, color=True)
    return ""


def write_data(
    output: str, whole: Callable[[], Any], records: Callable[[], Iterable[Mapping[str, Any]]]
) -> str:
    """Write an answer for other programs, and return it: all of it as JSON, or its records one by one."""
    return hand_over(
        tables.to_json(whole()) if output == "json" else tables.WRITERS[output](list(records()))
    )


def ask(
    path: str,
    at: str | None = None,
    known: str | None = None,
    recorded: str | None = None,
    policy: str = "latest",
    *,
    indexed: bool = False,
    **supposed: Any,
) -> Asked:
    """Return the timeline of a log, under a hypothesis if there is one, and the cut that is asked about.

    With `indexed`, what the index of a large log can answer is answered from it; with `unread` too,
    a large log without one is not read.
    """
    plain = not indexed or any(supposed.values())
    timeline = supposing(opened(path, indexed=not plain), **supposed)
    return Asked(timeline, cut(timeline, at, known, recorded), policy)


def supposing(
    timeline: Timeline,
    files: Sequence[Any] = (),
    without_sources: Sequence[str] = (),
    without_events: Sequence[str] = (),
) -> Timeline:
    """Return a timeline under a hypothesis, which is told on stderr; the same where nothing is supposed."""
    if not (files or without_sources or without_events):
        return timeline
    from timeline.reports.briefing import Report

    events = [
        event for file in files for event in intake.from_lines(file.name, file, timeline.city)
    ]
    hypothetical = timeline.supposing(
        events, without_sources=without_sources, without_events=without_events
    )
    tell(Report(hypothetical).supposed())
    return hypothetical


def cut(
    timeline: Timeline, at: str | None, known: str | None = None, recorded: str | None = None
) -> AsOf:
    """Return the cut that was typed; how a date was understood that is not of the log's own grammar is told on stderr."""
    return questions.cut(timeline, at, known, recorded, tell=tell)


def moment(text: str | None, timeline: Timeline) -> str | None:
    """Return a typed time as the grammar of dates has it: None for none, else as one plain date or time."""
    return questions.moment(text, timeline.city.zone, tell)


def understood(text: str, kind: type[When] | type[Moment], zone: tzinfo) -> str:
    """Return a typed date as a text of the grammar, and tell on stderr how it was understood where it was none."""
    return questions.understood(text, kind, zone, tell)


def opened(path: str, *, indexed: bool = False) -> Timeline:
    """Return the timeline of a log, with the projections that the program was put together with; say on stderr when its end is torn.

    With `indexed`, it is opened by way of its index, which stays open as long as the command runs;
    with `unread` too, a large log that has none is not read yet, and nothing is said of its end.
    """
    context = click.get_current_context()
    if indexed:
        opening = Timeline.indexed(path, context.obj, progress=progress("Indexing"))
        timeline = context.with_resource(opening)
    else:
        timeline = Timeline.open(path, context.obj)
    if timeline.torn:
        warn(timeline.torn)
    return timeline


def progress(what: str) -> Callable[[int, int], None]:
    """Return what shows on stderr how much of a long task is done, on a terminal alone, and takes it away at the end."""

    def show(done: int, size: int) -> None:
        if sys.stderr.isatty():
            share = done / size if size else 1
            bar = "█" * round(30 * share)
            click.echo(
                f"\r{what} {bar:<30} {share:4.0%}" if share < 1 else f"\r{'':<{len(what) + 37}}\r",
                nl=False,
                err=True,
            )

    return show
