"""Apache Parquet, and GeoParquet 1.1 (geoparquet.org/releases/v1.1.0): the tables with their types, and where their rows are.

Instants are timestamps in UTC, and lists are lists. Where the file comes from stands in its
metadata under ``conflict-timeline``, what the format cannot say under ``note``, and the meaning of
each column in the column's own.
"""

import io
import json
import struct
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from timeline.errors import needing
from timeline.exports.request import Export
from timeline.exports.tables import Row, Sheet, sheet
from timeline.text.phrases import safe

LOST = "Timestamps are hard ends in UTC; vague dates stand beside them as they were said. Control characters in texts are written by number."
LOST_OF_GEOMETRIES = (
    f"{LOST} A geometry has no sureness: a reader that draws the holder alone draws as certain what status, certain, against and unclear "
    "put in doubt. Places without a boundary are points, and those without a point have no geometry."
)
GEOMETRY = "geometry"
_WKB = {"Point": 1, "Polygon": 3, "MultiPolygon": 6}
"""The codes of geometries in well-known binary (OGC 06-103r4, section 8.2)."""


def write(export: Export) -> bytes:
    """Return a table as Parquet; raises `TimelineError` where pyarrow is missing."""
    table = sheet(export)
    return _file(table, export, LOST)


def write_places(export: Export) -> bytes:
    """Return a table as GeoParquet, with a column of geometries; raises `TimelineError` where pyarrow is missing."""
    table = sheet(export, "states")
    geometries = [_geometry(row, table.name, export) for row in table.rows]
    return _file(table, export, LOST_OF_GEOMETRIES, geometries)


def count(export: Export) -> int:
    """Return how many rows there are to write."""
    return len(sheet(export).rows)


def count_places(export: Export) -> int:
    """Return how many rows there are to write with geometries."""
    return len(sheet(export, "states").rows)


def _file(
    table: Sheet,
    export: Export,
    lost: str,
    geometries: Sequence[Mapping[str, Any] | None] | None = None,
) -> bytes:
    with needing("pyarrow", "parquet"):
        import pyarrow as pa
        from pyarrow import parquet

    fields = [
        pa.field(c.name, _type(c.kind, pa), metadata={"meaning": c.meaning, "hxl": c.hxl})
        for c in table.columns
    ]
    columns: list[Any] = [
        pa.array([_value(row.get(c.name)) for row in table.rows], field.type)
        for c, field in zip(table.columns, fields, strict=True)
    ]
    metadata = {
        "conflict-timeline": json.dumps(
            export.origin | {"along": export.along}, ensure_ascii=False
        ),
        "note": lost,
    }
    if geometries is not None:
        fields.append(
            pa.field(
                GEOMETRY,
                pa.binary(),
                metadata={"meaning": "where the row is: a boundary or a point"},
            )
        )
        columns.append(
            pa.array([None if one is None else wkb(one) for one in geometries], pa.binary())
        )
        metadata["geo"] = json.dumps(geo([one for one in geometries if one is not None]))
    sink = io.BytesIO()
    parquet.write_table(pa.table(columns, schema=pa.schema(fields, metadata=metadata)), sink)
    return sink.getvalue()


def _type(kind: str, pa: Any) -> Any:
    types = {
        "string": pa.string(),
        "integer": pa.int64(),
        "number": pa.float64(),
        "boolean": pa.bool_(),
    }
    return types.get(kind) or (
        pa.timestamp("us", tz="UTC") if kind == "datetime" else pa.list_(pa.string())
    )


def _value(value: Any) -> Any:
    return (
        [safe(one) for one in value]
        if isinstance(value, list)
        else safe(value)
        if isinstance(value, str)
        else value
    )


def _geometry(row: Row, table: str, export: Export) -> dict[str, Any] | None:
    """Return where a row is: of the place that it is about, of an event the point of its place."""
    if table != "events":
        return export.geometry(export.city.places[row["place"]])
    return (
        None
        if row["lat"] is None or row["lon"] is None
        else {"type": "Point", "coordinates": [row["lon"], row["lat"]]}
    )


def geo(geometries: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the metadata of GeoParquet for a column of geometries; no reference system means longitudes and latitudes of WGS 84."""
    types = sorted({one["type"] for one in geometries})
    lons, lats = (
        zip(
            *(position for one in geometries for position in _positions(one["coordinates"])),
            strict=True,
        )
        if geometries
        else ((), ())
    )
    box = {"bbox": [min(lons), min(lats), max(lons), max(lats)]} if lons else {}
    column = {
        "encoding": "WKB",
        "geometry_types": types,
        "orientation": "counterclockwise",
        "edges": "planar",
        **box,
    }
    return {"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}}


def _positions(coordinates: Any) -> Iterable[tuple[float, float]]:
    """Yield all positions of a geometry."""
    if isinstance(coordinates[0], list):
        for inner in coordinates:
            yield from _positions(inner)
    else:
        yield coordinates[0], coordinates[1]


def wkb(geometry: Mapping[str, Any]) -> bytes:
    """Return a point, a polygon or several as well-known binary, little-endian."""
    kind, coordinates = geometry["type"], geometry["coordinates"]
    head = struct.pack("<BI", 1, _WKB[kind])
    if kind == "Point":
        return head + struct.pack("<dd", *coordinates)
    if kind == "MultiPolygon":
        return (
            head
            + struct.pack("<I", len(coordinates))
            + b"".join(wkb({"type": "Polygon", "coordinates": one}) for one in coordinates)
        )
    rings = (
        struct.pack(
            f"<I{2 * len(ring)}d", len(ring), *(number for position in ring for number in position)
        )
        for ring in coordinates
    )
    return head + struct.pack("<I", len(coordinates)) + b"".join(rings)
