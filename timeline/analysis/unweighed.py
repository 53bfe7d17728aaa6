"""Claims that had begun and were heard, and yet neither support an answer nor dispute it."""

from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from itertools import accumulate
from typing import Any

from attrs import frozen

from timeline.domain.events import EventId
from timeline.replay.cells import Claim
from timeline.replay.policies import Verdict
from timeline.replay.speakers import Word
from timeline.replay.stands import Speakers, Stand
from timeline.replay.tenures import Tenure
from timeline.temporal.dates import Window

Why = tuple[str, EventId | None]
"""The name of a reason in `REASONS`, and the event that brought it about, where there is one."""
Address = tuple[EventId, EventId | None]
"""The event of a claim, and the one that it is about, for a statement may be about several."""


def _address(claim: Claim[Any]) -> Address:
    return claim.id, claim.about


def _ids(claims: Iterable[Claim[Any]]) -> frozenset[EventId]:
    return frozenset(claim.id for claim in claims)


@frozen(slots=False)
class Unweighed:
    """The reasons why claims have no part in a verdict.

    Attributes:
        verdict: the verdict.
        words: the words that were heard.
        assertions: those that assert a holder, by event.
    """

    verdict: Verdict[Any]
    words: Mapping[Address, Word[Any]]
    assertions: Mapping[EventId, Word[Any]]

    @classmethod
    def of(cls, verdict: Verdict[Any]) -> "Unweighed":
        """Return the reasons for a verdict."""
        words = verdict.testimonies.words
        return cls(
            verdict,
            {_address(word.claim): word for word in words},
            {word.claim.id: word for word in words if word.claim.asserts},
        )

    def answers(self, claim: Claim[Any]) -> bool:
        """Return whether the verdict is on the question that a claim is about."""
        return claim.question in self._questions

    def why(self, claim: Claim[Any]) -> Why:
        """Return why a claim has no part."""
        if claim.id in self._aside:
            return "set_aside", None
        word = self.words.get(_address(claim))
        if word is None:  # a share, or what is said of one, where no share counts
            return ("not_on_top" if claim.asserts else "of_no_claim"), None
        return self._why_assertion(word) if claim.asserts else (self._why_stance(word), None)

    def _why_assertion(self, word: Word[Any]) -> Why:
        """Return why a word on the holder has no part."""
        taken = self.verdict.testimonies.taken.get(word.claim.id)
        if taken is not None:
            again = self._says_the_same(taken, word)
            return ("announced_again" if again else "taken_back"), taken
        if not getattr(word.claim.value, "whole", True):
            return "not_on_top", None
        if _address(word.claim) not in self._counted:
            return self._replaced(word)
        if ending := self._endings.get(_address(word.claim)):
            return ending
        return self._why_stand(word), None

    def _says_the_same(self, id: EventId, word: Word[Any]) -> bool:
        """Return whether an event asserts what a word says."""
        head = self.verdict.testimonies.vantage.head
        other = self._originals.get(id)
        return other is not None and bool(other.value.substance(head) == word.substance)

    def _replaced(self, word: Word[Any]) -> Why:
        """Return why a word is not in its speaker's history, and the word that replaces it."""
        line = self._lines.get(word.speaker) or _Line.of(())
        looks = [other for other in line.told_with(word) if _excepts(other, word)]
        if looks:
            return "closer_look", looks[0].claim.id
        replacing = [other for other in line.near(word.window) if _replaces(other, word)]
        if not replacing:  # the look that excepts it was replaced itself
            return "closer_look", None
        by = max(replacing, key=lambda other: other.told)
        return ("own_word" if by.own and not word.own else "overtaken"), by.claim.id

    def _why_stand(self, word: Word[Any]) -> str:
        """Return why a word by which its speaker stands has no part."""
        case, tenure = self.verdict.case, self._tenure
        if case is None or tenure is None:
            return "no_lead"
        if _address(word.claim) in self._lapsed:
            return "lapsed"
        if case.rule == "on_top":
            return "of_the_whole"
        if word.substance == self._holder:
            return "parted"
        return "not_told_lately" if case.since is None else "earlier_time"

    def _why_stance(self, word: Word[Any]) -> str:
        """Return why a denial or a doubt does not count against the answer."""
        case, tenure = self.verdict.case, self._tenure
        if case is None or tenure is None:
            return "no_lead"
        if _address(word.claim) in self._lapsed:
            return "lapsed"
        if case.rule == "on_top" and word.claim.value.whole:
            return "of_the_whole"
        target = self.assertions.get(word.claim.about) if word.claim.about else None
        return self._why_stance_on(target, word, tenure)

    def _why_stance_on(self, target: Word[Any] | None, word: Word[Any], tenure: Tenure[Any]) -> str:
        if target is not None and target.speaker == word.speaker:
            return "own_claim"
        if target is None or not self._rests_on(target, tenure):
            return "of_no_claim"
        return "wider_sentence" if target.depth < tenure.closest else "outlived"

    def _rests_on(self, target: Word[Any], tenure: Tenure[Any]) -> bool:
        """Return whether a tenure rests on a claim, or its speakers announced and took it back."""
        if target.claim.id in self._support:
            return True
        tellers = {stand.speaker for stand in tenure.stands}
        announced = target.claim.id in self.verdict.testimonies.taken
        return announced and target.speaker in tellers and target.substance == self._holder

    @cached_property
    def _questions(self) -> frozenset[Hashable]:
        return frozenset(claim.question for claim in self.verdict.claims)

    @cached_property
    def _originals(self) -> Mapping[EventId, Claim[Any]]:
        """The claims that were given, of any time, by event; a denial is not among them."""
        return {claim.id: claim for claim in self.verdict.claims if claim.asserts}

    @cached_property
    def _aside(self) -> frozenset[EventId]:
        return _ids(self.verdict.set_aside)

    @cached_property
    def _counted(self) -> frozenset[Address]:
        words = self.verdict.testimonies.speakers.words
        return frozenset(_address(word.claim) for word in words)

    @cached_property
    def _lines(self) -> Mapping[str, "_Line"]:
        histories = self.verdict.testimonies.speakers.histories
        return {speaker: _Line.of(words) for speaker, words in histories.items()}

    @cached_property
    def _endings(self) -> Mapping[Address, Why]:
        """How the run of each word ended by which its speaker does not stand any more."""
        speakers, endings = self.verdict.testimonies.speakers, dict[Address, Why]()
        for speaker in speakers.ended:
            for run, ending in _endings(speakers, speaker):
                endings |= dict.fromkeys([_address(word.claim) for word in run.words], ending)
        return endings

    @cached_property
    def _tenure(self) -> Tenure[Any] | None:
        return self.verdict.case.tenure if self.verdict.case else None

    @cached_property
    def _holder(self) -> Hashable:
        return self._tenure.stands[0].substance if self._tenure else None

    @cached_property
    def _lapsed(self) -> frozenset[Address]:
        case = self.verdict.case
        return frozenset(map(_address, case.lapsed)) if case else frozenset()

    @cached_property
    def _support(self) -> frozenset[EventId]:
        return _ids(self.verdict.case.support) if self.verdict.case else frozenset()


@frozen
class _Line:
    """A speaker's words that count, with the furthest end of them all up to each."""

    words: Sequence[Word[Any]]
    beginnings: Sequence[datetime]
    ends: Sequence[datetime]
    looks: Mapping[datetime, Sequence[Word[Any]]]

    @classmethod
    def of(cls, words: Sequence[Word[Any]]) -> "_Line":
        """Return the line of words that are in the order of the time that they speak of."""
        looks: dict[datetime, list[Word[Any]]] = {}
        for word in words:
            if word.looks and word.own:
                looks.setdefault(word.known, []).append(word)
        beginnings = [word.window.earliest for word in words]
        return cls(words, beginnings, list(accumulate(map(_end, words), max)), looks)

    def told_with(self, word: Word[Any]) -> Sequence[Word[Any]]:
        """Return the looks that were told together with a word."""
        return self.looks.get(word.known, ())

    def near(self, window: Window) -> Sequence[Word[Any]]:
        """Return the words that may overlap a window, among them all that do."""
        first = bisect_right(self.ends, window.earliest)
        return self.words[first : bisect_left(self.beginnings, window.latest)]


def _endings(speakers: Speakers[Any], speaker: str) -> Iterator[tuple[Stand[Any], Why]]:
    """Yield the runs by which a speaker does not stand any more, and how each ended."""
    history, ended = speakers.histories[speaker], speakers.ended[speaker]
    places = {_address(word.claim): place for place, word in enumerate(history)}
    following = [*ended, speakers.stands.get(speaker)][1:]
    for run, after in zip(ended, following, strict=True):
        last = places[_address(run.words[-1].claim)]
        until = places[_address(after.words[0].claim)] if after else len(history)
        yield run, _ending(run, after, history[last + 1 : until])


def _ending(run: Stand[Any], after: Stand[Any] | None, denials: Iterable[Word[Any]]) -> Why:
    """Return how a run ended: by a denial, or by the run after it."""
    ends = (word for word in denials if word.substance == run.substance)
    denial = next((word for word in ends if word.depth >= run.closest), None)
    if denial or after is None:
        return "denied_since", denial.claim.id if denial else None
    anew = after.substance == run.substance
    return ("said_anew" if anew else "ended"), after.words[0].claim.id


def _replaces(other: Word[Any], word: Word[Any]) -> bool:
    """Return whether a later word of the same speaker denies a word, or names another holder."""
    if other.told < word.told or not _overlap(other, word):
        return False
    same = other.substance == word.substance
    return same and other.depth >= word.depth if other.denies else not same


def _excepts(look: Word[Any], word: Word[Any]) -> bool:
    """Return whether a look that was told with a word excepts a closer place from it."""
    later = look.window.latest > word.window.earliest
    return later and look.depth > word.depth and look.excluding(word)


def _end(word: Word[Any]) -> datetime:
    return word.window.latest


def _overlap(other: Word[Any], word: Word[Any]) -> bool:
    return not (other.window.precedes(word.window) or word.window.precedes(other.window))
