"""Who fled from where to where: people by origin and destination, as ranges, and their total."""

from collections.abc import Iterable, Mapping

from attrs import frozen

from timeline import phrases
from timeline.cells import Claim, Value
from timeline.city import City
from timeline.events import Displacement, EventId, PlaceId, SourceId
from timeline.policies import ids, last_words
from timeline.projection import Cells, Context, Dated, Effect, Lookup, Projection, Reader, assertion, claims
from timeline.tables import Brief
from timeline.tallies import People, tally, tally_effect, total

Route = tuple[PlaceId | None, PlaceId | None]
"""Origin and destination; None where it was not said."""

PARTS = ("parts",)
"""The question of which districts of an origin people left."""


@frozen
class Parts(Value):
    """That people came from these parts of the origin; people come from many places, so none rivals another."""

    places: tuple[PlaceId, ...]


@frozen
class Flow:
    """The people who went from one place to another.

    Attributes:
        parts: the districts of the origin that were named, by the last word of each voice.
        people: how many in all by the cut; None when no voice gave a number.
        stock: how many of them were at the destination, by the last word of each voice; None when nobody said.
        voices: each voice's own figure.
        because: the events that it rests on.
    """

    origin: PlaceId | None
    destination: PlaceId | None
    parts: tuple[PlaceId, ...]
    people: People | None
    stock: People | None
    voices: Mapping[SourceId, People]
    because: tuple[EventId, ...]


@frozen
class Displaced:
    """All flows, and how many people they moved: a person who is in two nested flows counts once towards the least."""

    flows: tuple[Flow, ...]
    total: People


def effects(fact: Dated, _: Lookup) -> Iterable[Effect]:
    """Yield the number of people, or the bare fact that people left, under the route."""
    event = fact.event
    assert isinstance(event, Displacement)
    route, heading = (event.origin, event.destination), "stock" if event.measure == "stock" else "people"
    yield tally_effect(fact, route, heading, event.people, event.measure)
    if event.parts:
        yield assertion(fact, route, "observation", PARTS, Parts(event.parts))


def read(route: Route, cells: Cells, context: Context) -> Flow:
    """Return what is known of one route."""
    moved = tally(cells, context, "people")
    there = tally(cells, context, "stock", ("stock",))
    named: list[Claim[Parts]] = last_words(claims(cells, lambda question: question == PARTS), context.city, context.cut.instant)
    parts = tuple(sorted({place for claim in named for place in claim.value.places}))
    because = tuple(dict.fromkeys((*moved.because, *there.because, *ids(named))))
    return Flow(*route, parts, moved.people, there.people, moved.voices, because)


def gather(answers: Mapping[Route, Flow], context: Context) -> Displaced:
    """Return all flows, the largest first, and their total."""
    flows = sorted(answers.values(), key=lambda flow: (-_most(flow), str((flow.origin, flow.destination))))
    bounds = total(flow.people for flow in flows)
    least = _least(answers, context.city)
    return Displaced(tuple(flows), People(least, bounds.best if least == bounds.low else None, bounds.high))


def _least(flows: Mapping[Route, Flow], city: City) -> int:
    """Return the fewest people that all flows can be: those within another flow may be the same people, so the larger of the two counts."""
    least: dict[Route, int] = {}
    for route, flow in flows.items():
        around = [wider for wider in _wider(route, city) if wider in flows]
        outermost = around[-1]
        least[outermost] = max(least.get(outermost, 0), flow.people.low if flow.people else 0)
    return sum(least.values())


def _wider(route: Route, city: City) -> list[Route]:
    """Return the routes that may count the same people, from the route itself to the one between places that were not said."""
    origins, destinations = ((*(city.lineage(place) if place else ()), None) for place in route)
    return [(origin, destination) for destination in destinations for origin in origins]


def _most(flow: Flow) -> int:
    if flow.people is None:
        return 0
    return max(number for number in (flow.people.low, flow.people.best, flow.people.high) if number is not None)


def brief(section: Displaced, reader: Reader) -> Iterable[Brief]:
    """Return the total and each flow, a line each."""
    if section.flows:
        total = phrases.number_of(section.total, "people")
        yield Brief("Displaced", (f"{total} in all", *(_line(flow, reader) for flow in section.flows)))


def label(route: Route, city: City) -> str:
    """Return a route in words: ``from East Aleppo to West Aleppo``."""
    ends = (f"{word} {city.places[place].name}" for word, place in zip(("from", "to"), route, strict=True) if place)
    return " ".join(ends)


def words(flow: Flow, reader: Reader) -> str:
    """Return how many people went, and how many of them are there."""
    parts = f", {_named(flow, reader.city)}" if flow.parts else ""
    return f"{phrases.number_of(flow.people) if flow.people else 'people'}{parts}{_there(flow)}"


def _line(flow: Flow, reader: Reader) -> str:
    origin = f" {label((flow.origin, None), reader.city)}" if flow.origin else ""
    parts = f" ({_named(flow, reader.city)})" if flow.parts else ""
    destination = f" {label((None, flow.destination), reader.city)}" if flow.destination else ""
    number = phrases.number_of(flow.people) if flow.people else "people"
    return f"{number}{origin}{parts}{destination}{_there(flow)} – {reader.voices(flow.because)}"


def _named(flow: Flow, city: City) -> str:
    return ", ".join(city.places[part].name for part in flow.parts)


def _there(flow: Flow) -> str:
    return f"; {phrases.number_of(flow.stock)} there" if flow.stock else ""


PROJECTION = Projection(
    name="displacement",
    listens=(Displacement,),
    effects=effects,
    read=read,
    gather=gather,
    brief=brief,
    label=label,
    words=words,
    substance=lambda flow: (flow.people, flow.stock, flow.parts),
    places=lambda route: tuple(place for place in route if place is not None),
)
