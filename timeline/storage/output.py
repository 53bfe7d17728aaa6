"""Putting an export in its place: whole or not at all, over others only if told, never over a log.

A file is written beside its place, brought to the disk, and then given its name, in one step. A
crash leaves at most a file whose name begins with ``.timeline-export-``.
"""

import io
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from timeline.errors import Problem, TimelineError
from timeline.storage.paths import LOG

Files = Mapping[str, bytes]
"""The files of a folder by their path in it, which is of our making and never a text of the log."""
PREFIX = ".timeline-export-"
_FORCE, _EARLIER = "--force writes over it", "a new folder, or one of an earlier export"


def place(data: bytes | Files, path: Path, *, force: bool, keep: Iterable[Path] = ()) -> None:
    """Write a file, or the files of a folder, as a ZIP archive where the path ends in ``.zip``.

    Raises `TimelineError`, with nothing changed, for what is there already, unless with `force`;
    for the files in `keep` and folders that hold other things than such an export; and for what
    the system refuses.
    """
    with _told(path):
        check(path, force=force, keep=keep)
        if isinstance(data, bytes):
            _file(data, path, force)
        elif path.suffix.casefold() == ".zip":
            _file(zipped(data), path, force)
        else:
            _folder(data, path)


def zipped(files: Files) -> bytes:
    """Return files as a ZIP archive in the order given, without times: the same bytes each time."""
    import zipfile

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            info = zipfile.ZipInfo(name)  # of 1980, as the format has no "no time"
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(info, data)
    return buffer.getvalue()


def check(path: Path, *, force: bool, keep: Iterable[Path] = ()) -> None:
    """Raise `TimelineError` where nothing may be put; to be asked before an export is made."""
    for kept in keep:
        if (
            path.exists()
            and kept.exists()
            and (path.samefile(kept) or path.resolve() in kept.resolve().parents)
        ):
            raise TimelineError(
                Problem(f"{path} belongs to the timeline itself", "another name for the export")
            )
    if not path.parent.is_dir():
        raise TimelineError(Problem(f"no folder {path.parent}", "one that is there"))
    if os.path.lexists(path) and not force:
        raise TimelineError(Problem(f"{path} is there already", hint=_FORCE))
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise TimelineError(Problem(f"{path} is no file", "the name of a file or a folder"))


def _file(data: bytes, path: Path, force: bool) -> None:
    if path.is_dir():
        raise TimelineError(Problem(f"{path} is a folder", "the name of a file"))
    handle, name = tempfile.mkstemp(prefix=PREFIX, dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            os.fchmod(file.fileno(), 0o666 & ~_umask())
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        _name(name, path, force)
    finally:
        with suppress(FileNotFoundError):
            os.unlink(name)


def _name(name: str, path: Path, force: bool) -> None:
    """Give a file its name; without `force` only if nobody has taken it meanwhile."""
    if force:
        os.replace(name, path)
        return
    try:
        os.link(name, path)
    except FileExistsError:
        raise TimelineError(Problem(f"{path} is there already", hint=_FORCE)) from None
    except OSError:  # a file system without links
        os.replace(name, path)


def _folder(files: Files, path: Path) -> None:
    """Write a folder of files, in place of an earlier export that holds no other files."""
    if path.exists():
        _check_folder(files, path)
    made = Path(tempfile.mkdtemp(prefix=PREFIX, dir=path.parent))
    try:
        for name, data in files.items():
            inside = made / name
            inside.parent.mkdir(parents=True, exist_ok=True)
            with open(inside, "xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        made.chmod(0o777 & ~_umask())
        _swap(made, path)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _check_folder(files: Files, path: Path) -> None:
    if not path.is_dir() or path.is_symlink():
        raise TimelineError(
            Problem(f"{path} is no folder", "the name of a folder, or one that ends in .zip")
        )
    there = sorted(
        str(one.relative_to(path).as_posix())
        for one in path.rglob("*")
        if not one.is_dir() or one.is_symlink()
    )
    strange = [name for name in there if name not in files]
    if strange:
        raise TimelineError(
            Problem(f"{path} holds {strange[0]}, which is no part of the export", _EARLIER)
        )
    log = path / LOG
    if LOG in files and log.exists() and not files[LOG].startswith(log.read_bytes()):
        raise TimelineError(
            Problem(f"{log} holds what the log that is exported does not", _EARLIER)
        )


def _swap(made: Path, path: Path) -> None:
    """Give a new folder its name, and remove the one that had it."""
    if not path.exists():
        made.rename(path)
        return
    aside = Path(tempfile.mkdtemp(prefix=PREFIX, dir=path.parent))
    old = aside / "old"
    try:
        path.rename(old)
        made.rename(path)
    except OSError:
        if old.exists():
            old.rename(path)
        aside.rmdir()  # and nothing with something in it
        raise
    shutil.rmtree(aside)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise TimelineError(
            Problem(f"{path} cannot be written: {error.strerror or error}")
        ) from None
