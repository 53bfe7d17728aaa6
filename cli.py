"""The command line, put together: the commands, and the projections that they are given. The only place that sees everything."""

import atexit
import gc
import os
import sys
from functools import cache
from typing import TYPE_CHECKING, Any

from timeline.cli import kept

if TYPE_CHECKING:
    import click

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
"""Every command, and where in `timeline.cli` it stands: a command waits for no other to be imported."""


@cache
def program() -> "click.Group":
    """Return the command line. It is put together when it is asked for: who asks again what was answered before does not wait for it."""
    import click

    from projections import PROJECTIONS
    from timeline.cli.console import Commands

    settings = {"help_option_names": ["-h", "--help"], "max_content_width": 110, "obj": PROJECTIONS}

    @click.group(cls=Commands, table=COMMANDS, context_settings=settings)
    @click.version_option(package_name="conflict-timeline", prog_name="timeline")
    def main() -> None:
        """Who held which district when, as it was known when, who says so and who disputes it.

        \b
        Exit codes: 0 fine, 1 failure, 2 usage, 3 the log is invalid or does not verify, 4 nothing found.
        """

    return main


def __getattr__(name: str) -> Any:
    if name == "main":
        return program()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def run() -> None:
    """Run a command as a process of its own, which ends before its garbage is worth collecting, at the end as little as before."""
    gc.disable()
    atexit.register(gc.freeze)
    _stand_in()
    if not _answered_before():
        program()()


def _stand_in() -> None:
    """Put the null device in the place of a standard stream that is closed: else the next file opened, a log perhaps, takes its number."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115  # for as long as the process lasts


def _answered_before() -> bool:
    """Give the answer that was given before, if there is one that holds; end at once where it cannot be written, or nobody reads on."""
    try:
        return kept.given(sys.argv[1:])
    except BrokenPipeError:
        told = ""
    except OSError as error:
        told = f"Error: the answer cannot be written: {error.strerror or error}\n"
    except KeyboardInterrupt:
        told = "\nAborted!\n"
    os.dup2(
        os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno()
    )  # what is left is not tried again at exit
    sys.stderr.write(told)
    sys.exit(1)


if __name__ == "__main__":
    run()
