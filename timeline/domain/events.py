"""The vocabulary: every type of event that a log may hold, with the rules of its fields.

An event is what somebody said about the city, never what is true of it. The classes hold every rule
that an event can break by itself; whether its names exist is the city's matter, and its references
the log's. The tag and the version are written to the log; class names never are.
"""

from typing import Any, ClassVar, NewType

from attrs import field, fields, frozen

from timeline.domain.choices import (
    AidMove,
    AssessmentMeasure,
    Ground,
    Group,
    How,
    Level,
    Measure,
    SiegeMove,
    Stance,
    Subject,
)
from timeline.domain.notation import (
    check_exact,
    check_grade,
    check_sha256,
    check_slug,
    check_url,
)
from timeline.errors import InvalidEvent
from timeline.temporal.dates import Moment, When

EventId = NewType("EventId", str)
"""A slug that names one event for good: readable when a person writes it, random when generated."""
PlaceId = NewType("PlaceId", str)
ActorId = NewType("ActorId", str)
SourceId = NewType("SourceId", str)
Slug = NewType("Slug", str)
"""A short name of a topic or a negotiation; see `timeline.domain.notation.is_slug`."""
Text = NewType("Text", str)
Url = NewType("Url", str)
Grade = NewType("Grade", str)
"""An Admiralty code (NATO AJP-2.1, annex): reliability A to F, credibility 1 to 6."""

MAX_INTEGER = 2**53 - 1
"""The largest number that every JSON reader keeps exactly (RFC 8259, section 6)."""


def _help(help: str, **options: Any) -> Any:
    """Declare a field with the sentence that `timeline types` and the command line show for it."""
    return field(metadata={"help": help}, **options)


def _fault(field_name: str, found: str, expected: str) -> InvalidEvent:
    return InvalidEvent.because(found, expected, path=f"$.{field_name}")


@frozen(kw_only=True)
class Estimate:
    """A number of people as UCDP writes it: ``low ≤ best ≤ high``; each may be missing."""

    low: int | None = _help("the fewest, 0 when missing", default=None)
    best: int | None = _help("the most likely", default=None)
    high: int | None = _help("the most; unbounded when missing", default=None)

    def __attrs_post_init__(self) -> None:
        given = [n for n in (self.low, self.best, self.high) if n is not None]
        if given and min(given) < 0:
            raise InvalidEvent.because(str(self), "whole numbers, 0 or more")
        if given != sorted(given):
            raise InvalidEvent.because(str(self), "low ≤ best ≤ high")

    def __str__(self) -> str:
        given = [
            f"{f.name} {n}" for f in fields(Estimate) if (n := getattr(self, f.name)) is not None
        ]
        return " ".join(given) or "no number"


@frozen(kw_only=True)
class Share:
    """A share of a place, from 0 to 1, as a range: what is missing is 0 below and 1 above."""

    low: float | None = _help("the least share, 0 when missing", default=None)
    high: float | None = _help("the greatest share, 1 when missing", default=None)

    def __attrs_post_init__(self) -> None:
        if not 0 <= self.least <= self.most <= 1:
            found = f"a share from {self.least:g} to {self.most:g}"
            raise InvalidEvent.because(found, "0 ≤ low ≤ high ≤ 1")

    @property
    def least(self) -> float:
        """The lower bound."""
        return 0.0 if self.low is None else self.low

    @property
    def most(self) -> float:
        """The upper bound."""
        return 1.0 if self.high is None else self.high


@frozen(kw_only=True)
class Archive:
    """An archived copy of what was printed, with the digest that proves a copy to be the same."""

    sha256: Text = _help("SHA-256 of the copy, 64 hexadecimal digits in lower case")
    collected_at: Moment | None = _help("when the copy was made", default=None)
    collector: Text | None = _help("who made it", default=None)
    url: Url | None = _help("where the copy can be had", default=None)

    def __attrs_post_init__(self) -> None:
        check_sha256("$.sha256", self.sha256)
        if self.url is not None:
            check_url("$.url", self.url)


@frozen(kw_only=True)
class Record:
    """A line of a log: a tag, its version, and a name of its own."""

    type: ClassVar[str]
    v: ClassVar[int] = 1

    id: EventId = _help(
        "unique name of the event: lower-case letters, digits and - _ . : between them"
    )


@frozen(kw_only=True)
class Event(Record):
    """The envelope: what every event says about who said it, when, and where it can be read."""

    occurred: When = _help("when it became true in the city, as exactly as it was said")
    reported: Moment = _help("when the source made it public")
    recorded: Moment | None = _help("when it was appended; set by the log", default=None)
    source: SourceId = _help("who says so")
    cites: tuple[SourceId, ...] = _help("sources whose word this one passes on", default=())
    outlet: Text | None = _help("who printed it", default=None)
    url: Url | None = _help("where it was printed", default=None)
    locator: Text | None = _help("where in it: page, paragraph, minute", default=None)
    archive: Archive | None = _help("an archived copy", default=None)
    grade: Grade | None = _help(
        "Admiralty code, reliability A–F and credibility 1–6, as B2", default=None
    )
    wording: Text | None = _help(
        "a few of the source's own words, where the exact word matters", default=None
    )
    note: Text | None = _help("the recorder's note", default=None)
    supersedes: EventId | None = _help("the event that this one replaces", default=None)

    def __attrs_post_init__(self) -> None:
        check_slug("$.id", self.id)
        if self.supersedes is not None:
            check_slug("$.supersedes", self.supersedes)
            if self.supersedes == self.id:
                found = f"{self.id} supersedes itself"
                raise _fault("supersedes", found, "the id of an earlier event")
        if self.source in self.cites:
            path = f"cites[{self.cites.index(self.source)}]"
            raise _fault(path, f"{self.source} cites itself", "another source")
        if self.grade is not None:
            check_grade("$.grade", self.grade)
        if self.recorded is not None:
            check_exact("$.recorded", self.recorded)
        if self.url is not None:
            check_url("$.url", self.url)
        self._check()

    def _check(self) -> None:
        """Raise `InvalidEvent` for what breaks a rule of this type."""


@frozen(kw_only=True)
class ControlChange(Event):
    """Somebody says who holds a place: that it changed hands, or was so when they looked."""

    type: ClassVar[str] = "control_change"

    place: PlaceId = _help("the place")
    actor: ActorId | tuple[ActorId, ...] | None = _help(
        "who holds it, several where they hold it together; nobody when missing", default=None
    )
    ground: Ground = _help("held, or contested: fought over, no one holds it", default="held")
    extent: Share | None = _help(
        "the share of the place that the actor holds; all of it when missing", default=None
    )
    excepting: tuple[PlaceId, ...] = _help("the places within it that are left out", default=())
    how: How = _help(
        "change: it became so then; observation: it was so then, as maps and tables say; "
        "throughout: it was so during all of it",
        default="change",
    )

    @property
    def actors(self) -> tuple[ActorId, ...]:
        """Who holds it: one actor, several together, or none."""
        if isinstance(self.actor, tuple):
            return self.actor
        return () if self.actor is None else (self.actor,)

    def _check(self) -> None:
        if isinstance(self.actor, tuple) and len(set(self.actor)) < max(2, len(self.actor)):
            found = f"a list of {', '.join(self.actor) or 'nobody'}"
            raise _fault("actor", found, "one actor, or a list of two or more different ones")
        if self.actor is not None and self.ground == "contested":
            expected = "no actor: nobody holds a place that is fought over"
            raise _fault("actor", f"{', '.join(self.actors)} on contested ground", expected)
        if self.actor is None and self.extent is not None:
            raise _fault("extent", "a share of nobody's", "an actor who holds the share")
        if self.excepting and self.extent is not None:
            expected = "either: a share does not say of which parts it is"
            raise _fault("excepting", "places left out of a share", expected)


@frozen(kw_only=True)
class Displacement(Event):
    """People left one place for another."""

    type: ClassVar[str] = "displacement"

    origin: PlaceId | None = _help("where they came from; not said when missing", default=None)
    parts: tuple[PlaceId, ...] = _help(
        "the districts within the origin that were named", default=()
    )
    destination: PlaceId | None = _help("where they went; not said when missing", default=None)
    people: Estimate | None = _help("how many; no number was given when missing", default=None)
    measure: Measure = _help(
        "flow: these people, once; cumulative: all so far; stock: those there now", default="flow"
    )

    def _check(self) -> None:
        if self.origin is None and self.destination is None:
            raise _fault("origin", "neither origin nor destination", "at least one of them")
        if self.parts and self.origin is None:
            raise _fault("parts", "parts of no origin", "the origin that they lie in")


@frozen(kw_only=True)
class Statement(Event):
    """Somebody said something, perhaps about other events, which it supports, denies or doubts."""

    type: ClassVar[str] = "statement"

    stance: Stance = _help(
        "agree, disagree or unclear about other events; comment; predict (recorded, never state)"
    )
    about: tuple[EventId, ...] = _help("the events that it speaks of", default=())
    topic: Slug = _help("what it is about, in a word")
    summary: Text = _help("what was said, in the recorder's words")

    def _check(self) -> None:
        check_slug("$.topic", self.topic)
        for index, about in enumerate(self.about):
            check_slug(f"$.about[{index}]", about)
        if not self.about and self.stance in ("agree", "disagree", "unclear"):
            expected = "the ids of the events that it speaks of"
            raise _fault("about", f"{self.stance} about nothing", expected)


@frozen(kw_only=True)
class AidNegotiation(Event):
    """A party made a move in a negotiation over aid."""

    type: ClassVar[str] = "aid_negotiation"

    negotiation: Slug = _help("which negotiation")
    party: ActorId = _help("whose move")
    move: AidMove = _help("what the party did")
    terms: Text | None = _help("the terms, in the recorder's words", default=None)

    def _check(self) -> None:
        check_slug("$.negotiation", self.negotiation)


@frozen(kw_only=True)
class Casualties(Event):
    """People were killed or injured."""

    type: ClassVar[str] = "casualties"

    place: PlaceId = _help("where")
    killed: Estimate | None = _help("how many were killed; not said when missing", default=None)
    injured: Estimate | None = _help("how many were injured; not said when missing", default=None)
    group: Group = _help("civilians, combatants or unspecified", default="unspecified")
    cause: Text | None = _help("by what, in a word or two", default=None)
    measure: Measure = _help(
        "flow: these people, once; cumulative: all so far; stock: not used for deaths",
        default="flow",
    )

    def _check(self) -> None:
        if self.killed is None and self.injured is None:
            raise _fault("killed", "neither killed nor injured", "at least one of them")
        if self.measure == "stock":
            raise _fault("measure", "a stock of casualties", "flow or cumulative")


@frozen(kw_only=True)
class Siege(Event):
    """A move in the siege of a place."""

    type: ClassVar[str] = "siege"

    place: PlaceId = _help("the place besieged")
    move: SiegeMove = _help("begin, tighten, open or close a corridor, lift")
    by: ActorId | None = _help("the besieger; not said when missing", default=None)
    trapped: Estimate | None = _help(
        "how many people are trapped; not said when missing", default=None
    )


@frozen(kw_only=True)
class Condition(Event):
    """How one thing that people need is faring in a place."""

    type: ClassVar[str] = "condition"

    place: PlaceId = _help("where")
    subject: Subject = _help("what")
    level: Level = _help("how it is: normal, strained, critical or none left")
    summary: Text | None = _help("how it was described, in the recorder's words", default=None)


@frozen(kw_only=True)
class Assessment(Event):
    """Somebody's figure about the whole; recorded beside the replay and never applied to it."""

    type: ClassVar[str] = "assessment"

    measure: AssessmentMeasure = _help(
        "share_held now, or share_lost since a date, of what was held then"
    )
    actor: ActorId = _help("whose share")
    place: PlaceId = _help("of which place")
    share: Share = _help("the share, from 0 to 1")
    since: When | None = _help("since when, for share_lost", default=None)


@frozen(kw_only=True)
class Retraction(Event):
    """An event is withdrawn for good; what was retracted in error is said again by a new event."""

    type: ClassVar[str] = "retraction"

    target: EventId = _help("the event that is withdrawn")
    reason: Text = _help("why")

    def _check(self) -> None:
        check_slug("$.target", self.target)
        if self.supersedes is not None:
            expected = "only a target: a retraction withdraws, and is final"
            raise _fault("supersedes", "a retraction that replaces an event", expected)


@frozen(kw_only=True)
class LogRepaired(Record):
    """Written by the log alone: its end was unfinished; the bytes before this line are no event."""

    # Nobody said it of the city, so it is no `Event`: it has no source, no window and no report,
    # and no question is answered from it.
    type: ClassVar[str] = "log_repaired"

    recorded: Moment = _help("when it was appended; set by the log")
    offset: int = _help("how many bytes stood before them when it was appended")
    length: int = _help("how many bytes they are, without what was added to end their line")
    sha256: Text = _help("SHA-256 of them, 64 hexadecimal digits in lower case")

    def __attrs_post_init__(self) -> None:
        check_slug("$.id", self.id)
        check_exact("$.recorded", self.recorded)
        if self.offset < 0 or self.length < 1:
            found = f"{self.length} bytes at {self.offset}"
            raise _fault("length", found, "1 or more at 0 or more")
        check_sha256("$.sha256", self.sha256)


EVENT_TYPES: tuple[type[Event], ...] = (
    ControlChange,
    Displacement,
    Statement,
    AidNegotiation,
    Casualties,
    Siege,
    Condition,
    Assessment,
    Retraction,
)
"""Every type of event, in the order in which they are documented."""

TYPES = {event_type.type: event_type for event_type in EVENT_TYPES}
"""Every type of event by its tag."""

RECORD_TYPES: tuple[type[Record], ...] = (*EVENT_TYPES, LogRepaired)
"""Everything that a line of a log may be: an event, or what the log says of itself."""
