"""Changes in words: several who hold a place together, and answers that change by age alone."""

from hill import took
from strategies import timeline_of

from projections import CONTROL
from timeline import AsOf, Timeline
from timeline.reports.changes import Changes
from timeline.reports.queries import Asked
from timeline.text.document import text_of

FORGOTTEN = timeline_of(
    [
        took("a", "monitor", "government", "2016-05-01", "2016-05-01"),
        took("s", "paper", "opposition", "2016-05-20", "2016-05-20", how="observation"),
    ]
)
"""The monitor told of a capture in May, and never again; the paper saw another there later."""


def rows(timeline: Timeline) -> list[list[str]]:
    """Return the history of the hill as rows of text."""
    words = Changes.of(Asked(timeline, AsOf()))
    changes = list(timeline.changes(CONTROL, places=["hill"]))
    table = words.history(CONTROL, changes).table
    assert table is not None
    return [list(map(text_of, row)) for row in table.rows]


def test_a_change_by_age_alone_says_that_nobody_has_told_of_it():
    """Sixty days after its last telling the capture gives way to the later look."""
    *_, last = rows(FORGOTTEN)
    assert last[2] == "Opposition"
    assert last[-1] == "nobody has told of it for 60 days: a (The Monitor)"


def test_two_cuts_that_differ_by_age_alone_say_so_too():
    """No event came between them."""
    first, second = FORGOTTEN.cut("2016-06-01"), FORGOTTEN.cut("2016-12-01")
    differences = list(FORGOTTEN.differences(first, second))
    table = Changes.of(Asked(FORGOTTEN, second)).differences(differences).table
    assert table is not None
    (row,) = [row for row in table.rows if row[0] == "Control"]
    assert row[-1] == "nobody has told of it for 60 days: a (The Monitor)"


def test_those_who_hold_a_place_together_are_all_named():
    """While the next holder may have come, those before are named too."""
    timeline = timeline_of(
        [
            took("a", "monitor", ("opposition", "kurdish"), "2016-11-01", "2016-11-02"),
            took("b", "paper", "government", "2016-11-20/2016-11-25", "2016-11-26"),
        ]
    )
    first, second, *_ = rows(timeline)
    assert any("Opposition and Kurdish forces" in row[2] for row in (first, second))
    assert any("before: Opposition and Kurdish forces" in row[3] for row in rows(timeline))
