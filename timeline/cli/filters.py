"""The options by which events are chosen, shared by the commands that list them and hand them on."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from timeline.cli import completion as completing

_OPTIONS = (
    click.option(
        "--type",
        "types",
        multiple=True,
        metavar="TYPE",
        shell_complete=completing.TYPE_NAMES,
        help="Of this type.",
    ),
    click.option(
        "--place",
        "places",
        multiple=True,
        metavar="PLACE",
        shell_complete=completing.PLACES,
        help="In this place.",
    ),
    click.option(
        "--source",
        "sources",
        multiple=True,
        metavar="SOURCE",
        shell_complete=completing.SOURCES,
        help="Said by this source.",
    ),
    click.option(
        "--actor",
        "actors",
        multiple=True,
        metavar="ACTOR",
        shell_complete=completing.ACTORS,
        help="About this actor.",
    ),
    click.option(
        "--occurred",
        metavar="DATE",
        shell_complete=completing.CHANGE_DATES,
        help="May have occurred then: a day, a month, or from/to as 2016-11-26/2016-11-28.",
    ),
    click.option(
        "--reported",
        metavar="DATE",
        shell_complete=completing.REPORT_DATES,
        help="Made public then: a day, a month, or from/to.",
    ),
    click.option("--text", default="", metavar="WORDS", help="With these words in any field."),
)
_NAMES = ("types", "places", "sources", "actors", "occurred", "reported", "text")


def with_filters(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options by which events are chosen, as one argument ``filters``, which `questions.events` reads."""

    @wraps(command)
    def chosen(**arguments: Any) -> Any:
        filters = {name: arguments.pop(name) for name in _NAMES}
        return command(filters=filters, **arguments)

    for option in reversed(_OPTIONS):
        chosen = option(chosen)
    return chosen
