"""Claims as their speakers' words: whose word each is, and who gains by it.

A speaker is a side, or a source without one. Whoever passes on another's word is no second voice.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Generic

from attrs import evolve, field, frozen

from timeline.domain.city import City
from timeline.domain.events import ActorId, SourceId
from timeline.replay.cells import Claim, V
from timeline.temporal.dates import PAST, Window


@frozen(slots=False)
class Vantage:
    """The point from which claims are weighed: a city, an instant, and how far its maps reach.

    Attributes:
        city: the city, which knows sides, alliances and who relies on whom.
        at: the instant asked about, in UTC.
        editions: when each maintained source last spoke, in UTC, by then.
        passed_on: of each source that spoke on the subject whose word it only passes on, or None;
            None before a subject is chosen.
    """

    city: City
    at: datetime
    editions: Mapping[SourceId, datetime] = field(factory=dict)
    passed_on: Mapping[SourceId, SourceId | None] | None = None

    def among(self, claims: Iterable[Claim[Any]]) -> "Vantage":
        """Return the vantage on a subject of which these are all claims, once and for all.

        So no claim becomes another speaker's word because some are left aside.
        """
        if self.passed_on is not None:
            return self
        passed_on: dict[SourceId, SourceId | None] = {}
        for claim in sorted(claims, key=lambda claim: (claim.known, claim.order, claim.id)):
            if claim.original and claim.window.began(self.at):
                cited = claim.cites[0] if claim.cites else None
                own = passed_on.get(claim.voice, cited) is None
                passed_on[claim.voice] = None if own else passed_on.get(claim.voice, cited)
        return evolve(self, passed_on=passed_on)

    @property
    def fresh(self) -> timedelta:
        """How long a telling stays fresh."""
        return self.city.fresh

    def head(self, actor: ActorId) -> ActorId:
        """Return the head of an actor's alliance at the instant asked about."""
        if actor not in self._heads:
            self._heads[actor] = self.city.head(actor, self.at)
        return self._heads[actor]

    @cached_property
    def _heads(self) -> dict[ActorId, ActorId]:
        return {}

    def bloc(self, speaker: str) -> str:
        """Return the alliance that a speaker belongs to; a source without a side is its own."""
        return speaker if speaker.startswith("@") else self.head(ActorId(speaker))


@frozen
class Word(Generic[V]):
    """A claim as the word of its speaker.

    Attributes:
        claim: the claim.
        speaker: the side that says so, or ``@`` and the source that has none.
        bloc: the speaker's alliance: allied sides are no independent voices.
        own: whether the source says so itself, rather than passing on another's word.
        substance: the claim without detail, allies as one.
        favours: the alliances whose cause it serves, by their heads.
        began: when it began; of an open beginning that has passed, when it had at the latest.
        settled: whether its time has passed by the instant asked about.
        depth: how close the place is that it was made on; greater is closer.
        serving: whether it speaks well of the speaker's own side or ally, or ill of an opponent.
        admits: whether it admits a loss of the speaker's own side.
    """

    claim: Claim[V]
    speaker: str
    bloc: str
    own: bool
    substance: Any
    favours: frozenset[ActorId]
    began: datetime
    settled: bool
    depth: int
    serving: bool
    admits: bool = False

    @property
    def window(self) -> Window:
        """The time spoken of."""
        return self.claim.window

    @property
    def known(self) -> datetime:
        """When it was made public."""
        return self.claim.known

    @property
    def changes(self) -> bool:
        """Whether it tells of a change, rather than of a look."""
        return self.claim.asserts and self.claim.mode == "change"

    @property
    def looks(self) -> bool:
        """Whether it tells how things were, and not since when."""
        return self.claim.asserts and self.claim.mode != "change"

    @property
    def denies(self) -> bool:
        """Whether it denies another claim."""
        return self.claim.stance == "disagree"

    @property
    def told(self) -> tuple[Any, ...]:
        """The order of telling: one's own word goes before what others pass on."""
        return self.own, self.known, self.depth, self.claim.order, self.claim.id

    @property
    def spoken_of(self) -> tuple[Any, ...]:
        """The order of the time that is spoken of."""
        told = self.known, self.depth, self.own, self.claim.order
        return self.began, self.window.latest, *told

    def excluding(self, other: "Word[V]") -> bool:
        """Return whether it names another holder than another word."""
        return bool(self.substance != other.substance)


def words_of(claims: Iterable[Claim[V]], vantage: Vantage) -> list[Word[V]]:
    """Return claims as the words of their speakers, as seen from a vantage."""
    claims = list(claims)
    vantage = vantage.among(claims)
    words = [_word(claim, vantage) for claim in claims]
    held = _Holders.of(words)
    return [word if word.speaker.startswith("@") else _judged(word, held) for word in words]


def _word(claim: Claim[V], vantage: Vantage) -> Word[V]:
    origin = _origin(claim, vantage.passed_on or {}, vantage.city)
    speaker = vantage.city.speaker(origin, claim.known)
    bloc = vantage.bloc(speaker)
    window, settled = claim.window, claim.window.ended(vantage.at)
    favours = frozenset(map(vantage.head, claim.value.favours))
    return Word(
        claim=claim,
        speaker=speaker,
        bloc=bloc,
        own=origin == claim.voice,
        substance=claim.value.substance(vantage.head),
        favours=favours,
        began=window.latest if window.earliest == PAST and settled else window.earliest,
        settled=settled,
        depth=vantage.city.depth(claim.subject),
        serving=bloc in favours,
    )


def _origin(claim: Claim[V], passed_on: Mapping[SourceId, SourceId | None], city: City) -> SourceId:
    """Return whose word a claim is: of several cited sources the first that spoke here itself.

    Where that one only passes on another's word here, it is that other's.
    """
    cited = [source for source in claim.cites if source in passed_on] or claim.cites
    source = cited[0] if cited else claim.voice
    followed = {claim.voice}
    while (further := passed_on.get(source)) is not None and source not in followed:
        followed.add(source)
        source = further
    return city.origin(source, claim.known)


@frozen
class _Holders:
    """Who held it by what was told, in the order of the time spoken of.

    Self-serving sentences about a wider place are left aside.

    Attributes:
        beginnings: when the words began, in order.
        words: the words.
        others: for each word the place of the last one before it that names another holder.
    """

    beginnings: Sequence[datetime]
    words: Sequence[Word[Any]]
    others: Sequence[int | None]

    @classmethod
    def of(cls, words: Iterable[Word[Any]]) -> "_Holders":
        """Return the words among others that name a holder and count."""
        asserted = [word for word in words if word.claim.asserts]
        closest = max((word.depth for word in asserted), default=0)
        naming = [word for word in asserted if word.favours]
        counted = [word for word in naming if not word.serving or word.depth == closest]
        counted.sort(key=lambda word: word.spoken_of)
        others: list[int | None] = []
        for place, word in enumerate(counted):
            turned = place > 0 and counted[place - 1].excluding(word)
            others.append(place - 1 if turned else (others[-1] if others else None))
        return cls([word.began for word in counted], counted, others)

    def before(self, word: Word[Any]) -> Word[Any] | None:
        """Return the last word on another holder whose time begins no later."""
        window = word.window
        begins = window.latest if window.earliest == PAST else window.earliest
        place: int | None = bisect_right(self.beginnings, begins) - 1
        if place == -1:
            return None
        if place is not None and not self.words[place].excluding(word):
            place = self.others[place]
        if word.claim.value.vacates:  # it is no admission by who has claimed the place before
            while place is not None and self.words[place].bloc == word.bloc:
                place = self.others[place]
        return None if place is None else self.words[place]


def _judged(word: Word[V], held: _Holders) -> Word[V]:
    """Return the word of a side with whether it serves that side, or admits a loss.

    "The enemy left" and "it is fought over" are self-serving of what an opponent holds; of what
    one's own side holds they admit a loss.
    """
    before = held.before(word)
    lost = before is not None and word.bloc in before.favours
    serving = not lost if word.claim.value.ousts else word.serving
    return evolve(word, serving=serving, admits=lost and not serving)
