"""Projections: questions asked of the log as pure functions, and their pieces.

A projection knows no file, no clock and no other projection.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar

from attrs import evolve, field, frozen

from timeline.domain.city import City
from timeline.domain.events import Event, EventId, PlaceId, SourceId, Statement
from timeline.domain.timed_event import TimedEvent
from timeline.replay.cells import Claim, Count, Testimony, Value
from timeline.replay.policies import Policy, Verdict, settle
from timeline.replay.speakers import Vantage
from timeline.temporal.as_of import AsOf
from timeline.temporal.dates import FUTURE, PAST, Window
from timeline.text import phrases
from timeline.text.document import Brief
from timeline.text.document import Cell as Written

Cell = Testimony[Any] | Count
K = TypeVar("K", bound=Hashable)
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

    Numbers that have certainly happened are counted apart from those that may have happened;
    claims, which carry their own windows, are all together, as certain.
    """

    voice: SourceId
    register: Hashable
    certain: bool


Cells = Mapping[Slot, Cell]
"""The cells of one key."""


@frozen
class Context:
    """The context of an answer.

    Attributes:
        city: the city.
        cut: the point on the clocks that is asked from.
        policy: the policy by which disputes are settled.
        editions: when each maintained source last spoke, as far as the cut goes, in UTC.
    """

    city: City
    cut: AsOf
    policy: Policy
    editions: Mapping[SourceId, datetime] = field(factory=dict)

    @property
    def vantage(self) -> Vantage:
        """The point from which claims are weighed."""
        return Vantage(self.city, self.cut.instant, self.editions)


STALE = ", stale"
"""The mark of an answer that was last heard of too long ago."""


@frozen(kw_only=True)
class Reader:
    """The reader of a briefing, for whom names, voices and doubts are put into words.

    Attributes:
        context: the context of the answers.
        speaker: the short name of the source of an event.
        chosen: whether certain places were asked about, so that each is shown for itself.
        stale: how old a last telling may be before it is marked; None marks none.
        inside: the sections for what lies in the places that were asked about, by projection.
    """

    context: Context
    speaker: Callable[[EventId], str]
    chosen: bool = False
    stale: timedelta | None = None
    inside: Mapping[str, Any] = field(factory=dict)

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

    def heard(self, last: datetime | None) -> str:
        """Return the date of a last telling in the city's zone, marked where it is stale."""
        if last is None:
            return ""
        date = phrases.date(last.astimezone(self.city.zone).date().isoformat())
        stale = self.stale is not None and self.context.cut.instant - last > self.stale
        return f"{date}{STALE}" if stale else date

    def aged(self, last: datetime | None) -> str:
        """Return when a stale answer was last heard of, behind a comma; empty for a fresh one."""
        heard = self.heard(last)
        return f", last heard {heard}" if heard.endswith(STALE) else ""

    def sureness(self, answer: Any) -> str:
        """Return how sure an answer is, in words; empty for one that is a number, or nothing."""
        return self.how_sure(answer.status, answer.certain) if hasattr(answer, "status") else ""


def no_summary(section: Any, reader: Reader) -> str:
    """Return an empty summary, for a projection without one."""
    return ""


@frozen(kw_only=True)
class Presentation(Generic[K, A, S]):
    """The answers of a projection in words, for people.

    Attributes:
        brief: from the section to a part of a briefing.
        label: from a key to its name.
        words: from an answer to a phrase, without how sure it is.
        summary: from the section to a sentence about all of it, such as a total; may be empty.
    """

    brief: Callable[[S, Reader], Iterable[Brief]]
    label: Callable[[K, City], str]
    words: Callable[[A, Reader], Written]
    summary: Callable[[S, Reader], str] = no_summary


class Projection(ABC, Generic[K, A, S]):
    """One question asked of the log, as pure functions; an instance holds no state.

    Attributes:
        name: the section of the state.
        listens: the types of event that can have an effect here.
        values: the classes of the values claimed, by which the index keeps claims.
        inherits: whether keys are places that share the claims on those around them.
    """

    name: ClassVar[str]
    listens: ClassVar[tuple[type[Event], ...]]
    values: ClassVar[tuple[type[Value], ...]] = ()
    inherits: ClassVar[bool] = False

    @property
    @abstractmethod
    def presentation(self) -> Presentation[K, A, S]:
        """The answers in words."""

    @abstractmethod
    def effects(self, timed: TimedEvent, lookup: Lookup) -> Iterable[Effect]:
        """Yield the effects of a standing event."""

    @abstractmethod
    def read(self, key: K, cells: Cells, context: Context) -> A:
        """Return the answer of a key from its cells."""

    @abstractmethod
    def gather(self, answers: Mapping[K, A], context: Context) -> S:
        """Return the section of the state from all answers by key."""

    @abstractmethod
    def substance(self, answer: A) -> Hashable:
        """Return the substance of an answer, without how sure it is and who says so."""

    @abstractmethod
    def places(self, key: K) -> Iterable[PlaceId]:
        """Return the places that a key lies in or between; may be none."""

    def judge(self, key: K, cells: Cells, context: Context) -> tuple[Verdict[Any], ...]:
        """Return the verdicts behind an answer; none for sums."""
        return ()

    def keys(self, city: City) -> Iterable[K]:
        """Return the keys that have an answer even when nobody said anything."""
        return ()


class ClaimProjection(Projection[K, A, S]):
    """A projection that weighs the claims on each key, and the statements about them."""

    @abstractmethod
    def asserted(self, timed: TimedEvent) -> Iterable[Effect]:
        """Yield the effects of an event other than a statement."""

    def effects(self, timed: TimedEvent, lookup: Lookup) -> Iterable[Effect]:
        """Yield what an event asserts, or a stance on each claim that a statement is about."""
        if isinstance(timed.event, Statement):
            yield from stances(timed, lookup, self.effects)
        elif isinstance(timed.event, self.listens):  # a statement may be about any event
            yield from self.asserted(timed)

    def judge(self, key: K, cells: Cells, context: Context) -> tuple[Verdict[Any], ...]:
        """Return the verdict on all claims on a key."""
        return (verdict_on(claims(cells), context),)


def verdict_on(claims: Iterable[Claim[Any]], context: Context) -> Verdict[Any]:
    """Return the verdict of the context's policy on the claims on one subject."""
    return settle(claims, context.vantage, context.policy)


def claims(cells: Cells, question: Callable[[Hashable], bool] = lambda _: True) -> list[Claim[Any]]:
    """Return the claims among cells, of any time, on the questions that are asked for."""
    testimonies = [cell for cell in cells.values() if isinstance(cell, Testimony)]
    return [claim for cell in testimonies for claim in cell.claims if question(claim.question)]


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
        cites=event.cites,
        order=_order(fact),
    )
    return Effect(key, event.source, question, fact.window, Testimony((claim,)))


def _order(timed: TimedEvent) -> tuple[datetime, int]:
    """Return what breaks a tie: when an event was appended, and its place in the log.

    One that is only supposed, as if appended now, comes after all others.
    """
    supposed = timed.recorded == PAST
    return FUTURE if supposed else timed.recorded or PAST, timed.number


def stances(
    fact: TimedEvent, lookup: Lookup, effects: Callable[[TimedEvent, Lookup], Iterable[Effect]]
) -> Iterable[Effect]:
    """Yield the effects of a statement: a stance on each claim that it is about.

    Each has that claim's window. `effects` are those of the events spoken of, so the projection
    alone defines what a denial bears on.
    """
    event = fact.event
    if not isinstance(event, Statement) or event.stance not in ("agree", "disagree", "unclear"):
        return
    for about in event.about:
        target = lookup(about)
        if target is None or isinstance(target.event, Statement):
            continue
        for effect in effects(target, lookup):
            if isinstance(effect.cell, Testimony):
                yield _stance(fact, event, effect.key, *effect.cell.claims)


def _stance(fact: TimedEvent, event: Statement, key: Hashable, claim: Claim[Any]) -> Effect:
    """Return the effect of a statement on one claim that it is about."""
    stance = evolve(
        claim,
        id=event.id,
        voice=event.source,
        known=fact.known,
        stance=event.stance,
        about=claim.id,
        grade=event.grade,
        cites=event.cites,
        order=_order(fact),
    )
    return Effect(key, event.source, claim.question, claim.window, Testimony((stance,)))
