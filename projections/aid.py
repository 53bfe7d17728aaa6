"""Negotiations over aid: every party's stand, who disputes it, and the status of the whole."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from attrs import frozen

from timeline.domain.events import ActorId, AidMove, AidNegotiation, Slug, Statement
from timeline.domain.timed_event import TimedEvent
from timeline.replay.answers import Grounds, settled, verdict_on
from timeline.replay.cells import Value
from timeline.replay.policies import Verdict
from timeline.replay.projection import (
    Cells,
    Context,
    Effect,
    Lookup,
    Projection,
    Reader,
    assertion,
    claims,
    stances,
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
    def favours(self) -> ActorId:
        """A party gains by its own good name."""
        return self.party

    @property
    def stand(self) -> AidMove:
        """The move, whatever its terms."""
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


def effects(fact: TimedEvent, lookup: Lookup) -> Iterable[Effect]:
    """Yield a position on a party for its move, or for each move that a statement is about."""
    event = fact.event
    if isinstance(event, AidNegotiation):
        key = event.negotiation, event.party
        move = Move(event.party, event.move, event.terms)
        yield assertion(fact, key, "change", ("move",), move, subject=event.negotiation)
    else:
        yield from stances(fact, lookup, effects)


def read(key: NegotiationParty, cells: Cells, context: Context) -> Stand:
    """Return where one party stands."""
    last: Move | None
    last, grounds = settled(claims(cells), context)
    move, terms = (last.move, last.terms) if last else (None, None)
    return Stand(move=move, terms=terms, **grounds.given())


def judge(key: NegotiationParty, cells: Cells, context: Context) -> tuple[Verdict[Move], ...]:
    """Return the verdict on a party's move."""
    return (verdict_on(claims(cells), context),)


def gather(
    answers: Mapping[NegotiationParty, Stand], context: Context
) -> Mapping[Slug, Negotiation]:
    """Return every negotiation with its parties."""
    negotiations: dict[Slug, dict[ActorId, Stand]] = {}
    for (negotiation, party), stand in answers.items():
        negotiations.setdefault(negotiation, {})[party] = stand
    return {name: _negotiation(parties) for name, parties in negotiations.items()}


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
        voices = f"{reader.voices(stand.because)}{against}"
        move = reader.how_sure(words(stand, reader), stand.certain)
        alike.setdefault((move, voices), []).append(reader.city.actors[party].label)
    for (move, voices), parties in alike.items():
        yield f"  {', '.join(parties)}: {move} ({voices})"


def words(stand: Stand, _: Reader) -> str:
    """Return a party's move in words."""
    return _words(stand.move) if stand.move else "unknown"


def _words(code: str) -> str:
    return code.replace("_", " ")


PROJECTION = Projection(
    name="aid",
    listens=(AidNegotiation, Statement),
    effects=effects,
    read=read,
    gather=gather,
    brief=brief,
    label=lambda key, city: f"{key[0]}, {city.actors[key[1]].label}",
    words=words,
    substance=lambda stand: stand.move,
    judge=judge,
    summary=summary,
    places=lambda key: (),
    values=(Move,),
)
