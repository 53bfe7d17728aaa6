"""The standing statements on each topic, newest first; predictions never count among them."""

from collections.abc import Hashable, Iterable, Mapping

from attrs import frozen

from timeline.domain.choices import Stance
from timeline.domain.events import EventId, PlaceId, Slug, SourceId, Statement
from timeline.domain.timed_event import TimedEvent
from timeline.replay.answers import Since, span
from timeline.replay.cells import Claim, Head, Value
from timeline.replay.projection import (
    Cells,
    Context,
    Effect,
    Lookup,
    Presentation,
    Projection,
    Reader,
    assertion,
    claims,
)
from timeline.replay.tallies import last_words
from timeline.text import phrases
from timeline.text.document import Brief


@frozen
class Words(Value):
    """The words of a statement, listed and not weighed: all that a voice says stays said."""

    stance: Stance
    about: tuple[EventId, ...]
    summary: str

    def substance(self, head: Head) -> None:
        """Return nothing: no statement contradicts another."""


@frozen
class Said:
    """One statement that stands: who said it, when, about which events."""

    id: EventId
    source: SourceId
    stance: Stance
    about: tuple[EventId, ...]
    summary: str
    said: Since


Topics = Mapping[Slug, tuple[Said, ...]]
"""The statements by topic."""


class StatementsProjection(Projection[Slug, tuple[Said, ...], Topics]):
    """The last statements of every voice on each topic."""

    name = "statements"
    listens = (Statement,)
    values = (Words,)

    def effects(self, timed: TimedEvent, lookup: Lookup) -> Iterable[Effect]:
        """Yield the words of the speaker on the topic; none for a prediction."""
        event = timed.event
        assert isinstance(event, Statement)
        if event.stance != "predict":
            # an event that was withdrawn is not named any more
            about = tuple(id for id in event.about if lookup(id))
            statement = Words(event.stance, about, event.summary)
            yield assertion(timed, event.topic, "observation", "said", statement)

    def read(self, key: Slug, cells: Cells, context: Context) -> tuple[Said, ...]:
        """Return every voice's last statements on a topic, newest first."""
        last: list[Claim[Words]] = last_words(claims(cells), context)
        return tuple(_statement(claim) for claim in sorted(last, key=_newness, reverse=True))

    def gather(self, answers: Topics, context: Context) -> Topics:
        """Return the statements by topic."""
        return answers

    def substance(self, answer: tuple[Said, ...]) -> Hashable:
        """Return the statements themselves."""
        return answer

    def places(self, key: Slug) -> Iterable[PlaceId]:
        """Return no place: a topic has none."""
        return ()

    @property
    def presentation(self) -> Presentation[Slug, tuple[Said, ...], Topics]:
        """The statements in words."""
        return Presentation(brief=brief, label=lambda topic, _: topic, words=words)


def _newness(claim: Claim[Words]) -> tuple[Hashable, ...]:
    return claim.window.earliest, claim.known, claim.id


def _statement(claim: Claim[Words]) -> Said:
    words, when = claim.value, span(claim.text, claim.window)
    return Said(claim.id, claim.voice, words.stance, words.about, words.summary, when)


def brief(section: Topics, reader: Reader) -> Iterable[Brief]:
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


PROJECTION = StatementsProjection()
