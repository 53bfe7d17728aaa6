"""Claims to a place and to shares of it: which of them speak of it, and which leads."""

from collections.abc import Iterable, Sequence

from attrs import evolve, frozen

from timeline.domain.choices import Ground
from timeline.domain.city import City
from timeline.domain.events import ActorId, PlaceId
from timeline.replay.cells import Claim, Head, Value
from timeline.replay.leading import Lead, looked_later, old
from timeline.replay.policies import Policy, Verdict, settle, with_aside
from timeline.replay.speakers import Vantage, Word, words_of
from timeline.replay.stands import Stand
from timeline.replay.tenures import Tenure
from timeline.replay.weighing import Case, Testimonies, case, disputed_by, speaks_since, weigh


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
    def vacates(self) -> bool:
        """Whether it is said to be nobody's, without a fight over it."""
        return self.ousts and self.ground == "held"

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

Holder = ActorId | tuple[ActorId, ...] | None
"""Who holds a place: one actor, several together, or nobody."""


def holders(holder: Holder) -> tuple[ActorId, ...]:
    """Return the actors of a holder."""
    if holder is None:
        return ()
    return holder if isinstance(holder, tuple) else (holder,)


def names(holder: Holder, city: City) -> str:
    """Return a holder in words: several who hold a place together are joined by "and"."""
    return " and ".join(city.actors[actor].label for actor in holders(holder))


def codes(holder: Holder) -> str | None:
    """Return a holder as data: the ids of several joined by +; None for nobody."""
    return " + ".join(holders(holder)) or None


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
    if len(wholes) == len(claims):
        whole = settle(wholes, vantage, policy)
        return Division(whole, whole)
    partial = [claim for claim in claims if not claim.value.whole]
    begun = words_of([claim for claim in partial if claim.window.began(vantage.at)], vantage)
    whole = settle(wholes, vantage, policy, lambda heard: _whole(heard, _last_shares(begun)))
    barred = {claim.id for claim in whole.set_aside}
    while True:
        shares = [word for word in begun if word.claim.id not in barred]
        words = [*whole.testimonies.words, *shares]
        last = _not_outlooked(_last_shares(shares), whole.testimonies)
        parts = _counting(last, whole.case, words)
        verdict = _on_top(parts, words, whole, policy) if parts else whole
        if not parts or verdict.ruling != "set_aside" or verdict.case is None:
            aside = tuple(claim for claim in claims if claim.id in barred)
            lead_case = verdict.case and with_aside(verdict.case, aside, verdict.testimonies)
            settled = evolve(verdict, case=lead_case, set_aside=aside, claims=tuple(claims))
            return Division(settled, whole, tuple(parts))
        barred |= {claim.id for claim in verdict.case.support}


def _whole(testimonies: Testimonies[Hold], shares: Sequence[Word[Hold]]) -> Case[Hold] | None:
    """Return the case of who holds the whole, with the shares that contradict it."""
    case = weigh(testimonies)
    lasting = _not_outlooked(shares, testimonies)
    if case is None or _counting(lasting, case, testimonies.words):
        return case
    return _disputed(case, shares, testimonies.vantage)


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


def _disputed(case: Case[Hold], shares: Iterable[Word[Hold]], vantage: Vantage) -> Case[Hold]:
    """Return a case with the shares that do not count on top of the whole, and contradict it."""
    if case.tenure is None or case.leading is None:
        return case
    since, value = case.since or case.leading.window, case.leading.value
    tellers = {stand.speaker for stand in case.tenure.stands}
    others = [share for share in shares if share.speaker not in tellers]
    rivals = [share for share in others if share.claim.value.rivals(value, vantage.head)]
    return disputed_by(case, [share for share in rivals if speaks_since(share, since)])


def _last_shares(words: Sequence[Word[Hold]]) -> list[Word[Hold]]:
    """Return, of words on shares, each speaker's last on each actor's, if not denied by itself."""
    denied = {(word.speaker, word.claim.about) for word in words if word.denies}
    parts = [word for word in words if word.claim.asserts]
    last: dict[object, Word[Hold]] = {}
    for part in sorted(parts, key=lambda word: word.spoken_of):
        held = last.get((part.speaker, part.substance))
        if held is None or not _replaces(held, part):
            last[part.speaker, part.substance] = part
    return [part for part in last.values() if (part.speaker, part.claim.id) not in denied]


def _counting(
    shares: Iterable[Word[Hold]], whole: Case[Hold] | None, words: Iterable[Word[Hold]]
) -> list[Word[Hold]]:
    """Return the shares that count on top of claims to the whole, the newest first."""
    bases = [word for word in words if word.claim.asserts and word.claim.value.whole]
    leading = whole.leading if whole else None
    counting = [share for share in shares if _on_all(share, bases, leading)]
    return sorted(counting, key=_newness, reverse=True)


def _not_outlooked(
    shares: Iterable[Word[Hold]], testimonies: Testimonies[Hold]
) -> list[Word[Hold]]:
    """Return the shares over which no outsider's later look at the whole leads.

    It leads over what only who gains by it tells of, and over what nobody has told of for longer
    than a word is fresh, as it does over a change of the whole.
    """
    return [share for share in shares if not _outlooked(share, testimonies)]


def _outlooked(share: Word[Hold], testimonies: Testimonies[Hold]) -> bool:
    stands = list(testimonies.speakers.stands.values())
    outsiders = [stand for stand in stands if not stand.serving]
    if not any(looked_later(stand, share.window.latest, share.known) for stand in outsiders):
        return False
    return share.serving or old(share.known, stands, testimonies.vantage)


def _newness(word: Word[Hold]) -> tuple[object, ...]:
    return word.began, word.known, word.depth, word.claim.order, word.claim.id


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


def earlier_holder(division: Division, policy: Policy) -> ActorId | None:
    """Return the last other holder of the whole, if anybody told of one."""
    whole = division.whole
    support = {claim.id for claim in whole.case.support} if whole.case else set()
    others = [claim for claim in whole.claims if claim.id not in support]
    case = settle(others, whole.testimonies.vantage, policy).case
    holders = case.leading.value.actors if case and case.leading else ()
    return holders[0] if holders else None
