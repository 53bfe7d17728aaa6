"""The options by which events are chosen, shared by the commands that list and export them."""

from functools import wraps
from typing import Any

import click

from timeline.cli import completion
from timeline.cli.options import Command, all_of

_OPTIONS = (
    click.option(
        "--type",
        "types",
        multiple=True,
        metavar="TYPE",
        shell_complete=completion.TYPE_NAMES,
        help="Of this type.",
    ),
    click.option(
        "--place",
        "places",
        multiple=True,
        metavar="PLACE",
        shell_complete=completion.PLACES,
        help="In this place.",
    ),
    click.option(
        "--source",
        "sources",
        multiple=True,
        metavar="SOURCE",
        shell_complete=completion.SOURCES,
        help="Said by this source.",
    ),
    click.option(
        "--actor",
        "actors",
        multiple=True,
        metavar="ACTOR",
        shell_complete=completion.ACTORS,
        help="About this actor.",
    ),
    click.option(
        "--occurred",
        metavar="DATE",
        shell_complete=completion.CHANGE_DATES,
        help="May have occurred then: a day, a month, or from/to as 2016-11-26/2016-11-28.",
    ),
    click.option(
        "--reported",
        metavar="DATE",
        shell_complete=completion.REPORT_DATES,
        help="Made public then: a day, a month, or from/to.",
    ),
    click.option("--text", default="", metavar="WORDS", help="With these words in any field."),
)
_NAMES = ("types", "places", "sources", "actors", "occurred", "reported", "text")


def with_filters(command: Command) -> Command:
    """Give a command the event options, as one argument ``filters`` for `queries.events`."""

    @wraps(command)
    def gather(**arguments: Any) -> Any:
        filters = {name: arguments.pop(name) for name in _NAMES}
        return command(filters=filters, **arguments)

    return all_of(*_OPTIONS)(gather)
