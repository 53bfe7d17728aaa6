"""Who holds each place: the holder, how sure that is, how the ground is held, since when, and who disputes it."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Literal

from attrs import evolve, frozen

from timeline.domain.city import City
from timeline.domain.events import ActorId, ControlChange, EventId, Ground, PlaceId, Statement
from timeline.domain.timed_event import TimedEvent
from timeline.replay.answers import Since, grounds
from timeline.replay.cells import Claim, Value, ids, unfollowed
from timeline.replay.leading import last_words, newest_claim, newness
from timeline.replay.policies import Verdict, settle
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
from timeline.replay.weighing import Case, Status
from timeline.text import phrases
from timeline.text.document import Brief, Cell, Mark, Table

GroundAnswer = Literal["held", "divided", "contested", "none"]


@frozen
class Hold(Value):
    """That an actor, or nobody, holds a place or a share of it."""

    actor: ActorId | None
    ground: Ground
    least: float = 1.0
    most: float = 1.0

    @property
    def favours(self) -> ActorId | None:
        """The holder gains by the claim."""
        return self.actor

    @property
    def stand(self) -> tuple[ActorId | None, Ground]:
        """Who holds it, whatever the share."""
        return self.actor, self.ground

    @property
    def whole(self) -> bool:
        """Whether the claim is of the whole place."""
        return self.least == 1

    def rivals(self, other: "Hold") -> bool:
        """Return whether the two name different holders of shares that do not fit into one place."""
        return self.stand != other.stand and self.least + other.least > 1

    def affirms(self, other: "Hold") -> bool:
        """Return whether the two name the same holder of shares that can be equal."""
        return self.stand == other.stand and self.least <= other.most and other.least <= self.most


HoldClaim = Claim[Hold]


@frozen
class ActorShare:
    """What an actor holds of a place, from `low` to `high`, 1 being all of it."""

    actor: ActorId
    low: float
    high: float


@frozen
class Control:
    """Who holds a place.

    Attributes:
        holder: who holds it; None for nobody, or nobody known.
        status: how sure the claim is.
        certain: whether it has happened by the time asked about, if it is true.
        ground: how the place is held.
        shares: each actor's share, the greatest first.
        since: when the holder took it, as far as it is said.
        before: who held it before, while the leading claim is only possible.
        because: the events that say so.
        against: the events that dispute it.
        unclear: the events that call it unclear.
        inherited_from: the place around it that the claim was made on.
    """

    holder: ActorId | None
    status: Status
    certain: bool
    ground: GroundAnswer
    shares: tuple[ActorShare, ...]
    since: Since | None
    before: ActorId | None
    because: tuple[EventId, ...]
    against: tuple[EventId, ...]
    unclear: tuple[EventId, ...]
    inherited_from: PlaceId | None


UNKNOWN = Control(None, "unknown", False, "none", (), None, None, (), (), (), None)
"""The answer when nobody said anything that counts."""


def effects(fact: TimedEvent, lookup: Lookup) -> Iterable[Effect]:
    """Yield a position on the place for a control change, and one for each control change that a statement is about."""
    event = fact.event
    if isinstance(event, ControlChange):
        share = event.extent
        hold = (
            Hold(event.actor, event.ground, share.least, share.most)
            if share
            else Hold(event.actor, event.ground)
        )
        register = (event.how,) if hold.whole else ("part", event.actor)
        yield assertion(fact, event.place, event.how, register, hold)
    else:
        yield from stances(fact, lookup, effects)


def read(place: PlaceId, cells: Cells, context: Context) -> Control:
    """Return who holds a place, from the positions of every voice on it and on the places around it."""
    return _answer(place, _counting(claims(cells), context), context)


def gather(answers: Mapping[PlaceId, Control], context: Context) -> Mapping[PlaceId, Control]:
    """Return the answers as they are, by place, in the order of the city file."""
    return answers


def judge(place: PlaceId, cells: Cells, context: Context) -> tuple[Verdict[Hold], ...]:
    """Return the verdict on who holds a place."""
    return (_verdict(_counting(claims(cells), context), context),)


def substance(answer: Control) -> Hashable:
    """Return who holds a place and how, whoever says so."""
    return answer.holder, answer.ground, answer.shares


def _verdict(said: Sequence[HoldClaim], context: Context) -> Verdict[Hold]:
    """Return what the policy makes of the claims on a place.

    The whole claim is settled first: what a policy sets aside as a claim to the whole may not come
    back under a partial claim that counts on top of it.
    """
    at, city = context.cut.instant, context.city
    verdict = settle([claim for claim in said if claim.value.whole], city, context.policy, at=at)
    if any(not claim.value.whole for claim in said):
        return settle(
            said,
            city,
            context.policy,
            leading_claim,
            at=at,
            barred={claim.id for claim in verdict.set_aside},
        )
    return verdict


def _answer(place: PlaceId, said: Sequence[HoldClaim], context: Context) -> Control:
    """Return who holds a place by what was said."""
    at, city = context.cut.instant, context.city
    verdict = _verdict(said, context)
    case = verdict.case
    if case is None:
        return evolve(UNKNOWN, unclear=ids(verdict.set_aside))
    rests = grounds(case, at, city.zone)
    if verdict.ruling == "withhold":
        return evolve(UNKNOWN, **rests.given() | {"since": None})
    whole, parts = standing_parts(verdict.accepted, city)
    shares = divide(whole, parts)
    subject = PlaceId(case.leading.subject)
    return Control(
        holder=None if case.leading.value.ground == "contested" else _holder(whole, shares),
        status=rests.status,
        certain=rests.certain,
        ground=_ground(case, shares),
        shares=shares,
        since=rests.since,
        before=None if rests.certain else _holder_before(place, said, case, context),
        because=ids((*case.support, *case.seconded, *([whole] if whole and parts else []), *parts)),
        against=rests.against,
        unclear=rests.unclear,
        inherited_from=None if subject == place else subject,
    )


def _counting(said: Sequence[HoldClaim], context: Context) -> list[HoldClaim]:
    """Return the claims without the partial ones that do not count on top of what their own voice says of the whole."""
    spoken = last_words(said, context.city, context.cut.instant)
    whole = [claim for claim in spoken if claim.asserts and claim.value.whole]
    lost = {
        claim.id
        for claim in spoken
        if _is_part(claim)
        and not all(_on_top_of(claim, w) for w in whole if w.voice == claim.voice)
    }
    return [claim for claim in said if claim.id not in lost]


def _is_part(claim: HoldClaim) -> bool:
    return claim.asserts and not claim.value.whole


def leading_claim(spoken: Sequence[HoldClaim], city: City) -> HoldClaim | None:
    """Return the claim that leads: the newest of the whole claim that leads and the partial claims that count on top of it."""
    whole, parts = standing_parts(spoken, city)
    choices = [*([whole] if whole else []), *parts]
    return max(choices, key=lambda claim: newness(claim, city), default=None)


def standing_parts(
    spoken: Sequence[HoldClaim], city: City
) -> tuple[HoldClaim | None, list[HoldClaim]]:
    """Return the whole claim that leads and the partial claims that count on top of it, of each actor those that no other follows."""
    wholes = [claim for claim in spoken if claim.value.whole]
    whole = newest_claim(wholes, city)
    parts: dict[Hashable, list[HoldClaim]] = {}
    for claim in spoken:
        if not claim.value.whole and all(
            _on_top_of(claim, w) for w in wholes if w is whole or w.voice == claim.voice
        ):
            parts.setdefault(claim.value.actor, []).append(claim)
    return whole, [claim for same in parts.values() for claim in unfollowed(same)]


def divide(whole: HoldClaim | None, parts: Sequence[HoldClaim]) -> tuple[ActorShare, ...]:
    """Return each actor's share: the range of the partial claims, and for the whole holder what they leave, the greatest first."""
    ranges: dict[ActorId, tuple[float, float]] = {}
    for claim in parts:
        actor, value = claim.value.actor, claim.value
        if actor is not None:
            low, high = ranges.get(actor, (value.least, value.most))
            ranges[actor] = (min(low, value.least), max(high, value.most))
    if whole and whole.value.actor and whole.value.actor not in ranges:
        taken = [sum(share[end] for share in ranges.values()) for end in (0, 1)]
        ranges[whole.value.actor] = (_left(taken[1]), _left(taken[0]))
    ordered = sorted(ranges.items(), key=lambda item: (-item[1][1], -item[1][0], item[0]))
    return tuple(ActorShare(actor, low, high) for actor, (low, high) in ordered if high > 0)


def _on_top_of(part: HoldClaim, whole: HoldClaim) -> bool:
    """Return whether a partial claim counts on top of a whole one: it follows it, or overlaps with it and was reported later."""
    if whole.window.precedes(part.window):
        return True
    return not part.window.precedes(whole.window) and part.known > whole.known


def _left(taken: float) -> float:
    """Return what is left of a place, rounded so that thirds written as decimals add up."""
    return max(0.0, round(1 - taken, 9))


def _holder(whole: HoldClaim | None, shares: Sequence[ActorShare]) -> ActorId | None:
    """Return who has more than half for certain, else the last whole holder."""
    greater = [share.actor for share in shares if share.low > 0.5]
    return greater[0] if greater else whole.value.actor if whole else None


def _ground(case: Case[Hold], shares: Sequence[ActorShare]) -> GroundAnswer:
    """Return how the place is held: contested as soon as a voice that counts says that it is fought over."""
    voices = (case.leading, *case.support, *case.against)
    if any(claim.value.ground == "contested" and claim.mode != "disagree" for claim in voices):
        return "contested"
    if not shares:
        return "none"
    return "held" if len(shares) == 1 and shares[0].low == 1 else "divided"


def _holder_before(
    place: PlaceId, said: Sequence[HoldClaim], case: Case[Hold], context: Context
) -> ActorId | None:
    """Return the holder by what has certainly happened, the claims of the very change that is only possible left out."""
    same = {claim.id for claim in case.support}
    happened = [
        claim for claim in said if claim.window.ended(context.cut.instant) and claim.id not in same
    ]
    return _answer(place, happened, context).holder


def brief(answers: Mapping[PlaceId, Control], reader: Reader) -> Iterable[Brief]:
    """Return who holds what as a table: each place that somebody spoke of, the rest counted with the place that they inherit from."""
    shown = [place for place, answer in answers.items() if reader.chosen or _spoken_of(answer)]
    if shown:
        rows = tuple(_row(place, answers, reader) for place in shown)
        yield Brief(
            "Control", table=Table(("Place", "Held by", "How sure", "Since", "Who says so"), rows)
        )
    silent = [
        place
        for place, answer in answers.items()
        if answer.status == "unknown" and place not in shown
    ]
    if len(silent) == len(answers):
        yield Brief("Unknown", ("nobody had said who holds any place",))
    elif districts := [
        reader.city.places[place].name
        for place in silent
        if reader.city.id in reader.city.lineage(place)[1:]
    ]:
        yield Brief("Unknown", (_listed(districts),))


def _spoken_of(answer: Control) -> bool:
    return answer.status != "unknown" and answer.inherited_from is None


def _row(place: PlaceId, answers: Mapping[PlaceId, Control], reader: Reader) -> tuple[Cell, ...]:
    answer, city = answers[place], reader.city
    since = phrases.date(answer.since.text) if answer.since else ""
    return (
        _place(place, answers, city),
        _holder_cell(answer, city),
        _sure(answer, reader),
        since,
        _who(answer, reader),
    )


def _place(place: PlaceId, answers: Mapping[PlaceId, Control], city: City) -> str:
    """Return a place's name, and how many of the districts within it have no other answer than its own."""
    inside = [other for other in city.within(place) if other != place and other in answers]
    alike = sum(answers[other].inherited_from == place for other in inside)
    inherited = answers[place].inherited_from
    around = f", as {city.places[inherited].name}" if inherited else ""
    return f"{city.places[place].name}{around}" + (
        f", {alike} of {len(inside)} districts" if alike else ""
    )


def _holder_cell(answer: Control, city: City) -> Cell:
    if answer.ground == "divided":
        shares = (
            f"{city.actors[share.actor].label} {phrases.share(share.low, share.high)}"
            for share in answer.shares
        )
        return f"divided: {', '.join(shares)}"
    contested = "contested" if answer.ground == "contested" else ""
    if answer.holder is None:
        return contested or {"unknown": "unknown", "disputed": "no agreed holder"}.get(
            answer.status, "nobody"
        )
    actor = city.actors[answer.holder]
    return Mark(f"{actor.label}{f', {contested}' if contested else ''}", actor.colour)


def _sure(answer: Control, reader: Reader) -> str:
    before = f"; before: {reader.city.actors[answer.before].label}" if answer.before else ""
    return reader.how_sure(answer.status, answer.certain) + before


def _who(answer: Control, reader: Reader) -> str:
    groups = (("", answer.because), ("against: ", answer.against), ("unclear: ", answer.unclear))
    return "; ".join(word + reader.voices(ids) for word, ids in groups if ids)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")


PROJECTION = Projection(
    name="control",
    listens=(ControlChange, Statement),
    effects=effects,
    read=read,
    gather=gather,
    brief=brief,
    label=lambda place, city: city.places[place].name,
    words=lambda answer, reader: _holder_cell(answer, reader.city),
    substance=substance,
    judge=judge,
    places=lambda place: (place,),
    keys=lambda city: city.places,
    inherits=True,
    values=(Hold,),
)
