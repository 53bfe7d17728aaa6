"""Later editions of a table replace what changed and withdraw what is gone."""

import contextlib
from itertools import count
from pathlib import Path

import pytest
from commandline import run
from hypothesis import given
from hypothesis import strategies as st
from importing import (
    CITY,
    FIRST,
    MAPPING,
    events,
    give_import,
    ids,
    imported,
    rejects,
    row,
    table,
)

from projections import PROJECTIONS
from timeline import Timeline

HELD = """
[[events]]
type = "control_change"
suffix = "held"
source = "watch"
occurred = "{date}"
reported = "{@edition}"
place = "{place}"
actor = "army"
"""


def killed(known: str) -> dict[str, int]:
    """Return the best figure of each place as known at a date."""
    section = Timeline.open("events.jsonl", PROJECTIONS).state(known=known).sections["casualties"]
    return {place: answer.killed.best for place, answer in section.items() if answer.killed}


def test_a_changed_row_replaces_and_a_vanished_one_is_withdrawn_and_then_is_then(town):
    """As known before the new edition, the old figures stand."""
    table(FIRST, row(id="2", place="Mills", best="4"), row(id="3", place="Mills", best="4"))
    imported()
    table(row(best="4"), row(id="2", place="Mills", best="4"))
    summary = imported(edition="2016-07-01")
    assert (summary["events"], summary["unchanged"]) == (1, 1)
    assert (summary["replaced"], summary["withdrawn"]) == (1, 0)
    assert killed("2016-06-15") == {"harbour": 3, "mills": 8}
    assert killed("2016-07-01") == {"harbour": 4, "mills": 8}
    summary = imported("--snapshot", edition="2016-08-01")
    assert (summary["vanished"], summary["withdrawn"], summary["events"]) == (1, 1, 1)
    assert killed("2016-07-31") == {"harbour": 4, "mills": 8}
    assert killed("2016-08-01") == {"harbour": 4, "mills": 4}
    assert ids() == ["toll:1", "toll:2", "toll:3", "toll:1:2", "toll:3:gone"]


def test_what_comes_back_is_asserted_anew(town):
    """A withdrawal is final: a row that is there again is a new event, with editions of its own."""
    table(FIRST, row(id="2"))
    imported()
    table(FIRST)
    imported("--snapshot", edition="2016-07-01")
    table(FIRST, row(id="2"))
    imported(edition="2016-08-01")
    imported(edition="2016-09-01")
    table(FIRST, row(id="2", high="9"))
    imported(edition="2016-10-01")
    withdrawal, again, changed = events()[2:]
    assert [withdrawal["id"], again["id"], changed["id"]] == ["toll:2:gone", "toll:2:2", "toll:2:3"]
    assert "supersedes" not in again
    assert changed["supersedes"] == "toll:2:2"


def test_what_the_recorder_retracted_does_not_come_back_with_the_same_row(town):
    """Only what the table says anew is a new claim."""
    table(FIRST)
    imported()
    run("retract", "toll:1", "--reason", "A hoax.", "--reported", "2016-06-02", "--id", "hoax")
    assert imported(edition="2016-07-01")["unchanged"] == 1
    table(row(best="4"))
    imported(edition="2016-08-01")
    assert (events()[-1]["id"], "supersedes" in events()[-1]) == ("toll:1:2", False)


def test_with_a_row_that_is_gone_all_its_editions_are_withdrawn(town):
    """The withdrawal of the last alone would let the one before stand again."""
    table(FIRST, row(id="2"))
    imported()
    table(row(best="4"), row(id="2"))
    imported(edition="2016-07-01")
    table(row(id="2"))
    assert imported("--snapshot", edition="2016-08-01")["vanished"] == 1
    assert ids()[2:] == ["toll:1:2", "toll:1:2:gone", "toll:1:gone"]
    assert (killed("2016-07-31"), killed("2016-08-01")) == ({"harbour": 7}, {"harbour": 3})
    table(FIRST, row(id="2"))
    imported(edition="2016-09-01")
    assert (events()[-1]["id"], "supersedes" in events()[-1]) == ("toll:1:3", False)


def test_an_edition_replaces_the_last_that_the_recorder_did_not_retract(town):
    table(FIRST)
    imported()
    table(row(best="4"))
    imported(edition="2016-07-01")
    run("retract", "toll:1:2", "--reason", "A hoax.", "--reported", "2016-07-02", "--id", "hoax")
    table(row(best="2"))
    imported(edition="2016-08-01")
    assert (events()[-1]["id"], events()[-1]["supersedes"]) == ("toll:1:3", "toll:1")


def test_an_older_edition_after_a_newer_one_is_refused(town):
    """Editions are imported in their order."""
    table(FIRST)
    imported(edition="2016-07-01")
    table(row(best="4"))
    assert imported(edition="2016-06-01", code=1)["set_aside"] == 1
    assert "--edition" in rejects()[0]["why"]


def test_a_row_that_is_set_aside_does_not_count_as_vanished(town):
    """Nor does anything while a row has no key that can be read."""
    table(FIRST, row(id="2"), row(id="3"))
    imported()
    table(FIRST, row(id="2", place="?"))
    assert imported("--snapshot", edition="2016-07-01", code=1)["vanished"] == 1
    table(FIRST, row(id=""))
    done = give_import("--snapshot", edition="2016-08-01", code=1)
    assert "nothing was taken for vanished" in done.stderr
    table()
    give_import("--snapshot", edition="2016-08-01", code=1)
    assert ids() == ["toll:1", "toll:2", "toll:3", "toll:3:gone"]


def test_a_row_of_two_events_that_says_only_one_of_them_anew_withdraws_the_other(town):
    """The row is there, and no longer says it."""
    dead = 'suffix = "dead"\nwhen = { value = "{best}", isnt = ["0"] }'
    two = MAPPING.replace("[[events]]", f"[[events]]\n{dead}")
    Path("two.toml").write_text(f"rest = false\n{two}{HELD}")
    table(FIRST)
    assert imported(by="two.toml")["events"] == 2
    table(row(best="0", low="0"))
    imported(by="two.toml", edition="2016-07-01")
    assert ids() == ["toll:1.dead", "toll:1.held", "toll:1.dead:gone"]


@pytest.fixture(scope="module")
def towns(tmp_path_factory):
    """Make empty timelines of the town, one for each set of editions."""
    numbers = count()

    def made() -> Path:
        folder = tmp_path_factory.mktemp(f"town-{next(numbers)}")
        (folder / "city.toml").write_text(CITY, "utf-8")
        (folder / "toll.toml").write_text(MAPPING, "utf-8")
        (folder / "events.jsonl").touch()
        return folder

    return made


EDITIONS = st.lists(st.dictionaries(st.integers(1, 5), st.integers(0, 3), max_size=5), max_size=5)


@given(EDITIONS)
def test_after_any_editions_each_is_what_is_known_at_its_time(towns, editions):
    """As known at an edition, the sums are those of its file; once more it is nothing new."""
    known: dict[str, dict[int, int]] = {}
    before: dict[int, int] = {}
    with contextlib.chdir(towns()):
        for month, edition in enumerate(editions, 1):
            day = f"2017-{month:02}-01"
            table(*(row(id=str(id), low="0", best=str(n), high="9") for id, n in edition.items()))
            for _ in range(2):
                give_import("--snapshot", edition=day, code=0 if edition else 1)
            size = Path("events.jsonl").stat().st_size
            give_import(edition=day)
            assert Path("events.jsonl").stat().st_size == size
            before = known[day] = edition or before  # an empty file withdraws nothing
        for day, figures in known.items():
            assert killed(day).get("harbour", 0) == sum(figures.values())
