"""The weighing of a leading claim: its support, and the disputes and doubts that stand.

A voice that serves the side its claim favours is *self-serving*; voices of one side count as one.
A claim counts only if it *speaks of that time* and its voice *could have known*.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Generic, Literal

from attrs import frozen

from timeline.domain.city import City
from timeline.domain.events import EventId, SourceId
from timeline.replay.cells import Claim, V
from timeline.temporal.dates import Window, hull

Status = Literal["unknown", "claimed", "reported", "corroborated", "disputed"]
Bearing = Literal["support", "against", "unclear", "silent"]

DOUBTS: Mapping[str, Bearing] = {"disagree": "against", "unclear": "unclear"}
"""How a stance bears on the claim that it is about, where it does not agree."""


@frozen(kw_only=True)
class Case(Generic[V]):
    """A leading claim with everything that speaks of it, weighed.

    Attributes:
        leading: the claim that leads.
        support: the claims that say the same, the leading one among them.
        against: the standing claims that dispute it.
        unclear: the standing claims that call it unclear, and those set aside that say neither.
        lapsed: disputes and doubts that no longer stand, and support denied by its own side.
        overruled: disputing claims set aside by a policy, and who agrees with them.
        seconded: agreeing claims set aside by a policy, and who denies the overruled.
        strength: how well it is supported, disputes left aside.
        blocs: the bloc of each voice: its side, or itself.
    """

    leading: Claim[V]
    support: tuple[Claim[V], ...]
    against: tuple[Claim[V], ...]
    unclear: tuple[Claim[V], ...]
    lapsed: tuple[Claim[V], ...]
    overruled: tuple[Claim[V], ...]
    seconded: tuple[Claim[V], ...]
    strength: Status
    blocs: Mapping[SourceId, str]

    def independent(self, claims: Iterable[Claim[V]]) -> int:
        """Return how many independent voices, each side once, stand behind some claims."""
        return len({self.blocs[claim.voice] for claim in claims})

    @property
    def status(self) -> Status:
        """How sure the leading claim is: its strength, or disputed while a dispute stands."""
        return "disputed" if self.against or self.overruled else self.strength

    @property
    def changes(self) -> list[Claim[V]]:
        """The claims in support that tell of the change itself."""
        return [claim for claim in self.support if claim.asserts and claim.mode == "change"]

    @property
    def since(self) -> Window | None:
        """The hull of the windows of those changes; None when only observations support it."""
        windows = [change.window for change in self.changes]
        return hull(windows) if windows else None


def weigh(
    leading: Claim[V], claims: Iterable[Claim[V]], city: City, set_aside: Sequence[Claim[V]] = ()
) -> Case[V]:
    """Return the case of a leading claim, made of the other claims and of those set aside."""
    claims = list(claims)
    support, against, unclear = _by_bearing(leading, claims)
    overruled, seconded, undecided = _weigh_aside(leading, claims, set_aside)
    lapsed = _lapsed(leading, support, against, unclear, city)
    standing = _without(support, lapsed)
    blocs = {claim.voice: city.bloc(claim.voice) for claim in (*claims, *set_aside)}
    return Case(
        leading=leading,
        support=standing,
        against=_without(against, lapsed),
        unclear=(*_without(unclear, lapsed), *undecided),
        lapsed=tuple(claim for claim in (*support, *against, *unclear) if claim.id in lapsed),
        overruled=overruled,
        seconded=seconded,
        strength=_strength(leading, standing, city),
        blocs=blocs,
    )


def speaks_of(claim: Claim[Any], leading: Claim[Any]) -> bool:
    """Return whether a claim speaks of the leading claim's time, and its voice could have known."""
    return claim.window.latest > leading.window.earliest and claim.known >= leading.window.earliest


def _by_bearing(
    leading: Claim[V], claims: Iterable[Claim[V]]
) -> tuple[Sequence[Claim[V]], Sequence[Claim[V]], Sequence[Claim[V]]]:
    """Return the claims that support the leading one, those against it, and the unclear ones."""
    groups: Mapping[Bearing, list[Claim[V]]] = {
        "support": [],
        "against": [],
        "unclear": [],
        "silent": [],
    }
    for claim in claims:
        groups["support" if claim is leading else _bearing(claim, leading)].append(claim)
    return groups["support"], groups["against"], groups["unclear"]


def _bearing(claim: Claim[V], leading: Claim[V]) -> Bearing:
    """Return how a claim bears on the leading one."""
    if not speaks_of(claim, leading):
        return "silent"
    alike = claim.value.affirms(leading.value)
    doubt = DOUBTS.get(claim.mode)
    if doubt:
        return doubt if alike or claim.about == leading.id else "silent"
    if alike:
        return "support"
    return "against" if claim.value.rivals(leading.value) else "silent"


def _lapsed(
    leading: Claim[V],
    support: Sequence[Claim[V]],
    against: Sequence[Claim[V]],
    unclear: Sequence[Claim[V]],
    city: City,
) -> set[EventId]:
    """Return the ids of the claims that no longer stand, taken back or outweighed."""
    others = [claim for claim in support if claim is not leading]
    denied = {claim.id for claim in others if _taken_back(claim, against, city)}
    # whoever has denied the leading claim since does not outweigh the denial
    backing = _without(support, denied)
    outside = [claim for claim in backing if city.bloc(claim.voice) != leading.value.favours]
    doubts = [*against, *unclear]
    overcome = {
        doubt.id
        for doubt in doubts
        if _taken_back(doubt, backing, city) or _outweighed(doubt, outside, city)
    }
    return denied | overcome


def _taken_back(claim: Claim[V], others: Iterable[Claim[V]], city: City) -> bool:
    """Return whether the claim's own side was later among others, who say otherwise."""
    bloc = city.bloc(claim.voice)
    return any(city.bloc(other.voice) == bloc and other.known > claim.known for other in others)


def _outweighed(doubt: Claim[V], outside: Sequence[Claim[V]], city: City) -> bool:
    """Return whether two independent voices of `outside` outweigh a doubt, one later than it."""
    blocs = {city.bloc(claim.voice) for claim in outside}
    return len(blocs) >= 2 and any(claim.known > doubt.known for claim in outside)


def _without(claims: Iterable[Claim[V]], lapsed: Collection[EventId]) -> tuple[Claim[V], ...]:
    return tuple(claim for claim in claims if claim.id not in lapsed)


def _strength(leading: Claim[V], support: Iterable[Claim[V]], city: City) -> Status:
    """Return how well independent voices support the leading claim."""
    blocs = {city.bloc(claim.voice) for claim in support}
    if len(blocs) >= 2:
        return "corroborated"
    return "claimed" if blocs == {leading.value.favours} else "reported"


def _weigh_aside(
    leading: Claim[V], claims: Iterable[Claim[V]], set_aside: Sequence[Claim[V]]
) -> tuple[tuple[Claim[V], ...], tuple[Claim[V], ...], tuple[Claim[V], ...]]:
    """Return claims set aside against the leading claim, those for it, and those for neither.

    Each is joined by the stances on what is overruled; claims about other times are left out.
    """
    spoken = [claim for claim in set_aside if speaks_of(claim, leading)]
    rivals = [claim for claim in spoken if claim.value.rivals(leading.value)]
    alike = [claim for claim in spoken if claim.value.affirms(leading.value)]
    others = [claim for claim in spoken if claim not in rivals and claim not in alike]
    stances = _stances_on(rivals, claims)
    overruled = (*rivals, *stances["agree"])
    seconded = (*alike, *stances["disagree"])
    return overruled, seconded, (*others, *stances["unclear"])


def _stances_on(
    subjects: Iterable[Claim[V]], claims: Iterable[Claim[V]]
) -> Mapping[str, list[Claim[V]]]:
    """Return the claims that are stances on some subjects, by their mode."""
    ids = {subject.id for subject in subjects}
    stances: dict[str, list[Claim[V]]] = defaultdict(list)
    for claim in claims:
        if claim.about in ids:
            stances[claim.mode].append(claim)
    return stances
