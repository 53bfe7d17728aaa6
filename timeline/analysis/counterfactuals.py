"""What would change an answer, found by trying: each thing that may yet be reported is added to the events and the answer is read again.

Tried are the withdrawal of each event that the answer rests on or that speaks against it, and of
all that it rests on; that who disputes or doubts it comes to agree; that its own voice takes it
back; and that one or two more independent voices confirm or deny it. A trial is made of ordinary
events, so whoever doubts it can add them with ``--with`` and look.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from attrs import evolve, frozen

from timeline.analysis.explain import Bearing, Explanation, Subject
from timeline.domain.city import Source
from timeline.domain.events import Event, EventId, Retraction, Slug, SourceId, Statement, Text
from timeline.domain.timed_event import TimedEvent, timed
from timeline.errors import UsageError
from timeline.replay import engine
from timeline.replay.policies import Verdict
from timeline.replay.projection import Context
from timeline.temporal.dates import Moment, When

TRIALS = {
    "withdrawn": "{who} withdrew {event}",
    "comes_round": "{who} came to agree",
    "taken_back": "{who} denied {event} after all",
    "confirmed": "{number} more independent {voices} confirmed {event}",
    "all_withdrawn": "all who say so withdrew it",
    "denied": "{number} independent {voices} denied {event}",
}
"""What is tried, in words that follow an "if"."""
MOST = 40
"""How many events of an answer are tried one by one, the latest first."""
TOPIC = Slug("what-if")


class Saying(NamedTuple):
    """That a source says something of an event: withdraws it, agrees with it, or denies it."""

    source: SourceId
    on: EventId


@frozen
class Trial:
    """Something that may yet be reported.

    Attributes:
        name: what it is, by its name in `TRIALS`.
        said: who says so, and of which event.
        events: the events that say so.
    """

    name: str
    said: tuple[Saying, ...]
    events: tuple[Event, ...]


@frozen
class Flip:
    """A trial that changes the answer.

    Attributes:
        trial: what was tried.
        answer: the answer that it leads to; None where nobody would speak of it any more.
        known: from when this is known, in UTC, where that is later than the cut knows; None where
            the cut itself would give that answer.
    """

    trial: Trial
    answer: Any
    known: datetime | None


def flips(explanation: Explanation) -> Iterator[Flip]:
    """Yield what would change an answer: what it says, how sure it is, or whether it is certain.

    Each trial is made as of the very end of what the cut knows; one that has no effect so late is
    made again as the first news after it. Two voices are tried only where one does not suffice.
    """
    subject = explanation.subject
    times, found = list(_times(subject)), set[tuple[str, EventId]]()
    for name, said in dict.fromkeys(
        _ideas(explanation)
    ):  # who is both for and against is tried once
        if len(said) > 1 and (name, said[0].on) in found:
            continue
        for reported, later in times:
            trial = Trial(name, said, tuple(_event(name, one, reported) for one in said))
            answer = _answer(trial, subject)
            if _differs(answer, explanation.answer, subject):
                found.add((name, said[0].on))
                yield Flip(
                    trial, answer, reported.instant(subject.context.city.zone) if later else None
                )
                break


def voices(subject: Subject, verdicts: Iterable[Verdict[Any]]) -> tuple[Source, ...]:
    """Return two voices that are independent of all who have spoken: sources of the city file as far as there are any, else invented."""
    spoken = {bloc for verdict in verdicts if verdict.case for bloc in verdict.case.blocs.values()}
    free = [
        one
        for one in subject.context.city.sources.values()
        if one.side is None and subject.context.city.bloc(one.id) not in spoken
    ]
    invented = [
        Source(
            id=SourceId(f"another-voice-{n}"),
            label=f"another independent voice ({n})",
            kind="other",
        )
        for n in (1, 2)
    ]
    return tuple([*free, *invented][:2])


def _ideas(explanation: Explanation) -> Iterator[tuple[str, tuple[Saying, ...]]]:
    """Yield what may be tried: its name, and who says what of which event."""
    subject, doubts = explanation.subject, tuple[Bearing, ...](("against", "unclear"))
    disputes = [_own(one.fact) for bearing in doubts for one in explanation.of(bearing)][-MOST:]
    support = [_own(one.fact) for one in explanation.of("for")][-MOST:]
    once = [
        one for one in (*disputes, *support) if one.on not in subject.withdrawn
    ]  # what is withdrawn later cannot be withdrawn twice
    verdicts = subject.projection.judge(
        subject.key, subject.cells(subject.standing, subject.context), subject.context
    )
    leading = [verdict.case.leading for verdict in verdicts if verdict.case]
    others = [one.id for one in voices(subject, verdicts)]
    yield from (("withdrawn", (one,)) for one in disputes if one in once)
    for claim in leading:
        yield from (
            ("comes_round", (Saying(source, claim.id),))
            for source in dict.fromkeys(one.source for one in disputes)
        )
        yield from (
            ("confirmed", tuple(Saying(other, claim.id) for other in others[:number]))
            for number in (1, 2)
        )
        yield "taken_back", (Saying(claim.voice, claim.id),)
    for claim in (claim for verdict in verdicts for claim in verdict.set_aside if claim.asserts):
        yield from (
            ("confirmed", tuple(Saying(other, claim.id) for other in others[:number]))
            for number in (1, 2)
        )
    yield from (("withdrawn", (one,)) for one in support if one in once)
    if len(support) > 1 and set(support) <= set(once):
        yield "all_withdrawn", tuple(support)
    for claim in leading:
        yield from (
            ("denied", tuple(Saying(other, claim.id) for other in others[:number]))
            for number in (1, 2)
        )


def _own(fact: TimedEvent) -> Saying:
    """Return a source as speaking of its own event."""
    return Saying(fact.event.source, fact.event.id)


def _event(name: str, said: Saying, reported: Moment) -> Event:
    """Return the event by which a source says what is tried."""
    envelope: dict[str, Any] = {
        "id": EventId(f"if-{name.replace('_', '-')}-{said.source}-{said.on}"[:120].rstrip("-_.:")),
        "occurred": When(reported),
        "reported": reported,
        "source": said.source,
    }
    if name in ("withdrawn", "all_withdrawn"):
        return Retraction(
            **envelope, target=said.on, reason=Text("Tried: what if it were withdrawn?")
        )
    stance: Any = "disagree" if name in ("taken_back", "denied") else "agree"
    return Statement(
        **envelope,
        stance=stance,
        about=(said.on,),
        topic=TOPIC,
        summary=Text("Tried: what if this were said?"),
    )


def _times(subject: Subject) -> Iterator[tuple[Moment, bool]]:
    """Yield when a trial may be reported, and whether that is later than the cut knows: as the cut ends, and right after."""
    known, zone = subject.context.cut.known, subject.context.city.zone
    last = max((one.known for one in subject.standing.values()), default=known)
    if last is None:
        return
    if known is not None and (text := _last_of_day(known, subject)):
        yield text, False
    next_second = max(last, known or last).replace(microsecond=0) + timedelta(seconds=1)
    yield Moment(next_second.astimezone(zone).isoformat()), known is not None


def _last_of_day(known: datetime, subject: Subject) -> Moment | None:
    """Return an instant as the date that it is the end of, or as a time of whole seconds; None for one that cannot be written so."""
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
    """Return the answer with the events of a trial among those that stand."""
    context = _context(trial, subject.context)
    added = [timed(event, context.city.zone) for event in trial.events]
    gone = engine.withdrawals(added)
    facts: list[TimedEvent] = [
        one for one in (*subject.standing.values(), *added) if one.event.id not in gone
    ]
    standing = {one.event.id: one for one in facts if not isinstance(one.event, Retraction)}
    cells = subject.cells(standing, context)
    due = subject.key in set(subject.projection.keys(context.city))
    return subject.projection.read(subject.key, cells, context) if cells or due else None


def _context(trial: Trial, context: Context) -> Context:
    """Return a context whose city has the voices of a trial, invented ones among them."""
    unknown = [one.source for one in trial.said if one.source not in context.city.sources]
    new = {source: Source(id=source, label=source, kind="other") for source in unknown}
    return (
        evolve(context, city=evolve(context.city, sources={**context.city.sources, **new}))
        if new
        else context
    )


def _differs(answer: Any, before: Any, subject: Subject) -> bool:
    """Return whether two answers differ in what they say, in how sure they are, or in whether it is certain."""
    if answer is None or before is None:
        return answer is not before
    sure = [
        (getattr(one, "status", None), getattr(one, "certain", None)) for one in (answer, before)
    ]
    return sure[0] != sure[1] or subject.projection.substance(
        answer
    ) != subject.projection.substance(before)
