"""Putting a picture where it was asked for: whole or not at all, and never over what is there unless told to."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from timeline.errors import Problem, TimelineError


def place(data: bytes, path: Path, *, force: bool) -> None:
    """Write a file: under a name of its own first, on the disk, and then in its place in one step.

    Raises `TimelineError` for what is there already, unless with `force`, and for what the system refuses; then nothing was changed.
    """
    check(path, force=force)
    try:
        _put(data, path, force=force)
    except FileExistsError:
        raise TimelineError(Problem(f"{path} is there already", hint="--force writes over it")) from None
    except OSError as error:
        raise TimelineError(Problem(f"{path} cannot be written: {error.strerror or error}")) from None


def check(path: Path, *, force: bool) -> None:
    """Raise `TimelineError` for a place where no picture may be put: before it is drawn, which takes a while."""
    if os.path.lexists(path) and not force:
        raise TimelineError(Problem(f"{path} is there already", hint="--force writes over it"))
    if os.path.lexists(path) and not path.is_file():
        raise TimelineError(Problem(f"{path} is no file", "the name of a file"))
    if not path.parent.is_dir():
        raise TimelineError(Problem(f"{path} cannot be written: no folder {path.parent}"))


def _put(data: bytes, path: Path, *, force: bool) -> None:
    handle, name = tempfile.mkstemp(prefix=".timeline-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fchmod(file.fileno(), 0o666 & ~_umask())
            os.fsync(file.fileno())
        if force:
            os.replace(name, path)
        else:
            os.link(name, path)  # fails where somebody else was faster
    finally:
        with suppress(FileNotFoundError):
            os.unlink(name)


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
