"""Tenures: the stands for one holder that belong together, however their dates differ."""

from bisect import bisect_right
from collections.abc import Hashable, Iterable, Sequence
from datetime import datetime
from typing import Generic

from attrs import frozen

from timeline.replay.cells import V
from timeline.replay.histories import Reported
from timeline.replay.leading import Bars
from timeline.replay.speakers import Word
from timeline.replay.stands import Speakers, Stand
from timeline.replay.taking_back import Contradictions
from timeline.temporal.dates import FUTURE, PAST, Window, hull


@frozen
class Tenure(Generic[V]):
    """The stands for one holder between whose words nobody told of a change to another.

    Attributes:
        stands: the stands, by when they begin.
        turns: the changes that date it, on the closest place; none where it was only seen.
        since: the hull of their times; None where it was only seen.
    """

    stands: tuple[Stand[V], ...]
    turns: tuple[Word[V], ...]
    since: Window | None

    @property
    def serving(self) -> bool:
        """Whether only those say so who gain by it."""
        return all(stand.serving for stand in self.stands)

    @property
    def blocs(self) -> frozenset[str]:
        """The independent speakers in support, each alliance once."""
        return frozenset(stand.bloc for stand in self.stands)

    @property
    def told(self) -> datetime:
        """When it was last told of."""
        return max(stand.told for stand in self.stands)

    @property
    def looked(self) -> datetime:
        """Until when anybody has looked and said so."""
        return max(stand.looked for stand in self.stands)

    @property
    def closest(self) -> int:
        """The depth of the closest place that it is said of."""
        return max(stand.closest for stand in self.stands)


def tenure(
    leading: Stand[V],
    speakers: Speakers[V],
    separators: "Separators",
    contradicted: Contradictions,
) -> Tenure[V]:
    """Return the tenure that a stand belongs to."""
    same = [s for s in speakers.stands.values() if s.substance == leading.substance]
    members = joined(leading, same, separators)
    turns = dating(members, contradicted)
    since = hull(turn.window for turn in turns) if turns else None
    return Tenure(tuple(members), tuple(turns), since)


def joined(leading: Stand[V], same: Iterable[Stand[V]], separators: "Separators") -> list[Stand[V]]:
    """Return the stands for one holder that nothing parts from the leading one, in order.

    The nearest on either side is tried first, and what it joins, joins all.
    """
    ordered = sorted(same, key=lambda stand: (stand.begins, stand.ends, stand.speaker))
    first, last = leading.opening, leading.ends
    members = [leading]
    waiting = [stand for stand in ordered if stand is not leading]
    while waiting:
        near = [stand for stand in waiting if not _parted(stand, first, last, separators)]
        if not near:
            break
        members += near
        first = min(first, *(stand.opening for stand in near))
        last = max(last, *(stand.ends for stand in near))
        waiting = [stand for stand in waiting if stand not in near]
    return sorted(members, key=lambda stand: (stand.begins, stand.ends, stand.speaker))


def _parted(stand: Stand[V], first: Reported, last: datetime, separators: "Separators") -> bool:
    """Return whether another holder came between a stand and those of `first` to `last`."""
    return separators.between(stand.ends, first) or separators.between(last, stand.opening)


def dating(stands: Iterable[Stand[V]], contradicted: Contradictions) -> list[Word[V]]:
    """Return the turns that date a tenure: those on the closest place.

    A sentence about a wider place by who gains by it dates nothing where an outsider speaks of a
    closer one. A turn that was contradicted at its time does not date it while another does, nor
    one of which nobody says since when it may have been.
    """
    stands = list(stands)
    seen = max((stand.closest for stand in stands if not stand.serving), default=0)
    told = [stand.turn for stand in stands if stand.turn]
    turns = [turn for turn in told if turn.depth >= seen or not turn.serving]
    closest = max((turn.depth for turn in turns), default=0)
    close = [turn for turn in turns if turn.depth == closest]
    sound = [turn for turn in close if not contradicted.at_its_time(turn)] or close
    return [turn for turn in sound if turn.window.earliest > PAST] or sound


@frozen
class Separators:
    """When changes to other holders began, and were told, and when others were seen, in order.

    Sentences that may not lead part nothing, nor do the looks of those who have come round.
    """

    _reports: Sequence[Reported]

    @classmethod
    def of(cls, speakers: Speakers[V], bars: Bars[V], holder: Hashable) -> "Separators":
        """Return what parts the stands for a holder."""
        come_round = {s.speaker for s in speakers.stands.values() if _came_round(s, holder)}
        reports: list[Reported] = []
        for word in speakers.words:
            if word.substance == holder:
                continue
            began = word.began
            if word.changes and not bars.bar(word):
                reports.append((began, word.known))
            elif word.looks and not word.serving and word.speaker not in come_round:
                reports.append((began, FUTURE))
        return cls(sorted(reports))

    def between(self, after: datetime, until: Reported) -> bool:
        """Return whether another holder came after an instant, and before a report or with it."""
        return bisect_right(self._reports, (after, FUTURE)) < bisect_right(self._reports, until)


def _came_round(stand: Stand[V], holder: Hashable) -> bool:
    """Return whether a speaker now says, by a look, that a holder holds it."""
    return stand.substance == holder and any(word.looks for word in stand.words)
