"""The rules by which an answer came about, named and put into words."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import frozen

from timeline.domain.events import EventId
from timeline.replay.cells import Claim
from timeline.replay.leading import Bars, barred
from timeline.replay.policies import Verdict
from timeline.replay.projection import Cells
from timeline.replay.weighing import Case

RULES: Mapping[str, str] = {
    "nobody": "nobody has said anything that counts",
    "newest_turn": "of the stands that may lead, the one whose change began last leads",
    "seen_last": "nobody tells of a change, so the last look leads",
    "seen_since": (
        "the speaker who told of the newest change has seen it ended since, and nobody else stands"
        " by it: that look leads, and the place turned between the two"
    ),
    "seen_later": (
        "only who gains by it tells of the newest change, and an outsider looked later and saw"
        " otherwise: that look leads"
    ),
    "stale": (
        "nobody has told of the newest change for so long that an outsider's later look leads"
    ),
    "more_outsiders": (
        "changes to several holders began and were told together: the one that more outsiders name"
        " leads"
    ),
    "tied": (
        "changes to several holders began and were told together, and as many outsiders name each:"
        " nobody leads"
    ),
    "on_top": ("a share counts on top of the claim to the whole, and the newest told share leads"),
    "barred": (
        "a sentence about a wider place does not lead over an outsider's closer word on this one"
    ),
    "taken_back": "its own side took a capture back, so that it never led",
    "parted": ("what speakers said before a change to another holder belongs to an earlier tenure"),
    "inherited": "what is said of the place around it holds while nobody says more of this one",
    "set_aside": "the policy sets aside what it does not accept, and what is left leads",
    "withheld": "the policy gives no answer while a dispute stands",
    "disputed": "who has looked since the tenure began says otherwise, or denies it",
    "lapsed": (
        "a dispute no longer stands: its own side says otherwise since, or two independent speakers"
        " who looked since outweigh it"
    ),
    "corroborated": "two independent speakers or more stand by it",
    "reported": "one speaker says so who does not gain by it, or against its own interest",
    "claimed": "only those say so who gain by it",
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
    """Yield the rules behind one verdict: who leads, over whom, how sure, the policy's ruling."""
    case = verdict.case
    if verdict.set_aside:
        yield Rule("set_aside", _ids(verdict.set_aside))
    if case is None:
        yield Rule("nobody")
        return
    leading = [case.leading] if case.leading else case.against
    yield Rule(case.rule, _ids(leading))
    yield from _passed_over(verdict, case)
    grounds = (*case.against, *case.overruled) if case.status == "disputed" else case.support
    yield Rule(case.status, _ids(grounds))
    if verdict.ruling == "withhold":
        yield Rule("withheld")


def _passed_over(verdict: Verdict[Any], case: Case[Any]) -> Iterator[Rule]:
    """Yield the rules by which claims had no part in who leads or disputes."""
    testimonies = verdict.testimonies
    stands = list(testimonies.speakers.stands.values())
    held_back = [stand.sentence.claim for stand in barred(testimonies.speakers, Bars.of(stands))]
    if held_back:
        yield Rule("barred", _ids(held_back))
    begun = {word.claim.id for word in testimonies.words}
    taken = sorted(id for id in testimonies.taken if id in begun)
    if taken:
        yield Rule("taken_back", tuple(taken))
    if parted := _parted(stands, case):
        yield Rule("parted", _ids(parted))
    if case.lapsed:
        yield Rule("lapsed", _ids(case.lapsed))


def _parted(stands: Sequence[Any], case: Case[Any]) -> list[Claim[Any]]:
    """Return the sentences for the leading holder that belong to an earlier tenure."""
    if case.tenure is None:
        return []
    members, holder = case.tenure.stands, case.tenure.stands[0].substance
    others = [stand for stand in stands if stand.substance == holder and stand not in members]
    return [stand.sentence.claim for stand in others]


def _ids(claims: Sequence[Claim[Any]]) -> tuple[EventId, ...]:
    return tuple(dict.fromkeys(claim.id for claim in claims))
