"""The policies, and how each of them settles a question from claims to an answer.

A policy never removes a claim: it rules on a weighed case whether the leading claim is accepted,
withheld, or set aside for the one before it; a claim set aside stays in the answer, against.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, Generic, Literal

from attrs import evolve, frozen

from timeline.domain.events import EventId
from timeline.errors import Problem, UsageError, nearest, quoted
from timeline.replay.cells import Claim, V
from timeline.replay.speakers import Vantage, Word, words_of
from timeline.replay.weighing import Case, Testimonies, heard, weigh

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
    better = _best_grade(case.against) < _best_grade(case.support)
    return "set_aside" if case.leading and better else "accept"


def _majority(case: Case[Any]) -> Ruling:
    """Set the tenure aside where more speakers deny it or name one other holder."""
    denials = case.opposing.get(None, frozenset())
    # voices for two other holders do not add up
    more = any(len(denials | blocs) > len(case.blocs) for blocs in case.opposing.values())
    return "set_aside" if case.leading and more else "accept"


def _unanimous(case: Case[Any]) -> Ruling:
    return "withhold" if case.status == "disputed" else "accept"


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
        case: the case that it came to rest on; None when nobody says anything.
        ruling: whether its leading claim is accepted or withheld.
        testimonies: what was said, as far as the policy does not set it aside.
        set_aside: the assertions that the policy set aside on the way.
        claims: all claims that were given.
    """

    case: Case[V] | None
    ruling: Ruling
    testimonies: Testimonies[V]
    set_aside: tuple[Claim[V], ...]
    claims: tuple[Claim[V], ...]


Weigher = Callable[[Testimonies[V]], Case[V] | None]
"""Weighs what was said on one subject."""


def settle(
    claims: Iterable[Claim[V]],
    vantage: Vantage,
    policy: Policy,
    weigher: "Weigher[V] | None" = None,
    barred: Collection[EventId] = (),
) -> Verdict[V]:
    """Return the verdict of a policy on the claims on one subject, as seen from a vantage.

    `weigher` is `weigh` by default; `barred` claims are set aside from the start. Each round bars
    the claims in support, so the loop ends. A speaker's earlier claims count again once its later
    ones are set aside.
    """
    claims, excluded = tuple(claims), set(barred)
    vantage = vantage.among(claims)
    choose = weigher or weigh
    while True:
        aside = tuple(claim for claim in claims if claim.id in excluded)
        testimonies = heard([claim for claim in claims if claim.id not in excluded], vantage)
        case = choose(testimonies)
        ruling = policy.rule(case) if case else "accept"
        if case is None or ruling != "set_aside":
            case = case and with_aside(case, aside, testimonies)
            return Verdict(case, ruling, testimonies, _begun(aside, vantage), claims)
        excluded |= {claim.id for claim in case.support}


def _begun(claims: Iterable[Claim[V]], vantage: Vantage) -> tuple[Claim[V], ...]:
    return tuple(claim for claim in claims if claim.window.began(vantage.at))


def with_aside(case: Case[V], aside: Sequence[Claim[V]], testimonies: Testimonies[V]) -> Case[V]:
    """Return a case with the claims that a policy set aside: for it, against it, or unclear.

    Who denies what is overruled is for it, who calls that unclear is unclear; what speaks of an
    earlier time is left out.
    """
    if not aside or case.leading is None:
        return case
    vantage, leading = testimonies.vantage, case.leading.value
    words = [word for word in words_of(aside, vantage) if _speaks_of(word, case, vantage)]
    rivals = [word for word in words if word.claim.value.rivals(leading, vantage.head)]
    alike = [word for word in words if word.claim.value.affirms(leading, vantage.head)]
    others = [word for word in words if word not in rivals and word not in alike]
    stances = _stances_on(rivals, testimonies)
    return evolve(
        case,
        overruled=_claims([*rivals, *stances["agree"]]),
        seconded=_claims([*alike, *stances["disagree"]]),
        unclear=(*case.unclear, *_claims([*others, *stances["unclear"]])),
    )


def _claims(words: Iterable[Word[V]]) -> tuple[Claim[V], ...]:
    return tuple(word.claim for word in words)


def _stances_on(
    subjects: Iterable[Word[V]], testimonies: Testimonies[V]
) -> Mapping[str, list[Word[V]]]:
    """Return the words that are stances on some subjects, by stance."""
    ids = {subject.claim.id for subject in subjects}
    stances: dict[str, list[Word[V]]] = {"agree": [], "disagree": [], "unclear": []}
    for word in testimonies.words:
        if word.claim.about in ids and word.claim.stance is not None:
            stances[word.claim.stance].append(word)
    return stances


def _speaks_of(word: Word[V], case: Case[V], vantage: Vantage) -> bool:
    """Return whether a word has begun, and speaks of the time since the tenure began."""
    since = case.since or (case.leading and case.leading.window)
    begun = word.claim.asserts and word.window.began(vantage.at)
    return bool(begun and since and word.window.latest > since.earliest)
