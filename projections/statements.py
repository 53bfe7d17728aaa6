"""The standing statements on each topic, newest first; predictions never count among them."""

from collections.abc import Iterable, Mapping

from attrs import frozen

from timeline.domain.events import EventId, Slug, SourceId, Stance, Statement
from timeline.domain.timed_event import TimedEvent
from timeline.replay.answers import Since, span
from timeline.replay.cells import Claim, Value
from timeline.replay.leading import last_words, newness
from timeline.replay.projection import (
    Cells,
    Context,
    Effect,
    Lookup,
    Projection,
    Reader,
    assertion,
    claims,
)
from timeline.text import phrases
from timeline.text.document import Brief


@frozen
class Words(Value):
    """The words of a statement, listed and not weighed: all that a voice says stays said."""

    stance: Stance
    about: tuple[EventId, ...]
    summary: str


@frozen
class Said:
    """One statement that stands: who said it, when, about which events."""

    id: EventId
    source: SourceId
    stance: Stance
    about: tuple[EventId, ...]
    summary: str
    said: Since


def effects(fact: TimedEvent, lookup: Lookup) -> Iterable[Effect]:
    """Yield a position of the speaker on the topic; none for a prediction."""
    event = fact.event
    assert isinstance(event, Statement)
    if event.stance != "predict":
        # an event that was withdrawn is not named any more
        about = tuple(id for id in event.about if lookup(id))
        statement = Words(event.stance, about, event.summary)
        yield assertion(fact, event.topic, "observation", ("said",), statement)


def read(topic: Slug, cells: Cells, context: Context) -> tuple[Said, ...]:
    """Return every voice's last statements on a topic, newest first."""
    last: list[Claim[Words]] = last_words(claims(cells), context.city, context.cut.instant)
    ordered = sorted(last, key=lambda claim: newness(claim, context.city), reverse=True)
    return tuple(_statement(claim) for claim in ordered)


def gather(
    answers: Mapping[Slug, tuple[Said, ...]], context: Context
) -> Mapping[Slug, tuple[Said, ...]]:
    """Return the statements by topic."""
    return answers


def _statement(claim: Claim[Words]) -> Said:
    words, when = claim.value, span(claim.text, claim.window)
    return Said(claim.id, claim.voice, words.stance, words.about, words.summary, when)


def brief(section: Mapping[Slug, tuple[Said, ...]], reader: Reader) -> Iterable[Brief]:
    """Yield the topics of the statements, and how many there are on each."""
    if section:
        total = phrases.count(sum(map(len, section.values())), "statement")
        topics = ", ".join(f"{topic} ({len(statements)})" for topic, statements in section.items())
        yield Brief("Said", (f"{total} on {topics}",))


def words(statements: tuple[Said, ...], reader: Reader) -> str:
    """Return how many statements there are, and the words of the newest."""
    if not statements:
        return "nothing said"
    newest = statements[0]
    count = phrases.count(len(statements), "statement")
    return f"{count}; {reader.speaker(newest.id)}: {newest.summary}"


PROJECTION = Projection(
    name="statements",
    listens=(Statement,),
    effects=effects,
    read=read,
    gather=gather,
    brief=brief,
    label=lambda topic, _: topic,
    words=words,
    substance=lambda statements: statements,
    places=lambda topic: (),
    values=(Words,),
)
