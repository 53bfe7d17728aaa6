"""The output of the commands and of their failures: nothing else of the program writes."""

import errno
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import Any, Literal, TextIO

import click

from timeline.errors import Problem, TimelineError
from timeline.text import phrases, tables
from timeline.text.document import Brief


class Commands(click.Group):
    """Commands whose failures are told in a sentence each, with the exit code of their kind."""

    def __init__(self, *arguments: Any, table: Mapping[str, str], **settings: Any) -> None:
        """Take the `table` of commands: of each its module of `timeline.cli` and its name there."""
        super().__init__(*arguments, **settings)
        self._table = table
        self.commands: Any = dict.fromkeys(table)  # click suggests one of these for a mistyped name

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
        """Read the options that stand before a command."""
        with _reporting_failures():
            return super().make_context(info_name, args, *others, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command."""
        with _reporting_failures():
            return super().invoke(ctx)


@contextmanager
def _reporting_failures() -> Iterator[None]:
    """Turn what fails within into messages on stderr and an exit code."""
    try:
        with _quoting():
            yield
    except TimelineError as error:
        for problem in error.problems:
            tell(f"Error: {problem}")
        raise click.exceptions.Exit(error.exit_code) from None
    except OSError as error:
        if error.errno == errno.EPIPE:  # the reader has read enough
            raise
        sys.stdout = null_device("w")  # the rest of the answer is not tried again at exit
        tell(f"Error: the answer cannot be written: {error.strerror or error}")
        raise click.exceptions.Exit(1) from None


@contextmanager
def _quoting() -> Iterator[None]:
    """Let typed text stand safely in click's messages; help texts keep their lines."""
    try:
        yield
    except click.ClickException as error:
        if not _is_help(error):
            quoted: Any = error
            quoted.message = phrases.safe(error.message)
        raise


def _is_help(error: click.ClickException) -> bool:
    """Return whether an exception shows the help of its command, as a bare group does."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is None or not error.message.startswith(context.get_usage()):
        return False  # without help of all commands, for which each is imported
    return error.message == context.get_help()


def null_device(mode: Literal["r", "w"]) -> TextIO:
    """Return the null device, opened as a stream of text."""
    return open(os.devnull, mode, encoding="utf-8")


def say(line: str) -> None:
    """Write one line of an answer, in which no text steers the terminal."""
    click.echo(phrases.safe(line))


def tell(line: str) -> None:
    """Write one line beside the answer, on stderr, in which no text steers the terminal."""
    click.echo(phrases.safe(line), err=True)


def warn(problem: Problem) -> None:
    """Tell of a problem that does not stop a command."""
    tell(f"Warning: {problem}")


def hand_over(document: str) -> None:
    """Write a document of several lines that was made safe before, as `tables` does."""
    click.echo(document, nl=bool(document))


def write(briefs: Iterable[Brief], heading: str = "") -> None:
    """Write a briefing under a heading: plain in a pipe, paged on a terminal if it is long."""
    above = f"{phrases.safe(heading)}\n\n" if heading else ""
    if not sys.stdout.isatty():
        hand_over(above + tables.briefing(briefs))
        return
    import shutil  # only on a terminal: it imports what it needs for archives

    from timeline.text import terminal  # only there, for it costs as much as the answer

    text = above + terminal.laid_out(briefs)
    if text.count("\n") < shutil.get_terminal_size().lines:
        click.echo(text, nl=False, color=True)
    else:
        os.environ.setdefault("LESS", "-R")  # the pager shows colours and bold type, not escapes
        click.echo_via_pager(text, color=True)


def write_data(
    output: str, whole: Callable[[], Any], records: Callable[[], Iterable[Mapping[str, Any]]]
) -> None:
    """Write an answer for other programs: all of it as JSON, or its records one by one."""
    if output == "json":
        hand_over(tables.to_json(whole()))
    else:
        hand_over(tables.WRITERS[output](list(records())))


def progress(task: str) -> Callable[[int, int], None]:
    """Return a function that shows on a terminal's stderr how many bytes of how many are done."""

    def show(done: int, size: int) -> None:
        if not sys.stderr.isatty():
            return
        share = done / size if size else 1
        bar = f"{task} {'█' * round(30 * share):<30} {share:4.0%}"
        click.echo(f"\r{bar}" if share < 1 else f"\r{'':<{len(bar)}}\r", nl=False, err=True)

    return show
