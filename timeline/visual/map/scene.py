"""What is to be drawn of a state: each district's face, who moved, what is besieged, and who says so – as data, before any line is drawn.

The engine has answered; this module finds the words, faces and places for its answers, and adds
none of its own.
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
from timeline.visual.map.geometry import Ring, Sheet, Spot
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
    """People on their way: their line, how wide it is, what is written beside it, and in words who went from where to where."""

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
    """What several scenes of one city are drawn on: the sheet, its names and the way of every line."""

    sheet: Sheet
    names: Mapping[PlaceId, str]
    labels: Mapping[PlaceId, Label]
    arrows: Mapping[Route, Arrow]


def ground(
    states: Sequence[State],
    boundaries: Mapping[PlaceId, Sequence[Sequence[Spot]]] | None,
    *,
    arabic: bool,
    width: float,
    key: bool,
) -> Ground:
    """Return the ground that states of one city are drawn on: its districts, named in English or in Arabic, and a line for every route."""
    city = states[0].context.city
    sheet = geometry.sheet(city, boundaries, width=width)
    names = {
        id: shown((place.arabic if arabic else None) or place.name)
        for id, place in city.places.items()
    }
    placed = labels.place(sheet, names, key=key)
    routes = dict.fromkeys(
        (flow.origin, flow.destination)
        for state in states
        for flow in state.sections["displacement"].flows
    )
    return Ground(sheet, names, placed, flows.arrows(sheet, city, routes, placed))


def scene(state: State, timeline: Timeline, ground: Ground, palette: Palette) -> Scene:
    """Return what is to be drawn of a state on some ground."""
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
    """Return the projections that a picture is drawn from, by name; raise `TimelineError` where the timeline was opened without one."""
    found = {one.name: one for one in timeline.projections if one.name in NEEDED}
    if missing := [name for name in NEEDED if name not in found]:
        raise TimelineError(
            Problem(f"no projection {missing[0]}", f"a timeline opened with {', '.join(NEEDED)}")
        )
    return found


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
        return cls(
            state,
            ground,
            reader,
            projections(timeline),
            {event.id: event for event in timeline.events},
        )

    @property
    def city(self) -> City:
        return self.reader.city

    def patch(self, place: PlaceId, palette: Palette) -> Patch:
        """Return a district's face, and its answer in a sentence."""
        answer = self.state.sections["control"][place]
        held = self._words("control", answer)
        sure = self.reader.sureness(answer)
        before = f"before: {self.city.actors[answer.before].label}" if answer.before else ""
        since = f"since {phrases.date(answer.since.text)}" if answer.since else ""
        around = f"as {self._name(answer.inherited_from)}" if answer.inherited_from else ""
        told = ", ".join(
            part
            for part in (held, *([sure] if sure != held else []), before, since, around)
            if part
        )
        who = self._who(answer)
        words = f"{self._name(place)}: {told}{f' – {who}' if who else ''}"
        return Patch(place, palette.face(answer, self.events, self.city), words)

    def sieges(self) -> Iterable[Siege]:
        """Yield the line around each place that is said to be besieged."""
        for place, answer in self.state.sections["siege"].items():
            areas = self.ground.sheet.within(place, self.city)
            if answer.besieged and areas:
                sure = answer.certain and answer.status in ("reported", "corroborated")
                yield Siege(geometry.outline(areas), sure, self._siege(place, answer))

    def streams(self) -> list[Stream]:
        """Return the people on each route that has a line."""
        drawn = [
            (flow, arrow)
            for flow in self._flows()
            if (arrow := self.ground.arrows.get((flow.origin, flow.destination)))
        ]
        boxes = [label.box for label in self.ground.labels.values()]
        placed = captions([(arrow, self._figure(flow)) for flow, arrow in drawn], boxes, self._page)
        told = [
            f"{one.text}: {self._flow(flow)}" if one and one.mark else self._flow(flow)
            for (flow, _), one in zip(drawn, placed, strict=True)
        ]
        return [
            Stream(arrow, wide(flow.people), one, words)
            for (flow, arrow), one, words in zip(drawn, placed, told, strict=True)
        ]

    def said(self, streams: Sequence[Stream]) -> Iterable[str]:
        """Yield what no district shows: how many were displaced in all and on each route, and what is known of each siege."""
        if self._flows():
            yield f"Displaced: {phrases.number_of(self.state.sections['displacement'].total, 'people')} in all"
        yield from (stream.words for stream in streams)
        drawn = {stream.arrow.route for stream in streams}
        yield from (
            self._flow(flow)
            for flow in self._flows()
            if (flow.origin, flow.destination) not in drawn
        )
        for place, answer in self.state.sections["siege"].items():
            if answer.besieged or answer.corridor:
                yield f"Siege of {self._siege(place, answer)}"

    def drawn(self) -> list[Event]:
        """Return the events that the picture rests on, in the order of the log."""
        shown = {place: self.state.sections["control"][place] for place in self.ground.sheet.areas}
        ids = (
            named(shown)
            | named(self.state.sections["displacement"])
            | named(self.state.sections["siege"])
        )
        return [event for id, event in self.events.items() if id in ids]

    @property
    def _page(self) -> Box:
        """What may be written on: the sheet and its margins."""
        sheet = self.ground.sheet
        return -MARGIN, -MARGIN, sheet.width + MARGIN, sheet.height + MARGIN

    def _flows(self) -> Sequence[Any]:
        flows: Sequence[Any] = self.state.sections["displacement"].flows
        return flows

    def _figure(self, flow: Any) -> str:
        """Return how many people went a way, and the place at the end of it that is not on the map."""
        ends = [
            place
            for place in (flow.origin, flow.destination)
            if place and not self.ground.sheet.within(place, self.city)
        ]
        beyond = f" ({', '.join(self._name(place) for place in ends)})" if ends else ""
        return f"{phrases.number_of(flow.people) if flow.people else '?'}{beyond}"

    def _flow(self, flow: Any) -> str:
        """Return who went from where to where, and who says so."""
        people = (
            phrases.number_of(flow.people, "people") if flow.people else "people, no number given,"
        )
        parts = f" ({', '.join(self._name(part) for part in flow.parts)})" if flow.parts else ""
        origin = (
            f"from {self._name(flow.origin)}{parts}" if flow.origin else "from where is not said"
        )
        destination = (
            f"to {self._name(flow.destination)}" if flow.destination else "to where is not said"
        )
        there = f"; {phrases.number_of(flow.stock)} there" if flow.stock else ""
        return f"{people} {origin}, {destination}{there} – {self._voices(flow.because)}"

    def _siege(self, place: PlaceId, answer: Any) -> str:
        """Return whether a place is besieged, since when, and who says so."""
        since = (
            f"since {phrases.date(answer.since.text)}" if answer.besieged and answer.since else ""
        )
        sure = self.reader.sureness(answer) if answer.besieged is not None else ""
        rests = ", ".join(part for part in (since, sure, self._who(answer)) if part)
        return (
            f"{self._name(place)}: {self._words('siege', answer)}{f' – {rests}' if rests else ''}"
        )

    def _name(self, place: PlaceId) -> str:
        return apart(self.ground.names[place])

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
    for source in (city.sources[id] for id in dict.fromkeys(event.source for event in drawn)):
        yield f"{apart(shown(source.label))} ({kinds.get(source.kind, source.kind)})"


def outlets(drawn: Iterable[Event]) -> Iterable[str]:
    """Yield who printed what is drawn, each once."""
    yield from (
        apart(shown(outlet)) for outlet in dict.fromkeys(event.outlet for event in drawn) if outlet
    )


def wide(people: Any) -> float:
    """Return how wide a line is, from 1.6 for a few to 4.2 for ten thousand people or more."""
    most = (
        max((number for number in (people.low, people.best, people.high) if number), default=1)
        if people
        else 1
    )
    return round(min(4.2, 1.6 + 0.65 * log10(max(1, most))), 2)


def _moment(cut: AsOf, city: City) -> str:
    return (
        "at the end of all that was reported"
        if cut.at is None
        else phrases.moment(cut.at, city.zone)
    )


def as_known(cut: AsOf, timeline: Timeline) -> str:
    """Return in words as known when, and as recorded when if that was asked for."""
    last = max((one.known for one in timeline.timed_events), default=None)
    until = f", last reported {phrases.moment(last, timeline.city.zone)}" if last else ""
    known = (
        f"as known from the whole log{until}"
        if cut.known is None
        else f"as known {phrases.moment(cut.known, timeline.city.zone)}"
    )
    return (
        known
        if cut.recorded is None
        else f"{known}, as recorded {phrases.moment(cut.recorded, timeline.city.zone)}"
    )
