"""Negotiations over aid: every party's stand, who disputes it, and the status of the whole."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Literal

from attrs import frozen

from timeline.domain.choices import AidMove
from timeline.domain.events import ActorId, AidNegotiation, PlaceId, Slug, Statement
from timeline.domain.timed_event import TimedEvent
from timeline.replay.answers import Grounds, settled
from timeline.replay.cells import Head, Value
from timeline.replay.projection import (
    Cells,
    ClaimProjection,
    Context,
    Effect,
    Presentation,
    Reader,
    assertion,
    claims,
)
from timeline.text.document import Brief

Outcome = Literal[
    "failed", "suspended", "delivered", "agreed", "agreed_with_conditions", "disputed", "not_agreed"
]

OUTCOMES: Mapping[AidMove, Outcome] = {
    "fail": "failed",
    "suspend": "suspended",
    "deliver": "delivered",
}
"""The moves that decide a negotiation if no party moved later; of several at once the first."""
CONDITIONAL: AidMove = "accept_with_conditions"
AGREEMENT: frozenset[AidMove] = frozenset({"accept", "sign", "resume", "deliver", CONDITIONAL})
"""The moves of a party that agrees, with conditions or without."""

NegotiationParty = tuple[Slug, ActorId]


@frozen
class Move(Value):
    """That a party made a move."""

    party: ActorId
    move: AidMove
    terms: str | None

    @property
    def favours(self) -> tuple[ActorId, ...]:
        """A party gains by its own good name."""
        return (self.party,)

    def substance(self, head: Head) -> AidMove:
        """Return the move, whatever its terms."""
        return self.move


@frozen(kw_only=True)
class Stand(Grounds):
    """A party's last move, None if unknown, with the terms that the leading report gives."""

    move: AidMove | None
    terms: str | None


@frozen
class Negotiation:
    """A negotiation: its status, whether all of that is certain, and each party's stand."""

    status: Outcome
    certain: bool
    parties: Mapping[ActorId, Stand]


Negotiations = Mapping[Slug, Negotiation]
"""The negotiations by name."""


class AidProjection(ClaimProjection[NegotiationParty, Stand, Negotiations]):
    """The stand of each party in each negotiation."""

    name = "aid"
    listens = (AidNegotiation, Statement)
    values = (Move,)

    def asserted(self, timed: TimedEvent) -> Iterable[Effect]:
        """Yield the claim that a party made a move."""
        event = timed.event
        assert isinstance(event, AidNegotiation)
        key, move = (event.negotiation, event.party), Move(event.party, event.move, event.terms)
        yield assertion(timed, key, "change", "move", move, subject=event.negotiation)

    def read(self, key: NegotiationParty, cells: Cells, context: Context) -> Stand:
        """Return where one party stands."""
        last: Move | None
        last, grounds = settled(claims(cells), context)
        move, terms = (last.move, last.terms) if last else (None, None)
        return Stand(move=move, terms=terms, **grounds.given())

    def substance(self, answer: Stand) -> Hashable:
        """Return the move."""
        return answer.move

    def gather(self, answers: Mapping[NegotiationParty, Stand], context: Context) -> Negotiations:
        """Return every negotiation with its parties."""
        negotiations: dict[Slug, dict[ActorId, Stand]] = {}
        for (negotiation, party), stand in answers.items():
            negotiations.setdefault(negotiation, {})[party] = stand
        return {name: _negotiation(parties) for name, parties in negotiations.items()}

    def places(self, key: NegotiationParty) -> Iterable[PlaceId]:
        """Return no place: a negotiation has none."""
        return ()

    @property
    def presentation(self) -> Presentation[NegotiationParty, Stand, Negotiations]:
        """The negotiations in words."""
        return Presentation(
            brief=brief,
            label=lambda key, city: f"{key[0]}, {city.actors[key[1]].label}",
            words=words,
            summary=summary,
        )


def _negotiation(parties: Mapping[ActorId, Stand]) -> Negotiation:
    certain = all(stand.certain for stand in parties.values())
    return Negotiation(outcome(parties), certain, parties)


def outcome(parties: Mapping[ActorId, Stand]) -> Outcome:
    """Return the outcome of a negotiation, by its newest move where that decides."""
    moved = [stand for stand in parties.values() if stand.move is not None]
    newest = max(map(_moved_at, moved), default="")
    last = {stand.move for stand in moved if _moved_at(stand) == newest}
    for move, decided in OUTCOMES.items():
        if move in last:
            return decided
    return _agreement(moved) if len(moved) == len(parties) else "not_agreed"


def _agreement(stands: Sequence[Stand]) -> Outcome:
    """Return whether parties agree that have all moved; agreement takes two, and no dispute."""
    moves = {stand.move for stand in stands}
    if len(stands) < 2 or not moves <= AGREEMENT:
        return "not_agreed"
    if any(stand.status == "disputed" for stand in stands):
        return "disputed"
    return "agreed_with_conditions" if CONDITIONAL in moves else "agreed"


def _moved_at(stand: Stand) -> str:
    return stand.since.earliest.isoformat() if stand.since and stand.since.earliest else ""


def brief(section: Mapping[Slug, Negotiation], reader: Reader) -> Iterable[Brief]:
    """Yield the outcome of each negotiation, and who made which move."""
    lines: list[str] = []
    for name, negotiation in section.items():
        lines += (_status(name, negotiation, reader), *_stands(negotiation, reader))
    if lines:
        yield Brief("Aid", tuple(lines))


def summary(section: Mapping[Slug, Negotiation], reader: Reader) -> str:
    """Return the outcome of each negotiation, in one line."""
    return "; ".join(_status(name, negotiation, reader) for name, negotiation in section.items())


def _status(name: Slug, negotiation: Negotiation, reader: Reader) -> str:
    return f"{name}: {reader.how_sure(_words(negotiation.status), negotiation.certain)}"


def _stands(negotiation: Negotiation, reader: Reader) -> Iterable[str]:
    """Yield each party's move, those that rest on the same grounds together."""
    alike: dict[tuple[str, str], list[str]] = {}
    for party, stand in negotiation.parties.items():
        against = f", disputed by {reader.voices(stand.against)}" if stand.against else ""
        voices = f"{reader.voices(stand.because)}{against}{reader.aged(stand.last_heard)}"
        move = reader.how_sure(words(stand, reader), stand.certain)
        alike.setdefault((move, voices), []).append(reader.city.actors[party].label)
    for (move, voices), parties in alike.items():
        yield f"  {', '.join(parties)}: {move} ({voices})"


def words(stand: Stand, _: Reader) -> str:
    """Return a party's move in words."""
    return _words(stand.move) if stand.move else "unknown"


def _words(code: str) -> str:
    return code.replace("_", " ")


PROJECTION = AidProjection()
