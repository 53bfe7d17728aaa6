"""A disk in memory that fails as disks do, by the seed.

What is written stands in the page cache, where every process sees it, and is lost in a power cut
until it was synced: of the bytes after the last sync some beginning is kept, or any sectors of
them, and what is not kept is NUL or whatever lay there before. A write may take less than it was
given, or nothing; a sync may fail and leave the pages dirty, or fail and forget them; a lying disk
confirms what it never kept. A process dies before or after any call. Locks die with it.
"""

import errno
import re
from collections.abc import Iterator
from pathlib import Path
from random import Random

from attrs import define, field

from timeline.storage.file_stamp import FileStamp

SECTOR = 512


class Killed(BaseException):
    """The process is gone; nothing of it runs any more, so nothing may catch this."""


class PowerCut(Killed):
    """And so is all that was not on the disk."""


@define
class Contents:
    """A file: what every process sees of it, and what the disk has of it."""

    inode: int
    seen: bytes = b""
    kept: bytes = b""
    forgotten: list[tuple[int, int]] = field(factory=list)
    changes: int = 0
    named: bool = False


@define(slots=False)
class SimulatedDisk:
    """A `Disk` with some chance of each fault at each call.

    Attributes:
        random: what decides.
        kill: the chance, at each call, that the process dies.
        power: the share of those deaths that are power cuts.
        fail: the chance that a write or a sync fails.
        short: the chance that a write takes less than it was given.
        forget: the share of failed syncs that leave the pages clean, though they are not on the
            disk.
        lie: the chance that a sync confirms what the disk does not keep.
        reorder: the share of power cuts that keep any sectors of the bytes that were not synced,
            not just their beginning.
        room: how many bytes the disk takes in all; None for any number.
    """

    random: Random
    kill: float = 0.0
    power: float = 0.5
    fail: float = 0.0
    short: float = 0.0
    forget: float = 0.0
    lie: float = 0.0
    reorder: float = 0.0
    room: int | None = None
    files: dict[Path, Contents] = field(factory=dict)
    handles: dict[int, Contents] = field(factory=dict)
    locked: dict[int, int] = field(factory=dict)

    # What a log calls

    def open(self, path: Path, *, writing: bool) -> int:
        self._may_die()
        if path not in self.files:
            raise FileNotFoundError(errno.ENOENT, "No such file", str(path))
        return self._handle(self.files[path])

    def create(self, path: Path) -> int:
        self._may_die()
        if path in self.files:
            raise FileExistsError(errno.EEXIST, "File exists", str(path))
        self.files[path] = Contents(len(self.files) + 1)
        handle = self._handle(self.files[path])
        self.locked[self.files[path].inode] = handle  # nobody else knows of it yet
        return handle

    def remove(self, path: Path) -> None:
        del self.files[path]

    def lock(self, handle: int) -> None:
        self._may_die()
        holder = self.locked.setdefault(self.handles[handle].inode, handle)
        assert holder == handle, "somebody else holds the lock"

    def unlock(self, handle: int) -> None:
        self.locked.pop(self.handles[handle].inode, None)

    def stamp(self, handle: int) -> FileStamp:
        contents = self.handles[handle]
        changes = contents.changes
        return FileStamp(1, contents.inode, len(contents.seen), changes, changes)

    def stands_at(self, handle: int, path: Path) -> bool:
        return self.files.get(path) is self.handles[handle]

    def lines(self, handle: int, offset: int) -> Iterator[bytes]:
        self._may_die()
        yield from _lines(self.handles[handle].seen[offset:])

    def read(self, handle: int, offset: int, size: int) -> bytes:
        self._may_die()
        return self.handles[handle].seen[offset : offset + size]

    def cut(self, handle: int, size: int) -> None:
        raise AssertionError("a log is never cut")

    def write(self, handle: int, data: bytes) -> int:
        contents = self.handles[handle]
        assert self.locked.get(contents.inode) == handle, "written without the lock"
        self._may_die()
        if self._chance(self.fail):
            code = self.random.choice((errno.EIO, errno.ENOSPC, errno.EDQUOT))
            raise OSError(code, "The disk failed")
        taken = data
        if self._chance(self.short):
            taken = data[: self.random.randrange(len(data))]
        if self.room is not None:
            used = sum(len(file.seen) for file in self.files.values())
            taken = taken[: max(0, self.room - used)]
            if not taken:
                raise OSError(errno.ENOSPC, "No space left on device")
        if self._chance(self.kill):
            contents.seen += taken[: self.random.randrange(len(taken) + 1)]
            self._die()
        contents.seen += taken
        contents.changes += 1
        return len(taken)

    def sync(self, handle: int) -> None:
        contents = self.handles[handle]
        self._may_die()
        if self._chance(self.lie):
            return
        if self._chance(self.fail):
            if self._chance(self.forget):
                contents.forgotten.append((len(contents.kept), len(contents.seen)))
            raise OSError(errno.EIO, "Input/output error")
        contents.kept = self._with_holes(contents)
        self._may_die()

    def sync_folder(self, folder: Path) -> None:
        self._may_die()
        for path, contents in self.files.items():
            contents.named |= path.parent == folder

    def close(self, handle: int) -> None:
        contents = self.handles.pop(handle, None)
        if contents and self.locked.get(contents.inode) == handle:
            del self.locked[contents.inode]

    # What befalls it

    def restart(self, death: Killed) -> None:
        """Let a process end, and where it was the power that went, all that was not kept."""
        self.handles.clear()
        self.locked.clear()
        if isinstance(death, PowerCut):
            self.files = {
                path: file
                for path, file in self.files.items()
                if file.named or self.random.random() < 0.5
            }
            for contents in self.files.values():
                contents.seen = contents.kept = self._left(contents)
                contents.forgotten.clear()
                contents.changes += 1

    def _left(self, contents: Contents) -> bytes:
        """Return what a power cut leaves of a file."""
        kept, seen = contents.kept, self._with_holes(contents)
        size = self.random.randint(len(kept), len(seen))
        if self._chance(self.reorder):
            begin = len(kept) // SECTOR * SECTOR
            sectors = [self._sector(seen, at) for at in range(begin, size, SECTOR)]
            return kept + b"".join(sectors)[len(kept) - begin : size - begin]
        whole = self.random.randint(len(kept), size)
        return seen[:whole] + self._stale(kept, size - whole)

    def _sector(self, seen: bytes, at: int) -> bytes:
        """Return a sector as it was seen, or as a power cut left it."""
        if self.random.random() < 0.5:
            return seen[at : at + SECTOR]
        return self._lost(SECTOR)

    def _lost(self, length: int) -> bytes:
        return bytes(length) if self.random.random() < 0.5 else self.random.randbytes(length)

    def _stale(self, old: bytes, length: int) -> bytes:
        """Return what lay behind the end before: nothing, anything, or old lines of this log."""
        at = self.random.randrange(2 * len(old) + 1)
        if at >= len(old):
            return self._lost(length)
        line = old.rfind(b"\n", 0, at) + 1
        return old[line:].ljust(length, b"\0")[:length]

    def _with_holes(self, contents: Contents) -> bytes:
        data = bytearray(contents.seen)
        for start, end in contents.forgotten:
            data[start:end] = bytes(end - start)
        return bytes(data)

    def _handle(self, contents: Contents) -> int:
        handle = max(self.handles, default=2) + 1
        self.handles[handle] = contents
        return handle

    def _chance(self, chance: float) -> bool:
        return self.random.random() < chance

    def _may_die(self) -> None:
        if self._chance(self.kill):
            self._die()

    def _die(self) -> None:
        raise PowerCut if self._chance(self.power) else Killed


def _lines(data: bytes) -> list[bytes]:
    """Return data split at newlines alone, as a file is."""
    return re.findall(rb"[^\n]*\n|[^\n]+", data)
