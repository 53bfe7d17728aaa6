"""Parquet is read with its types, and GeoParquet with its geometries, by other libraries."""

import io
import json

import jsonschema
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sample_exports import aleppo, bounded, values

from timeline.exports import parquet, tables


@pytest.mark.parametrize("table", tables.SHEETS)
def test_parquet_is_read_with_its_values(table):
    reader = pytest.importorskip("pyarrow.parquet")
    export = aleppo(table=table)
    read, sheet = reader.read_table(io.BytesIO(parquet.write(export))), tables.sheet(export)
    names = [column.name for column in sheet.columns]
    assert read.column_names == names
    for row, written in zip(read.to_pylist(), sheet.rows, strict=True):
        assert values(row, names) == values(written, names)


def test_parquet_is_read_with_its_types_and_hashtags():
    reader = pytest.importorskip("pyarrow.parquet")
    schema = reader.read_schema(io.BytesIO(parquet.write(aleppo(table="changes"))))
    assert str(schema.field("start").type) == "timestamp[us, tz=UTC]"
    assert schema.field("start").metadata[b"hxl"] == b"#date+start"


def test_geoparquet_is_read_by_geoarrow(tmp_path):
    geoarrow = pytest.importorskip("geoarrow.pyarrow")
    reader = pytest.importorskip("geoarrow.pyarrow.io")
    (tmp_path / "map.parquet").write_bytes(parquet.write_places(bounded(tmp_path)))
    table = reader.read_geoparquet_table(tmp_path / "map.parquet")
    texts = geoarrow.as_wkt(table["geometry"]).to_pylist()
    shapes = dict(zip(table["place"].to_pylist(), texts, strict=True))
    outer = "POLYGON ((37 36, 37.1 36, 37.1 36.1, 37 36.1, 37 36), (37.02 36.02,"
    assert shapes["sakhour"].startswith(outer)
    assert shapes["masaken-hanano"].startswith("MULTIPOLYGON (((37 36,")
    assert shapes["shaar"] is None
    assert shapes["aleppo"] == "POINT (37.157 36.202)"


COLUMN = {
    "type": "object",
    "required": ["encoding", "geometry_types"],
    "additionalProperties": False,
    "properties": {
        "encoding": {"const": "WKB"},
        "geometry_types": {
            "type": "array",
            "uniqueItems": True,
            "items": {"enum": ["Point", "Polygon", "MultiPolygon"]},
        },
        "orientation": {"const": "counterclockwise"},
        "edges": {"enum": ["planar", "spherical"]},
        "bbox": {"type": "array", "minItems": 4, "maxItems": 4, "items": {"type": "number"}},
    },
}
GEO = {
    "type": "object",
    "required": ["version", "primary_column", "columns"],
    "properties": {
        "version": {"const": "1.1.0"},
        "primary_column": {"type": "string", "minLength": 1},
        "columns": {"type": "object", "minProperties": 1, "additionalProperties": COLUMN},
    },
}
"""The metadata of GeoParquet 1.1.0 (geoparquet.org/releases/v1.1.0, "Metadata") that we write."""


def test_the_metadata_of_geoparquet_are_as_its_specification_says(tmp_path):
    reader = pytest.importorskip("pyarrow.parquet")
    schema = reader.read_schema(io.BytesIO(parquet.write_places(bounded(tmp_path))))
    geo = json.loads(schema.metadata[b"geo"])
    jsonschema.validate(geo, GEO)
    geometry = geo["columns"]["geometry"]
    assert geometry["geometry_types"] == ["MultiPolygon", "Point", "Polygon"]
    assert geometry["bbox"] == [37.0, 36.0, 38.1, 36.202]


def test_the_metadata_of_no_geometries_are_as_the_specification_says():
    jsonschema.validate(parquet.geo([]), GEO)


@given(st.lists(st.floats(-180, 180), min_size=6, max_size=30))
@example([37.0, 36.0, 37.1, 36.0, 37.1, 36.1])
def test_well_known_binary_is_read_by_others(numbers):
    reader = pytest.importorskip("shapely")
    ring = [[x, y / 2] for x, y in zip(numbers[::2], numbers[1::2], strict=False)]
    ring.append(ring[0])
    shapes = {"Point": ring[0], "Polygon": [ring, ring], "MultiPolygon": [[ring], [ring, ring]]}
    for kind, coordinates in shapes.items():
        shape = {"type": kind, "coordinates": coordinates}
        assert json.loads(reader.to_geojson(reader.from_wkb(parquet.wkb(shape)))) == shape
