"""Who last said what, on which topic, about which events."""

from strategies import CITY

from projections import PROJECTIONS
from projections.control import PROJECTION as CONTROL
from projections.statements import PROJECTION, Said
from timeline.domain.events import ControlChange, Event, EventId, Retraction, SourceId, Statement
from timeline.domain.timed_event import timed
from timeline.log.admission import admit
from timeline.replay import engine
from timeline.replay.answers import plain
from timeline.replay.policies import POLICIES
from timeline.replay.projection import Context, Projection, Reader
from timeline.temporal.as_of import AsOf
from timeline.temporal.dates import Moment, When


def said(
    id: str,
    voice: str = "rebel-official",
    stance: str = "comment",
    occurred: str = "2016-11-28",
    reported: str = "2016-11-28",
    topic: str = "hill",
    about: tuple[str, ...] = (),
) -> Statement:
    """Return a statement."""
    envelope = {
        "id": EventId(id),
        "source": SourceId(voice),
        "occurred": When(occurred),
        "reported": Moment(reported),
    }
    return Statement(**envelope, stance=stance, topic=topic, about=about, summary=f"Says {id}.")


def gone(target: str, reported: str = "2016-12-05") -> Retraction:
    """Return the retraction of an event."""
    envelope = {
        "id": EventId(f"not-{target}"),
        "source": SourceId("paper"),
        "occurred": When(reported),
        "reported": Moment(reported),
    }
    return Retraction(**envelope, target=target, reason="An error.")


def section(
    *log: Event,
    projection: Projection = PROJECTION,
    at: str = "2016-12-31",
    known: str | None = None,
):
    """Return a projection's section of the state, by a log."""
    context = Context(CITY, AsOf.parse(at, known, zone=CITY.zone), POLICIES["latest"])
    facts = engine.visible([timed(admit(event, CITY), CITY.zone) for event in log], context.cut)
    return engine.answer(
        projection,
        engine.replay(projection, facts.values(), facts.get, context.cut.instant),
        context,
    )


def ids(statements: tuple[Said, ...]) -> list[str]:
    """Return the ids of statements."""
    return [one.id for one in statements]


TOOK = ControlChange(
    id="took",
    source="monitor",
    occurred=When("2016-11-27"),
    reported=Moment("2016-11-28"),
    place="hill",
    actor="government",
)
NO = said("no", stance="disagree", about=("took",))


def test_statements_are_told_by_topic_newest_first():
    answer = section(
        said("old", occurred="2016-11-20"), said("new", "state-tv"), said("other", topic="aid")
    )
    assert {topic: ids(all_said) for topic, all_said in answer.items()} == {
        "hill": ["new", "old"],
        "aid": ["other"],
    }


def test_a_voices_later_statement_takes_the_place_of_its_earlier_one():
    assert ids(section(said("old", occurred="2016-11-20"), said("new"))["hill"]) == ["new"]
    assert ids(
        section(said("old", occurred="2016-11-20"), said("new"), at="2016-11-25")["hill"]
    ) == ["old"]


def test_what_a_voice_says_in_one_report_all_stays_said():
    assert set(ids(section(said("one"), said("two"))["hill"])) == {"one", "two"}


def test_a_statement_is_told_whole():
    (one,) = section(TOOK, NO)["hill"]
    assert (one.source, one.stance, one.about, one.summary) == (
        "rebel-official",
        "disagree",
        ("took",),
        "Says no.",
    )
    assert one.said.text == "2016-11-28"


def test_a_prediction_is_in_no_section_of_the_state():
    prediction = said("soon", stance="predict", about=("took",))
    assert section(prediction) == {}
    for projection in PROJECTIONS:
        with_it, without = (
            plain(section(*log, projection=projection), CITY.zone)
            for log in ((TOOK, prediction), (TOOK,))
        )
        assert with_it == without


def test_a_retracted_statement_was_never_said_and_disputes_nothing():
    log = TOOK, NO, gone("no")
    assert ids(section(*log, known="2016-12-04")["hill"]) == ["no"]
    assert section(*log, projection=CONTROL, known="2016-12-04")["hill"].status == "disputed"
    assert section(*log) == {}
    assert section(*log, projection=CONTROL)["hill"].status == "reported"


def test_a_statement_about_a_retracted_event_stands_but_is_about_nothing_any_more():
    (one,) = section(TOOK, NO, gone("took"))["hill"]
    assert (one.id, one.about) == ("no", ())
    assert section(TOOK, NO, gone("took"), projection=CONTROL)["hill"].status == "unknown"


def test_the_newest_statement_comes_first_and_of_one_day_that_which_was_reported_last():
    log = (
        said("a", occurred="2016-11-20"),
        said("b", "state-tv"),
        said("c", "monitor", occurred="2016-11-25"),
    )
    assert ids(section(*log)["hill"]) == ["b", "c", "a"]
    assert ids(section(*log, said("aa", "paper", reported="2016-11-29"))["hill"]) == [
        "aa",
        "b",
        "c",
        "a",
    ]


# In words -----------------------------------------------------------------------------------------


def told(*log: Event) -> list[str]:
    """Return what a briefing says of the statements, by a log."""
    reader = Reader(context=Context(CITY, AsOf(), POLICIES["latest"]), speaker=str)
    return [
        line
        for brief in PROJECTION.presentation.brief(section(*log), reader)
        for line in (brief.heading, *brief.lines)
    ]


def test_the_statements_of_each_topic_are_counted():
    assert told(said("one")) == ["Said", "1 statement on hill (1)"]
    assert told(said("one"), said("two"), said("three", topic="aid")) == [
        "Said",
        "3 statements on aid (1), hill (2)",
    ]
