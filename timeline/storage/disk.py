"""Storage: the only place where the file of a log is opened, locked, read, written and synced.

`Disk` has the few calls that a log needs. `LogFile` reads lines, and returns from an append once
the bytes are on the disk, or raises. Nothing is tried twice: after a failed write or sync nobody
knows what the disk holds, and whoever appends again reads first what it holds now.
"""

import errno
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import ModuleType
from typing import Protocol

from attrs import define

from timeline.errors import Problem, TimelineError
from timeline.storage.file_stamp import FileStamp


class Disk(Protocol):
    """The system as a log needs it; any call may raise `OSError`, `write` may write less."""

    def open(self, path: Path, *, writing: bool) -> int:
        """Open a file, to be read or to be read and appended to, and return its handle."""

    def create(self, path: Path) -> int:
        """Make a file that is not there yet and return its handle, to be appended to."""

    def remove(self, path: Path) -> None:
        """Remove a file that was just made."""

    def lock(self, handle: int) -> None:
        """Wait for the exclusive lock of a file; `unlock`, `close` or an exit frees it."""

    def unlock(self, handle: int) -> None:
        """Free the lock of a file."""

    def stamp(self, handle: int) -> FileStamp:
        """Return which file an open one is, and how it is now."""

    def stands_at(self, handle: int, path: Path) -> bool:
        """Return whether a path still names the file that was opened."""

    def lines(self, handle: int, offset: int) -> Iterator[bytes]:
        """Yield the lines from an offset on, each with its newline, which the last one may lack."""

    def read(self, handle: int, offset: int, size: int) -> bytes:
        """Return the bytes from an offset on, fewer where the file ends."""

    def write(self, handle: int, data: bytes) -> int:
        """Write to the end of a file, once, and return how many bytes were taken."""

    def cut(self, handle: int, size: int) -> None:
        """End a file at a place before its end."""

    def sync(self, handle: int) -> None:
        """Return once the file is on the disk."""

    def sync_folder(self, folder: Path) -> None:
        """Return once the names in a folder are on the disk."""

    def close(self, handle: int) -> None:
        """Close a file."""


class System:
    """The disk of the system."""

    def open(self, path: Path, *, writing: bool) -> int:
        """Open a file with `O_APPEND`, so that writing goes to its end wherever that is by then."""
        return os.open(path, os.O_RDWR | os.O_APPEND if writing else os.O_RDONLY)

    def create(self, path: Path) -> int:
        """Make a file, readable by all that the umask allows."""
        return os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_EXCL, 0o666)

    def remove(self, path: Path) -> None:
        """Remove a file."""
        path.unlink()

    def lock(self, handle: int) -> None:
        """Wait for an advisory lock (`flock`); raise `TimelineError` on a system that has none."""
        try:
            import fcntl  # only POSIX has it
        except ImportError:
            problem = Problem("appending needs a POSIX system, for its file locks")
            raise TimelineError(problem) from None
        fcntl.flock(handle, fcntl.LOCK_EX)

    def unlock(self, handle: int) -> None:
        """Free the lock."""
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_UN)

    def stamp(self, handle: int) -> FileStamp:
        """Return what `fstat` says."""
        return FileStamp.of(os.fstat(handle))

    def stands_at(self, handle: int, path: Path) -> bool:
        """Compare device and inode."""
        return FileStamp.of(os.stat(path)).same_file(self.stamp(handle))

    def lines(self, handle: int, offset: int) -> Iterator[bytes]:
        """Read through a buffer that moves only the handle's offset, which appending ignores."""
        with open(handle, "rb", closefd=False) as file:
            file.seek(offset)
            yield from file

    def read(self, handle: int, offset: int, size: int) -> bytes:
        """Call `pread` until there is no more, or enough."""
        data = b""
        while len(data) < size:
            more = os.pread(handle, size - len(data), offset + len(data))
            if not more:
                break
            data += more
        return data

    def write(self, handle: int, data: bytes) -> int:
        """Call `write` once."""
        return os.write(handle, data)

    def cut(self, handle: int, size: int) -> None:
        """Call `ftruncate`."""
        os.ftruncate(handle, size)

    def sync(self, handle: int) -> None:
        """Call `fsync`."""
        os.fsync(handle)

    def sync_folder(self, folder: Path) -> None:
        """Call `fsync` on the folder; a file system that has no such thing says `EINVAL`."""
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        except OSError as error:
            if error.errno != errno.EINVAL:
                raise
        finally:
            os.close(handle)

    def close(self, handle: int) -> None:
        """Close the file, and with it free its lock."""
        os.close(handle)


SYSTEM: Disk = System()


@define
class LogFile:
    """An open log and its disk; `handle` is the disk's, and `writing` allows appends."""

    path: Path
    handle: int
    writing: bool = False
    disk: Disk = SYSTEM

    @classmethod
    def open(cls, path: Path, *, writing: bool = False, disk: Disk = SYSTEM) -> "LogFile":
        """Open a log; raise `TimelineError` if it is missing or the system refuses."""
        with told(path):
            try:
                return cls(path, disk.open(path, writing=writing), writing, disk)
            except FileNotFoundError:
                raise
            except OSError as error:
                problem = Problem(f"{path} cannot be opened: {error.strerror or error}")
                raise TimelineError(problem) from None

    def close(self) -> None:
        """Close the log."""
        with told(self.path):
            self.disk.close(self.handle)

    def lines(self, offset: int = 0) -> Iterator[bytes]:
        """Return the lines from an offset on; the last one may lack its newline."""
        return self.disk.lines(self.handle, offset)

    def read(self, offset: int, size: int) -> bytes:
        """Return the bytes from an offset on, fewer where the file ends."""
        return self.disk.read(self.handle, offset, size)

    def stamp(self) -> FileStamp:
        """Return which file it is, and how it is now."""
        return self.disk.stamp(self.handle)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the exclusive lock of the file at the path, opened anew if it was replaced."""
        with told(self.path):
            self._lock()
            try:
                yield
            finally:
                self.disk.unlock(self.handle)

    def append(self, data: bytes, *, folder: bool = False) -> None:
        """Write bytes to the end of the locked log; return once they are on the disk.

        With `folder` its name is on the disk, too. Raises `TimelineError` if either fails.
        """
        again = "nothing is acknowledged; once the cause is gone, run the same again"
        try:
            written = self.disk.write(self.handle, data)
        except OSError as error:
            found = f"{self.path} cannot be written to: {error.strerror or error}"
            raise TimelineError(Problem(found, hint=again)) from None
        if written != len(data):
            found = f"only {written} of {len(data)} bytes were written to {self.path}"
            hint = f"is the disk full? the last line is unfinished, and {again}"
            raise TimelineError(Problem(found, hint=hint))
        self.sync(folder=folder)

    def cut(self, size: int) -> None:
        """Cut the end of a locked file that was never acknowledged; never done to a log."""
        self.disk.cut(self.handle, size)

    def sync(self, *, folder: bool = False) -> None:
        """Return once the log, with `folder` its name too, is on disk; raise `TimelineError`."""
        try:
            self.disk.sync(self.handle)
            if folder:
                self.disk.sync_folder(self.path.parent)
        except OSError as error:
            hint = (
                "what was written may be lost, and is not acknowledged;"
                " see to the disk, then run the same again"
            )
            raise TimelineError(
                Problem(
                    f"the disk did not confirm {self.path}: {error.strerror or error}", hint=hint
                )
            ) from None

    def _lock(self) -> None:
        self.disk.lock(self.handle)
        while not self.disk.stands_at(self.handle, self.path):
            self.disk.close(self.handle)
            self.handle = self.disk.open(self.path, writing=self.writing)
            self.disk.lock(self.handle)


@contextmanager
def opened(path: Path, *, writing: bool = False, disk: Disk = SYSTEM) -> Iterator[LogFile]:
    """Open a log for a while; raise `TimelineError` for whatever the system refuses meanwhile."""
    file = LogFile.open(path, writing=writing, disk=disk)
    try:
        with told(path):
            yield file
    finally:
        file.close()


def ensure(path: Path, disk: Disk = SYSTEM) -> None:
    """Make an empty file unless there is one."""
    with told(path), suppress(FileExistsError):
        disk.close(disk.create(path))


def create(path: Path, data: bytes, disk: Disk = SYSTEM) -> None:
    """Make a file that is on the disk with its name, or raise `TimelineError` and leave none."""
    with told(path):
        file = LogFile(path, disk.create(path), writing=True, disk=disk)
    try:
        if data:
            file.append(data, folder=True)
        else:
            file.sync(folder=True)
    except TimelineError:
        with suppress(OSError):
            disk.remove(path)
        raise
    finally:
        file.close()


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Raise `TimelineError` for what the system refuses."""
    try:
        yield
    except FileNotFoundError:
        hint = "name one with --log, or make one with `timeline init FOLDER`"
        raise TimelineError(Problem(f"no log {path}", hint=hint)) from None
    except OSError as error:
        raise TimelineError(Problem(f"{path}: {error.strerror or error}")) from None


@contextmanager
def held(path: Path, patience: float = 1.0) -> Iterator[bool]:
    """Hold the lock of a derived file, made if missing; give whether it was had in time.

    `patience` is in seconds. A system without file locks gives False. Raises `OSError` where the
    file cannot be made.
    """
    try:
        import fcntl  # only POSIX has it
    except ImportError:
        yield False
        return
    until = time.monotonic() + patience
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        while not (locked := _locked(fcntl, handle)) and time.monotonic() < until:
            time.sleep(0.02)
        yield locked
    finally:
        os.close(handle)


def _locked(fcntl: ModuleType, handle: int) -> bool:
    """Lock a file unless somebody else has, and return whether it is locked."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
