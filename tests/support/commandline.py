"""Giving commands, for every test that looks at what comes out of them."""

import inspect
import io
import unicodedata

from click.testing import CliRunner, Result

from cli import main

SEPARATE = (
    {"mix_stderr": False} if "mix_stderr" in inspect.signature(CliRunner).parameters else {}
)  # click before 8.2


DIRECTIONS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
"""The classes of the characters that turn the direction of writing for the text after them (UAX 9)."""


def steering(text: str) -> set[str]:
    """Return the characters of a text, newlines aside, that could steer a terminal, begin a line or turn the text round."""
    categories = ("Cc", "Cs", "Zl", "Zp")
    return {
        c
        for c in text
        if c != "\n"
        and (unicodedata.category(c) in categories or unicodedata.bidirectional(c) in DIRECTIONS)
    }


class Stdin(io.BytesIO):
    """What stands on stdin, with the name that stdin has."""

    name = "<stdin>"


def run(
    *arguments: str, given: str | bytes = b"", code: int | None = 0, **environment: str
) -> Result:
    """Give a command and return its result; it must end with an exit code, that one if one is named, and never with a traceback."""
    stdin = Stdin(given.encode() if isinstance(given, str) else given)
    result = CliRunner(**SEPARATE).invoke(main, arguments, input=stdin, env=environment)
    assert result.exception is None or isinstance(result.exception, SystemExit), repr(
        result.exception
    )
    assert code is None or result.exit_code == code, result.output
    return result
