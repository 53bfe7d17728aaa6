"""Exports: a timeline in the formats of other programs, one module a format, listed in `FORMATS` and nowhere else."""

from collections.abc import Callable, Mapping

from attrs import frozen

from timeline.errors import Problem, UsageError, nearest
from timeline.exports import csv, geojson
from timeline.exports.export import Export
from timeline.exports.placing import Files


@frozen(kw_only=True)
class Format:
    """A format.

    Attributes:
        summary: what it holds, in a line.
        lost: what it cannot say.
        write: returns an export in it: a text, the bytes of a file, or the files of a folder.
        takes: the options that mean something to it, besides those that all formats take.
        count: returns how many things there are to write, where there may be none.
    """

    summary: str
    lost: str
    write: Callable[[Export], str] | Callable[[Export], bytes] | Callable[[Export], Files]
    takes: tuple[str, ...] = ()
    count: Callable[[Export], int] | None = None


FORMATS: Mapping[str, Format] = {
    "geojson": Format(summary="the state at the cut, for maps", lost=geojson.LOST_OF_STATE, write=geojson.state, count=geojson.count_state),
    "geojson-history": Format(
        summary="who held each place from when until when, for maps with a time slider",
        lost=geojson.LOST_OF_HISTORY,
        write=geojson.history,
        count=geojson.count_history,
        takes=("along",),
    ),
    "csv": Format(
        summary="a table of events, states or changes", lost=csv.LOST, write=csv.write, count=csv.count, takes=("table", "hxl", "along")
    ),
}
"""Every format, by the name that a command gives it."""


def named(name: str) -> Format:
    """Return the format of that name; raise `UsageError` for an unknown one."""
    if name not in FORMATS:
        raise UsageError(Problem(f"unknown format {name!r}", f"one of {', '.join(FORMATS)}", hint=nearest(name, FORMATS)))
    return FORMATS[name]
