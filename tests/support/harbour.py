"""A harbour town under attack, made up for the tests of how claims are weighed, and its log."""

from collections.abc import Sequence
from typing import Any

from projections import CONTROL
from projections.control import Control
from timeline.analysis.hindsight import judged
from timeline.domain import city_file
from timeline.domain.city import City
from timeline.domain.events import ControlChange, Event, EventId, Share, SourceId, Statement
from timeline.domain.timed_event import TimedEvent, timed
from timeline.log.admission import admit
from timeline.replay import engine
from timeline.replay.policies import POLICIES
from timeline.replay.projection import Context
from timeline.temporal.as_of import AsOf
from timeline.temporal.dates import Moment, When

TEXT = """
[city]
id = "harbour"
name = "Harbour"
timezone = "UTC"

[places]
docks = { name = "The Docks" }
quay = { name = "Quay", parent = "docks" }
ropewalk = { name = "Ropewalk", parent = "docks" }
hilltop = { name = "Hilltop" }
abbey = { name = "Abbey", parent = "hilltop" }
island = { name = "Island" }

[actors]
fleet = { label = "the Fleet" }
guild = { label = "the Guild" }
islanders = { label = "the Islanders" }
marines = { label = "the Marines" }

[sources]
lookout = { label = "the Lookout", kind = "monitor" }
gazette = { label = "the Gazette", kind = "media" }
courier = { label = "the Courier", kind = "media" }
relief = { label = "the Relief", kind = "un" }
fleet-staff = { label = "the Fleet's staff", kind = "state", side = "fleet" }
fleet-radio = { label = "Fleet Radio", kind = "media", side = "fleet" }
guild-staff = { label = "the Guild's staff", kind = "party", side = "guild" }
"""
HARBOUR = city_file.parse_text(TEXT)
ALLIED = city_file.parse_text(
    TEXT.replace('label = "the Marines"', 'label = "the Marines", allied = "fleet"')
    + 'marine-staff = { label = "the Marines", kind = "state", side = "marines" }\n'
)
"""The same town, where the Marines are the Fleet's allies."""


def took(
    id: str, source: str, place: str, actor: Any, day: str, told: str | None = None, **own: Any
) -> ControlChange:
    """Return a claim that an actor took a place on a day, told on that day unless another is said.

    `share` is a number or a range of the place.
    """
    share = own.pop("share", None)
    low, high = share if isinstance(share, tuple) else (share, share)
    extent = None if share is None else Share(low=low, high=high)
    return ControlChange(
        id=EventId(id),
        source=SourceId(source),
        occurred=When(day),
        reported=Moment(told or day),
        place=place,
        actor=actor,
        extent=extent,
        **own,
    )


def saw(
    id: str, source: str, place: str, actor: Any, day: str, told: str | None = None, **own: Any
) -> ControlChange:
    """Return a claim that somebody looked and saw an actor hold a place."""
    return took(id, source, place, actor, day, told, how="observation", **own)


def denied(id: str, source: str, about: str, day: str, stance: Any = "disagree") -> Statement:
    """Return a denial of a claim, or another stance on it."""
    return Statement(
        id=EventId(id),
        source=SourceId(source),
        occurred=When(day),
        reported=Moment(day),
        stance=stance,
        about=(EventId(about),),
        topic="harbour",
        summary="Says so.",
    )


GUILD_DOCKS = took("docks-guild", "gazette", "docks", "guild", "2012", "2015-01-01")
"""The Gazette tells in 2015 that the Guild has held the Docks since 2012."""


def dated(log: Sequence[Event], city: City = HARBOUR) -> list[TimedEvent]:
    """Return a log with its clocks read, and its lines numbered."""
    return [timed(admit(event, city), city.zone, n) for n, event in enumerate(log, 1)]


def context(
    at: str | None,
    known: str | None = None,
    *,
    events: Sequence[TimedEvent] = (),
    policy: str = "latest",
    city: City = HARBOUR,
) -> Context:
    """Return the context of a question about some events."""
    cut = AsOf.parse(at, known, zone=city.zone)
    visible = engine.visible(events, cut)
    editions = engine.editions(visible.values(), city, cut.instant)
    return Context(city, cut, POLICIES[policy], editions)


def answers(
    log: Sequence[Event], at: str | None, known: str | None = None, **asked: Any
) -> dict[Any, Control]:
    """Return who holds each place of the town, by a log."""
    events = dated(log, asked.get("city", HARBOUR))
    here = context(at, known, events=events, **asked)
    visible = engine.visible(events, here.cut)
    cells = engine.replay(CONTROL, visible.values(), visible.get, here.cut.instant)
    return dict(engine.answer(CONTROL, cells, here))


def holder(
    log: Sequence[Event], place: str, at: str | None, known: str | None = None, **asked: Any
) -> Control:
    """Return who holds one place of the town, by a log."""
    return answers(log, at, known, **asked)[place]


def since(answer: Control) -> str | None:
    """Return since when an answer says that it is so."""
    return answer.since.text if answer.since else None


def fates(log: Sequence[Event]) -> dict[str, str]:
    """Return the outcome of each claim and denial of a log, as known today."""
    found = judged(CONTROL, dated(log), context(None))
    return {claim.event: claim.outcome for claim in found}
