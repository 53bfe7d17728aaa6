"""Claims that somebody holds the hill, and the verdicts on them, for the tests of the rules.

The leading claim is mostly `TOOK`: the monitor says that the government took the hill on 27
November, and said so on the 28th.
"""

from collections.abc import Iterable

from attrs import evolve, frozen
from strategies import CITY

from timeline.domain.events import EventId, Grade, SourceId
from timeline.replay.cells import Claim, ids
from timeline.replay.policies import POLICIES, Verdict, settle
from timeline.replay.weighing import Case
from timeline.temporal.dates import Moment, When


@frozen
class Holder:
    """That somebody holds the hill: the plainest thing to claim."""

    favours: str | None

    def rivals(self, other: "Holder") -> bool:
        return self != other

    def affirms(self, other: "Holder") -> bool:
        return self == other


class Neither(Holder):
    """That somebody holds some of the hill, which leaves room for others."""

    def rivals(self, other: Holder) -> bool:
        return False

    def affirms(self, other: Holder) -> bool:
        return False


def claim(
    id: str,
    voice: str,
    actor: str | None = "government",
    occurred: str = "2016-11-27",
    reported: str = "2016-11-28",
    mode: str = "change",
    about: Claim | None = None,
    grade: str | None = None,
    subject: str = "hill",
) -> Claim:
    """Return a voice's claim that an actor holds the hill."""
    return Claim(
        id=EventId(id),
        voice=SourceId(voice),
        window=When(occurred).window(CITY.zone),
        text=occurred,
        known=Moment(reported).instant(CITY.zone),
        subject=subject,
        mode=mode,
        question=(mode,),
        value=Holder(actor),
        about=about and about.id,
        grade=grade and Grade(grade),
    )


def observes(
    id: str,
    voice: str,
    actor: str | None = "government",
    occurred: str = "2016-11-27",
    reported: str = "2016-11-28",
) -> Claim:
    """Return a voice's claim that an actor held the hill then, as a map says it."""
    return claim(id, voice, actor, occurred, reported, mode="observation")


def stance(
    mode: str,
    id: str,
    voice: str,
    about: Claim,
    reported: str = "2016-11-28",
    grade: str | None = None,
) -> Claim:
    """Return a voice's stance on a claim, over that claim's window."""
    own = claim(
        id, voice, about.value.favours, reported=reported, mode=mode, about=about, grade=grade
    )
    return evolve(
        own, window=about.window, text=about.text, question=("stance", about.question, about.value)
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


def decide(*claims: Claim, policy: str = "latest") -> Verdict:
    """Return what a policy makes of claims."""
    return settle(claims, CITY, POLICIES[policy])


def case_of(*claims: Claim, policy: str = "latest") -> Case:
    """Return the case that the leading claim makes."""
    case = decide(*claims, policy=policy).case
    assert case is not None
    return case


def leader(*claims: Claim, policy: str = "latest") -> str | None:
    """Return the id of the claim that leads; None when none does or the answer is withheld."""
    verdict = decide(*claims, policy=policy)
    return verdict.case.leading.id if verdict.case and verdict.ruling == "accept" else None


def status(*claims: Claim) -> str:
    """Return how sure the leading claim is."""
    return case_of(*claims).status


def names(claims: Iterable[Claim]) -> set[str]:
    """Return the ids of claims."""
    return set(ids(claims))


TOOK = claim("took", "monitor")
OWN = claim("own", "state-tv")
"""The government's own television says that the government took the hill."""
EARLIER = claim("earlier", "paper", "opposition", "2012", "2013")
"""The Paper said long ago that the opposition took it."""
