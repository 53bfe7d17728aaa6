"""The tables hold every field of every event, and the ends of dates beside their words."""

import csv as spreadsheet
import io

import pytest
from attrs import fields
from hypothesis import given
from hypothesis import strategies as st
from sample_exports import aleppo, at, export_of
from strategies import cuts, cuts_around, logs

from timeline.domain.events import EVENT_TYPES
from timeline.exports import columns, csv, tables
from timeline.temporal.dates import FUTURE, PAST

HXL_CORE = {
    "#affected",
    "#cause",
    "#date",
    "#description",
    "#event",
    "#geo",
    "#indicator",
    "#loc",
    "#meta",
    "#org",
    "#severity",
    "#status",
}


def rows_of(export):
    return list(spreadsheet.DictReader(io.StringIO(csv.write(export))))


@given(st.data(), logs())
def test_a_table_of_events_has_a_row_for_every_event_that_is_exported(data, log):
    export = export_of(log, cut=data.draw(cuts() | cuts_around(log)))
    rows = rows_of(export)
    for row, quote in zip(rows, export.events, strict=True):
        assert row["id"] == quote.event.id
        assert row["withdrawn_by"] == (quote.withdrawn.by if quote.withdrawn else "")
        for stance in ("agreed", "denied", "doubted"):
            assert row[stance].split() == list(getattr(quote, stance))


@given(logs(min_size=1))
def test_dates_stand_as_they_were_said_beside_their_hard_ends(log):
    export = export_of(log)
    for row, timed in zip(rows_of(export), export.timeline.timed_events, strict=True):
        assert (row["occurred"], row["reported"]) == (timed.event.occurred, timed.event.reported)
        assert (at(row["occurred_earliest"]) or PAST) == timed.window.earliest
        assert (at(row["occurred_latest"]) or FUTURE) == timed.window.latest
        assert at(row["known"]) == timed.known


@pytest.mark.parametrize("event_type", EVENT_TYPES)
def test_every_field_of_a_type_has_its_column(event_type):
    """A new field of an event is in the tables without anybody thinking of it."""
    names = [column.name for column in columns.EVENT]
    for name in (field.name for field in fields(event_type)):
        assert name in names or any(each.startswith(f"{name}_") for each in names), name


@pytest.mark.parametrize("table", tables.SHEETS)
def test_no_two_columns_have_one_name(table):
    names = [column.name for column in tables.SHEETS[table](export_of(())).columns]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("table", tables.SHEETS)
def test_hxl_is_read_by_the_library_of_hxl(table, tmp_path):
    source = hxl_source(table, tmp_path)
    sheet = tables.SHEETS[table](aleppo())
    assert len(list(source)) == len(sheet.rows)
    for read, column in zip(source.columns, sheet.columns, strict=True):
        assert read.header == column.name
        assert read.tag in HXL_CORE


def test_a_place_is_told_from_its_sector_by_its_hashtag(tmp_path):
    rows = list(hxl_source("changes", tmp_path))
    sakhour = [row for row in rows if row.get("#loc+code-parent-inherited") == "sakhour"]
    assert sakhour[-1].get("#org+armed+name") == "Government"


def hxl_source(table, folder):
    reader = pytest.importorskip("hxl")
    file = folder / f"{table}.csv"
    file.write_text(csv.write(aleppo(table=table, hxl=True)), "utf-8")
    return reader.data(str(file), reader.InputOptions(allow_local=True))
