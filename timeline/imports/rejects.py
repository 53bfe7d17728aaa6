"""Rows that were set aside go to a spreadsheet file, each with its number and the reason.

No cell is a formula to a spreadsheet or a command to a terminal; the table keeps the exact text.
"""

import csv
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from attrs import define, field

from timeline.errors import TimelineError
from timeline.imports.builder import Outcome
from timeline.imports.table_rows import Row
from timeline.text.tables import spreadsheet

_HINT = "name another with --rejects"
HEADING = ("set aside: row", "column", "value", "why")


@define
class Rejects:
    """A file of rejects, which takes its name when it is whole, and exists only if needed."""

    path: Path | None
    columns: Sequence[str]
    _file: TextIO | None = field(default=None)

    def add(self, outcome: Outcome) -> None:
        """Write a row that was set aside."""
        if self.path is None or outcome.fault is None:
            return
        fault, row = outcome.fault, outcome.row
        if self._file is None:
            self._file = self._begun(self.path)
            csv.writer(self._file, lineterminator="\n").writerow(
                [*HEADING, *map(spreadsheet, self.columns)]
            )
        cells: list[str] = []
        if isinstance(row, Row):
            cells = [row.cells.get(name, "") for name in self.columns]
        texts = map(spreadsheet, (fault.column, fault.value, fault.why, *cells))
        csv.writer(self._file, lineterminator="\n").writerow([row.number, *texts])

    def finish(self) -> bool:
        """Give the file its name, or remove an earlier import's; return whether there is one."""
        if self.path is None:
            return False
        if self._file is None:
            self._remove_ours()
            return False
        self._file.close()
        os.replace(self._file.name, self.path)
        self._file = None
        return True

    def abandon(self) -> None:
        """Leave no unfinished file behind."""
        if self._file is not None:
            self._file.close()
            with suppress(OSError):
                Path(self._file.name).unlink()

    def _begun(self, path: Path) -> TextIO:
        try:
            if path.exists() and not _is_ours(path):
                found, expected = f"{path} is no file of rejects", "one that an import may replace"
                raise TimelineError.because(found, expected, hint=_HINT)
            return path.with_name(f"{path.name}.unfinished").open("w", encoding="utf-8", newline="")
        except OSError as error:
            found = f"{path} cannot be written: {error.strerror or error}"
            raise TimelineError.because(found, hint=_HINT) from None

    def _remove_ours(self) -> None:
        assert self.path is not None  # else there is nothing to finish
        with suppress(OSError):
            if _is_ours(self.path):
                self.path.unlink()


def _is_ours(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(HEADING[0])) == HEADING[0].encode()
