"""The policies, and how each of them settles a question from claims to an answer.

A policy never removes a claim: it rules on a weighed case whether the leading claim is accepted,
withheld, or set aside for the one before it; a claim set aside stays in the answer, against.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, Literal

from attrs import frozen

from timeline.domain.city import City
from timeline.domain.events import EventId
from timeline.errors import Problem, UsageError, nearest, quoted
from timeline.replay.cells import Claim, V
from timeline.replay.leading import Leader, candidates, last_words, newest_claim
from timeline.replay.weighing import Case, weigh
from timeline.temporal.dates import END_OF_TIME

Ruling = Literal["accept", "set_aside", "withhold"]
WORST_GRADE = "F6"


@frozen
class Policy:
    """A way to read claims: a name, a sentence, and a pure function from a case to a ruling."""

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
    """Set the claim aside where more voices deny it or name one other value."""
    denials = [claim for claim in case.against if not claim.asserts]
    rivals = [claim for claim in case.against if claim.asserts]
    # voices for two other values do not add up
    sizes = [case.independent([*denials, *_affirming(rival, rivals)]) for rival in rivals]
    most = max(sizes, default=case.independent(denials))
    return "set_aside" if most > case.independent(case.support) else "accept"


def _unanimous(case: Case[Any]) -> Ruling:
    return "withhold" if case.status == "disputed" else "accept"


def _affirming(rival: Claim[V], claims: Iterable[Claim[V]]) -> list[Claim[V]]:
    return [claim for claim in claims if claim.value.affirms(rival.value)]


def _best_grade(claims: Iterable[Claim[Any]]) -> str:
    """Return the best Admiralty code among claims; codes sort as texts, no grade is the worst."""
    return min((claim.grade or WORST_GRADE for claim in claims), default=WORST_GRADE)


_POLICIES = (
    Policy("latest", "the newest change leads, and the status says how far to trust it", _latest),
    Policy(
        "cautious",
        "a change counts once a disinterested voice reports it; "
        "until then the earlier holder stays",
        _cautious,
    ),
    Policy(
        "reliable", "the best Admiralty grade among those who could have known leads", _reliable
    ),
    Policy("majority", "the greater number of independent voices leads", _majority),
    Policy("unanimous", "an answer only where nobody disputes it", _unanimous),
)

POLICIES: Mapping[str, Policy] = {policy.name: policy for policy in _POLICIES}
"""Every policy by name; the first is the default."""


def find_policy(name: str) -> Policy:
    """Return the policy of that name; raise `UsageError` for an unknown one."""
    if name not in POLICIES:
        unknown, known = f"unknown policy {quoted(name)}", f"one of {', '.join(POLICIES)}"
        raise UsageError(Problem(unknown, known, hint=nearest(name, POLICIES)))
    return POLICIES[name]


@frozen
class Verdict(Generic[V]):
    """The outcome of some claims under a policy.

    Attributes:
        case: the case that it came to rest on; None when nothing leads.
        ruling: whether the leading claim of that case is accepted or withheld.
        accepted: the assertions that may count in the answer.
        set_aside: the assertions that the policy set aside on the way.
        claims: all claims that were given.
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
    """Return the verdict of a policy on the claims on one subject at an instant.

    `leader` chooses the leading claim, by default `newest_claim`; `barred` claims are set aside
    from the start. Each round bars the claims in support, so the loop ends. A voice's earlier
    claims count again once its later ones are set aside.
    """
    claims, choose, excluded = tuple(claims), leader or newest_claim, set(barred)
    while True:
        heard = [claim for claim in claims if claim.id not in excluded]
        aside = tuple(claim for claim in claims if claim.id in excluded)
        spoken = last_words(heard, city, at)
        accepted = tuple(candidates(spoken))
        leading = choose(accepted, city)
        if leading is None:
            return Verdict(None, "accept", accepted, aside, claims)
        case = weigh(leading, _counting(spoken, accepted), city, aside)
        ruling = policy.rule(case)
        if ruling != "set_aside":
            return Verdict(case, ruling, accepted, aside, claims)
        excluded |= {leading.id, *(claim.id for claim in case.support)}


def _counting(spoken: Iterable[Claim[V]], accepted: Sequence[Claim[V]]) -> list[Claim[V]]:
    """Return the claims without those that their own voice has denied since."""
    ids = {claim.id for claim in accepted}
    return [claim for claim in spoken if not claim.asserts or claim.id in ids]
