"""From claims to an answer: which claim leads, who supports it, who disputes it, and how far a policy trusts it.

The rules are those of a sceptical desk. A voice that serves the side its claim favours is
*self-serving*; voices of one side count as one. A claim speaks for or against another only if it
*speaks of that time* and its voice *could have known*. A policy never removes a claim: it rules on
a weighed case whether the leading claim is accepted, withheld, or set aside so that the one before
it leads; what is set aside stays in the answer, against.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, Literal

from attrs import frozen

from timeline.domain.city import City
from timeline.domain.events import EventId, SourceId
from timeline.errors import (
    Problem,
    UsageError,
    nearest,
    quoted,
)
from timeline.replay.cells import Claim, V, unfollowed
from timeline.temporal.dates import END_OF_TIME, PAST, Window, hull

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
        unclear: the claims that call it unclear, as far as they stand, and those that a policy set
            aside and that say neither.
        lapsed: disputes and doubts that no longer stand, and support that its own side has since
            denied.
        overruled: claims that a policy set aside and that dispute the leading one, and who agrees
            with them.
        seconded: claims that a policy set aside and that say the same, and who denies what was
            overruled.
        strength: how well it is supported, disputes left aside.
        blocs: what each voice counts as: its side, or itself.
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
    def since(self) -> Window | None:
        """The hull of the windows of the changes in its support; None when only observations support it."""
        windows = [
            claim.window for claim in self.support if claim.asserts and claim.mode == "change"
        ]
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
    """Set aside what fewer voices say than name another value or deny this one: voices for two other values do not add up."""
    denials = [claim for claim in case.against if not claim.asserts]
    named = [claim for claim in case.against if claim.asserts]
    others = [[claim for claim in named if claim.value.affirms(one.value)] for one in named] or [[]]
    most = max(case.independent([*denials, *other]) for other in others)
    return "set_aside" if most > case.independent(case.support) else "accept"


def _unanimous(case: Case[Any]) -> Ruling:
    return "withhold" if case.status == "disputed" else "accept"


POLICIES: Mapping[str, Policy] = {
    policy.name: policy
    for policy in (
        Policy(
            "latest", "the newest change leads, and the status says how far to trust it", _latest
        ),
        Policy(
            "cautious",
            "a change counts once a disinterested voice reports it; until then the earlier holder stays",
            _cautious,
        ),
        Policy(
            "reliable", "the best Admiralty grade among those who could have known leads", _reliable
        ),
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
        claims: all that were given.
    """

    case: Case[V] | None
    ruling: Ruling
    accepted: tuple[Claim[V], ...]
    set_aside: tuple[Claim[V], ...]
    claims: tuple[Claim[V], ...]


def settle(
    claims: Iterable[Claim[V]],
    city: City,
    policy: Policy,
    leader: "Leader[V] | None" = None,
    *,
    at: datetime = END_OF_TIME,
    barred: Collection[EventId] = (),
) -> Verdict[V]:
    """Return what a policy makes of the claims on one subject at an instant.

    `leader` chooses the leading claim, by default `newest_claim`; what is `barred` is set aside
    from the start. Setting aside bars the claims in support, so every round has fewer claims that
    can lead, and the loop ends. A voice's own earlier claims count again once its later ones are
    set aside.
    """
    claims, choose, out = tuple(claims), leader or newest_claim, set(barred)
    while True:
        spoken = last_words((claim for claim in claims if claim.id not in out), city, at)
        aside = tuple(claim for claim in claims if claim.id in out)
        accepted = tuple(candidates(spoken))
        leading = choose(accepted, city)
        if leading is None:
            return Verdict(None, "accept", accepted, aside, claims)
        counting = {
            claim.id for claim in accepted
        }  # what its own voice has denied since neither leads nor disputes
        case = weigh(
            leading,
            [claim for claim in spoken if claim.id in counting or not claim.asserts],
            city,
            aside,
        )
        ruling = policy.rule(case)
        if ruling != "set_aside":
            return Verdict(case, ruling, accepted, aside, claims)
        out |= {leading.id, *(claim.id for claim in case.support)}


def last_words(
    claims: Iterable[Claim[V]], city: City, at: datetime = END_OF_TIME
) -> list[Claim[V]]:
    """Return each voice's claims without those that its own later word replaces: what it says has followed, or what it dates or tells anew.

    Of overlapping claims on one question the last reported counts; a claim on the place itself goes
    before one on a place around it that was reported at the same time, and what was reported
    together without contradiction all stays. What may not have happened by `at` supersedes nothing.
    """
    voices: dict[tuple[SourceId, Any], list[Claim[V]]] = {}
    for claim in claims:
        voices.setdefault((claim.voice, claim.question), []).append(claim)
    kept = [claim for mine in voices.values() for claim in _last_told(mine, city, at)]
    return sorted(kept, key=lambda claim: (claim.id, claim.about or ""))


def candidates(claims: Iterable[Claim[V]]) -> list[Claim[V]]:
    """Return the claims that may lead: the assertions that their own voice has not denied since."""
    claims = list(claims)
    denied: dict[tuple[SourceId, EventId | None], datetime] = {}
    for claim in claims:
        if claim.mode == "disagree":
            denied[claim.voice, claim.about] = max(
                claim.known, denied.get((claim.voice, claim.about), claim.known)
            )
    return [
        claim
        for claim in claims
        if claim.asserts and denied.get((claim.voice, claim.id), PAST) <= claim.known
    ]


def newest_claim(claims: Sequence[Claim[V]], city: City) -> Claim[V] | None:
    """Return the claim that leads: the newest of the changes that no other is known to follow; an observation where no change is told of.

    An observation says that something was so, not since when: it supports or disputes a change and
    does not lead before it. Only where a voice has seen otherwise since it told of a change, and
    nobody tells of the change between, is its observation taken for that change.
    """
    changes = [claim for claim in claims if claim.mode == "change"]
    seen = [claim for claim in claims if claim.mode == "observation"]
    told: dict[SourceId, list[Claim[V]]] = {}
    for claim in changes:
        told.setdefault(claim.voice, []).append(claim)
    reversals = [
        (old, new) for new in seen for old in told.get(new.voice, ()) if _seen_otherwise(old, new)
    ]
    reversed_ids = {old.id for old, _ in reversals}
    stand = [claim for claim in changes if claim.id not in reversed_ids]
    untold = [
        new for old, new in reversals if not any(_between(old, claim, new) for claim in stand)
    ]
    return max(
        unfollowed([*stand, *untold] or seen), key=lambda claim: newness(claim, city), default=None
    )


def newness(claim: Claim[Any], city: City) -> tuple[Any, ...]:
    """Return the key by which claims are newer: the window that begins last, then the report, the closer place, the id."""
    return claim.window.earliest, claim.known, city.depth(claim.subject), claim.id


def speaks_of(claim: Claim[Any], leading: Claim[Any]) -> bool:
    """Return whether a claim speaks of the leading claim's time, and its voice could have known."""
    return claim.window.latest > leading.window.earliest and claim.known >= leading.window.earliest


def weigh(
    leading: Claim[V], claims: Iterable[Claim[V]], city: City, set_aside: Sequence[Claim[V]] = ()
) -> Case[V]:
    """Return the case of a leading claim: who says so, who disputes it, who is unclear, which of them have lapsed, what was set aside."""
    claims = list(claims)
    overruled, seconded, neither = _aside(leading, claims, set_aside)
    bearings = [
        (claim, "support" if claim is leading else _bearing(claim, leading)) for claim in claims
    ]
    support, against, unclear = (
        [claim for claim, b in bearings if b == bearing]
        for bearing in ("support", "against", "unclear")
    )
    stale = {c.id for c in support if c is not leading and _said_otherwise(c, against, city)}
    backing = [
        c for c in support if c.id not in stale
    ]  # whoever has denied it since does not outweigh the denial
    stale |= {c.id for c in [*against, *unclear] if _lapsed(c, backing, leading, city)}
    stands, disputes, doubts = (
        tuple(c for c in group if c.id not in stale) for group in (support, against, unclear)
    )
    return Case(
        leading=leading,
        support=stands,
        against=disputes,
        unclear=(*doubts, *neither),
        lapsed=tuple(c for c in (*support, *against, *unclear) if c.id in stale),
        overruled=overruled,
        seconded=seconded,
        strength=_strength(leading, stands, city),
        blocs={claim.voice: city.bloc(claim.voice) for claim in (*claims, *set_aside)},
    )


def ids(claims: Iterable[Claim[Any]]) -> tuple[EventId, ...]:
    """Return the ids of claims, each once, in the order in which they became known."""
    return tuple(
        dict.fromkeys(
            claim.id for claim in sorted(claims, key=lambda claim: (claim.known, claim.id))
        )
    )


def _last_told(claims: Sequence[Claim[V]], city: City, at: datetime) -> Sequence[Claim[V]]:
    """Return a voice's last words on one question; what is said alone stays as it is."""
    unsuperseded = _unsuperseded(claims, at) if len(claims) > 1 else claims
    return _told_last(unsuperseded, city) if len(unsuperseded) > 1 else unsuperseded


def _unsuperseded(claims: Sequence[Claim[V]], at: datetime) -> list[Claim[V]]:
    """Return a voice's claims on one question that none of its claims which have certainly happened follows."""
    last_beginning = max(
        (claim.window.earliest for claim in claims if claim.window.ended(at)), default=PAST
    )
    return [claim for claim in claims if claim.window.latest > last_beginning]


def _told_last(claims: Iterable[Claim[V]], city: City) -> list[Claim[V]]:
    """Return a voice's claims on one question without those that an overlapping one, reported later, takes the place of."""
    kept: list[Claim[V]] = []
    for claim in sorted(
        claims, key=lambda claim: (claim.known, city.depth(claim.subject), claim.id), reverse=True
    ):
        if not any(_replaces(later, claim) for later in kept):
            kept.append(claim)
    return kept


def _replaces(later: Claim[V], claim: Claim[V]) -> bool:
    """Return whether a claim of the same voice and question, no earlier reported, takes the place of an overlapping one."""
    if later.window.precedes(claim.window) or claim.window.precedes(later.window):
        return False
    return later.known > claim.known or later.value.rivals(claim.value) or later.mode != claim.mode


def _seen_otherwise(change: Claim[V], seen: Claim[V]) -> bool:
    return change.window.precedes(seen.window) and seen.value.rivals(change.value)


def _between(old: Claim[V], change: Claim[V], seen: Claim[V]) -> bool:
    """Return whether a change explains why a voice saw otherwise after what it had told of."""
    return change.value.affirms(seen.value) and not change.window.precedes(old.window)


def _aside(
    leading: Claim[V], claims: Iterable[Claim[V]], set_aside: Sequence[Claim[V]]
) -> tuple[tuple[Claim[V], ...], tuple[Claim[V], ...], tuple[Claim[V], ...]]:
    """Return what a policy set aside, and the stances on it, as far as they speak of that time: against what leads, for it, neither."""
    spoken = [claim for claim in set_aside if speaks_of(claim, leading)]
    rivals = [claim for claim in spoken if claim.value.rivals(leading.value)]
    alike = [claim for claim in spoken if claim.value.affirms(leading.value)]
    others = [claim for claim in spoken if claim not in rivals and claim not in alike]
    stances = [claim for claim in claims if claim.about in [rival.id for rival in rivals]]
    overruled, seconded, doubted = (
        [claim for claim in stances if claim.mode == mode]
        for mode in ("agree", "disagree", "unclear")
    )
    return (*rivals, *overruled), (*alike, *seconded), (*others, *doubted)


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
    return len({city.bloc(claim.voice) for claim in outside}) >= 2 and any(
        claim.known > dispute.known for claim in outside
    )


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


def find_policy(name: str) -> Policy:
    """Return the policy of that name; raise `UsageError` for an unknown one."""
    if name not in POLICIES:
        raise UsageError(
            Problem(
                f"unknown policy {quoted(name)}",
                f"one of {', '.join(POLICIES)}",
                hint=nearest(name, POLICIES),
            )
        )
    return POLICIES[name]
