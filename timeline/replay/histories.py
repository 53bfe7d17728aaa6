"""Histories: a speaker's words in the order of the time they speak of, and what they replace."""

from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import datetime

from attrs import define, field, frozen

from timeline.replay.cells import V
from timeline.replay.speakers import Word
from timeline.temporal.dates import FUTURE, PAST, Window

History = Sequence[Word[V]]
"""A speaker's words that count, its denials among them, in the order of the time spoken of."""


def histories(words: Iterable[Word[V]]) -> dict[str, History[V]]:
    """Return the history of each speaker, by speaker."""
    by_speaker: dict[str, list[Word[V]]] = {}
    for word in words:
        by_speaker.setdefault(word.speaker, []).append(word)
    return {speaker: history(by_speaker[speaker]) for speaker in sorted(by_speaker)}


def history(words: Sequence[Word[V]]) -> History[V]:
    """Return a speaker's words without those that its later telling replaces.

    Of two that overlap and name different holders the later told counts; of one telling, a look at
    a closer place excepts that place from the wider sentence. A denial ends the speaker's own
    earlier word for the holder that is denied, over the time that is spoken of.
    """
    told, said = _Excepted.of(words), _Said()
    kept = []
    for word in sorted(words, key=lambda word: word.told, reverse=True):
        if word.claim.stance == "unclear":
            continue
        if not word.denies and (told.excepts(word) or said.replaces(word)):
            continue
        said.add(word)
        kept.append(word)
    return sorted(kept, key=lambda word: word.spoken_of)


@frozen
class _Excepted:
    """The looks of each telling: how far each reaches, by telling, depth and holder."""

    _reach: Mapping[datetime, Mapping[tuple[int, Hashable], datetime]]

    @classmethod
    def of(cls, words: Iterable[Word[V]]) -> "_Excepted":
        reach: dict[datetime, dict[tuple[int, Hashable], datetime]] = {}
        for word in words:
            if word.looks and word.own:
                looks = reach.setdefault(word.known, {})
                key = word.depth, word.substance
                looks[key] = max(word.window.latest, looks.get(key, PAST))
        return cls(reach)

    def excepts(self, word: Word[V]) -> bool:
        """Return whether a look at a closer place, told together, says otherwise of it."""
        looks = self._reach.get(word.known, {})
        return any(
            depth > word.depth and substance != word.substance and latest > word.window.earliest
            for (depth, substance), latest in looks.items()
        )


@define
class _Said:
    """The times over which later words already speak, by holder, and those that are denied."""

    _asserted: dict[Hashable, "Spans"] = field(factory=dict)
    _denied: dict[tuple[Hashable, int], "Spans"] = field(factory=dict)

    def add(self, word: Word[V]) -> None:
        """Take in a word, which was told before all that were taken in."""
        if word.denies:
            self._denied.setdefault((word.substance, word.depth), Spans()).add(word.window)
        else:
            self._asserted.setdefault(word.substance, Spans()).add(word.window)

    def replaces(self, word: Word[V]) -> bool:
        """Return whether a later word speaks of the time of an earlier one otherwise."""
        for substance, spans in self._asserted.items():
            if substance != word.substance and spans.meet(word.window):
                return True
        for (substance, depth), spans in self._denied.items():
            # who denies a sentence about a wider place has said nothing of the closer one
            ends = substance == word.substance and depth >= word.depth
            if ends and spans.meet(word.window):
                return True
        return False


@define
class Spans:
    """Spans of time as a union: disjoint, in order."""

    _starts: list[datetime] = field(factory=list)
    _ends: list[datetime] = field(factory=list)

    def meet(self, window: Window) -> bool:
        """Return whether a window overlaps any span."""
        place = bisect_left(self._starts, window.latest)
        return place > 0 and self._ends[place - 1] > window.earliest

    def add(self, window: Window) -> None:
        """Add a window, joined with the spans that it meets or touches."""
        first = bisect_left(self._ends, window.earliest)
        last = bisect_right(self._starts, window.latest)
        start = min([window.earliest, *self._starts[first:last][:1]])
        end = max([window.latest, *self._ends[first:last][-1:]])
        self._starts[first:last], self._ends[first:last] = [start], [end]


Reported = tuple[datetime, datetime]
"""When something began, and when it was made public."""


@frozen
class Chronicle:
    """Words that tell of changes, by holder and speaker, each list in the order of beginnings."""

    _by_teller: Mapping[tuple[Hashable, str], Sequence[Reported]]

    @classmethod
    def of(cls, words: Iterable[Word[V]]) -> "Chronicle":
        """Return the chronicle of those words that tell of a change."""
        by_teller: dict[tuple[Hashable, str], list[Reported]] = {}
        for word in words:
            if word.changes:
                teller = word.substance, word.speaker
                by_teller.setdefault(teller, []).append((word.began, word.known))
        return cls({teller: sorted(changes) for teller, changes in by_teller.items()})

    def told_between(
        self, after: datetime, until: Reported, holder: Hashable, but: str | None = None
    ) -> bool:
        """Return whether a change to another holder began after an instant and up to a report.

        `but` is a speaker whose own words do not count.
        """
        for (substance, speaker), changes in self._by_teller.items():
            if substance == holder or speaker == but:
                continue
            first = bisect_right(changes, (after, FUTURE))
            if first < bisect_right(changes, until):
                return True
        return False
