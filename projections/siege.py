"""Sieges: of which places, since when, by whom, with what way out and how many people trapped."""

from collections.abc import Hashable, Iterable, Mapping

from attrs import frozen

from timeline.domain.events import ActorId, EventId, PlaceId, Siege, Statement
from timeline.domain.timed_event import TimedEvent
from timeline.replay.answers import Grounds, settled
from timeline.replay.cells import Claim, Head, Value
from timeline.replay.policies import Verdict
from timeline.replay.projection import (
    Cells,
    ClaimProjection,
    Context,
    Effect,
    Presentation,
    Reader,
    assertion,
    claims,
    verdict_on,
)
from timeline.replay.tallies import NOTHING_COUNTED, Figure, People, tally, tally_effect
from timeline.text import phrases
from timeline.text.document import Brief

SIEGE, CORRIDOR = "siege", "corridor"
MOVES = {
    "begin": (SIEGE, True, "change"),
    "tighten": (SIEGE, True, "observation"),
    "lift": (SIEGE, False, "change"),
    "open_corridor": (CORRIDOR, True, "change"),
    "close_corridor": (CORRIDOR, False, "change"),
}
"""Each move as a claim: its kind, whether it stands, and ``change`` if that began then."""


@frozen
class Ring(Value):
    """That there is, or is not, a siege or a corridor."""

    stands: bool
    by: ActorId | None

    @property
    def favours(self) -> tuple[ActorId, ...]:
        """The besieger, who gains by its own acts."""
        return (self.by,) if self.by else ()

    def substance(self, head: Head) -> bool:
        """Return whether it stands, whoever keeps it."""
        return self.stands


@frozen(kw_only=True)
class Corridor(Grounds):
    """A way out: whether it is open, and how sure that is."""

    open: bool


@frozen(kw_only=True)
class Besieged(Grounds):
    """The siege of a place; None for what is not known, or what nobody said."""

    besieged: bool | None
    by: ActorId | None
    corridor: Corridor | None
    trapped: People | None
    trapped_because: tuple[EventId, ...]


Sieges = Mapping[PlaceId, Besieged]
"""The sieges by place."""


class SiegeProjection(ClaimProjection[PlaceId, Besieged, Sieges]):
    """The siege of each place, and the ways out of it."""

    name = "siege"
    listens = (Siege, Statement)
    values = (Ring, Figure)

    def asserted(self, timed: TimedEvent) -> Iterable[Effect]:
        """Yield the claim that a move makes, and the number trapped."""
        event = timed.event
        assert isinstance(event, Siege)
        kind, stands, mode = MOVES[event.move]
        yield assertion(timed, event.place, mode, kind, Ring(stands, event.by))
        if event.trapped is not None:
            yield tally_effect(timed, event.place, "trapped", event.trapped, "stock")

    def read(self, key: PlaceId, cells: Cells, context: Context) -> Besieged:
        """Return the siege of one place."""
        ring, rests = settled(_claims(cells, SIEGE), context)
        stands, by = (ring.stands, ring.by) if ring else (None, None)
        trapped = NOTHING_COUNTED
        if stands is not False:
            trapped = tally(cells, context, "trapped", ("stock",))
        return Besieged(
            besieged=stands,
            by=by,
            corridor=_corridor(cells, context),
            trapped=trapped.people,
            trapped_because=trapped.because,
            **rests.given(),
        )

    def judge(self, key: PlaceId, cells: Cells, context: Context) -> tuple[Verdict[Ring], ...]:
        """Return the verdicts on the siege and, where one was spoken of, on a corridor."""
        by_kind = (_claims(cells, kind) for kind in (SIEGE, CORRIDOR))
        return tuple(verdict_on(claims, context) for claims in by_kind if claims)

    def substance(self, answer: Besieged) -> Hashable:
        """Return whether a place is besieged and has a way out, and how many are trapped."""
        return answer.besieged, answer.corridor and answer.corridor.open, answer.trapped

    def gather(self, answers: Sieges, context: Context) -> Sieges:
        """Return the sieges by place."""
        return answers

    def places(self, key: PlaceId) -> Iterable[PlaceId]:
        """Return the place itself."""
        return (key,)

    @property
    def presentation(self) -> Presentation[PlaceId, Besieged, Sieges]:
        """The sieges in words."""
        return Presentation(
            brief=brief, label=lambda place, city: city.places[place].name, words=words
        )


def _corridor(cells: Cells, context: Context) -> Corridor | None:
    """Return the corridor of a place; None where nobody spoke of one."""
    ring, rests = settled(_claims(cells, CORRIDOR), context)
    return Corridor(open=ring.stands, **rests.given()) if ring else None


def _claims(cells: Cells, kind: str) -> list[Claim[Ring]]:
    """Return the claims about the siege, or about a corridor, and the stances on them."""
    return claims(cells, lambda question: question == kind)


def brief(section: Mapping[PlaceId, Besieged], reader: Reader) -> Iterable[Brief]:
    """Yield each siege and each corridor in a line."""
    lines = [line for place, siege in section.items() for line in _lines(place, siege, reader)]
    if lines:
        yield Brief("Besieged", tuple(lines))


def words(siege: Besieged, reader: Reader) -> str:
    """Return whether a place is besieged, by whom, and whether there is a way out."""
    by = f" by {reader.city.actors[siege.by].label}" if siege.besieged and siege.by else ""
    ring = {True: f"besieged{by}", False: "not besieged", None: "siege unknown"}[siege.besieged]
    corridor = ""
    if siege.corridor:
        sure = reader.how_sure(siege.corridor.status, siege.corridor.certain)
        corridor = f"; {_way_out(siege.corridor)} ({sure})"
    trapped = f"; {phrases.number_of(siege.trapped, 'people')} trapped" if siege.trapped else ""
    return f"{ring}{corridor}{trapped}"


def _way_out(corridor: Corridor) -> str:
    return f"a corridor {'open' if corridor.open else 'closed'}"


def _lines(place: PlaceId, siege: Besieged, reader: Reader) -> Iterable[str]:
    name = reader.city.places[place].name
    if siege.besieged:
        yield f"{name}{_ring(siege, reader)}"
    if siege.corridor:
        yield f"{name}: {_way_out(siege.corridor)} ({_sure(siege.corridor, reader)})"


def _ring(siege: Besieged, reader: Reader) -> str:
    by = f" by {reader.city.actors[siege.by].label}" if siege.by else ""
    since = f" since {phrases.date(siege.since.text)}" if siege.since else ""
    trapped = f", {phrases.number_of(siege.trapped, 'people')} trapped" if siege.trapped else ""
    return f"{by}{since}{trapped} ({_sure(siege, reader)})"


def _sure(rests: Grounds, reader: Reader) -> str:
    sure = reader.how_sure(rests.status, rests.certain)
    against = f"; against: {reader.voices(rests.against)}" if rests.against else ""
    return f"{sure}: {reader.voices(rests.because)}{against}{reader.aged(rests.last_heard)}"


PROJECTION = SiegeProjection()
