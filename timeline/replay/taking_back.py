"""Captures that were taken back: by their own side's word, or by announcing them again.

Such a capture never led: with hindsight the earlier holder stays, and the claim is overturned.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any

from attrs import frozen

from timeline.domain.city import City
from timeline.domain.events import EventId
from timeline.replay.cells import Claim, V
from timeline.replay.histories import History
from timeline.replay.speakers import Vantage, Word
from timeline.temporal.dates import FUTURE

NEXT_DAY = timedelta(days=1)
"""How long after the day that a capture speaks of a look still contradicts it."""

Taken = Mapping[EventId, EventId]
"""The captures that were taken back, each with the event by which that was done."""


def taken_back(histories: Mapping[str, History[V]], vantage: Vantage) -> Taken:
    """Return the captures that their own sides took back, by whatever is known of any time."""
    words = [word for history in histories.values() for word in history]
    confirmed, contradicted = _Outsiders.of(words), Contradictions.of(words)
    taken: dict[EventId, EventId] = {}
    for history in histories.values():
        for run, after in _runs(history):
            for capture, by in _withdrawn(run, after, contradicted, vantage):
                if not confirmed.told_of(capture, by):
                    taken[capture.claim.id] = by.claim.id
    return taken


def in_doubt_from(claims: Iterable[Claim[Any]], city: City) -> datetime:
    """Return the beginning of the first capture that its own side may have taken back.

    Before it no answer depends on what is known of later times; `FUTURE` where there is none. What
    it leaves aside is cheap to tell: who says the same, and who gains by it, is not asked.
    """
    claims = list(claims)
    contradicted = _contradicted(claims)
    doubtful: list[datetime] = []
    for told in _by_side(claims, city).values():
        for capture in _captures(told):
            again = capture.id in contradicted and _told_again(capture, told)
            if again or _told_otherwise(capture, told, city.fresh):
                doubtful.append(capture.window.earliest)
    return min(doubtful, default=FUTURE)


def _contradicted(claims: Sequence[Claim[Any]]) -> set[EventId]:
    """Return the captures at whose time anybody looked, or denied one."""
    # a denial has the time of the claim that it is about
    looks = sorted(claim.window.latest for claim in claims if not _tells_change(claim))

    def looked_at(capture: Claim[Any]) -> bool:
        first = bisect_right(looks, capture.window.earliest)
        return first < bisect_right(looks, _next_day(capture.window.latest))

    return {claim.id for claim in _captures(claims) if looked_at(claim)}


def _by_side(claims: Iterable[Claim[Any]], city: City) -> Mapping[str, Sequence[Claim[Any]]]:
    """Return the claims that may be a side's word, by side."""
    sides: dict[str, list[Claim[Any]]] = {}
    for claim in claims:
        for side in _sides_behind(claim, city):
            sides.setdefault(side, []).append(claim)
    return sides


def _sides_behind(claim: Claim[Any], city: City) -> set[str]:
    """Return the sides whose word a claim may be: of several that it cites any."""
    sources = claim.cites or (claim.voice,)
    origins = {city.origin(source, claim.known) for source in sources}
    speakers = {city.speaker(origin, claim.known) for origin in origins}
    return {speaker for speaker in speakers if not speaker.startswith("@")}


def _captures(told: Iterable[Claim[Any]]) -> list[Claim[Any]]:
    return [claim for claim in told if claim.original and claim.mode == "change"]


def _told_otherwise(capture: Claim[Any], told: Iterable[Claim[Any]], fresh: timedelta) -> bool:
    """Return whether a side tells of anything but a change at or after a capture's time."""
    return any(
        claim.window.earliest >= capture.window.earliest
        and _soon_after(claim.known, capture.known, fresh)
        for claim in told
        if not _tells_change(claim)
    )


def _told_again(capture: Claim[Any], told: Iterable[Claim[Any]]) -> bool:
    beginnings = (claim.window.earliest for claim in _captures(told))
    return any(beginning > capture.window.earliest for beginning in beginnings)


def _tells_change(claim: Claim[Any]) -> bool:
    return claim.asserts and claim.mode == "change"


def _soon_after(told: datetime, before: datetime, fresh: timedelta) -> bool:
    return timedelta() < told - before <= fresh


def _runs(history: History[V]) -> Iterator[tuple[Sequence[Word[V]], Word[V] | None]]:
    """Yield what a speaker says of one holder without a break, and the word that breaks it.

    That the enemy left goes on with it.
    """
    run: list[Word[V]] = []
    for word in history:
        if run and _breaks(word, run[0]):
            yield run, word
            run = []
        if not word.denies:
            run.append(word)
    if run:
        yield run, None


def _breaks(word: Word[V], said: Word[V]) -> bool:
    """Return whether a speaker's word contradicts what it said; "the enemy left" does not."""
    if word.denies:
        return not word.excluding(said)
    return word.excluding(said) and not word.claim.value.vacates


def _withdrawn(
    run: Sequence[Word[V]],
    after: Word[V] | None,
    contradicted: "Contradictions",
    vantage: Vantage,
) -> Iterator[tuple[Word[V], Word[V]]]:
    """Yield the captures of a run that were taken back, each with the word by which."""
    captures = [word for word in run if word.changes and word.serving and word.claim.original]
    later: dict[tuple[Hashable, int], list[Word[V]]] = {}
    for capture in reversed(captures):
        again = _announced(later, capture)
        if after is not None and _says_otherwise(after, capture, vantage.fresh):
            yield capture, after
        elif again and contradicted.at_its_time(capture):
            yield capture, again
        same_place = later.setdefault((capture.substance, capture.depth), [])
        if same_place and same_place[-1].window.earliest == capture.window.earliest:
            same_place.pop()
        same_place.append(capture)


def _says_otherwise(word: Word[V], capture: Word[V], fresh: timedelta) -> bool:
    """Return whether a side's later word takes a capture back, telling of no loss between.

    That it holds the place itself takes back nothing, not even that the enemy had left it.
    """
    admitted = word.denies or not word.serving
    otherwise = admitted and not word.changes and _breaks(word, capture)
    return otherwise and _soon_after(word.known, capture.known, fresh)


def _announced(
    later: Mapping[tuple[Hashable, int], Sequence[Word[V]]], capture: Word[V]
) -> Word[V] | None:
    """Return the next capture of the same place or a closer one, by the same side.

    `later` has the later captures by holder and depth, one for each beginning, the next last.
    """
    for (substance, depth), captures in later.items():
        if substance == capture.substance and depth >= capture.depth:
            for again in reversed(captures):
                if again.window.earliest > capture.window.earliest:
                    return again
    return None


@frozen
class _Outsiders:
    """Until when those who do not gain by it speak of a holder, by holder and bloc.

    Each list is in the order of beginnings, with the furthest end so far.
    """

    _reach: Mapping[tuple[Hashable, str], tuple[Sequence[datetime], Sequence[datetime]]]

    @classmethod
    def of(cls, words: Iterable[Word[V]]) -> "_Outsiders":
        groups: dict[tuple[Hashable, str], list[tuple[datetime, datetime]]] = {}
        for word in words:
            if word.claim.asserts and not word.serving:
                window = word.window.earliest, word.window.latest
                groups.setdefault((word.substance, word.bloc), []).append(window)
        return cls({key: _reaches(windows) for key, windows in groups.items()})

    def told_of(self, capture: Word[V], by: Word[V]) -> bool:
        """Return whether an independent speaker told of a capture until it was taken back."""
        for (substance, bloc), (beginnings, ends) in self._reach.items():
            if substance != capture.substance or bloc == capture.bloc:
                continue
            place = bisect_left(beginnings, by.window.earliest)
            if place and ends[place - 1] > capture.window.earliest:
                return True
        return False


def _reaches(
    windows: list[tuple[datetime, datetime]],
) -> tuple[Sequence[datetime], Sequence[datetime]]:
    """Return the beginnings of windows in order, and the furthest end up to each."""
    windows.sort()
    return [earliest for earliest, _ in windows], list(
        accumulate((latest for _, latest in windows), max)
    )


@frozen
class Looks:
    """Until when others looked, by holder, bloc and depth, each list in order."""

    _ends: Mapping[tuple[Hashable, str, int], Sequence[datetime]]

    @classmethod
    def of(cls, words: Iterable[Word[V]]) -> "Looks":
        """Return the looks among words."""
        ends: dict[tuple[Hashable, str, int], list[datetime]] = {}
        for word in words:
            if word.claim.asserts and word.claim.mode == "observation":
                key = word.substance, word.bloc, word.depth
                ends.setdefault(key, []).append(word.window.latest)
        return cls({key: sorted(times) for key, times in ends.items()})

    def contradict(self, capture: Word[V]) -> bool:
        """Return whether others looked otherwise within the day of a capture or the next."""
        for (substance, bloc, depth), ends in self._ends.items():
            if substance == capture.substance or bloc == capture.bloc or depth < capture.depth:
                continue
            first = bisect_right(ends, capture.window.earliest)
            if first < bisect_right(ends, _next_day(capture.window.latest)):
                return True
        return False


def _next_day(instant: datetime) -> datetime:
    """Return the same time of the next day; the end of time stays."""
    return min(instant, FUTURE - NEXT_DAY) + NEXT_DAY


@frozen
class Contradictions:
    """Who contradicted captures at their time: by a denial, or by a look.

    A denial of one of a speaker's claims is one of all that it claims of that holder and time, on
    the place or around it. A change that others tell of contradicts no capture.
    """

    _denied: Mapping[tuple[str, Hashable], Sequence[Word[Any]]]
    _looks: Looks

    @classmethod
    def of(cls, words: Sequence[Word[V]]) -> "Contradictions":
        """Return the contradictions among words."""
        speakers = {word.claim.id: word.speaker for word in words}
        denied: dict[tuple[str, Hashable], list[Word[Any]]] = {}
        for word in words:
            speaker = speakers.get(word.claim.about) if word.claim.about else None
            if word.denies and speaker is not None and speaker != word.speaker:
                denied.setdefault((speaker, word.substance), []).append(word)
        return cls(denied, Looks.of(words))

    def at_its_time(self, capture: Word[V]) -> bool:
        """Return whether others denied a capture, or looked otherwise at its time."""
        denials = self._denied.get((capture.speaker, capture.substance), ())
        denied = any(_denies(denial, capture) for denial in denials)
        return denied or self._looks.contradict(capture)


def _denies(denial: Word[Any], capture: Word[Any]) -> bool:
    """Return whether a denial by another alliance is of a capture's time and place."""
    if denial.bloc == capture.bloc or denial.depth < capture.depth:
        return False
    apart = denial.window.precedes(capture.window) or capture.window.precedes(denial.window)
    return not apart
