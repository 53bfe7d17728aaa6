"""How a file is told from another one, and from itself as it was before."""

import os
from pathlib import Path
from typing import NamedTuple, Self


class FileStamp(NamedTuple):
    """Which file it is, its length in bytes, and its last changes, in ns since 1970.

    Any program may set `modified`, none `changed`. A file put in its place has another `inode`.
    """

    device: int
    inode: int
    size: int
    modified: int
    changed: int

    @classmethod
    def of(cls, status: os.stat_result) -> Self:
        """Return the stamp of a file from what the system says of it."""
        return cls(
            status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns
        )

    @classmethod
    def at(cls, path: Path) -> Self | None:
        """Return the stamp of the file at a path; None for no file that can be seen."""
        try:
            return cls.of(path.stat())
        except OSError:
            return None

    def same_file(self, other: Self) -> bool:
        """Return whether both are of one file, whatever was written to it between them."""
        return (self.device, self.inode) == (other.device, other.inode)
