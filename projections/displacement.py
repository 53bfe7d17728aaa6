"""Who fled from where to where: people by origin and destination, as ranges, and their total."""

from collections.abc import Iterable, Mapping, Sequence

from attrs import frozen

from timeline.cells import Claim
from timeline.engine import Cells, Context, Effect, Lookup, Projection, Standing, assertion, claims
from timeline.events import Displacement, EventId, PlaceId, SourceId
from timeline.policies import ids, last_words
from timeline.tallies import People, tally, tally_effect, total

Route = tuple[PlaceId | None, PlaceId | None]
"""Origin and destination; None where it was not said."""

PARTS = ("parts",)
"""The register in which a voice names the districts of an origin."""


@frozen
class Parts:
    """That people came from these parts of the origin."""

    places: tuple[PlaceId, ...]

    @property
    def favours(self) -> None:
        """Naming a district favours nobody."""

    def rivals(self, other: "Parts") -> bool:
        """Return False: people come from many places."""
        return False

    def affirms(self, other: "Parts") -> bool:
        """Return whether the same parts are named."""
        return self.places == other.places


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


def effects(fact: Standing, _: Lookup) -> Iterable[Effect]:
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
    named: list[Claim[Parts]] = last_words(claims(cells, lambda register: register == PARTS), context.city)
    parts = tuple(sorted({place for claim in named for place in claim.value.places}))
    because = tuple(dict.fromkeys((*moved.because, *there.because, *ids(named))))
    return Flow(*route, parts, moved.people, there.people, moved.voices, because)


def gather(answers: Mapping[Route, Flow], context: Context) -> Displaced:
    """Return all flows, the largest first, and their total."""
    flows = sorted(answers.values(), key=lambda flow: (-_most(flow), str((flow.origin, flow.destination))))
    bounds = total(flow.people for flow in flows)
    least = _least(flows, context)
    return Displaced(tuple(flows), People(least, bounds.best if least == bounds.low else None, bounds.high))


def _least(flows: Sequence[Flow], context: Context) -> int:
    """Return the fewest people that all flows can be: one that lies within another may be some of the same people."""
    outermost = [flow for flow in flows if not any(_within(flow, other, context) for other in flows)]
    inner = {id(outer): [flow for flow in flows if _within(flow, outer, context)] for outer in outermost}
    return sum(max(flow.people.low if flow.people else 0, _least(inner[id(flow)], context)) for flow in outermost)


def _within(flow: Flow, other: Flow, context: Context) -> bool:
    """Return whether everybody in a flow may be in another one too: both its ends lie in, or are, those of the other."""
    ends = ((flow.origin, other.origin), (flow.destination, other.destination))
    return flow is not other and all(_lies_in(place, around, context) for place, around in ends)


def _lies_in(place: PlaceId | None, around: PlaceId | None, context: Context) -> bool:
    return around is None or (place is not None and around in context.city.lineage(place))


def _most(flow: Flow) -> int:
    if flow.people is None:
        return 0
    return max(number for number in (flow.people.low, flow.people.best, flow.people.high) if number is not None)


PROJECTION = Projection(
    name="displacement",
    listens=(Displacement,),
    effects=effects,
    read=read,
    gather=gather,
    places=lambda route: tuple(place for place in route if place is not None),
)
