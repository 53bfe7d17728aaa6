"""What became of each negotiation over aid: every party's stand, who disputes it, and the status of the whole."""

from collections.abc import Iterable, Mapping
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
"""The moves that decide a negotiation by themselves, as long as no party moved later; of several made at once the first of these."""
AGREEMENT = ("accept", "sign", "resume", "deliver")

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
    """Where a party stands: its last move, and how sure that is.

    Attributes:
        move: the move; None when it is not known.
        terms: its terms, as the leading report gives them.
    """

    move: AidMove | None
    terms: str | None


@frozen
class Negotiation:
    """A negotiation: what it has come to, whether all of that has certainly happened, and the stand of every party that was named."""

    status: Outcome
    certain: bool
    parties: Mapping[ActorId, Stand]


def effects(fact: TimedEvent, lookup: Lookup) -> Iterable[Effect]:
    """Yield a position on the party for its move, and one for each report of a move that a statement is about."""
    event = fact.event
    if isinstance(event, AidNegotiation):
        move = Move(event.party, event.move, event.terms)
        yield assertion(
            fact,
            (event.negotiation, event.party),
            "change",
            ("move",),
            move,
            subject=event.negotiation,
        )
    else:
        yield from stances(fact, lookup, effects)


def read(key: NegotiationParty, cells: Cells, context: Context) -> Stand:
    """Return where one party stands."""
    move: Move | None
    move, rests = settled(claims(cells), context)
    return Stand(
        move=move.move if move else None, terms=move.terms if move else None, **rests.given()
    )


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
    return {
        name: Negotiation(
            outcome(parties), all(stand.certain for stand in parties.values()), parties
        )
        for name, parties in negotiations.items()
    }


def outcome(parties: Mapping[ActorId, Stand]) -> Outcome:
    """Return what a negotiation has come to: the newest move where that decides, else agreement only where all parties agree undisputed."""
    moved = [stand for stand in parties.values() if stand.move is not None]
    last = {stand.move for stand in moved if _moved_at(stand) == max(map(_moved_at, moved))}
    decided = [outcome for move, outcome in OUTCOMES.items() if move in last]
    if decided:
        return decided[0]
    moves = {stand.move for stand in moved}
    if (
        len(moved) < 2
        or len(moved) < len(parties)
        or not moves <= {*AGREEMENT, "accept_with_conditions"}
    ):
        return "not_agreed"
    if any(stand.status == "disputed" for stand in moved):
        return "disputed"
    return "agreed_with_conditions" if "accept_with_conditions" in moves else "agreed"


def _moved_at(stand: Stand) -> str:
    return stand.since.earliest.isoformat() if stand.since and stand.since.earliest else ""


def brief(section: Mapping[Slug, Negotiation], reader: Reader) -> Iterable[Brief]:
    """Return what each negotiation has come to, and who made which move."""
    if section:
        lines = [
            line
            for name, one in section.items()
            for line in (_status(name, one, reader), *_stands(one, reader))
        ]
        yield Brief("Aid", tuple(lines))


def summary(section: Mapping[Slug, Negotiation], reader: Reader) -> str:
    """Return what each negotiation has come to, in one line."""
    return "; ".join(_status(name, one, reader) for name, one in section.items())


def _status(name: Slug, negotiation: Negotiation, reader: Reader) -> str:
    return f"{name}: {reader.how_sure(_words(negotiation.status), negotiation.certain)}"


def _stands(negotiation: Negotiation, reader: Reader) -> Iterable[str]:
    """Yield each party's move, those that rest on the same grounds together."""
    alike: dict[tuple[str, str], list[str]] = {}
    for party, stand in negotiation.parties.items():
        against = f", disputed by {reader.voices(stand.against)}" if stand.against else ""
        says = f"{reader.voices(stand.because)}{against}"
        move = _words(stand.move) if stand.move else "unknown"
        alike.setdefault((reader.how_sure(move, stand.certain), says), []).append(
            reader.city.actors[party].label
        )
    for (move, says), parties in alike.items():
        yield f"  {', '.join(parties)}: {move} ({says})"


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
    words=lambda stand, _: _words(stand.move) if stand.move else "unknown",
    substance=lambda stand: stand.move,
    judge=judge,
    summary=summary,
    places=lambda key: (),
    values=(Move,),
)
