"""Drafts: a first mapping for an unknown table, and the places that a city file lacks."""

from pathlib import Path

import pytest
from commandline import run, steering
from importing import CITY, FIRST, HEAD, events, imported, row, table


def test_a_draft_names_the_columns_and_can_be_imported_by(town):
    """A guess is called a guess."""
    head = " ".join(HEAD).replace("best", "killed").split()
    table(FIRST, row(id="2", place="Mills", lat="36.1", lon="37.1"), head=head)
    draft = run("import", "--draft", "toll.csv").stdout
    assert "# guess" in draft
    Path("draft.toml").write_text(draft.replace("who-says-so", "watch"))
    assert imported(by="draft.toml")["became"] == 2
    assert events()[0]["killed"] == {"low": 2, "best": 3, "high": 4}


@pytest.mark.parametrize(
    "text", ["", "\n\n", "a\n", "x,y\n1,2\n", '{"a":1}\n', "\x00\x00", "a,a\n=1,\x1b[31m\n"]
)
@pytest.mark.parametrize("name", ["a.csv", "a.json", "a.ndjson", "a.tsv", "a"])
def test_a_draft_of_rubbish_is_a_draft_or_an_error(town, name, text):
    """Never a traceback, and nothing that steers a terminal."""
    Path(name).write_text(text)
    done = run("import", "--draft", name, code=None)
    assert steering(done.stdout + done.stderr) == set()


def test_places_that_are_missing_are_drafted_with_their_coordinates(town):
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
