"""Who fled from where to where: people by origin and destination, as ranges, and their total."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping

from attrs import frozen

from timeline.domain.city import City
from timeline.domain.events import Displacement, EventId, PlaceId, SourceId
from timeline.domain.timed_event import TimedEvent
from timeline.replay.cells import Claim, Head, Value, ids
from timeline.replay.projection import (
    Cells,
    Context,
    Effect,
    Presentation,
    Reader,
    assertion,
    claims,
)
from timeline.replay.tallies import (
    Figure,
    People,
    TallyProjection,
    last_words,
    tally,
    tally_effect,
    total,
)
from timeline.text import phrases
from timeline.text.document import Brief

End = PlaceId | None
"""One end of a route; None where it was not said."""

Route = tuple[End, End]
"""Origin and destination."""

PARTS = ("parts",)
"""The question of which districts of an origin people left."""


@frozen
class Parts(Value):
    """That people came from these parts of the origin; no such claim rivals another."""

    places: tuple[PlaceId, ...]

    def rivals(self, other: "Parts", head: Head) -> bool:
        """Return that no such claim excludes another."""
        return False


@frozen
class Flow:
    """The people who went from one place to another.

    Attributes:
        parts: the districts of the origin that were named, by the last word of each voice.
        people: how many in all by the cut; None when no voice gave a number.
        stock: how many were at the destination, by each voice's last word; None when unsaid.
        voices: each voice's own figure.
        because: the events that it rests on.
    """

    origin: End
    destination: End
    parts: tuple[PlaceId, ...]
    people: People | None
    stock: People | None
    voices: Mapping[SourceId, People]
    because: tuple[EventId, ...]


@frozen
class Displaced:
    """All flows and their people; people who may be in two flows count once in the least."""

    flows: tuple[Flow, ...]
    total: People


class DisplacementProjection(TallyProjection[Route, Flow, Displaced]):
    """The people who went from one place to another."""

    name = "displacement"
    listens = (Displacement,)
    values = (Parts, Figure)

    def counted(self, timed: TimedEvent) -> Iterable[Effect]:
        """Yield the number of people, or the bare fact that people left, under the route."""
        event = timed.event
        assert isinstance(event, Displacement)
        route = event.origin, event.destination
        heading = "stock" if event.measure == "stock" else "people"
        yield tally_effect(timed, route, heading, event.people, event.measure)
        if event.parts:
            yield assertion(timed, route, "observation", PARTS, Parts(event.parts))

    def read(self, key: Route, cells: Cells, context: Context) -> Flow:
        """Return the flow along one route."""
        moved = tally(cells, context, "people")
        stock = tally(cells, context, "stock", ("stock",))
        origins: list[Claim[Parts]] = claims(cells, lambda question: question == PARTS)
        named = last_words(origins, context)
        parts = tuple(sorted({place for claim in named for place in claim.value.places}))
        because = tuple(dict.fromkeys((*moved.because, *stock.because, *ids(named))))
        return Flow(*key, parts, moved.people, stock.people, moved.voices, because)

    def gather(self, answers: Mapping[Route, Flow], context: Context) -> Displaced:
        """Return all flows, the largest first, and their total."""
        named = [answers[route] for route in sorted(answers, key=str)]
        sums = total(flow.people for flow in named)
        least = _least(named, context.city)
        best = sums.best if least == sums.low else None
        flows = tuple(sorted(named, key=_most, reverse=True))
        return Displaced(flows, People(least, best, sums.high))

    def substance(self, answer: Flow) -> Hashable:
        """Return the numbers, and the districts that were named."""
        return answer.people, answer.stock, answer.parts

    def places(self, key: Route) -> Iterable[PlaceId]:
        """Return the ends that are known."""
        return tuple(place for place in key if place is not None)

    @property
    def presentation(self) -> Presentation[Route, Flow, Displaced]:
        """The displaced in words."""
        return Presentation(brief=brief, label=label, words=words, summary=summary)


def _least(flows: Iterable[Flow], city: City) -> int:
    """Return the fewest people that all flows can be.

    Flows whose origins and destinations overlap may be of the same people. So the largest counts,
    then the largest that overlaps with none counted before, and so on; of equals the first.
    """
    numbered = [flow for flow in flows if _fewest(flow)]
    largest = sorted(numbered, key=_fewest, reverse=True)
    lines = _lines(largest, city)
    near, least = _near(lines), 0
    # of each place, the ends that overlap with the destination of a flow counted that began there,
    # or within it
    begun, within = defaultdict[End, int](int), defaultdict[End, int](int)
    for flow in largest:
        line, (bit, overlaps) = lines[flow.origin], near[flow.destination]
        if not within[flow.origin] & bit and not any(begun[place] & bit for place in line):
            least += _fewest(flow)
            begun[flow.origin] |= overlaps
            for place in line:
                within[place] |= overlaps
    return least


def _lines(flows: Iterable[Flow], city: City) -> dict[End, tuple[End, ...]]:
    """Return each end of some flows with the places around it."""
    ends = {end for flow in flows for end in (flow.origin, flow.destination)}
    return {end: _outward(end, city) for end in ends}


def _outward(end: End, city: City) -> tuple[End, ...]:
    """Return an end and the places around it, up to the unsaid one, which may be anywhere."""
    return (*city.lineage(end), None) if end else (None,)


def _near(lines: Mapping[End, tuple[End, ...]]) -> dict[End, tuple[int, int]]:
    """Return each end's bit, and the bits of the ends that it is, lies in or contains."""
    bits = {end: 1 << number for number, end in enumerate(lines)}
    overlaps = defaultdict[End, int](int)
    for end, line in lines.items():
        for place in line:
            overlaps[end] |= bits.get(place, 0)
            overlaps[place] |= bits[end]
    return {end: (bit, overlaps[end]) for end, bit in bits.items()}


def _fewest(flow: Flow) -> int:
    return flow.people.low if flow.people else 0


def _most(flow: Flow) -> int:
    if flow.people is None:
        return 0
    numbers = (flow.people.low, flow.people.best, flow.people.high)
    return max(number for number in numbers if number is not None)


def brief(section: Displaced, reader: Reader) -> Iterable[Brief]:
    """Yield the total and each flow, a line each."""
    if section.flows:
        lines = (_line(flow, reader) for flow in section.flows)
        yield Brief("Displaced", (summary(section, reader), *lines))


def summary(section: Displaced, _: Reader) -> str:
    """Return how many people all flows moved."""
    return f"{phrases.number_of(section.total, 'people')} in all" if section.flows else ""


def label(route: Route, city: City) -> str:
    """Return a route in words: ``from East Aleppo to West Aleppo``."""
    ends = zip(("from", "to"), route, strict=True)
    return " ".join(f"{word} {city.places[place].name}" for word, place in ends if place)


def words(flow: Flow, reader: Reader) -> str:
    """Return how many people went, and how many of them are there."""
    parts = f", {_named(flow, reader.city)}" if flow.parts else ""
    number = phrases.number_of(flow.people) if flow.people else "no number given"
    return f"{number}{parts}{_there(flow)}"


def _line(flow: Flow, reader: Reader) -> str:
    city = reader.city
    origin = f" {label((flow.origin, None), city)}" if flow.origin else ""
    parts = f" ({_named(flow, city)})" if flow.parts else ""
    destination = f" {label((None, flow.destination), city)}" if flow.destination else ""
    number = phrases.number_of(flow.people) if flow.people else "people"
    return f"{number}{origin}{parts}{destination}{_there(flow)} – {reader.voices(flow.because)}"


def _named(flow: Flow, city: City) -> str:
    return ", ".join(city.places[part].name for part in flow.parts)


def _there(flow: Flow) -> str:
    return f"; {phrases.number_of(flow.stock)} there" if flow.stock else ""


PROJECTION = DisplacementProjection()
