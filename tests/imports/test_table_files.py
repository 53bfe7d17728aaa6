"""Tables in every format and encoding, and files that are damaged or hostile."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from importing import (
    FIRST,
    HEAD,
    as_json,
    events,
    give_import,
    ids,
    imported,
    reasons,
    rejects,
    row,
    table,
)

ROOT = Path(__file__).parents[2]
OTHER_FORMATS = {
    "a.tsv": ("id\tdate\tplace\tlat\tlon\tlow\tbest\thigh\n1\t2016-05-10\tHarbour\t\t\t2\t3\t4\n"),
    "a.ndjson": (
        '{"id":1,"date":"2016-05-10T00:00:00","place":"Harbour","lat":null,"lon":"",'
        '"low":2,"best":3,"high":4.0}\n\n'
    ),
    "a.json": (
        '[{"id":1,"date":"2016-05-10","place":"Harbour","lat":"","lon":"",'
        '"low":2,"best":3,"high":"4"}]'
    ),
}


@pytest.mark.parametrize("name", OTHER_FORMATS)
def test_the_same_row_in_other_formats_is_the_same_event(town, name):
    """Tab-separated values, a document a line, an array."""
    table(FIRST)
    imported()
    Path(name).write_text(OTHER_FORMATS[name])
    assert imported(file=name)["unchanged"] == 1


RAGGED = """\
id,date,place,lat,lon,low,best,high,remark
1,2016-05-10,Harbour,,,2,3,4,"two
lines"
2,2016-05-10
3,2016-05-10,"Harbour,,,2,3,4,
4,2016-05-10,Harbour,,,2,3,4,

5,2016-05-10,Harbour,,,2,3,4,,,
6,"2016"-05-10,Harbour,,,2,3,4,
7,2016-05-10,Harbour,,,2,3,4,x
"""


def test_ragged_rows_and_open_quotes_cost_only_themselves(town):
    """A quotation mark that is never closed swallows no row; line breaks within quotes are none."""
    Path("toll.csv").write_text(RAGGED)
    imported(code=1)
    assert ids() == ["toll:1", "toll:4", "toll:7"]
    assert events()[0]["note"].endswith("remark: two\nlines")
    assert reasons() == {
        "2": "2 cells; expected 9, as the heading has",
        "3": "a quotation mark is opened and never closed",
        "5": "11 cells; expected 9, as the heading has",
        "6": "not CSV: ',' expected after '\"'",
    }


def test_a_quote_that_is_open_to_the_end_of_the_file_swallows_nothing(town):
    """Every row below it is read, and none counts twice."""
    rows = [f"{number},2016-05-10,Harbour,,,2,3,4," for number in range(2, 1200)]
    lines = [",".join(HEAD), '1,2016-05-10,"Harbour,,,2,3,4,', *rows, ""]
    Path("toll.csv").write_text("\n".join(lines))
    assert imported(code=1)["became"] == len(rows)
    assert list(reasons()) == ["1"]


@pytest.mark.parametrize("name", ["long.csv", "long.ndjson"])
def test_a_line_of_100_megabytes_is_set_aside_without_being_held(town, name):
    """The next row is read, and the process stays small."""
    heading, good = f"{','.join(HEAD)}\n", ",".join(FIRST)
    if name == "long.ndjson":
        heading, good = "", as_json()
    with Path(name).open("w") as file:
        file.write(f"{heading}9,")
        file.writelines("x" * (1 << 20) for _ in range(100))
        file.write(f"\n{good}\n")
    done, peak = measured("import", "toll.toml", name, "--edition", "2016-06-01")
    assert done.returncode == 1, done.stderr
    assert ids() == ["toll:1"]
    assert "a line of 104,857,6" in rejects(f"{name}.rejects.csv")[0]["why"]
    assert peak < 150 << 20


def measured(*arguments: str) -> tuple[subprocess.CompletedProcess[str], int]:
    """Give a command in a process of its own; return how it ended and its largest size in bytes."""
    if not Path("/proc/self/status").exists():
        pytest.skip("the largest size of a process is read from /proc")
    status = "print(open('/proc/self/status').read(), file=sys.stderr)"
    code = f"import sys; from cli import main\ntry: main()\nfinally: {status}"
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        check=False,
    )
    (peak,) = re.findall(r"VmHWM:\s+(\d+) kB", done.stderr)
    return done, int(peak) << 10


def test_the_memory_that_rows_need_does_not_grow_with_them(town):
    """Six times the rows, read and built and thrown away: at most 1.3 times the memory."""
    sizes = []
    for number in (4_000, 24_000):
        table(*(row(id=str(id)) for id in range(number)), name=f"{number}.csv")
        done, peak = measured(
            "import", "toll.toml", f"{number}.csv", "--edition", "2016-06-01", "--dry-run"
        )
        assert done.returncode == 0
        sizes.append(peak)
    assert sizes[1] < 1.3 * sizes[0]


@pytest.mark.parametrize(
    ("data", "options", "hint"),
    [
        ("id,date\n1,Châlons\n".encode("latin-1"), (), "--encoding windows-1252"),
        ("id,date\n1,2016-05-10\n".encode("utf-16"), (), "--encoding utf-16"),
        (b"id,date\n", ("--encoding", "utf8x"), "unknown encoding"),
        (b"id,date\n", ("--encoding", "base64"), "unknown encoding"),
        (b"", (), "the file is empty"),
        (b"id,dates,place,lat,lon,low,best,high\n", (), "did you mean dates?"),
        (b"id;date;place;lat;lon;low;best;high\n", (), "delimiter = "),
        (b"id,date,date,place,lat,lon,low,best,high\n", (), "two columns"),
    ],
)
def test_what_is_no_such_table_is_told_before_anything_is_appended(town, data, options, hint):
    """Another encoding, no columns, columns that the mapping does not find."""
    Path("toll.csv").write_bytes(data)
    done = give_import(*options, code=None)
    assert done.exit_code in (1, 2)
    assert hint in done.stderr
    assert events() == []


@pytest.mark.parametrize(
    ("encoding", "bom"), [("utf-16", ""), ("windows-1256", ""), ("utf-8", "\ufeff")]
)
def test_other_encodings_are_read_when_they_are_named(town, encoding, bom):
    """A byte order mark of UTF-8 is no part of the first column's name."""
    text = ",".join(HEAD) + "\n" + ",".join(row(place="الميناء")) + "\n"
    Path("toll.csv").write_bytes((bom + text).encode(encoding))
    imported("--encoding", encoding)
    assert events()[0]["place"] == "harbour"


@pytest.mark.parametrize(
    "text",
    [
        "[{",
        '[{"id":1}',
        '[{"id":1},',
        '{"rows":[]}',
        "",
        '[{"id":1} {"id":2}]',
        '[{"id":NaN}]',
        '[{"id":1,"id":2}]',
        "[" * 99999,
    ],
)
def test_json_that_breaks_off_is_refused_whole(town, text):
    """A document is read to its end before anything of it is used."""
    Path("a.json").write_text(text.replace('{"id":1}', as_json()))
    assert "Error" in give_import(file="a.json", code=1).stderr
    assert events() == []


@pytest.mark.parametrize(
    "line", ["[1]", "{", '{"id":"\\ud800"}', '"x"', '{"a":{"b":[[{}]]}}', "null", "[" * 99999]
)
def test_a_line_of_json_that_is_no_row_is_set_aside(town, line):
    """The others are taken."""
    Path("a.ndjson").write_text(f"{as_json()}\n{line}\n")
    imported(file="a.ndjson", code=1)
    assert ids() == ["toll:1"]
