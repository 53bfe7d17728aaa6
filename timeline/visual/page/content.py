"""All that a page holds, as JSON values: the city, the claims, the answers at every cut, and the answers without some of the claims."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Literal

from attrs import frozen

from timeline.analysis.rules import RULES
from timeline.domain.events import ActorId, Assessment, PlaceId
from timeline.domain.selection import named
from timeline.domain.timed_event import TimedEvent
from timeline.replay import engine
from timeline.replay.projection import Context, Reader
from timeline.reports.briefing import Report
from timeline.reports.changes import Changes
from timeline.temporal.as_of import AsOf
from timeline.temporal.dates import END_OF_TIME, PAST
from timeline.text import phrases
from timeline.timeline import Timeline
from timeline.visual.map.geometry import Rings
from timeline.visual.page import patches as points
from timeline.visual.page.answers import GROUNDS, STATUSES, Book, Question
from timeline.visual.page.claims import TYPES, Claims
from timeline.visual.page.encoding import EPOCH, NONE, Instants, Listed, microseconds
from timeline.visual.page.figure import Looks, figure

Every = Literal["moment", "day"]
"""For which cuts a page has answers: for all, or for those at the ends of days."""

MANY_EVENTS = 2_000
"""From how many events on a page answers for ends of days only, unless told otherwise."""
SUPPOSED = 600
"""Up to how many events a page also answers without each source, type and actor."""

_days = lru_cache(maxsize=8)(lambda zone: lru_cache(maxsize=None)(points.ends_of_days(zone)))
"""The grid of the ends of days in a zone, each of which is worked out once."""

Progress = Callable[[str], None]


@frozen(kw_only=True)
class Request:
    """What a page is asked to show.

    Attributes:
        timeline: whose claims.
        cut: where the page opens; its clock of record holds for all of the page.
        policy: how claims are read.
        every: for which cuts; None for what fits the number of events.
        boundaries: the borders of districts as rings of longitude and latitude; the others are
            drawn as cells around their points.
    """

    timeline: Timeline
    cut: AsOf
    policy: str = "latest"
    every: Every | None = None
    boundaries: Mapping[PlaceId, Rings] | None = None

    @property
    def step(self) -> Every:
        """For which cuts there are answers."""
        return self.every or ("day" if len(self.timeline.timed_events) >= MANY_EVENTS else "moment")

    @property
    def context(self) -> Context:
        """What the answers are read in; the page has its own cuts on all clocks but that of record."""
        return self.timeline.context(AsOf(recorded=self.cut.recorded), self.policy)

    @property
    def grid(self) -> points.Grid:
        """The cuts for which there are answers."""
        zone = self.timeline.city.zone
        return _days(zone) if self.step == "day" else points.every_instant


@frozen
class _Answers:
    """The answers to all questions, and those without some of the events: without which, as `_hypotheses` names it."""

    questions: Sequence[Question]
    without: Sequence[tuple[str, int, Sequence[Question]]]

    def instants(self) -> Iterator[datetime]:
        """Yield the instants at which any answer changes."""
        for question in (
            *self.questions,
            *(one for _, _, others in self.without for one in others),
        ):
            yield from question.instants()


def content(request: Request, progress: Progress = lambda _: None) -> dict[str, Any]:
    """Return what a page holds, as JSON values."""
    timeline = request.timeline
    reader = Reader(context=request.context, speaker=Report(timeline).speaker)
    recorded = engine.recorded_by(timeline.timed_events, request.cut)
    answers = _answered(request, recorded, reader, progress)
    claims = Claims.of(timeline, recorded, request.grid)
    instants = Instants.of([*claims.instants(), *answers.instants()])
    texts, words = Listed[str](), Changes(Report(timeline), reader)
    looks = Looks.of(timeline.city, {event.id: event for event in timeline.events})
    books = [
        Book(timeline, claims, words, texts, instants, question.projection, looks)
        for question in answers.questions
    ]
    planes = [
        book.entered(question) for book, question in zip(books, answers.questions, strict=True)
    ]
    without = [
        {
            "by": by,
            "number": number,
            "questions": [_changed(*one) for one in zip(books, others, planes, strict=True)],
        }
        for by, number, others in answers.without
    ]
    progress("the map")
    return {
        **_about(request),
        "map": figure(timeline.city, *_drawn(answers.questions, books), request.boundaries),
        "looks": looks.json(),
        "patterns": looks.defs,
        "instants": instants.json(),
        "offsets": list(offsets(instants.instants[1:-1], timeline)),
        "claims": claims.json(texts, instants),
        "questions": [_told(*one) for one in zip(books, answers.questions, planes, strict=True)],
        "without": without,
        "texts": texts.items,
    }


def _answered(
    request: Request, recorded: Sequence[TimedEvent], reader: Reader, progress: Progress
) -> _Answers:
    """Return the answers from all events, and from those of each hypothesis."""
    projections = [
        one for one in request.timeline.projections if one.name != "statements"
    ]  # the claims themselves tell what was said

    def asked(events: Sequence[TimedEvent]) -> list[Question]:
        return [
            Question.of(one, events, request.context, request.grid, reader) for one in projections
        ]

    progress("every answer at every cut")
    questions, without = asked(recorded), []
    for by, number, events in _hypotheses(request.timeline, recorded):
        progress(f"without {by} {number}")
        without.append((by, number, asked(events)))
    return _Answers(questions, without)


def _told(book: Book, question: Question, planes: Mapping[int, int]) -> dict[str, Any]:
    """Return a question as JSON values: what was entered of it, and the plane of each key in the log as it is."""
    return {
        **book.json(),
        "summary": book.summed(question.summary),
        "of": [planes.get(number, NONE) for number in range(len(book.keys.items))],
    }


def _drawn(
    questions: Sequence[Question], books: Sequence[Book]
) -> tuple[dict[Any, tuple[int, str]], list[Any]]:
    """Return the routes of displacement with their numbers and captions, those first that most took, and the places ever besieged."""
    of = {
        question.projection.name: (question, book)
        for question, book in zip(questions, books, strict=True)
    }
    (moves, book), (sieges, _) = of["displacement"], of["siege"]
    most, written = moves.sizes(0), moves.captions()
    routes = sorted(most, key=lambda route: (-most[route], str(route)))
    numbered = {route: (book.keys.number(route), written[route]) for route in routes}
    return numbered, [place for place, stood in sieges.sizes(1).items() if stood]


def _about(request: Request) -> dict[str, Any]:
    """Return what the page is of, and how it was read."""
    timeline, city = request.timeline, request.timeline.city
    places, actors = list(city.places), list(city.actors)
    context = timeline.context(request.cut, request.policy)
    return {
        "city": {"id": city.id, "name": phrases.safe(city.name), "zone": str(city.zone)},
        "origin": timeline.origin(request.cut, request.policy),
        "supposed": phrases.safe(Report(timeline).supposed()),
        "policy": {"name": context.policy.name, "summary": context.policy.summary},
        "every": request.step,
        "opens": [
            None if instant is None else microseconds(instant - EPOCH)
            for instant in (request.cut.at, request.cut.known)
        ],
        "places": [
            [
                place.id,
                phrases.safe(place.name),
                phrases.safe(place.arabic or ""),
                [phrases.safe(alias) for alias in place.aliases],
                -1 if place.parent is None else places.index(place.parent),
            ]
            for place in city.places.values()
        ],
        "actors": [[actor.id, phrases.safe(actor.label)] for actor in city.actors.values()],
        "sources": [
            [
                source.id,
                phrases.safe(source.label),
                phrases.safe(source.short or source.label),
                source.kind,
                actors.index(source.side) if source.side else -1,
            ]
            for source in city.sources.values()
        ],
        "types": list(TYPES),
        "statuses": list(STATUSES),
        "grounds": list(GROUNDS),
        "rules": dict(RULES),
    }


def _hypotheses(
    timeline: Timeline, events: Sequence[TimedEvent]
) -> Iterator[tuple[str, int, list[TimedEvent]]]:
    """Yield the events without those of each source, of each type, and about each actor, as far as that can change an answer."""
    if len(events) > SUPPOSED:
        return
    city = timeline.city
    answering = [one for one in events if not isinstance(one.event, Assessment)]
    of: Mapping[str, tuple[Iterable[str], Callable[[TimedEvent], Iterable[str]]]] = {
        "source": (city.sources, lambda one: (one.event.source,)),
        "type": (TYPES, lambda one: (one.event.type,)),
        "actor": (city.actors, lambda one: named(one.event, ActorId)),
    }
    for by, (names, names_of) in of.items():
        for number, name in enumerate(names):
            if any(name in names_of(one) for one in answering):
                yield by, number, [one for one in events if name not in names_of(one)]


def _changed(book: Book, question: Question, base: Mapping[int, int]) -> dict[str, Any]:
    """Return the planes that are others under a hypothesis, by key, and the summary."""
    mine = book.entered(question)
    return {
        "of": {
            key: mine.get(key, NONE)
            for key in {**base, **mine}
            if mine.get(key, NONE) != base.get(key, NONE)
        },
        "summary": book.summed(question.summary),
    }


def offsets(instants: Sequence[datetime], timeline: Timeline) -> Iterator[list[int]]:
    """Yield from when, in microseconds since 1970, the clocks of the city are how many seconds ahead of UTC."""
    zone = timeline.city.zone
    if not instants:
        instants = [EPOCH]
    year = timedelta(days=366)
    first, last = (
        max(instants[0], PAST + 2 * year) - year,
        min(instants[-1], END_OF_TIME - 2 * year) + year,
    )
    here = first.astimezone(zone).utcoffset() or timedelta()
    yield [microseconds(first - EPOCH), int(here.total_seconds())]
    while first < last:
        after = first + timedelta(days=7)
        there = after.astimezone(zone).utcoffset() or timedelta()
        if there != here:
            yield [microseconds(_turn(first, after, timeline) - EPOCH), int(there.total_seconds())]
            here = there
        first = after


def _turn(before: datetime, after: datetime, timeline: Timeline) -> datetime:
    """Return the second at which the clocks of the city turn, between two instants with different offsets."""
    zone = timeline.city.zone
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        before, after = (
            (middle, after)
            if middle.astimezone(zone).utcoffset() == before.astimezone(zone).utcoffset()
            else (before, middle)
        )
    return after.replace(microsecond=0)
