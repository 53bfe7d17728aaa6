"""Who leads: the newest turn among the stands that may lead, or the last look.

Each rule is a function of its own, with the name by which an explanation tells it.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Generic

from attrs import frozen

from timeline.replay.cells import V
from timeline.replay.histories import Chronicle
from timeline.replay.speakers import Vantage, Word
from timeline.replay.stands import Speakers, Stand
from timeline.temporal.dates import END_OF_TIME, PAST, Window


@frozen
class Lead(Generic[V]):
    """The stand that leads, and by which rule.

    Attributes:
        stand: the stand; None where those that are tied leave none.
        rule: the name of the rule in `timeline.analysis.rules`.
        between: the time in which the place turned, where a look tells that it has.
        tied: the stands between which nothing decides.
    """

    stand: Stand[V] | None
    rule: str
    between: Window | None = None
    tied: tuple[Stand[V], ...] = ()


@frozen
class Bars(Generic[V]):
    """The stands that may bar a sentence about a wider place: of who does not gain by them."""

    _outsiders: Sequence[Stand[V]]
    _closest: int

    @classmethod
    def of(cls, stands: Iterable[Stand[V]]) -> "Bars[V]":
        """Return the stands among others that may bar a sentence."""
        outsiders = [stand for stand in stands if not stand.serving]
        return cls(outsiders, max((stand.closest for stand in outsiders), default=0))

    def bar(self, sentence: Word[V]) -> bool:
        """Return whether a closer stand of another holder bars a sentence about a wider place.

        It does not if the sentence is disinterested and began after the last look of that stand.
        """
        if sentence.depth >= self._closest:
            return False
        return any(_bars(stand, sentence) for stand in self._outsiders)


def _bars(stand: Stand[V], sentence: Word[V]) -> bool:
    if stand.substance == sentence.substance:
        return False
    looked = stand.looked_at(sentence.depth)
    if looked is None:
        return False
    return sentence.serving or sentence.began < looked


def barred(speakers: Speakers[V], bars: Bars[V]) -> list[Stand[V]]:
    """Return the stands that closer ones bar; none where each is barred by another."""
    every = speakers.stands.values()
    held_back = [stand for stand in every if bars.bar(stand.sentence)]
    return held_back if len(held_back) < len(every) else []


def lead(speakers: Speakers[V], bars: Bars[V], vantage: Vantage) -> Lead[V]:
    """Return who leads among the stands of all speakers, of whom at least one says something."""
    held_back = {stand.speaker for stand in barred(speakers, bars)}
    free = [stand for name, stand in speakers.stands.items() if name not in held_back]
    if seen := _seen_since(speakers, free):
        return seen
    turned = [stand for stand in free if stand.turn]
    if not turned:
        return _first(free, "seen_last", _last_look)
    newest = _first(turned, "newest_turn", _newness)
    if newest.stand is None:
        return newest
    return _seen_later(newest.stand, free) or _stale(newest.stand, free, vantage) or newest


def _first(stands: Sequence[Stand[V]], rule: str, order: "Order[V]") -> Lead[V]:
    """Return the lead of the newest stands: of several holders, whom more outsiders name."""
    newest = max(order(stand) for stand in stands)
    top = [stand for stand in stands if order(stand) == newest]
    holders = {stand.substance for stand in top}
    if len(holders) == 1:
        return Lead(_representative(top), rule)
    outsiders = {holder: _outsiders(top, holder) for holder in holders}
    most = max(outsiders.values())
    ahead = [stand for stand in top if outsiders[stand.substance] == most]
    if len({stand.substance for stand in ahead}) == 1:
        return Lead(_representative(ahead), "more_outsiders")
    return Lead(None, "tied", tied=tuple(top))


Order = Callable[[Stand[V]], tuple[object, ...]]
"""The order of newness of stands."""


def _newness(stand: Stand[V]) -> tuple[datetime, datetime, int]:
    """Return the order of turns: when they began, when they were told, how close they are."""
    turn = stand.sentence
    return turn.began, turn.known, turn.depth


def _last_look(stand: Stand[V]) -> tuple[datetime, datetime, int]:
    """Return the order of looks: until when they reach, when they were told, how close they are."""
    return stand.looked, stand.told, stand.last.depth


def _outsiders(stands: Iterable[Stand[V]], holder: object) -> int:
    return len({stand.bloc for stand in stands if stand.substance == holder and not stand.serving})


def _representative(stands: Iterable[Stand[V]]) -> Stand[V]:
    """Return one of several stands alike: a disinterested one, told last."""
    return max(stands, key=lambda stand: (not stand.serving, stand.told, stand.speaker))


def _seen_since(speakers: Speakers[V], free: Sequence[Stand[V]]) -> Lead[V] | None:
    """Return the lead of a look by whose speaker the newest turn of all has ended since.

    Nobody else stands by that turn, and none that stands is as new; the place turned between the
    change and the look.
    """
    newest = max([stand.turn.began for stand in free if stand.turn], default=PAST)
    told, every = speakers.chronicle, speakers.stands.values()
    found = []
    for stand in free:
        change = _ended_turn(speakers.ended.get(stand.speaker, ()))
        if stand.turn is not None or change is None or change.began <= newest:
            continue
        if not any(_stands_by(other, change, told) for other in every):
            found.append((change.spoken_of, stand, change))
    if not found:
        return None
    _, stand, change = max(found, key=lambda each: each[0])
    between = Window(change.window.earliest, stand.words[0].window.latest)
    return Lead(stand, "seen_since", between)


def _stands_by(stand: Stand[V], change: Word[V], told: Chronicle) -> bool:
    """Return whether a stand is for the holder of a change, of the same tenure."""
    until = change.began, change.known
    return stand.substance == change.substance and not told.told_between(
        stand.ends, until, change.substance
    )


def _ended_turn(runs: Sequence[Stand[V]]) -> Word[V] | None:
    """Return the turn of the last run that a speaker has ended."""
    return runs[-1].turn if runs else None


def _seen_later(newest: Stand[V], free: Sequence[Stand[V]]) -> Lead[V] | None:
    """Return the lead of an outsider's later look over a turn that only who gains tells of."""
    turn = newest.sentence
    same = [stand for stand in free if stand.substance == newest.substance]
    if not all(stand.serving for stand in same if stand.looked > turn.window.earliest):
        return None
    later = [
        stand
        for stand in free
        if stand.substance != newest.substance
        and not stand.serving
        and stand.looked > turn.window.latest
    ]
    return _first(later, "seen_later", _last_look) if later else None


def _stale(newest: Stand[V], free: Sequence[Stand[V]], vantage: Vantage) -> Lead[V] | None:
    """Return the lead of an outsider's look over a change that nobody tells of any more."""
    same = [stand for stand in free if stand.substance == newest.substance]
    told = max(stand.told for stand in same)
    if not old(told, free, vantage):
        return None
    others = [s for s in free if s.substance != newest.substance and not s.serving]
    looks = [stand for stand in others if looked_later(stand, newest.looked, told)]
    return _first(looks, "stale", _last_look) if looks else None


def old(told: datetime, stands: Iterable[Stand[V]], vantage: Vantage) -> bool:
    """Return whether nobody has told of something for longer than a word is fresh."""
    return _now(stands, vantage) - told > vantage.fresh


def _now(stands: Iterable[Stand[V]], vantage: Vantage) -> datetime:
    """Return the instant from which age is counted: where no day is asked about, the last telling.

    So a log that nobody goes on with does not grow old by itself.
    """
    if vantage.at < END_OF_TIME:
        return vantage.at
    return max(stand.told for stand in stands)


def looked_later(stand: Stand[V], looked: datetime, told: datetime) -> bool:
    """Return whether a speaker has looked, and told of it, later than others have."""
    return stand.looked > looked and stand.told > told
