"""A real table of thousands of revisions: the replay answers, as known then, what it said."""

import random
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import cache

import pytest
from ukraine import FILE, Converted, Row, convert, outcomes, place_id, read

from projections import CONTROL
from projections.control import Control
from timeline.domain.events import ControlChange, PlaceId
from timeline.domain.timed_event import TimedEvent, timed
from timeline.log.admission import admit_all
from timeline.log.codec import CODEC
from timeline.log.rules import circular, reference_problems, too_early
from timeline.replay import engine, sweep
from timeline.replay.policies import POLICIES
from timeline.replay.projection import Context
from timeline.temporal.as_of import AsOf
from timeline.temporal.dates import END_OF_TIME, PAST

pytestmark = pytest.mark.skipif(
    not FILE.exists(),
    reason="the table of who holds which town of Ukraine is not in ../shared/data",
)

REVISIONS, SWEPT = 20, 10
SYNONYMS = {
    "ukraine": "Ukraine",
    "DPR": "Donetsk PR",
    "Contested\xa0Ukraine": "Contested",
    "Gray zone": "nobody",
    "Uncontrolled": "nobody",
}
WORDS = ("Ukraine", "Russia", "Donetsk PR", "Luhansk PR", "Contested")
NO_HOLDERS = {
    # nobody knows, or not one holder
    *("", "Unknown", "Not known", "Ukraine?", "Truce", "Shared control"),
    # two at once
    *("Ukraine\n\xa0Russia", "Ukraine (Freedom of Russia", "Ukraine\nFreedom of Russia"),
    # the header, a template, the next column and the one after
    *("Held by", "TemplateRUA", "Captured by \xa0Russia", "Awarded Hero City status"),
    *("3 Oct 2022", "30 May 2022", "3 September 2022"),
    "UkraineCite error A <ref> tag is missing the closing </ref> (see the help page).",
}


@cache
def rows() -> list[Row]:
    """Return the rows of the file."""
    return read()


@cache
def ukraine() -> Converted:
    """Return the table as events."""
    return convert()


@cache
def dated() -> list[TimedEvent]:
    """Return the events with their clocks read."""
    return [timed(event, ukraine().city.zone) for event in ukraine().events]


def word(row: Row) -> str | None:
    """Return the holder that a row names, in the words of the answers."""
    holder = SYNONYMS.get(row["held_by"], row["held_by"])
    return holder if holder in (*WORDS, "nobody") else None


def table(until: datetime) -> Mapping[PlaceId, str]:
    """Return who held each place by the table of a time.

    A row that was damaged by then counts as it was before.
    """
    held: dict[str, str] = {}
    for row in rows():
        if datetime.fromisoformat(row["commit_time"]) > until:
            break
        if row["change"] == "remove":
            held.pop(row["name"], None)
        elif row["name"][:1].isalpha() and (holder := word(row)):
            held[row["name"]] = holder
    return {place_id(name): holder for name, holder in held.items()}


def answers(
    at: datetime, known: datetime, places: Iterable[PlaceId] | None = None
) -> Mapping[PlaceId, Control]:
    """Return who held each place at a time, as known at a time."""
    cut = AsOf(at=at, known=known)
    facts = engine.visible(dated(), cut)
    cells = engine.replay(CONTROL, facts.values(), facts.get, at)
    context = Context(ukraine().city, cut, POLICIES["latest"])
    return engine.answer(CONTROL, cells, context, places and list(places))


def answered(answer: Control) -> str | None:
    """Return an answer in the words of the table; None where nobody has said anything."""
    if answer.holder:
        return ukraine().city.actors[answer.holder].label
    if answer.status == "unknown":
        return None
    return "Contested" if answer.ground == "contested" else "nobody"


def test_every_row_becomes_events_or_says_nothing_new_or_is_rejected():
    """No row is lost, none counts twice, and a row of several events has one claim."""
    taken = {event.locator for event in ukraine().events}
    unchanged = {f"row {row['seq']}" for row in ukraine().unchanged}
    rejected = {f"row {row['seq']}" for row, _ in ukraine().rejects}
    assert len(taken | unchanged | rejected) == len(rows())
    assert len(taken) + len(unchanged) + len(rejected) == len(rows())
    claims = [event for event in ukraine().events if isinstance(event, ControlChange)]
    assert set(Counter(claim.locator for claim in claims).values()) == {1}


def test_what_is_rejected_names_no_holder_or_no_place():
    """None of these values can be said with one holder; everything else is taken."""
    rejects = ukraine().rejects
    nameless = {row["name"] for row, reason in rejects if reason.startswith("no place")}
    assert nameless == {"", "=======", *(f"#{number}" for number in range(2, 17))}
    others = [(row["held_by"], reason) for row, reason in rejects if reason != "no place"]
    assert {holder for holder, _ in others} == NO_HOLDERS
    assert all("is not in the mapping's table" in reason for _, reason in others)
    assert len(rejects) < len(rows()) / 50


def test_a_revision_that_is_dated_ahead_is_rejected():
    (late,) = outcomes([{**rows()[0], "as_of": "2 March 2022"}])  # the revision is of 1 March
    assert "before 2022-03-02, when it occurred" in late.fault.why


def test_what_is_taken_may_stand_in_a_log():
    """Names are ids, no clock runs backwards, references lead somewhere, and lines read back."""
    city, events = ukraine().city, ukraine().events
    city.check_names()
    known = {event.id: event for event in events}
    assert len(known) == len(events)
    assert admit_all(events, city) == list(events)
    assert list(reference_problems(events, known)) == []
    assert list(circular(events, known)) == []
    assert list(too_early(events, known, city.zone)) == []
    for event in events[:: len(events) // 500]:
        assert CODEC.decode(CODEC.encode(event)) == event


def test_a_revision_has_one_row_of_a_name_and_some_spell_a_place_in_two_ways():
    """A place removed and added at once would else be withdrawn by its own new spelling."""
    assert max(Counter((row["commit_time"], row["name"]) for row in rows()).values()) == 1
    named = [row for row in rows() if row["name"][:1].isalpha()]
    pairs = Counter((row["commit_time"], place_id(row["name"])) for row in named)
    twice = {place for (_, place), number in pairs.items() if number > 1}
    assert twice == {"lukyanivka", "sakko-i-vantsetti"}


def revisions() -> list[datetime]:
    """Return the times of some revisions, always the same, with the first and the last."""
    every = times()
    return [every[0], *sorted(random.Random(2022).sample(every, REVISIONS)), every[-1]]


@cache
def times() -> list[datetime]:
    """Return the times of all revisions."""
    return sorted({datetime.fromisoformat(row["commit_time"]).astimezone(UTC) for row in rows()})


@pytest.mark.parametrize("number", range(REVISIONS + 2))
def test_what_is_known_at_a_revision_is_what_the_table_said(number):
    """Places that the table did not have are unknown, and one source never disputes itself."""
    revision = revisions()[number]
    control, held = answers(revision, revision), table(revision)
    assert held.keys() <= control.keys()
    for place, answer in control.items():
        assert answered(answer) == held.get(place)
        assert answer.status in {"unknown", "reported"}
        assert answer.inherited_from is None


HELD = """
kherson    2022-03-01 2022-03-01             Contested
kherson    2022-03-02 2022-03-02             Russia
kherson    2022-03-24 2022-03-24T05:00+01:00 Contested  for half a day, then the edit was undone
kherson    2022-03-24 2022-03-24             Russia
kherson    2022-11-11 2022-11-11T16:00+01:00 Russia
kherson    2022-11-11 2022-11-11T16:30+01:00 Ukraine    beside the old date, 25 March
kherson    2022-11-11 2022-11-11T17:30+01:00 Russia     undone
kherson    2022-11-11 2022-11-11T18:00+01:00 Ukraine    with its own date
kherson    2022-11-10 2024-08-17             Russia
kherson    2022-11-11 2024-08-17             Ukraine
izium      2022-03-07 2022-03-07             Ukraine
izium      2022-03-08 2022-03-08             Contested
izium      2022-04-01 2022-04-01             Russia
izium      2022-09-10 2022-09-10T13:30+02:00 Russia
izium      2022-09-10 2022-09-10T13:40+02:00 Ukraine    beside the old date, 1 April
izium      2022-09-09 2024-08-17             Russia
izium      2022-09-10 2024-08-17             Ukraine
bakhmut    2022-08-11 2022-08-11             Ukraine
bakhmut    2022-10-23 2022-10-23             Contested
bakhmut    2022-10-24 2022-10-23             Contested
bakhmut    2022-10-24 2022-10-28             Ukraine    made public three days after it was so
bakhmut    2023-05-20 2023-05-20T18:30+02:00 Russia
bakhmut    2023-05-20 2023-05-20T19:30+02:00 Contested  undone
bakhmut    2023-05-22 2024-08-17             Contested
bakhmut    2023-05-23 2024-08-17             Russia
lukyanivka 2022-03-29 2022-03-29             Ukraine    removed and added, with an apostrophe
"""
"""A place, a time, the time as known at which it is asked, and who held it; why that is so."""


@pytest.mark.parametrize(
    ("place", "at", "known", "holder"), [row.split()[:4] for row in HELD.strip().splitlines()]
)
def test_who_held_a_town_as_known_before_and_after_the_table_changed(place, at, known, holder):
    """Undone edits are what was known for an hour, and no more afterwards."""
    cut = AsOf.parse(at, known, zone=ukraine().city.zone)
    assert answered(answers(cut.at, cut.known, [place])[place]) == holder


# Along the clocks ---------------------------------------------------------------------------------


@cache
def swept(along: sweep.Along) -> list[sweep.Change[Control]]:
    """Return every change of every answer along a line of cuts, asked about the end of time."""
    context = Context(ukraine().city, AsOf(), POLICIES["latest"])
    return list(sweep.changes(CONTROL, dated(), context, along=along))


def turns(place: str) -> list[tuple[str, str | None]]:
    """Return when the sweep has another holder of a place believed in, and which."""
    return distinct(
        (shown(change.when), answered(change.after))
        for change in swept("known")
        if change.key == place
    )


def renamed(place: str) -> list[tuple[str, str | None]]:
    """Return when the file alone has another holder in the row of a place, and which."""
    named = [row for row in rows() if row["name"][:1].isalpha()]
    of_place = [row for row in named if place_id(row["name"]) == place]
    naming = [row for row in of_place if row["change"] == "remove" or word(row)]
    return distinct(
        (shown(datetime.fromisoformat(row["commit_time"])), word(row)) for row in naming
    )


def distinct(turns: Iterable[tuple[str, str | None]]) -> list[tuple[str, str | None]]:
    """Return the turns with another holder than before; at first there is none."""
    different: list[tuple[str, str | None]] = [("", None)]
    for when, holder in turns:
        if holder != different[-1][1]:
            different.append((when, holder))
    return different[1:]


def shown(instant: datetime) -> str:
    """Return an instant as a text, in UTC."""
    return instant.astimezone(UTC).isoformat()[:16]


@pytest.mark.slow
@pytest.mark.parametrize("place", ["bakhmut", "kherson", "izium", "mariupol", "lyman", "robotyne"])
def test_what_was_believed_changes_with_the_revisions_of_the_table_and_only_then(place):
    """Undone edits included, whatever date stood beside the holder."""
    assert turns(place) == renamed(place) != []


BELIEVED = {
    "kherson": [
        ("2022-03-01T13:47", "Contested"),
        ("2022-03-02T02:56", "Russia"),
        ("2022-03-24T02:33", "Contested"),
        ("2022-03-24T14:15", "Russia"),
        ("2022-03-24T15:42", "Contested"),  # for eleven minutes
        ("2022-03-24T15:53", "Russia"),
        ("2022-03-26T10:54", "Contested"),
        ("2022-03-26T14:14", "Russia"),
        ("2022-11-11T15:13", "Ukraine"),
        ("2022-11-11T16:17", "Russia"),  # undone, for half an hour
        ("2022-11-11T16:54", "Ukraine"),
    ],
    "izium": [
        ("2022-03-01T13:47", "Ukraine"),
        ("2022-03-08T16:16", "Contested"),
        ("2022-03-17T22:33", "Russia"),
        ("2022-03-19T02:10", "Ukraine"),
        ("2022-03-20T17:14", "Contested"),
        ("2022-03-25T10:41", "Ukraine"),
        ("2022-03-25T16:22", "Contested"),
        ("2022-03-26T08:23", "Russia"),
        ("2022-03-26T20:18", "Contested"),
        ("2022-04-01T13:06", "Russia"),
        ("2022-09-10T11:38", "Ukraine"),
    ],
    "bakhmut": [
        ("2022-03-01T13:47", "Ukraine"),
        ("2022-08-12T14:14", "Contested"),
        ("2022-10-27T21:43", "Ukraine"),
        ("2023-01-20T20:11", "Contested"),
        ("2023-05-20T16:12", "Russia"),
        (
            "2023-05-20T17:08",
            "Contested",
        ),  # the first report of the fall was undone, for three days
        ("2023-05-24T02:07", "Russia"),
    ],
}
"""Holders of a town from a minute on, in UTC, as read in the history of the table."""


@pytest.mark.parametrize("town", BELIEVED)
def test_when_the_belief_about_a_town_changed(town):
    """Minute by minute, by the times of the revisions."""
    assert turns(town) == BELIEVED[town]


def test_each_change_of_a_belief_is_because_of_a_row_of_its_revision():
    """The rows of a revision make the change at its own time, by what they say or withdraw."""
    reported = {event.event.id: event.known for event in dated()}
    for change in swept("known"):
        assert {reported[id] for id in change.because} == {change.when}


def test_asked_about_some_towns_the_sweep_tells_what_it_tells_of_them_among_all():
    """A question without a date is one about the end of time."""
    towns = [PlaceId(town) for town in BELIEVED]
    for cut in (AsOf(), AsOf(at=END_OF_TIME)):
        context = Context(ukraine().city, cut, POLICIES["latest"])
        changes = list(sweep.changes(CONTROL, dated(), context, along="known", places=towns))
        assert changes == [change for change in swept("known") if change.key in towns]


@pytest.mark.parametrize(
    "along",
    [
        pytest.param("valid", marks=pytest.mark.slow),
        "known",
        pytest.param("both", marks=pytest.mark.slow),
    ],
)
def test_the_sweep_of_the_whole_file_folded_forward_is_the_replay(along):
    """At revisions on the way, for every place at once."""
    ahead = swept(along)[::-1]
    folded = dict(answers(PAST, PAST))
    for revision in sorted(random.Random(along).sample(times(), SWEPT)):
        while ahead and ahead[-1].when <= revision:
            change = ahead.pop()
            assert folded[change.key] == change.before
            folded[change.key] = change.after
        at = END_OF_TIME if along == "known" else revision
        known = END_OF_TIME if along == "valid" else revision
        assert folded == answers(at, known)
