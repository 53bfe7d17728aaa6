"""The holder of each place: how sure that is, how and since when, and who disputes it."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Literal

from attrs import evolve, frozen

from timeline.domain.city import City
from timeline.domain.events import ActorId, ControlChange, EventId, PlaceId, Statement
from timeline.domain.timed_event import TimedEvent
from timeline.replay.answers import Since, grounds
from timeline.replay.cells import ids
from timeline.replay.division import ActorShare, divide
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
)
from timeline.replay.shares import (
    Division,
    Hold,
    HoldClaim,
    Holder,
    bearing_on,
    divided,
    earlier_holder,
    holders,
    names,
)
from timeline.replay.speakers import Vantage
from timeline.replay.weighing import Case, Status
from timeline.text import phrases
from timeline.text.document import Brief, Cell, Mark, Table

GroundAnswer = Literal["held", "divided", "contested", "none"]
NO_HOLDER: Mapping[Status, str] = {"unknown": "unknown", "disputed": "no agreed holder"}
DOUBTS: Mapping[Status, str] = {"disputed": "red", "claimed": "yellow"}
"""The colours of what is not to be relied on."""
COLUMNS = ("Place", "Held by", "How sure", "Since", "Last heard", "Who says so")


@frozen
class Control:
    """Who holds a place.

    Attributes:
        holder: who holds it, several if they hold it together; None for nobody, or nobody known.
        status: how sure the claims are.
        certain: whether it has happened by the time asked about, if they are true.
        ground: how the place is held.
        shares: each actor's share, the greatest first.
        since: when the holder took it, as far as it is said.
        before: the holder before, while the leading claims are only possible.
        last_heard: when it was last told of, in UTC.
        rule: the name of the rule by which it leads.
        because: the events that say so.
        against: the events that dispute it.
        unclear: the events that call it unclear.
        inherited_from: the place around it that the claims were made on.
    """

    holder: Holder
    status: Status
    certain: bool
    ground: GroundAnswer
    shares: tuple[ActorShare, ...]
    since: Since | None
    before: Holder
    last_heard: datetime | None
    rule: str | None
    because: tuple[EventId, ...]
    against: tuple[EventId, ...]
    unclear: tuple[EventId, ...]
    inherited_from: PlaceId | None


UNKNOWN = Control(
    holder=None,
    status="unknown",
    certain=False,
    ground="none",
    shares=(),
    since=None,
    before=None,
    last_heard=None,
    rule=None,
    because=(),
    against=(),
    unclear=(),
    inherited_from=None,
)
"""The answer when nobody said anything that counts."""


Answers = Mapping[PlaceId, Control]
"""The answers by place."""


class ControlProjection(ClaimProjection[PlaceId, Control, Answers]):
    """The holder of each place, by what is said of it and of the places around it."""

    name = "control"
    listens = (ControlChange, Statement)
    values = (Hold,)
    inherits = True

    def asserted(self, timed: TimedEvent) -> Iterable[Effect]:
        """Yield the claim that a control change makes."""
        event = timed.event
        assert isinstance(event, ControlChange)
        yield assertion(timed, event.place, event.how, "held", _hold(event))

    def read(self, key: PlaceId, cells: Cells, context: Context) -> Control:
        """Return who holds a place, from what every voice says of it and of those around it."""
        return _answer(key, bearing_on(claims(cells), key, context.city), context)

    def gather(self, answers: Answers, context: Context) -> Answers:
        """Return the answers as they are, by place, in the order of the city file."""
        return answers

    def judge(self, key: PlaceId, cells: Cells, context: Context) -> tuple[Verdict[Hold], ...]:
        """Return the verdict on who holds a place."""
        holds = bearing_on(claims(cells), key, context.city)
        return (divided(holds, context.vantage, context.policy).verdict,)

    def substance(self, answer: Control) -> Hashable:
        """Return who holds a place and how, whoever says so."""
        return answer.holder, answer.ground, answer.shares

    def places(self, key: PlaceId) -> Iterable[PlaceId]:
        """Return the place itself."""
        return (key,)

    def keys(self, city: City) -> Iterable[PlaceId]:
        """Return every place of the city."""
        return city.places

    @property
    def presentation(self) -> Presentation[PlaceId, Control, Answers]:
        """The holders in words."""
        return Presentation(
            brief=brief,
            label=lambda place, city: city.places[place].name,
            words=lambda answer, reader: _holder_cell(answer, reader.city),
        )


def _hold(event: ControlChange) -> Hold:
    share = event.extent
    if share is None:
        return Hold(event.actors, event.ground, excepting=event.excepting)
    return Hold(event.actors, event.ground, share.least, share.most)


def _answer(place: PlaceId, holds: Sequence[HoldClaim], context: Context) -> Control:
    """Return who holds a place by some claims."""
    at, city = context.cut.instant, context.city
    division = divided(holds, context.vantage, context.policy)
    verdict = division.verdict
    case = verdict.case
    if case is None:
        return evolve(UNKNOWN, unclear=ids(verdict.set_aside))
    rests = grounds(case, at, city.zone)
    leading = case.leading
    if leading is None or verdict.ruling == "withhold":
        return evolve(UNKNOWN, **rests.given() | {"since": None})
    earlier = earlier_holder(division, context.policy) if division.parts else None
    named = _named(division.whole.case, context.vantage)
    shares = divide(division.parts, named, earlier)
    holder = _holder(division, shares, named)
    before = None if rests.certain else _holder_before(place, holds, context)
    return Control(
        holder=holder,
        ground=_ground(verdict, leading, shares),
        shares=shares,
        before=None if before == holder else before,
        inherited_from=_inherited_from(place, case),
        **rests.given() | {"because": _because(case, division)},
    )


def _because(case: Case[Hold], division: Division) -> tuple[EventId, ...]:
    """Return the events behind an answer, those of the shares and of the whole among them."""
    parts = [word.claim for word in division.parts]
    whole = division.whole.case if parts else None
    wholes = whole.support if whole else ()
    against = {claim.id for claim in (*case.against, *case.overruled)}
    every = (*case.support, *case.seconded, *wholes, *parts)
    return ids(claim for claim in every if claim.id not in against)


def _named(whole: Case[Hold] | None, vantage: Vantage) -> tuple[ActorId, ...]:
    """Return whom the newest telling names as holder of the whole.

    Of several that allies name together it is the head of their alliance.
    """
    if whole is None or whole.leading is None:
        return ()

    def order(actors: tuple[ActorId, ...]) -> tuple[bool, tuple[ActorId, ...]]:
        return any(vantage.head(actor) != actor for actor in actors), actors

    newest = max(claim.known for claim in whole.support)
    told = {claim.value.actors for claim in whole.support if claim.known == newest}
    return min(told, key=order)


def _holder(division: Division, shares: Sequence[ActorShare], named: tuple[ActorId, ...]) -> Holder:
    """Return who holds the whole; of a divided place who has more than half for certain."""
    if division.parts:
        return next((share.actor for share in shares if share.low > 0.5), None)
    return named[0] if len(named) == 1 else named or None


def _inherited_from(place: PlaceId, case: Case[Hold]) -> PlaceId | None:
    """Return the place around it that the closest supporting claims are on; None for itself."""
    subjects = {claim.subject for claim in case.support}
    if case.tenure is None or place in subjects:
        return None
    closest = max(
        (word for stand in case.tenure.stands for word in stand.words),
        key=lambda word: word.depth,
    )
    return PlaceId(closest.claim.subject)


def _ground(
    verdict: Verdict[Hold], leading: HoldClaim, shares: Sequence[ActorShare]
) -> GroundAnswer:
    """Return how the place is held: contested as soon as a voice that counts says so.

    Against the answer that is a voice that does not gain by it.
    """
    serving = {word.claim.id for word in verdict.testimonies.words if word.serving}
    against = verdict.case.against if verdict.case else ()
    disputing = [claim for claim in against if claim.asserts and claim.id not in serving]
    if any(claim.value.ground == "contested" for claim in (leading, *disputing)):
        return "contested"
    if not shares:
        return "none"
    together = leading.value.whole and len(leading.value.actors) > 1
    whole = len(shares) == 1 and shares[0].low == 1
    return "held" if whole or together else "divided"


def _holder_before(place: PlaceId, holds: Sequence[HoldClaim], context: Context) -> Holder:
    """Return the holder before a possible change, by what has certainly happened."""
    at = context.cut.instant
    return _answer(place, [claim for claim in holds if claim.window.ended(at)], context).holder


def brief(answers: Answers, reader: Reader) -> Iterable[Brief]:
    """Yield the holders as a table, and the districts of which nobody spoke."""
    shown = [place for place in answers if reader.chosen or not _folded(place, answers)]
    if shown:
        rows = tuple(_row(place, answers, reader) for place in shown)
        yield Brief("Control", table=Table(COLUMNS, rows))
    unknown = _unknown(shown, answers, reader.city)
    if unknown:
        yield Brief("Unknown", (unknown,))


def _unknown(shown: Sequence[PlaceId], answers: Answers, city: City) -> str:
    """Return the districts of which nobody spoke, in words; empty where there is none."""
    unknown = [place for place, answer in answers.items() if answer.status == "unknown"]
    silent = [place for place in unknown if place not in shown]
    if len(silent) == len(answers):
        return "nobody had said who holds any place"
    districts = [place for place in silent if city.id in city.lineage(place)[1:]]
    return _listed([city.places[place].name for place in districts])


def _folded(place: PlaceId, answers: Answers) -> bool:
    """Return whether a place has no row of its own: nobody spoke of it, or it is like another.

    What a row folds together is alike in holder and in how sure; what is disputed has its own.
    """
    answer = answers[place]
    around = answers.get(answer.inherited_from) if answer.inherited_from else None
    if around is None:
        return answer.status == "unknown"
    return answer.status != "disputed" and _kind(answer) == _kind(around)


def _kind(answer: Control) -> tuple[Hashable, ...]:
    return answer.holder, answer.ground, answer.shares, answer.status, answer.certain


def _row(place: PlaceId, answers: Answers, reader: Reader) -> tuple[Cell, ...]:
    answer, city = answers[place], reader.city
    since = phrases.date(answer.since.text) if answer.since else ""
    holder = _holder_cell(answer, city)
    if answer.ground == "divided":
        holder = f"{holder}{_parts(place, answer, reader.inside.get('control', answers), city)}"
    return (
        _place(place, answers, city),
        holder,
        _sure(answer, reader),
        since,
        reader.heard(answer.last_heard),
        _who(answer, reader),
    )


def _place(place: PlaceId, answers: Answers, city: City) -> str:
    """Return a place's name, and how many of the districts within it are folded into its row."""
    inside = [other for other in city.within(place) if other != place and other in answers]
    alike = [other for other in inside if _like(place, other, answers)]
    inherited = answers[place].inherited_from
    around = f", as {city.places[inherited].name}" if inherited else ""
    districts = f", {len(alike)} of {len(inside)} districts" if alike else ""
    return f"{city.places[place].name}{around}{districts}"


def _parts(place: PlaceId, answer: Control, answers: Answers, city: City) -> str:
    """Return what the districts of a divided place add up to, and whether that differs.

    A share of the place is an answer about it alone, and says nothing of its parts.
    """
    parents = {other.parent for other in city.places.values()}
    inside = [other for other in city.within(place) if other in answers and other not in parents]
    districts = [other for other in inside if city.places[other].kind == "area"]
    held = Counter(answers[other].holder for other in districts if other != place)
    number = held.total()
    if not number:
        return ""
    counts = [f"{names(holder, city) or 'nobody'} {count}" for holder, count in held.most_common()]
    within = [share.low <= held[share.actor] / number <= share.high for share in answer.shares]
    differs = "" if all(within) else ", which differs"
    return f"; of its {phrases.count(number, 'district')}: {', '.join(counts)}{differs}"


def _like(place: PlaceId, other: PlaceId, answers: Answers) -> bool:
    return answers[other].inherited_from == place and _folded(other, answers)


def _holder_cell(answer: Control, city: City) -> Cell:
    if answer.ground == "divided":
        return f"divided: {', '.join(_share(share, city) for share in answer.shares)}"
    contested = answer.ground == "contested"
    named = holders(answer.holder)
    if not named:
        return "contested" if contested else NO_HOLDER.get(answer.status, "nobody")
    label = names(answer.holder, city)
    return Mark(f"{label}, contested" if contested else label, city.actors[named[0]].colour)


def _share(share: ActorShare, city: City) -> str:
    label = city.actors[share.actor].label if share.actor else "unknown"
    return f"{label} {phrases.share(share.low, share.high)}"


def _sure(answer: Control, reader: Reader) -> Cell:
    before = f"; before: {names(answer.before, reader.city)}" if answer.before else ""
    return Mark(reader.how_sure(answer.status, answer.certain) + before, DOUBTS.get(answer.status))


def _who(answer: Control, reader: Reader) -> str:
    groups = (("", answer.because), ("against: ", answer.against), ("unclear: ", answer.unclear))
    return "; ".join(word + reader.voices(events) for word, events in groups if events)


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - 6} more" if len(names) > 6 else ""
    return ", ".join(names[:6]) + more


PROJECTION = ControlProjection()
