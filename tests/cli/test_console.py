"""Help and messages: every command explains itself, and quotes what was typed."""

from collections.abc import Iterator

import click
import pytest
from commandline import run

from cli import main


def commands(
    command: click.Command, *names: str
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield every command with the words by which it is given."""
    yield names, command
    if isinstance(command, click.Group):
        context = click.Context(command, info_name="timeline")
        for name in command.list_commands(context):
            yield from commands(command.get_command(context, name), *names, name)


ALL = [
    pytest.param(names, command, id=" ".join(names) or "timeline")
    for names, command in commands(main)
]


@pytest.mark.parametrize(("names", "command"), ALL)
def test_every_command_and_every_option_has_help(names, command):
    """``-h`` works everywhere; each command and each option says what it is for."""
    help = run(*names, "-h").stdout
    assert help == run(*names, "--help").stdout
    assert help.startswith("Usage: ")
    assert command.help
    context = click.Context(command, info_name="timeline", help_option_names=["-h", "--help"])
    for parameter in command.get_params(context):
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name
            assert all(flag in help for flag in parameter.opts)


def test_no_command_shows_the_commands():
    """``timeline`` alone lists what there is."""
    assert "Commands:" in run(code=2).output


def test_a_form_without_answers_shows_itself(log):
    """A type alone asks for its fields: it is a mistake, and the answer is the help."""
    before = log.read_bytes()
    assert "--occurred DATE" in run("append", "control_change", code=2).output
    assert log.read_bytes() == before


@pytest.mark.parametrize(("names", "command"), [one for one in ALL if one.id != "serve"])
def test_a_command_without_arguments_writes_lines(folder, names, command):
    """The help of a group or of a type, and what is missing, is a text: no line end is quoted."""
    ended = run(*names, code=None)
    assert "\\u000a" not in ended.stdout + ended.stderr
    if command.no_args_is_help:
        assert ended.stdout + ended.stderr == run(*names, "--help").stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["append", "--file", "no\nfile"],
        ["map", "-o", "a.svg", "--zoom", "1\nError: forged"],
        ["append", "control_change", "--how", "x\nError: forged"],
        ["completion", "x\nError: forged"],
    ],
    ids=" ".join,
)
def test_what_was_typed_begins_no_line_of_a_message(folder, arguments):
    """Its line ends are quoted in the messages that click writes about it."""
    lines = run(*arguments, code=2).stderr.splitlines()
    assert [line.startswith("Error: ") for line in lines].count(True) == 1
    assert "\\u000a" in lines[-1] or "\\n" in lines[-1]
