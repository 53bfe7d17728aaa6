"""A timeline written for people: the briefing of a state, a list of events, one event whole."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
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
"""What `append` makes for an event without an id."""


@frozen
class Report:
    """Writes one timeline for people."""

    timeline: Timeline

    def briefs(self, state: State, *, chosen: bool) -> Iterator[Brief]:
        """Yield the parts of a state's briefing; with `chosen` every place of it is shown for itself."""
        reader = Reader(context=state.context, speaker=self.speaker, chosen=chosen)
        for projection in self.timeline.projections:
            yield from projection.brief(state[projection], reader)

    def heading(self, state: State) -> str:
        """Return what a state is the state of, and how it was read."""
        context = state.context
        cut = phrases.cut(context.cut, context.city.zone)
        return " · ".join(
            [f"{context.city.name} {cut}", f"policy {context.policy.name}", *self.basis()]
        )

    def basis(self) -> list[str]:
        """Return what the answers rest on: how many events, and what is supposed beyond the log."""
        events = phrases.count(self.timeline.count, "event")
        return [events, *([self.supposed()] if self.timeline.hypothesis else [])]

    def supposed(self) -> str:
        """Return what a hypothetical timeline supposes; empty for the log as it is."""
        supposed, city = self.timeline.hypothesis, self.timeline.city
        if supposed is None:
            return ""
        added = (
            [f"with {phrases.count(len(supposed.added), 'event')} more"] if supposed.added else []
        )
        sources = [f"without {city.sources[id].label}" for id in supposed.without_sources]
        parts = [*added, *sources, *(f"without {id}" for id in supposed.without_events)]
        return f"HYPOTHETICAL: {', '.join(parts) or 'nothing more than the log holds'}"

    def speaker(self, id: EventId) -> str:
        """Return the short name of who says what an event says."""
        index = self.timeline.index
        source = self.timeline.city.sources[index.source(id) if index else self._sources[id]]
        return source.short or source.label

    def table(self, events: Sequence[TimedEvent], *, short: bool = False) -> Table:
        """Return a list of events: when it happened, when it was known, who says so, what; ids made at random cut `short`, if asked."""
        withdrawn = self.timeline.withdrawals()
        names = shortened(self.timeline.ids) if short else {}
        rows = tuple(
            (names.get(event.id, event.id), *self._row(event, event.id in withdrawn))
            for event, *_ in events
        )
        return Table(("Id", "Occurred", "Reported", "Source", "What"), rows)

    def record(self, event: Event) -> dict[str, Any]:
        """Return an event as the JSON object of its line."""
        return CODEC.unstructure(event)

    def records(self, events: Iterable[TimedEvent]) -> Iterator[dict[str, Any]]:
        """Yield events as the JSON objects of their lines, marked where the timeline is hypothetical."""
        mark = {"hypothetical": True} if self.timeline.hypothesis else {}
        yield from ({**self.record(one.event), **mark} for one in events)

    def fields(self, event: Event) -> Iterator[tuple[str, str]]:
        """Yield an event's fields by name, and what the log says of the event: its line, its withdrawal, who speaks of it."""
        city = self.timeline.city
        yield event.id, describe(event, city)
        for name, value in self.record(event).items():
            if name not in ("id", "v"):
                yield name, _value(value)
        source = city.sources[event.source]
        yield (
            "who",
            f"{source.label}, {source.kind}{f', serves {source.side}' if source.side else ''}",
        )
        yield "line", str(self.timeline.log.lines.get(event.id, "none: it is supposed"))
        if withdrawn := self.timeline.withdrawals().get(event.id):
            yield "withdrawn", f"{phrases.moment(withdrawn.known, city.zone)}, by {withdrawn.by}"
        for other in self.timeline.events:
            if event.id in [target for _, target in references(other)]:
                yield "see also", f"{other.id}: {self.speaker(other.id)} {describe(other, city)}"

    @cached_property
    def _sources(self) -> dict[EventId, Any]:
        left_out = self.timeline.log.events if self.timeline.hypothesis else ()
        named = {event.id: self.timeline.city.source(event.source).id for event in left_out}
        return named | {event.id: event.source for event, *_ in self.timeline.dated}

    def _row(self, event: Event, withdrawn: bool) -> tuple[str, ...]:
        what = describe(event, self.timeline.city)
        mark = "withdrawn – " if withdrawn else ""
        return (
            phrases.date(event.occurred),
            phrases.date(event.reported),
            self.speaker(event.id),
            mark + what,
        )


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_value(item)}" for name, item in value.items())
    return (
        ", ".join(map(_value, value))
        if isinstance(value, list)
        else f"{value:,}"
        if isinstance(value, int)
        else str(value)
    )


def shortened(ids: Iterable[EventId]) -> dict[EventId, str]:
    """Return ids with those that were made at random cut to four digits, or to as many as are needed to tell them from all others."""
    ordered = sorted(ids)
    short: dict[EventId, str] = {}
    for before, id, after in zip(["", *ordered], ordered, [*ordered[1:], ""], strict=False):
        if match := _RANDOM.fullmatch(id):
            shared = max(_shared(id, other) for other in (before, after))
            short[id] = id[: max(match.start(1) + 4, shared + 1)]
    return short


def _shared(a: str, b: str) -> int:
    """Return how many characters two texts begin with alike."""
    return next(
        (n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b))
    )


def state_records(state: State) -> Iterable[dict[str, Any]]:
    """Return who holds what as records, one for each place, for a spreadsheet."""
    for place, answer in state.answers()["control"].items():
        since = answer.pop("since")
        shares = "; ".join(
            f"{share['actor']} {phrases.share(share['low'], share['high'])}"
            for share in answer.pop("shares")
        )
        lists = {name: " ".join(answer.pop(name)) for name in ("because", "against", "unclear")}
        yield {
            "place": place,
            **answer,
            "since": since and since["text"],
            "shares": shares,
            **lists,
        }
