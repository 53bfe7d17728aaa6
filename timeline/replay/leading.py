"""Which claims count, and which leads: each voice's last words, and the newest change in them."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from timeline.domain.city import City
from timeline.domain.events import EventId, SourceId
from timeline.replay.cells import Claim, V, unfollowed
from timeline.temporal.dates import END_OF_TIME, PAST

Leader = Callable[[Sequence[Claim[V]], City], Claim[V] | None]
"""Chooses the leading claim among assertions; None where there is none."""


def last_words(
    claims: Iterable[Claim[V]], city: City, at: datetime = END_OF_TIME
) -> list[Claim[V]]:
    """Return the claims that no later word of their own voice on the same question replaces.

    A later word replaces the claims that it follows in time, dates or tells anew. Of overlapping
    claims the last reported counts; of those reported at the same time, one on the place itself
    goes before one on a place around it, and those without contradiction all stay. A claim that
    may not have happened by `at` supersedes nothing.
    """
    by_question: dict[tuple[SourceId, Any], list[Claim[V]]] = {}
    for claim in claims:
        by_question.setdefault((claim.voice, claim.question), []).append(claim)
    kept = [claim for group in by_question.values() for claim in _last_told(group, city, at)]
    return sorted(kept, key=lambda claim: (claim.id, claim.about or ""))


def candidates(claims: Iterable[Claim[V]]) -> list[Claim[V]]:
    """Return the assertions that their own voice has not denied since: those that may lead."""
    claims = list(claims)
    denied = _last_denials(claims)
    assertions = [claim for claim in claims if claim.asserts]
    return [
        claim for claim in assertions if denied.get((claim.voice, claim.id), PAST) <= claim.known
    ]


def newest_claim(claims: Sequence[Claim[V]], city: City) -> Claim[V] | None:
    """Return the newest of the changes that no other is known to follow.

    An observation leads only where no change is told of. But where a voice has seen otherwise
    since the change it told of, and nobody tells of the change between, its observation counts
    as that change.
    """
    changes = [claim for claim in claims if claim.mode == "change"]
    observations = [claim for claim in claims if claim.mode == "observation"]
    newest = unfollowed(_corrected(changes, observations) or observations)
    return max(newest, key=lambda claim: newness(claim, city), default=None)


def newness(claim: Claim[Any], city: City) -> tuple[Any, ...]:
    """Return the sort key of newness: beginnings, reports, closeness of the place, ids."""
    return claim.window.earliest, claim.known, city.depth(claim.subject), claim.id


def _last_told(claims: Sequence[Claim[V]], city: City, at: datetime) -> Sequence[Claim[V]]:
    """Return a voice's last words on one question; a single claim stays as it is."""
    unsuperseded = _unsuperseded(claims, at) if len(claims) > 1 else claims
    return _unreplaced(unsuperseded, city) if len(unsuperseded) > 1 else unsuperseded


def _unsuperseded(claims: Sequence[Claim[V]], at: datetime) -> list[Claim[V]]:
    """Return the claims that none which has certainly happened by an instant follows."""
    happened = [claim.window.earliest for claim in claims if claim.window.ended(at)]
    last_beginning = max(happened, default=PAST)
    return [claim for claim in claims if claim.window.latest > last_beginning]


def _unreplaced(claims: Iterable[Claim[V]], city: City) -> list[Claim[V]]:
    """Return the claims of a voice that none reported later replaces."""
    kept: list[Claim[V]] = []
    for claim in sorted(claims, key=lambda claim: _report_order(claim, city), reverse=True):
        if not any(_replaces(later, claim) for later in kept):
            kept.append(claim)
    return kept


def _report_order(claim: Claim[Any], city: City) -> tuple[datetime, int, EventId]:
    return claim.known, city.depth(claim.subject), claim.id


def _replaces(later: Claim[V], claim: Claim[V]) -> bool:
    """Return whether a claim replaces an overlapping one of its voice, not reported after it."""
    if later.window.precedes(claim.window) or claim.window.precedes(later.window):
        return False
    return later.known > claim.known or later.value.rivals(claim.value) or later.mode != claim.mode


def _last_denials(claims: Iterable[Claim[V]]) -> dict[tuple[SourceId, EventId | None], datetime]:
    """Return when each voice last denied each claim."""
    denied: dict[tuple[SourceId, EventId | None], datetime] = {}
    for claim in claims:
        if claim.mode == "disagree":
            denial = claim.voice, claim.about
            denied[denial] = max(claim.known, denied.get(denial, claim.known))
    return denied


def _corrected(changes: Sequence[Claim[V]], observations: Sequence[Claim[V]]) -> list[Claim[V]]:
    """Return the changes, those reversed replaced by the observations that nobody else explains."""
    reversals = _reversals(changes, observations)
    reversed_ids = {change.id for change, _ in reversals}
    standing = [change for change in changes if change.id not in reversed_ids]
    untold = [seen for change, seen in reversals if not _explained(change, seen, standing)]
    return [*standing, *untold]


def _reversals(
    changes: Iterable[Claim[V]], observations: Iterable[Claim[V]]
) -> list[tuple[Claim[V], Claim[V]]]:
    """Return each change with each later observation of its own voice that contradicts it."""
    by_voice: dict[SourceId, list[Claim[V]]] = {}
    for change in changes:
        by_voice.setdefault(change.voice, []).append(change)
    return [
        (change, seen)
        for seen in observations
        for change in by_voice.get(seen.voice, ())
        if change.window.precedes(seen.window) and seen.value.rivals(change.value)
    ]


def _explained(change: Claim[V], seen: Claim[V], others: Iterable[Claim[V]]) -> bool:
    """Return whether another change explains why a voice saw otherwise after the one it told of."""
    return any(
        other.value.affirms(seen.value) and not other.window.precedes(change.window)
        for other in others
    )
