"""Which places are besieged, whether there is a way out, and how many people are trapped."""

from typing import Any

from attrs import evolve
from strategies import CITY

from projections.siege import PROJECTION, Besieged
from timeline.domain.events import Estimate, Event, EventId, Siege, SourceId, Statement
from timeline.domain.timed_event import timed
from timeline.log.admission import admit
from timeline.replay import engine
from timeline.replay.policies import POLICIES
from timeline.replay.projection import Context, Reader
from timeline.replay.tallies import People
from timeline.temporal.as_of import AsOf
from timeline.temporal.dates import Moment, When


def move(
    made: str,
    id: str,
    voice: str = "paper",
    occurred: str = "2016-11-01",
    reported: str = "2016-11-28",
    **own: Any,
) -> Siege:
    """Return a report of a move in the siege of the east."""
    envelope = {
        "id": EventId(id),
        "source": SourceId(voice),
        "occurred": When(occurred),
        "reported": Moment(reported),
    }
    return Siege(**envelope, place="east", move=made, by="government", **own)


def denies(id: str, voice: str, about: str, reported: str = "2016-11-29") -> Statement:
    """Return a denial of a report."""
    envelope = {
        "id": EventId(id),
        "source": SourceId(voice),
        "occurred": When(reported),
        "reported": Moment(reported),
    }
    return Statement(
        **envelope, stance="disagree", about=(EventId(about),), topic="siege", summary="Denies it."
    )


def siege(*log: Event, at: str = "2016-12-31", policy: str = "latest") -> Besieged | None:
    """Return the siege of the east, by a log."""
    context = Context(CITY, AsOf.parse(at, zone=CITY.zone), POLICIES[policy])
    facts = engine.visible([timed(admit(event, CITY), CITY.zone) for event in log], context.cut)
    return engine.answer(
        PROJECTION,
        engine.replay(PROJECTION, facts.values(), facts.get, context.cut.instant),
        context,
    ).get("east")


BEGUN = move("begin", "begun", occurred="2016-08-21/2016-08-31", trapped=Estimate(best=250_000))


def test_a_siege_is_none_before_its_window_possible_in_it_and_certain_after_it():
    assert siege(BEGUN, at="2016-08-20") is None
    possible, certain = siege(BEGUN, at="2016-08-25"), siege(BEGUN, at="2016-08-31")
    assert possible
    assert certain
    assert (possible.besieged, possible.certain) == (True, False)
    assert (certain.besieged, certain.certain, certain.by, certain.status) == (
        True,
        True,
        "government",
        "reported",
    )
    assert certain.since
    assert certain.since.text == "2016-08-21/2016-08-31"


def test_the_trapped_are_a_stock_of_which_the_last_word_counts():
    fewer = move(
        "tighten", "fewer", occurred="2016-11-20", trapped=Estimate(low=200_000, high=220_000)
    )
    before, after = siege(BEGUN, fewer, at="2016-11-01"), siege(BEGUN, fewer)
    assert before
    assert after
    assert before.trapped == People(0, 250_000, None)
    assert after.trapped == People(200_000, None, 220_000)


def test_the_trapped_of_two_voices_make_a_range():
    answer = siege(
        BEGUN,
        move(
            "tighten",
            "other",
            "relief",
            occurred="2016-11-20",
            trapped=Estimate(low=100_000, high=300_000),
        ),
    )
    assert answer
    assert answer.trapped == People(0, None, None)


def test_a_siege_that_tightens_leaves_since_when_as_it_was():
    answer = siege(BEGUN, move("tighten", "tighter", "relief", "2016-11-20"))
    assert answer
    assert (answer.besieged, answer.status, answer.because) == (
        True,
        "corroborated",
        ("begun", "tighter"),
    )
    assert answer.since
    assert answer.since.text == "2016-08-21/2016-08-31"


def test_a_siege_that_tightens_is_a_siege_though_nobody_said_when_it_began():
    answer = siege(move("tighten", "tighter"))
    assert answer
    assert (answer.besieged, answer.since) == (True, None)


def test_a_siege_that_was_lifted_traps_nobody():
    answer = siege(BEGUN, move("lift", "lifted", occurred="2016-12-20", reported="2016-12-20"))
    assert answer
    assert (answer.besieged, answer.trapped, answer.because) == (False, None, ("lifted",))


def test_a_corridor_is_open_until_it_is_closed_and_the_siege_goes_on():
    opened = move("open_corridor", "opened", "state-tv", "2016-11-25")
    closed = move("close_corridor", "closed", "paper", "2016-12-05", "2016-12-05")
    during, after = siege(BEGUN, opened, at="2016-12-01"), siege(BEGUN, opened, closed)
    assert during
    assert during.corridor
    assert after
    assert after.corridor
    assert (during.corridor.open, during.corridor.status, during.besieged) == (
        True,
        "claimed",
        True,
    )
    assert (after.corridor.open, after.corridor.status, after.besieged, after.because) == (
        False,
        "reported",
        True,
        ("begun",),
    )


def test_nobody_spoke_of_a_corridor():
    answer = siege(BEGUN)
    assert answer
    assert answer.corridor is None


def test_a_corridor_alone_says_nothing_of_a_siege():
    answer = siege(move("open_corridor", "opened"))
    assert answer
    assert (answer.besieged, answer.status) == (None, "unknown")


def test_a_denial_of_the_corridor_does_not_touch_the_siege():
    answer = siege(
        BEGUN,
        move("open_corridor", "opened", occurred="2016-11-25"),
        denies("no", "rebel-official", "opened"),
    )
    assert answer
    assert answer.corridor
    assert (answer.corridor.status, answer.corridor.against, answer.status, answer.against) == (
        "disputed",
        ("no",),
        "reported",
        (),
    )


def test_a_denial_of_the_siege_does_not_touch_the_corridor():
    answer = siege(
        BEGUN,
        move("open_corridor", "opened", occurred="2016-11-25"),
        denies("no", "state-tv", "begun"),
    )
    assert answer
    assert answer.corridor
    assert (answer.corridor.status, answer.status, answer.against) == (
        "reported",
        "disputed",
        ("no",),
    )


def test_the_besiegers_own_word_is_not_enough_for_the_cautious():
    answer = siege(move("begin", "own", "army"), policy="cautious")
    assert answer
    assert (answer.besieged, answer.status) == (None, "unknown")


def test_who_saw_a_siege_go_on_leads_over_the_besieger_who_says_that_it_was_lifted():
    lifted = move("lift", "lifted", "state-tv", "2016-12-05/2016-12-10", "2016-12-10")
    tighter = move("tighten", "tighter", "relief", "2016-12-07/2016-12-11", "2016-12-11")
    answer = siege(BEGUN, lifted, tighter)
    assert answer
    assert (answer.besieged, answer.status, answer.because, answer.against) == (
        True,
        "disputed",
        ("tighter",),
        ("lifted",),
    )


# In words -----------------------------------------------------------------------------------------


def told(*log: Event, at: str = "2016-12-31", policy: str = "latest") -> list[str]:
    """Return what a briefing says of the siege of the east, by a log."""
    context = Context(CITY, AsOf.parse(at, zone=CITY.zone), POLICIES[policy])
    reader = Reader(
        context=context,
        speaker={event.id: CITY.sources[event.source].label for event in log}.__getitem__,
    )
    answer = siege(*log, at=at, policy=policy)
    assert answer
    return [
        line
        for brief in PROJECTION.presentation.brief({"east": answer}, reader)
        for line in (brief.heading, *brief.lines)
    ]


def test_a_siege_is_told_by_whom_since_when_with_how_many_and_who_says_so():
    east = "East by Government since 21–31 Aug 2016"
    many = f"{east}, about 250,000 people trapped (reported: The Paper)"
    assert told(BEGUN) == ["Besieged", many]
    most = evolve(BEGUN, trapped=Estimate(low=200_000, high=300_000))
    most_told = f"{east}, up to 300,000 people trapped (reported, possible: The Paper)"
    assert told(most, at="2016-08-25")[1:] == [most_told]


def test_what_nobody_said_of_a_siege_is_not_told():
    tighter = evolve(move("tighten", "tighter"), by=None)
    assert told(tighter) == ["Besieged", "East (reported: The Paper)"]


def test_who_disputes_a_siege_is_told():
    begun = evolve(BEGUN, trapped=None)
    assert told(begun, denies("no", "state-tv", "begun"))[1:] == [
        "East by Government since 21–31 Aug 2016 (disputed: The Paper; against: State television)"
    ]


def test_a_siege_that_was_lifted_is_not_told_but_its_corridor_is():
    lifted = move("lift", "lifted", occurred="2016-12-20", reported="2016-12-20")
    assert told(BEGUN, lifted) == []
    opened, closed = (
        move("open_corridor", "opened", "state-tv", "2016-11-25"),
        move("close_corridor", "closed", occurred="2016-11-26"),
    )
    assert told(BEGUN, lifted, opened) == [
        "Besieged",
        "East: a corridor open (claimed: State television)",
    ]
    assert told(BEGUN, lifted, opened, closed) == [
        "Besieged",
        "East: a corridor closed (reported: The Paper)",
    ]


def test_a_siege_that_is_withheld_is_not_told():
    log = BEGUN, denies("no", "state-tv", "begun")
    answer = siege(*log, policy="unanimous")
    assert answer
    assert (answer.besieged, answer.by, answer.status) == (None, None, "disputed")
    assert told(*log, policy="unanimous") == []
