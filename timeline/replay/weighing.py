"""The weighing of a tenure: its support, and the disputes and doubts that stand against it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Generic, Literal

from attrs import evolve, frozen

from timeline.replay.cells import Claim, V
from timeline.replay.histories import histories
from timeline.replay.leading import Bars, Lead, lead
from timeline.replay.speakers import Vantage, Word, words_of
from timeline.replay.stands import Speakers, Stand, speakers
from timeline.replay.taking_back import Contradictions, Looks, Taken, taken_back
from timeline.replay.tenures import Separators, Tenure, tenure
from timeline.temporal.dates import PAST, Window

Status = Literal["unknown", "claimed", "reported", "corroborated", "disputed"]


@frozen(kw_only=True)
class Testimonies(Generic[V]):
    """Everything that was said on one subject, in order: words, stands, and what was taken back.

    Attributes:
        words: the words that had begun by the instant, doubts among them.
        speakers: the stands of all speakers, by the words that count.
        taken: the captures that were taken back, each with the event by which that was done.
        contradicted: who contradicted captures at their time.
        vantage: the point from which they are seen.
    """

    words: tuple[Word[V], ...]
    speakers: Speakers[V]
    taken: Taken
    contradicted: Contradictions
    vantage: Vantage


def heard(claims: Iterable[Claim[V]], vantage: Vantage) -> Testimonies[V]:
    """Return what speakers say at an instant; what is known of later times may take back only."""
    claims = list(claims)
    every = words_of(claims, vantage)
    known = histories(every)
    taken = taken_back(known, vantage)
    spoken = [claim for claim in claims if claim.window.began(vantage.at)]
    begun = every if len(spoken) == len(claims) else words_of(spoken, vantage)
    standing = [word for word in begun if not (word.claim.asserts and word.claim.id in taken)]
    counted = known if len(standing) == len(every) else histories(standing)
    return Testimonies(
        words=tuple(begun),
        speakers=speakers(counted, vantage),
        taken=taken,
        contradicted=Contradictions.of(begun),
        vantage=vantage,
    )


@frozen(kw_only=True)
class Case(Generic[V]):
    """The leading tenure with everything that speaks of it, weighed.

    Attributes:
        leading: the claim that leads; None where nobody does, for nothing decides between several.
        tenure: the stands for its holder that belong together; None where nobody leads.
        rule: the name of the rule by which it leads.
        since: the time in which the holder's tenure began; None where it was only seen.
        support: the claims of its stands.
        against: the standing claims that dispute it.
        unclear: the standing claims that call it unclear.
        lapsed: disputes and doubts that no longer stand.
        overruled: disputing claims that a policy set aside.
        seconded: agreeing claims that a policy set aside.
        strength: how well it is supported, disputes left aside.
        opposing: those against it, by the holder that they name; None for those who only deny.
    """

    leading: Claim[V] | None
    tenure: Tenure[V] | None
    rule: str
    since: Window | None
    support: tuple[Claim[V], ...]
    against: tuple[Claim[V], ...]
    unclear: tuple[Claim[V], ...]
    lapsed: tuple[Claim[V], ...]
    overruled: tuple[Claim[V], ...] = ()
    seconded: tuple[Claim[V], ...] = ()
    strength: Status
    opposing: Mapping[object, frozenset[str]]

    @property
    def status(self) -> Status:
        """How sure the leading tenure is: its strength, or disputed while a dispute stands."""
        return "disputed" if self.against or self.overruled else self.strength

    @property
    def dating(self) -> tuple[Claim[V], ...]:
        """The claims that say since when."""
        return _claims(self.tenure.turns) if self.tenure else ()

    @property
    def blocs(self) -> frozenset[str]:
        """The independent speakers in support, each alliance once."""
        return self.tenure.blocs if self.tenure else frozenset()

    def certain(self, at: datetime) -> bool:
        """Return whether the tenure has certainly begun by an instant, if its claims are true."""
        claims = self.support or self.against
        return any(claim.window.ended(at) for claim in claims)


def weigh(testimonies: Testimonies[V]) -> Case[V] | None:
    """Return the case of the tenure that leads; None where nobody says anything."""
    if not testimonies.speakers.stands:
        return None
    stands = list(testimonies.speakers.stands.values())
    bars = Bars.of(stands)
    leader = lead(testimonies.speakers, bars, testimonies.vantage)
    if leader.stand is None:
        return _undecided(leader, testimonies)
    parting = Separators.of(testimonies.speakers, bars, leader.stand.substance)
    leading = tenure(leader.stand, testimonies.speakers, parting, testimonies.contradicted)
    rivals = [stand for stand in stands if stand.substance != leader.stand.substance]
    return case(leader, leading, rivals, testimonies)


def _undecided(leader: Lead[V], testimonies: Testimonies[V]) -> Case[V]:
    """Return the case in which nobody leads: all who are tied dispute one another."""
    words = [word for stand in leader.tied for word in _telling(stand)]
    return Case(
        leading=None,
        tenure=None,
        rule=leader.rule,
        since=None,
        support=(),
        against=_claims(words),
        unclear=(),
        lapsed=(),
        strength="disputed",
        opposing=_opposing(words),
    )


def _telling(stand: Stand[V]) -> Sequence[Word[V]]:
    """Return the words of a stand that begin with its turn, or all where it was only seen."""
    begins = stand.turn.began if stand.turn else stand.begins
    return [word for word in stand.words if word.began >= begins]


def case(
    leader: Lead[V],
    leading: Tenure[V],
    rivals: Sequence[Stand[V]],
    testimonies: Testimonies[V],
) -> Case[V]:
    """Return the case of a tenure against the stands for other holders."""
    since = leader.between or leading.since
    support = [word for stand in leading.stands for word in stand.words]
    captures = _captures(leading, testimonies)
    stances = _stances(leading, captures, testimonies)
    denials = [word for word in stances if word.denies]
    doubts = [word for word in stances if not word.denies]
    disputes = [*_disputes(leading, since, rivals, captures, testimonies.vantage), *denials]
    lapsed = [word for word in (*disputes, *doubts) if lapses(word, leading)]
    standing = _without(disputes, lapsed)
    return Case(
        leading=_sentence(leader, leading).claim,
        tenure=leading,
        rule=leader.rule,
        since=since,
        support=_claims(support),
        against=_claims(standing),
        unclear=_claims(_without(doubts, lapsed)),
        lapsed=_claims(lapsed),
        strength=_strength(leading),
        opposing=_opposing(standing),
    )


def _sentence(leader: Lead[V], leading: Tenure[V]) -> Word[V]:
    """Return the sentence by which a tenure leads: a closer one goes before the leader's."""
    assert leader.stand is not None  # a tenure has a leader
    sentence = leader.stand.sentence
    closer = bool(leading.turns) and leading.turns[0].depth > sentence.depth
    if sentence.looks or not closer:
        return sentence
    return max(leading.turns, key=lambda turn: (turn.began, not turn.serving, turn.told))


def _without(words: Iterable[Word[V]], others: Iterable[Word[V]]) -> list[Word[V]]:
    left_out = {(word.claim.id, word.claim.about) for word in others}
    return [word for word in words if (word.claim.id, word.claim.about) not in left_out]


def _claims(words: Iterable[Word[V]]) -> tuple[Claim[V], ...]:
    """Return the claims of words, each once, as they became known."""
    distinct = {(word.claim.id, word.claim.about): word.claim for word in words}
    return tuple(sorted(distinct.values(), key=lambda claim: (claim.known, claim.id)))


def _opposing(words: Iterable[Word[V]]) -> dict[object, frozenset[str]]:
    """Return who disputes, by the holder that they name; None for those who only deny."""
    opposing: dict[object, frozenset[str]] = {}
    for word in words:
        holder = None if word.denies else word.substance
        opposing[holder] = opposing.get(holder, frozenset()) | {word.bloc}
    return opposing


def _strength(leading: Tenure[V]) -> Status:
    """Return how well independent speakers support a tenure."""
    if len(leading.blocs) >= 2:
        return "corroborated"
    return "claimed" if leading.serving else "reported"


def disputed_by(case: Case[V], words: Iterable[Word[V]]) -> Case[V]:
    """Return a case with further words against it, as far as they have not lapsed."""
    leading = case.tenure
    if leading is None:
        return case
    standing = [word for word in words if not lapses(word, leading)]
    opposing = {**case.opposing}
    for holder, blocs in _opposing(standing).items():
        opposing[holder] = opposing.get(holder, frozenset()) | blocs
    against = (*case.against, *_claims(standing))
    return evolve(case, against=against, opposing=opposing)


def _disputes(
    leading: Tenure[V],
    since: Window | None,
    rivals: Iterable[Stand[V]],
    captures: Iterable[Word[V]],
    vantage: Vantage,
) -> list[Word[V]]:
    """Return the words of rivals against a tenure: of those who looked since it began."""
    turns = [stand.turn for stand in leading.stands if stand.turn and stand.turn.serving]
    refutable = [word for word in (*turns, *captures) if not _told_later(word, leading)]
    disputes: list[Word[V]] = []
    for rival in rivals:
        if since is None:
            disputes += _told_lately(rival, leading, vantage)
        else:
            disputes += looked_since(rival, since) or _contradicting(rival, refutable)
    return disputes


def looked_since(rival: Stand[V], since: Window) -> list[Word[V]]:
    """Return the words of a rival stand by which its speaker has looked since a tenure began.

    They are a change that began no earlier, and a look that ends later.
    """
    words = [word for word in rival.words if speaks_since(word, since)]
    extended = rival.edition is not None and rival.edition > since.latest
    return words or ([rival.last] if extended else [])


def speaks_since(word: Word[V], since: Window) -> bool:
    """Return whether a word is of a change that began no earlier, or of a look that ends later."""
    if word.changes:
        undated = since.earliest == PAST and word.window.latest < since.latest
        return word.began >= since.earliest and not undated
    return word.window.latest > since.latest


def _told_lately(rival: Stand[V], leading: Tenure[V], vantage: Vantage) -> list[Word[V]]:
    """Return the words of a rival told of within `fresh` before a tenure that was only seen."""
    if leading.looked - rival.told > vantage.fresh:
        return []
    lately = [word for word in rival.words if leading.looked - word.known <= vantage.fresh]
    return lately or [rival.last]


def _contradicting(rival: Stand[V], captures: Iterable[Word[V]]) -> list[Word[V]]:
    """Return the looks that contradicted the captures of a tenure, or those that it repeats.

    They stand against repetitions, too, until a disinterested speaker tells of a later turn.
    """
    return [word for word in rival.words if word.looks and _contradicts(word, captures)]


def _contradicts(look: Word[V], captures: Iterable[Word[V]]) -> bool:
    looks = Looks.of([look])
    return any(looks.contradict(capture) for capture in captures)


def _captures(leading: Tenure[V], testimonies: Testimonies[V]) -> list[Word[V]]:
    """Return the captures that the speakers of a tenure announced and took back."""
    tellers = {stand.speaker for stand in leading.stands}
    holder = leading.stands[0].substance
    return [
        word
        for word in testimonies.words
        if word.claim.id in testimonies.taken
        and word.speaker in tellers
        and word.substance == holder
    ]


def _told_later(word: Word[V], leading: Tenure[V]) -> bool:
    """Return whether a disinterested speaker of a tenure tells of a later turn than a word does."""
    turns = [stand.turn for stand in leading.stands if stand.turn and not stand.serving]
    return any(turn.began > word.began for turn in turns)


def _stances(
    leading: Tenure[V], captures: Iterable[Word[V]], testimonies: Testimonies[V]
) -> list[Word[V]]:
    """Return the denials of a tenure's claims, and the doubts about them.

    One of a sentence about a wider place counts only while the answer rests on the sentence; it
    counts against repetitions, too, until a disinterested speaker tells of a later turn.
    """
    own = {word.claim.id: word for stand in leading.stands for word in stand.words}
    own |= {word.claim.id: word for word in captures}
    stances = []
    for word in testimonies.words:
        target = own.get(word.claim.about) if word.claim.about else None
        if target is None or word.claim.asserts or word.speaker == target.speaker:
            continue
        rests = target.depth >= leading.closest
        if rests and not _told_later(target, leading):
            stances.append(word)
    return stances


def lapses(dispute: Word[V], leading: Tenure[V]) -> bool:
    """Return whether a dispute no longer stands.

    Its own side says otherwise later; or two independent speakers who are not of the holder's side,
    and who looked since what is disputed, assert the holder, at least one of them after it.
    """
    if any(_comes_round(stand, dispute) for stand in leading.stands):
        return True
    outside = [
        stand
        for stand in leading.stands
        if not stand.serving and _looked_after(stand, dispute) and stand.speaker != dispute.speaker
    ]
    independent = {stand.bloc for stand in outside}
    return len(independent) >= 2 and any(stand.told > dispute.known for stand in outside)


def _comes_round(stand: Stand[V], dispute: Word[V]) -> bool:
    """Return whether a speaker says otherwise later; of one telling the later line counts."""
    if stand.speaker != dispute.speaker:
        return False
    last = max((word.known, word.claim.order) for word in stand.words)
    return stand.told > dispute.known or last > (dispute.known, dispute.claim.order)


def _looked_after(stand: Stand[V], dispute: Word[V]) -> bool:
    """Return whether a speaker looked since what is disputed: the claim, or another's look."""
    since = dispute.window.latest if dispute.claim.original else dispute.window.earliest
    return stand.looked > since
