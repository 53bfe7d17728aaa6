"""Stands: for each speaker the last thing that it says, since when, and when it last spoke."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, Generic

from attrs import define, frozen

from timeline.replay.cells import V
from timeline.replay.histories import Chronicle, History, Reported
from timeline.replay.speakers import Vantage, Word
from timeline.temporal.dates import PAST


@frozen(slots=False)
class Stand(Generic[V]):
    """A run of one holder in a speaker's history: by the last one it stands at a time.

    Attributes:
        words: the words of the run, in the order of the time spoken of.
        edition: when the map last spoke that the speaker keeps current, in UTC, if it keeps one.
    """

    words: tuple[Word[V], ...]
    edition: datetime | None = None

    @property
    def speaker(self) -> str:
        """Who stands by it."""
        return self.words[0].speaker

    @property
    def bloc(self) -> str:
        """The speaker's alliance."""
        return self.words[0].bloc

    @property
    def substance(self) -> Any:
        """The holder, allies as one."""
        return self.words[0].substance

    @cached_property
    def turn(self) -> Word[V] | None:
        """The change that began the run: of those on the closest place the earliest.

        A run that was only seen has none.
        """
        changes = [word for word in self.words if word.changes]
        return min(changes, key=lambda word: (-word.depth, word.spoken_of), default=None)

    @cached_property
    def last(self) -> Word[V]:
        """The word that reaches furthest."""
        return max(self.words, key=lambda word: (word.window.latest, word.known, word.depth))

    @cached_property
    def closest(self) -> int:
        """The depth of the closest place that it speaks of."""
        return max(word.depth for word in self.words)

    @property
    def sentence(self) -> Word[V]:
        """The word by which it would lead: its turn, or else its last look."""
        return self.turn or self.last

    @property
    def begins(self) -> datetime:
        """When the first of its words begins."""
        return self.words[0].began

    @property
    def opening(self) -> Reported:
        """When it begins; and when that was told, if it begins by a change.

        A change to another that began with it, and was told by then, lies before it.
        """
        first = self.words[0]
        return self.begins, first.known if first.changes else PAST

    @cached_property
    def ends(self) -> datetime:
        """When the last of its words begins, or the map of a speaker that keeps one was kept."""
        return max(self.words[-1].began, self.edition or self.begins)

    @cached_property
    def looked(self) -> datetime:
        """Until when the speaker has looked."""
        return max(self.last.window.latest, self.edition or self.begins)

    @cached_property
    def told(self) -> datetime:
        """When the speaker last told of it."""
        newest = max(word.known for word in self.words)
        return max(newest, self.edition or newest)

    @property
    def serving(self) -> bool:
        """Whether only who gains by it says so."""
        return all(word.serving for word in self.words)

    def looked_at(self, depth: int) -> datetime | None:
        """Return until when the speaker looked closer than a depth; None if it never did.

        What may not have happened yet does not count.
        """
        words = [word for word in self.words if word.depth > depth and word.settled]
        closer = [word.window.latest for word in words]
        return max([*closer, *([self.edition] if self.edition else [])]) if closer else None


@define
class _Run(Generic[V]):
    """A run that grows word by word; depths are those of its closest word and closest change."""

    words: list[Word[V]]
    closest: int = -1
    closest_change: int = -1

    def add(self, word: Word[V]) -> None:
        """Let a word go on with the run."""
        self.words.append(word)
        self.closest = max(self.closest, word.depth)
        if word.changes:
            self.closest_change = max(self.closest_change, word.depth)

    def ended_by(self, denial: Word[V]) -> bool:
        """Return whether the speaker's denial ends the run: none of it is on a closer place."""
        return denial.substance == self.words[0].substance and denial.depth >= self.closest

    def goes_on(self, word: Word[V], chronicle: Chronicle) -> bool:
        """Return whether a word only says again what the run says.

        A change that is told again after another speaker told of a change to another holder begins
        a new run, for no side tells of its own losses.
        """
        if word.substance != self.words[0].substance:
            return False
        if not word.changes or word.depth < self.closest_change:
            return True
        last, until = self.words[-1].began, (word.began, word.known)
        return not chronicle.told_between(last, until, word.substance, word.speaker)


def runs(
    history: History[V], chronicle: Chronicle, vantage: Vantage
) -> tuple[list[Stand[V]], bool]:
    """Return the runs of a speaker's history, and whether the speaker still stands by the last."""
    every: list[_Run[V]] = []
    stands = False
    for word in history:
        if word.denies:
            stands = stands and not every[-1].ended_by(word)
            continue
        if not stands or not every[-1].goes_on(word, chronicle):
            every.append(_Run([]))
        every[-1].add(word)
        stands = True
    return [Stand(tuple(run.words), _edition(run.words, vantage)) for run in every], stands


def _edition(run: Sequence[Word[Any]], vantage: Vantage) -> datetime | None:
    """Return when the maps last spoke that the sources of a run keep current; None for none."""
    editions = [vantage.editions.get(word.claim.voice) for word in run]
    return max((edition for edition in editions if edition), default=None)


@frozen
class Speakers(Generic[V]):
    """All speakers' stands at an instant, and the runs that came before them.

    Attributes:
        stands: the last run of each speaker that still says something, by speaker.
        ended: the other runs of each speaker, by speaker.
        histories: the words that count, by speaker.
        chronicle: all changes that speakers told of, by the words that count.
    """

    stands: Mapping[str, Stand[V]]
    ended: Mapping[str, Sequence[Stand[V]]]
    histories: Mapping[str, History[V]]
    chronicle: Chronicle

    @property
    def words(self) -> list[Word[V]]:
        """All words that count."""
        return [word for history in self.histories.values() for word in history]


def speakers(histories: Mapping[str, History[V]], vantage: Vantage) -> Speakers[V]:
    """Return the stands of all speakers by their histories."""
    chronicle = Chronicle.of(word for history in histories.values() for word in history)
    stands, ended = {}, {}
    for speaker, history in histories.items():
        every, speaks = runs(history, chronicle, vantage)
        if speaks:
            stands[speaker] = every.pop()
        ended[speaker] = every
    return Speakers(stands, ended, histories, chronicle)
