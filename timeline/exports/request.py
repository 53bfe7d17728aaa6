"""Every format writes the same values: a timeline asked at a cut, narrowed by filters.

Filters choose what is shown, never what answers rest on (but for ``--without-source``, which is
marked as a hypothesis).
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import cached_property
from typing import Any

from attrs import evolve, fields, frozen

from timeline.domain import boundaries
from timeline.domain.boundaries import Boundary
from timeline.domain.city import City, Place
from timeline.domain.events import Event, EventId, PlaceId
from timeline.domain.selection import Selection
from timeline.exports.quotes import Quote, quotes
from timeline.exports.serialization import point
from timeline.exports.spells import Spell, spells
from timeline.replay import engine
from timeline.replay.answers import named
from timeline.replay.projection import Context
from timeline.replay.state import State
from timeline.replay.sweep import Along, Change
from timeline.reports.briefing import Report
from timeline.temporal.as_of import AsOf
from timeline.temporal.dates import FUTURE, PAST, Window, rfc3339
from timeline.text import phrases
from timeline.timeline import Timeline


@frozen(kw_only=True)
class Export:
    """A timeline as it is to be exported, and how it was asked for.

    Attributes:
        along: which clock runs in a history.
        table: which table a format of one table holds; empty for the format's own choice.
        mappings: the mappings by which the log was imported, to be handed on with it.
        licence: under which licence it is handed on, as a URL; empty where that is not said.
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
        """The context in which claims are read; raises `UsageError` for an unknown policy."""
        return self.timeline.context(self.cut, self.policy)

    @cached_property
    def origin(self) -> dict[str, Any]:
        """The city, cut, policy, log, hypothesis and filters of the export, as JSON values."""
        criteria = {f.name: getattr(self.selection, f.name) for f in fields(Selection)}
        chosen = {name: self._plain(value) for name, value in criteria.items() if value}
        origin = self.timeline.origin(self.cut, self.policy)
        return {**origin, "chosen": chosen} if chosen else origin

    @cached_property
    def hypothetical(self) -> str:
        """The hypothesis in words; empty for the log as it is."""
        return Report(self.timeline).supposed()

    @property
    def mark(self) -> dict[str, str]:
        """The property that marks a feature or row of a hypothesis; empty for the log as it is."""
        return {"hypothetical": self.hypothetical} if self.hypothetical else {}

    @cached_property
    def heading(self) -> str:
        """The city, the cut, the policy and the hypothesis in words."""
        cut = phrases.cut(self.cut, self.city.zone)
        policy = f"policy {self.context.policy.name}"
        return " · ".join([f"{self.city.name} {cut}", policy, *Report(self.timeline).basis()])

    @cached_property
    def state(self) -> State:
        """The state of the city at the cut."""
        return self.timeline.state(cut=self.cut, policy=self.policy)

    @cached_property
    def events(self) -> tuple[Quote, ...]:
        """The chosen events, known and possibly begun by the cut, withdrawn or not."""
        known = [timed for timed in self.timeline.timed_events if self.cut.sees(timed)]
        begun = [timed for timed in known if timed.window.began(self.cut.instant)]
        chosen = self.selection.choose(begun, self.city)
        return tuple(quotes(chosen, begun, engine.withdrawals(known)))

    @property
    def standing(self) -> Iterator[Quote]:
        """The chosen events that nobody had withdrawn by the cut, without the retractions."""
        current = (quote for quote in self.events if quote.withdrawn is None)
        return (quote for quote in current if quote.event.type != "retraction")

    def holdings(self) -> Iterator[tuple[Place, Any]]:
        """Yield each place that is shown, in the order of the city file, with who holds it."""
        for id, answer in self.state[self.timeline.projections[0]].items():
            if self.shows(answer, id):
                yield self.city.places[id], answer

    @cached_property
    def spells(self) -> tuple[Spell, ...]:
        """The spells of the places shown, in the order of the city file and then by time."""
        by_place: dict[PlaceId, list[Change[Any]]] = {id: [] for id in self.city.places}
        for change in self._changes():
            by_place[change.key].append(change)
        places = self.city.places
        every = (spell for id in by_place for spell in spells(places[id], by_place[id]))
        return tuple(spell for spell in every if self.shows(spell.answer, spell.place.id))

    def shows(self, answer: Any, *places: PlaceId | None) -> bool:
        """Return whether an answer is shown: its places are chosen, and one of its events."""
        if not self._in_places(places):
            return False
        return self._named is None or not self._named.isdisjoint(named(answer))

    def geometry(self, place: Place) -> dict[str, Any] | None:
        """Return the boundary of a place, else its point, as a GeoJSON geometry, else None."""
        if place.id in self.boundaries:
            return self.boundaries[place.id].geometry
        return point(place.lat, place.lon)

    def area(self, place: Place) -> float | None:
        """Return a place's area in km²: its boundary's, to the square metre, or the city file's."""
        boundary = self.boundaries.get(place.id)
        return round(boundary.area, 6) if boundary else place.area

    @cached_property
    def boundaries(self) -> Mapping[PlaceId, Boundary]:
        """The boundaries of the places; raises `TimelineError` for a wrong file of boundaries."""
        return boundaries.of(self.city)

    def place(self, quote: Quote) -> Place | None:
        """Return the place of an event, None for an event without any."""
        return self.city.places[quote.place] if quote.place else None

    def speaker(self, event: Event) -> str:
        """Return the label of the source of an event."""
        return self.city.sources[event.source].label

    def time(self, instant: datetime | None) -> str | None:
        """Return an instant as RFC 3339 text in the city's time zone; None for an open end."""
        if instant is None or instant in (PAST, FUTURE):
            return None
        return rfc3339(instant, self.city.zone)

    def local(self, instant: datetime) -> datetime:
        """Return an instant on the city's wall clock, at the ends of the calendar in UTC."""
        try:
            return instant.astimezone(self.city.zone)
        except OverflowError:  # not every zone can write the ends of the calendar
            return instant

    def _changes(self) -> Iterator[Change[Any]]:
        """Yield the changes of who holds each place, along valid time none after the cut."""
        control = self.timeline.projections[0]
        known = self.along == "known"
        cut = self.cut if known else evolve(self.cut, at=None)
        changes = self.timeline.changes(control, cut, along=self.along, policy=self.policy)
        return (change for change in changes if known or change.when <= self.cut.instant)

    def _in_places(self, places: Iterable[PlaceId | None]) -> bool:
        inside = {place for name in self.selection.places for place in self.city.within(name)}
        return not inside or any(place in inside for place in places)

    @cached_property
    def _named(self) -> frozenset[EventId] | None:
        """The events that other filters than that of places choose; None without such filters."""
        others = evolve(self.selection, places=())
        if not any(getattr(others, f.name) for f in fields(Selection)):
            return None
        chosen = others.choose(self.timeline.timed_events, self.city)
        return frozenset(timed.event.id for timed in chosen)

    def _plain(self, value: Any) -> Any:
        if isinstance(value, Window):
            return {"earliest": self.time(value.earliest), "latest": self.time(value.latest)}
        return value if isinstance(value, str) else list(value)
