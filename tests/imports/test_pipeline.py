"""Importing tables by the command line: what is taken, what is set aside and why, what a second time adds, and what hostile files do."""

import csv
import json
import os
import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from commandline import run, steering
from hypothesis import given
from hypothesis import strategies as st

from timeline import Timeline
from timeline.domain.notation import is_slug
from timeline.imports import bundled as shipped
from timeline.imports import mapping
from timeline.imports.ids import slugged

ROOT = Path(__file__).parents[2]
CITY = """
[city]
id = "karsa"
name = "Karsa"
timezone = "Asia/Damascus"
[places]
harbour = { name = "Harbour", arabic = "الميناء", lat = 36.0, lon = 37.0 }
mills = { name = "Mills", aliases = ["K-02"], lat = 36.1, lon = 37.1 }
[actors]
army = { label = "The Army" }
[sources]
watch = { label = "Relief Watch", kind = "monitor" }
"""
MAPPING = """
name = "toll"
prefix = "toll"
key = "{id}"
[[events]]
type = "casualties"
source = "watch"
occurred = "{date}"
reported = "{@edition}"
place = { name = "{place}", lat = "{lat}", lon = "{lon}", within = 2 }
killed = { low = "{low}", best = "{best}", high = "{high}" }
"""
HEAD = ["id", "date", "place", "lat", "lon", "low", "best", "high", "remark"]
FIRST = ["1", "2016-05-10", "Harbour", "", "", "2", "3", "4", ""]


@pytest.fixture
def here(tmp_path, monkeypatch) -> Path:
    """An empty timeline of two districts, with a mapping, where commands are given."""
    (tmp_path / "city.toml").write_text(CITY, "utf-8")
    (tmp_path / "toll.toml").write_text(MAPPING, "utf-8")
    (tmp_path / "events.jsonl").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TIMELINE_LOG", raising=False)
    return tmp_path


def table(*rows: list[str], name: str = "toll.csv", head: list[str] = HEAD) -> str:
    """Write a table and return its name."""
    with Path(name).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *rows])
    return name


def row(**cells: str) -> list[str]:
    """Return the first row with other cells."""
    return list((dict(zip(HEAD, FIRST, strict=True)) | cells).values())


def imported(
    *options: str,
    code: int = 0,
    file: str = "toll.csv",
    edition: str = "2016-06-01",
    by: str = "toll.toml",
) -> dict:
    """Import a table and return the summary; every row is accounted for."""
    summary = json.loads(
        run("import", by, file, "--edition", edition, "--json", *options, code=code).stdout
    )
    assert (
        summary["rows"]
        == summary["became"] + summary["unchanged"] + summary["left_out"] + summary["set_aside"]
    )
    return summary


def events() -> list[dict]:
    """Return the events of the log, without when they were recorded."""
    found = [json.loads(line) for line in Path("events.jsonl").read_text("utf-8").splitlines()]
    return [{name: value for name, value in event.items() if name != "recorded"} for event in found]


def rejects(name: str = "toll.csv.rejects.csv") -> list[dict[str, str]]:
    """Return the rows that were set aside."""
    with Path(name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def whys() -> list[tuple[str, str, str]]:
    """Return of each row that was set aside the number, the column and the cell."""
    return [(one["set aside: row"], one["column"], one["value"]) for one in rejects()]


# What is taken ------------------------------------------------------------------------------------


def test_a_row_becomes_an_event_with_what_has_no_field_in_its_note(here):
    """The id is the source's own key; places are found by id, name, Arabic name, alias and coordinates."""
    table(
        FIRST,
        row(id="2", place="الميناء", remark="two boats"),
        row(id="3", place="k-02"),
        row(id="4", place="?", lat="36.101", lon="37.1"),
    )
    summary = imported()
    assert (summary["became"], summary["events"]) == (4, 4)
    first, second, *rest = events()
    assert first == {
        "id": "toll:1", "type": "casualties", "v": 1, "occurred": "2016-05-10", "reported": "2016-06-01", "source": "watch",
        "place": "harbour", "killed": {"low": 2, "best": 3, "high": 4}, "group": "unspecified", "measure": "flow", "note": "place: Harbour",
    }  # fmt: skip
    assert second["note"] == "place: الميناء; remark: two boats"
    assert [event["place"] for event in (second, *rest)] == ["harbour", "mills", "mills"]
    assert not list(here.glob("*.rejects.csv*"))


def test_a_bad_row_is_set_aside_with_the_cell_to_blame_and_the_rest_goes_on(here):
    """Row, column, value and reason are told; the exit code, too."""
    bad = [
        row(id="2", date="10.5.16"), row(id="3", place="Harbor"), row(id="4", best="some"), row(id="5", low="9"),
        row(id="6", date="2017-01-01"), row(id=""), row(id="1"), row(id="8", place="", lat="99", lon="0"),
        row(id="9", low="", best="", high=""),
    ]  # fmt: skip
    table(FIRST, *bad, row(id="10"))
    summary = imported(code=1)
    assert (summary["became"], summary["set_aside"]) == (2, len(bad))
    assert [event["id"] for event in events()] == ["toll:1", "toll:10"]
    assert whys() == [
        ("2", "date", "10.5.16"), ("3", "place", "Harbor"), ("4", "best", "some"), ("5", "low", "9"), ("6", "", ""), ("7", "id", ""),
        ("8", "id", "1"), ("9", "place", ""), ("10", "low", ""),
    ]  # fmt: skip
    told = {one["set aside: row"]: one["why"] for one in rejects()}
    assert "did you mean harbour?" in told["3"]
    assert "low ≤ best ≤ high" in told["5"]
    assert "before 2017-01-01, when it occurred" in told["6"]
    assert "row 1 has the same key" in told["8"]
    assert rejects()[1]["remark"] == ""  # all cells of the row are there


def test_rejects_that_were_set_right_are_taken_the_second_time_and_the_file_goes(here):
    """An import that sets nothing aside leaves no file of rejects, nor that of the last one."""
    table(FIRST, row(id="2", place="Harbor"))
    imported(code=1)
    table(FIRST, row(id="2"))
    assert imported()["became"] == 1
    assert not list(here.glob("*.rejects.csv*"))


def test_a_file_that_is_none_of_ours_is_not_replaced(here):
    """Rejects go nowhere where something else stands."""
    Path("mine.csv").write_text("precious\n")
    table(row(place="?"))
    run(
        "import",
        "toll.toml",
        "toll.csv",
        "--rejects",
        "mine.csv",
        "--edition",
        "2016-06-01",
        code=1,
    )
    assert Path("mine.csv").read_text() == "precious\n"
    assert events() == []


def test_a_dry_run_shows_the_first_events_and_writes_nothing(here):
    """Neither the log nor a file of rejects."""
    table(FIRST, row(id="2", place="?"), *(row(id=str(number)) for number in range(3, 30)))
    before = sorted(here.iterdir())
    done = run("import", "toll.toml", "toll.csv", "--dry-run", "--edition", "2016-06-01", code=1)
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()][:2] == ["toll:1", "toll:3"]
    assert len(done.stdout.splitlines()) == 10
    assert "29 rows: 28 became events, 1 set aside" in done.stderr
    assert 'Row 2: place "?": unknown place' in done.stderr
    assert sorted(here.iterdir()) == before
    assert events() == []


# Editions -----------------------------------------------------------------------------------------


def killed(known: str) -> dict[str, int]:
    """Return the best figure of each place as known at a date."""
    from projections import PROJECTIONS

    section = Timeline.open("events.jsonl", PROJECTIONS).state(known=known).sections["casualties"]
    return {place: one.killed.best for place, one in section.items() if one.killed}


def test_a_changed_row_replaces_and_a_vanished_one_is_withdrawn_and_then_is_then(here):
    """As known before the new edition, the old figures stand."""
    table(FIRST, row(id="2", place="Mills", best="4"), row(id="3", place="Mills", best="4"))
    imported()
    table(row(best="4"), row(id="2", place="Mills", best="4"))
    summary = imported(edition="2016-07-01")
    assert (summary["events"], summary["replaced"], summary["withdrawn"], summary["unchanged"]) == (
        1,
        1,
        0,
        1,
    )
    assert killed("2016-06-15") == {"harbour": 3, "mills": 8}
    assert killed("2016-07-01") == {"harbour": 4, "mills": 8}
    summary = imported("--snapshot", edition="2016-08-01")
    assert (summary["vanished"], summary["withdrawn"], summary["events"]) == (1, 1, 1)
    assert killed("2016-07-31") == {"harbour": 4, "mills": 8}
    assert killed("2016-08-01") == {"harbour": 4, "mills": 4}
    assert [event["id"] for event in events()] == [
        "toll:1",
        "toll:2",
        "toll:3",
        "toll:1:2",
        "toll:3:gone",
    ]


def test_what_comes_back_is_asserted_anew(here):
    """A withdrawal is final: the row that is there again is a new event, and one more edition of it replaces that."""
    table(FIRST, row(id="2"))
    imported()
    table(FIRST)
    imported("--snapshot", edition="2016-07-01")
    table(FIRST, row(id="2"))
    imported(edition="2016-08-01")
    imported(edition="2016-09-01")
    table(FIRST, row(id="2", high="9"))
    imported(edition="2016-10-01")
    last = events()[2:]
    assert [(event["id"], event.get("supersedes")) for event in last] == [
        ("toll:2:gone", None), ("toll:2:2", None), ("toll:2:3", "toll:2:2"),
    ]  # fmt: skip


def test_what_the_recorder_retracted_does_not_come_back_with_the_same_row(here):
    """Only what the table says anew is a new claim."""
    table(FIRST)
    imported()
    run("retract", "toll:1", "--reason", "A hoax.", "--reported", "2016-06-02", "--id", "hoax")
    assert imported(edition="2016-07-01")["unchanged"] == 1
    table(row(best="4"))
    imported(edition="2016-08-01")
    assert (events()[-1]["id"], "supersedes" in events()[-1]) == ("toll:1:2", False)


def test_an_older_edition_after_a_newer_one_is_refused(here):
    """Editions are imported in their order."""
    table(FIRST)
    imported(edition="2016-07-01")
    table(row(best="4"))
    assert imported(edition="2016-06-01", code=1)["set_aside"] == 1
    assert "--edition" in rejects()[0]["why"]


def test_a_row_that_is_set_aside_does_not_count_as_vanished(here):
    """Nor does anything while a row has no key that can be read."""
    table(FIRST, row(id="2"), row(id="3"))
    imported()
    table(FIRST, row(id="2", place="?"))
    assert imported("--snapshot", edition="2016-07-01", code=1)["vanished"] == 1
    table(FIRST, row(id=""))
    done = run("import", "toll.toml", "toll.csv", "--snapshot", "--edition", "2016-08-01", code=1)
    assert "nothing was taken for vanished" in done.stderr
    table()
    run("import", "toll.toml", "toll.csv", "--snapshot", "--edition", "2016-08-01", code=1)
    assert [event["id"] for event in events()] == ["toll:1", "toll:2", "toll:3", "toll:3:gone"]


def test_a_row_of_two_events_that_says_only_one_of_them_anew_withdraws_the_other(here):
    """The row is there, and no longer says it."""
    two = MAPPING.replace(
        'type = "casualties"',
        'type = "casualties"\nsuffix = "dead"\nwhen = { value = "{best}", isnt = ["0"] }',
    )
    held = '[[events]]\ntype = "control_change"\nsuffix = "held"\nsource = "watch"\noccurred = "{date}"\nreported = "{@edition}"\n'
    Path("two.toml").write_text(f'rest = false\n{two}{held}place = "{{place}}"\nactor = "army"\n')
    table(FIRST)
    assert imported(by="two.toml")["events"] == 2
    table(row(best="0", low="0"))
    imported(by="two.toml", edition="2016-07-01")
    assert [event["id"] for event in events()] == ["toll:1.dead", "toll:1.held", "toll:1.dead:gone"]


@given(
    st.lists(
        st.dictionaries(st.integers(1, 5), st.integers(0, 3), max_size=5), min_size=1, max_size=5
    )
)
def test_after_any_editions_each_is_what_is_known_at_its_time(editions):
    """Whatever changes, vanishes and comes back: as known at an edition, the sums are those of its file; and once more is nothing new."""
    with pytest.MonkeyPatch.context() as patch:
        import tempfile

        with tempfile.TemporaryDirectory() as folder:
            patch.chdir(folder)
            Path("city.toml").write_text(CITY, "utf-8")
            Path("toll.toml").write_text(MAPPING, "utf-8")
            Path("events.jsonl").touch()
            held = {}
            for month, edition in enumerate(editions, 1):
                table(
                    *(row(id=str(id), low="0", best=str(n), high="9") for id, n in edition.items())
                )
                day = f"2017-{month:02}-01"
                for _ in range(2):
                    run(
                        "import",
                        "toll.toml",
                        "toll.csv",
                        "--snapshot",
                        "--edition",
                        day,
                        code=0 if edition else 1,
                    )
                size = Path("events.jsonl").stat().st_size
                run("import", "toll.toml", "toll.csv", "--edition", day)
                assert Path("events.jsonl").stat().st_size == size
                held[day] = edition or held.get(
                    f"2017-{month - 1:02}-01", {}
                )  # an empty file withdraws nothing
            for day, edition in held.items():
                assert killed(day).get("harbour", 0) == sum(edition.values())


# Forms of tables ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "a.tsv",
            "id\tdate\tplace\tlat\tlon\tlow\tbest\thigh\n1\t2016-05-10\tHarbour\t\t\t2\t3\t4\n",
        ),
        (
            "a.ndjson",
            '{"id":1,"date":"2016-05-10T00:00:00","place":"Harbour","lat":null,"lon":"","low":2,"best":3,"high":4.0}\n\n',
        ),
        (
            "a.json",
            '[{"id":1,"date":"2016-05-10","place":"Harbour","lat":"","lon":"","low":2,"best":3,"high":"4"}]',
        ),
    ],
)
def test_the_same_row_in_other_formats_is_the_same_event(here, name, text):
    """Tab-separated values, a document a line, an array."""
    table(FIRST)
    imported()
    Path(name).write_text(text)
    assert imported(file=name)["unchanged"] == 1


def test_a_cell_of_several_items_becomes_several_events_or_a_list(here):
    """By `each`, with the item in the id, and by a field that holds several."""
    Path("each.toml").write_text(
        MAPPING.replace(
            "[[events]]",
            '[[events]]\neach = { value = "{remark}", split = "|" }\noutlet = "{@item}"',
        )
    )
    table(row(remark="Radio Karsa | SANA|SANA"))
    imported(by="each.toml")
    assert [(event["id"], event["outlet"]) for event in events()] == [
        ("toll:1.radio-karsa", "Radio Karsa"),
        ("toll:1.sana", "SANA"),
    ]


@given(st.text(min_size=1))
def test_any_key_becomes_a_part_of_an_id(key):
    """Also of Arabic letters, or of none; what is lost is told apart by a digest."""
    assert is_slug(f"x:{slugged(key)}:2:gone")
    assert len(slugged(key)) <= 60


def test_keys_of_other_scripts_stay_apart():
    """Two Arabic names are two ids."""
    assert slugged("حلب") != slugged("حمص")
    assert slugged("Aleppo-2016/17") == "aleppo-2016-17"


# Hostile files ------------------------------------------------------------------------------------


def test_formulas_and_control_characters_stay_text_in_the_log_and_harmless_in_the_rejects(here):
    """The log keeps what stood there; the spreadsheet does not compute it, and the terminal is not steered."""
    evil = '=HYPERLINK("http://x")', "\x1b]0;owned\x07", "@SUM(1)", "\u202egnp.exe", "+1-1"
    table(
        *(row(id=str(number), remark=text) for number, text in enumerate(evil)),
        *(row(id=f"x{n}", place=text) for n, text in enumerate(evil)),
    )
    done = run("import", "toll.toml", "toll.csv", "--edition", "2016-06-01", code=1)
    assert steering(done.stdout + done.stderr) == set()
    assert [event["note"].partition("remark: ")[2] for event in events()] == list(evil)
    text = Path("toll.csv.rejects.csv").read_text("utf-8")
    assert steering(text) == set()
    assert all(cell[:1] not in "=+-@" for one in rejects() for cell in one.values() if cell)


def test_ragged_rows_and_open_quotes_cost_only_themselves(here):
    """A quotation mark that is never closed does not swallow the rows below it; line breaks within quotes are no rows."""
    text = (
        ",".join(HEAD)
        + "\n"
        + '1,2016-05-10,Harbour,,,2,3,4,"two\nlines"\n2,2016-05-10\n3,2016-05-10,"Harbour,,,2,3,4,\n'
    )
    text += "4,2016-05-10,Harbour,,,2,3,4,\n\n5,2016-05-10,Harbour,,,2,3,4,,,\n"
    text += '6,"2016"-05-10,Harbour,,,2,3,4,\n7,2016-05-10,Harbour,,,2,3,4,x\n'
    Path("toll.csv").write_text(text)
    imported(code=1)
    assert [event["id"] for event in events()] == ["toll:1", "toll:4", "toll:7"]
    assert events()[0]["note"].endswith("remark: two\nlines")
    reasons = {one["set aside: row"]: one["why"] for one in rejects()}
    assert list(reasons) == ["2", "3", "5", "6"]
    assert (
        "2 cells" in reasons["2"],
        "never closed" in reasons["3"],
        "11 cells" in reasons["5"],
    ) == (True, True, True)


def test_a_quote_that_is_open_to_the_end_of_the_file_swallows_nothing(here):
    """Every row below it is read, and none counts twice."""
    rows = [f"{number},2016-05-10,Harbour,,,2,3,4," for number in range(2, 1200)]
    Path("toll.csv").write_text(
        "\n".join([",".join(HEAD), '1,2016-05-10,"Harbour,,,2,3,4,', *rows]) + "\n"
    )
    assert imported(code=1)["became"] == len(rows)
    assert [one["set aside: row"] for one in rejects()] == ["1"]


@pytest.mark.parametrize("name", ["long.csv", "long.ndjson"])
def test_a_line_of_100_megabytes_is_set_aside_without_being_held(here, name):
    """The next row is read, and the process stays small."""
    good = (
        ",".join(FIRST) if name.endswith("csv") else json.dumps(dict(zip(HEAD, FIRST, strict=True)))
    )
    with Path(name).open("w") as file:
        file.write(f"{','.join(HEAD)}\n" if name.endswith("csv") else "")
        file.write("9,")
        file.writelines("x" * (1 << 20) for _ in range(100))
        file.write(f"\n{good}\n")
    done, peak = measured("import", "toll.toml", name, "--edition", "2016-06-01")
    assert done.returncode == 1, done.stderr
    assert [event["id"] for event in events()] == ["toll:1"]
    assert "a line of 104,857,6" in rejects(f"{name}.rejects.csv")[0]["why"]
    assert peak < 150 << 20


def measured(*arguments: str) -> tuple[subprocess.CompletedProcess[str], int]:
    """Give a command in a process of its own; return how it ended and its largest size in bytes."""
    if not Path("/proc/self/status").exists():
        pytest.skip("the largest size of a process is read from /proc")
    code = "import sys; from cli import main\ntry: main()\nfinally: print(open('/proc/self/status').read(), file=sys.stderr)"
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    (peak,) = re.findall(r"VmHWM:\s+(\d+) kB", done.stderr)
    return done, int(peak) << 10


def test_the_memory_that_rows_need_does_not_grow_with_them(here):
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
        (
            "id,date,place,lat,lon,low,best,high\n1,2016-05-10,Châlons,,,1,1,1\n".encode("latin-1"),
            (),
            "--encoding windows-1252",
        ),
        (
            "id,date,place,lat,lon,low,best,high\n1,2016-05-10,Harbour,,,1,1,1\n".encode("utf-16"),
            (),
            "--encoding utf-16",
        ),
        (b"id,date\n", ("--encoding", "utf8x"), "unknown encoding"),
        (b"id,date\n", ("--encoding", "base64"), "unknown encoding"),
        (b"", (), "the file is empty"),
        (b"id,dates,place,lat,lon,low,best,high\n", (), "did you mean dates?"),
        (b"id;date;place;lat;lon;low;best;high\n", (), "delimiter = "),
        (b"id,date,date,place,lat,lon,low,best,high\n", (), "two columns"),
    ],
)
def test_what_is_no_such_table_is_told_before_anything_is_appended(here, data, options, hint):
    """Another encoding, no columns, columns that the mapping does not find."""
    Path("toll.csv").write_bytes(data)
    done = run("import", "toll.toml", "toll.csv", "--edition", "2016-06-01", *options, code=None)
    assert done.exit_code in (1, 2)
    assert hint in done.stderr
    assert events() == []


@pytest.mark.parametrize(
    ("encoding", "bom"), [("utf-16", ""), ("windows-1256", ""), ("utf-8", "\ufeff")]
)
def test_other_encodings_are_read_when_they_are_named(here, encoding, bom):
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
def test_json_that_breaks_off_is_refused_whole(here, text):
    """A document is read to its end before anything of it is used."""
    good = json.dumps(dict(zip(HEAD, FIRST, strict=True)))
    Path("a.json").write_text(text.replace('{"id":1}', good))
    done = run("import", "toll.toml", "a.json", "--edition", "2016-06-01", code=1)
    assert "Error" in done.stderr
    assert events() == []


@pytest.mark.parametrize(
    "line", ["[1]", "{", '{"id":"\\ud800"}', '"x"', '{"a":{"b":[[{}]]}}', "null", "[" * 99999]
)
def test_a_line_of_json_that_is_no_row_is_set_aside(here, line):
    """The others are taken."""
    good = json.dumps(dict(zip(HEAD, FIRST, strict=True)))
    Path("a.ndjson").write_text(f"{good}\n{line}\n")
    imported(file="a.ndjson", code=1)
    assert [event["id"] for event in events()] == ["toll:1"]


MISTAKES = {
    "nothing": ("", "key: missing"),
    "not TOML": ("name = ", "not TOML"),
    "unknown key": (MAPPING.replace("key =", 'kee = "x"\nkey ='), "kee: unknown key"),
    "unknown type": (MAPPING.replace('"casualties"', '"casulties"'), "did you mean casualties?"),
    "unknown field": (MAPPING + 'plaice = "{place}"\n', "events[0].plaice: unknown key"),
    "a field that is needed": (
        MAPPING.replace('occurred = "{date}"\n', ""),
        "events[0].occurred: missing",
    ),
    "braces": (MAPPING.replace("{date}", "{date"), "each column in braces"),
    "a form of date": (MAPPING.replace('"{date}"', '{ value = "{date}", forms = ["%Q"] }'), "%Q"),
    "a condition": (MAPPING + 'when = { value = "{best}" }\n', "asks nothing"),
    "a pattern": (MAPPING + 'when = { value = "{best}", matches = "(" }\n', "a regular expression"),
    "a table of words": (
        MAPPING + 'cause = { value = "{remark}", words = "causes" }\n',
        "no table 'causes'",
    ),
    "an unused table": (MAPPING + '[tables.causes]\n"a" = "b"\n', "nothing is looked up"),
    "built in": (MAPPING.replace("{@edition}", "{@editon}"), "@editon"),
    "no events": ('prefix = "a"\nkey = "{id}"\n', "neither [[events]] nor [revisions]"),
    "a prefix": (MAPPING.replace('"toll"', '"to:ll"'), "prefix"),
    "a source": (MAPPING.replace('"watch"', '"wach"'), "unknown source 'wach'"),
    "a split of one": (
        MAPPING + 'cause = { value = "{remark}", split = ";" }\n',
        "holds one value",
    ),
    "a retraction": (MAPPING.replace('"casualties"', '"retraction"'), "one of control_change"),
    "values of other types": (
        MAPPING.replace('key = "{id}"', "key = 3") + "note = 5\nurl = [1]\ncause = { value = 7 }\n",
        "key: 3",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mapping_that_makes_no_sense_is_told_by_its_key(here, mistake):
    """And nothing is appended."""
    text, told = MISTAKES[mistake]
    Path("toll.toml").write_text(text)
    table(FIRST)
    done = run("import", "toll.toml", "toll.csv", code=1)
    assert told in done.stderr
    assert events() == []


TOML_VALUES = st.recursive(
    st.one_of(st.text(max_size=8), st.integers(), st.booleans(), st.floats(allow_nan=False)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.text(min_size=1, max_size=8), inner, max_size=3),
    ),
    max_leaves=6,
)


@given(st.sampled_from(shipped.names()), st.data())
def test_a_mapping_with_any_value_anywhere_is_read_or_told_of(name, data):
    """No rubbish in a mapping breaks the reader."""
    import tomllib

    from timeline.errors import TimelineError

    raw = tomllib.loads(shipped.text(name))
    table, path = raw, []
    while isinstance(table, dict | list) and table:
        key = data.draw(
            st.sampled_from(sorted(table) if isinstance(table, dict) else list(range(len(table))))
        )
        path.append((table, key))
        table = table[key]
        if data.draw(st.booleans()):
            break
    inside, key = path[-1]
    inside[key] = data.draw(TOML_VALUES)
    with suppress(TimelineError):
        assert mapping.parsed(raw).columns is not None


def test_what_is_not_there_is_told(here):
    """A mapping, a table, a name that is nearly one."""
    table(FIRST)
    assert "no mapping nowhere.toml" in run("import", "nowhere.toml", "toll.csv", code=1).stderr
    assert "did you mean ucdp-ged?" in run("import", "ucdp-gde", "toll.csv", code=1).stderr
    assert "missing.csv cannot be read" in run("import", "toll.toml", "missing.csv", code=1).stderr
    assert "format of" in run("import", "toll.toml", ".", code=2).stderr
    assert "nothing to import" in run("import", code=2).stderr
    assert "nothing to import" in run("import", "toll.toml", code=2).stderr
    run("import", "toll.toml", "toll.csv", "--edition", "soon", code=2)
    assert (
        "--snapshot" in run("import", "control-revisions", "toll.csv", "--snapshot", code=2).stderr
    )


# What comes with it -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", shipped.names())
def test_a_shipped_mapping_is_read_listed_shown_and_tells_its_traps(here, name):
    """Its page is the documentation."""
    assert name in run("import", "--list").stdout
    shown = run("import", name, "--show").stdout
    assert "# Traps" in shown
    assert mapping.parse(shown).name == name


SAMPLES = {
    "acled": (
        "acled.csv",
        "event_id_cnty,event_date,year,time_precision,event_type,sub_event_type,actor1,civilian_targeting,admin1,admin2,location,latitude,"
        "longitude,geo_precision,source,notes,fatalities,timestamp\n"
        "SYR1,01 March 2023,2023,1,Battles,Government regains territory,The Army,,Karsa,,Harbour,36,37,1,SOHR; SANA,Fighting.,3,"
        "1678190000\n"
        "SYR2,02 March 2023,2023,2,Violence,Attack,X,Civilian targeting,Karsa,Mills,Elsewhere,36,37,3,SOHR,Shelling.,1,1678190000\n"
        "SYR3,02 March 2023,2023,1,Protests,Peaceful protest,X,,Karsa,,Harbour,36,37,1,SOHR,March.,0,1678190000\n",
    ),
    "idmc": (
        "idmc.csv",
        "id,latitude,longitude,role,displacement_type,qualifier,figure,displacement_start_date,displacement_end_date,"
        "locations_name,standard_info_text,sources,source_url,created_at\n"
        "#meta+id,#geo+lat,#geo+lon,#role,#type,#qual,#affected,#date+start,#date+end,#loc,#description,#source,#url,#date\n"
        '7,36,37,Recommended figure,Conflict,more than,"1,200",2023-03-01,2023-03-03,Somewhere,Fled.,OCHA,https://x.org/1,2023-03-05\n'
        "8,36,37,Triangulation,Conflict,total,900,2023-03-01,2023-03-03,Harbour,Fled.,OCHA,,2023-03-05\n",
    ),
    "hxl": (
        "hxl.csv",
        "An export\nلواء,تاريخ,نازحون,قتلى\n#adm1+name+ar,#date,#affected+idps,#affected+killed\n"
        "الميناء,2023-03-01,120,NA\nMills,2023-03-01,,4\n",
    ),
    "timemap": (
        "timemap.json",
        '[{"id":1,"description":"A strike.","date":"7/4/2016","time":"18:30","location":"Harbour","latitude":"36","sources":["a","b"]}]',
    ),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_a_shipped_mapping_reads_the_form_that_it_is_for(here, name):
    """Small tables of ours in the form of each source, by its documented columns."""
    file, text = SAMPLES[name]
    Path(file).write_text(text, "utf-8")
    Path("city.toml").write_text(CITY.replace("[places]", "[places]\n"), "utf-8")
    sources = run("import", name, file, "--draft-places").stdout.partition("[sources]\n")[2]
    Path("city.toml").write_text(CITY + sources, "utf-8")
    imported(file=file, by=name, edition="2023-04-01")
    said = {event["id"]: event for event in events()}
    assert said == json.loads((Path(__file__).parent / "imported.json").read_text("utf-8"))[name]


def test_a_draft_names_the_columns_and_can_be_imported_by(here):
    """A first mapping for an unknown table: what is guessed is a guess, and what it lacks is told by name."""
    table(
        FIRST,
        row(id="2", place="Mills", lat="36.1", lon="37.1"),
        head=["killed" if name == "best" else name for name in HEAD],
    )
    draft = run("import", "--draft", "toll.csv").stdout
    assert "# guess" in draft
    Path("draft.toml").write_text(draft.replace("who-says-so", "watch"))
    assert imported(by="draft.toml")["became"] == 2
    assert events()[0]["killed"] == {"low": 2, "best": 3, "high": 4}


@pytest.mark.parametrize(
    "text", ["", "\n\n", "a\n", "x,y\n1,2\n", '{"a":1}\n', "\x00\x00", "a,a\n=1,\x1b[31m\n"]
)
@pytest.mark.parametrize("name", ["a.csv", "a.json", "a.ndjson", "a.tsv", "a"])
def test_a_draft_of_rubbish_is_a_draft_or_an_error(here, name, text):
    """Never a traceback, and nothing that steers a terminal."""
    Path(name).write_text(text)
    done = run("import", "--draft", name, code=None)
    assert steering(done.stdout + done.stderr) == set()


def test_places_that_are_missing_are_drafted_with_their_coordinates(here):
    """What is drafted can be added to the city file, and the table then imported whole."""
    table(
        FIRST,
        row(id="2", place='Old "Town"', lat="36.5", lon="37.5"),
        row(id="3", place="?!", lat="", lon=""),
        row(id="4", best="none", place="X"),
    )
    drafted = run("import", "toll.toml", "toll.csv", "--draft-places").stdout
    assert 'old-town = { name = "Old \\"Town\\"", lat = 36.5, lon = 37.5 }  # 1 row' in drafted
    assert '"X"' not in drafted  # of that row nothing could be made
    places = "\n".join(line for line in drafted.splitlines() if line.endswith("row"))
    Path("city.toml").write_text(CITY.replace("[places]", f"[places]\n{places}"), "utf-8")
    assert imported(code=1)["became"] == 3
