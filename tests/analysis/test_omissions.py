"""Omissions: events without a part in an answer are left out, for reasons that are true of them."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from attrs import evolve
from explained import EVERY_PROJECTION, Asked, ask, questions, replayed
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


def overtaken(claim: Claim[Any], left: LeftOut, asked: Asked) -> bool:
    """Return whether a later word of the same voice on the same question takes a claim's place."""
    by = asked.standing.get(left.by)
    if by is None or by.event.id == claim.id:
        return False
    return any(takes_the_place(other, claim) for other in asked.claims(by))


def takes_the_place(other: Claim[Any], claim: Claim[Any]) -> bool:
    if (other.voice, other.question) != (claim.voice, claim.question):
        return False
    later = other.known >= claim.known and not other.window.precedes(claim.window)
    return later or claim.window.precedes(other.window)


def taken_back(claim: Claim[Any], left: LeftOut, asked: Asked) -> bool:
    """Return whether the voice of a claim has denied it since."""
    by = asked.standing.get(left.by)
    if by is None or not isinstance(by.event, Statement):
        return False
    denies = by.event.stance == "disagree" and claim.id in by.event.about
    return denies and by.event.source == claim.voice and by.known > claim.known


def lapsed(claim: Claim[Any], left: LeftOut, asked: Asked) -> bool:
    """Return whether its own side has dropped a claim, or two independent voices outweigh it.

    Its side has spoken since, or one of the two has.
    """
    bloc, standing = CITY.bloc(claim.voice), asked.standing.values()
    own = [fact for fact in standing if CITY.bloc(fact.event.source) == bloc]
    if any(fact.known > claim.known for fact in own if asked.claims(fact)):
        return True
    support = [point.fact for point in asked.explanation.of("for")]
    blocs = {CITY.bloc(fact.event.source) for fact in support}
    return len(blocs) >= 2 and max(fact.known for fact in support) > claim.known


def earlier_time(claim: Claim[Any], left: LeftOut, asked: Asked) -> bool:
    """Return whether a claim's time had run out when that of the leading one began."""
    return any(claim.window.latest <= leading.window.earliest for leading in asked.leading(claim))


def could_not_know(claim: Claim[Any], left: LeftOut, asked: Asked) -> bool:
    """Return whether a claim was made public before what leads can have happened."""
    return any(claim.known < leading.window.earliest for leading in asked.leading(claim))


def not_on_top(claim: Claim[Any], left: LeftOut, asked: Asked) -> bool:
    """Return whether a claim is one to a part and does not follow each claim to the whole."""
    others = [other for fact in asked.standing.values() for other in asked.claims(fact)]
    wholes = [other for other in others if other.asserts and other.value.whole]
    follows = all(other.window.precedes(claim.window) for other in wholes)
    return not claim.value.whole and not follows


def no_lead(claim: Claim[Any], left: LeftOut, asked: Asked) -> bool:
    """Return whether nothing leads on the question of a claim."""
    return not asked.leading(claim)


def silent(claim: Claim[Any], left: LeftOut, asked: Asked) -> bool:
    """Return whether something leads, and a claim neither says nor denies it."""
    for leading in asked.leading(claim):
        if claim.about == leading.id or claim.value.affirms(leading.value):
            return False
        if claim.value.rivals(leading.value) and claim.mode not in ("disagree", "unclear"):
            return False
    return bool(asked.leading(claim))


UNWEIGHED = {
    "overtaken": overtaken,
    "taken_back": taken_back,
    "lapsed": lapsed,
    "no_lead": no_lead,
    "earlier_time": earlier_time,
    "could_not_know": could_not_know,
    "not_on_top": not_on_top,
    "silent": silent,
}
"""The check of each reason, for a claim that stands and has begun."""


@EVERY_PROJECTION
@given(data=st.data())
def test_without_what_was_left_out_the_answer_is_the_same(projection, data: DataObject):
    """No figure of it is counted, and no answer rests on it, unless something follows from it."""
    for asked in questions(data, projection):
        left_out = asked.explanation.left_out
        overtaken = {left.fact.event.source for left in left_out if left.reason == "overtaken"}
        for left in left_out:
            event = left.fact.event
            changed_its_word = left.reason != "overtaken" and event.source in overtaken
            if not changed_its_word and not has_consequences(left, asked.timeline):
                without = asked.timeline.supposing(without_events=[event.id])
                assert whole(replayed(asked, without)) == whole(asked.answer)


def has_consequences(left: LeftOut, timeline: Timeline) -> bool:
    """Return whether anything else follows from an event that was left out.

    Others speak of it, it withdraws others, it takes back its own side's word, or it weighs through
    its order in time.
    """
    event = left.fact.event
    spoken_of = {target for other in timeline.events for _, target in references(other)}
    if event.supersedes or event.id in spoken_of:
        return True
    sources = {other.id: other.source for other in timeline.events}
    about = event.about if isinstance(event, Statement) else ()
    takes_back = any(CITY.bloc(sources[id]) == CITY.bloc(event.source) for id in about)
    return takes_back or left.reason in ("earlier_time", "could_not_know")


def whole(answer: Any) -> Any:
    """Return an answer without the holder before, which rests on claims overtaken since."""
    return evolve(answer, before=None) if hasattr(answer, "before") else answer


# By hand ------------------------------------------------------------------------------------------

A = took("a", "monitor")
"""The monitor says that the government took the hill on the 27th."""
PART = Share(low=0.25, high=0.5)
SEEN_BEFORE = took(
    "x", "paper", "opposition", "2016-11-20/2016-11-30", "2016-11-26", how="observation"
)

LATER = "2016-11-29"
LEFT_OUT: Mapping[str, tuple[Sequence[Event], AsOf, str | None]] = {
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
    "overtaken": (
        [took("x", "monitor", occurred="2016-11-20"), took("b", "monitor", "opposition")],
        AsOf(),
        "b",
    ),
    "taken_back": (
        [took("x", "monitor"), took("b", "paper"), said("c", "monitor", "x", reported=LATER)],
        AsOf(),
        "c",
    ),
    "lapsed": (
        [A, said("x", "rebel-official", "a"), took("b", "paper", reported=LATER)],
        AsOf(),
        None,
    ),
    "no_lead": (
        [A, said("x", "paper", "a", stance="agree"), said("c", "monitor", "a", reported=LATER)],
        AsOf(),
        None,
    ),
    "earlier_time": ([A, took("x", "paper", "opposition", "2012", "2013")], AsOf(), None),
    "could_not_know": ([A, SEEN_BEFORE], AsOf(), None),
    "not_on_top": ([A, took("x", "monitor", "opposition", extent=PART)], AsOf(), None),
    "silent": (
        [A, took("b", "paper", "opposition", "2016-11-26/2016-11-27"), said("x", "resident", "b")],
        AsOf(),
        None,
    ),
}
"""For each reason a log that leaves out the event x, a cut, and the event behind the reason."""


def test_every_reason_is_shown():
    """The examples are those of the table of reasons."""
    assert list(LEFT_OUT) == list(REASONS)


@pytest.mark.parametrize("reason", LEFT_OUT)
def test_an_event_is_left_out_for_that_reason(reason):
    """And the reason is true of it."""
    log, cut, by = LEFT_OUT[reason]
    asked = ask(timeline_of(list(map(recorded_first, log))), CONTROL, "hill", cut)
    (left,) = [left for left in asked.explanation.left_out if left.fact.event.id == "x"]
    assert (left.reason, left.by) == (reason, by)
    assert fault(left, asked) == ""


def test_who_takes_back_its_only_claim_leaves_nothing_to_weigh_its_denial_against():
    """Both are left out, although the denial took the claim back."""
    timeline = timeline_of([A, said("b", "monitor", "a", reported="2016-11-29")])
    asked = ask(timeline, CONTROL, "hill", AsOf())
    assert asked.answer.holder is None
    assert len(asked.explanation.left_out) == 2
    assert asked.left_out("a") == [("taken_back", "b")]
    assert asked.left_out("b") == [("no_lead", None)]


def recorded_first(event: Event) -> Event:
    """Return an event as one that was recorded before all else, unless it says when."""
    return event if event.recorded else evolve(event, recorded=Moment("2016-11-30T00:00:00Z"))


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


def test_where_nothing_leads_nothing_is_silent_about_what_leads():
    """The only claim was taken back, so agreement with it is not silent about another."""
    log = [
        took("a", "monitor"),
        said("x", "paper", "a", stance="agree"),
        said("c", "monitor", "a", reported="2016-11-29"),
    ]
    asked = ask(timeline_of(log), CONTROL, "hill", AsOf())
    assert asked.answer.status == "unknown"
    assert "silent" not in {one.reason for one in asked.explanation.left_out}
