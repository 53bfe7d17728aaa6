"""How people fare: the level of what they need, by place and subject."""

from strategies import CITY

from projections.conditions import PROJECTION, Faring
from timeline.domain.events import Condition, Event, EventId, SourceId, Statement
from timeline.domain.timed_event import timed
from timeline.log.admission import admit
from timeline.replay import engine
from timeline.replay.policies import POLICIES
from timeline.replay.projection import Context, Reader
from timeline.temporal.as_of import AsOf
from timeline.temporal.dates import Moment, When


def fares(
    id: str,
    level: str,
    voice: str = "relief",
    occurred: str = "2016-11-24",
    reported: str = "2016-11-28",
    subject: str = "food",
    place: str = "east",
) -> Condition:
    """Return a report of how something fares."""
    envelope = {
        "id": EventId(id),
        "source": SourceId(voice),
        "occurred": When(occurred),
        "reported": Moment(reported),
    }
    return Condition(
        **envelope, place=place, subject=subject, level=level, summary=f"It is {level}."
    )


def denies(voice: str, about: str) -> Statement:
    """Return a denial of a report."""
    envelope = {
        "id": EventId("no"),
        "source": SourceId(voice),
        "occurred": When("2016-11-29"),
        "reported": Moment("2016-11-29"),
    }
    return Statement(
        **envelope, stance="disagree", about=(EventId(about),), topic="food", summary="Denies it."
    )


def conditions(
    *log: Event, at: str = "2016-12-31", policy: str = "latest"
) -> dict[str, dict[str, Faring]]:
    """Return the conditions, by a log."""
    context = Context(CITY, AsOf.parse(at, zone=CITY.zone), POLICIES[policy])
    facts = engine.visible([timed(admit(event, CITY), CITY.zone) for event in log], context.cut)
    return engine.answer(
        PROJECTION,
        engine.replay(PROJECTION, facts.values(), facts.get, context.cut.instant),
        context,
    )


def test_a_level_is_told_with_its_summary_and_who_says_so():
    food = conditions(fares("low", "critical"))["east"]["food"]
    assert (food.level, food.summary, food.status, food.because) == (
        "critical",
        "It is critical.",
        "reported",
        ("low",),
    )


def test_the_last_level_counts():
    log = fares("fine", "normal", occurred="2016-10-01"), fares("low", "critical")
    assert conditions(*log)["east"]["food"].level == "critical"
    assert conditions(*log, at="2016-11-01")["east"]["food"].level == "normal"


def test_two_voices_of_one_level_corroborate_and_of_two_levels_dispute():
    assert (
        conditions(fares("low", "critical"), fares("too", "critical", "paper"))["east"][
            "food"
        ].status
        == "corroborated"
    )
    food = conditions(fares("fine", "normal", "state-tv"), fares("low", "critical"))["east"]["food"]
    assert (food.level, food.status, food.against) == (None, "disputed", ("fine", "low"))


def test_a_denial_disputes_a_level():
    food = conditions(fares("low", "critical"), denies("state-tv", "low"))["east"]["food"]
    assert (food.level, food.status, food.against) == ("critical", "disputed", ("no",))


def test_places_and_subjects_are_told_apart_and_not_inherited():
    answer = conditions(
        fares("food", "critical"),
        fares("schools", "none", subject="schools"),
        fares("hill", "normal", place="hill"),
    )
    assert levels(answer["east"]) == {"food": "critical", "schools": "none"}
    assert levels(answer["hill"]) == {"food": "normal"}
    assert set(answer) == {"east", "hill"}


def levels(answers) -> dict[str, str]:
    return {subject: answer.level for subject, answer in answers.items()}


def test_a_level_is_only_possible_inside_its_window():
    assert not conditions(
        fares("low", "critical", occurred="2016-11-24/2016-11-26"), at="2016-11-25"
    )["east"]["food"].certain


def test_a_disputed_level_is_not_told_where_only_what_all_agree_on_counts():
    food = conditions(fares("low", "critical"), denies("state-tv", "low"), policy="unanimous")[
        "east"
    ]["food"]
    assert (food.level, food.summary, food.status) == (None, None, "disputed")
    assert (food.because, food.against) == (("low",), ("no",))


# In words -----------------------------------------------------------------------------------------


def told(*log: Event, at: str = "2016-12-31", policy: str = "latest") -> list[str]:
    """Return what a briefing says of the conditions, by a log."""
    context = Context(CITY, AsOf.parse(at, zone=CITY.zone), POLICIES[policy])
    reader = Reader(
        context=context,
        speaker={event.id: CITY.sources[event.source].label for event in log}.__getitem__,
    )
    briefs = PROJECTION.presentation.brief(conditions(*log, at=at, policy=policy), reader)
    return [line for brief in briefs for line in (brief.heading, *brief.lines)]


def test_what_fares_alike_is_told_together_and_each_place_for_itself():
    log = (
        fares("food", "critical"),
        fares("water", "critical", "paper", subject="water"),
        fares("schools", "none", subject="schools"),
        fares("hill", "normal", place="hill"),
    )
    assert told(*log) == [
        "Conditions",
        "East: food, water critical – Relief Office, The Paper; schools none – Relief Office",
        "Hill: food normal – Relief Office",
    ]


def test_a_level_that_somebody_disputes_is_told_as_disputed_or_is_unknown():
    log = fares("low", "critical"), denies("state-tv", "low")
    assert told(*log) == ["Conditions", "East: food critical (disputed) – Relief Office"]
    water = fares("water", "critical", "paper", subject="water")
    assert told(*log, water) == [
        "Conditions",
        "East: food, water critical (disputed) – Relief Office, The Paper",
    ]
    assert told(*log, policy="unanimous") == [
        "Conditions",
        "East: food unknown (disputed) – Relief Office",
    ]


def test_a_level_that_may_not_have_been_reached_yet_is_told_as_possible():
    vague = fares("low", "critical", occurred="2016-11-24/2016-11-26")
    assert told(vague, at="2016-11-25") == [
        "Conditions",
        "East: food critical, possible – Relief Office",
    ]
