"""Write the command reference from the commands' own help: ``python docs/commands.py > docs/commands.md``."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click

sys.path.insert(0, str(Path(__file__).parents[1]))

from cli import main  # found beside this folder

HEAD = (
    "# Commands\n\nWritten by `python docs/commands.py` from `--help`; a test holds it current.\n"
)


def reference() -> str:
    """Return the reference of all commands as Markdown."""
    sections = [
        f"## {' '.join(path)}\n\n```text\n{text}\n```\n"
        for path, text in helps(main, ("timeline",), None)
    ]
    return "\n".join([HEAD, *sections])


def helps(
    command: click.Command, path: tuple[str, ...], parent: click.Context | None
) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield the name and help of a command and of the commands within it."""
    settings = {**main.context_settings, "terminal_width": 100, "max_content_width": 100}
    context = click.Context(command, info_name=path[-1], parent=parent, **settings)
    yield path, command.get_help(context)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None:
                yield from helps(inner, (*path, name), context)


if __name__ == "__main__":
    sys.stdout.write(reference())
