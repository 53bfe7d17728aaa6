"""Giving commands, for every test that looks at what comes out of them."""

import inspect
import io
import json
import re
import shlex
import unicodedata
from itertools import pairwise

import pytest
from click.testing import CliRunner, Result

from cli import main

SEPARATE = {}
if "mix_stderr" in inspect.signature(CliRunner).parameters:  # click before 8.2
    SEPARATE = {"mix_stderr": False}

DIRECTIONS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
"""The classes of the characters that turn the direction of writing (UAX 9)."""


CATEGORIES = {"Cc", "Cs", "Zl", "Zp"}
"""The categories of the characters that steer a terminal or begin a line."""


def steering(text: str) -> set[str]:
    """Return the characters of a text that could steer a terminal or turn the text round.

    Newlines are not among them.
    """
    return {
        character
        for character in set(text) - {"\n"}
        if unicodedata.category(character) in CATEGORIES
        or unicodedata.bidirectional(character) in DIRECTIONS
    }


class Stdin(io.BytesIO):
    """The standard input, with the name that it has."""

    name = "<stdin>"


def run(
    *arguments: str, given: str | bytes = b"", code: int | None = 0, **environment: str
) -> Result:
    """Give a command and return its result.

    It must end with an exit code, that one if one is named, and never with a traceback.
    """
    stdin = Stdin(given.encode() if isinstance(given, str) else given)
    result = CliRunner(**SEPARATE).invoke(main, arguments, input=stdin, env=environment)
    ended = result.exception is None or isinstance(result.exception, SystemExit)
    assert ended, repr(result.exception)
    assert code is None or result.exit_code == code, result.output
    return result


def give(line: str, **options) -> Result:
    """Give a command as a line that is typed, and return its result as `run` does."""
    return run(*shlex.split(line), **options)


def asked(line: str, **options):
    """Return the answer to a command that is typed, as JSON."""
    return json.loads(give(f"{line} --json", **options).stdout, parse_constant=pytest.fail)


def table(text: str) -> list[list[str]]:
    """Return the rows of the first table that a command writes into a pipe, cell by cell."""
    lines = text.splitlines()
    rule = next(number for number, line in enumerate(lines) if line.startswith("──"))
    starts = [match.start() for match in re.finditer(r"─+", lines[rule])] + [None]
    rest = [*lines[rule + 1 :], ""]
    body = rest[: rest.index("")]
    return [[line[a:b].strip() for a, b in pairwise(starts)] for line in body]


def refused(result: Result, messages: list, *, hint_of_usage: bool = True) -> None:
    """Hold that stderr has one message for each problem, in order, and a hint of usage at most.

    A message is given by a part of it, or by several.
    """
    lines = [line for line in result.stderr.splitlines() if line]
    errors = [line for line in lines if line.startswith("Error: ")]
    assert len(errors) == len(messages), result.stderr
    for error, message in zip(errors, messages, strict=True):
        _names(error, (message,) if isinstance(message, str) else message)
    hints = [line for line in lines if hint_of_usage and line.startswith(("Usage:", "Try "))]
    assert len(errors) + len(hints) == len(lines), result.stderr
    assert "Traceback" not in result.output


def _names(error: str, parts: tuple[str, ...]) -> None:
    missing = [part for part in parts if part.casefold() not in error.casefold()]
    assert not missing, error


def written(*arguments: str) -> str:
    """Return all that a command writes, on both streams."""
    result = run(*arguments, code=None)
    assert result.exit_code in range(5)
    return result.stdout + result.stderr
