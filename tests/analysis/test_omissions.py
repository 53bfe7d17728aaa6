"""Omissions: events without a part in an answer are left out, for reasons that are true of them."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from attrs import evolve
from explained import EVERY_PROJECTION, Asked, ask, ids, questions, replayed
from hill import retracted, said, siege, took
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject
from strategies import CITY, timeline_of

from projections import CONTROL, SIEGE
from timeline import AsOf, Moment, Timeline
from timeline.analysis.omissions import REASONS, LeftOut
from timeline.domain.events import Event, EventId, Share, Statement
from timeline.domain.references import references
from timeline.replay import engine
from timeline.replay.cells import Claim
from timeline.replay.speakers import Word


@EVERY_PROJECTION
@given(data=st.data())
def test_every_reason_for_leaving_an_event_out_is_true_of_it(projection, data: DataObject):
    """Each is checked against the events alone, and the claim that leads."""
    for asked in questions(data, projection):
        for left in asked.explanation.left_out:
            reason = f"{left.fact.event.id} {REASONS[left.reason]} (by {left.by})"
            assert fault(left, asked) == "", reason


def fault(left: LeftOut, asked: Asked) -> str:
    """Return what is wrong with the reason for leaving an event out; empty for nothing."""
    id = left.fact.event.id
    recorded = engine.recorded_by(asked.timeline.timed_events, asked.context.cut)
    if id not in {fact.event.id for fact in recorded}:
        return "" if left.reason == "not_recorded" else "it was not recorded"
    if id not in asked.known:
        return "" if left.reason == "not_known" else "it was not known"
    if left.reason in ("not_recorded", "not_known"):
        return "it was known"
    if left.reason in ("retracted", "replaced"):
        return not_withdrawn_by(left, asked)
    return not_unheard(left, asked) if id in asked.standing else "it does not stand"


def not_withdrawn_by(left: LeftOut, asked: Asked) -> str:
    """Return what is wrong with an event's being withdrawn by another."""
    by = asked.known.get(left.by)
    if by is None:
        return "nobody had withdrawn it"
    path = "$.target" if left.reason == "retracted" else "$.supersedes"
    if (path, left.fact.event.id) not in references(by.event):
        return "that did not withdraw it so"
    return ""


def speaks_of_something(left: LeftOut, asked: Asked) -> str:
    """Return what is wrong with an event's speaking of nothing that stands."""
    event, by_id = left.fact.event, {fact.event.id: fact for fact in asked.timeline.timed_events}
    if not isinstance(event, Statement) or left.by not in event.about:
        return "it does not speak of that"
    if asked.effects(left.fact):
        return "what it speaks of stands"
    if left.by in asked.standing:
        return "that stands"
    return "" if asked.effects(by_id[left.by], by_id) else "that does not concern the answer"


def not_unheard(left: LeftOut, asked: Asked) -> str:
    """Return what is wrong with the reason for which an event that stands was not weighed."""
    if left.reason == "about_nothing":
        return speaks_of_something(left, asked)
    if left.reason == "not_begun":
        at, effects = asked.context.cut.instant, asked.effects(left.fact)
        late = effects and not any(effect.window.began(at) for effect in effects)
        return "" if late else "it has begun"
    check = UNWEIGHED[left.reason]
    if any(check(claim, left, asked) for claim in asked.claims(left.fact)):
        return ""
    return f"no claim of it {REASONS[left.reason]}"


def word_of(claim: Claim[Any], asked: Asked) -> Word[Any]:
    """Return a claim as it was heard."""
    heard = [word for verdict in asked.verdicts for word in verdict.testimonies.words]
    return next(word for word in heard if word.claim == claim)


def by_its_own(claim: Claim[Any], left: LeftOut, asked: Asked) -> bool:
    """Return whether the event behind a reason is by the speaker of the claim."""
    every = {word.claim.id: word for word in asked.heard}
    return left.by in every and every[left.by].speaker == every[claim.id].speaker


def told_otherwise(claim: Claim[Any], left: LeftOut, asked: Asked) -> bool:
    """Return whether the claim's own speaker told otherwise of an overlapping time, later."""
    by = next(word for word in asked.heard if word.claim.id == left.by)
    own = word_of(claim, asked)
    overlap = by.window.earliest < own.window.latest and own.window.earliest < by.window.latest
    otherwise = by.denies == (by.substance == own.substance)
    return by_its_own(claim, left, asked) and by.told >= own.told and overlap and otherwise


def looked_closer(claim: Claim[Any], left: LeftOut, asked: Asked) -> bool:
    """Return whether its own speaker looked at a closer place, and told both together."""
    own = word_of(claim, asked)
    looks = [word for word in asked.heard if word.looks and word.speaker == own.speaker]
    closer = [look for look in looks if look.depth > own.depth and look.excluding(own)]
    return any(look.known == own.known for look in closer)


def says_otherwise(claim: Claim[Any], left: LeftOut, asked: Asked) -> bool:
    """Return whether its own speaker names another holder of a later time."""
    by = next(word for word in asked.heard if word.claim.id == left.by)
    own = word_of(claim, asked)
    return by_its_own(claim, left, asked) and by.excluding(own) and by.spoken_of > own.spoken_of


def denied_since(claim: Claim[Any], left: LeftOut, asked: Asked) -> bool:
    """Return whether its own speaker has denied that holder since."""
    by = next(word for word in asked.heard if word.claim.id == left.by)
    same = by.substance == word_of(claim, asked).substance
    return by_its_own(claim, left, asked) and by.denies and same


def said_anew(claim: Claim[Any], left: LeftOut, asked: Asked) -> bool:
    """Return whether its own speaker told of the change again after another's change."""
    by = next(word for word in asked.heard if word.claim.id == left.by)
    own = word_of(claim, asked)
    between = [word for word in asked.heard if word.changes and word.excluding(own)]
    others = [word for word in between if word.speaker != own.speaker]
    return by_its_own(claim, left, asked) and by.changes and bool(others)


def taken_back(claim: Claim[Any], left: LeftOut, asked: Asked) -> bool:
    """Return whether its own side's word, of any time, took a claim to a change back."""
    by = asked.standing[left.by]
    own, other = (CITY.speaker(each.event.source, each.known) for each in (left.fact, by))
    relayed = left.fact.event.cites or by.event.cites or not CITY.sources[by.event.source].side
    return claim.mode == "change" and (own == other or bool(relayed))


def set_aside(claim: Claim[Any], left: LeftOut, asked: Asked) -> bool:
    """Return whether the policy set a claim aside."""
    return any(claim in verdict.set_aside for verdict in asked.verdicts)


def a_part(claim: Claim[Any], left: LeftOut, asked: Asked) -> bool:
    """Return whether a claim is one to a part."""
    return not claim.value.whole


def share_of_more(claim: Claim[Any], left: LeftOut, asked: Asked) -> bool:
    """Return whether a claim is to a part of a wider place."""
    return not claim.value.whole and claim.subject != asked.key


def excepted(claim: Claim[Any], left: LeftOut, asked: Asked) -> bool:
    """Return whether a claim on a wider place leaves this one out."""
    return bool({*CITY.lineage(asked.key)} & {*claim.value.excepting})


def lapsed(claim: Claim[Any], left: LeftOut, asked: Asked) -> bool:
    """Return whether a claim's own side has told of the holder since, or two others have."""
    own, tenure = word_of(claim, asked), asked.tenure(claim)
    if any(stand.speaker == own.speaker and stand.told > own.known for stand in tenure.stands):
        return True
    others = {stand.bloc for stand in tenure.stands if not stand.serving}
    return len(others) >= 2 and tenure.told > own.known


def parted(claim: Claim[Any], left: LeftOut, asked: Asked) -> bool:
    """Return whether a claim names the holder, and another was told of or seen."""
    own, tenure = word_of(claim, asked), asked.tenure(claim)
    named = [word for word in asked.heard if word.claim.asserts and word.excluding(own)]
    return own.substance == tenure.stands[0].substance and bool(named)


def not_told_lately(claim: Claim[Any], left: LeftOut, asked: Asked) -> bool:
    """Return whether a claim was told more than `fresh` before the last look that leads."""
    tenure = asked.tenure(claim)
    return tenure.since is None and tenure.looked - claim.known > CITY.fresh


def earlier_time(claim: Claim[Any], left: LeftOut, asked: Asked) -> bool:
    """Return whether a claim is of another holder, and of a time before the tenure had begun."""
    since = asked.since(claim)
    begun_before = claim.mode == "change" and claim.window.earliest < since.earliest
    return begun_before or (claim.mode != "change" and claim.window.latest <= since.latest)


def of_the_whole(claim: Claim[Any], left: LeftOut, asked: Asked) -> bool:
    """Return whether a claim is about the whole while a share leads."""
    return claim.value.whole and asked.answer.rule == "on_top"


def own_claim(claim: Claim[Any], left: LeftOut, asked: Asked) -> bool:
    """Return whether a stance is on a claim of its own speaker."""
    about = [word for word in asked.heard if word.claim.id == claim.about]
    return word_of(claim, asked).speaker in {word.speaker for word in about}


def of_no_claim(claim: Claim[Any], left: LeftOut, asked: Asked) -> bool:
    """Return whether a stance is on a claim that does not support the answer."""
    return not claim.asserts and claim.about not in ids(asked.explanation.of("for"))


def wider_sentence(claim: Claim[Any], left: LeftOut, asked: Asked) -> bool:
    """Return whether a stance is on a sentence about a wider place than the answer rests on."""
    return CITY.depth(claim.subject) < asked.tenure(claim).closest


def outlived(claim: Claim[Any], left: LeftOut, asked: Asked) -> bool:
    """Return whether an outsider tells of a later change than the one that a stance is on."""
    stands = asked.tenure(claim).stands
    turns = [stand.turn for stand in stands if stand.turn and not stand.serving]
    return any(turn.window.earliest > claim.window.earliest for turn in turns)


def no_lead(claim: Claim[Any], left: LeftOut, asked: Asked) -> bool:
    """Return whether nothing leads on the question of a claim."""
    return asked.tenure(claim) is None


UNWEIGHED = {
    "share_of_more": share_of_more,
    "excepted": excepted,
    "set_aside": set_aside,
    "taken_back": taken_back,
    "announced_again": taken_back,
    "not_on_top": a_part,
    "own_word": told_otherwise,
    "closer_look": looked_closer,
    "overtaken": told_otherwise,
    "denied_since": denied_since,
    "ended": says_otherwise,
    "said_anew": said_anew,
    "lapsed": lapsed,
    "parted": parted,
    "not_told_lately": not_told_lately,
    "earlier_time": earlier_time,
    "of_the_whole": of_the_whole,
    "own_claim": own_claim,
    "wider_sentence": wider_sentence,
    "outlived": outlived,
    "of_no_claim": of_no_claim,
    "no_lead": no_lead,
}
"""The check of each reason, for a claim that stands and has begun."""

INERT = ("not_recorded", "not_known", "about_nothing", "share_of_more", "excepted", "of_the_whole")
"""The reasons for which an event has no bearing even on what is weighed."""


@EVERY_PROJECTION
@given(data=st.data())
def test_without_what_has_no_bearing_the_answer_is_the_same(projection, data: DataObject):
    """Unless other events speak of it, or it withdraws any."""
    for asked in questions(data, projection):
        for left in asked.explanation.left_out:
            if left.reason in INERT and not has_consequences(left.fact.event, asked.timeline):
                without = asked.timeline.supposing(without_events=[left.fact.event.id])
                assert replayed(asked, without) == asked.answer


def has_consequences(event: Event, timeline: Timeline) -> bool:
    """Return whether others speak of an event, or it withdraws any."""
    spoken_of = {target for other in timeline.events for _, target in references(other)}
    return event.supersedes is not None or event.id in spoken_of


# By hand ------------------------------------------------------------------------------------------

A = took("a", "monitor")
"""The monitor says that the government took the hill on the 27th."""
PART = Share(low=0.25, high=0.5)
SEEN = {"how": "observation"}
LATER = "2016-11-29"


def day(date: int) -> tuple[str, str]:
    """Return a day of December 2016 as one on which a thing happened and was reported."""
    return f"2016-12-{date:02}", f"2016-12-{date:02}"


LEFT_OUT: Mapping[str, tuple[Sequence[Event], AsOf | str, str | None]] = {
    "not_recorded": (
        [A, took("x", "paper", recorded=Moment("2016-12-05T00:00:00Z"))],
        AsOf.parse(None, None, "2016-12-01", zone=CITY.zone),
        None,
    ),
    "not_known": (
        [A, took("x", "paper", reported="2016-12-05")],
        AsOf.parse(None, "2016-12-04", zone=CITY.zone),
        None,
    ),
    "retracted": ([A, took("x", "paper"), retracted("r", "x")], AsOf(), "r"),
    "replaced": (
        [took("x", "monitor"), took("b", "monitor", supersedes=EventId("x"))],
        AsOf(),
        "b",
    ),
    "about_nothing": (
        [A, took("b", "paper"), said("x", "resident", "b"), retracted("r", "b")],
        AsOf(),
        "b",
    ),
    "not_begun": (
        [A, took("x", "paper", occurred="2016-12-05", reported="2016-12-05")],
        AsOf.parse("2016-12-04", zone=CITY.zone),
        None,
    ),
    "share_of_more": (
        [A, took("x", "paper", "opposition", place="east", extent=PART)],
        AsOf(),
        None,
    ),
    "excepted": (
        [A, took("x", "paper", "opposition", place="east", excepting=("hill",))],
        AsOf(),
        None,
    ),
    "set_aside": (
        [A, took("b", "paper", "opposition"), took("x", "army", None, *day(9))],
        "cautious",
        None,
    ),
    "taken_back": (
        [
            took("e", "paper", "opposition", "2016-11-01", "2016-11-02"),
            took("x", "state-tv"),
            took("b", "army", "opposition", *day(5), **SEEN),
        ],
        AsOf(),
        "b",
    ),
    "announced_again": (
        [
            took("x", "state-tv"),
            said("c", "rebel-official", "x"),
            took("b", "army", "government", *day(5)),
            took("d", "paper", "government", *day(5)),
        ],
        AsOf(),
        "b",
    ),
    "not_on_top": ([A, took("x", "monitor", "opposition", extent=PART)], AsOf(), None),
    "own_word": (
        [
            took("b", "monitor"),
            took("x", "wire", "opposition", "2016-11-27", LATER, cites=("monitor",)),
        ],
        AsOf(),
        "b",
    ),
    "closer_look": (
        [
            took("x", "monitor", place="east"),
            took("b", "monitor", "opposition", **SEEN),
        ],
        AsOf(),
        "b",
    ),
    "overtaken": (
        [took("x", "monitor"), took("b", "monitor", "opposition", reported=LATER)],
        AsOf(),
        "b",
    ),
    "denied_since": (
        [
            took("x", "monitor"),
            took("b", "monitor", "government", "2016-11-28", LATER),
            said("c", "monitor", "b", reported="2016-11-30"),
        ],
        AsOf(),
        "c",
    ),
    "ended": (
        [took("x", "monitor", occurred="2016-11-20"), took("b", "monitor", "opposition")],
        AsOf(),
        "b",
    ),
    "said_anew": (
        [
            took("x", "army", "government", *day(1)),
            took("b", "rebel-official", "opposition", *day(3)),
            took("d", "army", "government", *day(5)),
        ],
        AsOf(),
        "d",
    ),
    "lapsed": (
        [A, said("x", "rebel-official", "a"), took("b", "paper", reported=LATER)],
        AsOf(),
        None,
    ),
    "parted": (
        [
            took("x", "monitor"),
            took("b", "paper", "opposition", *day(3)),
            took("d", "relief", "government", *day(5)),
        ],
        AsOf(),
        None,
    ),
    "not_told_lately": (
        [
            took("x", "monitor", "opposition", "2016-05-01", "2016-05-01", **SEEN),
            took("b", "paper", **SEEN),
        ],
        AsOf(),
        None,
    ),
    "earlier_time": ([A, took("x", "paper", "opposition", "2012", "2013")], AsOf(), None),
    "of_the_whole": (
        [
            took("e", "paper", "opposition", "2016-11-01", "2016-11-02"),
            took("a", "monitor", extent=PART),
            said("x", "resident", "e"),
        ],
        AsOf(),
        None,
    ),
    "own_claim": (
        [A, took("b", "monitor", reported=LATER), said("x", "monitor", "a", stance="unclear")],
        AsOf(),
        None,
    ),
    "wider_sentence": (
        [took("a", "monitor", place="east"), said("x", "resident", "a"), took("b", "paper")],
        AsOf(),
        None,
    ),
    "outlived": (
        [
            took("a", "paper"),
            said("x", "resident", "a"),
            took("b", "monitor", "government", *day(3)),
        ],
        AsOf(),
        None,
    ),
    "of_no_claim": (
        [A, took("b", "paper", "opposition", "2016-11-26/2016-11-27"), said("x", "resident", "b")],
        AsOf(),
        None,
    ),
    "no_lead": (
        [A, took("b", "paper", "opposition"), said("x", "resident", "a")],
        AsOf(),
        None,
    ),
}
"""For each reason a log that leaves out the event x, a cut or a policy, and the event behind it."""


def test_every_reason_is_shown():
    """The examples are those of the table of reasons."""
    assert list(LEFT_OUT) == list(REASONS)


@pytest.mark.parametrize("reason", LEFT_OUT)
def test_an_event_is_left_out_for_that_reason(reason):
    """And the reason is true of it."""
    log, cut, by = LEFT_OUT[reason]
    cut, policy = (AsOf(), cut) if isinstance(cut, str) else (cut, "latest")
    asked = ask(timeline_of(list(map(recorded_first, log))), CONTROL, "hill", cut, policy)
    assert asked.left_out("x") == [(reason, by)]
    for left in asked.explanation.left_out:
        assert fault(left, asked) == ""


def recorded_first(event: Event) -> Event:
    """Return an event as one that was recorded before all else, unless it says when."""
    return event if event.recorded else evolve(event, recorded=Moment("2016-11-30T00:00:00Z"))


def test_who_takes_back_its_only_claim_leaves_nothing_to_weigh_its_denial_against():
    """Both are left out, although the denial took the claim back."""
    timeline = timeline_of([A, said("b", "monitor", "a", reported="2016-11-29")])
    asked = ask(timeline, CONTROL, "hill", AsOf())
    assert asked.answer.holder is None
    assert asked.left_out("a") == [("overtaken", "b")]
    assert asked.left_out("b") == [("no_lead", None)]


def test_a_denial_that_came_before_the_claim_does_not_take_it_back():
    """What a voice denied on the 27th and said itself on the 28th stands."""
    log = [
        took("x", "monitor", occurred="2016-11-20"),
        said("c", "monitor", "x", reported="2016-11-27"),
        took("b", "paper", "opposition", "2016-11-25"),
    ]
    asked = ask(timeline_of(log), CONTROL, "hill", AsOf())
    assert asked.left_out("x") == [("earlier_time", None)]


def test_what_is_about_nothing_names_the_event_that_is_lost_to_this_answer():
    """A statement denied a siege and a capture; of the hill the capture is what is missing."""
    log = [
        siege("s", "paper", "begin", "2016-11-27", "2016-11-28"),
        took("b", "paper"),
        said("x", "resident", "s", "b"),
        retracted("r1", "s"),
        retracted("r2", "b"),
    ]
    asked = ask(timeline_of(log), CONTROL, "hill", AsOf())
    assert asked.left_out("x") == [("about_nothing", "b")]


def test_what_took_the_place_of_a_word_is_the_word_that_did():
    """The newest word of the same voice is not always the one."""
    log = [
        took("x", "monitor", "government", "2016-11-01/2016-11-10", "2016-11-20"),
        took("later", "monitor", "opposition", "2016-11-05/2016-11-08", "2016-11-25"),
        took("other", "monitor", "kurdish", "2016-11-09", "2016-11-15"),
    ]
    asked = ask(timeline_of(log), CONTROL, "hill", AsOf.parse("2016-11-09T12:00", zone=CITY.zone))
    assert asked.left_out("x") == [("overtaken", "later")]


def test_what_is_said_of_a_corridor_is_held_against_what_leads_on_the_corridor():
    """A siege that began after the denial does not make the denial one of an earlier time."""
    log = [
        siege("open", "monitor", "open_corridor", "2016-09-01", "2016-09-02"),
        said("x", "rebel-official", "open", reported="2016-09-03"),
        said("agreed", "paper", "open", stance="agree", reported="2016-09-05"),
        siege("ring", "monitor", "begin", "2016-10-01", "2016-10-02"),
    ]
    asked = ask(timeline_of(log), SIEGE, "east", AsOf())
    assert len(asked.explanation.left_out) == 1
    assert asked.left_out("x") == [("lapsed", None)]
