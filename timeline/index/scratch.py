"""Bytes that are put aside while a large log is replayed: few in memory, more in a file without a name, which ends with who made it."""

import io
from contextlib import suppress
from typing import IO
from weakref import finalize

from attrs import define, field

from timeline.errors import Problem, TimelineError

HELD = 1 << 20
"""How many bytes are held in memory before they go into a file."""


@define(eq=False)
class Scratch:
    """Bytes that are put aside, and found again by where they were put. Where no temporary file can be made, memory has to do."""

    size: int = 0
    _file: IO[bytes] = field(factory=io.BytesIO)
    _in_memory: bool = True

    def put(self, data: bytes) -> int:
        """Put bytes aside and return where they begin; raise `TimelineError` where there is no room for them."""
        where = self.size
        self.size += len(data)
        try:
            if self._in_memory and self.size > HELD:
                self._move()
            self._file.seek(where)
            self._file.write(data)
            self._file.flush()
        except OSError as error:
            hint = "TMPDIR names another folder for temporary files"
            raise TimelineError(
                Problem(
                    f"what is put aside cannot be written: {error.strerror or error}", hint=hint
                )
            ) from None
        return where

    def get(self, where: int, size: int) -> bytes:
        """Return bytes that were put aside."""
        self._file.seek(where)
        return self._file.read(size)

    def _move(self) -> None:
        """Put what is held in memory into a temporary file, if one can be made."""
        import tempfile  # with what it needs for names and archives

        self._in_memory = False
        held = self._file
        try:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115  # `finalize` closes it
        except OSError:
            return
        finalize(self, _close, self._file)
        held.seek(0)
        self._file.write(held.read())


def _close(file: IO[bytes]) -> None:
    with suppress(OSError):  # what is not written yet is not wanted any more
        file.close()
