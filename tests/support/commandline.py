"""Commands as they are typed, and the words and checks that the tests of commands share."""

import inspect
import io
import re
import shlex
import unicodedata
from collections.abc import Sequence

from click.testing import CliRunner, Result

from cli import main

_MIXES = "mix_stderr" in inspect.signature(CliRunner).parameters  # click before 8.2
SEPARATE = {"mix_stderr": False} if _MIXES else {}
CLAIM = shlex.split(
    "control_change --place sakhour --actor government --source sohr"
    " --occurred 2016-11-29 --reported 2016-11-30"
)
"""The arguments of `append` for a claim about the shipped city."""
CONTROL_FIELDS = [
    "holder",
    "status",
    "certain",
    "ground",
    "shares",
    "since",
    "before",
    "because",
    "against",
    "unclear",
    "inherited_from",
]
"""The keys of an answer about control in JSON."""
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d")
RUDE = "a\x1b[31mb\u202ec\nd\x9be"
"""A text with an escape, a change of direction, a newline and a control character."""
DIRECTIONS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
"""The classes of the characters that turn the direction of the text after them (UAX 9)."""
STEERING = {"Cc", "Cs", "Zl", "Zp"}
"""The categories of the characters that could steer a terminal or begin a line."""


def steering(text: str) -> set[str]:
    """Return the characters that steer a terminal, turn the text or begin a line, but newlines."""
    return {
        character
        for character in set(text) - {"\n"}
        if unicodedata.category(character) in STEERING
        or unicodedata.bidirectional(character) in DIRECTIONS
    }


class Stdin(io.BytesIO):
    """A standard input of some bytes, with the name that it has."""

    name = "<stdin>"


def run(
    *arguments: str, given: str | bytes = b"", code: int | None = 0, **environment: str
) -> Result:
    """Give a command and return its result.

    It must end with the exit code, or with any if that is None, and never with a traceback.
    """
    stdin = Stdin(given.encode() if isinstance(given, str) else given)
    result = CliRunner(**SEPARATE).invoke(main, arguments, input=stdin, env=environment)
    error = result.exception
    assert error is None or isinstance(error, SystemExit), repr(error)
    assert code is None or result.exit_code == code, result.output
    return result


def written(*arguments: str) -> str:
    """Return all that a command writes, on both streams."""
    result = run(*arguments, code=None)
    assert result.exit_code in range(5)
    return result.stdout + result.stderr


def refused(
    result: Result,
    messages: Sequence[str | tuple[str, ...]],
    *,
    hint_of_usage: bool = True,
) -> None:
    """Hold that stderr names each problem, in order, with at most a hint of usage besides.

    A message is given by a part of it or by several, in any case of letters.
    """
    lines = [line for line in result.stderr.splitlines() if line]
    errors = [line for line in lines if line.startswith("Error: ")]
    assert len(errors) == len(messages), result.stderr
    for error, message in zip(errors, messages, strict=True):
        _holds(error, (message,) if isinstance(message, str) else message)
    besides = [line for line in lines if not line.startswith("Error: ")]
    hints = [line for line in besides if line.startswith(("Usage:", "Try "))]
    assert besides == (hints if hint_of_usage else [])
    assert "Traceback" not in result.output


def _holds(error: str, parts: Sequence[str]) -> None:
    missing = [part for part in parts if part.casefold() not in error.casefold()]
    assert not missing, error


def as_bytes(content: bytes | Sequence[str]) -> bytes:
    """Return the content of a file that is given whole or by its lines."""
    if isinstance(content, bytes):
        return content
    return "".join(f"{line}\n" for line in content).encode()
