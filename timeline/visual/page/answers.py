"""One question on the page: its keys, the patches of each, and its answers in words, all by numbers.

What an answer says, how sure it is and since when is put into words here, by the same functions
that write a briefing; so is which rules decided. The page shows the words.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from attrs import define, evolve, field, frozen

from timeline.analysis.rules import rules
from timeline.domain.timed_event import TimedEvent
from timeline.replay.answers import named
from timeline.replay.projection import Cells, Context, Projection, Reader, no_summary
from timeline.reports.changes import QUESTIONS, Changes
from timeline.text import phrases
from timeline.text.document import Mark
from timeline.timeline import Timeline
from timeline.visual.map.scene import wide
from timeline.visual.page.claims import Claims
from timeline.visual.page.encoding import NONE, Instants, Listed, carried, edges, packed
from timeline.visual.page.figure import Looks
from timeline.visual.page.patches import Grid, Patch, gathered, patches

BEARINGS = ("because", "against", "unclear")
GROUNDS = ("held", "divided", "contested", "none")
STATUSES = ("unknown", "claimed", "reported", "corroborated", "disputed")
GONE_THROUGH = 200_000
"""How many answers a page goes through for what all of them come to: so many are a matter of seconds, and few bytes."""

Read = tuple[Any, tuple[str, ...]]
"""An answer, and the names of the rules by which it came about, where they are told."""


@frozen
class Question:
    """One question, answered for every cut.

    Attributes:
        projection: the question.
        planes: the patches of each key.
        summary: the patches of what all answers come to; None where that takes too many readings.
    """

    projection: Projection[Any, Any]
    planes: Mapping[Any, Sequence[Patch[Read]]]
    summary: Sequence[Patch[str]] | None = ()

    @classmethod
    def of(
        cls,
        projection: Projection[Any, Any],
        events: Iterable[TimedEvent],
        context: Context,
        grid: Grid,
        reader: Reader,
    ) -> "Question":
        """Return a question answered from some events, at every cut of a grid."""
        told = (
            _with_rules(projection)
            if projection.inherits
            else lambda key, cells, here: (projection.read(key, cells, here), ())
        )
        planes = patches(projection, events, context, told, grid)

        def summary(found: Mapping[Any, Read], at: Any) -> str:
            here = evolve(context, cut=evolve(context.cut, at=at))
            section = projection.gather({key: answer for key, (answer, _) in found.items()}, here)
            return projection.summary(section, evolve(reader, context=here))

        return cls(
            projection,
            planes,
            gathered(planes, summary, GONE_THROUGH) if projection.summary is not no_summary else (),
        )

    def captions(self) -> dict[Any, str]:
        """Return the longest text that ever stands beside the line of each route."""
        return {
            key: max(
                (caption(patch.answer[0]) for patch in mine if patch.answer), key=len, default=""
            )
            for key, mine in self.planes.items()
        }

    def sizes(self, at: int) -> dict[Any, int]:
        """Return the greatest size of each key's answers: of how many people went (0), or of whether a place was besieged (1)."""
        return {
            key: max((_sizes(patch.answer[0])[at] for patch in mine if patch.answer), default=0)
            for key, mine in self.planes.items()
        }

    def instants(self) -> Iterable[Any]:
        """Yield the instants of all patches."""
        for mine in self.planes.values():
            yield from edges(mine)
        yield from edges(self.summary or ())


def _with_rules(projection: Projection[Any, Any]) -> Any:
    def read(key: Any, cells: Cells, context: Context) -> Read:
        answer = projection.read(key, cells, context)
        decided = rules(answer, projection.judge(key, cells, context), cells)
        return answer, tuple(dict.fromkeys(rule.name for rule in decided))

    return read


@define
class Book:
    """The answers to one question as the page keeps them: each different one once, and each different plane once.

    Attributes:
        looks: how answers look on the map.
        faces: what answers say, without who says so.
        answers: the number of a face, that of a look, and the events for it, against it and unclear
            about it.
        planes: packed patches.
        keys: what is asked about.
    """

    timeline: Timeline
    claims: Claims
    words: Changes
    texts: Listed[str]
    instants: Instants
    projection: Projection[Any, Any]
    looks: Looks
    faces: Listed[tuple[Any, ...]] = field(factory=Listed)
    answers: Listed[tuple[Any, ...]] = field(factory=Listed)
    planes: Listed[tuple[int, ...]] = field(factory=Listed)
    keys: Listed[Any] = field(factory=Listed)

    def entered(self, question: Question) -> dict[int, int]:
        """Enter the answers of a question, of the log or of a hypothesis; return the number of the plane of each key."""
        numbered = {}
        for key, mine in question.planes.items():
            rows = [
                Patch(*patch[:3], None if patch.answer is None else self._row(*patch.answer))
                for patch in mine
            ]
            numbered[self.keys.number(key)] = self.planes.number(tuple(packed(rows, self.instants)))
        return numbered

    def summed(self, summary: Sequence[Patch[str]] | None) -> list[int] | None:
        """Return the packed patches of a summary, its sentences by number."""
        if summary is None:
            return None
        return packed(
            [Patch(*patch[:3], self._text(patch.answer or "")) for patch in summary], self.instants
        )

    def json(self) -> dict[str, Any]:
        """Return everything that was entered as JSON values."""
        return {
            "name": self.projection.name,
            "heading": QUESTIONS.get(self.projection.name, self.projection.name),
            "keys": [
                self._text(self.projection.label(key, self.timeline.city))
                for key in self.keys.items
            ],
            "at": [
                [self._place(place) for place in _ends(key, self.projection)]
                for key in self.keys.items
            ],
            "faces": [list(face) for face in self.faces.items],
            "answers": [face for face, *_ in self.answers.items],
            "looks": [look for _, look, *_ in self.answers.items]
            if self.projection.inherits
            else [],
            **{
                name: list(carried(row[at] for row in self.answers.items))
                for at, name in enumerate(BEARINGS, 2)
            },
            "planes": [list(plane) for plane in self.planes.items],
        }

    def _row(self, answer: Any, decided: tuple[str, ...]) -> int:
        """Return the number of an answer with the rules that decided it."""
        grounds = [self.claims.of_ids(getattr(answer, name, ())) for name in BEARINGS]
        if not any(grounds):
            grounds[0] = self.claims.of_ids(sorted(named(answer)))
        look = self.looks.number(answer) if self.projection.inherits else NONE
        return self.answers.number((self.faces.number(self._face(answer, decided)), look, *grounds))

    def _face(self, answer: Any, decided: tuple[str, ...]) -> tuple[Any, ...]:
        """Return what an answer says: in words, how sure, since when; then what a holding has, or how large a number is."""
        words, sure = self.words.answer(self.projection, answer)
        since = getattr(answer, "since", None)
        text = words.text if isinstance(words, Mark) else words
        common = (
            self._text(text),
            self._text(sure),
            self._text(phrases.date(since.text)) if since else NONE,
        )
        return (
            *common,
            *(self._holding(answer, decided) if hasattr(answer, "holder") else self._shown(answer)),
        )

    def _shown(self, answer: Any) -> tuple[Any, ...]:
        """Return what a map shows of an answer about people or a siege."""
        return (*_sizes(answer), self._text(caption(answer)), wide(getattr(answer, "people", None)))

    def _holding(self, answer: Any, decided: tuple[str, ...]) -> tuple[Any, ...]:
        shares = tuple((self._actor(share.actor), share.low, share.high) for share in answer.shares)
        return (
            self._actor(answer.holder),
            STATUSES.index(answer.status),
            int(answer.certain),
            GROUNDS.index(answer.ground),
            self._actor(answer.before),
            NONE if answer.inherited_from is None else self._place(answer.inherited_from),
            self._text(" ".join(decided)),
            shares,
        )

    def _text(self, text: str) -> int:
        return self.texts.number(phrases.safe(text))

    def _actor(self, actor: Any) -> int:
        return NONE if actor is None else list(self.timeline.city.actors).index(actor)

    def _place(self, place: Any) -> int:
        return NONE if place is None else list(self.timeline.city.places).index(place)


def _sizes(answer: Any) -> tuple[int, int]:
    """Return how many people an answer speaks of, at most, and whether it says that a place is besieged."""
    people = getattr(answer, "people", None)
    known = (
        [number for number in (people.low, people.best, people.high) if number is not None]
        if people
        else []
    )
    return max(known, default=NONE), int(bool(getattr(answer, "besieged", False)))


def caption(answer: Any) -> str:
    """Return what stands beside the line of a route: how many people went."""
    people = getattr(answer, "people", None)
    return phrases.number_of(people) if people else "?"


def _ends(key: Any, projection: Projection[Any, Any]) -> tuple[Any, ...]:
    """Return the places that a key is about, with None for an end of a route that was not said."""
    places = tuple(projection.places(key))
    return key if isinstance(key, tuple) and None in key and len(places) == 1 else places
