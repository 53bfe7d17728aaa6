"""Every format names its origin, its hypothesis and its limits, and takes any log."""

import io
import json

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from sample_exports import aleppo, export_of, policies
from strategies import cuts_around, logs

from timeline.domain.selection import Selection
from timeline.exports import FORMATS, serialization
from timeline.storage import output

TEXT_FORMATS = ("geojson", "geojson-history", "kml", "csv", "timelinejs", "timemap")
UNREADABLE = ("events.jsonl", "city.toml")
"""The files of packages that say nothing of the export."""


def needed(name):
    """Skip the test of a format whose library is missing."""
    if name in ("parquet", "geoparquet"):
        pytest.importorskip("pyarrow")


def text_of(name, export):
    """Return an export as one text: of a folder all its texts, of Parquet metadata and values."""
    needed(name)
    data = FORMATS[name].write(export)
    if isinstance(data, str):
        return data
    if isinstance(data, bytes):
        table = pytest.importorskip("pyarrow.parquet").read_table(io.BytesIO(data))
        metadata = {key.decode(): value.decode() for key, value in table.schema.metadata.items()}
        return f"{json.dumps(metadata)}{table.to_pylist()}"
    return "".join(part.decode() for path, part in data.items() if path not in UNREADABLE)


@pytest.mark.parametrize("name", FORMATS)
def test_every_export_says_where_it_comes_from(name):
    export = aleppo(policy="cautious", selection=Selection(places=("aleppo",)))
    text = text_of(name, export)
    chosen = "Chosen" if name == "timelinejs" else "chosen"
    for origin in (export.timeline.log.sha256, "39", "cautious", "2016", "aleppo", chosen):
        assert origin in text, origin


@pytest.mark.parametrize("name", FORMATS)
def test_a_hypothesis_is_marked_in_every_export(name):
    export = aleppo()
    export = evolve(export, timeline=export.timeline.supposing(without_sources=["sohr"]))
    assert "HYPOTHETICAL: without Syrian Observatory for Human Rights" in text_of(name, export)
    assert "HYPOTHETICAL" not in text_of(name, aleppo())


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "csv"])
def test_the_limits_of_a_format_are_said_in_the_file(name):
    """In CSV there is no place for it: the command tells."""
    text, lost = text_of(name, aleppo()), FORMATS[name].lost
    written = (lost, json.dumps(lost)[1:-1], serialization.markup(lost))
    assert any(sentence in text for sentence in written)


@given(st.data(), logs(), policies)
def test_no_log_is_too_odd_for_any_text_format(data, log, policy):
    export = export_of(log, cut=data.draw(cuts_around(log)), policy=policy)
    for name in TEXT_FORMATS:
        assert FORMATS[name].write(export)
        assert FORMATS[name].write(evolve(export, table="changes"))


@pytest.mark.parametrize("name", FORMATS)
def test_exports_are_the_same_bytes_each_time(name):
    needed(name)
    first, second = (FORMATS[name].write(aleppo()) for _ in range(2))
    assert first == second
    if not isinstance(first, str | bytes):
        assert output.zipped(first) == output.zipped(second)
