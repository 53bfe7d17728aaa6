"""What is exported: a timeline, asked at a cut with a policy, narrowed by filters, as the values that every format writes in its own way.

A filter chooses what is shown and never what the answers rest on: with ``--source`` a map shows the
places whose answer names something that the source said, and the answers are those of the whole
log. (``--without-source`` changes answers, and is marked as a hypothesis.)
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import Any

from attrs import evolve, fields, frozen

from timeline.domain import boundaries
from timeline.domain.boundaries import Boundary
from timeline.domain.city import City, Place
from timeline.domain.events import Event, EventId, PlaceId
from timeline.domain.references import about
from timeline.domain.selection import Selection
from timeline.domain.timed_event import TimedEvent
from timeline.replay import engine
from timeline.replay.engine import Withdrawal
from timeline.replay.projection import Context
from timeline.replay.state import State
from timeline.replay.sweep import Along, Change
from timeline.reports.briefing import Report
from timeline.temporal.as_of import AsOf
from timeline.temporal.dates import FUTURE, PAST, Window, rfc3339
from timeline.text import phrases
from timeline.timeline import Timeline


@frozen
class Told:
    """An event as an export tells of it: whether it still stands, where it was, and who speaks for it and against it.

    Attributes:
        fact: the event, with its clocks read.
        withdrawn: when it was withdrawn and by which event, as far as was known; None for one that
            stands.
        place: where it was: its place, the origin or else the destination of a flight, of a
            statement the place of what it is about.
        agreed: the standing statements that confirm it.
        denied: the standing statements that deny it.
        doubted: the standing statements that call it unclear.
    """

    fact: TimedEvent
    withdrawn: Withdrawal | None
    place: PlaceId | None
    agreed: tuple[EventId, ...]
    denied: tuple[EventId, ...]
    doubted: tuple[EventId, ...]

    @property
    def event(self) -> Event:
        """The event."""
        return self.fact.event


@frozen
class Spell:
    """For how long one answer held.

    Attributes:
        place: the place that it is about.
        start: from when, in UTC; None for what was always so.
        end: until when it was so, in UTC, and no more at that instant; None for what still is.
        before: the answer until then; None where there was none.
        answer: the answer.
        because: the events that brought it about.
    """

    place: Place
    start: datetime | None
    end: datetime | None
    before: Any
    answer: Any
    because: tuple[EventId, ...]


@frozen(kw_only=True)
class Export:
    """What is exported, and how it was asked for.

    Attributes:
        timeline: the log and its city, under a hypothesis if there is one.
        cut: from where it is asked.
        policy: how claims are read.
        selection: which events, and which places by them, are shown.
        along: which clock runs in a history.
        table: which table a format of one table holds; empty for the one that it holds if not told.
        hxl: whether a table has a row of HXL hashtags.
        mappings: the mappings by which the log was imported, to be handed on with it.
        licence: under which licence it is handed on, as a URL; empty where that is not said.
        made: the day on which the export is made.
    """

    timeline: Timeline
    cut: AsOf
    policy: str = "latest"
    selection: Selection = Selection()
    along: Along = "valid"
    table: str = ""
    hxl: bool = False
    mappings: tuple[bytes, ...] = ()
    licence: str = ""
    made: date

    @property
    def city(self) -> City:
        """The city."""
        return self.timeline.city

    @property
    def context(self) -> Context:
        """What the answers are read in; raises `UsageError` for an unknown policy."""
        return self.timeline.context(self.cut, self.policy)

    @cached_property
    def origin(self) -> dict[str, Any]:
        """Where it comes from, as JSON values: city, cut, policy, log, hypothesis, and what was chosen of it."""
        chosen = {
            f.name: self._plain(value)
            for f in fields(Selection)
            if (value := getattr(self.selection, f.name))
        }
        return {
            **self.timeline.origin(self.cut, self.policy),
            **({"chosen": chosen} if chosen else {}),
        }

    @cached_property
    def hypothetical(self) -> str:
        """What is supposed beyond the log, in words; empty for the log as it is."""
        return Report(self.timeline).supposed()

    @cached_property
    def heading(self) -> str:
        """What it is the state of, and how it was read, in words."""
        cut = phrases.cut(self.cut, self.city.zone)
        return " · ".join(
            [
                f"{self.city.name} {cut}",
                f"policy {self.context.policy.name}",
                *Report(self.timeline).basis(),
            ]
        )

    @cached_property
    def state(self) -> State:
        """The state of the city at the cut."""
        return self.timeline.state(cut=self.cut, policy=self.policy)

    @cached_property
    def events(self) -> tuple[Told, ...]:
        """The chosen events that were recorded and known at the cut and may have occurred by then, those withdrawn by then among them."""
        known = [
            one for one in engine.recorded_by(self.timeline.dated, self.cut) if self._known(one)
        ]
        here = [one for one in known if one.window.began(self.cut.instant)]
        withdrawn = engine.withdrawals(known)
        facts = {one.event.id: one.event for one in here}
        said = _spoken(one.event for one in here if one.event.id not in withdrawn)
        return tuple(
            Told(
                one,
                withdrawn.get(one.event.id),
                place_of(one.event, facts),
                *(said.get((one.event.id, stance), ()) for stance in _STANCES),
            )
            for one in self.selection.choose(here, self.city)
        )

    @property
    def standing(self) -> Iterator[Told]:
        """The chosen events that nobody had withdrawn by the cut, and that say something of the city."""
        return (
            one for one in self.events if one.withdrawn is None and one.event.type != "retraction"
        )

    def holdings(self) -> Iterator[tuple[Place, Any]]:
        """Yield the places that are shown, in the order of the city file, each with the answer who holds it."""
        for id, answer in self.state[self.timeline.projections[0]].items():
            if self.shows(answer, id):
                yield self.city.places[id], answer

    @cached_property
    def spells(self) -> tuple[Spell, ...]:
        """How long each answer held who holds a place, place by place in the order of the city file, and in order of time."""
        cut = self.cut if self.along == "known" else evolve(self.cut, at=None)
        changes = self.timeline.changes(
            self.timeline.projections[0], cut, along=self.along, policy=self.policy
        )
        by_place: dict[PlaceId, list[Change[Any]]] = {id: [] for id in self.city.places}
        for change in changes:
            if self.along == "known" or change.when <= self.cut.instant:
                by_place[change.key].append(change)
        every = (
            spell
            for id, found in by_place.items()
            for spell in _spells(self.city.places[id], found)
        )
        return tuple(spell for spell in every if self.shows(spell.answer, spell.place.id))

    def shows(self, answer: Any, *places: PlaceId | None) -> bool:
        """Return whether an answer about places is shown: it is about a chosen one, and names an event that was chosen otherwise."""
        return self._in_places(places) and (
            self._named is None or not self._named.isdisjoint(_ids(answer))
        )

    def geometry(self, place: Place) -> dict[str, Any] | None:
        """Return where a place is, as a GeoJSON geometry: its boundary, else its point, else None."""
        if place.id in self.boundaries:
            return self.boundaries[place.id].geometry
        return (
            None
            if place.lat is None or place.lon is None
            else {"type": "Point", "coordinates": [place.lon, place.lat]}
        )

    def area(self, place: Place) -> float | None:
        """Return the area of a place in km²: that of its boundary to the square metre, else the one that the city file gives."""
        return (
            round(self.boundaries[place.id].area, 6) if place.id in self.boundaries else place.area
        )

    @cached_property
    def boundaries(self) -> Mapping[PlaceId, Boundary]:
        """The boundaries of the places; raises `TimelineError` for a file of boundaries that is wrong."""
        return boundaries.of(self.city)

    def speaker(self, event: Event) -> str:
        """Return who says an event, by the label of the city file."""
        return self.city.sources[event.source].label

    def time(self, instant: datetime | None) -> str | None:
        """Return an instant as RFC 3339 text in the city's time zone; None for an open end."""
        return (
            None
            if instant is None or instant in (PAST, FUTURE)
            else rfc3339(instant, self.city.zone)
        )

    def local(self, instant: datetime) -> datetime:
        """Return an instant on the city's wall clock; in UTC at the ends of the calendar, which not every zone can write."""
        try:
            return instant.astimezone(self.city.zone)
        except OverflowError:
            return instant

    def _known(self, one: TimedEvent) -> bool:
        return self.cut.known is None or one.known <= self.cut.known

    def _in_places(self, places: Sequence[PlaceId | None]) -> bool:
        inside = {place for name in self.selection.places for place in self.city.within(name)}
        return not inside or any(place in inside for place in places)

    @cached_property
    def _named(self) -> frozenset[EventId] | None:
        """The events that were chosen by anything else than their place; None where nothing else was asked for."""
        others = evolve(self.selection, places=())
        if not any(getattr(others, f.name) for f in fields(Selection)):
            return None
        return frozenset(one.event.id for one in others.choose(self.timeline.dated, self.city))

    def _plain(self, value: Any) -> Any:
        if isinstance(value, Window):
            return {"earliest": self.time(value.earliest), "latest": self.time(value.latest)}
        return value if isinstance(value, str) else list(value)


_STANCES = ("agree", "disagree", "unclear")


def _spoken(events: Iterator[Event]) -> dict[tuple[EventId, str], tuple[EventId, ...]]:
    """Return which statements take which stance on which event."""
    said: dict[tuple[EventId, str], tuple[EventId, ...]] = {}
    for event in events:
        for target in about(event):
            key = (target, event.stance)  # type: ignore[attr-defined]  # only a Statement is about something
            said[key] = (*said.get(key, ()), event.id)
    return said


def place_of(event: Event, events: Mapping[EventId, Event], depth: int = 4) -> PlaceId | None:
    """Return where an event was: its place, the origin or else the destination of a flight, of a statement the place of its subject."""
    for name in ("place", "origin", "destination"):
        if place := getattr(event, name, None):
            return PlaceId(place)
    spoken_of = about(event) if depth else ()
    return next(
        (
            found
            for id in spoken_of
            if id in events and (found := place_of(events[id], events, depth - 1))
        ),
        None,
    )


def _spells(place: Place, changes: Sequence[Change[Any]]) -> Iterator[Spell]:
    """Yield the spells between the changes of a place's answer, but those in which nobody had said anything."""
    ends = [*(change.when for change in changes[1:]), None]
    for change, end in zip(changes, ends[: len(changes)], strict=True):
        if change.after is not None and _ids(change.after):
            yield Spell(
                place,
                None if change.when == PAST else change.when,
                end,
                change.before,
                change.after,
                change.because,
            )


def _ids(answer: Any) -> set[EventId]:
    from timeline.replay.answers import named

    return named(answer)
