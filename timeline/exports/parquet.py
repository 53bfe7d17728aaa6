"""Apache Parquet, and GeoParquet 1.1 (geoparquet.org/releases/v1.1.0), keep the tables' types.

Instants are in UTC. The metadata hold the origin under ``conflict-timeline``, limits under
``note``.
"""

import io
import json
import struct
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from timeline.errors import needing
from timeline.exports.columns import Column, Row
from timeline.exports.request import Export
from timeline.exports.serialization import point
from timeline.exports.tables import Sheet, sheet
from timeline.text.phrases import safe

LOST = (
    "Timestamps are hard ends in UTC; vague dates stand beside them as they were said. Control "
    "characters in texts are written by number."
)
LOST_OF_GEOMETRIES = (
    f"{LOST} A geometry has no sureness: a reader that draws the holder alone draws as certain "
    "what status, certain, against and unclear put in doubt. Places without a boundary are points, "
    "and those without a point have no geometry."
)
GEOMETRY = "geometry"
_WKB = {"Point": 1, "Polygon": 3, "MultiPolygon": 6}
"""The codes of geometries in well-known binary (OGC 06-103r4, section 8.2)."""

Geometry = Mapping[str, Any]
"""A GeoJSON geometry."""


def write(export: Export) -> bytes:
    """Return a table as Parquet; raises `TimelineError` where pyarrow is missing."""
    return _file(sheet(export), export, LOST)


def write_places(export: Export) -> bytes:
    """Return a table with geometries as GeoParquet; raise `TimelineError` without pyarrow."""
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
    table: Sheet, export: Export, lost: str, geometries: Sequence[Geometry | None] | None = None
) -> bytes:
    with needing("pyarrow", "parquet"):
        import pyarrow as pa
        from pyarrow import parquet

    fields = [_field(column, pa) for column in table.columns]
    columns = [pa.array(_values(field.name, table), field.type) for field in fields]
    origin = json.dumps(export.origin | {"along": export.along}, ensure_ascii=False)
    metadata = {"conflict-timeline": origin, "note": lost}
    if geometries is not None:
        meaning = {"meaning": "where the row is: a boundary or a point"}
        fields.append(pa.field(GEOMETRY, pa.binary(), metadata=meaning))
        columns.append(pa.array([shape and wkb(shape) for shape in geometries], pa.binary()))
        metadata["geo"] = json.dumps(geo([shape for shape in geometries if shape is not None]))
    sink = io.BytesIO()
    parquet.write_table(pa.table(columns, schema=pa.schema(fields, metadata=metadata)), sink)
    return sink.getvalue()


def _field(column: Column, pa: Any) -> Any:
    types = {
        "string": pa.string(),
        "integer": pa.int64(),
        "number": pa.float64(),
        "boolean": pa.bool_(),
        "datetime": pa.timestamp("us", tz="UTC"),
        "strings": pa.list_(pa.string()),
    }
    metadata = {"meaning": column.meaning, "hxl": column.hxl}
    return pa.field(column.name, types[column.kind], metadata=metadata)


def _values(name: str, table: Sheet) -> list[Any]:
    return [_value(row.get(name)) for row in table.rows]


def _value(value: Any) -> Any:
    if isinstance(value, list):
        return [safe(item) for item in value]
    return safe(value) if isinstance(value, str) else value


def _geometry(row: Row, table: str, export: Export) -> Geometry | None:
    """Return the geometry of a row's place, or the point of an event's place."""
    if table == "events":
        return point(row["lat"], row["lon"])
    return export.geometry(export.city.places[row["place"]])


def geo(geometries: Sequence[Geometry]) -> dict[str, Any]:
    """Return the GeoParquet metadata of geometries; no reference system means WGS 84."""
    column = {
        "encoding": "WKB",
        "geometry_types": sorted({shape["type"] for shape in geometries}),
        "orientation": "counterclockwise",
        "edges": "planar",
        **_box(geometries),
    }
    return {"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}}


def _box(geometries: Sequence[Geometry]) -> dict[str, list[float]]:
    """Return the box around some geometries as a member of the metadata; none for none."""
    positions = [at for shape in geometries for at in _positions(shape["coordinates"])]
    if not positions:
        return {}
    lons, lats = zip(*positions, strict=True)
    return {"bbox": [min(lons), min(lats), max(lons), max(lats)]}


def _positions(coordinates: Any) -> Iterable[tuple[float, float]]:
    """Yield all positions of a geometry."""
    if isinstance(coordinates[0], list):
        for inner in coordinates:
            yield from _positions(inner)
    else:
        yield coordinates[0], coordinates[1]


def wkb(geometry: Geometry) -> bytes:
    """Return a point, a polygon or several as well-known binary, little-endian."""
    kind, coordinates = geometry["type"], geometry["coordinates"]
    head = struct.pack("<BI", 1, _WKB[kind])
    if kind == "Point":
        return head + struct.pack("<dd", *coordinates)
    if kind == "Polygon":
        parts = [_ring(ring) for ring in coordinates]
    else:
        parts = [wkb({"type": "Polygon", "coordinates": rings}) for rings in coordinates]
    return head + struct.pack("<I", len(parts)) + b"".join(parts)


def _ring(ring: Sequence[Sequence[float]]) -> bytes:
    numbers = (number for position in ring for number in position)
    return struct.pack(f"<I{2 * len(ring)}d", len(ring), *numbers)
