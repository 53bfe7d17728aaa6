"""The holder of each place: how sure that is, how and since when, and who disputes it."""

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
NO_HOLDER: Mapping[Status, str] = {"unknown": "unknown", "disputed": "no agreed holder"}
COLUMNS = ("Place", "Held by", "How sure", "Since", "Who says so")


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
        """Return whether the two name different holders of shares too large for one place."""
        return self.stand != other.stand and self.least + other.least > 1

    def affirms(self, other: "Hold") -> bool:
        """Return whether the two name the same holder of shares that can be equal."""
        return self.stand == other.stand and self.least <= other.most and other.least <= self.most


HoldClaim = Claim[Hold]


@frozen
class ActorShare:
    """An actor's share of a place, from `low` to `high`, 1 being all of it."""

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
        before: the holder before, while the leading claim is only possible.
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
    """Yield a position for a control change, or for each one that a statement is about."""
    event = fact.event
    if isinstance(event, ControlChange):
        hold = _hold(event)
        mode = "change" if event.how == "change" else "observation"
        register = (mode,) if hold.whole else ("part", hold.actor)
        yield assertion(fact, event.place, mode, register, hold)
    else:
        yield from stances(fact, lookup, effects)


def _hold(event: ControlChange) -> Hold:
    share, actor = event.extent, next(iter(event.actors), None)
    if share is None:
        return Hold(actor, event.ground)
    return Hold(actor, event.ground, share.least, share.most)


def read(place: PlaceId, cells: Cells, context: Context) -> Control:
    """Return who holds a place, from every voice's positions on it and on the places around it."""
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


def _verdict(holds: Sequence[HoldClaim], context: Context) -> Verdict[Hold]:
    """Return the policy's verdict on the claims on a place.

    The claims to the whole are settled first: those set aside may not come back under a partial
    claim that counts on top of them.
    """
    at, city, policy = context.cut.instant, context.city, context.policy
    wholes = [claim for claim in holds if claim.value.whole]
    verdict = settle(wholes, city, policy, at=at)
    if len(wholes) == len(holds):
        return verdict
    barred = {claim.id for claim in verdict.set_aside}
    return settle(holds, city, policy, leading_claim, at=at, barred=barred)


def _answer(place: PlaceId, holds: Sequence[HoldClaim], context: Context) -> Control:
    """Return who holds a place by some claims."""
    at, city = context.cut.instant, context.city
    verdict = _verdict(holds, context)
    case = verdict.case
    if case is None:
        return evolve(UNKNOWN, unclear=ids(verdict.set_aside))
    rests = grounds(case, at, city.zone)
    if verdict.ruling == "withhold":
        return evolve(UNKNOWN, **rests.given() | {"since": None})
    whole, parts = standing_parts(verdict.accepted, city)
    shares = divide(whole, parts)
    contested = case.leading.value.ground == "contested"
    divided = [whole, *parts] if whole and parts else parts
    holder = None if contested else _holder(whole, shares)
    before = None if rests.certain else _holder_before(place, holds, case, context)
    subject = PlaceId(case.leading.subject)
    return Control(
        holder=holder,
        status=rests.status,
        certain=rests.certain,
        ground=_ground(case, shares),
        shares=shares,
        since=rests.since,
        before=before,
        because=ids((*case.support, *case.seconded, *divided)),
        against=rests.against,
        unclear=rests.unclear,
        inherited_from=None if subject == place else subject,
    )


def _counting(holds: Sequence[HoldClaim], context: Context) -> list[HoldClaim]:
    """Return the claims without the partial ones that their own voice's whole claims replace."""
    spoken = last_words(holds, context.city, context.cut.instant)
    asserted = [claim for claim in spoken if claim.asserts]
    wholes, parts = _by_extent(asserted)
    lost = {part.id for part in parts if not _counts(part, wholes)}
    return [claim for claim in holds if claim.id not in lost]


def _by_extent(holds: Iterable[HoldClaim]) -> tuple[list[HoldClaim], list[HoldClaim]]:
    """Return the claims of the whole place, and the partial ones."""
    wholes: list[HoldClaim] = []
    parts: list[HoldClaim] = []
    for claim in holds:
        (wholes if claim.value.whole else parts).append(claim)
    return wholes, parts


def leading_claim(spoken: Sequence[HoldClaim], city: City) -> HoldClaim | None:
    """Return the newest of the leading whole claim and the partial claims on top of it."""
    whole, parts = standing_parts(spoken, city)
    choices = [whole, *parts] if whole else parts
    return max(choices, key=lambda claim: newness(claim, city), default=None)


def standing_parts(
    spoken: Sequence[HoldClaim], city: City
) -> tuple[HoldClaim | None, list[HoldClaim]]:
    """Return the leading whole claim and each actor's last partial claims on top of it."""
    wholes, parts = _by_extent(spoken)
    leading = newest_claim(wholes, city)
    by_actor: dict[ActorId | None, list[HoldClaim]] = {}
    for part in parts:
        if _counts(part, wholes, leading):
            by_actor.setdefault(part.value.actor, []).append(part)
    return leading, [part for same in by_actor.values() for part in unfollowed(same)]


def divide(whole: HoldClaim | None, parts: Sequence[HoldClaim]) -> tuple[ActorShare, ...]:
    """Return each actor's share, the greatest first; the holder of the whole has the rest."""
    ranges: dict[ActorId, tuple[float, float]] = {}
    for claim in parts:
        actor, value = claim.value.actor, claim.value
        if actor is not None:
            low, high = ranges.get(actor, (value.least, value.most))
            ranges[actor] = (min(low, value.least), max(high, value.most))
    holder = whole.value.actor if whole else None
    if holder and holder not in ranges:
        least = sum(low for low, _ in ranges.values())
        most = sum(high for _, high in ranges.values())
        ranges[holder] = (_left(most), _left(least))
    ordered = sorted(ranges.items(), key=lambda item: (-item[1][1], -item[1][0], item[0]))
    return tuple(ActorShare(actor, low, high) for actor, (low, high) in ordered if high > 0)


def _counts(part: HoldClaim, wholes: Iterable[HoldClaim], leading: HoldClaim | None = None) -> bool:
    """Return whether a partial claim is on top of its voice's whole claims and the leading one."""
    bases = [whole for whole in wholes if whole is leading or whole.voice == part.voice]
    return all(_on_top_of(part, whole) for whole in bases)


def _on_top_of(part: HoldClaim, whole: HoldClaim) -> bool:
    """Return whether a partial claim follows a whole one, or overlaps it and is reported later."""
    if whole.window.precedes(part.window):
        return True
    return not part.window.precedes(whole.window) and part.known > whole.known


def _left(taken: float) -> float:
    """Return the rest of a place, rounded so that thirds written as decimals add up."""
    return max(0.0, round(1 - taken, 9))


def _holder(whole: HoldClaim | None, shares: Sequence[ActorShare]) -> ActorId | None:
    """Return who has more than half for certain, else the last whole holder."""
    for share in shares:
        if share.low > 0.5:
            return share.actor
    return whole.value.actor if whole else None


def _ground(case: Case[Hold], shares: Sequence[ActorShare]) -> GroundAnswer:
    """Return how the place is held: contested as soon as a voice that counts says so."""
    voices = (case.leading, *case.support, *case.against)
    if any(claim.value.ground == "contested" and claim.mode != "disagree" for claim in voices):
        return "contested"
    if not shares:
        return "none"
    return "held" if len(shares) == 1 and shares[0].low == 1 else "divided"


def _holder_before(
    place: PlaceId, holds: Sequence[HoldClaim], case: Case[Hold], context: Context
) -> ActorId | None:
    """Return the holder before a possible change, by what has certainly happened."""
    at, possible = context.cut.instant, {claim.id for claim in case.support}
    others = [claim for claim in holds if claim.id not in possible]
    happened = [claim for claim in others if claim.window.ended(at)]
    return _answer(place, happened, context).holder


def brief(answers: Mapping[PlaceId, Control], reader: Reader) -> Iterable[Brief]:
    """Yield the holders as a table, and the districts of which nobody spoke."""
    shown = [place for place, answer in answers.items() if reader.chosen or _spoken_of(answer)]
    if shown:
        rows = tuple(_row(place, answers, reader) for place in shown)
        yield Brief("Control", table=Table(COLUMNS, rows))
    unknown = _unknown(shown, answers, reader.city)
    if unknown:
        yield Brief("Unknown", (unknown,))


def _unknown(shown: Sequence[PlaceId], answers: Mapping[PlaceId, Control], city: City) -> str:
    """Return the districts of which nobody spoke, in words; empty where there is none."""
    unknown = [place for place, answer in answers.items() if answer.status == "unknown"]
    silent = [place for place in unknown if place not in shown]
    if len(silent) == len(answers):
        return "nobody had said who holds any place"
    districts = [place for place in silent if city.id in city.lineage(place)[1:]]
    return _listed([city.places[place].name for place in districts])


def _spoken_of(answer: Control) -> bool:
    return answer.status != "unknown" and answer.inherited_from is None


def _row(place: PlaceId, answers: Mapping[PlaceId, Control], reader: Reader) -> tuple[Cell, ...]:
    answer, city = answers[place], reader.city
    where, holder = _place(place, answers, city), _holder_cell(answer, city)
    since = phrases.date(answer.since.text) if answer.since else ""
    return where, holder, _sure(answer, reader), since, _who(answer, reader)


def _place(place: PlaceId, answers: Mapping[PlaceId, Control], city: City) -> str:
    """Return a place's name, and how many of the districts within it inherit its answer."""
    inside = [other for other in city.within(place) if other != place and other in answers]
    alike = sum(answers[other].inherited_from == place for other in inside)
    inherited = answers[place].inherited_from
    around = f", as {city.places[inherited].name}" if inherited else ""
    districts = f", {alike} of {len(inside)} districts" if alike else ""
    return f"{city.places[place].name}{around}{districts}"


def _holder_cell(answer: Control, city: City) -> Cell:
    if answer.ground == "divided":
        return f"divided: {', '.join(_share(share, city) for share in answer.shares)}"
    contested = answer.ground == "contested"
    if answer.holder is None:
        return "contested" if contested else NO_HOLDER.get(answer.status, "nobody")
    actor = city.actors[answer.holder]
    return Mark(f"{actor.label}, contested" if contested else actor.label, actor.colour)


def _share(share: ActorShare, city: City) -> str:
    return f"{city.actors[share.actor].label} {phrases.share(share.low, share.high)}"


def _sure(answer: Control, reader: Reader) -> str:
    before = f"; before: {reader.city.actors[answer.before].label}" if answer.before else ""
    return reader.how_sure(answer.status, answer.certain) + before


def _who(answer: Control, reader: Reader) -> str:
    groups = (("", answer.because), ("against: ", answer.against), ("unclear: ", answer.unclear))
    return "; ".join(word + reader.voices(events) for word, events in groups if events)


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - 6} more" if len(names) > 6 else ""
    return ", ".join(names[:6]) + more


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
