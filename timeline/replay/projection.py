"""Projections: questions asked of the log as pure functions, and their pieces.

A projection knows no file, no clock and no other projection.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any, Generic, NamedTuple, TypeVar

from attrs import frozen

from timeline.domain.city import City
from timeline.domain.events import Event, EventId, PlaceId, SourceId, Statement
from timeline.domain.timed_event import TimedEvent
from timeline.replay.cells import Claim, Count, Position, Value
from timeline.replay.policies import Policy, Verdict
from timeline.temporal.as_of import AsOf
from timeline.temporal.dates import Window
from timeline.text.document import Brief
from timeline.text.document import Cell as Written

Cell = Position[Any] | Count
A = TypeVar("A")
S = TypeVar("S")


Lookup = Callable[[EventId], TimedEvent | None]
"""Finds a standing event by its id."""


class Effect(NamedTuple):
    """The effect of one event on one cell of the state, and who says so."""

    key: Hashable
    voice: SourceId
    register: Hashable
    window: Window
    cell: Cell


class Slot(NamedTuple):
    """The address of a cell of a key, for one voice and register.

    What has certainly happened and what may have happened are apart, lest the latter
    supersede the former.
    """

    voice: SourceId
    register: Hashable
    certain: bool


Cells = Mapping[Slot, Cell]
"""The cells of one key."""


@frozen
class Context:
    """The context of an answer: the city, the cut and the policy."""

    city: City
    cut: AsOf
    policy: Policy


@frozen(kw_only=True)
class Reader:
    """The reader of a briefing, for whom names, voices and doubts are put into words.

    Attributes:
        context: the context of the answers.
        speaker: the short name of the source of an event.
        chosen: whether certain places were asked about, so that each is shown for itself.
    """

    context: Context
    speaker: Callable[[EventId], str]
    chosen: bool = False

    @property
    def city(self) -> City:
        """The city, for the names of things."""
        return self.context.city

    def voices(self, ids: Iterable[EventId]) -> str:
        """Return the speakers of some events, each once."""
        return ", ".join(dict.fromkeys(self.speaker(id) for id in ids))

    def how_sure(self, status: str, certain: bool) -> str:
        """Return a status in words, with a doubt about whether it has happened yet."""
        return status if certain or status == "unknown" else f"{status}, possible"

    def sureness(self, answer: Any) -> str:
        """Return how sure an answer is, in words; empty for one that is a number, or nothing."""
        return self.how_sure(answer.status, answer.certain) if hasattr(answer, "status") else ""


def _no_keys(_: City) -> Iterable[Hashable]:
    return ()


def _no_verdicts(key: Any, cells: Cells, context: Context) -> tuple[Verdict[Any], ...]:
    return ()


def no_summary(section: Any, reader: Reader) -> str:
    """Return an empty summary, for a projection without one."""
    return ""


@frozen(kw_only=True)
class Projection(Generic[A, S]):
    """One question asked of the log, as pure functions.

    Attributes:
        name: the section of the state.
        listens: the types of event that can have an effect here.
        effects: from a standing event to its effects.
        read: from a key and its cells to an answer.
        gather: from all answers by key to the section.
        brief: from the section to a part of a briefing for people.
        label: from a key to its name for people.
        words: from an answer to a phrase for people, without how sure it is.
        substance: from an answer to its substance, without how sure it is and who says so.
        judge: from a key and its cells to the verdicts behind the answer; none for sums.
        summary: from the section to a sentence about all of it, such as a total; may be empty.
        places: the places that a key lies in or between; may be none.
        keys: keys that have an answer even when nobody said anything.
        inherits: whether keys are places that share the positions of those around them.
        values: the classes of the values claimed, by which the index keeps claims.
    """

    name: str
    listens: tuple[type[Event], ...]
    effects: Callable[[TimedEvent, Lookup], Iterable[Effect]]
    read: Callable[[Any, Cells, Context], A]
    gather: Callable[[Mapping[Any, A], Context], S]
    brief: Callable[[S, Reader], Iterable[Brief]]
    label: Callable[[Any, City], str]
    words: Callable[[A, Reader], Written]
    substance: Callable[[A], Hashable]
    places: Callable[[Any], Iterable[PlaceId]]
    judge: Callable[[Any, Cells, Context], tuple[Verdict[Any], ...]] = _no_verdicts
    summary: Callable[[S, Reader], str] = no_summary
    keys: Callable[[City], Iterable[Hashable]] = _no_keys
    inherits: bool = False
    values: tuple[type[Value], ...] = ()


def claims(cells: Cells, question: Callable[[Hashable], bool] = lambda _: True) -> list[Claim[Any]]:
    """Return the claims in the positions among cells, on the questions that are asked for."""
    positions = (cell for cell in cells.values() if isinstance(cell, Position))
    return [claim for cell in positions for claim in cell.claims if question(claim.question)]


def assertion(
    fact: TimedEvent,
    key: Hashable,
    mode: str,
    question: Hashable,
    value: Value,
    subject: str | None = None,
) -> Effect:
    """Return the effect of an event that asserts a value of a key."""
    event = fact.event
    claim = Claim(
        id=event.id,
        voice=event.source,
        window=fact.window,
        text=event.occurred,
        known=fact.known,
        subject=str(key if subject is None else subject),
        mode=mode,
        question=question,
        value=value,
        grade=event.grade,
    )
    return Effect(key, event.source, (question, value.stand), fact.window, Position((claim,)))


def stances(
    fact: TimedEvent, lookup: Lookup, effects: Callable[[TimedEvent, Lookup], Iterable[Effect]]
) -> Iterable[Effect]:
    """Yield the effects of a statement: a stance on each claim that it is about.

    Each has that claim's window and a register of its own. `effects` are those of the events
    spoken of, so the projection alone defines what a denial bears on.
    """
    event = fact.event
    if not isinstance(event, Statement) or event.stance not in ("agree", "disagree", "unclear"):
        return
    for about in event.about:
        target = lookup(about)
        if target is None or isinstance(target.event, Statement):
            continue
        for effect in effects(target, lookup):
            if isinstance(effect.cell, Position):
                yield _stance(fact, event, effect.key, *effect.cell.claims)


def _stance(fact: TimedEvent, event: Statement, key: Hashable, claim: Claim[Any]) -> Effect:
    """Return the effect of a statement on one claim that it is about."""
    question = ("stance", claim.question, claim.value.stand)
    stance = Claim(
        id=event.id,
        voice=event.source,
        window=claim.window,
        text=claim.text,
        known=fact.known,
        subject=claim.subject,
        mode=event.stance,
        question=question,
        value=claim.value,
        about=claim.id,
        grade=event.grade,
    )
    return Effect(key, event.source, question, claim.window, Position((stance,)))
