"""The division of a place among its holders: shares of one place are parts of one."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from attrs import frozen

from timeline.domain.events import ActorId
from timeline.replay.speakers import Word

EXACT = 9
"""The decimals to which shares are rounded, so that thirds written as decimals add up."""

Range = tuple[float, float]
"""The least and the greatest share of a place, 1 being all of it."""
Shares = Mapping[ActorId | None, Range]
"""The shares of actors; that of None is what nobody names."""


@frozen
class ActorShare:
    """An actor's share of a place, from `low` to `high`, 1 being all of it; None for unknown's."""

    actor: ActorId | None
    low: float
    high: float


def divide(
    parts: Sequence[Word[Any]], holders: Sequence[ActorId], earlier: ActorId | None
) -> tuple[ActorShare, ...]:
    """Return each actor's share, the greatest first.

    The newest told of the `parts` fix, and the others are cut to what is left. Who holds the whole
    has the rest; what it does not claim any more is the `earlier` holder's, or else unknown's.
    """
    shares: dict[ActorId | None, Range] = {}
    for _, together in groupby(parts, key=lambda word: (word.began, word.known)):
        shares |= _cut(_named(together, shares), _left(shares))
    shares |= _rest(shares, holders, earlier)
    ordered = sorted(shares.items(), key=lambda item: (-item[1][1], -item[1][0], str(item[0])))
    return tuple(ActorShare(actor, low, high) for actor, (low, high) in ordered if high > 0)


def _named(words: Iterable[Word[Any]], fixed: Shares) -> Shares:
    """Return the shares that words told together name, of actors who have none yet."""
    named: dict[ActorId | None, Range] = {}
    for word in words:
        value = word.claim.value
        for actor in value.actors:
            if actor not in fixed:
                low, high = named.get(actor, (value.least, value.most))
                named[actor] = min(low, value.least), max(high, value.most)
    return named


def _cut(named: Shares, left: Range) -> dict[ActorId | None, Range]:
    """Return shares told together, cut to what is left of the place, and to one another."""
    least, most = left
    lows = {actor: low if low <= most else least for actor, (low, _) in named.items()}
    total = sum(lows.values())
    floors = {actor: _at_least(min(low, most - (total - low))) for actor, low in lows.items()}
    taken = sum(floors.values())
    return {
        actor: (floor, _round(min(named[actor][1], most - (taken - floor))))
        for actor, floor in floors.items()
    }


def _rest(
    shares: Shares, holders: Sequence[ActorId], earlier: ActorId | None
) -> dict[ActorId | None, Range]:
    """Return who has what the shares leave; nothing where they leave nothing for certain."""
    least, most = _left(shares)
    heirs = [actor for actor in holders if actor not in shares]
    if len(heirs) == 1 and most > 0:
        return {heirs[0]: (least, most)}
    if heirs:  # they hold it together, and nobody says who has how much
        return dict.fromkeys(heirs, (0.0, most))
    if least > 0 and (shares or holders):
        return {earlier: (least, most)}
    return {}


def _left(shares: Shares) -> Range:
    """Return what shares leave of the place."""
    least = 1 - sum(high for _, high in shares.values())
    most = 1 - sum(low for low, _ in shares.values())
    return _at_least(least), _at_least(most)


def _at_least(share: float) -> float:
    return max(0.0, _round(share))


def _round(share: float) -> float:
    return round(share, EXACT)
