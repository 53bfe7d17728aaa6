"""Counterfactuals: reports that would change an answer, found by trying.

Each trial adds ordinary events and reads the answer again; ``--with`` repeats it by hand.
"""

from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Any, NamedTuple

from attrs import evolve, frozen

from timeline.analysis.explain import Bearing, Explanation
from timeline.analysis.subject import Subject
from timeline.domain.choices import How
from timeline.domain.city import Source
from timeline.domain.events import (
    ActorId,
    ControlChange,
    Event,
    EventId,
    Retraction,
    Slug,
    SourceId,
    Statement,
    Text,
)
from timeline.domain.timed_event import TimedEvent, timed
from timeline.errors import UsageError
from timeline.replay import engine
from timeline.replay.cells import Claim
from timeline.replay.policies import Verdict
from timeline.replay.projection import Context
from timeline.temporal.dates import PAST, Moment, When

TRIALS = {
    "withdrawn": "{who} withdrew {event}",
    "comes_round": "{who} came to agree",
    "taken_back": "{who} denied {event} after all",
    "confirmed": "{number} more independent {voices} confirmed {event}",
    "all_withdrawn": "all who say so withdrew it",
    "denied": "{number} independent {voices} denied {event}",
    "wider_denied": "{number} independent {voices} denied {event}, a sentence about a wider place",
    "recaptured": "{number} independent {voices} told of its capture by {holder}",
    "seen_so": "{number} independent {voices} looked, and saw the same",
    "seen_otherwise": "{number} independent {voices} looked, and saw {holder} there",
}
"""The kinds of trials, in words that follow an "if"."""
MOST = 40
"""The number of events of an answer that are tried one by one, the latest first."""
TOPIC = Slug("what-if")
WITHDRAWING = ("withdrawn", "all_withdrawn")
DENYING = ("taken_back", "denied", "wider_denied")
TELLING: Mapping[str, How] = {
    "recaptured": "change",
    "seen_so": "observation",
    "seen_otherwise": "observation",
}
"""The trials in which somebody tells who holds the place, each with how."""


class Saying(NamedTuple):
    """A source that speaks of an event: withdraws it, agrees with it, denies it, or tells more.

    `holder` is whom it names, where it tells who holds the place.
    """

    source: SourceId
    on: EventId
    holder: ActorId | None = None


Sayings = tuple[Saying, ...]
Idea = tuple[str, Sayings]
"""The kind of a trial, and who says what of which event."""
Time = tuple[Moment, bool]
"""A time to report a trial at, and whether that is later than the cut knows."""


@frozen
class Trial:
    """A possible report of a kind in `TRIALS`: who speaks of which event, and the events."""

    name: str
    said: Sayings
    events: tuple[Event, ...]


@frozen
class Flip:
    """A trial that changes the answer; None where nobody would speak of it any more.

    `known` is when this becomes known, in UTC, if that is after the cut; else None.
    """

    trial: Trial
    answer: Any
    known: datetime | None


def flips(explanation: Explanation) -> Iterator[Flip]:
    """Yield trials that change what an answer says, how sure it is, or whether it is certain.

    A trial without effect at the cut is repeated as the first news after what the cut knows. Two
    voices are tried only where one does not suffice.
    """
    times, sufficient = list(_times(explanation.subject)), set[tuple[str, EventId]]()
    # whoever is both for and against is tried once
    for name, said in dict.fromkeys(_ideas(explanation)):
        if len(said) > 1 and (name, said[0].on) in sufficient:
            continue
        if flip := _flip(name, said, times, explanation):
            sufficient.add((name, said[0].on))
            yield flip


def _flip(name: str, said: Sayings, times: Iterable[Time], explanation: Explanation) -> Flip | None:
    """Return the flip that an idea leads to at the first time at which it changes the answer."""
    subject = explanation.subject
    for reported, later in times:
        trial = Trial(name, said, tuple(_event(name, saying, reported, subject) for saying in said))
        answer = _answer(trial, subject)
        if _differs(answer, explanation.answer, subject):
            known = reported.instant(subject.context.city.zone) if later else None
            return Flip(trial, answer, known)
    return None


def voices(subject: Subject, verdicts: Iterable[Verdict[Any]]) -> tuple[Source, ...]:
    """Return two voices independent of all who have spoken, invented if the city lacks them."""
    city = subject.context.city
    spoken = {word.speaker for verdict in verdicts for word in verdict.testimonies.words}
    spoken |= {f"@{fact.event.source}" for fact in subject.standing.values()}
    free = [source for source in city.sources.values() if _is_free(source, spoken)]
    return tuple([*free, _invented(1), _invented(2)][:2])


def _is_free(source: Source, spoken: Collection[str]) -> bool:
    """Return whether a source serves nobody, relies on nobody, and has not spoken yet."""
    neutral = not (source.side or source.relies_on or source.maintained)
    return neutral and f"@{source.id}" not in spoken


def _invented(number: int) -> Source:
    label = f"another independent voice ({number})"
    return Source(id=SourceId(f"another-voice-{number}"), label=label, kind="other")


def _ideas(explanation: Explanation) -> Iterator[Idea]:
    """Yield what may be tried."""
    subject = explanation.subject
    doubts, support = _sayings(explanation, "against", "unclear"), _sayings(explanation, "for")
    cells = subject.cells(subject.standing, subject.context)
    verdicts = subject.projection.judge(subject.key, cells, subject.context)
    leading = [verdict.case.leading for verdict in verdicts if verdict.case]
    others = [voice.id for voice in voices(subject, verdicts)]
    yield from _withdrawals(doubts, subject)
    for claim in filter(None, leading):
        yield from _agreements(claim, doubts, others)
    for claim in (*_set_aside(verdicts), *_tied(verdicts)):
        yield from _choruses("confirmed", claim.id, others)
    withdrawals = list(_withdrawals(support, subject))
    yield from withdrawals
    if len(withdrawals) == len(explanation.of("for")) > 1:
        yield "all_withdrawn", tuple(support)
    for claim in filter(None, leading):
        wider = claim.subject != str(subject.key) and subject.projection.inherits
        yield from _choruses("wider_denied" if wider else "denied", claim.id, others)
        yield from _tellings(claim, verdicts, subject, others)


def _tellings(
    leading: Claim[Any],
    verdicts: Iterable[Verdict[Any]],
    subject: Subject,
    others: Sequence[SourceId],
) -> Iterator[Idea]:
    """Yield that outsiders tell who holds the place: the same or another, by look or change."""
    claimed = leading.about or leading.id  # who agrees with a claim leads by that claim
    if not isinstance(subject.standing[claimed].event, ControlChange):
        return
    yield from _choruses("seen_so", claimed, others)
    if (rival := _rival(leading, verdicts, subject)) is not None:
        yield from _choruses("seen_otherwise", claimed, others, rival)
        yield from _choruses("recaptured", claimed, others, rival)


def _rival(
    leading: Claim[Any], verdicts: Iterable[Verdict[Any]], subject: Subject
) -> ActorId | None:
    """Return another holder: whom a stand names, or else another actor of the city."""
    vantage = subject.context.vantage
    held = set(map(vantage.head, leading.value.favours))
    stands = [stand for each in verdicts for stand in each.testimonies.speakers.stands.values()]
    newest = sorted(stands, key=lambda stand: (stand.told, stand.speaker), reverse=True)
    named = [actor for stand in newest for actor in stand.sentence.claim.value.favours]
    every = [*named, *subject.context.city.actors]
    return next((actor for actor in every if vantage.head(actor) not in held), None)


def _sayings(explanation: Explanation, *bearings: Bearing) -> list[Saying]:
    """Return the latest events of some bearings, each with its own source."""
    points = [point for bearing in bearings for point in explanation.of(bearing)]
    return [Saying(point.fact.event.source, point.fact.event.id) for point in points[-MOST:]]


def _set_aside(verdicts: Iterable[Verdict[Any]]) -> Iterator[Claim[Any]]:
    for verdict in verdicts:
        yield from (claim for claim in verdict.set_aside if claim.asserts)


def _tied(verdicts: Iterable[Verdict[Any]]) -> Iterator[Claim[Any]]:
    """Yield the claims between which nothing decides, so that nobody leads."""
    for case in (verdict.case for verdict in verdicts if verdict.case):
        if case.leading is None:
            yield from (claim for claim in case.against if claim.asserts)


def _withdrawals(sayings: Iterable[Saying], subject: Subject) -> Iterator[Idea]:
    for saying in sayings:
        if saying.on not in subject.withdrawn:  # what is withdrawn later is not withdrawn twice
            yield "withdrawn", (saying,)


def _agreements(
    leading: Claim[Any], doubts: Iterable[Saying], others: Sequence[SourceId]
) -> Iterator[Idea]:
    """Yield what would confirm a leading claim, and that its own voice takes it back."""
    for source in dict.fromkeys(doubt.source for doubt in doubts):
        yield "comes_round", (Saying(source, leading.id),)
    yield from _choruses("confirmed", leading.id, others)
    yield "taken_back", (Saying(leading.voice, leading.id),)


def _choruses(
    name: str, id: EventId, voices: Sequence[SourceId], holder: ActorId | None = None
) -> Iterator[Idea]:
    """Yield that one voice, and that two voices, say the same of an event."""
    for number in (1, 2):
        yield name, tuple(Saying(voice, id, holder) for voice in voices[:number])


def _event(name: str, said: Saying, reported: Moment, subject: Subject) -> Event:
    """Return the event by which a source speaks in a trial."""
    envelope: dict[str, Any] = {
        "id": _new_id(f"if-{name.replace('_', '-')}-{said.source}-{said.on}", subject),
        "occurred": When(reported),
        "reported": reported,
        "source": said.source,
    }
    if name in WITHDRAWING:
        reason = Text("Tried: what if it were withdrawn?")
        return Retraction(**envelope, target=said.on, reason=reason)
    if name in TELLING:
        envelope["occurred"] = _then(reported, subject)
        return _telling(name, said, envelope, subject)
    stance: Any = "disagree" if name in DENYING else "agree"
    summary = Text("Tried: what if this were said?")
    return Statement(**envelope, stance=stance, about=(said.on,), topic=TOPIC, summary=summary)


def _new_id(text: str, subject: Subject) -> EventId:
    """Return an id that no event about the answer has, not even a trial appended before."""
    present = {fact.event.id for fact in subject.events}
    tails = ("", *(f"-{number}" for number in range(2, len(present) + 3)))
    ids = (text[: 120 - len(tail)].rstrip("-_.:") + tail for tail in tails)
    return EventId(next(id for id in ids if id not in present))


def _telling(name: str, said: Saying, envelope: dict[str, Any], subject: Subject) -> Event:
    """Return the event by which a source tells who holds the place that is explained."""
    event = subject.standing[said.on].event
    assert isinstance(event, ControlChange)
    how = TELLING[name]
    if said.holder:
        return ControlChange(**envelope, place=subject.key, actor=said.holder, how=how)
    place, extent = subject.key, event.extent
    return ControlChange(
        **envelope, place=place, actor=event.actor, ground=event.ground, extent=extent, how=how
    )


def _then(reported: Moment, subject: Subject) -> When:
    """Return the time that a telling speaks of: the last that has passed by the cut."""
    zone, at = subject.context.city.zone, subject.context.cut.instant
    if reported.instant(zone) <= at:
        day = When(reported.instant(zone).astimezone(zone).date().isoformat())
        return day if day.window(zone).ended(at) else When(reported)
    text = _last_of_day(at, subject)
    whole_day = text is not None and "T" not in text
    return When(text) if text and whole_day else When(_second_before(at, zone))


def _second_before(at: datetime, zone: tzinfo) -> str:
    return (at - timedelta(seconds=1)).astimezone(zone).isoformat(timespec="seconds")


def _times(subject: Subject) -> Iterator[Time]:
    """Yield the times at which a trial may be reported: as the cut ends, and right after."""
    known, zone = subject.context.cut.known, subject.context.city.zone
    last = max((fact.known for fact in subject.standing.values()), default=known)
    if last is None:
        return
    if known is not None and (text := _last_of_day(known, subject)):
        yield text, False
    next_second = max(last, known or last).replace(microsecond=0) + timedelta(seconds=1)
    yield Moment(next_second.astimezone(zone).isoformat()), known is not None


def _last_of_day(known: datetime, subject: Subject) -> Moment | None:
    """Return an instant as the date it ends, or in whole seconds; None if neither can say it."""
    zone = subject.context.city.zone
    local = known.astimezone(zone)
    for text in (local.date().isoformat(), local.isoformat(timespec="seconds")):
        try:
            if Moment(text).instant(zone) == known:
                return Moment(text)
        except UsageError:  # an offset with seconds, of long ago
            continue
    return None


def _answer(trial: Trial, subject: Subject) -> Any:
    """Return the answer with the events of a trial among those seen.

    Whatever was replaced by what a trial retracts stands again.
    """
    zone, last = subject.context.city.zone, max(fact.number for fact in subject.seen)
    numbered = (timed(event, zone, last + n) for n, event in enumerate(trial.events, 1))
    added = [fact._replace(recorded=PAST) for fact in numbered]
    facts: list[TimedEvent] = [*subject.seen, *added]
    withdrawn = engine.withdrawals(facts)
    standing = {fact.event.id: fact for fact in facts if engine.stands(fact.event, withdrawn)}
    context = _context(trial, subject, standing, withdrawn)
    cells = subject.cells(standing, context)
    always = subject.key in set(subject.projection.keys(context.city))
    due = always or engine.due(cells, context.cut.instant)
    return subject.projection.read(subject.key, cells, context) if due else None


def _context(
    trial: Trial,
    subject: Subject,
    standing: Container[EventId],
    withdrawn: Container[EventId],
) -> Context:
    """Return the context of a trial: the city with its voices, the maps as they then stand."""
    context = subject.context
    city, at = context.city, context.cut.instant
    unknown = [said.source for said in trial.said if said.source not in city.sources]
    new = {source: Source(id=source, label=source, kind="other") for source in unknown}
    if new:
        context = evolve(context, city=evolve(city, sources={**city.sources, **new}))
    left = [fact for fact in subject.editions if fact.event.id not in withdrawn]
    if len(left) < len(subject.editions):
        again = [fact for fact in subject.seen if fact.event.id in standing]
        context = evolve(context, editions=engine.editions([*left, *again], city, at))
    return context


def _differs(answer: Any, before: Any, subject: Subject) -> bool:
    """Return whether two answers differ in substance, in how sure they are, or in certainty."""
    if answer is None or before is None:
        return answer is not before
    if _sureness(answer) != _sureness(before):
        return True
    substance = subject.projection.substance
    return substance(answer) != substance(before)


def _sureness(answer: Any) -> tuple[Any, Any]:
    return getattr(answer, "status", None), getattr(answer, "certain", None)
