"""The laws of testimony, for every projection that weighs claims, over cities at random.

What a law was once broken by stands beside it as an example.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import pytest
from attrs import evolve
from effort import times
from holdings import says, took
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject
from strategies import CITY, cities, logs, timeline_of, told
from strategies.testimonies import (
    LAST_DAY,
    claims,
    dates,
    day,
    portions,
    retractions,
    stances,
)
from tellings import (
    SURENESS,
    Outcome,
    Telling,
    names_another,
    short,
    speaks_since,
    stands_of,
    tellers,
)

from projections import AID, CONDITIONS, CONTROL, SIEGE
from timeline.domain.city import City, Source
from timeline.domain.events import (
    AidNegotiation,
    Condition,
    ControlChange,
    Event,
    EventId,
    PlaceId,
    Retraction,
    Siege,
    SourceId,
)
from timeline.replay.policies import POLICIES, Verdict
from timeline.replay.speakers import Word
from timeline.replay.stands import Stand
from timeline.replay.tenures import Tenure
from timeline.temporal.dates import Window

KINDS = {"control": ControlChange, "siege": Siege, "conditions": Condition, "aid": AidNegotiation}
WEIGHED = pytest.mark.parametrize(
    "projection", [CONTROL, SIEGE, CONDITIONS, AID], ids=lambda projection: projection.name
)
OFTEN = times(4)
SHARED = "on_top"
"""The rule by which a share leads; of shares not the stands agree or differ, but the numbers."""
MOMENTS = st.sampled_from([day(number) for number in (*range(2, 2 * LAST_DAY, 2), 80, 400)])


@st.composite
def tellings(draw: st.DrawFn, projection: Any, max_size: int = 12) -> Telling:
    """Draw a log in a city, and the day that is asked about."""
    log = draw(told(KINDS[projection.name], max_size))
    city = draw(st.just(CITY) | cities())
    return Telling(projection, log, draw(MOMENTS), city)


class Question(NamedTuple):
    """A question on a key, with its verdict and the outcome: the siege, or a corridor."""

    key: Any
    number: int
    verdict: Verdict[Any]
    outcome: Outcome


def questions(telling: Telling) -> Iterator[Question]:
    """Yield each question that is answered."""
    for key, outcomes in telling.outcomes.items():
        verdicts = [verdict for verdict in telling.verdicts(key) if verdict.claims]
        if len(verdicts) == len(outcomes):
            for number, (verdict, outcome) in enumerate(zip(verdicts, outcomes, strict=True)):
                yield Question(key, number, verdict, outcome)


# 10. Repetition -----------------------------------------------------------------------------------


@WEIGHED
@OFTEN
@given(data=st.data())
def test_a_repetition_changes_no_holder_and_no_since_and_makes_nothing_less_sure(
    projection, data: DataObject
):
    """A claim that repeats its speaker's undisputed stand on the same place changes nothing.

    It tells of no change not told before, and comes with nobody having contradicted the stand or
    told of a change to another holder between.
    """
    telling = data.draw(tellings(projection))
    claimed = [event for event in telling.log if isinstance(event, KINDS[projection.name])]
    assume(claimed)
    changes_nothing(telling, repeated(data.draw(st.sampled_from(claimed)), data))


def changes_nothing(telling: Telling, again: Event) -> None:
    """Assert that a claim changes nothing where it repeats its speaker's undisputed stand."""
    after = telling.with_events(again)
    for before in questions(telling):
        shared = before.verdict.case is not None and before.verdict.case.rule == SHARED
        if not shared and repeats(again, before, telling, after):
            outcome = after.outcomes[before.key][before.number]
            assert outcome[:2] == before.outcome[:2], short(again)
            assert SURENESS.index(outcome.status) >= SURENESS.index(before.outcome.status)


def repeated(event: Event, data: DataObject) -> Event:
    """Return a claim told again, perhaps by another source of its side."""
    first = int(data.draw(st.integers(0, LAST_DAY + 4)))
    changes: dict[str, Any] = data.draw(dates(first))
    if isinstance(event, ControlChange) and event.how != "observation":
        changes["how"] = data.draw(st.sampled_from((event.how, "observation", "throughout")))
    alike = [
        id for id, source in CITY.sources.items() if source.side == CITY.sources[event.source].side
    ]
    if CITY.sources[event.source].side:
        changes["source"] = SourceId(data.draw(st.sampled_from(sorted(alike))))
        changes["cites"] = ()
    return evolve(event, id=EventId("again"), **changes)


def repeats(again: Event, question: Question, telling: Telling, after: Telling) -> bool:
    """Return whether an event repeats a speaker's undisputed stand on the key of a question."""
    words = [
        word
        for verdict in after.verdicts(question.key)
        for word in after.words(verdict)
        if word.claim.id == again.id and word.claim.original
    ]
    if not words or not words[0].window.began(telling.cut.instant):
        return False
    word = words[0]
    if word.claim.question != question.verdict.claims[0].question:
        return False
    stand = stands_of(question.verdict).get(word.speaker)
    if stand is None or word.substance != stand.substance:
        return False
    if not says_again(word, stand):
        return False
    others = [other for other in telling.words(question.verdict) if other.speaker != word.speaker]
    rivals = stands_of(question.verdict).values()
    looked = any(
        rival.substance != stand.substance and rival.looked > stand.begins for rival in rivals
    )
    return not looked and not any(contradicts(other, stand) for other in others)


def says_again(word: Word[Any], stand: Stand[Any]) -> bool:
    """Return whether a word says later what a stand says of the same place."""
    same_place = [each for each in stand.words if each.claim.subject == word.claim.subject]
    if word.changes and not any(each.changes for each in same_place):
        return False
    own = word.own or not any(each.own for each in stand.words)
    later = all(_later(word, each) for each in stand.words)
    alike = any(each.claim.value == word.claim.value for each in same_place)
    return own and later and alike


def _later(word: Word[Any], other: Word[Any]) -> bool:
    told = word.known >= other.known
    begins = word.window.earliest >= other.window.earliest
    return told and begins and word.window.latest >= other.window.latest


def contradicts(word: Word[Any], stand: Stand[Any]) -> bool:
    """Return whether a word contradicts a stand.

    It denies or doubts it, or names another holder since, or one who has only a share.
    """
    if not word.claim.asserts:
        return word.substance == stand.substance
    whole = getattr(word.claim.value, "whole", True)
    return (names_another(word, stand) or not whole) and speaks_since(word, stand)


# 11. The closer word ------------------------------------------------------------------------------


@OFTEN
@given(data=st.data())
def test_no_self_serving_wider_sentence_takes_a_place_where_an_outsiders_closer_stand_stands(
    data: DataObject,
):
    """No sentence about a wider place by who gains by it changes the holder of such a place.

    Unless the answer rested on that speaker's own word. Shares of the place itself are left aside.
    """
    takes_nothing(data.draw(tellings(CONTROL)), data.draw(boasts()))


def takes_nothing(telling: Telling, boast: ControlChange) -> None:
    """Assert that a boast changes no holder where an outsider's closer stand stands."""
    after = telling.with_events(boast)
    for place in inner_places(boast, telling.city):
        (verdict,), (later,) = telling.verdicts(place), after.verdicts(place)
        word = word_of(boast, later, after)
        if word is None or not word.serving or rested_on(word.speaker, verdict):
            continue
        if any(outsiders(stand, word) for stand in stands_of(verdict).values()):
            holder = telling.outcomes[place][0].holder
            assert after.outcomes[place][0].holder == holder, short(boast)


@st.composite
def boasts(draw: st.DrawFn) -> ControlChange:
    """Draw a sentence about a sector or the city by a source with a side."""
    sided = sorted(id for id, source in CITY.sources.items() if source.side)
    fields = draw(dates()) | {
        "id": EventId("boast"),
        "source": SourceId(draw(st.sampled_from(sided))),
    }
    place = PlaceId(draw(st.sampled_from(("east", "testopolis"))))
    how = draw(st.sampled_from(("change", "observation", "throughout")))
    holder = draw(st.sampled_from(sorted(CITY.actors)) | st.none())
    ground = "held" if holder else draw(st.sampled_from(("held", "contested")))
    return ControlChange(**fields, place=place, actor=holder, how=how, ground=ground)


def inner_places(event: ControlChange, city: City) -> Sequence[PlaceId]:
    return city.within(event.place)[1:]


def word_of(event: Event, verdict: Verdict[Any], telling: Telling) -> Word[Any] | None:
    """Return an event as its speaker's word, if it bears on what a verdict is on and has begun."""
    words = [word for word in telling.words(verdict) if word.claim.id == event.id]
    begun = [word for word in words if word.window.began(telling.cut.instant)]
    return begun[0] if begun else None


def rested_on(speaker: str, verdict: Verdict[Any]) -> bool:
    """Return whether an answer rested on a speaker's own word, or on shares of the place."""
    case = verdict.case
    own = case and speaker in tellers(verdict, case.support)
    return bool(own or (case and case.rule == SHARED))


def outsiders(stand: Stand[Any], word: Word[Any]) -> bool:
    """Return whether a stand is an outsider's, on a closer place than a word."""
    return not stand.serving and stand.bloc != word.bloc and stand.closest > word.depth


@OFTEN
@given(data=st.data())
def test_no_share_of_a_wider_place_changes_any_answer_about_a_part(data: DataObject):
    """And no share of a wider place changes any answer about a part.

    A map that is kept current says by it that all else it shows is still so, which is no share.
    """
    telling = data.draw(tellings(CONTROL))
    place = PlaceId(data.draw(st.sampled_from(("east", "testopolis"))))
    share = data.draw(claims(ControlChange))
    assume(not telling.city.sources[share.source].maintained)
    actor = data.draw(st.sampled_from(sorted(CITY.actors)))
    portion = {"actor": actor, "extent": data.draw(portions()), "ground": "held", "excepting": ()}
    after = telling.with_events(evolve(share, id=EventId("share"), place=place, **portion))
    for inner in telling.city.within(place)[1:]:
        assert after.answers[inner] == telling.answers[inner]


# 12. One speaker, one voice -----------------------------------------------------------------------


@WEIGHED
@OFTEN
@given(data=st.data())
def test_a_speaker_never_supports_or_disputes_himself(projection, data: DataObject):
    """A speaker never supports or disputes himself.

    He may deny what another says of an earlier time, though later he names the same holder.
    """
    never_disputes_himself(data.draw(tellings(projection)))


def never_disputes_himself(telling: Telling) -> None:
    """Assert that nobody is against himself, and that nobody's word corroborates his own."""
    for question in questions(telling):
        case = question.verdict.case
        if case is None or case.leading is None:
            continue
        support = words_in(question.verdict, case.support)
        own = {(word.speaker, id) for word in support for id in (word.claim.id, word.claim.about)}
        for word in words_in(question.verdict, case.against):
            assert (word.speaker, word.claim.about) not in own or word.claim.asserts
            assert word.denies or word.speaker not in tellers(question.verdict, case.support)
        if case.strength == "corroborated":
            assert len({word.bloc for word in support}) > 1


def words_in(verdict: Verdict[Any], claims: Sequence[Any]) -> list[Word[Any]]:
    ids = {(claim.id, claim.about) for claim in claims}
    words = verdict.testimonies.words
    return [word for word in words if (word.claim.id, word.claim.about) in ids]


AS_THE_ARMY = (SourceId("army"),)
OWN = took("own", "army", "government")
AGAIN = took("again", "army", "government", "2016-12-03", "2016-12-03")
BOTH = took("fight", "echo", None, "2016-11-22", "2016-11-24", ground="contested", how="throughout")


@pytest.mark.parametrize(
    "log",
    [
        (OWN, evolve(says("disagree", "no", "resident", "own", "2016-11-27"), cites=AS_THE_ARMY)),
        (OWN, says("disagree", "not-yet", "army", "own", "2016-11-29"), AGAIN),
        (BOTH, says("disagree", "no", "wire", "fight"), says("agree", "yes", "wire", "fight")),
    ],
    ids=[
        "his-own-word-passed-on",
        "denied-and-announced-again",
        "denied-and-agreed-with-in-one-telling",
    ],
)
def test_nobody_disputes_himself_where_he_once_did(log):
    never_disputes_himself(Telling(CONTROL, log, "2016-12-04"))


@WEIGHED
@OFTEN
@given(data=st.data())
def test_one_sources_claims_told_by_two_of_its_side_change_no_status(projection, data: DataObject):
    """Splitting one source's claims over two of its side changes no status."""
    telling = data.draw(tellings(projection))
    sided = [id for id, source in sorted(telling.city.sources.items()) if _always_sided(source)]
    assume(sided)
    source = telling.city.sources[data.draw(st.sampled_from(sided))]
    city = with_twin(telling.city, source)
    log = tuple(evolve(event, cites=()) for event in telling.log)
    split = tuple(
        evolve(event, source=SourceId("twin"))
        if event.source == source.id and data.draw(st.booleans())
        else event
        for event in log
    )
    whole = Telling(projection, log, telling.at, city)
    assert Telling(projection, split, telling.at, city).outcomes == whole.outcomes


def _always_sided(source: Source) -> bool:
    """Return whether a source is on one side at all times."""
    return bool(source.side) and all(link.since is link.until is None for link in source.side)


def with_twin(city: City, source: Source) -> City:
    """Return a city with a second source of the same side, neither of which keeps a map."""
    plain = evolve(source, maintained=False)
    twin = evolve(plain, id=SourceId("twin"), label="The twin", short=None, aliases=())
    return evolve(city, sources={**city.sources, source.id: plain, twin.id: twin})


# 13. Agreement ------------------------------------------------------------------------------------


@WEIGHED
@OFTEN
@given(data=st.data())
def test_two_independent_speakers_who_name_one_holder_are_corroborated(
    projection, data: DataObject
):
    """Two independent speakers whose stands name one holder are corroborated.

    However their dates differ, where nobody told of another between.
    """
    telling = data.draw(tellings(projection))
    for question in questions(telling):
        case = question.verdict.case
        if case is None or case.tenure is None or case.rule == SHARED:
            continue
        leading, *_ = [
            stand
            for stand in case.tenure.stands
            if case.leading.id in {word.claim.id for word in stand.words}
        ]
        for stand in stands_of(question.verdict).values():
            alike = stand.substance == leading.substance and stand.bloc != leading.bloc
            if alike and not another_between(stand, leading, question.verdict):
                assert case.strength == "corroborated"


def another_between(a: Stand[Any], b: Stand[Any], verdict: Verdict[Any]) -> bool:
    """Return whether anybody told of another holder between the words of two stands."""
    first, last = min(a.begins, b.begins), max(a.ends, b.ends)
    return any(
        names_another(word, a) and word.window.earliest <= last and word.window.latest > first
        for word in verdict.testimonies.words
    )


@WEIGHED
@OFTEN
@given(data=st.data())
def test_two_who_looked_since_the_turn_and_differ_are_disputed(projection, data: DataObject):
    """Two whose stands differ and who both looked since the turn are disputed.

    Unless one lapsed.
    """
    differ_and_are_disputed(data.draw(tellings(projection)))


def differ_and_are_disputed(telling: Telling) -> None:
    """Assert that whoever looked since the turn and differs disputes it, unless that lapsed."""
    for question in questions(telling):
        case = question.verdict.case
        if case is None or case.tenure is None or case.since is None or case.rule == SHARED:
            continue
        disputing = {claim.id for claim in case.against}
        for rival in stands_of(question.verdict).values():
            if rival.substance != case.tenure.stands[0].substance:
                for word in looked_after(rival, case.since):
                    assert (word.claim.id in disputing) != lapsed(word, case.tenure)
        assert not disputing or case.status == "disputed"


SEEN_SINCE = (
    took("took", "monitor", "government"),
    took("seen", "resident", "opposition", "2016-12-01", "2016-12-01", how="observation"),
)
SEEN_AGAIN = tuple(
    took(f"{voice}-saw", voice, "government", "2016-12-03", "2016-12-04", how="observation")
    for voice in ("monitor", "paper")
)


@pytest.mark.parametrize("log", [SEEN_SINCE, (*SEEN_SINCE, *SEEN_AGAIN)], ids=["stands", "lapsed"])
def test_who_saw_another_since_disputes_until_two_outsiders_looked_after_him(log):
    telling = Telling(CONTROL, log, "2016-12-31")
    differ_and_are_disputed(telling)
    (outcome,) = telling.outcomes["hill"]
    assert outcome.status == ("disputed" if log is SEEN_SINCE else "corroborated")


def looked_after(rival: Stand[Any], since: Window) -> Sequence[Word[Any]]:
    """Return the words of a rival that speak of a time after the turn of a tenure."""
    return [word for word in rival.words if word.window.earliest >= since.latest]


def lapsed(dispute: Word[Any], tenure: Tenure[Any]) -> bool:
    """Return whether two outsiders assert the holder who looked since, one of them after it."""
    since = dispute.window.latest if dispute.claim.original else dispute.window.earliest
    looked = [stand for stand in tenure.stands if not stand.serving and stand.looked > since]
    independent = {stand.bloc for stand in looked}
    return len(independent) > 1 and any(stand.told > dispute.known for stand in looked)


# 15. Retraction is clean --------------------------------------------------------------------------


@OFTEN
@given(data=st.data())
def test_what_is_appended_and_retracted_leaves_no_trace(data: DataObject):
    """Appending any event and retracting it leaves every answer known after as if neither had been.

    Of every projection, by every policy, also of an event that replaces another.
    """
    kind = data.draw(st.sampled_from(list(KINDS.values())))
    log = data.draw(told(kind) | logs(max_size=12))
    city, policy = data.draw(st.just(CITY) | cities()), data.draw(st.sampled_from(list(POLICIES)))
    added = replacing(data.draw(additions(log, kind)), data.draw(replaceable(log)))
    gone = evolve(data.draw(retractions(added)), id=EventId("gone"))
    at = data.draw(MOMENTS)
    before = timeline_of(log, city).state(at, policy=policy).answers()
    after = timeline_of((*log, added, gone), city).state(at, policy=policy).answers()
    assert after == before


def replacing(event: Event, replaced: EventId | None) -> Event:
    """Return an event as it is added: it may replace another, unless it is a retraction."""
    supersedes = None if isinstance(event, Retraction) else replaced
    return evolve(event, id=EventId("added"), supersedes=supersedes)


def replaceable(log: Sequence[Event]) -> st.SearchStrategy[EventId | None]:
    """Draw an event of a log that may be replaced, or none."""
    retracted = {event.target for event in log if isinstance(event, Retraction)}
    claimed = [event.id for event in log if not isinstance(event, Retraction)]
    return st.sampled_from([None, *(id for id in claimed if id not in retracted)])


def additions(log: Sequence[Event], kind: type[Event]) -> st.SearchStrategy[Event]:
    """Draw an event of some kind or of any, or what somebody says of an event of a log."""
    any_event = logs(min_size=1, max_size=1).map(lambda events: events[0])
    said_of = [event for event in log if not isinstance(event, Retraction)]
    stance = st.sampled_from(said_of).flatmap(stances) if said_of else st.nothing()
    return claims(kind) | any_event | stance
