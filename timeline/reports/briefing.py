"""A timeline written for people: the briefing of a state, a list of events, one event whole."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import takewhile
from typing import Any

from attrs import frozen

from timeline.domain.events import Event, EventId
from timeline.domain.references import references
from timeline.domain.timed_event import TimedEvent
from timeline.log.codec import CODEC
from timeline.replay.projection import Reader
from timeline.replay.state import State
from timeline.reports.sentences import describe
from timeline.text import phrases
from timeline.text.document import Brief, Table
from timeline.timeline import Timeline

_RANDOM = re.compile(r"[a-z-]+-([0-9a-f]{15})", re.ASCII)
"""The ids that `append` makes for events without one."""


@frozen
class Report:
    """Writes one timeline for people."""

    timeline: Timeline

    def briefs(
        self, state: State, *, chosen: bool, stale: timedelta | None = None
    ) -> Iterator[Brief]:
        """Yield the parts of a state's briefing; if `chosen`, each place is shown for itself.

        What was last heard of longer than `stale` ago is marked.
        """
        reader = Reader(
            context=state.context,
            speaker=self.speaker,
            chosen=chosen,
            stale=stale,
            inside=self._inside(state) if chosen else {},
        )
        for projection in self.timeline.projections:
            yield from projection.presentation.brief(state[projection], reader)

    def _inside(self, state: State) -> Mapping[str, Any]:
        """Return the sections for the places that lie in those of a state."""
        city, context = state.context.city, state.context
        asked = [place for place in state.sections.get("control", ()) if place in city.places]
        places = {inner for place in asked for inner in city.within(place)} - {*asked}
        if not places:
            return {}
        policy = context.policy.name
        return self.timeline.state(cut=context.cut, policy=policy, places=places).sections

    def heading(self, state: State) -> str:
        """Return the city, the cut and the policy of a state, and what it rests on."""
        context = state.context
        cut = phrases.cut(context.cut, context.city.zone)
        read = [f"{context.city.name} {cut}", f"policy {context.policy.name}"]
        return " · ".join([*read, *self.basis()])

    def basis(self) -> list[str]:
        """Return the number of events that answers rest on, and what is supposed besides."""
        events = phrases.count(self.timeline.count, "event")
        return [events, self.supposed()] if self.timeline.hypothesis else [events]

    def supposed(self) -> str:
        """Return the suppositions of a hypothetical timeline; empty for the log as it is."""
        hypothesis, sources = self.timeline.hypothesis, self.timeline.city.sources
        if hypothesis is None:
            return ""
        parts = [f"without {sources[id].label}" for id in hypothesis.without_sources]
        parts += [f"without {id}" for id in hypothesis.without_events]
        if hypothesis.added:
            parts.insert(0, f"with {phrases.count(len(hypothesis.added), 'event')} more")
        return f"HYPOTHETICAL: {', '.join(parts) or 'nothing more than the log holds'}"

    def speaker(self, id: EventId) -> str:
        """Return the short name of an event's source."""
        source = self.timeline.city.sources[self.timeline.store.source(id)]
        return source.short or source.label

    def table(self, events: Sequence[TimedEvent], *, short: bool = False) -> Table:
        """Return a list of events; if `short`, ids that were made at random are cut."""
        withdrawn = self.timeline.withdrawals()
        names = shortened(self.timeline.store.ids()) if short else {}
        rows = [
            (names.get(event.id, event.id), *self._row(event, event.id in withdrawn))
            for event, *_ in events
        ]
        return Table(("Id", "Occurred", "Reported", "Source", "What"), tuple(rows))

    def record(self, event: Event) -> dict[str, Any]:
        """Return an event as the JSON object of its line."""
        return CODEC.unstructure(event)

    def records(self, events: Iterable[TimedEvent]) -> Iterator[dict[str, Any]]:
        """Yield events as the JSON objects of their lines, marked in a hypothetical timeline."""
        mark = {"hypothetical": True} if self.timeline.hypothesis else {}
        for event, *_ in events:
            yield {**self.record(event), **mark}

    def fields(self, event: Event) -> Iterator[tuple[str, str]]:
        """Yield an event's fields, source, line and withdrawal by name, and what speaks of it."""
        city = self.timeline.city
        yield event.id, describe(event, city)
        for name, value in self.record(event).items():
            if name not in ("id", "v"):
                yield name, _value(value)
        source = city.sources[event.source]
        side = city.side_of(source.id, event.reported.instant(city.zone))
        serves = f", serves {side}" if side else ""
        yield "who", f"{source.label}, {source.kind}{serves}"
        yield "line", str(self.timeline.log.lines.get(event.id, "none: it is supposed"))
        if withdrawal := self.timeline.withdrawals().get(event.id):
            when = phrases.moment(withdrawal.known, city.zone)
            yield "withdrawn", f"{when}, by {withdrawal.by}"
        for other in self.timeline.events:
            if event.id in [target for _, target in references(other)]:
                yield "see also", f"{other.id}: {self.speaker(other.id)} {describe(other, city)}"

    def _row(self, event: Event, withdrawn: bool) -> tuple[str, ...]:
        dates = phrases.date(event.occurred), phrases.date(event.reported)
        mark = "withdrawn – " if withdrawn else ""
        return (*dates, self.speaker(event.id), mark + describe(event, self.timeline.city))


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_value(item)}" for name, item in value.items())
    if isinstance(value, list):
        return ", ".join(map(_value, value))
    return f"{value:,}" if isinstance(value, int) else str(value)


def shortened(ids: Iterable[EventId]) -> dict[EventId, str]:
    """Return a short form of each random id: four digits, or as many as tell it from others."""
    ordered = sorted(ids)
    short: dict[EventId, str] = {}
    for before, id, after in zip(["", *ordered], ordered, [*ordered[1:], ""], strict=False):
        if match := _RANDOM.fullmatch(id):
            shared = max(_shared(id, other) for other in (before, after))
            short[id] = id[: max(match.start(1) + 4, shared + 1)]
    return short


def _shared(a: str, b: str) -> int:
    """Return the number of characters that two texts begin with alike."""
    alike = takewhile(lambda pair: pair[0] == pair[1], zip(a, b, strict=False))
    return sum(1 for _ in alike)


def state_records(state: State) -> Iterator[dict[str, Any]]:
    """Yield who holds what as records for a spreadsheet, one for each place."""
    for place, answer in state.answers()["control"].items():
        since = answer.pop("since")
        answer |= {name: _joined(answer[name]) for name in ("holder", "before")}
        shares = "; ".join(map(_share, answer.pop("shares")))
        lists = {name: " ".join(answer.pop(name)) for name in ("because", "against", "unclear")}
        dated = {"since": since and since["text"], "shares": shares}
        yield {"place": place, **answer, **dated, **lists}


def _share(part: Mapping[str, Any]) -> str:
    return f"{part['actor'] or 'unknown'} {phrases.share(part['low'], part['high'])}"


def _joined(holder: Any) -> Any:
    """Return a holder as one text; several who hold a place together, one after another."""
    return " ".join(holder) if isinstance(holder, list) else holder
