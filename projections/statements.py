"""Who last said what: the standing statements on each topic, newest first. Predictions are in the log and never here."""

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
    """What was said; words are listed, not weighed, and what a voice says at one time all stays said."""

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
        about = tuple(
            id for id in event.about if lookup(id)
        )  # what was withdrawn is not named any more
        yield assertion(
            fact, event.topic, "observation", ("said",), Words(event.stance, about, event.summary)
        )


def read(topic: Slug, cells: Cells, context: Context) -> tuple[Said, ...]:
    """Return what every voice last said on a topic, newest first."""
    last: list[Claim[Words]] = last_words(claims(cells), context.city, context.cut.instant)
    ordered = sorted(last, key=lambda claim: newness(claim, context.city), reverse=True)
    return tuple(_said(claim) for claim in ordered)


def gather(
    answers: Mapping[Slug, tuple[Said, ...]], context: Context
) -> Mapping[Slug, tuple[Said, ...]]:
    """Return the statements by topic."""
    return answers


def _said(claim: Claim[Words]) -> Said:
    words = claim.value
    return Said(
        claim.id,
        claim.voice,
        words.stance,
        words.about,
        words.summary,
        span(claim.text, claim.window),
    )


def brief(section: Mapping[Slug, tuple[Said, ...]], reader: Reader) -> Iterable[Brief]:
    """Return on what topics there are statements, and how many."""
    if section:
        counts = ", ".join(f"{topic} ({len(said)})" for topic, said in section.items())
        yield Brief(
            "Said", (f"{phrases.count(sum(map(len, section.values())), 'statement')} on {counts}",)
        )


def words(said: tuple[Said, ...], reader: Reader) -> str:
    """Return how many statements there are, and what the newest says."""
    return (
        f"{phrases.count(len(said), 'statement')}; {reader.speaker(said[0].id)}: {said[0].summary}"
        if said
        else "nothing said"
    )


PROJECTION = Projection(
    name="statements",
    listens=(Statement,),
    effects=effects,
    read=read,
    gather=gather,
    brief=brief,
    label=lambda topic, _: topic,
    words=words,
    substance=lambda said: said,
    places=lambda topic: (),
    values=(Words,),
)
