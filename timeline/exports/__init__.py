"""Exports hand a timeline on in the formats of other programs, one module a format."""

from collections.abc import Callable, Mapping

from attrs import frozen

from timeline.errors import Problem, UsageError, nearest, quoted
from timeline.exports import csv, datapackage, geojson, kml, parquet, rocrate, timelinejs, timemap
from timeline.exports.request import Export
from timeline.storage.output import Files


@frozen(kw_only=True)
class Format:
    """A format of other programs, with what it cannot say and the options that it takes.

    `write` returns a text, a file's bytes, or a folder's files; `count` is for formats that may
    have nothing to write.
    """

    summary: str
    lost: str
    write: Callable[[Export], str] | Callable[[Export], bytes] | Callable[[Export], Files]
    takes: tuple[str, ...] = ()
    count: Callable[[Export], int] | None = None


FORMATS: Mapping[str, Format] = {
    "geojson": Format(
        summary="the state at the cut, for maps",
        lost=geojson.LOST_OF_STATE,
        write=geojson.state,
        count=geojson.count_state,
    ),
    "geojson-history": Format(
        summary="who held each place from when until when, for maps with a time slider",
        lost=geojson.LOST_OF_HISTORY,
        write=geojson.history,
        count=geojson.count_history,
        takes=("along",),
    ),
    "kml": Format(
        summary="that history and the events, for globes",
        lost=kml.LOST,
        write=kml.write,
        count=kml.count,
        takes=("along",),
    ),
    "csv": Format(
        summary="a table of events, states or changes",
        lost=csv.LOST,
        write=csv.write,
        count=csv.count,
        takes=("table", "hxl", "along"),
    ),
    "parquet": Format(
        summary="the same tables with types; needs the extra parquet",
        lost=parquet.LOST,
        write=parquet.write,
        count=parquet.count,
        takes=("table", "along"),
    ),
    "geoparquet": Format(
        summary="the same tables with boundaries and points; needs the extra parquet",
        lost=parquet.LOST_OF_GEOMETRIES,
        write=parquet.write_places,
        count=parquet.count_places,
        takes=("table", "along"),
    ),
    "timelinejs": Format(
        summary="the events as slides of TimelineJS",
        lost=timelinejs.LOST,
        write=timelinejs.write,
        count=timelinejs.count,
    ),
    "timemap": Format(
        summary="the events for TimeMap, as a folder",
        lost=timemap.LOST,
        write=timemap.write,
        count=timemap.count,
    ),
    "datapackage": Format(
        summary="log, city file, seals and tables as a Frictionless data package, as a folder",
        lost=datapackage.LOST,
        write=datapackage.write,
        takes=("mappings", "licence", "along"),
    ),
    "ro-crate": Format(
        summary="the same as an RO-Crate",
        lost=rocrate.LOST,
        write=rocrate.write,
        takes=("mappings", "licence", "along"),
    ),
}
"""Every format, by the name that a command gives it."""


def named(name: str) -> Format:
    """Return the format of that name; raise `UsageError` for an unknown one."""
    if name not in FORMATS:
        expected, hint = f"one of {', '.join(FORMATS)}", nearest(name, FORMATS)
        raise UsageError(Problem(f"unknown format {quoted(name)}", expected, hint=hint))
    return FORMATS[name]
