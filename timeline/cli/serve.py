"""The command that serves the page and the answers to whoever asks over HTTP, and writes nothing."""

import gc
from pathlib import Path

import click

from timeline.cli.console import opened, say, tell, with_log
from timeline.text import phrases


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
    """Serve the page, kept current as the log grows, and the answers of state, history, explain, log and show as JSON.

    Prints the address of the page. Everything can be read there, and nothing written;
    /api/openapi.json describes the rest. A host that others can reach lets all of them read the
    log. Ctrl-C ends it.

    \b
    timeline serve
    timeline serve --port 0
    """
    from timeline.server.http import Server

    gc.enable()  # this process does not end before its garbage is worth collecting
    count = phrases.count(opened(path).count, "event")
    with Server(host, port, Path(path), click.get_current_context().obj, tell) as server:
        if not server.loopback:
            tell(f"Warning: whoever can reach {host} can read {path}")
        say(server.url)
        tell(f"{path}: {count}; Ctrl-C ends this")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            tell("")
