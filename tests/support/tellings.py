"""A log as it is told in a city, and the outcomes of its questions, for the laws of testimony."""

from collections.abc import Hashable, Iterator, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import attrs
from attrs import evolve, frozen
from strategies import CITY

from projections.control import Control, holders
from timeline.domain.city import City
from timeline.domain.events import Event, EventId
from timeline.domain.timed_event import TimedEvent, timed
from timeline.replay import engine
from timeline.replay.policies import POLICIES, Verdict
from timeline.replay.projection import ClaimProjection, Context
from timeline.replay.speakers import Word, words_of
from timeline.replay.stands import Stand
from timeline.temporal.as_of import AsOf
from timeline.temporal.dates import PAST, Moment

SURENESS = ("unknown", "disputed", "claimed", "reported", "corroborated")
"""How sure an answer is, from the least sure to the surest."""


class Outcome(NamedTuple):
    """What is answered to one question: who or what leads, since when, and how sure that is."""

    holder: Hashable
    since: Hashable
    status: str


@frozen(slots=False, repr=False)
class Telling:
    """A log asked at an instant, in a city, with all that was ever made public.

    Attributes:
        projection: the question that is asked.
        log: the events, in the order of their lines.
        at: the day that is asked about.
        city: the city.
        policy: the name of the policy by which it is answered.
    """

    projection: ClaimProjection[Any, Any, Any]
    log: tuple[Event, ...]
    at: str
    city: City = CITY
    policy: str = "latest"

    def __repr__(self) -> str:
        """Return the log in a line an event, and what is not as in Testopolis."""
        lines = [f"  {short(event)}" for event in self.log]
        return "\n".join([f"{self.projection.name} at {self.at}", *lines, *_differences(self.city)])

    def with_events(self, *events: Event) -> "Telling":
        """Return the telling with more lines at the end of its log."""
        return evolve(self, log=(*self.log, *events))

    @cached_property
    def standing(self) -> dict[EventId, TimedEvent]:
        """The events that stand."""
        zone = self.city.zone
        events = [timed(event, zone, number) for number, event in enumerate(self.log, 1)]
        return engine.visible(events, self.cut)

    @cached_property
    def cut(self) -> AsOf:
        """The instant that is asked about."""
        return AsOf(at=Moment(self.at).instant(self.city.zone))

    @cached_property
    def context(self) -> Context:
        """The context of the answers."""
        editions = engine.editions(self.standing.values(), self.city, self.cut.instant)
        return Context(self.city, self.cut, POLICIES[self.policy], editions)

    @cached_property
    def cells(self) -> dict[Hashable, Any]:
        """The cells of all keys."""
        facts = self.standing
        return engine.replay(self.projection, facts.values(), facts.get, self.cut.instant)

    @cached_property
    def answers(self) -> dict[Any, Any]:
        """The answers by key."""
        return engine.read(self.projection, self.cells, self.context)

    @cached_property
    def outcomes(self) -> dict[Any, tuple[Outcome, ...]]:
        """The outcomes by key: of a siege that of the siege, and that of a corridor."""
        return {key: tuple(self._outcomes(answer)) for key, answer in self.answers.items()}

    def _outcomes(self, answer: Any) -> Iterator[Outcome]:
        yield Outcome(self._holder(answer), _span(answer.since), answer.status)
        corridor = getattr(answer, "corridor", None)
        if corridor is not None:
            yield Outcome(corridor.open, _span(corridor.since), corridor.status)

    def _holder(self, answer: Any) -> Hashable:
        """Return what an answer names, whatever its projection calls it, allies as one."""
        if isinstance(answer, Control):
            return frozenset(map(self.context.vantage.head, holders(answer.holder)))
        names = ("besieged", "level", "move")
        return next(getattr(answer, name) for name in names if hasattr(answer, name))

    def verdicts(self, key: Any) -> tuple[Verdict[Any], ...]:
        """Return the verdicts on a key; of a place that nobody spoke of, on no claims."""
        cells = engine.cells_of(self.projection, key, self.cells, self.city)
        return self.projection.judge(key, cells, self.context)

    def words(self, verdict: Verdict[Any]) -> list[Word[Any]]:
        """Return the words that a verdict is on, those of later times among them."""
        return words_of(verdict.claims, self.context.vantage)


def short(event: Event) -> str:
    """Return the fields of an event that are given, but its recording."""
    given = {
        f.name: getattr(event, f.name)
        for f in attrs.fields(type(event))
        if getattr(event, f.name) not in (f.default, None)
    }
    return f"{type(event).__name__}({', '.join(f'{n}={v!r}' for n, v in given.items())})"


def _differences(city: City) -> Iterator[str]:
    """Yield the sources and actors of a city that are not as in Testopolis."""
    for kind in ("sources", "actors"):
        for id, entry in getattr(city, kind).items():
            if entry != getattr(CITY, kind).get(id):
                yield f"  {entry}"
    if city.fresh != CITY.fresh:
        yield f"  fresh {city.fresh}"


def _span(since: Any) -> Hashable:
    return since and (since.earliest, since.latest)


def stands_of(verdict: Verdict[Any]) -> dict[str, Stand[Any]]:
    """Return the stands of all speakers, by speaker."""
    return dict(verdict.testimonies.speakers.stands)


def tellers(verdict: Verdict[Any], claims: Sequence[Any]) -> set[str]:
    """Return the speakers of some claims that a verdict weighs."""
    ids = {(claim.id, claim.about) for claim in claims}
    words = verdict.testimonies.words
    return {word.speaker for word in words if (word.claim.id, word.claim.about) in ids}


def names_another(word: Word[Any], stand: Stand[Any]) -> bool:
    """Return whether a word names another holder than a stand."""
    return word.claim.asserts and word.substance != stand.substance


def speaks_since(word: Word[Any], stand: Stand[Any]) -> bool:
    """Return whether a word speaks of any time since a stand began."""
    begins = stand.begins if stand.words else PAST
    return word.window.latest > begins
