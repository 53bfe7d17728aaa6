"""Giving commands, for every test that looks at what comes out of them."""

import inspect
import io

from click.testing import CliRunner, Result

from cli import main

SEPARATE = {"mix_stderr": False} if "mix_stderr" in inspect.signature(CliRunner).parameters else {}  # click before 8.2


class Stdin(io.BytesIO):
    """What stands on stdin, with the name that stdin has."""

    name = "<stdin>"


def run(*arguments: str, given: str | bytes = b"", code: int | None = 0, **environment: str) -> Result:
    """Give a command and return its result; it must end with an exit code, that one if one is named, and never with a traceback."""
    stdin = Stdin(given.encode() if isinstance(given, str) else given)
    result = CliRunner(**SEPARATE).invoke(main, arguments, input=stdin, env=environment)
    assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
    assert code is None or result.exit_code == code, result.output
    return result
