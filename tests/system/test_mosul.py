"""The second example: Mosul on ten days, as a sceptical analyst reads the claims."""

from functools import cache
from pathlib import Path

import pytest

from projections import CONTROL, PROJECTIONS
from projections.control import Control
from timeline import Timeline

LOG = Path(__file__).parents[2] / "examples" / "mosul" / "events.jsonl"
STATE = "islamic-state"


@cache
def mosul() -> Timeline:
    """Return the example's timeline."""
    return Timeline.open(LOG, projections=PROJECTIONS)


def control(place: str, day: str, *, known: str | None) -> Control:
    """Return who holds a place on a day, as known on another or today."""
    return mosul().state(day, known, places=[place])[CONTROL][place]


DAYS = [
    ("bashiqa", "2016-10-25", "peshmerga", "claimed", "held", "2016-10-23"),
    ("karama", "2016-11-04", None, "reported", "contested", None),
    ("samah", "2016-11-04", "iraq", "claimed", "held", "2016-11-04"),
    ("samah", "2016-11-18", "iraq", "corroborated", "held", "2016-11-04"),
    ("tisaee", "2016-11-18", "iraq", "reported", "held", "../2016-11-17"),
    ("intisar", "2016-11-18", None, "reported", "contested", None),
    ("salam-hospital", "2016-12-08", STATE, "corroborated", "held", "2016-12-06/2016-12-07"),
    ("east-mosul", "2017-01-18", STATE, "corroborated", "held", "2014-06-10"),
    ("nabi-yunus", "2017-01-18", "iraq", "corroborated", "held", "2017-01-16"),
    ("east-mosul", "2017-01-23", "iraq", "claimed", "held", "2017-01-22"),
    ("rashidiya", "2017-01-23", STATE, "disputed", "held", "2014-06-10"),
    ("airport", "2017-02-23", "iraq", "corroborated", "held", "2017-02-23"),
    ("government-complex", "2017-03-07", "iraq", "disputed", "contested", "2017-03-07"),
    ("dawasa", "2017-03-07", None, "disputed", "contested", None),
    (
        "nuri-mosque", "2017-06-29", "iraq", "claimed", "held",
        "2017-06-29T12:00/2017-06-29T18:00",
    ),
    (
        "nuri-mosque", "2017-06-30", "iraq", "corroborated", "held",
        "2017-06-29T12:00/2017-06-29T18:00",
    ),
    ("old-city", "2017-07-12", None, "corroborated", "contested", None),
]  # fmt: skip
"""Place, day and what is answered as known on that day: holder, how sure, ground, since."""


@pytest.mark.parametrize(("place", "day", "holder", "status", "ground", "since"), DAYS)
def test_ten_days_as_known_on_the_day(
    place: str, day: str, holder: str | None, status: str, ground: str, since: str | None
) -> None:
    answer = control(place, day, known=day)
    found = answer.since.text if answer.since else None
    assert (answer.holder, answer.status, answer.ground, found) == (holder, status, ground, since)


def test_the_capture_of_bashiqa_that_was_announced_too_early_was_none() -> None:
    answer = control("bashiqa", "2016-10-25", known=None)
    assert (answer.holder, answer.status) == (STATE, "corroborated")


def test_the_victory_speech_of_july_moves_no_date_in_the_east() -> None:
    before, after = (control("east-mosul", day, known=day) for day in ("2017-07-08", "2017-07-12"))
    assert (after.holder, after.since) == (before.holder, before.since)
    assert after.status == "corroborated"
