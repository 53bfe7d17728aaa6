"""The content of a picture, before any line is drawn: faces, routes, sieges and their sources.

This module finds words, faces and places for the answers of the engine, and adds none of its own.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import log10
from typing import Any

from attrs import frozen

from timeline.domain.city import City
from timeline.domain.events import Event, EventId, PlaceId
from timeline.errors import Problem, TimelineError
from timeline.replay.answers import named
from timeline.replay.projection import Projection, Reader
from timeline.replay.state import State
from timeline.reports.briefing import Report
from timeline.temporal.as_of import AsOf
from timeline.text import phrases
from timeline.text.document import Mark
from timeline.timeline import Timeline
from timeline.visual.map import flows, geometry, labels
from timeline.visual.map.captions import Caption, captions
from timeline.visual.map.flows import MARGIN, Arrow, Route
from timeline.visual.map.geometry import Boundaries, Ring, Sheet
from timeline.visual.map.labels import Box, Label
from timeline.visual.map.style import Face, Palette
from timeline.visual.map.typesetting import apart, shown

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
    """People on their way: their line, its width and caption, and their way in words."""

    arrow: Arrow
    wide: float
    caption: Caption | None
    words: str


@frozen
class Scene:
    """One state, ready to be drawn.

    Attributes:
        moment: the time that it is the state of, in words.
        known: as known when, in words.
        said: further answers in words, a line each: who was displaced, what is besieged.
        sources: who says what is drawn, each once.
        outlets: who printed it.
    """

    moment: str
    known: str
    patches: tuple[Patch, ...]
    sieges: tuple[Siege, ...]
    streams: tuple[Stream, ...]
    said: tuple[str, ...]
    sources: tuple[str, ...]
    outlets: tuple[str, ...]


@frozen
class Ground:
    """The ground of several scenes of one city: the sheet, its names and the way of every line."""

    sheet: Sheet
    names: Mapping[PlaceId, str]
    labels: Mapping[PlaceId, Label]
    arrows: Mapping[Route, Arrow]


def ground(
    states: Sequence[State],
    boundaries: Boundaries | None,
    *,
    arabic: bool,
    width: float,
    key: bool,
) -> Ground:
    """Return the ground of states of one city, named in English or Arabic, with all routes."""
    city = states[0].context.city
    sheet = geometry.sheet(city, boundaries, width=width)
    names = {id: place.name for id, place in city.places.items()}
    if arabic:
        names |= {id: place.arabic for id, place in city.places.items() if place.arabic}
    names = {id: shown(name) for id, name in names.items()}
    placed = labels.place(sheet, names, key=key)
    flowing = [flow for state in states for flow in state.sections["displacement"].flows]
    routes = dict.fromkeys((flow.origin, flow.destination) for flow in flowing)
    return Ground(sheet, names, placed, flows.arrows(sheet, city, routes, placed))


def scene(state: State, timeline: Timeline, ground: Ground, palette: Palette) -> Scene:
    """Return the scene of a state on some ground."""
    teller = _Teller.of(state, timeline, ground)
    streams = teller.streams()
    return Scene(
        moment=_moment(state.context.cut, state.context.city),
        known=as_known(state.context.cut, timeline),
        patches=tuple(teller.patch(place, palette) for place in ground.sheet.areas),
        sieges=tuple(teller.sieges()),
        streams=tuple(streams),
        said=tuple(teller.said(streams)),
        sources=tuple(sources(teller.drawn(), timeline.city)),
        outlets=tuple(outlets(teller.drawn())),
    )


def projections(timeline: Timeline) -> dict[str, Projection[Any, Any]]:
    """Return the projections of a picture by name; raise `TimelineError` where one is missing."""
    by_name = {projection.name: projection for projection in timeline.projections}
    for name in NEEDED:
        if name not in by_name:
            expected = f"a timeline opened with {', '.join(NEEDED)}"
            raise TimelineError(Problem(f"no projection {name}", expected))
    return {name: by_name[name] for name in NEEDED}


@frozen
class _Teller:
    """Finds the words for the answers of one state."""

    state: State
    ground: Ground
    reader: Reader
    projections: Mapping[str, Projection[Any, Any]]
    events: Mapping[EventId, Event]

    @classmethod
    def of(cls, state: State, timeline: Timeline, ground: Ground) -> "_Teller":
        reader = Reader(context=state.context, speaker=Report(timeline).speaker)
        events = {event.id: event for event in timeline.events}
        return cls(state, ground, reader, projections(timeline), events)

    @property
    def city(self) -> City:
        return self.reader.city

    def patch(self, place: PlaceId, palette: Palette) -> Patch:
        """Return a district's face, and its answer in a sentence."""
        answer = self.state.sections["control"][place]
        held, sure = self._words("control", answer), self.reader.sureness(answer)
        parts = [held] if sure == held else [held, sure]
        if answer.before:
            parts.append(f"before: {self.city.actors[answer.before].label}")
        if answer.since:
            parts.append(self._since(answer))
        if answer.inherited_from:
            parts.append(f"as {self._name(answer.inherited_from)}")
        words = f"{self._name(place)}: {', '.join(filter(None, parts))}"
        voices = self._who(answer)
        face = palette.face(answer, self.events, self.city)
        return Patch(place, face, f"{words} – {voices}" if voices else words)

    def sieges(self) -> Iterable[Siege]:
        """Yield the line around each place that is besieged by its answer."""
        for place, answer in self.state.sections["siege"].items():
            areas = self.ground.sheet.within(place, self.city)
            if answer.besieged and areas:
                sure = answer.certain and answer.status in ("reported", "corroborated")
                yield Siege(geometry.outline(areas), sure, self._siege(place, answer))

    def streams(self) -> list[Stream]:
        """Return the people on each route that has a line."""
        arrows = self.ground.arrows
        flows = [flow for flow in self._flows() if (flow.origin, flow.destination) in arrows]
        drawn = [(arrows[flow.origin, flow.destination], self._figure(flow)) for flow in flows]
        boxes = [label.box for label in self.ground.labels.values()]
        placed, streams = captions(drawn, boxes, self._page), []
        for flow, (arrow, _), caption in zip(flows, drawn, placed, strict=True):
            mark = f"{caption.text}: " if caption and caption.mark else ""
            streams.append(Stream(arrow, wide(flow.people), caption, mark + self._flow(flow)))
        return streams

    def said(self, streams: Sequence[Stream]) -> Iterable[str]:
        """Yield the answers that no district shows: displacement by route, and sieges."""
        if self._flows():
            total = self.state.sections["displacement"].total
            yield f"Displaced: {phrases.number_of(total, 'people')} in all"
        yield from (stream.words for stream in streams)
        drawn = {stream.arrow.route for stream in streams}
        for flow in self._flows():
            if (flow.origin, flow.destination) not in drawn:
                yield self._flow(flow)
        for place, answer in self.state.sections["siege"].items():
            if answer.besieged or answer.corridor:
                yield f"Siege of {self._siege(place, answer)}"

    def drawn(self) -> list[Event]:
        """Return the events that the picture rests on, in the order of the log."""
        sections = self.state.sections
        control = {place: sections["control"][place] for place in self.ground.sheet.areas}
        ids = named(control) | named(sections["displacement"]) | named(sections["siege"])
        return [event for id, event in self.events.items() if id in ids]

    @property
    def _page(self) -> Box:
        """The sheet and its margins."""
        sheet = self.ground.sheet
        return -MARGIN, -MARGIN, sheet.width + MARGIN, sheet.height + MARGIN

    def _flows(self) -> Sequence[Any]:
        flows: Sequence[Any] = self.state.sections["displacement"].flows
        return flows

    def _figure(self, flow: Any) -> str:
        """Return the number of people on a route, and its ends off the map."""
        ends = [place for place in (flow.origin, flow.destination) if place]
        beyond = [place for place in ends if not self.ground.sheet.within(place, self.city)]
        number = phrases.number_of(flow.people) if flow.people else "?"
        return f"{number}{self._in_brackets(beyond)}"

    def _flow(self, flow: Any) -> str:
        """Return who went from where to where, and who says so."""
        people, origin = "people, no number given,", "where is not said"
        destination = origin
        if flow.people:
            people = phrases.number_of(flow.people, "people")
        if flow.origin:
            origin = f"{self._name(flow.origin)}{self._in_brackets(flow.parts)}"
        if flow.destination:
            destination = self._name(flow.destination)
        stock = f"; {phrases.number_of(flow.stock)} there" if flow.stock else ""
        way = f"{people} from {origin}, to {destination}{stock}"
        return f"{way} – {self._voices(flow.because)}"

    def _siege(self, place: PlaceId, answer: Any) -> str:
        """Return whether a place is besieged, since when, and who says so."""
        since = self._since(answer) if answer.besieged and answer.since else ""
        sure = "" if answer.besieged is None else self.reader.sureness(answer)
        grounds = ", ".join(filter(None, (since, sure, self._who(answer))))
        words = f"{self._name(place)}: {self._words('siege', answer)}"
        return f"{words} – {grounds}" if grounds else words

    def _since(self, answer: Any) -> str:
        return f"since {phrases.date(answer.since.text)}"

    def _name(self, place: PlaceId) -> str:
        return apart(self.ground.names[place])

    def _in_brackets(self, places: Iterable[PlaceId]) -> str:
        """Return the names of places in brackets after a blank; nothing for none."""
        names = ", ".join(map(self._name, places))
        return f" ({names})" if names else ""

    def _words(self, projection: str, answer: Any) -> str:
        written = self.projections[projection].words(answer, self.reader)
        return shown(written.text if isinstance(written, Mark) else written, 160)

    def _who(self, answer: Any) -> str:
        """Return who says so, who is against it and to whom it is unclear."""
        groups = (
            ("", answer.because),
            ("against: ", answer.against),
            ("unclear: ", answer.unclear),
        )
        return "; ".join(f"{word}{self._voices(ids)}" for word, ids in groups if ids)

    def _voices(self, ids: Iterable[EventId]) -> str:
        return ", ".join(dict.fromkeys(apart(shown(self.reader.speaker(id), 60)) for id in ids))


def sources(drawn: Iterable[Event], city: City) -> Iterable[str]:
    """Yield who says what is drawn, by name and kind, each once."""
    kinds = {"un": "United Nations"}
    for id in dict.fromkeys(event.source for event in drawn):
        source = city.sources[id]
        yield f"{apart(shown(source.label))} ({kinds.get(source.kind, source.kind)})"


def outlets(drawn: Iterable[Event]) -> Iterable[str]:
    """Yield who printed what is drawn, each once."""
    for outlet in dict.fromkeys(event.outlet for event in drawn):
        if outlet:
            yield apart(shown(outlet))


def wide(people: Any) -> float:
    """Return the width of a line, from 1.6 for a few to 4.2 for ten thousand people or more."""
    numbers = (people.low, people.best, people.high) if people else ()
    most = max([1, *filter(None, numbers)])
    return round(min(4.2, 1.6 + 0.65 * log10(most)), 2)


def _moment(cut: AsOf, city: City) -> str:
    if cut.at is None:
        return "at the end of all that was reported"
    return phrases.moment(cut.at, city.zone)


def as_known(cut: AsOf, timeline: Timeline) -> str:
    """Return in words as known when, and as recorded when if that was asked for."""
    zone = timeline.city.zone
    known = "as known from the whole log"
    if cut.known is not None:
        known = f"as known {phrases.moment(cut.known, zone)}"
    elif timeline.timed_events:
        last = max(timed.known for timed in timeline.timed_events)
        known += f", last reported {phrases.moment(last, zone)}"
    if cut.recorded is None:
        return known
    return f"{known}, as recorded {phrases.moment(cut.recorded, zone)}"
