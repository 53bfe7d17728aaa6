"""Claims that somebody holds the hill, and the verdicts on them, for the tests of the rules.

The leading claim is mostly `TOOK`: the monitor says that the government took the hill on 27
November, and said so on the 28th. The hill lies in the east of the city.
"""

from collections.abc import Hashable, Iterable
from datetime import datetime
from itertools import count

from attrs import evolve, frozen
from strategies import CITY

from timeline.domain.city import City
from timeline.domain.events import ActorId, EventId, Grade, SourceId
from timeline.replay.cells import Claim, Head, Value, ids
from timeline.replay.histories import histories
from timeline.replay.policies import POLICIES, Verdict, settle
from timeline.replay.speakers import Vantage, Word, words_of
from timeline.replay.stands import Speakers, Stand, speakers
from timeline.replay.weighing import Case
from timeline.temporal.dates import PAST, Moment, When


@frozen
class Holder(Value):
    """That somebody, or nobody, holds the hill: the plainest thing to claim."""

    actor: str | None

    @property
    def favours(self) -> tuple[ActorId, ...]:
        return (ActorId(self.actor),) if self.actor else ()

    @property
    def ousts(self) -> bool:
        return self.actor is None

    def substance(self, head: Head) -> Hashable:
        return head(ActorId(self.actor)) if self.actor else None


class Neither(Holder):
    """That somebody holds some of the hill, which leaves room for others."""

    def rivals(self, other: Value, head: Head) -> bool:
        return False

    def affirms(self, other: Value, head: Head) -> bool:
        return False


_LINES = count(1)


def day(text: str) -> datetime:
    """Return the last instant of a day, month or year of the city."""
    return Moment(text).instant(CITY.zone)


def vantage(at: str = "2016-12-31", city: City = CITY, **editions: str) -> Vantage:
    """Return the point from which claims are weighed; `editions` say when maps last spoke."""
    spoken = {SourceId(source): day(text) for source, text in editions.items()}
    return Vantage(city, day(at), spoken)


def claim(
    id: str,
    voice: str,
    actor: str | None = "government",
    occurred: str = "2016-11-27",
    reported: str = "2016-11-28",
    mode: str = "change",
    grade: str | None = None,
    subject: str = "hill",
    cites: Iterable[str] = (),
) -> Claim:
    """Return a voice's claim that an actor holds the hill, on the next line of a log."""
    return Claim(
        id=EventId(id),
        voice=SourceId(voice),
        window=When(occurred).window(CITY.zone),
        text=occurred,
        known=day(reported),
        subject=subject,
        mode=mode,
        question="held",
        value=Holder(actor),
        grade=grade and Grade(grade),
        cites=tuple(map(SourceId, cites)),
        order=(PAST, next(_LINES)),
    )


def observes(
    id: str,
    voice: str,
    actor: str | None = "government",
    occurred: str = "2016-11-27",
    reported: str | None = None,
    **fields: str,
) -> Claim:
    """Return a voice's claim that an actor held the hill then, told on that day by default."""
    return claim(id, voice, actor, occurred, reported or occurred, "observation", **fields)


def stance(
    kind: str,
    id: str,
    voice: str,
    about: Claim,
    reported: str = "2016-11-28",
    grade: str | None = None,
) -> Claim:
    """Return a voice's stance on a claim, over that claim's window."""
    return evolve(
        about,
        id=EventId(id),
        voice=SourceId(voice),
        known=day(reported),
        stance=kind,
        about=about.id,
        grade=grade and Grade(grade),
        cites=(),
        order=(PAST, next(_LINES)),
    )


def denial(
    id: str, voice: str, about: Claim, reported: str = "2016-11-28", grade: str | None = None
) -> Claim:
    """Return a voice's denial of a claim."""
    return stance("disagree", id, voice, about, reported, grade)


def agreement(
    id: str, voice: str, about: Claim, reported: str = "2016-11-28", grade: str | None = None
) -> Claim:
    """Return a voice's agreement with a claim."""
    return stance("agree", id, voice, about, reported, grade)


def doubt(id: str, voice: str, about: Claim, reported: str = "2016-11-28") -> Claim:
    """Return a voice's word that a claim is not clear."""
    return stance("unclear", id, voice, about, reported)


def words(*claims: Claim, at: str = "2016-12-31", city: City = CITY) -> dict[str, Word]:
    """Return claims as the words of their speakers, by the id of the claim."""
    return {word.claim.id: word for word in words_of(claims, vantage(at, city))}


def speakers_of(*claims: Claim, at: str = "2016-12-31", **editions: str) -> Speakers:
    """Return the stands of all speakers by some claims, none of which is taken back."""
    point = vantage(at, **editions)
    return speakers(histories(words_of(claims, point)), point)


def stand_of(speaker: str, *claims: Claim, **editions: str) -> Stand | None:
    """Return the stand of a speaker by some claims; None where it says nothing."""
    return speakers_of(*claims, **editions).stands.get(speaker)


def decide(
    *claims: Claim,
    policy: str = "latest",
    at: str = "2016-12-31",
    city: City = CITY,
    **editions: str,
) -> Verdict:
    """Return the verdict of a policy on claims."""
    return settle(claims, vantage(at, city, **editions), POLICIES[policy])


def case_of(
    *claims: Claim,
    policy: str = "latest",
    at: str = "2016-12-31",
    city: City = CITY,
    **editions: str,
) -> Case:
    """Return the case that the claims come to."""
    case = decide(*claims, policy=policy, at=at, city=city, **editions).case
    assert case is not None
    return case


def leader(*claims: Claim, policy: str = "latest", at: str = "2016-12-31") -> str | None:
    """Return the id of the claim that leads; None when none does or the answer is withheld."""
    verdict = decide(*claims, policy=policy, at=at)
    leading = verdict.case.leading if verdict.case else None
    return leading.id if leading and verdict.ruling == "accept" else None


def status(*claims: Claim, at: str = "2016-12-31", city: City = CITY) -> str:
    """Return how sure the leading tenure is."""
    return case_of(*claims, at=at, city=city).status


def names(claims: Iterable[Claim]) -> set[str]:
    """Return the ids of claims."""
    return set(ids(claims))


TOOK = claim("took", "monitor")
OWN = claim("own", "state-tv")
"""The government's own television says that the government took the hill."""
EARLIER = claim("earlier", "paper", "opposition", "2012", "2013")
"""The Paper said long ago that the opposition took it."""
