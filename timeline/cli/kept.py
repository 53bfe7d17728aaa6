"""Answers that were given before, and are given again without being worked out: as long as nothing that they rest on has changed.

Whoever asks the same of the same log gets the same bytes: an answer depends on the question as it
was typed, on the log, on the city file, and on the program, and on nothing else. All of these are
written before the answer that is kept, and are compared to the byte before it is given again. This
is read before anything else is imported, and imports next to nothing; what is kept lies beside the
index, from which alone answers are kept, and can be deleted at any time.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from zlib import crc32

from timeline.storage.paths import answers_folder, index_path

MOST, LARGEST = 32, 32 << 20
"""How many answers are kept of a log, and how many bytes of one: the oldest make room."""
_TAIL = 4096
_PACKAGES = (
    "timeline",
    "timeline/cli",
    "timeline/domain",
    "timeline/index",
    "timeline/log",
    "timeline/replay",
    "timeline/reports",
    "timeline/storage",
    "timeline/temporal",
    "timeline/text",
    "projections",
)
"""The folders, from the one that holds the program, of what an answer is made by, besides the command line itself."""


def given(arguments: list[str]) -> bool:
    """Write the answer to a command line on stdout if it was given before and still holds; return whether it was.

    Raises OSError where it cannot be written.
    """
    if (
        arguments[:1] != ["state"]
        or not sys.stdout
        or sys.stdout.isatty()
        or sys.stdout.encoding.lower() != "utf-8"
    ):
        return False
    answer = _find(arguments)
    if answer is None:
        return False
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()
    return True


def basis(arguments: Sequence[str]) -> bytes | None:
    """Return all that the answer to a command line rests on, as it is now, as one line; None where nothing is to be kept of it."""
    log = _log(arguments)
    with suppress(OSError, ValueError):
        index = index_path(log, os.environ.get("TIMELINE_INDEX"))
        if index is None:
            return None
        files = (log, log.with_name("city.toml"))
        rests = (
            list(arguments),
            *((str(file.absolute()), *_stamp(file)) for file in files),
            _tail(log),
            *_program(),
        )
        return repr(rests).encode() + b"\n"
    return None


def keep(arguments: Sequence[str], before: bytes | None, log: Path, answer: bytes) -> None:
    """Keep the answer to a command line about a log, if what it rests on is still as it was `before` it was worked out."""
    path = _path(arguments)
    if (
        path is None
        or before is None
        or len(answer) > LARGEST
        or log != _log(arguments)
        or basis(arguments) != before
    ):
        return
    with suppress(OSError):
        _make_room(path.parent)
        _write(path, before + _seal(answer) + answer)


def _find(arguments: Sequence[str]) -> bytes | None:
    with suppress(OSError):
        path = _path(arguments)
        if path is not None and path.is_file() and (now := basis(arguments)) is not None:
            with open(path, "rb") as file:
                if file.read(len(now)) == now:
                    seal, answer = file.readline(_TAIL), file.read()
                    return answer if seal == _seal(answer) else None
    return None


def _make_room(folder: Path) -> None:
    """Make the folder of answers where it is missing, and remove the oldest in it; a link is left alone, wherever it leads."""
    if folder.is_symlink():
        raise NotADirectoryError(folder)
    folder.mkdir(mode=0o700, exist_ok=True)
    there = [one for one in folder.iterdir() if one.is_file()]
    for old in sorted(there, key=lambda one: one.lstat().st_mtime)[: 1 - MOST]:
        old.unlink()


def _write(path: Path, content: bytes) -> None:
    """Write a file that is there whole or not at all, through no link."""
    new = path.with_name(f"{path.name}-{os.getpid()}")
    try:
        new.unlink(missing_ok=True)
        with open(new, "xb") as file:
            file.write(content)
        os.replace(new, path)
    finally:
        new.unlink(missing_ok=True)


def _seal(answer: bytes) -> bytes:
    """Return the line that tells an answer from one that was cut short, as after a power cut, or altered."""
    return f"{len(answer)} {crc32(answer):08x}\n".encode()


def _path(arguments: Sequence[str]) -> Path | None:
    index = index_path(_log(arguments), os.environ.get("TIMELINE_INDEX"))
    return (
        None
        if index is None
        else answers_folder(index) / f"{crc32(repr(list(arguments)).encode()):08x}"
    )


def _log(arguments: Sequence[str]) -> Path:
    """Return the log that a command line seems to name; only where the command has found the same is an answer kept."""
    named = [after for option, after in pairwise(arguments) if option == "--log"]
    named += [one.removeprefix("--log=") for one in arguments if one.startswith("--log=")]
    return Path(named[-1] if named else os.environ.get("TIMELINE_LOG") or "events.jsonl")


def _stamp(file: Path) -> tuple[int, ...]:
    """Return which file it is, how long it is, and when it was changed, by the clock that nobody sets back too."""
    status = os.stat(file)
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def _tail(log: Path) -> bytes:
    with open(log, "rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL))
        return file.read()


def _program() -> Iterator[tuple[str, int, int]]:
    """Yield the name, length and time of each file of the program: another one may give other answers."""
    home = Path(__file__).parents[2]
    command = os.stat(home / "cli.py")
    yield str(home), command.st_size, command.st_mtime_ns
    for package in _PACKAGES:
        with os.scandir(home / package) as files:
            for one in sorted(
                (one for one in files if one.name.endswith(".py")), key=lambda one: one.name
            ):
                yield one.name, one.stat().st_size, one.stat().st_mtime_ns
