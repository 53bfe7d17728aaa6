"""Output: a file is put where it was asked for, whole or not at all, and never over a log.

It is put over what is there only if that was asked for. A file is written beside its place under a
name of its own, brought to the disk, and then given its name, in one step. Nobody ever reads half
an export or half a picture, and a crash leaves at most a file whose name begins with
``.timeline-export-``.
"""

import io
import os
import shutil
import tempfile
import zipfile
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

    Raises `TimelineError` for what is there already, unless with `force`; for what is never written
    over, which are the files in `keep` and folders that hold anything else than such an export; and
    for what the system refuses. Then nothing was changed.
    """
    with _os_errors(path):
        check(path, force=force, keep=keep)
        if isinstance(data, bytes):
            _file(data, path, force)
        elif path.suffix.casefold() == ".zip":
            _file(zipped(data), path, force)
        else:
            _folder(data, path)


def zipped(files: Files) -> bytes:
    """Return files as a ZIP archive: the same bytes for the same files in the same order."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            info = zipfile.ZipInfo(name)  # of 1980, as the format has no "no time"
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(info, data)
    return buffer.getvalue()


def check(path: Path, *, force: bool, keep: Iterable[Path] = ()) -> None:
    """Raise `TimelineError` for a place where nothing may be put.

    It is asked before the files are made, which may take a while.
    """
    if any(_is_within(kept, path) for kept in keep):
        found = f"{path} belongs to the timeline itself"
        raise TimelineError(Problem(found, "another name for the export"))
    if not path.parent.is_dir():
        raise TimelineError(Problem(f"no folder {path.parent}", "one that is there"))
    if os.path.lexists(path) and not force:
        raise TimelineError(Problem(f"{path} is there already", hint=_FORCE))
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise TimelineError(Problem(f"{path} is no file", "the name of a file or a folder"))


def _is_within(kept: Path, path: Path) -> bool:
    """Return whether a file that is there is the one at a path, or lies in the folder there."""
    if not (path.exists() and kept.exists()):
        return False
    return path.samefile(kept) or path.resolve() in kept.resolve().parents


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
    """Write a folder of files, whole, in the place of one that holds such an export and no more."""
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
        expected = "the name of a folder, or one that ends in .zip"
        raise TimelineError(Problem(f"{path} is no folder", expected))
    strange = [name for name in _names(path) if name not in files]
    if strange:
        found = f"{path} holds {strange[0]}, which is no part of the export"
        raise TimelineError(Problem(found, _EARLIER))
    log = path / LOG  # it may have grown on its own in an unpacked package
    if LOG in files and log.exists() and not files[LOG].startswith(log.read_bytes()):
        found = f"{log} holds what the log that is exported does not"
        raise TimelineError(Problem(found, _EARLIER))


def _names(folder: Path) -> list[str]:
    """Return the sorted paths, seen from a folder, of all files that lie somewhere in it."""
    inside = (path for path in folder.rglob("*") if not path.is_dir() or path.is_symlink())
    return sorted(path.relative_to(folder).as_posix() for path in inside)


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
def _os_errors(path: Path) -> Iterator[None]:
    """Raise `TimelineError` for what the system refuses."""
    try:
        yield
    except OSError as error:
        problem = Problem(f"{path} cannot be written: {error.strerror or error}")
        raise TimelineError(problem) from None
