"""Commands as processes of their own, with pipes or a terminal at their ends."""

import os
import pty
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAM = [sys.executable, "-c", "from cli import run; run()"]
SETTINGS = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}


def process(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run a command as a process."""
    command = [*PROGRAM, *arguments]
    return subprocess.run(command, env=SETTINGS | environment, capture_output=True, check=False)


def shell(line: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a line of the shell in which ``TIMELINE`` is the program."""
    command = ["bash", "-c", line.replace("TIMELINE", " ".join(f"'{part}'" for part in PROGRAM))]
    settings = SETTINGS | environment
    return subprocess.run(command, env=settings, capture_output=True, text=True, check=False)


def on_terminal(*arguments: str, columns: int = 80, lines: int = 500, **environment: str) -> str:
    """Return what a command sends to a terminal that it also reads from; nothing is typed."""
    inner, outer = pty.openpty()
    settings = SETTINGS | {"TERM": "xterm-256color", "NO_COLOR": "1", "PAGER": "cat"}
    settings |= {"COLUMNS": str(columns), "LINES": str(lines)} | environment
    ends = {"stdin": outer, "stdout": outer, "stderr": subprocess.DEVNULL}
    with subprocess.Popen([*PROGRAM, *arguments], env=settings, **ends):
        os.close(outer)
        sent = _read(inner)
    os.close(inner)
    return sent.decode().replace("\r\n", "\n")


def _read(terminal: int) -> bytes:
    """Return all that is sent to a terminal until its other end is closed."""
    sent = b""
    while True:
        try:
            chunk = os.read(terminal, 65536)
        except OSError:  # the other end was closed
            return sent
        if not chunk:
            return sent
        sent += chunk
