"""Questions put to random timelines, with the explanations of their answers."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pytest
from attrs import frozen
from hypothesis import strategies as st
from hypothesis.strategies import DataObject
from strategies import CITY, cuts, cuts_around, logs, timeline_of

from projections import PROJECTIONS
from timeline import AsOf, Timeline
from timeline.analysis.explain import Explanation
from timeline.domain.events import EventId
from timeline.domain.timed_event import TimedEvent
from timeline.replay import engine
from timeline.replay.cells import Claim, Testimony
from timeline.replay.policies import POLICIES, Verdict
from timeline.replay.projection import Context, Effect, Projection
from timeline.replay.speakers import Word
from timeline.replay.tenures import Tenure
from timeline.replay.weighing import Case
from timeline.temporal.dates import Window

EVERY_PROJECTION = pytest.mark.parametrize(
    "projection", PROJECTIONS, ids=lambda projection: projection.name
)


@frozen
class Asked:
    """A question that was put to a timeline, and the explanation of its answer."""

    timeline: Timeline
    projection: Projection[Any, Any, Any]
    key: Any
    context: Context
    explanation: Explanation

    @property
    def standing(self) -> dict[EventId, TimedEvent]:
        """The events that stand at the cut."""
        return engine.visible(self.timeline.timed_events, self.context.cut)

    @property
    def known(self) -> dict[EventId, TimedEvent]:
        """The events that had been recorded and made public by the cut, withdrawals among them."""
        cut = self.context.cut
        recorded = engine.recorded_by(self.timeline.timed_events, cut)
        known = (fact for fact in recorded if cut.known is None or fact.known <= cut.known)
        return {fact.event.id: fact for fact in known}

    @property
    def answer(self) -> Any:
        """The answer that is explained."""
        return self.explanation.answer

    def effects(
        self, fact: TimedEvent, among: Mapping[EventId, TimedEvent] | None = None
    ) -> list[Effect]:
        """Return the effects of an event on the key, by what stands or among other events."""
        if type(fact.event) not in self.projection.listens:
            return []
        sources = CITY.lineage(self.key) if self.projection.inherits else (self.key,)
        lookup = (self.standing if among is None else among).get
        return [effect for effect in self.projection.effects(fact, lookup) if effect.key in sources]

    def claims(self, fact: TimedEvent) -> list[Claim[Any]]:
        """Return the claims of an event that have begun, as far as they concern the key."""
        at, claims = self.context.cut.instant, []
        for effect in self.effects(fact):
            if effect.window.began(at) and isinstance(effect.cell, Testimony):
                claims += effect.cell.claims
        return claims

    @property
    def verdicts(self) -> tuple[Verdict[Any], ...]:
        """The verdicts that the answer rests on."""
        standing, at = self.standing, self.context.cut.instant
        replayed = engine.replay(self.projection, standing.values(), standing.get, at)
        cells = engine.cells_of(self.projection, self.key, replayed, CITY)
        return self.projection.judge(self.key, cells, self.context)

    @property
    def heard(self) -> list[Word[Any]]:
        """The words that were weighed."""
        return [word for verdict in self.verdicts for word in verdict.testimonies.words]

    def case(self, claim: Claim[Any]) -> Case[Any] | None:
        """Return the case on the question of a claim; None for none."""
        for verdict in self.verdicts:
            if claim.question in {other.question for other in verdict.claims}:
                return verdict.case
        return None

    def tenure(self, claim: Claim[Any]) -> Tenure[Any] | None:
        """Return the leading tenure on the question of a claim; None for none."""
        case = self.case(claim)
        return case.tenure if case else None

    def since(self, claim: Claim[Any]) -> Window:
        """Return the time in which that tenure began."""
        case = self.case(claim)
        assert case is not None
        assert case.since is not None
        return case.since

    def left_out(self, id: str) -> list[tuple[str, EventId | None]]:
        """Return the reasons for which an event is left out, each with the event behind it."""
        left = self.explanation.left_out
        return [(one.reason, one.by) for one in left if one.fact.event.id == id]


def ask(
    timeline: Timeline,
    projection: Projection[Any, Any, Any],
    key: Any,
    cut: AsOf,
    policy: str = "latest",
) -> Asked:
    """Ask a timeline why."""
    explanation = timeline.explain(projection, key, cut, policy=policy)
    return Asked(timeline, projection, key, timeline.context(cut, policy), explanation)


def questions(data: DataObject, projection: Projection[Any, Any, Any]) -> Iterator[Asked]:
    """Ask a random log why two of its answers, by a random cut and policy, are what they are."""
    log = data.draw(logs(kinds=projection.listens, min_size=4, max_size=14) | logs(max_size=16))
    timeline, cut = timeline_of(log), data.draw(cuts_around(log) | cuts())
    policy = data.draw(st.sampled_from(list(POLICIES)))
    if keys := keys_of(timeline, projection):
        some = st.lists(st.sampled_from(keys), min_size=1, max_size=2, unique=True)
        for key in data.draw(some):
            yield ask(timeline, projection, key, cut, policy)


def keys_of(timeline: Timeline, projection: Projection[Any, Any, Any]) -> list[Any]:
    """Return the keys that somebody spoke of, and those that are always answered for."""
    by_id = {fact.event.id: fact for fact in timeline.timed_events}
    listened = [fact for fact in timeline.timed_events if type(fact.event) in projection.listens]
    spoken_of = [effect.key for fact in listened for effect in projection.effects(fact, by_id.get)]
    return list(dict.fromkeys([*spoken_of, *projection.keys(CITY)]))


def replayed(asked: Asked, timeline: Timeline | None = None) -> Any:
    """Return the answer of the plain replay."""
    facts = engine.visible((timeline or asked.timeline).timed_events, asked.context.cut)
    cells = engine.replay(asked.projection, facts.values(), facts.get, asked.context.cut.instant)
    own = engine.cells_of(asked.projection, asked.key, cells, CITY)
    return asked.projection.read(asked.key, own, asked.context)


def ids(facts: Iterable[Any]) -> list[EventId]:
    """Return the ids of standpoints, or of events left out."""
    return [one.fact.event.id for one in facts]
