"""The composition root: the command line, its commands, and the projections that they are given."""

import atexit
import gc
import sys

import click

from projections import PROJECTIONS
from timeline.cli.console import Commands, null_device

COMMANDS = {
    "state": "state.state",
    "explain": "explain.explain",
    "history": "explain.history",
    "diff": "explain.diff",
    "hindsight": "explain.hindsight",
    "log": "state.list_events",
    "show": "state.show",
    "map": "draw.draw",
    "page": "draw.write_page",
    "serve": "serve.serve",
    "append": "append.append",
    "retract": "append.retract",
    "merge": "append.merge",
    "import": "imports.import_table",
    "check": "maintain.check",
    "index": "maintain.index",
    "verify": "evidence.verify",
    "seal": "evidence.seal",
    "prove": "evidence.prove",
    "archive": "evidence.archive",
    "export": "export.export",
    "types": "maintain.types",
    "init": "maintain.init",
    "completion": "maintain.completion",
}
"""Each command, and its place in `timeline.cli`, from where it is imported when it is called."""
SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 110, "obj": PROJECTIONS}


@click.group(cls=Commands, table=COMMANDS, context_settings=SETTINGS)
@click.version_option(package_name="conflict-timeline", prog_name="timeline")
def main() -> None:
    """Who held which district when, as it was known when, who says so and who disputes it.

    Exit codes: 0 fine, 1 failure, 2 usage, 3 the log is invalid or does not verify, 4 nothing
    found.
    """


def run() -> None:
    """Run a command as a process of its own, without a garbage collector.

    The process ends before its garbage is worth collecting; frozen, it is not collected at exit.
    """
    gc.disable()
    atexit.register(gc.freeze)
    _stand_in()
    main()


def _stand_in() -> None:
    """Put the null device in the place of each standard stream that is closed.

    The next file opened, a log perhaps, would take its number and what is written to the stream.
    """
    sys.stdin = sys.stdin or null_device("r")
    sys.stdout = sys.stdout or null_device("w")
    sys.stderr = sys.stderr or null_device("w")


if __name__ == "__main__":
    run()
