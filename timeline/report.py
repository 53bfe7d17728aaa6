"""A timeline written for people: the briefing of a state, a list of events, one event whole."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any

from attrs import frozen

from timeline import phrases
from timeline.events import Event, EventId
from timeline.log import references
from timeline.projection import Dated, Reader
from timeline.state import State
from timeline.tables import Brief, Table
from timeline.timeline import Timeline


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
        return f"{context.city.name} {cut} · policy {context.policy.name} · {phrases.count(state.events, 'event')}"

    def speaker(self, id: EventId) -> str:
        """Return the short name of who says what an event says."""
        source = self.timeline.city.sources[self._sources[id]]
        return source.short or source.label

    def table(self, events: Sequence[Dated]) -> Table:
        """Return a list of events: when it happened, when it was known, who says so, what."""
        withdrawn = self.timeline.withdrawals()
        rows = tuple(self._row(event, event.id in withdrawn) for event, _, _ in events)
        return Table(("Id", "Occurred", "Reported", "Source", "What"), rows)

    def record(self, event: Event) -> dict[str, Any]:
        """Return an event as the JSON object of its line."""
        from timeline.codec import CODEC

        return CODEC.unstructure(event)

    def fields(self, event: Event) -> Iterator[tuple[str, str]]:
        """Yield an event's fields by name, and what the log says of the event: its line, its withdrawal, who speaks of it."""
        from timeline.describe import describe

        city = self.timeline.city
        yield event.id, describe(event, city)
        for name, value in self.record(event).items():
            if name not in ("id", "v"):
                yield name, _value(value)
        source = city.sources[event.source]
        yield "who", f"{source.label}, {source.kind}{f', serves {source.side}' if source.side else ''}"
        yield "line", str(self.timeline.log.lines[event.id])
        if withdrawn := self.timeline.withdrawals().get(event.id):
            yield "withdrawn", f"{phrases.moment(withdrawn.known, city.zone)}, by {withdrawn.by}"
        for other in self.timeline.events:
            if event.id in [target for _, target in references(other)]:
                yield "see also", f"{other.id}: {self.speaker(other.id)} {describe(other, city)}"

    @cached_property
    def _sources(self) -> dict[EventId, Any]:
        return {event.id: event.source for event, _, _ in self.timeline.dated}

    def _row(self, event: Event, withdrawn: bool) -> tuple[str, ...]:
        from timeline.describe import describe

        what = describe(event, self.timeline.city)
        mark = "withdrawn – " if withdrawn else ""
        return event.id, phrases.date(event.occurred), phrases.date(event.reported), self.speaker(event.id), mark + what


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_value(item)}" for name, item in value.items())
    return ", ".join(map(_value, value)) if isinstance(value, list) else f"{value:,}" if isinstance(value, int) else str(value)


def state_records(state: State) -> Iterable[dict[str, Any]]:
    """Return who holds what as records, one for each place, for a spreadsheet."""
    for place, answer in state.answers()["control"].items():
        since = answer.pop("since")
        shares = "; ".join(f"{share['actor']} {phrases.share(share['low'], share['high'])}" for share in answer.pop("shares"))
        lists = {name: " ".join(answer.pop(name)) for name in ("because", "against", "unclear")}
        yield {"place": place, **answer, "since": since and since["text"], "shares": shares, **lists}
