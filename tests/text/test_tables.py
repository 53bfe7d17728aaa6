"""Tables: aligned for a pipe, safe on a terminal, and read back by whatever reads CSV or JSON."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import texts

from timeline.text import tables
from timeline.text.document import Brief, Mark, Table
from timeline.text.phrases import safe

HOLDERS = Table(
    ("Place", "Held by"), (("Sakhour", Mark("Government", "#A93F3F")), ("Masaken Hanano", "nobody"))
)
FORMULAS = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "=", "-x", "+963", "=\x1b[31m", "--5"]
FORMULAS += ['=HYPERLINK("http://example.org";"x")', "＝1+1", "＋1", "－1", "＠x", "﹦1", "−1+1"]
FORMULAS += [" =1+1", "\u00a0+1", "\u200b@x", "\ufeff=1"]  # behind what cannot be seen
NUMBERS = ["-5", "-5.25", "12", "0", -5, 2.5]


def read(text: str, delimiter: str = ",") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))


# For a pipe ---------------------------------------------------------------------------------------


def test_a_table_in_a_pipe():
    """Two spaces stand between the columns, and nothing after the last word; no colour."""
    assert tables.to_text(HOLDERS).split("\n") == [
        "Place           Held by",
        "──────────────  ──────────",
        "Sakhour         Government",
        "Masaken Hanano  nobody",
    ]


def test_a_table_without_rows():
    """The headings still say what there would be."""
    assert tables.to_text(Table(("A", "Bee"), ())) == "A  Bee\n─  ───"


@given(st.lists(st.tuples(texts(), texts(), texts())))
def test_rows_stay_rows_and_columns_stay_aligned(rows):
    """Whatever the cells hold, each row is one line, and columns begin where their headings do."""
    lines = tables.to_text(Table(("One", "Two", "Three"), tuple(rows))).split("\n")
    assert len(lines) == len(rows) + 2
    starts = [lines[0].index(name) for name in ("Two", "Three")]
    for line in lines[2:]:
        padded = line.ljust(starts[-1] + 1)
        assert all(padded[start - 2 : start] == "  " for start in starts)


def test_a_briefing_in_a_pipe():
    """Tables come first, then lines behind their headings, aligned."""
    briefs = [
        Brief("Control", table=HOLDERS),
        Brief("Killed", ("7 people",)),
        Brief("Besieged", ("East", "West")),
        Brief("Said"),
    ]
    lines = tables.briefing(briefs).split("\n\n")[1]
    assert lines == "Killed    7 people\nBesieged  East\n          West"


def test_a_briefing_of_nothing():
    """Nothing is written as nothing."""
    assert tables.briefing([]) == ""


# For a spreadsheet or a program -------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [",", "\t"], ids=["csv", "tsv"])
@given(rows=st.lists(st.fixed_dictionaries({"a": texts(), "b": st.none() | texts()}), min_size=1))
def test_delimited_values_read_back(delimiter, rows):
    """Whatever the cells hold, as many rows and columns come back as were written."""
    back = read(tables.to_delimited(rows, delimiter), delimiter)
    assert len(back) == len(rows)
    for row, written in zip(back, rows, strict=True):
        for name in ("a", "b"):
            assert row[name].removeprefix("'") == safe(written[name] or "").removeprefix("'")


def test_columns_are_those_of_all_records():
    """A field that only a later record has is a column too, empty where it is missing."""
    assert tables.to_delimited([{"a": 1}, {"b": True, "a": None}], ",") == "a,b\n1,\n,true"


def test_lists_and_objects_are_json_in_a_cell():
    """A program that reads the cell finds what it was."""
    (row,) = read(tables.to_delimited([{"about": ["a", "b"], "people": {"low": 1}}], ","))
    assert (json.loads(row["about"]), json.loads(row["people"])) == (["a", "b"], {"low": 1})


def test_texts_in_lists_and_objects_are_safe_too():
    """What stands in an archived copy's fields steers a terminal no more than a note does."""
    assert not {"\u202e", "\x9b"} & set(
        tables.to_delimited([{"archive": {"collector": "a\u202eb\x9b31m"}}], ",")
    )


@pytest.mark.parametrize("text", [pytest.param(text, id=repr(text)) for text in FORMULAS])
def test_formulas_are_defused(text):
    """What a spreadsheet would run stands behind an apostrophe."""
    assert read(tables.to_delimited([{"a": text}], ","))[0]["a"] == "'" + safe(text)


@pytest.mark.parametrize("value", [pytest.param(value, id=repr(value)) for value in NUMBERS])
def test_numbers_stay_numbers(value):
    """A number below nought is no formula."""
    assert read(tables.to_delimited([{"a": value}], ","))[0]["a"] == str(value)


def test_no_records():
    """A file without records is empty."""
    assert tables.to_delimited([], ",") == ""
    assert tables.to_lines([]) == ""
    assert json.loads(tables.to_json([])) == []


@given(st.lists(st.dictionaries(texts(), texts())))
def test_json_reads_back(records):
    """Indented or one a line, the records come back as they were."""
    assert json.loads(tables.to_json(records)) == records
    assert [json.loads(line) for line in tables.to_lines(records).split("\n") if line] == records


def test_json_keeps_every_script():
    """Arabic stays readable."""
    assert tables.to_lines([{"name": "حلب"}]) == '{"name": "حلب"}'


@pytest.mark.parametrize("name", ["json", "nl"])
def test_json_steers_no_terminal(name):
    """Characters that steer a terminal are written by their numbers: nothing is lost."""
    text = "a\x9b31mb\u202ec\x7f"
    written = tables.WRITERS[name]([{"note": text}])
    assert json.loads(written.strip("[]\n ")) == {"note": text}
    assert not {"\x9b", "\u202e", "\x7f"} & set(written)


def test_writers_by_the_name_of_their_option():
    """The options of the command line name these and no others."""
    assert list(tables.WRITERS) == ["json", "nl", "csv", "tsv"]
