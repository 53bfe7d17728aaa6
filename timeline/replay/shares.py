"""Shares of a place: claims to a part of it on top of the claims to the whole, and their division.

Shares of one place are parts of one. The newest told fix, the others are cut to what is left.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby

from attrs import evolve, frozen

from timeline.domain.city import City
from timeline.domain.events import ActorId, Ground, PlaceId
from timeline.replay.cells import Claim, Head, Value
from timeline.replay.leading import Lead
from timeline.replay.policies import Policy, Verdict, settle, with_aside
from timeline.replay.speakers import Vantage, Word, words_of
from timeline.replay.stands import Stand
from timeline.replay.tenures import Tenure
from timeline.replay.weighing import case

EXACT = 9
"""The decimals to which shares are rounded, so that thirds written as decimals add up."""


@frozen
class Hold(Value):
    """That actors, or nobody, hold a place or a share of it, but for some places in it."""

    actors: tuple[ActorId, ...]
    ground: Ground
    least: float = 1.0
    most: float = 1.0
    excepting: tuple[PlaceId, ...] = ()

    @property
    def favours(self) -> tuple[ActorId, ...]:
        """The holders gain by the claim."""
        return self.actors

    @property
    def ousts(self) -> bool:
        """Whether nobody is said to hold it any more."""
        return not self.actors

    @property
    def whole(self) -> bool:
        """Whether the claim is of the whole place."""
        return self.least == 1

    def substance(self, head: Head) -> tuple[frozenset[ActorId], Ground]:
        """Return who holds it, allies as one, whatever the share."""
        return frozenset(map(head, self.actors)), self.ground

    def rivals(self, other: "Hold", head: Head) -> bool:
        """Return whether the two name different holders of shares too large for one place."""
        differ = self.substance(head) != other.substance(head)
        return differ and self.least + other.least > 1

    def affirms(self, other: "Hold", head: Head) -> bool:
        """Return whether the two name the same holder of shares that can be equal."""
        same = self.substance(head) == other.substance(head)
        return same and self.least <= other.most and other.least <= self.most


HoldClaim = Claim[Hold]


@frozen
class ActorShare:
    """An actor's share of a place, from `low` to `high`, 1 being all of it; None for nobody known.

    What nobody names is unknown's.
    """

    actor: ActorId | None
    low: float
    high: float


def bearing_on(claims: Iterable[HoldClaim], place: PlaceId, city: City) -> list[HoldClaim]:
    """Return the claims that speak of a place: those on it, and on all of the places around it.

    A share of a whole says nothing about a part, nor does a sentence about a part that it excepts.
    """
    return [claim for claim in claims if _bears_on(claim, place, city)]


def _bears_on(claim: HoldClaim, place: PlaceId, city: City) -> bool:
    if claim.subject == place:
        return True
    excepted = not set(city.lineage(place)).isdisjoint(claim.value.excepting)
    return claim.value.whole and not excepted


@frozen
class Division:
    """The verdict on a place, with the claims to parts of it that count.

    Attributes:
        verdict: the verdict that the answer rests on.
        whole: the verdict on the claims to all of the place.
        parts: the words that claim a share and count, the newest first.
    """

    verdict: Verdict[Hold]
    whole: Verdict[Hold]
    parts: tuple[Word[Hold], ...] = ()


def divided(claims: Sequence[HoldClaim], vantage: Vantage, policy: Policy) -> Division:
    """Return the policy's verdict on the claims on a place, and the shares that count in it."""
    vantage = vantage.among(claims)
    wholes = [claim for claim in claims if claim.value.whole]
    whole = settle(wholes, vantage, policy)
    barred = {claim.id for claim in whole.set_aside}
    if len(wholes) == len(claims):
        return Division(whole, whole)
    while True:
        words = [word for word in words_of(claims, vantage) if word.claim.id not in barred]
        begun = [word for word in words if word.window.began(vantage.at)]
        parts = _counting(begun, whole)
        verdict = _on_top(parts, begun, whole, policy) if parts else whole
        if not parts or verdict.ruling != "set_aside" or verdict.case is None:
            aside = tuple(claim for claim in claims if claim.id in barred)
            lead_case = verdict.case and with_aside(verdict.case, aside, verdict.testimonies)
            settled = evolve(verdict, case=lead_case, set_aside=aside, claims=tuple(claims))
            return Division(settled, whole, tuple(parts))
        barred |= {claim.id for claim in verdict.case.support}


def _on_top(
    parts: Sequence[Word[Hold]], words: Sequence[Word[Hold]], whole: Verdict[Hold], policy: Policy
) -> Verdict[Hold]:
    """Return the verdict on the newest share, which leads over the claim to the whole."""
    vantage, newest = whole.testimonies.vantage, parts[0]
    stands = [Stand((word,)) for word in parts]
    alike = [stand for stand in stands if _affirms(stand.last, newest, vantage)]
    turns = tuple(stand.last for stand in alike if stand.last.changes)
    since = newest.window if newest.changes else None
    tenure = Tenure(tuple(alike), turns, since)
    tellers = {stand.speaker for stand in alike}
    every = [*whole.testimonies.speakers.stands.values(), *stands]
    others = [stand for stand in every if stand.speaker not in tellers]
    rivals = [stand for stand in others if _rivals(stand.last, newest, vantage)]
    testimonies = evolve(whole.testimonies, words=tuple(words))
    weighed = case(Lead(stands[0], "on_top"), tenure, rivals, testimonies)
    return Verdict(weighed, policy.rule(weighed), testimonies, (), ())


def _affirms(word: Word[Hold], other: Word[Hold], vantage: Vantage) -> bool:
    return word.claim.value.affirms(other.claim.value, vantage.head)


def _rivals(word: Word[Hold], other: Word[Hold], vantage: Vantage) -> bool:
    return word.claim.value.rivals(other.claim.value, vantage.head)


def _counting(words: Sequence[Word[Hold]], whole: Verdict[Hold]) -> list[Word[Hold]]:
    """Return each speaker's last word on each actor's share that counts, the newest first."""
    asserted = [word for word in words if word.claim.asserts]
    bases = [word for word in asserted if word.claim.value.whole]
    parts = [word for word in asserted if not word.claim.value.whole]
    leading = whole.case.leading if whole.case else None
    last: dict[object, Word[Hold]] = {}
    for part in sorted(parts, key=lambda word: word.spoken_of):
        held = last.get((part.speaker, part.substance))
        if held is None or not _replaces(held, part):
            last[part.speaker, part.substance] = part
    denied = {(word.speaker, word.claim.about) for word in words if word.denies}
    counting = [
        part
        for part in last.values()
        if (part.speaker, part.claim.id) not in denied and _on_all(part, bases, leading)
    ]
    return sorted(counting, key=_newness, reverse=True)


def _newness(word: Word[Hold]) -> tuple[object, ...]:
    return word.window.earliest, word.known, word.depth, word.claim.order, word.claim.id


def _replaces(word: Word[Hold], later: Word[Hold]) -> bool:
    """Return whether a word replaces one that speaks of a later beginning: it was told later."""
    return not word.window.precedes(later.window) and word.told > later.told


def _on_all(part: Word[Hold], bases: Iterable[Word[Hold]], leading: HoldClaim | None) -> bool:
    """Return whether a share counts on top of its speaker's claims to the whole and the leader."""
    own = [base.claim for base in bases if base.speaker == part.speaker]
    return all(_on_top_of(part.claim, base) for base in [*own, *([leading] if leading else [])])


def _on_top_of(part: HoldClaim, whole: HoldClaim) -> bool:
    """Return whether a share follows a claim to the whole, or overlaps it and is told later."""
    if whole.window.precedes(part.window):
        return True
    return not part.window.precedes(whole.window) and part.known > whole.known


def divide(division: Division, policy: Policy) -> tuple[ActorShare, ...]:
    """Return each actor's share, the greatest first.

    The holder of the whole has the rest; what it does not claim any more is the last other
    holder's, and what nobody names is unknown's. A place that nobody holds has no shares.
    """
    if not division.parts and not _holders(division.whole):
        return ()
    ranges: dict[ActorId | None, tuple[float, float]] = {}
    together = groupby(division.parts, key=lambda word: (word.window.earliest, word.known))
    for _, words in together:
        ranges |= _cut(_named(words, ranges), ranges)
    holders = _holders(division.whole)
    rest = _left(ranges)
    heir = next((actor for actor in holders if actor not in ranges), None)
    if ranges.keys() >= set(holders) and holders and _certainly_left(ranges):
        heir = _holder_before(division, policy)
    if rest[1] > 0 and (_certainly_left(ranges) or heir in holders):
        ranges[heir] = rest
    ordered = sorted(ranges.items(), key=lambda item: (-item[1][1], -item[1][0], str(item[0])))
    return tuple(ActorShare(actor, low, high) for actor, (low, high) in ordered if high > 0)


def _named(
    words: Iterable[Word[Hold]], fixed: dict[ActorId | None, tuple[float, float]]
) -> dict[ActorId | None, tuple[float, float]]:
    """Return the shares that words told together name, of actors who have none yet."""
    named: dict[ActorId | None, tuple[float, float]] = {}
    for word in words:
        value = word.claim.value
        for actor in value.actors[:1]:
            if actor not in fixed:
                low, high = named.get(actor, (value.least, value.most))
                named[actor] = min(low, value.least), max(high, value.most)
    return named


def _cut(
    named: dict[ActorId | None, tuple[float, float]],
    fixed: dict[ActorId | None, tuple[float, float]],
) -> dict[ActorId | None, tuple[float, float]]:
    """Return shares told together, cut to what those told later leave, and to one another."""
    least, most = _left(fixed)
    bounded = {
        actor: (min(low, least), high) if low > most else (low, high)
        for actor, (low, high) in named.items()
    }
    lows = sum(low for low, _ in bounded.values())
    cut = {}
    for actor, (low, high) in bounded.items():
        floor = max(0.0, min(low, _round(most - (lows - low))))
        cut[actor] = floor, min(high, most)
    floors = sum(low for low, _ in cut.values())
    return {
        actor: (low, _round(min(high, most - (floors - low)))) for actor, (low, high) in cut.items()
    }


def _left(ranges: dict[ActorId | None, tuple[float, float]]) -> tuple[float, float]:
    """Return what some shares leave of the place."""
    least = sum(low for low, _ in ranges.values())
    most = sum(high for _, high in ranges.values())
    return max(0.0, _round(1 - most)), max(0.0, _round(1 - least))


def _certainly_left(ranges: dict[ActorId | None, tuple[float, float]]) -> bool:
    return _left(ranges)[0] > 0


def _round(share: float) -> float:
    return round(share, EXACT)


def _holders(verdict: Verdict[Hold]) -> tuple[ActorId, ...]:
    """Return who holds the whole by a verdict, if anybody does."""
    leading = verdict.case.leading if verdict.case else None
    return leading.value.actors if leading else ()


def _holder_before(division: Division, policy: Policy) -> ActorId | None:
    """Return the last other holder of the whole, if anybody told of one."""
    whole = division.whole
    support = {claim.id for claim in whole.case.support} if whole.case else set()
    earlier = [claim for claim in whole.claims if claim.id not in support]
    holders = _holders(settle(earlier, whole.testimonies.vantage, policy))
    return holders[0] if holders else None
