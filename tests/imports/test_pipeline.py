"""Rows become events, or are set aside with the reason, and none is lost."""

import json
from pathlib import Path

from commandline import run, steering
from importing import (
    CITY,
    FIRST,
    MAPPING,
    events,
    give_import,
    ids,
    imported,
    reasons,
    rejects,
    row,
    table,
)


def test_a_row_becomes_an_event_with_what_has_no_field_in_its_note(town):
    """The id is the source's own key; places are found by any name, and by coordinates."""
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
        "id": "toll:1",
        "type": "casualties",
        "v": 1,
        "occurred": "2016-05-10",
        "reported": "2016-06-01",
        "source": "watch",
        "place": "harbour",
        "killed": {"low": 2, "best": 3, "high": 4},
        "group": "unspecified",
        "measure": "flow",
        "note": "place: Harbour",
    }
    assert second["note"] == "place: الميناء; remark: two boats"
    assert [event["place"] for event in (second, *rest)] == ["harbour", "mills", "mills"]
    assert not list(town.glob("*.rejects.csv*"))


def test_a_bad_row_is_set_aside_with_the_cell_to_blame_and_the_rest_goes_on(town):
    """Row, column, value and reason are told; the exit code, too."""
    bad = {
        ("date", "10.5.16"): row(id="2", date="10.5.16"),
        ("place", "Harbor"): row(id="3", place="Harbor"),
        ("best", "some"): row(id="4", best="some"),
        ("low", "9"): row(id="5", low="9"),
        ("", ""): row(id="6", date="2017-01-01"),
        ("id", ""): row(id=""),
        ("id", "1"): row(id="1"),
        ("place", ""): row(id="8", place="", lat="99", lon="0"),
        ("low", ""): row(id="9", low="", best="", high=""),
    }
    table(FIRST, *bad.values(), row(id="10"))
    summary = imported(code=1)
    assert (summary["became"], summary["set_aside"]) == (2, len(bad))
    assert ids() == ["toll:1", "toll:10"]
    assert [(reject["column"], reject["value"]) for reject in rejects()] == list(bad)
    assert list(reasons()) == [*"23456789", "10"]
    assert rejects()[1]["remark"] == ""  # all cells of the row are there


def test_the_reason_says_what_was_found_and_what_was_meant(town):
    table(
        FIRST,
        row(id="2", place="Harbor"),
        row(id="3", low="9"),
        row(id="4", date="2017-01-01"),
        row(id="1"),
    )
    imported(code=1)
    name, order, early, twice = reasons().values()
    assert "did you mean harbour?" in name
    assert "low ≤ best ≤ high" in order
    assert "before 2017-01-01, when it occurred" in early
    assert "row 1 has the same key" in twice


def test_rejects_that_were_set_right_are_taken_the_second_time_and_the_file_goes(town):
    """An import that sets nothing aside leaves no file of rejects, nor that of the last one."""
    table(FIRST, row(id="2", place="Harbor"))
    imported(code=1)
    table(FIRST, row(id="2"))
    assert imported()["became"] == 1
    assert not list(town.glob("*.rejects.csv*"))


def test_a_file_that_is_none_of_ours_is_not_replaced(town):
    """Rejects go nowhere where something else stands."""
    Path("mine.csv").write_text("precious\n")
    table(row(place="?"))
    give_import("--rejects", "mine.csv", code=1)
    assert Path("mine.csv").read_text() == "precious\n"
    assert events() == []


def test_a_dry_run_shows_the_first_events_and_writes_nothing(town):
    """Neither the log nor a file of rejects."""
    table(FIRST, row(id="2", place="?"), *(row(id=str(number)) for number in range(3, 30)))
    before = sorted(town.iterdir())
    done = give_import("--dry-run", code=1)
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()][:2] == ["toll:1", "toll:3"]
    assert len(done.stdout.splitlines()) == 10
    assert "29 rows: 28 became events, 1 set aside" in done.stderr
    assert 'Row 2: place "?": unknown place' in done.stderr
    assert sorted(town.iterdir()) == before
    assert events() == []


def test_a_cell_of_several_items_becomes_several_events(town):
    """By `each`, with the item in the id."""
    each = 'each = { value = "{remark}", split = "|" }\noutlet = "{@item}"'
    Path("each.toml").write_text(MAPPING.replace("[[events]]", f"[[events]]\n{each}"))
    table(row(remark="Radio Karsa | SANA|SANA"))
    imported(by="each.toml")
    assert ids() == ["toll:1.radio-karsa", "toll:1.sana"]
    assert [event["outlet"] for event in events()] == ["Radio Karsa", "SANA"]


HOLDERS = """
name = "holders"
prefix = "held"
key = "{id}"
[[events]]
type = "control_change"
source = "watch"
cites = { value = "{best}", split = "," }
occurred = "{date}"
reported = "{@edition}"
place = "{place}"
excepting = { value = "{low}" }
actor = { value = "{remark}", split = "+" }
"""


def test_one_holder_stands_alone_and_several_in_a_list(town):
    """As in every line, with the names of places left out and of whom the source cites."""
    city = Path("city.toml").read_text("utf-8").replace("[sources]", CITED)
    Path("city.toml").write_text(city, "utf-8")
    Path("holders.toml").write_text(HOLDERS, "utf-8")
    none = {"low": "", "best": ""}
    both = {"place": "Karsa", "low": "Mills;harbour", "best": "The Radio"}
    table(row(remark="The Army", **none), row(id="2", remark="army + The Guard", **both))
    imported(by="holders.toml")
    alone, together = events()
    assert (alone["actor"], "excepting" in alone, "cites" in alone) == ("army", False, False)
    fields = {name: together[name] for name in ("actor", "excepting", "cites")}
    assert fields == {
        "actor": ["army", "guard"],
        "excepting": ["mills", "harbour"],
        "cites": ["radio"],
    }


CITED = """guard = { label = "The Guard" }
[sources]
radio = { label = "The Radio", kind = "media" }"""
EVIL = ('=HYPERLINK("http://x")', "\x1b]0;owned\x07", "@SUM(1)", "\u202egnp.exe", "+1-1")


def test_formulas_and_control_characters_stay_text_in_the_log(town):
    """And no terminal obeys them."""
    table(*(row(id=str(number), remark=text) for number, text in enumerate(EVIL)))
    done = give_import()
    assert steering(done.stdout + done.stderr) == set()
    assert [event["note"].partition("remark: ")[2] for event in events()] == list(EVIL)


def test_formulas_and_control_characters_are_harmless_in_the_rejects(town):
    """No spreadsheet computes them, and no terminal obeys them."""
    table(*(row(id=str(number), place=text) for number, text in enumerate(EVIL)))
    done = give_import(code=1)
    assert steering(done.stdout + done.stderr) == set()
    assert steering(Path("toll.csv.rejects.csv").read_text("utf-8")) == set()
    cells = [cell for reject in rejects() for cell in reject.values()]
    assert len(rejects()) == len(EVIL)
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


def test_a_table_of_revisions_sets_aside_a_holder_whom_the_city_does_not_know(town):
    """And goes on, as other tables do."""
    Path("held.toml").write_text(
        """
        prefix = "held"
        key = "{n}"
        [revisions]
        reported = "{day}"
        updated = "{day}"
        seen = "{day}"
        place = "{place}"
        removed = { value = "{holder}", is = ["gone"] }
        source = "watch"
        actor = "{holder}"
        """
    )
    head = ["n", "day", "place", "holder"]
    days = ["2016-05-10", "2016-05-11", "2016-05-12"]
    holders = ["army", "armee", "gone"]
    rows = [[str(n), day, "Harbour", holders[n]] for n, day in enumerate(days)]
    table(*rows, head=head)
    assert imported(by="held.toml", code=1)["set_aside"] == 1
    assert ids() == ["held:harbour.0", "held:harbour.0:gone"]
    assert reasons()["2"].startswith("actor: unknown actor 'armee'")


def test_what_is_not_there_is_told(town):
    """A mapping, a table, a name that is nearly one."""
    table(FIRST)
    assert "no mapping nowhere.toml" in give_import(by="nowhere.toml", code=1).stderr
    assert "did you mean ucdp-ged?" in give_import(by="ucdp-gde", code=1).stderr
    assert "missing.csv cannot be read" in give_import(file="missing.csv", code=1).stderr
    assert "format of" in give_import(file=".", code=2).stderr
    assert "nothing to import" in run("import", code=2).stderr
    assert "nothing to import" in run("import", "toll.toml", code=2).stderr
    give_import(edition="soon", code=2)
    assert "--snapshot" in give_import("--snapshot", by="control-revisions", code=2).stderr


def test_a_source_that_the_city_lacks_is_told_before_anything_is_appended(town):
    Path("city.toml").write_text(CITY.replace("watch =", "watcher ="), "utf-8")
    table(FIRST)
    assert "--draft-places writes the lines" in give_import(code=1).stderr
    assert events() == []
