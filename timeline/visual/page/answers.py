"""One question on the page: its keys, their patches, and its answers in the words of a briefing."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from attrs import define, evolve, field, frozen

from timeline.analysis.rules import rules
from timeline.domain.timed_event import TimedEvent
from timeline.replay.answers import named
from timeline.replay.projection import Cells, Context, Projection, Reader, no_summary
from timeline.replay.shares import holders
from timeline.reports.changes import QUESTIONS, Changes
from timeline.text import phrases
from timeline.text.document import Mark
from timeline.timeline import Timeline
from timeline.visual.map.scene import wide
from timeline.visual.page.claims import Claims
from timeline.visual.page.encoding import NONE, Instants, Listed, carried, edges, packed
from timeline.visual.page.figure import Looks
from timeline.visual.page.patches import Grid, Memory, Patch, Reading, gathered, patches

BEARINGS = ("because", "against", "unclear")
GROUNDS = ("held", "divided", "contested", "none")
STATUSES = ("unknown", "claimed", "reported", "corroborated", "disputed")
GONE_THROUGH = 200_000
"""How many answers a page goes through for a summary: a matter of seconds, and few bytes."""

Read = tuple[Any, tuple[str, ...]]
"""An answer, and the names of the rules by which it came about, where they are told."""


@frozen
class Question:
    """One question with the patches of each key; `summary` is None where it takes too long."""

    projection: Projection[Any, Any, Any]
    planes: Mapping[Any, Sequence[Patch[Read]]]
    summary: Sequence[Patch[str]] | None = ()

    @classmethod
    def of(
        cls,
        projection: Projection[Any, Any, Any],
        events: Iterable[TimedEvent],
        context: Context,
        grid: Grid,
        reader: Reader,
        memory: Memory[Read],
    ) -> "Question":
        """Return a question answered from some events, at every cut of a grid."""
        read = _reading(projection)
        planes = patches(projection, events, context, read, grid, memory=memory)
        if projection.presentation.summary is no_summary:
            return cls(projection, planes)

        def summary(pairs: Mapping[Any, Read], at: datetime) -> str:
            here = evolve(context, cut=evolve(context.cut, at=at))
            section = projection.gather({key: answer for key, (answer, _) in pairs.items()}, here)
            return projection.presentation.summary(section, evolve(reader, context=here))

        return cls(projection, planes, gathered(planes, summary, GONE_THROUGH))

    def captions(self) -> dict[Any, str]:
        """Return the longest text that ever stands beside the line of each route."""
        return {key: max(map(caption, self._of(key)), key=len, default="") for key in self.planes}

    def greatest(self, size: Callable[[Any], int]) -> dict[Any, int]:
        """Return the greatest size of the answers of each key."""
        return {key: max(map(size, self._of(key)), default=0) for key in self.planes}

    def instants(self) -> Iterator[datetime]:
        """Yield the instants of all patches."""
        for plane in self.planes.values():
            yield from edges(plane)
        yield from edges(self.summary or ())

    def _of(self, key: Any) -> Iterator[Any]:
        return (patch.answer[0] for patch in self.planes[key] if patch.answer)


def _reading(projection: Projection[Any, Any, Any]) -> Reading[Read]:
    """Return the reading of an answer, with its rules where a projection tells them."""

    def read(key: Any, cells: Cells, context: Context) -> Read:
        answer = projection.read(key, cells, context)
        if not projection.inherits:
            return answer, ()
        decided = rules(answer, projection.judge(key, cells, context), cells)
        return answer, tuple(dict.fromkeys(rule.name for rule in decided))

    return read


@define
class Book:
    """The answers to one question as the page keeps them: each answer and each plane once.

    A face is an answer's texts and numbers. An answer has the numbers of its face and look, and the
    events for it, against it and unclear about it. A plane is packed patches.
    """

    timeline: Timeline
    claims: Claims
    words: Changes
    texts: Listed[str]
    instants: Instants
    projection: Projection[Any, Any, Any]
    looks: Looks
    faces: Listed[tuple[Any, ...]] = field(factory=Listed)
    answers: Listed[tuple[Any, ...]] = field(factory=Listed)
    planes: Listed[tuple[int, ...]] = field(factory=Listed)
    keys: Listed[Any] = field(factory=Listed)

    def entered(self, question: Question) -> dict[int, int]:
        """Enter the answers of a question; return the number of each key's plane."""
        numbers = {}
        for key, plane in question.planes.items():
            rows = [Patch(*patch[:3], self._row(patch.answer)) for patch in plane]
            packing = tuple(packed(rows, self.instants))
            numbers[self.keys.number(key)] = self.planes.number(packing)
        return numbers

    def summed(self, summary: Sequence[Patch[str]] | None) -> list[int] | None:
        """Return the packed patches of a summary, its sentences by number."""
        if summary is None:
            return None
        rows = [Patch(*patch[:3], self._text(patch.answer or "")) for patch in summary]
        return packed(rows, self.instants)

    def json(self) -> dict[str, Any]:
        """Return everything that was entered as JSON values."""
        name, keys = self.projection.name, self.keys.items
        labels = [self.projection.presentation.label(key, self.timeline.city) for key in keys]
        return {
            "name": name,
            "heading": QUESTIONS.get(name, name),
            "keys": list(map(self._text, labels)),
            "at": [list(map(self._place, _ends(key, self.projection))) for key in keys],
            "faces": list(map(list, self.faces.items)),
            **self._columns(),
            "planes": list(map(list, self.planes.items)),
        }

    def _columns(self) -> dict[str, list[Any]]:
        """Return the columns of the answers: their faces, their looks, and their events."""
        rows = self.answers.items
        columns: dict[str, list[Any]] = {"answers": [row[0] for row in rows], "looks": []}
        if self.projection.inherits:
            columns["looks"] = [row[1] for row in rows]
        for at, name in enumerate(BEARINGS, 2):
            columns[name] = list(carried(row[at] for row in rows))
        return columns

    def _row(self, read: Read | None) -> int | None:
        """Return the number of an answer with the rules that decided it."""
        if read is None:
            return None
        answer, decided = read
        grounds = [self.claims.of_ids(getattr(answer, name, ())) for name in BEARINGS]
        if not any(grounds):
            grounds[0] = self.claims.of_ids(sorted(named(answer)))
        look = self.looks.number(answer) if self.projection.inherits else NONE
        return self.answers.number((self.faces.number(self._face(answer, decided)), look, *grounds))

    def _face(self, answer: Any, decided: tuple[str, ...]) -> tuple[Any, ...]:
        """Return an answer in words, with its clocks, and its part on the map."""
        words, sure = self.words.answer(self.projection, answer)
        text = words.text if isinstance(words, Mark) else words
        common = [self._text(text), self._text(sure), self._since(getattr(answer, "since", None))]
        heard = self._heard(getattr(answer, "last_heard", None))
        if hasattr(answer, "holder"):
            return (*common, *self._holding(answer, decided), heard)
        people, width = most_people(answer), wide(getattr(answer, "people", None))
        return (*common, people, besieged(answer), self._text(caption(answer)), width, heard)

    def _since(self, since: Any) -> int:
        return self._text(phrases.date(since.text)) if since else NONE

    def _heard(self, last: datetime | None) -> int:
        return self._text(self.words.reader.heard(last)) if last else NONE

    def _holding(self, answer: Any, decided: tuple[str, ...]) -> tuple[Any, ...]:
        """Return the holder of a place with all that the map and the panel show of it."""
        shares = tuple((self._actor(share.actor), share.low, share.high) for share in answer.shares)
        return (
            tuple(map(self._actor, holders(answer.holder))),
            STATUSES.index(answer.status),
            int(answer.certain),
            GROUNDS.index(answer.ground),
            tuple(map(self._actor, holders(answer.before))),
            self._place(answer.inherited_from),
            self._text(" ".join(decided)),
            shares,
        )

    def _text(self, text: str) -> int:
        return self.texts.number(phrases.safe(text))

    def _actor(self, actor: Any) -> int:
        return NONE if actor is None else list(self.timeline.city.actors).index(actor)

    def _place(self, place: Any) -> int:
        return NONE if place is None else list(self.timeline.city.places).index(place)


def most_people(answer: Any) -> int:
    """Return how many people an answer speaks of at most; `NONE` without a number."""
    people = getattr(answer, "people", None)
    if not people:
        return NONE
    numbers = (people.low, people.best, people.high)
    return max((number for number in numbers if number is not None), default=NONE)


def besieged(answer: Any) -> int:
    """Return 1 for an answer by which a place is besieged, otherwise 0."""
    return int(bool(getattr(answer, "besieged", False)))


def caption(answer: Any) -> str:
    """Return the text beside the line of a route: how many people went."""
    people = getattr(answer, "people", None)
    return phrases.number_of(people) if people else "?"


def _ends(key: Any, projection: Projection[Any, Any, Any]) -> tuple[Any, ...]:
    """Return the places that a key is about, None for the unsaid end of a route."""
    places = tuple(projection.places(key))
    return key if isinstance(key, tuple) and None in key and len(places) == 1 else places
