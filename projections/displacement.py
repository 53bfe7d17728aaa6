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
from timeline.tallies import Figure, People, tally, tally_effect, total

Route = tuple[PlaceId | None, PlaceId | None]
"""Origin and destination; None where it was not said."""

Mark = tuple[str, Route]
"""A way in which routes overlap, and where."""

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
    """All flows, and how many people they moved: those who may be in two flows count once towards the least."""

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
    """Return the fewest people that all flows can be.

    Those of two flows whose origins and whose destinations overlap may be the same people. So the largest flow counts, then the largest
    that overlaps with none counted before, and so on.
    """
    least, counted = 0, set[Mark]()
    for route in sorted(flows, key=lambda route: (-_fewest(flows[route]), str(route))):
        met, own = _marks(route, city)
        if counted.isdisjoint(met):
            least, counted = least + _fewest(flows[route]), counted | own
    return least


def _marks(route: Route, city: City) -> tuple[set[Mark], set[Mark]]:
    """Return what a route meets where it overlaps with another, and what it is met by: inside it, around it, or across one end each."""
    origins, destinations = ((*(city.lineage(place) if place else ()), None) for place in route)
    wider = {(origin, destination) for origin in origins for destination in destinations}
    across, along = {(route[0], place) for place in destinations}, {(place, route[1]) for place in origins}
    meets = [("inside", wider), ("around", {route}), ("across", across), ("along", along)]
    is_met = [("inside", {route}), ("around", wider), ("across", along), ("along", across)]
    found, own = ({(way, one) for way, routes in ways for one in routes} for ways in (meets, is_met))
    return found, own


def _fewest(flow: Flow) -> int:
    return flow.people.low if flow.people else 0


def _most(flow: Flow) -> int:
    if flow.people is None:
        return 0
    return max(number for number in (flow.people.low, flow.people.best, flow.people.high) if number is not None)


def brief(section: Displaced, reader: Reader) -> Iterable[Brief]:
    """Return the total and each flow, a line each."""
    if section.flows:
        yield Brief("Displaced", (summary(section, reader), *(_line(flow, reader) for flow in section.flows)))


def summary(section: Displaced, _: Reader) -> str:
    """Return how many people all flows moved."""
    return f"{phrases.number_of(section.total, 'people')} in all" if section.flows else ""


def label(route: Route, city: City) -> str:
    """Return a route in words: ``from East Aleppo to West Aleppo``."""
    ends = (f"{word} {city.places[place].name}" for word, place in zip(("from", "to"), route, strict=True) if place)
    return " ".join(ends)


def words(flow: Flow, reader: Reader) -> str:
    """Return how many people went, and how many of them are there."""
    parts = f", {_named(flow, reader.city)}" if flow.parts else ""
    return f"{phrases.number_of(flow.people) if flow.people else 'no number given'}{parts}{_there(flow)}"


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
    summary=summary,
    substance=lambda flow: (flow.people, flow.stock, flow.parts),
    places=lambda route: tuple(place for place in route if place is not None),
    values=(Parts, Figure),
)
