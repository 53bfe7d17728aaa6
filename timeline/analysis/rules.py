"""The rules by which an answer came about, named and put into words."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import frozen

from timeline.domain.events import EventId
from timeline.replay.cells import Claim
from timeline.replay.policies import Verdict
from timeline.replay.projection import Cells

RULES: Mapping[str, str] = {
    "nobody": "nobody has said anything that counts",
    "newest_change": (
        "of the changes that no other is known to follow, the one whose time begins last leads"
    ),
    "seen_last": "nobody tells of a change, so what was seen last leads",
    "seen_since": (
        "the voice that told of the change has seen otherwise since, and nobody tells of the change"
        " between: what it saw leads"
    ),
    "on_top": (
        "a claim to a part counts on top of the claim to the whole, and the newer of the two leads"
    ),
    "inherited": ("what is said of the place around it holds while nobody says more of this one"),
    "set_aside": "the policy sets aside what it does not accept, and what is left leads",
    "withheld": "the policy gives no answer while a dispute stands",
    "disputed": (
        "who could have known speaks of that time and says otherwise, and that still stands"
    ),
    "corroborated": "two independent voices or more say so",
    "reported": "one voice says so, and not only the side that gains by it",
    "claimed": "only the side that gains by it says so",
    "possible": "its time has not run out: it may not have happened yet",
    "contested": "a voice that counts says that it is fought over",
    "range": (
        "the figures of one voice are added up, those of several are not: the answer is the range"
        " that covers all voices"
    ),
    "listed": "what each voice said last is listed, and not weighed",
}
"""The rules in the words that explain an answer; `docs/method.md` shows each at work."""


@frozen
class Rule:
    """A rule that decided something, by its name in `RULES`, and the events that it weighed."""

    name: str
    events: tuple[EventId, ...] = ()


def rules(answer: Any, verdicts: Sequence[Verdict[Any]], cells: Cells) -> Iterator[Rule]:
    """Yield the rules by which an answer came about, from the verdicts and cells it rests on."""
    for verdict in verdicts:
        yield from _rules_of(verdict)
    if not verdicts:
        yield Rule(_unweighed(answer, cells))
    known = getattr(answer, "status", "unknown") != "unknown"
    if known and getattr(answer, "certain", True) is False:
        yield Rule("possible")
    if getattr(answer, "inherited_from", None):
        yield Rule("inherited")
    if getattr(answer, "ground", None) == "contested":
        yield Rule("contested")


def _unweighed(answer: Any, cells: Cells) -> str:
    """Return the name of the rule behind an answer that weighs nothing."""
    if not cells:
        return "nobody"
    return "listed" if isinstance(answer, tuple) else "range"


def _rules_of(verdict: Verdict[Any]) -> Iterator[Rule]:
    """Yield the rules behind one verdict: its lead, the ruling of the policy, and its status."""
    case = verdict.case
    if verdict.set_aside:
        yield Rule("set_aside", _ids(verdict.set_aside))
    if case is None:
        yield Rule("nobody")
        return
    whole = getattr(case.leading.value, "whole", True)
    yield Rule(_lead(verdict, case.leading) if whole else "on_top", (case.leading.id,))
    grounds = (*case.against, *case.overruled) if case.status == "disputed" else case.support
    yield Rule(case.status, _ids(grounds))
    if verdict.ruling == "withhold":
        yield Rule("withheld")


def _lead(verdict: Verdict[Any], leading: Claim[Any]) -> str:
    """Return the name of the rule by which a claim to the whole leads."""
    if leading.mode == "change":
        return "newest_change"
    told = any(claim.mode == "change" for claim in verdict.accepted)
    return "seen_since" if told else "seen_last"


def _ids(claims: Sequence[Claim[Any]]) -> tuple[EventId, ...]:
    return tuple(claim.id for claim in claims)
