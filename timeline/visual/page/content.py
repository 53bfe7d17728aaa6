"""All that a page holds, as JSON values: the city, its claims, and the answers at every cut."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Any, Literal

from attrs import frozen

from timeline.analysis.rules import RULES
from timeline.domain.city import City
from timeline.domain.events import ActorId, Assessment, Event
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
from timeline.visual.map.geometry import Boundaries
from timeline.visual.page import patches as points
from timeline.visual.page.answers import (
    GROUNDS,
    STATUSES,
    Book,
    Question,
    Read,
    besieged,
    most_people,
)
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
"""The grid of the ends of days in a zone, each of them computed once."""

Progress = Callable[[str], None]


@frozen(kw_only=True)
class Request:
    """A request for a page, which opens at `cut` and keeps its clock of record.

    Without `every`, the step fits the number of events. `boundaries` are rings of longitude and
    latitude.
    """

    timeline: Timeline
    cut: AsOf
    policy: str = "latest"
    every: Every | None = None
    boundaries: Boundaries | None = None

    @property
    def step(self) -> Every:
        """For which cuts there are answers."""
        return self.every or ("day" if len(self.timeline.timed_events) >= MANY_EVENTS else "moment")

    @property
    def context(self) -> Context:
        """The context of all answers, cut on the clock of record alone."""
        return self.timeline.context(AsOf(recorded=self.cut.recorded), self.policy)

    @property
    def grid(self) -> points.Grid:
        """The cuts for which there are answers."""
        zone = self.timeline.city.zone
        return _days(zone) if self.step == "day" else points.every_instant


@frozen
class _Answers:
    """The answers to all questions, from all events and under each hypothesis."""

    questions: Sequence[Question]
    without: Sequence[tuple[str, int, Sequence[Question]]]

    def instants(self) -> Iterator[datetime]:
        """Yield the instants at which any answer changes."""
        for questions in (self.questions, *(others for _, _, others in self.without)):
            for question in questions:
                yield from question.instants()


def content(request: Request, progress: Progress = lambda _: None) -> dict[str, Any]:
    """Return the contents of a page as JSON values."""
    timeline = request.timeline
    reader = Reader(context=request.context, speaker=Report(timeline).speaker)
    recorded = engine.recorded_by(timeline.timed_events, request.cut)
    answers = _answered(request, recorded, reader, progress)
    claims = Claims.of(timeline, recorded, request.grid)
    instants = Instants.of([*claims.instants(), *answers.instants()])
    texts, words = Listed[str](), Changes(Report(timeline), reader)
    looks = Looks.of(timeline.city, {event.id: event for event in timeline.events})
    questions = answers.questions
    books = [
        Book(timeline, claims, words, texts, instants, question.projection, looks)
        for question in questions
    ]
    planes = [book.entered(question) for book, question in zip(books, questions, strict=True)]
    without = []
    for by, number, others in answers.without:
        changed = list(map(_changed, books, others, planes))
        without.append({"by": by, "number": number, "questions": changed})
    progress("the map")
    return {
        **_about(request),
        "map": figure(timeline.city, *_drawn(questions, books), request.boundaries),
        "looks": looks.json(),
        "patterns": looks.defs,
        "instants": instants.json(),
        "offsets": list(offsets(instants.instants[1:-1], timeline)),
        "claims": claims.json(texts, instants),
        "questions": list(map(_in_full, books, questions, planes)),
        "without": without,
        "texts": texts.items,
    }


def _answered(
    request: Request, recorded: Sequence[TimedEvent], reader: Reader, progress: Progress
) -> _Answers:
    """Return the answers from all events, and from those of each hypothesis."""
    context, grid, projections = request.context, request.grid, request.timeline.projections
    memory = points.Memory[Read]()

    def questions(events: Sequence[TimedEvent]) -> list[Question]:
        return [
            Question.of(projection, events, context, grid, reader, memory)
            for projection in projections
            if projection.name != "statements"  # the page has the claims themselves
        ]

    progress("every answer at every cut")
    answers, without = questions(recorded), []
    for by, number, events in _hypotheses(request.timeline, recorded):
        progress(f"without {by} {number}")
        without.append((by, number, questions(events)))
    return _Answers(answers, without)


def _in_full(book: Book, question: Question, planes: Mapping[int, int]) -> dict[str, Any]:
    """Return a question as JSON values, with the plane of each key from all events."""
    return {
        **book.json(),
        "summary": book.summed(question.summary),
        "of": [planes.get(number, NONE) for number in range(len(book.keys.items))],
    }


def _drawn(
    questions: Sequence[Question], books: Sequence[Book]
) -> tuple[dict[Any, tuple[int, str]], list[Any]]:
    """Return the routes with number and caption, by how many took them, and all besieged places."""
    names = [question.projection.name for question in questions]
    displacement, siege = names.index("displacement"), names.index("siege")
    moves, keys = questions[displacement], books[displacement].keys
    most, captions = moves.greatest(most_people), moves.captions()
    routes = sorted(most, key=lambda route: (-most[route], str(route)))
    numbered = {route: (keys.number(route), captions[route]) for route in routes}
    sieges = questions[siege].greatest(besieged)
    return numbered, [place for place, size in sieges.items() if size]


def _about(request: Request) -> dict[str, Any]:
    """Return the subject of the page, and how it was read."""
    timeline, city = request.timeline, request.timeline.city
    policy = timeline.context(request.cut, request.policy).policy
    opens = [_since_1970(request.cut.at), _since_1970(request.cut.known)]
    return {
        "city": {"id": city.id, "name": phrases.safe(city.name), "zone": str(city.zone)},
        "origin": timeline.origin(request.cut, request.policy),
        "supposed": phrases.safe(Report(timeline).supposed()),
        "policy": {"name": policy.name, "summary": policy.summary},
        "every": request.step,
        "opens": opens,
        "places": list(_places(city)),
        "actors": [[actor.id, phrases.safe(actor.label)] for actor in city.actors.values()],
        "sources": list(_sources(city)),
        "types": list(TYPES),
        "statuses": list(STATUSES),
        "grounds": list(GROUNDS),
        "rules": dict(RULES),
    }


def _since_1970(instant: datetime | None) -> int | None:
    return None if instant is None else microseconds(instant - EPOCH)


def _places(city: City) -> Iterator[list[Any]]:
    """Yield the id of each place, its names, and the number of the place around it."""
    ids = list(city.places)
    for place in city.places.values():
        names = [phrases.safe(place.name), phrases.safe(place.arabic or "")]
        aliases = list(map(phrases.safe, place.aliases))
        yield [place.id, *names, aliases, NONE if place.parent is None else ids.index(place.parent)]


def _sources(city: City) -> Iterator[list[Any]]:
    """Yield the id of each source, its names, its kind, and the number of its side."""
    actors = list(city.actors)
    for source in city.sources.values():
        names = [phrases.safe(source.label), phrases.safe(source.short or source.label)]
        side = actors.index(source.newest_side) if source.newest_side else NONE
        yield [source.id, *names, source.kind, side]


def _hypotheses(
    timeline: Timeline, events: Sequence[TimedEvent]
) -> Iterator[tuple[str, int, list[TimedEvent]]]:
    """Yield the events without each source, type and actor, where that can change an answer."""
    if len(events) > SUPPOSED:
        return
    city = timeline.city
    kinds: Mapping[str, tuple[Iterable[str], Callable[[Event], Iterable[str]]]] = {
        "source": (city.sources, lambda event: (event.source,)),
        "type": (TYPES, lambda event: (event.type,)),
        "actor": (city.actors, lambda event: named(event, ActorId)),
    }
    for by, (names, names_of) in kinds.items():
        for number, name in enumerate(names):
            dropped = [timed.event for timed in events if name in names_of(timed.event)]
            if any(not isinstance(event, Assessment) for event in dropped):
                yield by, number, [timed for timed in events if name not in names_of(timed.event)]


def _changed(book: Book, question: Question, base: Mapping[int, int]) -> dict[str, Any]:
    """Return the planes that differ under a hypothesis, by key, and the summary."""
    planes = book.entered(question)
    pairs = {key: (base.get(key, NONE), planes.get(key, NONE)) for key in {**base, **planes}}
    changed = {key: after for key, (before, after) in pairs.items() if after != before}
    return {"of": changed, "summary": book.summed(question.summary)}


def offsets(instants: Sequence[datetime], timeline: Timeline) -> Iterator[list[int]]:
    """Yield each instant, in microseconds since 1970, and the seconds ahead of UTC from it on."""
    zone, year = timeline.city.zone, timedelta(days=366)
    begin, end = (instants[0], instants[-1]) if instants else (EPOCH, EPOCH)
    first = max(begin, PAST + 2 * year) - year
    last = min(end, END_OF_TIME - 2 * year) + year
    offset = _offset(first, zone)
    yield [microseconds(first - EPOCH), int(offset.total_seconds())]
    while first < last:
        after = first + timedelta(days=7)
        if _offset(after, zone) != offset:
            offset = _offset(after, zone)
            turn = _turn(first, after, zone)
            yield [microseconds(turn - EPOCH), int(offset.total_seconds())]
        first = after


def _offset(instant: datetime, zone: tzinfo) -> timedelta:
    return instant.astimezone(zone).utcoffset() or timedelta()


def _turn(before: datetime, after: datetime, zone: tzinfo) -> datetime:
    """Return the second at which clocks turn, between instants with different offsets."""
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        if _offset(middle, zone) == _offset(before, zone):
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)
