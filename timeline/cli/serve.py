"""The command that serves the page and the answers over HTTP, and writes nothing."""

import gc
from pathlib import Path
from typing import TYPE_CHECKING

import click

from timeline.cli.console import say, tell
from timeline.cli.options import with_log
from timeline.cli.query import opened
from timeline.domain import boundaries
from timeline.errors import NothingFound, Problem, needing
from timeline.server.http import Server
from timeline.server.snapshot import Version
from timeline.temporal.as_of import AsOf
from timeline.text import phrases

if TYPE_CHECKING:
    from timeline.visual.page.html import Made  # needs an extra


@click.command()
@with_log
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    metavar="HOST",
    help="Where to listen; by default only this machine can ask.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="At which port; 0 takes any that is free.",
)
def serve(path: str, host: str, port: int) -> None:
    """Serve the page, kept current as the log grows, and answers as JSON.

    The answers are those of state, history, explain, log and show. Prints the address of the page.
    Everything can be read there, and nothing written; /api/openapi.json describes the rest. A host
    that others can reach lets all of them read the log. Ctrl-C ends it.

    \b
    timeline serve
    timeline serve --port 0
    """
    gc.enable()  # this process does not end before its garbage is worth collecting
    count = phrases.count(opened(path).count, "event")
    with Server(host, port, Path(path), click.get_current_context().obj, page, tell) as server:
        if not server.loopback:
            tell(f"Warning: whoever can reach {host} can read {path}")
        say(server.url)
        tell(f"{path}: {count}; Ctrl-C ends this")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            tell("")


def page(version: Version, policy: str) -> "Made":
    """Return the page of a version of the log; it tells its readers when the log has grown.

    Raises `NothingFound` for a log without events, and what `html.made` raises.
    """
    with needing("shapely", "pictures"):
        from timeline.visual.page.content import Request
        from timeline.visual.page.html import made
    timeline = version.timeline
    if not timeline.timed_events:
        empty = f"{timeline.log.path} holds no events yet"
        raise NothingFound(Problem(empty, hint="`timeline append` adds one"))
    rings = boundaries.rings(timeline.city)
    request = Request(timeline=timeline, cut=AsOf(), policy=policy, boundaries=rings)
    return made(request, version=version.tag)
