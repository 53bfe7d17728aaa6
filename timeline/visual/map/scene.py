"""A state as data to be drawn: words, faces and places for answers that the engine has given."""

from collections.abc import Iterable, Mapping, Sequence
from math import log10
from typing import Any

from attrs import frozen

from timeline.domain.city import City, Place
from timeline.domain.events import Event, EventId, PlaceId
from timeline.errors import Problem, TimelineError
from timeline.replay.answers import named
from timeline.replay.projection import Projection, Reader
from timeline.replay.shares import names
from timeline.replay.state import State
from timeline.reports.briefing import Report
from timeline.temporal.as_of import AsOf
from timeline.text import phrases
from timeline.text.document import Mark
from timeline.timeline import Timeline
from timeline.visual.map import flows, geometry, labels
from timeline.visual.map.captions import Caption, captions
from timeline.visual.map.flows import MARGIN, Arrow, Route
from timeline.visual.map.geometry import Rings, Sheet
from timeline.visual.map.labels import Box, Label
from timeline.visual.map.shapes import Ring
from timeline.visual.map.style import Face, Palette
from timeline.visual.map.typesetting import isolated, shown

NEEDED = ("control", "displacement", "siege")
"""The sections of a state that a picture is drawn from."""


@frozen
class Patch:
    """A district: how it looks, and its answer in words."""

    place: PlaceId
    face: Face
    words: str


@frozen
class Siege:
    """A besieged place: the line around it, whether it is beyond doubt, and the answer in words."""

    rings: tuple[Ring, ...]
    sure: bool
    words: str


@frozen
class Stream:
    """People on their way: their line, its width and caption, and in words who went where."""

    arrow: Arrow
    wide: float
    caption: Caption | None
    words: str


@frozen
class Scene:
    """One state, ready to be drawn, with its valid time and knowledge time in words."""

    moment: str
    known: str
    patches: tuple[Patch, ...]
    sieges: tuple[Siege, ...]
    streams: tuple[Stream, ...]
    sentences: tuple[str, ...]
    sources: tuple[str, ...]
    outlets: tuple[str, ...]


@frozen
class Ground:
    """The ground that scenes of one city share: the sheet, its names and the way of every line."""

    sheet: Sheet
    names: Mapping[PlaceId, str]
    labels: Mapping[PlaceId, Label]
    arrows: Mapping[Route, Arrow]


def ground(
    states: Sequence[State],
    boundaries: Mapping[PlaceId, Rings] | None,
    *,
    arabic: bool,
    width: float,
    key: bool,
) -> Ground:
    """Return the ground of states of one city, with a line for every route."""
    city = states[0].context.city
    sheet = geometry.sheet(city, boundaries, width=width)
    names = {id: district_name(place, arabic=arabic) for id, place in city.places.items()}
    placed = labels.place(sheet, names, key=key)
    every = (flow for state in states for flow in state.sections["displacement"].flows)
    routes = dict.fromkeys((flow.origin, flow.destination) for flow in every)
    return Ground(sheet, names, placed, flows.arrows(sheet, city, routes, placed))


def district_name(place: Place, most: int = 80, *, arabic: bool) -> str:
    """Return the name of a place as a picture may show it, in Arabic where that is asked for."""
    return shown((place.arabic if arabic else None) or place.name, most)


def scene(state: State, timeline: Timeline, ground: Ground, palette: Palette) -> Scene:
    """Return what is to be drawn of a state on some ground."""
    builder = _SceneBuilder.of(state, timeline, ground)
    streams, drawn = builder.streams(), builder.drawn()
    return Scene(
        moment=_moment(state.context.cut, state.context.city),
        known=as_known(state.context.cut, timeline),
        patches=tuple(builder.patch(place, palette) for place in ground.sheet.areas),
        sieges=tuple(builder.sieges()),
        streams=tuple(streams),
        sentences=tuple(builder.sentences(streams)),
        sources=tuple(sources(drawn, timeline.city)),
        outlets=tuple(outlets(drawn)),
    )


def projections(timeline: Timeline) -> dict[str, Projection[Any, Any, Any]]:
    """Return the projections of a picture by name, or raise `TimelineError` if one is missing."""
    by_name = {projection.name: projection for projection in timeline.projections}
    for name in NEEDED:
        if name not in by_name:
            needed = f"a timeline opened with {', '.join(NEEDED)}"
            raise TimelineError(Problem(f"no projection {name}", needed))
    return {name: by_name[name] for name in NEEDED}


@frozen
class _SceneBuilder:
    """The answers of one state, for which it finds words and places on the ground."""

    state: State
    ground: Ground
    reader: Reader
    projections: Mapping[str, Projection[Any, Any, Any]]
    events: Mapping[EventId, Event]

    @classmethod
    def of(cls, state: State, timeline: Timeline, ground: Ground) -> "_SceneBuilder":
        reader = Reader(context=state.context, speaker=Report(timeline).speaker)
        events = {event.id: event for event in timeline.events}
        return cls(state, ground, reader, projections(timeline), events)

    @property
    def city(self) -> City:
        return self.reader.city

    def patch(self, place: PlaceId, palette: Palette) -> Patch:
        """Return a district's face, and its answer in a sentence."""
        answer = self.state.sections["control"][place]
        face = palette.face(answer, self.events, self.city)
        return Patch(place, face, self._held(place, answer))

    def _sites(self) -> Iterable[str]:
        """Yield who holds each site of which somebody spoke by itself."""
        for place in self.ground.sheet.sites:
            answer = self.state.sections["control"][place]
            if answer.status != "unknown" and answer.inherited_from is None:
                yield self._held(place, answer)

    def _held(self, place: PlaceId, answer: Any) -> str:
        """Return who holds a place, how sure that is, since when, and who says so."""
        holder, sure = self._words("control", answer), self.reader.sureness(answer)
        parts = [holder, sure] if sure != holder else [holder]
        if answer.before:
            parts.append(f"before: {names(answer.before, self.city)}")
        if answer.since:
            parts.append(f"since {phrases.date(answer.since.text)}")
        if answer.last_heard:
            parts.append(f"last heard {self.reader.heard(answer.last_heard)}")
        if answer.inherited_from:
            parts.append(f"as {self._name(answer.inherited_from)}")
        words = _with_reasons(", ".join(filter(None, parts)), self._who(answer))
        return f"{self._name(place)}: {words}"

    def sieges(self) -> Iterable[Siege]:
        """Yield the line around each place that is said to be besieged."""
        for place, answer in self.state.sections["siege"].items():
            areas = self.ground.sheet.within(place, self.city)
            if answer.besieged and areas:
                sure = answer.certain and answer.status in ("reported", "corroborated")
                yield Siege(geometry.outline(areas), sure, self._siege(place, answer))

    def streams(self) -> list[Stream]:
        """Return the people on each route that has a line."""
        arrows = self.ground.arrows
        drawn = [(flow, arrows.get(_route(flow))) for flow in self._flows()]
        pairs = [(flow, arrow) for flow, arrow in drawn if arrow]
        boxes = [label.box for label in self.ground.labels.values()]
        texts = [(arrow, self._figure(flow)) for flow, arrow in pairs]
        placed = captions(texts, boxes, self._page)
        streams = []
        for (flow, arrow), caption in zip(pairs, placed, strict=True):
            mark = f"{caption.text}: " if caption and caption.mark else ""
            streams.append(Stream(arrow, wide(flow.people), caption, mark + self._flow(flow)))
        return streams

    def sentences(self, streams: Sequence[Stream]) -> Iterable[str]:
        """Yield what no district shows: the displaced, in all and by route, sites and sieges."""
        people = self.state.sections["displacement"]
        if people.flows:
            yield f"Displaced: {phrases.number_of(people.total, 'people')} in all"
        yield from (stream.words for stream in streams)
        drawn = {stream.arrow.route for stream in streams}
        yield from (self._flow(flow) for flow in people.flows if _route(flow) not in drawn)
        yield from self._sites()
        for place, answer in self.state.sections["siege"].items():
            if answer.besieged or answer.corridor:
                yield f"Siege of {self._siege(place, answer)}"

    def drawn(self) -> list[Event]:
        """Return the events that the picture rests on, in the order of the log."""
        sections = self.state.sections
        places = (*self.ground.sheet.areas, *self.ground.sheet.sites)
        shown = {place: sections["control"][place] for place in places}
        ids = named(shown) | named(sections["displacement"]) | named(sections["siege"])
        return [event for id, event in self.events.items() if id in ids]

    @property
    def _page(self) -> Box:
        """The sheet and its margins, on which a text may stand."""
        sheet = self.ground.sheet
        return -MARGIN, -MARGIN, sheet.width + MARGIN, sheet.height + MARGIN

    def _flows(self) -> Sequence[Any]:
        flows: Sequence[Any] = self.state.sections["displacement"].flows
        return flows

    def _figure(self, flow: Any) -> str:
        """Return how many people went a way, and the end of it that is not on the map."""
        sheet, number = self.ground.sheet, phrases.number_of(flow.people) if flow.people else "?"
        outside = [end for end in _route(flow) if end and not sheet.within(end, self.city)]
        return f"{number} ({self._names(outside)})" if outside else number

    def _flow(self, flow: Any) -> str:
        """Return who went from where to where, and who says so."""
        origin, destination = "from where is not said", "to where is not said"
        if flow.origin:
            parts = f" ({self._names(flow.parts)})" if flow.parts else ""
            origin = f"from {self._name(flow.origin)}{parts}"
        if flow.destination:
            destination = f"to {self._name(flow.destination)}"
        if flow.stock:
            destination += f"; {phrases.number_of(flow.stock)} there"
        return f"{_people(flow)} {origin}, {destination} – {self._voices(flow.because)}"

    def _siege(self, place: PlaceId, answer: Any) -> str:
        """Return whether a place is besieged, since when, and who says so."""
        reasons = []
        if answer.besieged and answer.since:
            reasons.append(f"since {phrases.date(answer.since.text)}")
        if answer.besieged is not None:
            reasons.append(self.reader.sureness(answer))
        reasons.append(self._who(answer))
        words = self._words("siege", answer)
        return f"{self._name(place)}: {_with_reasons(words, ', '.join(filter(None, reasons)))}"

    def _name(self, place: PlaceId) -> str:
        return isolated(self.ground.names[place])

    def _names(self, places: Iterable[PlaceId]) -> str:
        return ", ".join(map(self._name, places))

    def _words(self, projection: str, answer: Any) -> str:
        return words_of(self.projections[projection], answer, self.reader)

    def _who(self, answer: Any) -> str:
        """Return who says so, who is against it and to whom it is unclear."""
        groups = {"": answer.because, "against: ": answer.against, "unclear: ": answer.unclear}
        return "; ".join(f"{word}{self._voices(ids)}" for word, ids in groups.items() if ids)

    def _voices(self, ids: Iterable[EventId]) -> str:
        speakers = (isolated(shown(self.reader.speaker(id), 60)) for id in ids)
        return ", ".join(dict.fromkeys(speakers))


def _route(flow: Any) -> Route:
    return flow.origin, flow.destination


def _people(flow: Any) -> str:
    """Return how many people went, in words."""
    return phrases.number_of(flow.people, "people") if flow.people else "people, no number given,"


def _with_reasons(words: str, reasons: str) -> str:
    return f"{words} – {reasons}" if reasons else words


def words_of(projection: Projection[Any, Any, Any], answer: Any, reader: Reader) -> str:
    """Return an answer in the words of its projection, as a picture may show them."""
    words = projection.presentation.words(answer, reader)
    return shown(words.text if isinstance(words, Mark) else words, 160)


def sources(drawn: Iterable[Event], city: City) -> Iterable[str]:
    """Yield who says what is drawn, by name and kind, each once."""
    kinds = {"un": "United Nations"}
    for id in dict.fromkeys(event.source for event in drawn):
        source = city.sources[id]
        yield f"{isolated(shown(source.label))} ({kinds.get(source.kind, source.kind)})"


def outlets(drawn: Iterable[Event]) -> Iterable[str]:
    """Yield who printed what is drawn, each once."""
    printed = dict.fromkeys(event.outlet for event in drawn)
    yield from (isolated(shown(outlet)) for outlet in printed if outlet)


def wide(people: Any) -> float:
    """Return how wide a line is, from 1.6 for a few to 4.2 for ten thousand people or more."""
    numbers = (people.low, people.best, people.high) if people else ()
    most = max((number for number in numbers if number), default=1)
    return round(min(4.2, 1.6 + 0.65 * log10(max(1, most))), 2)


def _moment(cut: AsOf, city: City) -> str:
    if cut.at is None:
        return "at the end of all that was reported"
    return phrases.moment(cut.at, city.zone)


def as_known(cut: AsOf, timeline: Timeline) -> str:
    """Return in words as known when, and as recorded when if that was asked for."""
    zone = timeline.city.zone
    if cut.known is None:
        last = max((event.known for event in timeline.timed_events), default=None)
        until = f", last reported {phrases.moment(last, zone)}" if last else ""
        known = f"as known from the whole log{until}"
    else:
        known = f"as known {phrases.moment(cut.known, zone)}"
    if cut.recorded is None:
        return known
    return f"{known}, as recorded {phrases.moment(cut.recorded, zone)}"
