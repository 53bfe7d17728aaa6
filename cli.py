"""The command line, put together: the commands, and the projections that they are given. The only place that sees everything."""

import atexit
import gc

import click

from timeline.memory import collector_paused

with collector_paused():
    from projections import PROJECTIONS
    from timeline.console import Commands

    gc.freeze()  # what was imported stays, and need not be looked through

COMMANDS = {
    "state": "reading.state",
    "explain": "asking.explain",
    "history": "asking.history",
    "diff": "asking.diff",
    "hindsight": "asking.hindsight",
    "log": "reading.list_events",
    "show": "reading.show",
    "map": "drawing.draw",
    "page": "drawing.write_page",
    "serve": "serving.serve",
    "append": "writing.append",
    "retract": "writing.retract",
    "merge": "writing.merge",
    "import": "importing.import_table",
    "check": "keeping.check",
    "index": "keeping.index",
    "verify": "evidence.verify",
    "seal": "evidence.seal",
    "prove": "evidence.prove",
    "archive": "evidence.archive",
    "export": "exporting.export",
    "types": "keeping.types",
    "init": "keeping.init",
    "completion": "keeping.completion",
}
"""Every command, and where in `timeline.commands` it stands: a command waits for no other to be imported."""


@click.group(
    cls=Commands, table=COMMANDS, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110, "obj": PROJECTIONS}
)
@click.version_option(package_name="conflict-timeline", prog_name="timeline")
def main() -> None:
    """Who held which district when, as it was known when, who says so and who disputes it.

    \b
    Exit codes: 0 fine, 1 failure, 2 usage, 3 the log is invalid or does not verify, 4 nothing found.
    """


def run() -> None:
    """Run a command as a process of its own, which ends before its garbage is worth collecting, at the end as little as before."""
    gc.disable()
    atexit.register(gc.freeze)
    main()


if __name__ == "__main__":
    run()
