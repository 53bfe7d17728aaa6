"""From claims to an answer: which claim leads, who supports it, who disputes it, and how far a policy trusts it.

The rules are those of a sceptical desk. A voice that serves the side its claim favours is *self-serving*; voices of one side count as one.
A claim speaks for or against another only if it *speaks of that time* and its voice *could have known*. A policy never removes a claim: it
rules on a weighed case whether the leading claim is accepted, withheld, or set aside so that the one before it leads; what is set aside
stays in the answer, against.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, Generic, Literal

from attrs import frozen

from timeline.cells import Claim, V, unfollowed
from timeline.city import City
from timeline.events import EventId, SourceId
from timeline.when import Window, hull

Status = Literal["unknown", "claimed", "reported", "corroborated", "disputed"]
Ruling = Literal["accept", "set_aside", "withhold"]
WORST_GRADE = "F6"


@frozen(kw_only=True)
class Case(Generic[V]):
    """A leading claim with everything that speaks of it, weighed.

    Attributes:
        leading: the claim that leads.
        support: the claims that say the same, the leading one among them.
        against: the claims that dispute it, as far as they stand.
        unclear: the claims that call it unclear, as far as they stand.
        lapsed: disputes and doubts that no longer stand, and support that its own side has since denied.
        overruled: claims that a policy set aside and that dispute the leading one.
        strength: how well it is supported, disputes left aside.
        blocs: who stands for and who against, each side or independent voice once.
    """

    leading: Claim[V]
    support: tuple[Claim[V], ...]
    against: tuple[Claim[V], ...]
    unclear: tuple[Claim[V], ...]
    lapsed: tuple[Claim[V], ...]
    overruled: tuple[Claim[V], ...]
    strength: Status
    blocs_for: frozenset[str]
    blocs_against: frozenset[str]

    @property
    def status(self) -> Status:
        """How sure the leading claim is: its strength, or disputed while a dispute stands."""
        return "disputed" if self.against or self.overruled else self.strength

    @property
    def since(self) -> Window | None:
        """The hull of the windows of the changes in its support; None when only observations support it."""
        windows = [claim.window for claim in self.support if claim.asserts and claim.mode == "change"]
        return hull(windows) if windows else None


@frozen
class Policy:
    """A way to read the same claims: a name, a sentence, and a pure function from a case to a ruling."""

    name: str
    summary: str
    rule: Callable[[Case[Any]], Ruling]


def _latest(case: Case[Any]) -> Ruling:
    return "accept"


def _cautious(case: Case[Any]) -> Ruling:
    return "set_aside" if case.strength == "claimed" else "accept"


def _reliable(case: Case[Any]) -> Ruling:
    return "set_aside" if _best_grade(case.against) < _best_grade(case.support) else "accept"


def _majority(case: Case[Any]) -> Ruling:
    return "set_aside" if len(case.blocs_against) > len(case.blocs_for) else "accept"


def _unanimous(case: Case[Any]) -> Ruling:
    return "withhold" if case.status == "disputed" else "accept"


POLICIES: Mapping[str, Policy] = {
    policy.name: policy
    for policy in (
        Policy("latest", "the newest change leads, and the status says how far to trust it", _latest),
        Policy("cautious", "a change counts once a disinterested voice reports it; until then the earlier holder stays", _cautious),
        Policy("reliable", "the best Admiralty grade among those who could have known leads", _reliable),
        Policy("majority", "the greater number of independent voices leads", _majority),
        Policy("unanimous", "an answer only where nobody disputes it", _unanimous),
    )
}
"""Every policy by name; the first is the default."""

Leader = Callable[[Sequence[Claim[V]], City], Claim[V] | None]
"""Chooses the leading claim among assertions; None where there is none."""


@frozen
class Verdict(Generic[V]):
    """What a policy made of some claims.

    Attributes:
        case: the case that it came to rest on; None when nothing leads.
        ruling: whether the leading claim of that case is accepted or withheld.
        accepted: the assertions that may count in the answer.
        set_aside: the assertions that the policy set aside on the way.
    """

    case: Case[V] | None
    ruling: Ruling
    accepted: tuple[Claim[V], ...]
    set_aside: tuple[Claim[V], ...]


def settle(claims: Iterable[Claim[V]], city: City, policy: Policy, leader: "Leader[V] | None" = None) -> Verdict[V]:
    """Return what a policy makes of the claims on one subject; `leader` chooses the leading one, by default `newest_claim`.

    Setting aside bars the claims in support, so every round has fewer claims that can lead, and the loop ends.
    """
    choose = leader or newest_claim
    spoken = last_words(claims, city)
    assertions = candidates(spoken)
    barred: set[EventId] = set()
    while True:
        accepted = tuple(claim for claim in assertions if claim.id not in barred)
        set_aside = tuple(claim for claim in assertions if claim.id in barred)
        leading = choose(accepted, city)
        if leading is None:
            return Verdict(None, "accept", accepted, set_aside)
        case = weigh(leading, spoken, city, barred)
        ruling = policy.rule(case)
        if ruling != "set_aside":
            return Verdict(case, ruling, accepted, set_aside)
        barred |= {leading.id, *(claim.id for claim in case.support)}


def last_words(claims: Iterable[Claim[V]], city: City) -> list[Claim[V]]:
    """Return each voice's claims without those that it took back itself: of overlapping ones in a register, the last reported counts.

    A claim on the place itself goes before one on a place around it that was reported at the same time. Overlapping claims reported
    together that do not contradict each other all stay.
    """
    kept: dict[tuple[SourceId, Any], list[Claim[V]]] = {}
    for claim in sorted(claims, key=lambda claim: (claim.known, city.depth(claim.subject), claim.id), reverse=True):
        mine = kept.setdefault((claim.voice, claim.register), [])
        if not any(_replaces(later, claim) for later in mine):
            mine.append(claim)
    return sorted((claim for mine in kept.values() for claim in mine), key=lambda claim: claim.id)


def candidates(claims: Iterable[Claim[V]]) -> list[Claim[V]]:
    """Return the claims that may lead: the assertions that their own voice has not denied since."""
    claims = list(claims)
    denials = [(claim.voice, claim.about, claim.known) for claim in claims if claim.mode == "disagree"]
    return [
        claim
        for claim in claims
        if claim.asserts and not any(voice == claim.voice and about == claim.id and known > claim.known for voice, about, known in denials)
    ]


def newest_claim(claims: Sequence[Claim[V]], city: City) -> Claim[V] | None:
    """Return the claim that leads: the newest that no other is known to follow, or the change that it confirms.

    An observation says that something was so, not since when. So where the newest claim is an observation and the last changes include
    one of the same value, that change leads, and the observation supports it.
    """
    last = unfollowed(claims)
    if not last:
        return None
    newest = max(last, key=lambda claim: newness(claim, city))
    changes = [claim for claim in unfollowed(c for c in claims if c.mode == "change") if claim.value.affirms(newest.value)]
    return max(changes, key=lambda claim: newness(claim, city)) if changes else newest


def newness(claim: Claim[Any], city: City) -> tuple[Any, ...]:
    """Return the key by which claims are newer: the window that begins last, then the report, the closer place, the id."""
    return claim.window.earliest, claim.known, city.depth(claim.subject), claim.id


def speaks_of(claim: Claim[Any], leading: Claim[Any]) -> bool:
    """Return whether a claim speaks of the leading claim's time, and its voice could have known."""
    return claim.window.latest > leading.window.earliest and claim.known >= leading.window.earliest


def weigh(leading: Claim[V], claims: Iterable[Claim[V]], city: City, barred: Collection[EventId] = ()) -> Case[V]:
    """Return the case of a leading claim: who says so, who disputes it, who is unclear, and which of them have lapsed."""
    bearings = [(claim, "support" if claim is leading else _bearing(claim, leading)) for claim in claims]
    counted = [(claim, bearing) for claim, bearing in bearings if claim.id not in barred]
    support, against, unclear = ([claim for claim, b in counted if b == bearing] for bearing in ("support", "against", "unclear"))
    stale = {c.id for c in [*against, *unclear] if _lapsed(c, support, leading, city)}
    stale |= {c.id for c in support if c is not leading and _said_otherwise(c, against, city)}
    stands, disputes, doubts = (tuple(c for c in group if c.id not in stale) for group in (support, against, unclear))
    return Case(
        leading=leading,
        support=stands,
        against=disputes,
        unclear=doubts,
        lapsed=tuple(c for c in (*support, *against, *unclear) if c.id in stale),
        overruled=tuple(claim for claim, bearing in bearings if bearing == "against" and claim.id in barred),
        strength=_strength(leading, stands, city),
        blocs_for=frozenset(city.bloc(c.voice) for c in stands),
        blocs_against=frozenset(city.bloc(c.voice) for c in disputes),
    )


def ids(claims: Iterable[Claim[Any]]) -> tuple[EventId, ...]:
    """Return the ids of claims, each once, in the order in which they became known."""
    return tuple(dict.fromkeys(claim.id for claim in sorted(claims, key=lambda claim: (claim.known, claim.id))))


def _replaces(later: Claim[V], claim: Claim[V]) -> bool:
    """Return whether a claim of the same voice and register, no earlier reported, takes the place of an overlapping one."""
    if later.window.precedes(claim.window) or claim.window.precedes(later.window):
        return False
    return later.known > claim.known or later.value.rivals(claim.value) or later.mode != claim.mode


def _bearing(claim: Claim[V], leading: Claim[V]) -> str:
    """Return what a claim is to the leading one: ``support``, ``against``, ``unclear``, or ``silent``."""
    if not speaks_of(claim, leading):
        return "silent"
    if claim.mode in ("disagree", "unclear"):
        word = {"disagree": "against", "unclear": "unclear"}[claim.mode]
        return word if claim.about == leading.id or claim.value.affirms(leading.value) else "silent"
    if claim.value.affirms(leading.value):
        return "support"
    return "against" if claim.value.rivals(leading.value) else "silent"


def _lapsed(dispute: Claim[V], support: Sequence[Claim[V]], leading: Claim[V], city: City) -> bool:
    """Return whether its own side said otherwise later, or two independent voices not of the holder's side outweigh it."""
    if _said_otherwise(dispute, support, city):
        return True
    outside = [claim for claim in support if city.bloc(claim.voice) != leading.value.favours]
    return len({city.bloc(claim.voice) for claim in outside}) >= 2 and any(claim.known > dispute.known for claim in outside)


def _said_otherwise(claim: Claim[V], others: Iterable[Claim[V]], city: City) -> bool:
    bloc = city.bloc(claim.voice)
    return any(city.bloc(other.voice) == bloc and other.known > claim.known for other in others)


def _strength(leading: Claim[V], support: Iterable[Claim[V]], city: City) -> Status:
    blocs = {city.bloc(claim.voice) for claim in support}
    if len(blocs) >= 2:
        return "corroborated"
    return "claimed" if blocs == {leading.value.favours} else "reported"


def _best_grade(claims: Iterable[Claim[Any]]) -> str:
    """Return the best Admiralty code among claims; codes sort as texts, and no grade is the worst."""
    return min((claim.grade or WORST_GRADE for claim in claims), default=WORST_GRADE)
