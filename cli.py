"""The command line, put together: the commands, and the projections that they are given. The only place that sees everything."""

import atexit
import gc

import click

from projections import PROJECTIONS
from timeline.commands import asking, drawing, evidence, exporting, importing, keeping, reading, writing
from timeline.console import Commands

COMMANDS = (
    reading.state,
    asking.explain,
    asking.history,
    asking.diff,
    asking.hindsight,
    reading.list_events,
    reading.show,
    drawing.draw,
    drawing.write_page,
    writing.append,
    writing.retract,
    writing.merge,
    importing.import_table,
    keeping.check,
    evidence.verify,
    evidence.seal,
    evidence.prove,
    evidence.archive,
    exporting.export,
    keeping.types,
    keeping.init,
    keeping.completion,
)
"""Every command, in the order in which the reference shows them."""


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110, "obj": PROJECTIONS})
@click.version_option(package_name="conflict-timeline", prog_name="timeline")
def main() -> None:
    """Who held which district when, as it was known when, who says so and who disputes it.

    \b
    Exit codes: 0 fine, 1 failure, 2 usage, 3 the log is invalid or does not verify, 4 nothing found.
    """


for command in COMMANDS:
    main.add_command(command)


def run() -> None:
    """Run a command as a process of its own, which ends before its garbage is worth collecting, at the end as little as before."""
    gc.disable()
    atexit.register(gc.freeze)
    main()


if __name__ == "__main__":
    run()
