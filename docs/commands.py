"""Write the command reference, by ``python docs/commands.py > docs/commands.md``."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click

sys.path.insert(0, str(Path(__file__).parents[1]))

from cli import main  # found beside this folder

Name = tuple[str, ...]
"""The words that name a command, as ``("timeline", "state")``."""
Help = tuple[Name, str]
"""A command and its help."""
HEAD = (
    "# Commands\n\nWritten by `python docs/commands.py` from `--help`; a test holds it current.\n"
)


def reference() -> str:
    """Return the reference of all commands as Markdown."""
    commands = helps(main, ("timeline",), None)
    sections = [f"## {' '.join(name)}\n\n```text\n{text}\n```\n" for name, text in commands]
    return "\n".join([HEAD, *sections])


def helps(command: click.Command, name: Name, parent: click.Context | None) -> Iterator[Help]:
    """Yield the name and help of a command and of the commands within it."""
    settings = {**main.context_settings, "terminal_width": 100, "max_content_width": 100}
    context = click.Context(command, info_name=name[-1], parent=parent, **settings)
    yield name, command.get_help(context)
    if isinstance(command, click.Group):
        for word in command.list_commands(context):
            inner = command.get_command(context, word)
            if inner is not None:
                yield from helps(inner, (*name, word), context)


if __name__ == "__main__":
    sys.stdout.write(reference())
